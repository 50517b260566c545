/** What this server answers besides Fedify: avatars, a page for each note, and deleted notes. */

const HTML = (content) => `<!doctype html><meta charset="utf-8"><title>Note</title>${content}`;

/** The answer for a path, or null where it is Fedify's. */
export function page(state, pathname) {
  return avatar(state, pathname) ?? tombstone(state, pathname) ?? notePage(state, pathname);
}

function avatar(state, pathname) {
  const [, username] = pathname.match(/^\/avatars\/(\w+)\.png$/) ?? [];
  const person = state.people.get(username);
  if (person == null) return null;
  return new Response(person.avatar, { headers: { "Content-Type": "image/png" } });
}

/** A deleted note answers 410; Fedify by itself knows only 404 for objects. */
function tombstone(state, pathname) {
  const [, number] = pathname.match(/^\/notes\/([\w-]+)$/) ?? [];
  const kept = state.notes.get(number);
  if (!kept?.deleted) return null;
  const body = {
    "@context": "https://www.w3.org/ns/activitystreams",
    id: kept.note.id.href,
    type: "Tombstone",
    formerType: "Note",
  };
  const headers = { "Content-Type": "application/activity+json" };
  return Response.json(body, { status: 410, headers });
}

function notePage(state, pathname) {
  const [, username, number] = pathname.match(/^\/@(\w+)\/([\w-]+)$/) ?? [];
  const kept = state.notes.get(number);
  if (kept == null || kept.username !== username || kept.deleted) return null;
  const headers = { "Content-Type": "text/html; charset=utf-8" };
  return new Response(HTML(kept.note.content.toString()), { headers });
}
