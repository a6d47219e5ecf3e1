//! All pages of a book and how they refer to each other.
//!
//! ```text
//! pages -> nodes (one per article) -> resolved links -> edges -> checks
//! ```

mod check;
mod fragment;
mod lookup;
mod node;
mod query;
mod recording;
mod resolve;
mod revision;

pub use fragment::{Fragment, Shown};
pub use node::url_of_path;
pub use node::{DIAGNOSTICS, Node};
pub use recording::Recording;
pub use resolve::{Resolved, relative_url};
pub use revision::Revisions;

use crate::book::config::Config;
use crate::book::entry::BuiltInKind;
use crate::book::page::{Article, Item, Page};
use crate::book::selection::Absent;
use crate::book::source::{Origin, Sources, is_draft};
use crate::book::summary::Summary;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The address of the page for addresses that lead nowhere; `404.md` replaces it.
pub const NOT_FOUND: &str = "404.html";

/// The number of a node.
pub type NodeId = usize;

/// One page refers to another in a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The page that refers.
    pub from: NodeId,
    /// The page that is referred to.
    pub to: NodeId,
    /// The role's name; see [`crate::book::entry::Roles`].
    pub role: String,
    /// What is said of it there, such as a threat's status in a model.
    pub note: Option<String>,
}

/// An item with an ID of its own in a structured block, such as a threat that only
/// one model knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// The page it stands on.
    pub node: NodeId,
    /// Its anchor there.
    pub anchor: String,
    /// Its title.
    pub title: String,
}

/// A book with its references resolved.
#[derive(Debug)]
pub struct Graph {
    /// The parsed files.
    pub pages: Vec<Arc<Page>>,
    /// One node per published article.
    pub nodes: Vec<Node>,
    /// Where the links of each node's body lead.
    pub links: Vec<Vec<Resolved>>,
    /// The parts of other pages that each node shows.
    pub fragments: Vec<Vec<Option<Fragment>>>,
    /// The recordings that pages show.
    pub recordings: BTreeMap<NodeId, Recording>,
    /// The edges that leave each node, strongest role first.
    pub out: Vec<Vec<Edge>>,
    /// The edges that arrive at each node, ordered by role, then by node.
    pub back: Vec<Vec<Edge>>,
    /// The table of contents, where there is one.
    pub summary: Option<Summary>,
    /// Nodes by the source path of their file; entries under headings are not in it.
    pub by_path: BTreeMap<String, NodeId>,
    /// Nodes by ID and former ID, in lower case.
    pub by_id: BTreeMap<String, NodeId>,
    /// Local items by ID, in lower case.
    pub locals: BTreeMap<String, Local>,
    /// Items of earlier revisions that a later one has too.
    pub earlier: BTreeMap<(NodeId, String), Local>,
    /// Which model supersedes which.
    pub revisions: Revisions,
    /// Nodes by address.
    pub by_url: BTreeMap<String, NodeId>,
    /// Files that are published as they are, by their path in the source folder.
    pub files: BTreeSet<String>,
    /// Files beside the pages that are not published, by their path in the source folder.
    pub withheld: BTreeSet<String>,
    /// Files whose names cannot be published, by their path in the source folder.
    pub unnamed: BTreeSet<String>,
    /// What is not in the book.
    pub absent: Absent,
    /// Where the files come from that are of a library, by their number in `pages`.
    pub origins: BTreeMap<usize, Arc<Origin>>,
    /// Addresses of index pages that are made for folders without one of their own,
    /// and the tags page.
    pub generated: BTreeSet<String>,
    /// The translations of each page, by language.
    pub translations: BTreeMap<NodeId, BTreeMap<String, NodeId>>,
    /// What each translation translates.
    pub originals: BTreeMap<NodeId, NodeId>,
    /// Former IDs: the redirect's address and where it leads.
    pub redirects: Vec<(String, NodeId)>,
}

