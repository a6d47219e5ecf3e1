// The export for DokuWiki in a real DokuWiki: put in place, walked through, put in place again.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { launch, scratch } from "./support.mjs";
import { assertLiteral, book, exportBook, fast, freePort, lacks, php, ran, serve, shot, walk } from "./wikis.mjs";

const PACKAGE = "/usr/share/dokuwiki";
const skip = lacks(PACKAGE, "dokuwiki php-cli php-xml php-mbstring");
const space = "every_feature";
const PASSWORD = "a-pass-of-1-test";

let dir, out, wiki, data, served, browser, page;

const address = (name) => `${served.address}/doku.php?id=${name}`;
const file = (name) => path.join(data, "pages", `${name.replaceAll(":", "/")}.txt`);

/** The export straight into the wiki. */
const load = (...options) => exportBook("dokuwiki", dir, out, "--into", data, ...options);

before(async () => {
  if (skip) return;
  const top = fast();
  wiki = path.join(top, "wiki");
  // Debian keeps plugins, templates and settings elsewhere, and says so in links and in preload.php.
  fs.cpSync(PACKAGE, wiki, { recursive: true, dereference: true, filter: (from) => !/\/(\.htaccess|VERSION|preload\.php)$/.test(from) });
  fs.copyFileSync(path.join(PACKAGE, "VERSION"), path.join(wiki, "VERSION"));
  fs.cpSync("/etc/dokuwiki", path.join(wiki, "conf"), {
    recursive: true, filter: (from) => !/(local\.php|auth\.php|apache\.conf|htaccess)$/.test(from),
  });
  data = path.join(wiki, "data");
  for (const name of ["attic", "cache", "index", "locks", "log", "media", "media_attic", "media_meta", "meta", "pages", "tmp"]) {
    fs.mkdirSync(path.join(data, name), { recursive: true });
  }
  fs.writeFileSync(path.join(wiki, "conf/local.php"), "<?php\n$conf['title'] = 'Wiki';\n$conf['useacl'] = 1;\n$conf['authtype'] = 'authplain';\n$conf['remote'] = 1;\n$conf['remoteuser'] = 'bot';\n$conf['savedir'] = './data';\n$conf['updatecheck'] = 0;\n");
  fs.writeFileSync(path.join(wiki, "conf/acl.auth.php"), "* @ALL 8\n");
  const hash = await php(wiki, "-r", `echo password_hash("${PASSWORD}", PASSWORD_BCRYPT);`);
  fs.writeFileSync(path.join(wiki, "conf/users.auth.php"), `bot:${hash}:Bot:bot@example.com:user\n`);
  const port = await freePort();
  served = await serve(wiki, port);
  dir = book();
  out = path.join(scratch(), "export");
  const { code, told } = await load();
  assert.equal(code, 0, told);
  browser = await launch();
  page = await (await browser.newContext({ viewport: { width: 1200, height: 900 } })).newPage();
});
after(async () => {
  await browser?.close();
  served?.close();
});

test("every page is there, every link leads to one, every place and picture exists", { skip }, async () => {
  const { pages } = JSON.parse(fs.readFileSync(path.join(out, "manifest.json"), "utf8"));
  const start = Object.values(pages).map((entry) => address(entry.name));
  const found = await walk(page, start, {
    content: "#dokuwiki__content .page",
    broken: "a.wikilink2",
    isPage: (url) => url.href.startsWith(`${served.address}/doku.php`) && !url.searchParams.has("do") && !url.searchParams.has("rev"),
  });
  assert.deepEqual(found.wrong, []);
  assert.ok(found.seen.size >= start.length && found.places > 5, `${found.seen.size} pages, ${found.places} places`);
});

test("a model shows its diagram, a catalogue its table, a step the next step", { skip }, async () => {
  await page.goto(address(`${space}:models:kitchen:start`));
  const picture = page.locator("#dokuwiki__content img.media, #dokuwiki__content img.mediacenter").first();
  await picture.scrollIntoViewIfNeeded();
  await picture.evaluate((img) => img.decode());
  assert.ok(await picture.evaluate((img) => img.naturalWidth) > 300);
  assert.ok((await picture.getAttribute("alt")).length > 20);
  await shot(page, "dokuwiki-model");
  await page.goto(address(`${space}:threats:start`));
  assert.equal(await page.locator("#dokuwiki__content table tr").count(), 7);
  await shot(page, "dokuwiki-catalogue");
  await page.goto(address(`${space}:guide:01-everything`));
  assert.match(await page.locator("#dokuwiki__content").innerText(), /Next: The second step/);
  assert.match(await page.locator("#dokuwiki__aside").innerText(), /The second step/);
  await shot(page, "dokuwiki-step");
});

