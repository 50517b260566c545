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
const account = {
  get() {
    try {
      return localStorage.getItem("account");
    } catch {
      return null;
    }
  },
  set(who) {
    try {
      if (who) localStorage.setItem("account", who);
      else localStorage.removeItem("account");
    } catch {
      // A browser that keeps nothing asks again the next time.
    }
  },
};
// Only one whose server has been found, which a page says.
const found = document.querySelector("[data-account]");
if (found) account.set(found.dataset.account);
const serverOf = (who) => who.trim().replace(/^https?:\/\//, "").replace(/^.*@/, "").replace(/\/.*/, "");

for (const form of document.querySelectorAll("form.account")) {
  const { who } = form.elements;
  const known = form.querySelector("[data-known]");
  const show = (name) => {
    form.classList.toggle("is-known", Boolean(name));
    known.hidden = !name;
    known.querySelector("bdi").textContent = name;
  };
  known.addEventListener("click", ({ target }) => {
    if (target.type !== "button") return;
    if ("forget" in target.dataset) {
      account.set(null);
      who.value = "";
    }
    show(null);
    who.focus();
    who.select();
  });
  form.addEventListener("submit", () => {
    const status = form.querySelector("output");
    status.textContent = status.dataset.connecting.replace("{server}", serverOf(who.value));
  });
  // A page that was left for another server, and is come back to.
  addEventListener("pageshow", () => (form.querySelector("output").textContent = ""));
  if (form.hasAttribute("data-refused")) continue;
  who.value ||= account.get() ?? "";
  show(who.value);
}

// Where the account is known, one click on "reply" or "follow" goes on to its server.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="/interact?uri="]');
  const who = account.get();
  if (!link || !who || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const form = document.createElement("form");
  form.method = "post";
  form.action = `/interact?lang=${document.documentElement.lang}`;
  for (const [name, value] of [["who", who], ["uri", new URL(link.href).searchParams.get("uri")]]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  link.ariaBusy = "true";
  document.body.append(form);
  form.submit();
  form.remove();
});
