// axe-core on each type of page, light and dark, desktop and phone.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { build, desktop, features, launch, open, pages, phone, serve } from "./support.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let served, shelf, browser;
before(async () => {
  served = await serve(await build());
  shelf = await serve(await build(features));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  served?.close();
  shelf?.close();
});

async function examine(page, within) {
  // What waits until it is seen has no size yet, and would seem to lie below something else.
  await page.addStyleTag({ content: "* { content-visibility: visible !important; }" });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(([tags, within]) => window.axe.run(within ?? document, { runOnly: tags, resultTypes: ["violations"] }), [tags, within]);
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)}\n    ${node.any.map((check) => check.message).join("; ")}`).join("\n  ")}`);
  if (found.length) assert.fail(found.join("\n"));
}

const everything = { ...pages, everything: "guide/01-everything.html", "every block": "models/kitchen/index.html", "every field": "threats/t-feat-001.html",
  deprecated: "threats/t-feat-006.html", "many in a file": "assumptions/all.html", "not found": "404.html" };

for (const colorScheme of ["light", "dark"]) {
  for (const [what, device] of [["desktop", desktop], ["phone", phone]]) {
    describe(`${colorScheme}, ${what}`, () => {
      const options = { ...device, colorScheme, bypassCSP: true };
      for (const [type, name] of Object.entries(everything)) {
        test(type, async () => {
          const place = type in pages ? served : shelf;
          const { page, visit, context } = await open(browser, place, options);
          await visit(name);
          await examine(page);
          await context.close();
        });
      }

      test("search with results", async () => {
        const { page, visit, context } = await open(browser, served, options);
        await visit("index.html");
        await page.locator("#Casebook-search").click();
        await page.locator("#Casebook-query").fill("password");
        await page.locator("#Casebook-results li .search-snippet mark").first().waitFor();
        const chip = page.locator(".search-facet button").first();
        await chip.waitFor({ state: "attached" });
        // On a phone the filters are folded.
        if (!await chip.isVisible()) await page.locator("#Casebook-dialog details > summary").first().click();
        await chip.waitFor();
        await examine(page);
        await page.locator("#Casebook-query").fill("zzqqxx");
        await page.waitForFunction(() => !document.querySelector("#Casebook-results li"));
        await examine(page);
        await context.close();
      });

      test("an open filter", async () => {
        const { page, visit, context } = await open(browser, served, options);
        await visit("threats/index.html");
        if (what === "phone") await page.locator(".filters-open").click();
        await page.locator(".facet summary").first().click();
        await page.locator(".facet[open] input[type=checkbox]").first().check();
        await examine(page);
        await context.close();
      });

      if (what === "phone") {
        test("an open menu", async () => {
          const { page, visit, context } = await open(browser, served, options);
          await visit("guide/02-draw-what-you-build.html");
          await page.locator(".menu-open").tap();
          await examine(page);
          await context.close();
        });
      }
    });
  }
}
