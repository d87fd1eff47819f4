// Live results: a changed filter asks for the new results without a click on "Apply filters".
// Without this file the form works the same way, with that click.

const form = document.querySelector("[data-live-search]");
const FOUND = "found";

function controls(target) {
  return target.form === form && target.matches("select, input[type=checkbox], input[type=radio], input:not([type])");
}

// What the person opened stays open when the panel is replaced.
let open = [];
const folds = () => [...document.querySelectorAll(`#${FOUND} details`)];

document.addEventListener("change", (event) => {
  // Words and the postcode wait for Search or Enter: results that jump while typing are no help.
  if (!controls(event.target) || event.target.id === "near") return;
  form.dispatchEvent(new CustomEvent("live"));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== FOUND) return;
  open = folds().map((fold) => fold.open);
  // A wrong answer is still a page to show: let the browser load it whole.
  if (event.detail.xhr.status >= 400) window.location.assign(event.detail.pathInfo.finalRequestPath);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== FOUND && event.target.id !== FOUND) return;
  folds().forEach((fold, index) => {
    if (open[index]) fold.open = true;
  });
  const heading = document.getElementById("count");
  document.querySelector("[data-announce]").textContent = heading ? heading.textContent : "";
  if (heading) document.title = `${heading.textContent} – ${document.title.split(" – ").pop()}`;
  document.dispatchEvent(new CustomEvent("results:changed"));
});
