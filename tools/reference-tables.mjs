// Writes one table of src/book/entry/titles from the files of its publisher:
//
//   node tools/reference-tables.mjs NAME FOLDER VERSION DATE > src/book/entry/titles/NAME.tsv
//
// FOLDER is a checkout of the publisher's repository, or the part of it that
// src/book/entry/titles/README.md names. Lines come out sorted, so a newer release is a
// readable difference.

import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

const files = (folder, end) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
const text = (file) => readFileSync(file, "utf8");
const json = (file) => JSON.parse(text(file));
const clean = (title) => title.replace(/\s+/g, " ").trim();

/** Rows of a weakness, category or view: number, standing, name. */
function cwe(folder) {
  const rows = [];
  for (const [kind, word] of [["W", ""], ["C", "category"], ["V", "view"]]) {
    for (const file of files(join(folder, "json_repo", kind), ".json")) {
      if (!/^\d+\.json$/.test(basename(file))) continue;
      const entry = json(file);
      const old = /deprecated|obsolete/i.test(entry.Status) ? "deprecated" : "";
      const name = entry.Name.replace(/^DEPRECATED(: *| +)/, "");
      rows.push([entry.ID, [word, old].filter(Boolean).join(" "), name]);
    }
  }
  return rows;
}

/** The objects of STIX files with one number each, the current one where two have the same. */
function stix(folders, source, number) {
  const found = new Map();
  for (const folder of folders) {
    for (const file of files(folder, ".json")) {
      for (const object of json(file).objects) {
        const from = (object.external_references ?? []).find((r) => source.test(r.source_name));
        if (!from || !number.test(from.external_id)) continue;
        const old =
          object.revoked || object.x_mitre_deprecated || /^(Deprecated|Obsolete)$/.test(object.x_capec_status);
        const before = found.get(from.external_id);
        if (before && (old || !before.old)) continue;
        found.set(from.external_id, { old, name: object.name });
      }
    }
  }
  return found;
}

/** Rows of found objects; what is below another carries its name. */
function under(found) {
  return [...found].map(([id, { old, name }]) => {
    const parent = id.match(/^((?:AML\.)?T\d{4})\.\d{3}$/)?.[1];
    const above = parent && found.get(parent);
    return [id, old ? "deprecated" : "", above ? `${above.name}: ${name}` : name];
  });
}

function attack(folder) {
  const kinds = ["attack-pattern", "course-of-action", "x-mitre-tactic"];
  const folders = ["enterprise", "mobile", "ics"].flatMap((matrix) =>
    kinds.map((kind) => join(folder, `${matrix}-attack`, kind)),
  );
  return under(stix(folders, /^mitre-(mobile-|ics-)?attack$/, /^(TA?|M)\d{4}(\.\d{3})?$/));
}

function capec(folder) {
  const found = stix([join(folder, "capec/2.1/attack-pattern")], /^capec$/, /^CAPEC-\d+$/);
  return [...found].map(([id, { old, name }]) => [
    id.slice("CAPEC-".length),
    old || /^DEPRECATED/.test(name) ? "deprecated" : "",
    name.replace(/^DEPRECATED: */, ""),
  ]);
}

