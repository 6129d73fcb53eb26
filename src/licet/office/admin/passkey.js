// What no page does without a script: asking a device for its passkey. It talks to this office alone.
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const spelled = (tree) => text(new TextEncoder().encode(JSON.stringify(tree)));

async function ask(method, path, body, token) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  if (token) headers["x-licet-csrf"] = token;
  const content = body === null ? undefined : JSON.stringify(body);
  const response = await fetch(path, { method, headers, body: content, credentials: "same-origin" });
  if (response.status === 204) return {};
  const tree = await response.json();
  if (!response.ok) throw new Error(tree.detail);
  return tree;
}

const descriptors = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

async function assertion(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  publicKey.allowCredentials = descriptors(options.allowCredentials);
  const found = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  const response = {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  };
  const tree = { id: found.id, rawId: text(found.rawId), type: found.type, response };
  return { key: found.id, content: spelled(tree) };
}

async function made(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  publicKey.user = { ...options.user, id: bytes(options.user.id) };
  publicKey.excludeCredentials = descriptors(options.excludeCredentials);
  const found = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = found.response;
  const response = { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) };
  return spelled({ id: found.id, rawId: text(found.rawId), type: found.type, response });
}

const deeds = {
  async "sign in"() {
    const { challenge, options } = await ask("POST", "/admin/passkey/challenge", {}, "");
    const signed = await assertion(options);
    await ask("POST", "/admin/passkey/session", { challenge, key: signed.key, signature: signed.content }, "");
    location.replace("/admin/");
    return "You are signed in.";
  },
  async "sign out"(button) {
    await ask("DELETE", "/admin/v1/session", null, button.dataset.token);
    location.replace("/admin/");
    return "You are signed out.";
  },
  async approve(button) {
    const { about, token } = button.dataset;
    const { options } = await ask("POST", `/admin/passkey/acts/${about}`, {}, token);
    const signature = await assertion(options);
    const carried = { documents: [], lists: [], file: null, summary: {} };
    await ask("POST", `/admin/v1/acts/${about}/approval`, { signature, carried }, token);
    return "It is approved, and in force.";
  },
  async withdraw(button) {
    const { about, token } = button.dataset;
    const reason = document.getElementById(`${button.id}-reason`).value.trim();
    if (!reason) throw new Error("Say why: a withdrawal needs a reason.");
    const { options } = await ask("POST", `/admin/passkey/acts/${about}/withdrawal`, { reason }, token);
    const signature = await assertion(options);
    await ask("POST", `/admin/v1/acts/${about}/withdrawal`, { signature, reason }, token);
    return "It is taken back.";
  },
  async register() {
    const invitation = location.hash.slice(1);
    const { challenge, options } = await ask("POST", "/admin/passkey/invitation", { invitation }, "");
    const credential = await made(options);
    const { officer } = await ask("POST", "/admin/passkey/key", { invitation, challenge, credential }, "");
    return `The passkey is yours, ${officer}.`;
  },
};

for (const button of document.querySelectorAll("button[data-does]")) {
  const said = document.getElementById(`${button.id}-said`);
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "…";
    try {
      said.textContent = await deeds[button.dataset.does](button);
    } catch (error) {
      said.textContent = error.message;
      button.disabled = false;
    }
  });
}
