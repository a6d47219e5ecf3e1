// Models as readers see them: the head, the diagram, its links and counts, filters, cards on a phone, paper.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { build, desktop, filesOf, launch, phone } from "./support.mjs";

const site = await build();
const address = (page) => pathToFileURL(path.join(site, page)).href;
const models = ["models/password-reset/index.html", "models/file-sharing/index.html"];
const drawn = filesOf(site, ".html").filter((page) => page.startsWith("models/")
  && fs.readFileSync(path.join(site, page), "utf8").includes("<svg class=\"dfd\""));

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

async function open(t, where, options = desktop) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  page.on("pageerror", (error) => { throw error; });
  await page.goto(address(where));
  return page;
}

const shown = (page) => page.locator(".block-threats tr[data-status]:not([hidden])");

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
  const [title, status] = [await row.locator("th").boundingBox(), await row.locator("td[data-label=Status]").boundingBox()];
  assert.ok(status.y >= title.y + title.height - 1, "what is said stands below the title");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false);
});

test("what changed is marked in both diagrams", async (t) => {
  const page = await open(t, "changes/m-pwreset-001.html");
  assert.equal(await page.locator("svg.dfd").count(), 2);
  assert.ok(await page.locator("svg.dfd .dfd-added").count() > 0);
  assert.ok(await page.locator("svg.dfd .dfd-changed").count() > 0);
  const named = await page.locator(".change-summary a").evaluateAll((links) => links.map((a) => a.hash.slice(1)));
  for (const id of named) assert.equal(await page.locator(`[id="${id}"]`).count(), 1, id);
  const worst = ["critical", "high", "medium", "low"];
  const ranks = await page.locator("[aria-labelledby=threats] .change-rows li").evaluateAll((rows, worst) => rows.map((row) =>
    worst.findIndex((word) => row.querySelector(`.severity-${word}`))).map((rank) => (rank < 0 ? 9 : rank)), worst);
  assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b), "the worst first");
});

test("the head says what came of the last review, and each number leads to its rows", async (t) => {
  const page = await open(t, models[0]);
  assert.match(await page.locator(".field-review").innerText(), /Approved.*, 26 November 2026/s);
  const all = await shown(page).count();
  for (const link of await page.locator(".counts a[href^='?']").all()) {
    const wanted = Number(await link.locator("strong").innerText());
    await link.click();
    assert.equal(await shown(page).count(), wanted, await link.innerText());
    assert.equal(await page.locator(".block-threats tr.more:not([hidden])").count() <= wanted, true);
  }
  await page.getByRole("button", { name: `All ${all}` }).click();
  await page.getByRole("button", { name: "Mitigated" }).click();
  const some = await shown(page).count();
  assert.ok(some > 0 && some < all);
  assert.match(page.url(), /\?status=mitigated/);
  await page.reload();
  assert.equal(await shown(page).count(), some, "the address keeps it");
  // A row that an address names is shown all the same.
  const hidden = await page.locator(".block-threats tr[data-status=open]").first().getAttribute("id");
  await page.evaluate((id) => { location.hash = id; }, hidden);
  await page.locator(`tr[id="${hidden}"]`).waitFor({ state: "visible" });
  assert.equal(await shown(page).count(), all);
});

test("an element leads to its threats, and places and elements light each other up", async (t) => {
  const page = await open(t, models[0]);
  const place = page.locator(".place").first();
  const anchor = (await place.getAttribute("href")).slice(1);
  await place.hover();
  await page.locator(`[id="${anchor}"].lit`).waitFor();
  const element = page.locator("svg.dfd .dfd-element", { hasText: "Support agent" });
  await element.hover();
  assert.ok(await page.locator(".place.lit").count() > 0);
  await element.click();
  const rows = shown(page);
  assert.ok(await rows.count() > 0);
  const id = await element.getAttribute("id");
  assert.equal(await rows.locator(`.place[href="#${id}"]`).count(), await rows.count());
  assert.match(page.url(), new RegExp(`at=${id}`));
});

test("a picture fits, and opens large by a click and by the keyboard", async (t) => {
  for (const device of [desktop, { viewport: { width: 1024, height: 768 } }, phone]) {
    const page = await open(t, models[1], device);
    const scroll = page.locator(".diagram-scroll").first();
    assert.equal(await scroll.evaluate((box) => box.scrollWidth > box.clientWidth), false, `cut at ${device.viewport.width}`);
    await scroll.click({ position: { x: 3, y: 3 } });
    const area = page.locator("dialog.zoom .zoom-area");
    const view = () => area.locator("svg").getAttribute("viewBox");
    const whole = await view();
    await page.keyboard.press("+");
    assert.notEqual(await view(), whole);
    await page.keyboard.press("0");
    assert.equal(await view(), whole);
    await page.keyboard.press("Escape");
    await page.locator(".diagram-bar button").first().focus();
    await page.keyboard.press("Enter");
    await area.waitFor();
    await page.keyboard.press("Escape");
  }
});

const pages = async (page) => (await page.pdf({ preferCSSPageSize: true, format: "A4" })).toString("latin1").match(/\/Type \/Page\b/g).length;

test("on paper a small model takes six pages, and the sheet for a meeting one", async (t) => {
  const page = await open(t, models[0]);
  assert.ok(await pages(page) <= 6, `${await pages(page)} pages`);
  await page.goto(address("meeting/m-pwreset-001.html"));
  assert.equal(await pages(page), 1);
});

test("on paper no model of the matrix is lost", async (t) => {
  const page = await open(t, "coverage/threats.html");
  const wanted = await page.locator("table.overview thead th.model").allTextContents();
  await page.emulateMedia({ media: "print" });
  // A page of A4 across, without its margins.
  await page.setViewportSize({ width: 1047, height: 700 });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const heads = page.locator("table.overview:visible thead th.model");
  assert.deepEqual(await heads.allTextContents(), wanted);
  const right = await heads.evaluateAll((all) => Math.max(...all.map((head) => head.getBoundingClientRect().right)));
  assert.ok(right <= 1048, `${right} px`);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator("table.overview").count(), 1);
});
