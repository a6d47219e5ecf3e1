// One HTML file and its PDF: what `casebook export html --single` and `casebook export pdf` write.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { casebook, folder, launch, open, root, scratch, smallPhone } from "./support.mjs";

const run = promisify(execFile);
const dir = scratch();
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const files = { model: "M-PWRESET-001", large: "content/models/file-sharing", section: "guide", entry: "T-AUTH-001" };
let browser;

before(async () => {
  for (const [name, word] of Object.entries(files)) {
    await run(casebook(), ["export", "html", "--single", "--page", word, "--out", path.join(dir, `${name}.html`), root]);
  }
  browser = await launch();
});
after(() => browser?.close());

for (const name of Object.keys(files)) {
  test(`${name}: no complaint, every link leads within or to another host`, async () => {
    const { page, visit, close } = await open(browser, folder(dir));
    await visit(`${name}.html`);
    const wrong = await page.evaluate(() => [...document.querySelectorAll("a[href]")].filter((link) => {
      const href = link.getAttribute("href");
      return href.startsWith("#") ? !document.getElementById(decodeURIComponent(href.slice(1))) : !/^(https?|mailto):/.test(href);
    }).map((link) => link.outerHTML));
    assert.deepEqual(wrong, []);
    assert.equal(await page.locator("h1").count(), 1);
    assert.equal(await page.evaluate(() => document.querySelectorAll("script, button, link").length), 0);
    await close();
  });

  test(`${name}: nothing for axe to find, in light and dark; no sideways scroll on a phone`, async () => {
    for (const colorScheme of ["light", "dark"]) {
      const { page, visit, close } = await open(browser, folder(dir), { colorScheme, bypassCSP: true });
      await visit(`${name}.html`);
      // What waits until it is seen has no size yet, and would seem to lie below something else.
      await page.addStyleTag({ content: "* { content-visibility: visible !important; }" });
      await page.addScriptTag({ path: axe }).catch(() => page.evaluate(fs.readFileSync(axe, "utf8")));
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"],
      }));
      // As on the site: a flow's label says more than the words drawn beside it.
      const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
        .filter((text) => !/^label-content-name-mismatch: .*dfd-link/.test(text));
      assert.deepEqual(found, []);
      await close();
    }
    const { page, visit, close } = await open(browser, folder(dir), smallPhone);
    await visit(`${name}.html`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await close();
  });
}

test("the contents and the diagram lead to what they name", async () => {
  const { page, visit, close } = await open(browser, folder(dir));
  await visit("model.html");
  const [name, words] = await page.locator(".handout-contents a").last().evaluate((link) => [link.hash, link.innerText]);
  await page.locator(".handout-contents a").last().click();
  assert.ok(name.length > 1 && (await page.locator(":target").innerText()).includes(words), `${name}: ${words}`);
  await page.locator(".dfd a .dfd-shape").first().click();
  assert.ok(await page.locator(":target").isVisible());
  await close();
});

test("a PDF with page numbers and a running title, no table cut at the side", async () => {
  const out = path.join(dir, "model.pdf");
  const { stdout } = await run(casebook(), ["export", "pdf", "--no-sandbox", "--page", "M-PWRESET-001", "--out", out, root],
    { env: { ...process.env, CHROMIUM: process.env.CHROMIUM || "/usr/bin/chromium" } });
  assert.match(stdout, /1 page, \d+ entries in the appendix/);
  const pdf = fs.readFileSync(out);
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  const pages = pdf.toString("latin1").match(/\/Type \/Page\b/g).length;
  assert.ok(pages > 5 && pages <= 14, `${pages} pages`);
  const read = await run("pdftotext", ["-layout", out, "-"], { maxBuffer: 1 << 26 }).catch(() => null);
  if (!read) return;
  const texts = read.stdout.split("\f").slice(0, -1);
  assert.equal(texts.length, pages);
  texts.forEach((text, at) => {
    assert.match(text, new RegExp(`\\b${at + 1} / ${pages}\\b`));
    assert.ok(text.trimStart().startsWith("Password reset by e-mail"), text.slice(0, 80));
  });
  // Printed on a page as wide as the paper's text, no table is wider than it.
  const { page, visit, close } = await open(browser, folder(dir), { viewport: { width: 665, height: 980 } });
  await page.emulateMedia({ media: "print" });
  await visit("large.html");
  const cut = await page.evaluate(() => [...document.querySelectorAll("table, pre, .dfd")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1).map((element) => element.className || element.tagName));
  assert.deepEqual(cut, []);
  await close();
});

