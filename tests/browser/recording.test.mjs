// Recordings: player, transcript, times, captions; what changed; what is due; feedback.
// The recording is made here, and none is in the repository.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { build, desktop, folder, launch, open, phone, root, scratch, serve } from "./support.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const recording = "training/02-recording.html";
let site, served, browser;

/** Nine seconds of a tone. */
function tone() {
  const rate = 8000;
  const samples = rate * 9;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i += 1) bytes.writeInt16LE(Math.round(3000 * Math.sin(i / 8)), 44 + i * 2);
  return bytes;
}

/** A few seconds of moving colour, as the browser records it. */
async function film() {
  const page = await browser.newPage();
  const base64 = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [160, 90];
    const draw = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: "video/webm" });
    const parts = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.start();
    for (let i = 0; i < 25; i += 1) {
      draw.fillStyle = `hsl(${i * 14} 80% 50%)`;
      draw.fillRect(0, 0, 160, 90);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    recorder.stop();
    await new Promise((resolve) => { recorder.onstop = resolve; });
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  });
  await page.close();
  return Buffer.from(base64, "base64");
}

before(async () => {
  browser = await launch();
  const book = path.join(scratch(), "book");
  fs.cpSync(path.join(root, "tests/browser/learn"), book, { recursive: true });
  fs.writeFileSync(path.join(book, "content/training/review.wav"), tone());
  fs.writeFileSync(path.join(book, "content/training/film.webm"), await film());
  fs.writeFileSync(path.join(book, "content/training/03-film.md"),
    "---\ntitle: A film\ndescription: Colours.\nmedia: film.webm\ncaptions: review.vtt\n---\n");
  site = await build(book);
  served = await serve(site);
});
after(async () => {
  await browser?.close();
  served?.close();
});

const time = (page) => page.evaluate(() => document.querySelector("audio, video").currentTime);

for (const [how, place] of [["from a server", () => served], ["from a folder", () => folder(site)]]) {
  describe(how, () => {
    test("a time leads there, and the line that is said is marked", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit(recording);
      await page.waitForFunction(() => document.querySelector("audio").readyState > 0);
      await page.locator(".cue", { hasText: "Who can change the price" }).locator(".time").click();
      await page.waitForFunction(() => document.querySelector("audio").currentTime >= 2);
      await page.locator(".cue[aria-current]", { hasText: "Who can change the price" }).waitFor();
      assert.equal(await page.evaluate(() => location.hash), "#t=2");
      await page.evaluate(() => document.querySelector("audio").pause());
      await page.locator(".chapters a", { hasText: "What can go wrong?" }).click();
      await page.locator(".cue[aria-current]", { hasText: "And who would notice?" }).waitFor();
      await page.locator(".chapters [aria-current]", { hasText: "What can go wrong?" }).waitFor();
      await close();
    });

    test("the address of a time is kept", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit(`${recording}#t=6`);
      await page.waitForFunction(() => document.querySelector("audio").currentTime === 6);
      await page.locator(".cue[aria-current]", { hasText: "Nobody, until the evening." }).waitFor();
      await close();
    });

    test("the slide of the moment stands under the player, and all of them at a press", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit(recording);
      await page.waitForFunction(() => document.querySelector("audio").readyState > 0);
      const stage = page.locator(".slide-stage");
      await stage.getByText("A till, and a ledger behind it.").waitFor();
      assert.equal(await page.getByText("The price changes on the way.").isVisible(), false);
      await page.locator(".chapters a", { hasText: "What can go wrong?" }).click();
      await stage.getByText("The price changes on the way.").waitFor();
      assert.equal(await page.getByText("A till, and a ledger behind it.").isVisible(), false);
      await page.getByRole("button", { name: "Slides in time" }).click();
      await page.evaluate(() => document.querySelector("audio").pause());
      assert.equal(await stage.locator("section").count(), 0);
      const order = await page.locator(".prose > .timed-slide h3").allTextContents();
      assert.deepEqual(order.map((words) => words.trim().slice(0, 9)), ["0:00 What", "0:04 What"]);
      await page.getByRole("button", { name: "Slides in time" }).click();
      await visit(`${recording}#000-what-are-we-building`);
      await page.locator(".prose > .timed-slide", { hasText: "A till, and a ledger" }).waitFor();
      await close();
    });

    test("a film has captions from the page itself", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("training/03-film.html");
      await page.waitForFunction(() => document.querySelector("video").readyState > 0);
      const captions = await page.evaluate(() => [...document.querySelector("video").textTracks]
        .map((track) => [track.kind, track.mode, track.cues.length, track.cues[0].text]));
      assert.deepEqual(captions, [["captions", "showing", 4, "Developer: Here is the till and here is the ledger."]]);
      await close();
    });

    test("the transcript is searched", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit(recording);
      await page.getByLabel("Find in the transcript").fill("who notice");
      assert.equal(await page.locator(".cue:visible").count(), 1);
      await page.getByText("1 of 4").waitFor();
      await page.getByLabel("Find in the transcript").fill("");
      assert.equal(await page.locator(".cue:visible").count(), 4);
      await visit("index.html");
      await page.keyboard.press("/");
      await page.locator("#Casebook-query").fill("until the evening");
      await page.locator("#Casebook-results", { hasText: "A recorded review" }).waitFor();
      await close();
    });

    test("changes tell what is new since the last visit", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("changes/index.html");
      assert.equal(await page.locator(".change-log li").count(), 4);
      assert.equal(await page.locator(".is-new").count(), 0, "the first visit has none before it");
      await page.evaluate(() => {
        sessionStorage.clear();
        for (const key of Object.keys(localStorage)) if (key.startsWith("casebook-seen:")) localStorage.setItem(key, "2026-04-02");
      });
      await page.reload();
      await page.getByText("2 changes since your last visit").waitFor();
      assert.equal(await page.locator(".is-new").count(), 2);
      await close();
    });
  });
}

