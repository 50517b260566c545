// Helps whoever writes: shortcuts, a live preview, completion of tags, and what is typed is kept
// from moment to moment. The form works without any of it.
const form = document.querySelector("form[data-editor]");
const body = form.elements.body;
const page = document.getElementById("editor-script").dataset;
const field = (name) => form.elements[name]?.value ?? "";

// --- What is clicked into comes out from beneath the bar of buttons, as what is focused by key does

form.addEventListener("click", ({ target }) => {
  if (target.matches("input, textarea, select")) target.scrollIntoView({ block: "nearest" });
});

// --- Shortcuts, and what is pasted

const tools = new Map(
  [...form.querySelectorAll("[data-key]")].map((tool) => [tool.dataset.key, tool]),
);
body.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const tool = tools.get(event.key.toLowerCase());
  if (!tool) return;
  event.preventDefault();
  tool.click();
});
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  keep();
});
import(page.paste).then(({ subscribe }) => subscribe(body));

// --- What is sent of the form: all but the picture, which goes along when it is saved

function typed() {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

// --- Kept from moment to moment: at the server, and in this browser while that cannot be reached

const PAUSE = 1500;
const AT_MOST = 10_000;
const here = `fediblog:${field("place")}`;
const status = document.getElementById("typed-kept");
const clock = (moment) => new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(moment);
let changed = false;
let leaving = false;
let due = 0;
let waitingSince = 0;
let sending = null;

function say(sentence, alarm = false) {
  document.getElementById("typed").hidden = false;
  status.textContent = sentence;
  status.classList.toggle("alarm", alarm);
}

function keepHere() {
  const entries = [...typed()].filter(([name]) => name !== "csrf" && name !== "token");
  try {
    localStorage.setItem(here, JSON.stringify({ at: Date.now(), entries }));
    return true;
  } catch {
    return false;
  }
}

async function keep() {
  clearTimeout(due);
  due = waitingSince = 0;
  if (sending) await sending;
  if (leaving) return true;
  changed = false;
  sending = send();
  const kept = await sending;
  sending = null;
  return kept;
}

async function send() {
  try {
    const answer = await fetch("/admin/copies", { method: "POST", body: typed() });
    if (answer.status >= 500) throw new Error(answer.status);
    if (!answer.ok) {
      // Whoever takes the whole form says what is wrong with it.
      say("This is not kept from moment to moment. Save it.", true);
      return true;
    }
    const told = await answer.json();
    localStorage.removeItem(here);
    if (!changed) dispatchEvent(new Event("fediblog:kept"));
    say(
      told.signed_in
        ? `Kept at ${clock(new Date(told.kept))}.`
        : "Kept, but you are signed out: sign in again in another tab, then open this form anew.",
      !told.signed_in,
    );
    return true;
  } catch {
    changed = true;
    say(
      keepHere()
        ? `The server cannot be reached. Kept in this browser at ${clock(new Date())}.`
        : "The server cannot be reached, and this browser keeps nothing. Copy your text.",
      true,
    );
    due = setTimeout(keep, AT_MOST);
    return false;
  }
}

function soon() {
  changed = true;
  waitingSince ||= Date.now();
  clearTimeout(due);
  due = setTimeout(keep, Math.max(0, Math.min(PAUSE, waitingSince + AT_MOST - Date.now())));
}

form.addEventListener("input", soon);
form.addEventListener("change", soon);
addEventListener("online", () => changed && keep());
addEventListener("pagehide", () => {
  if (!changed || leaving) return;
  // A beacon outlives its page, but has room for a short text only; the browser keeps any.
  keepHere();
  navigator.sendBeacon("/admin/copies", typed());
});

// A form is sent once it is sure that somebody takes it; else all of it would be lost on the way.
form.addEventListener("submit", async (event) => {
  if (leaving) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const pressed = event.submitter;
  if (!(await keep())) {
    say("Not saved: the server cannot be reached. What you typed is kept in this browser.", true);
    return;
  }
  leaving = true;
  form.requestSubmit(pressed);
}, true);
// Back from another page the form is as it was left.
addEventListener("pageshow", (event) => event.persisted && (leaving = false));

const left = JSON.parse(localStorage.getItem(here) ?? "null");
if (left) {
  const same = left.entries.every(
    ([name, value]) =>
      ["place", "window", "based_on", "copy"].includes(name) ||
      value.replaceAll("\r\n", "\n") === field(name).replaceAll("\r\n", "\n"),
  );
  if (same) localStorage.removeItem(here);
  else offerLeft(left);
}

function offerLeft({ at, entries }) {
  const offer = document.createElement("section");
  offer.className = "notice offer";
  offer.setAttribute("aria-label", "Unsaved changes in this browser");
  const text = document.createElement("p");
  text.textContent = `What you typed at ${clock(new Date(at))} did not reach the server. It is kept in this browser.`;
  const buttons = document.createElement("div");
  buttons.className = "buttons";
  const button = (label, style, deed) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = style;
    made.textContent = label;
    made.addEventListener("click", () => {
      deed();
      offer.remove();
    });
    buttons.append(made);
  };
  button("Continue with it", "", () => {
    const values = new Map(entries);
    for (const control of form.elements) {
      if (!control.name || control.type === "file" || control.name === "csrf") continue;
      if (["place", "window", "token", "copy"].includes(control.name)) continue;
      if (control.type === "checkbox") control.checked = values.has(control.name);
      else if (control.type === "radio") control.checked = values.get(control.name) === control.value;
      else if (values.has(control.name)) control.value = values.get(control.name);
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    body.focus();
  });
  button("Throw away", "second", () => localStorage.removeItem(here));
  offer.append(text, buttons);
  form.before(offer);
}

// --- The preview: beside the text where there is room, in its place where there is not

const panes = document.getElementById("panes");
const pane = document.getElementById("preview");
const roomy = matchMedia("(min-width: 80rem)");
const shadow = pane.attachShadow({ mode: "open" });
const shown = document.createElement("div");
for (const href of pane.dataset.css.split(" ").filter(Boolean)) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = href;
  shadow.append(sheet);
}
shown.className = "beside";
shadow.append(shown);
const words = document.getElementById("typed-words");
const toggle = document.createElement("button");
toggle.type = "button";
toggle.className = "quiet preview-toggle";
toggle.textContent = "Preview";
const corner = document.createElement("div");
corner.className = "pane-buttons";
corner.append(toggle);
form.querySelector(".toolbar").after(corner);
document.getElementById("to-preview").hidden = true;
toggle.addEventListener("click", () => {
  const open = pane.hidden;
  if (roomy.matches) localStorage.setItem("fediblog:preview", open ? "open" : "closed");
  show(open);
});

