// Each type of page, from a web server's sub-path under a strict policy and from a folder.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { build, desktop, filesOf, folder, launch, open, pages, phone, serve, smallPhone } from "./support.mjs";

let dir, served, browser;
before(async () => {
  dir = await build();
  served = await serve(dir);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  served?.close();
});

for (const [how, place] of [["from a server", () => served], ["from a folder", () => folder(dir)]]) {
  describe(how, () => {
    for (const [type, name] of Object.entries(pages)) {
      test(`${type}: loads without a complaint`, async () => {
        const { page, visit, close } = await open(browser, place());
        await visit(name);
        assert.equal(await page.locator("h1").count(), 1, "one first heading");
        assert.notEqual(await page.title(), "");
        const styled = await page.evaluate(() => getComputedStyle(document.body).getPropertyValue("--accent"));
        assert.notEqual(styled, "", "the style sheet is there");
        assert.ok(await page.locator("#Casebook-search").isVisible(), "the scripts ran");
        await close();
      });
    }
  });
}

test("no inline script, style or handler, and only relative addresses", () => {
  for (const name of filesOf(dir, ".html")) {
    const html = fs.readFileSync(path.join(dir, name), "utf8");
    assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)[^>]*>/i, name);
    assert.doesNotMatch(html, /<style[\s>]/i, name);
    // Attributes only, not the same words in code that is shown.
    for (const [tag] of html.matchAll(/<[a-z][^<>]*>/gi)) {
      assert.doesNotMatch(tag, /\s(style|on[a-z]+)\s*=/i, `${name}: ${tag}`);
      // The page for unknown addresses is shown at any depth, so its links start at the root.
      if (name === "404.html") continue;
      assert.doesNotMatch(tag, /\s(href|src|action)\s*=\s*["']?(\/|javascript:|data:)/i, `${name}: ${tag}`);
    }
  }
});

describe("width", () => {
  for (const [what, device] of [["phone", phone], ["small phone", smallPhone], ["desktop", desktop],
    ["desktop at 400%", { viewport: { width: 360, height: 225 } }]]) {
    test(`no page scrolls sideways on a ${what}`, async () => {
      const { page, visit, close } = await open(browser, served, device);
      for (const [type, name] of Object.entries(pages)) {
        await visit(name);
        const wide = await page.evaluate(() => {
          const view = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= view) return [];
          return [...document.querySelectorAll("body *")]
            .filter((element) => element.getBoundingClientRect().right > view + 0.5 && !element.closest(".table-wrap, pre"))
            .slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
        });
        const scrolled = await page.evaluate(() => {
          scrollTo(1000, 0);
          return scrollX;
        });
        assert.equal(scrolled, 0, `${type}: ${wide.join("\n")}`);
      }
      await close();
    });
  }
});

test("headings go down one level at a time, and every image has a text", async () => {
  const { page, visit, close } = await open(browser, served);
  for (const [type, name] of Object.entries(pages)) {
    await visit(name);
    const levels = await page.locator("main :is(h1,h2,h3,h4,h5,h6)").evaluateAll((all) => all.map((h) => Number(h.tagName[1])));
    levels.reduce((last, level) => {
      assert.ok(level <= last + 1, `${type}: level ${level} after ${last}`);
      return level;
    }, 0);
    assert.equal(await page.locator("img:not([alt])").count(), 0, type);
  }
  await close();
});
