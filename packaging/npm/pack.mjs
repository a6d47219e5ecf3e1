// Writes the npm packages of one built program: `casebook-threats`, which is a command of a few lines, and
// one package that holds the program for this platform, so that npm fetches only what fits.
//
//   node packaging/npm/pack.mjs PROGRAM OUT [PLATFORM-CPU]
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
/** Platforms that have a program, in the words of npm. */
const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"];

const [program, out, platform = `${process.platform}-${process.arch}`] = process.argv.slice(2);
if (!program || !out || !platforms.includes(platform)) {
  console.error(`usage: pack.mjs PROGRAM OUT [${platforms.join("|")}]`);
  process.exit(2);
}

const version = /^version = "(.+)"/m.exec(fs.readFileSync(path.join(root, "Cargo.toml"), "utf8"))[1];
const common = { version, license: "MIT OR Apache-2.0", description: "A static site generator and knowledge base for threat modeling" };

function write(name, manifest, files) {
  const folder = path.join(out, name);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const file of ["LICENSE-APACHE", "LICENSE-MIT", "LICENSE-EPL-2.0", "NOTICE"]) fs.copyFileSync(path.join(root, file), path.join(folder, file));
  for (const [target, source] of Object.entries(files)) {
    fs.copyFileSync(source, path.join(folder, target));
    fs.chmodSync(path.join(folder, target), 0o755);
  }
  fs.writeFileSync(path.join(folder, "package.json"), `${JSON.stringify({ name, ...common, ...manifest }, null, 2)}\n`);
}

const [os, cpu] = platform.split("-");
const executable = os === "win32" ? "casebook.exe" : "casebook";
write(`casebook-threats-${platform}`, { os: [os], cpu: [cpu] }, { [executable]: program });
write("casebook-threats", {
  bin: { casebook: "casebook.js" },
  optionalDependencies: Object.fromEntries(platforms.map((each) => [`casebook-threats-${each}`, version])),
}, { "casebook.js": path.join(here, "casebook.js") });
