// A reason brings its message along, in place of what the last one brought. What was typed stays.
const wanted = (select) => [...document.querySelectorAll("#reason-messages [data-reason]")]
  .find((each) => each.dataset.reason === select.value)?.textContent ?? "";

// As if typed, so that Ctrl+Z takes it back; no other way to write keeps a field's own undo.
function write(field, from, to, text) {
  const before = document.activeElement;
  field.focus({ preventScroll: true });
  field.setSelectionRange(from, to);
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    field.setRangeText(text, from, to, "end");
  }
  before.focus({ preventScroll: true });
}

document.addEventListener("change", (event) => {
  const select = event.target.closest(".item-actions select[name='reason']");
  if (!select) return;
  const message = select.form.querySelector("textarea[name='message']");
  const brought = message.dataset.brought ?? "";
  const at = brought ? message.value.indexOf(brought) : -1;
  // Words of one's own, or a brought message that was changed: they are the message.
  if (at < 0 && message.value.trim()) return;
  message.dataset.brought = wanted(select);
  if (at < 0) write(message, 0, message.value.length, wanted(select));
  else if (brought !== wanted(select)) write(message, at, at + brought.length, wanted(select));
});
