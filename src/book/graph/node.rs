//! From parsed files to nodes: kinds, IDs, addresses, titles.

use super::{Graph, Local, NodeId, head};
use crate::book::config::Config;
use crate::book::entry::{BuiltInKind, id_anchor, id_form, next_free, readable};
use crate::book::page::{Article, Page, Word};
use crate::book::source::{fold, join};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use std::collections::{BTreeMap, BTreeSet};

/// A page of the site that comes from a file or from a heading in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its file, as an index into [`Graph::pages`].
    pub page: usize,
    /// Its article in that file.
    pub article: usize,
    /// Its address, relative to the site's root.
    pub url: String,
    /// Its title without markup.
    pub title: String,
    /// Whether its own text has its title as a heading, so that none is put above it.
    pub has_heading: bool,
    /// Its ID, in upper case.
    pub id: Option<String>,
    /// The name of its kind.
    pub kind: Option<String>,
    /// Whether it is an entry of a catalogue.
    pub entry: bool,
    /// The language of a translation. It has no kind, no ID and no place of its own:
    /// those are its original's.
    pub language: Option<String>,
}

/// The address of the table of diagnostics.
pub const DIAGNOSTICS: &str = "diagnostics.html";

/// The address of a Markdown file: its path with `.html`; README and Hugo's `_index` stand for
/// index.
pub fn url_of_path(path: &str) -> String {
    let stem = path.strip_suffix(".md").unwrap_or(path);
    let (folder, name) = stem.rsplit_once('/').map_or(("", stem), |(f, n)| (f, n));
    let index = name == "_index" || name.eq_ignore_ascii_case("readme");
    let name = if index { "index" } else { name };
    if folder.is_empty() { format!("{name}.html") } else { format!("{folder}/{name}.html") }
}

/// The folder, with its `/`, of a path that ends in README.md.
fn readme_folder(path: &str) -> Option<&str> {
    let (folder, name) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
    name.eq_ignore_ascii_case("readme.md").then_some(folder)
}

/// Whether an alias is words rather than an ID: other programs keep other titles there.
fn is_name(alias: &str) -> bool {
    alias.contains(char::is_lowercase) && !alias.contains(|c: char| c.is_ascii_digit())
}

fn other_name(alias: &Word) -> Diagnostic {
    let message = format!("the alias `{}` is no former ID or address", alias.text);
    Diagnostic::new(Code::ForeignMarkup, alias.place.clone(), message)
        .label("another name, as Obsidian has it, which no link finds here")
        .help("put other names under `also:`, where the search finds them")
}

/// Makes the nodes of all pages, registers their IDs and addresses.
pub(super) fn collect(graph: &mut Graph, config: &Config) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let included: BTreeSet<&str> =
        graph.pages.iter().flat_map(|page| page.includes.iter().map(|file| &**file)).collect();
    let names: BTreeMap<String, String> = graph
        .summary
        .iter()
        .flat_map(|summary| summary.chapters())
        .filter_map(|chapter| Some((chapter.path.clone()?, chapter.name.clone())))
        .collect();
    let paths: BTreeSet<&str> = graph.pages.iter().map(|page| page.path.as_str()).collect();
    let mut nodes = Vec::new();
    for (number, page) in graph.pages.iter().enumerate() {
        // A file that only serves others as an include is no page.
        let listed = names.contains_key(&page.path);
        if included.contains(&*page.file) && !page.has_front && !listed {
            continue;
        }
        // A README beside an index is for those who read the sources.
        let index = readme_folder(&page.path).map(|folder| format!("{folder}index.md"));
        if !listed && index.is_some_and(|index| paths.contains(index.as_str())) {
            continue;
        }
        for (index, article) in page.articles.iter().enumerate() {
            let name = (index == 0).then(|| names.get(&page.path)).flatten();
            nodes.push(match config.translation(&page.path) {
                Some((language, original)) if !listed && paths.contains(original.as_str()) => {
                    let name = || page.path.rsplit('/').next().unwrap_or("").to_string();
                    translated(page, number, index, article, &language.code, name)
                }
                _ => node(config, page, number, index, article, name, &mut found),
            });
        }
    }
    // Order by kind, then ID, then address, so that every list comes out in order.
    let rank: BTreeMap<&str, usize> =
        config.kinds.iter().enumerate().map(|(i, kind)| (kind.name.as_str(), i)).collect();
    nodes.sort_by_cached_key(|node: &Node| {
        let kind = node.kind.as_deref().and_then(|kind| rank.get(kind).copied());
        let id = node.id.clone().filter(|_| node.entry);
        (kind.unwrap_or(usize::MAX), id, node.url.clone())
    });
    graph.nodes = nodes;
    translations(graph, config);
    found.extend(register_ids(graph, config));
    graph.revisions = super::revision::collect(graph);
    found.extend(register_locals(graph, config));
    found.extend(register_urls(graph, config));
    found
}

