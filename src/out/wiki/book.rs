//! From the site to the book that targets read.

use super::document::{
    self, Book, File, Inline, Label, Link, Page, Role, Section, each_inline_mut,
};
use super::read::Reader;
use crate::book::entry::STRIDE;
use crate::book::graph::NodeId;
use crate::dfd;
use crate::site::Site;
use crate::site::plan::Route;
use crate::site::theme::{Theme, ThemeError};
use crate::text::address::{Address, encode_fragment, encode_path};
use crate::text::diagnostic::did_you_mean;
use crate::text::span::Place;
use globset::{GlobBuilder, GlobSetBuilder};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What stands around an article in an export: nothing. The other templates are those
/// of the default theme, so that an export shows what the site shows.
const BASE: &str = "<!doctype html>\n\
    {% block main %}<article>\n\
    {% block header %}{% if page.heading %}<h1>{{ page.heading }}</h1>{% endif %}{% endblock %}\n\
    {% block before %}{% endblock %}\n\
    {% block body %}{{ page.body }}{% endblock %}\n\
    {% block after %}{% endblock %}\n\
    </article>{% endblock %}\n";

impl Book {
    /// Reads a site. `site_url` is where the searchable site is; without it the address
    /// in `book.toml` counts.
    ///
    /// # Errors
    /// When a template of the default theme fails.
    pub fn read(site: &Site, site_url: Option<&str>) -> Result<Book, ThemeError> {
        let (theme, errors) = Theme::load([("base.html".to_string(), BASE.to_string())], []);
        if let Some(error) = errors.into_iter().next() {
            return Err(error);
        }
        let urls = order(site);
        let known: BTreeSet<&str> = urls.iter().map(String::as_str).collect();
        let pages: Result<Vec<Page>, ThemeError> =
            urls.par_iter().map(|url| page(site, &theme, &known, url)).collect();
        let mut book = Book {
            title: site.config.title.clone(),
            description: site.config.description.clone(),
            language: site.config.language.clone(),
            text: Arc::clone(site.words()),
            site_url: site_url.map(with_slash).or_else(|| site.config.url.clone()),
            edit_url: site.config.edit_url.clone(),
            pages: pages?,
            sections: sections(site),
            files: BTreeMap::new(),
            called: BTreeMap::new(),
            by_url: urls.iter().enumerate().map(|(at, url)| (url.clone(), at)).collect(),
        };
        settle(&mut book);
        book.files = files(site, &mut book.pages);
        Ok(book)
    }
}

/// What a book cannot be narrowed to.
fn unknown_section(book: &Book, word: &str) -> String {
    let titles: Vec<&str> = book.sections.iter().map(|section| section.title.as_str()).collect();
    let hint = did_you_mean(word, titles.iter().copied())
        .unwrap_or_else(|| format!("sections are {}", titles.join(", ")));
    format!("there is no section `{word}`; {hint}")
}

