//! Hostile and absurd input: no panic, no endless work, nothing outside the book.

use crate::support;

use casebook::book::config::{CONFIG_KEYS, Config};
use casebook::book::page;
use casebook::book::page::{Expanded, expand, parse};
use casebook::book::source::Sources;
use casebook::book::summary;
use casebook::search::Query;
use casebook::text::data::{parse_toml, parse_yaml};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{everything, put, site};

/// Generous, as the tests run unoptimised on busy machines; optimised it is under a
/// second.
const LIMIT: Duration = Duration::from_secs(20);

fn parse_text(text: &str) -> page::Page {
    let file: Arc<str> = "content/threats/a.md".into();
    parse(&file, "threats/a.md", &Expanded::plain(&file, text.into()), &Config::default())
}

/// Inputs that make careless parsers take quadratic time or overflow the stack.
fn pathological() -> Vec<(&'static str, String)> {
    let n = 50_000;
    let deep = |open: &str, close: &str| open.repeat(n) + "a" + &close.repeat(n);
    vec![
        ("nested quotes", "> ".repeat(n) + "a"),
        ("nested lists", "- ".repeat(n) + "a"),
        ("indented lists", (0..1_000).map(|i| "  ".repeat(i) + "- a\n").collect()),
        ("nested brackets", deep("[", "]")),
        ("nested links", deep("[", "](x)")),
        ("double brackets", deep("[[", "]]")),
        ("wiki links", "[[T-1]] ".repeat(n)),
        ("escaped wiki links", "\\[[T-1]] ".repeat(n)),
        ("open wiki links", "[[T-1 ".repeat(n)),
        ("nested images", deep("![", "](x)")),
        ("nested emphasis", deep("*a **a ", " a** a*")),
        ("open emphasis", "*a _a ".repeat(n)),
        ("code spans", (1..700).map(|i| "`".repeat(i) + " ").collect()),
        ("nested raw HTML", deep("<div>", "</div>")),
        ("nested raw HTML, never closed", "<div>\n\n".repeat(n)),
        ("nested inline HTML", "a ".to_string() + &deep("<b>", "</b>")),
        ("open comments", "<!-- ".repeat(n)),
        ("open tags", "<a href=\"".repeat(n)),
        ("attributes", format!("<a {}>", "x=y ".repeat(n))),
        (
            "footnotes",
            (0..n / 5).map(|i| format!("[^{i}] ")).collect::<String>()
                + "\n\n"
                + &(0..n / 5).map(|i| format!("[^{i}]: text\n\n")).collect::<String>(),
        ),
        ("references to one footnote", "[^a] ".repeat(n) + "\n\n[^a]: text\n"),
        ("equal headings", "## Same\n\n".repeat(n / 5)),
        ("equal IDs", "## Same {#same}\n\n".repeat(n / 5)),
        ("table of many columns", format!("{}|\n{}|\n", "|a".repeat(n / 10), "|-".repeat(n / 10))),
        ("table of many rows", "|a|b|\n|-|-|\n".to_string() + &"|a\n".repeat(n)),
        ("tasks", "- [ ] a\n".repeat(n / 5)),
        ("definition list", "a\n: b\n\n".repeat(n / 5)),
        ("fences", "```\na\n```\n".repeat(n / 5)),
        ("one long line of code", format!("```rust\n{}\n```\n", "a(\"".repeat(n))),
        ("nested code", format!("```rust\n{}\n```\n", "{[(\n".repeat(n / 10))),
        ("entities", "&#xE000;&amp;&nosuch;".repeat(n)),
        ("nested YAML", format!("---\na: {}\n---\n", "[".repeat(n))),
        ("wide YAML", format!("---\na: [{}]\n---\n", "b, ".repeat(n))),
        (
            "unknown keys",
            format!("---\n{}---\n", (0..n / 50).map(|i| format!("k{i}: 1\n")).collect::<String>()),
        ),
        ("nested TOML", format!("+++\na = {}\n+++\n", "[".repeat(n))),
        ("block of many items", format!("```threats\n{}```\n", "- use: T-1\n".repeat(n / 10))),
        ("entries", "## A {#T-1}\n\ntext\n\n".repeat(n / 5)),
        ("math", "$a$ $$b$$ ".repeat(n / 2)),
        ("open math", "$$a$ ".repeat(n)),
        ("open containers", ":::note\n".repeat(n)),
        ("containers with short ends", "::::note\n:::\n".repeat(n / 2)),
        ("closed containers", ":::note\na\n:::\n".repeat(n / 5)),
        ("admonitions", "!!! note\n    a\n".repeat(n / 5)),
        ("nested admonitions", (0..500).map(|i| "    ".repeat(i) + "!!! note\n").collect()),
        ("directives", "```{note}\na\n```\n".repeat(n / 5)),
        ("marks of other programs", "==a== {: .x} {{< a >}} {% a %} %%a%% :b: ".repeat(n / 5)),
        ("unknown languages", (0..n / 10).map(|i| format!("```l{i}\na\n```\n")).collect()),
        ("titles in brackets", "[[Some page]] ".repeat(n / 5)),
    ]
}

