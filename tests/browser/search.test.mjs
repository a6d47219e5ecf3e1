// The search dialog, as a reader uses it. Ranking is compared with the program's in search_parity.rs.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
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
  await page.locator("#Casebook-query").fill("");
  await page.waitForFunction(() => !document.querySelector("#Casebook-results li"));
  await page.locator("#Casebook-query").fill(query);
  await page.locator("#Casebook-results li").first().waitFor();
  await page.waitForFunction(() => document.querySelector("#Casebook-results .search-snippet")?.textContent);
  await page.waitForFunction((query) => document.querySelector(".search-filters div")?.dataset.query === query, query);
  return page.locator("#Casebook-results li > a").allInnerTexts();
}

for (const [how, place] of [["from a server", () => served], ["from a folder", () => folder(dir)]]) {
  describe(how, () => {
    test("keys alone: / opens, typing finds, arrows move, Enter follows", async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("guide/02-draw-what-you-build.html");
      await page.keyboard.press("/");
      // The search is not loaded yet, and nothing of this is lost.
      await page.keyboard.type("upload");
      await page.locator("#Casebook-dialog").waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.id), "Casebook-query");
      assert.equal(await page.locator("#Casebook-query").inputValue(), "upload");
      await page.locator("#Casebook-results li").nth(2).waitFor();
      await page.waitForTimeout(300);
      await page.keyboard.press("ArrowDown");
      const first = await page.evaluate(() => document.activeElement.href);
      await page.keyboard.press("ArrowDown");
      const second = await page.evaluate(() => document.activeElement.href);
      assert.ok(first && second && first !== second);
      await page.keyboard.press("ArrowUp");
      assert.equal(await page.evaluate(() => document.activeElement.href), first);
      await page.keyboard.press("ArrowUp");
      assert.equal(await page.evaluate(() => document.activeElement.id), "Casebook-query", "up from the first goes back to the words");
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
    return Number((await page.locator("#Casebook-dialog .search-status").innerText()).match(/\d+/)[0]);
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
  assert.ok(await page.locator("#Casebook-results .search-snippet mark").count() > 0);
  const anchored = page.locator('#Casebook-results a[href*="#"]').first();
  const id = decodeURIComponent((await anchored.getAttribute("href")).split("#")[1]);
  await anchored.click();
  await page.waitForURL((url) => decodeURIComponent(url.hash) === `#${id}`);
  await page.waitForFunction((id) => document.activeElement.id === id, id);
  const place = await page.locator(`[id="${id}"]`).boundingBox();
  assert.ok(place.y >= 0 && place.y < 900);
  await close();
});

test("Escape closes and gives the focus back", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.locator("#Casebook-search").focus();
  await page.keyboard.press("Enter");
  await results(page, "token");
  await page.keyboard.press("Escape");
  if (await page.locator("#Casebook-dialog").isVisible()) await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("#Casebook-dialog").isVisible()));
  assert.equal(await page.evaluate(() => document.activeElement.id), "Casebook-search");
  await page.waitForFunction(() => !location.search.includes("q="));
  await close();
});

test("six results or more show at once, and none lies over the box at any place", async () => {
  for (const device of [{}, phone]) {
    const { page, visit, close } = await open(browser, served, device);
    await visit("index.html?q=file+upload");
    await page.waitForFunction(() => [...document.querySelectorAll("#Casebook-results .search-snippet")].every((line) => line.textContent));
    const seen = await page.evaluate(() => {
      const end = document.querySelector(".search-body").getBoundingClientRect().bottom;
      return [...document.querySelectorAll("#Casebook-results li")].filter((item) => item.getBoundingClientRect().bottom <= end).length;
    });
    if (device !== phone) assert.ok(seen >= 6, `${seen} results`);
    const lost = await page.evaluate(() => {
      const body = document.querySelector(".search-body");
      const box = document.querySelector("#Casebook-query");
      const { left, top, height } = box.getBoundingClientRect();
      const places = [];
      for (body.scrollTop = 0; ; body.scrollTop += 30) {
        if (document.elementFromPoint(left + 30, top + height / 2) !== box) places.push(body.scrollTop);
        if (body.scrollTop + body.clientHeight >= body.scrollHeight - 1) return places;
      }
    });
    assert.deepEqual(lost, []);
    await close();
  }
});

