// Previews of entries: beside a link while it is pointed at or has the focus, and pinned
// beside the page. Links say what they lead to in `data-entry`. `later.js` loads this when somebody
// points at such a link, or has pinned something.
(() => {
"use strict";
const { make, button } = window.casebookDom;

const DELAY = 350;
const FOCUS_DELAY = 600;
const PRESS = 500;
const GRACE = 250;
const MOST = 8;
// Links of a role in a pinned card, and in one that goes away again.
const LINKS = 5;
const FEW = 3;

const root = document.documentElement;
const { card, isId, base } = window.casebookBrowse;

// ---- One card --------------------------------------------------------------

function entryLink([id, title, url], className = "entry-link") {
  const link = make("a", className);
  link.href = base + url.split("/").map(encodeURIComponent).join("/");
  link.dataset.entry = id;
  if (id) link.append(make("span", "entry-id", id), " ");
  link.append(title);
  return link;
}

/// A word in a frame: what front matter says and what readers see.
const chip = (group, [word, label]) => make("span", `chip ${group}-${word}`, label);

/// The facts of an entry as elements.
function content(card, most) {
  const parts = [];
  const head = make("p", "eyebrow");
  const kind = make("span", "kind", card.label);
  kind.dataset.kind = card.kind;
  head.append(kind, " ", make("span", "entry-id", card.id));
  if (card.severity) head.append(" ", chip("severity", card.severity));
  if (card.status) head.append(" ", chip("chip-status", card.status));
  parts.push(head);
  const title = make("p", "card-title");
  const link = entryLink(["", card.title, card.url], "");
  delete link.dataset.entry;
  title.append(link);
  parts.push(title);
  if (card.stride) {
    const stride = make("p", "chips");
    for (const [name, label] of card.stride) {
      const word = make("span", "stride-word");
      const letter = make("abbr", `stride stride-${name.charAt(0)}`, label.charAt(0));
      letter.setAttribute("aria-hidden", "true");
      word.append(letter, label);
      stride.append(word, " ");
    }
    parts.push(stride);
  }
  if (card.text) parts.push(make("p", "card-text", card.text));
  for (const [label, links, others] of card.links || []) {
    const list = make("ul");
    list.append(...links.slice(0, most).map((target) => {
      const item = make("li");
      item.append(entryLink(target));
      return item;
    }));
    const more = others + Math.max(0, links.length - most);
    if (more) list.append(make("li", "note", casebookText("more_links", { n: more })));
    const part = make("div", "card-links");
    part.append(make("p", "part", label), list);
    parts.push(part);
  }
  if (card.note) parts.push(make("p", "note", card.note));
  return parts;
}

/// A place where the picker puts its box.
function pick(card) {
  const place = make("span");
  if (card.kind !== "model") place.dataset.pick = card.id;
  return place;
}

// ---- Pinned beside the page ------------------------------------------------

const key = `casebook-pins:${new URL(base, location.href).pathname}`;
let pins = [];
try {
  const kept = JSON.parse(sessionStorage.getItem(key) || "[]");
  if (Array.isArray(kept)) pins = kept.filter(isId).slice(0, MOST);
} catch {
  // Storage may be forbidden, or hold something else. Then nothing is pinned.
}

function keep() {
  try {
    if (pins.length) sessionStorage.setItem(key, JSON.stringify(pins));
    else sessionStorage.removeItem(key);
  } catch {
    // Then the pins last as long as the page.
  }
}

const panel = make("aside", "pins");
panel.setAttribute("aria-label", casebookText("pinned"));
const stack = make("div", "pins-stack");
const count = make("span", "count");
const fold = button(casebookText("hide"), () => {
  const folded = panel.classList.toggle("folded");
  fold.textContent = casebookText(folded ? "show" : "hide");
  fold.setAttribute("aria-expanded", String(!folded));
  root.toggleAttribute("data-pins-folded", folded);
}, "button small pins-fold");
fold.setAttribute("aria-expanded", "true");
const head = make("p", "pins-head");
const title = make("b", "", casebookText("pinned"));
head.append(title, count, fold, button(casebookText("unpin_all"), () => {
  pins = [];
  keep();
  arrange();
}, "button small"));
panel.append(head, stack);
const announcer = make("p", "hidden");
announcer.setAttribute("role", "status");

async function arrange() {
  root.toggleAttribute("data-pins", pins.length > 0);
  count.textContent = String(pins.length);
  if (!pins.length) {
    panel.remove();
    stack.replaceChildren();
    return;
  }
  if (!panel.isConnected) document.body.append(panel);
  const cards = await Promise.all(pins.map((id) => card(id)));
  const wanted = pins.slice();
  for (const element of Array.from(stack.children)) {
    if (!wanted.includes(element.dataset.pinned)) element.remove();
  }
  cards.forEach((data) => {
    if (!data || !wanted.includes(data.id)) return;
    if (Array.from(stack.children).some((element) => element.dataset.pinned === data.id)) return;
    const element = make("article", "entry-card");
    element.dataset.pinned = data.id;
    element.setAttribute("aria-label", data.id);
    const tools = make("p", "card-tools");
    const close = button(casebookText("unpin"), () => toggle(data.id), "button small");
    close.setAttribute("aria-label", casebookText("unpin_id", { id: data.id }));
    tools.append(pick(data), close);
    element.append(tools, ...content(data, LINKS));
    stack.append(element);
  });
}

/// Pins an ID, or takes it down.
function toggle(id) {
  const there = pins.includes(id);
  pins = there ? pins.filter((other) => other !== id) : [id, ...pins].slice(0, MOST);
  keep();
  announcer.textContent = casebookText(there ? "now_unpinned" : "now_pinned", { id });
  return arrange().then(() => {
    const element = Array.from(stack.children).find((child) => child.dataset.pinned === id);
    if (element) stack.prepend(element);
    stack.scrollTop = 0;
  });
}

// ---- Beside a link ---------------------------------------------------------

const popup = make("div", "entry-card preview");
popup.popover = "manual";
popup.setAttribute("role", "group");
let shownFor = null;
let timer = 0;
let leaving = 0;

const linkOf = (target) => {
  const link = target instanceof Element ? target.closest("a[data-entry]") : null;
  // In a preview and in what is modal there is no second one.
  return link && !link.closest(".preview, dialog, [role=dialog]") && isId(link.dataset.entry) ? link : null;
};

function place(link) {
  const gap = 6;
  const rect = Array.from(link.getClientRects()).at(0) || link.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popup;
  const right = root.dir === "rtl" ? rect.right - width : rect.left;
  const left = Math.max(8, Math.min(right, root.clientWidth - width - 8));
  const below = rect.bottom + gap;
  const top = below + height <= innerHeight - 8 ? below : Math.max(8, rect.top - gap - height);
  // Where neither side has room, it may not lie over the link it tells of.
  popup.style.left = `${left}px`;
  popup.style.top = `${top < rect.bottom && top + height > rect.top ? below : top}px`;
}

async function show(link) {
  const data = await card(link.dataset.entry, true);
  if (!data || !link.isConnected || wanted !== link) return;
  hide();
  const tools = make("p", "card-tools");
  const pin = button(casebookText(pins.includes(data.id) ? "unpin" : "pin"), () => {
    // The focus goes back to the link, from where the reader came.
    const focused = popup.contains(document.activeElement);
    hide();
    if (focused) refocus(link);
    toggle(data.id);
  }, "button small");
  tools.append(pick(data), pin, button(casebookText("close"), () => {
    const focused = popup.contains(document.activeElement);
    hide();
    if (focused) refocus(link);
  }, "button small"));
  popup.replaceChildren(tools, ...content(data, FEW));
  popup.setAttribute("aria-label", casebookText("preview_of", { id: data.id }));
  // After the link, so that the next press of Tab leads into it.
  link.after(popup);
  popup.showPopover();
  place(link);
  shownFor = link;
}

let wanted = null;
let quiet = false;

function refocus(link) {
  quiet = true;
  link.focus();
  quiet = false;
}

function hide() {
  clearTimeout(timer);
  clearTimeout(leaving);
  if (shownFor) {
    shownFor = null;
    if (popup.matches(":popover-open")) popup.hidePopover();
    popup.remove();
  }
}

function soon(link, delay) {
  clearTimeout(leaving);
  if (link === shownFor) return;
  clearTimeout(timer);
  wanted = link;
  timer = setTimeout(() => show(link), delay);
}

function leave() {
  clearTimeout(timer);
  wanted = null;
  clearTimeout(leaving);
  leaving = setTimeout(() => {
    const active = document.activeElement;
    if (popup.matches(":hover") || popup.contains(active)) return;
    if (shownFor && active === shownFor && active.matches(":focus-visible")) return;
    hide();
  }, GRACE);
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const link = linkOf(event.target);
  if (link) soon(link, DELAY);
  else if (popup.contains(event.target)) clearTimeout(leaving);
});
document.addEventListener("pointerout", (event) => {
  if (event.pointerType === "touch") return;
  if (linkOf(event.target) || popup.contains(event.target)) leave();
});
document.addEventListener("focusin", (event) => {
  if (quiet) return;
  const link = linkOf(event.target);
  if (link && link.matches(":focus-visible")) soon(link, FOCUS_DELAY);
});
document.addEventListener("focusout", (event) => {
  if (linkOf(event.target) || popup.contains(event.target)) leave();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !shownFor) return;
  const link = shownFor;
  const focused = popup.contains(document.activeElement);
  hide();
  wanted = null;
  if (focused) refocus(link);
  event.stopPropagation();
  event.preventDefault();
}, true);
addEventListener("scroll", () => {
  if (shownFor && !popup.contains(document.activeElement) && !popup.matches(":hover")) hide();
}, { passive: true });

