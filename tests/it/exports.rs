//! Exports to wikis: what a small book becomes, and what a second export changes.
//!
//! The expected texts are in `tests/exports`; `UPDATE_EXPECTED=1 cargo test --test it exports`
//! writes them anew.

use crate::support;

use casebook::out::wiki::{
    self, Book, Confluence, DokuWiki, Entry, GitWiki, Host, Manifest, MediaWiki, Order,
    Publication, State, Target, hash, mediawiki,
};
use std::collections::BTreeMap;
use support::expected::compare;
use support::{english_sentences, project, site};

const BOOK: &[(&str, &str)] = &[
    ("book.toml", "[book]\ntitle = \"Book\"\n[site]\nurl = \"https://wiki.example/book/\"\n"),
    ("content/index.md", "# Home\n\nSee [[T-001]] and [step 2](guide/02-next.md#a-place).\n"),
    (
        "content/guide/01-first.md",
        "---\ntitle: First\n---\n\
      A *word*, **two**, `code` and [outside](https://example.org/a?b=c&d).\n\n\
      > [!WARNING]\n> Be careful.\n\n\
      - [x] done\n- [ ] open\n  1. deep\n\n\
      | A | B |\n| --- | --- |\n| `a\\|b` | c<br>d |\n\n\
      ```rust title=\"a.rs\"\nlet x = \"</pre>\";\n```\n\n\
      A note[^1] and {{braces}}.\n\n[^1]: At the end.\n",
    ),
    ("content/guide/02-next.md", "---\ntitle: Next\n---\nText.\n\n## A place\n\nMore.\n"),
    (
        "content/threats/T-001.md",
        "---\nid: T-001\ntitle: Attacker reads the backup\n\
      aliases: [T-OLD-1]\nstride: [information-disclosure]\nseverity: high\ntags: [backups]\n\
      references: [CWE-311]\n---\nText.\n",
    ),
    (
        "content/models/shop/index.md",
        "---\nid: M-SHOP-001\ntitle: Shop\nsize: small\n---\n\
      ```mermaid dfd\nflowchart LR\n  a[Admin] --> b[(Bucket)]\n```\n\n\
      ```threats\n- use: T-001\n  on: [b]\n  status: open\n- id: SHOP-1\n  title: Local\n  status: accepted\n  why: It is small.\n  by: Owner\n```\n\n\
      More about [[SHOP-1]].\n",
    ),
];

fn with(changes: &[(&str, Option<&str>)]) -> Vec<(&'static str, String)> {
    BOOK.iter()
        .filter_map(|(path, text)| {
            let change = changes.iter().find(|(changed, _)| changed == path);
            let text = change.map_or(Some(*text), |(_, text)| *text)?;
            Some((*path, text.to_string()))
        })
        .collect()
}

/// What an export tells, without the book that it borrows.
struct Export {
    manifest: Manifest,
    files: BTreeMap<String, Vec<u8>>,
    texts: BTreeMap<String, String>,
    states: BTreeMap<String, State>,
    held: Vec<String>,
    orphans: Vec<String>,
}