test("chips narrow to a kind and widen again", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  await results(page, "token");
  const chip = page.locator(".search-facet button", { hasText: "Requirement" });
  const promised = Number((await chip.innerText()).match(/\d+/)[0]);
  await chip.click();
  await page.waitForFunction(() => [...document.querySelectorAll("#Casebook-results li")].every((li) => li.dataset.kind === "requirement"));
  const pressed = page.locator(".search-facet button[aria-pressed=true]");
  await pressed.waitFor();
  assert.match(await pressed.innerText(), /Requirement/);
  assert.match(await page.locator("#Casebook-dialog .search-status").innerText(), new RegExp(`\\b${promised}\\b`));
  await pressed.click();
  await page.waitForFunction(() => new Set([...document.querySelectorAll("#Casebook-results li")].map((li) => li.dataset.kind)).size > 1);
  assert.equal(await page.locator("#Casebook-query").inputValue(), "token");
  await close();
});

test("the query is in the address, and such an address opens the search", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("threats/index.html");
  await page.keyboard.press("/");
  await results(page, "session cookie");
  await page.waitForFunction(() => new URLSearchParams(location.search).get("q") === "session cookie");
  const shown = await page.locator("#Casebook-results li > a").allInnerTexts();
  await visit(`index.html?q=${encodeURIComponent("session cookie")}`);
  await page.locator("#Casebook-results li").first().waitFor();
  assert.equal(await page.locator("#Casebook-query").inputValue(), "session cookie");
  assert.deepEqual(await page.locator("#Casebook-results li > a").allInnerTexts(), shown);
  await close();
});

test("a typing error is forgiven, and nonsense says that nothing was found", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  assert.ok((await results(page, "pasword")).length > 0);
  await page.locator("#Casebook-query").fill("zzqqxxyy");
  await page.waitForFunction(() => !document.querySelector("#Casebook-results li"));
  assert.notEqual((await page.locator("#Casebook-dialog .search-status").innerText()).trim(), "");
  await page.locator(".search-nearest button").first().click();
  await page.locator("#Casebook-results li").first().waitFor();
  assert.match(await page.locator("#Casebook-query").inputValue(), /^applies-to:./);
  await close();
});

test("/ typed into a field stays a character", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("threats/index.html");
  await page.locator("input[name=filter]").focus();
  await page.keyboard.type("a/b");
  assert.equal(await page.locator("input[name=filter]").inputValue(), "a/b");
  assert.equal(await page.locator("#Casebook-dialog[open]").count(), 0);
  await close();
});

test("on a phone the dialog fits and stays inside the screen", async () => {
  const { page, visit, close } = await open(browser, served, phone);
  await visit("index.html");
  await page.locator("#Casebook-search").tap();
  await results(page, "password");
  const box = await page.locator("#Casebook-dialog").boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 390.5, JSON.stringify(box));
  assert.ok(await page.evaluate(() => {
    const dialog = document.querySelector("#Casebook-dialog");
    return dialog.scrollWidth <= dialog.clientWidth;
  }));
  await page.locator(".search-close").tap();
  assert.ok(!(await page.locator("#Casebook-dialog").isVisible()));
  await close();
});

test("before a word is typed every facet has chips with counts, and they combine", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  await page.locator(".search-facet").first().waitFor();
  const names = await page.locator(".search-facet p").allInnerTexts();
  for (const name of ["Kind", "STRIDE", "Severity", "Element", "Applies to", "Used", "Status", "Tag"]) {
    assert.ok(names.includes(name), `${name} in ${names}`);
  }
  const press = async (filter) => {
    const chip = page.locator(`.search-facet button[data-filter="${filter}"]`);
    const promised = Number((await chip.innerText()).match(/(\d+)$/)[1]);
    await chip.click();
    await page.locator(`.search-facet button[data-filter="${filter}"][aria-pressed=true]`).waitFor();
    assert.equal(Number((await page.locator(".search-status").innerText()).match(/\d+/)[0]), promised, filter);
  };
  await press("kind:threat");
  await press("stride:spoofing");
  await press("used:yes");
  assert.equal(await page.locator("#Casebook-query").inputValue(), "used:yes stride:spoofing kind:threat");
  await page.locator(".search-facet button.search-all").first().click();
  await page.waitForFunction(() => [...document.querySelectorAll(".search-facet")].some((facet) => facet.children.length > 12));
  await close();
});

