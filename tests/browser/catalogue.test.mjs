// Filters and sorting of the catalogues.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { build, folder, launch, listed, open as opened, phone, serve } from "./support.mjs";

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

/** A page whose lists are whole. */
async function open(...wanted) {
  const { page, visit, ...rest } = await opened(...wanted);
  return { page, ...rest, visit: async (name) => { await visit(name); await listed(page); } };
}

const shown = (page) => page.locator("table.catalogue tbody tr:visible");
const column = (page, name) => page.evaluate((name) => {
  const at = document.querySelector(`th[data-sort=${name}]`).cellIndex;
  return [...document.querySelectorAll("table.catalogue tbody tr:not([hidden])")]
    .map((row) => row.cells[at].dataset.value ?? row.cells[at].textContent.trim());
}, name);

async function tick(page, facet, value) {
  const box = page.locator(`input[name="facet-${facet}"][value="${value}"]`);
  const list = page.locator(".facet", { has: box });
  if (!(await list.evaluate((element) => element.open))) await list.locator("summary").click();
  await box.check();
}

test("a facet narrows the rows, the count says so, and the address keeps it", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("threats/index.html");
  const all = await shown(page).count();
  await tick(page, "stride", "spoofing");
  const spoofing = await shown(page).count();
  assert.ok(spoofing > 0 && spoofing < all);
  assert.equal(await shown(page).locator("abbr.stride-s").count(), spoofing);
  assert.match(await page.locator("[role=status]").first().innerText(), new RegExp(`^${spoofing} of ${all}\\b`));
  await tick(page, "severity", "high");
  const both = await shown(page).count();
  assert.ok(both < spoofing, "several facets narrow");
  await page.waitForURL(/severity=high/);
  const address = new URL(page.url());
  assert.equal(address.searchParams.get("stride"), "spoofing");
  assert.equal(address.searchParams.get("severity"), "high");

  await page.goto(address.href);
  assert.equal(await shown(page).count(), both, "the address brings the rows back");
  assert.ok(await page.locator('input[name="facet-stride"][value="spoofing"]').isChecked());
  await page.locator(".filter-clear").click();
  assert.equal(await shown(page).count(), all);
  await page.waitForURL((url) => url.search === "");
  await close();
});

test("values of one facet widen", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("threats/index.html");
  await tick(page, "stride", "spoofing");
  const one = await shown(page).count();
  await tick(page, "stride", "repudiation");
  assert.ok(await shown(page).count() > one);
  await close();
});

test("words filter, and nothing left offers a way back", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("threats/index.html");
  const all = await shown(page).count();
  await page.locator("input[name=filter]").fill("upload");
  const some = await shown(page).count();
  assert.ok(some > 0 && some < all);
  await page.locator("input[name=filter]").fill("zzqqxx");
  assert.equal(await shown(page).count(), 0);
  await page.locator(".nothing button").click();
  assert.equal(await shown(page).count(), all);
  await close();
});

test("columns sort both ways, and the order is in the address", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("threats/index.html");
  await page.locator("th[data-sort=severity] button").click();
  let ranks = (await column(page, "severity")).map(Number);
  assert.deepEqual(ranks, [...ranks].sort((a, b) => b - a), "the worst first");
  assert.equal(await page.locator("th[data-sort=severity]").getAttribute("aria-sort"), "descending");
  await page.locator("th[data-sort=severity] button").click();
  ranks = (await column(page, "severity")).map(Number);
  assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b));
  await page.locator("th[data-sort=title] button").click();
  const titles = await column(page, "title");
  assert.deepEqual(titles, [...titles].sort((a, b) => a.localeCompare(b, "en", { numeric: true })));
  await page.waitForURL((url) => url.searchParams.get("sort") === "title");
  await page.reload();
  assert.deepEqual(await column(page, "title"), titles);
  await close();
});

test("keys alone: a facet opens, ticks and closes", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("threats/index.html");
  const all = await shown(page).count();
  await page.locator(".facet summary").first().focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  // A long list of values has a box to find one.
  if (await page.evaluate(() => document.activeElement.matches(".facet-find"))) await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.ok(await shown(page).count() < all);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".facet[open]").count(), 0);
  assert.ok(await page.evaluate(() => document.activeElement.matches(".facet summary")));
  await close();
});

test("from a folder and on a phone it works the same", async () => {
  for (const [place, device] of [[folder(dir), {}], [served, phone]]) {
    const { page, visit, close } = await open(browser, place, device);
    await visit("requirements/index.html");
    const all = await shown(page).count();
    assert.ok(all >= 30);
    if (device === phone) await page.locator(".filters-open").click();
    await page.locator(".facet summary").first().click();
    await page.locator(".facet[open] input[type=checkbox]").first().check();
    const some = await shown(page).count();
    assert.ok(some > 0 && some < all);
    await close();
  }
});

test("every row of a catalogue leads to its entry", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("assumptions/index.html");
  const row = shown(page).first();
  const id = (await row.locator(".entry-id").innerText()).trim();
  await row.locator(".title a").click();
  assert.equal((await page.locator("main .eyebrow .entry-id").innerText()).trim(), id);
  await close();
});

test("the threats of one model are filtered and sorted by severity, and the address keeps it", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("coverage/threats.html");
  await tick(page, "model", "m-pwreset-001");
  await tick(page, "status", "open");
  await page.locator("th[data-sort=severity] .sort").click();
  const severities = await column(page, "severity");
  assert.ok(severities.length > 0);
  assert.deepEqual(severities, [...severities].sort((a, b) => b - a), "worst first");
  await page.waitForURL(/sort=-severity/);
  assert.match(page.url(), /model=m-pwreset-001/);
  const heads = page.locator("table.overview thead th.model a");
  assert.ok((await heads.count()) > 1, "the heads of the models are links");
  await page.locator("table.overview tbody tr:visible .state-open").first().click();
  assert.match(page.url(), /models\/.+#/);
  await close();
});

test("a table that says it is sorted by ID is", async () => {
  const { page, visit, close } = await open(browser, served);
  const said = [];
  for (const name of ["threats/index.html", "entries.html", "status.html", "coverage/threats.html"]) {
    await visit(name);
    const { sorted, ids } = await page.evaluate(() => {
      const table = document.querySelector("table.catalogue");
      return {
        sorted: table.querySelector("thead th").getAttribute("aria-sort"),
        ids: [...table.tBodies[0].rows].map((row) => row.cells[0].innerText.trim()),
      };
    });
    assert.equal(sorted, [...ids].sort().join() === ids.join() ? "ascending" : null, name);
    said.push(sorted);
  }
  assert.ok(said.includes("ascending") && said.includes(null), "both are seen");
  await close();
});
