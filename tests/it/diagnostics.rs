//! What Casebook says about mistakes. Each file in `tests/diagnostics` is a book in one
//! text, and what is expected stands below the line that it is about:
//!
//! ```text
//! === content/a.md
//! ---
//! tilte: A page
//! ^^^^^ warn[unknown-key]: unknown key `tilte`
//!       = did you mean `title`?
//! ---
//! ```
//!
//! The carets mark the columns. A line with `=` is the help, one with `+` is another
//! place. A header may end in `(latin-1)`, for a file of that encoding, or in `-> path`,
//! for a symbolic link. A file `export` makes it an export to MediaWiki. `results.xml` holds the results of tests. What has no line in these files stands under `=== found`.
//!
//! `UPDATE_EXPECTED=1 cargo test --test it diagnostics` writes the lines anew.

use crate::support;

use casebook::model::evidence::Results;
use casebook::out::wiki::{self, Book, MediaWiki};
use casebook::site::{Memo, Readers, Site, theme_diagnostic};
use casebook::text::diagnostic::{CODES, Code, Diagnostic, Format, Level, render};
use casebook::text::span::{Place, line_column};
use std::collections::BTreeSet;
use std::path::Path;
use support::expected::compare;
use support::{Found, files_below, project, put, site};

/// A book in one text.
struct Case {
    /// The header and the lines of each file, without expectations.
    files: Vec<(String, Vec<String>)>,
}

/// Whether a line holds an expectation.
fn is_expectation(line: &str) -> bool {
    let rest = line.trim_start();
    let mark = rest.trim_start_matches('^');
    let caret = rest.len() > mark.len()
        && [" allow[", " warn[", " deny["].iter().any(|level| mark.starts_with(level));
    caret
        || ["      = ", "      + "]
            .iter()
            .any(|lead| line.contains(lead) && rest.starts_with(&lead[6..]))
}

impl Case {
    fn parse(text: &str) -> Case {
        let mut files: Vec<(String, Vec<String>)> = Vec::new();
        for line in text.lines() {
            match (line.strip_prefix("=== "), files.last_mut()) {
                (Some(header), _) => files.push((header.to_string(), Vec::new())),
                (None, Some((_, lines))) if !is_expectation(line) => lines.push(line.to_string()),
                _ => {}
            }
        }
        files.retain(|(header, _)| header != "found");
        Case { files }
    }

    /// Writes the book to a folder.
    fn write(&self, folder: &Path) {
        for (header, lines) in &self.files {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            if let Some((path, target)) = header.split_once(" -> ") {
                std::os::unix::fs::symlink(target, folder.join(path)).unwrap();
            } else if let Some(path) = header.strip_suffix(" (latin-1)") {
                let bytes: Vec<u8> = text.chars().map(|c| c as u8).collect();
                put(&folder.join(path), bytes);
            } else {
                put(&folder.join(header), text);
            }
        }
    }

    /// The text of the case with what is found in it.
    fn annotate(&self, found: &Found) -> String {
        let mut out = String::new();
        let mut told = BTreeSet::new();
        for (header, lines) in &self.files {
            out.push_str(&format!("=== {header}\n"));
            let path = header.split([' ']).next().unwrap();
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let here: Vec<(usize, usize, usize)> = found
                .iter()
                .enumerate()
                .filter_map(|(i, (_, d))| {
                    let place = d.place.as_ref().filter(|place| *place.file == *path)?;
                    let (line, column) = line_column(&text, place.start);
                    (line <= lines.len()).then_some((line, column, i))
                })
                .collect();
            for (number, line) in lines.iter().enumerate() {
                out.push_str(&format!("{line}\n"));
                for (_, column, i) in here.iter().filter(|(l, ..)| *l == number + 1) {
                    told.insert(*i);
                    let (level, d) = &found[*i];
                    let place = d.place.as_ref().unwrap();
                    let end = place.end.min(text.len());
                    let marked = text.get(place.start..end).unwrap_or("");
                    let width = marked.lines().next().unwrap_or("").chars().count();
                    let lead = format!("{}{}", " ".repeat(column - 1), "^".repeat(width.max(1)));
                    out.push_str(&self.tell(&lead, *level, d));
                }
            }
        }
        let rest: Vec<&(Level, Diagnostic)> =
            (0..found.len()).filter(|i| !told.contains(i)).map(|i| &found[i]).collect();
        if !rest.is_empty() {
            out.push_str("=== found\n");
        }
        for (level, d) in rest {
            out.push_str(&self.tell("^", *level, d));
        }
        out
    }

