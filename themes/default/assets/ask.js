// The page that asks what is built: a description, properties, the walk of questions, and
// what comes of it. The state is kept in this browser, and an address can hold it all. The
// questions are loaded when somebody begins, the search with a description, and the picker
// with the result.
// @import "ask-walk.js";
(() => {
"use strict";
const { make, button } = window.casebookDom;

const place = document.querySelector("[data-ask]");
if (!place) return;

const ENOUGH = 25;
const ANSWERS = ["yes", "unknown", "no", "foreign"];
const KEYS = { y: "yes", d: "unknown", n: "no", o: "foreign" };
const { load, isId, base } = window.casebookBrowse;
const { read, steps, describe } = window.casebookAsk;
const { toggle } = window.casebookPicks;
let picker = null;
const key = `casebook-ask:${new URL(base, location.href).pathname}`;

const part = (name) => place.querySelector(`[data-ask-${name}]`);
const [form, found, choose, narrow, start, count, walkPart, result, sent] =
  ["describe", "found", "choose", "narrow", "start", "count", "walk", "result", "sent"].map(part);
const text = form.querySelector("textarea");
const boxes = [...choose.querySelectorAll("input[type=checkbox]")];

const hrefOf = (url) => base + url.split("/").map(encodeURIComponent).join("/");

function entryLink({ id, title, url }) {
  const link = make("a", "entry-link", id ? make("span", "entry-id", id) : "", ` ${title}`);
  link.href = url.includes("%") ? base + url : hrefOf(url);
  if (id && isId(id)) link.dataset.entry = id;
  return link;
}

// ---- The state -------------------------------------------------------------

/// `answers` has for each threat an answer and a sentence.
const empty = () => ({ text: "", words: [], answers: {} });

function clean(from) {
  const state = empty();
  if (typeof from?.text === "string") state.text = from.text.slice(0, 4000);
  if (Array.isArray(from?.words)) state.words = from.words.filter((word) => typeof word === "string").slice(0, 100);
  for (const [id, value] of Object.entries(from?.answers || {})) {
    const [answer, said] = Array.isArray(value) ? value : [];
    if (ANSWERS.includes(answer)) state.answers[id] = [answer, typeof said === "string" ? said.slice(0, 1000) : ""];
  }
  return state;
}

function recall() {
  try {
    return clean(JSON.parse(localStorage.getItem(key) || "{}"));
  } catch {
    return empty();
  }
}

let state = recall();
// What came with the address is kept as one's own only when something in it is changed.
let foreign = false;

function keep() {
  if (foreign) {
    foreign = false;
    sent.hidden = true;
    history.replaceState(null, "", location.pathname + location.search);
  }
  try {
    localStorage.setItem(key, JSON.stringify(state));
    // The picker takes question and answer as the note of an entry.
    const said = answered().map((one) => [one.threat.id, { applies: applies(one), record: record(one) }]);
    localStorage.setItem(key.replace("-ask:", "-said:"), JSON.stringify(Object.fromEntries(said)));
  } catch {
    // Storage may be forbidden. Then the answers last as long as the page.
  }
}

/// Loads what there is to ask; false, and said on the page, when that fails.
async function questions() {
  try {
    walk ||= read(await load("ask"));
  } catch (error) {
    found.hidden = false;
    found.replaceChildren(make("p", "note", error.message));
    return false;
  }
  for (const box of boxes) {
    const property = walk.properties.find(({ word }) => word === box.value);
    if (property) box.dataset.words = property.phrases.map((phrase) => phrase.join(" ")).join(" ");
  }
  return true;
}

/// Behind the #, which no server sees.
function address() {
  const values = new URLSearchParams();
  if (state.text) values.set("text", state.text);
  if (state.words.length) values.set("for", state.words.join(","));
  for (const answer of ANSWERS) {
    const ids = Object.keys(state.answers).filter((id) => state.answers[id][0] === answer);
    if (ids.length) values.set(answer, ids.join(","));
  }
  for (const [id, [, said]] of Object.entries(state.answers)) if (said) values.set(`said.${id}`, said);
  const url = new URL(location.href);
  url.search = "";
  url.hash = values.toString();
  return url.href;
}

function readAddress() {
  const values = new URLSearchParams(location.hash.slice(1));
  const list = (name) => (values.get(name) || "").split(",").filter(Boolean);
  const answers = {};
  for (const answer of ANSWERS) for (const id of list(answer)) answers[id] = [answer, values.get(`said.${id}`) || ""];
  const read = clean({ text: values.get("text") || "", words: list("for"), answers });
  return read.text || read.words.length || Object.keys(read.answers).length ? read : null;
}

// ---- What is built ---------------------------------------------------------

let walk;
let ranked = [];
let asked = [];
let at = 0;
let enough = ENOUGH;

const chosen = () => new Set(walk.properties.map(({ word }, place) => (state.words.includes(word) ? place : -1)).filter((place) => place >= 0));

function showBoxes() {
  for (const box of boxes) box.checked = state.words.includes(box.value);
  if (!walk) return;
  asked = steps(walk, chosen(), ranked);
  const none = !state.words.length && !ranked.length && walk.properties.length;
  const many = asked.length > ENOUGH ? casebookText("ask_first", { n: asked.length, most: ENOUGH }) : casebookText("ask_questions", { n: asked.length });
  count.textContent = none ? "" : many;
}

choose.addEventListener("change", async ({ target }) => {
  if (target === narrow) return;
  state.words = boxes.filter((box) => box.checked).map((box) => box.value);
  if (!await questions()) return;
  keep();
  showBoxes();
});

narrow?.addEventListener("input", async () => {
  if (!await questions()) return;
  const words = narrow.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const box of boxes) {
    const label = box.closest("label");
    const said = `${label.textContent} ${box.value} ${box.dataset.words || ""}`.toLowerCase();
    label.hidden = !words.every((word) => said.includes(word));
  }
  for (const group of choose.querySelectorAll("fieldset")) group.hidden = !group.querySelector("label:not([hidden])");
});

function list(title, items) {
  const rows = items.map(({ link, note }) => make("li", "", link, note ? make("span", "note", note) : ""));
  return make("section", "ask-list", make("h2", "", title), make("ul", "", ...rows));
}

async function showFound(tick) {
  found.hidden = !state.text.trim();
  ranked = [];
  if (found.hidden || !await questions()) return;
  const { threats, starters, models, properties, guessed } = await describe(walk, state.text);
  ranked = threats.map(({ id }) => id).filter(Boolean);
  const word = (place) => walk.properties[place].word;
  if (tick) state.words = [...new Set([...state.words, ...properties.map(({ property }) => word(property))])];
  for (const box of boxes) {
    const because = properties.find(({ property }) => word(property) === box.value);
    box.closest("label").title = because ? casebookText("ask_named", { words: because.words }) : "";
    box.closest("label").classList.toggle("ask-because", Boolean(because));
  }
  const parts = [];
  const page = (one) => ({ link: entryLink(one) });
  if (!threats.length) parts.push(make("p", "note", casebookText("ask_no_words")));
  else {
    parts.push(list(casebookText("ask_found"), threats.slice(0, 10).map((one) => (
      { link: entryLink(one), note: casebookText("ask_words", { words: one.words.join(", ") }) }))));
  }
  const read = make("div", "ask-read");
  if (starters.length) read.append(list(casebookText("ask_starters"), starters.map(page)));
  if (models.length) read.append(list(casebookText("ask_models"), models.map(page)));
  if (read.childNodes.length) parts.push(read);
  if (guessed.length) {
    const add = guessed.map((place) => button(walk.properties[place].title, (event) => {
      state.words.push(word(place));
      keep();
      showBoxes();
      event.target.disabled = true;
    }, "button small"));
    parts.push(make("p", "ask-perhaps", casebookText("ask_perhaps"), " ", ...add.flatMap((one) => [one, " "])));
  }
  found.replaceChildren(...parts);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  state.text = text.value;
  await attempt(() => showFound(true));
  keep();
  showBoxes();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

/// What fails is said: the files of the search may be missing.
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    found.hidden = false;
    found.replaceChildren(make("p", "note", casebookText("search_broken", { reason: error.message })));
  }
}

