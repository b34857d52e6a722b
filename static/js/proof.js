// While somebody writes, their browser does a small sum (ALTCHA's) that the site asks of it.
const SOLVER = new URL("../vendor/altcha-pbkdf2.js", document.currentScript.src);
const PATIENCE = 6000;
const KEEPS = 50 * 60000;
const sums = new WeakMap();
const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function solve(challenge) {
  const worker = new Worker(SOLVER);
  const solution = new Promise((resolve) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = () => resolve(null);
    worker.postMessage({ type: "work", challenge });
  });
  return solution.finally(() => worker.terminate());
}

async function answer() {
  const response = await fetch("/_/challenge");
  const challenge = await response.json();
  const solution = await solve(challenge);
  return solution?.derivedKey ? btoa(JSON.stringify({ challenge, solution })) : "";
}

// The sum of this form; a new one where there is none yet, or the last may be too old.
function sum(form) {
  const field = form?.querySelector("[data-unseen] [name='altcha']");
  if (!field) return null;
  const known = sums.get(form);
  if (known && Date.now() - known.begun < KEEPS) return known;
  const begun = { begun: Date.now(), over: false };
  begun.ready = answer().catch(() => "").then((found) => {
    field.value = found;
    begun.over = true;
  });
  sums.set(form, begun);
  return begun;
}

async function finish(form, button, doing) {
  const words = button?.textContent;
  form.ariaBusy = "true";
  if (button) button.textContent = "One moment…";
  // Whoever must wait for longer sends without it: an editor will look.
  await Promise.race([doing.ready, after(PATIENCE)]);
  doing.over = true;
  if (button) button.textContent = words;
  form.ariaBusy = null;
  form.requestSubmit(button);
}

document.addEventListener("focusin", (event) => sum(event.target.form));

// Ahead of htmx, which listens at the form itself; a preview, or a button that leads elsewhere, need not wait.
document.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event;
  if (button?.hasAttribute("formaction") || button?.name === "preview") return;
  const doing = sum(form);
  if (!doing) return;
  // It counts once, so the same form sent again gets a new one.
  if (doing.over) return sums.delete(form);
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.ariaBusy !== "true") finish(form, button, doing);
}, true);

sum(document.activeElement?.form);
