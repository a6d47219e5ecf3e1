//! `casebook export cards`

use super::super::{Book, Failure, find, leak, stream};
use super::Circle;
use crate::book::graph::NodeId;
use crate::search::Query;
use crate::site::{Paper, Site, theme_diagnostic};
use crate::text::diagnostic::Level;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

/// A deck of cards from threats, for paper or a screen.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Eight cards to a sheet, with marks to cut along; each sheet of fronts is followed by its\n\
                        backs. Print it on both sides, turned over the long edge, at its full size.\n\n\
                        Examples:\n  casebook export cards --page content/starters/file-upload.md\n  \
                        casebook export cards --use T-AUTH-001,T-AUTH-004 --paper letter\n  \
                        casebook export cards --query 'applies-to:webhooks severity:high'"
)]
pub(super) struct Args {
    #[command(flatten)]
    book: Book,
    #[command(flatten)]
    circle: Circle,
    /// The threats that a page names: a starter set, a model
    #[arg(long, value_name = "ID|PATH")]
    page: Option<String>,
    /// These threats, such as T-AUTH-001,T-AUTH-004
    #[arg(long = "use", value_name = "IDS", value_delimiter = ',')]
    uses: Vec<String>,
    /// The threats that a search finds
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
    /// The size of the paper
    #[arg(long, value_enum, default_value = "a4")]
    paper: Size,
    /// Each card alone, front and back, for a screen
    #[arg(long)]
    single: bool,
    /// The file; `-` for standard output
    #[arg(long, value_name = "FILE", default_value = "cards.html")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Size {
    A4,
    Letter,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let Some(site) = super::open(&args.book, args.circle)? else { return Ok(ExitCode::from(1)) };
    let nodes = chosen(args, &site)?;
    if nodes.is_empty() {
        return Err("no threat is chosen; nothing was written".to_string());
    }
    let size = if args.paper == Size::A4 { "a4" } else { "letter" };
    let html = match site.card_file(&nodes, Paper { size, single: args.single }) {
        Ok(html) => html,
        Err(error) => {
            let found = vec![(Level::Deny, theme_diagnostic(&site.config, &error))];
            super::report::show(&site, &found);
            return Ok(ExitCode::from(1));
        }
    };
    let file = args.out.to_string_lossy();
    if leak::found(&site, std::iter::once((&*file, html.as_bytes()))) {
        return Ok(ExitCode::from(1));
    }
    if args.out.as_os_str() == "-" {
        stream::print(&html)?;
        return Ok(ExitCode::SUCCESS);
    }
    super::spare(&site, &args.out)?;
    super::write(&args.out, html.as_bytes())?;
    say!("wrote {}: {} cards", args.out.display(), nodes.len());
    Ok(ExitCode::SUCCESS)
}

/// The threats, each once; all where nothing is said.
fn chosen(args: &Args, site: &Site) -> Result<Vec<NodeId>, Failure> {
    let all = site.carded();
    let mut wanted: Vec<NodeId> = Vec::new();
    if let Some(page) = &args.page {
        let node = find::page(site, &args.book.dir, page)?;
        wanted.extend(site.graph.out[node].iter().map(|edge| edge.to));
    }
    for id in args.uses.iter().map(|id| id.trim()).filter(|id| !id.is_empty()) {
        let node = site.graph.find(id).filter(|node| all.contains(node));
        wanted.push(node.ok_or_else(|| format!("there is no threat `{id}` with a card"))?);
    }
    if let Some(query) = &args.query {
        let index = site.index().map_err(|error| error.to_string())?;
        let query = Query::parse(query).with_filter("kind", "threat");
        let found = index.search(&query, usize::MAX).map_err(|error| error.to_string())?;
        let ids = found.hits.iter().filter_map(|hit| hit.id.as_deref());
        wanted.extend(ids.filter_map(|id| site.graph.find(id)));
    }
    if args.page.is_none() && args.uses.is_empty() && args.query.is_none() {
        return Ok(all);
    }
    let wanted: BTreeSet<NodeId> = wanted.into_iter().collect();
    Ok(all.into_iter().filter(|node| wanted.contains(node)).collect())
}