#[test]
fn absurd_pages_are_read_in_bounded_time() {
    let mut slow = Vec::new();
    for (name, text) in pathological() {
        let start = Instant::now();
        parse_text(&text);
        let took = start.elapsed();
        println!("{took:>10.1?} {name}");
        if took > LIMIT {
            slow.push(name);
        }
    }
    assert!(slow.is_empty(), "{slow:?}");
}

#[test]
fn absurd_tables_of_contents_are_read_in_bounded_time() {
    let file: Arc<str> = "content/SUMMARY.md".into();
    let nested: String = (0..800).map(|i| "  ".repeat(i) + "- [a](a.md)\n").collect();
    for text in ["- ".repeat(50_000), nested, "[a](a.md)\n".repeat(20_000), "# A\n".repeat(20_000)]
    {
        let start = Instant::now();
        let (summary, _) = summary::parse(&file, &text);
        summary.chapters();
        assert!(start.elapsed() < LIMIT, "{} took {:?}", &text[..20], start.elapsed());
    }
}

#[test]
fn places_behind_escapes_are_whole_characters() {
    for text in
        ["https://x.example\\!ૹ[^1]}", "\\*ૹ[[Some ૹ\\*ૹ Page]]ૹ", "\\!ૹ<nobody ૹ> \\!ૹ[^ૹ]"]
    {
        let (_, found) = site(&[("content/index.md", text)]);
        for (_, finding) in found.iter().filter(|(_, finding)| finding.place.is_some()) {
            let span = finding.place.as_ref().unwrap().span();
            assert!(text.get(span).is_some(), "{text}: {finding:?}");
        }
    }
}

#[test]
fn many_mistakes_are_told_in_bounded_time() {
    let mut files: Vec<(String, String)> = vec![("content/index.md".into(), "# Home\n".into())];
    for i in 0..400 {
        let text = format!(
            "---\nid: T-AREA-{i:04}\ntitle: Entry {i}\nrequirements: [R-AREA-{i:04}]\n---\n\
             [a](missing-file-{i}.md) [[T-AERA-{i:04}]] ![b](image-{i}.png)\n"
        );
        files.push((format!("content/threats/t{i:04}.md"), text));
    }
    let start = Instant::now();
    let (_, found) = support::site_of(&files, &mut Default::default());
    assert_eq!(found.len(), 1_600);
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}

#[test]
fn odd_names_of_kinds_are_told() {
    for name in ["änderung", "", "..", "a/b", "🦀", " "] {
        for rest in ["", "prefix = \"X\"\n", "prefix = \"ä\"\n"] {
            let toml = format!("[kinds.{name:?}]\ntitle = \"A\"\n{rest}");
            let (site, found) = site(&[("content/index.md", "# H\n"), ("book.toml", &toml)]);
            let good = name == "änderung" && rest.contains('X');
            assert_eq!(found.is_empty(), good, "{toml}: {found:?}");
            everything(&site);
        }
    }
}

/// Names and values that settings have, and some that they should not have.
fn setting_name() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &[
        "",
        "änderung",
        "control",
        "threat",
        "ß",
        "\u{301}",
        "..",
        "../x",
        "a/b",
        "-",
        "_",
        " ",
        "a b",
        "\u{0}",
        "title",
        "prefix",
        "folder",
        "order",
        "plural",
        "0",
        "日本",
        "🦀",
        "x\\y",
        "true",
    ];
    proptest::sample::select(NAMES).prop_map(str::to_string)
}

