// The manual's pictures: each can be taken, the manual shows each, and together they stay small.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { build, launch, serve } from "./support.mjs";
import { MOST, folder, pictures, take } from "./pictures.mjs";

/** Width and height of a PNG. */
const size = (bytes) => [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];

test("the manual has each picture, with words for those who do not see it", () => {
  const page = fs.readFileSync(path.join(folder, "../07-what-it-looks-like.md"), "utf8");
  const shown = [...page.matchAll(/!\[([^\]]+)\]\(pictures\/([a-z-]+)\.png/g)];
  assert.deepEqual(shown.map(([, , name]) => name).sort(), Object.keys(pictures).sort());
  for (const [, words, name] of shown) assert.ok(words.length > 40, `${name}: ${words}`);
  const files = fs.readdirSync(folder).sort();
  assert.deepEqual(files, Object.keys(pictures).map((name) => `${name}.png`).sort(), "no picture too many");
  const all = files.reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
  assert.ok(all <= MOST, `${all} bytes`);
});

test("each picture can be taken, twice the same", async () => {
  const place = await serve(await build());
  const browser = await launch();
  for (const name of Object.keys(pictures)) {
    const taken = await take(browser, place, name);
    assert.deepEqual(size(taken), size(fs.readFileSync(path.join(folder, `${name}.png`))), name);
    if (["home", "coverage"].includes(name)) assert.ok(taken.equals(await take(browser, place, name)), `${name} is the same each time`);
  }
  await browser.close();
  place.close();
});
