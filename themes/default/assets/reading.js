// Tabs of code blocks.
(() => {
"use strict";
const { make, button } = window.casebookDom;
const text = (key, values) => casebookText(key, values);

// ---- Tabs ------------------------------------------------------------------

const KEY = "casebook-tabs";
const groups = [];

// The labels that the reader chose, the latest first.
function chosen() {
  try {
    return (localStorage.getItem(KEY) || "").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

function choose(label) {
  const labels = [label, ...chosen().filter((other) => other !== label)].slice(0, 20);
  try {
    localStorage.setItem(KEY, labels.join("\n"));
  } catch {
    // Storage may be forbidden, and then the choice holds for this page.
  }
  for (const group of groups) {
    if (group.labels.includes(label)) group.show(group.labels.indexOf(label));
  }
}

document.querySelectorAll(".tabs").forEach((box, number) => {
  const panels = [...box.querySelectorAll(":scope > .tab")];
  const labels = panels.map((panel) => panel.querySelector(".tab-label").textContent);
  const list = make("div", { role: "tablist", class: "tab-list", "aria-label": text("tabs") });
  const tabs = panels.map((panel, at) => {
    const id = `Casebook-tabs-${number + 1}-${at + 1}`;
    panel.id = id;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `${id}-tab`);
    panel.querySelector(".tab-label").hidden = true;
    const tab = button(labels[at], () => pick(at), { role: "tab", id: `${id}-tab`, "aria-controls": id });
    list.append(tab);
    return tab;
  });
  const show = (at) => tabs.forEach((tab, i) => {
    tab.setAttribute("aria-selected", i === at);
    tab.tabIndex = i === at ? 0 : -1;
    panels[i].hidden = i !== at;
  });
  // What is clicked stays where it is, though tabs above may change their height.
  const pick = (at) => {
    const before = tabs[at].getBoundingClientRect().top;
    choose(labels[at]);
    show(at);
    scrollBy({ top: tabs[at].getBoundingClientRect().top - before, behavior: "instant" });
  };
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement);
    const back = getComputedStyle(list).direction === "rtl" ? "ArrowRight" : "ArrowLeft";
    const step = { ArrowLeft: 1, ArrowRight: 1 }[event.key] && (event.key === back ? -1 : 1);
    const to = step ? (at + step + tabs.length) % tabs.length
      : { Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    pick(to);
    tabs[to].focus();
  });
  box.prepend(list);
  groups.push({ labels, show });
  const known = chosen().find((label) => labels.includes(label));
  show(known ? labels.indexOf(known) : 0);
});
})();
