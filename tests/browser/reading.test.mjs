// What a reader does: choose the colours, tick tasks, copy code, print, open the menu, read without scripts.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { build, features, folder, launch, open, pages, phone, serve, smallPhone } from "./support.mjs";

let site, book, served, shelf, browser;
before(async () => {
  site = await build();
  book = await build(features);
  served = await serve(site);
  shelf = await serve(book);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  served?.close();
  shelf?.close();
});

const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const isDark = (colour) => Math.max(...colour.match(/\d+/g).slice(0, 3).map(Number)) < 100;

describe("colours", () => {
  for (const [how, place] of [["from a server", () => served], ["from a folder", () => folder(site)]]) {
    test(`${how}: the choice lasts from page to page`, async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("index.html");
      assert.ok(!isDark(await background(page)), "as the system: light");
      const button = page.locator("#Casebook-colours");
      await button.click();
      await button.click();
      assert.match(await button.getAttribute("aria-label"), /dark/);
      assert.ok(isDark(await background(page)));
      await visit("guide/index.html");
      assert.ok(isDark(await background(page)));
      await page.locator("#Casebook-colours").click();
      assert.ok(!isDark(await background(page)), "round to the system's");
      await page.reload();
      assert.ok(!isDark(await background(page)));
      await close();
    });
  }

  test("the system's colours are followed while nothing is chosen", async () => {
    const { page, visit, close } = await open(browser, served, { colorScheme: "dark" });
    await visit("index.html");
    assert.ok(isDark(await background(page)));
    await page.emulateMedia({ colorScheme: "light" });
    assert.ok(!isDark(await background(page)));
    await close();
  });

  test("the choice is there before the first paint", async () => {
    const { page, context, visit, close } = await open(browser, served);
    await context.addInitScript(() => {
      localStorage.setItem("casebook-theme", "dark");
      // The colours when the body begins, which is before anything can be painted.
      new MutationObserver((_, observer) => {
        if (!document.body) return;
        observer.disconnect();
        window.atFirst = document.documentElement.getAttribute("data-theme");
      }).observe(document, { childList: true, subtree: true });
    });
    await visit("threats/index.html");
    assert.equal(await page.evaluate(() => window.atFirst), "dark");
    const order = await page.evaluate(() => [...document.head.querySelectorAll("script, link[rel=stylesheet]")]
      .map((element) => [element.getAttribute("src") || element.getAttribute("href"), element.defer || element.async]));
    assert.match(order[0][0], /assets\/text\/en\.js$/);
    assert.ok(!order[0][1], "it holds the page until it has run");
    await close();
  });
});

describe("tasks of a guide", () => {
  for (const [how, place] of [["from a server", () => shelf], ["from a folder", () => folder(book)]]) {
    test(`${how}: ticks last`, async () => {
      const { page, visit, close } = await open(browser, place());
      await visit("guide/01-everything.html");
      const boxes = page.locator(".task input");
      assert.equal(await boxes.count(), 4);
      await boxes.nth(0).check();
      await boxes.nth(3).check();
      await page.reload();
      assert.deepEqual(await boxes.evaluateAll((all) => all.map((box) => box.checked)), [true, true, false, true]);
      await boxes.nth(0).uncheck();
      await visit("guide/02-second.html");
      assert.deepEqual(await boxes.evaluateAll((all) => all.map((box) => box.checked)), [false, false]);
      await boxes.nth(1).check();
      await page.reload();
      assert.deepEqual(await boxes.evaluateAll((all) => all.map((box) => box.checked)), [false, true], "equal words stay apart");
      await visit("guide/01-everything.html");
      assert.deepEqual(await boxes.evaluateAll((all) => all.map((box) => box.checked)), [false, true, false, true]);
      await close();
    });
  }

  test("a task that the author ticked can be unticked for good", async () => {
    const { page, visit, close } = await open(browser, shelf);
    await visit("guide/01-everything.html");
    await page.locator(".task input").nth(1).uncheck();
    await page.reload();
    assert.ok(!(await page.locator(".task input").nth(1).isChecked()));
    await close();
  });
});

test("code is copied as it stands", async () => {
  const { page, context, visit, close } = await open(browser, shelf, { permissions: ["clipboard-read", "clipboard-write"] });
  await visit("guide/01-everything.html");
  const figure = page.locator("figure.code", { hasText: "src/main.rs" });
  await figure.hover();
  await figure.getByRole("button", { name: "Copy" }).click();
  await figure.getByText("Copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^use std::fmt;\nfn main\(\) \{\n/, "with the hidden line, without its mark");
  assert.match(copied, /\n\}\n?$/);
  await context.clearPermissions();
  await close();
});

test("hidden lines of Rust show on demand", async () => {
  const { page, visit, close } = await open(browser, shelf);
  await visit("guide/01-everything.html");
  const line = page.locator(".boring").first();
  assert.ok(!(await line.isVisible()));
  await page.getByRole("button", { name: "All lines" }).click();
  assert.ok(await line.isVisible());
  await close();
});