fn export(
    target: &dyn Target,
    files: &[(&'static str, String)],
    previous: &Manifest,
    now: &str,
    current: Option<&BTreeMap<String, String>>,
) -> Export {
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let (site, found) = site(&files);
    assert!(found.is_empty(), "{found:?}");
    let book = Book::read(&site, None).unwrap();
    let (names, found) = wiki::name(&book, target, &site.config);
    assert!(found.is_empty(), "{found:?}");
    let order = Order { book: &book, names: &names, previous, now, current, overwrite: false };
    let publication: Publication<'_> = wiki::publish(target, &order);
    let sheets = &publication.sheets;
    Export {
        files: target.pack(&publication).unwrap(),
        texts: sheets.iter().map(|s| (s.name.clone(), s.text.clone())).collect(),
        states: sheets.iter().map(|s| (s.identity.clone(), s.state.clone())).collect(),
        held: publication.held.iter().map(|held| held.name.clone()).collect(),
        orphans: publication.orphans.clone(),
        manifest: publication.manifest,
    }
}

fn media_wiki() -> MediaWiki {
    MediaWiki {
        options: mediawiki::Options { prefix: "Book/".into(), svg: true, highlight: false },
    }
}

const T1: &str = "2026-01-01T00:00:00Z";
const T2: &str = "2026-02-01T00:00:00Z";

#[test]
fn a_small_book_becomes_what_is_expected() {
    let doku_wiki = DokuWiki { namespace: "book".into() };
    let targets: [(&dyn Target, &str); 2] =
        [(&media_wiki(), "mediawiki"), (&doku_wiki, "dokuwiki")];
    let mut wrong = Vec::new();
    for (target, name) in targets {
        let made = export(target, &with(&[]), &Manifest::default(), T1, None);
        let mut text = String::new();
        for (name, words) in &made.texts {
            let own =
                ["Framework", "risk:", "status", "Status", "coverage", " in the models", "Gaps"];
            // Pages that Casebook makes have tests of their own.
            if !own.iter().any(|own| name.contains(own)) {
                text.push_str(&format!("=== {name}\n{}\n\n", words.trim_end()));
            }
        }
        wrong.extend(compare(&project(&format!("tests/exports/{name}.txt")), &text).err());
        let again = export(target, &with(&[]), &Manifest::default(), T1, None);
        assert_eq!(made.files, again.files);
        assert_eq!(made.manifest, Manifest::parse(&made.manifest.json(), target.name()).unwrap());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_second_export_knows_what_changed() {
    let target = media_wiki();
    let first = export(&target, &with(&[]), &Manifest::default(), T1, None);
    assert!(first.states.values().all(|state| *state == State::New));
    let next = "---\ntitle: Onward\n---\nText.\n\n## A place\n\nMore.\n";
    let changed = with(&[("content/guide/02-next.md", Some(next))]);
    let second = export(&target, &changed, &first.manifest, T2, None);
    assert_eq!(second.states["guide/02-next.md"], State::Renamed("Book/Next".into()));
    assert_eq!(second.states["T-001"], State::Unchanged);
    assert_eq!(second.manifest.pages["T-001"].since, T1);
    assert_eq!(second.manifest.pages["index.html"].since, T2, "its link has another target");
    assert_eq!(second.texts["Book/Next"], "#REDIRECT [[:Book/Onward]]");
    // The redirect stays, also when the name changes once more.
    let third = export(
        &target,
        &with(&[("content/guide/02-next.md", Some(&next.replace("Onward", "Upward")))]),
        &second.manifest,
        T2,
        None,
    );
    assert_eq!(third.texts["Book/Next"], "#REDIRECT [[:Book/Upward]]");
    assert_eq!(third.texts["Book/Onward"], "#REDIRECT [[:Book/Upward]]");
    // What is gone is told, and told again.
    let less = with(&[
        ("content/guide/02-next.md", None),
        ("content/index.md", Some("# Home\n\nSee [[T-001]].\n")),
    ]);
    let fourth = export(&target, &less, &first.manifest, T2, None);
    assert_eq!(fourth.orphans, ["Book/Next"]);
    assert_eq!(export(&target, &less, &fourth.manifest, T2, None).orphans, ["Book/Next"]);
}

#[test]
fn what_the_wiki_holds_decides() {
    let target = media_wiki();
    let first = export(&target, &with(&[]), &Manifest::default(), T1, None);
    let threat = "Book/T-001 Attacker reads the backup";
    let next = BOOK.iter().find(|(path, _)| path.ends_with("T-001.md")).unwrap().1;
    let next = with(&[("content/threats/T-001.md", Some(&next.replace("Text.", "Other text.")))]);
    // Nothing was edited: everything is written.
    let mut current = first.texts.clone();
    assert_eq!(export(&target, &next, &first.manifest, T2, Some(&current)).held, [""; 0]);
    // An export that was never loaded is no edit.
    let lost = export(&target, &next, &first.manifest, T2, None);
    let last = with(&[(
        "content/threats/T-001.md",
        Some("---\nid: T-001\ntitle: Attacker reads the backup\n---\nLast.\n"),
    )]);
    assert_eq!(export(&target, &last, &lost.manifest, T2, Some(&current)).held, [""; 0]);
    // An edit is held back, and the manifest keeps what was exported.
    current.insert(threat.into(), "Mine.".into());
    let held = export(&target, &next, &first.manifest, T2, Some(&current));
    assert_eq!(held.held, [threat]);
    assert!(!held.texts.contains_key(threat));
    assert_eq!(held.manifest.pages["T-001"], first.manifest.pages["T-001"]);
    // A page that no export wrote is somebody else's.
    let held = export(&target, &next, &Manifest::default(), T2, Some(&current));
    assert_eq!(held.held, [threat]);
}

#[test]
fn a_manifest_of_another_target_is_refused() {
    let entry = Entry { name: "A".into(), hash: hash("a"), ..Entry::default() };
    let manifest = Manifest {
        target: "dokuwiki".into(),
        pages: BTreeMap::from([("a.md".to_string(), entry)]),
        ..Manifest::default()
    };
    assert!(Manifest::parse(&manifest.json(), "dokuwiki").is_ok());
    let error = Manifest::parse(&manifest.json(), "mediawiki").unwrap_err().to_string();
    assert!(error.contains("`dokuwiki`") && error.contains("`mediawiki`"), "{error}");
    assert!(Manifest::parse("{", "dokuwiki").is_err());
}

/// A book in German, whose own words have nothing in common with the English interface.
#[test]
fn the_words_around_the_text_are_in_the_language_of_the_book() {
    let german =
        "[book]\ntitle = \"Buch\"\nlanguage = \"de\"\n[site]\nurl = \"https://wiki.example/\"\n";
    let files = with(&[
        ("book.toml", Some(german)),
        ("content/guide/01-first.md", Some("# Eins\n\nText.\n")),
    ]);
    let english = english_sentences("de");
    let git = |host| GitWiki::new(host, None);
    let targets: [&dyn Target; 5] = [
        &media_wiki(),
        &DokuWiki { namespace: "buch".into() },
        &git(Host::GitHub),
        &git(Host::GitLab),
        &Confluence,
    ];
    for target in targets {
        let made = export(target, &files, &Manifest::default(), T1, None);
        let all: String =
            made.texts.iter().map(|(name, text)| format!("{name}\n{text}\n")).collect();
        for sentence in &english {
            assert!(!all.contains(sentence), "{}: {sentence}", target.name());
        }
        assert!(all.contains("auswählen auf der Website"), "{}", target.name());
    }
}