function atlas(folder) {
  const found = new Map();
  const item = /^ *- id: (AML\.(?:TA?|M)\d{4}(?:\.\d{3})?)\n +name: (.*(?:\n {6,}\w.*)?)$/gm;
  for (const [, id, name] of text(join(folder, "dist/ATLAS.yaml")).matchAll(item)) {
    found.set(id, { old: false, name: clean(name).replace(/^(['"])(.*)\1$/, "$2") });
  }
  return under(found);
}

function asvs(folder) {
  const flat = files(join(folder, "5.0/docs_en"), "_5.0.0_en.flat.json")[0];
  const rows = new Map();
  for (const one of json(flat).requirements) {
    rows.set(one.chapter_id.slice(1), ["chapter", one.chapter_name]);
    rows.set(one.section_id.slice(1), ["section", one.section_name]);
    rows.set(one.req_id.slice(1), [`level ${one.L}`, ""]);
  }
  return [...rows].map(([id, row]) => [id, ...row]);
}

/** The page of a place in a list, from its code and the name of its file. */
function owaspPage(code, file) {
  const name = encodeURIComponent(basename(file, ".md")).replaceAll("(", "%28").replaceAll(")", "%29");
  if (/^A\d+:2021/.test(code)) return `https://owasp.org/Top10/${name}/`;
  if (/^A\d+:/.test(code)) return `https://owasp.org/Top10/2025/${name}/`;
  if (/^API/.test(code)) return `https://owasp.org/API-Security/editions/2023/en/${name}/`;
  if (/^LLM/.test(code)) return "https://genai.owasp.org/llm-top-10/";
  if (/^M/.test(code)) return "https://owasp.org/www-project-mobile-top-10/";
  if (/^CICD/.test(code)) return `https://owasp.org/www-project-top-10-ci-cd-security-risks/${name}`;
  return "https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/";
}

/** Headings such as `# API1:2023 Broken ...` in all files below a folder. */
function owasp(folder) {
  const heading = /^(?:#+ +|title: *"?)((?:A(?:0\d|10)|API\d+|LLM\d+):\d{4}|ASI\d\d|M\d+|CICD-SEC-\d+)[ :–-]+(.*?)(?: *!\[.*)?"?$/m;
  const rows = [];
  for (const file of files(folder, ".md")) {
    const [, code, title] = text(file).match(heading) ?? [];
    const place = { A: ":2026", M: ":2024" }[code?.match(/^(?:A(?=SI)|M)/)?.[0]] ?? "";
    if (code) rows.push([code + place, owaspPage(code, file), title]);
  }
  return rows;
}

/** The group of each control; a control itself has no name but its sentence. */
function masvs(folder) {
  const groups = files(join(folder, "Document"), ".md")
    .map((file) => text(file).match(/^# (MASVS-[A-Z]+): (.*)$/m))
    .filter(Boolean);
  const name = new Map(groups.map(([, code, title]) => [code, title]));
  const controls = files(join(folder, "controls"), ".md").map((file) => basename(file, ".md"));
  const rows = controls.map((id) => [id, "", name.get(id.replace(/-\d+$/, ""))]);
  return [...rows, ...[...name].map(([id, title]) => [id, "", title])];
}

function d3fend(folder) {
  const rows = [];
  for (const block of text(join(folder, "src/ontology/d3fend-protege.ttl")).split(/\n\n(?=:)/)) {
    const id = block.match(/^ +:d3fend-id "(D3-[A-Z0-9-]+)"/m)?.[1];
    const label = block.match(/rdfs:label "([^"]+)"/)?.[1];
    const page = `https://d3fend.mitre.org/technique/d3f:${block.match(/^:([\w-]+)/)?.[1]}/`;
    if (id && label) rows.push([id, page, label]);
  }
  return rows;
}

/** The records of a file with comma-separated values, quotes as in RFC 4180. */
function* records(csv) {
  let record = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    record.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ",") continue;
    yield record;
    record = [];
  }
}

/** Controls and enhancements: `AC-2(1)` with the control's name before its own. */
function nist80053(folder) {
  const csv = text(files(folder, "catalog_load.csv")[0]);
  return [...records(csv)]
    .filter(([id]) => /^[A-Z]{2}-\d+/.test(id))
    .map(([id, name, words]) => [
      id.replaceAll(" ", ""),
      /^\s*\[?Withdrawn\b/.test(words) ? "deprecated" : "",
      name.replaceAll(" | ", ": "),
    ]);
}

function slsa(folder) {
  const build = text(join(folder, "build-track-basics.md")).matchAll(/^## Build L(\d): (.*)$/gm);
  const source = text(join(folder, "source-requirements.md")).matchAll(/^### Level (\d): (.*)$/gm);
  const row = (track) => ([, level, name]) => [`${track} L${level}`, "", name];
  return [...[...build].map(row("Build")), ...[...source].map(row("Source"))];
}

const TABLES = {
  asvs: [asvs, "Application Security Verification Standard: chapters and sections by name, requirements by level.",
    "https://github.com/OWASP/ASVS", "OWASP, CC BY-SA 4.0"],
  atlas: [atlas, "ATLAS: techniques, tactics and mitigations against AI systems: ID, standing, name.",
    "https://github.com/mitre-atlas/atlas-data", "Copyright 2021-2025 MITRE, Apache-2.0"],
  attack: [attack, "ATT&CK (enterprise, mobile, ICS): techniques, tactics and mitigations: ID, standing, name.",
    "https://github.com/mitre/cti",
    "(c) The MITRE Corporation, https://attack.mitre.org/resources/legal-and-branding/terms-of-use/"],
  capec: [capec, "Common Attack Pattern Enumeration and Classification: number, standing, name.",
    "https://github.com/mitre/cti", "(c) The MITRE Corporation, https://capec.mitre.org/about/termsofuse.html"],
  cwe: [cwe, "Common Weakness Enumeration: number, standing, name.",
    "https://github.com/CWE-CAPEC/REST-API-wg", "(c) The MITRE Corporation, https://cwe.mitre.org/about/termsofuse.html"],
  d3fend: [d3fend, "D3FEND techniques: ID, page, name.",
    "https://github.com/d3fend/d3fend-ontology", "Copyright (c) 2022 The MITRE Corporation, MIT licence"],
  masvs: [masvs, "Mobile Application Security Verification Standard: control, standing, name of its group.",
    "https://github.com/OWASP/owasp-masvs", "OWASP, CC BY-SA 4.0"],
  nist80053: [nist80053, "NIST SP 800-53 Revision 5: control or enhancement, standing, name.",
    "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final (NIST_SP-800-53_rev5_catalog_load.csv)",
    "a work of the United States government, not under copyright in the United States"],
  owasp: [owasp, "The OWASP Top 10 lists (web 2021 and 2025, API 2023, LLM applications 2025, agentic applications 2026, CI/CD 2022, mobile 2024): code, page, title.",
    "https://owasp.org/ and https://genai.owasp.org/",
    "(c) OWASP Foundation, Creative Commons licences named on the page of each list"],
  slsa: [slsa, "Supply-chain Levels for Software Artifacts: track and level, standing, name.",
    "https://github.com/slsa-framework/slsa", "SLSA specification, Community Specification License 1.0"],
};

const [name, folder, version, date] = process.argv.slice(2);
if (!TABLES[name] || !folder || !version || !date) {
  console.error(`NAME FOLDER VERSION DATE; names: ${Object.keys(TABLES).join(", ")}`);
  process.exit(2);
}
const [read, about, source, terms] = TABLES[name];
const order = new Intl.Collator("en", { numeric: true });
const rows = read(folder).sort(([a], [b]) => order.compare(a, b));
if (rows.length === 0) throw new Error(`nothing found below ${folder}`);
const head = { version, date, source, terms };
console.log(`# ${about}`);
for (const [key, value] of Object.entries(head)) console.log(`# ${key}: ${value}`);
for (const row of rows) console.log(row.map((cell) => clean(cell ?? "")).join("\t"));
