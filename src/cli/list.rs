//! `casebook list`: the data of the site as tables.

use super::{Book, Failure, report, stream};
use crate::book::entry::{SEVERITIES, STATUSES};
use crate::book::page::Key;
use crate::model::due::{Due, due};
use crate::model::export::{self, Document, Model};
use crate::model::{Belief, Progress, Status};
use crate::site::Site;
use crate::text::csv::csv;
use crate::text::diagnostic::did_you_mean;
use crate::text::markup;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// What to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Threats
    Threats,
    /// Requirements
    Requirements,
    /// Assumptions
    Assumptions,
    /// Threat models
    Models,
    /// Pages whose review date (`due:`) has passed, and what models say holds `until` then
    Overdue,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Columns for people
    Table,
    /// One JSON document, with all that casebook.json holds of each
    Json,
    /// Comma-separated values, safe to open in a spreadsheet
    Csv,
    /// A table for a page or a pull request
    Markdown,
}

/// List threats, requirements, assumptions or models.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --model and --status it lists the catalogue, with them what models \
                        say.\nWithout --model only the latest revision of each model counts.\n\n\
                        Examples:\n  casebook list threats --model password-reset --status open\n  \
                        casebook list threats --severity high,critical --format markdown\n  \
                        casebook list models\n  casebook list overdue --today 2026-12-31"
)]
pub(super) struct Args {
    /// What to list
    #[arg(value_enum)]
    what: What,
    /// Only of this model: its folder, address, ID or title
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Only of these statuses: open, mitigated...; active, draft or deprecated for entries
    #[arg(long, value_delimiter = ',')]
    status: Vec<String>,
    /// Only threats of these severities: low, medium, high, critical
    #[arg(long, value_delimiter = ',')]
    severity: Vec<String>,
    /// With overdue: the day to compare with, in place of today
    #[arg(long, value_name = "DATE", value_parser = super::day)]
    today: Option<jiff::civil::Date>,
    /// How to print the list
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Folder of the book
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (site, _) = report::open(&Book { dir: args.dir.clone() })?;
    let document = export::document(&site.config, &site.graph, &site.models, &site.evidence);
    let text = match args.what {
        What::Overdue => overdue(&site, args)?,
        _ => list(&document, args)?,
    };
    stream::paint(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Rows under column names, and the same rows with everything that is known of them.
struct Table {
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
    full: Vec<serde_json::Value>,
}

impl Table {
    fn new(columns: &'static [&'static str]) -> Table {
        Table { columns, rows: Vec::new(), full: Vec::new() }
    }

    fn add(&mut self, row: Vec<String>, full: &impl Serialize) {
        self.rows.push(row);
        self.full.push(serde_json::to_value(full).unwrap_or_default());
    }
}

/// An item of a model, and whose it is.
#[derive(Serialize)]
struct Of<'m, T: Serialize> {
    model: &'m str,
    #[serde(flatten)]
    item: &'m T,
}

fn list(document: &Document, args: &Args) -> Result<String, Failure> {
    known_words(args)?;
    let models = chosen(document, args.model.as_deref())?;
    // The words of a catalogue's life are not those of a model's work.
    let life = args.status.iter().all(|word| STATUSES.contains(&word.as_str()));
    let catalogue = args.model.is_none() && life;
    let table = match args.what {
        What::Models => model_table(&models),
        _ if catalogue => entry_table(document, args),
        What::Threats => threat_table(&models, args),
        What::Requirements => requirement_table(&models, args),
        What::Assumptions => assumption_table(&models, args),
        What::Overdue => Table::new(&[]),
    };
    print(&table, args)
}

/// What should have been looked at again before today.
fn overdue(site: &Site, args: &Args) -> Result<String, Failure> {
    if args.model.is_some() || !args.status.is_empty() || !args.severity.is_empty() {
        return Err("overdue takes --today, --format and --dir alone".into());
    }
    let today = args.today.unwrap_or_else(super::today);
    let mut table = Table::new(&["due", "id", "title", "owner", "file"]);
    for due in due(&site.graph, &site.models).into_iter().filter(|due| due.date < today) {
        let row = overdue_row(site, &due);
        let full: std::collections::BTreeMap<&str, String> =
            table.columns.iter().copied().zip(row.iter().cloned()).collect();
        table.add(row, &full);
    }
    print(&table, args)
}

/// A page, or an item of a model under its own ID and title.
fn overdue_row(site: &Site, due: &Due) -> Vec<String> {
    let page = &site.graph.nodes[due.node];
    let facts = &site.graph.article(due.node).meta.facts;
    let owner = facts.iter().find(|(label, _)| *label == "Owner").map(|(_, owner)| owner.clone());
    let (id, title, owner) = match due.row(&site.models) {
        Some(row) => {
            let own = row.first(Key::Owner).map(str::to_string);
            (row.id.clone(), row.title.clone(), own.or(owner))
        }
        None => (page.id.clone().unwrap_or_default(), page.title.clone(), owner),
    };
    let file = site.graph.page(due.node).file.to_string();
    vec![due.date.to_string(), id, title, owner.unwrap_or_default(), file]
}

