// Search in the browser, second part: ranks as the command line does. What stands here
// also stands in `src/search/`: dictionary.rs, plan.rs, rank.rs. Change both; a test
// compares them.
(() => {
"use strict";

const { facets: FACETS, utf8, json, load, loadMeta, Numbers } = window.casebookSearch;

// ---- Dictionary ------------------------------------------------------------

const MOST_BLOCKS = 16;
const MOST_FORMS = 12;
const LONG = 8;

/// The last place whose value is not above `value`.
function placeOf(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return Math.max(low - 1, 0);
}

function readDictionary(bytes) {
  const numbers = new Numbers(bytes);
  const entries = [];
  let word = new Uint8Array(0);
  let term = 0;
  while (numbers.more()) {
    const same = numbers.next();
    const length = numbers.next();
    const next = new Uint8Array(same + length);
    next.set(word.subarray(0, same));
    next.set(bytes.subarray(numbers.at, (numbers.at += length)), same);
    word = next;
    const step = numbers.next();
    term += step % 2 ? -(step + 1) / 2 : step / 2;
    const back = numbers.next();
    const documents = numbers.next();
    const entry = { surface: utf8.decode(word), term, documents: documents >> 1, begins: documents % 2 > 0 };
    // The forms of one stem share a list.
    entry.forms = back ? entries[entries.length - back].forms : [];
    entry.forms.push(entry);
    entries.push(entry);
  }
  return entries;
}

const loadBytes = (folder, at) => load(`${folder}/${at}`, (bytes) => bytes);
const loadBlock = (folder, at) => load(`${folder}/${at}`, readDictionary);

/// The entry of a word, or nothing if the word occurs nowhere.
async function entryOf(word) {
  const { dictionary, terms } = await loadMeta();
  if (!dictionary.length) return null;
  // A word is its own term, so its postings can be asked for before the dictionary has
  // told its number.
  loadBytes("p", placeOf(terms, word)).catch(() => {});
  const block = await loadBlock("d", placeOf(dictionary, word));
  return block.find((entry) => entry.surface === word) || null;
}

async function withPrefix(folder, firsts, prefix) {
  const blocks = [];
  for (let at = placeOf(firsts, prefix), first = at; at < firsts.length && at < first + MOST_BLOCKS; at++) {
    if (at > first && !firsts[at].startsWith(prefix)) break;
    blocks.push(loadBlock(folder, at));
  }
  return (await Promise.all(blocks)).flat().filter((entry) => entry.surface.startsWith(prefix));
}

function mostFrequent(entries) {
  entries.sort((a, b) => b.documents - a.documents || a.term - b.term);
  return entries.filter((entry, at) => entry.term !== entries[at - 1]?.term).slice(0, MOST_FORMS);
}

async function beginning(prefix) {
  const { dictionary } = await loadMeta();
  return mostFrequent(await withPrefix("d", dictionary, prefix));
}

/// How many slips of the keyboard lie between two words (optimal string alignment).
function slips(a, b) {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  let before = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      let least = Math.min(row[j + 1] + 1, next[j] + 1, row[j] + (a[i] === b[j] ? 0 : 1));
      if (i && j && a[i] === b[j - 1] && a[i - 1] === b[j]) least = Math.min(least, before[j - 1] + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}

async function near(letters) {
  const { dictionary } = await loadMeta();
  const most = letters.length < LONG ? 1 : 2;
  const part = Math.floor((letters.length - 1) / (most + 1));
  const tail = letters.slice(letters.length - part).reverse().join("");
  const [found, turned] = await Promise.all([
    withPrefix("d", dictionary, letters.slice(0, part).join("")),
    load("reverse", json).then((firsts) => withPrefix("r", firsts, tail)),
  ]);
  for (const entry of turned) {
    found.push({ ...entry, surface: [...entry.surface].reverse().join("") });
  }
  const counted = found.filter((entry) => [...entry.surface][0] === letters[0])
    .map((entry) => [slips([...entry.surface], letters), entry]).filter(([count]) => count <= most);
  const least = Math.min(...counted.map(([count]) => count));
  return mostFrequent(counted.filter(([count]) => count === least).map(([, entry]) => entry));
}

/// Whether a word exists elsewhere, so that nothing else was meant: a Bloom filter.
async function isForeign(word) {
  const hash = (list) => list.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
  const bytes = [...new TextEncoder().encode(word)];
  const one = hash(bytes);
  const other = (hash(bytes.reverse()) | 1) >>> 0;
  const { elsewhere } = await loadMeta();
  const bits = await loadBytes("e", (one >>> 16) % elsewhere);
  for (let n = 0; n < 5; n++) {
    const at = ((one + Math.imul(n, other)) >>> 0) % (bits.length * 8);
    if (!(bits[at >> 3] & (1 << (at & 7)))) return false;
  }
  return true;
}

// ---- Ranking ---------------------------------------------------------------

const K1 = 1.2;
const B = 0.75;
const TEXT = 2;
const TEXT_DESCRIBED = 1;
const TITLE = 4;
const NAMES = 3;
const LEAD = 1.5;
const HEADING = 1;
const ID = 1000;
const LEAST = 0.3;
const LARGE = 40;
const FORM = 0.8;
const SYNONYM = 0.75;
const SIMILAR = 0.5;
const MOST_IN_ID = 4;
const MOST_GROUPS = 30;
const MOST_TELLING = 24;
const ENDINGS = ["", "s", "es", "e", "ed", "er", "ers", "ing", "ion", "ions", "or", "ors", "ly", "al"];
const TITLE_MARK = "'";

/// A word of the query: terms with weights in classes, the forms and the phrases to mark.
const makeGroup = (word) => ({ word, classes: [], forms: new Set(), phrases: [], documents: 0 });

/// Adds words as a class of their own, those left out that an earlier class has.
function addEntries(group, entries) {
  const mine = [];
  const first = !group.classes.length;
  for (const [entry, weight] of entries) {
    if (first) group.documents = Math.max(group.documents, entry.documents);
    if (!group.classes.flat().some(([term]) => term === entry.term)) mine.push([entry.term, weight]);
    group.forms.add(entry.surface);
  }
  if (mine.length) group.classes.push(mine);
}

function addSet(group, [term, , found], weight) {
  group.classes.push([[term, weight]]);
  for (const phrase of found) {
    if (phrase.length === 1) phrase[0].forEach((form) => group.forms.add(form));
    else group.phrases.push(phrase);
  }
}

/// The forms of a word of the dictionary, and the words that it begins.
async function known(word, prefix) {
  const more = prefix ? beginning(word) : [];
  const group = makeGroup(word);
  const entry = await entryOf(word);
  if (entry) addEntries(group, entry.forms.map((form) => [form, form.term === entry.term ? 1 : FORM]));
  addEntries(group, (await more).map((entry) => [entry, SIMILAR]));
  return group;
}

/// The words that an unknown word may have been meant to be.
async function similar(word) {
  const letters = [...word];
  if (letters.length < 4 || /\p{N}/u.test(word) || await isForeign(word)) return [];
  const entries = await beginning(word);
  return !entries.length && letters.length > 4 ? near(letters) : entries;
}

/// Words of the dictionary that differ in their endings only.
async function relatives(word) {
  const heads = ENDINGS.filter((ending) => word.endsWith(ending))
    .map((ending) => word.slice(0, word.length - ending.length))
    .filter((head) => utf8Length(head) > 3).sort((a, b) => b.length - a.length);
  for (const head of heads) {
    const found = (await Promise.all(ENDINGS.map((ending) => entryOf(head + ending)))).filter(Boolean);
    if (found.length) return found;
  }
  return [];
}

const utf8Length = (text) => new TextEncoder().encode(text).length;

/// `cwe307`: the letters and the number behind them.
const splitNumber = (word) => /^([a-z]{2,})([0-9]+)$/.exec(word)?.slice(1);

/// The longest phrase that words begin with: the sets that it asks for, and how many
/// words it has.
/** @returns {Promise<[any[], number]>} */
async function synonymsOf(run) {
  const { stop, dictionary } = await loadMeta();
  const { word, entry } = run[0];
  if (stop.has(word) || (entry && !entry.begins) || !dictionary.length) return [[], 0];
  let best = 0;
  let sets = [];
  for (const set of await load(`s/${placeOf(dictionary, word)}`, json)) {
    const same = set[1].filter((phrase) => phrase.length <= run.length
      && phrase.every((forms, at) => forms.includes(run[at].word)));
    const length = Math.max(0, ...same.map((phrase) => phrase.length));
    if (length > best) [best, sets] = [length, []];
    if (length === best && length) sets.push(set);
  }
  return [sets, best];
}

/// Words that follow each other: IDs, synonyms of one or several words, and words.
async function planRun(run, plan) {
  const { stop } = await loadMeta();
  if (!run.length) return;
  await Promise.all(run.map(async (plain) => {
    if (!stop.has(plain.word)) plain.entry = await entryOf(plain.word);
  }));
  const joined = (from, length, by) => run.slice(from, from + length).map(({ word }) => word).join(by);
  const ids = await Promise.all(run.map(async (_, at) => {
    for (let length = Math.min(MOST_IN_ID, run.length - at); length > 1; length--) {
      const found = /^[0-9]/.test(run[at + length - 1].word) && await entryOf(joined(at, length, "-"));
      if (found) return [found.term];
    }
    return [];
  }));
  plan.extra.push(...ids.flat());
  // A title that is all stop words is found by these words.
  if (run.every(({ word }) => stop.has(word))) {
    const title = await entryOf(TITLE_MARK + joined(0, run.length, "-"));
    const group = makeGroup(joined(0, run.length, " "));
    if (title) addEntries(group, [[title, 1]]);
    if (title) plan.groups.push(group);
  }
  for (let at = 0; at < run.length;) {
    const [sets, length] = await synonymsOf(run.slice(at));
    // Each word of a phrase is found by the others of its set too, so that the phrase
    // itself comes first.
    for (const plain of run.slice(at, at += Math.max(length, 1))) {
      if (length < 2 || !stop.has(plain.word)) await planWord(plain, sets, plan);
    }
  }
}

async function planWord({ word, prefix, kept }, sets, plan) {
  const { stop } = await loadMeta();
  if (stop.has(word) && !kept && !sets.length) return;
  const group = await known(word, false);
  sets.forEach((set) => addSet(group, set, SYNONYM));
  const some = () => group.classes.length > 0;
  if (prefix && utf8Length(word) > 1 && (some() || !await isForeign(word))) {
    addEntries(group, (await beginning(word)).map((entry) => [entry, SIMILAR]));
  }
  const split = splitNumber(word);
  if (!some()) {
    const named = split && await entryOf(split.join("-"));
    const forms = [named, ...await relatives(word)].filter(Boolean);
    addEntries(group, forms.map((entry) => [entry, FORM]));
  }
  if (some()) {
    plan.groups.push(group);
  } else if (split) {
    for (const part of split) await planWord({ word: part, prefix: false, kept: false }, [], plan);
  } else if (!plan.described) {
    const entries = await similar(word);
    if (entries.length) plan.corrected.push(entries[0].surface);
    else plan.unknown.push(word);
    addEntries(group, entries.map((entry) => [entry, SIMILAR]));
    if (some()) plan.groups.push(group);
  }
}

async function planPhrase({ parts, negative }, plan) {
  const { stop } = await loadMeta();
  const kept = parts.filter(([word]) => !stop.has(word));
  const groups = await Promise.all(kept.map(([word]) => known(word, false)));
  if (groups.some((group) => !group.classes.length)) {
    plan.impossible ||= !negative;
    if (negative) return;
  }
  const found = groups.map((group, at) => [group, kept[at][1]]).filter(([group]) => group.classes.length);
  const list = found.map(([group, at]) => [group.classes[0].map(([term]) => term), at]);
  if (!negative) plan.groups.push(...found.map(([group]) => ({ ...group, fixed: true })));
  if (list.length > (negative ? 0 : 1)) plan.phrases.push({ list, negative });
}

/// The words of a description that tell most, each once.
async function telling(all) {
  const { documents } = await loadMeta();
  let groups = [];
  for (const group of all) {
    const known = groups.findIndex(({ word }) => word === group.word);
    if (known < 0) groups.push(group);
    // A phrase of the thesaurus brings more than its words alone.
    else if (groups[known].classes.length < group.classes.length) groups[known] = group;
  }
  const rare = groups.filter((group) => group.documents * 4 <= documents);
  if (rare.length) groups = rare;
  const order = [...groups.keys()].sort((a, b) => groups[a].documents - groups[b].documents || a - b);
  const kept = new Set(order.slice(0, MOST_TELLING));
  return groups.filter((_, at) => kept.has(at));
}

/// A query in terms of the index.
async function makePlan({ terms, described }) {
  const plan = { groups: [], phrases: [], corrected: [], unknown: [], extra: [], impossible: false, described };
  const alone = terms.filter((term) => !term.negative).length === 1;
  const { stop } = await loadMeta();
  // All blocks are asked for at once; what follows finds them there.
  for (const { whole, parts } of terms) {
    if (!whole) parts.forEach(([word]) => stop.has(word) || entryOf(word).catch(() => {}));
  }
  const some = async (word, prefix) => {
    const group = word && await known(word, prefix);
    return group && group.classes.length ? group : null;
  };
  const wholes = await Promise.all(terms.map(async ({ whole, key, prefix, phrase }) =>
    (phrase ? null : await some(whole, prefix) || await some(key, false))));
  let run = [];
  const flush = async () => {
    await planRun(run, plan);
    run = [];
  };
  for (const [number, term] of terms.entries()) {
    if (term.phrase || wholes[number]) await flush();
    if (term.phrase) {
      await planPhrase(term, plan);
    } else if (wholes[number]) {
      plan.groups.push(wholes[number]);
    } else {
      const last = term.parts.length - 1;
      term.parts.forEach(([word], at) => {
        const prefix = Boolean(term.prefix) && at === last;
        run.push({ word, prefix, kept: prefix && alone && last === 0 });
      });
    }
  }
  await flush();
  if (described) plan.groups = await telling(plan.groups);
  plan.groups.length = Math.min(plan.groups.length, MOST_GROUPS);
  return plan;
}

async function termBytes(folder, term) {
  const { postings } = await loadMeta();
  const block = placeOf(postings, term);
  const numbers = new Numbers(await loadBytes(folder, block));
  for (let at = postings[block]; ; at++) {
    const length = numbers.next();
    if (at === term) return new Numbers(numbers.bytes.subarray(numbers.at, numbers.at + length));
    numbers.at += length;
  }
}

/// Of each document with a term: its number, the count, and the counts in its fields.
async function postingsOf(term) {
  const numbers = await termBytes("p", term);
  const documents = [];
  const counts = [];
  const fields = [];
  let next = 0;
  while (numbers.more()) {
    const value = numbers.next();
    next += Math.floor(value / 4);
    documents.push(next++);
    counts.push(value & 2 ? numbers.next() + 2 : 1);
    fields.push(value & 1 ? numbers.next() : 0);
  }
  return { documents, counts, fields };
}

/// The number of words that a code of the index stands for.
function wordsOf(code) {
  if (code < 24) return code;
  const shift = ((code - 24) >> 3) - 1;
  return 24 + (shift < 0 ? (code - 24) & 7 : (((code - 24) & 7) | 8) * 2 ** shift);
}

const part = (count, norm) => (1 + K1) * count / (count + norm);

/// What one word finds: the score of each document, that of the best of its terms; which
/// documents it names by their IDs; how rare it is, and in how many documents it is.
async function scoresOf(group, text) {
  const meta = await loadMeta();
  const { documents: all, norms } = meta;
  const norm = (code, words) => K1 * (1 - B + B * wordsOf(code) / (words / all));
  const found = { scores: new Float64Array(all), named: new Set(), rarity: 0, documents: 0 };
  for (const terms of group.classes) {
    const lists = await Promise.all(terms.map(([term]) => postingsOf(term)));
    const count = new Set(lists.flatMap((list) => list.documents)).size;
    const rarity = Math.fround(Math.log(1 + (all - count + 0.5) / (count + 0.5)));
    if (!found.documents) [found.rarity, found.documents] = [rarity, count];
    for (const [at, [, weight]] of terms.entries()) {
      const { documents, counts, fields } = lists[at];
      for (let i = 0; i < documents.length; i++) {
        const document = documents[i];
        const title = (fields[i] >> 1) & 3;
        let score = text * part(counts[i], norm(norms[document], meta.words[0]));
        if (title) score += TITLE * part(title, norm(norms[all + document], meta.words[1]));
        score += NAMES * part((fields[i] >> 3) & 3, K1);
        score += LEAD * part((fields[i] >> 5) & 1, K1);
        score += HEADING * part(fields[i] >> 6, K1);
        if (fields[i] & 1) found.named.add(document);
        found.scores[document] = Math.max(found.scores[document], weight * (score * rarity));
      }
    }
  }
  return found;
}

/// The documents that have words at these distances from each other.
async function having(list) {
  let starts = new Map();
  for (const [at, [terms, distance]] of list.entries()) {
    const next = new Map();
    for (const term of terms) {
      const [{ documents, counts }, numbers] = await Promise.all([postingsOf(term), termBytes("x", term)]);
      documents.forEach((document, i) => {
        const before = starts.get(document);
        for (let n = 0, position = 0; n < counts[i]; n++) {
          position += numbers.next();
          const start = position - distance;
          if (start < 0 || (at && !before?.has(start))) continue;
          if (!next.has(document)) next.set(document, new Set());
          next.get(document).add(start);
        }
      });
    }
    starts = next;
  }
  return starts;
}

const loadFacet = (facet) => load(`f/${facet}`, json);

/// For each document, whether the filters let it through.
async function passing(filters) {
  const { documents } = await loadMeta();
  const pass = new Array(documents).fill(true);
  if (!filters.length) return pass;
  const asked = [...new Set(filters.map(({ facet }) => facet))];
  const columns = await Promise.all(asked.map(loadFacet));
  for (const [at, number] of asked.entries()) {
    const [values, rows] = columns[at];
    for (const negative of [false, true]) {
      const mine = filters.filter((f) => f.facet === number && f.negative === negative);
      if (!mine.length) continue;
      const meant = new Set();
      for (const { value } of mine) {
        const exact = values.findIndex(([name]) => name === value);
        if (exact >= 0) meant.add(exact);
        else values.forEach(([name], at) => name.startsWith(value) && meant.add(at));
      }
      rows.forEach((row, at) => {
        if ([row].flat().some((value) => meant.has(value)) === negative) pass[at] = false;
      });
    }
  }
  return pass;
}

/// What of each document matches a plan: its score, a bit for each word that it has, and
/// whether it has all phrases and words in quotes, and none that is ruled out. `rare` has
/// the bits of the words that make a document a result.
async function matching({ groups, phrases, extra, described }) {
  const meta = await loadMeta();
  const [found, ids, phrased] = await Promise.all([
    Promise.all(groups.map((group) => scoresOf(group, described ? TEXT_DESCRIBED : TEXT))),
    Promise.all(extra.map(postingsOf)),
    Promise.all(phrases.map(({ list }) => having(list))),
  ]);
  const scores = new Float64Array(meta.documents);
  const words = new Uint32Array(meta.documents);
  const fits = new Array(meta.documents);
  let whole = 0;
  let rare = 0;
  found.forEach(({ rarity, documents }, bit) => {
    whole += rarity;
    if (meta.documents < LARGE || documents * 4 <= meta.documents) rare |= 1 << bit;
  });
  const all = 2 ** groups.length - 1;
  for (let at = 0; at < meta.documents; at++) {
    fits[at] = phrases.every(({ negative }, i) => phrased[i].has(at) !== negative);
    let held = 0;
    groups.forEach(({ fixed }, bit) => {
      const score = found[bit].scores[at];
      scores[at] += score;
      if (score > 0) {
        words[at] |= 1 << bit;
        held += found[bit].rarity;
      } else if (fixed) {
        fits[at] = false;
      }
    });
    scores[at] *= LEAST + (1 - LEAST) * (whole > 0 ? held / whole : 1);
    scores[at] *= meta.norms[2 * meta.documents + at] / 100;
    for (const { named } of found) if (named.has(at)) scores[at] += ID;
  }
  for (const { documents, fields } of ids) {
    documents.forEach((document, i) => {
      if (fields[i] & 1) scores[document] += ID;
    });
  }
  return { scores, words, fits, all, rare: rare || all };
}

/// The documents that match a query, best first, each with its score and the words of the
/// query that it lacks; and how many have all words.
async function rank(query) {
  const plan = await makePlan(query);
  const { groups, phrases, corrected, unknown, impossible } = plan;
  const result = { query, groups, corrected, unknown, ranked: [], complete: 0, matches: null };
  const nothing = !(groups.length || query.filters.length || phrases.length);
  if (impossible || nothing || (!groups.length && unknown.length)) return result;
  const [pass, { scores, words, fits, all, rare }] = await Promise.all([passing(query.filters), matching(plan)]);
  const isResult = (at) => fits[at] && (!all || (words[at] & rare) !== 0);
  const isComplete = (at) => fits[at] && words[at] === all;
  const places = [...scores.keys()];
  const found = places.filter((at) => pass[at] && isResult(at));
  found.sort((a, b) => scores[b] - scores[a] || a - b);
  const lacks = (at) => groups.filter((_, bit) => !(words[at] & (1 << bit))).map(({ word }) => word);
  result.ranked = found.map((at) => [at, scores[at], lacks(at)]);
  result.complete = found.filter(isComplete).length;
  result.matches = places.some(isComplete) ? isComplete : isResult;
  return result;
}

/// For each facet, how many documents each of its values would leave if it were the only
/// one asked for. Values that none has are left out.
async function countFacets({ query, matches }) {
  if (!matches) return {};
  const every = await passing(query.filters);
  const counted = await Promise.all(FACETS.map(async (name, facet) => {
    const [values, rows] = await loadFacet(facet);
    const own = query.filters.some((f) => f.facet === facet && !f.negative);
    const pass = own ? await passing(query.filters.filter((f) => f.facet !== facet || f.negative)) : every;
    const counts = values.map(([value, title]) => ({ value, title, count: 0 }));
    rows.forEach((row, at) => {
      if (pass[at] && matches(at)) for (const value of [row].flat()) counts[value].count++;
    });
    return [name, counts.filter(({ count }) => count)];
  }));
  return Object.fromEntries(counted);
}

/// The word that most documents have: the dearest one to search for.
async function commonest() {
  const { dictionary } = await loadMeta();
  const blocks = await Promise.all(dictionary.map((_, at) => loadBlock("d", at)));
  return blocks.flat().reduce((most, entry) => (entry.documents > most.documents ? entry : most)).surface;
}

Object.assign(window.casebookSearch, { rank, countFacets, commonest });
})();
