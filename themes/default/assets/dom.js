// Elements, made in one way for all scripts.
(() => {
"use strict";

/// An element. `said` is its class, or its attributes by name; of the content what is nothing is left out.
function make(tag, said, ...content) {
  const element = document.createElement(tag);
  const attributes = typeof said === "string" ? { class: said } : said ?? {};
  for (const [name, value] of Object.entries(attributes)) if (value !== "" || name !== "class") element.setAttribute(name, value);
  element.append(...content.filter((one) => one !== undefined && one !== null && one !== ""));
  return element;
}

/// A button that does something when it is pressed.
function button(label, press, said = "button") {
  const element = make("button", said, label);
  element.type = "button";
  element.addEventListener("click", press);
  return element;
}

window.casebookDom = { make, button };
})();
