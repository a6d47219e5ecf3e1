// node tests/browser/pictures.mjs [DIR]
// The pictures of the manual's page "What it looks like", taken from the project's own site. `./test pictures`
// takes them anew; pictures.test.mjs holds that they can be taken, and that the manual has them all.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build, desktop, launch, open, pages, root, serve } from "./support.mjs";

export const folder = path.join(root, "content/casebook/pictures");

/** How large all pictures may be together, in bytes: they come with the program. */
export const MOST = 1_500_000;

/** The day on which a reader looks, so that what is overdue is the same each time. */
const DAY = new Date("2026-12-01T09:00:00Z");

const view = { viewport: { width: 1200, height: 750 } };

/** Each picture: the page, how it is set, and what is done before it is taken. */
export const pictures = {
  home: ["index.html"],
  threat: [pages.threat],
  catalogue: ["threats/index.html?severity=critical", {}, async (page) => {
    await page.locator('.facet[data-facet="applies-to"] summary').click();
  }],
  search: ["index.html", {}, async (page) => {
    await page.keyboard.press("/");
    await page.locator("#Casebook-query").fill("file upload");
    await page.locator("#Casebook-results li mark").first().waitFor();
    await page.waitForFunction(() => document.querySelectorAll("#Casebook-results li").length >= 6);
  }],
  ask: ["ask.html", {}, async (page) => {
    await page.locator("textarea").first().fill("Customers upload photos, we resize them and share them by link");
    await page.getByRole("button", { name: "Find what applies" }).click();
    await page.locator("main a[data-entry]").first().waitFor();
  }],
  model: [pages.model],
  diagram: [pages.model, { colorScheme: "dark" }, async (page) => {
    await page.locator(".diagram-bar button").first().click();
    await page.locator("dialog.zoom .zoom-area svg").waitFor();
  }],
  threats: [`${pages.model}?status=mitigated`, {}, async (page) => {
    await page.locator(".threat-filters").scrollIntoViewIfNeeded();
    await page.evaluate(() => scrollBy({ top: document.querySelector(".threat-filters").getBoundingClientRect().top - 90, behavior: "instant" }));
  }],
  coverage: ["coverage/threats.html"],
  change: [pages["what changed in a model"]],
};

/** Takes one picture as PNG. */
export async function take(browser, place, name) {
  const [address, options = {}, act] = pictures[name];
  const { page, visit, context } = await open(browser, place, { ...desktop, ...view, ...options });
  await page.clock.setFixedTime(DAY);
  await visit(address);
  await act?.(page);
  await page.evaluate(() => document.fonts.ready);
  const taken = await page.screenshot({ animations: "disabled", caret: "hide" });
  await context.close();
  return taken;
}

async function main() {
  const out = process.argv[2] ? path.resolve(process.argv[2]) : folder;
  fs.mkdirSync(out, { recursive: true });
  const place = await serve(await build());
  const browser = await launch();
  let all = 0;
  for (const name of Object.keys(pictures)) {
    const taken = await take(browser, place, name);
    fs.writeFileSync(path.join(out, `${name}.png`), taken);
    all += taken.length;
  }
  await browser.close();
  place.close();
  console.log(`${Object.keys(pictures).length} pictures, ${Math.ceil(all / 1000)} kB, in ${out}`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
