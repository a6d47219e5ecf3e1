// node tests/browser/shots.mjs DIR
// Pictures of each type of page: desktop light and dark, phone light and dark, print. For eyes, not for comparison.
import fs from "node:fs";
import path from "node:path";
import { build, desktop, features, launch, open, pages, phone, serve, smallPhone } from "./support.mjs";

const out = path.resolve(process.argv[2] || "target/shots");
fs.mkdirSync(out, { recursive: true });
const served = await serve(await build());
const shelf = await serve(await build(features));
const browser = await launch();

const ways = {
  light: desktop,
  dark: { ...desktop, colorScheme: "dark" },
  phone,
  "phone-dark": { ...phone, colorScheme: "dark" },
  "small-phone": smallPhone,
};
const more = { everything: "guide/01-everything.html", "every block": "models/kitchen/index.html", "every field": "threats/t-feat-001.html",
  deprecated: "threats/t-feat-006.html", "not found": "404.html" };
/** What is opened or filled in before the picture. */
const states = {
  search: ["index.html", async (page) => {
    await page.keyboard.press("/");
    await page.locator("#Casebook-query").fill("reset link");
    await page.locator("#Casebook-results mark").first().waitFor();
    await page.waitForTimeout(600);
  }],
  "search nothing": ["index.html", async (page) => {
    await page.keyboard.press("/");
    await page.locator("#Casebook-query").fill("zzqqxx");
    await page.waitForTimeout(600);
  }],
  filter: ["threats/index.html", async (page) => {
    await page.locator(".facet summary").nth(0).click();
    await page.locator(".facet[open] input[type=checkbox]").nth(0).check();
  }],
  menu: ["guide/02-draw-what-you-build.html", async (page) => {
    if (await page.locator(".menu-open").isVisible()) await page.locator(".menu-open").click();
  }],
};

const file = (name, way, ending) => path.join(out, `${name.replaceAll(" ", "-")}.${way}.${ending}`);

for (const [way, device] of Object.entries(ways)) {
  for (const [place, list] of [[served, pages], [shelf, more]]) {
    for (const [type, name] of Object.entries(list)) {
      const { page, visit, context } = await open(browser, place, device);
      await visit(name);
      await page.screenshot({ path: file(type, way, "png"), fullPage: true });
      await context.close();
    }
  }
  for (const [type, [name, act]] of Object.entries(states)) {
    const { page, visit, context } = await open(browser, served, device);
    await visit(name);
    await act(page);
    await page.screenshot({ path: file(type, way, "png") });
    await context.close();
  }
}
for (const [place, list] of [[served, pages], [shelf, more]]) {
  for (const [type, name] of Object.entries(list)) {
    const { page, visit, context } = await open(browser, place);
    await visit(name);
    await page.pdf({ path: file(type, "print", "pdf"), format: "A4", preferCSSPageSize: true });
    await context.close();
  }
}
await browser.close();
served.close();
shelf.close();
console.log(`${fs.readdirSync(out).length} pictures in ${out}`);
