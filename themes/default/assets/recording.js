// A recording: captions from the page's own transcript, times that lead there, the line that
// is being said, the slide that belongs to it, a filter for the lines. A file of captions cannot
// be loaded from a folder.
(() => {
"use strict";
const media = document.querySelector(".player video, .player audio");
if (!media) return;
const text = window.casebookText;
const { make, button } = window.casebookDom;
const all = (selector) => [...document.querySelectorAll(selector)];
const cues = all(".cue").map((line) => {
  const voice = line.querySelector(".voice");
  return {
    line, start: Number(line.dataset.start), end: Number(line.dataset.end),
    said: (voice ? `${voice.textContent} ` : "") + line.querySelector(".said").textContent,
  };
});
const chapters = all(".chapters a").map((link) => ({ link, start: Number(link.hash.slice(3)) }));

if (media.localName === "video" && cues.length && window.VTTCue) {
  const track = media.addTextTrack("captions", text("captions"), document.documentElement.lang);
  for (const cue of cues) track.addCue(new VTTCue(cue.start, cue.end, cue.said));
  track.mode = "showing";
}

// ---- Slides: sections of the page whose heading is that of a chapter, time and title ----

/// The words of a heading without the link to itself.
function wordsOf(heading) {
  return [...heading.childNodes].filter((node) => !node.matches?.(".anchor")).map((node) => node.textContent).join("").trim();
}

/// Puts each section with the heading of a chapter into a box of its own.
function slidesOf() {
  const slides = new Map();
  for (const heading of all(".prose > h2, .prose > h3")) {
    const chapter = chapters.find((one) => one.link.textContent.trim() === wordsOf(heading));
    if (!chapter) continue;
    const slide = make("section", "timed-slide");
    heading.before(slide);
    while (slide.nextSibling && !(slide.lastChild && slide.nextSibling.matches?.("h1, h2, h3, .transcript"))) {
      slide.append(slide.nextSibling);
    }
    slides.set(chapter, slide);
  }
  return slides;
}

const slides = slidesOf();
const stage = make("div", "slide-stage");
const place = make("div", "slide-place", make("h2", "hidden", text("slides_in_time")), stage);
let inTime = false;
let toggle = null;

/// Shows one slide under the player while it plays, or all of them where the author has them.
function setInTime(on) {
  inTime = on;
  document.documentElement.toggleAttribute("data-slides-in-time", on);
  toggle.setAttribute("aria-pressed", String(on));
  follow();
}

/// Brings the slide of a chapter to the stage; the one before goes back to its place.
function show(chapter) {
  const slide = inTime ? slides.get(chapter) : undefined;
  const shown = stage.firstElementChild;
  if (shown === (slide ?? null)) return;
  if (shown) shown.home.replaceWith(shown);
  if (!slide) return;
  slide.home = document.createComment("");
  slide.replaceWith(slide.home);
  stage.append(slide);
}

let marked = null;
function follow() {
  const time = media.currentTime + 0.001;
  const now = cues.findLast((cue) => cue.start <= time && time < cue.end) ?? null;
  if (now !== marked) {
    marked?.line.removeAttribute("aria-current");
    now?.line.setAttribute("aria-current", "true");
    marked = now;
  }
  const chapter = chapters.findLast((other) => other.start <= time);
  for (const other of chapters) {
    if (other === chapter) other.link.setAttribute("aria-current", "true");
    else other.link.removeAttribute("aria-current");
  }
  // A chapter without a slide keeps the one before it; before the first one it waits for that.
  const withSlide = chapters.filter((other) => slides.has(other));
  show(withSlide.findLast((other) => other.start <= time) ?? withSlide[0]);
}
media.addEventListener("timeupdate", follow);
media.addEventListener("seeked", follow);

function go(time, play) {
  const set = () => { media.currentTime = time; };
  if (media.readyState > 0) set();
  else {
    media.addEventListener("loadedmetadata", set, { once: true });
    media.load();
  }
  if (play) media.play().catch(() => {});
}
function timeOf(hash) {
  const found = /^#t=(\d+(?:\.\d+)?)$/.exec(hash);
  return found ? Number(found[1]) : null;
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("main a[href*='#t=']");
  const time = link && link.pathname === location.pathname ? timeOf(link.hash) : null;
  if (time === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    history.replaceState(null, "", link.hash);
  } catch {
    // The address then stays as it is.
  }
  go(time, true);
});
function byAddress() {
  const name = window.casebookAnchor(location.hash);
  const time = timeOf(`#${name}`);
  if (time !== null) go(time, false);
  // A link leads to a slide that waits for its time: all are shown.
  const target = document.getElementById(name);
  if (inTime && target?.closest(".prose > .timed-slide")) {
    setInTime(false);
    target.scrollIntoView();
  }
}
addEventListener("hashchange", byAddress);

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog, [popover]")) return;
  if (event.key === "k" && media.paused) media.play().catch(() => {});
  else if (event.key === "k") media.pause();
  else if (event.key === "j") media.currentTime = Math.max(0, media.currentTime - 10);
  else if (event.key === "l") media.currentTime += 10;
  else return;
  event.preventDefault();
});

// ---- Speed, slides in time, and a filter for the lines ----

const tools = make("div", "recording-tools");
const speed = make("select");
for (const rate of [0.75, 1, 1.25, 1.5, 2]) {
  const option = make("option", { value: rate }, `${rate}\u00d7`);
  option.selected = rate === 1;
  speed.append(option);
}
speed.addEventListener("change", () => { media.playbackRate = Number(speed.value); });
tools.append(make("label", "", `${text("speed")} `, speed));
if (slides.size) {
  toggle = button(text("slides_in_time"), () => setInTime(!inTime));
  tools.append(toggle);
}
tools.append(make("span", "recording-keys", text("recording_keys")));
document.querySelector(".player").after(tools);
if (slides.size) tools.after(place);
if (slides.size) setInTime(true);
byAddress();

const transcript = document.querySelector(".transcript");
if (!transcript) return;
const field = make("input", { type: "search", autocomplete: "off" });
const count = make("span", { class: "count", role: "status" });
const filter = make("div", "transcript-filter", make("label", "", `${text("filter_transcript")} `, field), count);
(transcript.querySelector(".captions-file") || transcript.querySelector("h2")).after(filter);
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const cue of cues) {
    const said = cue.said.toLowerCase();
    const has = words.every((word) => said.includes(word));
    cue.line.hidden = !has;
    if (has) shown += 1;
  }
  count.textContent = words.length ? text("some_of", { n: shown, all: cues.length }) : "";
});
})();
