// Search in the browser, second part: ranks as the command line does. What stands here
// also stands in `src/search/`: dictionary.rs, plan.rs, rank.rs. Change both; a test
// compares them.
(() => {
"use strict";

const { facets: FACETS, utf8, json, load, loadMeta, Numbers } = window.casebookSearch;

// ---- Dictionary ------------------------------------------------------------

const MOST_BLOCKS = 6;
const MOST_STEMS = 8;

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
  let stem = 0;
  while (numbers.more()) {
    const same = numbers.next();
    const length = numbers.next();
    const next = new Uint8Array(same + length);
    next.set(word.subarray(0, same));
    next.set(bytes.subarray(numbers.at, (numbers.at += length)), same);
    word = next;
    const step = numbers.next();
    stem += step % 2 ? -(step + 1) / 2 : step / 2;
    entries.push({ surface: utf8.decode(word), stem, documents: numbers.next() });
  }
  return entries;
}

const loadBytes = (folder, at) => load(`${folder}/${at}`, (bytes) => bytes);
const loadBlock = (folder, at) => load(`${folder}/${at}`, readDictionary);

/// The forms of a word's stem, or nothing if the word occurs nowhere.
async function formsOf(word) {
  const { dictionary, stems } = await loadMeta();
  if (!dictionary.length) return [];
  // Its stem is mostly the beginning of the word, so its postings can be asked for
  // before the dictionary tells the stem.
  loadBytes("p", placeOf(stems, word)).catch(() => {});
  const block = await loadBlock("d", placeOf(dictionary, word));
  const entry = block.find((entry) => entry.surface === word);
  return entry ? block.filter((other) => other.stem === entry.stem) : [];
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
  entries.sort((a, b) => b.documents - a.documents || a.stem - b.stem);
  let stems = 0;
  let last = -1;
  const end = entries.findIndex((entry) => {
    if (entry.stem !== last) stems++;
    last = entry.stem;
    return stems > MOST_STEMS;
  });
  return end < 0 ? entries : entries.slice(0, end);
}

async function beginning(prefix, longest) {
  const { dictionary } = await loadMeta();
  const found = await withPrefix("d", dictionary, prefix);
  return mostFrequent(found.filter((entry) => [...entry.surface].length <= longest));
}

/// Whether one slip of the keyboard turns one word into the other.
function isNear(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  const most = Math.min(a.length, b.length) - start;
  while (end < most && a.at(-1 - end) === b.at(-1 - end)) end++;
  a = a.slice(start, a.length - end);
  b = b.slice(start, b.length - end);
  if (a.length === 2 && b.length === 2) return a[0] === b[1] && a[1] === b[0];
  return a.length < 2 && b.length < 2;
}

async function near(letters) {
  const { dictionary } = await loadMeta();
  const half = (letters.length - 1) >> 1;
  const tail = letters.slice(half + 1).reverse().join("");
  const [found, turned] = await Promise.all([
    withPrefix("d", dictionary, letters.slice(0, half).join("")),
    load("reverse", json).then((firsts) => withPrefix("r", firsts, tail)),
  ]);
  for (const entry of turned) {
    found.push({ ...entry, surface: [...entry.surface].reverse().join("") });
  }
  return mostFrequent(found.filter((entry) => isNear([...entry.surface], letters)));
}

// ---- Ranking ---------------------------------------------------------------

const K1 = 1.2;
const B = 0.75;
const TITLE = 4;
const HEADING = 2;
const ID = 1000;
const SIMILAR = 0.5;
const SYNONYM = 0.75;
const PAST = 0.5;
const ENOUGH = 5;
const MOST_IN_ID = 4;

/// A word of the query: stems with weights, the forms and the phrases to mark.
function makeGroup(...lists) {
  const group = { stems: new Map(), forms: new Set(), phrases: [] };
  for (const [entries, weight] of lists) {
    for (const { stem, surface } of entries) {
      if (!group.stems.has(stem)) {
        if (group.stems.size >= MOST_STEMS) continue;
        group.stems.set(stem, weight);
      }
      group.forms.add(surface);
    }
  }
  return group;
}

function addSet(group, [stem, phrases], weight) {
  group.stems.set(stem, weight);
  for (const phrase of phrases) {
    const forms = phrase.map(([, forms]) => forms);
    if (forms.length === 1) forms[0].forEach((form) => group.forms.add(form));
    else group.phrases.push(forms);
  }
}

/// A word with its synonyms and the words that it begins; nothing if there are none.
async function known(word, prefix, set) {
  const more = prefix && (word.length > 1 || word > "\x7f") ? beginning(word, Infinity) : [];
  const group = makeGroup([await formsOf(word), 1]);
  if (set) addSet(group, set, SYNONYM);
  for (const { stem, surface } of await more) {
    if (!group.stems.has(stem)) {
      if (group.stems.size >= MOST_STEMS) continue;
      group.stems.set(stem, SIMILAR);
    }
    group.forms.add(surface);
  }
  return group.stems.size ? group : null;
}

async function similar(word) {
  const letters = [...word];
  let entries = letters.length > 2 ? await beginning(word, Infinity) : [];
  if (letters.length < 5 || /\p{N}/u.test(word)) return entries;
  if (!entries.length) entries = await near(letters);
  for (let cut = 1; cut <= 4 && !entries.length && letters.length - cut >= 4; cut++) {
    entries = await beginning(letters.slice(0, -cut).join(""), letters.length + 2);
  }
  return entries;
}

/// The longest synonym that words begin with: its set, and how many words it has.
function synonymOf(run, sets) {
  let best = [null, 0];
  for (const set of sets) {
    for (const phrase of set[1]) {
      if (phrase.length > run.length || phrase.length <= best[1]) continue;
      const same = phrase.every(([stem, [form]], at) => form === run[at].word || (stem >= 0 && stem === run[at].stem));
      if (same) best = [set, phrase.length];
    }
  }
  return best;
}

/// Words that follow each other: IDs, synonyms of one or several words, and words.
async function planRun(run, plan) {
  const { stop, synonyms } = await loadMeta();
  await Promise.all(run.map(async (plain) => {
    if (!stop.has(plain.word)) plain.stem = (await formsOf(plain.word))[0]?.stem;
  }));
  const ids = await Promise.all(run.map(async (_, at) => {
    for (let length = Math.min(MOST_IN_ID, run.length - at); length > 1; length--) {
      const words = run.slice(at, at + length).map(({ word }) => word);
      const found = /^[0-9]/.test(words.at(-1)) && (await formsOf(words.join("-")))[0];
      if (found) return [found.stem];
    }
    return [];
  }));
  plan.extra.push(...ids.flat());
  const groups = [];
  for (let at = 0; at < run.length;) {
    const [set, length] = synonymOf(run.slice(at), synonyms);
    if (length > 1) {
      const group = makeGroup();
      addSet(group, set, 1);
      groups.push(group);
      at += length;
      continue;
    }
    const { word, prefix, kept } = run[at++];
    if (stop.has(word) && !kept && !set) continue;
    groups.push(known(word, prefix, set).then(async (group) => {
      if (group) return group;
      const entries = await similar(word);
      return { ...makeGroup([entries, SIMILAR]), corrected: entries.slice(0, 1).map((entry) => entry.surface) };
    }));
  }
  for (const group of await Promise.all(groups)) {
    plan.corrected.push(...(group.corrected || []));
    plan.groups.push(group);
  }
}

async function planPhrase({ parts, negative }, plan) {
  const { stop } = await loadMeta();
  const kept = parts.filter(([word]) => !stop.has(word));
  const groups = await Promise.all(kept.map(([word]) => known(word, false)));
  if (groups.some((group) => !group)) {
    plan.impossible ||= !negative;
    if (negative) return;
  }
  const found = groups.map((group, at) => [group, kept[at][1]]).filter(([group]) => group);
  const list = found.map(([group, at]) => [group.stems.keys().next().value, at]);
  if (!negative) plan.groups.push(...found.map(([group]) => ({ ...group, fixed: true })));
  if (list.length > (negative ? 0 : 1)) plan.phrases.push({ list, negative });
}

/// A query in terms of the index.
async function makePlan({ terms }) {
  const plan = { groups: [], phrases: [], corrected: [], extra: [], impossible: false };
  const alone = terms.filter((term) => !term.negative).length === 1;
  const { stop } = await loadMeta();
  // All blocks are asked for at once; what follows finds them there.
  for (const { whole, parts } of terms) {
    if (!whole) parts.forEach(([word]) => stop.has(word) || formsOf(word).catch(() => {}));
  }
  const wholes = await Promise.all(terms.map(async ({ whole, key, prefix }) =>
    (whole && await known(whole, prefix)) || (key && await known(key, false)) || null));
  let run = [];
  const flush = async () => {
    if (run.length) await planRun(run, plan);
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
        const prefix = term.prefix && at === last;
        run.push({ word, prefix, kept: prefix && alone && last === 0 });
      });
    }
  }
  await flush();
  return plan;
}

