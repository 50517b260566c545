// Files dropped, pasted or chosen go one by one, and say how far they are. The page works without.
const form = document.querySelector("form[data-upload]");
if (form) {
  const chooser = form.querySelector("input[type=file]");
  const list = form.querySelector(".going");
  const send = (file) => new Promise((done) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    name.textContent = file.name || "Pasted picture";
    bar.max = 1;
    bar.setAttribute("aria-label", name.textContent);
    item.append(name, bar);
    list.append(item);
    const end = (sentence) => {
      const said = document.createElement("span");
      said.textContent = sentence || "Uploaded";
      if (sentence) said.className = "alarm";
      bar.replaceWith(said);
      done(!sentence);
    };
    const most = Number(form.dataset.most);
    if (file.size > most) return end(`This file is larger than ${Math.floor(most / 1e6)} MB.`);
    const body = new FormData();
    body.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.upload);
    request.setRequestHeader("X-CSRF", form.elements.csrf.value);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && (bar.value = event.loaded / event.total);
    request.upload.onload = () => bar.removeAttribute("value");
    request.onload = () => end(request.status === 201 ? "" : request.response?.error || "It was not taken.");
    request.onerror = () => end("The connection was lost. Please try again.");
    request.send(body);
  });
  const sendAll = async (files) => {
    if (!files.length) return;
    list.textContent = "";
    let all = true;
    for (const file of files) all = (await send(file)) && all;
    if (all) location.assign("/admin/media?notice=uploaded");
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAll([...chooser.files]);
  });
  chooser.addEventListener("change", () => sendAll([...chooser.files]));
  addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    sendAll([...event.clipboardData.files]);
  });
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  form.addEventListener("dragleave", (event) => form.contains(event.relatedTarget) || form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    sendAll([...event.dataTransfer.files]);
  });
  form.querySelector(".drop-hint").hidden = false;
}
// The point that matters: by a click on the picture; the fields say it too.
const focusing = document.querySelector(".focusing");
if (focusing) {
  const fields = ["focus_x", "focus_y"].map((name) => document.getElementById(`field-${name}`));
  const mark = () => {
    for (const circle of focusing.querySelectorAll("circle")) {
      circle.setAttribute("cx", `${fields[0].value || 50}%`);
      circle.setAttribute("cy", `${fields[1].value || 50}%`);
    }
  };
  focusing.classList.add("by-hand");
  document.querySelector(".with-script").hidden = false;
  focusing.addEventListener("click", (event) => {
    const box = focusing.querySelector("img").getBoundingClientRect();
    const percent = (at, size) => Math.min(100, Math.max(0, Math.round((100 * at) / size)));
    fields[0].value = percent(event.clientX - box.left, box.width);
    fields[1].value = percent(event.clientY - box.top, box.height);
    fields[0].dispatchEvent(new Event("input", { bubbles: true }));
    mark();
  });
  for (const field of fields) field.addEventListener("input", mark);
}
for (const field of document.querySelectorAll("input.copied")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "second";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard?.writeText(field.value);
    button.textContent = "Copied";
  });
  const buttons = document.createElement("div");
  buttons.className = "buttons";
  buttons.append(button);
  field.closest(".field").after(buttons);
}
