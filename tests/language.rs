//! The words of the interface: each that is asked for is there, and each that is there is
//! asked for.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod support;

use std::collections::BTreeSet;
use support::{files_below, project, site};

/// Keys that are put together where they are used.
const COMPOSED: [&str; 14] = [
    "word_",
    "kind_",
    "role_",
    "fact_",
    "month_",
    "column_",
    "count_",
    "overview_",
    "next_",
    "alert_",
    "script_colours_",
    "risk_",
    "date_",
    "within_",
];

fn keys() -> BTreeSet<String> {
    let text = std::fs::read_to_string(project("themes/default/text/en.toml")).unwrap();
    let keys = text.lines().filter(|line| !line.starts_with('#'));
    keys.filter_map(|line| line.split_once(" = ")).map(|(key, _)| key.to_string()).collect()
}

/// Everything that says something: templates, scripts and code.
fn all_code() -> String {
    let mut all = String::new();
    for folder in ["themes/default/templates", "themes/default/assets", "src"] {
        for path in files_below(&project(folder)) {
            if !path.starts_with("language/") && path.ends_with(['l', 's']) {
                all += &std::fs::read_to_string(project(folder).join(&path)).unwrap();
            }
        }
    }
    all
}

/// The words after `before`, as far as letters of a key go.
fn after<'t>(text: &'t str, before: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(before).skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    })
}

#[test]
fn every_key_that_is_asked_for_is_there() {
    let keys = keys();
    let mut missing = BTreeSet::new();
    for path in files_below(&project("themes/default/templates")) {
        let text =
            std::fs::read_to_string(project("themes/default/templates").join(&path)).unwrap();
        let methods = ["count", "fill", "date", "word", "within"];
        let plain = after(&text, "text.").filter(|word| !methods.contains(word));
        let called = after(&text, "text.count(\"").chain(after(&text, "text.fill(\""));
        missing.extend(plain.chain(called).filter(|key| !keys.contains(*key)).map(str::to_string));
    }
    let code = all_code();
    for call in ["get", "count", "fill", "form"] {
        for before in ["text", "words"] {
            let call = format!("{before}.{call}(\"");
            let asked = after(&code, &call);
            missing.extend(asked.filter(|key| !keys.contains(*key)).map(str::to_string));
        }
    }
    let scripts = after(&code, "casebookText(\"").map(|key| format!("script_{key}"));
    missing.extend(scripts.filter(|key| !keys.contains(key) && !key.ends_with('_')));
    assert!(missing.is_empty(), "no such text: {missing:?}");
}

#[test]
fn every_key_is_asked_for() {
    let code = all_code();
    let unused: Vec<String> = keys()
        .into_iter()
        .filter(|key| !COMPOSED.iter().any(|start| key.starts_with(start)))
        .filter(|key| {
            let name = key.strip_prefix("script_").unwrap_or(key);
            !code.contains(&format!("\"{name}\"")) && !code.contains(&format!("text.{name}"))
        })
        .collect();
    assert!(unused.is_empty(), "nobody says: {unused:?}");
}

fn page(language: &str, extra: &[(&str, &str)], url: &str) -> String {
    let config = format!("[book]\ntitle = \"B\"\nlanguage = \"{language}\"\n");
    let threat =
        "---\nid: T-1\ntitle: A\nseverity: high\nstride: [spoofing]\n---\n\n> [!NOTE]\n> x\n";
    let mut files = vec![
        ("book.toml", config.as_str()),
        ("content/index.md", "# Home\n"),
        ("content/threats/T-1.md", threat),
    ];
    files.extend_from_slice(extra);
    let (site, _) = site(&files);
    let bytes = site.render(url).unwrap().expect("there is a page");
    String::from_utf8(bytes.into_owned()).unwrap()
}

#[test]
fn a_page_speaks_the_language_of_its_book() {
    let german = page("de", &[], "threats/t-1.html");
    for word in ["Zum Inhalt springen", "Bedrohung", "Hoch", "Hinweis", "assets/text/de.js"] {
        assert!(german.contains(word), "{word} in {german}");
    }
    let french = page("fr-CA", &[], "threats/t-1.html");
    assert!(french.contains("Aller au contenu") && french.contains("assets/text/fr-ca.js"));
    let script = page("de", &[], "assets/text/de.js");
    assert!(script.contains("\"copy\": \"Kopieren\""), "{script}");
}

#[test]
fn a_book_replaces_and_adds_words() {
    let own = [
        ("theme/text/en.toml", "next = \"Onward\"\nours = \"Our own\"\n"),
        ("theme/text/nl.toml", "home = \"Begin\"\n"),
        (
            "theme/templates/tags.html",
            "{% extends \"default/tags.html\" %}{% block before %}{{ text.ours }}{% endblock %}",
        ),
        ("content/b.md", "---\ntags: [x]\n---\n# B\n"),
    ];
    assert!(page("en", &own, "tags/index.html").contains("Our own"));
    let dutch = page("nl", &own, "b.html");
    assert!(dutch.contains(">Begin<") && dutch.contains("Skip to the content"));
}