impl Book {
    /// Leaves out pages: those that are in none of the sections that are named, and those
    /// that a pattern of paths or IDs matches. The home page stays.
    ///
    /// # Errors
    /// When there is no such section, or a pattern makes no sense.
    pub fn choose(&mut self, sections: &[String], exclude: &[String]) -> Result<(), String> {
        let mut wanted = BTreeSet::new();
        for word in sections {
            let own = self.sections.iter().find(|section| section.is_called(word, self));
            let own = own.ok_or_else(|| unknown_section(self, word))?;
            wanted.extend(own.url.iter().chain(&own.pages).cloned());
        }
        let mut globs = GlobSetBuilder::new();
        for pattern in exclude {
            let glob = GlobBuilder::new(pattern).literal_separator(true).build();
            globs.add(glob.map_err(|error| format!("`{pattern}` is no pattern: {error}"))?);
        }
        let globs = globs.build().map_err(|error| error.to_string())?;
        let left_out = |page: &Page| {
            let path = page.place.as_ref().is_some_and(|place| globs.is_match(&*place.file));
            path || page.id.as_ref().is_some_and(|id| globs.is_match(id))
        };
        let by_url: BTreeMap<String, Option<String>> =
            self.pages.iter().map(|page| (page.url.clone(), page.parent.clone())).collect();
        let below = |page: &Page| {
            let mut at = Some(page.url.clone());
            (0..20).any(|_| {
                let here = at.take();
                at = here.as_ref().and_then(|url| by_url.get(url).cloned().flatten());
                here.is_some_and(|url| wanted.contains(&url))
            })
        };
        self.pages.retain(|page| {
            let inside = wanted.is_empty() || below(page);
            page.role == Role::Home || (inside && !left_out(page))
        });
        let at = |(at, page): (usize, &Page)| (page.url.clone(), at);
        self.by_url = self.pages.iter().enumerate().map(at).collect();
        for section in &mut self.sections {
            section.pages.retain(|url| self.by_url.contains_key(url));
            section.url.take_if(|url| !self.by_url.contains_key(url));
        }
        self.sections.retain(|section| section.url.is_some() || !section.pages.is_empty());
        // Files that no page shows any more.
        let mut shown = BTreeSet::new();
        for page in &mut self.pages {
            each_inline_mut(&mut page.blocks, &mut |inline| {
                if let Inline::Link { to: Link::File(url), .. }
                | Inline::Image { from: Link::File(url), .. } = inline
                {
                    shown.insert(url.clone());
                }
            });
        }
        self.files.retain(|url, _| shown.contains(url));
        Ok(())
    }
}

impl Book {
    /// Takes names for pages of the wiki, each by the ID or path of the page.
    ///
    /// # Errors
    /// When there is no such page.
    pub fn call(&mut self, names: &[(String, String)]) -> Result<(), String> {
        for (page, name) in names {
            let path = |own: &Page| own.place.as_ref().is_some_and(|place| *place.file == **page);
            let found = self.pages.iter().find(|own| own.id.as_ref() == Some(page) || path(own));
            let own = found.ok_or_else(|| {
                format!("there is no page `{page}` to call `{name}`; name its ID or the path of its file")
            })?;
            self.called.insert(own.identity.clone(), name.clone());
        }
        Ok(())
    }
}

impl Section {
    /// Whether somebody means it: by its title, its folder or the kind of its pages.
    fn is_called(&self, word: &str, book: &Book) -> bool {
        let word = word.trim_end_matches('/');
        let first = self.url.as_ref().or(self.pages.first());
        let folder = first.and_then(|url| url.split_once('/')).map(|(folder, _)| folder);
        let own = self.url.as_deref().and_then(|url| book.page(url));
        let kind = own.and_then(|page| page.kind.as_ref()).map(|(kind, _)| kind.as_str());
        self.title.eq_ignore_ascii_case(word) || folder == Some(word) || kind == Some(word)
    }
}

fn with_slash(url: &str) -> String {
    format!("{}/", url.trim_end_matches('/'))
}

/// The addresses of all pages that are exported: home, the sections in the order of
/// reading, the rest.
fn order(site: &Site) -> Vec<String> {
    let exported = |url: &str| {
        matches!(
            site.plan.routes.get(url),
            Some(
                Route::Node(_)
                    | Route::Catalogue(..)
                    | Route::Section(..)
                    | Route::Tags
                    | Route::Tag(_)
                    | Route::Framework(_)
                    | Route::Overview(_)
                    | Route::Change(_)
                    | Route::Stride(_)
            )
        ) && url != crate::book::graph::NOT_FOUND
    };
    let read = site.plan.sections.iter().flat_map(|section| {
        let pages = section.reading.iter().map(|node| site.graph.nodes[*node].url.clone());
        section.index.clone().into_iter().chain(pages)
    });
    let all = std::iter::once("index.html".to_string())
        .chain(read)
        .chain(site.plan.routes.keys().cloned());
    let mut seen = BTreeSet::new();
    all.filter(|url| exported(url) && seen.insert(url.clone())).collect()
}

