// The export as Markdown in a real MkDocs with the plugin that Backstage uses: no warning.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { scratch } from "./support.mjs";
import { book, exportBook } from "./wikis.mjs";

const mkdocs = process.env.MKDOCS || "mkdocs";

/** Why it cannot run here; `false` when it can. */
function lacks() {
  try {
    execFileSync(mkdocs, ["--version"], { stdio: "ignore" });
    return false;
  } catch {
    return "mkdocs is not installed (PyPI: mkdocs-techdocs-core); MKDOCS may name it";
  }
}

test("MkDocs builds the book strictly: every link and place is there", { skip: lacks() }, async () => {
  const out = path.join(scratch(), "export");
  const { code, told } = await exportBook("markdown", book(), out);
  assert.equal(code, 0, told);
  const site = path.join(scratch(), "site");
  await promisify(execFile)(mkdocs, ["build", "--strict", "--config-file", path.join(out, "wiki/mkdocs.yml"), "--site-dir", site]);
  const page = fs.readFileSync(path.join(site, "threats/t-feat-001/index.html"), "utf8");
  assert.match(page, /Attacker reads the backup of the shop/);
});