fn setting_value() -> impl Strategy<Value = String> {
    const VALUES: &[&str] = &[
        "\"\"",
        "\"ä\"",
        "\"X\"",
        "\"-\"",
        "\"../..\"",
        "\"a/b\"",
        "\".\"",
        "\"https://a.example\"",
        "0",
        "-1",
        "9223372036854775807",
        "1e308",
        "nan",
        "-inf",
        "true",
        "2026-11-30",
        "[]",
        "[[]]",
        "[\"\"]",
        "[\"ä\", 1]",
        "[[\"a\", \"b\"]]",
        "{}",
        "{ a = 1 }",
        "\"\"\"a\nb\"\"\"",
        "\"#fff\"",
        "\"a + b * (c\"",
        "\"none\"",
        "\"critical\"",
        "\"warn\"",
        "\"\\u202E\"",
        "\"x.html\"",
    ];
    proptest::sample::select(VALUES).prop_map(str::to_string)
}

/// Tables as `book.toml` may have them: known tables and keys, names and values of all kinds.
fn settings() -> impl Strategy<Value = String> {
    let keys: Vec<(&str, &str)> = CONFIG_KEYS.iter().map(|key| (key.table, key.key)).collect();
    let line = (proptest::sample::select(keys), setting_name(), setting_value(), any::<bool>());
    proptest::collection::vec(line, 0..12).prop_map(|lines| {
        let quoted = |name: &str| format!("{:?}", name.escape_debug().to_string());
        let mut text = String::new();
        for ((table, key), name, value, known) in lines {
            let table: Vec<String> = table
                .split('.')
                .map(|part| if part == "NAME" { quoted(&name) } else { part.to_string() })
                .collect();
            let key = if known && key != "CODE" { key.to_string() } else { quoted(&name) };
            // A table that is there twice is no TOML, so keys are dotted.
            text.push_str(&format!("{}.{key} = {value}\n", table.join(".")));
        }
        text
    })
}

/// Text with a leaning to what means something here.
fn text() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "---\n",
        "+++\n",
        "id: ",
        "T-1",
        "title",
        ": ",
        "[",
        "]",
        "[[",
        "]]",
        "|",
        "\\|",
        "#",
        "\\",
        "{{#include ",
        "{{#title ",
        "{{#playground ",
        "}}",
        "a.md",
        "../",
        "b.rs:1:2",
        ":x",
        "\n",
        "\n\n",
        "```",
        "~~~",
        "threats",
        "list",
        "entry",
        "mermaid dfd",
        "rust,{1-",
        " title=\"",
        "- use: ",
        "  status: open\n",
        "# ",
        "## A {#T-2}\n",
        "{#",
        "}",
        "<div>",
        "</div>",
        "<a href=\"",
        "\">",
        "<!--",
        "-->",
        "<script>",
        "![",
        "](",
        ")",
        "[^1]",
        "[^1]: ",
        "    ",
        "\t",
        "> ",
        "> [!NOTE]\n",
        "!!! note\n",
        ":::note\n",
        ":::\n",
        "```{note}\n",
        "[[Some Page]]",
        "==a==",
        "- [ ] ",
        "|---|\n",
        "\n: ",
        "$",
        "$$",
        "*",
        "_",
        "`",
        "~~",
        "&#xE000;",
        "&#57344;",
        "\u{E000}e9\u{E001}",
        "\u{E000}",
        "\u{E001}",
        "\u{0}",
        "é",
        "\u{202E}",
        "🦀",
        "\r\n",
        "\r",
        "&",
        "<",
        ">",
        "\"",
        "'",
        "~",
        "-",
        "OR",
        "NOT",
        "(",
        "kind:threat",
        "*",
        "https://x.example",
        "javascript:",
        "data:",
        "//",
        "?",
        "%00",
        "%2e",
    ];
    let word = prop_oneof![
        8 => prop::sample::select(WORDS).prop_map(str::to_string),
        1 => any::<String>(),
        1 => "[a-zA-Z0-9 ]{0,12}",
    ];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(support::cases(80))]

    #[test]
    fn any_settings_make_a_site(toml in settings()) {
        let files = [
            ("content/index.md", "# Home\n"),
            ("content/threats/a.md", "---\nid: T-A-001\ntitle: A\n---\n"),
            ("content/models/m.md", "---\nid: M-A-001\ntitle: M\n---\n\n```threats\n- use: T-A-001\n```\n"),
            ("book.toml", toml.as_str()),
        ];
        let (site, _) = site(&files);
        for (path, _) in everything(&site) {
            prop_assert!(!path.split('/').any(|part| part.is_empty() || part == ".."), "{path}");
        }
    }
}