fn sections(site: &Site) -> Vec<Section> {
    let section = |section: &crate::site::plan::Section| Section {
        title: site.section_label(section),
        url: section.index.clone(),
        pages: section.reading.iter().map(|node| site.graph.nodes[*node].url.clone()).collect(),
    };
    site.plan.sections.iter().map(section).collect()
}

fn page(site: &Site, theme: &Theme, known: &BTreeSet<&str>, url: &str) -> Result<Page, ThemeError> {
    let html = site.render_with(theme, url)?.unwrap_or_default();
    let html = String::from_utf8_lossy(&html);
    let route = site.plan.routes.get(url);
    let node = match route {
        Some(Route::Node(node)) => Some(*node),
        Some(Route::Catalogue(_, intro) | Route::Section(_, intro)) => *intro,
        _ => None,
    };
    let role = match route {
        _ if url == "index.html" => Role::Home,
        Some(Route::Node(node)) if is_index(site, *node) => Role::Section,
        Some(Route::Node(_)) => Role::Own,
        Some(Route::Catalogue(..) | Route::Section(..)) => Role::Section,
        Some(Route::Tag(_) | Route::Tags) => Role::Tag,
        _ => Role::Made,
    };
    let title = title(site, url, node);
    let mut page = Page {
        identity: url.to_string(),
        url: url.to_string(),
        parent: parent(site, known, url),
        title,
        role,
        ..Page::default()
    };
    if let Some(node) = node {
        describe(site, node, &mut page);
    }
    let kind = match route {
        Some(Route::Catalogue(kind, _)) => Some(kind.as_str()),
        Some(Route::Section(number, _)) => site.plan.sections[*number].kind.as_deref(),
        _ => None,
    };
    if let Some(kind) = kind.and_then(|kind| site.config.kinds.get(kind)) {
        page.kind = Some((kind.name.clone(), site.kind_plural(kind)));
    }
    let name = page.id.clone().map_or_else(
        || {
            crate::book::page::slug(
                &deunicode::deunicode(url.trim_end_matches(".html")).replace('/', "-"),
            )
        },
        |id| id.to_ascii_lowercase(),
    );
    let charts = node.map(|node| &site.graph.article(node).body.charts);
    let mermaid = |prefix: &str| {
        let number = prefix.strip_prefix(dfd::OWN)?.strip_prefix("dfd")?;
        let at = if number.is_empty() { 1 } else { number.parse::<usize>().ok()? };
        Some(charts?.get(at.checked_sub(1)?)?.source.to_string())
    };
    let resolve = |href: &str| resolve(site, known, url, href);
    let text = site.words();
    let reader =
        Reader { resolve: &resolve, mermaid: &mermaid, text, name: &name, title: &page.title };
    page.blocks = reader.read(&html);
    Ok(page)
}

fn is_index(site: &Site, node: NodeId) -> bool {
    let url = &site.graph.nodes[node].url;
    site.plan.sections.iter().any(|section| section.index.as_deref() == Some(url))
}

