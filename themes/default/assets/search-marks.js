// A page that was opened from the search marks the words that were found. The address
// tells them (`?highlight=`), so it works from a folder and in a new tab. Esc removes them.
(() => {
"use strict";

const NAME = "casebook-search";
const wanted = new URLSearchParams(location.search).get("highlight");
const article = document.querySelector("main article");
if (!wanted || !article) return;
// Who came by the keyboard reads on where the result is.
const opened = (location.hash && document.getElementById(casebookAnchor(location.hash))) || article.querySelector("h1");
if (opened) {
  if (!opened.matches("a[href], button, input, select, textarea, summary, [tabindex]")) opened.tabIndex = -1;
  opened.focus({ preventScroll: true });
}
if (!window.Highlight || !CSS.highlights) return;

const forms = new Map();
const phrases = [];
for (const words of wanted.slice(0, 2000).split("~")) {
  const steps = words.split(" ").map((step) => step.split("|"));
  if (steps.length > 1) phrases.push([steps, 1]);
  else steps[0].forEach((form) => forms.set(form, 1));
}

const ranges = [];
const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const node = texts.currentNode;
  if (node.parentElement.closest("script, style, .anchor, button")) continue;
  for (const [start, end] of window.casebookSearch.matchesOf(node.data, { forms, phrases })) {
    const range = new Range();
    range.setStart(node, start);
    range.setEnd(node, end);
    ranges.push(range);
  }
}
if (!ranges.length) return;
CSS.highlights.set(NAME, new Highlight(...ranges));

const say = (key, values) => window.casebookText(`search_${key}`, values);
const note = document.createElement("div");
note.className = "search-marks";
note.setAttribute("role", "status");
const button = document.createElement("button");
button.type = "button";
button.textContent = say("unmark");
note.append(`${say("marked", { n: ranges.length })} `, button);
document.body.append(note);

const onKey = (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open], :popover-open")) remove();
};
function remove() {
  CSS.highlights.delete(NAME);
  note.remove();
  document.removeEventListener("keydown", onKey);
}
button.addEventListener("click", remove);
document.addEventListener("keydown", onKey);

// A link that is copied from here should not mark words for others.
try {
  const url = new URL(location.href);
  url.searchParams.delete("highlight");
  history.replaceState(history.state, "", url);
} catch {
  // Some browsers refuse this for files.
}

// Below the heading that was asked for, the first place may be out of sight.
const target = location.hash && document.getElementById(casebookAnchor(location.hash));
const first = target && ranges.find((range) => target.compareDocumentPosition(range.startContainer) & Node.DOCUMENT_POSITION_FOLLOWING
  || target.contains(range.startContainer));
if (first) {
  const { bottom } = first.getBoundingClientRect();
  if (bottom > innerHeight) first.startContainer.parentElement.scrollIntoView({ block: "center" });
}
})();
