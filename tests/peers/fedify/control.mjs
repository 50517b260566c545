/** The control API, with which a test tells the people here what to do and asks what came in. */

import { SendActivityError } from "@fedify/fedify";
import { Refusal, newDeeds } from "./deeds.mjs";

/** Answers requests to /control/…, always in JSON; a failure is `{"error": …}`. */
export function newControl(state, ctx) {
  const deeds = newDeeds(state, ctx);
  const questions = {
    health: () => ({ status: "ok", origin: ctx.canonicalOrigin }),
    received: () => ({ activities: state.received }),
    follows: () => ({ follows: [...state.follows.values()] }),
    quotes: () => ({ quotes: [...state.quotes.values()] }),
    followers: () => ({
      followers: Object.fromEntries(
        [...state.people.values()].map((each) => [each.username, [...each.followers.keys()]]),
      ),
    }),
  };

  return async function control(request) {
    const name = new URL(request.url).pathname.slice("/control/".length);
    const known = request.method === "POST" ? deeds : questions;
    if (!Object.hasOwn(known, name)) return Response.json({ error: "no such deed" }, { status: 404 });
    try {
      const told = request.method === "POST" ? await request.json() : {};
      return Response.json(await known[name](told));
    } catch (error) {
      console.error(`control ${name}:`, error);
      return failure(error);
    }
  };
}

/** A refused delivery is a 502 that carries the remote server's own status. */
function failure(error) {
  if (error instanceof SendActivityError) {
    const remote = { inbox: error.inbox.href, status: error.statusCode, body: error.responseBody };
    return Response.json({ error: error.message, remote }, { status: 502 });
  }
  const status = error instanceof Refusal ? error.status : 500;
  return Response.json({ error: String(error) }, { status });
}
