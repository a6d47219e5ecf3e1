// The page for addresses that lead nowhere proposes what lies near: it searches for the
// words of the address that was asked for.
(() => {
"use strict";

const place = document.getElementById("Casebook-not-found-near");
if (!place) return;
const root = document.documentElement.dataset.root;
const MOST = 6;

let asked;
try {
  asked = decodeURIComponent(location.pathname);
} catch {
  asked = location.pathname;
}
const base = new URL(root || "./", location.href).pathname;
if (asked.startsWith(base)) asked = asked.slice(base.length);
const parts = asked.replace(/\.(html?|md|php|aspx?)$/i, "").split("/")
  .map((part) => part.replace(/["':_+]|%20/g, " ").trim().replace(/^-+/, ""))
  .filter((part) => part && part !== "index");
// This page itself was opened, as in a folder.
if (!parts.length || /(^|\/)404\.html$/.test(asked)) return;

(async () => {
  await window.casebookLoad("find", "search");
  await window.casebookSearch.loadMeta();
  const found = new Map();
  for (const text of [parts.at(-1), parts.join(" ")]) {
    if (found.size >= MOST) break;
    const { hits } = await window.casebookSearch.search(`${text} `, MOST);
    for (const hit of hits) {
      const url = hit.url.split("#")[0];
      if (!found.has(url) && found.size < MOST) found.set(url, hit);
    }
  }
  const list = place.querySelector("ul");
  for (const [url, hit] of found) {
    const link = document.createElement("a");
    link.href = (root || "./") + url;
    link.textContent = [hit.id, hit.title].filter(Boolean).join(" ");
    const kind = document.createElement("span");
    kind.className = "note";
    kind.textContent = hit.kindTitle;
    const item = document.createElement("li");
    item.append(link, " ", kind);
    list.append(item);
  }
  place.hidden = !found.size;
})().catch(() => {});
})();