test("results are one per page, with further headings below", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  await results(page, "reset token");
  const pages = await page.locator("#Casebook-results li > a").evaluateAll((links) => links.map((link) => link.pathname));
  assert.equal(new Set(pages).size, pages.length);
  const place = page.locator("#Casebook-results .search-places a").first();
  const own = await place.evaluate((link) => link.closest("li").querySelector("a").pathname === link.pathname);
  assert.ok(own);
  const hash = await place.evaluate((link) => link.hash);
  assert.ok(hash.length > 1);
  await place.click();
  await page.waitForURL((url) => url.hash === hash);
  await close();
});

for (const [how, place] of [["from a server", () => served], ["from a folder", () => folder(dir)]]) {
  test(`the page of a result marks the words, and Esc removes the marks, ${how}`, async () => {
    const { page, visit, close } = await open(browser, place());
    await visit("index.html");
    await page.keyboard.press("/");
    await results(page, "rate limiting");
    await page.keyboard.press("Enter");
    await page.locator(".search-marks").waitFor();
    const marked = () => page.evaluate(() => [...CSS.highlights.get("casebook-search") || []].map(String));
    assert.ok((await marked()).some((word) => /^limit/i.test(word)), String(await marked()));
    assert.doesNotMatch(page.url(), /highlight=/);
    await page.keyboard.press("Escape");
    assert.deepEqual(await marked(), []);
    assert.equal(await page.locator(".search-marks").count(), 0);
    await close();
  });

  test(`searches that led somewhere are remembered here and can be cleared, ${how}`, async () => {
    const { page, visit, close } = await open(browser, place());
    await visit("index.html");
    for (const query of ["webhook", "csrf"]) {
      await page.keyboard.press("/");
      await results(page, query);
      await page.keyboard.press("Enter");
      await page.locator(".search-marks").waitFor();
    }
    await page.keyboard.press("/");
    await page.locator(".search-recent li").first().waitFor();
    assert.deepEqual(await page.locator(".search-recent li").allInnerTexts(), ["csrf", "webhook"]);
    await page.locator(".search-recent li button").nth(1).click();
    await page.locator("#Casebook-results li").first().waitFor();
    assert.equal(await page.locator("#Casebook-query").inputValue(), "webhook");
    await page.locator("#Casebook-query").fill("");
    await page.locator(".search-clear").click();
    assert.equal(await page.locator(".search-recent li").count(), 0);
    await close();
  });

  test(`an address with ?q= opens the search, ${how}`, async () => {
    const { page, visit, close } = await open(browser, place());
    await visit("index.html?q=clickjacking");
    await page.locator("#Casebook-results li").first().waitFor();
    assert.match(await page.locator("#Casebook-results li > a").first().innerText(), /T-WEB-004/);
    await close();
  });
}

test("Ctrl+Enter opens a new tab, from the words and from a result", async () => {
  const { page, context, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  await results(page, "T-WEB-004");
  for (const way of [[], ["ArrowDown"]]) {
    for (const key of way) await page.keyboard.press(key);
    const [tab] = await Promise.all([context.waitForEvent("page"), page.keyboard.press("Control+Enter")]);
    await tab.waitForLoadState();
    assert.match(tab.url(), /t-web-004\.html/);
    await tab.close();
    assert.ok(await page.locator("#Casebook-dialog").isVisible());
  }
  await close();
});

test("a screen reader hears how many there are and which one has the focus", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  await results(page, "token");
  const status = page.locator(".search-status");
  assert.equal(await status.getAttribute("aria-live"), "polite");
  const all = (await status.innerText()).match(/^(\d+) results/)[1];
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator(".search-voice").textContent(), `Result 1 of ${all}`);
  await close();
});

