// Browsing: groups, where an entry is used, previews, pins, the picker, comparisons.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { hostile } from "./hostile.mjs";
import { build, casebook, folder, launch, listed, open, phone, root, scratch, serve, smallPhone, write } from "./support.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let dir, served, filed, browser;
before(async () => {
  dir = await build();
  served = await serve(dir);
  filed = folder(dir);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  served?.close();
});

async function examine(page, within) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((within) => window.axe.run(within ?? document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"],
  }), within);
  const shown = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join("\n  ")}`);
  assert.equal(shown.join("\n"), "");
}

const casebookSays = (...args) => execFileSync(casebook(), args, { encoding: "utf8", maxBuffer: 1 << 26 });
const rows = (page) => page.locator("table.catalogue tbody tr:visible:not(.group-head)");
const MODEL = "models/password-reset/index.html";
/** A link to an entry in the text of a model that is in sight. */
const link = (page, at = 0) => page.locator("main .block a[data-entry]:visible").nth(at);

// From a folder, and below a path of a server with the strict policy.
const places = () => [["from a folder", filed], ["from a server", served]];

describe("catalogues", () => {
  test("the page of all entries has every row without script", async () => {
    const { page, visit, close } = await open(browser, served, { javaScriptEnabled: false });
    await visit("entries.html");
    const kinds = { threat: "threats", requirement: "requirements", assumption: "assumptions" };
    let all = 0;
    for (const kind of Object.keys(kinds)) all += casebookSays("list", `${kind}s`, "--dir", root, "--format", "json").match(/"id":/g).length;
    assert.equal(await page.locator("table.catalogue tbody tr").count(), all);
    await close();
  });

  test("rows are grouped, filtered in groups, and the address brings both back", async () => {
    for (const [, place] of places()) {
      const { page, visit, close } = await open(browser, place);
      await visit("entries.html");
      await listed(page);
      const all = await rows(page).count();
      await page.locator("select[name=group]").selectOption("stride");
      const heads = await page.locator(".group-head:visible th").allInnerTexts();
      assert.match(heads[0], /^Spoofing \d+$/);
      assert.match(heads.at(-1), /^Others \d+$/);
      const counts = heads.map((head) => Number(head.match(/\d+$/)[0]));
      assert.equal(counts.reduce((a, b) => a + b), await rows(page).count());
      assert.ok(await rows(page).count() > all, "a row stands in each of its groups");
      await page.locator("input[name=filter]").fill("password");
      const found = await page.locator("[role=status]").first().innerText();
      const shown = await rows(page).count();
      assert.ok(shown > 0 && shown < all);
      await page.waitForURL(/group=stride/);
      await page.waitForURL(/filter=password/);
      await page.goto(page.url());
      assert.equal(await rows(page).count(), shown);
      assert.equal(await page.locator("[role=status]").first().innerText(), found);
      await page.locator("select[name=group]").selectOption("");
      assert.equal(await page.locator(".group-head").count(), 0);
      await close();
    }
  });

  test("kinds are a facet, and several values widen", async () => {
    const { page, visit, close } = await open(browser, filed);
    await visit("entries.html?kind=assumption");
    const one = await rows(page).count();
    await page.locator(".facet[data-facet=kind] summary").click();
    await page.locator('input[name="facet-kind"][value="requirement"]').check();
    const ids = await rows(page).locator("a.entry-id").allInnerTexts();
    assert.ok(ids.length > one && ids.every((id) => /^[AR]-/.test(id)));
    await close();
  });

  test("on a phone the filters fold out", async () => {
    const { page, visit, close } = await open(browser, served, smallPhone);
    await visit("threats/index.html?severity=high");
    assert.equal(await page.locator(".facet:visible").count(), 0);
    assert.match(await page.locator(".filters-open").innerText(), /1$/);
    await page.locator(".filters-open").tap();
    assert.ok(await page.locator(".facet:visible").count() > 4);
    assert.equal(await page.locator(".filters-open").getAttribute("aria-expanded"), "true");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    await close();
  });

  test("500 rows are filtered and grouped without a pause", async () => {
    const files = { "book.toml": '[book]\ntitle = "Many"\n', "content/index.md": "# Many\n" };
    const stride = ["spoofing", "tampering", "repudiation", "information-disclosure", "denial-of-service", "elevation-of-privilege"];
    for (let at = 1; at <= 500; at++) {
      const id = `T-A${at % 20}-${String(at).padStart(3, "0")}`;
      files[`content/threats/${id}.md`] = `---\nid: ${id}\ntitle: Somebody does thing number ${at} to the service\nstride: [${stride[at % 6]}, ${stride[(at + 2) % 6]}]\n`
        + `severity: ${["low", "medium", "high", "critical"][at % 4]}\napplies-to: [web, api-${at % 9}]\ntags: [tag-${at % 12}]\n---\n\nText.\n`;
    }
    const many = folder(await build(write(scratch(), files)));
    const { page, visit, close } = await open(browser, many);
    await visit("threats/index.html");
    await listed(page);
    assert.equal(await rows(page).count(), 500);
    const measure = (name, values) => page.evaluate(async ([name, values]) => {
      const input = document.querySelector(name);
      const times = [];
      for (const value of values) {
        const start = performance.now();
        input.value = value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        times.push(performance.now() - start);
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      }
      return times.sort((a, b) => a - b);
    }, [name, values]);
    const filter = await measure("input[name=filter]", ["1", "12", "1", "", "number 4", "x", "", "service", "3", "33", ""]);
    const group = await measure("select[name=group]", ["stride", "", "severity", "area", "stride", "applies-to", ""]);
    const median = (times) => times[times.length >> 1];
    console.log(`500 rows: filter ${median(filter).toFixed(1)} ms, at most ${filter.at(-1).toFixed(1)}; group ${median(group).toFixed(1)} ms, at most ${group.at(-1).toFixed(1)}`);
    assert.ok(median(filter) < 30, `filter takes ${median(filter)} ms`);
    await close();
  });
});

describe("where an entry is used", () => {
  test("each model with its row, the verdict and why, and the row is there", async () => {
    const { page, visit, close } = await open(browser, served);
    await visit("threats/t-auth-005.html");
    const used = page.locator("#Casebook-used-by-uses").locator("..");
    const one = used.locator("> ul > li", { hasText: "M-PWRESET-001" });
    assert.match(await one.locator(".citations .chip").first().innerText(), /Not applicable/);
    assert.match(await one.locator(".why").first().innerText(), /second factor/);
    assert.match(await one.locator(".usage-page .note").first().innerText(), /2026/);
    for (const row of await used.locator(".citations a").all()) {
      const href = await row.getAttribute("href");
      const other = await page.context().newPage();
      await other.goto(new URL(href, page.url()).href);
      assert.ok(await other.evaluate(() => document.getElementById(decodeURIComponent(location.hash.slice(1)))?.localName === "tr"), href);
      await other.close();
    }
    await close();
  });

  test("a requirement says which threat of the model it treats, an assumption has a row too", async () => {
    const { page, visit, close } = await open(browser, served);
    await visit("assumptions/a-time-001.html");
    const row = page.locator("#Casebook-used-by-uses").locator("..").locator(".citations a").first();
    assert.match(await row.getAttribute("href"), /#a-time-001$/);
    await row.click();
    await page.locator("tr:target").first().waitFor();
    await close();
  });

  test("earlier revisions are folded, and paragraphs are shown with the heading over them", async () => {
    const { page, visit, close } = await open(browser, served);
    let folded = 0;
    let excerpts = 0;
    for (const name of ["threats/t-auth-003.html", "threats/t-auth-001.html", "threats/t-acc-001.html", "requirements/r-auth-001.html"]) {
      await visit(name);
      folded += await page.locator(".earlier-uses:not([open])").count();
      excerpts += await page.locator(".citations .excerpt b").count();
      for (const under of await page.locator(".citations .under").all()) assert.match(await under.getAttribute("href"), /\.html#/);
    }
    assert.ok(folded > 0, "no earlier revision");
    assert.ok(excerpts > 0, "no paragraph");
    await close();
  });
});

describe("previews", () => {
  for (const which of [0, 1]) {
    test(`by pointer, ${which ? "from a server" : "from a folder"}`, async () => {
      const { page, visit, close } = await open(browser, places()[which][1]);
      await visit(MODEL);
      const target = link(page);
      const id = await target.getAttribute("data-entry");
      await target.scrollIntoViewIfNeeded();
      await target.hover();
      const card = page.locator(".preview");
      await card.waitFor();
      assert.match(await card.innerText(), new RegExp(id));
      assert.equal(await card.getAttribute("aria-label"), `Preview of ${id}`);
      // It stays while the pointer is on it, and goes on Escape.
      await card.hover();
      await page.waitForTimeout(500);
      assert.ok(await card.isVisible());
      await page.keyboard.press("Escape");
      assert.equal(await card.count(), 0);
      await page.mouse.move(2, 400);
      await target.hover();
      await card.waitFor();
      await page.mouse.move(2, 400);
      await card.waitFor({ state: "detached" });
      await close();
    });
  }

  test("by keyboard: it opens, Tab leads into it, Escape leads back", async () => {
    const { page, visit, close } = await open(browser, filed);
    await visit(MODEL);
    await link(page).focus();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Tab");
    // Where a box of the picker stands before the link, one more.
    for (let at = 0; at < 3 && !(await page.evaluate(() => document.activeElement.matches("a[data-entry]"))); at++) await page.keyboard.press("Tab");
    const id = await page.evaluate(() => document.activeElement.dataset.entry);
    await page.locator(".preview").waitFor();
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement.closest(".preview")));
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".preview").count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.entry), id);
    await page.waitForTimeout(900);
    assert.equal(await page.locator(".preview").count(), 0, "it stays away");
    await close();
  });

  test("by a long press, which does not follow the link", async () => {
    const { page, visit, context, close } = await open(browser, served, phone);
    await visit(MODEL);
    const target = link(page);
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    const session = await context.newCDPSession(page);
    const point = [{ x: box.x + 10, y: box.y + 8 }];
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: point });
    await page.locator(".preview").waitFor();
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await page.waitForTimeout(300);
    assert.ok(await page.locator(".preview").isVisible());
    assert.match(page.url(), /password-reset/);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    await close();
  });

  test("pins stay from page to page, and are taken down", async () => {
    for (const [, place] of places()) {
      const { page, visit, close } = await open(browser, place);
      await visit(MODEL);
      for (const at of [0, 2]) {
        await link(page, at).scrollIntoViewIfNeeded();
        await link(page, at).hover();
        await page.locator(".preview").getByRole("button", { name: "Pin" }).click();
      }
      assert.equal(await page.locator(".pins article").count(), 2);
      await visit("models/sign-in/index.html");
      await page.locator(".pins article").nth(1).waitFor();
      const covered = await page.evaluate(() => document.querySelector("main").getBoundingClientRect().right > document.querySelector(".pins").getBoundingClientRect().left);
      assert.equal(covered, false, "the pins lie over the text");
      await page.locator(".pins").getByRole("button", { name: /^Unpin [A-Z]/ }).first().click();
      assert.equal(await page.locator(".pins article").count(), 1);
      await page.getByRole("button", { name: "Unpin all" }).click();
      assert.equal(await page.locator(".pins").count(), 0);
      await visit("index.html");
      assert.equal(await page.locator(".pins").count(), 0);
      await close();
    }
  });

  test("a preview loads one small file", async () => {
    const { page, visit, close } = await open(browser, served);
    const sizes = [];
    page.on("response", async (response) => {
      if (response.url().includes("/browse/")) sizes.push((await response.body()).length);
    });
    await visit(MODEL);
    assert.deepEqual(sizes, [], "nothing before it is needed");
    await link(page).hover();
    await page.locator(".preview").waitFor();
    assert.equal(sizes.length, 1);
    const files = fs.readdirSync(path.join(dir, "browse/cards")).map((name) => fs.statSync(path.join(dir, "browse/cards", name)).size).sort((a, b) => a - b);
    console.log(`cards: ${files.length} files, median ${files[files.length >> 1]} bytes, at most ${files.at(-1)}`);
    assert.ok(files.at(-1) < 8192);
    await close();
  });
});

/** Ticks entries of a catalogue. */
async function tick(page, visit, name, ids) {
  await visit(name);
  for (const id of ids) await page.locator(`tr[data-pick="${id}"] .pick input`).check();
}

describe("the picker", () => {
  const threats = ["T-AUTH-001", "T-AUTH-003", "T-ACC-001"];

  test("boxes stand in catalogues, on entries, in models, lists and previews, and agree", async () => {
    for (const [, place] of places()) {
      const { page, visit, close } = await open(browser, place);
      await tick(page, visit, "threats/index.html", ["T-AUTH-003"]);
      assert.equal(await page.locator(".tray-open").innerText(), "1 picked");
      await visit("threats/t-auth-003.html");
      assert.ok(await page.locator(".pick-here input:visible").isChecked());
      await visit(MODEL);
      const box = page.locator('.block tr[data-pick="T-AUTH-003"] > :first-child > .pick input');
      assert.ok(await box.isChecked());
      await page.locator('.block tr[data-pick="T-AUTH-003"] a[data-entry="T-AUTH-003"]').hover();
      const inside = page.locator(".preview .pick input");
      await inside.waitFor();
      assert.ok(await inside.isChecked());
      await inside.uncheck();
      assert.equal(await box.isChecked(), false);
      assert.equal(await page.locator(".tray").isVisible(), false);
      await close();
    }
  });

  test("the skeleton is what the command writes, in every size", async () => {
    const book = path.join(scratch(), "book");
    fs.mkdirSync(book);
    for (const name of ["book.toml", "content"]) fs.cpSync(path.join(root, name), path.join(book, name), { recursive: true });
    for (const [title, ids] of [["Gift cards", [...threats, "R-LOG-002", "A-ID-001"]], ['Über "uns" & $HOME `x` it\'s', ["A-TIME-001"]], ["Threats", ["T-AUTH-001"]]]) {
      const { page, visit, close } = await open(browser, filed);
      for (const [kind, letter] of [["threats", "T"], ["requirements", "R"], ["assumptions", "A"]]) {
        await tick(page, visit, `${kind}/index.html`, ids.filter((id) => id.startsWith(letter)));
      }
      await page.locator(".tray-open").click();
      await page.getByLabel("Title of the model").fill(title);
      for (const size of ["note", "small", "standard", "full"]) {
        await page.getByLabel("Size").selectOption(size);
        await page.waitForFunction((size) => document.querySelector('[aria-label="The same on the command line"]').value.includes(`--size ${size}`), size);
        const command = await page.getByLabel("The same on the command line").inputValue();
        const mine = await page.getByLabel("Model skeleton").inputValue();
        const line = `set -e; cd '${book}'; casebook() { '${casebook()}' "$@"; }; ${command}`;
        const file = execFileSync("sh", ["-c", line], { encoding: "utf8" }).trim();
        const written = path.resolve(book, file);
        const theirs = fs.readFileSync(written, "utf8");
        fs.rmSync(path.dirname(written), { recursive: true });
        assert.equal(mine, theirs, `${title} ${size}`);
        assert.match(await page.locator(".picked-dialog").innerText(), new RegExp(path.relative(book, written)));
      }
      await close();
    }
  });

  test("CSV and skeleton are downloaded, from a folder and under the policy", async () => {
    for (const [, place] of places()) {
      const { page, visit, close } = await open(browser, place, { acceptDownloads: true });
      await tick(page, visit, "threats/index.html", threats);
      await page.locator(".tray-open").click();
      await page.waitForFunction(() => document.querySelector('[aria-label="Model skeleton"]')?.value);
      for (const [name, button, pattern] of [["entries.csv", "Table (CSV)", /^ID,Kind,Title,[^]*\r\nT-AUTH-003,Threat,/], ["index.md", "Download", /^---\nid: M-/]]) {
        const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
        assert.equal(download.suggestedFilename(), name);
        assert.match(fs.readFileSync(await download.path(), "utf8"), pattern);
      }
      await close();
    }
  });

  test("an address shows the selection, and what is not in the book is named", async () => {
    for (const [, place] of places()) {
      const { page, visit, close } = await open(browser, place);
      await visit("picked.html#t-auth-001,R-AUTH-002,T-NOPE-999,<img>");
      await page.locator("[data-picked] table").waitFor();
      assert.deepEqual(await page.locator("[data-picked] a.entry-id").allInnerTexts(), ["T-AUTH-001", "R-AUTH-002"]);
      assert.match(await page.locator("[data-picked]").innerText(), /Not in this book: T-NOPE-999/);
      assert.equal(await page.locator(".tray").isVisible(), false, "a sent selection is not yet the reader's own");
      await page.getByRole("button", { name: "Add all to my selection" }).click();
      assert.equal(await page.locator(".tray-open").innerText(), "2 picked");
      await page.locator(".tray-open").click();
      await page.waitForFunction(() => document.querySelector('[aria-label="Address of this selection"]').value);
      const address = await page.getByLabel("Address of this selection").inputValue();
      assert.match(address, /picked\.html#T-AUTH-001,R-AUTH-002$/);
      await close();
      const again = await open(browser, place);
      await again.page.goto(address);
      await again.page.locator("[data-picked] table").waitFor();
      assert.equal(await again.page.locator("[data-picked] tbody tr").count(), 2);
      await again.close();
    }
  });

  test("entries are removed, cleared and brought back by keyboard", async () => {
    const { page, visit, close } = await open(browser, served);
    await tick(page, visit, "threats/index.html", threats);
    await page.locator(".tray-open").focus();
    await page.keyboard.press("Enter");
    const items = page.locator(".picked-list li");
    await items.nth(2).waitFor();
    await page.getByRole("button", { name: "Remove T-AUTH-003" }).press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".picked-list li").length === 2);
    await page.waitForTimeout(150);
    assert.ok(await page.evaluate(() => document.activeElement.closest(".picked-list")), "the focus stays in the list");
    await page.getByRole("button", { name: "Clear all" }).press("Enter");
    await page.waitForFunction(() => !document.querySelector(".picked-list li"));
    await page.getByRole("button", { name: "Bring them back" }).press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".picked-list li").length === 2);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".picked-dialog").isVisible(), false);
    await close();
  });

  test("without storage everything works as long as the page", async () => {
    const { page, visit, context, close } = await open(browser, served);
    await context.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
      }
    });
    await tick(page, visit, "threats/index.html", threats);
    assert.equal(await page.locator(".tray-open").innerText(), "3 picked");
    await visit(MODEL);
    await link(page).hover();
    await page.locator(".preview").getByRole("button", { name: "Pin" }).click();
    assert.equal(await page.locator(".pins article").count(), 1);
    await close();
  });

  test("what another page left in the storage does no harm", async () => {
    const { page, visit, context, close } = await open(browser, served);
    for (const value of ['{"length":9}', '[1,null,"<img src=x>","__proto__","T-AUTH-001","T-AUTH-001"]', "null", '"x"', "[[[["]) {
      await context.addInitScript((value) => {
        const site = location.pathname.replace(/[^/]*\/[^/]*$/, "");
        localStorage.setItem(`casebook-picked:${site}`, value);
        sessionStorage.setItem(`casebook-pins:${site}`, value);
      }, value);
      await visit("threats/index.html");
      await page.locator("tr .pick input").first().waitFor();
    }
    await close();
  });
});

describe("comparison", () => {
  const sides = async (page) => page.evaluate(() => [...document.querySelectorAll("[data-comparison] tbody tr")].map((row) => {
    const id = row.querySelector(".entry-id")?.textContent ?? "";
    return `${row.dataset.side} ${id}`;
  }));

  test("the page says what the command says", async () => {
    for (const [, place] of places()) {
      const { page, visit, close } = await open(browser, place);
      for (const [a, b] of [["M-PWRESET-001", "M-SIGNIN-001"], ["M-SHARE-001", "M-PWRESET-001"], ["M-SIGNIN-001", "M-SIGNIN-001"]]) {
        await visit(`compare.html#a=${a}&b=${b}`);
        await page.reload();
        await page.locator("[data-comparison] table").first().waitFor();
        const { entries, counts } = JSON.parse(casebookSays("compare", a, b, "--dir", root, "--format", "json"));
        assert.deepEqual(await sides(page), entries.map((line) => `${line.side} ${line.id}`));
        const shown = await page.locator("[data-comparison] nav button .count").allInnerTexts();
        assert.deepEqual(shown.map(Number), [entries.length, counts.differ, counts.first, counts.second, counts.same]);
        const first = entries.findIndex((line) => line.side === "differ");
        if (first >= 0) {
          const cells = await page.locator("[data-comparison] tbody tr").nth(first).locator("td").allInnerTexts();
          const word = (status) => new RegExp(status.replaceAll("-", " "), "i");
          assert.match(cells[0], word(entries[first].first.status));
          assert.match(cells[1], word(entries[first].second.status));
        }
      }
      await close();
    }
  });

  test("the choice is in the address, and can be swapped and narrowed", async () => {
    const { page, visit, close } = await open(browser, filed);
    await visit("compare.html");
    assert.match(await page.locator(".compare-status").innerText(), /Choose two pages/);
    await page.locator("select[name=a]").selectOption("M-PWRESET-001");
    await page.locator("select[name=b]").selectOption("M-SIGNIN-001");
    await page.locator("[data-comparison] table").first().waitFor();
    assert.match(page.url(), /#a=M-PWRESET-001&b=M-SIGNIN-001$/);
    const before = await sides(page);
    await page.getByRole("button", { name: /^Only in the first/ }).click();
    assert.ok((await page.locator("[data-comparison] tbody tr:visible").evaluateAll((all) => all.map((row) => row.dataset.side))).every((side) => side === "first"));
    assert.match(page.url(), /show=first/);
    await page.locator("[data-swap]").click();
    await page.waitForFunction((old) => document.querySelector("[data-comparison] tbody tr") && location.hash.includes("a=M-SIGNIN-001") && old, true);
    await page.waitForTimeout(100);
    const after = await sides(page);
    assert.equal(after.filter((line) => line.startsWith("first")).length, before.filter((line) => line.startsWith("second")).length);
    await page.reload();
    assert.equal(await page.locator("select[name=a]").inputValue(), "M-SIGNIN-001");
    await close();
  });

  test("without script it says what does the same", async () => {
    const { page, visit, close } = await open(browser, served, { javaScriptEnabled: false });
    await visit("compare.html");
    assert.match(await page.locator("main").innerText(), /casebook compare A B/);
    await page.locator("main .without-script a").click();
    assert.match(page.url(), /coverage\/threats\.html/);
    await close();
  });
});

