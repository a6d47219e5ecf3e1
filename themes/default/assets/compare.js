// Compares two pages: what both name, what one lacks, what they decide differently.
// `src/compare.rs` does the same for the command line; a test compares them.
(() => {
"use strict";
const { make } = window.casebookDom;

const sideWords = {
  all: casebookText("all"), differ: casebookText("decided_differently"), first: casebookText("only_first"),
  second: casebookText("only_second"), same: casebookText("same_in_both"),
};
const kindWords = [casebookText("threats"), casebookText("requirements"), casebookText("assumptions"), casebookText("others")];
// Letters stand beside the words, so that a side is seen at once.
const letters = { differ: "\u2260", first: "1", second: "2", same: "=" };
const KINDS = ["threat", "requirement", "assumption"];
const SIDES = ["differ", "first", "second", "same"];

const place = document.querySelector("[data-comparison]");
const form = document.querySelector(".compare-form");
const status = document.querySelector(".compare-status");
if (!place || !form || !status) return;
const { load, base } = window.casebookBrowse;
const [a, b] = [form.elements.a, form.elements.b];
let shown = "all";

/// A word as readers see it.
const wordOf = (word, page) => (page.words.find(([known]) => known === word) || [word, word])[1];
const href = (url) => base + url.split("/").map(encodeURIComponent).join("/");

// ---- The comparison --------------------------------------------------------

const rank = (kind) => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length);
const keyOf = (item) => `${rank(item.kind)} ${item.id ? item.id.toLowerCase() : `~${item.title}`}`;
const differ = (x, y) => Boolean(x && y && x !== y);
const order = (x, y) => (x < y ? -1 : x > y ? 1 : 0);

function compare(first, second) {
  const lines = new Map();
  [first, second].forEach((items, at) => {
    for (const item of items) {
      const key = keyOf(item);
      if (!lines.has(key)) lines.set(key, { key, kind: item.kind, id: item.id, title: item.title, url: item.url, sides: [null, null] });
      const line = lines.get(key);
      // Of a thing that stands twice on a page the first place counts.
      line.sides[at] ??= item;
      line.url ||= item.url;
    }
  });
  for (const line of lines.values()) {
    const [x, y] = line.sides;
    if (!y) line.side = "first";
    else if (!x) line.side = "second";
    else line.side = differ(x.status, y.status) || differ(x.response, y.response) ? "differ" : "same";
  }
  return [...lines.values()].sort((x, y) =>
    rank(x.kind) - rank(y.kind) || SIDES.indexOf(x.side) - SIDES.indexOf(y.side) || order(x.key, y.key));
}

// ---- The page --------------------------------------------------------------

function decision(item, page) {
  const cell = make("td", item ? "" : "absent");
  if (!item) {
    cell.textContent = casebookText("not_in_it");
    return cell;
  }
  if (item.status) {
    const link = make("a", "");
    link.href = href(page.url) + (item.anchor ? `#${encodeURIComponent(item.anchor)}` : "");
    link.append(make("span", `chip chip-status-${item.status}`, wordOf(item.status, page)));
    cell.append(link, " ");
  } else {
    cell.append(casebookText("named"), " ");
  }
  if (item.severity) cell.append(make("span", `chip severity-${item.severity}`, wordOf(item.severity, page)), " ");
  if (item.response) cell.append(make("span", "note", wordOf(item.response, page)));
  if (item.why) cell.append(make("span", "why", item.why));
  return cell;
}

function row(line, pages) {
  const element = make("tr", `side-${line.side}`);
  element.dataset.side = line.side;
  if (line.url && line.id) element.dataset.pick = line.id;
  const subject = make("th");
  subject.scope = "row";
  const mark = make("span", "side", letters[line.side]);
  mark.title = sideWords[line.side];
  mark.setAttribute("aria-hidden", "true");
  const name = make(line.url ? "a" : "span", line.url ? "entry-link" : "");
  if (line.url) {
    name.href = href(line.url);
    name.dataset.entry = line.id;
  }
  if (line.id) name.append(make("span", "entry-id", line.id), " ");
  name.append(line.title);
  subject.append(mark, " ", name, make("span", "hidden", `. ${sideWords[line.side]}.`));
  element.append(subject);
  line.sides.forEach((item, at) => {
    const cell = decision(item, pages[at]);
    cell.dataset.label = pages[at].title;
    element.append(cell);
  });
  return element;
}

const nameOf = (page) => page.title + (page.date ? ` (${page.date})` : "");

function show(lines, pages) {
  const count = (side) => lines.filter((line) => side === "all" || line.side === side).length;
  const nav = make("nav");
  nav.setAttribute("aria-label", casebookText("show"));
  for (const side of ["all", ...SIDES]) {
    const button = make("button", "button small", sideWords[side]);
    button.type = "button";
    button.append(" ", make("span", "count", String(count(side))));
    button.setAttribute("aria-pressed", String(side === shown));
    button.addEventListener("click", () => {
      shown = side;
      nav.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      choose();
      remember();
    });
    nav.append(button);
  }
  const parts = [nav];
  const kinds = [...new Set(lines.map((line) => Math.min(rank(line.kind), KINDS.length)))];
  for (const kind of kinds) {
    const own = lines.filter((line) => rank(line.kind) === kind);
    const section = make("section");
    const heading = make("h2", "", kindWords[kind]);
    heading.append(" ", make("span", "count", ""));
    const wrap = make("div", "table-wrap");
    const table = make("table");
    table.setAttribute("aria-label", heading.firstChild.textContent);
    const head = table.createTHead().insertRow();
    for (const label of [casebookText("entry"), ...pages.map(nameOf)]) {
      const cell = make("th", "", label);
      cell.scope = "col";
      head.append(cell);
    }
    table.createTBody().append(...own.map((line) => row(line, pages)));
    wrap.append(table);
    section.append(heading, wrap);
    parts.push(section);
  }
  place.replaceChildren(...parts);
  choose();
}

function choose() {
  let any = false;
  for (const section of place.querySelectorAll("section")) {
    let count = 0;
    for (const row of section.querySelectorAll("tbody tr")) {
      row.hidden = shown !== "all" && row.dataset.side !== shown;
      if (!row.hidden) count += 1;
    }
    section.hidden = count === 0;
    section.querySelector("h2 .count").textContent = String(count);
    any ||= count > 0;
  }
  return any;
}

async function run() {
  const options = [a, b].map((select) => select.selectedOptions[0]);
  const urls = options.map((option) => option?.dataset.url);
  if (!urls[0] || !urls[1]) {
    status.textContent = casebookText("choose_two");
    place.replaceChildren();
    return;
  }
  let pages;
  try {
    pages = await Promise.all(urls.map((url) => load(`entries/${url}`)));
  } catch {
    status.textContent = casebookText("no_data");
    place.replaceChildren();
    return;
  }
  if (options.some((option, at) => option !== [a, b][at].selectedOptions[0])) return;
  const lines = compare(pages[0].items, pages[1].items);
  const count = (side) => lines.filter((line) => line.side === side).length;
  status.textContent = urls[0] === urls[1] ? casebookText("same_page")
    : SIDES.map((side) => `${sideWords[side]}: ${count(side)}`).join(". ") + ".";
  if (shown !== "all" && !count(shown)) shown = "all";
  show(lines, pages);
}

// The address: compare.html#a=M-SHOP-001&b=starters/web&show=differ
function remember() {
  const state = new URLSearchParams();
  if (a.value) state.set("a", a.value);
  if (b.value) state.set("b", b.value);
  if (shown !== "all") state.set("show", shown);
  try {
    history.replaceState(history.state, "", `#${state}`);
  } catch {
    location.hash = String(state);
  }
}

function recall() {
  const state = new URLSearchParams(location.hash.slice(1));
  for (const [select, name] of [[a, "a"], [b, "b"]]) {
    const wanted = (state.get(name) || "").toLowerCase();
    const found = Array.from(select.options).find((option) => option.value.toLowerCase() === wanted);
    select.value = found ? found.value : "";
  }
  shown = SIDES.includes(state.get("show")) ? state.get("show") : "all";
  run();
}

form.addEventListener("change", () => {
  remember();
  run();
});
form.addEventListener("submit", (event) => event.preventDefault());
form.querySelector("[data-swap]").addEventListener("click", () => {
  [a.value, b.value] = [b.value, a.value];
  remember();
  run();
});
addEventListener("hashchange", recall);
recall();
})();
