// The selection: entries are ticked wherever they stand, and kept in this browser. A box appears in
// every element with `data-pick="ID"`, also in those added later; a button with `data-pick-count`
// says how many are ticked, one with `data-pick-shown` ticks all rows that are shown, and a link with
// `data-take` takes the entries of its address. `picker.js` shows the selection and makes something of
// it, and is loaded when that is asked for.
(() => {
"use strict";
const { make } = window.casebookDom;
const button = (label, press, said = "button small") => window.casebookDom.button(label, press, said);

const MOST = 300;
const { isId, base } = window.casebookBrowse;
const key = `casebook-picked:${new URL(base, location.href).pathname}`;
const listeners = [];

// ---- What is picked --------------------------------------------------------

function recall(text) {
  try {
    const ids = JSON.parse(text || "[]");
    return Array.isArray(ids) ? [...new Set(ids.filter(isId).map((id) => id.toUpperCase()))].slice(0, MOST) : [];
  } catch {
    return [];
  }
}

let picked = [];
try {
  picked = recall(localStorage.getItem(key));
} catch {
  // Storage may be forbidden. Then the selection lasts as long as the page.
}

function change(ids) {
  const many = [...new Set(ids)];
  if (many.length > MOST) announcer.textContent = casebookText("too_many", { n: MOST });
  picked = many.slice(0, MOST);
  try {
    if (picked.length) localStorage.setItem(key, JSON.stringify(picked));
    else localStorage.removeItem(key);
  } catch {
    // As above.
  }
  update();
}

function toggle(id, on) {
  if (on === picked.includes(id)) return;
  note("");
  change(on ? [...picked, id] : picked.filter((other) => other !== id));
}

/// Adds several at once, and offers the way back.
function take(ids) {
  const before = picked;
  change([...picked, ...ids.filter(isId).map((id) => id.toUpperCase())]);
  note(casebookText("number_added", { n: picked.length - before.length }), () => change(before));
}

addEventListener("storage", (event) => {
  if (event.key !== key) return;
  picked = recall(event.newValue);
  update();
});

// ---- Boxes -----------------------------------------------------------------

function fill(element) {
  const id = element.dataset.pick;
  if (!isId(id) || element.dataset.picking !== undefined) return;
  element.dataset.picking = "";
  const row = element.localName === "tr";
  const place = row ? element.cells[0] : element;
  if (!place) return;
  const label = make("label", "pick");
  const box = make("input");
  box.type = "checkbox";
  box.dataset.id = id.toUpperCase();
  box.checked = picked.includes(box.dataset.id);
  label.append(box);
  if (row || element.localName === "li") box.setAttribute("aria-label", casebookText("pick_id", { id }));
  else label.append(make("span", "", casebookText("pick")), make("span", "hidden", ` ${id}`));
  place.prepend(label);
}

// A catalogue brings its boxes: added to each row, they would lay out a long table anew.
const fillAll = (from) => from.querySelectorAll("[data-pick]:not([data-picking])").forEach(fill);

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches?.(".pick > input")) toggle(box.dataset.id, box.checked);
});

const shown = () => [...document.querySelectorAll("tr[data-pick]")]
  .filter((row) => !row.hidden && !row.closest("[hidden]")).map((row) => row.dataset.pick);

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-pick-count], [data-pick-shown], [data-take]");
  if (!target) return;
  if (target.matches("[data-pick-count]")) open();
  else if (target.matches("[data-pick-shown]")) take(shown());
  else if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
    // Without a script the link shows the entries as a page.
    event.preventDefault();
    take(casebookAnchor(target.hash).split(","));
  }
});

// ---- The tray --------------------------------------------------------------

const tray = make("div", "tray");
const message = make("p", "tray-note");
message.hidden = true;
const opener = button("", () => open(), "button tray-open");
opener.title = casebookText("show_selection");
opener.setAttribute("aria-haspopup", "dialog");
tray.append(message, opener);
const announcer = make("p", "hidden");
announcer.setAttribute("role", "status");

/// Says beside the tray what was done, with the way back.
function note(text, undo) {
  message.hidden = !text;
  message.replaceChildren();
  announcer.textContent = text;
  if (!text) return;
  message.append(`${text} `, button(casebookText("undo"), () => {
    undo();
    note("");
    (tray.hidden ? document.querySelector("[data-take]") : opener)?.focus();
  }));
}

function open() {
  opener.setAttribute("aria-busy", "true");
  casebookLoad("picker", "picker").then(() => window.casebookPicker.open())
    .catch((error) => {
      announcer.textContent = error.message;
    })
    .finally(() => opener.removeAttribute("aria-busy"));
}

function update() {
  opener.textContent = casebookText("number_picked", { n: picked.length });
  tray.hidden = picked.length === 0;
  for (const other of document.querySelectorAll("[data-pick-count]")) {
    other.textContent = opener.textContent;
    other.hidden = tray.hidden;
  }
  document.documentElement.toggleAttribute("data-picking", picked.length > 0);
  document.querySelectorAll(".pick > input").forEach((box) => {
    box.checked = picked.includes(box.dataset.id);
  });
  listeners.forEach((listener) => listener());
}

window.casebookPicks = {
  MOST, fill, change, toggle, opener, tray, button,
  all: () => picked,
  onChange: (listener) => listeners.push(listener),
};

fillAll(document);
new MutationObserver((records) => {
  for (const record of records) {
    for (const node of record.addedNodes) {
      if (node.nodeType !== 1 || node.className === "pick") continue;
      if (node.dataset?.pick) fill(node);
      if (node.firstElementChild) fillAll(node);
      if (node.querySelector("[data-pick-count]")) update();
    }
  }
}).observe(document.body, { childList: true, subtree: true });
document.body.append(tray, announcer);
update();
if (document.querySelector("[data-picked]")) casebookLoad("picker", "picker").catch(() => {});
})();
