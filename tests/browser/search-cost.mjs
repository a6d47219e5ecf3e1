// What a search costs a reader who has nothing in the cache: for each query the files, their bytes as a web server
// sends them (gzip), the time to the first result and to the whole list, and the time that scripts took of a processor
// until the list stood. A machine that does other work as well lengthens the first two; the last one hardly.
//
//     node tests/browser/search-cost.mjs [SITE | BOOK] [QUERY...]
//
// SITE is a built site; without one the project's own book is built. Prints a Markdown table. The last line is the
// commonest word of the site, which has the longest list.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { build, launch, root, serve } from "./support.mjs";

const [given, ...asked] = process.argv.slice(2);
const site = given && fs.existsSync(path.join(given, "search/meta.js")) ? path.resolve(given) : await build(given || root);
const gzipped = new Map();
const size = (name) => {
  if (!gzipped.has(name)) gzipped.set(name, zlib.gzipSync(fs.readFileSync(path.join(site, name)), { level: 6 }).length);
  return gzipped.get(name);
};
const served = await serve(site);
const browser = await launch();
const scripts = ["find.js", "search.css"].map((name) => `assets/${name}`)
  .filter((name) => fs.existsSync(path.join(site, name)));
const own = scripts.reduce((sum, name) => sum + size(name), 0);

/** The word that most pages have, without stop words. */
async function commonest() {
  const page = await browser.newPage();
  await page.goto(served.at("index.html"));
  const word = await page.evaluate(async () => {
    await window.casebookLoad("find", "search");
    return window.casebookSearch.commonest();
  });
  await page.close();
  return word;
}

/** Milliseconds of a processor for scripts until the list stands, with the scripts of the search there. */
async function scriptTime(query) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(served.at("index.html"), { waitUntil: "load" });
  await page.evaluate(async () => {
    await window.casebookLoad("find", "search");
    await window.casebookSearch.loadMeta();
    window.casebookSearch.open("");
  });
  await page.waitForFunction(() => document.querySelector(".search-filters button"));
  const client = await context.newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () => (await client.send("Performance.getMetrics")).metrics.find(({ name }) => name === "ScriptDuration").value;
  const before = await spent();
  await page.evaluate((query) => new Promise((resolve) => {
    const status = document.querySelector(".search-status");
    new MutationObserver(() => status.textContent && resolve()).observe(status, { childList: true });
    const input = document.getElementById("Casebook-query");
    input.value = query;
    input.dispatchEvent(new Event("input"));
  }), query);
  const time = 1000 * (await spent() - before);
  await context.close();
  return time;
}

async function measure(query) {
  const script = await scriptTime(query);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(served.at("index.html"), { waitUntil: "load" });
  const times = await page.evaluate(async (query) => {
    const begin = performance.now();
    const until = (done) => new Promise((resolve) => {
      const look = () => (done() ? resolve(performance.now() - begin) : requestAnimationFrame(look));
      look();
    });
    document.getElementById("Casebook-search").click();
    await until(() => document.getElementById("Casebook-query"));
    const input = document.getElementById("Casebook-query");
    input.value = query;
    input.dispatchEvent(new Event("input"));
    const results = document.getElementById("Casebook-results");
    const first = await until(() => results.querySelector("li"));
    const all = await until(() => document.querySelector(".search-status").textContent);
    await new Promise((resolve) => setTimeout(resolve, 800));
    const files = performance.getEntriesByType("resource")
      .map(({ name, startTime }) => ({ name: new URL(name).pathname.slice("/wiki/".length), at: startTime - begin }))
      .filter(({ name }) => name.startsWith("search/"));
    return { first, all, total: Number(results.dataset.all), files };
  }, query);
  await context.close();
  const asked = times.files;
  const early = asked.filter(({ at }) => at <= times.all);
  const bytes = (files) => files.reduce((sum, { name }) => sum + size(name), 0);
  return { query, script, ...times, early: early.length, earlyBytes: bytes(early), later: asked.length - early.length, laterBytes: bytes(asked) - bytes(early) };
}

const kb = (bytes) => (bytes / 1000).toFixed(1);
console.log(`${fs.readdirSync(site, { recursive: true }).filter((name) => name.endsWith(".html")).length} pages; `
  + `scripts and style of the search ${kb(own)} kB, loaded with the first search\n`);
console.log("| query | results | files to the list | kB | kB with scripts | first result ms | list ms | script ms | files after it | kB |");
console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
const word = await commonest();
const queries = asked.length ? asked : ["password", "T-AUTH-004", "session token", "\"reset link\"", "kind:threat upload", "pasword", "passw",
  "session token of a mobile app stolen from a phone that was lost in a train"];
for (const query of [...queries, word]) {
  const runs = [];
  for (let n = 0; n < 3; n++) runs.push(await measure(query));
  const { total, early, earlyBytes, later, laterBytes } = runs[0];
  const median = (key) => runs.map((run) => run[key]).sort((a, b) => a - b)[1].toFixed(0);
  const shown = query === word ? `${query} (the commonest word)` : query;
  console.log(`| ${shown} | ${total} | ${early} | ${kb(earlyBytes)} | ${kb(earlyBytes + own)} | ${median("first")} | ${median("all")} | ${median("script")} | ${later} | ${kb(laterBytes)} |`);
}
await browser.close();
served.close();
