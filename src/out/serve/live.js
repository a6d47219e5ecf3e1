// Live reload, and the errors of the content. Added to each page by `casebook serve`;
// it is no part of a built site.
(function () {
  "use strict";
  var edition = document.currentScript.getAttribute("data-edition");
  var place = "casebook-live:" + location.pathname;
  var source = null;
  var hidden = "";

  // Where the reader was, unless the browser knows already.
  var kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(place));
    sessionStorage.removeItem(place);
  } catch (error) {
    // No storage: the page starts at its top.
  }
  if (kept) {
    var restore = function () {
      window.scrollTo(kept.x, kept.y);
    };
    restore();
    // Pictures may have moved the text.
    window.addEventListener("load", restore, { once: true });
  }

  function reload() {
    stop();
    try {
      var at = { x: window.scrollX, y: window.scrollY };
      sessionStorage.setItem(place, JSON.stringify(at));
    } catch (error) {
      // As above.
    }
    location.reload();
  }

  function show(text, stale) {
    var box = document.getElementById("Casebook-trouble");
    if (box) box.remove();
    if (!text || text === hidden) return;
    box = document.createElement("section");
    box.id = "Casebook-trouble";
    box.setAttribute("role", "alert");
    box.setAttribute("aria-label", "Errors in the content");
    var head = document.createElement("p");
    head.textContent = "The content has errors.";
    if (stale) head.textContent += " You see the last version without.";
    var close = document.createElement("button");
    close.type = "button";
    close.textContent = "Hide";
    close.addEventListener("click", function () {
      hidden = text;
      box.remove();
    });
    var list = document.createElement("pre");
    list.tabIndex = 0;
    list.textContent = text;
    head.append(" ", close);
    box.append(head, list);
    document.body.append(box);
  }

  function start() {
    if (source || document.hidden) return;
    source = new EventSource("/.casebook/events");
    source.addEventListener("state", function (event) {
      var state = JSON.parse(event.data);
      if (state.edition !== edition) reload();
      else show(state.trouble, state.stale);
    });
  }

  function stop() {
    if (source) source.close();
    source = null;
  }

  // Browsers allow few connections per server: a page that nobody sees needs none.
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) stop();
    else start();
  });
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", start);
  start();
})();