describe("phone", () => {
  for (const [what, device] of [["390 px", phone], ["320 px", smallPhone]]) {
    test(`${what}: the menu opens, leads on and closes`, async () => {
      const { page, visit, close } = await open(browser, served, device);
      await visit("guide/02-draw-what-you-build.html");
      const menu = page.locator("#Casebook-menu");
      assert.ok(!(await menu.isVisible()));
      await page.locator(".menu-open").tap();
      assert.ok(await menu.isVisible());
      const box = await menu.boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= device.viewport.width);
      await page.keyboard.press("Escape");
      assert.ok(!(await menu.isVisible()));
      await page.locator(".menu-open").tap();
      await menu.locator(".sidebar a:not([aria-current])").first().tap();
      await page.waitForURL((url) => !url.href.includes("02-draw"));
      await close();
    });

    test(`${what}: the contents of the page open`, async () => {
      const { page, visit, close } = await open(browser, served, device);
      await visit("models/password-reset/index.html");
      await page.locator(".toc-open").tap();
      const link = page.locator("#Casebook-toc a").nth(2);
      const id = (await link.getAttribute("href")).slice(1);
      await link.tap();
      await page.locator("#Casebook-toc").waitFor({ state: "hidden" });
      const place = await page.locator(`[id="${id}"]`).boundingBox();
      assert.ok(place.y >= 0 && place.y < device.viewport.height);
      await close();
    });

    test(`${what}: the page with everything does not scroll sideways`, async () => {
      const { page, visit, close } = await open(browser, shelf, device);
      for (const name of ["guide/01-everything.html", "models/kitchen/index.html", "threats/t-feat-001.html", "threats/index.html", "assumptions/all.html"]) {
        await visit(name);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(over <= 0, `${name}: ${over} px too wide`);
      }
      await close();
    });
  }

  test("what is tapped is large enough", async () => {
    const { page, visit, close } = await open(browser, served, phone);
    for (const name of Object.values(pages)) {
      await visit(name);
      const small = await page.evaluate(() => [...document.querySelectorAll("button, summary, .pager a, .sections a, input")]
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 1)
        .map((element) => [element.getBoundingClientRect(), element])
        .filter(([box, element]) => Math.min(box.height, box.width) < (element.type === "checkbox" ? 16 : 24))
        .map(([box, element]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${element.outerHTML.slice(0, 100)}`));
      assert.deepEqual(small, [], name);
    }
    await close();
  });
});

describe("keyboard", () => {
  test("the first Tab offers to skip to the content", async () => {
    const { page, visit, close } = await open(browser, served);
    await visit("threats/t-auth-001.html");
    await page.keyboard.press("Tab");
    const skip = page.locator(".skip");
    assert.ok(await skip.evaluate((element) => element === document.activeElement));
    assert.ok((await skip.boundingBox()).y >= 0, "it shows when it has the focus");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "Casebook-content");
    await close();
  });

  test("whatever has the focus shows it, and is on the screen", async () => {
    const { page, visit, close } = await open(browser, served);
    for (const name of ["index.html", "guide/02-draw-what-you-build.html", "threats/index.html", "models/password-reset/index.html"]) {
      await visit(name);
      for (let step = 0; step < 40; step++) {
        await page.keyboard.press("Tab");
        const bad = await page.evaluate(() => {
          const element = document.activeElement;
          if (element === document.body) return null;
          const box = element.getBoundingClientRect();
          // The ring may be around the card or field that holds it.
          const ringed = [[element], [element, "::after"], [element.parentElement], [element.closest("li, label")]].some(([holder, part]) => {
            const style = holder && getComputedStyle(holder, part);
            return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
          });
          const seen = box.bottom > 0 && box.top < innerHeight && box.width > 0;
          return ringed && seen ? null : `${element.outerHTML.slice(0, 120)} at ${box.top}`;
        });
        assert.equal(bad, null, name);
      }
    }
    await close();
  });

  test("previous and next lead through the guide", async () => {
    const { page, visit, close } = await open(browser, served);
    await visit("guide/01-before-you-start.html");
    const seen = new Set();
    while (await page.locator("a[rel=next]").count()) {
      assert.ok(!seen.has(page.url()), "it goes on");
      seen.add(page.url());
      await page.locator("a[rel=next]").click();
      await page.waitForLoadState();
    }
    assert.ok(seen.size >= 5, `${seen.size} steps`);
    await page.locator("a[rel=prev]").click();
    await page.waitForLoadState();
    assert.ok(seen.has(page.url()));
    await close();
  });
});

test("print leaves out what cannot be used on paper", async () => {
  const { page, visit, close } = await open(browser, served);
  await page.emulateMedia({ media: "print" });
  for (const name of Object.values(pages)) {
    await visit(name);
    for (const gone of [".site-header", ".menu", ".toc", ".breadcrumbs", ".pager", ".code-tools", ".filters", ".skip"]) {
      assert.equal(await page.locator(`${gone}:visible`).count(), 0, `${name}: ${gone}`);
    }
    assert.ok(await page.locator("h1").isVisible());
    const clipped = await page.evaluate(() => [...document.querySelectorAll(".table-wrap, pre")]
      .filter((box) => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible")
      .map((box) => box.outerHTML.slice(0, 100)));
    assert.deepEqual(clipped, [], `${name}: nothing is cut off`);
  }
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.ok(!isDark(await background(page)), "paper is white");
  await close();
});

describe("without scripts", () => {
  test("every type of page can be read and left by links", async () => {
    const { page, visit, close } = await open(browser, served, { javaScriptEnabled: false });
    for (const [type, name] of Object.entries(pages)) {
      await visit(name);
      assert.ok(await page.locator("h1").isVisible(), type);
      assert.equal(await page.locator(".needs-script:visible").count(), 0, `${type}: no button that does nothing`);
      assert.ok(await page.locator("header a:visible").count() > 0, type);
    }
    await visit("threats/index.html");
    assert.ok(await page.locator("table.catalogue tbody tr:visible").count() >= 30);
    await page.locator("table.catalogue tbody tr .title a").first().click();
    assert.ok(await page.locator("main .eyebrow").isVisible());
    await visit("guide/01-before-you-start.html");
    await page.locator("a[rel=next]").click();
    await page.waitForURL(/02-/);
    await close();
  });

  test("the menu of a phone opens", async () => {
    const { page, visit, close } = await open(browser, served, { ...phone, javaScriptEnabled: false });
    await visit("guide/02-draw-what-you-build.html");
    await page.locator(".menu-open").tap();
    assert.ok(await page.locator("#Casebook-menu").isVisible());
    await close();
  });
});

describe("addresses", () => {
  test("a former ID leads to the entry", async () => {
    for (const place of [shelf, folder(book)]) {
      const { page, visit, close } = await open(browser, place);
      await visit("threats/t-old-001.html");
      await page.waitForURL(/t-feat-001\.html$/);
      assert.match(await page.locator("main").innerText(), /T-FEAT-001/);
      assert.match(await page.locator("main").innerText(), /formerly T-OLD-001/);
      await close();
    }
  });

  test("an unknown address at any depth shows the page for that, whole", async () => {
    for (const name of ["nothing.html", "threats/deep/er/nothing.html"]) {
      const { page, visit, complaints, context } = await open(browser, shelf);
      const response = await visit(name);
      assert.equal(response.status(), 404);
      assert.match(await page.locator("h1").innerText(), /no page/i);
      assert.deepEqual(complaints.filter((text) => !text.includes("status of 404")), []);
      assert.equal(complaints.length, 1, complaints.join("\n"));
      await page.locator("main a").first().click();
      await page.waitForURL((url) => !url.href.endsWith(name));
      assert.ok(page.url().startsWith(shelf.address), page.url());
      assert.equal(await page.locator("h1").count(), 1);
      await page.goBack();
      await page.keyboard.press("/");
      await page.locator("#Casebook-query").fill("backup");
      await page.locator("#Casebook-results li").first().waitFor();
      await page.keyboard.press("ArrowDown");
      const target = await page.evaluate(() => document.activeElement.href);
      assert.ok(target.startsWith(shelf.address), target);
      await Promise.all([page.waitForURL(target), page.keyboard.press("Enter")]);
      await context.close();
    }
  });

  test("a deprecated entry names its replacement", async () => {
    const { page, visit, close } = await open(browser, shelf);
    await visit("threats/t-feat-006.html");
    await page.locator(".alert-warning a", { hasText: "T-FEAT-001" }).click();
    await page.waitForURL(/t-feat-001\.html$/);
    await close();
  });
});

test("headings named like parts of the theme keep their own look and place", async () => {
  const { page, visit, close } = await open(browser, shelf);
  await visit("guide/02-second.html");
  const sizes = await page.locator("main h2").evaluateAll((all) => all.map((heading) => {
    const style = getComputedStyle(heading);
    return [style.fontSize, style.borderTopWidth, style.backgroundColor, style.position].join();
  }));
  assert.equal(new Set(sizes).size, 1, sizes.join("\n"));
  const twice = await page.evaluate(() => [...document.querySelectorAll("[id]")].map((element) => element.id).filter((id, at, all) => all.indexOf(id) !== at));
  assert.deepEqual(twice, []);
  await page.keyboard.press("/");
  await page.locator("input#Casebook-query").fill("backup");
  await page.locator("ol#Casebook-results li").first().waitFor();
  await close();
});

test("a book in a language from right to left is mirrored and fits", async () => {
  const copy = fs.mkdtempSync(path.join(path.dirname(book), "rtl-"));
  fs.cpSync(features, copy, { recursive: true });
  const settings = fs.readFileSync(path.join(copy, "book.toml"), "utf8");
  fs.writeFileSync(path.join(copy, "book.toml"), settings.replace("[book]", '[book]\nlanguage = "ar"'));
  const place = folder(await build(copy));
  for (const device of [{}, phone]) {
    const { page, visit, close } = await open(browser, place, device);
    for (const name of ["index.html", "guide/01-everything.html", "threats/index.html", "models/kitchen/index.html"]) {
      await visit(name);
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), "rtl");
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${name}: ${over} px too wide`);
    }
    await close();
  }
});
