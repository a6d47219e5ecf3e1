//! The sections of a site, and the pages in each in the order of reading.

use super::group::{Group, group};
use crate::book::config::Config;
use crate::book::entry::{leading_number, readable};
use crate::book::graph::{Graph, NodeId};
use crate::book::summary::Chapter;
use std::collections::{BTreeMap, BTreeSet};

/// The name of the section of the pages that stand in no folder, until it is shown.
const ROOT: &str = "More";

/// A section: the top level of the navigation.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Its name.
    pub label: String,
    /// Its own page: an index page of the sources or a generated one.
    pub index: Option<String>,
    /// The kind of its pages, where its folder belongs to one.
    pub kind: Option<String>,
    /// Its pages.
    pub parts: Vec<Part>,
    /// Its pages in the order of reading.
    pub reading: Vec<NodeId>,
    /// Where it stands in the header.
    pub group: Group,
}

/// A titled part of a section.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The title; none for what stands before the first title.
    pub title: Option<String>,
    /// Whether its pages are examples, which stand below the others.
    pub examples: bool,
    /// Its pages.
    pub items: Vec<Item>,
}

/// A page in the navigation, or a folder, or a chapter that is not written yet.
#[derive(Debug, Clone, Default)]
pub struct Item {
    /// Its name.
    pub label: String,
    /// The page, where there is one.
    pub node: Option<NodeId>,
    /// A chapter's number, an entry's ID, or an area with words of its own.
    pub number: Option<String>,
    /// The rows of the section's catalogue that it stands for: `area=AUTH`.
    pub filter: Option<String>,
    /// What is below it.
    pub children: Vec<Item>,
}

impl Section {
    /// Every page of the section with its path through the tree and its place in the
    /// order of reading.
    pub fn places(&self) -> Vec<(NodeId, Vec<usize>, usize)> {
        fn walk(items: &[Item], path: &mut Vec<usize>, out: &mut Vec<(NodeId, Vec<usize>, usize)>) {
            for (index, item) in items.iter().enumerate() {
                path.push(index);
                if let Some(node) = item.node {
                    out.push((node, path.clone(), out.len()));
                }
                walk(&item.children, path, out);
                path.pop();
            }
        }
        let mut out = Vec::new();
        for (index, part) in self.parts.iter().enumerate() {
            walk(&part.items, &mut vec![index], &mut out);
        }
        out
    }

    /// A section whose order of reading is known.
    fn read(mut self) -> Section {
        self.reading = self.places().into_iter().map(|(node, ..)| node).collect();
        self
    }

    /// The page at a place in the order of reading.
    pub fn at(&self, order: usize) -> Option<NodeId> {
        self.reading.get(order).copied()
    }

    /// Whether it gathers the pages that stand in no folder.
    pub fn is_root(&self) -> bool {
        self.kind.is_none() && self.index.is_none() && self.label == ROOT
    }

    /// The address to which the section's name leads.
    pub fn first(&self, graph: &Graph) -> Option<String> {
        let first = || self.at(0).map(|node| graph.nodes[node].url.clone());
        self.index.clone().or_else(first)
    }
}

