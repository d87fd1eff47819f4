// Picking prepared words puts them in the field, where they can be changed. What somebody has
// written themselves is never overwritten.
for (const form of document.querySelectorAll("form[data-reasons]")) {
  const field = form.querySelector("textarea");
  const choices = [...form.querySelectorAll('input[type="radio"][name="ready"]')];
  const words = (choice) => choice.closest("label").innerText.trim();
  form.querySelector("[data-fill]")?.remove();
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      const own = field.value.trim() && !choices.some((other) => words(other) === field.value.trim());
      if (!own) field.value = words(choice);
    });
  }
}
