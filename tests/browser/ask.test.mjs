// What applies to what I build: description, properties, the walk of questions, cards; and
// that the browser comes to the same as the command line.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { build, casebook, folder, launch, open, phone, scratch, serve, write } from "./support.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const XSS = "<img src=x onerror=alert(1)>";

/** A threat with questions. */
function threat(id, title, severity, applies, questions, more = "") {
  return `---\nid: ${id}\ntitle: "${title}"\nstride: [tampering]\nseverity: ${severity}\napplies-to: [${applies}]\n${more}---\n\n`
    + `## How it goes\n\n1. One.\n2. Two.\n\n## How to see it in your design\n\n${questions.map((one) => `- ${one}\n`).join("")}`;
}

function book() {
  const files = {
    "book.toml": '[book]\ntitle = "Trams"\n[properties.depot]\ntitle = "Depot"\ngroup = "Rails"\nabout = "Trams sleep there"\nwords = ["tram shed"]\n',
    "content/index.md": "# Trams\n",
    "content/threats/T-UP-001.md": threat("T-UP-001", "Uploaded picture runs in the browser", "high", "file-upload", ["From which host is the picture served?", "Who sets the type?"], "requirements: [R-UP-001]\n"),
    "content/threats/T-UP-002.md": threat("T-UP-002", "Huge picture fills the disk", "low", "file-upload", ["From which host is the picture served, then?", "How large may it be?"]),
    "content/threats/T-DEP-001.md": threat("T-DEP-001", `Stranger drives a tram ${XSS}`, "critical", "depot", ["Who has a key to the tram shed?"]),
    "content/threats/T-GEN-001.md": threat("T-GEN-001", "Nobody knows who did it", "medium", "", ["Which log says who did what?"]),
    "content/requirements/R-UP-001.md": "---\nid: R-UP-001\ntitle: Pictures come from a host of their own\n---\n\nText.\n",
    "content/starters/pictures.md": "---\ntitle: Pictures\ntags: [starter]\n---\n\nFor uploaded pictures: [[T-UP-001]], [[T-UP-002]], [[T-GEN-001]].\n",
    "content/models/gallery/index.md": "---\nid: M-GAL-001\ntitle: Gallery of uploaded pictures\n---\n\nPeople upload a picture.\n",
  };
  // Enough threats that words have a weight and a reader is offered to stop.
  for (let n = 1; n <= 40; n++) {
    const id = `T-MANY-${String(n).padStart(3, "0")}`;
    files[`content/threats/${id}.md`] = threat(id, `Part ${n} of the signal box breaks`, ["low", "medium", "high"][n % 3], "signals", [`Who mends relay${n}?`]);
  }
  return write(scratch(), files);
}

let source, served, filed, browser;
before(async () => {
  source = book();
  const site = await build(source);
  served = await serve(site);
  filed = folder(site);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  served?.close();
});

const says = (...args) => execFileSync(casebook(), ["ask", "--dir", source, ...args], { encoding: "utf8" });
const ready = (page) => page.waitForSelector("[data-ask][data-ready]");
const question = (page) => page.locator(".ask-question").innerText();