proptest! {
    #![proptest_config(support::cases(150))]

    #[test]
    fn any_text_makes_a_site(a in text(), b in text(), toml in text()) {
        let files = [
            ("content/index.md", a.as_str()),
            ("content/a.md", b.as_str()),
            ("content/threats/b.md", a.as_str()),
            ("content/SUMMARY.md", b.as_str()),
            ("book.toml", toml.as_str()),
        ];
        for count in [3, 5] {
            let (site, found) = site(&files[..count]);
            // A title of {{#title}} or a level may come out of the text; a template not.
            let pages = everything(&site);
            prop_assert!(!pages.is_empty());
            for (_, diagnostic) in &found {
                if let Some(place) = &diagnostic.place {
                    let length = site.text(&place.file).map_or(usize::MAX, str::len);
                    prop_assert!(place.start <= place.end, "{:?}", diagnostic);
                    prop_assert!(place.start <= length, "{:?}", diagnostic);
                }
            }
            let texts = |file: &str| site.text(file);
            for format in [
                casebook::text::diagnostic::Format::Text,
                casebook::text::diagnostic::Format::Sarif,
                casebook::text::diagnostic::Format::Github,
            ] {
                casebook::text::diagnostic::render(&found, &texts, format, true);
            }
        }
    }

    #[test]
    fn any_text_is_data_or_an_error(text in text()) {
        for result in [parse_yaml(&text, 0).map(|tree| tree.root), parse_toml(&text, 0)] {
            if let Err(error) = result {
                prop_assert!(error.span.start <= text.len(), "{error:?}");
            }
        }
        Config::parse(&text, "content");
    }

    #[test]
    fn any_text_is_a_query(text in text(), any in any::<String>()) {
        Query::parse(&text);
        Query::parse(&any);
    }

    #[test]
    fn any_text_is_expanded(a in text(), b in text()) {
        let files = [("content/a.md".to_string(), a.clone()), ("content/b.rs".to_string(), b)];
        let sources = Sources::in_memory(&Config::default(), &files);
        let (expanded, _) = expand(&"content/a.md".into(), &a.as_str().into(), &sources);
        for at in 0..=expanded.text.len() {
            let place = expanded.place(at..expanded.text.len());
            prop_assert!(place.start <= place.end);
        }
    }
}

/// The tags and attributes of a page, read as a browser reads them.
fn attributes(html: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(0);
        let name = rest[..end].to_ascii_lowercase();
        out.push((name.clone(), String::new()));
        rest = &rest[end..];
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
            let end = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c));
            let end = end.unwrap_or(rest.len()).max(1);
            let attribute = rest[..end].to_ascii_lowercase();
            rest = rest[end..].trim_start();
            if let Some(value) = rest.strip_prefix('=') {
                let value = value.trim_start();
                rest = match value.chars().next() {
                    Some(quote @ ('"' | '\'')) => {
                        let close = value[1..].find(quote).unwrap_or(value.len() - 1);
                        value.get(close + 2..).unwrap_or("")
                    }
                    _ => value.trim_start_matches(|c: char| !c.is_whitespace() && c != '>'),
                };
            }
            out.push((name.clone(), attribute));
        }
    }
    out
}

/// Ways in which authors could try to run a script, each in every place that takes text.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<a href=\"java&#x0A;script:alert(1)\">x</a>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<b onmouseover=alert(1)>x</b>",
    "<p style=\"background:url(https://example.org)\">x</p>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "x onmouseover=alert(1) y",
    "</title><script>alert(1)</script>",
    "</code></pre><script>alert(1)</script>",
    "<p title=\"&#xE000;e0&#xE001;\">[[T-1]]</p>",
    "<p title=\"\u{E000}e0\u{E001}\">[[T-1]]</p>",
    "&#xE000;e7&#xE001; \u{E000}o7\u{E001}",
    "![`\u{E000}e0\u{E001}`](a.png)",
    "[x](javascript:alert(1))",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
];

