//! The documentation of Casebook is right: what the code knows is written from the code, and
//! every example runs.
//!
//! `UPDATE_EXPECTED=1 cargo test --test it docs` writes the pages of the reference.

use crate::support;

use casebook::book::config::{CONFIG_KEYS, Config};
use casebook::book::page::{BlockKind, FORMS, Here, META_KEYS, Takes};
use casebook::text::diagnostic::Level;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use support::fence::{Fence, fences, title};
use support::{files_below, project, put, site};

const FOLDER: &str = "content/casebook";

fn pages() -> Vec<(String, Vec<Fence>)> {
    let files = files_below(&project(FOLDER)).into_iter().filter(|path| path.ends_with(".md"));
    files
        .map(|path| {
            let text = std::fs::read_to_string(project(FOLDER).join(&path)).unwrap();
            (path, fences(&text))
        })
        .collect()
}

#[test]
fn commands_do_what_the_pages_say() {
    let mut ran = 0;
    for (page, fences) in pages() {
        let folder = tempfile::tempdir().unwrap();
        let mut place = folder.path().to_path_buf();
        for fence in fences.iter().filter(|fence| fence.info == "console") {
            let mut output = String::new();
            for line in fence.text.lines() {
                let Some(command) = line.strip_prefix("$ ") else {
                    let wanted = line.trim_end_matches("...").trim_start_matches("...").trim();
                    assert!(output.contains(wanted), "{page}: `{wanted}` is not in\n{output}");
                    continue;
                };
                let words = words(command);
                if words[0] == "cd" {
                    place = place.join(&words[1]);
                    continue;
                }
                assert_eq!(words[0], "casebook", "{page}: {command}");
                output = run(&place, &words[1..]);
                ran += 1;
            }
        }
    }
    assert!(ran > 5, "{ran} commands");
}

/// The words of a command line; quotes keep blanks.
fn words(command: &str) -> Vec<String> {
    let parts = command.split('"').enumerate();
    let split = |(number, part): (usize, &str)| match number % 2 {
        1 => vec![part.to_string()],
        _ => part.split_whitespace().map(str::to_string).collect(),
    };
    parts.flat_map(split).collect()
}

fn run(place: &Path, arguments: &[String]) -> String {
    let done =
        Command::new(env!("CARGO_BIN_EXE_casebook")).args(arguments).current_dir(place).output();
    let done = done.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let all = text(&done.stdout) + &text(&done.stderr);
    assert!(done.status.success(), "casebook {arguments:?}\n{all}");
    all
}

#[test]
fn settings_are_understood() {
    let mut read = 0;
    for (page, fences) in pages() {
        for fence in fences.iter().filter(|fence| title(fence) == Some("book.toml")) {
            let (_, found) = Config::parse(&fence.text, "content");
            assert!(found.is_empty(), "{page}: {found:?}");
            read += 1;
        }
    }
    assert!(read >= 3, "{read} settings");
}

#[test]
fn pages_templates_and_texts_build() {
    let mut built = 0;
    for (page, fences) in pages() {
        let files: Vec<(&str, &str)> = fences
            .iter()
            .filter_map(|fence| Some((title(fence)?, fence.text.as_str())))
            .filter(|(path, _)| path.starts_with("content/") || path.starts_with("theme/"))
            .collect();
        if files.is_empty() {
            continue;
        }
        let mut book: BTreeMap<&str, &str> = BTreeMap::from([
            (
                "book.toml",
                "[languages]\nde = \"Deutsch\"\nnl = \"Nederlands\"\n[levels]\nmissing-text = \"allow\"\n",
            ),
            ("content/index.md", "# Home\n"),
            ("content/guide/02-more.md", "# More\n"),
            ("content/guide/01-start.md", "# Start\n"),
            ("content/guide/plan.svg", "<svg viewBox=\"0 0 4 3\"></svg>"),
            ("content/threats/T-001.md", "---\nid: T-001\ntitle: Theft\n---\n"),
        ]);
        book.extend(files.iter().copied());
        let book: Vec<(&str, &str)> = book.into_iter().collect();
        let (site, found) = site(&book);
        let bad: Vec<_> = found.iter().filter(|(level, _)| *level != Level::Allow).collect();
        assert!(bad.is_empty(), "{page}: {bad:?}");
        for url in site.addresses() {
            assert!(site.render(&url).is_ok(), "{page}: {url}");
        }
        built += files.len();
    }
    assert!(built >= 8, "{built} files");
}

/// Text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn head(title: &str, about: &str) -> String {
    format!(
        "---\ntitle: {title}\ndescription: {about}\n---\n\n<!-- Written by `UPDATE_EXPECTED=1 cargo \
         test --test it docs` from the code. -->\n\n"
    )
}

