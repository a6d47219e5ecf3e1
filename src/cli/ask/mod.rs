//! `casebook ask`: what to ask of a design, from a description or from its properties.

mod talk;

use super::{Failure, new, report, stream};
use crate::cli::Book;
use crate::model::ask::{self, Answered, Description, Step, Walk};
use crate::model::draft::{Request, Size, Uses, draft};
use crate::search::Hit;
use crate::site::Site;
use crate::text::diagnostic::did_you_mean;
use crate::text::markup::{markdown, plain};
use anstyle::Style;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

/// How the questions are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Asked one by one on a terminal; else a list.
    Text,
    /// A list to tick, for a ticket.
    Markdown,
    /// One JSON document.
    Json,
}

/// Ask what concerns the thing you build.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "On a terminal the questions are asked one by one, and the answers come out as Markdown.\n\n\
                        Examples:\n  casebook ask --text \"People upload photos, we resize them\"\n  \
                        casebook ask --applies-to file-upload,sharing\n  \
                        casebook ask --applies-to webhooks --format markdown > ticket.md\n  \
                        casebook ask --applies-to sign-in --new \"Sign in with a passkey\""
)]
pub(super) struct Args {
    /// Folder of the book
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// What you build, in a few sentences
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// Properties of what you build, such as sign-in,file-upload; `casebook ask --list`
    /// shows all
    #[arg(long, value_name = "WORDS", value_delimiter = ',')]
    applies_to: Vec<String>,
    /// List the properties
    #[arg(long)]
    list: bool,
    /// Write a new model of this title from the answers
    #[arg(long, value_name = "TITLE")]
    new: Option<String>,
    /// How many questions
    #[arg(long, short = 'n', default_value_t = ask::ENOUGH)]
    limit: usize,
    /// How to give them
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (site, _) = report::open(&Book { dir: args.dir.clone() })?;
    if site.walk().threats.is_empty() {
        return Err("no threat of this book has questions below \"How to see it in your design\""
            .to_string());
    }
    if args.list {
        return stream::paint(&listed(site.walk())).map(|()| ExitCode::SUCCESS);
    }
    let mut chosen = chosen(site.walk(), &args.applies_to)?;
    let described = args.text.as_deref().map(|text| describe(&site, text)).transpose()?;
    let talks = args.format == Format::Text
        && std::io::stdin().is_terminal()
        && std::io::stderr().is_terminal();
    if talks {
        return converse(args, &site, chosen, described);
    }
    if args.new.is_some() {
        return Err("`--new` writes what you answer, so it needs a terminal".to_string());
    }
    if described.is_none() && chosen.is_empty() && !site.walk().properties.is_empty() {
        return Err("say what you build: --text \"...\" or --applies-to; `casebook ask --list` \
                    shows the properties"
            .to_string());
    }
    if let Some(description) = described.as_ref().filter(|_| chosen.is_empty()) {
        chosen = description.properties.iter().map(|known| known.property).collect();
    }
    let steps = steps(&site, &chosen, described.as_ref());
    let text = match args.format {
        Format::Text => shown(&site, described.as_ref(), &chosen, &steps, args.limit),
        Format::Markdown => checklist(&site, &chosen, &steps, args.limit),
        Format::Json => {
            let document = document(&site, described.as_ref(), &chosen, &steps, args.limit);
            serde_json::to_string_pretty(&document).map_err(|error| error.to_string())? + "\n"
        }
    };
    stream::paint(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn describe(site: &Site, text: &str) -> Result<Description, Failure> {
    let index = site.index().map_err(|error| error.to_string())?;
    ask::describe(site.walk(), &site.graph, &index, text).map_err(|error| error.to_string())
}

fn steps(site: &Site, chosen: &[usize], described: Option<&Description>) -> Vec<Step> {
    let ranked = described.map(|description| description.ranked(&site.graph)).unwrap_or_default();
    site.walk().steps(chosen, &ranked)
}

/// The places of properties that are named.
fn chosen(walk: &Walk, words: &[String]) -> Result<Vec<usize>, Failure> {
    let named = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty());
    named
        .map(|word| {
            walk.property(word).ok_or_else(|| {
                let known = walk.properties.iter().map(|property| property.word.as_str());
                let help = did_you_mean(word, known)
                    .unwrap_or_else(|| "`casebook ask --list` shows all".into());
                format!("no threat applies to `{word}`; {help}")
            })
        })
        .collect()
}

fn converse(
    args: &Args,
    site: &Site,
    chosen: Vec<usize>,
    described: Option<Description>,
) -> Result<ExitCode, Failure> {
    let (mut input, mut output) = (std::io::stdin().lock(), anstream::stderr().lock());
    let mut talk = talk::Talk {
        walk: site.walk(),
        graph: &site.graph,
        input: &mut input,
        output: &mut output,
    };
    let describe = |text: &str| describe(site, text);
    let answers = talk.all(chosen, described, args.limit, &describe)?;
    if answers.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    stream::print(&ask::ticket(&site.graph, site.words(), &answers))?;
    match &args.new {
        Some(title) => write(args, site, title, &answers)?,
        None => warn!("{}", command(site, &answers)),
    }
    Ok(ExitCode::SUCCESS)
}

/// How the same threats begin a model.
fn command(site: &Site, answers: &[Answered]) -> String {
    let taken = answers.iter().filter(|answered| answered.answer.applies());
    let ids: Vec<&str> =
        taken.filter_map(|answered| site.graph.nodes[answered.threat].id.as_deref()).collect();
    match &ids[..] {
        [] => String::new(),
        ids => format!("casebook new model \"TITLE\" --use {}", ids.join(",")),
    }
}

fn write(args: &Args, site: &Site, title: &str, answers: &[Answered]) -> Result<(), Failure> {
    let uses = Uses::answered(&site.graph, site.words(), answers);
    let request = Request {
        kind: "model",
        title,
        area: None,
        id: None,
        date: &jiff::ZonedDateTime::now().date().to_string(),
        size: Some(Size::Small),
        uses: Some(&uses),
    };
    let taken = new::taken(site);
    let files = site.sources.published().map(|(path, _, _)| path);
    let draft = draft(&request, &site.config, taken, files).map_err(|error| error.to_string())?;
    let file = new::write(&args.dir, &draft).map_err(|error| error.to_string())?;
    warn!("wrote {}", file.display());
    Ok(())
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The properties in their groups.
fn listed(walk: &Walk) -> String {
    let mut out = String::new();
    let mut group = None;
    let width = walk.properties.iter().map(|property| property.word.len()).max().unwrap_or(0);
    for property in &walk.properties {
        if group != Some(&property.group) {
            let _ = writeln!(
                out,
                "{}{BOLD}{}{BOLD:#}",
                if group.is_some() { "\n" } else { "" },
                plain(&property.group)
            );
            group = Some(&property.group);
        }
        let about = if property.about.is_empty() { &property.title } else { &property.about };
        let _ = writeln!(out, "  {:width$}  {}", plain(&property.word), plain(about));
    }
    out
}

fn shown(
    site: &Site,
    described: Option<&Description>,
    chosen: &[usize],
    steps: &[Step],
    limit: usize,
) -> String {
    let mut out = described.map(|description| about(site.walk(), description)).unwrap_or_default();
    let words: Vec<&str> =
        chosen.iter().map(|at| site.walk().properties[*at].word.as_str()).collect();
    if !words.is_empty() {
        let _ = writeln!(out, "{BOLD}To ask of: {}{BOLD:#}\n", words.join(", "));
    }
    for (number, step) in steps.iter().take(limit).enumerate() {
        let question = plain(&site.walk().questions[step.question]);
        let _ = writeln!(out, "{:>3}. {question}", number + 1);
        for at in &step.threats {
            let (id, title) = named(site, *at);
            let _ = writeln!(out, "     {DIM}{id} {}{DIM:#}", plain(title));
        }
    }
    let _ = match steps.len().saturating_sub(limit) {
        0 if steps.is_empty() => writeln!(out, "nothing to ask"),
        0 => writeln!(out, "\n{} questions", steps.len()),
        rest => writeln!(out, "\n{limit} of {} questions; {rest} more with -n", steps.len()),
    };
    out
}

fn named(site: &Site, threat: usize) -> (&str, &str) {
    let entry = &site.graph.nodes[site.walk().threats[threat].node];
    (entry.id.as_deref().unwrap_or_default(), &entry.title)
}

/// What a description leads to.
fn about(walk: &Walk, description: &Description) -> String {
    let mut out = String::new();
    for known in &description.properties {
        let word = &walk.properties[known.property].word;
        let _ = writeln!(out, "{word}  {DIM}you wrote \"{}\"{DIM:#}", plain(&known.words));
    }
    for at in &description.guessed {
        let _ = writeln!(
            out,
            "{}  {DIM}perhaps: near threats have it{DIM:#}",
            walk.properties[*at].word
        );
    }
    let lists = [
        ("Threats", &description.threats, 10),
        ("Starter sets", &description.starters, usize::MAX),
        ("Models to read", &description.models, usize::MAX),
    ];
    for (name, hits, most) in lists.into_iter().filter(|(_, hits, _)| !hits.is_empty()) {
        let _ = writeln!(out, "\n{BOLD}{name}{BOLD:#}");
        for hit in hits.iter().take(most) {
            let id = hit.id.as_ref().map(|id| format!("{id} ")).unwrap_or_default();
            let words = plain(&matched(hit).join(", "));
            let _ = writeln!(out, "  {id}{}  {DIM}{words}{DIM:#}", plain(&hit.title.text));
        }
    }
    out + "\n"
}

/// The words of a description that a hit has.
fn matched(hit: &Hit) -> Vec<&str> {
    hit.why.keys().map(String::as_str).filter(|word| word.len() > 1).collect()
}

/// The questions to tick, for a ticket.
fn checklist(site: &Site, chosen: &[usize], steps: &[Step], limit: usize) -> String {
    let titles: Vec<String> =
        chosen.iter().map(|at| markdown(&site.walk().properties[*at].title)).collect();
    let mut out = String::from("## What to ask of this design\n");
    if !titles.is_empty() {
        let _ = write!(out, "\n{}\n", titles.join(", "));
    }
    out.push('\n');
    for step in steps.iter().take(limit) {
        let _ = writeln!(out, "- [ ] {}", markdown(&site.walk().questions[step.question]));
        for at in &step.threats {
            let (id, title) = named(site, *at);
            let _ = writeln!(out, "  - **{id}** {}", markdown(title));
        }
    }
    out
}

/// What is printed as JSON.
#[derive(Debug, Serialize)]
struct Document<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    described: Option<Described<'a>>,
    applies_to: Vec<&'a str>,
    /// How many questions there are in all.
    total: usize,
    questions: Vec<Question<'a>>,
}

#[derive(Debug, Serialize)]
struct Described<'a> {
    properties: Vec<(&'a str, &'a str)>,
    guessed: Vec<&'a str>,
    threats: Vec<Found<'a>>,
    starters: Vec<Found<'a>>,
    models: Vec<Found<'a>>,
}

