// A kind word while a comment is typed, and the focus on what "Show more comments" brought.
import "./errors.js";
import { nudge } from "./nudging.js";

const PAUSE = 900;
let timer;

function say(textarea) {
  const line = document.getElementById("nudge");
  if (!line || !textarea.isConnected) return;
  const sentence = line.dataset[nudge(textarea.value)] ?? "";
  // Said once, not with every pause.
  if (line.textContent !== sentence) line.textContent = sentence;
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches("#comment-form textarea")) return;
  clearTimeout(timer);
  timer = setTimeout(say, PAUSE, target);
});

let before = 0;
const threads = () => document.querySelectorAll("#threads > li:not(.comment-pages)");

document.addEventListener("htmx:before:swap", ({ detail }) => {
  before = detail.ctx.sourceElement?.closest("#more-threads") ? threads().length : 0;
});

document.addEventListener("htmx:after:swap", () => {
  const more = before ? [...threads()].slice(before) : [];
  before = 0;
  if (!more.length) return;
  more[0].querySelector(".comment")?.focus({ preventScroll: true });
  const number = more.reduce((sum, each) => sum + each.querySelectorAll(".comment").length, 0);
  document.getElementById("status").textContent = number === 1
    ? "One more comment is shown." : `${number} more comments are shown.`;
});
