//! What the site consists of: an address for everything, and the ways between.

mod ask;
mod browse;
mod group;
mod log;
mod model;
mod nav;
mod risk;

pub use ask::{ASK, DECK};
pub use browse::{BROWSE, COMPARE, ENTRIES, PICKED, Script, card_file, entries_file, has_card};
pub use group::{Group, LEARNING};
pub use log::{CHANGES, DUE, FEED};
pub use model::{change_url, meeting_url, stride_url};
pub use nav::{Item, Part, Section, area};
pub use risk::framework_url;
mod overview;

pub use overview::Overview;

use crate::book::config::Config;
use crate::book::entry::BuiltInKind;
use crate::book::graph::{DIAGNOSTICS, Graph, NOT_FOUND, NodeId};
use crate::book::source::{CONFIG_FILE, fold};
use crate::text::address::Address;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use std::collections::{BTreeMap, BTreeSet};

/// The page that lists all tags.
pub const TAGS: &str = "tags/index.html";

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
    Redirect(Address),
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
    /// STRIDE per element of a model.
    Stride(NodeId),
    /// The open threats of a model, for a meeting.
    Meeting(NodeId),
    /// The entries of all kinds.
    Entries,
    /// A selection of entries.
    Picked,
    /// What two pages share, lack and decide differently.
    Compare,
    /// What to ask of a design.
    Ask,
    /// Cards of threats.
    Deck,
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
    /// What is wrong with a page that is left out.
    Fault(NodeId),
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
    /// The pages that are left out, and what is wrong with them.
    pub faults: BTreeMap<NodeId, Vec<Diagnostic>>,
    /// What cannot have the address it asks for.
    pub found: Vec<Diagnostic>,
    /// The addresses of the book's own pages and files, by the form in which some systems
    /// take two for one.
    own: BTreeMap<String, String>,
    /// The former addresses, and where each is named.
    former: BTreeMap<String, Place>,
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
    let (routes, own) = (BTreeMap::new(), BTreeMap::new());
    let faults = BTreeMap::new();
    let (found, former) = (Vec::new(), BTreeMap::new());
    let mut plan = Plan { routes, sections, spots, tags, faults, found, own, former };
    give_addresses(config, graph, &mut plan);
    plan
}

/// Gives everything its address: first what the book has, then what the program makes.
fn give_addresses(config: &Config, graph: &Graph, plan: &mut Plan) {
    for path in &graph.files {
        plan.own(path.clone(), Route::File(path.clone()));
    }
    for (url, node) in &graph.by_url {
        plan.own(url.clone(), Route::Node(*node));
    }
    indexes(config, graph, plan);
    for url in plan.tags.keys().cloned().collect::<Vec<_>>() {
        plan.take(config, graph, url.clone(), Route::Tag(url));
    }
    if !plan.tags.is_empty() {
        plan.take(config, graph, TAGS.into(), Route::Tags);
    }
    for node in graph.revisions.before.keys() {
        plan.take(config, graph, change_url(graph, *node), Route::Change(*node));
    }
    for number in 0..plan.sections.len() {
        let section = &plan.sections[number];
        let kind = section.kind.as_deref().and_then(|kind| config.kinds.get(kind));
        let is_text =
            kind.is_none_or(|kind| !kind.catalogue && !BuiltInKind::Model.is(Some(&kind.name)));
        if is_text && (2..=MOST_PRINTED).contains(&section.reading.len()) {
            plan.take(config, graph, print_url(section), Route::Print(number));
        }
    }
    // A page of the author's is what readers see there; that is what its name says.
    if !graph.by_url.contains_key(NOT_FOUND) {
        plan.take(config, graph, NOT_FOUND.into(), Route::NotFound);
    }
    plan.take(config, graph, DIAGNOSTICS.into(), Route::Diagnostics);
    plan.take(config, graph, crate::model::export::DATA_FILE.into(), Route::Data);
    plan.take(config, graph, crate::model::export::SCHEMA_FILE.into(), Route::Schema);
    // The section's introduction is no model.
    let is_model = |node: NodeId| {
        let page = &graph.nodes[node];
        let section = page.url.ends_with("models/index.html") && page.id.is_none();
        !section && !graph.is_example(node)
    };
    if graph.of_kind(BuiltInKind::Model.word()).any(is_model) {
        for overview in Overview::ALL {
            plan.take(config, graph, overview.url(), Route::Overview(overview));
            plan.take(config, graph, overview.csv(), Route::Csv(overview));
        }
    }
    if config.url.is_some() {
        plan.take(config, graph, "sitemap.xml".into(), Route::Sitemap);
    }
    redirects(config, graph, plan);
}

/// The first pages of sections. A page that stands there introduces what is listed.
fn indexes(config: &Config, graph: &Graph, plan: &mut Plan) {
    for number in 0..plan.sections.len() {
        let section = &plan.sections[number];
        let Some(url) = section.index.clone() else { continue };
        let intro = graph.by_url.get(&url).copied();
        let catalogue = section.kind.as_deref().and_then(|kind| config.kinds.get(kind));
        let route = match catalogue.filter(|kind| kind.catalogue) {
            Some(kind) => Route::Catalogue(kind.name.clone(), intro),
            None if graph.summary.is_some() && intro.is_some() => continue,
            None => Route::Section(number, intro),
        };
        match intro {
            Some(_) => plan.own(url, route),
            None => plan.take(config, graph, url, route),
        }
    }
}