fn title(site: &Site, url: &str, node: Option<NodeId>) -> String {
    if let Some(node) = node {
        return site.graph.nodes[node].title.clone();
    }
    let text = site.words();
    match site.plan.routes.get(url) {
        Some(Route::Catalogue(kind, _)) => {
            site.config.kinds.get(kind).map_or_else(|| kind.clone(), |kind| site.kind_plural(kind))
        }
        Some(Route::Section(number, _)) => site.section_label(&site.plan.sections[*number]),
        Some(Route::Tags) => text.get("tags").into(),
        Some(Route::Tag(address)) => {
            let tag = site.plan.tags.get(address).map_or("", |tag| &tag.name);
            format!("{}: {tag}", text.get("tag"))
        }
        Some(Route::Framework(name)) => {
            let title = site.config.frameworks.get(name).map(|framework| framework.title());
            format!("{}: {}", text.get("risk"), title.unwrap_or(name.as_str()))
        }
        Some(Route::Overview(overview)) => {
            text.get(&format!("overview_{}_title", overview.name())).into()
        }
        Some(Route::Change(node)) => {
            let page = &site.graph.nodes[*node];
            let name = page.id.as_deref().unwrap_or(&page.title);
            text.fill("what_changed_title", &[("title", name)])
        }
        Some(Route::Stride(node)) => {
            let page = &site.graph.nodes[*node];
            let name = page.id.as_deref().unwrap_or(&page.title);
            format!("{}: {name}", text.get("stride_per_element"))
        }
        _ => site.config.title.clone(),
    }
}

/// What is known of a page of the sources.
fn describe(site: &Site, node: NodeId, page: &mut Page) {
    let own = &site.graph.nodes[node];
    let article = site.graph.article(node);
    let meta = &article.meta;
    let text = site.words();
    if page.role == Role::Own {
        page.identity = own.id.clone().unwrap_or_else(|| site.graph.page(node).path.clone());
    }
    page.id = own.id.clone();
    page.kind = own
        .kind
        .as_deref()
        .and_then(|kind| site.config.kinds.get(kind))
        .map(|kind| (kind.name.clone(), site.kind_plural(kind)));
    page.aliases = meta.aliases.iter().map(|word| word.text.to_ascii_uppercase()).collect();
    let written = meta.title.as_ref().map(|word| word.place.clone());
    page.place = Some(written.unwrap_or_else(|| {
        Place::new(&article.place.file, article.place.start..article.place.start)
    }));
    let mut label = |group: &'static str, value: &str, title: String| {
        page.labels.push(Label { group, value: value.to_string(), title });
    };
    if let (Role::Own, Some((name, plural))) = (page.role, &page.kind) {
        label("kind", name, plural.clone());
    }
    for category in STRIDE.iter().filter(|c| meta.stride.iter().any(|name| name == c.name)) {
        label("stride", category.name, text.word(category.name));
    }
    if let Some(severity) = &meta.severity {
        label("severity", severity, text.word(severity));
    }
    if let Some(status) = meta.status.as_deref().filter(|status| *status != "active") {
        label("status", status, text.word(status));
    }
    for tag in &meta.tags {
        label("tag", tag, tag.clone());
    }
}

/// The page above another one.
fn parent(site: &Site, known: &BTreeSet<&str>, url: &str) -> Option<String> {
    if url == "index.html" {
        return None;
    }
    let home = || known.contains("index.html").then(|| "index.html".to_string());
    let index = |number: usize| {
        let index = site.plan.sections[number].index.clone();
        index.filter(|index| index != url && known.contains(index.as_str()))
    };
    let folder = || {
        let folder = url.split_once('/').map(|(folder, _)| folder)?;
        let here = |section: &crate::site::plan::Section| {
            section
                .index
                .as_deref()
                .and_then(|i| i.split_once('/'))
                .is_some_and(|(f, _)| f == folder)
        };
        index(site.plan.sections.iter().position(here)?)
    };
    match site.plan.routes.get(url) {
        Some(Route::Change(node) | Route::Stride(node)) => {
            Some(site.graph.nodes[*node].url.clone())
        }
        Some(Route::Tag(_)) if known.contains("tags/index.html") => Some("tags/index.html".into()),
        Some(Route::Node(node)) => match &site.plan.spots[*node] {
            Some(spot) => {
                above(site, spot).filter(|above| above != url).or_else(|| index(spot.section))
            }
            None => folder(),
        },
        Some(Route::Overview(_)) => folder(),
        _ => None,
    }
    .or_else(home)
}

