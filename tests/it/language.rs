//! The words of the interface: each that is asked for is there, and each that is there is
//! asked for.

use crate::support;

use casebook::site::Memo;
use std::collections::BTreeSet;
use support::{english_sentences, everything, files_below, project, site, site_of};

/// Keys that are put together where they are used.
const COMPOSED: [&str; 20] = [
    "property_",
    "script_concern_",
    "script_severity_",
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
    "script_search_",
    "script_ask_answer_",
    "script_ask_group_",
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

/// The book with every feature has English pages, but what stands around them is German.
#[test]
fn nothing_around_the_pages_is_left_in_english() {
    let folder = project("tests/browser/features");
    let mut files = Vec::new();
    for path in files_below(&folder) {
        let text = std::fs::read_to_string(folder.join(&path)).unwrap();
        files.push((path, text.replace("[book]\n", "[book]\nlanguage = \"de\"\n")));
    }
    assert!(files.iter().any(|(path, text)| path == "book.toml" && text.contains("\"de\"")));
    let (site, _) = site_of(&files, &mut Memo::default());
    let english = english_sentences("de");
    let mut wrong = BTreeSet::new();
    for (url, bytes) in everything(&site) {
        // Their text explains diagnostics and frameworks, in English.
        let explains = url == "diagnostics.html" || url.starts_with("risk/");
        if url.ends_with(".html") && !explains {
            let page = String::from_utf8(bytes).unwrap();
            let found = english.iter().filter(|sentence| page.contains(*sentence));
            wrong.extend(found.map(|sentence| format!("{url}: {sentence}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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

/// A book in three languages, one of them written from right to left.
const BOOK: &[(&str, &str)] = &[
    (
        "book.toml",
        "[book]\ntitle = \"Book\"\n[site]\nurl = \"https://wiki.example.org/\"\n[languages]\nen = \
         \"English\"\nde = \"Deutsch\"\nar = \"العربية\"\n[levels]\nmissing-text = \"allow\"\n",
    ),
    ("content/index.md", "# Home\n\nSee [one](guide/01-a.md).\n"),
    ("content/index.de.md", "# Start\n\nSiehe [eins](guide/01-a.md).\n"),
    ("content/guide/index.md", "# The guide\n"),
    ("content/guide/index.de.md", "# Die Anleitung\n"),
    ("content/guide/01-a.md", "# One\n\n[next](02-b.md)\n"),
    ("content/guide/01-a.de.md", "# Eins\n\n[weiter](02-b.md)\n"),
    ("content/guide/01-a.ar.md", "# واحد\n\nنص.\n"),
    ("content/guide/02-b.md", "# Two\n"),
    ("content/guide/02-b.de.md", "# Zwei\n"),
    ("content/guide/03-c.md", "# Three\n"),
    (
        "content/threats/T-1.md",
        "---\nid: T-1\ntitle: Theft\nseverity: high\ntags: [x]\n---\nText.\n",
    ),
    ("content/threats/T-1.de.md", "---\nid: T-1\ntitle: Diebstahl\n---\nDeutscher Text.\n"),
    ("content/notes.fr.md", "# A dot in a name\n"),
];

fn book(url: &str) -> String {
    let (site, found) = site(BOOK);
    let messages: Vec<_> = found.iter().map(|(_, found)| &found.message).collect();
    assert!(messages.is_empty(), "{messages:?}");
    String::from_utf8(site.render(url).unwrap().expect(url).into_owned()).unwrap()
}

#[test]
fn a_translation_speaks_its_language_and_leads_to_others() {
    let page = book("guide/01-a.de.html");
    for part in [
        "<html lang=\"de\" data-root=\"../\">",
        "<h1>Eins</h1>",
        "href=\"02-b.de.html\">weiter</a>",
        "Zum Inhalt springen",
        "hreflang=\"en\" href=\"https://wiki.example.org/guide/01-a.html\"",
        "hreflang=\"ar\" href=\"https://wiki.example.org/guide/01-a.ar.html\"",
        "href=\"03-c.html\"",
        "href=\"../index.de.html\"",
        "Schritt 1 von 3",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    // The navigation names the translations.
    assert!(page.contains(">Zwei</a>") && !page.contains(">Two<"));
    let arabic = book("guide/01-a.ar.html");
    assert!(arabic.contains("<html lang=\"ar\" dir=\"rtl\""));
    let english = book("guide/01-a.html");
    assert!(english.contains(">Two</a>") && !english.contains("Zwei"));
}

#[test]
fn the_switch_says_what_is_not_translated() {
    let page = book("guide/03-c.html");
    let item = page.split("<li>").find(|item| item.contains("hreflang=\"de\"")).unwrap();
    assert!(item.contains("href=\"../index.de.html\"") && item.contains("not translated"));
    let arabic = page.split("<li>").find(|item| item.contains("lang=\"ar\"")).unwrap();
    assert!(!arabic.contains("href=") && arabic.contains("not translated"));
    assert!(!page.contains("rel=\"alternate\" hreflang=\"de\""));
}

#[test]
fn indexes_and_entries_are_translated_around_their_facts() {
    let guide = book("guide/index.de.html");
    assert!(guide.contains("<h1>Die Anleitung</h1>") && guide.contains(">Eins</a>"), "{guide}");
    let home = book("index.de.html");
    assert!(home.contains("Start") && home.contains("guide/01-a.de.html"));
    let threat = book("threats/t-1.de.html");
    for part in ["<h1>Diebstahl</h1>", "Deutscher Text.", "T-1", "Hoch"] {
        assert!(threat.contains(part), "{part} in {threat}");
    }
    let catalogue = book("threats/index.html");
    assert!(catalogue.contains("Theft") && !catalogue.contains("Diebstahl"));
    assert!(book("tags/x.html").matches("T-1").count() >= 1);
    assert!(book("notes.fr.html").contains("A dot in a name"));
}

#[test]
fn search_finds_each_language_and_says_which() {
    let (site, _) = site(BOOK);
    let documents = site.documents();
    let kind = |url: &str| documents.iter().find(|d| d.url == url).unwrap().kind_title.clone();
    assert_eq!(kind("guide/02-b.html"), "Guide");
    assert_eq!(kind("guide/02-b.de.html"), "Anleitung \u{b7} Deutsch");
    assert_eq!(documents.iter().filter(|document| document.id.is_some()).count(), 1);
}
