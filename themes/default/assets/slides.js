// Slides: one at a time, with the keyboard, notes, an overview, and for print one a page.
(function () {
  "use strict";
  const root = document.documentElement;
  const deck = document.querySelector(".deck");
  if (!deck) return;
  const text = window.casebookText;
  const all = function (selector, from) {
    return Array.prototype.slice.call((from || document).querySelectorAll(selector));
  };
  const make = function (name, words, className) {
    const element = document.createElement(name);
    if (words) element.textContent = words;
    if (className) element.className = className;
    return element;
  };
  const slides = all(".slide", deck);
  let current = 0;

  // ---- Each slide: what is seen, and what is said ----

  const header = document.querySelector(".page-header");
  const titles = [];
  const times = slides.map(function (slide, index) {
    const body = make("div", "", "slide-body");
    const fit = make("div", "", "slide-fit");
    const said = make("div", "", "slide-notes");
    let seconds = 0;
    Array.prototype.slice.call(slide.childNodes).forEach(function (node) {
      const notes = node.nodeType === 1 && node.classList.contains("speaker-notes");
      if (notes) seconds += Number(node.dataset.seconds) || 0;
      (notes ? said : fit).append(node);
    });
    if (index === 0 && header) {
      const title = make("div", "", "deck-title");
      // The heading itself stays above all slides, for those who do not see them.
      title.setAttribute("aria-hidden", "true");
      all("h1, .lead", header).forEach(function (part) { title.append(make("p", part.textContent, part.className || "deck-name")); });
      fit.prepend(title);
      slide.classList.add("slide-title");
    }
    const heading = fit.querySelector(".deck-name, h2, h3");
    const words = heading && heading.cloneNode(true);
    if (words) all(".anchor", words).forEach(function (anchor) { anchor.remove(); });
    titles.push(words ? words.textContent.trim() : "");
    if (!said.firstChild) said.append(make("p", text("no_notes"), "empty"));
    body.append(fit);
    slide.append(body, said);
    slide.tabIndex = -1;
    const pick = make("a", "", "slide-pick");
    pick.href = "#" + (index + 1);
    pick.setAttribute("aria-label", text("slide_of", { n: index + 1, all: slides.length }) + (titles[index] ? ": " + titles[index] : ""));
    slide.append(pick);
    return seconds;
  });
  const total = times.reduce(function (sum, seconds) { return sum + seconds; }, 0);
  const until = function (index) {
    return times.slice(0, index + 1).reduce(function (sum, seconds) { return sum + seconds; }, 0);
  };
  const clock = function (seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const rest = String(whole % 60).padStart(2, "0");
    return whole < 3600 ? Math.floor(whole / 60) + ":" + rest
      : Math.floor(whole / 3600) + ":" + String(Math.floor(whole / 60) % 60).padStart(2, "0") + ":" + rest;
  };

  // ---- The bar below ----

  const tools = make("div", "", "deck-tools");
  tools.setAttribute("role", "toolbar");
  tools.setAttribute("aria-label", text("slides"));
  const tool = function (key, sign, act) {
    const button = make("button", sign);
    button.type = "button";
    if (sign !== text(key)) button.setAttribute("aria-label", text(key));
    button.title = text(key);
    button.addEventListener("click", act);
    tools.append(button);
    return button;
  };
  const back = tool("slide_back", "\u2190", function () { go(current - 1); });
  const position = make("span", "", "deck-position");
  tools.append(position);
  const forth = tool("slide_next", "\u2192", function () { go(current + 1); });
  tools.append(make("span", "", "deck-space"));
  const views = {
    overview: tool("slides_overview", text("slides_overview"), function () { toggle("overview"); }),
    notes: tool("slides_notes", text("slides_notes"), function () { toggle("notes"); }),
  };
  tool("slides_page", text("page"), function () { show("page"); });
  tool("slides_help", "?", function () { help.showModal(); });
  const main = document.querySelector("main") || document.body;
  const status = make("p", "", "hidden");
  status.setAttribute("role", "status");
  main.append(tools, status);

  // ---- The clock beside the notes ----

  const panel = make("div", "", "deck-clock");
  const elapsed = make("p", "0:00", "deck-elapsed");
  elapsed.setAttribute("role", "timer");
  elapsed.setAttribute("aria-label", text("clock_elapsed"));
  const now = make("p", "", "deck-now");
  const plan = make("p", "", "deck-plan");
  let begun = null;
  let kept = 0;
  const passed = function () { return kept + (begun === null ? 0 : (Date.now() - begun) / 1000); };
  const run = make("button", text("clock_start"), "button small");
  run.type = "button";
  const start = function () {
    if (begun === null) begun = Date.now();
    run.textContent = text("clock_pause");
  };
  run.addEventListener("click", function () {
    if (begun === null) return start();
    kept = passed();
    begun = null;
    run.textContent = text("clock_start");
  });
  const reset = make("button", text("clock_reset"), "button small");
  reset.type = "button";
  reset.addEventListener("click", function () {
    kept = 0;
    if (begun !== null) begun = Date.now();
    beat();
  });
  panel.append(elapsed, now, run, reset, plan);
  deck.append(panel);
  const beat = function () {
    const seconds = passed();
    elapsed.textContent = clock(seconds);
    now.textContent = new Date().toLocaleTimeString(root.lang, { hour: "2-digit", minute: "2-digit" });
    if (total) panel.classList.toggle("is-late", seconds > until(current));
  };
  const tell = function () {
    plan.textContent = total ? text("clock_plan", {
      slide: clock(times[current]), sofar: clock(until(current)), total: clock(total),
    }) : "";
    beat();
  };
  setInterval(function () {
    if (root.dataset.deck === "notes") beat();
  }, 500);

  // ---- Help ----

  const help = make("dialog", "", "deck-help");
  help.setAttribute("aria-labelledby", "Casebook-deck-help-title");
  const helpTitle = make("h2", text("slides_help"));
  helpTitle.id = "Casebook-deck-help-title";
  const keys = make("dl");
  /** @type {[string[], string][]} */
  const said = [
    [["\u2192", "\u2193", text("key_space"), "Page Down"], "slide_next"],
    [["\u2190", "\u2191", "Page Up"], "slide_back"],
    [["Home", "End"], "slides_ends"],
    [["n"], "slides_notes"],
    [["o"], "slides_overview"],
    [["f"], "slides_full"],
    [["r"], "slides_page"],
    [["?"], "slides_help"],
  ];
  said.forEach(function (line) {
    const term = make("dt");
    line[0].forEach(function (key) { term.append(make("kbd", key), " "); });
    keys.append(term, make("dd", text(line[1])));
  });
  const close = make("button", text("close"), "button");
  close.type = "button";
  close.addEventListener("click", function () { help.close(); });
  help.append(helpTitle, keys, make("p", text("slides_print")), close);
  main.append(help);

  // ---- Fitting: what is too much for a slide is made smaller ----

  const sizes = [1, 0.92, 0.85, 0.78, 0.72, 0.66, 0.6, 0.54, 0.5];
  let fitted = slides.map(function () { return false; });
  const overflows = function (body, fit) {
    const style = getComputedStyle(body);
    const room = body.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    return fit.getBoundingClientRect().height > room + 1
      || all(".table-wrap, pre, .diagram-scroll", fit).some(function (box) { return box.scrollWidth > box.clientWidth + 2; });
  };
  // Only what scrolls needs to be reached by the keyboard.
  const reach = function (within) {
    all(".table-wrap, pre, .diagram-scroll", within).forEach(function (box) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  };
  const fitOne = function (index) {
    if (fitted[index]) return;
    const body = slides[index].querySelector(".slide-body");
    const fit = body.firstChild;
    if (!body.clientHeight) return;
    fitted[index] = true;
    for (let i = 0; i < sizes.length; i++) {
      fit.style.zoom = sizes[i];
      if (!overflows(body, fit)) break;
    }
    // What still does not fit scrolls, and can be scrolled with the keyboard.
    if (overflows(body, fit)) body.tabIndex = 0;
    else body.removeAttribute("tabindex");
  };
  const isPhone = matchMedia("(width < 640px)");
  const fitAll = function () {
    if (root.dataset.deck === "page") return;
    fitted = fitted.map(function () { return false; });
    root.classList.add("deck-measure");
    if (!isPhone.matches || matchMedia("print").matches) slides.forEach(function (slide, index) { fitOne(index); });
    else all(".slide-fit", deck).forEach(function (fit) { fit.style.zoom = ""; });
    root.classList.remove("deck-measure");
  };
  addEventListener("resize", fitAll);
  isPhone.addEventListener("change", fitAll);
  // A folded answer takes room once it is open.
  deck.addEventListener("toggle", function (event) {
    const slide = event.target.closest(".slide");
    if (!slide || root.dataset.deck === "page") return;
    fitted[slides.indexOf(slide)] = false;
    if (!isPhone.matches) fitOne(slides.indexOf(slide));
  }, true);
  deck.addEventListener("click", function (event) {
    const slide = event.target.closest(".quiz-tools") && event.target.closest(".slide");
    if (!slide || root.dataset.deck === "page" || isPhone.matches) return;
    setTimeout(function () {
      fitted[slides.indexOf(slide)] = false;
      fitOne(slides.indexOf(slide));
    }, 0);
  });

  // ---- Where we are ----

  const remember = function (view) {
    try {
      sessionStorage.setItem("casebook-deck", view === "page" ? "page" : "slides");
    } catch {
      // Storage may be forbidden.
    }
  };
  const address = function () {
    const hash = "#" + (current + 1);
    if (location.hash === hash) return;
    try {
      history.replaceState(null, "", hash);
    } catch {
      location.hash = hash;
    }
  };
  const mark = function () {
    slides.forEach(function (slide, index) {
      slide.classList.toggle("current", index === current);
      slide.classList.toggle("after", index === current + 1);
      // On a phone the slide itself scrolls.
      slide.tabIndex = index === current && isPhone.matches ? 0 : -1;
      const pick = slide.querySelector(".slide-pick");
      if (index === current) pick.setAttribute("aria-current", "true");
      else pick.removeAttribute("aria-current");
      // In notes, the next slide is only looked at.
      slide.querySelector(".slide-body").inert = root.dataset.deck === "overview"
        || (root.dataset.deck === "notes" && index !== current);
    });
    back.disabled = current === 0;
    forth.disabled = current === slides.length - 1;
    position.textContent = (current + 1) + " / " + slides.length;
    tell();
  };
  function go(index, quiet) {
    const target = Math.max(0, Math.min(slides.length - 1, index));
    if (target !== current && root.dataset.deck === "notes") start();
    current = target;
    mark();
    if (!quiet) address();
    const slide = slides[current];
    slide.querySelector(".slide-body").scrollTop = 0;
    if (!isPhone.matches) fitOne(current);
    reach(slide);
    if (root.dataset.deck === "overview") slide.scrollIntoView({ block: "nearest" });
    status.textContent = text("slide_of", { n: current + 1, all: slides.length })
      + (titles[current] ? ": " + titles[current] : "");
  }
  function show(view) {
    root.dataset.deck = view;
    remember(view);
    Object.keys(views).forEach(function (name) {
      views[name].setAttribute("aria-pressed", String(name === view));
    });
    mark();
    if (view === "page") {
      all(".slide-body", deck).forEach(function (body) {
        body.inert = false;
        body.firstChild.style.zoom = "";
      });
      reach(deck);
      slides[current].scrollIntoView();
    } else {
      scrollTo(0, 0);
      fitAll();
      go(current);
    }
    if (view === "overview") slides[current].querySelector(".slide-pick").focus();
    else if (document.activeElement && document.activeElement.closest(".slide-pick")) slides[current].focus({ preventScroll: true });
  }
  function toggle(view) { show(root.dataset.deck === view ? "slides" : view); }
  /** The slide that an address means: a number, or something on it. */
  const named = function () {
    const name = casebookAnchor(location.hash);
    if (/^\d+$/.test(name)) return Number(name) - 1;
    const target = name && document.getElementById(name);
    const slide = target && target.closest(".slide");
    return slide ? slides.indexOf(slide) : -1;
  };
  addEventListener("hashchange", function () {
    const index = named();
    if (index < 0 || root.dataset.deck === "page") return;
    if (root.dataset.deck === "overview") {
      current = Math.min(index, slides.length - 1);
      show("slides");
    } else if (index !== current) go(index, true);
  });
  deck.addEventListener("click", function (event) {
    if (!event.target.closest(".slide-pick")) return;
    event.preventDefault();
    current = slides.indexOf(event.target.closest(".slide"));
    show("slides");
    slides[current].focus({ preventScroll: true });
  });

  const full = function () {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (root.requestFullscreen) root.requestFullscreen().catch(function () {});
  };
  addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const target = event.target;
    if (target.closest("input, select, textarea, dialog, [popover]")) return;
    const view = root.dataset.deck;
    if (view === "page") {
      if (event.key === "r") show("slides");
      return;
    }
    const native = target.closest("a, button, summary, label, [contenteditable]");
    const scrolls = target.closest(".slide-body[tabindex]");
    const acts = {
      ArrowRight: 1, ArrowDown: scrolls ? 0 : 1, PageDown: 1, ArrowLeft: -1, ArrowUp: scrolls ? 0 : -1, PageUp: -1,
    };
    if (acts[event.key]) go(current + acts[event.key]);
    else if (event.key === " " && !native) go(current + (event.shiftKey ? -1 : 1));
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(slides.length - 1);
    else if (event.key === "n") toggle("notes");
    else if (event.key === "o") toggle("overview");
    else if (event.key === "r") show("page");
    else if (event.key === "f") full();
    else if (event.key === "?") help.showModal();
    else if (event.key === "Escape" && view !== "slides") show("slides");
    else return;
    event.preventDefault();
    if (view === "overview") slides[current].querySelector(".slide-pick").focus();
  });

  // A stroke to the side, but not on what scrolls sideways itself.
  let from = null;
  deck.addEventListener("touchstart", function (event) {
    const touch = event.touches[0];
    const scroller = event.target.closest(".table-wrap, pre, .diagram-scroll");
    from = event.touches.length === 1 && !(scroller && scroller.scrollWidth > scroller.clientWidth) ? touch : null;
  }, { passive: true });
  deck.addEventListener("touchend", function (event) {
    if (!from || root.dataset.deck !== "slides") return;
    const touch = event.changedTouches[0];
    const x = touch.clientX - from.clientX;
    if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(touch.clientY - from.clientY)) go(current + (x < 0 === (root.dir !== "rtl") ? 1 : -1));
  }, { passive: true });

  all("[data-show-deck]").forEach(function (button) {
    button.addEventListener("click", function () { show("slides"); });
  });
  addEventListener("beforeprint", function () {
    if (root.dataset.deck !== "page") fitAll();
  });

  deck.classList.add("ready");
  const first = named();
  if (first >= 0) current = Math.min(first, slides.length - 1);
  if (root.dataset.deck === "page") mark();
  else {
    fitAll();
    go(current, first < 0 || /\D/.test(location.hash.slice(1)));
  }
})();