fn node(
    config: &Config,
    page: &Page,
    number: usize,
    index: usize,
    article: &Article,
    name: Option<&String>,
    found: &mut Vec<Diagnostic>,
) -> Node {
    let meta = &article.meta;
    let id = meta.id.as_ref().map(|word| match word.text.trim() {
        own if config.kinds.has_form(own) => own.to_string(),
        id => id.to_ascii_uppercase(),
    });
    let id = id.filter(|id| {
        let good = config.kinds.is_id(id);
        if let (false, Some(word)) = (good, &meta.id) {
            let message = format!("`{}` does not have the form of an ID", word.text);
            found.push(
                Diagnostic::new(Code::InvalidId, word.place.clone(), message)
                    .label("letters, digits and hyphens, a number at the end")
                    .help(
                        "for example T-AUTH-004; IDs of another form are declared in book.toml: \
                         [kinds.NAME] id = 'V\\d+\\.\\d+'",
                    ),
            );
        }
        good
    });
    let folder_kind = config.folder_kind(&page.path);
    let named = meta.kind.as_ref().and_then(|word| {
        let kind = config.kinds.get(&word.text);
        if kind.is_none() {
            let known = config.kinds.iter().map(|kind| kind.name.as_str());
            let message = format!("there is no kind `{}`", word.text);
            let help = crate::text::diagnostic::did_you_mean(&word.text, known)
                .unwrap_or_else(|| "kinds are declared under [kinds] in book.toml".into());
            found.push(Diagnostic::new(Code::UnknownValue, word.place.clone(), message).help(help));
        }
        kind
    });
    let by_id = id.as_deref().and_then(|id| config.kinds.of_id(id));
    let kind = named.or(by_id).or(folder_kind);
    let entry = id.is_some() && kind.is_some_and(|kind| kind.catalogue);
    let url = match (&id, kind) {
        (Some(id), Some(kind)) if entry => {
            format!("{}/{}.html", kind.folder, id_anchor(id))
        }
        _ => url_of_path(&page.path),
    };
    let is_index = url.ends_with("/index.html") || url == "index.html";
    // What cannot be read has been reported, and might say everything.
    let unread = page.found.iter().any(|found| {
        use Code::{MalformedFrontMatter, UnclosedFrontMatter, WrongType};
        matches!(found.code, MalformedFrontMatter | UnclosedFrontMatter | WrongType)
    });
    if kind.is_some_and(|kind| kind.catalogue)
        && !unread
        && id.is_none()
        && meta.id.is_none()
        && page.articles.len() == 1
        && !is_index
    {
        let folder = page.path.split('/').next().unwrap_or("");
        found.push(Diagnostic::new(Code::MissingId, head(page), "this entry has no ID").help(
            format!(
                "add `id:` to the front matter; files in `{folder}/` are entries of the catalogue"
            ),
        ));
    }
    let written = meta.title.as_ref().map(|word| word.text.trim().to_string());
    let from_heading = article.title.as_ref().map(|title| title.text.clone());
    // Some text before it keeps a heading from being the title's place, not its name.
    let later = later_heading(article);
    let has_heading = from_heading.is_none() && shows(&written, later.as_deref());
    let title = written
        .or(from_heading)
        .or(name.cloned())
        .or(later)
        .or_else(|| meta.window_title.clone())
        .filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| {
        let path = page.path.trim_end_matches(".md");
        let (folder, stem) = path.rsplit_once('/').unwrap_or(("", path));
        let stand_in = id.clone().unwrap_or_else(|| readable(stem));
        if !is_index && !unread {
            found.push(
                Diagnostic::new(Code::MissingTitle, head(page), "this page has no title")
                    .label(format!("`{stand_in}` stands in for it"))
                    .help("add `title:` to the front matter, or begin with a `# Heading`"),
            );
        }
        match (is_index, folder_kind) {
            (true, Some(kind)) => kind.plural.clone(),
            (true, None) if url == "index.html" => config.title.clone(),
            (true, None) => readable(folder.rsplit('/').next().unwrap_or(folder)),
            _ => stand_in,
        }
    });
    let kind = kind.map(|kind| kind.name.clone());
    let language = None;
    Node { page: number, article: index, url, title, has_heading, id, kind, entry, language }
}

