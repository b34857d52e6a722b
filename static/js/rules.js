// The order of the rules by buttons. The numbers are what is sent; without this file they are typed.
const list = () => document.getElementById("rules");
const rows = () => [...list().children];
const place = (row) => row.querySelector(".rule-place input");

function number() {
  const all = rows();
  all.forEach((row, index) => {
    place(row).value = index + 1;
    for (const button of row.querySelectorAll("[data-move]")) {
      const to = index + Number(button.dataset.move);
      button.setAttribute("aria-disabled", String(to < 0 || to >= all.length));
    }
  });
}

function move(row, to, focus) {
  const all = rows().filter((each) => each !== row);
  list().insertBefore(row, all[to] ?? null);
  number();
  // A row that is put elsewhere loses the focus that was in it.
  focus.focus();
  document.getElementById("status").textContent =
    `${row.dataset.rule} is now number ${to + 1} of ${all.length + 1}.`;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const row = button.closest(".rule");
  move(row, rows().indexOf(row) + Number(button.dataset.move), button);
});

document.addEventListener("change", (event) => {
  const row = event.target.closest(".rule");
  if (!row || event.target !== place(row)) return;
  const wanted = Number(event.target.value);
  const within = Number.isInteger(wanted) && wanted >= 1 && wanted <= rows().length;
  // What is no number from the list stays as it was typed; the answer says what is wrong with it.
  if (within && rows().indexOf(row) !== wanted - 1) move(row, wanted - 1, event.target);
});

function begin() {
  for (const button of document.querySelectorAll("[data-move][hidden]")) button.hidden = false;
  if (list() && !list().querySelector(".rule-place [aria-invalid]")) number();
}

document.addEventListener("htmx:after:swap", begin);
begin();
