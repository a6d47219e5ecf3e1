//! What the site consists of: an address for everything, and the ways between.

mod browse;
mod log;
mod nav;
mod risk;

pub use browse::{BROWSE, COMPARE, ENTRIES, PICKED, Script, card_file, entries_file, has_card};
pub use log::{CHANGES, DUE, FEED};
pub use nav::{Item, Part, Section};
pub use risk::framework_url;
mod overview;

pub use overview::Overview;

use crate::book::config::Config;
use crate::book::graph::{Graph, NOT_FOUND, NodeId};
use crate::book::page::{Target, classify};
use std::collections::{BTreeMap, BTreeSet};

/// What stands at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// A page that comes from the sources.
    Node(NodeId),
    /// The index of a catalogue, by the kind's name, and the page that introduces it.
    Catalogue(String, Option<NodeId>),
    /// The index of a section, and the page that introduces it.
    Section(usize, Option<NodeId>),
    /// All pages of a section on one page, for paper.
    Print(usize),
    /// All tags.
    Tags,
    /// Everything with one tag.
    Tag(String),
    /// Sends the reader to another address of the site, or elsewhere.
    Redirect(String),
    /// A file of the sources, by its path in the source folder.
    File(String),
    /// The page that explains a risk framework, by its name.
    Framework(String),
    /// A page over all models.
    Overview(Overview),
    /// The rows of such a page as comma-separated values.
    Csv(Overview),
    /// What changed from the revision before to this one.
    Change(NodeId),
    /// The entries of all kinds.
    Entries,
    /// A selection of entries.
    Picked,
    /// What two pages share, lack and decide differently.
    Compare,
    /// Data for the browser.
    Script(Script),
    /// What changed, by date.
    Changes,
    /// The same as an Atom feed.
    Feed,
    /// What has to be looked at again.
    Due,
    /// The table of diagnostics.
    Diagnostics,
    /// The page for addresses that lead nowhere.
    NotFound,
    /// The list of addresses for search engines.
    Sitemap,
    /// The whole book as JSON.
    Data,
    /// The schema of that JSON.
    Schema,
}

/// The site's addresses and its navigation.
#[derive(Debug)]
pub struct Plan {
    /// What stands at each address, relative to the site's root. Assets of the theme
    /// and search files are not in it.
    pub routes: BTreeMap<String, Route>,
    /// The sections in order.
    pub sections: Vec<Section>,
    /// The section of each node and its way there: an index at each level.
    pub spots: Vec<Option<Spot>>,
    /// Tags, with what bears them. The key is the tag's address.
    pub tags: BTreeMap<String, Tag>,
}

/// A tag.
#[derive(Debug, Clone, Default)]
pub struct Tag {
    /// As it was first written.
    pub name: String,
    /// What bears it.
    pub nodes: Vec<NodeId>,
}

/// Where a node is in the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The section.
    pub section: usize,
    /// The part, then an index at each level.
    pub path: Vec<usize>,
    /// Place in the section's reading order.
    pub order: usize,
}

/// A section of more pages has none that shows them all: nobody prints it.
const MOST_PRINTED: usize = 200;

/// The address of the page that shows a whole section.
pub fn print_url(section: &Section) -> String {
    let folder = section.index.as_deref().and_then(|index| index.rsplit_once('/'));
    folder.map_or_else(|| "print.html".into(), |(folder, _)| format!("{folder}/print.html"))
}

/// The address of a tag's page.
pub fn tag_url(tag: &str) -> String {
    let mut slug = crate::book::page::slug(&deunicode::deunicode(tag));
    // File systems end a name at 255 bytes. The slug is ASCII, so it can be cut anywhere.
    if slug.len() > 100 {
        let hash = blake3::hash(slug.as_bytes()).to_hex();
        slug.truncate(80);
        slug = format!("{slug}-{}", &hash[..12]);
    }
    // `index.html` lists all tags, and some systems keep names such as `aux` for themselves.
    let taken = slug == "index" || crate::book::source::is_reserved(&slug);
    format!("tags/{slug}{}.html", if taken { "-tag" } else { "" })
}

/// The address of the page that tells what a revision changed.
pub fn change_url(graph: &Graph, node: NodeId) -> String {
    let page = &graph.nodes[node];
    match &page.id {
        Some(id) => format!("changes/{}.html", id.to_ascii_lowercase()),
        None => format!("changes/{}", page.url),
    }
}