async function stemBytes(folder, stem) {
  const { postings } = await loadMeta();
  const block = placeOf(postings, stem);
  const numbers = new Numbers(await loadBytes(folder, block));
  for (let at = postings[block]; ; at++) {
    const length = numbers.next();
    if (at === stem) return new Numbers(numbers.bytes.subarray(numbers.at, numbers.at + length));
    numbers.at += length;
  }
}

/// Of each document with a stem: its number, the count, and the counts in names.
async function postingsOf(stem) {
  const numbers = await stemBytes("p", stem);
  const documents = [];
  const counts = [];
  const names = [];
  let next = 0;
  while (numbers.more()) {
    const value = numbers.next();
    next += Math.floor(value / 4);
    documents.push(next++);
    counts.push(value & 2 ? numbers.next() + 2 : 1);
    names.push(value & 1 ? numbers.next() : 0);
  }
  return { documents, counts, names };
}

/// The number of words that a code of the index stands for.
function wordsOf(code) {
  if (code < 24) return code;
  const shift = ((code - 24) >> 3) - 1;
  return 24 + (shift < 0 ? (code - 24) & 7 : (((code - 24) & 7) | 8) * 2 ** shift);
}

const part = (rarity, count, norm) => rarity * (1 + K1) * count / (count + norm);

