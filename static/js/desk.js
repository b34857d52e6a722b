// The desk by keyboard. Every key presses a button that is there to be seen and clicked.
const cards = () => [...document.querySelectorAll(".desk-item")];
const current = () => document.querySelector(".desk-item[aria-current='true']");

function select(card, { focus = true } = {}) {
  current()?.removeAttribute("aria-current");
  if (!card) return;
  card.setAttribute("aria-current", "true");
  if (focus) card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = cards();
  const at = all.indexOf(current());
  select(all[Math.min(Math.max(at + by, 0), all.length - 1)] ?? all[0]);
}

function press(key) {
  const within = key === "z" ? document.getElementById("toasts") : current();
  const button = within?.querySelector(`[data-key="${key}"]`);
  if (!button) return;
  // A key must not decide the same card twice while the first answer is on its way.
  if (within.contains(button) && !within.querySelector(".htmx-request")) button.click();
}

function giveReason() {
  const details = current()?.querySelector("details.reasons");
  if (!details) return;
  details.open = true;
  details.querySelector("select").focus();
}

const help = () => document.getElementById("keys-help");
const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  m: giveReason,
  "/": () => document.getElementById("q")?.focus(),
  "?": () => help()?.showModal(),
};
for (const key of "arsbcz") KEYS[key] = () => press(key);

// WCAG 2.1.4: single keys can be switched off, for whoever speaks to their machine.
const keysWanted = () => localStorage.getItem("desk-keys") !== "off";
const useKeys = document.getElementById("use-keys");
if (useKeys) {
  useKeys.checked = keysWanted();
  useKeys.addEventListener("change", () =>
    localStorage.setItem("desk-keys", useKeys.checked ? "on" : "off"));
}

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
  if (!keysWanted() && event.key !== "?") return;
  if (isTyping(event.target) || help()?.open) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#show-keys")) help().showModal();
  const card = event.target.closest(".desk-item");
  if (card && card !== current()) select(card, { focus: false });
});

// Once a card is gone, its neighbour is next: the one below, or the last.
let next = null;
document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement: source, response } = event.detail.ctx;
  // What was taken back comes in first, and is looked at next.
  if (source.closest("#toasts") && response.raw.ok) select((next = null));
  const card = source.closest(".desk-item");
  if (!card) return;
  const all = cards();
  next = all[all.indexOf(card) + 1] ?? all[all.indexOf(card) - 1] ?? null;
});
document.addEventListener("htmx:after:swap", () => {
  // Other pages of the desk have no cards, and a focus of their own.
  if (current() || !document.getElementById("queue")) return;
  const card = next?.isConnected ? next : cards()[0];
  if (card) return select(card);
  // More may wait behind this page; else the focus must not be lost with the last card.
  if (document.querySelector(".pagination a[rel='next']")) location.reload();
  else document.getElementById("main").focus();
});

const showKeys = document.getElementById("show-keys");
if (showKeys) showKeys.hidden = false;
