// Search in the browser: reads the files of `search/` and ranks as the command line
// does. What stands here also stands in `src/search/`: words.rs, query.rs,
// dictionary.rs, rank.rs, snippet.rs. Change both; a test compares them.
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

async function inflate(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

const utf8 = new TextDecoder();
const json = (bytes) => JSON.parse(utf8.decode(bytes));

function readMeta(bytes) {
  const meta = json(bytes);
  let sum = 0;
  meta.postings = meta.postings.map((step) => (sum += step));
  version = `?${meta.version}`;
  return meta;
}
const loadMeta = () => load("meta", readMeta);
const loadNorms = () => load("norms", (bytes) => bytes);

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

/// The words of a text: start, end, folded whole of a compound, and the parts, each
/// with start, end and folded form.
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
    return { start: index, end: index + raw.length, whole: compound ? fold(raw) : "", parts };
  });
}

// ---- Queries ---------------------------------------------------------------

const FACETS = ["kind", "stride", "severity", "status", "tag"];

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
    } else if ((match = /^(kind|stride|severity|status|tag):(?:(?=[\s"]|$)(?:"([^"]*)"?)?|([^\s"]*))/i.exec(rest))) {
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

const MOST_BLOCKS = 12;
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

const loadBlock = (folder, at) => load(`${folder}/${at}`, readDictionary);

/// The forms of a word's stem, or nothing if the word occurs nowhere.
async function formsOf(word) {
  const { dictionary } = await loadMeta();
  if (!dictionary.length) return [];
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

/// A word of the query: stems with weights, and the forms to mark.
function makeGroup(...lists) {
  const group = { stems: new Map(), forms: new Set() };
  for (const [entries, weight] of lists) {
    for (const { stem, surface } of entries) {
      if (!group.stems.has(stem)) {
        if (group.stems.size === MOST_STEMS) continue;
        group.stems.set(stem, weight);
      }
      group.forms.add(surface);
    }
  }
  return group;
}

async function known(word, prefix) {
  const more = prefix && (word.length > 1 || word > "\x7f") ? beginning(word, Infinity) : [];
  const group = makeGroup([await formsOf(word), 1], [await more, SIMILAR]);
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

/// A query in terms of the index.
async function makePlan({ terms }) {
  const plan = { groups: [], phrases: [], corrected: [], impossible: false };
  const { stop } = await loadMeta();
  const isStop = new Set(stop);
  const alone = terms.filter((term) => !term.negative).length === 1;
  const looked = await Promise.all(terms.map(async (term) => {
    const whole = term.whole && (await known(term.whole, term.prefix));
    if (whole) return [whole];
    return Promise.all(term.parts.map(([part], at) => {
      const prefix = term.prefix && at === term.parts.length - 1;
      const kept = prefix && alone && at === 0;
      return isStop.has(part) && !kept ? "stop" : known(part, prefix);
    }));
  }));
  for (const [number, term] of terms.entries()) {
    const found = looked[number];
    if (!term.phrase) {
      for (const [at, group] of found.entries()) {
        if (group === "stop") continue;
        const entries = group ? [] : await similar(term.parts[at][0]);
        if (entries.length) plan.corrected.push(entries[0].surface);
        plan.groups.push(group || makeGroup([entries, SIMILAR]));
      }
      continue;
    }
    const kept = found.map((group, at) => [group, term.parts[at][1]]).filter(([group]) => group !== "stop");
    if (kept.some(([group]) => !group)) {
      if (term.negative) continue;
      plan.impossible = true;
      break;
    }
    const list = kept.map(([group, at]) => [group.stems.keys().next().value, at]);
    if (!term.negative) plan.groups.push(...kept.map(([group]) => ({ ...group, fixed: true })));
    if (list.length > (term.negative ? 0 : 1)) plan.phrases.push({ list, negative: term.negative });
  }
  return plan;
}

async function stemBytes(folder, stem) {
  const { postings } = await loadMeta();
  const block = placeOf(postings, stem);
  const numbers = new Numbers(await load(`${folder}/${block}`, (bytes) => bytes));
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
  const [meta, norms] = await Promise.all([loadMeta(), loadNorms()]);
  const all = meta.documents;
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

const loadFacet = (number) => load(`f/${number}`, json);

/// For each document, whether the filters let it through.
async function passing(filters) {
  const { documents } = await loadMeta();
  const pass = new Array(documents).fill(true);
  for (const number of FACETS.keys()) {
    for (const negative of [false, true]) {
      const mine = filters.filter((f) => f.facet === number && f.negative === negative);
      if (!mine.length) continue;
      const [values, rows] = await loadFacet(number);
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

/// The documents that match a query, best first.
async function rank(query) {
  const meta = await loadMeta();
  const plan = await makePlan(query);
  const { groups, phrases, corrected } = plan;
  const result = { query, groups, corrected, relaxed: false, ranked: [], matches: () => false };
  if (plan.impossible || !(groups.length || query.filters.length || phrases.length)) return result;
  const [pass, scored, phrased] = await Promise.all([
    passing(query.filters),
    Promise.all(groups.map(scoresOf)),
    Promise.all(phrases.map(({ list }) => having(list))),
  ]);
  const every = (at, wanted) => groups.every((group, i) => scored[i][at] > 0 || !wanted(group));
  const ranked = () => {
    const found = [];
    for (let at = 0; at < meta.documents; at++) {
      if (pass[at] && result.matches(at)) {
        found.push([at, scored.reduce((sum, scores) => sum + scores[at], 0)]);
      }
    }
    return found.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  };
  const inPhrases = (at) => phrases.every(({ negative }, i) => phrased[i].has(at) !== negative);
  result.matches = (at) => every(at, () => true) && inPhrases(at);
  result.ranked = ranked();
  if (!result.ranked.length && groups.length > 1) {
    result.relaxed = true;
    result.matches = (at) => scored.some((scores) => scores[at] > 0)
      && every(at, (group) => group.fixed) && inPhrases(at);
    result.ranked = ranked();
  }
  return result;
}

/// How many documents each kind would have if no kind were asked for.
async function countKinds({ query, matches }) {
  const [[values, rows], pass] = await Promise.all([
    loadFacet(0),
    passing(query.filters.filter(({ facet, negative }) => facet || negative)),
  ]);
  const counts = values.map(([value, title]) => ({ value, title, count: 0 }));
  rows.forEach((row, at) => {
    if (pass[at] && matches(at)) for (const value of [row].flat()) counts[value].count++;
  });
  return counts;
}

// ---- What is shown ---------------------------------------------------------

const WINDOW = 150;
const BEFORE = 40;
const LONGEST = 200;

/// The places in a text that match: start, end, and a bit for each group.
function matchesOf(text, forms) {
  const found = [];
  for (const word of words(text)) {
    if (word.whole && forms.has(word.whole)) {
      found.push([word.start, word.end, forms.get(word.whole)]);
      continue;
    }
    for (const [start, end, folded] of word.parts) {
      if (forms.has(folded)) found.push([start, end, forms.get(folded)]);
    }
  }
  return found;
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

/// What a card shows of the document's text.
function describe(card, [description, sections], forms) {
  const inTitle = bitsOf(matchesOf(card.title, forms));
  let best = ["", "", ""];
  let bits = 0;
  let most = [0, 0];
  for (const section of sections) {
    const found = matchesOf(section[1], forms).concat(matchesOf(section[2], forms));
    const mine = bitsOf(found);
    const count = countBits(mine);
    if (count > most[0] || (count === most[0] && found.length > most[1])) {
      [best, bits, most] = [section, mine, [count, found.length]];
    }
  }
  const anchored = best[0] && bits & ~inTitle;
  return {
    url: card.url + (anchored ? `#${best[0]}` : ""),
    section: anchored ? best[1] : "",
    snippet: extract(bits ? best[2] : description || sections[0]?.[2] || "", forms),
  };
}

function formsIn(groups) {
  const forms = new Map();
  groups.forEach((group, at) => {
    for (const form of group.forms) forms.set(form, forms.get(form) | (1 << Math.min(at, 31)));
  });
  return forms;
}

async function cardOf([document, score], forms) {
  const { cards, kinds } = await loadMeta();
  const file = await load(`c/${Math.floor(document / cards)}`, json);
  const [url, title, id, kind, text, place] = file[document % cards];
  const marks = matchesOf(title, forms).map(([start, end]) => [start, end]);
  return { url, title, marks, id, kind, kindTitle: kinds[kind], score, text, place };
}

const describeCard = async (card, forms) =>
  describe(card, (await load(`t/${card.text}`, json))[card.place], forms);

/// Everything about the best documents for a query: for tests and for themes.
window.casebookSearch = async (text, limit = 10) => {
  const { ranked, relaxed, corrected, groups } = await rank(parse(text));
  const forms = formsIn(groups);
  const cards = await Promise.all(ranked.slice(0, limit).map((found) => cardOf(found, forms)));
  const hits = await Promise.all(cards.map(async (card) => ({ ...card, ...(await describeCard(card, forms)) })));
  return { total: ranked.length, relaxed, corrected, hits };
};

// ---- The dialog ------------------------------------------------------------

const PAGE = 10;
let dialog, input, kindList, status, list, more;
let shown = PAGE;

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/// A text with the words that match in `mark` elements.
function marked(text, marks) {
  const nodes = [];
  let at = 0;
  for (const [start, end] of marks) {
    nodes.push(text.slice(at, start), make("mark", {}, text.slice(start, end)));
    at = end;
  }
  return [...nodes, text.slice(at)];
}

function makeDialog() {
  input = make("input", {
    id: "q", type: "search", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    enterkeyhint: "go", placeholder: "Search", "aria-label": "Search", "aria-describedby": "search-help",
  });
  const close = make("button", { type: "button", class: "search-close", "aria-label": "Esc: close the search" }, "Esc");
  kindList = make("div", { class: "search-kinds", role: "group", "aria-label": "Kinds" });
  status = make("p", { class: "search-status", role: "status", "aria-live": "polite" });
  list = make("ol", { id: "results", "aria-label": "Results" });
  more = make("button", { type: "button", class: "search-more" }, "Show more");
  more.hidden = true;
  const help = make("p", { id: "search-help", class: "search-help" },
    "Narrow with “words in quotes”, -without, kind:threat, stride:spoofing, severity:high, status:active or tag:name.");
  dialog = make("dialog", { id: "search", "aria-label": "Search" },
    make("div", { class: "search-head" }, input, close), kindList, status, list, more, help);
  document.body.append(dialog);

  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => remember(null));
  dialog.addEventListener("keydown", onKey);
  input.addEventListener("input", () => {
    shown = PAGE;
    run();
  });
  more.addEventListener("click", async () => {
    const next = list.children.length;
    shown += PAGE;
    await run();
    list.children[next]?.querySelector("a").focus();
  });
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const here = link && link.pathname === location.pathname && !event.ctrlKey && !event.metaKey;
    if (here) dialog.close();
  });
}

function open(text) {
  if (!dialog) makeDialog();
  if (!dialog.open) dialog.showModal();
  loadMeta().then(loadNorms).catch(() => {});
  if (text !== undefined) input.value = text;
  input.focus();
  input.select();
  run();
}

/// Keeps the query in the address, so that it can be shared and Back returns to it.
function remember(text) {
  try {
    const url = new URL(location.href);
    if (text) url.searchParams.set("q", text);
    else url.searchParams.delete("q");
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  } catch {
    // Some browsers refuse this for files.
  }
}

function onKey(event) {
  const links = [...list.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  const { key } = event;
  const inInput = document.activeElement === input;
  if (key === "ArrowDown" && (inInput || at >= 0)) {
    (links[at + 1] || links[at])?.focus();
  } else if (key === "ArrowUp" && at >= 0) {
    (links[at - 1] || input).focus();
  } else if (key === "Enter" && inInput) {
    if (event.isComposing || !links.length) return;
    if (event.ctrlKey || event.metaKey) window.open(links[0].href, "_blank", "noopener");
    else links[0].click();
  } else if (at >= 0 && (key.length === 1 || key === "Backspace") && !event.ctrlKey && !event.metaKey && !event.altKey) {
    input.focus();
    return;
  } else {
    return;
  }
  event.preventDefault();
}

let running;
let again = false;

/// One search at a time; what is typed meanwhile is searched next.
function run() {
  again = true;
  running ||= (async () => {
    while (again) {
      again = false;
      await show(input.value);
    }
    running = null;
  })();
  return running;
}

let later;

async function show(text) {
  clearTimeout(later);
  remember(text.trim() && text);
  try {
    const result = await rank(parse(text));
    const forms = formsIn(result.groups);
    const cards = await Promise.all(result.ranked.slice(0, shown).map((found) => cardOf(found, forms)));
    const items = cards.map(makeItem);
    list.replaceChildren(...items.map(({ item }) => item));
    more.hidden = result.ranked.length <= shown;
    status.textContent = message(text, result);
    // Extracts and counts can wait until the typing rests.
    later = setTimeout(() => detail(result, cards, items, forms), 250);
  } catch (error) {
    list.replaceChildren();
    more.hidden = true;
    status.textContent = `The search does not work here: ${error.message}.`;
  }
}

function message(text, { ranked, relaxed, corrected }) {
  if (!text.trim()) return "";
  if (!ranked.length) return "Nothing found.";
  const count = ranked.length === 1 ? "1 result" : `${ranked.length} results`;
  const notes = [];
  if (corrected.length) notes.push(`Nothing matches as written; showing ${corrected.join(", ")}.`);
  if (relaxed) notes.push("No page has all words.");
  return [count + (notes.length ? "." : ""), ...notes].join(" ");
}

function makeItem(card) {
  const link = make("a", { href: (root || "./") + card.url });
  if (card.id) link.append(make("span", { class: "search-id" }, card.id), " ");
  link.append(...marked(card.title, card.marks));
  const kind = make("span", { class: "search-kind" }, card.kindTitle || "");
  const section = make("span", { class: "search-section" });
  const snippet = make("p", { class: "search-snippet" });
  return { item: make("li", { "data-kind": card.kind }, link, " ", kind, section, snippet), link, section, snippet };
}

async function detail(result, cards, items, forms) {
  try {
    cards.forEach(async (card, at) => {
      const { url, section, snippet } = await describeCard(card, forms);
      items[at].link.setAttribute("href", (root || "./") + url);
      items[at].section.textContent = section;
      items[at].snippet.replaceChildren(...marked(snippet.text, snippet.marks));
    });
    const counts = await countKinds(result);
    if (items[0]?.item.isConnected || !items.length) showKinds(counts, result.query);
  } catch {
    // The list stands without them.
  }
}

/// A button for each kind; pressing it adds the kind to the query or removes it.
function showKinds(counts, { filters }) {
  const asked = filters.filter(({ facet, negative }) => !facet && !negative);
  const buttons = counts.map(({ value, title, count }) => {
    const pressed = asked.some((filter) => filter.value === value);
    if (!count && !pressed) return "";
    const button = make("button", { type: "button", "aria-pressed": pressed },
      `${title} `, make("span", {}, String(count)));
    button.addEventListener("click", () => {
      const rest = input.value.split(/\s+/).filter((word) => word.toLowerCase() !== `kind:${value}`);
      input.value = (pressed ? rest : [`kind:${value}`, ...rest]).join(" ");
      shown = PAGE;
      run();
      input.focus();
    });
    return button;
  });
  kindList.replaceChildren(...buttons);
}

// ---- Ways in ---------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const plain = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
  const chord = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
  if ((plain && !typing) || chord) {
    event.preventDefault();
    open();
  }
});
document.getElementById("search-open")?.addEventListener("click", () => open());
const asked = new URLSearchParams(location.search).get("q");
if (asked) open(asked);
})();
