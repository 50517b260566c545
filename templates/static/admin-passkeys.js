// Passkeys: a form asks the server what to sign, the browser signs it, and the form carries the answer.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// Browsers from before 2025 cannot read the options from JSON, or write an answer as JSON.
function creation(options) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const known = (options.excludeCredentials ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
  return { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: known };
}
function request(options) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return { ...options, challenge: bytes(options.challenge), allowCredentials: [] };
}
function json(credential) {
  if (credential.toJSON) return credential.toJSON();
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const { id, type } = credential;
  return { id, rawId: text(credential.rawId), type, response, clientExtensionResults: {} };
}

async function answer(form) {
  const asked = await fetch(form.dataset.ask, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  // What was asked too long after the sign-in leads to a page instead.
  if (asked.redirected) return location.assign(asked.url);
  if (!asked.ok) throw new Error(asked.status === 429 ? "Too many tries. Please wait a quarter of an hour." : "The server did not answer as it should. Please try again.");
  const { options, ticket } = await asked.json();
  const parsed = JSON.parse(options);
  const credential =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: creation(parsed) })
      : await navigator.credentials.get({ publicKey: request(parsed) });
  form.elements.ticket.value = ticket;
  form.elements.answer.value = JSON.stringify(json(credential));
  form.submit();
}

function sentence(error) {
  if (error.name === "NotAllowedError") return "That was cancelled, or took too long.";
  if (error.name === "InvalidStateError") return "This device has a passkey for this blog already.";
  return error.message;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const wrong = form.querySelector("[role=alert]");
    wrong.textContent = "";
    button.disabled = true;
    try {
      await answer(form);
    } catch (error) {
      wrong.textContent = sentence(error);
      button.disabled = false;
    }
  });
}
