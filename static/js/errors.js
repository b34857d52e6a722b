// What was wrong with a form is no news any more once it was answered well and still stands there.
const errorOf = (field) => document.getElementById(`${field.id}-error`);

function forget(field) {
  field.removeAttribute("aria-invalid");
  const hint = `${field.id}-hint`;
  if (document.getElementById(hint)) field.setAttribute("aria-describedby", hint);
  else field.removeAttribute("aria-describedby");
  errorOf(field)?.remove();
}

// Lines about fields that are still wrong stay; without any line there is nothing to sum up.
function tidy(summary) {
  for (const line of summary?.querySelectorAll("li") ?? []) {
    const id = line.querySelector("a")?.hash.slice(1);
    if (!id || !document.getElementById(`${id}-error`)) line.remove();
  }
  if (!summary?.querySelector("li")) summary?.remove();
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const { sourceElement: button, response } = ctx;
  const form = button?.form;
  if (!form?.isConnected || !response?.raw.ok) return;
  // A preview looks at the comment alone, so an empty name is as wrong as before.
  const seen = (field) => button.name !== "preview" || field.value !== field.defaultValue;
  const wrong = [...form.elements].filter((field) => field.ariaInvalid && errorOf(field));
  for (const field of wrong.filter(seen)) forget(field);
  tidy((form.closest(".comment-form") ?? form).querySelector(".error-summary"));
});