test("an ID is found in every writing; an earlier revision comes after the current one and says so", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  for (const query of ["t web 4", "T-WEB-4", "t-web-0004", "T.WEB.004"]) {
    assert.match((await results(page, query))[0], /T-WEB-004/, query);
  }
  const items = page.locator("#Casebook-results li");
  assert.match((await results(page, "password reset kind:model"))[0], /M-PWRESET-001/);
  await results(page, "M-PWRESET-DRAFT-001");
  const revision = items.filter({ hasText: "M-PWRESET-DRAFT-001" });
  assert.equal(await revision.locator(".search-past").innerText(), "Earlier revision");
  await close();
});

test("the page for missing addresses proposes what is near", async () => {
  // Without an address in book.toml the page expects to be at the root of its host.
  const atRoot = await serve(dir, { below: "/" });
  const { page, visit, complaints, close } = await open(browser, atRoot);
  for (const [asked, wanted] of [
    ["threats/T-WEB-4.html", /T-WEB-004/], ["threat/t-web-004", /T-WEB-004/], ["models/pasword-reset.html", /Password reset/],
    ["guide/draw", /Draw what you build/],
  ]) {
    await visit(asked);
    await page.locator("#Casebook-not-found-near li").first().waitFor();
    assert.match((await page.locator("#Casebook-not-found-near li a").allInnerTexts()).slice(0, 3).join("\n"), wanted, asked);
    const status = (await page.request.get(await page.locator("#Casebook-not-found-near li a").first().evaluate((a) => a.href))).status();
    assert.equal(status, 200);
  }
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !/404/.test(text)));
  await close();
  atRoot.close();
});

test("without script the page for missing addresses still leads on", async () => {
  const { page, visit, close, complaints } = await open(browser, served, { javaScriptEnabled: false });
  await visit("no/such/page.html");
  const links = await page.locator("main li a:visible").allInnerTexts();
  for (const name of ["Home", "Threats", "Requirements"]) assert.ok(links.includes(name), String(links));
  complaints.length = 0;
  await close();
});

test("results are ticked for the picker, with the mouse and with keys", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  await results(page, "kind:threat upload");
  const count = page.locator("#Casebook-dialog .search-picked");
  assert.ok(!(await count.isVisible()), "nothing is ticked yet");
  const first = page.locator("#Casebook-results li").first();
  const box = first.getByRole("checkbox");
  const id = await box.getAttribute("data-id");
  assert.match(await first.locator(".search-id").innerText(), new RegExp(id, "i"));
  await box.click();
  assert.ok(await page.locator("#Casebook-dialog").isVisible(), "ticking does not follow the result");
  assert.equal(await count.innerText(), "1 picked");
  await box.focus();
  await page.keyboard.press("Space");
  assert.ok(!(await count.isVisible()));
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  const second = page.locator("#Casebook-results li").nth(1);
  assert.ok(await second.locator("> a").evaluate((link) => link === document.activeElement), "down from the box");
  await second.getByRole("checkbox").check();
  await count.click();
  await page.locator(".picked-list li").first().waitFor();
  assert.equal(await page.locator(".picked-list li").count(), 2);
  await page.keyboard.press("Escape");
  await results(page, "kind:model");
  assert.equal(await page.locator("#Casebook-results .pick").count(), 0, "a model is no part of a model");
  await close();
});

