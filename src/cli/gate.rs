//! `casebook gate`

use super::{Book, Failure, report, stream};
use crate::book::config::Policy;
use crate::book::graph::NodeId;
use crate::model::gate::{self, Reason, Rule, Standing};
use crate::model::{Model, Status};
use crate::site::Site;
use crate::text::diagnostic::{Diagnostic, Level, did_you_mean};
use crate::text::span::{Place, clamp, line_column};
use anstyle::{AnsiColor, Style};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const GREEN: Style = AnsiColor::Green.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// How the verdict is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

/// Tell whether models are good enough to ship.
#[derive(Debug, clap::Args)]
#[command(after_help = "A policy is declared in book.toml:\n  [policies.release]\n  \
                        max-open = \"low\"    # the worst severity that may stay open\n  \
                        review = true       # the latest revision needs an approval\n  \
                        tests = true        # each mitigated threat needs a test\n\n\
                        Exit codes: 0 all models pass, 1 one does not, 2 wrong usage.\n\n\
                        Examples:\n  casebook gate\n  casebook gate M-PWRESET-001 --policy release\n  \
                        casebook gate content/models/file-sharing --format json")]
pub(super) struct Args {
    /// ID or path of a model; its latest revision is judged. Without one, all models
    #[arg(value_name = "MODEL")]
    models: Vec<String>,
    /// The policy, as book.toml names it
    #[arg(long, value_name = "NAME", default_value = "default")]
    policy: String,
    /// Folder of the book
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// How to print the verdict
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The day on which what holds `until` a date is judged, such as 2026-05-01; by default today
    #[arg(long, value_name = "DATE", value_parser = super::day)]
    today: Option<Date>,
}

/// A model and what is wrong with it.
struct Verdict<'s> {
    model: &'s Model,
    reasons: Vec<Reason>,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let today = args.today.unwrap_or_else(super::today);
    let (site, found) = report::open(&Book { dir: args.dir.clone() })?;
    let policy = policy(&site, &args.policy)?;
    let nodes = chosen(&site, &args.dir, &args.models)?;
    let verdicts: Vec<Verdict<'_>> = nodes
        .iter()
        .filter_map(|node| site.models.get(*node))
        .map(|model| {
            let mut reasons = broken(&site, model, &found);
            let known: BTreeSet<Place> = reasons.iter().map(|r| r.place.clone()).collect();
            let own = gate::reasons(&site.graph, model, policy, Some(today));
            // What `check` reports as an error is not told twice.
            reasons.extend(
                own.into_iter().filter(|r| r.rule != Rule::Readable || !known.contains(&r.place)),
            );
            Verdict { model, reasons }
        })
        .collect();
    let passed = verdicts.iter().all(|verdict| verdict.reasons.is_empty());
    let text = match args.format {
        Format::Text => text(&site, args, &verdicts, today),
        Format::Json => {
            let value = document(&site, args, &verdicts, today);
            serde_json::to_string_pretty(&value).map_err(|error| error.to_string())? + "\n"
        }
    };
    stream::paint(&text)?;
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn policy<'s>(site: &'s Site, name: &str) -> Result<&'s Policy, Failure> {
    let policies = &site.config.policies;
    policies.get(name).ok_or_else(|| {
        let known = policies.keys().map(String::as_str);
        let names: Vec<&str> = known.clone().collect();
        let hint = did_you_mean(name, known)
            .unwrap_or_else(|| format!("book.toml declares: {}", names.join(", ")));
        format!("there is no policy `{name}`; {hint}")
    })
}

/// The latest revisions of the models that are asked for, each once.
fn chosen(site: &Site, dir: &Path, words: &[String]) -> Result<BTreeSet<NodeId>, Failure> {
    let (graph, models) = (&site.graph, &site.models);
    if models.by_node.is_empty() {
        return Err("the book has no threat models".into());
    }
    if words.is_empty() {
        return Ok(models.latest());
    }
    let mut out = BTreeSet::new();
    for word in words {
        // A path may also begin where the command was started.
        let below = Path::new(word).strip_prefix(dir).ok().and_then(Path::to_str);
        let node = models
            .find(graph, word)
            .or_else(|| below.and_then(|path| models.find(graph, path)))
            .ok_or_else(|| unknown(site, word))?;
        out.extend(models.heads(node));
    }
    Ok(out)
}

fn unknown(site: &Site, word: &str) -> Failure {
    let graph = &site.graph;
    let nodes: Vec<NodeId> = site.models.by_node.keys().copied().collect();
    let ids = nodes.iter().filter_map(|node| graph.nodes[*node].id.as_deref());
    let files = nodes.iter().map(|node| &*graph.page(*node).file);
    let folders = files.clone().filter_map(|file| Some(file.rsplit_once('/')?.0));
    let paths = nodes.iter().map(|node| graph.page(*node).path.as_str());
    let known = ids.chain(files.clone()).chain(folders).chain(paths);
    let hint = did_you_mean(word, known).unwrap_or_else(|| {
        let name = |node: &NodeId| {
            graph.nodes[*node].id.clone().unwrap_or_else(|| graph.page(*node).file.to_string())
        };
        let shown: Vec<String> = nodes.iter().take(10).map(name).collect();
        let more = if nodes.len() > shown.len() { ", ..." } else { "" };
        format!("there are: {}{more}", shown.join(", "))
    });
    format!("there is no model `{word}`; {hint}")
}

