/** What the people on this server do: each deed sends signed activities and waits for the answers. */

import { Temporal } from "@js-temporal/polyfill";
import { verifyObject } from "@fedify/fedify/sig";
import {
  Activity,
  Announce,
  Create,
  Delete,
  Follow,
  Like,
  Mention,
  Note,
  PUBLIC_COLLECTION,
  QuoteAuthorization,
  QuoteRequest,
  Tombstone,
  Undo,
  Update,
  isActor,
} from "@fedify/vocab";
import { describe } from "./describe.mjs";
import { rsaKeyPair } from "./state.mjs";

/** A deed that cannot be done as asked; `status` is what the control API answers. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The deeds of the people in `state`, each taking the JSON of one control request. */
export function newDeeds(state, ctx) {
  /** Fetches with a signature and without Fedify's cache, so that edits elsewhere are seen. */
  async function lookup(identifier, as = "alice") {
    const documentLoader = await ctx.getDocumentLoader({ identifier: as });
    const found = await ctx.lookupObject(identifier, { documentLoader });
    if (found == null) throw new Refusal(404, `nothing was found at ${identifier}`);
    return found;
  }

  async function lookupActor(identifier, as) {
    const found = await lookup(identifier, as);
    if (!isActor(found)) throw new Refusal(422, `${identifier} is no actor`);
    return found;
  }

  async function lookupAuthor(object, as) {
    if (object.attributionId == null) throw new Refusal(422, `${object.id} has no author`);
    return await lookupActor(object.attributionId.href, as);
  }

  function somebody(username) {
    const person = state.people.get(username);
    if (person == null) throw new Refusal(404, `nobody here is called ${username}`);
    return person;
  }

  function activityId(username, kind) {
    return new URL(`#${kind}/${crypto.randomUUID()}`, ctx.getActorUri(username));
  }

  async function send(username, activity, recipients, preferSharedInbox) {
    state.sent.set(activity.id.href, { username, activity, recipients });
    await ctx.sendActivity({ identifier: username }, recipients, activity, { preferSharedInbox });
    return activity.id.href;
  }

  function keptNote(username, id) {
    const place = ctx.parseUri(new URL(id));
    const kept = place?.type === "object" ? state.notes.get(place.values.number) : undefined;
    if (kept == null || kept.username !== username || kept.deleted) {
      throw new Refusal(404, `${username} has no note ${id}`);
    }
    return kept;
  }

  /** Who reads a note, in the forms that Mastodon gives to each visibility. */
  function audience(username, visibility, mentioned) {
    const followers = ctx.getFollowersUri(username);
    const people = mentioned.map((each) => each.id);
    switch (visibility) {
      case "public":
        return { tos: [PUBLIC_COLLECTION], ccs: [followers, ...people] };
      case "unlisted":
        return { tos: [followers], ccs: [PUBLIC_COLLECTION, ...people] };
      case "followers":
        return { tos: [followers], ccs: people };
      case "direct":
        return { tos: people, ccs: [] };
      default:
        throw new Refusal(422, `unknown visibility ${visibility}`);
    }
  }

  function mention(person) {
    return new Mention({
      href: person.id,
      name: `@${person.preferredUsername}@${person.id.host}`,
    });
  }

  async function publish(username, { content, replyTarget, mentioned, readers, visibility }) {
    const person = somebody(username);
    const number = crypto.randomUUID();
    const note = new Note({
      id: ctx.getObjectUri(Note, { number }),
      attribution: ctx.getActorUri(username),
      content,
      replyTarget,
      published: Temporal.Now.instant(),
      url: new URL(`/@${username}/${number}`, ctx.canonicalOrigin),
      tags: mentioned.map(mention),
      ...audience(username, visibility, mentioned),
    });
    const followers = visibility === "direct" ? [] : person.followers.values();
    const recipients = [...readers, ...followers];
    state.notes.set(number, { username, note, recipients, deleted: false });
    const create = new Create({
      id: new URL("#create", note.id),
      actor: ctx.getActorUri(username),
      object: note,
      published: note.published,
      tos: note.toIds,
      ccs: note.ccIds,
    });
    const activity = await send(username, create, recipients, true);
    return { note: note.id.href, activity };
  }

  async function respond(kind, activityClass, { as, object: id }, extras = () => ({})) {
    somebody(as);
    const object = await lookup(id, as);
    const author = await lookupAuthor(object, as);
    const activity = new activityClass({
      id: activityId(as, kind),
      actor: ctx.getActorUri(as),
      object: object.id,
      ...extras(author),
    });
    return { activity: await send(as, activity, [author], false) };
  }

  return {
    async lookup({ handle, url, as }) {
      return await describe(await lookup(handle ?? url, as), ctx);
    },

    /** The ids in a collection, in its order, all its pages read. */
    async collection({ url, as = "alice" }) {
      const documentLoader = await ctx.getDocumentLoader({ identifier: as });
      const items = [];
      for await (const item of ctx.traverseCollection(await lookup(url, as), { documentLoader })) {
        items.push(item.id.href);
      }
      return { items };
    },

    async follow({ as, target: identifier }) {
      somebody(as);
      const target = await lookupActor(identifier, as);
      const follow = new Follow({
        id: activityId(as, "follows"),
        actor: ctx.getActorUri(as),
        object: target.id,
      });
      const id = follow.id.href;
      state.follows.set(id, { id, as, target: target.id.href, accepted: false });
      return { activity: await send(as, follow, [target], false) };
    },

    async post({ as, content, visibility = "public" }) {
      return await publish(as, { content, mentioned: [], readers: [], visibility });
    },

    /** `mention`: actor ids, put into tag and cc; without it the parent's author is mentioned. */
    async reply({ as, inReplyTo, content, mention: mentions, visibility = "public" }) {
      somebody(as);
      const parent = await lookup(inReplyTo, as);
      const author = await lookupAuthor(parent, as);
      const mentioned = [];
      for (const id of mentions ?? [author.id.href]) mentioned.push(await lookupActor(id, as));
      const others = mentioned.filter((each) => each.id.href !== author.id.href);
      const readers = [author, ...others];
      return await publish(as, { content, replyTarget: parent.id, mentioned, readers, visibility });
    },

    /** Asks whether a note may quote an object; the note is embedded, and sent to nobody yet. */
    async quote({ as, object: id, content }) {
      somebody(as);
      const object = await lookup(id, as);
      const author = await lookupAuthor(object, as);
      const number = crypto.randomUUID();
      const note = new Note({
        id: ctx.getObjectUri(Note, { number }),
        attribution: ctx.getActorUri(as),
        content,
        quote: object.id,
        quoteUrl: object.id,
        published: Temporal.Now.instant(),
        url: new URL(`/@${as}/${number}`, ctx.canonicalOrigin),
        ...audience(as, "public", []),
      });
      state.notes.set(number, { username: as, note, recipients: [author], deleted: false });
      const request = new QuoteRequest({
        id: new URL("#quote", note.id),
        actor: ctx.getActorUri(as),
        object: object.id,
        instrument: note,
        to: author.id,
      });
      const about = { note: note.id.href, object: object.id.href, author: author.id.href };
      state.quotes.set(request.id.href, { ...about, state: "asked", authorization: null });
      await send(as, request, [author], false);
      return { note: note.id.href, activity: request.id.href };
    },

    /** Whether a stranger who reads a quote finds it authorized, as FEP-044f has them check it. */
    async readQuote({ as, note }) {
      const quote = [...state.quotes.values()].find((each) => each.note === note);
      if (quote?.authorization == null) throw new Refusal(404, `${note} has no authorization`);
      const found = await lookup(quote.authorization, as);
      return {
        valid:
          found instanceof QuoteAuthorization &&
          found.id.href === quote.authorization &&
          found.id.origin === new URL(quote.author).origin &&
          found.attributionId?.href === quote.author &&
          found.interactingObjectId?.href === quote.note &&
          found.interactionTargetId?.href === quote.object,
      };
    },

    async edit({ as, note: id, content }) {
      const kept = keptNote(as, id);
      kept.note = kept.note.clone({ content, updated: Temporal.Now.instant() });
      const update = new Update({
        id: new URL(`#updates/${crypto.randomUUID()}`, kept.note.id),
        actor: ctx.getActorUri(as),
        object: kept.note,
        updated: kept.note.updated,
        tos: kept.note.toIds,
        ccs: kept.note.ccIds,
      });
      return { activity: await send(as, update, kept.recipients, true) };
    },

    async delete({ as, note: id }) {
      const kept = keptNote(as, id);
      kept.deleted = true;
      const remove = new Delete({
        id: new URL("#delete", kept.note.id),
        actor: ctx.getActorUri(as),
        object: new Tombstone({ id: kept.note.id, deleted: Temporal.Now.instant() }),
        tos: kept.note.toIds,
        ccs: kept.note.ccIds,
      });
      return { activity: await send(as, remove, kept.recipients, true) };
    },

    async like(request) {
      return await respond("likes", Like, request);
    },

    async announce(request) {
      return await respond("announces", Announce, request, (author) => ({
        published: Temporal.Now.instant(),
        tos: [PUBLIC_COLLECTION],
        ccs: [author.id, ctx.getFollowersUri(request.as)],
      }));
    },

    /** Takes back a Follow, Like or Announce by the id of its activity. */
    async undo({ as, activity: id }) {
      const sent = state.sent.get(id);
      if (sent == null || sent.username !== as) throw new Refusal(404, `${as} never sent ${id}`);
      const undo = new Undo({
        id: activityId(as, "undos"),
        actor: ctx.getActorUri(as),
        object: sent.activity,
        tos: sent.activity.toIds,
        ccs: sent.activity.ccIds,
      });
      state.follows.delete(id);
      return { activity: await send(as, undo, sent.recipients, false) };
    },

    /** Whether the proof inside an activity holds, and is by its actor. */
    async verify({ activity }) {
      const options = { documentLoader: ctx.documentLoader, contextLoader: ctx.contextLoader };
      const verified = await verifyObject(Activity, activity, options);
      return { verified: verified?.id?.href === activity.id };
    },

    /** Gives a person another RSA key under the same key id. */
    async rotate({ as }) {
      const person = somebody(as);
      person.keys = [await rsaKeyPair(), ...person.keys.slice(1)];
      return {};
    },
  };
}