/// How addresses of pages end.
const PAGES: [&str; 8] = ["html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp"];

/// Former addresses. They yield to whatever stands there now.
fn redirects(config: &Config, graph: &Graph, plan: &mut Plan) {
    for (from, node) in &graph.redirects {
        let to = Address::page(&graph.nodes[*node].url);
        plan.redirect(from.clone(), to, graph.article(*node).place.clone());
    }
    for redirect in config.redirects.iter().filter(|known| !graph.leads_to_absent(&known.to)) {
        let from = match redirect.from.ends_with('/') || redirect.from.is_empty() {
            true => format!("{}index.html", redirect.from),
            false => redirect.from.clone(),
        };
        let proper = crate::book::source::join("", &from).as_ref() == Some(&from);
        if proper && from.ends_with(".html") {
            let place = Place::new(&CONFIG_FILE.into(), redirect.span.clone());
            plan.redirect(from, redirect.to.clone(), place);
        }
    }
    // A book whose first page has another name still opens at its root.
    if let Some(first) = plan.sections.iter().find_map(|section| section.first(graph)) {
        let to = Route::Redirect(Address::page(&first));
        plan.routes.entry("index.html".into()).or_insert(to);
    }
}

impl Plan {
    /// Gives an address to a page or file of the book.
    fn own(&mut self, url: String, route: Route) {
        self.own.insert(fold(&url), url.clone());
        self.routes.insert(url, route);
    }

    /// Gives an address to something that the program makes.
    pub fn take(&mut self, config: &Config, graph: &Graph, url: String, route: Route) {
        self.reserve(config, graph, &url);
        if let Some(place) = self.former.remove(&url) {
            self.routes.remove(&url);
            self.found.push(former_taken(&url, &url, place));
        }
        self.routes.entry(url).or_insert(route);
    }

    /// Keeps an address for something that the program makes: what the book has there, or
    /// where some systems see the same, is left out and told.
    pub fn reserve(&mut self, config: &Config, graph: &Graph, url: &str) {
        let Some(own) = self.own.remove(&fold(url)) else { return };
        let place = match self.routes.remove(&own) {
            Some(Route::Node(node)) => graph.article(node).place.clone(),
            Some(Route::Catalogue(_, Some(node)) | Route::Section(_, Some(node))) => {
                graph.article(node).place.clone()
            }
            _ => Place::new(&config.source(&own).into(), 0..0),
        };
        let message = format!("the site has a file of its own at `{url}`");
        let help = match url.starts_with("assets/") {
            true => format!("rename the file; the theme's files are in `{}/`", config.theme),
            false => "rename the file".to_string(),
        };
        self.found.push(Diagnostic::new(Code::UrlClash, place, message).help(help));
    }

    /// Keeps all scripts below a folder, whose names are known only when they are made.
    pub fn reserve_scripts(&mut self, config: &Config, graph: &Graph, folder: &str) {
        let here = |name: &&String| name.starts_with(folder) && name.ends_with(".js");
        let names: Vec<String> = self.own.keys().filter(here).cloned().collect();
        for name in names {
            let own = self.own[&name].clone();
            self.reserve(config, graph, &own);
        }
    }

    /// Puts what is wrong with pages in their place.
    pub fn leave_out(&mut self, faults: BTreeMap<NodeId, Vec<Diagnostic>>) {
        for route in self.routes.values_mut() {
            if let Route::Node(node)
            | Route::Catalogue(_, Some(node))
            | Route::Section(_, Some(node)) = route
                && faults.contains_key(node)
            {
                *route = Route::Fault(*node);
            }
        }
        self.faults = faults;
    }

    fn redirect(&mut self, from: String, to: Address, place: Place) {
        let taken = self.own.get(&fold(&from)).filter(|own| self.routes.contains_key(*own));
        let taken = taken.or_else(|| self.routes.get_key_value(&from).map(|(url, _)| url));
        if let Some(taken) = taken {
            self.found.push(former_taken(&from, taken, place));
            return;
        }
        // Any other file may be one that pages load.
        if !from.rsplit_once('.').is_some_and(|(_, ending)| PAGES.contains(&ending)) {
            let message = format!("the former address `{from}` is not that of a page");
            let help = "what redirects ends in `/` or `.html`";
            self.found.push(Diagnostic::new(Code::UrlClash, place, message).help(help));
            return;
        }
        self.former.insert(from.clone(), place);
        self.routes.insert(from, Route::Redirect(to));
    }
}

fn former_taken(from: &str, taken: &str, place: Place) -> Diagnostic {
    let message = format!("the former address `{from}` is that of the page `{taken}`");
    Diagnostic::new(Code::UrlClash, place, message)
        .help("leave the redirect out, or rename the page")
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