    fn tell(&self, lead: &str, level: Level, d: &Diagnostic) -> String {
        let mut out = format!("{lead} {}[{}]: {}\n", level.name(), d.code, d.message);
        let indent = " ".repeat(lead.find('^').unwrap_or(0) + 6);
        for (place, label) in &d.also {
            let (line, column) = self.line_column(place);
            out.push_str(&format!("{indent}+ {}:{line}:{column} {label}\n", place.file));
        }
        for line in d.help.iter().flat_map(|help| help.lines()) {
            out.push_str(&format!("{indent}= {line}\n"));
        }
        out
    }

    fn line_column(&self, place: &Place) -> (usize, usize) {
        let lines = self.files.iter().find(|(path, _)| **path == *place.file).map(|(_, l)| l);
        let text: String = lines.into_iter().flatten().map(|line| format!("{line}\n")).collect();
        line_column(&text, place.start)
    }
}

/// What is found in a book on disk, mistakes of templates that show up only when a page
/// is rendered included.
fn findings(folder: &Path) -> Found {
    let mut results = Results::default();
    if let Ok(report) = std::fs::read(folder.join("results.xml")) {
        results.read("results.xml", &report).unwrap();
    }
    let (site, mut found) =
        Site::open_with(folder, &results, Readers::default(), &mut Memo::default()).unwrap();
    found.extend(site.expired(casebook::text::date::date("2026-12-01").unwrap()));
    for url in site.addresses() {
        if let Err(error) = site.render(&url) {
            found.push((Level::Deny, theme_diagnostic(&site.config, &error)));
            break;
        }
    }
    if folder.join("export").exists() {
        let book = Book::read(&site, None).unwrap();
        found.extend(wiki::name(&book, &MediaWiki::default(), &site.config).1);
    }
    found
}