/// The sections: the table of contents where there is one, then a section for each
/// kind and each other folder with pages that are not yet in it.
pub fn sections(config: &Config, graph: &Graph) -> Vec<Section> {
    let mut out = Vec::new();
    let mut taken = vec![false; graph.nodes.len()];
    if let Some(summary) = &graph.summary {
        let parts: Vec<Part> = summary
            .parts
            .iter()
            .map(|part| Part {
                title: part.title.clone(),
                examples: false,
                items: chapters(&part.chapters, graph, &mut taken),
            })
            .collect();
        let book = Section { label: config.title.clone(), parts, ..Section::default() }.read();
        if !book.reading.is_empty() {
            out.push(book);
        }
    }
    let mut folders: BTreeMap<((i64, i64), String), Vec<NodeId>> = BTreeMap::new();
    for (node, page) in graph.nodes.iter().enumerate() {
        if taken[node] || page.url == "index.html" || page.language.is_some() {
            continue;
        }
        let folder = page.url.split_once('/').map_or("", |(folder, _)| folder);
        let kind = config.kinds.iter().find(|kind| kind.folder.split('/').next() == Some(folder));
        let index = || graph.by_url.get(&format!("{folder}/index.html"));
        let rank = match (kind, folder) {
            (Some(kind), _) => (kind.order, 0),
            (None, "") => (i64::MAX, 0),
            (None, _) => {
                let order = index().and_then(|node| graph.article(*node).meta.order);
                (i64::MAX - 1, order.unwrap_or(i64::MAX))
            }
        };
        folders.entry((rank, folder.to_string())).or_default().push(node);
    }
    for ((_, folder), nodes) in folders {
        // With a table of contents, what it leaves out has no place of its own,
        // but for catalogues.
        let kind = config.kinds.iter().find(|kind| kind.folder == folder);
        if graph.summary.is_some() && !kind.is_some_and(|kind| kind.catalogue) {
            continue;
        }
        let index = format!("{folder}/index.html");
        let index_node = graph.by_url.get(&index).copied();
        let label = match (kind, index_node) {
            (Some(kind), _) => kind.plural.clone(),
            (None, Some(node)) => graph.nodes[node].title.clone(),
            (None, None) if folder.is_empty() => ROOT.to_string(),
            (None, None) => readable(&folder),
        };
        let catalogue = kind.is_some_and(|kind| kind.catalogue);
        let has_index = index_node.is_some() || graph.generated.contains(&index);
        let items = match catalogue {
            true => {
                by_area(config, graph, nodes.into_iter().filter(|node| graph.nodes[*node].entry))
            }
            false => newest_first(graph, tree(graph, &nodes, &folder)),
        };
        let section = Section {
            label,
            index: has_index.then_some(index),
            kind: kind.map(|kind| kind.name.clone()),
            parts: apart(graph, items),
            ..Section::default()
        };
        out.push(section.read());
    }
    for section in &mut out {
        section.group = group(config, graph, section);
    }
    // Where there is nothing to learn from, what stands in no folder has a place of its own.
    if let Some(learn) = out.iter().position(|section| section.group == Group::Learn)
        && let Some(root) = out.iter().skip(learn).position(Section::is_root)
    {
        out[learn + root].group = Group::Learn;
    }
    out
}

/// The entries of a catalogue, by area where there are several.
fn by_area(config: &Config, graph: &Graph, nodes: impl Iterator<Item = NodeId>) -> Vec<Item> {
    let nodes: Vec<NodeId> = nodes.collect();
    let area = |node: NodeId| graph.nodes[node].id.as_deref().and_then(area).unwrap_or("");
    let groups: Vec<&[NodeId]> = nodes.chunk_by(|a, b| area(*a) == area(*b)).collect();
    let several = groups.iter().filter(|group| !area(group[0]).is_empty()).count() > 1;
    let mut out = Vec::new();
    for group in groups {
        let items = group.iter().map(|node| leaf(graph, *node));
        match area(group[0]) {
            name if several && !name.is_empty() => out.push(Item {
                label: config.areas.get(name).map_or(name, String::as_str).to_string(),
                number: config.areas.contains_key(name).then(|| name.to_string()),
                filter: Some(format!("area={name}")),
                children: items.collect(),
                ..Item::default()
            }),
            _ => out.extend(items),
        }
    }
    out
}

/// The middle part of an ID: `AUTH` of `T-AUTH-004`.
pub fn area(id: &str) -> Option<&str> {
    let (_, rest) = id.split_once('-')?;
    rest.rsplit_once('-').map(|(area, _)| area)
}

/// Examples in a part of their own, where there is something else.
fn apart(graph: &Graph, items: Vec<Item>) -> Vec<Part> {
    fn example(graph: &Graph, item: &Item) -> bool {
        match item.node {
            Some(node) => graph.is_example(node),
            None => item.children.iter().all(|item| example(graph, item)),
        }
    }
    let (examples, items): (Vec<Item>, Vec<Item>) =
        items.into_iter().partition(|item| example(graph, item));
    let only = items.iter().all(|item| {
        item.node.is_some_and(|node| {
            graph.nodes[node].url.ends_with("index.html") && graph.nodes[node].id.is_none()
        })
    });
    let part = |items: Vec<Item>, examples| Part { title: None, examples, items };
    match examples.is_empty() || (only && items.len() < 2) {
        true => vec![part(items.into_iter().chain(examples).collect(), false)],
        false => vec![part(items, false), part(examples, true)],
    }
}

fn chapters(chapters: &[Chapter], graph: &Graph, taken: &mut [bool]) -> Vec<Item> {
    chapters
        .iter()
        .map(|chapter| {
            let node = chapter.path.as_ref().and_then(|path| graph.by_path.get(path)).copied();
            if let Some(node) = node {
                taken[node] = true;
            }
            Item {
                label: chapter.name.clone(),
                node,
                number: chapter.number.clone(),
                filter: None,
                children: self::chapters(&chapter.children, graph, taken),
            }
        })
        .collect()
}

