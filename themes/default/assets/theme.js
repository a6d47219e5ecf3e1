// Runs before the first paint: the reader's choice of colours, and the sign that
// scripts work.
(function () {
  "use strict";
  var root = document.documentElement;
  root.setAttribute("data-script", "");
  try {
    var theme = localStorage.getItem("casebook-theme");
    if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
  } catch (error) {
    // Storage may be forbidden. The system's colours then stay.
  }
})();
