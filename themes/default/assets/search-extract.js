// Search in the browser, third part: what is shown of a document that was found, as
// `src/search/snippet.rs` has it. Change both; a test compares them.
(() => {
"use strict";

const { json, load, loadMeta, words, humps, fold, parse, rank, countFacets } = window.casebookSearch;

const WINDOW = 150;
const BEFORE = 40;
const LONGEST = 200;

/// The places in a text that match: start, end, and a bit for each group.
function matchesOf(text, { forms, phrases }) {
  const found = [];
  const all = [];
  for (const word of words(text)) {
    const whole = word.whole && forms.get(word.whole);
    if (whole) found.push([word.start, word.end, whole]);
    for (const part of word.parts) {
      const [start, end, folded] = part;
      if (forms.has(folded)) {
        if (!whole) found.push([start, end, forms.get(folded)]);
      } else {
        for (const [from, to] of humps(text.slice(start, end))) {
          const bits = forms.get(fold(text.slice(start + from, start + to)));
          if (bits) found.push([start + from, start + to, bits]);
        }
      }
      all.push(part);
    }
  }
  for (const [phrase, bit] of phrases) {
    for (let at = 0; at + phrase.length <= all.length; at++) {
      if (phrase.every((forms, i) => forms.includes(all[at + i][2]))) {
        found.push([all[at][0], all[at + phrase.length - 1][1], bit]);
      }
    }
  }
  // In order, those that overlap as one.
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const merged = [];
  for (const match of found) {
    const last = merged.at(-1);
    if (last && match[0] < last[1]) {
      last[1] = Math.max(last[1], match[1]);
      last[2] |= match[2];
    } else {
      merged.push(match);
    }
  }
  return merged;
}

const bitsOf = (found) => found.reduce((all, match) => all | match[2], 0);

function countBits(bits) {
  let count = 0;
  for (; bits; bits &= bits - 1) count++;
  return count;
}

function extract(text, forms) {
  const found = matchesOf(text, forms);
  let best = [0, 0];
  let first = 0;
  found.forEach(([start], at) => {
    let end = at;
    while (end < found.length && found[end][1] <= start + WINDOW) end++;
    const mine = [countBits(bitsOf(found.slice(at, end))), end - at];
    if (mine[0] > best[0] || (mine[0] === best[0] && mine[1] > best[1])) {
      best = mine;
      first = start;
    }
  });
  const space = (at) => /\s/.test(text[at]);
  let from = 0;
  if (first > BEFORE) {
    from = first - BEFORE;
    while (from < first && !space(from)) from++;
    if (from < first) from++;
  }
  let to = text.length;
  if (to > from + LONGEST) {
    to = from + LONGEST - 1;
    while (to >= from + LONGEST / 2 && !space(to)) to--;
    if (to < from + LONGEST / 2) to = from + LONGEST;
  }
  const lead = from > 0 ? "… " : "";
  const shift = lead.length - from;
  return {
    text: lead + text.slice(from, to).replace(/\s/g, " ") + (to < text.length ? " …" : ""),
    marks: found.filter(([start, end]) => start >= from && end <= to)
      .map(([start, end]) => [start + shift, end + shift]),
  };
}

const MOST_PLACES = 3;
const NAMED = 500;

/// What a card shows of the document's text.
function describe(card, [description, sections, names], forms) {
  const inTitle = bitsOf(matchesOf(card.title, forms));
  const ranks = sections.map(([, heading, text]) => {
    const found = matchesOf(heading, forms).concat(matchesOf(text, forms));
    const bits = bitsOf(found);
    return { bits, count: countBits(bits), length: found.length };
  });
  let best = -1;
  // Named by its ID, it opens at its top.
  const named = card.score >= NAMED;
  if (!named) ranks.forEach(({ count, length }, at) => {
    const other = ranks[best] || { count: 0, length: 0 };
    if (count > other.count || (count && count === other.count && length > other.length)) best = at;
  });
  const most = best < 0 ? 0 : ranks[best].count;
  // What only a field says is shown from there.
  let field = null;
  let inField = most;
  for (const [name, text] of named ? [] : names) {
    const bits = bitsOf(matchesOf(text, forms));
    if (countBits(bits) > inField && bits & ~inTitle) {
      inField = countBits(bits);
      field = [name, text];
    }
  }
  // A page whose title says as much as the section is opened at its top.
  const anchored = (at) => sections[at][0] && ranks[at].bits & ~inTitle;
  const place = (at) => ({
    url: `${card.url}#${sections[at][0]}`, section: sections[at][1], snippet: extract(sections[at][2], forms),
  });
  const top = (text) => ({ url: card.url, section: "", snippet: extract(text, forms) });
  let main;
  if (field) main = top(field[1]);
  else if (best < 0) main = top(description || sections[0]?.[2] || "");
  else main = anchored(best) ? place(best) : top(sections[best][2]);
  const others = [...ranks.keys()]
    .filter((at) => most && (field || at !== best) && ranks[at].count === most && anchored(at))
    .sort((a, b) => ranks[b].length - ranks[a].length || a - b)
    .slice(0, MOST_PLACES).sort((a, b) => a - b);
  return { ...main, field: field && field[0], places: others.map(place) };
}

function formsIn(groups) {
  const forms = new Map();
  const phrases = [];
  groups.forEach((group, at) => {
    const bit = 1 << Math.min(at, 31);
    for (const form of group.forms) forms.set(form, forms.get(form) | bit);
    for (const phrase of group.phrases) phrases.push([phrase, bit]);
  });
  return { forms, phrases };
}

async function cardOf([document, score, lacks], forms) {
  const { cards, kinds } = await loadMeta();
  const file = await load(`c/${Math.floor(document / cards)}`, json);
  const [url, title, id, kind, text, place, past, severity] = file[document % cards];
  const marks = matchesOf(title, forms).map(([start, end]) => [start, end]);
  return { url, title, marks, id, kind, kindTitle: kinds[kind], past, severity, score, lacks, text, place };
}

const describeCard = async (card, forms) =>
  describe(card, (await load(`t/${card.text}`, json))[card.place], forms);

const FOLDED = 50;
const SHARED = 3;

function alike(one, other) {
  let shared = 0;
  for (const word of one) if (other.has(word)) shared++;
  return shared >= SHARED && shared * 5 >= (one.size + other.size - shared) * 3;
}

const tokens = (text) => words(text).flatMap((word) => word.parts.map((part) => part[2])).filter(Boolean);

/// The first results one by one, those that say nearly the same folded into the first of
/// them: its `like` is whole when all have come.
async function* heads(ranked, forms, limit) {
  const cards = ranked.slice(0, limit).map((found) => cardOf(found, forms));
  // The first that fails is told; those behind it have nothing to add.
  cards.forEach((card) => card.catch(() => {}));
  const known = [];
  for (let at = 0; at < ranked.length && known.length < limit; at++) {
    const card = await (cards[at] || cardOf(ranked[at], forms));
    const words = new Set(tokens(card.title));
    const same = known.slice(0, FOLDED).find((one) => one.card.kind === card.kind && alike(one.words, words));
    if (same) {
      same.card.like.push(card);
      continue;
    }
    card.like = [];
    known.push({ card, words });
    yield card;
  }
}

/// Everything about the best documents for a query: for tests and for themes.
async function search(text, limit = 10) {
  const result = await rank(parse(text));
  const { ranked, complete, corrected, unknown, groups } = result;
  const forms = formsIn(groups);
  const cards = [];
  for await (const card of heads(ranked, forms, limit)) cards.push(card);
  const hits = await Promise.all(cards.map(async (card) => ({ ...card, ...(await describeCard(card, forms)) })));
  return { total: ranked.length, complete, corrected, unknown, hits, facets: await countFacets(result) };
}

Object.assign(window.casebookSearch, { search, heads, formsIn, cardOf, describeCard, matchesOf });
})();