/// Errors in the files of a model: what is broken cannot be judged.
fn broken(site: &Site, model: &Model, found: &[(Level, Diagnostic)]) -> Vec<Reason> {
    let page = site.graph.page(model.node);
    let ours = |file: &str| *page.file == *file || page.includes.iter().any(|f| **f == *file);
    let errors = found.iter().filter(|(level, _)| *level == Level::Deny);
    errors
        .filter_map(|(_, diagnostic)| {
            let place = diagnostic.place.clone().filter(|place| ours(&place.file))?;
            let message = format!("{} ({})", diagnostic.message, diagnostic.code);
            Some(Reason { rule: Rule::Readable, threat: None, message, place })
        })
        .collect()
}

/// `1 of 2`-like words for counts, without those that are none.
fn counts(model: &Model) -> String {
    let mut parts = Vec::new();
    for status in Status::ALL {
        let count = model.count(status);
        if count > 0 {
            parts.push(format!("{count} {}", status.word().replace('-', " ")));
        }
    }
    let open = model.by_severity(Status::Open);
    if let (Some(part), false) = (parts.first_mut(), open.is_empty()) {
        let words: Vec<String> = open
            .iter()
            .map(|(severity, count)| match severity {
                crate::risk::Severity::None => format!("{count} not rated"),
                severity => format!("{count} {}", severity.word()),
            })
            .collect();
        let _ = write!(part, " ({})", words.join(", "));
    }
    let (wanted, tested) = model.tested();
    if wanted > 0 {
        parts.push(format!("{tested} of {wanted} tested"));
    }
    let total = model.threats.len();
    let threats = if total == 1 { "threat" } else { "threats" };
    match parts.is_empty() {
        true => "no threats".into(),
        false => format!("{total} {threats}: {}", parts.join(", ")),
    }
}

fn last_review(model: &Model) -> String {
    match model.last_review() {
        None => "no review".into(),
        Some(review) => {
            let outcome = review.outcome_word().unwrap_or("no outcome").replace('-', " ");
            format!("last review {}, {outcome}", review.date)
        }
    }
}

fn line(site: &Site, place: &Place) -> (usize, usize) {
    let source = site.text(&place.file).unwrap_or("");
    line_column(source, clamp(source, place.span()).start)
}

fn text(site: &Site, args: &Args, verdicts: &[Verdict<'_>], today: Date) -> String {
    let mut out = String::new();
    let reset = report::RESET;
    for Verdict { model, reasons } in verdicts {
        let page = &site.graph.nodes[model.node];
        let id = page.id.as_ref().map(|id| format!("{id} ")).unwrap_or_default();
        let (style, word) = match reasons.is_empty() {
            true => (GREEN, "pass"),
            false => (report::RED, "fail"),
        };
        let _ = writeln!(out, "{style}{word}{reset}  {id}{}", page.title);
        let (counts, review) = (counts(model), last_review(model));
        let _ = writeln!(out, "      {DIM}{counts}; {review}{reset}");
        for reason in reasons {
            let (line, column) = line(site, &reason.place);
            let _ = writeln!(
                out,
                "      - {}\n        {DIM}{}:{line}:{column}{reset}",
                reason.message, reason.place.file
            );
        }
        out.push('\n');
    }
    let total = verdicts.len();
    let passed = verdicts.iter().filter(|verdict| verdict.reasons.is_empty()).count();
    let models = if total == 1 { "model passes" } else { "models pass" };
    let _ = writeln!(out, "{passed} of {total} {models} the policy `{}` on {today}", args.policy);
    out
}

fn document(site: &Site, args: &Args, verdicts: &[Verdict<'_>], today: Date) -> Value {
    let models: Vec<Value> = verdicts
        .iter()
        .map(|Verdict { model, reasons }| {
            let page = &site.graph.nodes[model.node];
            let open: serde_json::Map<String, Value> = model
                .by_severity(Status::Open)
                .into_iter()
                .map(|(severity, count)| (severity.word().to_string(), json!(count)))
                .collect();
            let (wanted, tested) = model.tested();
            let standing = match model.standing(&site.graph, Some(today)) {
                Standing::Approved(_) => "approved",
                Standing::Unreviewed => "unreviewed",
                Standing::Outdated(_) => "outdated",
                Standing::Refused(_) => "refused",
                Standing::Undated(_) | Standing::NoDate(_) => "undated",
            };
            let reasons: Vec<Value> = reasons
                .iter()
                .map(|reason| {
                    let (line, column) = line(site, &reason.place);
                    let threat = reason
                        .threat
                        .and_then(|spot| model.threat(spot).map(|threat| threat.id.clone()));
                    json!({"rule": reason.rule.name(), "message": reason.message,
                           "threat": threat, "file": &*reason.place.file, "line": line,
                           "column": column})
                })
                .collect();
            json!({
                "id": page.id,
                "title": page.title,
                "file": &*site.graph.page(model.node).file,
                "url": page.url,
                "passed": reasons.is_empty(),
                "threats": {
                    "total": model.threats.len(),
                    "open": model.count(Status::Open),
                    "accepted": model.count(Status::Accepted),
                    "mitigated": model.count(Status::Mitigated),
                    "notApplicable": model.count(Status::NotApplicable),
                    "openBySeverity": open,
                    "toTest": wanted,
                    "tested": tested,
                },
                "review": standing,
                "lastReview": model.last_review().map(|review| json!({
                    "date": review.date, "by": review.by, "outcome": review.outcome_word()})),
                "reasons": reasons,
            })
        })
        .collect();
    let passed = verdicts.iter().all(|verdict| verdict.reasons.is_empty());
    json!({"policy": args.policy, "today": today.to_string(), "passed": passed, "models": models})
}
