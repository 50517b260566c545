// Deciding with the keyboard: every key presses a button, or ticks a box, that is there anyway.
const items = [...document.querySelectorAll(".queue > li")];
const deeds = { a: "approve", w: "allow", r: "reject", h: "hide" };
document.querySelector(".deciding")?.classList.add("has-keys");

// Ticks every box, or none if all are ticked.
const all = document.querySelector(".tick-all");
if (all) all.hidden = false;
all?.addEventListener("click", () => {
  const boxes = [...document.querySelectorAll(".tick input")];
  const ticked = !boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = ticked;
});

function current() {
  return items.indexOf(document.activeElement?.closest(".queue > li"));
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, input:not([type=checkbox])")) return;
  const at = current();
  if (event.key === "j" || event.key === "k") {
    const next = at + (event.key === "j" ? 1 : -1);
    items[Math.min(Math.max(next, 0), items.length - 1)]?.focus();
  } else if (at >= 0 && event.key === "x") {
    items[at].querySelector(".tick input").click();
  } else if (at >= 0 && deeds[event.key]) {
    items[at].querySelector(`[data-deed=${deeds[event.key]}]`).click();
  } else {
    return;
  }
  event.preventDefault();
});
