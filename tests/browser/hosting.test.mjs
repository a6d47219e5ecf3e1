// The site on the hosts of `content/how-to/host-the-site.md`, with the files of that page: a real nginx,
// an object store that knows exact names only, and a zip that is opened by double click.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { build, casebook, features, filesOf, folder, launch, open, pages, root, scratch, types } from "./support.mjs";

const guide = fs.readFileSync(path.join(root, "content/how-to/host-the-site.md"), "utf8");
const nginx = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"].find((file) => fs.existsSync(file));
const below = "/casebook/";

/** The text of a fence of the guide, by its title. */
function fence(title) {
  const found = guide.split("\n```").find((part) => part.split("\n", 1)[0].includes(`title="${title}"`));
  assert.ok(found, `the guide has no ${title}`);
  return found.slice(found.indexOf("\n") + 1);
}

/** The headers of the table in the guide, in lower case. */
function recommended() {
  const rows = guide.split("## The headers")[1].split("\n## ")[0].matchAll(/^\| `([\w-]+)` \| (?:`(.+?)`|see below) \|/gm);
  const headers = Object.fromEntries([...rows].map(([, name, value]) => [name.toLowerCase(), value]));
  headers["content-security-policy"] = fence("Content-Security-Policy, on one line").trim();
  return headers;
}

let dir, browser;
before(async () => {
  // The address is that of the guide, so that the page for wrong addresses has its styles.
  const book = path.join(scratch(), "book");
  fs.mkdirSync(book);
  for (const name of ["book.toml", "content"]) fs.cpSync(path.join(root, name), path.join(book, name), { recursive: true });
  fs.appendFileSync(path.join(book, "book.toml"), `\n${fence("book.toml")}`);
  dir = await build(book);
  browser = await launch();
});
after(() => browser?.close());

/** Every type of page without a complaint, and a search that finds. */
async function tour(site, options = {}) {
  const { page, visit, close } = await open(browser, site, options);
  for (const [type, name] of Object.entries(pages)) {
    await visit(name);
    assert.ok(await page.locator("h1").isVisible(), type);
    const display = await page.locator(".site-header").evaluate((header) => getComputedStyle(header).display);
    assert.notEqual(display, "block", `${type} has its styles`);
  }
  await visit("index.html");
  await page.locator("#Casebook-search").click();
  await page.locator("#Casebook-query").fill("T-FILE-002");
  const first = page.locator("#Casebook-results li a").first();
  await first.waitFor();
  assert.match(await first.innerText(), /T-FILE-002/);
  await first.click();
  await page.waitForURL(/threats\/t-file-002\.html/);
  await page.locator(".breadcrumbs a").last().click();
  await page.waitForURL(/threats\/index\.html/);
  await close();
}

/** An answer of a server, whatever its certificate. */
function get(address, headers = {}) {
  const client = address.startsWith("https:") ? https : http;
  return new Promise((resolve, reject) => {
    client.get(address, { headers, rejectUnauthorized: false }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
    }).on("error", reject);
  });
}

