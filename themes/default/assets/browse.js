// The data of previews, selections and comparisons. It comes in small scripts, since those are
// all that a page may load from a folder.
(() => {
"use strict";

const root = document.documentElement;
const base = root.dataset.root || "./";
// A book may declare the form of its IDs; what would end a link or leave a folder is in none.
const isId = (text) => typeof text === "string" && /^[^.\s\p{C}[\]|#<>"\\/?][^\p{C}[\]|#<>"\\/?]{0,79}$/u.test(text) && text === text.trim();
// As `card_file` in src/site/plan/browse.rs.
const cardFile = (id) => {
  const name = id.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/[^\p{Alphabetic}\p{N}._-]/gu, "-");
  return `${name.slice(0, -1)}.${Math.floor((Number(name.slice(-1)) || 0) / 4)}`;
};

const folder = `${base}browse/`;
const policy = window.trustedTypes?.createPolicy("casebook-browse", {
  createScriptURL(url) {
    const name = url.slice(folder.length);
    if (!url.startsWith(folder) || !name.endsWith(".js") || /(^|\/)\.\.?(\/|$)|\\|:/.test(name)) throw new TypeError(url);
    return url;
  },
});
const files = new Map();

/// The content of a file; loaded once.
function load(name) {
  let file = files.get(name);
  if (!file) {
    file = {};
    file.content = new Promise((resolve, reject) => {
      const url = folder + name.split("/").map(encodeURIComponent).join("/") + ".js";
      const script = document.createElement("script");
      file.resolve = resolve;
      script.src = policy ? policy.createScriptURL(url) : url;
      // What arrives without an answer is another file; after an answer this changes nothing.
      script.onload = script.onerror = () => {
        script.remove();
        reject(new Error(`${url} cannot be loaded`));
      };
      document.head.append(script);
    });
    files.set(name, file);
  }
  return file.content;
}

/// What the preview of an ID shows; null when there is none. Unless the page itself names
/// the ID, it may be of another book or of an earlier day.
async function card(id, ownPage = false) {
  if (!isId(id)) return null;
  const name = cardFile(id);
  try {
    if (!ownPage && !(await load("cards/index")).includes(name)) return null;
    const cards = await load(`cards/${name}`);
    return cards.find((card) => card.id.toLowerCase() === id.toLowerCase()) || null;
  } catch {
    return null;
  }
}

// The files call this.
window.casebookBrowse = (name, content) => files.get(name)?.resolve(content);
Object.assign(window.casebookBrowse, { load, card, isId, base });
})();