/// The first heading of the first level that something stands before, of Markdown or HTML.
fn later_heading(article: &Article) -> Option<String> {
    let later = article.body.headings.iter().find(|heading| heading.level == 1);
    later.map(|heading| heading.text.clone()).or_else(|| article.body.raw_heading())
}

/// Whether a heading in the text shows the title, so that it would stand twice.
fn shows(written: &Option<String>, heading: Option<&str>) -> bool {
    let same = |title: &String| heading.is_some_and(|heading| heading.trim() == title.trim());
    heading.is_some() && written.as_ref().is_none_or(same)
}

/// A translation, whose address is not yet known.
fn translated(
    page: &Page,
    number: usize,
    index: usize,
    article: &Article,
    language: &str,
    name: impl Fn() -> String,
) -> Node {
    let written = article.meta.title.as_ref().map(|word| word.text.trim().to_string());
    let heading = article.title.as_ref().map(|title| title.text.clone());
    let later = later_heading(article);
    let has_heading = heading.is_none() && shows(&written, later.as_deref());
    let title = written.or(heading).or(later);
    Node {
        page: number,
        article: index,
        url: url_of_path(&page.path),
        title: title.unwrap_or_else(name),
        has_heading,
        id: None,
        kind: None,
        entry: false,
        language: Some(language.to_string()),
    }
}

/// Ties each translation to its original, whose address it takes: `a.de.html`.
fn translations(graph: &mut Graph, config: &Config) {
    let originals: BTreeMap<(&str, usize), NodeId> = graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.language.is_none())
        .map(|(number, node)| ((graph.pages[node.page].path.as_str(), node.article), number))
        .collect();
    let mut pairs = Vec::new();
    for (number, node) in graph.nodes.iter().enumerate() {
        let Some(language) = &node.language else { continue };
        let Some((_, path)) = config.translation(&graph.pages[node.page].path) else { continue };
        if let Some(original) = originals.get(&(path.as_str(), node.article)) {
            pairs.push((*original, language.clone(), number));
        }
    }
    for (original, language, number) in pairs {
        let url = &graph.nodes[original].url;
        let stem = url.strip_suffix(".html").unwrap_or(url);
        graph.nodes[number].url = format!("{stem}.{language}.html");
        graph.translations.entry(original).or_default().insert(language, number);
        graph.originals.insert(number, original);
    }
}

