// Live results: a changed filter asks for the new results without a click on "Apply filters".
// Without this file the form works the same way, with that click.

const form = document.querySelector("[data-live-search]");
const found = () => document.getElementById("found");
const siteName = document.title.split(" – ").pop();
const ask = () => kept || form.dispatchEvent(new CustomEvent("live"));
let kept = null; // what must outlast a swap of the results, while one is going on

// The words and the postcode wait for Search or Enter: results that jump while typing are no help.
// They stand inside the form; every other control belongs to it from elsewhere on the page.
document.addEventListener("change", ({ target }) => {
  if (target.form === form && !form.contains(target)) ask();
});

// What was left empty stays out of the address.
form.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // A wrong answer is still a page to show: let the browser load it whole.
  if (detail.xhr.status >= 400) return window.location.assign(detail.pathInfo.finalRequestPath);
  const focused = document.activeElement;
  kept = {
    folds: [...found().querySelectorAll("details[open][id]")].map((fold) => fold.id),
    focus: found().contains(focused) ? focused.id : "",
    typed: focused.matches("input:not([type])") ? focused.value : null,
  };
});
// No answer at all: the browser says so better than a page that looks as if nothing had happened.
document.addEventListener("htmx:sendError", () => form.requestSubmit());

document.addEventListener("htmx:afterSwap", () => {
  // What was opened stays open, and what is being typed stays typed. htmx gives the focus back, but
  // not to what a closed fold still hid.
  for (const id of kept.folds) document.getElementById(id)?.setAttribute("open", "");
  const field = kept.focus && document.getElementById(kept.focus);
  if (field && kept.typed !== null && kept.typed !== field.value) {
    field.value = kept.typed;
    field.addEventListener("blur", ask, { once: true }); // browsers report no change of what a script set
  }
  if (field !== document.activeElement) field?.focus?.({ preventScroll: true });
  kept = null;
  document.querySelector("[data-announce]").textContent = document.getElementById("count").textContent;
  document.title = `${found().dataset.title} – ${siteName}`;
});

// Back to a page that the browser kept: its boxes show again what its results rest on.
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) form.reset();
});
