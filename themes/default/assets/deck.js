// The page of cards: which cards, for which paper, or one by one on a screen. The choice
// stands behind the #, so that an address holds it.
(() => {
"use strict";
const { make, button } = window.casebookDom;

const deck = document.querySelector("[data-deck]");
if (!deck) return;

const SHEET = 8;
const part = (name) => document.querySelector(`[data-deck-${name}]`);
const [choice, paper, mode, printer, count, screen] = ["choice", "paper", "mode", "print", "count", "screen"].map(part);
const fronts = new Map();
const backs = new Map();
for (const card of deck.querySelectorAll("[data-card]")) {
  (card.classList.contains("deck-back") ? backs : fronts).set(card.dataset.card, card);
}
const all = [...fronts.keys()];
let shown = all;
let at = 0;
let turned = false;

function sheet(cards, back) {
  const places = [...cards, ...Array.from({ length: SHEET - cards.length }, () => null)];
  const element = make("section", `deck-sheet${back ? " deck-sheet-back" : ""}`);
  for (let row = 0; row < SHEET; row += 2) {
    const pair = back ? [places[row + 1], places[row]] : [places[row], places[row + 1]];
    element.append(...pair.map((id) => (id ? (back ? backs : fronts).get(id) : make("div", "deck-card deck-empty"))));
  }
  return element;
}

function lay() {
  const sheets = [];
  for (let from = 0; from < shown.length; from += SHEET) {
    const cards = shown.slice(from, from + SHEET);
    sheets.push(sheet(cards, false), sheet(cards, true));
  }
  deck.replaceChildren(...sheets);
}

function show() {
  const alone = mode.getAttribute("aria-pressed") === "true";
  deck.hidden = alone;
  screen.hidden = !alone;
  count.textContent = casebookText("deck_cards", { n: shown.length });
  if (!alone) return lay();
  const id = shown[at];
  if (!id) return screen.replaceChildren();
  const place = make("span", "note", casebookText("deck_place", { n: at + 1, all: shown.length }));
  place.setAttribute("role", "status");
  const step = (by) => () => {
    at = (at + by + shown.length) % shown.length;
    turned = false;
    show();
  };
  const tools = make("p", "picked-tools", button(casebookText("deck_back"), step(-1)), button(casebookText("deck_turn"), () => {
    turned = !turned;
    show();
  }), button(casebookText("deck_next"), step(1)), button(casebookText("deck_shuffle"), () => {
    shown = shown.map((id) => [Math.random(), id]).sort((a, b) => a[0] - b[0]).map(([, id]) => id);
    at = 0;
    turned = false;
    show();
  }), place);
  const focused = [...screen.querySelectorAll("button")].indexOf(document.activeElement);
  screen.replaceChildren((turned ? backs : fronts).get(id).cloneNode(true), tools);
  if (focused >= 0) screen.querySelectorAll("button")[focused].focus();
}

/// The cards of the choice, or of the address.
function choose() {
  const ids = choice.value === "picked" ? window.casebookPicks.all() : choice.value.split(",").filter(Boolean);
  shown = choice.value ? all.filter((id) => ids.includes(id)) : all;
  at = 0;
  turned = false;
  show();
}

choice.addEventListener("change", () => {
  history.replaceState(null, "", choice.value ? `#${choice.value}` : location.pathname + location.search);
  choose();
});
paper.addEventListener("change", () => {
  deck.classList.toggle("deck-letter", paper.value === "letter");
  deck.classList.toggle("deck-a4", paper.value !== "letter");
});
mode.addEventListener("click", () => {
  mode.setAttribute("aria-pressed", String(mode.getAttribute("aria-pressed") !== "true"));
  show();
});
printer.addEventListener("click", () => {
  mode.setAttribute("aria-pressed", "false");
  show();
  print();
});
document.addEventListener("keydown", (event) => {
  if (screen.hidden || event.target.closest?.("input, textarea, select, dialog, button, a")) return;
  const buttons = screen.querySelectorAll("button");
  const pressed = { ArrowLeft: 0, " ": 1, ArrowRight: 2 }[event.key];
  if (pressed === undefined || !buttons[pressed]) return;
  event.preventDefault();
  buttons[pressed].click();
});

function read() {
  const sent = decodeURIComponent(location.hash.slice(1));
  const known = [...choice.options].find((option) => option.value && option.value === sent);
  if (!known && sent && sent !== "picked") {
    const option = new Option(casebookText("picked_entries"), sent);
    choice.append(option);
  }
  choice.value = sent || "";
  choose();
}
addEventListener("hashchange", read);
read();
})();