start.addEventListener("click", async () => {
  if (!await questions()) return;
  if (text.value !== state.text) {
    state.text = text.value;
    await attempt(() => showFound(true));
    keep();
    showBoxes();
  }
  if (!state.words.length && !ranked.length && walk.properties.length) {
    count.textContent = casebookText("ask_choose");
    return;
  }
  if (!asked.length) {
    count.textContent = casebookText("ask_nothing");
    return;
  }
  at = asked.findIndex((step) => !answerOf(step));
  if (at < 0) return showResult();
  enough = Math.max(ENOUGH, Math.ceil((at + 1) / ENOUGH) * ENOUGH);
  ask();
});

// ---- The walk --------------------------------------------------------------

const answerOf = (step) => state.answers[walk.threats[step.threats[0]].id];

function view(shown) {
  for (const one of [form, choose, walkPart, result]) one.hidden = one !== shown && !(shown === choose && one === form);
  found.hidden = shown !== choose || !state.text.trim();
}

function answer(value, said) {
  for (const threat of asked[at].threats) {
    const { id } = walk.threats[threat];
    state.answers[id] = [value, said.trim()];
    toggle(id, value === "yes" || value === "unknown");
  }
  keep();
  at++;
  ask();
}

function ask() {
  if (at >= asked.length) return showResult();
  view(walkPart);
  if (at >= enough) return offer();
  const step = asked[at];
  const [before, said] = answerOf(step) || [];
  const heading = make("h2", "ask-question", walk.questions[step.question]);
  heading.tabIndex = -1;
  const threats = step.threats.map((place) => {
    const threat = walk.threats[place];
    const chip = threat.label ? make("span", `chip severity-${threat.severity}`, threat.label) : "";
    return make("li", "", entryLink(threat), " ", chip);
  });
  const sentence = make("textarea", "", said || "");
  sentence.rows = 2;
  sentence.maxLength = 1000;
  sentence.id = "Casebook-sentence";
  const label = make("label", "note", casebookText("ask_sentence"));
  label.htmlFor = sentence.id;
  const buttons = ANSWERS.map((word) => {
    const element = button(casebookText(`ask_answer_${word}`), () => answer(word, sentence.value));
    element.setAttribute("aria-pressed", String(before === word));
    return element;
  });
  const happens = make("p", "ask-happens", casebookText("ask_happens"));
  happens.id = "Casebook-happens";
  const choices = make("div", "ask-answers", ...buttons);
  choices.setAttribute("role", "group");
  choices.setAttribute("aria-labelledby", happens.id);
  const progress = make("progress");
  progress.max = Math.min(enough, asked.length);
  progress.value = at;
  const number = casebookText("ask_number", { n: at + 1, all: Math.min(enough, asked.length) });
  progress.setAttribute("aria-label", number);
  const more = make("details", "ask-more", make("summary", "", casebookText("ask_more", { n: step.more.length })),
    make("ul", "", ...step.more.map((place) => make("li", "", walk.questions[place]))));
  walkPart.replaceChildren(make("p", "ask-count", number, progress), heading, make("ul", "ask-threats", ...threats),
    step.more.length ? more : "", happens, choices, label, sentence,
    make("p", "ask-tools", button(casebookText("ask_back"), back), button(casebookText("ask_stop"), showResult)),
    make("p", "note ask-keys", casebookText("ask_keys")));
  heading.focus();
}

