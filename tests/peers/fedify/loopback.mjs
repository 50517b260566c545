/** Lets Fedify ask for a handle such as @blog@127.0.0.1:8000, behind which there is no TLS. */

/**
 * Fedify always asks https for the WebFinger of an `acct:` address. From here on, https on the
 * loopback address is spoken as plain http; everything else is left as it is.
 */
export function speakHttpOnLoopback() {
  const fetchAnywhere = globalThis.fetch;
  globalThis.fetch = (resource, options) => {
    if (resource instanceof Request) return fetchAnywhere(resource, options);
    const url = new URL(resource);
    if (url.hostname === "127.0.0.1") url.protocol = "http:";
    return fetchAnywhere(url, options);
  };
}
