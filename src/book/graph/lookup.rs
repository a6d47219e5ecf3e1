//! What links are looked up in: made once for a book, so that thousands of links that lead
//! nowhere cost no more than thousands that lead somewhere.

use super::{Graph, NodeId, relative_url};
use crate::book::entry::{as_title, stem};
use crate::text::diagnostic::Words;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

/// The tables, each made when it is first asked for.
pub(super) struct Lookup<'g> {
    graph: &'g Graph,
    ids: OnceLock<Words<'g>>,
    pages: OnceLock<Paths<'g>>,
    files: OnceLock<Paths<'g>>,
    titles: OnceLock<HashMap<String, Vec<NodeId>>>,
    title_words: OnceLock<Words<'g>>,
    folders: OnceLock<BTreeSet<&'g str>>,
    folder_words: OnceLock<Words<'g>>,
    anchors: Vec<OnceLock<HashSet<String>>>,
    spots: Vec<OnceLock<HashMap<String, NodeId>>>,
    headings: Vec<OnceLock<Words<'g>>>,
}

/// Paths, and ways to name them that are not quite right.
struct Paths<'g> {
    words: Words<'g>,
    /// By name alone.
    by_name: HashMap<&'g str, &'g str>,
    /// As other generators address pages: without `.md`, `index` and capital letters, by
    /// the last part.
    by_stem: HashMap<String, Vec<&'g str>>,
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl<'g> Paths<'g> {
    fn new(paths: impl Iterator<Item = &'g str> + Clone) -> Paths<'g> {
        let mut by_name = HashMap::new();
        let mut by_stem: HashMap<String, Vec<&str>> = HashMap::new();
        for path in paths.clone() {
            by_name.entry(last(path)).or_insert(path);
            by_stem.entry(last(&stem(path)).to_string()).or_default().push(path);
        }
        Paths { words: Words::new(paths), by_name, by_stem }
    }

    /// The path that is most likely meant: the same but for its ending or for capital
    /// letters, the same name in another folder, or a slip away.
    fn nearest(&self, target: &str) -> Option<&'g str> {
        let wanted = stem(target);
        let same = |path: &str| {
            let path = stem(path);
            path.split('/').rev().zip(wanted.split('/').rev()).take_while(|(a, b)| a == b).count()
        };
        let candidates = self.by_stem.get(last(&wanted)).map_or(&[][..], Vec::as_slice);
        // Of very many of one name the first ones do.
        let best = candidates.iter().take(100).rev().max_by_key(|path| same(path)).copied();
        let exact = best.filter(|path| stem(path) == wanted);
        exact
            .or_else(|| self.by_name.get(last(target)).copied())
            .or(best.filter(|_| !wanted.is_empty()))
            .or_else(|| self.words.nearest(target))
    }
}

impl<'g> Lookup<'g> {
    pub(super) fn new(graph: &'g Graph) -> Lookup<'g> {
        let (nodes, pages) = (graph.nodes.len(), graph.pages.len());
        Lookup {
            graph,
            ids: OnceLock::new(),
            pages: OnceLock::new(),
            files: OnceLock::new(),
            titles: OnceLock::new(),
            title_words: OnceLock::new(),
            folders: OnceLock::new(),
            folder_words: OnceLock::new(),
            anchors: (0..nodes).map(|_| OnceLock::new()).collect(),
            spots: (0..pages).map(|_| OnceLock::new()).collect(),
            headings: (0..nodes).map(|_| OnceLock::new()).collect(),
        }
    }

    /// "Did you mean" for an ID.
    pub(super) fn like_id(&self, id: &str) -> Option<String> {
        let all = self.ids.get_or_init(|| {
            let entries = self.graph.nodes.iter().filter_map(|node| node.id.as_deref());
            Words::new(entries.chain(self.graph.locals.keys().map(String::as_str)))
        });
        all.did_you_mean(id)
    }

    /// The pages that have this title or file name.
    pub(super) fn titled(&self, title: &str) -> &[NodeId] {
        let titles = self.titles.get_or_init(|| {
            let mut out: HashMap<String, Vec<NodeId>> = HashMap::new();
            for (number, node) in self.graph.nodes.iter().enumerate() {
                if node.language.is_some() {
                    continue;
                }
                let path = stem(&self.graph.page(number).path);
                let file = (node.article == 0).then_some([last(&path), path.as_str()]);
                for name in file.into_iter().flatten().chain([node.title.as_str()]) {
                    let pages = out.entry(as_title(name)).or_default();
                    if pages.last() != Some(&number) {
                        pages.push(number);
                    }
                }
            }
            out
        });
        titles.get(&as_title(title)).map_or(&[], Vec::as_slice)
    }

    /// The title nearest to one that no page has.
    pub(super) fn like_title(&self, title: &str) -> Option<&'g str> {
        let words = self
            .title_words
            .get_or_init(|| Words::new(self.graph.nodes.iter().map(|node| node.title.as_str())));
        words.nearest(title)
    }

    /// The anchor of a heading that is named by its text, or else by its anchor.
    pub(super) fn heading(&self, node: NodeId, name: &str) -> String {
        let wanted = as_title(name.rsplit('#').next().unwrap_or(name));
        let headings = &self.graph.article(node).body.headings;
        let found = headings.iter().find(|heading| as_title(&heading.text) == wanted);
        found.map_or_else(|| name.to_string(), |heading| heading.id.clone())
    }

