// Learning: ticks that last, exercises, questions with feedback, and how far the reader is.
// Everything is kept in this browser, and everything works where nothing can be kept.
(function () {
  "use strict";
  var root = document.documentElement;
  var all = function (selector, from) {
    return Array.prototype.slice.call((from || document).querySelectorAll(selector));
  };
  var make = window.casebookDom.make;
  var text = window.casebookText;
  var button = function (label, act) { return window.casebookDom.button(label, act, "button small"); };
  var memory = {};
  var stored = function (key, value) {
    try {
      if (value === undefined) return localStorage.getItem(key);
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch (error) {
      // Storage is forbidden or full: it lasts as long as the page.
      if (value === undefined) return memory[key] || null;
      memory[key] = value;
    }
  };
  var words = function (element) {
    return element.textContent.replace(/\s+/g, " ").trim().slice(0, 80);
  };

  var site = new URL(root.dataset.root || ".", location.href).pathname;
  var tasksKey = function (page) { return "casebook-tasks:" + site + page; };
  var progressKey = function (page) { return "casebook-progress:" + site + page; };
  /** What is kept of a page: how many things are done, of how many. */
  var progressOf = function (page) {
    var parts = (stored(progressKey(page)) || "0/0").split("/");
    return { done: Number(parts[0]) || 0, total: Number(parts[1]) || 0 };
  };
  var bar = function () {
    var element = make("progress");
    element.setAttribute("aria-hidden", "true");
    return element;
  };

  // ---- A page with things to finish ----

  var article = document.querySelector("article[data-tasks]");
  if (article) {
    var page = article.dataset.tasks;
    // The boxes that are not as the author left them.
    var changed = (stored(tasksKey(page)) || "").split("\n").filter(Boolean);
    var seen = {};
    var boxes = [];
    // What belongs to another page is finished there.
    var own = function (element) { return !element.closest(".fragment"); };
    var name = function (prefix, element) {
      var begin = prefix + words(element);
      seen[begin] = (seen[begin] || 0) + 1;
      return begin + "#" + seen[begin];
    };
    var keep = function (box) {
      changed = changed.filter(function (other) { return other !== box.name; });
      if (box.isDone() !== box.byAuthor) changed.push(box.name);
      stored(tasksKey(page), changed.length ? changed.join("\n") : null);
      show();
    };
    /** A check box that lasts. */
    var tick = function (input, label) {
      var box = {
        name: label,
        byAuthor: input.defaultChecked,
        isDone: function () { return input.checked; },
        reset: function () { input.checked = input.defaultChecked; },
      };
      input.disabled = false;
      if (changed.indexOf(label) >= 0) input.checked = !input.defaultChecked;
      input.addEventListener("change", function () { keep(box); });
      boxes.push(box);
    };
    var addTick = function (parent, words, label) {
      var input = make("input");
      input.type = "checkbox";
      var line = make("label", "tick");
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
      var label = name("quiz ", quiz.querySelector(".question") || quiz);
      var box = ask(quiz, number, changed.indexOf(label) >= 0, function () { keep(box); });
      box.name = label;
      box.byAuthor = false;
      if (own(quiz)) boxes.push(box);
    });

    var foot = make("div", "page-progress");
    if (!boxes.length) addTick(foot, text("done_with_page"), "page#1");
    var meter = bar();
    var count = make("p", "count");
    count.setAttribute("role", "status");
    var clear = button(text("clear_page"), function () {
      changed = [];
      boxes.forEach(function (box) { box.reset(); });
      stored(tasksKey(page), null);
      show();
      count.focus();
    });
    if (boxes.length > 1) foot.append(meter);
    foot.append(count, clear);
    count.tabIndex = -1;
    var place = article.querySelector(".deck") ? null : article.querySelector(".prose");
    if (place) place.append(foot);
    show();

    function show() {
      var done = boxes.filter(function (box) { return box.isDone(); }).length;
      var total = boxes.length;
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
    var several = quiz.dataset.choose === "several";
    var choices = all(".choices > li", quiz);
    var answers = all(".answers > ol > li", quiz);
    var details = quiz.querySelector(".answers");
    var title = quiz.querySelector(".callout-title");
    var list = quiz.querySelector(".choices");
    var result = make("p", "result");
    result.setAttribute("role", "status");
    list.setAttribute("aria-live", "polite");
    var inputs = choices.map(function (choice) {
      var input = make("input");
      input.type = several ? "checkbox" : "radio";
      input.name = "quiz-" + number;
      var label = make("label");
      var content = make("span");
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
    var isRight = function (index) { return answers[index].classList.contains("right"); };
    var forget = function () {
      result.textContent = "";
      choices.forEach(function (choice) {
        choice.className = "";
        all(".feedback", choice).forEach(function (old) { old.remove(); });
      });
    };
    var tell = function (index) {
      choices[index].className = isRight(index) ? "right" : "wrong";
      var feedback = make("div", "feedback");
      Array.prototype.forEach.call(answers[index].childNodes, function (node) {
        feedback.append(node.cloneNode(true));
      });
      choices[index].append(feedback);
    };
    var check = button(text("check"), function () {
      forget();
      var chosen = 0, wrong = 0, missing = 0;
      inputs.forEach(function (input, index) {
        if (input.checked) chosen += 1;
        if (input.checked && !isRight(index)) wrong += 1;
        if (!input.checked && isRight(index)) missing += 1;
      });
      if (!chosen) {
        result.textContent = text("choose_first");
        return;
      }
      var right = !wrong && !missing;
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
    var tools = make("div", "quiz-tools");
    tools.append(check, result);
    list.after(tools);
    var state = function () {
      quiz.classList.toggle("is-done", done);
      title.textContent = text(done ? "question_answered" : "question");
    };
    state();
    return {
      isDone: function () { return done; },
      reset: function () {
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
    var path = link.pathname;
    return path.indexOf(site) === 0 ? decodeURIComponent(path.slice(site.length)) : path;
  }

  /** Marks pages that are done, in the sidebar. */
  function marks() {
    all(".sidebar a").forEach(function (link) {
      var kept = progressOf(pageOf(link));
      var done = kept.total > 0 && kept.done === kept.total;
      link.classList.toggle("is-done", done);
      var mark = link.querySelector(".done-mark");
      if (done && !mark) link.append(make("span", "hidden done-mark", " " + text("is_done")));
      if (!done && mark) mark.remove();
    });
  }

  var cards = all(".card[data-boxes]").map(function (card) {
    var link = card.querySelector("a");
    return { card: card, page: pageOf(link), boxes: Math.max(1, Number(card.dataset.boxes)) };
  });
  var holder = document.querySelector("[data-progress]");
  if (holder && cards.length) {
    var line = make("p", "count");
    line.tabIndex = -1;
    line.setAttribute("role", "status");
    var sum = bar();
    var sure = null;
    var startAgain = button(text("start_again"), function () {
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
    showSection();
    // Pages in other windows.
    addEventListener("storage", showSection);
    addEventListener("pageshow", showSection);
  }
  function showSection() {
    var done = 0, begun = false;
    cards.forEach(function (item) {
      var kept = progressOf(item.page);
      var is = kept.done >= item.boxes;
      if (is) done += 1;
      begun = begun || kept.done > 0;
      item.card.classList.toggle("is-done", is);
      var mark = item.card.querySelector(".card-progress");
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
  if (!article) marks();
})();
