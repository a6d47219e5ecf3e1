// Slides: keys, addresses, notes and clock, overview, fitting, print, phone, without scripts.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { build, desktop, folder, launch, open, phone, root, serve, smallPhone } from "./support.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const deck = "training/01-session.html";
let site, served, browser;
before(async () => {
  site = await build(path.join(root, "tests/browser/learn"));
  served = await serve(site);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  served?.close();
});

const shown = (page) => page.locator(".deck-position").textContent();
const hash = (page) => page.evaluate(() => location.hash);

for (const [how, place] of [["from a server", () => served], ["from a folder", () => folder(site)]]) {
  describe(how, () => {
    test("keys lead from slide to slide, and the address follows", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit(deck);
      assert.equal(await shown(page), "1 / 6");
      assert.equal(await page.locator("h1:visible").textContent(), "Session 1: what are we building");
      for (const [key, expected] of [["ArrowRight", 2], ["Space", 3], ["PageDown", 4], ["ArrowLeft", 3], ["PageUp", 2],
        ["Shift+Space", 1], ["ArrowLeft", 1], ["End", 6], ["ArrowRight", 6], ["Home", 1], ["ArrowDown", 2]]) {
        await page.keyboard.press(key);
        assert.equal(await shown(page), `${expected} / 6`, key);
        assert.equal(await page.locator(".slide:visible").count(), 1);
      }
      assert.equal(await hash(page), "#2");
      await page.reload();
      assert.equal(await shown(page), "2 / 6");
      await close();
    });

    test("a slide has an address, and so has a heading on it", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit(`${deck}#3`);
      assert.equal(await page.locator("h2:visible").first().textContent(), "Three questions #");
      await page.evaluate(() => { location.hash = "#5"; });
      await page.waitForFunction(() => document.querySelector(".deck-position").textContent === "5 / 6");
      await visit("index.html");
      await visit(`${deck}#a-long-slide`);
      assert.equal(await shown(page), "6 / 6");
      await visit("index.html");
      await visit(`${deck}#99`);
      assert.equal(await shown(page), "6 / 6");
      await close();
    });
  });
}

test("notes show what to say, the time and the plan", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit(`${deck}#2`);
  assert.ok(!(await page.getByText("Point at the boundary").isVisible()));
  await page.keyboard.press("n");
  await page.getByText("Point at the boundary").waitFor();
  assert.match(await page.locator(".deck-plan").textContent(), /This slide 5:00, planned to its end 7:00 of 18:30/);
  assert.ok(await page.locator(".slide.after .slide-body").isVisible(), "the next slide is in sight");
  const clock = page.getByRole("timer");
  assert.equal(await clock.textContent(), "0:00");
  await page.keyboard.press("ArrowRight");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.waitForFunction(() => document.querySelector("[role=timer]").textContent !== "0:00");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Reset" }).click();
  assert.equal(await clock.textContent(), "0:00");
  await page.keyboard.press("Escape");
  assert.ok(!(await clock.isVisible()));
  await close();
});

test("the overview shows all slides and leads to each", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit(`${deck}#2`);
  await page.keyboard.press("o");
  assert.equal(await page.locator(".slide:visible").count(), 6);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  assert.equal(await shown(page), "3 / 6");
  assert.equal(await page.locator(".slide:visible").count(), 1);
  await page.getByRole("button", { name: "Overview" }).click();
  await page.getByRole("link", { name: "Slide 5 of 6: Exercise" }).click();
  assert.equal(await shown(page), "5 / 6");
  await close();
});

test("help names the keys, and page and slides change places", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit(`${deck}#3`);
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("Next slide").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("r");
  assert.ok(await page.locator(".site-header").isVisible());
  assert.equal(await page.locator(".slide:visible").count(), 6);
  assert.ok(await page.getByText("Point at the boundary").isVisible(), "notes are read too");
  await page.reload();
  assert.ok(await page.locator(".site-header").isVisible(), "the choice lasts");
  await page.getByRole("button", { name: "Show the slides" }).click();
  assert.equal(await shown(page), "3 / 6");
  await close();
});

