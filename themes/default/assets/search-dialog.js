// The search dialog: words, filters, results, recent searches. Everything is done with
// the keyboard too, and a search has an address (`?q=`). `search.js` finds and ranks.
(() => {
"use strict";
const { make } = window.casebookDom;

const engine = window.casebookSearch;
const say = (key, values) => window.casebookText(`search_${key}`, values);
const { root, facets, countFacets } = engine;
const hrefOf = (url) => (root || "./") + url;

const PAGE = 10;
/// The kinds that a model is made of: they can be ticked.
const PICKED = ["threat", "requirement", "assumption"];
const SEVERITIES = ["low", "medium", "high", "critical"];
/// How many values of a facet are shown at first.
const VALUES = 8;
/// How many are offered where nothing is found.
const NEAREST = 12;
/// How many searches are remembered.
const RECENT = 8;
/// How many words a result's address holds, so that its page marks them.
const MARKED = 24;

let dialog, input, filters, groups, status, voice, recent, kinds, list, more, nearest;
let shown = PAGE;

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

// ---- Recent searches -------------------------------------------------------

// Sites in folders of one host do not share them.
const KEY = `casebook-searches ${new URL(root || "./", location.href).pathname}`;

/// The searches that led somewhere, the latest first. Storage may be forbidden.
function recentSearches() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(found) ? found.filter((text) => typeof text === "string").slice(0, RECENT) : [];
  } catch {
    return [];
  }
}

function keepSearches(texts) {
  try {
    if (texts.length) localStorage.setItem(KEY, JSON.stringify(texts.slice(0, RECENT)));
    else localStorage.removeItem(KEY);
  } catch {
    // Then nothing is kept.
  }
}

function followed() {
  const text = input.value.trim();
  if (text) keepSearches([text, ...recentSearches().filter((other) => other !== text)]);
}

function showRecent() {
  const texts = input.value.trim() ? [] : recentSearches();
  recent.hidden = !texts.length;
  if (recent.hidden) return recent.replaceChildren();
  const items = texts.map((text) => {
    const button = make("button", { type: "button" }, text);
    button.addEventListener("click", () => ask(text));
    return make("li", {}, button);
  });
  const clear = make("button", { type: "button", class: "search-clear" }, say("clear"));
  clear.addEventListener("click", () => {
    keepSearches([]);
    showRecent();
    input.focus();
  });
  recent.replaceChildren(make("p", {}, say("recent"), " ", clear), make("ul", {}, ...items));
}

// ---- The dialog ------------------------------------------------------------

function makeDialog() {
  input = make("input", {
    id: "Casebook-query", type: "search", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    enterkeyhint: "go", placeholder: say("placeholder"), "aria-label": say("placeholder"), "aria-describedby": "Casebook-search-help",
  });
  const close = make("button", { type: "button", class: "search-close", "aria-label": say("close") }, "Esc");
  groups = make("div", {});
  filters = make("details", { class: "search-filters" }, make("summary", {}, say("filters")), groups);
  filters.open = matchMedia("(min-width: 50rem)").matches;
  // What is narrowed stands after what was found.
  status = make("p", { class: "search-status", role: "status", "aria-live": "polite" });
  voice = make("p", { class: "search-voice", "aria-live": "polite" });
  recent = make("div", { class: "search-recent", role: "group", "aria-label": say("recent") });
  kinds = make("div", { class: "search-kinds", role: "group", "aria-label": say("facet_kind") });
  kinds.hidden = true;
  list = make("ol", { id: "Casebook-results", "aria-label": say("results") });
  more = make("button", { type: "button", class: "search-more" }, say("more"));
  more.hidden = true;
  nearest = make("div", { class: "search-nearest", role: "group", "aria-label": say("nearest") });
  nearest.hidden = true;
  const picked = make("button", { type: "button", class: "search-picked", "data-pick-count": "" });
  picked.hidden = true;
  const help = make("p", { id: "Casebook-search-help", class: "search-help" }, say("help"));
  const instead = document.documentElement.dataset.ask;
  if (instead) {
    const link = make("a", { href: hrefOf(instead), class: "search-ask" }, say("instead"));
    link.addEventListener("click", () => {
      const text = input.value.trim();
      link.href = hrefOf(instead) + (text ? `#text=${encodeURIComponent(text)}` : "");
    });
    help.append(" ", link);
  }
  dialog = make("dialog", { id: "Casebook-dialog", "aria-label": say("placeholder") },
    make("div", { class: "search-head" }, input, picked, close),
    make("div", { class: "search-body" },
      make("div", { class: "search-main" }, status, voice, recent, kinds, list, more, nearest, help), filters));
  document.body.append(dialog);

  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    clearTimeout(later);
    remember(null);
  });
  dialog.addEventListener("keydown", onKey);
  input.addEventListener("input", () => {
    shown = PAGE;
    run();
  });
  more.addEventListener("click", async () => {
    const next = list.querySelectorAll("li[data-kind]").length;
    shown += PAGE;
    await run();
    list.querySelectorAll("li[data-kind]")[next]?.querySelector("a").focus();
  });
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    followed();
    const here = link.pathname === location.pathname && !event.ctrlKey && !event.metaKey;
    if (here) dialog.close();
  });
  list.addEventListener("focusin", (event) => {
    const item = event.target.closest("li");
    const items = [...list.querySelectorAll("li[data-kind]")];
    voice.textContent = say("current", { n: items.indexOf(item) + 1, all: list.dataset.all });
  });
}