function back() {
  if (at === 0) return view(choose);
  at--;
  ask();
}

/// The list is sound: a reader may stop here.
function offer() {
  const heading = make("h2", "", casebookText("ask_enough", { n: at }));
  heading.tabIndex = -1;
  walkPart.replaceChildren(heading, make("p", "", casebookText("ask_rest", { n: asked.length - at })),
    make("p", "ask-tools", button(casebookText("ask_stop"), showResult, "button primary"), button(casebookText("ask_go_on"), () => {
      enough += ENOUGH;
      ask();
    })));
  heading.focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, dialog");
  if (walkPart.hidden || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const word = KEYS[event.key.toLowerCase()];
  const sentence = walkPart.querySelector("textarea");
  if (word && sentence) answer(word, sentence.value);
  else if (event.key === "ArrowLeft") back();
  else return;
  event.preventDefault();
});

// ---- What comes of it ------------------------------------------------------

/// The threats with answers, those asked for now in the order of the walk.
function answered() {
  const place = new Map(asked.flatMap((step) => step.threats.map((threat) => [walk.threats[threat].id, step.question])));
  const known = new Map(walk.threats.map((threat) => [threat.id, threat]));
  const ids = [...place.keys(), ...Object.keys(state.answers)].filter((id) => state.answers[id] && known.has(id));
  return [...new Set(ids)].map((id) => {
    const threat = known.get(id);
    const [answer, said] = state.answers[id];
    return { threat, question: walk.questions[place.get(id) ?? threat.questions[0]], answer, said };
  });
}