fn register_ids(graph: &mut Graph, config: &Config) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut by_id: BTreeMap<String, NodeId> = BTreeMap::new();
    let taken: Vec<String> = graph.nodes.iter().filter_map(|node| node.id.clone()).collect();
    for (number, node) in graph.nodes.iter().enumerate() {
        let Some(id) = &node.id else { continue };
        let Some(word) = &graph.article(number).meta.id else { continue };
        match by_id.get(&id_form(id)) {
            None => {
                by_id.insert(id_form(id), number);
            }
            Some(first) => {
                let prefix = id.rsplit_once('-').map_or(id.as_str(), |(prefix, _)| prefix);
                let free = next_free(prefix, taken.iter().map(String::as_str));
                let mut diagnostic = Diagnostic::new(
                    Code::DuplicateId,
                    word.place.clone(),
                    format!("the ID `{id}` is given twice"),
                )
                .label("second entry with this ID")
                .help(format!("the next free ID is `{free}`"));
                if let Some(other) = &graph.article(*first).meta.id {
                    diagnostic = diagnostic.also(other.place.clone(), "first given here");
                }
                found.push(diagnostic);
            }
        }
    }
    let mut redirects = Vec::new();
    let owners = by_id.clone();
    for (number, node) in graph.nodes.iter().enumerate() {
        if node.language.is_some() {
            continue;
        }
        for alias in &graph.article(number).meta.aliases {
            // Other generators call addresses of the past aliases.
            if let Some(from) = former_address(&alias.text) {
                redirects.push((from, number));
                continue;
            }
            let form = id_form(&alias.text);
            if !config.kinds.is_id(&form) && is_name(&alias.text) {
                found.push(other_name(alias));
                continue;
            }
            if !config.kinds.is_id(&form) {
                let message = format!("the alias `{}` does not have the form of an ID", alias.text);
                found.push(Diagnostic::new(Code::InvalidId, alias.place.clone(), message));
                continue;
            }
            if let Some(other) = by_id.get(&form).filter(|other| **other != number) {
                let owner = &graph.nodes[*other];
                let what = if owners.contains_key(&form) { "the ID" } else { "an alias" };
                let shown = owner.id.as_deref().unwrap_or(&owner.url);
                let mut diagnostic = Diagnostic::new(
                    Code::AliasClash,
                    alias.place.clone(),
                    format!("the alias `{}` is already {what} of `{shown}`", alias.text),
                )
                .help("remove it from one of the two");
                if let Some(word) = &graph.article(*other).meta.id {
                    diagnostic = diagnostic.also(word.place.clone(), "this entry");
                }
                found.push(diagnostic);
                continue;
            }
            if by_id.insert(form.clone(), number).is_none() {
                let kind = node.kind.as_deref().and_then(|kind| config.kinds.get(kind));
                let folder = kind.map_or("", |kind| kind.folder.as_str());
                let slash = if folder.is_empty() { "" } else { "/" };
                redirects.push((format!("{folder}{slash}{}.html", id_anchor(&form)), number));
            }
        }
    }
    graph.by_id = by_id;
    graph.redirects = redirects;
    found
}

/// The file of an address at which a page was once: `/posts/a/`, `old/a.html`.
fn former_address(alias: &str) -> Option<String> {
    let path = alias.trim().split(['?', '#']).next().filter(|path| path.contains('/'))?;
    let path = join("", path.trim_start_matches('/'))?;
    let name = path.rsplit('/').next().unwrap_or("");
    Some(match path.as_str() {
        "" => return None,
        _ if alias.trim().ends_with('/') || !name.contains('.') => format!("{path}/index.html"),
        _ => path,
    })
}

/// Items of blocks that have an ID of their own.
fn register_locals(graph: &mut Graph, config: &Config) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut locals: BTreeMap<String, (Local, Place)> = BTreeMap::new();
    let mut earlier = BTreeMap::new();
    // The newest revision of a model comes first, and earlier ones may have the same items.
    let new = (0..graph.nodes.len()).filter(|node| !graph.is_superseded(*node));
    let old = graph.chains().filter(|node| graph.is_superseded(*node));
    for number in new.chain(old) {
        if graph.nodes[number].language.is_some() {
            continue;
        }
        for item in graph.article(number).body.blocks.iter().flat_map(|block| &block.items) {
            let Some(word) = item.id.as_ref().filter(|_| item.uses.is_none()) else { continue };
            let form = id_form(&word.text);
            let entry = graph.by_id.get(&form).and_then(|node| {
                let article = graph.article(*node);
                Some(article.meta.id.as_ref()?.place.clone())
            });
            let title = item.title.clone().unwrap_or_default();
            if !config.kinds.is_linked(word.text.trim()) {
                let message = format!("no link can name the ID `{}`", word.text);
                found.push(
                    Diagnostic::new(Code::UnlinkableId, word.place.clone(), message)
                        .label("not of the form of an ID")
                        .help(
                            "write it like T-AUTH-004, or declare its form in book.toml: \
                             [kinds.NAME] id = 'X\\.\\d+'",
                        ),
                );
            }
            let local = Local { node: number, anchor: id_anchor(&word.text), title };
            if let Some((first, _)) = locals.get(&form)
                && first.node != number
                && graph.is_superseded(number)
                && graph.same_model(number, first.node)
            {
                earlier.insert((number, form), local);
                continue;
            }
            let taken = entry.or_else(|| locals.get(&form).map(|(_, place)| place.clone()));
            if let Some(first) = taken {
                let message = format!("the ID `{}` is given twice", word.text);
                found.push(
                    Diagnostic::new(Code::DuplicateId, word.place.clone(), message)
                        .label("second item with this ID")
                        .also(first, "first given here")
                        .help("an ID is unique in the whole book, so that it can be linked to"),
                );
                continue;
            }
            locals.insert(form, (local, word.place.clone()));
        }
    }
    graph.earlier = earlier;
    graph.locals = locals.into_iter().map(|(form, (local, _))| (form, local)).collect();
    found
}

