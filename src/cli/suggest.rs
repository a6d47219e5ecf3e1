//! `casebook suggest`: threats of the catalogue that a model does not have yet.

use super::{Book, Failure, report, stream};
use crate::book::graph::NodeId;
use crate::book::language::Texts;
use crate::model::suggest::Suggestion;
use crate::site::Site;
use crate::text::diagnostic::did_you_mean;
use anstyle::Style;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How suggestions are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

/// List threats of the catalogue that a model does not have yet, the best first
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Each suggestion says why it came up: words that its entry and the model share, \
                        threats of the\nmodel that it is related to, starter sets in which it stands \
                        with them, what it hits in the diagram.\nThe diagram's labels, the model's \
                        tags, title and description are what is compared.\n\nExample:\n  casebook \
                        suggest M-SHARE-001 --limit 5"
)]
pub(super) struct Args {
    /// The model: its ID, its file or its folder
    #[arg(value_name = "MODEL")]
    model: String,
    /// Folder of the book
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// How many suggestions
    #[arg(long, short = 'n', default_value_t = 7)]
    limit: usize,
    /// How to print them
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (site, _) = report::open(&Book { dir: args.dir.clone() })?;
    let node = find_model(&site, &args.dir, &args.model)?;
    let suggestions = match site.models.get(node) {
        Some(model) => site.catalogue.suggest(&site.graph, model),
        None => Vec::new(),
    };
    let document = document(&site, node, &suggestions, args.limit);
    let text = match args.format {
        Format::Json => serde_json::to_string_pretty(&document).map_err(|e| e.to_string())? + "\n",
        Format::Text => print(&document),
    };
    stream::paint(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What is printed.
#[derive(Debug, Serialize)]
struct Document {
    model: Named,
    /// How many there are in all.
    total: usize,
    suggestions: Vec<Suggested>,
}

#[derive(Debug, Serialize)]
struct Named {
    id: Option<String>,
    title: String,
    url: String,
}

#[derive(Debug, Serialize)]
struct Suggested {
    #[serde(flatten)]
    entry: Named,
    severity: Option<String>,
    stride: Vec<String>,
    /// Why it came up, the strongest reason first.
    reasons: Vec<String>,
}

fn document(site: &Site, model: NodeId, suggestions: &[Suggestion], limit: usize) -> Document {
    let named = |node: NodeId| {
        let node = &site.graph.nodes[node];
        Named { id: node.id.clone(), title: node.title.clone(), url: node.url.clone() }
    };
    let english = Texts::embedded("en");
    let suggested = suggestions.iter().take(limit).map(|suggestion| {
        let meta = &site.graph.article(suggestion.node).meta;
        Suggested {
            entry: named(suggestion.node),
            severity: meta.severity.clone(),
            stride: meta.stride.clone(),
            reasons: suggestion.reasons.iter().map(|reason| reason.say(&english)).collect(),
        }
    });
    Document { model: named(model), total: suggestions.len(), suggestions: suggested.collect() }
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

fn print(document: &Document) -> String {
    if document.total == 0 {
        return format!(
            "nothing to suggest for {}: no other threat of the catalogue hits or names what the \
             model has\n",
            document.model.title
        );
    }
    let mut out = String::new();
    for suggested in &document.suggestions {
        let id = suggested.entry.id.as_deref().unwrap_or("");
        let severity = suggested.severity.as_deref().unwrap_or("");
        let title = &suggested.entry.title;
        let _ = writeln!(out, "{BOLD}{id}{BOLD:#} {title}  {DIM}{severity}{DIM:#}");
        let _ = writeln!(out, "    {}\n", suggested.reasons.join("; "));
    }
    let _ = writeln!(
        out,
        "{} of {} threats that {} does not have; take one with `- use: {}`",
        document.suggestions.len(),
        document.total,
        document.model.id.as_ref().unwrap_or(&document.model.title),
        document.suggestions.first().and_then(|s| s.entry.id.as_deref()).unwrap_or("T-001"),
    );
    out
}

/// The model that an ID or a path names. A path is that of its file or folder, from the
/// book's folder, from its source folder, or from where the command runs.
fn find_model(site: &Site, dir: &Path, name: &str) -> Result<NodeId, Failure> {
    if let Some(node) = site.graph.find(name).filter(|node| site.models.get(*node).is_some()) {
        return Ok(node);
    }
    let path = Path::new(name);
    let path = path.strip_prefix(dir).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let folder = |file: &str| file.rsplit_once('/').map(|(folder, _)| folder.to_string());
    let is_it = |node: &NodeId| {
        let page = site.graph.page(*node);
        let index = site.graph.nodes[*node].url.ends_with("/index.html");
        let files = [&*page.file, page.path.as_str()];
        files.contains(&path)
            || (index && files.iter().any(|file| folder(file).as_deref() == Some(path)))
    };
    site.models.by_node.keys().copied().find(is_it).ok_or_else(|| {
        let models = || site.models.by_node.keys();
        let ids: Vec<&str> =
            models().filter_map(|node| site.graph.nodes[*node].id.as_deref()).collect();
        let files = models().map(|node| &*site.graph.page(*node).file);
        let help = did_you_mean(name, ids.iter().copied().chain(files)).or_else(|| {
            let shown: Vec<&str> = ids.iter().take(8).copied().collect();
            (!shown.is_empty()).then(|| format!("models of this book: {}", shown.join(", ")))
        });
        let help = help.unwrap_or_else(|| "the book has no models".into());
        format!("there is no model `{name}`; {help}")
    })
}
