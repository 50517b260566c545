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
  say("Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      say("Copied");
      setTimeout(say, 2000, "Copy");
    } catch {
      field.focus();
    }
  });
  field.after(button);
}
