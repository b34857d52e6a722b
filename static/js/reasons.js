// A reason brings its message along. What an editor typed is never overwritten.
document.addEventListener("change", (event) => {
  const select = event.target.closest(".item-actions select[name='reason']");
  if (!select) return;
  const message = select.form.querySelector("textarea[name='message']");
  const brought = message.dataset.brought ?? "";
  if (message.value.trim() !== brought.trim()) return;
  message.value = message.dataset.brought = select.selectedOptions[0].dataset.message ?? "";
});