function show(open) {
  pane.hidden = !open;
  panes.classList.toggle("with-preview", open);
  toggle.setAttribute("aria-pressed", String(open));
  if (open) look();
}

let looking = false;
let again = false;
let lookAt = 0;

async function look() {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  try {
    const answer = await fetch("/admin/preview", {
      method: "POST",
      body: typed(),
      headers: { Accept: "application/json" },
    });
    if (answer.ok) tell(await answer.json());
  } catch {
    // The next change tries again.
  }
  looking = false;
  if (again) {
    again = false;
    look();
  }
}

function tell(told) {
  shown.innerHTML = told.html;
  document.getElementById("typed").hidden = false;
  const count = new Intl.NumberFormat().format(told.words);
  words.textContent = told.words
    ? `${count} ${told.words === 1 ? "word" : "words"}, ${told.minutes} ${told.minutes === 1 ? "minute" : "minutes"} to read.`
    : "";
  address.textContent = told.address ? `It will be at ${told.address}` : "";
}

const address = document.createElement("output");
address.className = "hint address";
form.elements.slug?.closest(".field").append(address);

form.addEventListener("input", () => {
  clearTimeout(lookAt);
  lookAt = setTimeout(look, 400);
});
show(roomy.matches && localStorage.getItem("fediblog:preview") !== "closed");
if (pane.hidden && body.value) look();

// --- Media: picked, pasted or dropped; what is on them is asked for where they go

const picker = document.createElement("input");
picker.type = "file";
picker.multiple = true;
picker.hidden = true;
picker.accept = "image/*,audio/*,video/*,.pdf";
const pick = document.createElement("button");
pick.type = "button";
pick.className = "quiet pick";
pick.textContent = "Add media";
pick.addEventListener("click", () => picker.click());
toggle.before(pick, picker);
picker.addEventListener("change", () => {
  upload([...picker.files]);
  picker.value = "";
});
body.addEventListener("paste", (event) => take(event, event.clipboardData));
body.addEventListener("dragover", (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  body.classList.add("dropping");
});
body.addEventListener("dragleave", () => body.classList.remove("dropping"));
body.addEventListener("drop", (event) => {
  body.classList.remove("dropping");
  take(event, event.dataTransfer);
});

function take(event, data) {
  // A table of a spreadsheet comes with a picture of itself, too.
  const files = [...data.files];
  if (!files.length || data.types.includes("text/plain")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  upload(files);
}

async function upload(files) {
  for (const file of files) {
    say(`Uploading ${file.name} …`);
    const data = new FormData();
    data.append("csrf", field("csrf"));
    data.append("file", file);
    try {
      const answer = await fetch("/admin/media/upload", {
        method: "POST",
        body: data,
        headers: { Accept: "application/json" },
      });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.error);
      say("");
      if (told.kind === "picture") await describe(told);
      else insert(told.markdown);
    } catch (error) {
      const why = error instanceof TypeError || !error.message ? "The server cannot be reached." : error.message;
      say(`${file.name} was not taken. ${why}`, true);
    }
  }
}