#[test]
fn mistakes_are_told_where_they_are() {
    let folder = project("tests/diagnostics");
    let mut seen: BTreeSet<Code> = BTreeSet::new();
    let mut wrong = Vec::new();
    for name in files_below(&folder) {
        let path = folder.join(&name);
        let case = Case::parse(&std::fs::read_to_string(&path).unwrap());
        let book = tempfile::tempdir().unwrap();
        case.write(book.path());
        let found = findings(book.path());
        seen.extend(found.iter().map(|(_, d)| d.code));
        wrong.extend(compare(&path, &case.annotate(&found)).err());
        let own = Code::parse(name.trim_end_matches(".book"));
        if let Some(code) = own.filter(|code| !found.iter().any(|(_, d)| d.code == *code)) {
            wrong.push(format!("{name} does not show `{code}`\n"));
        }
    }
    for code in CODES.iter().filter(|code| !seen.contains(code)) {
        wrong.push(format!("no case shows `{code}`\n"));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

const BOOK: &[(&str, &str)] = &[
    ("content/index.md", "# Home\n\nNo [page](pgae.md), and [[T-404]].\n"),
    ("content/page.md", "---\ntitle: \"Ünd\"\ntasg: [a]\n---\n"),
    ("content/threats/T-001.md", "---\nid: T-001\ntitle: One\n---\n"),
    ("content/threats/other.md", "---\nid: T-001\ntitle: Two\n---\n"),
];

#[test]
fn reports_come_in_four_formats() {
    let (site, found) = site(BOOK);
    let texts = |file: &str| site.text(file);
    let folder = project("tests/reports");
    let mut wrong = Vec::new();
    for (format, name) in [
        (Format::Text, "report.txt"),
        (Format::Json, "report.json"),
        (Format::Sarif, "report.sarif"),
        (Format::Github, "report.github"),
    ] {
        let mut report = render(&found, &texts, format, false);
        if format == Format::Sarif {
            // The rules are the table of codes; the results are what is compared.
            let mut sarif: serde_json::Value = serde_json::from_str(&report).unwrap();
            let driver = &mut sarif["runs"][0]["tool"]["driver"];
            let rules = driver["rules"].take();
            driver["version"] = "".into();
            assert_eq!(rules.as_array().unwrap().len(), CODES.len());
            report = serde_json::to_string_pretty(&sarif).unwrap() + "\n";
        }
        wrong.extend(compare(&folder.join(name), &report).err());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn book_toml_sets_levels() {
    let levels = "[levels]\ndangling-id = \"allow\"\ndangling-link = \"deny\"\n\
                  duplicate-id = \"warn\"\n";
    let mut files = vec![("book.toml", levels)];
    files.extend_from_slice(BOOK);
    let (_, found) = site(&files);
    let found: Vec<(Level, &str)> = found.iter().map(|(l, d)| (*l, d.code.name())).collect();
    assert_eq!(
        found,
        [
            (Level::Deny, "dangling-link"),
            (Level::Warn, "unknown-key"),
            (Level::Warn, "duplicate-id"),
        ]
    );
}

/// Checks a book by the program itself.
fn check(book: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = assert_cmd::Command::cargo_bin("casebook").unwrap();
    let output = command.arg("check").arg(book).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_exit_code_tells_whether_a_build_would_stop() {
    let book = tempfile::tempdir().unwrap();
    put(&book.path().join("content/index.md"), "# Home\n\n[x](y.md)\n");
    let (code, text) = check(book.path(), &[]);
    assert!(code == Some(0) && text.ends_with("1 pages, 0 errors, 1 warning\n"), "{text}");
    assert_eq!(check(book.path(), &["--strict"]).0, Some(1));
    let (code, text) = check(book.path(), &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, json["warnings"].as_u64()), (Some(0), Some(1)));
    assert_eq!(check(&book.path().join("none"), &[]).0, Some(2));
}

/// Checks a book by the program itself, from a folder.
fn check_from(folder: &Path, arguments: &[&str]) -> String {
    let mut command = assert_cmd::Command::cargo_bin("casebook").unwrap();
    let output = command.current_dir(folder).arg("check").args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn paths_in_reports_lead_from_where_they_are_read() {
    let repository = tempfile::tempdir().unwrap();
    let root = repository.path();
    put(&root.join("docs/wiki/content/index.md"), "# Home\n\n[x](y.md)\n");
    std::fs::create_dir(root.join(".git")).unwrap();
    let book = root.join("docs/wiki");
    // Machines read from the root of the repository, wherever the command runs.
    for (folder, dir) in [(root, "docs/wiki"), (&book, "."), (&root.join("docs"), "./wiki/")] {
        let github = check_from(folder, &[dir, "--format", "github"]);
        assert!(github.contains("file=docs/wiki/content/index.md,line=3"), "{github}");
        let sarif = check_from(folder, &[dir, "--format", "sarif"]);
        assert!(sarif.contains("\"uri\": \"docs/wiki/content/index.md\""), "{sarif}");
        let json = check_from(folder, &[dir, "--format", "json"]);
        assert!(json.contains("\"docs/wiki/content/index.md\"") && json.contains("[x](y.md)"));
    }
    // A terminal opens paths from where it is.
    let text = |folder: &Path, dir: &str| check_from(folder, &[dir]);
    assert!(text(root, "docs/wiki").contains("--> docs/wiki/content/index.md:3:1"));
    assert!(text(&book, ".").contains("--> content/index.md:3:1"));
    assert!(text(&root.join("docs/wiki/content"), "..").contains("--> ../content/index.md:3:1"));
    // Or from the folder that is named.
    for format in ["text", "github", "json"] {
        let named = check_from(&book, &[".", "--root", "..", "--format", format]);
        assert!(named.contains("wiki/content/index.md"), "{named}");
        assert!(!named.contains("docs/wiki/content"), "{named}");
    }
    let mut command = assert_cmd::Command::cargo_bin("casebook").unwrap();
    command.current_dir(&book).args(["check", ".", "--root", "content"]).assert().code(2);
    // Without a repository they do so for machines too.
    std::fs::remove_dir(root.join(".git")).unwrap();
    let github = check_from(&root.join("docs"), &["wiki", "--format", "github"]);
    assert!(github.contains("file=wiki/content/index.md,line=3"), "{github}");
    let github = check_from(&book, &[".", "--format", "github"]);
    assert!(github.contains("file=content/index.md,line=3"), "{github}");
}

#[test]
fn a_long_report_shows_ten_of_each_kind() {
    let book = tempfile::tempdir().unwrap();
    let keys: String = (0..25).map(|i| format!("zz{i}q: 1\n")).collect();
    let text = format!("---\ntitle: T\n{keys}---\n\n[x](y.md) [x](z.md)\n");
    put(&book.path().join("content/index.md"), text);
    let out = check(book.path(), &[]).1;
    assert_eq!(out.matches("unknown key").count(), 10, "{out}");
    assert!(out.contains("25 unknown-key (15 not shown; `--all` shows them)\n 2 dangling-link\n"));
    assert!(out.ends_with("1 pages, 0 errors, 27 warnings\n"), "{out}");
    assert!(!out.contains("applies-to"), "the list of keys is not printed each time: {out}");
    let all = check(book.path(), &["--all"]).1;
    assert_eq!(all.matches("warning[unknown-key]").count(), 25, "{all}");
    let json = check(book.path(), &["--format", "json"]).1;
    assert_eq!(json.matches("\"unknown-key\"").count(), 25);
}

#[test]
fn settings_that_are_no_text_are_told_with_their_place() {
    let book = tempfile::tempdir().unwrap();
    put(&book.path().join("content/index.md"), "# Home\n");
    put(&book.path().join("book.toml"), b"[book]\ntitle = \"caf\xe9\"\n");
    let mut command = assert_cmd::Command::cargo_bin("casebook").unwrap();
    let output = command.arg("check").arg(book.path()).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("book.toml:2:13: this is no UTF-8"), "{error}");
}

#[test]
fn a_build_can_leave_out_what_has_errors() {
    let book = tempfile::tempdir().unwrap();
    let file = |path: &str| book.path().join(path);
    put(&file("content/index.md"), "# Home\n\n[bad](guide/bad.md) [latin](latin.md)\n");
    put(&file("content/guide/bad.md"), "# Bad\n\n[[T-NO-001]] and words of it\n");
    put(&file("content/guide/good.md"), "# Good\n");
    put(&file("content/guide/more.md"), "# More\n");
    put(&file("content/latin.md"), b"# L\xe4tin\n");
    let build = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("casebook").unwrap();
        command
            .current_dir(book.path())
            .arg("build")
            .args(arguments)
            .output()
            .unwrap()
            .status
            .code()
    };
    assert_eq!(build(&[]), Some(1));
    assert!(!file("site").exists());
    assert_eq!(build(&["--keep-going", "--quiet"]), Some(1));
    let page = |path: &str| std::fs::read_to_string(file("site").join(path)).unwrap();
    for (path, message) in [
        ("guide/bad.html", "there is no entry `T-NO-001`"),
        ("guide/bad.html", "content/guide/bad.md:3:3"),
        ("latin.html", "it is not UTF-8 text"),
        ("index.html", "href=\"guide/bad.html\""),
    ] {
        assert!(page(path).contains(message), "{path}: {message}");
    }
    assert!(!page("guide/print.html").contains("words of it"));
    assert!(!page("guide/bad.html").contains("words of it"));
    // What is wrong with the book as a whole stops it as before.
    put(&file("book.toml"), "[book\n");
    put(&file("content/guide/good.md"), "# Better\n");
    assert_eq!(build(&["--keep-going", "--quiet"]), Some(1));
    assert!(page("guide/good.html").contains("Good"));
}
