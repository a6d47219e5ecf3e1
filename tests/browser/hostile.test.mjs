// Nothing that an author or the sender of a link writes runs as script.
// The pages are served without a policy, so that only Casebook itself stands in the way,
// and again with the strict one, which reports what would have run.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { corpus, hostile, queries } from "./hostile.mjs";
import { build, filesOf, folder, launch, open, policy, scratch, serve, write } from "./support.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

/** A page whose every call of `pwned` is a complaint. Pictures that do not exist are none. */
async function watched(place) {
  const witness = await open(browser, place);
  await witness.context.addInitScript(() => {
    window.pwned = (name) => console.error(`EXECUTED ${name}`);
    // Every handler that a browser knows, fired on every element.
    window.fireAll = () => {
      for (const element of document.querySelectorAll("main *")) {
        for (const { name } of element.attributes) {
          if (name.startsWith("on")) element.dispatchEvent(new Event(name.slice(2)));
        }
      }
    };
  });
  // A book may be published beside other sites, so a picture may lead out of it, to the same host.
  const serious = () => witness.complaints.filter((text) => !/status of 404|ERR_FILE_NOT_FOUND|request: [^ ]*127.0.0.1[^ ]*\/etc\/passwd /.test(text));
  return {
    ...witness,
    serious,
    async visit(name) {
      await witness.visit(name);
      if (name.startsWith("threats/t-old-")) await witness.page.waitForURL((url) => !url.href.endsWith(name));
    },
  };
}

/** What must not be in a page, whatever its author wrote. */
const suspicious = () => {
  const found = [];
  const own = 'head > meta[http-equiv=Content-Security-Policy][content^="default-src \'none\'"]';
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName;
    if (["iframe", "object", "embed", "applet", "frame", "frameset", "base", "form", "style", "math", "template", "noscript", "marquee"].includes(name)
      && !element.matches("form.filters, form.compare-form, form.describe")) found.push(element.outerHTML);
    if (name === "script" && !/\/(assets|browse|search)\/[\w/.-]+\.js$/.test(element.src)) found.push(element.outerHTML);
    if (name === "link" && !/\/assets\/[\w.-]+$/.test(element.href) && element.rel !== "canonical" && !element.matches('head > link[rel=alternate][href$="feed.xml"]')) found.push(element.outerHTML);
    if (name === "meta" && element.httpEquiv && element.httpEquiv !== "refresh" && !element.matches(own)) found.push(element.outerHTML);
    if (name === "svg" && !element.matches(".icon, .dfd svg, svg.dfd")) found.push(element.outerHTML);
    for (const { name: attribute, value } of element.attributes) {
      if (/^on/i.test(attribute) || attribute === "style" || attribute === "srcdoc" || attribute === "formaction") found.push(element.outerHTML);
      if (["href", "src", "action", "xlink:href", "poster", "background"].includes(attribute)) {
        const { protocol } = new URL(value, location.href);
        if (!["http:", "https:", "mailto:", "tel:", "ftp:", location.protocol].includes(protocol)) found.push(element.outerHTML);
        if (attribute !== "href" && !value.startsWith("#") && new URL(value, location.href).host !== location.host) found.push(element.outerHTML);
      }
    }
  }
  // What the scripts look up by name is the theme's.
  for (const [id, own] of [["Casebook-menu", ".menu"], ["Casebook-toc", "aside.toc"], ["Casebook-search", "header button"], ["Casebook-colours", "header button"]]) {
    const first = document.getElementById(id);
    if (first && !first.matches(own)) found.push(first.outerHTML);
  }
  return found.map((html) => html.slice(0, 200));
};

for (const html of ["sanitize", "escape"]) {
  describe(`raw HTML: ${html}`, () => {
    let site, plain;
    before(async () => {
      site = await build(write(scratch(), hostile(html)));
      plain = await serve(site, { csp: null });
    });
    after(() => plain?.close());

    test("no page runs anything, asks another site, or holds what could", async () => {
      const all = filesOf(site, ".html");
      assert.ok(all.length > 250, `${all.length} pages`);
      // Redirects are all made alike; what is escaped has one way, whatever the page.
      const some = (name, at) => (html === "sanitize" || at % 4 === 0) && (!name.startsWith("threats/t-old-") || at % 20 === 0);
      const names = all.filter(some);
      const { page, visit, serious, context } = await watched(plain);
      const problems = [];
      for (const name of names) {
        await visit(name);
        await page.evaluate(() => window.fireAll());
        problems.push(...(await page.evaluate(suspicious)).map((text) => `${name}: ${text}`));
      }
      await page.waitForTimeout(500);
      assert.ok(!serious().length && !problems.length, [...serious(), ...problems].slice(0, 40).join("\n"));
      await context.close();
    });

    test("the strict policy has nothing to report", async () => {
      const strict = await serve(site, { csp: policy });
      const { visit, serious, context } = await watched(strict);
      for (const name of filesOf(site, ".html").filter((_, at) => at % 6 === 0)) await visit(name);
      assert.ok(!serious().length, serious().slice(0, 20).join("\n"));
      await context.close();
      strict.close();
    });

    test("results of the search are text", async () => {
      const { page, visit, serious, context } = await watched(plain);
      await visit("guide/links.html");
      await page.keyboard.press("/");
      for (const query of ["pwned", "onerror", "img", "script", "T-XSS-007", "javascript", "press", "evil.example"]) {
        await page.locator("#Casebook-query").fill(query);
        await page.locator("#Casebook-results li .search-snippet").first().waitFor();
        await page.waitForTimeout(200);
        const names = await page.locator("#Casebook-dialog *").evaluateAll((all) => [...new Set(all.map((element) => element.localName))]);
        const strange = names.filter((name) => !["div", "input", "button", "p", "ol", "li", "a", "mark", "span", "kbd", "label", "svg", "path", "circle", "details", "summary", "ul", "dialog"].includes(name));
        assert.deepEqual(strange, [], query);
        assert.deepEqual(await page.evaluate(suspicious), [], query);
      }
      // Each click makes the chips anew, so they are found by what they filter.
      const filters = await page.locator(".search-facet button[data-filter]").evaluateAll((all) => all.map((chip) => chip.dataset.filter));
      assert.ok(filters.length > 5);
      for (const filter of filters) {
        await page.evaluate((wanted) => {
          [...document.querySelectorAll(".search-facet button")].find((chip) => chip.dataset.filter === wanted)?.click();
        }, filter);
        await page.waitForTimeout(100);
      }
      assert.ok(!serious().length, serious().join("\n"));
      await context.close();
    });
  });
}