test("keys do their own work in fields and buttons", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit(`${deck}#5`);
  await page.locator(".answer summary").focus();
  await page.keyboard.press("Space");
  assert.ok(await page.getByText("The price is changed.").isVisible());
  assert.equal(await shown(page), "5 / 6");
  await page.locator(".exercise input").focus();
  await page.keyboard.press("Space");
  assert.ok(await page.locator(".exercise input").isChecked());
  await close();
});

for (const viewport of [{ width: 1280, height: 768 }, { width: 1920, height: 1080 }, { width: 1024, height: 768 }, { width: 2000, height: 700 }]) {
  test(`everything is in sight at ${viewport.width} by ${viewport.height}`, async () => {
    const { page, visit, close } = await open(browser, served, { ...desktop, viewport });
    await visit(deck);
    for (let number = 1; number <= 6; number += 1) {
      const over = await page.evaluate(() => {
        const body = document.querySelector(".slide.current .slide-body");
        const box = body.getBoundingClientRect();
        return [body.scrollHeight - body.clientHeight, body.scrollWidth - body.clientWidth, box.right - innerWidth, box.bottom - innerHeight,
          Math.abs(box.width / box.height - 16 / 9) * 100];
      });
      assert.ok(over.every((much) => much <= 1), `slide ${number}: ${over}`);
      await page.keyboard.press("ArrowRight");
    }
    await close();
  });
}

test("one slide prints on one page", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit(deck);
  const count = async () => (await page.pdf({ preferCSSPageSize: true })).toString("latin1").match(/\/Type \/Page\b/g).length;
  assert.equal(await count(), 6);
  await page.keyboard.press("n");
  assert.equal(await count(), 6, "with the notes");
  await page.keyboard.press("n");
  await page.keyboard.press("o");
  assert.equal(await count(), 6, "from the overview");
  await close();
});

for (const [what, device] of [["390 px", phone], ["320 px", smallPhone]]) {
  test(`${what}: slides can be read and turned`, async () => {
    const { page, visit, close } = await open(browser, served, device);
    await visit(deck);
    for (let number = 1; number <= 6; number += 1) {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `slide ${number} is ${wide} px too wide`);
      const size = await page.evaluate(() => parseFloat(getComputedStyle(document.querySelector(".slide.current .slide-fit")).fontSize));
      assert.ok(size >= 16, `${size} px`);
      await page.getByRole("button", { name: "Next slide" }).click({ force: number === 6, timeout: 2000 }).catch(() => {});
    }
    assert.equal(await shown(page), "6 / 6");
    const bar = await page.locator(".deck-tools").evaluate((tools) => tools.scrollWidth - tools.clientWidth);
    assert.ok(bar <= 0, `the bar is ${bar} px too wide`);
    await close();
  });
}

test("without scripts it is a page to read", async () => {
  const { page, visit, close } = await open(browser, served, { javaScriptEnabled: false });
  await visit(`${deck}#5`);
  assert.equal(await page.locator(".slide:visible").count(), 6);
  assert.ok(await page.locator(".site-header").isVisible());
  assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
  assert.ok(!(await page.getByRole("button", { name: "Show the slides" }).isVisible()));
  await close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const [what, device] of [["desktop", desktop], ["phone", phone]]) {
    test(`no barrier is found in any view: ${colorScheme}, ${what}`, async () => {
      const { page, visit, close } = await open(browser, served, { ...device, colorScheme, bypassCSP: true });
      for (const [number, key] of [[1, ""], [2, ""], [4, ""], [5, ""], [6, ""], [2, "n"], [2, "o"], [2, "?"], [2, "r"]]) {
        await visit("index.html");
        await visit(`${deck}#${number}`);
        if (key) await page.keyboard.press(key);
        await page.evaluate(axe);
        const found = await page.evaluate(async () => (await window.axe.run(document, {
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"],
        })).violations
          .map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(" | ")}`));
        assert.deepEqual(found, [], `slide ${number} ${key}`);
      }
      await close();
    });
  }
}