test("a former ID leads to the entry", { skip }, async () => {
  await page.goto(address(`${space}:threats:t-old-001`));
  await page.locator("#dokuwiki__content .page a.wikilink1").click();
  assert.match(page.url(), /t-feat-001/);
});

test("hostile words are shown as they are", { skip }, async () => {
  await page.goto(address(`${space}:guide:03-hostile`));
  await shot(page, "dokuwiki-hostile");
  assertLiteral(await page.locator("#dokuwiki__content .page").evaluate((element) => {
    // The text that screen readers get beside a heading's contents is DokuWiki's own.
    return element.textContent;
  }));
  assert.equal(await page.locator("#dokuwiki__content .page a[href*='evil']").count(), 0);
  assert.equal(await page.locator("#dokuwiki__content .page .smiley, #dokuwiki__content .page img[src*=smileys]").count(), 0);
});

test("a second export writes what changed; edits on the wiki stay; orphans are told", { skip }, async () => {
  const same = file(`${space}:threats:t-feat-002`);
  const changed = file(`${space}:threats:t-feat-003`);
  const edited = file(`${space}:threats:t-feat-004`);
  const orphan = file(`${space}:threats:t-feat-006`);
  const before = fs.statSync(same).mtimeMs;
  fs.appendFileSync(edited, "\nSomebody added this on the wiki.\n");
  for (const number of [3, 4]) fs.appendFileSync(path.join(dir, `content/threats/T-FEAT-00${number}.md`), "\nOne more sentence.\n");
  fs.rmSync(path.join(dir, "content/threats/T-FEAT-006.md"));
  const { code, told } = await load();
  assert.equal(code, 0, told);
  assert.match(told, /t-feat-004`: edited on the wiki; the edit and the book's change both stand/);
  assert.match(told, /\{\+Somebody added this on the wiki\.\+\}/);
  assert.match(told, /orphan: `every_feature:threats:t-feat-006`/);
  assert.equal(fs.statSync(same).mtimeMs, before);
  assert.match(fs.readFileSync(changed, "utf8"), /One more sentence/);
  assert.match(fs.readFileSync(edited, "utf8"), /One more sentence[^]*Somebody added this/);
  assert.ok(fs.existsSync(orphan));
  const again = await load("--overwrite");
  assert.equal(again.code, 0, again.told);
  assert.doesNotMatch(fs.readFileSync(edited, "utf8"), /Somebody added this/);
  assert.match((await load()).told, /wrote 0 files/);
});

/** Publishes over the wiki's own interface. */
function publish(into, ...options) {
  const env = { ...process.env, CASEBOOK_DOKUWIKI_PASSWORD: PASSWORD };
  return ran(["publish", "dokuwiki", "--url", served.address, "--user", "bot", "--dir", dir, "--out", into, "--namespace", "api",
    "--site-url", "https://casebook.example/", ...options], env);
}

test("publishing goes through the wiki: first, unchanged, edited there, deleted, and its history knows", { skip }, async () => {
  const into = path.join(scratch(), "published");
  const first = await publish(into);
  assert.equal(first.code, 0, first.told);
  const { pages } = JSON.parse(fs.readFileSync(path.join(into, "manifest.json"), "utf8"));
  const found = await walk(page, Object.values(pages).map((entry) => address(entry.name)), {
    content: "#dokuwiki__content .page", broken: "a.wikilink2",
    isPage: (url) => (url.searchParams.get("id") ?? "").startsWith("api:") && !url.searchParams.has("do"),
  });
  assert.deepEqual(found.wrong, []);
  assert.match((await publish(into)).told, /DokuWiki: 0 pages and 0 pictures written/);
  assert.match((await publish(path.join(scratch(), "other"))).told, /DokuWiki: 0 pages and 0 pictures written/, "the history tells what is ours");
  // The wiki tells texts apart by the second they were written in.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  fs.appendFileSync(file("api:threats:t-feat-001"), "\nSeen in March.\n");
  fs.appendFileSync(path.join(dir, "content/threats/T-FEAT-001.md"), "\nMore words.\n");
  fs.rmSync(file("api:threats:t-feat-002"));
  const second = await publish(into);
  assert.equal(second.code, 3, second.told);
  assert.match(second.told, /t-feat-002`: held back: deleted on the wiki/);
  assert.match(fs.readFileSync(file("api:threats:t-feat-001"), "utf8"), /More words[^]*Seen in March/);
  assert.match(fs.readFileSync(path.join(data, "meta/api/threats/t-feat-001.changes"), "utf8"), /Casebook: /);
  const third = await publish(into, "--take-book", "T-FEAT-002");
  assert.equal(third.code, 0, third.told);
  assert.ok(fs.existsSync(file("api:threats:t-feat-002")));
  assert.match((await publish(into)).told, /DokuWiki: 0 pages and 0 pictures written/);
});
