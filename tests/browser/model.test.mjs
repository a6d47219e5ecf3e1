// Models as readers see them: the diagram, its links and counts, the tables, cards on a phone.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { build, desktop, filesOf, launch, phone } from "./support.mjs";

const site = await build();
const address = (page) => pathToFileURL(path.join(site, page)).href;
const models = ["models/password-reset/index.html", "models/file-sharing/index.html"];
const drawn = filesOf(site, ".html").filter((page) => page.startsWith("models/")
  && fs.readFileSync(path.join(site, page), "utf8").includes("<svg class=\"dfd\""));

async function open(t, where, options = desktop) {
  const browser = await launch();
  t.after(() => browser.close());
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(address(where));
  return page;
}

for (const model of drawn) {
  for (const colorScheme of models.includes(model) ? ["light", "dark"] : ["light"]) {
    test(`no text lies on another in the diagram of ${model}, ${colorScheme}`, async (t) => {
      const page = await open(t, model, { ...desktop, colorScheme });
      const overlaps = await page.locator("svg.dfd").first().evaluate((svg) => {
        const boxes = [...svg.querySelectorAll("text")].map((text) => {
          const { left, right, top, bottom } = text.getBoundingClientRect();
          return { words: text.textContent, left, right, top, bottom };
        });
        // A pixel of two line boxes may touch; letters do not.
        const apart = (a, b) => a.right < b.left + 1 || b.right < a.left + 1
          || a.bottom < b.top + 3 || b.bottom < a.top + 3;
        const found = [];
        boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
          if (!apart(a, b)) found.push(`${a.words} / ${b.words}`);
        }));
        return { found, count: boxes.length };
      });
      assert.ok(overlaps.count > 10);
      assert.deepEqual(overlaps.found, []);
    });
  }
}

for (const model of models) {
  test(`elements and flows of ${model} lead to their threats`, async (t) => {
    const page = await open(t, model);
    const targets = await page.locator("svg.dfd a").evaluateAll((all) =>
      all.map((a) => a.getAttribute("href")));
    assert.ok(targets.length > 5);
    for (const target of targets) {
      assert.equal(await page.locator(`tr[id="${target.slice(1)}"]`).count(), 1, target);
    }
  });

  test(`the threats of ${model} stand worst first`, async (t) => {
    const page = await open(t, model);
    const tables = await page.locator(".block-threats").evaluateAll((blocks) =>
      blocks.map((block) => [...block.querySelectorAll("td[data-label=Status]")].map((td) => td.textContent.trim())));
    const rank = ["Open", "Accepted", "Mitigated", "Not applicable"];
    for (const states of tables) {
      const ranks = states.map((state) => rank.indexOf(state));
      assert.ok(!ranks.includes(-1), states.join());
      assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b));
    }
  });
}

test("the tables beside a diagram say what the picture says", async (t) => {
  const page = await open(t, models[0]);
  const tables = page.locator(".diagram-tables").first();
  await tables.locator("summary").click();
  const elements = await page.locator("svg.dfd").first().locator(".dfd-element").count();
  const flows = await page.locator("svg.dfd").first().locator(".dfd-flow").count();
  assert.equal(await tables.locator("table").nth(0).locator("tbody tr").count(), elements);
  assert.equal(await tables.locator("table").nth(1).locator("tbody tr").count(), flows);
});

test("open threats are counted at the element", async (t) => {
  const page = await open(t, models[0]);
  const badge = page.locator("svg.dfd .dfd-element", { hasText: "Support agent" }).locator(".dfd-count");
  assert.equal(await badge.innerHTML(), "1");
});

test("on a phone each threat is a card", async (t) => {
  const page = await open(t, models[0], phone);
  const row = page.locator(".block-threats tbody tr").first();
  assert.equal(await row.evaluate((tr) => getComputedStyle(tr).display), "flex");
  const status = row.locator("td[data-label=Status]");
  assert.match(await status.evaluate((td) => getComputedStyle(td, "::before").content), /Status/);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false);
});

test("what changed is marked in both diagrams", async (t) => {
  const page = await open(t, "changes/m-pwreset-001.html");
  assert.equal(await page.locator("svg.dfd").count(), 2);
  assert.ok(await page.locator("svg.dfd .dfd-added").count() > 0);
  assert.ok(await page.locator("svg.dfd .dfd-changed").count() > 0);
});
