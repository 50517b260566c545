// The responses of an open page: the rest is loaded in place, and new ones come in. All of it can be
// had without: every link leads to a page, and a page that is loaded again shows what is new.
const talk = document.getElementById("conversation");
const list = talk.querySelector(".thread");
const heading = document.getElementById("responses-title");
const itemOf = (id) => document.getElementById(id)?.closest("li");
const childrenOf = (item) => item.querySelector(":scope > .branch, :scope > .fold > .branch");
const timeOf = (item) => item.querySelector(":scope > article .dt-published")?.dateTime;
// In the language that this page is in, which need not be the browser's.
const wanted = { Accept: "text/html", "Accept-Language": document.documentElement.lang };
const parsed = async (address) => {
  const answer = await fetch(address, { headers: wanted });
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

// A sentence for a number, in the form that the page's language has for it.
const say = (name, number) => {
  const { lang } = document.documentElement;
  const rule = new Intl.PluralRules(lang).select(number);
  const text = talk.dataset[name + rule[0].toUpperCase() + rule.slice(1)] ?? talk.dataset[`${name}Other`];
  // In the digits that the rest of the page has.
  return text.replace("{n}", number.toLocaleString(lang, { numberingSystem: "latn" }));
};

const unfold = (element) => {
  for (let fold = element; (fold = fold.parentElement.closest("details")); ) fold.open = true;
};

const read = (element) => {
  unfold(element);
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
};

// Browsers open what a link leads into; older ones do not.
const seek = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && talk.contains(target) && !target.checkVisibility?.()) {
    unfold(target);
    target.scrollIntoView();
  }
};
addEventListener("hashchange", seek);
seek();

const recount = (item) => {
  for (let fold = item; (fold = fold.parentElement.closest(".fold")); ) {
    fold.firstElementChild.textContent = say("fold", fold.querySelectorAll("article.reply").length);
  }
};

// Into its list by its time, beneath what it answers; false if its place is not on this page.
const place = (item) => {
  const { parent } = item.dataset;
  const above = parent && itemOf(`reply-${parent}`);
  const newest = talk.dataset.order === "newest";
  if (parent ? !above : newest ? !("begins" in talk.dataset) : talk.querySelector(".onward")) return false;
  let siblings = above ? childrenOf(above) : list;
  if (!siblings) {
    siblings = document.createElement("ol");
    const level = Number(/level-(\d+)/.exec(above.parentElement.className)?.[1] ?? 0) + 1;
    siblings.className = `branch level-${Math.min(level, 12)}`;
    above.append(siblings);
  }
  const time = timeOf(item);
  const isLater = (each) => (!above && newest ? timeOf(each) < time : timeOf(each) > time);
  const sorted = above || talk.dataset.order !== "liked";
  siblings.insertBefore(item, (sorted && [...siblings.children].find(isLater)) || null);
  recount(item);
  return true;
};

// The rest: of a branch that is longer than a page, and of the branches.
const tidy = () => list.lastElementChild?.append(...talk.querySelectorAll(":scope > .rest"));
tidy();

talk.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-more]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.ariaBusy) return;
  event.preventDefault();
  link.ariaBusy = "true";
  try {
    const page = (await parsed(link.href)).getElementById("conversation");
    const branch = link.closest(".rest");
    const [box, next] = branch ? [branch, page.querySelector(".rest")] : [link.parentElement, page.querySelector(".onward")];
    const items = [...page.querySelectorAll(".thread > li")].filter((item) => !itemOf(item.firstElementChild.id));
    for (const item of items) {
      if (!branch || !place(item)) (branch ? branch.parentElement.parentElement : list).append(item);
    }
    if (!branch) list.lastElementChild.append(...page.querySelectorAll(".rest"));
    if (next) box.replaceWith(next);
    else box.remove();
    if (items.length) read(items[0].firstElementChild);
  } catch {
    location.assign(link.href);
  }
});

// New replies wait behind a button, so that nothing moves while somebody reads.
const waiting = new Map();
const news = document.createElement("div");
news.className = "news";
news.role = "status";
talk.append(news);

const tell = () => {
  news.replaceChildren();
  if (!waiting.size) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = say("new", waiting.size);
  button.addEventListener("click", () => {
    const items = [...waiting.values()];
    waiting.clear();
    const far = items.filter((item) => !place(item));
    const first = items.find((item) => !far.includes(item));
    if (first) read(first.firstElementChild);
    news.replaceChildren();
    if (far.length) lead(`/replies/${far[0].firstElementChild.id.slice(6)}`);
  });
  news.append(button);
};

// To what is new and has no place on this page.
const lead = (address) => {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = talk.dataset.far;
  news.replaceChildren(link);
};

const drop = (item, tombstone) => {
  if (item.firstElementChild.contains(document.activeElement)) heading.focus();
  const above = item.parentElement.closest(".thread li");
  if (tombstone && childrenOf(item)) {
    item.className = "gone";
    item.firstElementChild.replaceWith(tombstone);
    recount(item.lastElementChild);
    return;
  }
  const siblings = item.parentElement;
  const fold = siblings.closest("details");
  item.remove();
  if (siblings !== list && !siblings.children.length) {
    (fold?.contains(siblings) && fold.parentElement === above ? fold : siblings).remove();
    if (above.className === "gone") drop(above);
  }
  if (above?.isConnected) recount(above.lastElementChild);
};

const take = (item) => {
  const row = item.firstElementChild;
  const here = itemOf(row.id);
  if (item.className === "gone") {
    waiting.delete(row.id);
    if (here && here.className !== "gone") drop(here, row);
  } else if (here) {
    here.className = item.className;
    here.firstElementChild.replaceWith(row);
    recount(row);
  } else {
    waiting.set(row.id, item);
  }
};

let version = Number(talk.dataset.version);
let stream;
let timer;

const look = async () => {
  timer = null;
  try {
    const changes = (await parsed(`${location.pathname}/changes?since=${version}`)).querySelector("[data-version]");
    version = Number(changes.dataset.version);
    heading.replaceChildren(...changes.querySelector("h2").childNodes);
    changes.querySelectorAll("ol:not(li ol) > li").forEach(take);
    tell();
    if ("tooMany" in changes.dataset) lead(location.pathname);
  } catch {
    stream.close();
  }
};

// Nothing is listened to while nobody looks. Everybody hears of it at once, and asks a little apart.
const listen = () => {
  stream?.close();
  if (document.hidden) return;
  stream = new EventSource(`${location.pathname}/live?since=${version}`);
  stream.onmessage = ({ data }) => {
    if (Number(data) > version) timer ??= setTimeout(look, 50 + Math.random() * 400);
  };
};
document.addEventListener("visibilitychange", listen);
listen();
