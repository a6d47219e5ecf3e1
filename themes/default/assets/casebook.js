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
  const root = document.documentElement;
  const all = function (selector, from) {
    return Array.prototype.slice.call((from || document).querySelectorAll(selector));
  };
  const make = window.casebookDom.make;
  // Storage may be forbidden, and then nothing is kept.
  const stored = function (kind, key, value) {
    try {
      if (value === undefined) return window[kind].getItem(key);
      if (value === null) window[kind].removeItem(key);
      else window[kind].setItem(key, value);
    } catch {
      return null;
    }
  };

  // Colours: as the system, light, dark, and round again.
  const themeSwitch = document.getElementById("Casebook-colours");
  if (themeSwitch) {
    const order = ["auto", "light", "dark"];
    const current = function () {
      return root.getAttribute("data-theme") || "auto";
    };
    const label = function () {
      const choice = casebookText("colours_" + current());
      themeSwitch.title = casebookText("colours", { choice });
      themeSwitch.setAttribute("aria-label", themeSwitch.title);
    };
    const choose = function (theme) {
      if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
      else root.removeAttribute("data-theme");
      label();
    };
    themeSwitch.addEventListener("click", function () {
      const next = order[(order.indexOf(current()) + 1) % order.length];
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
  const menu = document.getElementById("Casebook-menu");
  if (menu) {
    const here = menu.querySelector('.sidebar [aria-current="page"]');
    const key = "Casebook-menu:" + (new URL(".", location.href)).pathname;
    menu.scrollTop = Number(stored("sessionStorage", key)) || 0;
    if (here) {
      const box = menu.getBoundingClientRect();
      const at = here.getBoundingClientRect();
      if (at.top < box.top || at.bottom > box.bottom) {
        menu.scrollTop += at.top - box.top - box.height / 3;
      }
    }
    addEventListener("pagehide", function () {
      stored("sessionStorage", key, String(menu.scrollTop));
    });
  }

  // Sections that have no room in the header move behind a word. One menu is open at a time.
  const sections = document.querySelector(".sections");
  if (sections && window.ResizeObserver) {
    const row = sections.querySelector("ul");
    const more = sections.querySelector(".sections-more");
    const rest = more.querySelector("ul");
    const word = more.querySelector("summary");
    const fit = function () {
      const width = sections.clientWidth;
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
    const menus = function () { return all("details[open]", sections).filter(function (menu) { return !more.contains(menu) || menu === more; }); };
    document.addEventListener("click", function (event) {
      menus().forEach(function (menu) {
        if (!menu.contains(event.target)) menu.open = false;
      });
    });
    sections.addEventListener("keydown", function (event) {
      const open = event.key === "Escape" && menus()[0];
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
  const toc = document.getElementById("Casebook-toc");
  if (toc) {
    const links = all("a", toc);
    const targets = links.map(function (link) {
      return document.getElementById(casebookAnchor(link.hash));
    });
    let marked = null;
    let waiting = false;
    const mark = function () {
      waiting = false;
      const line = 120;
      let found = -1;
      for (let i = 0; i < targets.length; i++) {
        if (targets[i] && targets[i].getBoundingClientRect().top <= line) found = i;
      }
      const end = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
      if (end && scrollY > 0 && found < 0) found = 0;
      if (marked) marked.removeAttribute("aria-current");
      marked = links[found] || null;
      if (!marked) return;
      marked.setAttribute("aria-current", "true");
      // A long list follows the reader.
      const box = toc.getBoundingClientRect();
      const at = marked.getBoundingClientRect();
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
  const say = function (button, text) {
    const before = button.textContent;
    button.textContent = text;
    setTimeout(function () {
      button.textContent = before;
    }, 1500);
  };
  const copyBySelection = function (text) {
    const area = make("textarea");
    area.value = text;
    area.className = "hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  all("figure.code").forEach(function (figure) {
    const code = figure.querySelector("code");
    if (!code) return;
    const tools = make("div", "code-tools");
    if (figure.querySelector(".boring")) {
      const more = make("button", "", casebookText("all_lines"));
      more.type = "button";
      more.setAttribute("aria-pressed", "false");
      more.addEventListener("click", function () {
        const shown = figure.classList.toggle("show-boring");
        more.setAttribute("aria-pressed", String(shown));
      });
      tools.append(more);
    }
    const copy = make("button", "", casebookText("copy"));
    copy.type = "button";
    copy.setAttribute("aria-live", "polite");
    copy.addEventListener("click", function () {
      const text = code.textContent;
      const fallback = function () {
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
  const copyLink = function (anchor) {
    const done = function () {
      const status = document.getElementById("Casebook-copied") || make("p", "hidden");
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
    const fallback = function () {
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
  const reachable = function (box) {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  if (window.IntersectionObserver) {
    const boxes = all(".table-wrap, figure pre, .prose > pre");
    const near = new IntersectionObserver(function (seen) {
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
