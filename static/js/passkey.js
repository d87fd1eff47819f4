// Passkeys: asks the browser for one, and sends what it gives. Without one the other ways stay.
const passkeys = window.webauthnJSON;

const options = () => JSON.parse(document.getElementById("passkey-options").textContent);

const acts = {
  create() {
    const { creation_options: wanted } = options();
    // One that the device keeps, and opens only for its owner: it signs in by itself.
    Object.assign(wanted.publicKey.authenticatorSelection, {
      residentKey: "required", requireResidentKey: true, userVerification: "required",
    });
    return passkeys.create(wanted);
  },
  show() {
    return passkeys.get(options().request_options);
  },
  async "sign-in"(form) {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    return passkeys.get((await answer.json()).request_options);
  },
};

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (!passkeys || !window.PublicKeyCredential) {
    form.hidden = true;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-passkey-problem]");
    problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await acts[form.dataset.passkey](form));
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
}
