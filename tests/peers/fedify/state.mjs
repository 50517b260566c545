/** What this server remembers, all of it in memory and gone with the process. */

import { generateCryptoKeyPair } from "@fedify/fedify";

const AVATARS = {
  alice:
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAK0lEQVR42u3NQQEAQAQAMC6XYDJJeSX4bQWWUx2X" +
    "XhwTCAQCgUAgEAgEWz4iZAGeWJyXPgAAAABJRU5ErkJggg==",
  bob:
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAK0lEQVR42u3NQQEAQAQAMC6NdDKJeiX4bQWW1ROX" +
    "XhwTCAQCgUAgEAgEWz487AF2dS8K+QAAAABJRU5ErkJggg==",
};

/** RSA of 2048 bits as most servers have it; Fedify's own helper makes 4096, which takes seconds. */
export async function rsaKeyPair() {
  const parameters = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  return await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
}

/** One local account. `followers` maps actor ids to Fedify's actors. */
async function person(username, name) {
  return {
    username,
    name,
    avatar: Buffer.from(AVATARS[username], "base64"),
    keys: [await rsaKeyPair(), await generateCryptoKeyPair("Ed25519")],
    followers: new Map(),
  };
}

/**
 * A fresh state: two people with new keys.
 *
 * `notes`: note number -> { username, note, recipients, deleted }
 * `sent`: activity id -> { username, activity, recipients }, what Undo may take back
 * `follows`: Follow id -> { id, as, target, accepted }
 * `quotes`: QuoteRequest id -> { note, object, author, state, authorization }
 * `received`: verified activities in the order of their arrival
 */
export async function newState() {
  const people = [await person("alice", "Alice of Fedify"), await person("bob", "Bob of Fedify")];
  return {
    people: new Map(people.map((each) => [each.username, each])),
    notes: new Map(),
    sent: new Map(),
    follows: new Map(),
    quotes: new Map(),
    received: [],
  };
}
