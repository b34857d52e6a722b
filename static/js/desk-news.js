// Asks now and then what is new: often while somebody works here, seldom while nobody does.
import { current } from "./desk-cards.js";

const OFTEN = 10_000;
const SELDOM = 120_000;
const line = () => document.getElementById("news-line");
const zen = () => document.getElementById("zen");
let wait = OFTEN;
let busy = true;
let asking = false;
let timer = null;

function address() {
  const asked = new URLSearchParams(location.search);
  for (const place of ["page", "place", "item"]) asked.delete(place);
  if (zen()) asked.set("zen", "1");
  asked.set("since", line().dataset.since);
  asked.set("seen", line().dataset.mark);
  asked.set("shown", [...document.querySelectorAll(".desk-item")]
    .map((card) => card.id.replace("item-", "")).join("."));
  return `/_/desk/news?${asked}`;
}

async function ask() {
  clearTimeout(timer);
  if (!line() || asking) return;
  asking = true;
  let status = 0;
  try {
    const answer = await fetch(address(), { headers: { "HX-Request": "true" } });
    status = answer.status;
    if (status === 200) await tell(await answer.text());
  } catch {
    // Away for a while: the next question may be answered.
  }
  asking = false;
  if (status === 403) return stop();
  wait = busy && !document.hidden && status ? OFTEN : Math.min(wait * 2, SELDOM);
  busy = status === 200;
  timer = setTimeout(ask, wait);
}

async function tell(text) {
  const news = document.getElementById("news");
  await htmx.swap({ text, sourceElement: news, target: news, swap: "innerHTML" });
  for (const id of line().dataset.gone.split(" ").filter(Boolean)) leave(id);
  // Whoever has one card at a time, and none left, waits for the next.
  if (zen() && !document.querySelector(".desk-item")) line().querySelector("a")?.click();
}

// What somebody else has decided goes; the card in hand stays until one moves on, and says so.
function leave(id) {
  const card = document.getElementById(`item-${id}`);
  if (card !== current()) return card?.closest("li").remove();
  card.classList.add("decided");
  for (const button of card.querySelectorAll(".item-actions button")) button.disabled = true;
  const claim = document.getElementById(`item-${id}-claim`);
  claim.hidden = false;
  claim.textContent = "Somebody else has just decided it.";
}

function stop() {
  const link = document.createElement("a");
  link.href = `/account/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = "Sign in again";
  line().replaceChildren("You are signed out, so nothing new comes in here. ", link);
}

function soon() {
  busy = true;
  if (wait === OFTEN || asking) return;
  clearTimeout(timer);
  timer = setTimeout(ask, (wait = OFTEN));
}

if (line()) {
  timer = setTimeout(ask, OFTEN);
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, soon);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
}
document.addEventListener("desk:left", (event) => {
  if (event.target.matches(".decided")) event.target.closest("li").remove();
});

// What comes in at the top must not push away what is being read.
let top = null;
document.addEventListener("htmx:before:swap", (event) => {
  const coming = event.detail.ctx.sourceElement.closest("#news a");
  top = coming && current() ? current().getBoundingClientRect().top : null;
});
document.addEventListener("htmx:after:swap", () => {
  if (top === null || !current()) return;
  scrollBy(0, current().getBoundingClientRect().top - top);
  current().focus({ preventScroll: true });
  top = null;
});
