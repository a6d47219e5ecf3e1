// The threats of a model: filtered by what their rows say, kept in the address
// (?status=open&severity=high&concern=no-test&at=dfd-e3); elements of the picture and the
// places in the rows light each other up; what is past its day is marked.
(() => {
"use strict";
const { make } = window.casebookDom;
const text = (key, values) => casebookText(key, values);
/** @param {ParentNode} from */
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

// ---- What is past its day ----------------------------------------------------

const now = new Date();
const today = [now.getFullYear(), String(now.getMonth() + 1).padStart(2, "0"), String(now.getDate()).padStart(2, "0")].join("-");

function markOverdue(element) {
  const chip = document.createElement("span");
  chip.className = "chip overdue";
  chip.textContent = text("overdue");
  element.append(" ", chip);
}

for (const day of all("time[data-due]")) {
  if (day.dataset.due < today) markOverdue(day.parentElement);
}

// ---- The rows ----------------------------------------------------------------

const more = (row) => (row.nextElementSibling?.matches(".more") ? row.nextElementSibling : null);
const anchorsOf = (place) => (place.dataset.on || place.hash.slice(1)).split(" ");

const rows = all(".block-threats tr[data-status]").map((row) => {
  const concerns = (row.dataset.concern || "").split(" ").filter(Boolean);
  if (row.dataset.due && row.dataset.due < today) {
    concerns.push("overdue");
    markOverdue(more(row)?.querySelector("summary") || row.cells[0]);
  }
  const said = {
    status: [row.dataset.status],
    severity: [row.dataset.severity],
    concern: concerns,
    at: all(".place", row).flatMap(anchorsOf),
  };
  return { row, said };
});
const tables = all(".block-threats");
if (!tables.length || !rows.length) return;

const KEYS = Object.keys(rows[0].said);
const chosen = Object.fromEntries(KEYS.map((key) => [key, new Set()]));
const fits = ({ said }, without) => KEYS.every((key) =>
  key === without || !chosen[key].size || said[key].some((value) => chosen[key].has(value)));
const tally = (key, value) => rows.filter((item) => item.said[key].includes(value)).length;
const anything = () => KEYS.some((key) => chosen[key].size);

// ---- The bar -----------------------------------------------------------------

const bar = make("div", "threat-filters");
bar.setAttribute("role", "group");
bar.setAttribute("aria-label", text("threats_filter"));
const buttons = [];
let places = null;

function press(label, count, className, act) {
  const element = make("button", className, label);
  element.type = "button";
  if (count !== undefined) element.append(" ", make("span", "count", String(count)));
  element.addEventListener("click", () => {
    act();
    update();
  });
  bar.append(element);
  return element;
}

/// A button for a value; of the values of one key only one is chosen here.
function choice(key, value, label, className) {
  const element = press(label, tally(key, value), className, () => {
    const on = chosen[key].has(value) && chosen[key].size === 1;
    chosen[key].clear();
    if (!on) chosen[key].add(value);
  });
  buttons.push({ element, key, value });
}

function labelOf(row, selector, otherwise) {
  return row.querySelector(selector)?.textContent.trim() || otherwise;
}

const whole = press(text("threats_all", { n: rows.length }), undefined, "", () => KEYS.forEach((key) => chosen[key].clear()));
for (const status of ["open", "mitigated", "accepted", "not-applicable"]) {
  const first = rows.find((item) => item.said.status[0] === status);
  if (first) choice("status", status, labelOf(first.row, `.chip-status-${status}`, status), "");
}
for (const [number, concern] of ["no-test", "failing-test", "no-owner", "overdue"].entries()) {
  const words = text(concern === "overdue" ? "overdue" : `concern_${concern.replace("-", "_")}`);
  if (tally("concern", concern)) choice("concern", concern, words, number ? "" : "apart");
}

/// What an element, a flow or a boundary is called in the picture.
function nameOf(anchor) {
  const part = document.getElementById(anchor.replace(/-b(\d+)$/, "-t$1"));
  return part ? all(".dfd-number, .dfd-name, .dfd-data, .dfd-title", part).map((line) => line.textContent).join(" ") : "";
}

function choosePlaces() {
  const anchors = [...new Set(rows.flatMap((item) => item.said.at))];
  const named = anchors.map((anchor) => [anchor, nameOf(anchor)]).filter(([, name]) => name);
  if (named.length < 2) return;
  named.sort(([, a], [, b]) => a.localeCompare(b, document.documentElement.lang, { numeric: true }));
  const label = make("label", "apart", `${text("threats_at")} `);
  places = make("select");
  places.append(new Option(text("threats_anywhere"), ""), ...named.map(([anchor, name]) => new Option(`${name} (${tally("at", anchor)})`, anchor)));
  places.addEventListener("change", () => {
    chosen.at = new Set(places.value ? [places.value] : []);
    update();
  });
  label.append(places);
  bar.append(label);
}

choosePlaces();
const status = make("span");
status.setAttribute("role", "status");
// Which severities are chosen: only a number in the head chooses them.
const level = press("", undefined, "", () => chosen.severity.clear());
bar.append(status);
const folds = all(".block-threats .fold");
const unfold = folds.length > 1 && press(text("threats_unfold"), undefined, "plain", () => {
  const closed = folds.some((fold) => !fold.open);
  folds.forEach((fold) => { fold.open = closed; });
});
if (rows.length > 3) tables[0].before(bar);

// ---- Filtering ---------------------------------------------------------------

function update(quiet) {
  let shown = 0;
  for (const item of rows) {
    const fit = fits(item);
    shown += Number(fit);
    item.row.hidden = !fit;
    if (more(item.row)) more(item.row).hidden = !fit;
  }
  for (const table of tables) table.hidden = anything() && !table.querySelector("tr[data-status]:not([hidden])");
  for (const { element, key, value } of buttons) element.setAttribute("aria-pressed", chosen[key].has(value));
  whole.setAttribute("aria-pressed", !anything());
  level.hidden = !chosen.severity.size;
  level.textContent = [...chosen.severity].map((word) => text(`severity_${word}`)).join(", ");
  level.setAttribute("aria-pressed", "true");
  if (places) places.value = [...chosen.at].find((anchor) => [...places.options].some((option) => option.value === anchor)) || "";
  status.textContent = anything() ? text("threats_some", { n: shown, all: rows.length }) : "";
  if (unfold) unfold.textContent = text(folds.some((fold) => !fold.open) ? "threats_unfold" : "threats_fold");
  if (!quiet) remember();
}

function remember() {
  const query = new URLSearchParams();
  for (const key of KEYS) chosen[key].forEach((value) => query.append(key, value));
  const search = query.toString();
  try {
    history.replaceState(history.state, "", location.pathname + (search ? `?${search}` : "") + location.hash);
  } catch {
    // Some browsers refuse this for files. Filtering works all the same.
  }
}

function recall(search) {
  const query = new URLSearchParams(search);
  for (const key of KEYS) chosen[key] = new Set(query.getAll(key));
}

const reveal = () => (bar.isConnected ? bar : tables[0]).scrollIntoView({ block: "start" });

// A number in the head leads to the rows that it counts.
for (const link of all(".counts a[href^='?']")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    recall(new URL(link.href).search);
    update();
    reveal();
  });
}

