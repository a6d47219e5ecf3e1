// The picker: shows the selection. From it come a model skeleton, a command, a table and an address
// to send. `picks.js` keeps what is ticked, and loads this.
(() => {
"use strict";

const { load, card, isId, base } = window.casebookBrowse;
const { make } = window.casebookDom;
const { MOST, fill, change, toggle, opener, tray, button, all, onChange } = window.casebookPicks;
const site = new URL(base, location.href);

// ---- The dialog ------------------------------------------------------------

let dialog = null;
let parts = null;
let cleared = [];

onChange(() => {
  if (dialog?.open) list();
  if (page && !page.sent) show();
});

function build() {
  dialog = make("dialog", "picked-dialog");
  dialog.setAttribute("aria-label", casebookText("picked_entries"));
  const head = make("p", "picked-head");
  const heading = make("b", "", casebookText("picked_entries"));
  head.append(heading, button(casebookText("close"), () => dialog.close()));
  const entries = make("ul", "picked-list");
  const none = make("p", "note", casebookText("nothing_picked"));
  const clear = button(casebookText("clear_all"), () => {
    cleared = all();
    change([]);
  });
  const undo = button(casebookText("bring_back"), () => change(cleared));
  const name = make("input");
  name.value = casebookText("new_model");
  name.maxLength = 120;
  const size = make("select");
  for (const word of ["note", "small", "standard", "full"]) size.append(new Option(word, word));
  size.value = "standard";
  const field = (label, control) => {
    const element = make("label", "picked-field");
    element.append(make("span", "", label), control);
    return element;
  };
  const fields = make("div", "picked-fields");
  fields.append(field(casebookText("model_title"), name), field(casebookText("model_size"), size));
  const left = make("p", "note");
  const skeleton = area(casebookText("model_skeleton"));
  skeleton.className = "skeleton";
  const where = make("p", "note");
  const command = area(casebookText("same_command"));
  const address = area(casebookText("selection_address"));
  const saves = make("p", "picked-tools");
  saves.append(copier(skeleton), button(casebookText("download"), () => save(skeleton.value, parts.file, "text/markdown")));
  const commands = make("p", "picked-tools");
  commands.append(copier(command));
  const addresses = make("p", "picked-tools");
  const showPage = make("a", "button small", casebookText("open_as_page"));
  addresses.append(copier(address), showPage, button(casebookText("csv_table"), async () => save(csv(await cards(all())), "entries.csv", "text/csv")));
  const tools = make("p", "picked-tools");
  tools.append(clear, undo);
  const body = make("div", "picked-body");
  body.append(none, entries, tools, fields, left, labelled(casebookText("model_skeleton"), skeleton), where, saves,
    labelled(casebookText("same_command"), command), commands, labelled(casebookText("selection_address"), address), addresses);
  dialog.append(head, body);
  parts = { entries, none, clear, undo, name, size, left, skeleton, where, command, address, showPage, body, file: "index.md" };
  name.addEventListener("input", write);
  size.addEventListener("change", write);
  dialog.addEventListener("close", () => (tray.hidden ? document.body : opener).focus());
  document.body.append(dialog);
}

function area(label) {
  const element = make("textarea");
  element.readOnly = true;
  element.spellcheck = false;
  element.setAttribute("aria-label", label);
  return element;
}

function labelled(label, element) {
  const part = make("div", "picked-part");
  part.append(make("p", "part", label), element);
  return part;
}

function copier(area) {
  const element = button(casebookText("copy"), async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(area.value);
    } catch {
      area.select();
      done = document.execCommand("copy");
    }
    element.textContent = casebookText(done ? "copied" : "not_copied");
    setTimeout(() => (element.textContent = casebookText("copy")), 1500);
  });
  element.setAttribute("aria-live", "polite");
  return element;
}

