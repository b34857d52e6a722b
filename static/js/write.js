// A second copy of what is being typed, in this browser, until the server has it.
const form = document.querySelector("form[data-piece]");
const FIELDS = ["title", "standfirst", "topics", "source"];
// How the server keeps a field: that is no change to anyone's words.
const KEPT_AS = { topics: (words) => words.split(",").map((each) => each.trim()).sort().join() };

const words = () => Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
const version = () => Number(form.elements.version.value);

function same(one, other) {
  const kept = (name, value) => (KEPT_AS[name]?.(value) ?? value).replace(/\s+/g, " ").trim();
  return FIELDS.every((name) => kept(name, one[name] ?? "") === kept(name, other[name] ?? ""));
}

function say(sentence) {
  document.getElementById("save-status").textContent = sentence;
}

function put(copy) {
  for (const name of FIELDS) form.elements[name].value = copy.words[name] ?? "";
  // Saved over a newer version, these words must meet the conflict page, not win unseen.
  form.elements.version.value = copy.version;
  say("These words were not saved yet. Press Save to keep them.");
}

function offer(copy) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Show them";
  button.addEventListener("click", () => put(copy));
  say("This browser has words of an older version that were never saved. ");
  document.getElementById("save-status").append(button);
}

function recover(key) {
  const copy = JSON.parse(localStorage.getItem(key));
  if (!copy) return;
  if (same(copy.words, words())) localStorage.removeItem(key);
  else if (copy.version === version()) put(copy);
  else offer(copy);
}

if (form) {
  const key = `piece-${form.dataset.piece}`;
  const loaded = version();
  recover(key);
  form.addEventListener("input", () => {
    localStorage.setItem(key, JSON.stringify({ version: loaded, words: words() }));
    // Older words that are offered there stay at hand.
    if (!document.querySelector("#save-status button")) {
      say("Not saved yet. This browser keeps a copy until you press Save.");
    }
  });
}
