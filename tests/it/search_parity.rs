//! The browser finds what the command line finds. Needs Chromium and playwright-core:
//!
//! ```text
//! PLAYWRIGHT=/folder/with/node_modules cargo test --test it search_parity:: -- --ignored
//! ```
//!
//! The tests that ask the browser are ignored otherwise; `./test` runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use casebook::book::language::Texts;
use casebook::search::{Document, Export, Index, Meaning, Place, Query, Section, Snippet};
use casebook::site::{Memo, Site};
use serde_json::{Value, json};

const XSS: &str = "<img src=x onerror=\"window.pwned=1;alert(1)\"><script>window.pwned=1</script>";

/// A small generator, so that the corpus is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % limit
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        // Some words are frequent, most are rare.
        let at = self.below(from.len()).min(self.below(from.len()));
        from[at]
    }
}

const WORDS: &[&str] = &[
    "TokenValidator",
    "pass\u{ad}phrase",
    "the",
    "of",
    "attacker",
    "token",
    "session",
    "password",
    "and",
    "to",
    "authentication",
    "is",
    "authenticate",
    "authenticated",
    "sign-in",
    "replay",
    "replays",
    "leaked",
    "service",
    "data",
    "boundary",
    "boundaries",
    "trust",
    "trusted",
    "policy",
    "policies",
    "upload",
    "uploads",
    "file",
    "files",
    "queue",
    "message",
    "messages",
    "key",
    "keys",
    "rotation",
    "rotate",
    "rotates",
    "credential",
    "credentials",
    "proxy",
    "proxies",
    "gateway",
    "container",
    "containers",
    "image",
    "registry",
    "signature",
    "signed",
    "signing",
    "log",
    "logs",
    "logging",
    "audit",
    "auditing",
    "encrypt",
    "encryption",
    "encrypted",
    "TLS",
    "OAuth2",
    "JWT",
    "naïve",
    "Übertragung",
    "façade",
    "résumé",
    "señal",
    "Straße",
    "脅威モデル",
    "Ελλάδος",
    "Москва",
    "x-frame-options",
    "v1.2.3",
    "CWE-307",
    "CWE-79",
    "T1110.004",
    "T1110",
    "CAPEC-600",
    "user_id",
    "2024-11-05",
    "192.168.0.1",
    "don't",
    "man",
    "in",
    "middle",
    "injection",
    "intrusion",
    "integrity",
    "denial",
    "flood",
    "flooding",
    "limit",
    "limits",
    "limited",
    "quota",
    "backup",
    "restore",
    "tamper",
    "tampering",
    "repudiation",
    "spoofing",
    "elevation",
    "privilege",
    "privileges",
    "sandbox",
    "kernel",
    "firmware",
    "device",
    "sensor",
    "webhook",
    "callback",
    "redirect",
    "origin",
    "cookie",
    "header",
    "parser",
    "query",
    "script",
    "template",
];

const ELEMENTS: &[&str] = &["process", "data-store", "flow"];

/// Words of the corpus, words that it lacks, and phrases with stop words.
const SYNONYMS: &[&[&str]] = &[
    &["sign-in", "log in", "authentication", "enrolment"],
    &["replay", "man in the middle", "MITM"],
    &["quota", "limit", "throttle the sender"],
    &["nowhere", "not at all here"],
    &["password", "passphrase", "leaked secret"],
];

const STRIDE: &[&str] = &["spoofing", "tampering", "repudiation", "information-disclosure"];

fn text(random: &mut Random, words: usize) -> String {
    let mut text = String::new();
    for at in 0..words {
        if at > 0 {
            text.push_str(if random.below(12) == 0 { ". " } else { " " });
        }
        text.push_str(random.pick(WORDS));
    }
    text
}

