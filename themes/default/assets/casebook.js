// What a page gains with scripts: colours by choice, copy buttons, the current heading.
// Everything else works without. The parts named here stand in the same file.
// @import "dom.js";
// @import "browse.js";
// @import "later.js";
// @import "picks.js";
// @import "reading.js";
// @import "diagram.js";
// @import "learn.js";
// @import "log.js";
(function () {
  "use strict";
  var root = document.documentElement;
  var all = function (selector, from) {
    return Array.prototype.slice.call((from || document).querySelectorAll(selector));
  };
  var make = window.casebookDom.make;
  // Storage may be forbidden, and then nothing is kept.
  var stored = function (kind, key, value) {
    try {
      if (value === undefined) return window[kind].getItem(key);
      if (value === null) window[kind].removeItem(key);
      else window[kind].setItem(key, value);
    } catch (error) {
      return null;
    }
  };

  // Colours: as the system, light, dark, and round again.
  var themeSwitch = document.getElementById("Casebook-colours");
  if (themeSwitch) {
    var order = ["auto", "light", "dark"];
    var current = function () {
      return root.getAttribute("data-theme") || "auto";
    };
    var label = function () {
      var choice = casebookText("colours_" + current());
      themeSwitch.title = casebookText("colours", { choice: choice });
      themeSwitch.setAttribute("aria-label", themeSwitch.title);
    };
    var choose = function (theme) {
      if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
      else root.removeAttribute("data-theme");
      label();
    };
    themeSwitch.addEventListener("click", function () {
      var next = order[(order.indexOf(current()) + 1) % order.length];
      choose(next);
      stored("localStorage", "casebook-theme", next === "auto" ? null : next);
    });
    addEventListener("storage", function (event) {
      if (event.key === "casebook-theme") choose(event.newValue);
    });
    label();
  }

  // What is described goes on to the page that asks, behind the #, which no server sees.
  all("[data-ask-box]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      location.href = form.getAttribute("action") + "#text=" + encodeURIComponent(form.querySelector("textarea").value);
    });
  });

  // The sidebar keeps its place from page to page.
  var menu = document.getElementById("Casebook-menu");
  if (menu) {
    var here = menu.querySelector('.sidebar [aria-current="page"]');
    var key = "Casebook-menu:" + (new URL(".", location.href)).pathname;
    menu.scrollTop = Number(stored("sessionStorage", key)) || 0;
    if (here) {
      var box = menu.getBoundingClientRect();
      var at = here.getBoundingClientRect();
      if (at.top < box.top || at.bottom > box.bottom) {
        menu.scrollTop += at.top - box.top - box.height / 3;
      }
    }
    addEventListener("pagehide", function () {
      stored("sessionStorage", key, String(menu.scrollTop));
    });
  }

  // Sections that have no room in the header move behind a word. One menu is open at a time.
  var sections = document.querySelector(".sections");
  if (sections && window.ResizeObserver) {
    var row = sections.querySelector("ul");
    var more = sections.querySelector(".sections-more");
    var rest = more.querySelector("ul");
    var word = more.querySelector("summary");
    var fit = function () {
      var width = sections.clientWidth;
      more.hidden = true;
      all(".section-menu", rest).forEach(function (menu) { menu.open = false; });
      while (rest.firstChild) row.append(rest.firstChild);
      if (!width || row.scrollWidth <= width) return;
      more.hidden = false;
      while (row.children.length > 1 && row.getBoundingClientRect().width + more.offsetWidth > width) rest.prepend(row.lastElementChild);
      all(".section-menu", rest).forEach(function (menu) { menu.open = true; });
      word.toggleAttribute("data-current", Boolean(rest.querySelector("[aria-current], [data-current]")));
    };
    sections.setAttribute("data-fits", "");
    new ResizeObserver(fit).observe(sections);
    var menus = function () { return all("details[open]", sections).filter(function (menu) { return !more.contains(menu) || menu === more; }); };
    document.addEventListener("click", function (event) {
      menus().forEach(function (menu) {
        if (!menu.contains(event.target)) menu.open = false;
      });
    });
    sections.addEventListener("keydown", function (event) {
      var open = event.key === "Escape" && menus()[0];
      if (!open) return;
      open.open = false;
      open.querySelector("summary").focus();
    });
    sections.addEventListener("focusout", function (event) {
      menus().forEach(function (menu) {
        if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
      });
    });
  }

  // The contents of the page: the heading being read is marked.
  var toc = document.getElementById("Casebook-toc");
  if (toc) {
    var links = all("a", toc);
    var targets = links.map(function (link) {
      return document.getElementById(casebookAnchor(link.hash));
    });
    var marked = null;
    var waiting = false;
    var mark = function () {
      waiting = false;
      var line = 120;
      var found = -1;
      for (var i = 0; i < targets.length; i++) {
        if (targets[i] && targets[i].getBoundingClientRect().top <= line) found = i;
      }
      var end = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
      if (end && scrollY > 0 && found < 0) found = 0;
      if (marked) marked.removeAttribute("aria-current");
      marked = links[found] || null;
      if (!marked) return;
      marked.setAttribute("aria-current", "true");
      // A long list follows the reader.
      var box = toc.getBoundingClientRect();
      var at = marked.getBoundingClientRect();
      if (at.top < box.top + 40) toc.scrollTop -= box.top + 40 - at.top;
      else if (at.bottom > box.bottom - 40) toc.scrollTop += at.bottom - box.bottom + 40;
    };
    addEventListener("scroll", function () {
      if (!waiting) requestAnimationFrame(mark);
      waiting = true;
    }, { passive: true });
    mark();
    toc.addEventListener("click", function (event) {
      if (event.target.closest("a") && toc.matches(":popover-open")) toc.hidePopover();
    });
  }

  // Code: a copy button, and a button for hidden lines.
  var say = function (button, text) {
    var before = button.textContent;
    button.textContent = text;
    setTimeout(function () {
      button.textContent = before;
    }, 1500);
  };
  var copyBySelection = function (text) {
    var area = make("textarea");
    area.value = text;
    area.className = "hidden";
    document.body.append(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    return done;
  };
  all("figure.code").forEach(function (figure) {
    var code = figure.querySelector("code");
    if (!code) return;
    var tools = make("div", "code-tools");
    if (figure.querySelector(".boring")) {
      var more = make("button", "", casebookText("all_lines"));
      more.type = "button";
      more.setAttribute("aria-pressed", "false");
      more.addEventListener("click", function () {
        var shown = figure.classList.toggle("show-boring");
        more.setAttribute("aria-pressed", String(shown));
      });
      tools.append(more);
    }
    var copy = make("button", "", casebookText("copy"));
    copy.type = "button";
    copy.setAttribute("aria-live", "polite");
    copy.addEventListener("click", function () {
      var text = code.textContent;
      var fallback = function () {
        say(copy, casebookText(copyBySelection(text) ? "copied" : "not_copied"));
      };
      if (!navigator.clipboard) return fallback();
      navigator.clipboard.writeText(text).then(function () {
        say(copy, casebookText("copied"));
      }, fallback);
    });
    tools.append(copy);
    figure.append(tools);
  });

  // The sign at a heading copies the address of that place.
  var copyLink = function (anchor) {
    var done = function () {
      var status = document.getElementById("Casebook-copied") || make("p", "hidden");
      status.id = "Casebook-copied";
      status.setAttribute("role", "status");
      document.body.append(status);
      status.textContent = casebookText("link_copied");
      anchor.classList.add("copied");
      anchor.title = casebookText("link_copied");
      setTimeout(function () {
        status.textContent = "";
        anchor.classList.remove("copied");
        anchor.removeAttribute("title");
      }, 1500);
    };
    var fallback = function () {
      if (copyBySelection(anchor.href)) done();
    };
    if (!navigator.clipboard) return fallback();
    navigator.clipboard.writeText(anchor.href).then(done, fallback);
  };
  all("a.anchor").forEach(function (anchor) {
    anchor.addEventListener("click", function () {
      copyLink(anchor);
    });
  });

  all("[data-print]").forEach(function (button) {
    button.addEventListener("click", function () {
      print();
    });
  });

  // Only what scrolls needs to be reached by the keyboard. What is not near is not measured: that
  // would lay out all of a long page.
  var reachable = function (box) {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  if (window.IntersectionObserver) {
    var boxes = all(".table-wrap, figure pre, .prose > pre");
    var near = new IntersectionObserver(function (seen) {
      seen.forEach(function (entry) {
        if (entry.isIntersecting) reachable(entry.target);
      });
    }, { rootMargin: "50%" });
    boxes.forEach(function (box) { near.observe(box); });
    addEventListener("resize", function () {
      near.disconnect();
      boxes.forEach(function (box) { near.observe(box); });
    });
  }

  // The rows of a long list wait for their script; without it they are all shown.
  addEventListener("load", function () {
    all(".catalogue").forEach(function (table) {
      if (!table.querySelector(".there")) table.setAttribute("data-whole", "");
    });
  });
})();
