// Filters, sorts and groups the rows of a catalogue in place. The state is in the address:
// ?stride=spoofing&severity=high&filter=upload&sort=-severity&group=area
// @import "matrix.js";
(function () {
  "use strict";
  const form = document.querySelector("form.filters");
  const table = document.querySelector("table.catalogue");
  if (!form || !table) return;

  const body = table.tBodies[0];
  const status = document.querySelector(".result-count [role=status]");
  const chosenList = form.querySelector(".chosen");
  const nothing = document.querySelector(".nothing");
  const clear = form.querySelector(".filter-clear");
  const text = form.querySelector(".filter-text input");
  const whole = status.textContent;
  const facets = Array.prototype.map.call(form.querySelectorAll(".facet"), function (element) {
    const boxes = Array.prototype.slice.call(element.querySelectorAll("input[type=checkbox]"));
    return { element, boxes, name: element.dataset.facet, count: element.querySelector(".facet-count") };
  });
  let known = null;
  let order = [];
  // What the rows say is read when somebody asks for it.
  function rows() {
    if (known) return known;
    known = Array.prototype.map.call(body.rows, function (row, index) {
      const values = {};
      facets.forEach(function (facet) {
        values[facet.name] = (row.getAttribute("data-" + facet.name) || "").split("|");
      });
      // In groups a row that belongs to several stands in each.
      return { row, index, values, words: null, copies: {}, shown: [row] };
    });
    order = known.slice();
    return known;
  }
  // A long list does not hold up the page: its first rows are there at once, the others follow in
  // portions, and all of them as soon as somebody does something with the list.
  const portion = 30;
  let waiting = Array.prototype.slice.call(body.rows, portion);
  function complete() {
    waiting = [];
    table.setAttribute("data-whole", "");
  }
  function follow() {
    waiting.splice(0, portion).forEach(function (row) { row.classList.add("there"); });
    if (!waiting.length) return complete();
    requestAnimationFrame(function () { setTimeout(follow); });
  }
  addEventListener("beforeprint", complete);
  let groups = [];
  let grouped = "";
  const groupBy = form.elements.group;
  const fold = form.querySelector(".filters-open");
  let usual = table.querySelector("th[aria-sort]");
  usual = usual ? usual.dataset.sort : "";
  let sorted = "";
  let touched = false;

  function wordsOf(item) {
    if (item.words === null) item.words = item.row.textContent.toLowerCase();
    return item.words;
  }

  // Values of one facet widen the choice, several facets narrow it.
  function filter() {
    complete();
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const active = facets.map(function (facet) {
      return facet.boxes.filter(function (box) { return box.checked; })
        .map(function (box) { return box.value; });
    });
    let count = 0;
    // How many rows each value would show, given what is chosen in the other facets.
    const tally = facets.map(function () { return Object.create(null); });
    rows().forEach(function (item) {
      const found = words.every(function (word) { return wordsOf(item).indexOf(word) >= 0; });
      const missed = [];
      active.forEach(function (wanted, i) {
        const values = item.values[facets[i].name];
        if (wanted.length && !wanted.some(function (value) { return values.indexOf(value) >= 0; })) missed.push(i);
      });
      const fits = found && !missed.length;
      if (fits) count += 1;
      item.shown.forEach(function (row) {
        if (row.hidden === fits) row.hidden = !fits;
      });
      if (!found || missed.length > 1) return;
      facets.forEach(function (facet, i) {
        if (missed.length && missed[0] !== i) return;
        item.values[facet.name].forEach(function (value) { tally[i][value] = (tally[i][value] || 0) + 1; });
      });
    });
    groups.forEach(function (group) {
      const n = group.rows.filter(function (row) { return !row.hidden; }).length;
      group.body.hidden = n === 0;
      group.count.textContent = n;
    });
    let any = words.length > 0;
    let chosen = 0;
    facets.forEach(function (facet, i) {
      const n = active[i].length;
      any = any || n > 0;
      chosen += n;
      facet.element.classList.toggle("active", n > 0);
      facet.count.hidden = n === 0;
      facet.count.textContent = n || "";
      facet.boxes.forEach(function (box) {
        const n = tally[i][box.value] || 0;
        box.parentElement.querySelector(".count").textContent = n;
        box.parentElement.classList.toggle("none", n === 0);
      });
    });
    showChosen(active);
    const folded = fold.querySelector(".facet-count");
    folded.hidden = chosen === 0;
    folded.textContent = chosen || "";
    clear.hidden = !any;
    nothing.hidden = count > 0;
    table.parentElement.hidden = count === 0;
    const message = any ? casebookText("some_of", { n: count, all: whole }) : whole;
    if (status.textContent !== message) status.textContent = message;
  }

  // What is chosen, each with a cross.
  function showChosen(active) {
    const focused = chosenList.contains(document.activeElement);
    chosenList.textContent = "";
    active.forEach(function (values, i) {
      values.forEach(function (value) {
        const box = facets[i].boxes.filter(function (box) { return box.value === value; })[0];
        const label = box.parentElement.querySelector("span").textContent;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "chip";
        button.append(label);
        button.setAttribute("aria-label", casebookText("remove_filter", { value: label }));
        button.addEventListener("click", function () {
          box.checked = false;
          filter();
          remember();
        });
        const item = document.createElement("li");
        item.append(button);
        chosenList.append(item);
      });
    });
    chosenList.hidden = !chosenList.firstChild;
    if (focused) (chosenList.querySelector("button") || text).focus();
  }

  // Long lists of values have a box to find one.
  Array.prototype.forEach.call(form.querySelectorAll(".facet-find"), function (find) {
    find.addEventListener("input", function (event) {
      event.stopPropagation();
      const wanted = find.value.trim().toLowerCase();
      Array.prototype.forEach.call(find.parentElement.querySelectorAll("label"), function (label) {
        label.hidden = label.textContent.toLowerCase().indexOf(wanted) < 0 && !label.querySelector(":checked");
      });
    });
  });

  // Columns.
  const headings = Array.prototype.slice.call(table.querySelectorAll("th[data-sort]"));
  headings.forEach(function (th) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.textContent = th.textContent;
    th.textContent = "";
    th.append(button);
    button.addEventListener("click", function () {
      const name = th.dataset.sort;
      const first = name === "severity" || th.classList.contains("numeric") ? "-" + name : name;
      const other = first === name ? "-" + name : name;
      sort(sorted === first ? other : first);
      remember();
    });
  });

  function keyOf(item, column) {
    const cell = item.row.cells[column];
    const value = cell.dataset.value;
    return value === undefined ? cell.textContent.trim() : Number(value);
  }

  function sort(wanted) {
    const name = wanted.replace(/^-/, "");
    const th = headings.filter(function (h) { return h.dataset.sort === name; })[0];
    if (!th) return;
    const down = wanted.charAt(0) === "-" ? -1 : 1;
    const column = th.cellIndex;
    const keys = rows().map(function (item) { return keyOf(item, column); });
    order = rows().slice().sort(function (a, b) {
      const x = keys[a.index];
      const y = keys[b.index];
      const by = typeof x === "number" && typeof y === "number" ? x - y
        : String(x).localeCompare(String(y), root().lang, { numeric: true });
      return by * down || a.index - b.index;
    });
    arrange();
    headings.forEach(function (h) { h.removeAttribute("aria-sort"); });
    th.setAttribute("aria-sort", down < 0 ? "descending" : "ascending");
    sorted = wanted;
  }

  // Puts the rows in their order, and below the heads of groups where that is wanted.
  function arrange() {
    complete();
    rows();
    groups.forEach(function (group) { group.body.remove(); });
    groups = [];
    const facet = facets.filter(function (facet) { return facet.name === grouped; })[0];
    if (!facet) {
      const all = document.createDocumentFragment();
      order.forEach(function (item) {
        item.shown = [item.row];
        all.append(item.row);
      });
      body.append(all);
      if (!body.isConnected) table.append(body);
      return;
    }
    body.remove();
    const byValue = new Map();
    const add = function (value, label) {
      const group = { body: document.createElement("tbody"), rows: [], count: document.createElement("span") };
      const head = group.body.insertRow();
      head.className = "group-head";
      const cell = document.createElement("th");
      cell.scope = "rowgroup";
      cell.colSpan = table.tHead.rows[0].cells.length;
      group.count.className = "count";
      cell.append(label, " ", group.count);
      head.append(cell);
      byValue.set(value, group);
    };
    facet.boxes.forEach(function (box) { add(box.value, box.parentElement.querySelector("span").textContent); });
    add("", casebookText("others"));
    order.forEach(function (item) {
      item.shown = [];
      item.values[grouped].forEach(function (value) {
        let row = item.row;
        if (item.shown.length) {
          row = item.copies[value] = item.copies[value] || copyOf(item.row);
          row.hidden = item.row.hidden;
        }
        item.shown.push(row);
        const group = byValue.get(byValue.has(value) ? value : "");
        group.rows.push(row);
        group.body.append(row);
      });
    });
    byValue.forEach(function (group) {
      if (!group.rows.length) return;
      groups.push(group);
      table.append(group.body);
    });
  }

  function copyOf(row) {
    const copy = row.cloneNode(true);
    const box = row.querySelector("input");
    if (box) copy.querySelector("input").checked = box.checked;
    return copy;
  }

  function root() {
    return document.documentElement;
  }

  // The address, when the rows are painted: a browser that notes an address lays out the
  // page before.
  let later = 0;
  function remember() {
    clearTimeout(later);
    later = setTimeout(note, 50);
  }

  function note() {
    const query = new URLSearchParams();
    if (text.value.trim()) query.set("filter", text.value.trim());
    facets.forEach(function (facet) {
      facet.boxes.forEach(function (box) {
        if (box.checked) query.append(facet.name, box.value);
      });
    });
    if (sorted && sorted !== usual) query.set("sort", sorted);
    if (grouped) query.set("group", grouped);
    const search = query.toString();
    try {
      history.replaceState(history.state, "", location.pathname + (search ? "?" + search : "") + location.hash);
    } catch {
      // Some browsers refuse this for files. Filtering works all the same.
    }
  }

  function recall() {
    const query = new URLSearchParams(location.search);
    text.value = query.get("filter") || "";
    facets.forEach(function (facet) {
      const wanted = query.getAll(facet.name);
      facet.boxes.forEach(function (box) { box.checked = wanted.indexOf(box.value) >= 0; });
    });
    if (groupBy) {
      groupBy.value = query.get("group") || "";
      if (groupBy.selectedIndex < 0) groupBy.value = "";
      grouped = groupBy.value;
    }
    sorted = "";
    if (query.get("sort")) sort(query.get("sort"));
    if (!sorted && (grouped || groups.length)) arrange();
    if (!sorted) sorted = usual;
    // As it was made, the list needs no look at its rows.
    if (location.search || touched) filter();
    touched = true;
  }

  function empty() {
    text.value = "";
    facets.forEach(function (facet) {
      facet.boxes.forEach(function (box) { box.checked = false; });
    });
    filter();
    remember();
    text.focus();
  }

  form.addEventListener("input", function (event) {
    if (event.target === groupBy) {
      grouped = groupBy.value;
      arrange();
    }
    filter();
    remember();
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function (event) {
    event.preventDefault();
    empty();
  });
  nothing.querySelector("[data-clear]").addEventListener("click", empty);
  fold.addEventListener("click", function () {
    fold.setAttribute("aria-expanded", String(form.classList.toggle("unfolded")));
  });
  addEventListener("pagehide", function () {
    clearTimeout(later);
    if (later) note();
  });
  addEventListener("popstate", recall);
  addEventListener("pageshow", function (event) {
    if (event.persisted) filter();
  });
  // An open list of values closes on Escape and on a click elsewhere.
  document.addEventListener("click", function (event) {
    facets.forEach(function (facet) {
      if (facet.element.open && !facet.element.contains(event.target)) facet.element.open = false;
    });
  });
  form.addEventListener("keydown", function (event) {
    const open = event.key === "Escape" && event.target.closest(".facet[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.stopPropagation();
  });
  recall();
  if (location.hash) complete();
  else follow();
})();