fn register_urls(graph: &mut Graph, config: &Config) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut folded: BTreeMap<String, NodeId> = BTreeMap::new();
    let mut by_url = BTreeMap::new();
    let mut by_path = BTreeMap::new();
    let mut files: BTreeMap<String, &String> = BTreeMap::new();
    for path in &graph.files {
        if let Some(first) = files.insert(fold(path), path) {
            let place = Place::new(&config.source(path).into(), 0..0);
            let message = format!("some systems take the files `{first}` and `{path}` for one");
            let diagnostic = Diagnostic::new(Code::UrlClash, place, message);
            found.push(diagnostic.help("rename one of the two"));
        }
    }
    for (number, node) in graph.nodes.iter().enumerate() {
        if node.article == 0 {
            by_path.insert(graph.page(number).path.clone(), number);
        }
        let key = fold(&node.url);
        if let Some(file) = files.get(&key) {
            let message = format!("the page and the file `{file}` would both be `{}`", node.url);
            let diagnostic = Diagnostic::new(Code::UrlClash, head(graph.page(number)), message)
                .help("rename one of the two");
            found.push(diagnostic);
        }
        match folded.get(&key) {
            None => {
                folded.insert(key, number);
                by_url.insert(node.url.clone(), number);
            }
            // The same ID twice has been reported as such.
            Some(first) if node.entry && graph.nodes[*first].id == node.id => {}
            Some(first) => {
                let other = &graph.nodes[*first];
                let message = match other.url == node.url {
                    true => format!("two pages would have the address `{}`", node.url),
                    false => format!(
                        "some systems take the addresses `{}` and `{}` for one",
                        other.url, node.url
                    ),
                };
                found.push(
                    Diagnostic::new(Code::UrlClash, graph.article(number).place.clone(), message)
                        .label("this page")
                        .also(graph.article(*first).place.clone(), "and this one")
                        .help("rename one of the files"),
                );
            }
        }
    }
    // Links to a README that is no page lead to the index beside it.
    for page in &graph.pages {
        let index = readme_folder(&page.path).map(|folder| format!("{folder}index.md"));
        if let Some(node) = index.and_then(|index| by_path.get(&index)).copied() {
            by_path.entry(page.path.clone()).or_insert(node);
        }
    }
    graph.by_url = by_url;
    graph.by_path = by_path;
    found
}

/// Pages that the program makes and that a page may link to: indexes of kinds that have pages
/// and no index of their own, the tags, and those that stand at the root of a site.
pub(super) fn generated(graph: &Graph, config: &Config) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for kind in config.kinds.iter() {
        let url = format!("{}/index.html", kind.folder);
        if graph.of_kind(&kind.name).next().is_some() && !graph.by_url.contains_key(&url) {
            out.insert(url);
        }
    }
    let tagged = |number| !graph.article(number).meta.tags.is_empty();
    if (0..graph.nodes.len()).any(tagged) && !graph.by_url.contains_key("tags/index.html") {
        out.insert("tags/index.html".into());
    }
    // Each site has the table of diagnostics.
    let mut made = vec![DIAGNOSTICS];
    if graph.nodes.iter().any(|node| node.entry) {
        made.extend(["entries.html", "picked.html"]);
    }
    if graph.of_kind(BuiltInKind::Threat.word()).any(|node| graph.nodes[node].entry) {
        made.extend(["ask.html", "cards.html"]);
    }
    out.extend(made.into_iter().filter(|url| !graph.by_url.contains_key(*url)).map(String::from));
    out
}
