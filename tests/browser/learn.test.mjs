// Learning: ticks, exercises, questions, progress, parts of other pages.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { build, folder, launch, open, phone, root, serve } from "./support.mjs";

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

for (const [how, place] of [["from a server", () => served], ["from a folder", () => folder(site)]]) {
  describe(how, () => {
    test("a question tells why, and is done when it is answered", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("guide/01-draw.html");
      const quiz = page.locator(".quiz");
      await quiz.getByRole("button", { name: "Check" }).click();
      assert.equal(await quiz.getByRole("status").textContent(), "Choose an answer first.");
      await quiz.getByRole("radio").nth(1).check();
      await quiz.getByRole("button", { name: "Check" }).click();
      assert.match(await quiz.locator(".feedback").textContent(), /Both stand behind the counter/);
      assert.match(await quiz.getByRole("status").textContent(), /Try again/);
      await quiz.getByRole("radio").nth(0).check();
      assert.equal(await quiz.locator(".feedback").count(), 0, "a new choice takes the old answer away");
      await quiz.getByRole("button", { name: "Check" }).click();
      assert.equal(await quiz.getByRole("status").textContent(), "That is right.");
      assert.equal(await quiz.locator(".feedback").count(), 3, "then every choice is explained");
      await page.getByText("1 of 4 done on this page").waitFor();
      await page.reload();
      await page.getByText("Question, answered").waitFor();
      await close();
    });

    test("several right choices are all asked for", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("guide/02-decide.html");
      const quiz = page.locator(".quiz");
      const check = () => quiz.getByRole("button", { name: "Check" }).click();
      await quiz.getByRole("checkbox").nth(0).check();
      await check();
      assert.match(await quiz.getByRole("status").textContent(), /there is more/);
      await quiz.getByRole("checkbox").nth(1).check();
      await check();
      assert.equal(await quiz.getByRole("status").textContent(), "That is right.");
      await quiz.getByText("A threat may also be accepted.").waitFor();
      await close();
    });

    test("the section counts the pages that are done, and clears them", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("guide/index.html");
      await page.getByText("0 of 3 pages done").waitFor();
      await visit("guide/01-draw.html");
      for (const box of await page.locator(".task input").all()) await box.check();
      await page.locator(".exercise input").check();
      await page.locator(".quiz input").nth(0).check();
      await page.getByRole("button", { name: "Check" }).click();
      await page.getByText("All 4 done on this page").waitFor();
      await visit("guide/03-read.html");
      await page.getByLabel("Done with this page").check();
      await visit("guide/02-decide.html");
      assert.equal(await page.locator(".sidebar a.is-done").count(), 2);
      await visit("guide/index.html");
      await page.getByText("2 of 3 pages done").waitFor();
      assert.equal(await page.locator(".card.is-done").count(), 2);
      await page.getByRole("button", { name: "Start again" }).click();
      await page.getByRole("button", { name: "Clear the ticks of all 3 pages?" }).click();
      await page.getByText("0 of 3 pages done").waitFor();
      await visit("guide/01-draw.html");
      assert.equal(await page.locator("input:checked").count(), 0);
      await close();
    });

    test("a page is cleared by itself", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("guide/01-draw.html");
      await page.locator(".task input").nth(1).check();
      await page.locator(".exercise input").check();
      await page.getByText("2 of 4 done on this page").waitFor();
      await visit("guide/index.html");
      await page.getByText("2 of 4").waitFor();
      await visit("guide/01-draw.html");
      await page.getByRole("button", { name: "Clear this page" }).click();
      assert.equal(await page.locator("input:checked").count(), 0);
      await page.reload();
      assert.equal(await page.locator("input:checked").count(), 0);
      await close();
    });
  });
}

test("where nothing can be kept, everything works as long as the page", async () => {
  const { page, context, visit, close } = await open(browser, served);
  await context.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get() { throw new Error("forbidden"); } });
  });
  await visit("guide/01-draw.html");
  await page.locator(".task input").nth(0).check();
  await page.getByText("1 of 4 done on this page").waitFor();
  await close();
});

test("a question can be answered with the keyboard alone", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("guide/01-draw.html");
  await page.locator(".quiz input").first().focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".quiz").getByRole("status").textContent(), "That is right.");
  await close();
});

test("without scripts it is plain reading", async () => {
  const { page, visit, close } = await open(browser, served, { javaScriptEnabled: false });
  await visit("guide/01-draw.html");
  await page.getByText("The flow from till to ledger").waitFor();
  assert.ok(!(await page.getByText("Both stand behind the counter").isVisible()), "answers are folded");
  await page.locator(".answers summary").click();
  assert.ok(await page.getByText("Both stand behind the counter").isVisible());
  await page.locator(".answer summary").click();
  assert.ok(await page.getByText("The drawer is opened without a sale.").isVisible());
  await close();
});

test("answers print folded out", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("guide/01-draw.html");
  await page.emulateMedia({ media: "print" });
  for (const text of ["Both stand behind the counter", "The drawer is opened without a sale"]) {
    const box = await page.getByText(text).last().boundingBox();
    assert.ok(box && box.height > 5, text);
  }
  await close();
});

test("parts of other pages lead to their source and fit the phone", async () => {
  const { page, visit, close } = await open(browser, served, phone);
  await visit("guide/02-decide.html");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} px too wide`);
  const rows = page.locator(".fragment").first();
  await rows.locator(".fold > summary").tap();
  await rows.getByText("The price comes from the ledger.").waitFor();
  assert.equal(await rows.getByText("The drawer is opened").count(), 0, "only the row that is asked for");
  const ids = await page.evaluate(() => [...document.querySelectorAll(".fragment [id]")].map((e) => e.id));
  assert.deepEqual(ids, []);
  await rows.locator(".fragment-source a").tap();
  await page.waitForURL(/models\/till\/index\.html#t-till-001$/);
  assert.ok(await page.locator("tr#t-till-001").isVisible());
  await close();
});
