// A second copy of what is being typed, in this browser, until the server has it.
const form = document.querySelector("form[data-piece]");
const FIELDS = ["title", "standfirst", "topics", "source"];

function words() {
  return Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
}

function restore(kept) {
  for (const name of FIELDS) form.elements[name].value = kept[name] ?? form.elements[name].value;
  document.getElementById("save-status").textContent =
    "This browser kept words that were not saved. They are back; press Save to keep them.";
}

if (form) {
  const key = `piece-${form.dataset.piece}`;
  const asLoaded = JSON.stringify(words());
  const kept = localStorage.getItem(key);
  if (kept && kept !== asLoaded) restore(JSON.parse(kept));
  form.addEventListener("input", () => localStorage.setItem(key, JSON.stringify(words())));
  // The copy goes only once the server shows the same words, not when the button is pressed.
  if (kept === asLoaded) localStorage.removeItem(key);
}
