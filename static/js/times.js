// Words a recent time as "2 days ago". The page itself says the same to everyone, so this is ours.
const STEPS = [
  ["minute", 60],
  ["hour", 3600],
  ["day", 86400],
];
// Inside a sentence a date stays a date.
const WORDED = [".byline", ".permalink", ".item-who", ".desk-table", ".records"]
  .map((place) => `${place} time[datetime$='Z']:not([title])`).join();
const RECENT = 7 * 86400;

function inWords(seconds) {
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  const [unit, size] = STEPS.findLast(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
  return format.format(Math.round(seconds / size), unit);
}

function wordTimes(root) {
  for (const time of root.querySelectorAll(WORDED)) {
    const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
    if (Math.abs(seconds) < RECENT) {
      time.title = time.textContent;
      time.textContent = inWords(seconds);
    }
  }
}

wordTimes(document);
document.addEventListener("htmx:after:swap", () => wordTimes(document));
