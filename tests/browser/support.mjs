// What the browser tests share: a built site, a small server with a strict policy, Chromium,
// and a witness that notes every complaint of a page.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** A small book that holds every kind of content once. */
export const features = path.join(root, "tests/browser/features");

/** The policy that the site promises to live under. */
export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
  + "media-src 'self'; require-trusted-types-for 'script'";

/** One address of each type of page in the project's own site. */
export const pages = {
  home: "index.html",
  "guide section": "guide/index.html",
  "guide step": "guide/02-draw-what-you-build.html",
  "models section": "models/index.html",
  model: "models/password-reset/index.html",
  "large model": "models/file-sharing/index.html",
  "STRIDE per element": "stride/m-pwreset-001.html",
  "for the meeting": "meeting/m-pwreset-001.html",
  "what changed in a model": "changes/m-pwreset-001.html",
  "catalogue of threats": "threats/index.html",
  "catalogue of requirements": "requirements/index.html",
  "catalogue of assumptions": "assumptions/index.html",
  "all entries": "entries.html",
  "a selection": "picked.html",
  "two models compared": "compare.html",
  threat: "threats/t-auth-001.html",
  requirement: "requirements/r-auth-002.html",
  assumption: "assumptions/a-id-001.html",
  "page of assumptions": "assumptions/identity.html",
  tags: "tags/index.html",
  tag: "tags/passwords.html",
  status: "status.html",
  "threats in the models": "coverage/threats.html",
  "requirements in the models": "coverage/requirements.html",
  gaps: "coverage/gaps.html",
  diagnostics: "diagnostics.html",
  "risk framework": "risk/likelihood-impact.html",
};

export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
export const smallPhone = { ...phone, viewport: { width: 320, height: 640 } };
export const desktop = { viewport: { width: 1440, height: 900 } };

/** The program under test. */
export function casebook() {
  const target = process.env.CARGO_TARGET_DIR || path.join(root, "target");
  return process.env.CASEBOOK || path.join(target, "debug", "casebook");
}

const temporary = [];
process.on("exit", () => temporary.forEach((dir) => fs.rmSync(dir, { recursive: true, force: true })));

/** A new empty folder, removed at the end. */
export function scratch() {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "casebook-browser-")));
  temporary.push(dir);
  return dir;
}

/** Builds a book and gives the folder of the site. Our own site is built once where OWN_SITE names it. */
export async function build(book = root, ...options) {
  if (book === root && process.env.OWN_SITE) return process.env.OWN_SITE;
  const out = path.join(scratch(), "site");
  await promisify(execFile)(casebook(), ["build", book, "--out", out, "--quiet", ...options]);
  return out;
}

/** Writes files, given as a map from path to text. */
export function write(dir, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(dir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  return dir;
}

/** Every file below a folder, as relative paths with `/`. */
export function filesOf(dir, ending = "") {
  return fs.readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => path.relative(dir, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join("/"))
    .sort();
}

export const types = {
  html: "text/html; charset=utf-8", css: "text/css; charset=utf-8", js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml", png: "image/png", xml: "application/xml", json: "application/json", txt: "text/plain; charset=utf-8",
};

/** Serves a site below a sub-path, as a plain web server would. */
export async function serve(site, { csp = policy, below = "/wiki/" } = {}) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    let name = pathname.startsWith(below) ? decodeURIComponent(pathname.slice(below.length)) : null;
    if (name === "" || name?.endsWith("/")) name += "index.html";
    const file = name !== null && path.join(site, name);
    const found = file && file.startsWith(site + path.sep) && fs.existsSync(file) && fs.statSync(file).isFile();
    const shown = found ? file : path.join(site, "404.html");
    const range = found && /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    if (range) {
      // A recording is read in parts.
      const bytes = fs.readFileSync(shown);
      const [from, to] = [Number(range[1]), range[2] ? Number(range[2]) : bytes.length - 1];
      response.writeHead(206, { "Accept-Ranges": "bytes", "Content-Range": `bytes ${from}-${to}/${bytes.length}`, "Content-Length": to - from + 1 });
      return response.end(bytes.subarray(from, to + 1));
    }
    response.writeHead(found ? 200 : 404, {
      "Content-Type": types[path.extname(shown).slice(1)] || "application/octet-stream",
      ...(csp && { "Content-Security-Policy": csp }),
    });
    response.end(fs.readFileSync(shown));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${server.address().port}${below}`;
  return {
    address,
    at: (page) => address + page,
    close: () => { server.closeAllConnections(); server.close(); },
  };
}

/** The same site, opened by double click. */
export function folder(site) {
  const address = `${pathToFileURL(site).href}/`;
  return { address, at: (page) => address + page, close() {} };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    timeout: 60_000,
    args: [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

/** Waits until a long list has all its rows. */
export const listed = (page) => page.waitForFunction(() => !document.querySelector(".filters ~ .table-wrap > .catalogue:not([data-whole])"));

/**
 * A new page in a context of its own, with the list of its complaints: errors and warnings of the console,
 * violations of the policy, requests that leave the site, dialogs.
 */
export async function open(browser, site, options = {}) {
  // A test that failed has left its page open.
  await Promise.all(browser.contexts().map((old) => old.close()));
  const context = await browser.newContext({ ...desktop, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    // The page for unknown addresses names one script as its neighbour, for those who open it from a folder.
    if (`${message.text()} ${message.location().url}`.includes("assets/from-folder.js")) return;
    if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()} (${page.url()})`);
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.message} (${page.url()})`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()} (${page.url()})`);
    dialog.dismiss();
  });
  context.on("request", (request) => {
    if (!request.url().startsWith(site.address)) complaints.push(`request: ${request.url()} (${page.url()})`);
  });
  context.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()} ${why} (${page.url()})`);
  });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return {
    page, context, complaints,
    visit: (name) => page.goto(site.at(name), { waitUntil: "load" }),
    async close() {
      await context.close();
      if (complaints.length) assert.fail(complaints.join("\n"));
    },
  };
}
