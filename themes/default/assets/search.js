// Search in the browser: reads the files of `search/` and ranks as the command line
// does. What stands here also stands in `src/search/`: words.rs, query.rs,
// dictionary.rs, plan.rs, rank.rs, snippet.rs. Change both; a test compares them.
(() => {
"use strict";

const root = document.documentElement.dataset.root || "";

// ---- Files -----------------------------------------------------------------

const folder = (root || "./") + "search/";
const policy = window.trustedTypes?.createPolicy("casebook", {
  createScriptURL(url) {
    if (!/^[a-z]+(\/\d+)?\.js(\?\w+)?$/.test(url.slice(folder.length))) throw new TypeError(url);
    return url;
  },
});
const files = new Map();
let version = "";

/// The content of a file, as `read` makes it of the bytes. Loaded and read once.
function load(name, read) {
  let file = files.get(name);
  if (!file) {
    file = {};
    file.content = new Promise((resolve, reject) => {
      const url = `${folder}${name}.js${version}`;
      const script = document.createElement("script");
      file.resolve = (text) => resolve(inflate(text));
      script.src = policy ? policy.createScriptURL(url) : url;
      script.onload = () => script.remove();
      script.onerror = () => {
        script.remove();
        files.delete(name);
        reject(new Error(`${url} cannot be loaded`));
      };
      document.head.append(script);
    }).then(read);
    files.set(name, file);
  }
  return file.content;
}

window.casebookShard = (name, text) => files.get(name)?.resolve(text);

/// Without a Blob or a Response: those ask another process, and that takes longer.
async function inflate(text) {
  const { writable, readable } = new DecompressionStream("deflate-raw");
  const writer = writable.getWriter();
  writer.write(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))).catch(() => {});
  writer.close().catch(() => {});
  const chunks = [];
  let length = 0;
  for (let reader = readable.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  if (chunks.length === 1) return chunks[0];
  const bytes = new Uint8Array(length);
  for (let at = 0; chunks.length; at += chunks.shift().length) bytes.set(chunks[0], at);
  return bytes;
}

const utf8 = new TextDecoder();
const json = (bytes) => JSON.parse(utf8.decode(bytes));

function readMeta(bytes) {
  const numbers = new Numbers(bytes);
  const length = numbers.next();
  const meta = json(bytes.subarray(numbers.at, (numbers.at += length)));
  meta.norms = bytes.subarray(numbers.at);
  let sum = 0;
  meta.postings = meta.postings.map((step) => (sum += step));
  meta.stop = new Set(meta.stop);
  meta.past = new Set(meta.past);
  version = `?${meta.version}`;
  return meta;
}
const loadMeta = () => load("meta", readMeta);

/// Reads numbers of seven bits a byte.
class Numbers {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  next() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  more() {
    return this.at < this.bytes.length;
  }
}

// ---- Words -----------------------------------------------------------------

const IDEOGRAPH = "[\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}]";
const LETTER = "[\\p{Alphabetic}\\p{N}\\p{M}]";
const RUN = `(?:(?!${IDEOGRAPH})${LETTER})+`;
const WORD = new RegExp(`(?=${IDEOGRAPH})${LETTER}|${RUN}(?:[-.]${RUN})*`, "gu");

const tooLong = (text) => text.length > 64 && [...text].length > 64;

function fold(text) {
  if (!/^[\0-\x7f]*$/.test(text)) text = text.normalize("NFKD").replace(/\p{M}/gu, "");
  return text.toLowerCase();
}

/// The words of a text: start, end, folded whole of a compound, its key where that
/// differs, and the parts, each with start, end and folded form.
function words(text) {
  return Array.from(text.matchAll(WORD), ({ 0: raw, index }) => {
    let at = index;
    const pieces = raw.split(/[-.]/);
    const parts = pieces.map((piece) => {
      const start = at;
      at += piece.length + 1;
      return [start, at - 1, tooLong(piece) ? "" : fold(piece).replace(/^0+(?=\d+$)/, "")];
    });
    const compound = pieces.length > 1 && /[0-9]/.test(raw) && !tooLong(raw);
    const whole = compound ? fold(raw) : "";
    const key = whole && parts.map((part) => part[2]).filter(Boolean).join("-");
    return { start: index, end: index + raw.length, whole, key: key === whole ? "" : key, parts };
  });
}

// ---- Queries ---------------------------------------------------------------

const FACETS = ["kind", "stride", "severity", "element", "applies-to", "used", "status", "tag"];
const FILTER = new RegExp(`^(${FACETS.join("|")}):(?:(?=[\\s"]|$)(?:"([^"]*)"?)?|([^\\s"]*))`, "i");

const valueForm = (value) => value.toLowerCase().split(/[\s_-]+/).filter(Boolean).join("-");

function parse(text) {
  const terms = [];
  const filters = [];
  const add = (term) => terms.length < 12 && terms.push(term);
  const addPhrase = (text, negative) => {
    const parts = words(text).flatMap((word) => word.parts)
      .map((part, at) => [part[2], at]).filter((part) => part[0]).slice(0, 12);
    if (parts.length) add({ whole: "", parts, phrase: true, negative });
  };
  let rest = [...text].slice(0, 200).join("").trimStart();
  while (rest) {
    const negative = rest[0] === "-";
    if (negative) rest = rest.slice(1);
    let match = /^"([^"]*)"?/.exec(rest);
    if (match) {
      addPhrase(match[1], negative);
    } else if ((match = FILTER.exec(rest))) {
      const value = valueForm(match[2] || match[3] || "");
      if (value && filters.length < 12) {
        filters.push({ facet: FACETS.indexOf(match[1].toLowerCase()), value, negative });
      }
    } else {
      match = /^[^\s"]*/.exec(rest);
      if (negative) {
        addPhrase(match[0], true);
      } else {
        const found = words(match[0]).map((word) => ({
          whole: word.whole,
          key: word.key,
          parts: word.parts.map((part, at) => [part[2], at]).filter((part) => part[0]),
        })).filter((term) => term.whole || term.parts.length);
        if (found.length && match[0].length === rest.length) found.at(-1).prefix = true;
        found.forEach(add);
      }
    }
    rest = rest.slice(match[0].length).trimStart();
  }
  return { terms, filters };
}

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

