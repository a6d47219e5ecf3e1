//! Fixture books: a folder `tests/books/NAME` is a book, and its `expected` folder holds
//! every address of its site, rendered with a plain theme, and what is found in it.
//!
//! `UPDATE_EXPECTED=1 cargo test --test it books` rewrites the expected files.

use crate::support;

use casebook::site::plan::{Route, Script};
use casebook::site::{Memo, Readers, Site};
use casebook::text::diagnostic::{Format, render};
use std::collections::BTreeSet;
use std::path::PathBuf;
use support::expected::{compare, updating};
use support::{Found, files_below, page, project, put};

/// A fixture book and its site.
struct Fixture {
    expected: PathBuf,
    site: Site,
    found: Found,
    _folder: tempfile::TempDir,
}

impl Fixture {
    /// Opens a book from a copy. It gets the plain theme unless it has one of its own.
    fn open(name: &str) -> Fixture {
        Fixture::with(name, |bytes| bytes)
    }

    /// As [`Fixture::open`], each file changed first.
    fn with(name: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> Fixture {
        let book = project("tests/books").join(name);
        let folder = tempfile::tempdir().unwrap();
        let plain = project("tests/it/support/plain");
        for path in files_below(&plain).iter().filter(|_| !book.join("theme").exists()) {
            put(&folder.path().join("theme").join(path), std::fs::read(plain.join(path)).unwrap());
        }
        for path in files_below(&book).iter().filter(|path| !path.starts_with("expected/")) {
            put(&folder.path().join(path), change(std::fs::read(book.join(path)).unwrap()));
        }
        let (site, found) = Site::open(folder.path(), &mut Memo::default()).unwrap();
        Fixture { expected: book.join("expected"), site, found, _folder: folder }
    }

    /// Compares every page and every finding with the expected files.
    fn matches_expected(self) -> Fixture {
        let mut files: Vec<(String, String)> = Vec::new();
        for (url, route) in &self.site.plan.routes {
            match route {
                // The same in every book.
                Route::Diagnostics | Route::Schema | Route::Script(Script::Skeleton) => {}
                // Tested where it is read.
                Route::Data => {}
                Route::File(_) => files.push((format!("{url}.file"), String::new())),
                _ => files.push((url.clone(), page(&self.site, url))),
            }
        }
        if !self.found.is_empty() {
            let texts = |file: &str| self.site.text(file);
            let text = render(&self.found, &texts, Format::Text, false);
            files.push(("findings.txt".into(), text));
        }
        let mut wrong: Vec<String> = files
            .iter()
            .filter_map(|(path, text)| compare(&self.expected.join(path), text).err())
            .collect();
        let known: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        for stale in files_below(&self.expected).iter().filter(|p| !known.contains(p.as_str())) {
            match updating() {
                true => std::fs::remove_file(self.expected.join(stale)).unwrap(),
                false => wrong.push(format!("nothing is made for expected/{stale}\n")),
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
        self
    }

    /// Nothing is wrong with the book.
    fn has_no_findings(self) -> Fixture {
        let texts = |file: &str| self.site.text(file);
        assert!(self.found.is_empty(), "{}", render(&self.found, &texts, Format::Text, false));
        self
    }

    /// A page holds each of these texts.
    fn shows(self, url: &str, parts: &[&str]) -> Fixture {
        let text = page(&self.site, url);
        for part in parts {
            assert!(text.contains(part), "`{part}` is not in {url}:\n{text}");
        }
        self
    }

    /// A page holds none of these texts.
    fn hides(self, url: &str, parts: &[&str]) -> Fixture {
        let text = page(&self.site, url);
        for part in parts {
            assert!(!text.contains(part), "`{part}` is in {url}:\n{text}");
        }
        self
    }
}

#[test]
fn entries_refer_to_each_other() {
    Fixture::open("entries")
        .matches_expected()
        .has_no_findings()
        .shows("threats/t-web-001.html", &["entry: threat T-WEB-001", "Mentioned in"])
        .shows("threats/t-0001.html", &["(t-web-001.html)"]);
}

#[test]
fn books_of_mdbook_are_built_as_they_are() {
    Fixture::open("mdbook").matches_expected();
}

#[test]
fn pages_stand_in_order() {
    Fixture::open("order").matches_expected().has_no_findings();
}

#[test]
fn kinds_and_roles_are_declared() {
    Fixture::open("kinds").matches_expected().has_no_findings();
}

#[test]
fn front_matter_may_be_toml() {
    Fixture::open("toml").matches_expected().has_no_findings();
}

#[test]
fn text_may_run_from_right_to_left() {
    Fixture::open("rtl").matches_expected().has_no_findings();
}

#[test]
fn a_template_extends_the_one_it_replaces() {
    Fixture::open("theme")
        .has_no_findings()
        .shows("guide/one.html", &["<p class=\"mine\">Before One</p>", "<p>Text.</p>", "<!doctype"])
        .shows("assets/casebook.css", &["teal"])
        .shows("assets/own/extra.css", &["margin"])
        .hides("index.html", &["class=\"mine\""]);
}

#[test]
fn line_ends_change_nothing() {
    let windows = |bytes: Vec<u8>| match String::from_utf8(bytes) {
        Ok(text) => text.replace('\n', "\r\n").into_bytes(),
        Err(error) => error.into_bytes(),
    };
    for name in ["entries", "mdbook", "kinds", "toml"] {
        let (unix, windows) = (Fixture::open(name), Fixture::with(name, windows));
        // Places differ by the line ends before them.
        let said = |fixture: &Fixture| -> Vec<_> {
            let found = fixture.found.iter();
            found.map(|(level, found)| (*level, found.code, found.message.clone())).collect()
        };
        assert_eq!(said(&unix), said(&windows), "{name}");
        for url in unix.site.addresses().iter().filter(|url| url.ends_with(".html")) {
            let other = page(&windows.site, url).replace('\r', "");
            assert_eq!(page(&unix.site, url), other, "{name}: {url}");
        }
    }
}

#[test]
fn drafts_are_nowhere_but_where_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| support::put(&folder.path().join(path), text);
    put("content/index.md", "# Home\n\n[the *plan*](plan.md) and [[T-DRAFTY-001]]\n");
    put(
        "content/plan.md",
        "---\ntitle: Secretplan\ndraft: true\ntags: [secretplan]\n---\nSecretplan\n",
    );
    put("content/guide/_drafts/x.md", "# Secretplan two\n");
    put("content/guide/_drafts/x.png", "secretplan");
    put("content/guide/a.md", "# A\n");
    let threat = "---\nid: T-DRAFTY-001\ntitle: Secretplan\ndraft: true\nchanges:\n- date: 2026-01-01\n  what: Secretplan\n---\n";
    put("content/threats/T-DRAFTY-001.md", threat);
    let open = |drafts| {
        Site::open_with(
            folder.path(),
            &Default::default(),
            Readers { drafts, audience: None },
            &mut Memo::default(),
        )
        .unwrap()
    };
    let (site, found) = open(false);
    assert_eq!(found.iter().map(|(_, f)| f.code.name()).collect::<Vec<_>>(), ["draft-link"; 2]);
    for (url, bytes) in support::everything(&site) {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains("secretplan"), "{url}");
    }
    assert!(site.documents().iter().all(|page| page.title != "Secretplan"));
    assert!(support::page(&site, "index.html").contains("the <em>plan</em></span>"));
    let (site, found) = open(true);
    assert!(found.is_empty(), "{found:?}");
    for url in ["plan.html", "guide/_drafts/x.html", "threats/t-drafty-001.html"] {
        assert!(support::page(&site, url).contains("<p class=\"draft\">"), "{url}");
    }
    assert!(!support::page(&site, "guide/a.html").contains("class=\"draft\""));
}