test("no shape in any writing runs in any place", async () => {
  const { files, inputs, pages } = corpus();
  assert.ok(inputs >= 500 && pages.length > 10, `${inputs} inputs, ${pages.length} places`);
  const site = await build(write(scratch(), files));
  const plain = await serve(site, { csp: null });
  const { page, visit, serious, context } = await watched(plain);
  const problems = [];
  for (const name of pages) {
    await visit(name);
    await page.evaluate(() => window.fireAll());
    problems.push(...(await page.evaluate(suspicious)).map((text) => `${name}: ${text}`));
    // What follows an input stays there, whatever it opens.
    const last = await page.locator("main").innerText();
    if (!name.includes("/") && name !== "status.html" && !last.includes(`Input ${inputs - 1}.`)) problems.push(`${name}: the end is lost`);
  }
  await page.waitForTimeout(300);
  assert.ok(!serious().length && !problems.length, [...serious(), ...problems].slice(0, 40).join("\n"));
  await context.close();
  plain.close();
});

describe("addresses that somebody sends", () => {
  let site, plain;
  before(async () => {
    site = await build(write(scratch(), hostile()));
    plain = await serve(site, { csp: null });
  });
  after(() => plain?.close());

  test("?q= is text, from a server and from a folder", async () => {
    for (const place of [plain, folder(site)]) {
      const { page, visit, serious, context } = await watched(place);
      for (const query of queries().filter((_, at) => place === plain || at % 5 === 0)) {
        await visit(`requirements/index.html?q=${encodeURIComponent(query)}`);
        await page.locator("#Casebook-query").waitFor();
        assert.equal(await page.locator("#Casebook-query").inputValue(), query.replace(/[\r\n]/g, ""));
      }
      await page.waitForTimeout(500);
      assert.deepEqual(await page.evaluate(suspicious), []);
      assert.ok(!serious().length, serious().slice(0, 20).join("\n"));
      await context.close();
    }
  });

  test("filters and anchors are text", async () => {
    const { page, visit, serious, context } = await watched(plain);
    for (const query of queries().filter((_, at) => at % 8 === 0)) {
      const text = encodeURIComponent(query);
      await visit(`threats/index.html?filter=${text}&stride=${text}&sort=${text}&${text}=${text}`);
      await page.locator("input[name=filter]").waitFor();
      assert.equal((await page.locator("input[name=filter]").inputValue()), query.replace(/[\r\n]/g, ""));
    }
    for (const hash of ["%E0%A4%A", "<img src=x onerror=pwned(1)>", "__proto__", "constructor", "%"]) {
      await visit(`guide/001-page.html#${hash}`);
      await visit(`guide/001-page.html?q=%E0%A4%A&q=${hash}`);
    }
    for (const name of ["__proto__", "constructor", "toString", "kind:__proto__", "stride:constructor"]) {
      await visit(`threats/index.html?q=${name}&sort=${name}&filter=${name}&facet-${name}=${name}`);
      await page.locator("#Casebook-query").waitFor();
      await page.waitForTimeout(100);
    }
    assert.ok(!serious().length, serious().join("\n"));
    await context.close();
  });

  test("what another page of the same host left in the storage does no harm", async () => {
    const { page, context, visit, serious } = await watched(plain);
    await context.addInitScript(() => {
      for (const key of ["casebook-theme", ...Object.keys(localStorage)]) localStorage.setItem(key, '"><img src=x onerror=pwned(1)>');
    });
    await visit("guide/001-page.html");
    await visit("index.html");
    assert.deepEqual(await page.evaluate(suspicious), []);
    assert.ok(!serious().length, serious().join("\n"));
    await context.close();
  });
});