fn settings() -> String {
    let mut out = head("Settings", "Every key of book.toml.");
    out += "`book.toml` stands at the root of the book. Every key is optional. mdBook's keys of the \
            same name mean the same, and its other tables are left alone.\n";
    let mut table = "";
    for key in CONFIG_KEYS {
        if key.table != table {
            table = key.table;
            let _ = write!(
                out,
                "\n## `[{table}]`\n\n| key | takes | default | what it does |\n| --- | --- | --- | --- |\n"
            );
        }
        let default = match key.default {
            "" => String::new(),
            default => format!("`{}`", cell(default)),
        };
        let _ = writeln!(
            out,
            "| `{}` | {} | {default} | {} |",
            key.key,
            cell(key.takes),
            cell(key.about)
        );
    }
    out
}

fn front_matter() -> String {
    let mut out = head("Front matter", "Every key at the head of a page.");
    out += "Front matter is YAML between two `---` lines, or TOML between `+++` lines, at the head of a \
            file. Keys that begin with `x-` are yours and are left alone.\n\n| key | takes | what it \
            says |\n| --- | --- | --- |\n";
    for key in META_KEYS {
        let _ = writeln!(out, "| `{}` | {} | {} |", key.key, cell(key.takes), cell(key.about));
    }
    out += "\n## Links to other entries\n\nEach of these keys is a list of IDs. `[roles]` in `book.toml` \
            adds more.\n\n| key | on this page | on the page it names |\n| --- | --- | --- |\n";
    for role in Config::default().roles.keys() {
        let _ = writeln!(out, "| `{}` | {} | {} |", role.name, role.label, role.inverse);
    }
    out += "\n## Kinds of entries\n\nThe folder of a file, or the prefix of its ID, tells its kind. \
            `[kinds]` in `book.toml` adds more.\n\n| kind | folder | prefix | catalogue |\n| --- | --- | \
            --- | --- |\n";
    for kind in Config::default().kinds.iter() {
        let catalogue = if kind.catalogue { "yes" } else { "no" };
        let _ = writeln!(
            out,
            "| `{}` | `{}/` | `{}-` | {catalogue} |",
            kind.name, kind.folder, kind.prefix
        );
    }
    out
}

fn blocks() -> String {
    let mut out = head("Blocks", "The keys of the structured blocks of models.");
    out += "A block is a fence with the name of the block after its backticks and a YAML list in it. \
            Items take `use` (the ID of an entry) or `id` and `title` (something only this model \
            has), and the keys below.\n";
    let kinds = [
        (
            BlockKind::Threats,
            "What can go wrong, and what is done about it. `risk:` holds a level, a vector or answers, as the risk framework asks.",
        ),
        (BlockKind::Requirements, "What has to be done, and how far it is."),
        (BlockKind::Assumptions, "What is taken to be true."),
        (BlockKind::Reviews, "Who looked at the model, when, and with which outcome."),
        (
            BlockKind::List,
            "A table of entries that match: values of one key are alternatives, several keys narrow the choice.",
        ),
    ];
    for (kind, about) in kinds {
        let _ = write!(
            out,
            "\n## `{}`\n\n{about}\n\n| key | over the column | accepted words |\n| --- | --- | --- |\n",
            kind.name()
        );
        for column in kind.columns() {
            let words: Vec<String> =
                column.words().iter().map(|word| format!("`{word}`")).collect();
            let words = match (column.takes, words.is_empty()) {
                (Takes::Day, _) => "a date such as `2026-05-01`".into(),
                (_, true) => "any".into(),
                (_, false) => words.join(", "),
            };
            let _ = writeln!(out, "| `{}` | {} | {words} |", column.key.word(), column.title);
        }
    }
    out
}

fn coming_from() -> String {
    let mut out = head(
        "Coming from another program",
        "What becomes of pages that were written for other programs.",
    );
    out += "Bring the Markdown files as they are, and let `casebook check` tell what it does not \
            know. Front matter of other programs is read: `draft`, `published` and `publish` say \
            whether a page is out, addresses in `aliases` redirect, and other keys are told. \
            `README.md` and `_index.md` are the first page of their folder. A folder `docs` or `src` becomes the source folder by `src` in `book.toml`.\n\nOf each \
            form below, what has a clear meaning is read as its author meant it. What is shown as \
            text is told once per book, with what to write instead. In code nothing is touched, and \
            a backslash before a form makes it text.\n\n## What is read\n\n| form | of | here |\n\
            | --- | --- | --- |\n";
    let code = |text: &str| match text.contains('`') {
        true => format!("```` {} ````", cell(text)),
        false => format!("`{}`", cell(text)),
    };
    for form in FORMS {
        if let Here::Read(meaning) = form.here {
            let _ = writeln!(out, "| {} | {} | {} |", code(form.looks), form.of, cell(meaning));
        }
    }
    out +=
        "\n## What is shown as text\n\n| form | is | of | instead |\n| --- | --- | --- | --- |\n";
    for form in FORMS {
        if let Here::Write(instead) = form.here {
            let (what, of) = (form.what, form.of);
            // Directives are read in code too; a backslash keeps them.
            let instead = cell(instead).replace("{{#", "\\{{#");
            let _ = writeln!(out, "| {} | {what} | {of} | {instead} |", code(form.looks));
        }
    }
    out
}

