/** Fedify's objects as the plain JSON that the control API answers. */

import { getTypeId } from "@fedify/vocab";

/** The short name of an object's type, such as "Article". */
export function typeName(object) {
  return getTypeId(object).href.split("#").at(-1);
}

function href(value) {
  if (value == null) return null;
  return (value instanceof URL ? value : value.href)?.href ?? null;
}

function text(value) {
  return value == null ? null : value.toString();
}

/** An object, actor or activity: its common properties, and under `raw` its JSON as it came. */
export async function describe(object, ctx) {
  return {
    type: typeName(object),
    id: href(object.id),
    name: text(object.name),
    preferredUsername: text(object.preferredUsername),
    summary: text(object.summary),
    content: text(object.content),
    url: href(object.url),
    inbox: href(object.inboxId),
    sharedInbox: href(object.endpoints?.sharedInbox),
    followers: href(object.followersId),
    attributedTo: href(object.attributionId),
    inReplyTo: href(object.replyTargetId),
    published: text(object.published),
    updated: text(object.updated),
    raw: await object.toJsonLd(ctx),
  };
}

/**
 * A verified activity that came in. What it says of an embedded object is taken from the JSON as
 * it came: Fedify would rather fetch an object that is embedded by another server than its own.
 */
export async function describeActivity(activity, ctx) {
  const raw = await activity.toJsonLd(ctx);
  const embedded = typeof raw.object === "object" ? raw.object : null;
  return {
    type: typeName(activity),
    id: href(activity.id),
    actor: href(activity.actorId),
    inbox: ctx.recipient ?? "shared",
    objectId: href(activity.objectId),
    objectType: embedded?.type ?? null,
    name: embedded?.name ?? null,
    content: embedded?.content ?? null,
    raw,
  };
}
