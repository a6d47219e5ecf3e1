#!/usr/bin/env node
// Starts the program of this platform, which stands in a package of its own.
"use strict";
const { spawnSync } = require("node:child_process");

const platform = `${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "casebook.exe" : "casebook";
let program;
try {
  program = require.resolve(`casebook-threats-${platform}/${file}`);
} catch {
  console.error(`casebook has no program for ${platform}, or npm left out optional dependencies`);
  process.exit(2);
}
const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (error) {
  console.error(`casebook could not be started: ${error.message}`);
  process.exit(2);
}
if (signal) process.kill(process.pid, signal);
process.exit(status);
