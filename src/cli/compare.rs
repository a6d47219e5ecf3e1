//! `casebook compare`

use super::diff::Format;
use super::{Book, Failure, find, report, stream};
use crate::book::graph::NodeId;
use crate::model::compare::{Decision, Line, Named, Side, compare, named};
use crate::site::Site;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Tell which threats two pages share, lack and decide differently.
#[derive(Debug, clap::Args)]
#[command(after_help = "A model names what stands in its blocks. Any other page, such as a \
                        starter set, names the entries that it links to and lists.\n\n\
                        Examples:\n  casebook compare M-SHOP-001 M-SIGNIN-001\n  \
                        casebook compare models/shop/index.md starters/web.md\n  \
                        casebook compare M-SHOP-001 starters/web.md --format markdown")]
pub(super) struct Args {
    /// ID or file of the first page
    #[arg(value_name = "A")]
    first: String,
    /// ID or file of the second page
    #[arg(value_name = "B")]
    second: String,
    /// Folder of the book
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// How to print the comparison
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// What is compared.
#[derive(Serialize)]
struct Page<'s> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'s str>,
    title: &'s str,
    #[serde(skip_serializing_if = "str::is_empty")]
    date: &'s str,
    url: &'s str,
    #[serde(skip)]
    named: Vec<Named>,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (site, _) = report::open(&Book { dir: args.dir.clone() })?;
    let page =
        |name: &str| find::page(&site, &args.dir, name).and_then(|node| view(&site, name, node));
    let (first, second) = (page(&args.first)?, page(&args.second)?);
    let lines = compare(&first.named, &second.named);
    let text = match args.format {
        Format::Text => text(&first, &second, &lines),
        Format::Markdown => markdown(&first, &second, &lines),
        Format::Json => json(&first, &second, &lines)?,
    };
    stream::paint(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn view<'s>(site: &'s Site, name: &str, node: NodeId) -> Result<Page<'s>, Failure> {
    let page = &site.graph.nodes[node];
    let named = named(&site.graph, &site.models, node);
    if named.is_empty() {
        return Err(format!("`{name}` names no entries, so there is nothing to compare"));
    }
    let date = site.graph.date(node);
    Ok(Page { id: page.id.as_deref(), title: &page.title, date, url: &page.url, named })
}

impl Page<'_> {
    fn name(&self) -> String {
        let id = self.id.map(|id| format!("{id} ")).unwrap_or_default();
        let date = if self.date.is_empty() { String::new() } else { format!(" ({})", self.date) };
        format!("{id}{}{date}", self.title)
    }
}

fn json(first: &Page<'_>, second: &Page<'_>, lines: &[Line]) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Counts {
        differ: usize,
        first: usize,
        second: usize,
        same: usize,
    }
    #[derive(Serialize)]
    struct Document<'s> {
        first: &'s Page<'s>,
        second: &'s Page<'s>,
        counts: Counts,
        entries: &'s [Line],
    }
    let count = |side: Side| lines.iter().filter(|line| line.side == side).count();
    let counts = Counts {
        differ: count(Side::Differ),
        first: count(Side::First),
        second: count(Side::Second),
        same: count(Side::Same),
    };
    let document = Document { first, second, counts, entries: lines };
    let json = serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?;
    Ok(json + "\n")
}

fn heading(side: Side) -> &'static str {
    match side {
        Side::Differ => "Decided differently",
        Side::First => "Only in the first",
        Side::Second => "Only in the second",
        Side::Same => "The same in both",
    }
}

/// `mitigated, high, mitigate`
fn words(decision: &Decision) -> String {
    let parts = [&decision.status, &decision.severity, &decision.response];
    let parts: Vec<&str> =
        parts.into_iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
    if parts.is_empty() { "named".into() } else { parts.join(", ").replace('-', " ") }
}

fn title(line: &Line) -> String {
    format!("{} {}", line.id, line.title).trim().to_string()
}

fn text(first: &Page<'_>, second: &Page<'_>, lines: &[Line]) -> String {
    let bold = Style::new().bold();
    let dim = AnsiColor::BrightBlack.on_default();
    let mut out = String::new();
    let _ = writeln!(out, "first:  {}", first.name());
    let _ = writeln!(out, "second: {}", second.name());
    for side in Side::ALL {
        let own: Vec<&Line> = lines.iter().filter(|line| line.side == side).collect();
        if own.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{bold}{} ({}){bold:#}", heading(side), own.len());
        for line in own {
            let _ = writeln!(out, "  {}", title(line));
            let sides = [("first", &line.first), ("second", &line.second)];
            let said = sides.into_iter().filter_map(|(name, d)| Some((name, d.as_ref()?)));
            if side != Side::Differ {
                let words: Vec<String> = said.map(|(_, decision)| words(decision)).collect();
                let alike = words.windows(2).all(|pair| pair[0] == pair[1]);
                let shown = if alike { words[..1.min(words.len())].to_vec() } else { words };
                let _ = writeln!(out, "    {dim}{}{dim:#}", shown.join(" / "));
                continue;
            }
            for (name, decision) in said {
                let why = match decision.why.as_str() {
                    "" => String::new(),
                    why => format!(": {}", why.split_whitespace().collect::<Vec<_>>().join(" ")),
                };
                let _ = writeln!(out, "    {name}: {}{dim}{why}{dim:#}", words(decision));
            }
        }
    }
    out
}

fn markdown(first: &Page<'_>, second: &Page<'_>, lines: &[Line]) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {} and {}", cell(&first.name()), cell(&second.name()));
    for side in Side::ALL {
        let own: Vec<&Line> = lines.iter().filter(|line| line.side == side).collect();
        if own.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n### {} ({})\n", heading(side), own.len());
        let _ = writeln!(out, "| Entry | {} | {} |", cell(first.title), cell(second.title));
        let _ = writeln!(out, "| --- | --- | --- |");
        for line in own {
            let said = |decision: &Option<Decision>| match decision {
                None => String::new(),
                Some(decision) if decision.why.is_empty() => words(decision),
                Some(decision) => format!("{}: {}", words(decision), decision.why),
            };
            let (first, second) = (said(&line.first), said(&line.second));
            let _ =
                writeln!(out, "| {} | {} | {} |", cell(&title(line)), cell(&first), cell(&second));
        }
    }
    out
}

/// A text that stays one cell and no markup.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if "|\\`*_[]<>#&".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_no_markup() {
        assert_eq!(cell("a | b\n<c> `d`"), "a \\| b \\<c\\> \\`d\\`");
        let decision = Decision { status: "not-applicable".into(), ..Decision::default() };
        assert_eq!(words(&decision), "not applicable");
        assert_eq!(words(&Decision::default()), "named");
    }
}