/// `goesOn`: somebody is typing, and the next letter follows the text.
function open(text, goesOn = false) {
  engine.loadMeta().catch(() => {});
  if (!dialog) makeDialog();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector(".search-body").scrollTop = 0;
  if (text !== undefined) input.value = text;
  input.focus();
  if (!goesOn) input.select();
  run();
}

/// Searches for a text as if it had been typed.
function ask(text) {
  input.value = text;
  shown = PAGE;
  run();
  input.focus();
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
  const { key } = event;
  const links = [...list.querySelectorAll("a")];
  // From the box of a result the arrows go on as from its link.
  const box = document.activeElement.matches(".pick > input");
  if (box && !key.startsWith("Arrow")) return;
  const at = links.indexOf(box ? document.activeElement.closest("li").querySelector("a") : document.activeElement);
  const inInput = document.activeElement === input;
  if (key === "ArrowDown" && (inInput || at >= 0)) {
    (links[at + 1] || links[at])?.focus();
  } else if (key === "ArrowUp" && at >= 0) {
    (links[at - 1] || input).focus();
  } else if (key === "Enter" && (inInput || (at >= 0 && (event.ctrlKey || event.metaKey)))) {
    const link = links[Math.max(at, 0)];
    if (event.isComposing || !link) return;
    if (event.ctrlKey || event.metaKey) {
      followed();
      window.open(link.href, "_blank", "noopener");
    } else {
      link.click();
    }
  } else if (at >= 0 && (key.length === 1 || key === "Backspace") && !event.ctrlKey && !event.metaKey && !event.altKey) {
    input.focus();
    return;
  } else {
    return;
  }
  event.preventDefault();
}

// ---- Results ---------------------------------------------------------------

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
  showRecent();
  try {
    const result = await rankOfKind(text);
    const forms = engine.formsIn(result.groups);
    // Each result stands as soon as it is there: the first one does not wait for the last.
    const items = [];
    let whole = true;
    for await (const card of engine.heads(result.ranked, forms, shown)) {
      if (again) return;
      const item = makeItem(card, forms);
      items.push({ card, ...item });
      // The first result that lacks a word says so; those behind it mostly do as well.
      if (whole && card.lacks.length) {
        item.item.append(make("p", { class: "search-lacks" }, say("lacks", { words: card.lacks.join(", ") })));
        whole = false;
      }
      if (items.length > 1) list.append(item.item);
      else list.replaceChildren(item.item);
    }
    if (!items.length) list.replaceChildren();
    items.forEach(showLike);
    const seen = items.reduce((sum, { card }) => sum + 1 + card.like.length, 0);
    list.dataset.all = result.ranked.length;
    more.hidden = result.ranked.length <= seen;
    status.textContent = message(text, result);
    await showNearest(Boolean(text.trim()) && !result.ranked.length);
    // The address, extracts and counts can wait until the typing rests.
    later = setTimeout(() => detail(text, result, items, forms), 150);
  } catch (error) {
    list.replaceChildren();
    more.hidden = true;
    status.textContent = say("broken", { reason: error.message });
  }
}

// ---- Kinds -----------------------------------------------------------------

// The kind that was chosen last is chosen again, as long as the query names none.
const CHOSEN = `casebook-search-kind ${new URL(root || "./", location.href).pathname}`;
const KIND = facets.indexOf("kind");
// What a team needs first stands first; the others follow.
const KINDS = ["threat", "requirement", "assumption", "model", "guide"];

function kindChosen(value) {
  try {
    if (value === undefined) return localStorage.getItem(CHOSEN) || "";
    if (value) localStorage.setItem(CHOSEN, value);
    else localStorage.removeItem(CHOSEN);
  } catch {
    // Then nothing is kept.
  }
  return value || "";
}

