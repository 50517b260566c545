/**
 * Starts the server: node peer.mjs --port P [--signatures rfc9421] [--secure]. It listens on
 * 127.0.0.1 only, until SIGTERM.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { configure, getConsoleSink, getTextFormatter } from "@logtape/logtape";
import { newControl } from "./control.mjs";
import { newFederation } from "./federation.mjs";
import { speakHttpOnLoopback } from "./loopback.mjs";
import { page } from "./pages.mjs";
import { newState } from "./state.mjs";

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    signatures: { type: "string", default: "draft-cavage-http-signatures-12" },
    secure: { type: "boolean", default: false },
  },
});
const modern = values.signatures === "rfc9421";
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error("usage: node peer.mjs --port P [--signatures rfc9421] [--secure]");
  process.exit(2);
}
const origin = `http://127.0.0.1:${port}`;

await configure({
  contextLocalStorage: new AsyncLocalStorage(),
  sinks: { console: getConsoleSink({ formatter: getTextFormatter() }) },
  loggers: [
    { category: "fedify", lowestLevel: "debug", sinks: ["console"] },
    { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["console"] },
  ],
});
speakHttpOnLoopback();
const state = await newState();
const federation = newFederation(state, origin, values.signatures, values.secure);
const control = newControl(state, federation.createContext(new URL(origin)));

async function answer(request) {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/control/")) return await control(request);
  if (modern && request.headers.has("Signature") && !request.headers.has("Signature-Input")) {
    return new Response("Sign as RFC 9421 says.", { status: 401 });
  }
  return page(state, pathname) ?? (await federation.fetch(request));
}

async function toRequest(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
  }
  const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
  return new Request(new URL(incoming.url, origin), { method: incoming.method, headers, body });
}

const server = createServer(async (incoming, outgoing) => {
  try {
    const response = await answer(await toRequest(incoming));
    console.info(`${incoming.method} ${incoming.url} ${response.status}`);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    console.error(`${incoming.method} ${incoming.url}:`, error);
    outgoing.writeHead(500).end();
  }
});

process.once("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
server.listen(port, "127.0.0.1", () => console.info(`listening at ${origin}`));
