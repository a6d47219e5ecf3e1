// What is new since the reader's last visit, and what is overdue today. Kept in this browser.
(function () {
  "use strict";
  var text = window.casebookText;
  var all = function (selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); };
  var mark = function (element, words, className) {
    var chip = document.createElement("span");
    chip.className = "chip " + className;
    chip.textContent = words;
    element.append(" ", chip);
  };
  var say = function (words) {
    var line = document.createElement("p");
    line.className = "log-count";
    line.setAttribute("role", "status");
    document.querySelector(".prose").prepend(line);
    line.textContent = words;
  };

  var now = new Date();
  var today = [now.getFullYear(), String(now.getMonth() + 1).padStart(2, "0"), String(now.getDate()).padStart(2, "0")].join("-");
  var isOverdue = function (element) { return element.dataset.due < today; };
  var due = all("tr[data-due]");
  if (due.length) {
    var overdue = due.filter(isOverdue);
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

  var changes = all("li[data-date]");
  if (changes.length) {
    var key = "casebook-seen:" + new URL(document.documentElement.dataset.root || ".", location.href).pathname;
    var newest = changes[0].dataset.date;
    try {
      // A reload is the same visit.
      var seen = sessionStorage.getItem(key) || localStorage.getItem(key);
      if (seen) sessionStorage.setItem(key, seen);
      localStorage.setItem(key, newest);
      var fresh = seen ? changes.filter(function (line) { return line.dataset.date > seen; }) : [];
      fresh.forEach(function (line) {
        line.classList.add("is-new");
        mark(line.lastElementChild, text("new"), "new");
      });
      if (seen) say(fresh.length ? text("new_changes", { n: fresh.length }) : text("nothing_new"));
    } catch (error) {
      // Storage may be forbidden. Then nothing is known to be new.
    }
  }
})();