describe("for everybody", () => {
  for (const [what, device] of [["desktop, light", {}], ["desktop, dark", { colorScheme: "dark" }], ["phone", phone]]) {
    test(`axe: ${what}`, async () => {
      const { page, visit, context } = await open(browser, served, { bypassCSP: true, ...device });
      await visit("entries.html?group=severity");
      await examine(page);
      await page.evaluate(() => document.querySelectorAll("tr .pick input").forEach((box, at) => at < 3 && box.click()));
      await page.evaluate(() => sessionStorage.setItem(`casebook-pins:${new URL(".", location.href).pathname}`, '["T-AUTH-001","R-AUTH-001"]'));
      await visit("threats/t-auth-003.html");
      await page.locator(".pins article").nth(1).waitFor();
      await examine(page);
      if (what !== "phone") {
        await page.locator("main .facts a[data-entry]").first().hover();
        await page.locator(".preview").waitFor();
        await examine(page);
        await page.keyboard.press("Escape");
      }
      await page.locator(".tray-open").click();
      await page.waitForFunction(() => document.querySelector('[aria-label="Model skeleton"]')?.value);
      await examine(page);
      await visit("picked.html#T-AUTH-001,R-AUTH-001");
      await page.locator("[data-picked] table").waitFor();
      await examine(page);
      await visit("compare.html#a=M-PWRESET-001&b=M-SIGNIN-001");
      await page.locator("[data-comparison] table").first().waitFor();
      await examine(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "scrolls sideways");
      await context.close();
    });
  }

  test("nothing scrolls sideways at 320 pixels", async () => {
    const { page, visit, close } = await open(browser, served, smallPhone);
    for (const name of ["entries.html?group=area", "compare.html#a=M-PWRESET-001&b=M-SIGNIN-001", "picked.html#T-AUTH-001,A-ID-001", "threats/t-auth-003.html"]) {
      await visit(name);
      await page.waitForTimeout(400);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, name);
    }
    await close();
  });

  test("what authors write in titles stays text", async () => {
    const site = await build(write(scratch(), hostile()));
    const place = await serve(site, { csp: null });
    const { page, visit, complaints, context } = await open(browser, place);
    await context.addInitScript(() => { window.pwned = (name) => console.error(`EXECUTED ${name}`); });
    await visit("entries.html?group=applies-to");
    await page.evaluate(() => document.querySelectorAll("tr .pick input").forEach((box) => box.checked || box.click()));
    await page.locator(".tray-open").click();
    await page.locator(".picked-list li").nth(50).waitFor();
    await page.waitForFunction(() => document.querySelector('[aria-label="Model skeleton"]').value.length > 1000);
    const strange = () => [...document.querySelectorAll(".picked-dialog *, .pins *, [data-comparison] *, [data-picked] *")]
      .map((element) => element.localName).filter((name) => ["img", "script", "iframe", "svg", "style", "video", "object", "base", "math", "template", "form"].includes(name));
    assert.deepEqual(await page.evaluate(strange), []);
    await page.evaluate(() => sessionStorage.setItem(`casebook-pins:${new URL(".", location.href).pathname}`, '["T-XSS-001","T-XSS-010","T-XSS-020","R-XSS-001","C-001","M-XSS-001"]'));
    await visit("picked.html");
    await page.locator("[data-picked] tbody tr").nth(50).waitFor();
    await page.locator(".pins article").nth(5).waitFor();
    assert.deepEqual(await page.evaluate(strange), []);
    await visit("compare.html");
    const options = await page.locator("select[name=a] option").evaluateAll((all) => all.map((option) => option.value).filter(Boolean));
    for (const option of options.slice(0, 12)) {
      await page.locator("select[name=a]").selectOption(option);
      await page.locator("select[name=b]").selectOption("M-XSS-001");
      await page.locator("[data-comparison] table").first().waitFor();
      assert.deepEqual(await page.evaluate(strange), [], option);
    }
    for (const hash of ["%E0%A4%A", "a=__proto__&b=constructor", "<img src=x onerror=pwned(1)>"]) {
      await visit(`compare.html#${hash}`);
      await visit(`picked.html#${hash}`);
    }
    const serious = complaints.filter((text) => !/status of 404|ERR_FILE_NOT_FOUND/.test(text));
    assert.ok(!serious.length, serious.join("\n"));
    await context.close();
    place.close();
  });
});