// A row that an address names is shown, whatever was chosen.
function target() {
  const row = document.getElementById(casebookAnchor(location.hash));
  const item = rows.find((item) => item.row === row);
  if (!item) return;
  if (row.hidden) {
    KEYS.forEach((key) => chosen[key].clear());
    update();
    row.scrollIntoView({ block: "center" });
  }
  const fold = more(row)?.querySelector(".fold");
  if (fold) fold.open = true;
}
addEventListener("hashchange", target);

// ---- The picture -------------------------------------------------------------

/// The part of the picture that an event is about, as a row names it.
function partOf(element) {
  const group = element.closest?.(".dfd a")?.querySelector("g[id]");
  return group ? group.id.replace(/-t(\d+)$/, "-b$1") : "";
}

function light(anchors, on) {
  for (const anchor of anchors) {
    for (const id of [anchor, anchor.replace(/-b(\d+)$/, "-t$1")]) document.getElementById(id)?.classList.toggle("lit", on);
  }
  for (const place of all(".place")) {
    if (anchorsOf(place).some((anchor) => anchors.includes(anchor))) place.classList.toggle("lit", on);
  }
}

for (const [type, on] of Object.entries({ pointerover: true, pointerout: false, focusin: true, focusout: false })) {
  document.addEventListener(type, (event) => {
    const place = event.target.closest?.(".place");
    const part = place ? "" : partOf(event.target);
    if (place || part) light(place ? anchorsOf(place) : [part], on);
  });
}

// An element leads to all threats at it.
document.addEventListener("click", (event) => {
  const part = partOf(event.target);
  if (!part || !tally("at", part) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  KEYS.forEach((key) => chosen[key].clear());
  chosen.at.add(part);
  update();
  reveal();
});

recall(location.search);
update(true);
if (anything()) reveal();
target();
})();
