// One card at a time: a panel that opens must leave the words in sight that one decides on.
const LEAST = 96;

document.addEventListener("toggle", ({ target }) => {
  if (!target.open || !target.matches(".zen .item-actions details")) return;
  const text = target.closest(".desk-item").querySelector(".item-text");
  const panel = target.closest(".item-actions").getBoundingClientRect().top;
  if (!text) return;
  const { top, bottom, height } = text.getBoundingClientRect();
  const seen = Math.min(bottom, panel) - Math.max(top, 0);
  if (seen < Math.min(LEAST, height)) scrollBy(0, Math.min(top - 8, bottom - panel + 8));
}, true);