test("the dialog with results and filters is accessible", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  await results(page, "token upload");
  await page.locator(".search-facet").first().waitFor();
  const source = (await import("axe-core")).default.source;
  await page.evaluate(source);
  const found = await page.evaluate(() => window.axe.run("#Casebook-dialog", { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.deepEqual(found.violations.map(({ id, nodes }) => [id, nodes[0].html]), []);
  await close();
});

test("a word that the book does not have is said, and the first result that lacks one says so", async () => {
  const { page, visit, close } = await open(browser, served);
  await visit("index.html");
  await page.keyboard.press("/");
  await results(page, "password zzqqxxyy guess");
  assert.match(await page.locator(".search-status").innerText(), /Not in this book: zzqqxxyy\./);
  await results(page, "stripe webhook");
  assert.doesNotMatch((await page.locator("#Casebook-results li > a").allInnerTexts()).join(" "), /STRIDE/);
  await results(page, "kubernetes clickjacking");
  assert.equal(await page.locator(".search-lacks").count(), 1);
  await close();
});

/** What a sign-in page, a host of single-page programs, or a cut line sends in place of a file. */
const WRONG = {
  "nothing at all": () => "",
  "a page of HTML": () => "<!doctype html><title>Sign in</title><p>Please sign in.</p>",
  "half a line": (text) => text.slice(0, text.length / 2),
  "another file": (text) => text.replace(/casebookShard\("[^"]+"/, 'casebookShard("other/7"'),
  "cut bytes": (text) => text.replace(/,"(.+)"\)/, (_, bytes) => `,"${bytes.slice(0, Math.floor(bytes.length / 8) * 4)}")`),
};
for (const [what, change] of Object.entries(WRONG)) {
  test(`${what} in place of a file of the search is said`, async () => {
    for (const [file, query] of [
      ["meta", "token"], [/d\/\d+/, "token"], [/p\/\d+/, "token"], [/c\/\d+/, "token"], [/t\/\d+/, "token"],
      [/x\/\d+/, '"session token"'], [/f\/\d+/, "kind:threat token"], [/r\/\d+/, "pasword "], ["reverse", "pasword "],
      [/e\/\d+/, "zzqqxxyy "], [/s\/\d+/, "zzqqxxyy "],
    ]) {
      const { page, visit, close, complaints } = await open(browser, served);
      await page.route(new RegExp(`/search/${file.source || file}\\.js`), async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: change(await response.text()) });
      });
      await visit("index.html");
      await page.keyboard.press("/");
      await page.locator("#Casebook-query").fill(query);
      await page.locator(".search-status", { hasText: /does not work here/ }).waitFor({ timeout: 20000 })
        .catch(() => assert.fail(`${what} as ${file}: no word to the reader`));
      await page.unrouteAll({ behavior: "ignoreErrors" });
      // What is no script is an error of the page as well.
      await page.goto("about:blank");
      complaints.length = 0;
      await close();
    }
  });
}

// Of a site of about a thousand pages, as a web server sends it. Times are in search-cost.mjs, since they depend on
// the machine; bytes do not.
test("what a query costs: few bytes, scripts and style of the search among them", async () => {
  const size = (name) => gzipSync(fs.readFileSync(path.join(dir, name))).length;
  const cost = async (query) => {
    const { page, visit, close } = await open(browser, served);
    await visit("index.html");
    await page.locator("#Casebook-search").click();
    await page.locator("#Casebook-query").fill(query);
    await page.waitForFunction(() => document.querySelector(".search-status").textContent);
    const files = await page.evaluate(() => {
      const names = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname.slice("/wiki/".length));
      return names.filter((name) => /^(search\/[^t]|assets\/(find|search)\.)/.test(name));
    });
    await close();
    assert.ok(files.some((name) => name.startsWith("search/c/")), `${query}: ${files}`);
    return files.reduce((sum, name) => sum + size(name), 0);
  };
  const everyday = ["password", "session token", "file upload", "T-AUTH-004", "pasword", "kind:threat upload"];
  for (const query of everyday) {
    const bytes = await cost(query);
    assert.ok(bytes < 40_000, `${query}: ${bytes} bytes`);
  }
  // A phrase reads where its words stand too.
  const phrase = await cost("\"reset link\"");
  assert.ok(phrase < 46_000, `${phrase} bytes`);
  for (const query of ["data", "session token of a mobile app stolen from a phone that was lost in a train by a thief"]) {
    const bytes = await cost(query);
    assert.ok(bytes < 80_000, `${query}: ${bytes} bytes`);
  }
});