// ---- What is shown ---------------------------------------------------------

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
      if (!whole && forms.has(folded)) found.push([start, end, forms.get(folded)]);
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

async function cardOf([document, score], forms) {
  const { cards, kinds } = await loadMeta();
  const file = await load(`c/${Math.floor(document / cards)}`, json);
  const [url, title, id, kind, text, place, past] = file[document % cards];
  const marks = matchesOf(title, forms).map(([start, end]) => [start, end]);
  return { url, title, marks, id, kind, kindTitle: kinds[kind], past, score, text, place };
}

const describeCard = async (card, forms) =>
  describe(card, (await load(`t/${card.text}`, json))[card.place], forms);

/// Everything about the best documents for a query: for tests and for themes.
window.casebookSearch = async (text, limit = 10) => {
  const result = await rank(parse(text));
  const { ranked, complete, corrected, groups } = result;
  const forms = formsIn(groups);
  const cards = await Promise.all(ranked.slice(0, limit).map((found) => cardOf(found, forms)));
  const hits = await Promise.all(cards.map(async (card) => ({ ...card, ...(await describeCard(card, forms)) })));
  return { total: ranked.length, complete, corrected, hits, facets: await countFacets(result) };
};
/// The word that most documents have: the dearest one to search for.
window.casebookSearch.commonest = async () => {
  const { dictionary } = await loadMeta();
  const blocks = await Promise.all(dictionary.map((_, at) => loadBlock("d", at)));
  return blocks.flat().reduce((most, entry) => (entry.documents > most.documents ? entry : most)).surface;
};
// What the dialog needs besides.
Object.assign(window.casebookSearch, {
  root, facets: FACETS, parse, rank, formsIn, cardOf, describeCard, countFacets, loadMeta, matchesOf,
});
})();
