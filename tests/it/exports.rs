//! Exports to wikis: what a small book becomes, and what a second export changes.
//!
//! The expected texts are in `tests/exports`; `UPDATE_EXPECTED=1 cargo test --test it exports`
//! writes them anew.

use crate::support;

use casebook::out::wiki::{
    self, Became, Confluence, Current, Decisions, DokuWiki, Entry, GitWiki, Host, Manifest,
    MediaWiki, Side, State, Target, hash, mediawiki, spoken,
};
use casebook::text::diagnostic::Level;
use std::collections::{BTreeMap, BTreeSet};
use support::expected::compare;
use support::wikis::{self, Export, How};
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

fn read(files: &[(&'static str, String)]) -> casebook::site::Site {
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let (site, found) = site(&files);
    assert!(found.is_empty(), "{found:?}");
    site
}

/// Exports a book that has no clash of names.
fn export(target: &dyn Target, files: &[(&'static str, String)], how: &How<'_>) -> Export {
    let made = wikis::export(target, &read(files), how);
    assert!(made.found.is_empty(), "{:?}", made.found);
    made
}

fn first(target: &dyn Target) -> Export {
    export(target, &with(&[]), &How::default())
}

fn after<'h>(before: &'h Export, current: Option<&'h Current>) -> How<'h> {
    How { before: Some(before), current, now: T2, ..How::default() }
}

fn media_wiki() -> MediaWiki {
    MediaWiki::new(mediawiki::Options { prefix: "Book/".into(), svg: true, ..Default::default() })
}

const T1: &str = "2026-01-01T00:00:00Z";
const T2: &str = "2026-02-01T00:00:00Z";

/// The threat with another text.
fn reworded(from: &str, to: &str) -> Vec<(&'static str, String)> {
    let path = "content/threats/T-001.md";
    let text = BOOK.iter().find(|(name, _)| *name == path).unwrap().1;
    assert!(text.contains(from));
    with(&[(path, Some(&text.replace(from, to)))])
}

#[test]
fn a_small_book_becomes_what_is_expected() {
    let doku_wiki = DokuWiki { namespace: "book".into() };
    let targets: [(&dyn Target, &str); 2] =
        [(&media_wiki(), "mediawiki"), (&doku_wiki, "dokuwiki")];
    let mut wrong = Vec::new();
    for (target, name) in targets {
        let made = first(target);
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
        let again = first(target);
        assert_eq!(made.files, again.files);
        assert_eq!(made.manifest, Manifest::parse(&made.manifest.json(), target.name()).unwrap());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_second_export_knows_what_changed() {
    let target = media_wiki();
    let first = first(&target);
    assert!(first.states.values().all(|state| *state == State::New));
    let next = "---\ntitle: Next\n---\nOther text.\n\n## A place\n\nMore.\n";
    let changed = |title: &str| {
        let text = next.replace("title: Next", &format!("title: {title}"));
        with(&[("content/guide/02-next.md", Some(&text))])
    };
    let second = export(&target, &changed("Onward"), &after(&first, None));
    assert_eq!(second.states["guide/02-next.md"], State::Renamed("Book/Next".into()));
    assert_eq!(second.states["T-001"], State::Unchanged);
    assert_eq!(second.manifest.pages["T-001"].since, T1);
    assert_eq!(second.manifest.pages["index.html"].since, T2, "its link has another target");
    assert_eq!(second.texts["Book/Next"], "#REDIRECT [[Book/Onward]]");
    // The redirect stays, also when the name changes once more.
    let third = export(&target, &changed("Upward"), &after(&second, None));
    assert_eq!(third.texts["Book/Next"], "#REDIRECT [[Book/Upward]]");
    assert_eq!(third.texts["Book/Onward"], "#REDIRECT [[Book/Upward]]");
    // What is gone is told, and told again.
    let less = with(&[
        ("content/guide/02-next.md", None),
        ("content/index.md", Some("# Home\n\nSee [[T-001]].\n")),
    ]);
    let fourth = export(&target, &less, &after(&first, None));
    assert_eq!(fourth.orphans, ["Book/Next"]);
    assert_eq!(export(&target, &less, &after(&fourth, None)).orphans, ["Book/Next"]);
}

/// A page is called by its ID: another title is another text of the same page.
#[test]
fn a_new_title_of_an_entry_moves_nothing() {
    let target = media_wiki();
    let first = first(&target);
    let renamed = reworded("Attacker reads the backup", "Thief reads the backup");
    let second = export(&target, &renamed, &after(&first, None));
    assert_eq!(second.states["T-001"], State::Changed);
    assert!(!second.states.values().any(|state| matches!(state, State::Renamed(_))));
    let name = "Book/T-001";
    assert!(second.texts[name].contains("{{DISPLAYTITLE:T-001 Thief reads the backup}}"));
    // Pages that do not show the title are as they were.
    assert_eq!(second.states["guide/01-first.md"], State::Unchanged);
}

const THREAT: &str = "Book/T-001";

/// The wiki after somebody changed the threat.
fn edited(first: &Export, change: impl Fn(&str) -> String) -> Current {
    let mut current = first.loaded();
    current.insert(THREAT.into(), change(&first.texts[THREAT]).into());
    current
}

#[test]
fn what_nobody_edited_is_written() {
    let target = media_wiki();
    let first = first(&target);
    let next = reworded("Text.", "Other text.");
    let current = first.loaded();
    let second = export(&target, &next, &after(&first, Some(&current)));
    assert!(second.edits.is_empty() && second.texts[THREAT].contains("Other text."));
    // An export that was never loaded is no edit.
    let third = export(&target, &reworded("Text.", "Last."), &after(&second, Some(&current)));
    assert!(third.edits.is_empty() && third.texts[THREAT].contains("Last."));
}

#[test]
fn an_edit_elsewhere_on_the_page_stays_and_so_does_the_books_change() {
    let target = media_wiki();
    let first = first(&target);
    let current = edited(&first, |text| format!("{text}\n\nSeen in March."));
    // The book did not change: the page stays as it is, and that is told once.
    let same = export(&target, &with(&[]), &after(&first, Some(&current)));
    assert_eq!(same.edits[0].became, Became::Kept);
    assert!(!same.texts.contains_key(THREAT) && same.carried == 1);
    let again = export(&target, &with(&[]), &after(&same, Some(&current)));
    assert!(again.edits.is_empty() && again.carried == 1);
    // The book changes as well: both stand, and go on standing.
    let next = reworded("Text.", "Other text.");
    for before in [&first, &again] {
        let both = export(&target, &next, &after(before, Some(&current)));
        let text = &both.texts[THREAT];
        assert!(text.contains("Other text.") && text.ends_with("Seen in March."), "{text}");
        let mut current = current.clone();
        current.insert(THREAT.into(), text.clone().into());
        let last = export(&target, &reworded("Text.", "Last."), &after(&both, Some(&current)));
        let text = &last.texts[THREAT];
        assert!(last.edits.is_empty(), "{:?}", last.edits);
        assert!(text.contains("Last.") && text.ends_with("Seen in March."), "{text}");
    }
}

#[test]
fn two_changes_of_one_line_wait_for_a_decision() {
    let target = media_wiki();
    let first = first(&target);
    let current = edited(&first, |text| text.replace("\nText.\n", "\nText of ours.\n"));
    let next = reworded("Text.", "Other text.");
    let held = export(&target, &next, &after(&first, Some(&current)));
    assert_eq!(held.held(), [THREAT]);
    assert!(!held.texts.contains_key(THREAT));
    assert_eq!(held.manifest.pages["T-001"], first.manifest.pages["T-001"]);
    // What the person changed is told, in words, and not what the book changed.
    let edit = &held.edits[0];
    let said = spoken(edit.before.as_deref().unwrap(), &edit.theirs);
    assert_eq!(said, ["[-Text.-] {+Text of ours.+}"]);
    let decide = |name: &str, side| How {
        decisions: Decisions { pages: [(name.to_string(), side)].into(), overwrite: false },
        ..after(&held, Some(&current))
    };
    let book = export(&target, &next, &decide("T-001", Side::Book));
    assert!(book.held().is_empty() && book.texts[THREAT].contains("Other text."));
    assert_eq!(book.manifest.pages["T-001"].since, T2);
    let wiki = export(&target, &next, &decide(THREAT, Side::Wiki));
    assert!(wiki.held().is_empty() && !wiki.texts.contains_key(THREAT));
    // What was decided once does not come again.
    let again = export(&target, &next, &after(&wiki, Some(&current)));
    assert!(again.edits.is_empty() && !again.texts.contains_key(THREAT));
}

#[test]
fn a_page_of_somebody_else_and_a_deleted_one_are_held() {
    let target = media_wiki();
    let first = first(&target);
    let current = edited(&first, |_| "Mine.".into());
    let nobody = How { current: Some(&current), ..How::default() };
    assert_eq!(export(&target, &with(&[]), &nobody).held(), [THREAT]);
    // Where all has arrived, a page that is missing was deleted by somebody.
    let mut current = first.loaded();
    current.remove(THREAT);
    let arrived = How { arrived: true, ..after(&first, Some(&current)) };
    let gone = export(&target, &with(&[]), &arrived);
    assert_eq!(gone.edits[0].became, Became::Deleted);
    let decisions =
        Decisions { pages: [("T-001".to_string(), Side::Wiki)].into(), overwrite: false };
    let kept = export(&target, &with(&[]), &How { decisions, ..arrived.clone() });
    assert!(kept.held().is_empty() && !kept.texts.contains_key(THREAT));
    let again = How { before: Some(&kept), ..arrived };
    assert!(export(&target, &with(&[]), &again).edits.is_empty());
}

#[test]
fn an_edited_page_with_a_new_name_takes_the_edit_along() {
    let target = media_wiki();
    let first = first(&target);
    let mut current = first.loaded();
    let text = format!("{}\n\nMine.", first.texts["Book/Next"]);
    current.insert("Book/Next".into(), text.into());
    let next = "---\ntitle: Onward\n---\nText.\n\n## A place\n\nMore.\n";
    let files = with(&[("content/guide/02-next.md", Some(next))]);
    let made = export(&target, &files, &after(&first, Some(&current)));
    assert!(made.held().is_empty(), "{:?}", made.edits);
    assert!(made.texts["Book/Onward"].ends_with("Mine."));
    assert_eq!(made.texts["Book/Next"], "#REDIRECT [[Book/Onward]]");
}

/// A picture of the same source keeps its file, and is not drawn again.
#[test]
fn pictures_are_called_by_what_they_show() {
    let target = media_wiki();
    let mut first = first(&target);
    let name = first.files.keys().find(|name| name.starts_with("images/")).unwrap().clone();
    first.files.insert(name.clone(), b"drawn before".to_vec());
    let second = export(&target, &reworded("Text.", "Other."), &after(&first, None));
    assert_eq!(second.files[&name], b"drawn before");
}

#[test]
fn titles_that_clash_or_hold_signs_are_told_apart_on_every_wiki() {
    let files = [
        ("book.toml", "[book]\ntitle = \"Trial\"\n"),
        ("content/index.md", "# Home\n\n[a](client/installation.md) [b](server/installation.md)\n"),
        ("content/client/installation.md", "# Installation\n\nx\n"),
        ("content/client/names.md", "# C# and rust_driver\n\nz\n"),
        ("content/server/installation.md", "# Installation\n\ny\n"),
        ("content/server/again.md", "# Installation\n\nw\n"),
        ("content/server/a-gain.md", "# \u{1f642}\n\nw\n"),
        ("content/server/a_gain.md", "# \u{1f642}\n\nv\n"),
    ];
    let (site, _) = site(&files);
    let git = |host| GitWiki::new(host, None);
    let targets: [&dyn Target; 5] = [
        &MediaWiki::new(mediawiki::Options::default()),
        &DokuWiki { namespace: "trial".into() },
        &git(Host::GitHub),
        &git(Host::GitLab),
        &Confluence::default(),
    ];
    for target in targets {
        let made = wikis::export(target, &site, &How::default());
        assert!(made.found.iter().all(|(level, _)| *level < Level::Deny), "{:?}", made.found);
        let names: Vec<&str> =
            made.manifest.pages.values().map(|entry| entry.name.as_str()).collect();
        let own = ["client/installation.md", "server/installation.md", "server/again.md"];
        let own: Vec<&str> =
            own.iter().map(|page| made.manifest.pages[*page].name.as_str()).collect();
        let folded: BTreeSet<String> = names.iter().map(|name| target.fold(name)).collect();
        assert_eq!(folded.len(), names.len(), "{}: {names:?}", target.name());
        if matches!(target.name(), "mediawiki" | "confluence") {
            assert_eq!(own[0], "Installation (Client)", "{names:?}");
            let second = own[1].to_lowercase();
            assert_eq!(second, "installation (server/installation)", "{names:?}");
            let said = format!("{:?}", made.found);
            assert!(said.contains("this one is called `Installation (Client)`"), "{said}");
        }
        if target.name() == "mediawiki" {
            let name = &made.manifest.pages["client/names.md"].name;
            assert_eq!(name, "C\u{266f} and rust driver");
            assert!(format!("{:?}", made.found).contains("a title there has no `#`"));
        }
    }
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
        &Confluence::default(),
    ];
    for target in targets {
        let made = export(target, &files, &How::default());
        let all: String =
            made.texts.iter().map(|(name, text)| format!("{name}\n{text}\n")).collect();
        for sentence in &english {
            assert!(!all.contains(sentence), "{}: {sentence}", target.name());
        }
        assert!(all.contains("auswählen auf der Website"), "{}", target.name());
    }
}

#[test]
fn a_name_that_somebody_wants_is_taken() {
    let (site, _) = site(&[
        ("book.toml", ""),
        ("content/index.md", "# Home\n"),
        ("content/server/install.md", "# Installation\n"),
        ("content/client/install.md", "# Installation\n"),
    ]);
    let mut book = wiki::Book::read(&site, None).unwrap();
    let called = |page: &str| [(page.to_string(), "Install the server".to_string())];
    book.call(&called("content/server/install.md")).unwrap();
    for (target, name) in [
        (&media_wiki() as &dyn Target, "Book/Install the server"),
        (&Confluence::default(), "Install the server"),
        (&DokuWiki { namespace: "book".into() }, "book:install-the-server"),
        (&GitWiki::new(Host::GitHub, None), "install-the-server"),
    ] {
        let (names, found) = wiki::name(&book, target, &site.config);
        assert_eq!(names.pages["server/install.html"], name);
        assert!(found.is_empty(), "{found:?}");
    }
    assert!(book.call(&called("content/nothing.md")).unwrap_err().contains("content/nothing.md"));
}
