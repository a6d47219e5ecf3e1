// What a page does not need at first is loaded when somebody is about to use it: the search, the
// previews, the picker.
(() => {
"use strict";

const root = document.documentElement;
const folder = `${root.dataset.root || "./"}assets/`;
const policy = window.trustedTypes?.createPolicy("casebook-assets", {
  createScriptURL(url) {
    if (!url.startsWith(folder) || !/^[a-z-]+\.js$/.test(url.slice(folder.length))) throw new TypeError(url);
    return url;
  },
});
const loaded = new Map();

function arrived(element) {
  return new Promise((resolve, reject) => {
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${element.src || element.href} cannot be loaded`));
    document.head.append(element);
  });
}

/// Loads a script and its style sheet, once.
function load(name, style) {
  if (!loaded.has(name)) {
    const script = document.createElement("script");
    const url = `${folder}${name}.js`;
    script.src = policy ? policy.createScriptURL(url) : url;
    const parts = [arrived(script)];
    if (style) {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = `${folder}${style}.css`;
      parts.push(arrived(link));
    }
    loaded.set(name, Promise.all(parts).catch((error) => {
      loaded.delete(name);
      throw error;
    }));
  }
  return loaded.get(name);
}
window.casebookLoad = load;

// ---- Search ----------------------------------------------------------------

const button = document.getElementById("Casebook-search");
const find = () => load("find", "search").then(() => window.casebookSearch);
let opening = false;

/// Opens the search. What is typed until it is there is not lost.
function search(text) {
  if (opening) return;
  opening = true;
  let typed = "";
  const keep = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Backspace") typed = typed.slice(0, -1);
    else if (event.key.length === 1) typed += event.key;
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("keydown", keep, true);
  find().then((engine) => engine.open(text ?? (typed || undefined), typed.length > 0)).catch(broken).finally(() => {
    opening = false;
    removeEventListener("keydown", keep, true);
  });
}

/// What cannot be loaded is said where the reader pressed.
function broken(error) {
  if (button) button.title = casebookText("search_broken", { reason: error.message });
}

if (button) {
  const here = new URLSearchParams(location.search);
  // The dialog and the marks read the address themselves.
  if (here.has("q") || here.has("highlight")) find().catch(broken);
  button.addEventListener("click", () => window.casebookSearch?.open || search());
  for (const sign of ["pointerenter", "focus"]) {
    button.addEventListener(sign, () => find().then((engine) => engine.loadMeta()).catch(() => {}), { once: true });
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const plain = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    const chord = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    if (window.casebookSearch?.open || !((plain && !typing) || chord)) return;
    event.preventDefault();
    search();
  });
}
// A box elsewhere: what is typed there is searched for.
document.querySelectorAll("form[data-search]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(form.querySelector("input").value);
  });
  form.addEventListener("focusin", () => find().then((engine) => engine.loadMeta()).catch(() => {}), { once: true });
});

// ---- Previews and pins -----------------------------------------------------

const cards = () => load("cards", "cards").then(() => window.casebookBrowse.preview);
let held = false;
const wants = {
  pointerover: (link) => link.matches(":hover"),
  focusin: (link) => link.matches(":focus-visible"),
  pointerdown: () => held,
};
for (const [sign, still] of Object.entries(wants)) {
  document.addEventListener(sign, (event) => {
    const link = event.target.closest?.("a[data-entry]");
    if (!link || window.casebookBrowse.preview) return;
    if (sign === "pointerdown") held = event.pointerType === "touch";
    if (sign === "pointerover" && event.pointerType === "touch") return;
    cards().then((preview) => still(link) && preview(link, event)).catch(() => {});
  });
}
for (const sign of ["pointerup", "pointercancel"]) {
  document.addEventListener(sign, () => {
    held = false;
  });
}
try {
  if (sessionStorage.getItem(`casebook-pins:${new URL(window.casebookBrowse.base, location.href).pathname}`)) cards().catch(() => {});
} catch {
  // Storage may be forbidden. Then nothing is pinned.
}
})();
