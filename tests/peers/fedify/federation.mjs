/** The server's federated side: actors, notes, collections and inboxes, as Fedify serves them. */

import { MemoryKvStore, createFederation } from "@fedify/fedify";
import {
  Accept,
  Activity,
  Create,
  Delete,
  Endpoints,
  Follow,
  Image,
  Note,
  Person,
  Reject,
  Undo,
} from "@fedify/vocab";
import { describeActivity } from "./describe.mjs";

/**
 * A Fedify federation over the given state and origin.
 *
 * No queue: an activity is sent, and one that came in is handled, before the call returns, so
 * that a refusal is seen by whoever caused it. Signatures are verified as Fedify does by default.
 * Requests are signed in the way that firstKnock names, and if they are refused in the other. With
 * secure, people and notes are shown to those alone who sign.
 */
export function newFederation(state, origin, firstKnock, secure) {
  const federation = createFederation({
    kv: new MemoryKvStore(),
    origin,
    allowPrivateAddress: true,
    firstKnock,
  });
  const mayRead = async (ctx) => !secure || (await ctx.getSignedKeyOwner()) != null;
  serveActors(federation, state, mayRead);
  serveCollections(federation, state);
  serveNotes(federation, state, mayRead);
  listen(federation, state);
  return federation;
}

function serveActors(federation, state, mayRead) {
  federation
    .setActorDispatcher("/users/{identifier}", async (ctx, username) => {
      const person = state.people.get(username);
      return person == null ? null : await actor(ctx, person);
    })
    .mapHandle((_ctx, username) => (state.people.has(username) ? username : null))
    .setKeyPairsDispatcher((_ctx, username) => state.people.get(username)?.keys ?? [])
    .authorize(mayRead);
}

async function actor(ctx, { username, name }) {
  const keys = await ctx.getActorKeyPairs(username);
  return new Person({
    id: ctx.getActorUri(username),
    preferredUsername: username,
    name,
    summary: `<p>${name} lives in the tests.</p>`,
    url: new URL(`/@${username}`, ctx.canonicalOrigin),
    icon: new Image({
      url: new URL(`/avatars/${username}.png`, ctx.canonicalOrigin),
      mediaType: "image/png",
    }),
    inbox: ctx.getInboxUri(username),
    outbox: ctx.getOutboxUri(username),
    followers: ctx.getFollowersUri(username),
    endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
    publicKey: keys[0].cryptographicKey,
    assertionMethods: keys.map((pair) => pair.multikey),
  });
}

function serveCollections(federation, state) {
  federation.setFollowersDispatcher("/users/{identifier}/followers", (_ctx, username) => {
    const person = state.people.get(username);
    return person == null ? null : { items: [...person.followers.values()] };
  });
  federation.setOutboxDispatcher("/users/{identifier}/outbox", (_ctx, username) => ({
    items: [...state.sent.values()]
      .filter((sent) => sent.username === username && sent.activity instanceof Create)
      .map((sent) => sent.activity)
      .reverse(),
  }));
}

function serveNotes(federation, state, mayRead) {
  federation
    .setObjectDispatcher(Note, "/notes/{number}", (_ctx, { number }) => {
      const kept = state.notes.get(number);
      return kept == null || kept.deleted ? null : kept.note;
    })
    .authorize(mayRead);
}

function listen(federation, state) {
  federation
    .setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .on(Activity, async (ctx, activity) => {
      if (activity instanceof Follow) await acceptFollow(ctx, state, activity);
      if (activity instanceof Undo) await undoFollow(ctx, state, activity);
      if (activity instanceof Accept) noteAccept(state, activity);
      noteQuote(state, activity);
      state.received.push(await describeActivity(activity, ctx));
    })
    .onError((_ctx, error) => console.error("inbox:", error));
}

function followed(ctx, state, follow) {
  const target = ctx.parseUri(follow.objectId);
  return target?.type === "actor" ? state.people.get(target.identifier) : undefined;
}

async function acceptFollow(ctx, state, follow) {
  const { id, actorId, objectId } = follow;
  const person = followed(ctx, state, follow);
  const follower = await follow.getActor(ctx);
  if (person == null || follower?.id == null) return;
  person.followers.set(follower.id.href, follower);
  const accept = new Accept({
    id: new URL(`#accepts/${crypto.randomUUID()}`, ctx.getActorUri(person.username)),
    actor: ctx.getActorUri(person.username),
    to: follower.id,
    object: new Follow({ id, actor: actorId, object: objectId }),
  });
  await ctx.sendActivity({ identifier: person.username }, follower, accept);
}

async function undoFollow(ctx, state, undo) {
  const follow = await undo.getObject(ctx);
  if (!(follow instanceof Follow) || follow.actorId?.href !== undo.actorId?.href) return;
  followed(ctx, state, follow)?.followers.delete(undo.actorId.href);
}

/** Only the actor who was asked can accept. */
function noteAccept(state, accept) {
  const follow = state.follows.get(accept.objectId?.href);
  if (follow?.target === accept.actorId?.href) follow.accepted = true;
}

/** What becomes of a quote is up to the author of what it quotes. */
function noteQuote(state, activity) {
  const about = activity.objectId?.href;
  for (const [request, quote] of state.quotes) {
    if (activity.actorId?.href !== quote.author) continue;
    if (activity instanceof Accept && about === request) {
      Object.assign(quote, { state: "accepted", authorization: activity.resultId?.href });
    }
    if (activity instanceof Reject && about === request) quote.state = "rejected";
    if (activity instanceof Delete && about === quote.authorization) quote.state = "revoked";
  }
}