/// The score of each document for a word: that of the best of its stems.
async function scoresOf(group) {
  const meta = await loadMeta();
  const { documents: all, norms } = meta;
  const rarity = (count) => Math.fround(Math.log(1 + (all - count + 0.5) / (count + 0.5)));
  const norm = (code, words) => K1 * (1 - B + B * wordsOf(code) / (words / all));
  const best = new Float64Array(all);
  const lists = await Promise.all([...group.stems.keys()].map(postingsOf));
  for (const [at, weight] of [...group.stems.values()].entries()) {
    const { documents, counts, names } = lists[at];
    const inBody = rarity(documents.length);
    const inTitle = rarity(names.filter((n) => n & 14).length);
    const inHeading = rarity(names.filter((n) => n > 15).length);
    for (let i = 0; i < documents.length; i++) {
      const document = documents[i];
      const title = (names[i] >> 1) & 7;
      const heading = names[i] >> 4;
      let score = part(inBody, counts[i], norm(norms[document], meta.words[0]));
      if (title) score += TITLE * part(inTitle, title, norm(norms[all + document], meta.words[1]));
      if (heading) score += HEADING * part(inHeading, heading, K1);
      if (names[i] & 1) score += ID;
      best[document] = Math.max(best[document], weight * score);
    }
  }
  return best;
}