/// The nearest page on the way to a place in the navigation.
fn above(site: &Site, spot: &crate::site::plan::Spot) -> Option<String> {
    let section = &site.plan.sections[spot.section];
    let (part, rest) = spot.path.split_first()?;
    let mut items = &section.parts.get(*part)?.items;
    let mut found = None;
    for at in &rest[..rest.len().saturating_sub(1)] {
        let item = items.get(*at)?;
        found = item.node.map(|node| site.graph.nodes[node].url.clone()).or(found);
        items = &item.children;
    }
    found
}

/// Where an address on a page leads.
fn resolve(site: &Site, known: &BTreeSet<&str>, url: &str, href: &str) -> Link {
    let (path, anchor, query) = match Address::parse(href) {
        Address::Relative { path, anchor, query } => (path, anchor, query),
        Address::External(address) => return Link::External(address),
        Address::Refused(_) => return Link::External(String::new()),
    };
    let anchor = anchor.filter(|anchor| !anchor.is_empty());
    if path.is_empty() {
        return Link::Page { url: url.to_string(), anchor };
    }
    let Some(mut to) = crate::book::source::join(url, &path) else {
        return Link::Site(encode_path(&path));
    };
    if path.ends_with('/') || to.is_empty() {
        to = if to.is_empty() { "index.html".into() } else { format!("{to}/index.html") };
    }
    // A redirect is followed here, so that no link of the export depends on one.
    for _ in 0..8 {
        match site.plan.routes.get(&to) {
            Some(Route::Redirect(Address::Relative { path, .. })) => to = path.clone(),
            Some(Route::Redirect(Address::External(next))) => return Link::External(next.clone()),
            Some(Route::File(_)) => return Link::File(to),
            _ => break,
        }
    }
    match known.contains(to.as_str()) {
        true => Link::Page { url: to, anchor },
        false => {
            let anchor = anchor.map(|anchor| format!("#{}", encode_fragment(&anchor)));
            Link::Site(format!("{}{query}{}", encode_path(&to), anchor.unwrap_or_default()))
        }
    }
}

/// Takes out places that no link leads to, and from links those places that are not there.
fn settle(book: &mut Book) {
    let places: Vec<BTreeSet<String>> =
        book.pages.par_iter_mut().map(|page| document::anchors(&mut page.blocks)).collect();
    let mut wanted: Vec<BTreeSet<String>> = vec![BTreeSet::new(); book.pages.len()];
    for page in &mut book.pages {
        each_inline_mut(&mut page.blocks, &mut |inline| {
            let to = match inline {
                Inline::Link { to, .. } | Inline::Image { from: to, .. } => to,
                _ => return,
            };
            let Link::Page { url, anchor } = to else { return };
            let Some(at) = book.by_url.get(url.as_str()) else { return };
            match anchor.take_if(|anchor| !places[*at].contains(anchor)) {
                Some(_) => {}
                None => wanted[*at].extend(anchor.clone()),
            }
        });
    }
    for (page, wanted) in book.pages.iter_mut().zip(&wanted) {
        document::prune(&mut page.blocks, wanted);
    }
}

/// The files that pages refer to.
fn files(site: &Site, pages: &mut [Page]) -> BTreeMap<String, File> {
    let mut found = BTreeMap::new();
    for page in pages {
        each_inline_mut(&mut page.blocks, &mut |inline| {
            let to = match inline {
                Inline::Link { to, .. } | Inline::Image { from: to, .. } => to,
                _ => return,
            };
            let Link::File(url) = to else { return };
            if found.contains_key(url) {
                return;
            }
            let Some(Route::File(path)) = site.plan.routes.get(url.as_str()) else { return };
            if let Some((path, file)) = site.sources.source(path) {
                let place = Place::new(&path, 0..0);
                found.insert(url.clone(), File { bytes: file.bytes().to_vec(), place });
            }
        });
    }
    found
}
