// Reading: tabs, captions, diagrams that open, links to copy, languages, right to left, whole sections, look.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { build, folder, launch, open, phone, scratch, serve, smallPhone, write } from "./support.mjs";

const groups = [0, 1, 2, 3];
const large = [
  "flowchart LR",
  ...groups.flatMap((group) => [
    `subgraph g${group} [Group ${group}]`,
    ...Array.from({ length: 11 }, (_, item) => `p${group}x${item}(Process ${group} ${item})`),
    "end",
  ]),
  ...groups.slice(1).map((group) => `p${group - 1}x0 -->|calls| p${group}x0`),
].join("\n");

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200"><rect width="300" height="200" fill="#888"/></svg>`;

const book = {
  "book.toml": `[book]
title = "Reading"
description = "A book to read"
[theme]
accent = "#7a1fa2"
logo = "logo.svg"
[languages]
en = "English"
de = "Deutsch"
ar = "العربية"
[levels]
missing-text = "allow"
guessed-element = "allow"
`,
  "theme/assets/logo.svg": svg,
  "content/picture.svg": svg,
  "content/index.md": "# Home\n\nText.\n",
  "content/index.de.md": "# Start\n\nText.\n",
  "content/guide/index.md": "# The guide\n\nHow to read.\n",
  "content/guide/01-tabs.md": `# Tabs and pictures

## Install

\`\`\`sh tab="Unix"
./install
\`\`\`

\`\`\`bat tab="Windows"
install.exe
echo done
\`\`\`

## Run

\`\`\`sh tab="Unix"
./run
\`\`\`

\`\`\`bat tab="Windows"
run.exe
\`\`\`

![A grey field](../picture.svg "A picture with a caption")

<details><summary>More</summary>

Hidden **text**.

</details>
`,
  "content/guide/01-tabs.de.md": "# Reiter und Bilder\n\n## Teil\n\nText.\n",
  "content/guide/01-tabs.ar.md": "# علامات التبويب\n\n## القسم الأول\n\nهذا نص للقراءة مع `كود` و[رابط](02-large.md).\n\n- واحد\n- اثنان\n\n> [!NOTE]\n> ملاحظة.\n\n| أ | ب |\n| --- | --- |\n| ١ | ٢ |\n",
  "content/guide/02-large.md": `# A large diagram\n\n## Part\n\n\`\`\`mermaid dfd\n${large}\n\`\`\`\n\n[Back](01-tabs.md#install)\n`,
};

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core says against a page. */
async function examine(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

let site, served, browser;
before(async () => {
  site = await build(write(path.join(scratch(), "book"), book));
  served = await serve(site);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  served?.close();
});

const shown = (page) => page.locator(".tab:visible figure.code").allTextContents();

describe("tabs", () => {
  for (const [how, place] of [["from a server", () => served], ["from a folder", () => folder(site)]]) {
    test(`${how}: a choice holds for all tabs of that name, and lasts`, async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("guide/01-tabs.html");
      assert.match((await shown(page)).join(), /install.*run/s);
      await page.getByRole("tab", { name: "Windows" }).first().click();
      assert.match((await shown(page)).join(), /install\.exe.*run\.exe/s);
      await page.reload();
      assert.match((await shown(page)).join(), /install\.exe.*run\.exe/s);
      await page.getByRole("tab", { name: "Windows" }).first().focus();
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.locator("[role=tab]:focus").textContent(), "Unix");
      assert.match((await shown(page)).join(), /\.\/run/);
      await close();
    });
  }

  test("without script everything is there", async () => {
    const { page, visit, close } = await open(browser, served, { javaScriptEnabled: false });
    await visit("guide/01-tabs.html");
    assert.equal((await shown(page)).length, 4);
    assert.equal(await page.locator(".tab-label:visible").count(), 4);
    await close();
  });
});

test("a picture keeps its place while it loads, and has a caption", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("guide/01-tabs.html");
  const picture = page.locator("figure.picture");
  assert.equal(await picture.locator("figcaption").textContent(), "A picture with a caption");
  assert.deepEqual(await picture.locator("img").evaluate((img) => [img.width, img.height]), [300, 200]);
  await page.locator("summary", { hasText: "More" }).click();
  assert.ok(await page.getByText("Hidden text").isVisible());
  await close();
});

test("the sign at a heading copies its address", async () => {
  const { page, context, visit, close } = await open(browser, served);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await visit("guide/01-tabs.html");
  await page.locator("#run .anchor").click({ force: true });
  await page.locator("#Casebook-copied", { hasText: "Link copied" }).waitFor({ state: "attached" });
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), served.at("guide/01-tabs.html#run"));
  await close();
});

