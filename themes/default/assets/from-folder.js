// The page for unknown addresses names everything from the root of the site, since it is shown at any
// depth. Opened from a folder it finds nothing there. This script, which it names as its neighbour,
// names the rest so too.
(() => {
"use strict";
if (location.protocol !== "file:") return;

const root = document.documentElement;
const above = root.dataset.root;
root.dataset.root = "";
const policy = window.trustedTypes?.createPolicy("casebook-folder", { createScriptURL: (url) => url });
const near = (element, name) => {
  const address = element.getAttribute(name);
  return address?.startsWith(above) ? address.slice(above.length) || "index.html" : null;
};

for (const name of ["href", "src"]) {
  for (const element of document.querySelectorAll(`[${name}]:not(script)`)) {
    const address = near(element, name);
    if (address) element.setAttribute(name, address);
  }
}
// A script that was not found does not run for a new address; another in its place does.
for (const lost of document.querySelectorAll("script[src]")) {
  const address = near(lost, "src");
  if (!address) continue;
  const script = document.createElement("script");
  script.async = false;
  script.src = policy ? policy.createScriptURL(address) : address;
  lost.replaceWith(script);
}
})();