async function examine(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"],
  }));
  assert.equal(violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes[0].html.slice(0, 200)}`).join("\n"), "");
}

describe("what applies", () => {
  test("the browser orders, recognises and finds as the command line does", async () => {
    const { page, visit, close } = await open(browser, filed);
    await visit("ask.html");
    await ready(page);
    const cases = [["", "file-upload,depot"], ["", "signals"], ["People upload a picture of the tram shed", ""],
      ["Uploaded pictures, and a log of who did what", "signals"], ["nothing of this is anywhere zzz", "depot"]];
    for (const [text, words] of cases) {
      const args = ["--format", "json", "-n", "999", ...(text ? ["--text", text] : []), ...(words ? ["--applies-to", words] : [])];
      const wanted = JSON.parse(says(...args));
      const got = await page.evaluate(async ([text, words]) => {
        const { read, steps, describe } = window.casebookAsk;
        const walk = read(await window.casebookBrowse.load("ask"));
        const found = text ? await describe(walk, text) : null;
        const word = (at) => walk.properties[at].word;
        const chosen = words ? words.split(",").map((one) => walk.properties.findIndex(({ word }) => word === one))
          : found.properties.map(({ property }) => property);
        const shown = ({ id, title, url, score, words }) => ({ id: id || null, title, url, score, words });
        return {
          ...(found && { described: {
            properties: found.properties.map(({ property, words }) => [word(property), words]), guessed: found.guessed.map(word),
            threats: found.threats.map(shown), starters: found.starters.map(shown), models: found.models.map(shown),
          } }),
          applies_to: chosen.map(word),
          questions: steps(walk, new Set(chosen), found ? found.threats.map(({ id }) => id) : []).map(({ question, threats, more }) => ({
            question: walk.questions[question], threats: threats.map((at) => walk.threats[at].id), more: more.map((at) => walk.questions[at]),
          })),
        };
      }, [text, words]);
      const { total, ...rest } = wanted;
      assert.equal(total, got.questions.length, text + words);
      assert.deepEqual(got, rest, text + words);
    }
    await close();
  });

  test("the page asks for few files, and for the rest when somebody begins", async () => {
    const { page, visit, close } = await open(browser, served);
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await visit("ask.html");
    await ready(page);
    await page.waitForLoadState("networkidle");
    assert.ok(asked.length <= 6, asked.join("\n"));
    await page.focus("#Casebook-describe");
    await page.locator(".ask-property input").first().check();
    await page.waitForFunction(() => document.querySelector("[data-ask-count]").textContent);
    await close();
  });

  test("a description ticks properties, answers become a model, a ticket, an address", async () => {
    for (const place of [filed, served]) {
      const { page, visit, close } = await open(browser, place);
      await visit("ask.html");
      await ready(page);
      await page.fill("#Casebook-describe", "People upload a picture of the tram shed");
      await page.locator(".ask-describe button").click();
      await page.waitForSelector(".ask-found li");
      assert.match(await page.locator(".ask-found").innerText(), /T-UP-001[\s\S]*upload[\s\S]*Pictures[\s\S]*M-GAL-001/);
      assert.deepEqual(await page.locator(".ask-property:has(:checked) b").allInnerTexts(), ["Upload of files", "Depot"]);
      if (place === served) await examine(page);
      await page.locator("[data-ask-start]").click();
      // Near-equal questions are one, and stand for two threats.
      const seen = [];
      const answers = { "From which host is the picture served?": "n", "Who has a key to the tram shed?": "y" };
      for (let n = 0; n < 3; n++) {
        seen.push(await question(page));
        await page.fill("#Casebook-sentence", n === 0 ? "Because of `x` | y" : "");
        if (n === 0 && place === served) await examine(page);
        await page.locator(".ask-question").focus();
        await page.keyboard.press(answers[seen[n]] || "d");
      }
      assert.deepEqual([...seen].sort(), ["From which host is the picture served?", "Which log says who did what?", "Who has a key to the tram shed?"]);
      await page.waitForFunction(() => document.querySelector(".ask-result .skeleton")?.value);
      if (place === served) await examine(page);
      const [ticket, skeleton, address] = await page.locator(".ask-take textarea").evaluateAll((all) => all.map((one) => one.value));
      assert.match(ticket, /- \[ \] \*\*T-DEP-001\*\* Stranger drives a tram &lt;img/);
      assert.match(ticket, /### Not applicable, because\n\n- \*\*T-UP-001\*\*[\s\S]*\*\*T-UP-002\*\*/);
      assert.match(skeleton, /- use: T-UP-001 .*\n {2}status: not-applicable\n {2}why: "From which host/);
      assert.match(skeleton, /- use: T-DEP-001 .*\n {2}status: open\n {2}note: "Who has a key/);
      assert.ok(!skeleton.includes("use: R-UP-001"), "what does not apply needs no treatment");
      const picked = await page.evaluate(() => window.casebookPicker.picked());
      assert.deepEqual([...picked].sort(), ["T-DEP-001", "T-GEN-001"]);
      // The picker's skeleton has the notes too.
      await page.locator(".ask-result .button", { hasText: "Show the selection" }).click();
      await page.waitForFunction(() => document.querySelector(".picked-dialog .skeleton").value.includes("note: \"Who has a key"));
      await page.keyboard.press("Escape");
      // Somebody else opens the address, and nothing of theirs is lost.
      await page.evaluate(() => localStorage.clear());
      await page.goto("about:blank");
      await page.goto(address);
      await ready(page);
      assert.match(await page.locator(".ask-sent").innerText(), /came with the address/);
      assert.match(await page.locator(".ask-result").innerText(), /Because of `x` \| y/);
      assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("casebook-ask")).length), 0);
      await close();
    }
  });

  test("one can stop, come back, and is offered to stop after 25 questions", async () => {
    const { page, visit, close } = await open(browser, filed);
    await visit("ask.html#for=signals");
    await ready(page);
    await page.locator("[data-ask-start]").click();
    for (let n = 0; n < 25; n++) await page.keyboard.press("y");
    assert.match(await page.locator(".ask-walk").innerText(), /25 questions answered[\s\S]*16 questions are left/);
    await page.locator(".ask-walk .button.primary").click();
    await page.goto("about:blank");
    await visit("ask.html");
    await ready(page);
    assert.match(await page.locator(".ask-result").innerText(), /25 can happen/);
    await page.locator(".ask-result .button.primary").click();
    assert.match(await page.locator(".ask-count").innerText(), /Question 26 of 41/);
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.locator(".ask-answers [aria-pressed=true]").innerText(), "Yes");
    await close();
  });

  test("on a phone nothing is wider than the screen, and the box of another page leads here", async () => {
    const { page, visit, close } = await open(browser, served, phone);
    await visit("index.html");
    await page.fill("#Casebook-ask-box", "picture & tram shed");
    await page.locator("[data-ask-box] button").tap();
    await ready(page);
    assert.equal(await page.locator("#Casebook-describe").inputValue(), "picture & tram shed");
    for (const name of ["ask.html", "cards.html"]) {
      await visit(name);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, name);
    }
    await close();
  });
});

describe("cards", () => {
  test("a choice of cards lies on sheets, a back behind its front", async () => {
    const { page, visit, close } = await open(browser, served);
    await visit("cards.html#T-UP-001,T-DEP-001,T-GEN-001");
    const sides = await page.locator(".deck-sheet").evaluateAll((sheets) => sheets.map((sheet) => [...sheet.children].map((card) => card.dataset.card || "")));
    assert.deepEqual(sides, [["T-DEP-001", "T-GEN-001", "T-UP-001", "", "", "", "", ""], ["T-GEN-001", "T-DEP-001", "", "T-UP-001", "", "", "", ""]]);
    await examine(page);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    assert.equal(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length, 2, "a page a side");
    await page.locator("[data-deck-mode]").click();
    await page.locator(".deck-screen button").nth(1).click();
    assert.match(await page.locator(".deck-screen .deck-back").innerText(), /One\./);
    await examine(page);
    await close();
  });
});