fn corpus(random: &mut Random, count: usize) -> Vec<Document> {
    let mut documents = Vec::new();
    for at in 0..count {
        let (kind, kind_title, prefix) = [
            ("threat", "Threat", Some("T")),
            ("requirement", "Requirement", Some("R")),
            ("model", "Model", None),
            ("guide", "Guide", None),
        ][random.below(4)];
        let area = ["AUTH", "API", "WEB", "DATA"][random.below(4)];
        let id = prefix.map(|prefix| format!("{prefix}-{area}-{at:03}"));
        let sections = (0..1 + random.below(5))
            .map(|number| (number, [0, 5, 30, 120][random.below(4)]))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|(number, length)| Section {
                anchor: if number == 0 { String::new() } else { format!("part-{number}") },
                heading: if number == 0 { String::new() } else { text(random, 2) },
                text: text(random, length),
            })
            .collect();
        let length = 2 + random.below(6);
        documents.push(Document {
            url: id.as_ref().map_or(format!("{kind}/{at}.html"), |id| format!("{id}.html")),
            title: text(random, length),
            id,
            kind: kind.into(),
            kind_title: kind_title.into(),
            past: [None, None, None, Some("Earlier revision".into())][random.below(4)].clone(),
            weight: [None, Some(50), Some(72)][random.below(3)],
            elements: (0..random.below(2)).map(|_| random.pick(ELEMENTS).into()).collect(),
            concerns: Vec::new(),
            applies_to: (0..random.below(3)).map(|_| random.pick(WORDS).into()).collect(),
            used: [None, Some(true), Some(false)][random.below(3)],
            stride: (0..random.below(3)).map(|_| random.pick(STRIDE).into()).collect(),
            severity: [None, Some("high".into()), Some("low".into())][random.below(3)].clone(),
            status: [None, Some("active".into())][random.below(2)].clone(),
            tags: (0..random.below(3)).map(|_| random.pick(WORDS).into()).collect(),
            description: [String::new(), text(random, 9)][random.below(2)].clone(),
            also: (0..random.below(2)).map(|_| text(random, 2)).collect(),
            aliases: (0..random.below(2)).map(|_| format!("T-OLD-{:03}", at)).collect(),
            references: (0..random.below(2)).map(|_| format!("CWE-{}", random.below(90))).collect(),
            sections,
        });
    }
    documents.push(Document {
        url: "xss.html".into(),
        title: format!("Scripting {XSS}"),
        id: Some("T-XSS-001".into()),
        kind: "threat".into(),
        kind_title: XSS.into(),
        sections: vec![Section {
            anchor: "x\" onclick=\"alert(1)".into(),
            heading: XSS.into(),
            text: format!("Quixotic {XSS} markup."),
        }],
        ..Document::default()
    });
    documents
}

fn meanings() -> Vec<Meaning> {
    let strings = |set: &[&str]| set.iter().map(|phrase| phrase.to_string()).collect::<Vec<_>>();
    let same = SYNONYMS.iter().map(|set| Meaning::same(&strings(set)));
    let product =
        Meaning::leads(strings(&["kafka", "green queue"]), strings(&["queue", "message queue"]));
    let property = Meaning::property("token", strings(&["proof of rights", "voucher"]));
    same.chain([product, property]).collect()
}

