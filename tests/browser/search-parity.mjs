// search-parity.mjs CASES.json
// Opens a site from its folder (file://) in Chromium under a strict policy and compares what the search script
// finds with what is expected. CASES: {site, page, queries: [{query, total, complete, corrected, facets, hits: [...]}]}.
// PLAYWRIGHT: a folder with node_modules/playwright-core; CHROMIUM: the browser. Prints one line of JSON; exit code 1
// if anything differs.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const cases = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const prefix = path.resolve(process.env.PLAYWRIGHT || ".");
const { chromium } = createRequire(path.join(prefix, "x.js"))("playwright-core");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage();
const problems = [];
page.on("pageerror", (error) => problems.push(`script error: ${error.message}`));
page.on("console", (message) => message.type() === "error" && problems.push(`console: ${message.text()}`));
page.on("dialog", (dialog) => { problems.push(`a script of the content ran: ${dialog.message()}`); dialog.dismiss(); });
page.on("request", (request) => request.url().startsWith("file:") || request.url().startsWith("blob:")
  || problems.push(`outside request: ${request.url()}`));
await page.goto(pathToFileURL(path.join(cases.site, cases.page || "index.html")).href);

const slice = ({ text, marks }) => marks.map(([start, end]) => text.slice(start, end));
const differ = (query, what, got, want) => {
  const sorted = (name, value) => (value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value);
  const [a, b] = [JSON.stringify(got, sorted), JSON.stringify(want, sorted)];
  if (a !== b) problems.push(`${JSON.stringify(query)}, ${what}: in the browser ${a}, expected ${b}`);
};
for (const { query, hits, ...want } of cases.queries) {
  const got = await page.evaluate((query) => window.casebookSearch.search(query), query);
  for (const key of Object.keys(want)) differ(query, key, got[key], want[key]);
  differ(query, "addresses", got.hits.map((hit) => hit.url), hits.map((hit) => hit.url));
  for (const [at, hit] of got.hits.entries()) {
    if (!hits[at]) continue;
    const mine = {
      ...hit, snippet: hit.snippet.text,
      places: hit.places.map(({ url, section, snippet }) => [url, section, snippet.text, slice(snippet)]),
      like: hit.like.map(({ title }) => title),
      marks: slice({ text: hit.title, marks: hit.marks }).concat(slice(hit.snippet)),
    };
    for (const key of Object.keys(hits[at])) differ(query, `${hit.url} ${key}`, mine[key], hits[at][key]);
  }
}

// The dialog itself, by keyboard.
const results = page.locator("#Casebook-results li");
for (const query of cases.typed || []) {
  await page.keyboard.press("/");
  await page.fill("#Casebook-query", query);
  await results.first().waitFor({ timeout: 20000 }).catch(() => problems.push(`nothing shown for ${query}`));
  await page.waitForTimeout(400);
  await page.keyboard.press("ArrowDown");
  const link = await page.evaluate(() => document.activeElement.closest("#Casebook-results a")?.getAttribute("href"));
  if (!link) problems.push(`arrow down did not reach a result of ${query}`);
  await page.keyboard.press("Escape");
  if (await page.locator("#Casebook-dialog").isVisible()) problems.push("Escape did not close the dialog");
}
if (cases.canary && await page.evaluate((name) => window[name] !== undefined, cases.canary)) {
  problems.push("a script of the content ran");
}
await browser.close();
console.log(JSON.stringify({ queries: cases.queries.length, problems }));
for (const problem of problems.slice(0, 20)) console.error(problem.slice(0, 2000));
process.exit(problems.length ? 1 : 0);