fn print(table: &Table, args: &Args) -> Result<String, Failure> {
    Ok(match args.format {
        Format::Table => columns(table),
        Format::Json => {
            serde_json::to_string_pretty(&table.full).map_err(|e| e.to_string())? + "\n"
        }
        Format::Csv => {
            let head = table.columns.iter().map(|name| name.to_string()).collect();
            csv(std::iter::once(head).chain(table.rows.iter().cloned()))
        }
        Format::Markdown => markdown(table),
    })
}

/// Refuses words that nothing can match.
fn known_words(args: &Args) -> Result<(), Failure> {
    let of_models: &[&str] = match args.what {
        What::Threats => Status::WORDS,
        What::Requirements => &Progress::WRITTEN,
        What::Assumptions => Belief::WORDS,
        What::Models | What::Overdue => &[],
    };
    let entries: &[&str] = match args.what {
        What::Models => &[],
        _ if args.model.is_some() => &[],
        _ => &STATUSES,
    };
    let statuses: Vec<&str> = of_models.iter().chain(entries).copied().collect();
    let severities: &[&str] = match args.what {
        What::Threats => &SEVERITIES,
        _ => &[],
    };
    let what = args.what.word();
    for (option, given, known) in [
        ("--status", &args.status, statuses.as_slice()),
        ("--severity", &args.severity, severities),
    ] {
        if let (Some(_), true) = (given.first(), known.is_empty()) {
            return Err(format!("{option} does not apply to {what}"));
        }
        if let Some(word) = given.iter().find(|word| !known.contains(&word.as_str())) {
            let help = did_you_mean(word, known.iter().copied())
                .unwrap_or_else(|| format!("known: {}", known.join(", ")));
            return Err(format!("{what} have no {} `{word}`; {help}", &option[2..]));
        }
    }
    let of_entry = args.status.iter().filter(|word| STATUSES.contains(&word.as_str())).count();
    if of_entry > 0 && of_entry < args.status.len() {
        return Err("the statuses of entries and of models cannot be mixed".into());
    }
    Ok(())
}

impl What {
    fn word(self) -> &'static str {
        match self {
            What::Threats => "threats",
            What::Requirements => "requirements",
            What::Assumptions => "assumptions",
            What::Models => "models",
            What::Overdue => "overdue pages",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            What::Threats => "threat",
            What::Requirements => "requirement",
            What::Assumptions => "assumption",
            What::Models => "model",
            What::Overdue => "page",
        }
    }
}

/// The short name of a model: `password-reset` for `models/password-reset/index.html`.
fn name(model: &Model) -> &str {
    let url = model.url.strip_prefix("models/").unwrap_or(&model.url);
    url.strip_suffix("/index.html").or_else(|| url.strip_suffix(".html")).unwrap_or(url)
}

/// The models that are meant: the named one, else the latest revision of each.
fn chosen<'d>(document: &'d Document, wanted: Option<&str>) -> Result<Vec<&'d Model>, Failure> {
    let Some(wanted) = wanted else {
        let latest = |model: &&Model| model.superseded_by.is_none() && !model.example;
        return Ok(document.models.iter().filter(latest).collect());
    };
    let lower = wanted.trim().trim_start_matches("./").trim_end_matches('/').to_lowercase();
    let is = |model: &Model| {
        let file = document.pages.iter().find(|page| page.url == model.url).map(|page| &page.file);
        let folder = model.url.strip_suffix("/index.html").unwrap_or(&model.url);
        [Some(name(model)), Some(&model.url), Some(folder), Some(&model.title), model.id.as_deref()]
            .into_iter()
            .chain([file.map(String::as_str)])
            .flatten()
            .any(|own| own.to_lowercase() == lower)
            || file.is_some_and(|file| {
                file.rsplit_once('/').is_some_and(|(f, n)| {
                    n.eq_ignore_ascii_case("index.md") && f.to_lowercase() == lower
                })
            })
    };
    let found: Vec<&Model> = document.models.iter().filter(|model| is(model)).collect();
    if found.is_empty() {
        let names: Vec<&str> = document.models.iter().map(name).collect();
        let help = did_you_mean(wanted, names.iter().copied())
            .unwrap_or_else(|| "`casebook list models` lists them".into());
        return Err(format!("there is no model `{wanted}`; {help}"));
    }
    Ok(found)
}

fn asks(words: &[String], word: &str) -> bool {
    words.is_empty() || words.iter().any(|asked| asked == word)
}

