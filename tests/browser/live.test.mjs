// `casebook serve` in the browser: an edit shows by itself, the place is kept, errors lie over the last good page.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { casebook, features, launch, open, scratch } from "./support.mjs";

let book, server, place, browser;
before(async () => {
  book = scratch();
  fs.cpSync(features, book, { recursive: true });
  const long = Array.from({ length: 60 }, (_, at) => `Paragraph ${at} of a long page, so that it can be scrolled.\n`).join("\n");
  fs.appendFileSync(path.join(book, "content/guide/02-second.md"), `\n${long}`);
  server = spawn(casebook(), ["serve", book], { stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise((resolve, reject) => {
    let text = "";
    server.stdout.on("data", (bytes) => {
      text += bytes;
      const found = text.match(/http:\/\/\S+/);
      if (found) resolve(found[0].replace(/\/?$/, "/"));
    });
    server.on("exit", (code) => reject(new Error(`serve ended with ${code}: ${text}`)));
  });
  place = { address, at: (page) => address + page };
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.kill();
});

const page2 = "guide/02-second.html";
const file = () => path.join(book, "content/guide/02-second.md");
const edit = (from, to) => {
  const text = fs.readFileSync(file(), "utf8");
  assert.ok(text.includes(from), from);
  fs.writeFileSync(file(), text.replace(from, to));
};
/** The connection for news is open. */
const listening = (page) => page.waitForFunction(() => performance.getEntriesByType("resource").some((entry) => entry.name.includes("/.casebook/")));

test("an edit shows by itself and the place is kept", async () => {
  const { page, visit, close } = await open(browser, place);
  await visit(page2);
  await listening(page);
  await page.evaluate(() => scrollTo(0, 900));
  edit("Paragraph 30 of", "Paragraph thirty of");
  await page.getByText("Paragraph thirty of").waitFor();
  await page.waitForFunction(() => scrollY === 900);
  // Twice, since the first may be kept by the browser's own memory.
  edit("Paragraph thirty of", "Paragraph 30 again of");
  await page.getByText("Paragraph 30 again of").waitFor();
  await page.waitForFunction(() => scrollY === 900);
  await close();
});

test("an edit elsewhere that shows here is seen here", async () => {
  const { page, visit, close } = await open(browser, place);
  await visit("threats/t-feat-001.html");
  await listening(page);
  const requirement = path.join(book, "content/requirements/R-FEAT-001.md");
  fs.writeFileSync(requirement, fs.readFileSync(requirement, "utf8").replace("Backups are encrypted", "Every backup is encrypted"));
  await page.locator("main").getByText("Every backup is encrypted").first().waitFor();
  await close();
});

test("errors lie over the last good page, as text, and go when they are mended", async () => {
  const { page, context, visit, close } = await open(browser, place);
  await context.addInitScript(() => { window.pwned = () => console.error("EXECUTED"); });
  await visit(page2);
  await listening(page);
  const mistake = "order: <img src=x onerror=pwned(1)>\n";
  edit("title: The second step\n", `title: The second step, changed\n${mistake}`);
  const trouble = page.locator("#Casebook-trouble");
  await trouble.waitFor();
  assert.match(await trouble.innerText(), /02-second\.md:\d+/);
  assert.match(await trouble.innerText(), /<img src=x onerror/);
  assert.equal(await trouble.locator("img").count(), 0);
  assert.equal(await page.locator("h1").innerText(), "The second step", "the last good page");
  await page.reload();
  await trouble.waitFor();
  assert.equal(await page.locator("h1").innerText(), "The second step");
  await visit("guide/01-everything.html");
  await trouble.waitFor();
  await visit(page2);
  await trouble.waitFor();
  edit(`title: The second step, changed\n${mistake}`, "title: The second step\n");
  await trouble.waitFor({ state: "detached" });
  await close();
});

test("errors can be hidden", async () => {
  const { page, visit, close } = await open(browser, place);
  await visit(page2);
  await listening(page);
  edit("title: The second step", "title: [");
  const trouble = page.locator("#Casebook-trouble");
  await trouble.getByRole("button").click();
  await trouble.waitFor({ state: "detached" });
  edit("title: [", "title: The second step");
  await page.waitForTimeout(500);
  await close();
});

test("search and style work as in the built site", async () => {
  const { page, visit, close } = await open(browser, place);
  await visit("index.html");
  await page.keyboard.press("/");
  await page.locator("#Casebook-query").fill("backup");
  await page.locator("#Casebook-results li").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await Promise.all([page.waitForURL((url) => url.href !== place.at("index.html") && !url.search), page.keyboard.press("Enter")]);
  await close();
});

test("an unknown address is answered by the page for that", async () => {
  const { page, visit, complaints, context } = await open(browser, place);
  const response = await visit("deep/er/nothing.html");
  assert.equal(response.status(), 404);
  assert.match(await page.locator("h1").innerText(), /no page/i);
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.body).getPropertyValue("--accent")), "");
  assert.equal(complaints.length, 1, complaints.join("\n"));
  await context.close();
});