// Asks what is on a picture and what stands beneath it, and puts it into the text.
function describe({ url, alt }) {
  const panel = document.createElement("div");
  panel.className = "describe";
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", "A picture for the text");
  const image = document.createElement("img");
  image.src = url;
  image.alt = "";
  const line = (label, value) => {
    const input = document.createElement("input");
    input.type = "text";
    input.dir = "auto";
    input.value = value;
    const around = document.createElement("label");
    around.append(label, input);
    return [around, input];
  };
  const [ofAlt, altInput] = line("What is on it, for those who cannot see it", alt);
  const [ofCaption, captionInput] = line("Caption, if it has one", "");
  const button = (label, style) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = style;
    made.textContent = label;
    return made;
  };
  const into = button("Put it into the text", "");
  const away = button("Leave it out", "second");
  const buttons = document.createElement("div");
  buttons.className = "buttons";
  buttons.append(into, away);
  panel.append(image, ofAlt, ofCaption, buttons);
  form.querySelector(".writing-pane .field").before(panel);
  panel.scrollIntoView({ block: "nearest" });
  altInput.focus();
  return new Promise((done) => {
    const close = () => {
      panel.remove();
      body.focus();
      done();
    };
    const put = () => {
      const described = altInput.value.trim().replace(/[\\[\]]/g, "\\$&");
      const caption = captionInput.value.trim().replace(/[\\"]/g, "\\$&");
      insert(`![${described}](${url}${caption ? ` "${caption}"` : ""})`);
      close();
    };
    into.addEventListener("click", put);
    away.addEventListener("click", close);
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      else if (event.key === "Enter" && event.target instanceof HTMLInputElement) put();
      else return;
      event.preventDefault();
    });
    // What is typed here belongs to no field of the form.
    panel.addEventListener("input", (event) => event.stopPropagation());
  });
}

// As a paragraph of its own, after the cursor or what is selected; it can be undone like anything
// typed.
function insert(markdown) {
  const end = body.selectionEnd;
  const before = body.value.slice(0, end).trimEnd();
  const start = before.length;
  const rest = body.value.slice(end).trimStart();
  const text = `${before ? "\n\n" : ""}${markdown}\n\n`;
  body.focus();
  body.setSelectionRange(start, body.value.length - rest.length);
  if (!document.execCommand("insertText", false, text)) body.setRangeText(text, start, end, "end");
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

// --- Tags: the ones that are there already

const tags = form.elements.tags;
const known = [...(document.getElementById("tags")?.options ?? [])].map((option) => option.value);
if (tags && known.length) completeTags();

function completeTags() {
  const list = document.createElement("ul");
  list.id = "tags-offered";
  list.className = "offered";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Tags that are there already");
  list.hidden = true;
  tags.after(list);
  tags.setAttribute("role", "combobox");
  tags.setAttribute("aria-autocomplete", "list");
  tags.setAttribute("aria-controls", list.id);
  tags.setAttribute("aria-expanded", "false");
  tags.setAttribute("autocomplete", "off");
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    tags.setAttribute("aria-expanded", "false");
    tags.removeAttribute("aria-activedescendant");
  };
  const choose = (name) => {
    const before = tags.value.split(",").slice(0, -1).map((part) => part.trim());
    tags.value = [...before, name].join(", ") + ", ";
    close();
    tags.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const mark = (next) => {
    active = next;
    for (const [place, item] of [...list.children].entries()) {
      item.setAttribute("aria-selected", String(place === active));
      if (place === active) tags.setAttribute("aria-activedescendant", item.id);
    }
  };
  tags.addEventListener("input", () => {
    const parts = tags.value.split(",").map((part) => part.trim().toLowerCase());
    const beginning = parts.at(-1).replace(/^#/, "");
    const found = beginning
      ? known.filter((name) => name.toLowerCase().startsWith(beginning) && !parts.includes(name.toLowerCase()))
      : [];
    list.replaceChildren(
      ...found.slice(0, 6).map((name, place) => {
        const item = document.createElement("li");
        item.id = `tag-offered-${place}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.textContent = name;
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(name);
        });
        return item;
      }),
    );
    active = -1;
    tags.removeAttribute("aria-activedescendant");
    list.hidden = !found.length;
    tags.setAttribute("aria-expanded", String(Boolean(found.length)));
  });
  tags.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (list.hidden || !count) return;
    if (event.key === "ArrowDown") mark((active + 1) % count);
    else if (event.key === "ArrowUp") mark((active + count - 1) % count);
    else if (event.key === "Enter" && active >= 0) choose(list.children[active].textContent);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  tags.addEventListener("blur", close);
}
