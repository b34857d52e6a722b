// Selecting many cards: a range with shift, a whole page, and how many there are.
import { cards } from "./desk-cards.js";

const boxes = () => [...document.querySelectorAll(".item-select")];
const scope = (name) => document.getElementById(`scope-${name}`);
let last = null;

function count() {
  const ticked = boxes().filter((box) => box.checked).length;
  const said = document.querySelector(".bulk-ticked");
  if (!said) return;
  said.textContent = `(${ticked})`;
  said.hidden = ticked === 0;
  return ticked;
}

function fill(from, to, checked) {
  const all = boxes();
  const [first, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  if (first >= 0) for (const box of all.slice(first, end + 1)) box.checked = checked;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest(".item-select");
  if (!box) return;
  if (event.shiftKey && last?.isConnected) fill(last, box, box.checked);
  last = box;
});

document.addEventListener("change", (event) => {
  if (event.target.matches(".item-select")) scope("ticked").checked = true;
  else if (event.target.matches("#bulk [name=scope]")) {
    const all = event.target.value !== "";
    for (const box of boxes()) box.checked = all;
  } else return;
  count();
});

// A card that has left takes its tick along.
document.addEventListener("htmx:after:swap", () => {
  for (const input of document.querySelectorAll("#bulk [name=shown]")) {
    if (!document.getElementById(`item-${input.value.split("@")[0]}`)) input.remove();
  }
  const label = document.querySelector("label[for=scope-page]");
  if (label) label.textContent = `All ${cards().length} on this page`;
  count();
});

// What the browser remembers of a page that was left is no selection of today.
for (const box of boxes()) box.checked = box.defaultChecked;
if (scope("ticked")) scope("ticked").checked = true;
count();
