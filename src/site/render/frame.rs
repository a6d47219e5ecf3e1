//! What every page has: navigation, contents, the way back.

use super::Renderer;
use super::statement::sentence;
use super::text::lead;
use crate::book::graph::{NOT_FOUND, NodeId};
use crate::book::page::Article;
use crate::book::source::is_draft;
use crate::site::plan::{Item, Section, Spot};
use crate::site::theme::ThemeError;
use crate::site::view::{Heading, Html, Link, OriginView, PageView, SidebarItem, SidebarPart};
use crate::text::address::encode_fragment;

/// So many neighbours are listed, in the sidebar and of revisions, on each side of a page;
/// more would let the output grow with the square of the book.
const NEIGHBOURS: usize = 30;

/// A description made from the text is at most so long, in characters.
const DESCRIPTION: usize = 180;

/// The neighbours of one of so many: the first, and one past the last.
pub(super) fn neighbours(at: usize, count: usize) -> (usize, usize) {
    (at.saturating_sub(NEIGHBOURS), (at + NEIGHBOURS + 1).min(count))
}

impl Renderer<'_> {
    /// The frame of a page that comes from no source.
    pub(super) fn page(&self, url: &str, title: &str) -> PageView {
        let lost = url == NOT_FOUND;
        let depth = url.matches('/').count();
        PageView {
            root: if lost { self.config.base_path().into() } else { "../".repeat(depth) },
            noindex: lost,
            url: url.to_string(),
            canonical: self.config.url.as_ref().filter(|_| !lost).map(|base| {
                let path = crate::text::address::encode_path(url);
                format!("{base}{}", path.strip_suffix("index.html").unwrap_or(&path))
            }),
            title: title.to_string(),
            heading: Some(Html::new(crate::text::markup::escaped(title))),
            sections: self.sections(url, None),
            texts: self.text.script_url(),
            language: self.text.language().to_string(),
            home: self.href(url, &self.in_language("index.html".into())),
            rtl: self.config.language(self.text.language()).map_or(self.config.rtl, |l| l.rtl),
            languages: self.languages(url, None),
            ..PageView::default()
        }
    }

    /// The frame and the text of a page that comes from a node.
    ///
    /// # Errors
    /// When the template of a block in the text fails.
    pub(super) fn node_page(&self, url: &str, node: NodeId) -> Result<PageView, ThemeError> {
        let page = &self.graph.nodes[node];
        let article = self.graph.article(node);
        let mut view = self.page(url, &page.title);
        view.heading = match (&article.meta.title, &article.title) {
            _ if page.has_heading => None,
            (None, Some(title)) if !title.text.is_empty() => {
                Some(self.pieces(url, node, &title.html)?.into())
            }
            _ => view.heading,
        };
        if let (None, Some(title)) = (&article.meta.title, &article.meta.window_title) {
            view.title = title.clone();
        }
        view.draft = article.meta.draft || is_draft(&self.graph.page(node).path);
        view.noindex |= view.draft;
        let body = self.body(url, node)?;
        view.description = self.description(article, &body);
        view.body = (self.player(url, node) + &body).into();
        view.toc = contents(article);
        self.add_recording(node, &mut view);
        view.feedback_url = self.feedback(url, node);
        let changed = self.sources.changed(&self.graph.page(node).file);
        view.changed = changed.map(|day| self.text.date(day));
        let path = crate::text::address::encode_path(&self.graph.page(node).file);
        // What comes with the program is in no repository of the book.
        let there = !self.graph.page(node).file.contains(":/");
        let edit_url = self.config.edit_url.as_ref().filter(|_| there);
        view.edit_url = edit_url.map(|url| url.replace("{path}", &path));
        view.origin = self.origin(node);
        view.tags = article
            .meta
            .tags
            .iter()
            .map(|tag| Link::new(tag.as_str(), self.href(url, &crate::site::plan::tag_url(tag))))
            .collect();
        view.languages = self.languages(url, Some(node));
        match &self.plan.spots[self.graph.original(node)] {
            Some(spot) => self.place(url, spot, &mut view),
            None => self.beside(url, &mut view),
        }
        Ok(view)
    }

    /// Where a page comes from, and what the book says of it itself.
    fn origin(&self, node: NodeId) -> Option<OriginView> {
        let origin = self.graph.origin(node)?;
        let part = &self.graph.nodes[node];
        let id = part.id.as_ref().filter(|_| part.article > 0);
        let overlaid = self.graph.page(node).overlaid.iter();
        let overlaid = overlaid.filter(|own| own.part.as_ref() == id);
        let own = overlaid.flat_map(|own| own.fields.iter().chain(&own.sections).cloned());
        Some(OriginView {
            name: origin.name.clone(),
            version: origin.version.clone(),
            license: origin.license.clone(),
            own: own.collect(),
        })
    }

    /// One sentence about an article: its own, its statement, or how its text begins.
    pub(super) fn description(&self, article: &Article, body: &str) -> String {
        let meta = &article.meta;
        meta.description
            .clone()
            .or_else(|| sentence(self.text, &meta.statement))
            .unwrap_or_else(|| lead(body, DESCRIPTION))
    }

    /// Navigation for a place in a section.
    fn place(&self, url: &str, spot: &Spot, view: &mut PageView) {
        let Some(section) = self.plan.sections.get(spot.section) else { return };
        view.sections = self.sections(url, Some(spot.section));
        view.print = self.print_href(url, spot.section);
        view.sidebar = self.sidebar(url, section, &spot.path);
        self.breadcrumbs(url, section, &spot.path, view);
        self.gatherer(url, section, view);
        let link = |node: NodeId| Link::new(self.title(node), self.node_href(url, node));
        view.previous = spot.order.checked_sub(1).and_then(|i| section.at(i)).map(link);
        view.next = section.at(spot.order + 1).map(link);
    }

    /// The way from an entry that stands under a heading to the page of its file.
    fn gatherer(&self, url: &str, section: &Section, view: &mut PageView) {
        let Some(node) = self.graph.by_url.get(url) else { return };
        let file = self.graph.by_path.get(&self.graph.page(*node).path);
        let Some(file) = file.filter(|file| *file != node) else { return };
        let file = &self.graph.nodes[*file];
        if section.index.as_deref() != Some(&file.url) {
            view.breadcrumbs.push(Link::new(file.title.clone(), self.href(url, &file.url)));
        }
    }

    /// Navigation for a page that is in the folder of a section and not in its list,
    /// such as a file that only gathers entries.
    fn beside(&self, url: &str, view: &mut PageView) {
        let folder = url.split_once('/').map_or("", |(folder, _)| folder);
        let of_folder = |section: &Section| {
            let index = section.index.as_deref().filter(|index| *index != url);
            index.and_then(|index| index.split_once('/')).is_some_and(|(name, _)| name == folder)
        };
        if let Some(number) = self.plan.sections.iter().position(of_folder) {
            view.sections = self.sections(url, Some(number));
            self.breadcrumbs(url, &self.plan.sections[number], &[], view);
        }
    }

    pub(super) fn breadcrumbs(
        &self,
        url: &str,
        section: &Section,
        path: &[usize],
        view: &mut PageView,
    ) {
        if self.plan.sections.len() > 1
            && !section.is_root()
            && let Some(target) = section.first(self.graph)
        {
            let target = self.in_language(target);
            view.breadcrumbs.push(Link::new(self.section_label(section), self.href(url, &target)));
        }
        let Some((part, rest)) = path.split_first() else { return };
        let mut items = section.parts.get(*part).map_or(&[][..], |part| &part.items);
        for index in &rest[..rest.len().saturating_sub(1)] {
            let Some(item) = items.get(*index) else { return };
            if let Some(node) = item.node {
                view.breadcrumbs.push(Link::new(self.item_label(item), self.node_href(url, node)));
            }
            items = &item.children;
        }
    }

    /// The sidebar of a section; `path` leads to the current page.
    pub(super) fn sidebar(&self, url: &str, section: &Section, path: &[usize]) -> Vec<SidebarPart> {
        let current = path.split_first();
        section
            .parts
            .iter()
            .enumerate()
            .map(|(number, part)| {
                let way = current.filter(|(first, _)| **first == number).map(|(_, rest)| rest);
                let examples = || part.examples.then(|| self.text.get("examples").to_string());
                let title = part.title.clone().or_else(examples);
                SidebarPart { title, items: self.level(url, &part.items, way, section) }
            })
            .collect()
    }

    /// One level of the sidebar, with the levels below it on the way to the page.
    fn level(
        &self,
        url: &str,
        items: &[Item],
        way: Option<&[usize]>,
        section: &Section,
    ) -> Vec<SidebarItem> {
        let current = way.and_then(|way| way.first().copied());
        let (from, to) = neighbours(current.unwrap_or(0), items.len());
        let mut out: Vec<SidebarItem> = items[from..to]
            .iter()
            .enumerate()
            .map(|(offset, item)| {
                let on_way = current == Some(from + offset);
                let rest = way.filter(|_| on_way).map(|way| &way[1..]);
                let children = match rest {
                    Some(rest) => self.level(url, &item.children, Some(rest), section),
                    None => Vec::new(),
                };
                let (href, count) = match (&item.filter, &section.index) {
                    (Some(filter), Some(index)) => {
                        let rows = format!("{}?{filter}", self.href(url, index));
                        (Some(rows), Some(item.children.len()))
                    }
                    _ => (self.item_href(url, item), None),
                };
                SidebarItem {
                    label: self.item_label(item),
                    href,
                    number: item.number.clone(),
                    count,
                    current: rest.is_some_and(<[usize]>::is_empty),
                    open: on_way,
                    children,
                }
            })
            .collect();
        if items.len() > to - from
            && let Some(index) = &section.index
        {
            let label = self.text.fill("all_pages", &[("n", &items.len().to_string())]);
            let href = Some(self.href(url, index));
            out.push(SidebarItem { label, href, ..SidebarItem::default() });
        }
        out
    }

    /// An address in the language of the page.
    pub(super) fn in_language(&self, url: String) -> String {
        let node = self.graph.by_url.get(&url).map(|node| self.localized(*node));
        node.map_or(url, |node| self.graph.nodes[node].url.clone())
    }

    /// The name of a page in the navigation, in the language of the page.
    pub(super) fn item_label(&self, item: &Item) -> String {
        match item.node.filter(|node| self.localized(*node) != *node) {
            Some(node) => self.title(node),
            None => item.label.clone(),
        }
    }

    /// A folder without a page of its own leads to its first page.
    pub(super) fn item_href(&self, url: &str, item: &Item) -> Option<String> {
        fn first(item: &Item) -> Option<NodeId> {
            item.node.or_else(|| item.children.iter().find_map(first))
        }
        first(item).map(|node| self.node_href(url, node))
    }
}

/// The second and third level of an article's headings.
pub(super) fn contents(article: &Article) -> Vec<Heading> {
    let mut out: Vec<Heading> = Vec::new();
    for heading in &article.body.headings {
        let entry = Heading {
            id: encode_fragment(&heading.id),
            text: heading.text.clone(),
            children: Vec::new(),
        };
        match (heading.level, out.last_mut()) {
            (2, _) => out.push(entry),
            (3, Some(parent)) => parent.children.push(entry),
            _ => {}
        }
    }
    out
}
