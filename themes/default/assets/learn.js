// Learning: ticks that last, exercises, questions with feedback, and how far the reader is.
// Everything is kept in this browser, and everything works where nothing can be kept.
(function () {
  "use strict";
  const root = document.documentElement;
  const all = function (selector, from) {
    return Array.prototype.slice.call((from || document).querySelectorAll(selector));
  };
  const make = window.casebookDom.make;
  const text = window.casebookText;
  const button = function (label, act) { return window.casebookDom.button(label, act, "button small"); };
  const memory = {};
  const stored = function (key, value) {
    try {
      if (value === undefined) return localStorage.getItem(key);
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // Storage is forbidden or full: it lasts as long as the page.
      if (value === undefined) return memory[key] || null;
      memory[key] = value;
    }
  };
  const words = function (element) {
    return element.textContent.replace(/\s+/g, " ").trim().slice(0, 80);
  };

  const site = new URL(root.dataset.root || ".", location.href).pathname;
  const tasksKey = function (page) { return "casebook-tasks:" + site + page; };
  const progressKey = function (page) { return "casebook-progress:" + site + page; };
  /** What is kept of a page: how many things are done, of how many. */
  const progressOf = function (page) {
    const parts = (stored(progressKey(page)) || "0/0").split("/");
    return { done: Number(parts[0]) || 0, total: Number(parts[1]) || 0 };
  };
  const bar = function () {
    const element = make("progress");
    element.setAttribute("aria-hidden", "true");
    return element;
  };

  // ---- A page with things to finish ----

  const article = document.querySelector("article[data-tasks]");
  if (article) {
    const page = article.dataset.tasks;
    // The boxes that are not as the author left them.
    let changed = (stored(tasksKey(page)) || "").split("\n").filter(Boolean);
    const seen = {};
    const boxes = [];
    // What belongs to another page is finished there.
    const own = function (element) { return !element.closest(".fragment"); };
    const name = function (prefix, element) {
      const begin = prefix + words(element);
      seen[begin] = (seen[begin] || 0) + 1;
      return begin + "#" + seen[begin];
    };
    const keep = function (box) {
      changed = changed.filter(function (other) { return other !== box.name; });
      if (box.isDone() !== box.byAuthor) changed.push(box.name);
      stored(tasksKey(page), changed.length ? changed.join("\n") : null);
      show();
    };
    /** A check box that lasts. */
    const tick = function (input, label) {
      const box = {
        name: label,
        byAuthor: input.defaultChecked,
        isDone () { return input.checked; },
        reset () { input.checked = input.defaultChecked; },
      };
      input.disabled = false;
      if (changed.indexOf(label) >= 0) input.checked = !input.defaultChecked;
      input.addEventListener("change", function () { keep(box); });
      boxes.push(box);
    };
    const addTick = function (parent, words, label) {
      const input = make("input");
      input.type = "checkbox";
      const line = make("label", "tick");
      line.append(input, " " + words);
      parent.append(line);
      tick(input, label);
    };

    all(".task input[type=checkbox]", article).filter(own).forEach(function (input) {
      tick(input, name("", input.closest(".task")));
    });
    all(".exercise", article).filter(own).forEach(function (exercise) {
      addTick(exercise, text("done"), name("exercise ", exercise.querySelector(".callout-title")));
    });
    all(".quiz", article).forEach(function (quiz, number) {
      const label = name("quiz ", quiz.querySelector(".question") || quiz);
      const box = ask(quiz, number, changed.indexOf(label) >= 0, function () { keep(box); });
      box.name = label;
      box.byAuthor = false;
      if (own(quiz)) boxes.push(box);
    });

    const foot = make("div", "page-progress");
    if (!boxes.length) addTick(foot, text("done_with_page"), "page#1");
    const meter = bar();
    const count = make("p", "count");
    count.setAttribute("role", "status");
    const clear = button(text("clear_page"), function () {
      changed = [];
      boxes.forEach(function (box) { box.reset(); });
      stored(tasksKey(page), null);
      show();
      count.focus();
    });
    if (boxes.length > 1) foot.append(meter);
    foot.append(count, clear);
    count.tabIndex = -1;
    const place = article.querySelector(".deck") ? null : article.querySelector(".prose");
    if (place) place.append(foot);
    show();

    function show() {
      const done = boxes.filter(function (box) { return box.isDone(); }).length;
      const total = boxes.length;
      meter.max = total;
      meter.value = done;
      count.textContent = boxes[0].name === "page#1" ? ""
        : text(done === total && total > 1 ? "all_done_on_page" : "done_on_page", { n: done, all: total });
      clear.hidden = !changed.length;
      foot.classList.toggle("is-done", done === total);
      // A page that nobody has touched leaves no trace.
      if (!changed.length) stored(progressKey(page), done && done === total ? done + "/" + total : null);
      else stored(progressKey(page), done + "/" + total);
      marks();
    }
  } else {
    // Questions can be answered on every page.
    all(".quiz").forEach(function (quiz, number) { ask(quiz, number, false, function () {}); });
  }

  /** Makes a question of a list of choices; gives its box. */
  function ask(quiz, number, done, keep) {
    const several = quiz.dataset.choose === "several";
    const choices = all(".choices > li", quiz);
    const answers = all(".answers > ol > li", quiz);
    const details = quiz.querySelector(".answers");
    const title = quiz.querySelector(".callout-title");
    const list = quiz.querySelector(".choices");
    const result = make("p", "result");
    result.setAttribute("role", "status");
    list.setAttribute("aria-live", "polite");
    const inputs = choices.map(function (choice) {
      const input = make("input");
      input.type = several ? "checkbox" : "radio";
      input.name = "quiz-" + number;
      const label = make("label");
      const content = make("span");
      while (choice.firstChild) content.append(choice.firstChild);
      label.append(input, content);
      choice.append(label);
      input.addEventListener("change", function () {
        forget();
        check.disabled = false;
      });
      return input;
    });
    list.classList.add("can-choose");
    const isRight = function (index) { return answers[index].classList.contains("right"); };
    const forget = function () {
      result.textContent = "";
      choices.forEach(function (choice) {
        choice.className = "";
        all(".feedback", choice).forEach(function (old) { old.remove(); });
      });
    };
    const tell = function (index) {
      choices[index].className = isRight(index) ? "right" : "wrong";
      const feedback = make("div", "feedback");
      Array.prototype.forEach.call(answers[index].childNodes, function (node) {
        feedback.append(node.cloneNode(true));
      });
      choices[index].append(feedback);
    };
    const check = button(text("check"), function () {
      forget();
      let chosen = 0, wrong = 0, missing = 0;
      inputs.forEach(function (input, index) {
        if (input.checked) chosen += 1;
        if (input.checked && !isRight(index)) wrong += 1;
        if (!input.checked && isRight(index)) missing += 1;
      });
      if (!chosen) {
        result.textContent = text("choose_first");
        return;
      }
      const right = !wrong && !missing;
      inputs.forEach(function (input, index) {
        if (input.checked || right) tell(index);
      });
      result.textContent = right ? text("that_is_right")
        : wrong > 1 ? text("wrong_choices", { n: wrong })
        : text(wrong ? "try_again" : "there_is_more");
      result.className = right ? "result right" : "result wrong";
      if (right && details.querySelector("ol ~ *")) details.open = true;
      if (right && !done) {
        done = true;
        keep();
      }
      state();
    });
    const tools = make("div", "quiz-tools");
    tools.append(check, result);
    list.after(tools);
    const state = function () {
      quiz.classList.toggle("is-done", done);
      title.textContent = text(done ? "question_answered" : "question");
    };
    state();
    return {
      isDone () { return done; },
      reset () {
        done = false;
        details.open = false;
        inputs.forEach(function (input) { input.checked = false; });
        forget();
        state();
      },
    };
  }

  // ---- How far the reader is in a section ----

  /** The page that a link leads to, as its own key has it. */
  function pageOf(link) {
    const path = link.pathname;
    return path.indexOf(site) === 0 ? decodeURIComponent(path.slice(site.length)) : path;
  }

  /** Marks pages that are done, in the sidebar. */
  function marks() {
    all(".sidebar a").forEach(function (link) {
      const kept = progressOf(pageOf(link));
      const done = kept.total > 0 && kept.done === kept.total;
      link.classList.toggle("is-done", done);
      const mark = link.querySelector(".done-mark");
      if (done && !mark) link.append(make("span", "hidden done-mark", " " + text("is_done")));
      if (!done && mark) mark.remove();
    });
  }

  const cards = all(".card[data-boxes]").map(function (card) {
    const link = card.querySelector("a");
    return { card, page: pageOf(link), boxes: Math.max(1, Number(card.dataset.boxes)) };
  });
  const holder = document.querySelector("[data-progress]");
  if (holder && cards.length) {
    const line = make("p", "count");
    line.tabIndex = -1;
    line.setAttribute("role", "status");
    const sum = bar();
    let sure = null;
    const startAgain = button(text("start_again"), function () {
      if (!sure) {
        startAgain.textContent = text("clear_pages", { n: cards.length });
        sure = setTimeout(function () {
          sure = null;
          startAgain.textContent = text("start_again");
        }, 6000);
        return;
      }
      clearTimeout(sure);
      sure = null;
      startAgain.textContent = text("start_again");
      cards.forEach(function (card) {
        stored(tasksKey(card.page), null);
        stored(progressKey(card.page), null);
      });
      showSection();
      line.focus();
    });
    holder.append(sum, line, startAgain);
    function showSection() {
      let done = 0, begun = false;
      cards.forEach(function (item) {
        const kept = progressOf(item.page);
        const is = kept.done >= item.boxes;
        if (is) done += 1;
        begun = begun || kept.done > 0;
        item.card.classList.toggle("is-done", is);
        let mark = item.card.querySelector(".card-progress");
        if (!mark) {
          mark = make("span", "card-progress");
          item.card.querySelector("h2, h3").append(mark);
        }
        mark.textContent = is ? text("done") : kept.done ? text("some_of", { n: kept.done, all: item.boxes }) : "";
      });
      line.textContent = text(done === cards.length ? "all_pages_done" : "pages_done", { n: done, all: cards.length });
      sum.max = cards.length;
      sum.value = done;
      startAgain.hidden = !begun;
      marks();
    }
    showSection();
    // Pages in other windows.
    addEventListener("storage", showSection);
    addEventListener("pageshow", showSection);
  }
  if (!article) marks();
})();
