// What is new since the reader's last visit, and what is overdue today. Kept in this browser.
(function () {
  "use strict";
  const text = window.casebookText;
  const all = function (selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); };
  const mark = function (element, words, className) {
    const chip = document.createElement("span");
    chip.className = "chip " + className;
    chip.textContent = words;
    element.append(" ", chip);
  };
  const say = function (words) {
    const line = document.createElement("p");
    line.className = "log-count";
    line.setAttribute("role", "status");
    document.querySelector(".prose").prepend(line);
    line.textContent = words;
  };

  const now = new Date();
  const today = [now.getFullYear(), String(now.getMonth() + 1).padStart(2, "0"), String(now.getDate()).padStart(2, "0")].join("-");
  const isOverdue = function (element) { return element.dataset.due < today; };
  const due = all("tr[data-due]");
  if (due.length) {
    const overdue = due.filter(isOverdue);
    overdue.forEach(function (row) {
      row.classList.add("is-overdue");
      mark(row.cells[0], text("overdue"), "overdue");
    });
    // A model says it only where something is.
    if (overdue.length || document.querySelector(".block-due")) say(text("overdue_of", { n: overdue.length, all: due.length }));
  }
  // A filter has a value for what is overdue; catalogue.js counts it.
  all("table.catalogue tr[data-until]").forEach(function (row) {
    if (row.dataset.until < today) row.dataset.concern = (row.dataset.concern ? row.dataset.concern + "|" : "") + "overdue";
  });
  all("td[data-due]").filter(isOverdue).forEach(function (cell) {
    mark(cell, text("overdue"), "overdue");
  });

  const changes = all("li[data-date]");
  if (changes.length) {
    const key = "casebook-seen:" + new URL(document.documentElement.dataset.root || ".", location.href).pathname;
    const newest = changes[0].dataset.date;
    try {
      // A reload is the same visit.
      const seen = sessionStorage.getItem(key) || localStorage.getItem(key);
      if (seen) sessionStorage.setItem(key, seen);
      localStorage.setItem(key, newest);
      const fresh = seen ? changes.filter(function (line) { return line.dataset.date > seen; }) : [];
      fresh.forEach(function (line) {
        line.classList.add("is-new");
        mark(line.lastElementChild, text("new"), "new");
      });
      if (seen) say(fresh.length ? text("new_changes", { n: fresh.length }) : text("nothing_new"));
    } catch {
      // Storage may be forbidden. Then nothing is known to be new.
    }
  }
})();