/// What a query finds of the chosen kind; all where that kind has nothing.
async function rankOfKind(text) {
  const query = engine.parse(text);
  const value = query.terms.length && !query.filters.some(({ facet }) => facet === KIND) ? kindChosen() : "";
  const narrowed = { ...query, filters: [...query.filters, { facet: KIND, value, negative: false }] };
  const result = value && await engine.rank(narrowed);
  return result && result.ranked.length ? { ...result, kind: value } : { ...(await engine.rank(query)), kind: "" };
}

/// All kinds with their counts; pressing one leaves only it.
function showKinds(result, counts) {
  const place = ({ value }) => (KINDS.indexOf(value) + 1 || KINDS.length + 1);
  const values = [...counts || []].sort((a, b) => place(a) - place(b));
  kinds.hidden = !result.query.terms.length || values.length < 2 || result.query.filters.some(({ facet, value }) => facet === KIND && value !== result.kind);
  if (kinds.hidden) return kinds.replaceChildren();
  const focused = kinds.contains(document.activeElement) && document.activeElement.dataset.kind;
  const all = { value: "", title: say("all_kinds"), count: values.reduce((sum, { count }) => sum + count, 0) };
  kinds.replaceChildren(...[all, ...values].map(({ value, title, count }) => {
    const button = make("button", { type: "button", "aria-pressed": value === result.kind, "data-kind": value }, `${title} `, make("span", {}, String(count)));
    button.addEventListener("click", () => {
      kindChosen(value);
      shown = PAGE;
      run();
    });
    return button;
  }));
  if (focused !== false) kinds.querySelector(`[data-kind="${CSS.escape(focused)}"]`)?.focus();
}

/// Results behind one that say nearly the same.
function showLike({ item, card }) {
  if (!card.like.length) return;
  const links = card.like.map(({ id, title, url }) => make("a", { href: hrefOf(url) }, `${id ? `${id} ` : ""}${title}`));
  item.append(make("details", { class: "search-like" }, make("summary", {}, say("like", { n: card.like.length })),
    ...links.map((link) => make("p", {}, link))));
}

function message(text, { ranked, complete, corrected, unknown }) {
  if (!text.trim()) return "";
  const notes = [];
  if (corrected.length) notes.push(say("corrected", { words: corrected.join(", ") }));
  if (unknown.length) notes.push(say("unknown", { words: unknown.join(", ") }));
  if (!ranked.length) return [say("nothing"), ...notes].join(" ");
  if (!complete) notes.push(say("partial"));
  return [say("count", { n: complete || ranked.length }), ...notes].join(" ");
}

/// Where nothing is found: what the entries apply to, the kinds, and where to say what is missing.
async function showNearest(shows) {
  nearest.hidden = !shows;
  if (!shows) return nearest.replaceChildren();
  const counts = await allCounts();
  const buttons = ["applies-to", "kind"].flatMap((name) => [...counts[name] || []]
    .sort((a, b) => b.count - a.count).slice(0, NEAREST).map(({ value, title }) => {
      const button = make("button", { type: "button" }, title);
      button.addEventListener("click", () => ask(`${name}:${value}`));
      return button;
    }));
  const suggest = document.getElementById("Casebook-search")?.dataset.suggest;
  nearest.replaceChildren(make("p", {}, say("nearest")), ...buttons,
    ...(suggest ? [make("p", {}, make("a", { href: suggest }, say("suggest")))] : []));
}

/// An address that also says what its page should mark.
function marking(url, { forms, phrases }) {
  const words = [...forms.keys(), ...phrases.map(([phrase]) => phrase.map((one) => one.join("|")).join(" "))];
  if (!words.length) return hrefOf(url);
  const [page, anchor] = url.split("#");
  const query = `?highlight=${encodeURIComponent(words.slice(0, MARKED).join("~"))}`;
  return hrefOf(page) + query + (anchor === undefined ? "" : `#${anchor}`);
}

function makeItem(card, forms) {
  const link = make("a", { href: marking(card.url, forms) });
  if (card.id) link.append(make("span", { class: "search-id" }, card.id), " ");
  link.append(...marked(card.title, card.marks));
  const about = make("span", { class: "search-kind", "data-kind": card.kind }, card.kindTitle || "");
  if (card.past) about.append(" ", make("span", { class: "search-past" }, card.past));
  const { severity } = card;
  const rated = SEVERITIES.includes(severity)
    ? [" ", make("span", { class: `chip severity-${severity}` }, window.casebookText(`severity_${severity}`))] : [];
  const extract = make("p", { class: "search-snippet" });
  const places = make("div", { class: "search-places" });
  const pick = card.id && PICKED.includes(card.kind) ? { "data-pick": card.id } : {};
  return { item: make("li", { "data-kind": card.kind, ...pick }, link, " ", about, ...rated, extract, places), link, extract, places };
}