const record = ({ question, answer, said }) =>
  casebookText("ask_record", { question, answer: casebookText(`ask_answer_${answer}`), said }).trim();

const applies = ({ answer }) => answer === "yes" || answer === "unknown";

/// As `markdown` in `src/text/markup.rs`: what somebody wrote marks up nothing.
function markdown(text) {
  return text.replace(/\p{Cc}/gu, " ").trim().split(/\s+/).join(" ")
    .replace(/[<>&]|@(?=[\p{L}\p{N}])|[#!$%~](?=[0-9])|[\\`*_[\]()#|~!$]/gu, (c, at, all) => {
      if ("<>&".includes(c)) return { "<": "&lt;", ">": "&gt;", "&": "&amp;" }[c];
      if (c === "@") return "@<!-- -->";
      return /[#!$%~]/.test(c) && /[0-9]/.test(all[at + 1] || "") ? `\\${c}<!-- -->` : `\\${c}`;
    });
}

/// As `ticket` in `src/model/ask/answer.rs`.
function ticket(all) {
  let out = `## ${casebookText("ask_ticket")}\n`;
  for (const answer of ANSWERS) {
    const mine = all.filter((one) => one.answer === answer);
    if (!mine.length) continue;
    out += `\n### ${casebookText(`ask_group_${answer}`)}\n\n`;
    for (const one of mine) {
      out += `- ${applies(one) ? "[ ] " : ""}**${one.threat.id}** ${markdown(one.threat.title)}\n  - ${markdown(record(one))}\n`;
    }
  }
  return out;
}

async function showResult() {
  view(result);
  await window.casebookLoad("picker", "picker");
  picker = window.casebookPicker;
  const all = answered();
  const counts = Object.fromEntries(ANSWERS.map((answer) => [answer, all.filter((one) => one.answer === answer).length]));
  const heading = make("h2", "", casebookText("ask_result"));
  heading.tabIndex = -1;
  const groups = ANSWERS.filter((answer) => counts[answer]).map((answer) => {
    const rows = all.filter((one) => one.answer === answer).map((one) => {
      const again = asked.findIndex((step) => step.threats.some((threat) => walk.threats[threat] === one.threat));
      const change = again < 0 ? "" : button(casebookText("ask_change"), () => {
        at = again;
        enough = Math.max(enough, at + 1);
        ask();
      }, "button small");
      return make("li", "", entryLink(one.threat), make("p", "note", record(one)), change);
    });
    return make("section", "ask-group-said", make("h3", "", casebookText(`ask_group_${answer}`)), make("ul", "", ...rows));
  });
  const name = make("input");
  name.value = casebookText("new_model");
  name.maxLength = 120;
  const size = make("select");
  for (const word of ["note", "small", "standard", "full"]) size.append(new Option(word, word));
  size.value = "small";
  const field = (label, control) => make("label", "picked-field", make("span", "", label), control);
  const markdownArea = picker.area(casebookText("ask_copy_ticket"));
  markdownArea.value = ticket(all);
  const skeleton = picker.area(casebookText("model_skeleton"));
  skeleton.classList.add("skeleton");
  const where = make("p", "note");
  const write = async () => {
    const cards = await picker.cards(all.map(({ threat }) => threat.id));
    const said = new Map(all.map((one) => [one.threat.id, { applies: applies(one), record: record(one) }]));
    const taken = cards.filter(picker.usable).map((card) => ({ ...card, said: said.get(card.id) }));
    const made = picker.draft(await load("skeleton"), name.value.trim() || casebookText("new_model"), size.value, taken, picker.today());
    skeleton.value = made.text;
    where.textContent = casebookText("save_as", { path: made.path });
  };
  name.addEventListener("input", write);
  size.addEventListener("change", write);
  const link = picker.area(casebookText("ask_address"));
  link.value = address();
  const left = asked.some((step) => !answerOf(step));
  const anew = button(casebookText("ask_anew"), () => {
    state = empty();
    ranked = [];
    text.value = "";
    at = 0;
    enough = ENOUGH;
    keep();
    showBoxes();
    view(choose);
    text.focus();
  });
  const tools = make("p", "ask-tools",
    left ? button(casebookText("ask_again"), () => start.click(), "button primary") : "",
    button(casebookText("show_selection"), picker.open), button(casebookText("ask_print"), () => print()), anew);
  result.replaceChildren(heading, make("p", "", casebookText("ask_counts", counts)), tools, ...groups,
    make("div", "ask-take",
      picker.labelled(casebookText("ask_ticket"), markdownArea), make("p", "picked-tools", picker.copier(markdownArea)),
      make("div", "picked-fields", field(casebookText("model_title"), name), field(casebookText("model_size"), size)),
      picker.labelled(casebookText("model_skeleton"), skeleton), where,
      make("p", "picked-tools", picker.copier(skeleton), button(casebookText("download"), () => picker.save(skeleton.value, "index.md", "text/markdown"), "button small")),
      picker.labelled(casebookText("ask_address"), link), make("p", "picked-tools", picker.copier(link))));
  heading.focus();
  await write();
}

// ---- The beginning ---------------------------------------------------------

async function begin() {
  const came = readAddress();
  foreign = Boolean(came) && JSON.stringify(came) !== JSON.stringify(recall());
  state = came || recall();
  // A description alone came from the box of another page of this site.
  const isNew = came && !came.words.length && !Object.keys(came.answers).length;
  text.value = state.text;
  // Who has said nothing yet reads first.
  if (state.text || state.words.length || Object.keys(state.answers).length) await questions();
  await attempt(() => showFound(isNew));
  if (isNew) keep();
  sent.hidden = !foreign;
  sent.replaceChildren(casebookText("ask_sent"), " ", button(casebookText("ask_own"), () => {
    history.replaceState(null, "", location.pathname + location.search);
    begin();
  }, "button small"));
  showBoxes();
  if (walk && Object.keys(state.answers).length) await showResult();
  else view(choose);
}

begin().then(() => {
  place.dataset.ready = "";
  addEventListener("hashchange", begin);
  place.addEventListener("focusin", () => questions(), { once: true });
});
})();