/// What `later.js` saw before this was here.
window.casebookBrowse.preview = (link, event) => {
  if (!linkOf(link)) return;
  if (event.type === "pointerdown") hold(link, event);
  else soon(link, event.type === "focusin" ? FOCUS_DELAY : DELAY);
};

// A long press on a touch screen; the system's own menu would lie over it.
let press = null;
let pressed = false;
document.addEventListener("pointerdown", (event) => {
  if (shownFor && !popup.contains(event.target) && !linkOf(event.target)) hide();
  pressed = false;
  const link = event.pointerType === "touch" ? linkOf(event.target) : null;
  if (!link) return;
  hold(link, event);
});
function hold(link, event) {
  if (press) clearTimeout(press.timer);
  press = { x: event.clientX, y: event.clientY, link };
  press.timer = setTimeout(() => {
    pressed = true;
    wanted = link;
    show(link);
  }, PRESS);
}
const release = () => {
  if (press) clearTimeout(press.timer);
  press = null;
};
document.addEventListener("pointermove", (event) => {
  if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > 10) release();
});
document.addEventListener("pointerup", release);
document.addEventListener("pointercancel", () => {
  // A browser that shows its menu cancels the pointer; the menu is held back below.
  if (!pressed) release();
});
document.addEventListener("contextmenu", (event) => {
  if (press && linkOf(event.target) === press.link) event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (!pressed || !linkOf(event.target)) return;
  pressed = false;
  event.preventDefault();
}, true);

document.body.append(announcer);
arrange();
addEventListener("pagehide", hide);
})();
