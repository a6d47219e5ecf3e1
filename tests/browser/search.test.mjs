// The search dialog, as a reader uses it. Ranking is compared with the program's in search_parity.rs.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { build, folder, launch, open, phone, serve } from "./support.mjs";

let dir, served, browser;
before(async () => {
  dir = await build();
  served = await serve(dir);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  served?.close();
});

/** Waits until the list shows what was typed. */
async function results(page, query) {
  await page.locator("#q").fill("");
  await page.waitForFunction(() => !document.querySelector("#results li"));
  await page.locator("#q").fill(query);
  await page.locator("#results li").first().waitFor();
  await page.waitForFunction(() => document.querySelector("#results .search-snippet")?.textContent);
  return page.locator("#results li > a").allInnerTexts();
}

for (const [how, place] of [["from a server", () => served], ["from a folder", () => folder(dir)]]) {
  describe(how, () => {
    test("keys alone: / opens, typing finds, arrows move, Enter follows", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("guide/02-draw-what-you-build.html");
      await page.keyboard.press("/");
      assert.ok(await page.locator("#search").isVisible());
      assert.equal(await page.evaluate(() => document.activeElement.id), "q");
      await page.keyboard.type("upload");
      await page.locator("#results li").nth(2).waitFor();
      await page.waitForTimeout(300);
      await page.keyboard.press("ArrowDown");
      const first = await page.evaluate(() => document.activeElement.href);
      await page.keyboard.press("ArrowDown");
      const second = await page.evaluate(() => document.activeElement.href);
      assert.ok(first && second && first !== second);
      await page.keyboard.press("ArrowUp");
      assert.equal(await page.evaluate(() => document.activeElement.href), first);
      await page.keyboard.press("ArrowUp");
      assert.equal(await page.evaluate(() => document.activeElement.id), "q", "up from the first goes back to the words");
      await page.keyboard.press("ArrowDown");
      await Promise.all([page.waitForURL(first), page.keyboard.press("Enter")]);
      assert.match(await page.locator("main").innerText(), /upload/i);
      await close();
    });

    test("Enter in the words follows the first result", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("index.html");
      await page.keyboard.press("Control+k");
      await results(page, "T-AUTH-001");
      await Promise.all([page.waitForURL(/t-auth-001\.html/), page.keyboard.press("Enter")]);
      await close();
    });
  });
}

test("an ID comes first, whole or in lower case", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  for (const query of ["T-FILE-002", "t-file-002", "R-AUTH-002"]) {
    assert.match((await results(page, query))[0], new RegExp(query, "i"));
  }
  await close();
});

test("the beginning of a word finds it, a phrase and a minus narrow", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  const count = async (query) => {
    await results(page, query);
    return Number((await page.locator("#search .search-status").innerText()).match(/\d+/)[0]);
  };
  assert.ok(await count("passwo") > 0);
  const all = await count("reset link");
  assert.ok(await count('"reset link"') <= all);
  assert.ok(await count("reset -link") < await count("reset"));
  await close();
});

test("the words found are marked, and the result leads to the section", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  await results(page, "data-flow diagram");
  assert.ok(await page.locator("#results .search-snippet mark").count() > 0);
  const anchored = page.locator('#results a[href*="#"]').first();
  const id = decodeURIComponent((await anchored.getAttribute("href")).split("#")[1]);
  await anchored.click();
  await page.waitForURL((url) => decodeURIComponent(url.hash) === `#${id}`);
  const place = await page.locator(`[id="${id}"]`).boundingBox();
  assert.ok(place.y >= 0 && place.y < 900);
  await close();
});

test("Escape closes and gives the focus back", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.locator("#search-open").focus();
  await page.keyboard.press("Enter");
  await results(page, "token");
  await page.keyboard.press("Escape");
  if (await page.locator("#search").isVisible()) await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("#search").isVisible()));
  assert.equal(await page.evaluate(() => document.activeElement.id), "search-open");
  assert.doesNotMatch(page.url(), /q=/);
  await close();
});

test("chips narrow to a kind and widen again", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  await results(page, "token");
  const chip = page.locator(".search-facet button", { hasText: "Requirement" });
  const promised = Number((await chip.innerText()).match(/\d+/)[0]);
  await chip.click();
  await page.waitForFunction(() => [...document.querySelectorAll("#results li")].every((li) => li.dataset.kind === "requirement"));
  const pressed = page.locator(".search-facet button[aria-pressed=true]");
  await pressed.waitFor();
  assert.match(await pressed.innerText(), /Requirement/);
  assert.match(await page.locator("#search .search-status").innerText(), new RegExp(`\\b${promised}\\b`));
  await pressed.click();
  await page.waitForFunction(() => new Set([...document.querySelectorAll("#results li")].map((li) => li.dataset.kind)).size > 1);
  assert.equal(await page.locator("#q").inputValue(), "token");
  await close();
});

test("the query is in the address, and such an address opens the search", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("threats/index.html");
  await page.keyboard.press("/");
  await results(page, "session cookie");
  await page.waitForFunction(() => new URLSearchParams(location.search).get("q") === "session cookie");
  const shown = await page.locator("#results li > a").allInnerTexts();
  await visit(`index.html?q=${encodeURIComponent("session cookie")}`);
  await page.locator("#results li").first().waitFor();
  assert.equal(await page.locator("#q").inputValue(), "session cookie");
  assert.deepEqual(await page.locator("#results li > a").allInnerTexts(), shown);
  await close();
});

test("a typing error is forgiven, and nonsense says that nothing was found", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  assert.ok((await results(page, "pasword")).length > 0);
  await page.locator("#q").fill("zzqqxxyy");
  await page.waitForFunction(() => !document.querySelector("#results li"));
  assert.notEqual((await page.locator("#search .search-status").innerText()).trim(), "");
  await close();
});

test("/ typed into a field stays a character", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("threats/index.html");
  await page.locator("input[name=filter]").focus();
  await page.keyboard.type("a/b");
  assert.equal(await page.locator("input[name=filter]").inputValue(), "a/b");
  assert.equal(await page.locator("#search[open]").count(), 0);
  await close();
});

test("on a phone the dialog fits and stays inside the screen", async () => {
  const { page, visit, close } = await open(browser, served, phone);
  await visit("index.html");
  await page.locator("#search-open").tap();
  await results(page, "password");
  const box = await page.locator("#search").boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 390.5, JSON.stringify(box));
  assert.ok(await page.evaluate(() => {
    const dialog = document.querySelector("#search");
    return dialog.scrollWidth <= dialog.clientWidth;
  }));
  await page.locator(".search-close").tap();
  assert.ok(!(await page.locator("#search").isVisible()));
  await close();
});