function save(text, name, type) {
  const link = make("a");
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function open() {
  if (!dialog) build();
  dialog.showModal();
  list();
}

async function cards(ids) {
  const found = await Promise.all(ids.map((id) => card(id)));
  return found.filter(Boolean);
}

function entryLink(data) {
  const link = make("a", "entry-link");
  link.href = base + data.url.split("/").map(encodeURIComponent).join("/");
  link.append(make("span", "entry-id", data.id), ` ${data.title}`);
  return link;
}

async function list() {
  const ids = all();
  const found = await cards(ids);
  if (ids !== all()) return;
  const said = answers();
  parts.entries.replaceChildren(...ids.map((id) => {
    const data = found.find((data) => data.id === id);
    const item = make("li");
    item.append(data ? entryLink(data) : make("span", "entry-id", id));
    if (data) item.append(make("span", "note", data.label));
    const record = said[id]?.record;
    if (record) item.title = record;
    const remove = button(casebookText("remove"), () => {
      const next = item.nextElementSibling || item.previousElementSibling;
      const at = next?.querySelector("button");
      const after = at?.getAttribute("aria-label");
      toggle(id, false);
      // The list is made anew; the focus goes to the neighbour.
      setTimeout(() => {
        const again = Array.from(parts.entries.querySelectorAll("button")).find((b) => b.getAttribute("aria-label") === after);
        (again || dialog.querySelector("button")).focus();
      }, 50);
    });
    remove.setAttribute("aria-label", casebookText("remove_id", { id }));
    item.append(remove);
    return item;
  }));
  parts.none.hidden = ids.length > 0;
  parts.clear.hidden = ids.length === 0;
  parts.undo.hidden = ids.length > 0 || cleared.length === 0;
  for (const part of parts.body.querySelectorAll(".picked-fields, .picked-part, .picked-tools")) {
    if (!part.contains(parts.clear)) part.hidden = ids.length === 0;
  }
  const address = new URL("picked.html", site);
  address.hash = ids.join(",");
  parts.address.value = address.href;
  parts.showPage.href = address.href;
  await write();
}

// ---- What comes of it ------------------------------------------------------

/// What was answered when the walk of questions asked for entries: by ID, whether each
/// concerns, and question and answer as one text. `ask.js` keeps it.
function answers() {
  try {
    return JSON.parse(localStorage.getItem(`casebook-said:${site.pathname}`)) || {};
  } catch {
    return {};
  }
}

/// Entries with what was answered for them.
function answered(entries) {
  const said = answers();
  return entries.map((data) => (said[data.id]?.record ? { ...data, said: said[data.id] } : data));
}

const usable = (data) => ["threat", "requirement", "assumption"].includes(data.kind) && !isDeprecated(data);
const isDeprecated = (data) => data.status?.[0] === "deprecated";

async function write() {
  const found = await cards(all());
  const taken = answered(found.filter(usable));
  const out = found.filter((data) => !usable(data));
  parts.left.hidden = out.length === 0;
  parts.left.textContent = casebookText("left_out", {
    ids: out.map((data) => `${data.id} (${casebookText(isDeprecated(data) ? "reason_deprecated" : "reason_kind")})`).join(", "),
  });
  const title = parts.name.value.trim() || casebookText("new_model");
  const made = draft(await load("skeleton"), title, parts.size.value, taken, today());
  parts.skeleton.value = made.text;
  parts.where.textContent = casebookText("save_as", { path: made.path });
  parts.file = "index.md";
  parts.command.value = command(title, parts.size.value, taken.map((data) => data.id));
}

function today() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/// As `casebook new model` writes it; `src/draft/` is the same in Rust. A test compares.
function draft(skeleton, title, size, entries, date) {
  const slug = slugOf(title) || "model";
  const id = nextFree(skeleton.prefix, skeleton.taken, []);
  const template = new Map(skeleton.sizes).get(size) || "";
  let text = template.replaceAll("{{id}}", id).replaceAll("{{date}}", date);
  const own = [];
  for (const item of ["{{assumption}}", "{{threat}}", "{{requirement}}"]) {
    const next = nextFree(ownPrefix(slug, skeleton.kinds), skeleton.taken, own);
    text = text.replaceAll(item, next);
    own.push(next);
  }
  const blocks = { threats: [], requirements: [], assumptions: [] };
  const push = (list, item) => {
    if (!list.some((known) => known.id === item.id)) list.push(item);
  };
  for (const entry of entries) push(blocks[`${entry.kind}s`], entry);
  for (const threat of blocks.threats) {
    for (const [id, title] of requirements(threat)) push(blocks.requirements, { id, title });
  }
  if (blocks.threats.length) text = text.replaceAll(skeleton.no_risk, "");
  for (const [name, heading, open] of skeleton.blocks) {
    const items = blocks[name].map((item) => {
      // Back quotes would end the block that the title stands in.
      const title = item.title.replace(/[\p{Cc}`]/gu, " ");
      const treats = name === "threats" ? requirements(item).map(([id]) => id) : [];
      const concerns = item.said?.applies !== false;
      const record = item.said ? `  ${concerns ? "note" : "why"}: ${quoted(item.said.record.replaceAll("`", "'"))}\n` : "";
      return `- use: ${item.id}   # ${title}\n  status: ${concerns ? open : "not-applicable"}\n`
        + (treats.length ? `  requirements: [${treats.join(", ")}]\n` : "") + record;
    }).join("");
    if (!items) continue;
    const fence = `\`\`\`${name}\n`;
    const from = text.indexOf(fence);
    const to = from < 0 ? -1 : text.indexOf("```", from + fence.length);
    if (to >= 0) text = text.slice(0, from + fence.length) + items + text.slice(to);
    else text = `${text.trimEnd()}\n\n## ${heading}\n\n${fence}${items}\`\`\`\n`;
  }
  return { path: `${skeleton.folder}/${slug}/index.md`, text: text.replaceAll("{{title}}", () => quoted(title)) };
}

const quoted = (text) => `"${text.trim().replace(/["\\]/g, "\\$&").replace(/\p{Cc}/gu, " ")}"`;

/// What treats a threat, as ID and title; nothing for one that was said not to concern.
function requirements(data) {
  if (data.said?.applies === false) return [];
  const role = (data.links || []).find(([, , , name]) => name === "requirements");
  return data.kind === "threat" && role ? role[1] : [];
}

function slugOf(title) {
  const plain = title.normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("ß", "ss").toLowerCase();
  let slug = "";
  for (const word of plain.split(/[^a-z0-9]+/).filter(Boolean)) {
    if (slug && slug.length + word.length >= 60) break;
    slug += (slug ? "-" : "") + word.slice(0, 60);
  }
  return slug;
}

function ownPrefix(slug, kinds) {
  const word = slug.split("-")[0].slice(0, 8).toUpperCase();
  const own = /^[A-Z]/.test(word) && !kinds.some((prefix) => `${word}-1`.startsWith(`${prefix.toUpperCase()}-`));
  return own ? word : "OWN";
}

function nextFree(prefix, taken, own) {
  const start = prefix.toUpperCase();
  const [, highest, width] = taken.find(([known]) => known === start) || [start, 0, 0];
  const numbers = own.filter((id) => id.startsWith(`${start}-`)).map((id) => Number(id.slice(start.length + 1)));
  const widths = own.filter((id) => id.startsWith(`${start}-`)).map((id) => id.length - start.length - 1);
  return `${start}-${String(Math.max(highest, ...numbers) + 1).padStart(Math.max(3, width, ...widths), "0")}`;
}

/// For a shell: in double quotes where that is plain, else in single ones.
function command(title, size, ids) {
  const text = title.replace(/\s+/g, " ");
  const safe = /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
  const dashes = text.startsWith("-") ? "-- " : "";
  const uses = ids.length ? ` --use ${ids.join(",")}` : "";
  return dashes ? `casebook new --size ${size}${uses} model ${dashes}${safe}` : `casebook new model ${safe} --size ${size}${uses}`;
}

/// As `src/text/csv.rs`: no cell is a formula.
function csv(found) {
  const formula = /^[\s\u00ad\u061c\u180e\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u206f"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;
  const cell = (text) => {
    const plain = text.replace(/\s/g, " ").replace(/\p{Cc}/gu, "");
    const safe = plain.split(";").map((part) => (formula.test(part) ? `'${part}` : part)).join(";");
    return /[,";']/.test(safe) || safe.trim() !== safe ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const rows = found.map((data) => [data.id, data.label, data.title, (data.stride || []).map(([name]) => name).join(" "), data.severity?.[0] || "",
    data.status?.[0] || "active", requirements(data).map(([id]) => id).join(" "), new URL(data.url.split("/").map(encodeURIComponent).join("/"), site).href]);
  return [["ID", "Kind", "Title", "STRIDE", "Severity", "Status", "Requirements", "Address"], ...rows]
    .map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

// ---- The page of a selection -----------------------------------------------

const place = document.querySelector("[data-picked]");
let page = null;

function sentIds() {
  const text = casebookAnchor(location.hash);
  return [...new Set(text.split(",").map((id) => id.trim().toUpperCase()).filter(isId))].slice(0, MOST);
}

async function show() {
  const sent = sentIds();
  page = { sent: sent.length > 0 };
  const ids = page.sent ? sent : all();
  const found = await cards(ids);
  const parts = [];
  if (!ids.length) {
    place.replaceChildren(make("p", "", casebookText("selection_empty")));
    return;
  }
  parts.push(make("p", "note", casebookText(page.sent ? "selection_sent" : "selection_own")));
  const missing = ids.filter((id) => !found.some((data) => data.id === id));
  if (missing.length) parts.push(make("p", "note", casebookText("not_in_book", { ids: missing.join(", ") })));
  const tools = make("p", "picked-tools");
  if (page.sent) {
    const add = button(casebookText("add_selection"), () => {
      change([...new Set([...all(), ...found.map((data) => data.id)])]);
      add.textContent = casebookText("selection_added");
    });
    tools.append(add);
  } else {
    tools.append(button(casebookText("show_selection"), open));
  }
  tools.append(button(casebookText("csv_table"), () => save(csv(found), "entries.csv", "text/csv")));
  parts.push(tools);
  const wrap = make("div", "table-wrap");
  const table = make("table", "catalogue");
  table.setAttribute("aria-label", casebookText("picked_entries"));
  const head = table.createTHead().insertRow();
  for (const label of [casebookText("id"), casebookText("title"), casebookText("kind"), casebookText("stride"), casebookText("severity")]) {
    const cell = make("th", "", label);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const data of found) {
    const row = body.insertRow();
    row.dataset.pick = data.id;
    const link = entryLink(data);
    const id = make("a", "entry-id", data.id);
    id.href = link.href;
    id.dataset.entry = data.id;
    row.insertCell().append(id);
    const title = row.insertCell();
    title.className = "title";
    const again = make("a", "", data.title);
    again.href = link.href;
    again.tabIndex = -1;
    title.append(again);
    row.insertCell().append(data.label);
    const stride = row.insertCell();
    stride.className = "letters";
    for (const [name, label] of data.stride || []) {
      const letter = make("abbr", `stride stride-${name.charAt(0)}`, label.charAt(0));
      letter.title = label;
      stride.append(letter);
    }
    const severity = row.insertCell();
    if (data.severity) severity.append(make("span", `chip severity-${data.severity[0]}`, data.severity[1]));
    fill(row);
  }
  wrap.append(table);
  parts.push(wrap);
  place.replaceChildren(...parts);
}

// What the walk of questions makes use of.
window.casebookPicker = { picked: all, toggle, open, cards, usable, draft, today, area, labelled, copier, save };
if (place) {
  show();
  addEventListener("hashchange", show);
}
})();
