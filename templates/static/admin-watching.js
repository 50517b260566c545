// A page that hears when something has changed, fetches itself again and puts what is marked with
// data-live into its place. Where events do not get through it looks every few seconds. Without
// this the pages have links.
const LOOK_MS = 5000;
const LEAST_MS = 1500;
const parts = document.querySelectorAll("[data-live][id]");
const busy = (part) => part.contains(document.activeElement) || part.querySelector("details[open]");

let loading = false;
let again = false;
let shown = null;

async function load() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (response.ok && !response.redirected) {
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const part of parts) {
        const now = fresh.getElementById(part.id);
        // Nobody's focus is taken away, and nothing that somebody has opened is closed.
        if (now && !busy(part) && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
      }
    }
  } catch {
    // The next event, or the next look, tries again.
  }
  await new Promise((done) => setTimeout(done, LEAST_MS));
  loading = false;
  if (again) {
    again = false;
    load();
  }
}

function hear(address) {
  const source = new EventSource(address);
  // A proxy may hold events back: the first one is sent at once.
  const deaf = setTimeout(() => {
    source.close();
    setInterval(() => document.hidden || load(), LOOK_MS);
  }, LOOK_MS);
  source.addEventListener("message", (event) => {
    clearTimeout(deaf);
    if (shown !== null && event.data !== shown) load();
    shown = event.data;
  });
}

const live = document.querySelector("[data-live-url]");
if (live) {
  hear(live.dataset.liveUrl);
  // What happened between the page and the first event.
  setTimeout(load, LEAST_MS);
}