    /// The path nearest to one that does not exist; of a page or file, or of a file alone.
    pub(super) fn like_path(&self, target: &str, file: bool) -> Option<&'g str> {
        let files = || self.graph.files.iter().map(String::as_str);
        match file {
            true => self.files.get_or_init(|| Paths::new(files())).nearest(target),
            false => {
                let pages = || self.graph.by_path.keys().map(String::as_str).chain(files());
                self.pages.get_or_init(|| Paths::new(pages())).nearest(target)
            }
        }
    }

    /// The folder nearest to one that does not exist.
    fn like_folder(&self, target: &str) -> Option<&'g str> {
        let words = self.folder_words.get_or_init(|| {
            self.folder("");
            Words::new(self.folders.get().into_iter().flatten().copied())
        });
        words.nearest(target.trim_end_matches('/'))
    }

    /// Whether something of the book lies in a folder; then a page in it.
    pub(super) fn folder(&self, path: &str) -> Option<Option<&'g str>> {
        let pages = || self.graph.by_path.keys().map(String::as_str);
        let folders = self.folders.get_or_init(|| {
            let all = pages().chain(self.graph.files.iter().map(String::as_str));
            all.flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at])).collect()
        });
        let path = path.trim_end_matches('/');
        folders.contains(path).then(|| {
            let inside = format!("{path}/");
            let first = self.graph.by_path.range(inside.clone()..).next().map(|(path, _)| path);
            first.map(String::as_str).filter(|page| page.starts_with(&inside))
        })
    }

    /// Whether a node has an anchor.
    pub(super) fn has_anchor(&self, node: NodeId, anchor: &str) -> bool {
        // `#top` is the top of every page, by the standard of HTML.
        anchor.eq_ignore_ascii_case("top")
            || self.anchors[node].get_or_init(|| self.anchors_of(node)).contains(anchor)
    }

    fn anchors_of(&self, node: NodeId) -> HashSet<String> {
        let article = self.graph.article(node);
        let body = &article.body;
        let items = body.blocks.iter().flat_map(|block| &block.items);
        let headings = body.headings.iter().map(|heading| heading.id.clone());
        let title = article.title.as_ref().and_then(|title| title.anchor.clone());
        headings
            .chain(body.anchors.iter().cloned())
            .chain(items.filter_map(|item| self.graph.item_anchor(item)))
            .chain(title)
            .collect()
    }

    /// The node of a file that has an anchor, the first of several.
    pub(super) fn spot(&self, page: usize, anchor: &str) -> Option<NodeId> {
        let spots = self.spots[page].get_or_init(|| {
            let mut out = HashMap::new();
            let own = (0..self.graph.nodes.len()).filter(|n| self.graph.nodes[*n].page == page);
            for node in own {
                for anchor in self.anchors_of(node) {
                    out.entry(anchor).or_insert(node);
                }
            }
            out
        });
        spots.get(anchor).copied()
    }

    /// "Did you mean" for the anchor of a heading.
    pub(super) fn like_anchor(&self, node: NodeId, anchor: &str) -> Option<&'g str> {
        let article = self.graph.article(node);
        let words = self.headings[node].get_or_init(|| {
            let title = article.title.as_ref().and_then(|title| title.anchor.as_deref());
            let headings = article.body.headings.iter().map(|heading| heading.id.as_str());
            let items = article.body.blocks.iter().flat_map(|block| &block.items);
            let items = items.filter_map(|item| item.id.as_ref().map(|word| word.text.as_str()));
            Words::new(headings.chain(title).chain(items))
        });
        words.nearest(anchor)
    }

    /// How to mend a link from a page to what does not exist.
    pub(super) fn mend(&self, own: &str, target: &str, file: bool) -> Option<String> {
        if let Some(help) = not_of_the_book(target) {
            return Some(help);
        }
        if let Some(inside) = self.folder(target).filter(|_| !file) {
            let target = target.trim_end_matches('/');
            let page =
                inside.map(|page| format!(", or link to a page: `{}`", relative_url(own, page)));
            return Some(format!("add `{target}/index.md`{}", page.unwrap_or_default()));
        }
        if target.split('/').any(|part| part.starts_with('.')) {
            return Some("what begins with a dot is not published: rename it".to_string());
        }
        let near = self.like_path(target, file).filter(|near| *near != own);
        let near = near.or_else(|| self.like_folder(target).filter(|_| !file))?;
        let why = match (near == target, near.eq_ignore_ascii_case(target)) {
            (false, true) => " Capital letters differ",
            _ => "",
        };
        Some(format!("did you mean `{}`?{why}", relative_url(own, near)))
    }
}

/// Endings of hosts that are no endings of files.
const HOSTS: [&str; 22] = [
    "com", "org", "net", "edu", "gov", "mil", "int", "eu", "de", "fr", "uk", "ch", "at", "nl",
    "us", "jp", "dev", "app", "cloud", "example", "info", "page",
];

/// A mail address or a host that lacks its scheme.
fn not_of_the_book(target: &str) -> Option<String> {
    let (host, rest) = target.split_once('/').unwrap_or((target, ""));
    if let Some((name, domain)) = target.split_once('@')
        && !name.is_empty()
        && domain.contains('.')
        && !target.contains('/')
    {
        return Some(format!("write `mailto:{target}`"));
    }
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let number = |part: &str| part.parse::<u8>().is_ok();
    let numbers = name.split('.').count() == 4 && name.split('.').all(number);
    if numbers || (!port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())) {
        return Some(format!("write the whole address: `http://{target}`"));
    }
    let (host_name, ending) = host.rsplit_once('.')?;
    let named = HOSTS.contains(&ending.to_ascii_lowercase().as_str())
        || (matches!(ending, "io" | "ai" | "co" | "me" | "sh") && !rest.is_empty());
    let host = host.starts_with("www.") || (named && !host_name.is_empty());
    host.then(|| format!("write the whole address: `https://{target}`"))
}