test("a starter set is taken as a selection and compared with a model", async () => {
  for (const place of [filed, served]) {
    const { page, visit, close } = await open(browser, place);
    await visit("starters/sign-in.html");
    const take = page.locator(".starter a").first();
    const count = Number((await take.innerText()).match(/\d+/)[0]);
    await page.locator(".starter a").nth(1).click();
    await page.locator("select[name=a]").selectOption("M-SIGNIN-001");
    await page.locator("[data-comparison] table").first().waitFor();
    const sides = await page.locator("[data-comparison] tbody tr").evaluateAll((all) => all.map((row) => row.dataset.side));
    const { counts } = JSON.parse(casebookSays("compare", "M-SIGNIN-001", "starters/sign-in.md", "--dir", root, "--format", "json"));
    assert.equal(sides.filter((side) => side === "second").length, counts.second);
    assert.equal(counts.second + counts.same + counts.differ, count);
    await visit("starters/sign-in.html");
    await take.click();
    assert.equal(await page.locator(".tray-open").innerText(), `${count} picked`);
    await page.getByRole("button", { name: "Undo" }).click();
    assert.ok(!(await page.locator(".tray-open").isVisible()));
    // Without a script, and in a new tab, the link shows them as a page.
    await page.goto(await take.evaluate((link) => link.href));
    await page.locator("[data-picked] table").waitFor();
    assert.equal(await page.locator("[data-picked] tbody tr").count(), count);
    await close();
  }
});
