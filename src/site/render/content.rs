//! What each kind of page shows.

use super::entry::kind_of;
use super::{Made, Renderer};
use crate::book::entry::BuiltInKind;
use crate::book::graph::NodeId;
use crate::book::page::Layout;
use crate::site::plan::{Group, Item, Part, Section};
use crate::site::theme::ThemeError;
use crate::site::view::{
    ArticleView, Card, CardGroup, Content, Link, LinkGroup, PageView, SectionView, Step, TagCount,
    TagView, TagsView,
};

impl Renderer<'_> {
    pub(super) fn node(&self, url: &str, node: NodeId) -> Made {
        if let Some(original) = self.graph.originals.get(&node) {
            return self.translation(url, node, *original);
        }
        self.original_page(url, node)
    }

    /// A page that is no translation; `url` may be that of one.
    pub(super) fn original_page(&self, url: &str, node: NodeId) -> Made {
        let entry = &self.graph.nodes[node];
        let kind = kind_of(self.config, entry.kind.as_deref());
        match kind {
            Some(kind) if entry.entry => return self.entry(url, node, kind),
            Some(kind) if BuiltInKind::Model.is(Some(&kind.name)) => {
                return self.model(url, node);
            }
            _ => {}
        }
        let stage = self.graph.article(node).meta.layout == Layout::Slides;
        let mut page = Renderer { stage, ..*self }.node_page(url, node)?;
        if entry.url == "index.html" && self.graph.summary.is_none() {
            return Ok((page, Content::Home(self.home(url))));
        }
        let inside = self.entries_of_file(url, node);
        if !inside.is_empty() {
            page.body = format!("{}{inside}", page.body.0).into();
        }
        let used_by = match kind {
            Some(_) => Vec::new(),
            None if self.graph.summary.is_some() => Vec::new(),
            None => self.used_by(url, node),
        };
        page.boxes = self.boxes(node);
        if stage {
            let kind = kind.map(|kind| self.kind_view(url, kind));
            return Ok(self.slides(node, page, kind));
        }
        let view = ArticleView {
            kind: kind.map(|kind| self.kind_view(url, kind)),
            step: self.step(node, kind.map(|kind| kind.name.as_str())),
            below: self.below(url, node),
            starter: self.starter(url, node),
            used_by,
        };
        Ok((page, Content::Article(view)))
    }

    /// The entries that a file defines under headings, as a list of links.
    fn entries_of_file(&self, url: &str, node: NodeId) -> String {
        let page = self.graph.nodes[node].page;
        let mut out = String::new();
        for other in 0..self.graph.nodes.len() {
            let entry = &self.graph.nodes[other];
            if entry.page == page && entry.article > 0 {
                out.push_str("<li>");
                self.write_entry(url, other, None, None, &mut out);
                out.push_str("</li>\n");
            }
        }
        if out.is_empty() { out } else { format!("<ul class=\"entries\">\n{out}</ul>\n") }
    }

    /// The place of a guide's page among its steps.
    fn step(&self, node: NodeId, kind: Option<&str>) -> Option<Step> {
        let spot = self.plan.spots[node].as_ref().filter(|_| BuiltInKind::Guide.is(kind))?;
        let total = self.plan.sections[spot.section].reading.len();
        Some(Step { number: spot.order + 1, total })
    }

    /// Links grouped by kind, in the order of the kinds.
    fn by_kind(&self, url: &str, nodes: impl IntoIterator<Item = NodeId>) -> Vec<LinkGroup> {
        let mut nodes: Vec<NodeId> = nodes.into_iter().collect();
        nodes.sort_unstable();
        let mut groups: Vec<LinkGroup> = Vec::new();
        for node in nodes {
            let kind = kind_of(self.config, self.graph.nodes[node].kind.as_deref());
            let (name, label) = match kind {
                Some(kind) => (kind.name.clone(), self.kind_plural(kind).to_string()),
                None => ("page".to_string(), self.text.get("kind_page_many").to_string()),
            };
            let link = self.entry_link(url, node);
            match groups.last_mut().filter(|group| group.name == name) {
                Some(group) => group.links.push(link),
                None => groups.push(LinkGroup { name, label, links: vec![link] }),
            }
        }
        groups
    }

    /// The frame of a section's or catalogue's index, with the author's introduction.
    pub(super) fn index_page(
        &self,
        url: &str,
        label: &str,
        intro: Option<NodeId>,
    ) -> Result<PageView, ThemeError> {
        match intro {
            Some(node) => self.node_page(url, node),
            None => Ok(self.page(url, label)),
        }
    }

    pub(super) fn section(&self, url: &str, number: usize, intro: Option<NodeId>) -> Made {
        let section = &self.plan.sections[number];
        let mut page = self.index_page(url, &self.section_label(section), intro)?;
        page.sidebar = self.sidebar(url, section, &[]);
        page.print = self.print_href(url, number);
        (page.previous, page.breadcrumbs) = (None, Vec::new());
        let first = section.reading.iter().copied().find(|node| Some(*node) != intro);
        page.next = first.map(|node| Link::new(self.title(node), self.node_href(url, node)));
        let kind = kind_of(self.config, section.kind.as_deref());
        let groups = self.card_groups(url, section, intro);
        let overviews = match section.kind.as_deref().and_then(BuiltInKind::parse) {
            Some(BuiltInKind::Model) => self.overviews(url),
            _ => Vec::new(),
        };
        let kept = |group: &CardGroup| group.items.iter().any(|card| card.boxes.is_some());
        let progress = groups.iter().any(kept);
        let kind = kind.map(|kind| self.kind_view(url, kind));
        let view = SectionView { kind, groups, progress, overviews };
        Ok((page, Content::Section(view)))
    }

    /// The pages of a section; those below another page in a group of their own. A model
    /// stands for its earlier revisions.
    fn card_groups(&self, url: &str, section: &Section, intro: Option<NodeId>) -> Vec<CardGroup> {
        let flat = BuiltInKind::Model.is(section.kind.as_deref());
        let mut groups: Vec<CardGroup> = Vec::new();
        let (examples, parts): (Vec<&Part>, Vec<&Part>) =
            section.parts.iter().partition(|part| part.examples);
        for item in parts.iter().flat_map(|part| &part.items) {
            let mut items = Vec::new();
            self.cards(url, std::slice::from_ref(item), intro, &mut items);
            if !flat && !item.children.is_empty() && items.len() > 1 {
                let (label, href) = (self.item_label(item), self.item_href(url, item));
                let own = usize::from(item.node.is_some());
                let description = items[..own].first().map(|card| card.description.clone());
                let items = items.split_off(own);
                let (label, href) = (Some(label), href.filter(|_| own > 0));
                let description = description.unwrap_or_default();
                groups.push(CardGroup { label, href, description, items });
                continue;
            }
            match groups.last_mut().filter(|group| group.label.is_none()) {
                Some(group) => group.items.append(&mut items),
                None => groups.push(CardGroup { items, ..CardGroup::default() }),
            }
        }
        if BuiltInKind::Guide.is(section.kind.as_deref()) {
            let cards = groups.iter_mut().flat_map(|group| &mut group.items);
            cards.enumerate().for_each(|(index, card)| card.step = Some(index + 1));
        }
        let mut items = Vec::new();
        examples.iter().for_each(|part| self.cards(url, &part.items, intro, &mut items));
        let label = Some(self.text.get("examples").to_string());
        groups.push(CardGroup { label, items, ..CardGroup::default() });
        groups.retain(|group| !group.items.is_empty());
        groups
    }

    pub(super) fn cards(
        &self,
        url: &str,
        items: &[Item],
        intro: Option<NodeId>,
        out: &mut Vec<Card>,
    ) {
        for item in items {
            // The newest revision of a model stands for the earlier ones.
            let is_card = |node: &NodeId| Some(*node) != intro && !self.is_earlier(*node);
            if let Some(node) = item.node.filter(is_card) {
                let page = &self.graph.nodes[node];
                let meta = &self.graph.article(node).meta;
                out.push(Card {
                    title: self.title(node),
                    href: self.node_href(url, node),
                    kind: page.kind.clone().unwrap_or_default(),
                    id: page.id.clone(),
                    step: None,
                    description: {
                        let shown = self.localized(node);
                        let body = self.body(url, shown).unwrap_or_default();
                        self.description(self.graph.article(shown), &body)
                    },
                    count: None,
                    chips: self.fact_chips(meta),
                    earlier: self.earlier(url, node),
                    boxes: self.boxes(node),
                });
            }
            self.cards(url, &item.children, intro, out);
        }
    }

    pub(super) fn tags(&self, url: &str) -> (PageView, Content) {
        let mut page = self.page(url, self.text.get("tags"));
        self.belongs(url, Group::Catalogue, &mut page);
        let tags = self
            .plan
            .tags
            .iter()
            .map(|(address, tag)| TagCount {
                name: tag.name.clone(),
                href: self.href(url, address),
                count: tag.nodes.len(),
            })
            .collect();
        (page, Content::Tags(TagsView { tags }))
    }

    pub(super) fn tag(&self, url: &str, address: &str) -> (PageView, Content) {
        let tag = self.plan.tags.get(address).cloned().unwrap_or_default();
        let mut page = self.page(url, &tag.name);
        self.belongs(url, Group::Catalogue, &mut page);
        if self.plan.routes.contains_key("tags/index.html") {
            page.breadcrumbs
                .push(Link::new(self.text.get("tags"), self.href(url, "tags/index.html")));
        }
        let groups = self.by_kind(url, tag.nodes.iter().copied());
        (page, Content::Tag(TagView { name: tag.name, groups }))
    }
}
