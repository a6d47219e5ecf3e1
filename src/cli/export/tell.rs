//! What an export or a publication tells: to readers, to machines, and in files for later.

use super::super::{Failure, stream};
use crate::out::wiki::{Became, Edit, Publication, State, Target, patch, spoken};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// How to tell what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Tell {
    /// In sentences
    Text,
    /// As one JSON object
    Json,
}

/// Where the change of a page is kept for somebody to look at.
pub(in crate::cli) fn conflict_file(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if "/\\:*?\"<>|".contains(c) { '-' } else { c }).collect();
    format!("conflicts/{plain}.diff")
}

/// What was changed on the wiki, page by page, whole, as `diff -u` writes it.
pub(super) fn conflicts(publication: &Publication<'_>) -> BTreeMap<String, Vec<u8>> {
    let text = |edit: &Edit| {
        let before = edit.before.as_deref().unwrap_or(&edit.ours);
        let mut text = patch(["published", "on the wiki"], before, &edit.theirs);
        if edit.became == Became::Overlaps {
            text.push_str(&patch(["published", "in the book"], before, &edit.ours));
        }
        text.into_bytes()
    };
    publication.edits.iter().map(|edit| (conflict_file(&edit.name), text(edit))).collect()
}

/// What became of an edit, for readers.
fn became(became: Became) -> &'static str {
    match became {
        Became::Kept => "edited on the wiki; the edit stays",
        Became::Merged => "edited on the wiki; the edit and the book's change both stand",
        Became::Overlaps => "held back: the wiki and the book changed the same lines",
        Became::Unknown => "held back: the wiki has a page of this name that no export wrote",
        Became::Deleted => "held back: deleted on the wiki",
    }
}

fn as_key<S: serde::Serializer>(became: &Became, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(match became {
        Became::Kept => "kept",
        Became::Merged => "merged",
        Became::Overlaps => "overlaps",
        Became::Unknown => "unknown",
        Became::Deleted => "deleted",
    })
}

/// The result for machines.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Report<'r> {
    target: &'r str,
    out: String,
    new: Vec<&'r str>,
    changed: Vec<&'r str>,
    renamed: BTreeMap<&'r str, &'r str>,
    unchanged: usize,
    files: usize,
    edits: Vec<EditReport<'r>>,
    carried: usize,
    held: usize,
    orphans: &'r [String],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct EditReport<'r> {
    page: &'r str,
    #[serde(serialize_with = "as_key")]
    became: Became,
    held: bool,
    change: Vec<String>,
    file: String,
}

fn report<'r>(
    target: &'r dyn Target,
    out: &Path,
    publication: &'r Publication<'_>,
    files: usize,
) -> Report<'r> {
    let mut report = Report {
        target: target.name(),
        out: out.display().to_string(),
        files,
        carried: publication.carried,
        held: publication.held(),
        orphans: &publication.orphans,
        ..Report::default()
    };
    for sheet in publication.sheets.iter().filter(|sheet| sheet.to.is_none()) {
        match &sheet.state {
            State::New => report.new.push(&sheet.name),
            State::Changed => report.changed.push(&sheet.name),
            State::Unchanged => report.unchanged += 1,
            State::Renamed(from) => drop(report.renamed.insert(from, &sheet.name)),
        }
    }
    report.edits = publication
        .edits
        .iter()
        .map(|edit| EditReport {
            page: &edit.name,
            became: edit.became,
            held: edit.became.is_held(),
            change: change(edit),
            file: conflict_file(&edit.name),
        })
        .collect();
    report
}

/// What somebody changed on the wiki, in words.
fn change(edit: &Edit) -> Vec<String> {
    match (edit.became, &edit.before) {
        (Became::Deleted, _) => Vec::new(),
        (_, Some(before)) => spoken(before, &edit.theirs),
        (_, None) => spoken("", &edit.theirs),
    }
}

/// Tells what an export wrote.
pub(super) fn exported(
    format: Tell,
    target: &dyn Target,
    out: &Path,
    publication: &Publication<'_>,
    files: usize,
) -> Result<(), Failure> {
    let report = report(target, out, publication, files);
    if format == Tell::Json {
        return json(&report);
    }
    let counts = counts(&report);
    say!(
        "exported {} pages for {} into {}: {counts}; {files} files",
        publication.sheets.iter().filter(|sheet| sheet.to.is_none()).count(),
        target.title(),
        out.display(),
    );
    details(&report, out)
}

/// Tells what a publication wrote.
pub(in crate::cli) fn published(
    format: Tell,
    target: &dyn Target,
    out: &Path,
    publication: &Publication<'_>,
    [pages, files]: [usize; 2],
    dry: bool,
) -> Result<(), Failure> {
    let report = report(target, out, publication, files);
    if format == Tell::Json {
        return json(&report);
    }
    let done = if dry { "would be written (this was a dry run)" } else { "written" };
    say!("{}: {pages} pages and {files} pictures {done}; {}", target.title(), counts(&report));
    details(&report, out)
}

fn json(report: &Report<'_>) -> Result<(), Failure> {
    // Maps have text keys, so nothing here can fail.
    stream::print(&(serde_json::to_string_pretty(report).unwrap_or_default() + "\n"))
}

fn counts(report: &Report<'_>) -> String {
    let parts = [
        (report.new.len(), "new"),
        (report.changed.len(), "changed"),
        (report.renamed.len(), "renamed"),
        (report.unchanged, "unchanged"),
        (report.carried, "with edits of the wiki"),
        (report.held, "held back"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    parts.map(|(number, words)| format!("{number} {words}")).collect::<Vec<_>>().join(", ")
}

fn details(report: &Report<'_>, out: &Path) -> Result<(), Failure> {
    for (from, to) in &report.renamed {
        say!("  renamed: `{from}` is now `{to}`");
    }
    for edit in &report.edits {
        say!("  `{}`: {}", edit.page, became(edit.became));
        for line in &edit.change {
            say!("      {line}");
        }
        say!("      whole: {}", out.join(&edit.file).display());
    }
    if report.held > 0 {
        say!(
            "  Take what is right into the book and run this again; or put the book's text back with \
             --take-book NAME; or keep what the wiki has with --keep-wiki NAME."
        );
    }
    for orphan in report.orphans {
        say!("  orphan: `{orphan}` is on the wiki and no longer in the book");
    }
    Ok(())
}
