// The frame of every page: sections in reach at any width, what is asked for first in the first screen, and
// what a first load costs. Odd addresses end no script.
import assert from "node:assert/strict";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { build, desktop, features, launch, open, phone, scratch, serve, write } from "./support.mjs";

const names = ["Continuous integration and delivery", "User interface engineering", "Agile development", "Testing", "Code reviews",
  "Design", "Developer experience", "Documentation", "Machine learning", "Observability", "Security reviews"];

let site, shelf, browser;
before(async () => {
  const book = scratch();
  const files = { "content/index.md": "# Home\n" };
  for (const [at, name] of names.entries()) files[`content/s${at + 10}/index.md`] = `# ${name}\n`;
  files["content/s10/a.md"] = "# A\n\n## Half {#50%}\n\n```text\ncopy me\n```\n\n## Other\n\nText.\n";
  site = await build(write(book, files));
  shelf = await serve(await build(features));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  shelf?.close();
});

const at = (page) => pathToFileURL(path.join(site, page)).href;

for (const width of [1600, 1280, 1024, 820]) {
  test(`every section is reached at ${width} px`, async () => {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    await page.goto(at("index.html"));
    const row = page.locator(".sections");
    if (await row.isVisible()) {
      await page.locator(".sections-more summary").click();
      const seen = await page.locator(".sections a").evaluateAll((links) => links.filter((link) => link.checkVisibility()).map((link) => link.textContent));
      assert.deepEqual(seen, names);
      const cut = await page.locator(".sections > ul a").evaluateAll((links) => {
        const end = document.querySelector(".tools").getBoundingClientRect().left;
        return links.filter((link) => link.getBoundingClientRect().right > end || link.scrollWidth > link.clientWidth).length;
      });
      assert.equal(cut, 0);
    } else {
      await page.locator(".menu-open").click();
      assert.deepEqual(await page.locator(".menu-sections a:visible").allTextContents(), names);
    }
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.close();
  });
}

test("a sign of addresses in a heading or after # ends no script", async () => {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  for (const end of ["", "#%", "#50%25", "#%zz"]) {
    await page.goto(at("s10/a.html") + end);
    await page.locator(".code-tools button, button.copy").first().waitFor();
  }
  assert.equal(await page.locator("aside.toc a").first().getAttribute("href"), "#50%25");
  assert.deepEqual(errors, []);
  await page.close();
});

test("what belongs together has one menu, which opens by keyboard and closes again", async () => {
  const { page, visit, close } = await open(browser, shelf);
  await visit("threats/t-feat-001.html");
  assert.deepEqual(await page.locator(".sections > ul > li > *").evaluateAll((all) => all.map((one) => (one.querySelector("summary") || one).textContent)),
    ["Guide", "Models", "Catalogue"]);
  const menu = page.locator(".section-menu", { hasText: "Catalogue" });
  assert.ok(await menu.evaluate((one) => one.hasAttribute("data-current")));
  await menu.locator("summary").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Threats");
  await page.keyboard.press("Escape");
  assert.equal(await menu.evaluate((one) => one.open), false);
  assert.equal(await page.evaluate(() => document.activeElement.localName), "summary");
  await close();
});

const TYPES = ["index.html", "guide/index.html", "guide/01-everything.html", "models/index.html", "models/kitchen/index.html", "threats/index.html",
  "threats/t-feat-001.html", "requirements/r-feat-001.html", "entries.html", "picked.html", "compare.html", "status.html", "coverage/threats.html",
  "tags/index.html", "due.html", "changes/index.html", "diagnostics.html"];

test("a first load asks for six files at most, and every page has its place", async () => {
  for (const name of TYPES) {
    const { page, context, visit, close } = await open(browser, shelf);
    const asked = [];
    context.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const answer = await visit(name);
    if (answer.status() === 404) { await context.close(); continue; }
    const count = asked.filter((path) => !path.includes("/browse/")).length + 1;
    // The page of a selection is the picker, and loads it.
    assert.ok(count <= (name === "picked.html" ? 8 : 6) + (await page.locator("main img").count()), `${name}: ${asked.join(" ")}`);
    const lead = await page.locator("main h1").evaluate((h1) => Math.round(h1.getBoundingClientRect().left));
    assert.ok(lead === 24 || lead === 320, `${name}: the text begins at ${lead}`);
    if (name !== "index.html") {
      assert.ok(await page.locator(".breadcrumbs a").count() > 0, `${name}: a way back`);
      if (name !== "diagnostics.html") assert.ok(await page.locator(".sections [data-current], .sections > ul > li > [aria-current]").count() > 0, `${name}: its section is marked`);
    }
    await close();
  }
});

test("an entry begins to answer in the first screen, and a menu leads on at every width", async () => {
  for (const [device, most] of [[desktop, 520], [phone, 700]]) {
    const { page, visit, close } = await open(browser, shelf, device);
    await visit("threats/t-feat-001.html");
    const first = await page.locator("article .prose h2").first().evaluate((h2) => h2.getBoundingClientRect().top);
    assert.ok(first <= most, `${first} px`);
    await close();
  }
  for (const width of [1151, 1024, 820, 390]) {
    const { page, visit, close } = await open(browser, shelf, { viewport: { width, height: 900 } });
    for (const name of ["threats/t-feat-001.html", "guide/01-everything.html", "entries.html"]) {
      await visit(name);
      await page.locator(".menu-open").click();
      assert.ok(await page.locator(".menu-sections").isVisible(), `${name} at ${width}`);
    }
    await close();
  }
});

test("entries are taken with a way back, ticked as shown, and a chosen filter is a chip with a cross", async () => {
  const { page, visit, close } = await open(browser, shelf);
  await visit("threats/index.html");
  const rows = page.locator("table.catalogue tbody tr:visible");
  const all = await rows.count();
  await page.locator(".facet summary").first().click();
  await page.locator(".facet[open] input[type=checkbox]").first().check();
  const some = await rows.count();
  assert.ok(some < all);
  await page.getByRole("button", { name: "Tick all shown" }).click();
  assert.equal(await page.locator(".tray-open").innerText(), `${some} picked`);
  await page.getByRole("button", { name: "Undo" }).click();
  assert.ok(!(await page.locator(".tray-open").isVisible()));
  await page.locator(".chosen button").click();
  assert.equal(await rows.count(), all);
  await close();
});