fn leaf(graph: &Graph, node: NodeId) -> Item {
    let page = &graph.nodes[node];
    let number = page.id.clone().filter(|_| page.entry);
    Item { label: page.title.clone(), node: Some(node), number, ..Item::default() }
}

/// A folder's pages as a tree: a page that is the index of a folder stands for it.
fn tree(graph: &Graph, nodes: &[NodeId], folder: &str) -> Vec<Item> {
    #[derive(Default)]
    struct Folder {
        index: Option<NodeId>,
        pages: Vec<NodeId>,
        folders: BTreeMap<String, Folder>,
    }
    let mut root = Folder::default();
    for node in nodes {
        let url = &graph.nodes[*node].url;
        let rest = match folder.is_empty() {
            true => url.as_str(),
            false => url.strip_prefix(folder).map_or(url.as_str(), |rest| &rest[1..]),
        };
        let mut parts: Vec<&str> = rest.split('/').collect();
        let name = parts.pop().unwrap_or("");
        let mut at = &mut root;
        for part in parts {
            at = at.folders.entry(part.to_string()).or_default();
        }
        match name {
            "index.html" => at.index = Some(*node),
            _ => at.pages.push(*node),
        }
    }
    fn items(graph: &Graph, folder: Folder) -> Vec<Item> {
        let mut out: Vec<((i64, String), Item)> = Vec::new();
        for node in folder.pages {
            out.push((order(graph, node), leaf(graph, node)));
        }
        for (name, inner) in folder.folders {
            let (key, mut item) = match inner.index {
                Some(node) => (order(graph, node), leaf(graph, node)),
                None => {
                    let item = Item { label: readable(&name), ..Item::default() };
                    ((leading_number(&name).unwrap_or(i64::MAX), name), item)
                }
            };
            item.children = items(graph, inner);
            out.push((key, item));
        }
        out.sort_by(|a, b| a.0.cmp(&b.0));
        out.into_iter().map(|(_, item)| item).collect()
    }
    items(graph, root)
}

/// Puts the earlier revisions of models below the newest one.
fn newest_first(graph: &Graph, items: Vec<Item>) -> Vec<Item> {
    if graph.revisions.before.is_empty() {
        return items;
    }
    fn nodes(items: &[Item], out: &mut BTreeSet<NodeId>) {
        for item in items {
            out.extend(item.node);
            nodes(&item.children, out);
        }
    }
    /// Takes out what belongs below another page; what is below it moves up.
    fn take(items: Vec<Item>, moving: &BTreeSet<NodeId>) -> Vec<Item> {
        let keep = |mut item: Item| {
            item.children = take(item.children, moving);
            match item.node.filter(|node| moving.contains(node)) {
                Some(_) => item.children,
                None => vec![item],
            }
        };
        items.into_iter().flat_map(keep).collect()
    }
    fn put(graph: &Graph, items: &mut [Item], moving: &BTreeSet<NodeId>) {
        for item in items {
            put(graph, &mut item.children, moving);
            let Some(node) = item.node else { continue };
            let earlier = graph
                .revisions_of(node)
                .into_iter()
                .filter(|old| *old != node && moving.contains(old) && graph.newest(*old) == node);
            item.children.extend(earlier.map(|old| leaf(graph, old)));
        }
    }
    let mut here = BTreeSet::new();
    nodes(&items, &mut here);
    // In a circle of revisions each is the newest to another.
    let moves = |node: &NodeId| {
        let newest = graph.newest(*node);
        newest != *node && here.contains(&newest) && !graph.is_superseded(newest)
    };
    let moving: BTreeSet<NodeId> = here.iter().copied().filter(moves).collect();
    let mut items = take(items, &moving);
    put(graph, &mut items, &moving);
    items
}

/// The sort key of a page: `order`, else the number before its name, then the name.
fn order(graph: &Graph, node: NodeId) -> (i64, String) {
    let url = &graph.nodes[node].url;
    let path = url.strip_suffix("/index.html").unwrap_or(url);
    let name = path.rsplit('/').next().unwrap_or(path).to_string();
    let order = graph.article(node).meta.order.or_else(|| leading_number(&name));
    (order.unwrap_or(i64::MAX), name)
}
