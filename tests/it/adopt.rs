//! Pages that somebody new follows to the letter: the tutorial, and the pages that tell how a
//! company puts its own book over the lists. One new book, and what its pages were parsed to, is
//! used by all.

use crate::support::fence::{Fence, fences, title};
use crate::support::{Found, project, put};
use casebook::cli::init::{self, New};
use casebook::site::{Memo, Site};
use casebook::text::date::date;
use std::path::Path;
use std::process::Command;

fn page(path: &str) -> Vec<Fence> {
    fences(&std::fs::read_to_string(project(path)).unwrap())
}

fn check(root: &Path, memo: &mut Memo) -> (Site, Found) {
    let (site, mut found) = Site::open(root, memo).unwrap();
    found.extend(site.expired(date("2026-12-01").unwrap()));
    (site, found)
}

/// A model while somebody follows the tutorial.
struct Model(String);

impl Model {
    /// The first fence of a name: from its first line to its last.
    fn fence(&self, name: &str) -> std::ops::Range<usize> {
        let open = format!("```{name}");
        let start = self.0.find(&open).unwrap_or_else(|| panic!("no {name} in\n{}", self.0));
        let end = self.0[start + 3..].find("\n```").unwrap() + start + 3 + "\n```".len();
        start..end
    }

    /// Puts a piece where the page says it belongs.
    fn paste(&mut self, piece: &str) {
        if piece.starts_with("---\n") {
            let end = self.0[3..].find("\n---\n").unwrap() + 3 + "\n---\n".len();
            self.0.replace_range(..end, piece);
        } else if piece.contains("```") {
            for inner in piece.split("\n\n").filter(|part| part.starts_with("```")) {
                let name = inner[3..].split_whitespace().next().unwrap();
                let place = self.fence(name);
                self.0.replace_range(place, inner.trim_end());
            }
        } else {
            let name = if piece.starts_with("- ") { "requirements" } else { "mermaid" };
            let end = self.fence(name).end - "```".len();
            self.0.insert_str(end, piece);
        }
    }
}

/// What the page says that the check says: findings, or that there are none.
fn says(found: &Found, wanted: &str) {
    let told: Vec<String> = found
        .iter()
        .map(|(level, d)| {
            let level = if level.name() == "deny" { "error" } else { "warning" };
            format!("{level}[{}]: {}", d.code, d.message)
        })
        .collect();
    let lines: Vec<&str> = wanted.lines().filter(|line| *line != "...").collect();
    match lines.as_slice() {
        ["... pages, nothing to report"] => assert_eq!(told, [""; 0]),
        lines => assert_eq!(told, lines),
    }
}

#[test]
fn pages_are_followed_to_the_letter() {
    let mut memo = Memo::default();
    tutorial(&mut memo);
    for page in [
        "content/how-to/adopt-casebook-in-a-company.md",
        "content/how-to/adapt-the-catalogues.md",
        "content/how-to/put-your-models-beside-the-examples.md",
        "content/how-to/bring-an-existing-list.md",
        "content/how-to/curate-the-lists.md",
        "content/casebook/06-libraries.md",
    ] {
        how_to(page, &mut memo);
    }
}

fn tutorial(memo: &mut Memo) {
    const FILE: &str = "content/models/invite-a-colleague/index.md";
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    init::run(root, &New::default()).unwrap();
    let file = root.join(FILE);
    let (mut checks, mut pieces) = (0, 0);
    for fence in page("content/training/first-model.md") {
        if title(&fence) == Some(FILE) {
            let mut model = Model(std::fs::read_to_string(&file).unwrap());
            model.paste(&fence.text);
            put(&file, model.0);
            pieces += 1;
        }
        if fence.info != "console" {
            continue;
        }
        let (command, said) = fence.text.split_once('\n').unwrap();
        match command {
            "$ casebook check" => {
                says(&check(root, memo).1, said);
                checks += 1;
            }
            command => {
                let words = command.strip_prefix("$ casebook ").unwrap();
                assert_eq!(casebook(root, words), said, "{command}");
                let picked = root.join("content/models/picked/index.md");
                if let Ok(text) = std::fs::read_to_string(&picked) {
                    let picked_model = Model(text);
                    let mut model = Model(std::fs::read_to_string(&file).unwrap());
                    for block in ["threats", "requirements"] {
                        model.paste(&picked_model.0[picked_model.fence(block)]);
                    }
                    put(&file, model.0);
                    std::fs::remove_file(picked).unwrap();
                }
            }
        }
    }
    assert!(checks >= 8 && pieces >= 9, "{checks} checks, {pieces} pieces");
}

/// Runs a command line; quotes keep blanks.
fn casebook(root: &Path, line: &str) -> String {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(number, part)| match number % 2 {
        1 => vec![part],
        _ => part.split_whitespace().collect(),
    });
    let mut command = Command::new(env!("CARGO_BIN_EXE_casebook"));
    let output = command.args(words).current_dir(root).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    said.replace("./", "")
}

/// Every file that a page shows lies over the lists without a finding.
fn how_to(path: &str, memo: &mut Memo) {
    let fences = page(path);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let builtin = "[[library]]\nname = \"casebook\"\nsource = \"builtin\"\n";
    let mut settings = 0;
    let mut own = String::new();
    for fence in &fences {
        match title(fence) {
            Some("book.toml") => {
                let (_, found) = casebook::book::config::Config::parse(&fence.text, "content");
                assert_eq!(found, [], "{path}");
                settings += 1;
                // The first one is the book that the page is about.
                let others = fence.text.contains("libraries/");
                if own.is_empty() && !others {
                    own = fence.text.clone();
                }
            }
            Some(file) if file.starts_with("content/") || file.starts_with("overlay/") => {
                put(&root.join(file), &fence.text);
            }
            _ => {}
        }
    }
    if !own.contains("builtin") {
        own += builtin;
    }
    put(&root.join("book.toml"), own);
    put(&root.join("content/index.md"), "# Home\n");
    let (site, found) = check(root, memo);
    assert_eq!(found, [], "{path}");
    assert!(settings > 0 || path.ends_with("curate-the-lists.md"), "{path}");
    let has = |id: &str| site.graph.find(id).is_some();
    match path.rsplit('/').next().unwrap() {
        "adopt-casebook-in-a-company.md" => {
            assert!(has("T-TIDE-001") && !has("T-RTC-001"));
            let entry = site.graph.find("T-AUTH-001").unwrap();
            assert_eq!(site.graph.article(entry).meta.severity.as_deref(), Some("critical"));
        }
        "bring-an-existing-list.md" => {
            assert_eq!(site.graph.find("TM-012"), site.graph.find("T-AUTH-001"));
            assert!(has("HR4.2"));
        }
        "put-your-models-beside-the-examples.md" => assert!(site.models.latest().is_empty()),
        _ => {}
    }
}