#[test]
fn nothing_that_authors_write_can_run() {
    for hostile in HOSTILE {
        let quoted = hostile.replace('\\', "\\\\").replace('"', "\\\"");
        let entry = format!(
            "---\nid: T-1\ntitle: \"x onclick=alert(1) {quoted}\"\ntags: [\"{quoted}\"]\n\
             stride: [\"{quoted}\"]\nseverity: \"{quoted}\"\nsource: \"{quoted}\"\naction: \"{quoted}\"\n\
             also: [\"{quoted}\"]\nreferences: [\"{quoted}\"]\napplies-to: [\"{quoted}\"]\n\
             aliases: [T-2]\nowner: \"{quoted}\"\ndescription: \"{quoted}\"\n---\n\
             {hostile}\n\n## {hostile}\n\n[[T-1]] and [[T-1|{hostile}]]\n"
        );
        let home = format!(
            "# Title {hostile}\n\n[[T-1]] [[L-1]] {hostile}\n\n## {hostile} {{#x-{hostile}}}\n\n\
             [{hostile}](threats/t.md \"{hostile}\") ![{hostile}](a.png \"{hostile}\")\n\n\
             ```rust title=\"{hostile}\"\n{hostile}\n```\n\n``` {hostile}\n```\n\n\
             | {hostile} |\n|---|\n| {hostile} |\n\n[^{hostile}]\n\n[^{hostile}]: {hostile}\n\n\
             ```threats\n- use: T-1\n  note: \"{quoted}\"\n  status: \"{quoted}\"\n\
             - id: L-1\n  title: \"{quoted}\"\n- use: \"{quoted}\"\n- id: \"{quoted}\"\n  title: a\n```\n\n\
             [x](none.md#{hostile}) [[T-9|{hostile}]]\n\n```mermaid dfd\n{hostile}\n```\n"
        );
        let (site, _) = site(&[
            ("content/index.md", &home),
            ("content/threats/t.md", &entry),
            ("content/models/m.md", &home),
        ]);
        for (url, bytes) in everything(&site) {
            if !url.ends_with(".html") {
                continue;
            }
            let html = String::from_utf8(bytes).unwrap();
            let scripts = html.matches("<script").count();
            assert_eq!(scripts, html.matches("<script src=\"").count(), "{hostile} in {url}");
            for (tag, attribute) in attributes(&html) {
                let bad = attribute.starts_with("on") || ["style", "srcdoc"].contains(&&*attribute);
                assert!(!bad, "{hostile} made <{tag} {attribute}> in {url}:\n{html}");
                let bad = ["iframe", "object", "embed", "base", "style"].contains(&&*tag);
                assert!(!bad, "{hostile} made <{tag}> in {url}");
            }
            let low = html.to_ascii_lowercase();
            assert!(!low.contains("=\"javascript:"), "{hostile} in {url}");
        }
    }
}

#[test]
fn nothing_outside_the_book_is_read() {
    let outer = tempfile::tempdir().unwrap();
    let secret = "a secret that must stay outside";
    put(&outer.path().join("secret.md"), format!("# {secret}\n"));
    put(&outer.path().join("out/secret.md"), format!("# {secret}\n"));
    let root = outer.path().join("book");
    let absolute = outer.path().join("secret.md");
    let absolute = absolute.to_str().unwrap();
    let mut text = String::from("# Home\n\n");
    for path in [
        "../../secret.md",
        "../../../../../../../../etc/passwd",
        "/etc/passwd",
        absolute,
        "..\\..\\secret.md",
        "./../.././secret.md",
        "link.md",
        "folder/secret.md",
        "%2e%2e/%2e%2e/secret.md",
        "a\0b",
        "file:///etc/passwd",
        &"a/".repeat(5_000),
        &"a".repeat(5_000),
        "",
        ".",
        "..",
    ] {
        text.push_str(&format!("{{{{#include {path}}}}}\n\n[x]({path}) ![y]({path})\n\n"));
    }
    put(&root.join("content/index.md"), &text);
    put(&root.join("content/SUMMARY.md"), "- [Home](index.md)\n- [Out](../../secret.md)\n");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../../secret.md", root.join("content/link.md")).unwrap();
        std::os::unix::fs::symlink("../../out", root.join("content/folder")).unwrap();
        std::os::unix::fs::symlink(&root, root.join("content/circle")).unwrap();
        std::fs::create_dir_all(root.join("theme")).unwrap();
        std::os::unix::fs::symlink("../../out", root.join("theme/templates")).unwrap();
    }
    let (site, _) = casebook::site::Site::open(&root, &mut Default::default()).unwrap();
    for (url, bytes) in everything(&site) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(secret) && !text.contains("root:x:0:"), "{url}");
    }
}