impl Graph {
    /// The article of a node.
    pub fn article(&self, node: NodeId) -> &Article {
        let node = &self.nodes[node];
        &self.pages[node.page].articles[node.article]
    }

    /// The parsed file of a node.
    pub fn page(&self, node: NodeId) -> &Page {
        &self.pages[self.nodes[node].page]
    }

    /// A page in a language: its translation, or itself where there is none.
    pub fn in_language(&self, node: NodeId, language: &str) -> NodeId {
        let found = self.translations.get(&node).and_then(|all| all.get(language));
        found.copied().unwrap_or(node)
    }

    /// What a page translates; itself where it is no translation.
    pub fn original(&self, node: NodeId) -> NodeId {
        self.originals.get(&node).copied().unwrap_or(node)
    }

    /// The node of an ID or former ID.
    pub fn find(&self, id: &str) -> Option<NodeId> {
        self.by_id.get(&crate::book::entry::id_form(id)).copied()
    }

    /// The local item of an ID.
    pub fn local(&self, id: &str) -> Option<&Local> {
        self.locals.get(&crate::book::entry::id_form(id))
    }

    /// The local item that an ID means on a page: on an earlier revision its own.
    pub fn local_on(&self, url: &str, id: &str) -> Option<&Local> {
        let own = self.by_url.get(url).filter(|_| !self.earlier.is_empty());
        own.and_then(|node| self.earlier.get(&(*node, crate::book::entry::id_form(id))))
            .or_else(|| self.local(id))
    }

    /// The anchor of an item's row: the ID of the entry that it uses, under whatever name,
    /// or its own.
    pub fn item_anchor(&self, item: &Item) -> Option<String> {
        let word = item.uses.as_ref().or(item.id.as_ref())?;
        let entry = item.uses.as_ref().and_then(|word| self.find(&word.text));
        let id = entry.and_then(|node| self.nodes[node].id.as_deref());
        Some(crate::book::entry::id_anchor(id.unwrap_or(&word.text)))
    }

    /// Where a page comes from, if not from the book itself.
    pub fn origin(&self, node: NodeId) -> Option<&Origin> {
        self.origins.get(&self.nodes[node].page).map(|origin| &**origin)
    }

    /// Whether a page is there to be read and compared, and counts for nothing: a model of a
    /// library, or what says so itself.
    pub fn is_example(&self, node: NodeId) -> bool {
        let model = BuiltInKind::Model.is(self.nodes[node].kind.as_deref());
        (model && self.origin(node).is_some()) || self.article(node).meta.example
    }

    /// The nodes of a kind, in order of their IDs, then addresses.
    pub fn of_kind<'g>(&'g self, kind: &'g str) -> impl Iterator<Item = NodeId> + 'g {
        (0..self.nodes.len()).filter(move |node| self.nodes[*node].kind.as_deref() == Some(kind))
    }
}

