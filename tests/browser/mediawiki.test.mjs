// The export for MediaWiki in a real MediaWiki: imported, walked through, imported again.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { after, before, test } from "node:test";
import { launch, scratch } from "./support.mjs";
import { assertLiteral, book, exportBook, fast, freePort, lacks, php, serve, shot, walk } from "./wikis.mjs";

const PACKAGE = "/usr/share/mediawiki";
const skip = lacks(PACKAGE, "mediawiki php-cli php-sqlite3 php-xml php-mbstring php-intl");
const prefix = "Every feature/";

let dir, out, wiki, served, browser, page;

/** Asks the wiki itself. */
async function ask(parameters) {
  const query = new URLSearchParams({ format: "json", formatversion: "2", ...parameters });
  const response = await fetch(`${served.address}/api.php?${query}`);
  return response.json();
}

/** The number of versions of each page, and their last text. */
async function versions(...titles) {
  const found = {};
  for (const title of titles) {
    const answer = await ask({ action: "query", prop: "revisions", titles: title, rvlimit: "50", rvprop: "content|timestamp", rvslots: "main" });
    const revisions = answer.query.pages[0].revisions ?? [];
    found[title] = { count: revisions.length, text: revisions[0]?.slots.main.content };
  }
  return found;
}

async function pagesOf() {
  const titles = [];
  for (const namespace of ["0", "14"]) {
    const answer = await ask({ action: "query", list: "allpages", apnamespace: namespace, aplimit: "500" });
    titles.push(...answer.query.allpages.map((page) => page.title));
  }
  return titles;
}

/** Loads an export as the guide says. */
async function load() {
  // It calls a picture that is there already a failure.
  await php(wiki, "maintenance/importImages.php", "--overwrite", path.join(out, "images")).catch(() => {});
  await php(wiki, "maintenance/importDump.php", path.join(out, "dump.xml"));
  await php(wiki, "maintenance/rebuildrecentchanges.php");
  await php(wiki, "maintenance/initSiteStats.php", "--update");
  await php(wiki, "maintenance/runJobs.php");
  await php(wiki, "maintenance/purgeParserCache.php", "--age", "0");
}

const address = (title) => `${served.address}/index.php/${encodeURI(title.replaceAll(" ", "_")).replaceAll("?", "%3F")}`;

before(async () => {
  if (skip) return;
  const top = fast();
  wiki = path.join(top, "wiki");
  fs.cpSync(PACKAGE, wiki, {
    recursive: true, verbatimSymlinks: true,
    filter: (from) => !["LocalSettings.php", "config", "images", "extensions"].some((name) => from === path.join(PACKAGE, name)),
  });
  fs.mkdirSync(path.join(wiki, "images"));
  const port = await freePort();
  await php(
    wiki, "maintenance/install.php", "--dbtype", "sqlite", "--dbpath", path.join(top, "data"), "--dbname", "wiki",
    "--server", `http://127.0.0.1:${port}`, "--scriptpath", "", "--skins", "Vector", "--pass", "a-long-Pass-of-1-test", "Wiki", "Admin",
  );
  fs.appendFileSync(path.join(wiki, "LocalSettings.php"), "\n$wgEnableUploads = true;\n$wgUseImageMagick = false;\n");
  served = await serve(wiki, port);
  dir = book();
  out = path.join(scratch(), "export");
  const { code, told } = await exportBook("mediawiki", dir, out, "--timestamp", "2024-01-01T00:00:00Z");
  assert.equal(code, 0, told);
  await load();
  browser = await launch();
  page = await (await browser.newContext({ viewport: { width: 1200, height: 900 } })).newPage();
});
after(async () => {
  await browser?.close();
  served?.close();
});

