// After a form came back with problems, the list of them is where reading starts.
document.querySelector("[data-error-summary]")?.focus();
