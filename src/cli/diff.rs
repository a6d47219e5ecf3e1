//! `casebook diff`

use super::{Book, Failure, find, report, stream};
use crate::book::graph::NodeId;
use crate::model::change::{Detail, Diff, Move, Open, Part, Risk, Snapshot, Subject, Thing, diff};
use crate::site::Site;
use crate::text::diagnostic::did_you_mean;
use crate::text::markup::{markdown as quoted, plain};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How a difference is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For a page or a pull request.
    Markdown,
    /// One JSON document.
    Json,
}

/// Tell what changed between two models.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  casebook diff M-SHOP-001 M-SHOP-002\n  \
                        casebook diff models/shop/2025.md models/shop/index.md\n  \
                        casebook diff M-SHOP-002 --format markdown\n  \
                        git worktree add ../before origin/main\n  \
                        casebook diff --before ../before --format markdown")]
pub(super) struct Args {
    /// ID or file of the old model; alone, the one whose revision before it is the old one
    #[arg(value_name = "A", required_unless_present = "before")]
    old: Option<String>,
    /// ID or file of the new model
    #[arg(value_name = "B")]
    new: Option<String>,
    /// Folder of the book
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// The same book as it was, such as a worktree of the branch that a change goes to: each
    /// model is compared with itself there
    #[arg(long, value_name = "DIR", conflicts_with_all = ["old", "new"])]
    before: Option<PathBuf>,
    /// How to print the difference
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit with 1 when there is a difference
    #[arg(long)]
    exit_code: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (site, _) = report::open(&Book { dir: args.dir.clone() })?;
    let found = match (&args.before, &args.old) {
        (Some(before), _) => since(&site, &report::open(&Book { dir: before.clone() })?.0),
        (None, Some(old)) => vec![between(args, &site, old)?],
        (None, None) => Vec::new(),
    };
    let parts = found.iter().map(|(old, new, diff)| match args.format {
        Format::Text => Ok(text(old, new, diff)),
        Format::Markdown => Ok(markdown(old, new, diff)),
        Format::Json => json(old, new, diff),
    });
    let parts = parts.collect::<Result<Vec<String>, Failure>>()?;
    let text = match (&args.before, args.format) {
        (Some(_), Format::Json) => {
            let parts: Vec<&str> = parts.iter().map(|part| part.trim_end()).collect();
            format!("[{}]\n", parts.join(",\n"))
        }
        (Some(_), _) if parts.is_empty() => "No threat model changed.\n".to_string(),
        _ => parts.join("\n"),
    };
    stream::paint(&text)?;
    let differ = args.exit_code && found.iter().any(|(.., diff)| !diff.is_empty());
    Ok(if differ { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

type Found = (Revision, Revision, Diff);

/// The difference of two models of a book.
fn between(args: &Args, site: &Site, old: &str) -> Result<Found, Failure> {
    let first = model(site, &args.dir, old)?;
    let (old, new) = match &args.new {
        Some(new) => (first, model(site, &args.dir, new)?),
        None => {
            let before = site.graph.revisions.before.get(&first).and_then(|list| list.first());
            let hint = "it supersedes none; name two models";
            (*before.ok_or_else(|| format!("`{old}` has no revision before it; {hint}"))?, first)
        }
    };
    let found = diff(&snapshot(site, Some(old)), &snapshot(site, Some(new)));
    Ok((Revision::of(site, old), Revision::of(site, new), found))
}

/// What changed in each model since a book was as it is in another folder.
fn since(site: &Site, past: &Site) -> Vec<Found> {
    let (now, before) = (by_key(site), by_key(past));
    let keys: BTreeSet<&String> = now.keys().chain(before.keys()).collect();
    let one = |key: &String| {
        let (old, new) = (before.get(key).copied(), now.get(key).copied());
        let found = diff(&snapshot(past, old), &snapshot(site, new));
        let revision = |site, node: Option<NodeId>| {
            node.map_or_else(Revision::nothing, |node| Revision::of(site, node))
        };
        let changed = !found.is_empty() || old.is_some() != new.is_some();
        changed.then(|| (revision(past, old), revision(site, new), found))
    };
    keys.into_iter().filter_map(one).collect()
}

/// The models of a book, by what stays the same: the ID, else the path.
fn by_key(site: &Site) -> BTreeMap<String, NodeId> {
    let key = |node: &NodeId| {
        let page = &site.graph.nodes[*node];
        (page.id.clone().unwrap_or_else(|| site.graph.page(*node).path.to_string()), *node)
    };
    site.models.by_node.keys().map(key).collect()
}

fn snapshot(site: &Site, node: Option<NodeId>) -> Snapshot {
    let model = node.and_then(|node| site.models.get(node));
    model.map(|model| Snapshot::of(&site.graph, model)).unwrap_or_default()
}

/// The model that a name means.
fn model(site: &Site, dir: &Path, name: &str) -> Result<NodeId, Failure> {
    let graph = &site.graph;
    let is_model = |node: &NodeId| site.models.get(*node).is_some();
    let found = find::node(site, dir, name);
    if let Some(node) = found.filter(is_model) {
        return Ok(node);
    }
    let ids = site.models.by_node.keys().filter_map(|node| graph.nodes[*node].id.as_deref());
    let files = site.models.by_node.keys().map(|node| graph.page(*node).path.as_str());
    let hint = did_you_mean(name, ids.chain(files))
        .unwrap_or_else(|| "name a model by its ID or by the path of its file".into());
    Err(match found {
        Some(_) => format!("`{name}` is no model; {hint}"),
        None => format!("there is no model `{name}`; {hint}"),
    })
}

/// A revision, as the head of a report names it.
#[derive(Debug, Serialize)]
struct Revision {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    date: String,
    url: String,
}

impl Revision {
    /// A model that is not there.
    fn nothing() -> Revision {
        let (date, url) = (String::new(), String::new());
        Revision { id: None, title: "nothing".into(), date, url }
    }

    fn of(site: &Site, node: NodeId) -> Revision {
        let page = &site.graph.nodes[node];
        Revision {
            id: page.id.clone(),
            title: page.title.clone(),
            date: site.graph.date(node).to_string(),
            url: page.url.clone(),
        }
    }

    fn name(&self) -> String {
        let date = match self.date.as_str() {
            "" => String::new(),
            date => format!(" ({date})"),
        };
        format!("{}{}{date}", prefix(self.id.as_deref()), self.title)
    }
}

fn prefix(id: Option<&str>) -> String {
    id.map(|id| format!("{id} ")).unwrap_or_default()
}

/// The report for machines.
#[derive(Serialize)]
struct Report<'a> {
    old: &'a Revision,
    new: &'a Revision,
    same: bool,
    threats: &'a Part,
    requirements: &'a Part,
    assumptions: &'a Part,
    elements: &'a Part,
    flows: &'a Part,
    boundaries: &'a Part,
    risk_moved: &'a [Move],
    open_threats: &'a [Open],
}

fn json(old: &Revision, new: &Revision, diff: &Diff) -> Result<String, Failure> {
    let part = |subject: Subject| {
        let found = diff.parts.iter().find(|part| part.subject == subject);
        found.ok_or_else(|| format!("nothing is known of {}", subject.word()))
    };
    let report = Report {
        old,
        new,
        same: diff.is_empty(),
        threats: part(Subject::Threats)?,
        requirements: part(Subject::Requirements)?,
        assumptions: part(Subject::Assumptions)?,
        elements: part(Subject::Elements)?,
        flows: part(Subject::Flows)?,
        boundaries: part(Subject::Boundaries)?,
        risk_moved: &diff.moves,
        open_threats: &diff.open,
    };
    serde_json::to_string_pretty(&report).map(|text| text + "\n").map_err(|e| e.to_string())
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const PLUS: Style = AnsiColor::Green.on_default();
const MINUS: Style = AnsiColor::Red.on_default();
const TURN: Style = AnsiColor::Yellow.on_default();

fn name(thing: &Thing) -> String {
    plain(&format!("{}{}", prefix(thing.id.as_deref()), thing.title))
}

/// The most telling facts of a threat or requirement: rating and status.
fn gist(thing: &Thing) -> String {
    let facts = ["risk", "status"].into_iter().flat_map(|name| thing.get(name));
    plain(&facts.cloned().collect::<Vec<_>>().join(", "))
}

/// A rating in words.
fn rated(risk: Option<&Risk>) -> String {
    risk.map_or_else(|| "not rated".into(), |risk| plain(&risk.text))
}

fn text(old: &Revision, new: &Revision, diff: &Diff) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{MINUS}--- {}{MINUS:#}", plain(&old.name()));
    let _ = writeln!(out, "{PLUS}+++ {}{PLUS:#}\n", plain(&new.name()));
    if diff.is_empty() {
        let _ = writeln!(out, "{}", diff.summary());
    }
    for part in diff.parts.iter().filter(|part| !part.is_empty()) {
        let _ = writeln!(out, "{BOLD}{}: {}{BOLD:#}", part.subject.title(), part.counts());
        for thing in &part.added {
            let gist = gist(thing);
            let gist = if gist.is_empty() { gist } else { format!("  {DIM}({gist}){DIM:#}") };
            let _ = writeln!(out, "  {PLUS}+ {}{PLUS:#}{gist}", name(thing));
        }
        for thing in &part.removed {
            let _ = writeln!(out, "  {MINUS}- {}{MINUS:#}", name(thing));
        }
        for changed in &part.changed {
            let _ = writeln!(out, "  {TURN}~ {}{TURN:#}", name(&changed.new));
            for detail in &changed.details {
                let _ = writeln!(out, "      {}: {}", detail.label.to_lowercase(), told(detail));
            }
        }
        out.push('\n');
    }
    if !diff.moves.is_empty() {
        let _ = writeln!(out, "{BOLD}Risk moved{BOLD:#}");
        for moved in &diff.moves {
            let (from, to) = (rated(moved.from.as_ref()), rated(moved.to.as_ref()));
            let _ = writeln!(out, "  {}: {from} -> {to}", name(&moved.thing));
        }
        out.push('\n');
    }
    if !diff.is_empty() && !diff.open.is_empty() {
        let _ = writeln!(out, "Open threats: {}", open(&diff.open));
    }
    out
}

/// A changed fact on one line.
fn told(detail: &Detail) -> String {
    let line = match detail.is_list() {
        true => {
            let come = detail.come().map(|value| format!("+ {value}"));
            come.chain(detail.gone().map(|value| format!("- {value}")))
                .collect::<Vec<_>>()
                .join(", ")
        }
        false => {
            format!("{} -> {}", detail.from.join(", "), detail.to.join(", "))
        }
    };
    plain(&line)
}

fn open(open: &[Open]) -> String {
    let words = open.iter().map(|open| {
        let severity = if open.severity == "none" { "not rated" } else { open.severity };
        match open.from == open.to {
            true => format!("{severity} {}", open.to),
            false => format!("{severity} {} -> {}", open.from, open.to),
        }
    });
    words.collect::<Vec<_>>().join(", ")
}

fn markdown(old: &Revision, new: &Revision, diff: &Diff) -> String {
    let mut out = String::new();
    let shown = if new.url.is_empty() { old } else { new };
    let _ = writeln!(out, "## Threat model: {}\n", quoted(&shown.title));
    let _ = writeln!(out, "From {} to {}.\n", quoted(&old.name()), quoted(&new.name()));
    if diff.is_empty() {
        let _ = writeln!(out, "{}", diff.summary());
        return out;
    }
    if !diff.open.is_empty() {
        let _ = writeln!(out, "Open threats: {}.\n", open(&diff.open).replace("->", "\u{2192}"));
    }
    if !diff.moves.is_empty() {
        out.push_str("### Risk moved\n\n| Threat | Before | After |\n| --- | --- | --- |\n");
        for moved in &diff.moves {
            let (from, to) = (rated(moved.from.as_ref()), rated(moved.to.as_ref()));
            let _ = writeln!(
                out,
                "| {} | {} | {} |",
                quoted(&name(&moved.thing)),
                quoted(&from),
                quoted(&to)
            );
        }
        out.push('\n');
    }
    for part in diff.parts.iter().filter(|part| !part.is_empty()) {
        let _ = writeln!(out, "### {}: {}\n", part.subject.title(), part.counts());
        for thing in &part.added {
            let gist = gist(thing);
            let gist = if gist.is_empty() { gist } else { format!(" ({})", quoted(&gist)) };
            let _ = writeln!(out, "- **added** {}{gist}", quoted(&name(thing)));
        }
        for thing in &part.removed {
            let _ = writeln!(out, "- **removed** {}", quoted(&name(thing)));
        }
        for changed in &part.changed {
            let _ = writeln!(out, "- **changed** {}", quoted(&name(&changed.new)));
            for detail in &changed.details {
                let told = quoted(&told(detail)).replace("-&gt;", "\u{2192}");
                let _ = writeln!(out, "  - {}: {told}", detail.label.to_lowercase());
            }
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_told_by_their_difference() {
        let words = |words: &[&str]| words.iter().map(|word| word.to_string()).collect();
        let detail = |from: &[&str], to: &[&str]| Detail {
            name: "tests",
            label: "Tests",
            from: words(from),
            to: words(to),
        };
        assert_eq!(told(&detail(&["a", "b"], &["b", "c"])), "+ c, - a");
        assert_eq!(told(&detail(&["open"], &["mitigated"])), "open -> mitigated");
        assert_eq!(told(&detail(&[], &["x"])), "+ x");
    }
}