/// The documents that have stems at these distances from each other.
async function having(list) {
  let starts = new Map();
  for (const [at, [stem, distance]] of list.entries()) {
    const [{ documents, counts }, numbers] = await Promise.all([postingsOf(stem), stemBytes("x", stem)]);
    const next = new Map();
    documents.forEach((document, i) => {
      const before = starts.get(document);
      const kept = new Set();
      for (let n = 0, position = 0; n < counts[i]; n++) {
        position += numbers.next();
        const start = position - distance;
        if (start >= 0 && (at === 0 || before?.has(start))) kept.add(start);
      }
      if (kept.size) next.set(document, kept);
    });
    starts = next;
  }
  return starts;
}

const loadFacets = () => load("facets", json);

/// For each document, whether the filters let it through.
async function passing(filters) {
  const { documents } = await loadMeta();
  const pass = new Array(documents).fill(true);
  if (!filters.length) return pass;
  const facets = await loadFacets();
  for (const [number, [values, rows]] of facets.entries()) {
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

/// What of each document matches a plan: its score, how many words it has, and whether
/// it has all phrases and words in quotes, and none that is ruled out.
async function matching({ groups, phrases, extra }) {
  const meta = await loadMeta();
  const [scored, added, phrased] = await Promise.all([
    Promise.all(groups.map(scoresOf)),
    Promise.all(extra.map((stem) => scoresOf({ stems: new Map([[stem, 1]]) }))),
    Promise.all(phrases.map(({ list }) => having(list))),
  ]);
  const scores = new Float64Array(meta.documents);
  const words = new Uint8Array(meta.documents);
  const fits = new Array(meta.documents);
  for (let at = 0; at < meta.documents; at++) {
    fits[at] = phrases.every(({ negative }, i) => phrased[i].has(at) !== negative);
    groups.forEach(({ fixed }, i) => {
      scores[at] += scored[i][at];
      if (scored[i][at] > 0) words[at]++;
      else if (fixed) fits[at] = false;
    });
    for (const more of added) scores[at] += more[at];
    if (meta.past.has(at)) scores[at] *= PAST;
  }
  return { scores, words, fits };
}

/// The documents that match a query, best first, and how many have all words.
async function rank(query) {
  const plan = await makePlan(query);
  const { groups, phrases, corrected, impossible } = plan;
  const result = { query, groups, corrected, ranked: [], complete: 0, matches: null };
  if (impossible || !(groups.length || query.filters.length || phrases.length)) return result;
  const [pass, { scores, words, fits }] = await Promise.all([passing(query.filters), matching(plan)]);
  const ranked = (least, most) => {
    const found = [];
    for (let at = 0; at < scores.length; at++) {
      if (pass[at] && fits[at] && words[at] >= least && words[at] <= most) {
        found.push([at, scores[at] * Math.max(words[at], 1) / Math.max(most, 1)]);
      }
    }
    return found.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  };
  const all = groups.length;
  let least = all;
  result.ranked = ranked(all, all);
  result.complete = result.ranked.length;
  if (result.complete < ENOUGH && all > 1) {
    least = Math.ceil(all / 2);
    let rest = ranked(least, all - 1);
    if (!rest.length && !result.complete) {
      least = 1;
      rest = ranked(1, all - 1);
    }
    result.ranked.push(...rest);
  }
  result.matches = (at) => fits[at] && words[at] >= least;
  return result;
}

/// For each facet, how many documents each of its values would leave if it were the only
/// one asked for. Values that none has are left out.
async function countFacets({ query, matches }) {
  if (!matches) return {};
  const facets = await loadFacets();
  const every = await passing(query.filters);
  const counted = await Promise.all(facets.map(async ([values, rows], facet) => {
    const own = query.filters.some((f) => f.facet === facet && !f.negative);
    const pass = own ? await passing(query.filters.filter((f) => f.facet !== facet || f.negative)) : every;
    const counts = values.map(([value, title]) => ({ value, title, count: 0 }));
    rows.forEach((row, at) => {
      if (pass[at] && matches(at)) for (const value of [row].flat()) counts[value].count++;
    });
    return [FACETS[facet], counts.filter(({ count }) => count)];
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
