// The export for MediaWiki in a real MediaWiki: imported, walked through, imported again.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import zlib from "node:zlib";
import { after, before, test } from "node:test";
import { launch, scratch } from "./support.mjs";
import { assertLiteral, book, exportBook, fast, freePort, lacks, php, ran, serve, shot, walk } from "./wikis.mjs";

const PACKAGE = "/usr/share/mediawiki";
const skip = lacks(PACKAGE, "mediawiki php-cli php-sqlite3 php-xml php-mbstring php-intl");
const prefix = "Every feature/";
const PASSWORD = "abcdefghijklmnopqrstuvw012345678";

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
  for (const namespace of ["0", "10", "14"]) {
    const answer = await ask({ action: "query", list: "allpages", apnamespace: namespace, aplimit: "500" });
    titles.push(...answer.query.allpages.map((page) => page.title));
  }
  return titles;
}

/** Loads an export as the guide says. */
async function load() {
  await php(wiki, "maintenance/importImages.php", path.join(out, "images"));
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
  fs.appendFileSync(path.join(wiki, "LocalSettings.php"), "\n$wgEnableUploads = true;\n$wgUseImageMagick = false;\n$wgRestrictDisplayTitle = false;\n$wgGroupPermissions['bot']['noratelimit'] = true;\n");
  await php(wiki, "maintenance/createAndPromote.php", "--bot", "Bot", "a-long-Pass-of-2-tests");
  await php(
    wiki, "maintenance/createBotPassword.php", "--appid", "casebook", "--grants",
    "basic,highvolume,editpage,createeditmovepage,uploadfile", "Bot", PASSWORD,
  );
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
  const start = Object.values(pages).map((entry) => entry.name).filter((name) => !name.startsWith("Template:")).map(address);
  const found = await walk(page, start, {
    content: "#mw-content-text",
    broken: "a.new",
    isPage: (url) => url.href.startsWith(`${served.address}/index.php/`) && !/\/(File|Special|Template):/.test(decodeURIComponent(url.pathname)),
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

test("an entry is called by its ID and shows its title; a former ID leads to it", { skip }, async () => {
  for (const name of ["T-FEAT-001", "T-OLD-001"]) {
    await page.goto(address(prefix + name));
    assert.match(await page.locator("h1").innerText(), /^T-FEAT-001 Attacker/);
  }
  assert.match(await page.locator("table.casebook-facts").first().innerText(), /Critical/);
  assert.match(await page.locator(".casebook-notice").innerText(), /content\/threats\/T-FEAT-001\.md/);
  await shot(page, "mediawiki-threat");
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
  const text = fs.readFileSync(step, "utf8");
  const old = (text.match(/^title: *(.*)$/m) ?? text.match(/^# (.*)$/m))[1];
  fs.writeFileSync(step, text.replace(old, "A new title"));
  const { code, told } = await exportBook("mediawiki", dir, out, "--against", await dump(), "--timestamp", "2025-01-01T00:00:00Z");
  assert.equal(code, 0, told);
  assert.match(told, /renamed/);
  await load();
  const changed = `${prefix}T-FEAT-003`;
  const same = `${prefix}T-FEAT-001`;
  const now = await versions(changed, same, `${prefix}A new title`, prefix + old);
  assert.equal(now[changed].count, 2);
  assert.match(now[changed].text, /One more sentence/);
  assert.equal(now[same].count, 1);
  assert.equal(now[`${prefix}A new title`].count, 1);
  assert.match(now[prefix + old].text, /^#REDIRECT/);
  assert.deepEqual((await pagesOf()).filter((title) => !before.includes(title)), [`${prefix}A new title`]);
  // The same export once more changes nothing.
  await load();
  assert.equal((await versions(changed))[changed].count, 2);
});

/** What the wiki holds now, as the guide says. */
async function dump() {
  const file = path.join(scratch(), "now.xml");
  const list = path.join(out, "pages.txt");
  fs.writeFileSync(file, await php(wiki, "maintenance/dumpBackup.php", "--current", "--quiet", "--pagelist", list));
  return file;
}

/** Somebody edits a page on the wiki. */
async function edit(title, change) {
  const { text } = (await versions(title))[title];
  execFileSync("php", ["maintenance/edit.php", "-u", "Admin", "-s", "by hand", title], {
    cwd: wiki, input: change(text), stdio: ["pipe", "ignore", "inherit"],
  });
}

test("an edit on the wiki stays, beside the book's change or until somebody decides", { skip }, async () => {
  const [apart, both] = [`${prefix}T-FEAT-003`, `${prefix}T-FEAT-004`];
  const source = (name) => path.join(dir, `content/threats/${name}.md`);
  fs.appendFileSync(source("T-FEAT-004"), "\nA line of the book.\n");
  assert.equal((await exportBook("mediawiki", dir, out)).code, 2, "nobody looked at what the wiki holds");
  assert.equal((await exportBook("mediawiki", dir, out, "--against", await dump())).code, 0);
  await load();
  await edit(apart, (text) => text.replace("One more sentence.", "One more sentence.\n\nSomebody added this on the wiki."));
  await edit(both, (text) => text.replace("A line of the book.", "A line of the wiki."));
  fs.writeFileSync(source("T-FEAT-003"), fs.readFileSync(source("T-FEAT-003"), "utf8").replace("tags: [tag-3]", "tags: [new-tag]"));
  fs.writeFileSync(source("T-FEAT-004"), fs.readFileSync(source("T-FEAT-004"), "utf8").replace("A line of the book.", "Another line of the book."));
  fs.rmSync(source("T-FEAT-006"));
  const against = await dump();
  const { code, told } = await exportBook("mediawiki", dir, out, "--against", against);
  assert.equal(code, 3, told);
  assert.match(told, /T-FEAT-003`: edited on the wiki; the edit and the book's change both stand/);
  assert.match(told, /\{\+Somebody added this on the wiki\.\+\}/);
  assert.match(told, /T-FEAT-004`: held back/);
  assert.match(told, /the \[-book\.-\] \{\+wiki\.\+\}/);
  assert.ok(told.includes(`orphan: \`${prefix}T-FEAT-006\``), told);
  assert.match(fs.readFileSync(path.join(out, "conflicts/Every feature-T-FEAT-004.diff"), "utf8"), /^\+A line of the wiki\.$/m);
  await load();
  let now = await versions(apart, both);
  assert.match(now[apart].text, /new-tag[^]*Somebody added this/);
  assert.match(now[both].text, /A line of the wiki/);
  const again = await exportBook("mediawiki", dir, out, "--against", against, "--take-book", "T-FEAT-004");
  assert.equal(again.code, 0, again.told);
  await load();
  now = await versions(both);
  assert.match(now[both].text, /Another line of the book/);
});

/** Publishes over the wiki's own interface. */
function publish(into, ...options) {
  const env = { ...process.env, CASEBOOK_MEDIAWIKI_PASSWORD: PASSWORD };
  const args = ["publish", "mediawiki", "--url", `${served.address}/api.php`, "--user", "Bot@casebook", "--dir", dir, "--out", into,
    "--prefix", "Api/", "--site-url", "https://casebook.example/", ...options];
  return ran(args, env);
}

test("publishing needs no shell: first, unchanged, edited there, renamed, deleted, half way and again", { skip }, async () => {
  const into = path.join(scratch(), "published");
  const first = await publish(into);
  assert.equal(first.code, 0, first.told);
  await php(wiki, "maintenance/runJobs.php");
  const { pages } = JSON.parse(fs.readFileSync(path.join(into, "manifest.json"), "utf8"));
  const start = Object.values(pages).map((entry) => entry.name).filter((name) => !/^(Template|Category):/.test(name)).map(address);
  const found = await walk(page, start, {
    content: "#mw-content-text", broken: "a.new",
    isPage: (url) => url.href.startsWith(`${served.address}/index.php/Api`),
  });
  assert.deepEqual(found.wrong, []);
  const again = await publish(into);
  assert.match(again.told, /MediaWiki: 0 pages and 0 pictures written/);
  // The folder is lost: the wiki itself tells what is ours.
  assert.match((await publish(path.join(scratch(), "other"))).told, /0 pages and 0 pictures written/);
  await edit("Api/T-FEAT-001", (text) => text.replace("The bucket is public.", "The bucket is public.\n\nSeen in March."));
  const step = path.join(dir, "content/guide/02-second.md");
  const text = fs.readFileSync(step, "utf8");
  const old = (text.match(/^title: *(.*)$/m) ?? text.match(/^# (.*)$/m))[1];
  fs.writeFileSync(step, text.replace(old, "A newer title"));
  const second = await publish(into);
  assert.equal(second.code, 0, second.told);
  const now = await versions("Api/T-FEAT-001", "Api/A newer title", `Api/${old}`);
  assert.match(now["Api/T-FEAT-001"].text, /Seen in March/);
  assert.ok(now["Api/A newer title"].count >= 2, "the history moved along");
  assert.match(now[`Api/${old}`].text, /^#REDIRECT/);
  await php(wiki, "maintenance/deleteBatch.php", "-u", "Admin", file(scratch(), "Api/T-FEAT-002\n"));
  const deleted = await publish(into);
  assert.equal(deleted.code, 3, deleted.told);
  assert.match(deleted.told, /T-FEAT-002`: held back: deleted on the wiki/);
  assert.equal((await publish(into, "--keep-wiki", "T-FEAT-002")).code, 0);
  assert.equal((await publish(into)).code, 0, "what was decided once does not come again");
  // A run that stops half way: the wiki goes away after some writes.
  for (const name of ["T-FEAT-003", "T-FEAT-004", "T-FEAT-005"]) fs.appendFileSync(path.join(dir, `content/threats/${name}.md`), "\nLast words.\n");
  const half = await throttled(into);
  assert.equal(half.code, 1, half.told);
  assert.match(half.told, /refused: `Api\/T-FEAT-00/);
  const rest = await publish(into);
  assert.equal(rest.code, 0, rest.told);
  const last = await versions("Api/T-FEAT-003", "Api/T-FEAT-005");
  for (const title of Object.keys(last)) assert.match(last[title].text, /Last words/);
  assert.match((await publish(into)).told, /MediaWiki: 0 pages and 0 pictures written/);
});

function file(folder, text) {
  fs.writeFileSync(path.join(folder, "list.txt"), text);
  return path.join(folder, "list.txt");
}

/** Publishes through a gate that closes after one page was written. */
async function throttled(into) {
  let edits = 0;
  const gate = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    edits += /(^|&)action=edit/.test(body.toString("latin1"));
    if (edits > 1) return response.writeHead(404).end("gone"), undefined;
    const answer = await fetch(served.address + request.url, { method: request.method, headers: { "content-type": request.headers["content-type"] ?? "", cookie: request.headers.cookie ?? "" }, body });
    response.writeHead(answer.status, { "content-type": "application/json", "set-cookie": answer.headers.getSetCookie() });
    response.end(Buffer.from(await answer.arrayBuffer()));
    return undefined;
  });
  await new Promise((resolve) => gate.listen(0, "127.0.0.1", resolve));
  const env = { ...process.env, CASEBOOK_MEDIAWIKI_PASSWORD: PASSWORD };
  const told = await ran(["publish", "mediawiki", "--url", `http://127.0.0.1:${gate.address().port}/api.php`, "--user", "Bot@casebook",
    "--dir", dir, "--out", into, "--prefix", "Api/", "--site-url", "https://casebook.example/", "--timeout", "3"], env);
  gate.close();
  return told;
}
