// What the tests of wikis share: a book to export, hostile text, a wiki behind PHP's own
// server, and a walk through everything that an export links to.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { casebook, features, scratch, write } from "./support.mjs";

const run = promisify(execFile);

/** Why a test of a wiki cannot run here; `false` when it can. */
export function lacks(folder, debian) {
  try {
    execFileSync("php", ["-v"], { stdio: "ignore" });
  } catch {
    return `php is not installed (Debian: ${debian})`;
  }
  return fs.existsSync(folder) ? false : `${folder} is missing (Debian: ${debian})`;
}

/** A folder on a disk in memory, where there is one: an import writes row by row. */
export function fast() {
  if (!fs.existsSync("/dev/shm")) return scratch();
  const dir = fs.mkdtempSync("/dev/shm/casebook-wiki-");
  process.on("exit", () => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Words that are markup in one wiki or another. */
export const hostile = [
  "{{Main Page}}", "{{{1}}}", "{{!}}", "{{subst:x}}", "[[Main Page]]", "[[Category:Evil]]", "[[File:Evil.png]]",
  "'''bold''' ''slanted''", "~~~~", "__NOTOC__", "__FORCETOC__", "<nowiki>", "</nowiki>{{x}}", "<script>alert(1)</script>",
  "<ref>x</ref>", "<!-- gone -->", "&lt;b&gt; &amp; &#65;", "{| class=\"x\"", "|}", "|-", "! x !! y", "a || b", "* item",
  "# item", "; term : words", ": words", "== heading ==", "---- line", "RFC 2119 and ISBN 0-306-40615-2",
  "https://evil.example/ and mailto:a@evil.example", "#REDIRECT [[x]]", "-{zh:a;en:b}-", "%%shield%%", "</nowiki>**b**",
  "<nowiki></nowiki></nowiki>//x//", "**bold** //slanted// __under__", "((note))", "{{evil.png}}", "{{rss>http://evil.example/}}",
  "~~NOCACHE~~", "~~INFO:syntaxplugins~~", "<php>echo 1;</php>", "<html><b>x</b></html>", "<code>x</code>", "</code>x",
  "</pre>x", "> quoted", "^ head ^", "| cell |", "a \\\\ b", "FIXME LOL :-) DELETEME", "640x480 (c) (tm) -> <- --- ...",
  "\"double\" 'single'", "www.evil.example", "<a@evil.example>", "\\\\server\\share", "  * two blanks", "[[doku>x]]", "``x``", "!!!", "===",
  "]] }} |} ]]] }}}", "{{x|y}}", "[http://evil.example x]", "<syntaxhighlight lang=\"x\">", "__TOC__", "=", "-", "+", "%20 %41", "\u00e9 e\u0301 \u4e2d\u6587 \u{1f600}",
];

const escaped = (text) => text.replace(/[!-/:-@[-`{-~]/g, "\\$&");

/** A page that holds hostile words in each place that text can stand. */
function hostilePage() {
  const lines = ["---", "title: Hostile words", "---", ""];
  hostile.forEach((text, at) => {
    const words = escaped(text.trim());
    lines.push(`${words} :S${at}`, "");
    lines.push(`P${at}: ${words} :E and **${words}** and _B${at}: ${words} :E_ and [A${at}: ${words} :E](01-everything.md)`, "");
    lines.push(`- L${at}: ${words} :E`, "");
    lines.push(`> Q${at}: ${words} :E`, "");
  });
  lines.push("| Table | Words |", "| --- | --- |");
  hostile.forEach((text, at) => lines.push(`| T${at}: ${escaped(text.trim())} :E | ${escaped(text.trim())} |`));
  lines.push("", "```text");
  hostile.forEach((text, at) => lines.push(`C${at}: ${text} :E`));
  lines.push("```", "", "## After all that", "", "The end of the page.", "");
  return lines.join("\n");
}

/** The letters before the number of hostile words, and where they stand. */
const PLACES = { P: "a paragraph", B: "slanted words", A: "a link", L: "a list", Q: "a quotation", T: "a table", C: "code" };

/** Checks that hostile words came through as they are. `text` is what the wiki shows. */
export function assertLiteral(text) {
  const flat = (words) => words.replace(/\u200b/g, "").normalize("NFC").replace(/\s+/g, " ").trim();
  const shown = flat(text);
  const wrong = [];
  hostile.forEach((words, at) => {
    for (const [letter, place] of Object.entries(PLACES)) {
      const expected = flat(`${letter}${at}: ${words} :E`);
      if (shown.includes(expected)) continue;
      const from = shown.indexOf(`${letter}${at}: `);
      wrong.push(`in ${place}: ${expected}\n      is ${from < 0 ? "missing" : shown.slice(from, from + expected.length + 20)}`);
    }
    if (!shown.includes(flat(`${words} :S${at}`))) wrong.push(`at the start of a line: ${words}`);
  });
  assert.deepEqual(wrong, []);
}

/** A book with every feature, a hostile page and a file with a place to link to. */
export function book() {
  const dir = path.join(scratch(), "book");
  fs.cpSync(features, dir, { recursive: true });
  write(dir, { "content/guide/03-hostile.md": hostilePage() });
  return dir;
}

/** Runs the program: the exit code and what it told. */
export async function ran(args, env = process.env) {
  try {
    const { stdout, stderr } = await run(casebook(), args, { env });
    return { code: 0, told: stdout + stderr };
  } catch (error) {
    if (error.code === undefined || typeof error.code === "string") throw error;
    return { code: error.code, told: error.stdout + error.stderr };
  }
}

/** Exports a book: the exit code and what it told. */
export function exportBook(target, dir, out, ...options) {
  return ran(["export", target, "--dir", dir, "--out", out, "--site-url", "https://casebook.example/", ...options]);
}

/** Runs PHP in a folder. */
export async function php(cwd, ...args) {
  const { stdout } = await run("php", args, { cwd, maxBuffer: 1 << 26 });
  return stdout;
}

/** A free port on this machine. */
export async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** PHP's own server in a folder. */
export async function serve(folder, port) {
  const child = spawn("php", ["-S", `127.0.0.1:${port}`], {
    cwd: folder, stdio: "ignore", env: { ...process.env, PHP_CLI_SERVER_WORKERS: "2" }, detached: true,
  });
  const address = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    try {
      await fetch(`${address}/`, { redirect: "manual" });
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  // Its workers are children of its own.
  return { address, close: () => { try { process.kill(-child.pid, "SIGTERM"); } catch { child.kill(); } } };
}

/**
 * Opens each address in Chromium, and each that they link to within `content`, once.
 * Gives what was found: the addresses, and every link, place or picture that is broken.
 */
export async function walk(page, start, { content, isPage, broken }) {
  const waiting = [...start];
  const seen = new Map();
  const wrong = [];
  const places = [];
  while (waiting.length) {
    const address = waiting.pop();
    if (seen.has(address)) continue;
    const response = await page.goto(address, { waitUntil: "load" });
    const found = await page.evaluate(async ({ content, broken }) => {
      const root = document.querySelector(content);
      // A wiki may leave pictures below the window for later.
      await Promise.all([...(root?.querySelectorAll("img") ?? [])].map((img) => {
        img.loading = "eager";
        return img.decode().catch(() => {});
      }));
      const all = (selector, read) => [...(root?.querySelectorAll(selector) ?? [])].map(read);
      return {
        links: all("a[href]", (a) => a.href),
        ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
        broken: all(broken, (a) => `${a.textContent} (${a.getAttribute("href")})`),
        pictures: all("img", (img) => ({ src: img.src, alt: img.alt, width: img.naturalWidth })),
      };
    }, { content, broken });
    seen.set(address, found);
    if (response.status() !== 200) wrong.push(`${address}: ${response.status()}`);
    wrong.push(...found.broken.map((link) => `${address}: no page for ${link}`));
    wrong.push(...found.pictures.filter((picture) => !picture.width).map((picture) => `${address}: no picture ${picture.src}`));
    for (const link of found.links) {
      const url = new URL(link);
      const hash = decodeURIComponent(url.hash.slice(1));
      url.hash = "";
      if (!isPage(url)) continue;
      if (hash) places.push([address, url.href, hash]);
      if (!seen.has(url.href)) waiting.push(url.href);
    }
  }
  for (const [from, to, place] of places) {
    if (!seen.get(to)?.ids.includes(place)) wrong.push(`${from}: ${to} has no place ${place}`);
  }
  return { seen, wrong, places: places.length };
}

/** Keeps a picture of a page where somebody wants to look: `SHOTS=folder`. */
export async function shot(page, name) {
  if (!process.env.SHOTS) return;
  fs.mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`), fullPage: true });
}