#[derive(Debug, Serialize)]
struct Found<'a> {
    id: Option<&'a str>,
    title: &'a str,
    url: &'a str,
    score: f64,
    /// The words of the description that it has.
    words: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct Question<'a> {
    question: &'a str,
    threats: Vec<&'a str>,
    more: Vec<&'a str>,
}

fn document<'a>(
    site: &'a Site,
    described: Option<&'a Description>,
    chosen: &[usize],
    steps: &[Step],
    limit: usize,
) -> Document<'a> {
    let walk = site.walk();
    let word = |at: usize| walk.properties[at].word.as_str();
    let found = |hits: &'a [Hit]| -> Vec<Found<'a>> {
        let found = |hit: &'a Hit| Found {
            id: hit.id.as_deref(),
            title: &hit.title.text,
            url: hit.place.url.split('#').next().unwrap_or_default(),
            score: hit.score,
            words: matched(hit),
        };
        hits.iter().map(found).collect()
    };
    let question = |at: &usize| walk.questions[*at].as_str();
    Document {
        described: described.map(|description| Described {
            properties: description
                .properties
                .iter()
                .map(|known| (word(known.property), known.words.as_str()))
                .collect(),
            guessed: description.guessed.iter().map(|at| word(*at)).collect(),
            threats: found(&description.threats),
            starters: found(&description.starters),
            models: found(&description.models),
        }),
        applies_to: chosen.iter().map(|at| word(*at)).collect(),
        total: steps.len(),
        questions: steps
            .iter()
            .take(limit)
            .map(|step| Question {
                question: question(&step.question),
                threats: step.threats.iter().map(|at| named(site, *at).0).collect(),
                more: step.more.iter().map(question).collect(),
            })
            .collect(),
    }
}
