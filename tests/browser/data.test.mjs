// The data of the site: `casebook.json` is what its published schema says, with and without
// results of tests.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import { build, features, root, scratch, write } from "./support.mjs";

const read = (site, name) => JSON.parse(fs.readFileSync(path.join(site, name), "utf8"));

/** The data of a site, valid against the schema beside it. */
function data(site) {
  const schema = read(site, "casebook.schema.json");
  const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, validateFormats: false });
  const validate = ajv.compile(schema);
  const value = read(site, "casebook.json");
  assert.ok(validate(value), JSON.stringify(validate.errors, null, 1));
  // The schema is no rubber stamp.
  for (const spoil of [
    (copy) => { copy.version = "1"; },
    (copy) => { delete copy.models; },
    (copy) => { copy.pages[0].url = 7; },
  ]) {
    const copy = structuredClone(value);
    spoil(copy);
    assert.ok(!validate(copy));
  }
  return { value, validate };
}

/** Every address in the data leads to a file of the site. */
function addresses(site, value) {
  const urls = [
    ...value.pages.map((page) => page.url),
    ...value.entries.map((entry) => entry.url),
    ...value.edges.flatMap((edge) => [edge.from, edge.to]),
    ...value.models.flatMap((model) => [model.url, ...model.threats.map((threat) => threat.url.split("#")[0])]),
  ];
  for (const url of new Set(urls)) assert.ok(fs.existsSync(path.join(site, url)), url);
}

for (const [name, book] of [["the project's own site", root], ["a book with everything", features]]) {
  test(`the data of ${name} is valid`, async () => {
    const site = await build(book);
    const { value, validate } = data(site);
    addresses(site, value);
    assert.ok(value.models.some((model) => model.threats.length > 0));
    const threat = value.models.flatMap((model) => model.threats)[0];
    threat.status = "forgotten";
    assert.ok(!validate(value));
  });
}

test("results of tests and markers are in the data and on the pages", async () => {
  const book = write(scratch(), {
    "book.toml": '[site]\nrepository = "https://code.example/shop"\n[tests]\nfolders = ["tests"]\n',
    "tests/signin.py": "# threat: T-001\ndef test_locks(): pass\n",
    "results.xml": '<testsuite name="pytest"><testcase classname="tests.signin" name="test_locks"/>'
      + '<testcase classname="tests.signin" name="test_logs"><failure/></testcase></testsuite>',
    "content/index.md": "# Home\n",
    "content/threats/T-001.md": "---\nid: T-001\ntitle: One\n---\nText.\n",
    "content/models/shop/index.md": "---\ntitle: Shop\n---\nText.\n\n```threats\n- use: T-001\n  status: mitigated\n"
      + '  tests: ["tests/signin.py::test_locks"]\n- id: SHOP-1\n  title: Own\n  tests: [test_logs, test_none]\n```\n',
  });
  const site = await build(book, "--junit", path.join(book, "results.xml"));
  const { value } = data(site);
  const threats = value.models.find((model) => model.title === "Shop").threats;
  assert.deepEqual(
    threats.map((threat) => threat.tests.map((t) => t.outcome)),
    [["failed", "not-run"], ["passed"]],
  );
  assert.deepEqual(value.entries[0].markers, [{ file: "tests/signin.py", line: 1 }]);
  const model = fs.readFileSync(path.join(site, "models/shop/index.html"), "utf8");
  for (const word of ["passed", "failed", "not-run"]) assert.match(model, new RegExp(`chip-status-${word}"`));
  assert.match(model, /count-tests-failed"><a href="\?concern=failing-test#Casebook-threats"><strong>1<\/strong> test failed/);
  const entry = fs.readFileSync(path.join(site, "threats/t-001.html"), "utf8");
  assert.match(entry, /<span class="note">1 test passed<\/span>/);
  assert.match(entry, /chip-status-mitigated">Mitigated/);
  assert.match(entry, /href="https:\/\/code.example\/shop\/blob\/HEAD\/tests\/signin.py#L1">tests\/signin.py:1/);
});
