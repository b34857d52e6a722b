// Whoever looks at a card for a while, or begins to answer it, has it; moving on lets it go.
import { cards, current } from "./desk-cards.js";

const LOOKING = 4000;
const RENEWAL = 4 * 60 * 1000;
let held = null;
let waiting = null;

function tell(card, fields) {
  const address = `/desk/items/${card.id.replace("item-", "")}/claim`;
  const body = new URLSearchParams(fields);
  // A claim is a courtesy: where it cannot be sent, nothing is lost.
  return fetch(address, { method: "POST", body, keepalive: true, redirect: "manual" })
    .catch(() => null);
}

function hold(card) {
  clearTimeout(waiting);
  if (!card?.querySelector(".item-actions")) return;
  if (held !== card) letGo();
  held = card;
  tell(card, { soft: "1" });
  waiting = setTimeout(() => current() === card && !document.hidden && hold(card), RENEWAL);
}

function letGo() {
  clearTimeout(waiting);
  if (held?.isConnected) tell(held, { soft: "1", release: "1" });
  held = null;
}

function look(card) {
  clearTimeout(waiting);
  waiting = setTimeout(() => card.isConnected && !document.hidden && hold(card), LOOKING);
}

const begins = (event) => {
  const card = event.target.closest?.(".desk-item");
  if (card && card !== held) hold(card);
};

document.addEventListener("desk:left", letGo);
document.addEventListener("desk:selected", (event) => look(event.target));
document.addEventListener("input", begins);
document.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.matches(".item-actions details")) begins(event);
}, true);
window.addEventListener("pagehide", letGo);

// A page of one card is that card, opened.
if (current()) (cards().length === 1 && !document.getElementById("desk-filters") ? hold : look)(current());
