// Every link of the site is followed once.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { build, filesOf, launch, open, serve } from "./support.mjs";

let dir, served, browser;
/** What each page holds, read by the browser's own parser. */
const found = new Map();

before(async () => {
  dir = await build();
  served = await serve(dir);
  browser = await launch();
  const { page, visit, context } = await open(browser, served, { bypassCSP: true, javaScriptEnabled: true });
  await visit("index.html");
  for (const name of filesOf(dir, ".html")) {
    const html = fs.readFileSync(path.join(dir, name), "utf8");
    found.set(name, await page.evaluate((html) => {
      const document = new DOMParser().parseFromString(html, "text/html");
      const all = (selector, attribute) => [...document.querySelectorAll(selector)].map((element) => element.getAttribute(attribute));
      const ids = all("[id]", "id");
      return {
        links: [...all("a[href], area[href], link[rel=stylesheet], link[rel=icon]", "href"), ...all("[src]", "src"),
          ...all("meta[http-equiv=refresh]", "content").map((content) => content.replace(/^\d+;\s*url=/, ""))],
        ids,
        twice: ids.filter((id, at) => ids.indexOf(id) !== at),
      };
    }, html));
  }
  await context.close();
});
after(async () => {
  await browser?.close();
  served?.close();
});

test("every link leads to a file and every #anchor to an element", () => {
  const broken = [];
  let links = 0;
  for (const [name, { links: hrefs }] of found) {
    for (const href of hrefs) {
      const target = new URL(href, `casebook://site/${name}`);
      if (target.protocol !== "casebook:") continue;
      links += 1;
      const file = decodeURIComponent(target.pathname.slice(1)) || "index.html";
      const id = decodeURIComponent(target.hash.slice(1));
      if (!fs.existsSync(path.join(dir, file)) || file.endsWith("/")) broken.push(`${name}: ${href} (no such file)`);
      // These keep their state in the address.
      else if (id && !["cards.html", "picked.html", "compare.html"].includes(file) && found.has(file) && !found.get(file).ids.includes(id)) broken.push(`${name}: ${href} (no such anchor)`);
    }
  }
  assert.ok(links > 1000, `only ${links} links found`);
  assert.deepEqual(broken, []);
});

test("the server answers 200 for every address that is linked", async () => {
  const addresses = new Set();
  for (const [name, { links }] of found) {
    for (const href of links) {
      const target = new URL(href, served.at(name));
      target.hash = "";
      if (target.href.startsWith(served.address)) addresses.add(target.href);
      else assert.ok(target.hostname !== "127.0.0.1" || name === "404.html", `${name}: ${href} leaves the sub-path`);
    }
  }
  const bad = [];
  for (const address of addresses) {
    const response = await fetch(address);
    await response.arrayBuffer();
    if (response.status !== 200) bad.push(`${address}: ${response.status}`);
  }
  assert.deepEqual(bad, []);
});

test("links have harmless schemes", () => {
  for (const [name, { links }] of found) {
    for (const href of links) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(href)) assert.match(href, /^(https?|mailto):/, name);
    }
  }
});

test("no id stands twice in a page", () => {
  for (const [name, { twice }] of found) assert.deepEqual(twice, [], name);
});

test("each page can be reached from the home page by links", () => {
  const reached = new Set(["index.html"]);
  for (const name of reached) {
    for (const href of found.get(name)?.links ?? []) {
      const target = new URL(href, `casebook://site/${name}`);
      if (target.protocol === "casebook:") reached.add(decodeURIComponent(target.pathname.slice(1)));
    }
  }
  // A redirect is for links from elsewhere, and authors come to the diagnostics from their messages.
  const lost = [...found.keys()].filter((name) => !reached.has(name) && !["404.html", "diagnostics.html"].includes(name)
    && !fs.readFileSync(path.join(dir, name), "utf8").includes('http-equiv="refresh"'));
  assert.deepEqual(lost, []);
});

test("one page loads with each heading of the contents in view when its link is clicked", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("models/password-reset/index.html");
  for (const link of await page.locator("#Casebook-toc a").all()) {
    await link.click();
    const id = decodeURIComponent((await link.getAttribute("href")).slice(1));
    const place = await page.locator(`[id="${id}"]`).boundingBox();
    const bar = await page.locator(".site-header").boundingBox();
    assert.ok(place.y >= bar.y + bar.height - 1 && place.y < 900, `#${id} at ${place.y}`);
  }
  await close();
});
