// Filters and sorts the rows of a catalogue in place. The state is in the address:
// ?stride=spoofing&severity=high&filter=upload&sort=-severity
(function () {
  "use strict";
  var form = document.querySelector("form.filters");
  var table = document.querySelector("table.catalogue");
  if (!form || !table) return;

  var body = table.tBodies[0];
  var status = document.querySelector(".result-count [role=status]");
  var nothing = document.querySelector(".nothing");
  var clear = form.querySelector(".filter-clear");
  var text = form.querySelector(".filter-text input");
  var whole = status.textContent;
  var facets = Array.prototype.map.call(form.querySelectorAll(".facet"), function (element) {
    var boxes = Array.prototype.slice.call(element.querySelectorAll("input"));
    return { element: element, boxes: boxes, name: element.dataset.facet, count: element.querySelector(".facet-count") };
  });
  var rows = Array.prototype.map.call(body.rows, function (row, index) {
    var values = {};
    facets.forEach(function (facet) {
      values[facet.name] = (row.getAttribute("data-" + facet.name) || "").split("|");
    });
    return { row: row, index: index, values: values, words: row.textContent.toLowerCase() };
  });
  var usual = table.querySelector("th[aria-sort]");
  usual = usual ? usual.dataset.sort : "";
  var sorted = "";

  // Values of one facet widen the choice, several facets narrow it.
  function filter() {
    var words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    var active = facets.map(function (facet) {
      return facet.boxes.filter(function (box) { return box.checked; })
        .map(function (box) { return box.value; });
    });
    var count = 0;
    // How many rows each value would show, given what is chosen in the other facets.
    var tally = facets.map(function () { return Object.create(null); });
    rows.forEach(function (item) {
      var found = words.every(function (word) { return item.words.indexOf(word) >= 0; });
      var missed = [];
      active.forEach(function (wanted, i) {
        var values = item.values[facets[i].name];
        if (wanted.length && !wanted.some(function (value) { return values.indexOf(value) >= 0; })) missed.push(i);
      });
      var fits = found && !missed.length;
      if (fits) count += 1;
      if (item.row.hidden === fits) item.row.hidden = !fits;
      if (!found || missed.length > 1) return;
      facets.forEach(function (facet, i) {
        if (missed.length && missed[0] !== i) return;
        item.values[facet.name].forEach(function (value) { tally[i][value] = (tally[i][value] || 0) + 1; });
      });
    });
    var any = words.length > 0;
    facets.forEach(function (facet, i) {
      var n = active[i].length;
      any = any || n > 0;
      facet.element.classList.toggle("active", n > 0);
      facet.count.hidden = n === 0;
      facet.count.textContent = n || "";
      facet.boxes.forEach(function (box) {
        var n = tally[i][box.value] || 0;
        box.parentElement.querySelector(".count").textContent = n;
        box.parentElement.classList.toggle("none", n === 0);
      });
    });
    clear.hidden = !any;
    nothing.hidden = count > 0;
    table.parentElement.hidden = count === 0;
    var message = any ? casebookText("some_of", { n: count, all: whole }) : whole;
    if (status.textContent !== message) status.textContent = message;
  }

  // Columns.
  var headings = Array.prototype.slice.call(table.querySelectorAll("th[data-sort]"));
  headings.forEach(function (th) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.textContent = th.textContent;
    th.textContent = "";
    th.append(button);
    button.addEventListener("click", function () {
      var name = th.dataset.sort;
      var first = name === "severity" || th.classList.contains("numeric") ? "-" + name : name;
      var other = first === name ? "-" + name : name;
      sort(sorted === first ? other : first);
      remember();
    });
  });

  function keyOf(item, column) {
    var cell = item.row.cells[column];
    var value = cell.dataset.value;
    return value === undefined ? cell.textContent.trim() : Number(value);
  }

  function sort(wanted) {
    var name = wanted.replace(/^-/, "");
    var th = headings.filter(function (h) { return h.dataset.sort === name; })[0];
    if (!th) return;
    var down = wanted.charAt(0) === "-" ? -1 : 1;
    var column = th.cellIndex;
    var keys = rows.map(function (item) { return keyOf(item, column); });
    rows.slice().sort(function (a, b) {
      var x = keys[a.index];
      var y = keys[b.index];
      var by = typeof x === "number" && typeof y === "number" ? x - y
        : String(x).localeCompare(String(y), root().lang, { numeric: true });
      return by * down || a.index - b.index;
    }).forEach(function (item) { body.append(item.row); });
    headings.forEach(function (h) { h.removeAttribute("aria-sort"); });
    th.setAttribute("aria-sort", down < 0 ? "descending" : "ascending");
    sorted = wanted;
  }

  function root() {
    return document.documentElement;
  }

  // The address.
  function remember() {
    var query = new URLSearchParams();
    if (text.value.trim()) query.set("filter", text.value.trim());
    facets.forEach(function (facet) {
      facet.boxes.forEach(function (box) {
        if (box.checked) query.append(facet.name, box.value);
      });
    });
    if (sorted && sorted !== usual) query.set("sort", sorted);
    var search = query.toString();
    try {
      history.replaceState(history.state, "", location.pathname + (search ? "?" + search : "") + location.hash);
    } catch (error) {
      // Some browsers refuse this for files. Filtering works all the same.
    }
  }

  function recall() {
    var query = new URLSearchParams(location.search);
    text.value = query.get("filter") || "";
    facets.forEach(function (facet) {
      var wanted = query.getAll(facet.name);
      facet.boxes.forEach(function (box) { box.checked = wanted.indexOf(box.value) >= 0; });
    });
    if (query.get("sort")) sort(query.get("sort"));
    else sorted = usual;
    filter();
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

  form.addEventListener("input", function () {
    filter();
    remember();
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function (event) {
    event.preventDefault();
    empty();
  });
  nothing.querySelector("[data-clear]").addEventListener("click", empty);
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
    var open = event.key === "Escape" && event.target.closest(".facet[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.stopPropagation();
  });
  recall();
})();
