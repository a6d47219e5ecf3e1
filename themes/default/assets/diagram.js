// Diagrams open in a dialog, where they can be enlarged and moved by wheel, keys and touch.
(() => {
"use strict";
const { make, button } = window.casebookDom;
const text = (key, values) => casebookText(key, values);

const LARGEST = 12;
const SMALLEST = 0.5;
let dialog, area, svg, base, box;

function makeDialog() {
  area = make("div", { class: "zoom-area", tabindex: 0, role: "group", "aria-describedby": "Casebook-zoom-help" });
  const tools = make("div", { class: "zoom-tools" },
    button("\u2212", () => zoom(1 / 1.4), { "aria-label": text("zoom_out") }),
    button("+", () => zoom(1.4), { "aria-label": text("zoom_in") }),
    button(text("fit"), fit, ""),
    button(text("close"), () => dialog.close(), { class: "zoom-close" }));
  const help = make("p", { id: "Casebook-zoom-help", class: "zoom-help" }, text("zoom_help"));
  dialog = make("dialog", { class: "zoom", "aria-label": text("diagram") }, tools, area, help);
  document.body.append(dialog);
  area.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), at(event));
  }, { passive: false });
  area.addEventListener("keydown", onKey);
  area.addEventListener("pointerdown", onDown);
  area.addEventListener("pointermove", onMove);
  for (const end of ["pointerup", "pointercancel"]) area.addEventListener(end, onUp);
  // A link in the picture leads back into the page; a drag is no click.
  area.addEventListener("click", (event) => {
    if (!event.target.closest("a")) return;
    if (moved) event.preventDefault();
    else dialog.close();
  }, true);
}

function open(scroll) {
  if (!dialog) makeDialog();
  svg = scroll.querySelector("svg").cloneNode(true);
  // A name may stand once in a page.
  const label = scroll.querySelector("svg title")?.textContent || text("diagram");
  [svg, ...svg.querySelectorAll("[id]")].forEach((element) => element.removeAttribute("id"));
  for (const name of ["width", "height", "aria-labelledby"]) svg.removeAttribute(name);
  svg.setAttribute("aria-label", label);
  dialog.setAttribute("aria-label", label);
  area.replaceChildren(svg);
  base = svg.getAttribute("viewBox").split(" ").map(Number);
  dialog.showModal();
  fit();
  area.focus();
}

// The part of the picture that is shown has the shape of the area.
function fit() {
  const [x, y, width, height] = base;
  const shape = area.clientWidth / Math.max(area.clientHeight, 1);
  const wide = Math.max(width, height * shape);
  const high = wide / shape;
  show([x + (width - wide) / 2, y + (height - high) / 2, wide, high]);
}

function show(next) {
  box = next;
  svg.setAttribute("viewBox", box.map((value) => value.toFixed(2)).join(" "));
}

const unit = () => box[2] / Math.max(area.clientWidth, 1);

/// A place on the screen as a place in the picture.
/** @returns {[number, number]} */
function at({ clientX, clientY }) {
  const edge = area.getBoundingClientRect();
  return [box[0] + (clientX - edge.left) * unit(), box[1] + (clientY - edge.top) * unit()];
}

function zoom(factor, [x, y] = [box[0] + box[2] / 2, box[1] + box[3] / 2]) {
  const width = Math.min(Math.max(box[2] / factor, base[2] / LARGEST), base[2] / SMALLEST * 2);
  const part = width / box[2];
  show([x - (x - box[0]) * part, y - (y - box[1]) * part, width, box[3] * part]);
}

function pan(right, down) {
  show([box[0] + right * unit(), box[1] + down * unit(), box[2], box[3]]);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const moves = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] };
  const move = event.target === area && moves[event.key];
  if (move) pan(...move);
  else if (event.key === "+" || event.key === "=") zoom(1.4);
  else if (event.key === "-") zoom(1 / 1.4);
  else if (event.key === "0") fit();
  else return;
  event.preventDefault();
}

const fingers = new Map();
let moved = false;

function onDown(event) {
  if (fingers.size === 0) moved = false;
  fingers.set(event.pointerId, event);
}

function onMove(event) {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const other = [...fingers.values()].find((finger) => finger.pointerId !== event.pointerId);
  const [right, down] = [before.clientX - event.clientX, before.clientY - event.clientY];
  if (!moved && Math.hypot(right, down) < 4) return;
  if (!moved) area.setPointerCapture(event.pointerId);
  moved = true;
  fingers.set(event.pointerId, event);
  if (!other) return pan(right, down);
  const distance = (finger) => Math.hypot(finger.clientX - other.clientX, finger.clientY - other.clientY);
  const middle = { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 };
  if (distance(before) > 0) zoom(distance(event) / distance(before), at(middle));
}

function onUp(event) {
  fingers.delete(event.pointerId);
}

// The whole picture opens it, but for its links; and a button below, for the keyboard.
document.querySelectorAll(".diagram-scroll").forEach((scroll) => {
  if (!scroll.querySelector("svg.dfd")) return;
  scroll.classList.add("enlarges");
  scroll.addEventListener("click", (event) => {
    if (!event.target.closest("a")) open(scroll);
  });
  const bar = scroll.nextElementSibling;
  if (bar?.matches(".diagram-bar")) bar.append(button(text("enlarge"), () => open(scroll), { class: "button small" }));
});
})();
