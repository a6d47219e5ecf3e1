// Many sections: none is out of reach or cut in a word, at any width. Odd addresses end no script.
import assert from "node:assert/strict";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { build, launch, scratch, write } from "./support.mjs";

const names = ["Continuous integration and delivery", "User interface engineering", "Agile development", "Testing", "Code reviews",
  "Design", "Developer experience", "Documentation", "Machine learning", "Observability", "Security reviews"];

let site, browser;
before(async () => {
  const book = scratch();
  const files = { "content/index.md": "# Home\n" };
  for (const [at, name] of names.entries()) files[`content/s${at + 10}/index.md`] = `# ${name}\n`;
  files["content/s10/a.md"] = "# A\n\n## Half {#50%}\n\n```text\ncopy me\n```\n\n## Other\n\nText.\n";
  site = await build(write(book, files));
  browser = await launch();
});
after(() => browser?.close());

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