#[test]
#[cfg(unix)]
fn what_is_no_file_is_not_read() {
    let root = tempfile::tempdir().unwrap();
    put(&root.path().join("content/index.md"), "# Home\n\n{{#include pipe}}\n");
    for name in ["content/pipe.md", "content/pipe", "pipe"] {
        let path = root.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    }
    let (site, found) = casebook::site::Site::open(root.path(), &mut Default::default()).unwrap();
    assert_eq!(site.graph.nodes.len(), 1);
    assert!(!found.is_empty());
}

#[test]
fn addresses_can_be_stored_everywhere() {
    let (site, _) = site(&[
        (
            "content/index.md",
            "---\ntitle: Home\ntags: [aux, index, con, \"a/b\", \"..\", \"C++\", C, é, \"\", \" \"]\n---\n",
        ),
        ("content/threats/a.md", "---\nid: NUL-1\ntitle: A\naliases: [../x, CON-1, T-1]\n---\n"),
        ("content/x/y.md", "# Y\n"),
    ]);
    let mut folded = std::collections::BTreeSet::new();
    for url in site.addresses() {
        assert!(folded.insert(url.to_lowercase()), "{url} is there twice");
        for part in url.split('/') {
            let stem = part.split('.').next().unwrap_or("").to_ascii_uppercase();
            assert!(!["", "CON", "AUX", "NUL", "PRN"].contains(&stem.as_str()), "{url}");
        }
    }
    assert!(site.addresses().iter().any(|url| url == "tags/index.html"));
}

/// Checks a book in a process that may use so many seconds of the processor, whatever
/// else the machine does.
fn check_within(seconds: u32, files: impl Iterator<Item = (String, String)>) -> String {
    let book = tempfile::tempdir().unwrap();
    for (path, text) in files {
        put(&book.path().join("content").join(path), text);
    }
    let program = assert_cmd::cargo::cargo_bin("casebook");
    let script = format!("ulimit -t {seconds}; exec \"$0\" check \"$1\"");
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .args([program.as_os_str(), book.path().as_os_str()])
        .output()
        .unwrap();
    assert!(output.status.code().is_some(), "it needs more than {seconds} s: {:?}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

const CPU_SECONDS: u32 = 60;

#[test]
fn thousands_of_links_that_lead_nowhere_take_no_square() {
    let n = 8_000;
    let files = (0..n).map(|i| (format!("f/file{i}.txt"), "x".to_string()));
    let links: String = (0..n).map(|i| format!("[x](f/fiel{i}.txt) ")).collect();
    let out = check_within(CPU_SECONDS, files.chain([("index.md".into(), links)]));
    assert!(out.contains("8000 warnings") && out.contains("did you mean `f/file0.txt`?"), "{out}");
}

#[test]
fn thousands_of_ids_and_anchors_that_lead_nowhere_take_no_square() {
    let n = 8_000;
    let ids: String = (0..n).map(|i| format!("[[T-B-{i:05}]] [a](threats/a.md#no-{i}) ")).collect();
    let entries = (0..n).map(|i| format!("\n## E {{#T-A-{i:05}}}\n"));
    let entries = "# T\n".to_string() + &entries.collect::<String>();
    let files = [("index.md".to_string(), ids), ("threats/a.md".to_string(), entries)];
    assert!(check_within(CPU_SECONDS, files.into_iter()).contains("8000 errors, 8000 warnings"));
    let headings = (0..n).map(|i| format!("\n## H {i}\n\n[x](#no-{i}) [y](#h-{i})\n"));
    let files = [("index.md".to_string(), headings.collect())];
    assert!(check_within(CPU_SECONDS, files.into_iter()).contains("8000 warnings"));
}

#[test]
fn long_chains_and_circles_of_revisions_take_no_square() {
    let n = 3_000;
    let model = |i: usize, old: Option<usize>| {
        let old = old.map(|old| format!("supersedes: [M-A-{old:05}]\n")).unwrap_or_default();
        let block = "```threats\n- id: X-1\n  title: x\n```\n";
        let text = format!("---\nid: M-A-{i:05}\ntitle: m\n{old}---\n{block}");
        (format!("models/m/r{i}.md"), text)
    };
    check_within(CPU_SECONDS, (0..n).map(|i| model(i, i.checked_sub(1))));
    let circle = (0..n).map(|i| model(i, Some((i + n - 1) % n)));
    assert!(check_within(CPU_SECONDS, circle).contains("revision-circle"));
}
