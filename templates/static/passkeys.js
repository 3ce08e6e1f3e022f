// Passkeys: forms that ask the device for one, or to show one, before they are sent.
const toBytes = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), letter => letter.charCodeAt(0));
const toText = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const readOptions = options => ({
  ...options,
  challenge: toBytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: toBytes(options.user.id) } }),
  ...Object.fromEntries(["allowCredentials", "excludeCredentials"].filter(name => options[name]).map(name =>
    [name, options[name].map(one => ({ ...one, id: toBytes(one.id) }))])),
});

const writeCredential = credential => JSON.stringify({
  id: credential.id,
  rawId: toText(credential.rawId),
  type: credential.type,
  clientExtensionResults: {},
  response: Object.fromEntries(["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
    .filter(name => credential.response[name]).map(name => [name, toText(credential.response[name])])),
});

async function ask(form) {
  const response = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const said = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(said.error ?? form.dataset.failed);
  const publicKey = readOptions(said);
  return navigator.credentials[form.dataset.passkey]({ publicKey }).catch(() => { throw new Error(form.dataset.failed); });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const said = form.querySelector("[data-said]");
    said.hidden = true;
    try {
      form.elements.credential.value = writeCredential(await ask(form));
      form.submit();
    } catch (error) {
      said.textContent = error.message;
      said.hidden = false;
    }
  });
}
