// The desk by keyboard. Every key presses a button that is there to be seen and clicked.
import { current, inHand, select, step } from "./desk-cards.js";

function press(button) {
  // A key must not decide the same card twice while the first answer is on its way.
  const within = button?.closest(".desk-item, #toasts, #last-decision");
  if (within && !within.querySelector(".htmx-request")) button.click();
}

const find = (selector) => inHand()?.querySelector(selector);
// A key presses what can be seen: in zen there is nobody to show a claim to.
function pressKey(key) {
  const button = find(`[data-key="${key}"]`);
  if (button?.checkVisibility()) press(button);
}

function open(details, field) {
  if (!details) return;
  details.open = true;
  details.querySelector(field).focus();
  details.scrollIntoView({ block: "nearest" });
}

// The first press shows the reasons, the second rejects without one.
function reject() {
  const reasons = find("details.because");
  if (reasons?.open) pressKey("r");
  else open(reasons, "button");
}

// The first press asks for a message, the second sends back with what was written.
function sendBack() {
  if (!find("[data-key='b']")) return;
  const wording = find("details.reasons");
  if (wording.open) pressKey("b");
  else open(wording, "textarea");
}

function close() {
  const opened = [...(current()?.querySelectorAll(".item-actions details[open]") ?? [])];
  for (const details of opened) details.open = false;
  if (opened.length) current().focus({ preventScroll: true });
}

// Where there is one card at a time, its neighbours are links.
function go(by) {
  const link = document.querySelector(`.zen-moves a[rel='${by > 0 ? "next" : "prev"}']`);
  if (link) link.click();
  else step(by);
}

const help = () => document.getElementById("keys-help");
const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  r: reject,
  b: sendBack,
  m: () => open(find("details.reasons"), "select"),
  x: () => find(".item-select")?.click(),
  z: () => press(document.querySelector("#toasts [data-key='z']")
    ?? document.querySelector("#last-decision [data-key='z']")),
  escape: close,
  "/": () => document.getElementById("q")?.focus(),
  "?": () => help()?.showModal(),
};
for (const key of "asc") KEYS[key] = () => pressKey(key);
for (const key of "123456789") {
  KEYS[key] = () => press(find(`details.because[open] [data-digit="${key}"]`));
}

// WCAG 2.1.4: single keys can be switched off, for whoever speaks to their machine.
const keysWanted = () => localStorage.getItem("desk-keys") !== "off";
const useKeys = document.getElementById("use-keys");
if (useKeys) {
  useKeys.checked = keysWanted();
  useKeys.addEventListener("change", () =>
    localStorage.setItem("desk-keys", useKeys.checked ? "on" : "off"));
}

function isTyping(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select,"
    + " [contenteditable]") !== null;
}

function leave(field) {
  field.blur();
  const card = field.closest(".desk-item");
  if (card) select(card);
  card?.focus({ preventScroll: true });
}

function isModified(event) {
  const shifted = event.shiftKey && /^[a-z]$/i.test(event.key);
  return event.ctrlKey || event.metaKey || event.altKey || event.repeat || shifted;
}

document.addEventListener("keydown", (event) => {
  if (isModified(event) || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && isTyping(event.target)) return leave(event.target);
  if (!keysWanted() && event.key !== "?") return;
  if (isTyping(event.target)) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#show-keys")) help().showModal();
});

function offerKeys() {
  const button = document.getElementById("show-keys");
  if (button) button.hidden = false;
}

// The numbers beside the kinds come anew with each answer, and the button with them.
document.addEventListener("htmx:after:swap", offerKeys);
offerKeys();
