// A button that copies, beside each address that is there to be copied. The page works without.
for (const field of document.querySelectorAll("[data-copy]")) {
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  const button = document.createElement("button");
  const say = (word) => {
    button.textContent = word;
    button.ariaLabel = `${word}: ${field.value}`;
  };
  button.type = "button";
  say(field.dataset.copy);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      say(field.dataset.copied);
      setTimeout(say, 2000, field.dataset.copy);
    } catch {
      field.focus();
    }
  });
  field.after(button);
}

// The account is remembered in this browser only, for the next time, until it is forgotten.
for (const field of document.querySelectorAll("[data-account]")) {
  const button = field.form.querySelector("button");
  let known;
  try {
    known = localStorage.getItem("account");
  } catch {
    continue;
  }
  field.form.addEventListener("submit", () => {
    localStorage.setItem("account", field.value);
    button.textContent = field.dataset.connecting;
  });
  if (!known) continue;
  field.value ||= known;
  const forget = document.createElement("button");
  forget.type = "button";
  forget.textContent = field.dataset.forget;
  forget.ariaLabel = field.dataset.forgetLabel;
  forget.addEventListener("click", () => {
    localStorage.removeItem("account");
    field.value = "";
    forget.remove();
    field.focus();
  });
  button.after(forget);
}