/// Queries of every sort.
fn queries(random: &mut Random) -> Vec<String> {
    let mut queries: Vec<String> = [
        "--dry-run",
        "-v token",
        "token --verbose -session",
        "kafka",
        "voucher ",
        "proof of rights upload ",
        "kafka upload ",
        "green queue",
        "stripe webhook ",
        "redis ",
        "kitchen",
        "authetnication ",
        "authentcatoin ",
        "authenticators ",
        "rotations keys ",
        "cwe307",
        "cwe79 ",
        "zzz999 token ",
        "the of ",
        "if",
        "TokenValidator",
        "validator ",
        "strasse ",
        "STRASSE",
        "pass\u{ad}word ",
        "a session token that is replayed by the attacker against the gateway with leaked credentials ",
        "T-API-001",
        "t api 1",
        "t api 1 ",
        "T API 001 token",
        "t auth 12 session ",
        "T-API-0001",
        "t-auth-1",
        "t-old-1",
        "T-OLD-007",
        "t old 7",
        "cwe 12 ",
        "T1110 4",
        "T1110-004",
        "2024 11 5 ",
        "log in",
        "logging in ",
        "login ",
        "sign in",
        "Sign-in ",
        "signed in token ",
        "signing ",
        "enrolment",
        "enrolments ",
        "mitm",
        "mitm attack",
        "man in the middle",
        "men in the middle ",
        "in the middle ",
        "throttle the sender ",
        "throttle ",
        "limits ",
        "nowhere ",
        "not at all here ",
        "passphrase rotation ",
        "leaked secret ",
        "\"log in\" session",
        "-mitm token ",
        "element:process",
        "element:data-store token ",
        "element:\"data store\"",
        "applies-to:token",
        "applies-to:sign-in session ",
        "used:yes",
        "used:no token ",
        "-used:no",
        "used:y kind:threat severity:high element:flow",
        "kind:threat stride:spoofing tag:token",
        "applies-to:",
        "element:zzz token",
        "T-WEB-0",
        "cwe-307",
        "CWE 307 ",
        "cwe",
        "T1110.004 ",
        "T1110.0",
        "t1110",
        "v1.2.3 ",
        "1.2",
        "192.168",
        "2024-11",
        "sign-in ",
        "sign-",
        "x-frame-options ",
        "naive ",
        "NAÏVE ",
        "ubertragung ",
        "strasse ",
        "straße ",
        "脅威",
        "モデル ",
        "ελλαδος ",
        "ΕΛΛΆΔΟΣ ",
        "москва ",
        "senal ",
        "don't ",
        "user_id",
        "the",
        "the ",
        "the of ",
        "in",
        "token the",
        "tokne ",
        "sesion ",
        "pasword ",
        "authentcation ",
        "credentals leaked ",
        "firmwaer ",
        "injektion ",
        "authenticating ",
        "encrypting ",
        "zzzzzz ",
        "zzzzzz token ",
        "\"man in the middle\"",
        "\"token session\"",
        "\"the attacker\"",
        "\"zzz token\"",
        "\"leaked password\" token ",
        "-token",
        "token -session",
        "token -\"attacker token\"",
        "-kind:threat token ",
        "kind:threat",
        "kind:thr",
        "kind:threat kind:model token ",
        "stride:spoofing",
        "stride:s stride:t ",
        "severity:high token ",
        "status:active log",
        "tag:token",
        "tag:\"sign-in\" token ",
        "tag:zzz",
        "-tag:token kind:guide ",
        "",
        "   ",
        "-",
        "\"",
        "\"\"",
        ":",
        "kind:",
        "kind:\"",
        "- -",
        "--token",
        "a",
        "(((((",
        "\\",
        "%00",
        "token\u{0}session",
        "<script>",
        "onerror",
        "quixotic",
        "xss",
        "T-XSS-001",
        "\u{1F600} token ",
        "٣٤ ",
        "½",
        "ﬁle ",
        "ＴＬＳ ",
        "token session password attacker ",
        "authentication authenticate ",
        "rotate keys and signed images ",
        "a b c d e f g h i j k l m n",
    ]
    .map(String::from)
    .into();
    for _ in 0..60 {
        let word = random.pick(WORDS);
        let letters = 2 + random.below(5);
        queries.push(word.chars().take(letters).collect());
        queries.push(format!("{} {} ", random.pick(WORDS), random.pick(WORDS)));
        queries.push(format!("{} {}", random.pick(WORDS), word));
    }
    for _ in 0..30 {
        queries.push(format!("\"{} {}\"", random.pick(WORDS), random.pick(WORDS)));
        queries.push(format!("{} -{} kind:threat ", random.pick(WORDS), random.pick(WORDS)));
        let mut slip: Vec<char> = random.pick(WORDS).chars().collect();
        let at = random.below(slip.len());
        match random.below(3) {
            0 => drop(slip.remove(at)),
            1 => slip.insert(at, 'q'),
            _ => slip[at] = 'q',
        }
        queries.push(slip.into_iter().chain([' ']).collect());
    }
    queries
}

fn marks(snippet: &Snippet) -> impl Iterator<Item = &str> {
    snippet.marks.iter().map(|mark| &snippet.text[mark.clone()])
}

fn place(place: &Place) -> Value {
    let marks: Vec<&str> = marks(&place.snippet).collect();
    json!([place.url, place.section, place.snippet.text, marks])
}

fn expected(index: &Index, query: &str) -> Value {
    let results = index.search(&Query::parse(query), 10).expect("searches");
    let hits: Vec<Value> = results
        .hits
        .iter()
        .map(|hit| {
            let marks: Vec<&str> = marks(&hit.title).chain(marks(&hit.place.snippet)).collect();
            json!({ "url": hit.place.url, "score": hit.score, "section": hit.place.section,
                    "snippet": hit.place.snippet.text, "marks": marks, "field": hit.field,
                    "past": hit.past.as_deref().unwrap_or(""), "lacks": hit.lacks,
                    "places": hit.places.iter().map(place).collect::<Vec<_>>(),
                    "like": hit.like.iter().map(|like| &like.title).collect::<Vec<_>>() })
        })
        .collect();
    json!({ "query": query, "total": results.total, "complete": results.complete, "facets": results.facets,
            "corrected": results.corrected, "unknown": results.unknown, "hits": hits })
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("has a parent")).expect("creates");
    fs::write(path, bytes).expect("writes");
}

