// Times in chapters and transcript play that second, and the page follows what is being said.
const audio = document.querySelector("#player audio");
const links = [...document.querySelectorAll("[data-second]")];
const second = (link) => Number(link.dataset.second);

function playFrom(link) {
  audio.currentTime = second(link);
  audio.play();
}

function current(group, now) {
  return links.filter((link) => group.contains(link)).findLast((link) => second(link) <= now + 0.05);
}

function mark(group, holder) {
  if (!group) return;
  const link = current(group, audio.currentTime);
  const wanted = link?.closest(holder);
  const marked = group.querySelector("[aria-current]");
  if (wanted === marked) return;
  marked?.removeAttribute("aria-current");
  wanted?.setAttribute("aria-current", "true");
}

function follow() {
  mark(document.getElementById("transcript"), "p");
  mark(document.getElementById("chapters"), "a");
  const chapter = document.querySelector("#chapters [aria-current]");
  if (chapter) document.getElementById("now-playing").textContent = chapter.textContent.trim();
}

function openAt(hash) {
  const asked = /^#t=(\d+(?:\.\d+)?)$/.exec(hash);
  if (!asked) return;
  audio.currentTime = Number(asked[1]);
  follow();
  document.querySelector("#transcript [aria-current]")?.scrollIntoView({ block: "center" });
}

if (audio) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-second]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    history.replaceState(null, "", link.hash);
    playFrom(link);
  });
  audio.addEventListener("timeupdate", follow);
  audio.addEventListener("play", () => audio.closest(".player").classList.add("playing"));
  audio.addEventListener("pause", () => audio.closest(".player").classList.remove("playing"));
  const open = () => openAt(location.hash);
  if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) open();
  else audio.addEventListener("loadedmetadata", open, { once: true });
  addEventListener("hashchange", open);
}