fn commands() -> String {
    let mut out = head("Commands", "Every command and option of the program.");
    let help = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
        let text = run(&project("."), &words);
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_string()
    };
    let main = help(&["--help"]);
    let _ = write!(out, "```text\n{main}\n```\n");
    let list = main.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    for name in list.lines().filter_map(|line| line.split_whitespace().next()) {
        if name != "help" {
            let _ = write!(
                out,
                "\n## `casebook {name}`\n\n```text\n{}\n```\n",
                help(&[name, "--help"])
            );
        }
    }
    out
}

/// The code of all views.
fn views() -> String {
    let mut out = std::fs::read_to_string(project("src/site/view.rs")).unwrap();
    for path in files_below(&project("src/site/view")) {
        out += &std::fs::read_to_string(project("src/site/view").join(path)).unwrap();
    }
    out
}

/// The structs of `view.rs` with their documentation, which is written for theme authors.
fn variables() -> String {
    let mut out = head("Template variables", "What a template of a theme can print.");
    out += "A template is rendered with `site`, `page`, `text` and one variable that is named like the \
            template: `entry` in `entry.html`, `catalogue` in `catalogue.html`. Every `href` is ready to \
            use. A field that has nothing to say is `none` or empty, and both count as false in `{% if \
            %}`. Printing a field that does not exist is an error. `Html` is finished HTML, a type with \
            `?` may be `none`, and `[...]` is a list. A structured block of a page is written by \
            `block.html`, which sees `block` and `text` alone.\n";
    let text = views();
    let mut notes: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let bare = line.trim();
        if let Some(note) = bare.strip_prefix("/// ") {
            notes.push(note.to_string());
        } else if bare.starts_with("#[") || bare == "///" {
        } else if let Some(rest) = line.strip_prefix("pub struct ") {
            let name = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
            inside = line.ends_with('{') && name != "View";
            if inside {
                let about = plain(&notes.join(" "));
                let _ = write!(
                    out,
                    "\n## {name}\n\n{about}\n\n| field | type | what it is |\n| --- | --- | --- |\n"
                );
            }
            notes.clear();
        } else if line == "}" {
            inside = false;
            notes.clear();
        } else if let Some((name, kind)) =
            bare.strip_prefix("pub ").and_then(|rest| rest.split_once(": "))
            && inside
        {
            let kind = type_of(kind.trim_end_matches(','));
            let _ = writeln!(out, "| `{name}` | {kind} | {} |", cell(&plain(&notes.join(" "))));
            notes.clear();
        } else {
            notes.clear();
        }
    }
    out
}

/// Documentation comments without the links of Rust.
fn plain(text: &str) -> String {
    text.replace("[`", "`").replace("`]", "`")
}

/// Whether a struct has a heading of its own.
fn is_listed(name: &str) -> bool {
    let text = views();
    text.contains(&format!("pub struct {name} {{"))
}

fn type_of(rust: &str) -> String {
    let inner = |start: &str| rust.strip_prefix(start).and_then(|rest| rest.strip_suffix('>'));
    if let Some(rest) = inner("Option<") {
        return format!("{}?", type_of(rest));
    }
    if let Some(rest) = inner("Vec<") {
        return format!("\\[{}\\]", type_of(rest));
    }
    match rust {
        "String" => "text".into(),
        "bool" => "true or false".into(),
        "usize" | "u32" | "u64" => "number".into(),
        "Html" => "Html".into(),
        name if name.chars().all(char::is_alphanumeric) && is_listed(name) => {
            format!("[{name}](#{})", name.to_lowercase())
        }
        other => format!("`{}`", cell(other)),
    }
}

#[test]
fn the_reference_says_what_the_code_says() {
    let pages = [
        ("book-toml.md", settings()),
        ("front-matter.md", front_matter()),
        ("blocks.md", blocks()),
        ("coming-from.md", coming_from()),
        ("commands.md", commands()),
        ("template-variables.md", variables()),
    ];
    for (name, text) in pages {
        let path = project(FOLDER).join("reference").join(name);
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            put(&path, &text);
            continue;
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == text,
            "{name} is out of date: UPDATE_EXPECTED=1 cargo test --test it docs writes it"
        );
    }
}