describe("nginx with the configuration of the guide", { skip: nginx ? false : "nginx is not installed (Debian: nginx-light)" }, () => {
  let site, server;
  before(async () => {
    const prefix = scratch();
    fs.mkdirSync(path.join(prefix, "www"));
    fs.cpSync(dir, path.join(prefix, "www", "casebook"), { recursive: true });
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
      "-keyout", path.join(prefix, "key.pem"), "-out", path.join(prefix, "cert.pem")], { stdio: "ignore" });
    const port = await freePort();
    const own = fence("casebook.conf")
      .replace("listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`)
      .replace("/etc/ssl/certs/wiki.example.com.pem", `${prefix}/cert.pem`)
      .replace("/etc/ssl/private/wiki.example.com.key", `${prefix}/key.pem`)
      .replace("root /srv/www;", `root ${prefix}/www;`);
    assert.ok(!/\/etc|\/srv/.test(own), "every path of the guide has been replaced");
    fs.writeFileSync(path.join(prefix, "nginx.conf"), [
      "daemon off; worker_processes 1; error_log stderr warn;", `pid ${prefix}/nginx.pid;`, "events {}", "http {",
      "include /etc/nginx/mime.types; default_type application/octet-stream; access_log off;",
      ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${prefix}/${name};`),
      own, "}",
    ].join("\n"));
    // Not as root: the test must not need it, and a server should not have it.
    const user = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
    if (user.uid) {
      for (const name of ["", ...fs.readdirSync(prefix, { recursive: true })]) fs.chownSync(path.join(prefix, name), user.uid, user.gid);
    }
    server = spawn(nginx, ["-p", prefix, "-e", "stderr", "-c", path.join(prefix, "nginx.conf")], { ...user, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    server.stderr.on("data", (text) => { said += text; });
    const address = `https://127.0.0.1:${port}${below}`;
    site = { address, at: (page) => address + page };
    for (let tries = 0; ; tries += 1) {
      try { await get(site.at("index.html")); break; } catch (error) {
        assert.ok(tries < 100 && server.exitCode === null, `nginx does not answer: ${error.message}\n${said}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  });
  after(() => server?.kill());

  test("every type of page, search and links", () => tour(site, { ignoreHTTPSErrors: true }));

  test("all recommended headers on pages, scripts and errors", async () => {
    for (const name of ["index.html", "assets/casebook.css", "search/meta.js", "casebook.json", "no/such/page.html"]) {
      const { headers } = await get(site.at(name));
      for (const [header, value] of Object.entries(recommended())) assert.equal(headers[header], value, `${name}: ${header}`);
    }
  });

  test("types, compression and an answer without a body when nothing changed", async () => {
    const page = await get(site.at("index.html"), { "Accept-Encoding": "gzip" });
    assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
    assert.equal(page.headers["content-encoding"], "gzip");
    assert.equal((await get(site.at("index.html"), { "If-None-Match": page.headers.etag })).status, 304);
    assert.match((await get(site.at("assets/casebook.js"))).headers["content-type"], /^application\/javascript; charset=utf-8$/);
    assert.equal((await get(site.at("assets/icon.svg"))).headers["content-type"], "image/svg+xml");
  });

  test("a folder without its slash leads to its index", async () => {
    const answer = await get(site.at("models"));
    assert.deepEqual([answer.status, answer.headers.location], [301, `${below}models/`]);
  });

  test("a wrong address shows the site's own page, and the build's notes are not served", async () => {
    const { page, close, complaints } = await open(browser, site, { ignoreHTTPSErrors: true });
    assert.equal((await page.goto(site.at("models/gone/deep.html"))).status(), 404);
    assert.match(await page.locator("h1").innerText(), /no page at this address/);
    await page.locator(".site-title").click();
    await page.waitForURL(site.at("index.html"));
    // The browser itself reports the status.
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes("status of 404")));
    await close();
    const notes = fs.readdirSync(dir).find((name) => name.startsWith("."));
    assert.equal((await get(site.at(notes))).status, 404);
  });
});

describe("an object store that answers exact names only", () => {
  let server, site;
  before(async () => {
    const policy = JSON.parse(fence("headers.json"));
    const security = policy.SecurityHeadersConfig;
    const headers = {
      "content-security-policy": security.ContentSecurityPolicy.ContentSecurityPolicy,
      "x-content-type-options": "nosniff",
      "referrer-policy": security.ReferrerPolicy.ReferrerPolicy,
      "strict-transport-security": `max-age=${security.StrictTransportSecurity.AccessControlMaxAgeSec}`,
      "cache-control": /--cache-control (\S+)/.exec(guide)[1],
      ...Object.fromEntries(policy.CustomHeadersConfig.Items.map(({ Header, Value }) => [Header.toLowerCase(), Value])),
    };
    assert.equal(policy.CustomHeadersConfig.Quantity, policy.CustomHeadersConfig.Items.length);
    assert.deepEqual(headers, { ...recommended() });
    const objects = new Map(filesOf(dir).filter((name) => !name.startsWith(".")).map((name) => [below + name, path.join(dir, name)]));
    server = http.createServer((request, response) => {
      const file = objects.get(decodeURIComponent(new URL(request.url, "http://store").pathname));
      if (!file) {
        response.writeHead(403, { ...headers, "Content-Type": "application/xml" });
        response.end("<Error><Code>AccessDenied</Code></Error>");
        return;
      }
      response.writeHead(200, { ...headers, "Content-Type": types[path.extname(file).slice(1)] || "application/octet-stream" });
      fs.createReadStream(file).pipe(response);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${server.address().port}${below}`;
    site = { address, at: (page) => address + page };
  });
  after(() => { server?.closeAllConnections(); server?.close(); });

  test("it has no index of a folder", async () => {
    assert.equal((await get(site.at("models/"))).status, 403);
    assert.equal((await get(site.at("models/index.html"))).status, 200);
  });

  test("every type of page, search and links", () => tour(site));

  test("the links of each type of page name objects", async () => {
    const { page, visit, close } = await open(browser, site);
    const targets = new Set();
    for (const name of Object.values(pages)) {
      await visit(name);
      const hrefs = await page.locator("a[href]").evaluateAll((links) => links.map((link) => link.href.baseVal ?? link.href));
      for (const href of hrefs) {
        const target = new URL(href, page.url());
        target.hash = "";
        if (target.href.startsWith(site.address)) targets.add(target.href);
      }
    }
    await close();
    assert.ok(targets.size > 300, `${targets.size} links`);
    const missing = [];
    for (const target of targets) if ((await get(target)).status !== 200) missing.push(target);
    assert.deepEqual(missing, []);
  });
});

test("a zip, unpacked and opened by double click", async () => {
  const away = path.join(scratch(), "a folder with spaces & ümlauts");
  fs.mkdirSync(away);
  const zip = path.join(away, "casebook.zip");
  execFileSync("python3", ["-m", "zipfile", "-c", zip, "."], { cwd: dir });
  const unpacked = path.join(away, "unpacked");
  execFileSync("python3", ["-m", "zipfile", "-e", zip, unpacked]);
  await tour(folder(unpacked));
});

test("the commands of the pipelines build a site", async () => {
  const pipelines = fence(".gitlab-ci.yml") + fence(".github/workflows/pages.yml");
  const commands = [...pipelines.matchAll(/(?:- |run: )(casebook .*)/g)].map(([, command]) => command.split(" ").slice(1));
  assert.equal(commands.length, 4);
  const book = path.join(scratch(), "book");
  fs.cpSync(features, book, { recursive: true });
  for (const options of commands) {
    // The little book has a few warnings on purpose.
    const lenient = options.filter((option) => option !== "--strict");
    await promisify(execFile)(casebook(), lenient, { cwd: book });
  }
  for (const out of ["public", "site"]) assert.ok(fs.existsSync(path.join(book, out, "index.html")), out);
});

test("the file for Azure Static Web Apps says the same headers and asks for sign-in", () => {
  const config = JSON.parse(fence("staticwebapp.config.json"));
  const headers = Object.fromEntries(Object.entries(config.globalHeaders).map(([name, value]) => [name.toLowerCase(), value]));
  assert.deepEqual(headers, { ...recommended() });
  assert.deepEqual(config.routes, [{ route: "/*", allowedRoles: ["authenticated"] }]);
});

async function freePort() {
  const probe = net.createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