/// Plans the site.
pub fn lay_out(config: &Config, graph: &Graph) -> Plan {
    let sections = nav::sections(config, graph);
    let mut spots = vec![None; graph.nodes.len()];
    for (number, section) in sections.iter().enumerate() {
        for (node, path, order) in section.places() {
            let spot = &mut spots[node];
            if spot.is_none() {
                *spot = Some(Spot { section: number, path, order });
            }
        }
    }
    let mut tags: BTreeMap<String, Tag> = BTreeMap::new();
    for node in 0..graph.nodes.len() {
        if graph.nodes[node].language.is_some() {
            continue;
        }
        let own: BTreeSet<&String> = graph.article(node).meta.tags.iter().collect();
        for tag in own {
            let entry = tags.entry(tag_url(tag)).or_default();
            if entry.name.is_empty() {
                entry.name = tag.clone();
            }
            if entry.nodes.last() != Some(&node) {
                entry.nodes.push(node);
            }
        }
    }
    let mut plan = Plan { routes: BTreeMap::new(), sections, spots, tags };
    plan.routes = routes(config, graph, &plan);
    plan
}

fn routes(config: &Config, graph: &Graph, plan: &Plan) -> BTreeMap<String, Route> {
    let mut routes = BTreeMap::new();
    for path in &graph.files {
        routes.insert(path.clone(), Route::File(path.clone()));
    }
    for (url, node) in &graph.by_url {
        routes.insert(url.clone(), Route::Node(*node));
    }
    for (number, section) in plan.sections.iter().enumerate() {
        let Some(url) = &section.index else { continue };
        let intro = graph.by_url.get(url).copied();
        let catalogue = section.kind.as_deref().and_then(|kind| config.kinds.get(kind));
        let route = match catalogue.filter(|kind| kind.catalogue) {
            Some(kind) => Route::Catalogue(kind.name.clone(), intro),
            None if graph.summary.is_some() && intro.is_some() => continue,
            None => Route::Section(number, intro),
        };
        routes.insert(url.clone(), route);
    }
    for url in plan.tags.keys() {
        if !routes.contains_key(url) {
            routes.insert(url.clone(), Route::Tag(url.clone()));
        }
    }
    if graph.generated.contains("tags/index.html") {
        routes.insert("tags/index.html".into(), Route::Tags);
    }
    let mut free = |url: String, route: Route| {
        routes.entry(url).or_insert(route);
    };
    for (from, node) in &graph.redirects {
        free(from.clone(), Route::Redirect(graph.nodes[*node].url.clone()));
    }
    for (from, to) in &config.redirects {
        let from = match from.ends_with('/') || from.is_empty() {
            true => format!("{from}index.html"),
            false => from.clone(),
        };
        let allowed = !matches!(classify(to), Target::Unsafe(_));
        if allowed
            && from.ends_with(".html")
            && crate::book::source::join("", &from).as_ref() == Some(&from)
        {
            free(from, Route::Redirect(to.clone()));
        }
    }
    // A book whose first page has another name still opens at its root.
    if let Some(first) = plan.sections.iter().find_map(|section| section.first(graph)) {
        free("index.html".into(), Route::Redirect(first));
    }
    for node in graph.revisions.before.keys() {
        free(change_url(graph, *node), Route::Change(*node));
    }
    for (number, section) in plan.sections.iter().enumerate() {
        let kind = section.kind.as_deref().and_then(|kind| config.kinds.get(kind));
        let is_text = kind.is_none_or(|kind| !kind.catalogue && kind.name != "model");
        if is_text && (2..=MOST_PRINTED).contains(&section.reading.len()) {
            free(print_url(section), Route::Print(number));
        }
    }
    free(NOT_FOUND.into(), Route::NotFound);
    free("diagnostics.html".into(), Route::Diagnostics);
    free(crate::model::export::DATA_FILE.into(), Route::Data);
    free(crate::model::export::SCHEMA_FILE.into(), Route::Schema);
    // The section's introduction is no model.
    let is_model = |node: NodeId| {
        let page = &graph.nodes[node];
        !page.url.ends_with("models/index.html") || page.id.is_some()
    };
    if graph.of_kind("model").any(is_model) {
        for overview in Overview::ALL {
            free(overview.url(), Route::Overview(overview));
            free(overview.csv(), Route::Csv(overview));
        }
    }
    if config.url.is_some() {
        free("sitemap.xml".into(), Route::Sitemap);
    }
    routes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_tags_are_short_plain_and_differ() {
        assert_eq!(tag_url("Supply chain"), "tags/supply-chain.html");
        assert_eq!(tag_url("index"), "tags/index-tag.html");
        let long = "é ".repeat(300);
        assert!(tag_url(&long).len() < 120);
        assert_ne!(tag_url(&format!("{long}a")), tag_url(&format!("{long}b")));
    }
}