const FIELDS = { "applies-to": "applies_to" };

async function detail(text, result, items, forms) {
  if (dialog.open) remember(text.trim() && text);
  try {
    await Promise.all(items.map(async ({ card, link, extract, places }) => {
      const found = await engine.describeCard(card, forms);
      link.setAttribute("href", marking(found.url, forms));
      const where = found.field ? say(`field_${FIELDS[found.field] || found.field}`) : found.section;
      const before = where ? [make("span", { class: "search-section" }, where), " "] : [];
      extract.replaceChildren(...before, ...marked(found.snippet.text, found.snippet.marks));
      places.replaceChildren(...found.places.map((place) => make("p", {},
        make("a", { href: marking(place.url, forms) }, place.section), " ",
        ...marked(place.snippet.text, place.snippet.marks))));
    }));
    if (input.value !== text) return;
    const counts = result.matches ? await countFacets(result) : await allCounts();
    showFilters(result.query, counts);
    showKinds(result, result.matches && counts.kind);
  } catch (error) {
    // The list stands without them, but not without a word.
    if (input.value === text) status.textContent = say("broken", { reason: error.message });
  }
}

// ---- Filters ---------------------------------------------------------------

/// Before anything is asked: the counts of the most frequent values of all pages.
async function allCounts() {
  const meta = await engine.loadMeta();
  return Object.fromEntries(meta.facets.map(([name, , values]) =>
    [name, values.map(([value, title, count]) => ({ value, title, count }))]));
}

const opened = new Set();

/// For each facet a button for each of its values; pressing it adds the value to the
/// query or takes it out.
function showFilters(query, counts) {
  const focused = groups.contains(document.activeElement) && document.activeElement.dataset.filter;
  groups.replaceChildren(...facets.flatMap((name, facet) => {
    const asked = query.filters.filter((filter) => filter.facet === facet && !filter.negative);
    const isPressed = ({ value }) => asked.some((filter) => filter.value === value);
    const values = [...counts[name] || []].sort((a, b) => b.count - a.count);
    if (!values.length) return [];
    const few = opened.has(name) ? values : values.filter((value, at) => at < VALUES || isPressed(value));
    const chips = few.map((value) => {
      const filter = `${name}:${value.value}`;
      const button = make("button", { type: "button", "aria-pressed": isPressed(value), "data-filter": filter },
        `${value.title} `, make("span", {}, String(value.count)));
      button.addEventListener("click", () => toggle(name, value.value, isPressed(value)));
      return button;
    });
    if (few.length < values.length || (!opened.has(name) && values.length > VALUES)) {
      const rest = make("button", { type: "button", class: "search-all", "data-filter": name },
        say("all_values", { n: values.length }));
      rest.addEventListener("click", async () => {
        opened.add(name);
        const result = await engine.rank(engine.parse(input.value));
        result.matches ||= () => true;
        showFilters(result.query, await countFacets(result));
      });
      chips.push(rest);
    }
    const label = make("p", { id: `Casebook-search-${name}` }, say(`facet_${name.replace("-", "_")}`));
    return [make("div", { role: "group", class: "search-facet", "aria-labelledby": label.id }, label, ...chips)];
  }));
  groups.dataset.query = input.value;
  if (focused) groups.querySelector(`[data-filter="${CSS.escape(focused)}"]`)?.focus();
}

function toggle(name, value, pressed) {
  const clauses = input.value.match(/[^\s"]*"[^"]*"?|\S+/g) || [];
  const isSame = (clause) => {
    const [filter] = engine.parse(clause).filters;
    return filter && !filter.negative && facets[filter.facet] === name && filter.value === value;
  };
  const rest = clauses.filter((clause) => !isSame(clause));
  input.value = (pressed ? rest : [`${name}:${value}`, ...rest]).join(" ");
  shown = PAGE;
  run();
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
const button = document.getElementById("Casebook-search");
button?.addEventListener("click", () => open());
// Who points at the search is about to use it.
for (const sign of ["pointerenter", "focus"]) {
  button?.addEventListener(sign, () => engine.loadMeta().catch(() => {}), { once: true });
}
const asked = new URLSearchParams(location.search).get("q");
if (asked) open(asked);
engine.open = open;
})();