describe("a diagram", () => {
  test("opens, is enlarged and moved by keys and wheel, and closes", async () => {
    const { page, visit, close } = await open(browser, served);
    await visit("guide/02-large.html");
    await page.locator(".diagram-bar button").first().click();
    const area = page.locator(".zoom-area");
    const box = () => area.locator("svg").getAttribute("viewBox").then((text) => text.split(" ").map(Number));
    const whole = await box();
    await page.keyboard.press("+");
    const larger = await box();
    assert.ok(larger[2] < whole[2]);
    await page.keyboard.press("ArrowRight");
    assert.ok((await box())[0] > larger[0]);
    await page.keyboard.press("0");
    assert.deepEqual(await box(), whole);
    await page.mouse.move(400, 400);
    await page.mouse.wheel(0, -300);
    await page.waitForFunction((width) => Number(document.querySelector(".zoom-area svg").getAttribute("viewBox").split(" ")[2]) < width, whole[2]);
    const before = await box();
    await page.mouse.down();
    await page.mouse.move(300, 400, { steps: 4 });
    await page.mouse.up();
    assert.ok((await box())[0] > before[0]);
    const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map((element) => element.id));
    assert.equal(new Set(ids).size, ids.length, "names stand once");
    await page.keyboard.press("Escape");
    assert.ok(!(await area.isVisible()));
    await close();
  });

  test("of many elements is shown one boundary at a time", async () => {
    const { page, visit, close } = await open(browser, served);
    await visit("guide/02-large.html");
    await page.locator(".diagram-views > summary").click();
    assert.equal(await page.locator(".diagram-view svg:visible").count(), 4);
    await close();
  });
});

describe("languages", () => {
  test("the switch leads to the same page, and says what is not translated", async () => {
    const { page, visit, close } = await open(browser, served);
    await visit("guide/01-tabs.html");
    await page.locator(".languages > summary").click();
    await page.locator(".languages a", { hasText: "Deutsch" }).click();
    assert.ok(page.url().endsWith("guide/01-tabs.de.html"));
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    assert.equal(await page.locator("#Casebook-search span").first().textContent(), "Suche");
    await visit("guide/02-large.html");
    await page.locator(".languages > summary").click();
    assert.match(await page.locator(".languages li", { hasText: "Deutsch" }).textContent(), /not translated/);
    await close();
  });

  test("Arabic runs from right to left and fits a phone", async () => {
    const { page, visit, close } = await open(browser, served, smallPhone);
    await visit("guide/01-tabs.ar.html");
    assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide}px too wide`);
    await close();
  });
});

test("a whole section is one page whose links stay on it", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("guide/01-tabs.html");
  await page.locator(".page-footer a", { hasText: "Print this section" }).click();
  assert.ok(page.url().endsWith("guide/print.html"));
  const broken = await page.evaluate(() => [...document.querySelectorAll('main a[href^="#"]')]
    .map((link) => link.getAttribute("href").slice(1)).filter((id) => !document.getElementById(decodeURIComponent(id))));
  assert.deepEqual(broken, []);
  assert.equal(await page.locator('.print-part a[href="#p2-install"]').count() > 0, true);
  const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map((element) => element.id));
  assert.equal(new Set(ids).size, ids.length, "names stand once");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".tab:visible").count(), 4, "paper shows every tab");
  await close();
});

test("the accent of the book is used, light and dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const { page, visit, close } = await open(browser, served, { colorScheme });
    await visit("guide/01-tabs.html");
    const colour = await page.locator(".pager a").first().evaluate((link) => getComputedStyle(link).color);
    if (colorScheme === "light") assert.equal(colour, "rgb(122, 31, 162)");
    else assert.notEqual(colour, "rgb(122, 31, 162)");
    assert.ok(await page.locator("img.logo").isVisible());
    await close();
  }
});

describe("nothing to complain of", () => {
  for (const [name, options] of [["desktop", {}], ["dark", { colorScheme: "dark" }], ["phone", phone]]) {
    test(name, async () => {
      for (const url of ["guide/01-tabs.html", "guide/01-tabs.ar.html", "guide/02-large.html", "guide/print.html"]) {
        const { page, visit, close } = await open(browser, served, { ...options, bypassCSP: true });
        await visit(url);
        if (url.endsWith("large.html")) await page.locator(".diagram-bar button").first().click();
        const found = await examine(page);
        assert.deepEqual(found, [], url);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${url}: ${wide}px too wide`);
        await close();
      }
    });
  }
});