/// Puts the pages together. Never fails; what does not fit is reported.
pub fn link(
    config: &Config,
    sources: &Sources,
    pages: Vec<Arc<Page>>,
    summary: Option<Summary>,
    absent: Absent,
) -> (Graph, Vec<Diagnostic>) {
    let origin = |page: &Arc<Page>| Some(sources.layer(&page.file)?.origin.clone());
    let origins = pages.iter().enumerate();
    let origins = origins.filter_map(|(number, page)| Some((number, origin(page)?))).collect();
    let mut graph = Graph {
        pages,
        nodes: Vec::new(),
        links: Vec::new(),
        fragments: Vec::new(),
        recordings: BTreeMap::new(),
        out: Vec::new(),
        back: Vec::new(),
        summary,
        by_path: BTreeMap::new(),
        by_id: BTreeMap::new(),
        locals: BTreeMap::new(),
        earlier: BTreeMap::new(),
        revisions: Revisions::default(),
        by_url: BTreeMap::new(),
        files: published_files(config, sources, &absent),
        withheld: BTreeSet::new(),
        unnamed: sources.unnamed().map(str::to_string).collect(),
        absent,
        origins,
        generated: BTreeSet::new(),
        translations: BTreeMap::new(),
        originals: BTreeMap::new(),
        redirects: Vec::new(),
    };
    let mut found = withhold(&mut graph, config, sources);
    found.extend(node::collect(&mut graph, config));
    graph.generated = node::generated(&graph, config);
    let lookup = lookup::Lookup::new(&graph);
    let resolved: Vec<(Vec<Resolved>, Vec<Diagnostic>)> = (0..graph.nodes.len())
        .into_par_iter()
        .map(|node| resolve::links(&lookup, &graph, config, node))
        .collect();
    for (links, problems) in resolved {
        graph.links.push(links);
        found.extend(problems);
    }
    let (recordings, problems) = recording::collect(&graph, sources);
    graph.recordings = recordings;
    found.extend(problems);
    for node in 0..graph.nodes.len() {
        let (fragments, problems) = fragment::find(&graph, node);
        graph.fragments.push(fragments);
        found.extend(problems);
    }
    let lookup = lookup::Lookup::new(&graph);
    let edges: Vec<(Vec<Edge>, Vec<Diagnostic>)> = (0..graph.nodes.len())
        .into_par_iter()
        .map(|node| resolve::edges(&lookup, &graph, config, node))
        .collect();
    graph.back = vec![Vec::new(); graph.nodes.len()];
    for (edges, problems) in edges {
        for edge in &edges {
            graph.back[edge.to].push(edge.clone());
        }
        graph.out.push(edges);
        found.extend(problems);
    }
    for edges in &mut graph.back {
        edges.sort_by_key(|edge| (config.roles.rank(&edge.role), edge.from));
    }
    found.extend(check::orphans(&graph));
    found.extend(check::summary(&graph));
    found.extend(check::successors(&graph));
    (graph, found)
}

/// Everything in the source folder that is neither Markdown nor output.
fn published_files(config: &Config, sources: &Sources, absent: &Absent) -> BTreeSet<String> {
    sources
        .published()
        .filter(|(path, file, _)| {
            !path.ends_with(".md") && !is_foreign(config, file) && absent.why(path).is_none()
        })
        .map(|(path, _, _)| path.to_string())
        .collect()
}

/// Whether a file is of the built site or of the theme, where those stand among the sources.
fn is_foreign(config: &Config, file: &str) -> bool {
    let below = |folder: &str| {
        !folder.is_empty() && file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    below(&config.out) || below(&config.theme)
}

/// Keeps which files are not published, and tells it once for each kind of file.
fn withhold(graph: &mut Graph, config: &Config, sources: &Sources) -> Vec<Diagnostic> {
    let mut kinds: BTreeMap<String, Vec<&Arc<str>>> = BTreeMap::new();
    for (path, file) in sources.withheld().filter(|(_, file)| !is_foreign(config, file)) {
        graph.withheld.insert(path.to_string());
        let name = path.rsplit('/').next().unwrap_or(path);
        let kind = name.rsplit_once('.').map_or(name.to_string(), |(_, end)| format!("*.{end}"));
        if !is_draft(path) {
            kinds.entry(kind.to_ascii_lowercase()).or_default().push(file);
        }
    }
    let tell = |(kind, files): (String, Vec<&Arc<str>>)| {
        let more = match files.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more of this kind"),
        };
        let message = format!("`{}` is not published{more}", files[0]);
        Diagnostic::new(Code::NotPublished, Place::new(files[0], 0..0), message).help(format!(
            "name it in `copy` under [build] in book.toml, such as \"{kind}\", or in `exclude`"
        ))
    };
    kinds.into_iter().map(tell).collect()
}

/// The first byte of a file.
fn head(page: &Page) -> Place {
    Place::new(&page.file, 0..0)
}