const PAGE: &str = r#"<!doctype html>
<html lang="en" data-root=""><head><meta charset="utf-8"><title>Search</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; require-trusted-types-for 'script'">
<link rel="stylesheet" href="assets/search.css"><script src="assets/text.js" defer></script><script src="assets/dom.js" defer></script><script src="assets/search-words.js" defer></script><script src="assets/search.js" defer></script><script src="assets/search-extract.js" defer></script><script src="assets/search-dialog.js" defer></script></head>
<body><main><h1>Search</h1><button type="button" id="Casebook-search">Search</button></main></body></html>
"#;

/// Writes a site with nothing but search and lets the browser answer the queries.
fn compare(index: Index, queries: &[String], typed: &[&str]) {
    let site = tempfile::tempdir().expect("makes a folder");
    let export = Export::new(index).expect("exports");
    let index = export.index();
    for path in export.paths() {
        let bytes = export.get(&path).expect("reads").expect("exists");
        write(&site.path().join(&path), &bytes);
    }
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for asset in [
        "dom.js",
        "search-words.js",
        "search.js",
        "search-extract.js",
        "search-dialog.js",
        "search.css",
    ] {
        let bytes = fs::read(here.join("themes/default/assets").join(asset)).expect("reads");
        write(&site.path().join("assets").join(asset), &bytes);
    }
    let text = Texts::embedded("en");
    write(&site.path().join("assets/text.js"), text.script().as_bytes());
    write(&site.path().join("index.html"), PAGE.as_bytes());
    let queries: Vec<Value> = queries.iter().map(|query| expected(index, query)).collect();
    let found = queries.iter().filter(|query| query["total"] != 0).count();
    assert!(found > queries.len() / 2, "{found} of {} find something", queries.len());
    let cases = json!({ "site": site.path(), "queries": queries, "typed": typed,
                        "canary": "pwned" });
    let cases_file = site.path().join("cases.json");
    write(&cases_file, cases.to_string().as_bytes());

    let playwright = std::env::var("PLAYWRIGHT").expect("PLAYWRIGHT names a folder of modules");
    let output = Command::new("node")
        .arg(here.join("tests/browser/search-parity.mjs"))
        .arg(&cases_file)
        .env("PLAYWRIGHT", playwright)
        .output()
        .expect("node runs");
    eprintln!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "asks Chromium"]
fn a_corpus_of_every_sort_of_word() {
    let random = &mut Random(7);
    let index =
        Index::build(corpus(random, 400), "en", &meanings(), &str::to_string).expect("builds");
    let queries = queries(random);
    assert!(queries.len() >= 300);
    compare(index, &queries, &["quixotic", "token", "kind:threat"]);
}

#[test]
#[ignore = "asks Chromium"]
fn the_book_of_this_project() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (site, _) = Site::open(here, &mut Memo::default()).expect("opens");
    let documents = site.documents();
    let index = site.index().expect("builds");
    let random = &mut Random(11);
    let mut queries: Vec<String> =
        documents.iter().filter_map(|document| document.id.clone()).collect();
    for _ in 0..100 {
        let document = &documents[random.below(documents.len())];
        let text: Vec<&str> = document.title.split(' ').collect();
        let (first, second) = (text[random.below(text.len())], text[random.below(text.len())]);
        queries.push(document.title.clone());
        queries.push(format!("{first} {second} "));
        queries.push(second.chars().take(1 + random.below(6)).collect());
        queries.push(format!("\"{first} {second}\" kind:{}", document.kind));
    }
    compare(index, &queries, &["a threat"]);
}

#[test]
fn the_same_documents_give_the_same_bytes() {
    let documents = corpus(&mut Random(3), 100);
    let index =
        || Index::build(documents.clone(), "en", &meanings(), &str::to_string).expect("builds");
    let (one, two) = (index(), index());
    let (one, two) = (Export::new(one).expect("exports"), Export::new(two).expect("exports"));
    assert_eq!(one.paths(), two.paths());
    for path in one.paths() {
        assert!(one.get(&path).expect("reads") == two.get(&path).expect("reads"), "{path}");
    }
}