fn model_table(models: &[&Model]) -> Table {
    let mut table =
        Table::new(&["model", "title", "threats", "open", "worst open", "reviewed", "outcome"]);
    for model in models {
        let open: Vec<_> =
            model.threats.iter().filter(|threat| threat.status == Status::Open.word()).collect();
        // Threats stand worst first.
        let worst = open.first().map_or("", |threat| threat.severity);
        let last = model.reviews.iter().max_by(|a, b| a.date.cmp(&b.date));
        let row = vec![
            name(model).to_string(),
            model.title.clone(),
            model.threats.len().to_string(),
            open.len().to_string(),
            worst.to_string(),
            last.map(|review| review.date.clone()).unwrap_or_default(),
            last.and_then(|review| review.outcome.clone()).unwrap_or_default(),
        ];
        table.add(row, model);
    }
    table
}

fn entry_table(document: &Document, args: &Args) -> Table {
    let threats = args.what == What::Threats;
    let mut table = Table::new(match threats {
        true => &["id", "title", "severity", "stride", "status"],
        false => &["id", "title", "status"],
    });
    for entry in document.entries.iter().filter(|entry| entry.kind == args.what.kind()) {
        let severity = entry.severity.clone().unwrap_or_default();
        if !asks(&args.status, &entry.status) || !asks(&args.severity, &severity) {
            continue;
        }
        let mut row = vec![entry.id.clone(), entry.title.clone()];
        if threats {
            row.extend([severity, entry.stride.join(", ")]);
        }
        row.push(entry.status.clone());
        table.add(row, entry);
    }
    table
}

fn threat_table(models: &[&Model], args: &Args) -> Table {
    let mut table =
        Table::new(&["model", "id", "title", "status", "severity", "score", "owner", "tests"]);
    for model in models {
        for threat in &model.threats {
            if !asks(&args.status, threat.status) || !asks(&args.severity, threat.severity) {
                continue;
            }
            let tests: Vec<&str> = threat.tests.iter().map(|test| test.name.as_str()).collect();
            let row = vec![
                name(model).to_string(),
                threat.id.clone(),
                threat.title.clone(),
                threat.status.to_string(),
                threat.severity.to_string(),
                threat.score.as_ref().map(|score| score.text.clone()).unwrap_or_default(),
                threat.owner.clone().unwrap_or_default(),
                tests.join(", "),
            ];
            table.add(row, &Of { model: &model.url, item: threat });
        }
    }
    table
}

fn requirement_table(models: &[&Model], args: &Args) -> Table {
    let mut table = Table::new(&["model", "id", "title", "status", "owner", "tests"]);
    for model in models {
        for requirement in &model.requirements {
            let status = requirement.status.clone().unwrap_or_default();
            if !asks(&args.status, &status) {
                continue;
            }
            let tests: Vec<&str> =
                requirement.tests.iter().map(|test| test.name.as_str()).collect();
            let row = vec![
                name(model).to_string(),
                requirement.id.clone(),
                requirement.title.clone(),
                status,
                requirement.owner.clone().unwrap_or_default(),
                tests.join(", "),
            ];
            table.add(row, &Of { model: &model.url, item: requirement });
        }
    }
    table
}

fn assumption_table(models: &[&Model], args: &Args) -> Table {
    let mut table = Table::new(&["model", "id", "title", "status", "owner"]);
    for model in models {
        for assumption in &model.assumptions {
            let status = assumption.status.clone().unwrap_or_default();
            if !asks(&args.status, &status) {
                continue;
            }
            let row = vec![
                name(model).to_string(),
                assumption.id.clone(),
                assumption.title.clone(),
                status,
                assumption.owner.clone().unwrap_or_default(),
            ];
            table.add(row, &Of { model: &model.url, item: assumption });
        }
    }
    table
}

/// One line: a text of an author must not steer the terminal.
fn plain(cell: &str) -> String {
    markup::plain(cell).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Columns for people; one that is empty in every row is left out.
fn columns(table: &Table) -> String {
    if table.rows.is_empty() {
        return "nothing to list\n".into();
    }
    let rows: Vec<Vec<String>> =
        table.rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let shown: Vec<(usize, usize)> = (0..table.columns.len())
        .filter(|i| rows.iter().any(|row| !row[*i].is_empty()))
        .map(|i| {
            let cells = rows.iter().map(|row| row[i].chars().count());
            (i, cells.max().unwrap_or(0).max(table.columns[i].len()))
        })
        .collect();
    let line = |cell: &dyn Fn(usize) -> String| {
        let cells: Vec<String> =
            shown.iter().map(|(i, width)| format!("{:width$}", cell(*i))).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    let mut out = line(&|i| table.columns[i].to_uppercase());
    for row in &rows {
        out.push_str(&line(&|i| row[i].clone()));
    }
    out
}

fn markdown(table: &Table) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = row(table.columns.iter().map(|name| name.to_string()).collect());
    out.push_str(&row(vec!["---".into(); table.columns.len()]));
    for cells in &table.rows {
        out.push_str(&row(cells.iter().map(|cell| markup::markdown(cell)).collect()));
    }
    out
}
