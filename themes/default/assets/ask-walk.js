// From what is built to what to ask, without the page: as `src/model/ask/` does it in Rust.
// All numbers are whole ones, so that both come to the same; a test compares.
(() => {
"use strict";

// Loaded with the first description.
let search = null;

const MOST_RANKED = 30;
const GENERAL = 100;
const STEP = 20;
const HURTS = [12, 10, 12, 15, 18];
const STARTERS = 3;
const MODELS = 2;
const VOTERS = 10;
const VOTES = 3;
const LIFT = 3;
const GUESSED = 5;
const LOOKED_AT = 12;

/// What the data of a book says, with names.
function read({ properties, questions, threats }) {
  return {
    questions,
    properties: properties.map(([word, title, weight, threats, phrases]) => ({ word, title, weight, threats, phrases })),
    threats: threats.map(([id, title, url, hurts, severity, label, applies, questions]) => (
      { id, title, url, hurts, severity, label, applies, questions })),
  };
}

// ---- Order -----------------------------------------------------------------

/// How much a threat matters to what has some properties.
function worth(walk, threat, chosen, ranked) {
  let fit = 0;
  for (const at of threat.applies) if (chosen.has(at)) fit += walk.properties[at].weight;
  if (!threat.applies.length) fit += GENERAL;
  const place = ranked.indexOf(threat.id);
  if (place >= 0 && place < MOST_RANKED) fit += (MOST_RANKED - place) * STEP;
  return fit * (HURTS[threat.hurts] ?? HURTS[0]);
}

/// The questions for what has some properties; `ranked` are the IDs of the threats that a
/// description finds, the best first.
function steps(walk, chosen, ranked) {
  const worths = walk.threats.map((threat) => worth(walk, threat, chosen, ranked));
  const order = [...worths.keys()].filter((at) => worths[at] > 0).sort((a, b) => worths[b] - worths[a] || a - b);
  const askers = walk.questions.map(() => []);
  for (const at of order) for (const question of walk.threats[at].questions) askers[question].push(at);
  const asked = new Set();
  const found = [];
  for (const at of order) {
    if (asked.has(at)) continue;
    const waiting = (question) => askers[question].filter((at) => !asked.has(at)).length;
    // The first of those that most others ask as well.
    const question = walk.threats[at].questions.reduce((best, other) => (waiting(other) > waiting(best) ? other : best));
    const threats = askers[question].filter((at) => !asked.has(at));
    threats.forEach((at) => asked.add(at));
    const more = threats.flatMap((at) => walk.threats[at].questions).filter((other) => other !== question);
    found.push({ question, threats, more, worth: threats.reduce((sum, at) => sum + worths[at], 0) });
  }
  return found.sort((a, b) => b.worth - a.worth);
}

// ---- Descriptions ----------------------------------------------------------

function singular(word) {
  const plural = word.length > 3 && !/(ss|us)$/.test(word);
  return plural ? word.replace(/s$/, "") : word;
}

/// The properties that a text names, each with the words that name it. Words within a
/// longer phrase name nothing by themselves.
function recognise(walk, text) {
  const said = search.words(text).flatMap((word) => word.parts.map((part) => part[2])).filter(Boolean);
  const compared = said.map(singular);
  const named = [];
  walk.properties.forEach(({ phrases }, property) => {
    for (let at = 0; at < compared.length; at++) {
      for (const phrase of phrases) {
        if (phrase.every((word, i) => compared[at + i] === word)) named.push({ property, at, end: at + phrase.length });
      }
    }
  });
  const within = ({ at, end }) => named.some((other) => other.end - other.at > end - at && other.at <= at && other.end >= end);
  const found = [];
  for (const { property, at, end } of named.filter((one) => !within(one))) {
    if (found.at(-1)?.property !== property) found.push({ property, words: said.slice(at, end).join(" ") });
  }
  return found;
}

/// Properties that a text does not name and that many of the nearest threats have.
function guess(walk, ranked, named) {
  const first = ranked.slice(0, VOTERS);
  const votes = walk.properties.map(() => 0);
  for (const { id, applies } of walk.threats) if (first.includes(id)) applies.forEach((at) => votes[at]++);
  const lifted = (at) => votes[at] * walk.threats.length >= LIFT * VOTERS * walk.properties[at].threats;
  return [...votes.keys()]
    .filter((at) => votes[at] >= VOTES && lifted(at) && !named.some(({ property }) => property === at))
    .sort((a, b) => votes[b] - votes[a] || a - b).slice(0, GUESSED);
}

/// The best documents for a description with a value of a facet, each with its words.
async function find(text, facet, value, most) {
  const query = { ...search.describe(text), filters: [{ facet: search.facets.indexOf(facet), value, negative: false }] };
  const { ranked, groups } = await search.rank(query);
  const forms = search.formsIn(groups);
  return Promise.all(ranked.slice(0, most).map(async (found) => {
    const card = await search.cardOf(found, forms);
    const words = groups.map(({ word }) => word).filter((word) => word.length > 1 && !found[2].includes(word));
    return { ...card, words: [...new Set(words)].sort((a, b) => (a < b ? -1 : 1)) };
  }));
}

async function describe(walk, text) {
  await window.casebookLoad("find", "search");
  search = window.casebookSearch;
  const [threats, sets, pages] = await Promise.all([
    find(text, "kind", "threat", MOST_RANKED), find(text, "tag", "starter", STARTERS), find(text, "kind", "model", LOOKED_AT),
  ]);
  const starters = sets.filter((set) => set.score * 2 >= sets[0].score);
  const models = pages.filter(({ id, past }) => id && !past).slice(0, MODELS);
  const properties = recognise(walk, text);
  const ranked = threats.map(({ id }) => id);
  return { threats, starters, models, properties, guessed: guess(walk, ranked, properties) };
}

window.casebookAsk = { read, steps, describe };
})();
