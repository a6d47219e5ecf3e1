// Search in the browser, first part: reads the files of `search/`, the words of a text,
// and queries. What stands here also stands in `src/search/`: words.rs, query.rs. Change
// both; a test compares them. `search.js` and `search-extract.js` go on.
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
      // What arrives without an answer is another file: an empty one, a page of a sign-in,
      // a part of one. After an answer this changes nothing.
      script.onload = script.onerror = () => {
        script.remove();
        reject(new Error(`${url} cannot be loaded`));
      };
      document.head.append(script);
    }).then(read).catch((error) => {
      files.delete(name);
      throw error;
    });
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
      if (!this.more()) throw new Error("a file of the search ends early");
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
const INVISIBLE = "\\u{ad}\\u{200b}-\\u{200d}\\u{2060}\\u{feff}";
const LETTER = `[\\p{Alphabetic}\\p{N}\\p{M}${INVISIBLE}]`;
const RUN = `(?:(?!${IDEOGRAPH})${LETTER})+`;
const WORD = new RegExp(`(?=${IDEOGRAPH})${LETTER}|${RUN}(?:[-.]${RUN})*`, "gu");

const tooLong = (text) => text.length > 64 && [...text].length > 64;

const UNSEEN = new RegExp(`[\\p{M}${INVISIBLE}]`, "gu");
const IN_ASCII = { "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d" };

function fold(text) {
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  const plain = text.normalize("NFKD").replace(UNSEEN, "").toLowerCase();
  return plain.replace(/[ßæœøłđ]/g, (letter) => IN_ASCII[letter]);
}

/// The words of which a name in camel case is made: start and end of each.
function humps(word) {
  if (word.length < 6 || !/^[\0-\x7f]*$/.test(word)) return [];
  const cuts = [0];
  for (let at = 1; at < word.length; at++) {
    if (/[A-Z]/.test(word[at]) && (/[a-z]/.test(word[at - 1]) || /[a-z]/.test(word[at + 1] || ""))) cuts.push(at);
  }
  if (cuts.length < 2) return [];
  return cuts.map((start, at) => [start, cuts[at + 1] ?? word.length]).filter(([start, end]) => end - start > 2);
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

const FACETS = ["kind", "stride", "severity", "element", "applies-to", "used", "status", "concern", "tag"];
const NAMED_FILTER = new RegExp(`^(${FACETS.join("|")}):`, "i");
const FILTER = new RegExp(`^(${FACETS.join("|")}):(?:(?=[\\s"]|$)(?:"([^"]*)"?)?|([^\\s"]*))`, "i");

/// Whether a minus leaves something out. `--flag` is a name, and so is the first word.
const excludes = (rest, { terms, filters }) => rest[0] === "-" && rest[1] !== "-"
  && (terms.some((term) => !term.negative) || filters.length > 0 || NAMED_FILTER.test(rest.slice(1)));

const valueForm = (value) => value.toLowerCase().split(/[\s_-]+/).filter(Boolean).join("-");

const termsOf = (text) => words(text).map((word) => ({
  whole: word.whole,
  key: word.key,
  parts: word.parts.map((part, at) => [part[2], at]).filter((part) => part[0]),
})).filter((term) => term.whole || term.parts.length);

/// Sentences that describe something. No sign in them has a meaning.
function describe(text) {
  return { terms: termsOf([...text].slice(0, 4000).join("")).slice(0, 500), filters: [], described: true };
}

function parse(text) {
  const terms = [];
  const filters = [];
  const add = (term) => terms.length < 24 && terms.push(term);
  const addPhrase = (text, negative) => {
    const parts = words(text).flatMap((word) => word.parts)
      .map((part, at) => [part[2], at]).filter((part) => part[0]).slice(0, 24);
    if (parts.length) add({ whole: "", parts, phrase: true, negative });
  };
  let rest = [...text].slice(0, 400).join("").trimStart();
  while (rest) {
    const negative = excludes(rest, { terms, filters });
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
        const found = termsOf(match[0]);
        if (found.length && match[0].length === rest.length) Object.assign(found.at(-1), { prefix: true });
        found.forEach(add);
      }
    }
    rest = rest.slice(match[0].length).trimStart();
  }
  return { terms, filters };
}

window.casebookSearch = { root, facets: FACETS, utf8, json, load, loadMeta, Numbers, words, humps, fold, parse, describe };
})();
