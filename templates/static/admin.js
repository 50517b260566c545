// Leaving a page with unsaved text asks first. The pages work without.
let unsaved = false;
for (const form of document.querySelectorAll("form[data-guard]")) {
  form.addEventListener("input", () => (unsaved = true));
  form.addEventListener("submit", () => (unsaved = false));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}
// What is kept elsewhere is not lost (admin-editor.js).
addEventListener("fediblog:kept", () => (unsaved = false));
addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
for (const opened of document.querySelectorAll("details.answering")) {
  opened.addEventListener("toggle", () => opened.open && opened.querySelector("textarea")?.focus());
}
// After a refused form: straight to what is wrong.
document.querySelector("[aria-invalid=true]")?.focus();
