// Which card is in hand, and where the focus goes once a card has left.
export const cards = () => [...document.querySelectorAll(".desk-item")];
export const current = () => document.querySelector(".desk-item[aria-current='true']");

export function select(card, { focus = true } = {}) {
  const before = current();
  if (before === card && card) return;
  before?.removeAttribute("aria-current");
  if (before) before.dispatchEvent(new CustomEvent("desk:left", { bubbles: true }));
  if (!card) return;
  card.setAttribute("aria-current", "true");
  if (focus) card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
  card.dispatchEvent(new CustomEvent("desk:selected", { bubbles: true }));
}

export function step(by) {
  const all = cards();
  const card = all[Math.min(Math.max(all.indexOf(inHand()) + by, 0), all.length - 1)] ?? all[0];
  select(card);
  card?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const card = event.target.closest(".desk-item");
  if (card && card !== current()) select(card, { focus: false });
});

// Once a card is gone, its neighbour is next: the one below, or the last.
let next = null;
let left = null;
let moving = false;
let refilling = false;

const follower = () => current() ?? (next?.isConnected ? next : cards()[0]);

// A card has left at once, while the rest of the answer comes in: a key pressed then is for the next.
export function inHand() {
  if (moving && !current()) select(follower());
  return current();
}

// More may wait behind this page. What can be taken back must stay, so the page does not reload.
function refill() {
  refilling = true;
  const part = "#desk-body";
  htmx.ajax("GET", location.href, { target: part, select: part, swap: "outerHTML" });
}

document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement: source, response } = event.detail.ctx;
  const card = source.closest(".desk-item");
  moving = refilling || Boolean(card || source.closest("#toasts, #last-decision, #bulk, .zen #news"));
  refilling = false;
  // What was taken back comes in first, and is looked at next.
  if (source.closest("#toasts, #last-decision") && response?.raw.ok) select((next = null));
  left = card;
  if (!card) return;
  const all = cards();
  next = all[all.indexOf(card) + 1] ?? all[all.indexOf(card) - 1] ?? null;
});

document.addEventListener("htmx:after:swap", () => {
  if (!moving || current()?.contains(document.activeElement)) return;
  moving = false;
  const card = follower();
  if (card && current() !== card) return select(card);
  if (card) {
    card.focus({ preventScroll: true });
    // One that comes in another's place is read from its beginning.
    if (left && !left.isConnected && card.getBoundingClientRect().top < 0) card.scrollIntoView();
    return;
  }
  if (document.querySelector("#desk-body .pagination a[rel='next']")) return refill();
  // The focus must not be lost with the last card.
  document.getElementById("main").focus();
});