test("the dump is valid in the schema of MediaWiki", { skip }, async (context) => {
  const schema = "/usr/share/doc/mediawiki/docs/export-0.11.xsd.gz";
  if (!fs.existsSync(schema)) return context.skip(`${schema} is missing`);
  const folder = scratch();
  const text = zlib.gunzipSync(fs.readFileSync(schema)).toString();
  fs.writeFileSync(path.join(folder, "export.xsd"), text.replace(/schemaLocation="http[^"]*xml.xsd"/, 'schemaLocation="xml.xsd"'));
  fs.writeFileSync(path.join(folder, "xml.xsd"), `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace">
    <xs:attribute name="lang" type="xs:string"/><xs:attribute name="space" type="xs:string"/></xs:schema>`);
  const code = "libxml_use_internal_errors(true); $d = new DOMDocument(); $d->load($argv[1], LIBXML_PARSEHUGE);"
    + " if (!$d->schemaValidate($argv[2])) { foreach (libxml_get_errors() as $e) echo $e->line, ': ', $e->message; }";
  assert.equal(await php(folder, "-r", code, path.join(out, "dump.xml"), path.join(folder, "export.xsd")), "");
});

test("every page is there, every link leads to one, every place and picture exists", { skip }, async () => {
  const { pages } = JSON.parse(fs.readFileSync(path.join(out, "manifest.json"), "utf8"));
  const start = Object.values(pages).map((entry) => address(entry.name));
  const found = await walk(page, start, {
    content: "#mw-content-text",
    broken: "a.new",
    isPage: (url) => url.href.startsWith(`${served.address}/index.php/`) && !/\/(File|Special):/.test(decodeURIComponent(url.pathname)),
  });
  assert.deepEqual(found.wrong, []);
  assert.ok(found.seen.size >= start.length && found.places > 5, `${found.seen.size} pages, ${found.places} places`);
});

test("a model shows its diagram, a catalogue its table, a step the next step", { skip }, async () => {
  await page.goto(address(`${prefix}M-FEAT-001`));
  const picture = page.locator("#mw-content-text img").first();
  await picture.scrollIntoViewIfNeeded();
  await picture.evaluate((img) => img.decode());
  assert.ok(await picture.evaluate((img) => img.naturalWidth) > 300);
  assert.ok((await picture.getAttribute("alt")).length > 20);
  await shot(page, "mediawiki-model");
  await page.goto(address(`${prefix}Threats`));
  await page.waitForSelector("table.wikitable th.headerSort");
  assert.equal(await page.locator("table.wikitable tbody tr").count(), 6);
  await shot(page, "mediawiki-catalogue");
  await page.goto(address(`${prefix}A page with everything`));
  await shot(page, "mediawiki-step");
  await page.goto(address("Category:" + prefix + "Threats"));
  assert.match(await page.locator("#mw-pages").innerText(), /T-FEAT-001/);
});

test("a former ID and the ID alone lead to the entry", { skip }, async () => {
  for (const name of ["T-FEAT-001", "T-OLD-001"]) {
    await page.goto(address(prefix + name));
    assert.match(await page.locator("h1").innerText(), /T-FEAT-00\d /);
  }
});

test("hostile words are shown as they are", { skip }, async () => {
  await page.goto(address(`${prefix}Hostile words`));
  assertLiteral(await page.locator("#mw-content-text").evaluate((element) => element.textContent));
  await shot(page, "mediawiki-hostile");
  assert.equal(await page.locator("#mw-content-text script, #catlinks a[title*=Evil]").count(), 0);
});

test("a second export updates what changed and touches nothing else", { skip }, async () => {
  const before = await pagesOf();
  const threat = path.join(dir, "content/threats/T-FEAT-003.md");
  fs.appendFileSync(threat, "\nOne more sentence.\n");
  const step = path.join(dir, "content/guide/02-second.md");
  const old = fs.readFileSync(step, "utf8").match(/^title: *(.*)$/m)?.[1] ?? fs.readFileSync(step, "utf8").match(/^# (.*)$/m)[1];
  fs.writeFileSync(step, fs.readFileSync(step, "utf8").replace(old, "A new title"));
  const manifest = JSON.parse(fs.readFileSync(path.join(out, "manifest.json"), "utf8"));
  const changed = manifest.pages["T-FEAT-003"].name;
  const same = manifest.pages["T-FEAT-001"].name;
  const { code, told } = await exportBook("mediawiki", dir, out, "--timestamp", "2025-01-01T00:00:00Z");
  assert.equal(code, 0, told);
  assert.match(told, /renamed/);
  await load();
  const now = await versions(changed, same, `${prefix}A new title`, prefix + old);
  assert.equal(now[changed].count, 2);
  assert.match(now[changed].text, /One more sentence/);
  assert.equal(now[same].count, 1);
  assert.equal(now[`${prefix}A new title`].count, 1);
  assert.match(now[prefix + old].text, /^#REDIRECT/);
  assert.deepEqual((await pagesOf()).filter((title) => !before.includes(title)), [`${prefix}A new title`]);
  await page.goto(address(prefix + old));
  assert.equal(await page.locator("h1").innerText(), `${prefix}A new title`);
  // The same export once more changes nothing.
  await load();
  assert.equal((await versions(changed))[changed].count, 2);
});

test("an edit on the wiki is shown and kept; orphans are told", { skip }, async () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(out, "manifest.json"), "utf8"));
  const edited = manifest.pages["T-FEAT-003"].name;
  const { text } = (await versions(edited))[edited];
  execFileSync("php", ["maintenance/edit.php", "-u", "Admin", "-s", "by hand", edited], {
    cwd: wiki, input: `${text}\n\nSomebody added this on the wiki.`, stdio: ["pipe", "ignore", "inherit"],
  });
  fs.appendFileSync(path.join(dir, "content/threats/T-FEAT-003.md"), "\nAnd another sentence.\n");
  const orphan = manifest.pages["T-FEAT-006"].name;
  fs.rmSync(path.join(dir, "content/threats/T-FEAT-006.md"));
  const dump = path.join(scratch(), "now.xml");
  fs.writeFileSync(dump, await php(wiki, "maintenance/dumpBackup.php", "--current", "--quiet"));
  const { code, told } = await exportBook("mediawiki", dir, out, "--against", dump);
  assert.equal(code, 1, told);
  assert.match(told, /held back: .*T-FEAT-003/);
  assert.match(told, /\+ Somebody added this on the wiki/);
  assert.equal(told.match(/held back/g).length, 1, told);
  assert.ok(told.includes(`orphan: \`${orphan}\``), told);
  await load();
  const now = await versions(edited, orphan);
  assert.match(now[edited].text, /Somebody added this on the wiki\.$/);
  assert.ok(now[orphan].count >= 1);
  const again = await exportBook("mediawiki", dir, out, "--against", dump, "--overwrite");
  assert.equal(again.code, 0, again.told);
  await load();
  assert.match((await versions(edited))[edited].text, /And another sentence/);
});
