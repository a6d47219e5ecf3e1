// Before the first paint: whether the slides are shown, or the page is read.
(function () {
  "use strict";
  var view = "slides";
  try {
    if (sessionStorage.getItem("casebook-deck") === "page") view = "page";
  } catch (error) {
    // Storage may be forbidden. Then the slides are shown.
  }
  document.documentElement.dataset.deck = view;
})();