test("keys play, pause and jump", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit(recording);
  await page.waitForFunction(() => document.querySelector("audio").readyState > 0);
  await page.keyboard.press("k");
  await page.waitForFunction(() => !document.querySelector("audio").paused);
  await page.keyboard.press("k");
  await page.waitForFunction(() => document.querySelector("audio").paused);
  await page.keyboard.press("l");
  assert.ok(await time(page) >= 8.9);
  await page.keyboard.press("j");
  assert.ok(await time(page) < 1);
  await close();
});

test("without scripts the recording plays and the transcript is read", async () => {
  const { page, visit, close } = await open(browser, served, { javaScriptEnabled: false });
  await visit(`${recording}#t=6`);
  assert.ok(await page.locator("audio[controls]").isVisible());
  assert.equal(await page.locator(".cue:visible").count(), 4);
  assert.equal(await page.locator(".cue:target").textContent(), "0:06 Developer: Nobody, until the evening.");
  await close();
});

test("what is due is told by the reader's clock", async () => {
  const { page, visit, close } = await open(browser, served);
  await page.clock.setFixedTime(new Date("2026-06-01T12:00:00"));
  await visit("due.html");
  await page.getByText("1 of 2 overdue today").waitFor();
  assert.match(await page.locator("tr.is-overdue").textContent(), /A recorded review/);
  await close();
});

test("a reader can say what is wrong", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("threats/t-till-001.html");
  const href = await page.getByRole("link", { name: "Something wrong here?" }).getAttribute("href");
  assert.equal(new URL(href).searchParams.get("title"), "A customer changes the price in the order");
  assert.equal(new URL(href).searchParams.get("body"), "threats/t-till-001.html");
  await close();
});

test("the feed is one document with an entry for each change", async () => {
  const { page, close } = await open(browser, served);
  await page.goto("about:blank");
  const feed = fs.readFileSync(path.join(site, "feed.xml"), "utf8");
  const read = await page.evaluate((feed) => {
    const read = new DOMParser().parseFromString(feed, "application/xml");
    return [read.querySelector("parsererror")?.textContent, read.querySelectorAll("entry").length,
      new Set([...read.querySelectorAll("id")].map((id) => id.textContent)).size];
  }, feed);
  assert.deepEqual(read, [undefined, 4, 5]);
  await close();
});

for (const [what, device] of [["desktop", desktop], ["phone, dark", { ...phone, colorScheme: "dark" }]]) {
  test(`no barrier is found: ${what}`, async () => {
    const { page, visit, close } = await open(browser, served, { ...device, bypassCSP: true });
    for (const name of [recording, "training/03-film.html", "changes/index.html", "due.html", "guide/01-draw.html", "guide/02-decide.html", "guide/index.html"]) {
      await visit(name);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
      await page.evaluate(axe);
      const found = await page.evaluate(async () => (await window.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"],
      })).violations
        .filter((v) => !(v.id === "label-content-name-mismatch" && v.nodes.every((n) => n.html.includes("dfd-link"))))
        .map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`));
      assert.deepEqual(found, [], name);
    }
    await close();
  });
}
