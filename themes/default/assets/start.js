// Runs before the first paint: the reader's choice of colours, and the sign that
// scripts work.
(function () {
  "use strict";
  const root = document.documentElement;
  root.setAttribute("data-script", "");
  /** The name that the part of an address after `#` has; it may be anybody's. */
  window.casebookAnchor = function (hash) {
    try {
      return decodeURIComponent(hash.slice(1));
    } catch {
      return hash.slice(1);
    }
  };
  try {
    const theme = localStorage.getItem("casebook-theme");
    if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
  } catch {
    // Storage may be forbidden. The system's colours then stay.
  }
  // A page of slides: whether they are shown, or the page is read.
  if (root.hasAttribute("data-slides")) {
    root.dataset.deck = "slides";
    try {
      if (sessionStorage.getItem("casebook-deck") === "page") root.dataset.deck = "page";
    } catch {
      // Then the slides are shown.
    }
  }
})();