/** The words of a PDF by page: their lower end in parts of the page, and their size in points. */
async function words(pdf) {
  const { stdout } = await run("pdftotext", ["-bbox", pdf, "-"], { maxBuffer: 1 << 28 });
  return stdout.split("<page ").slice(1).map((page) => {
    const [, width, height] = page.match(/width="([\d.]+)" height="([\d.]+)"/).map(Number);
    const found = [...page.matchAll(/yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)</g)];
    // A box is as high as the letters of the font with what is above and below them.
    return { wide: width > height, words: found.map(([, top, end, text]) => ({ end: end / height, size: (end - top) / 1.165, text })) };
  });
}

const print = async (word) => {
  const out = path.join(dir, `${word}.pdf`);
  await run(casebook(), ["export", "pdf", "--no-sandbox", "--page", word, "--out", out, root],
    { env: { ...process.env, CHROMIUM: process.env.CHROMIUM || "/usr/bin/chromium" } });
  return words(out);
};

const hasPoppler = await run("pdftotext", ["-v"]).then(() => true, () => false);

test("a small model is twelve pages at most, and none is half empty", { skip: !hasPoppler && "poppler-utils is not installed" }, async () => {
  const pages = await print("M-PWRESET-001");
  assert.ok(pages.length <= 12, `${pages.length} pages`);
  pages.slice(0, -1).forEach((page, at) => {
    const end = Math.max(...page.words.filter(({ end }) => end < 0.94).map(({ end }) => end));
    assert.ok(end > 0.6, `page ${at + 1} ends at ${end}`);
  });
});

for (const model of ["M-PWRESET-001"]) {
  test(`${model}: each name of the diagram can be read on paper`, { skip: !hasPoppler && "poppler-utils is not installed" }, async () => {
    const html = path.join(dir, `${model}.html`);
    await run(casebook(), ["export", "html", "--single", "--page", model, "--out", html, root]);
    const { page, visit, close } = await open(browser, folder(dir));
    await visit(`${model}.html`);
    const names = await page.evaluate(() => [...document.querySelectorAll(".diagram > .diagram-scroll .dfd-name")]
      .flatMap((name) => [...name.querySelectorAll("tspan")].map((line) => line.textContent).concat(name.querySelector("tspan") ? [] : [name.textContent]))
      .flatMap((line) => line.split(/\s+/)).filter((word) => word.length > 3));
    await close();
    assert.ok(names.length > 5, `${names}`);
    const all = (await print(model)).flatMap(({ words }) => words);
    const decoded = (text) => text.replace(/&apos;|&#39;/g, "'").replace(/&amp;/g, "&").replace(/&quot;/g, '"');
    const small = [...new Set(names)].filter((name) => !all.some(({ text, size }) => size >= 6.95 && size < 7.7 && decoded(text) === name));
    assert.deepEqual(small, []);
  });
}

test("what is missing or wrong is said, and nothing is written", async () => {
  const fails = (options, env = process.env) => run(casebook(), ["export", ...options, root], { env }).then(
    () => assert.fail("it went through"), (error) => [error.code, error.stderr]);
  let [code, said] = await fails(["pdf", "--out", path.join(dir, "x.pdf")], { ...process.env, CHROMIUM: "", PATH: "/nowhere" });
  assert.equal(code, 2);
  assert.match(said, /none was found[\s\S]*--chromium/);
  [code, said] = await fails(["pdf", "--chromium", "/no/such/program", "--out", path.join(dir, "x.pdf")]);
  assert.deepEqual([code, said.includes("there is no program `/no/such/program`")], [2, true]);
  [code, said] = await fails(["pdf", "--chromium", "/bin/false", "--page", "T-AUTH-001", "--out", path.join(dir, "x.pdf")]);
  assert.deepEqual([code, said.includes("printed nothing")], [2, true]);
  [code, said] = await fails(["html", "--single", "--page", "M-PWRESET-002", "--out", path.join(dir, "x.html")]);
  assert.deepEqual([code, /no page or section `M-PWRESET-002`.*M-PWRESET-001/.test(said)], [2, true]);
  assert.ok(!fs.existsSync(path.join(dir, "x.pdf")) && !fs.existsSync(path.join(dir, "x.html")));
});
