//! The first page of the site: what it is, one real picture, and the ways in.

use super::Renderer;
use super::statement::sentence;
use crate::book::graph::{NodeId, Resolved};
use crate::dfd::{self, Choice, Diagram, Layout};
use crate::model::ask::STARTER;
use crate::model::{Status, Threat};
use crate::site::plan::{Group, LEARNING, Route, Section};
use crate::site::view::{Card, ExampleView, HomeView, Lane, Link};
use crate::text::address::encode_fragment;
use std::cmp::Reverse;

/// Sections of no group are named among what is read, where they are so few.
const FEW: usize = 3;

/// At most so many elements and flows can be read in a small frame.
const MOST: usize = 6;

/// The frame of the picture, in its own units.
const FRAME: (f64, f64) = (560.0, 380.0);

impl Renderer<'_> {
    pub(super) fn home(&self, url: &str) -> HomeView {
        let node = self.graph.by_url.get(url).copied();
        let lead = node.and_then(|node| {
            let meta = &self.graph.article(node).meta;
            meta.description.clone().or_else(|| sentence(self.text, &meta.statement))
        });
        let linked: Vec<NodeId> = node.map_or_else(Vec::new, |node| self.linked_from(node));
        let start = self.start(&linked);
        let actions = start.map(|node| Link::new(self.title(node), self.node_href(url, node)));
        let actions = actions.into_iter().chain(self.browse_link(url)).collect();
        let (lanes, others) = self.lanes(url);
        HomeView { lead, actions, example: self.shown_example(url, &linked), lanes, others }
    }

    /// The pages that the text of a page links to, in their order.
    fn linked_from(&self, node: NodeId) -> Vec<NodeId> {
        let links = self.graph.links[node].iter();
        links
            .filter_map(|link| if let Resolved::Node(to, _) = link { Some(*to) } else { None })
            .collect()
    }

    /// Where a newcomer begins: the first page to learn from that the author names here, else
    /// the first of all.
    fn start(&self, linked: &[NodeId]) -> Option<NodeId> {
        let teaches = |node: &NodeId| {
            let page = &self.graph.nodes[*node];
            page.kind.as_deref().is_some_and(|kind| LEARNING.contains(&kind))
        };
        let mut learn = self.plan.sections.iter().filter(|section| section.group == Group::Learn);
        linked.iter().copied().find(teaches).or_else(|| learn.find_map(|section| section.at(0)))
    }

    /// The way into the largest catalogue's list: that of the first kind.
    fn browse_link(&self, url: &str) -> Option<Link> {
        let of_kind =
            |section: &&Section| section.group == Group::Catalogue && section.kind.is_some();
        let section = self.plan.sections.iter().find(of_kind)?;
        let things = self.text.within(&self.section_label(section));
        let label = self.text.fill("browse_things", &[("things", &things)]);
        Some(Link::new(label, self.href(url, section.index.as_deref()?)))
    }

    /// What the book has, in three ways to use it; and the sections that belong to none.
    fn lanes(&self, url: &str) -> (Vec<Lane>, Vec<Card>) {
        let of = |group: Group| {
            let sections = self.plan.sections.iter().filter(move |s| s.group == group);
            sections.flat_map(|section| self.section_cards(url, section)).collect::<Vec<Card>>()
        };
        let mut learn = of(Group::Learn);
        let mut others = of(Group::Alone);
        if others.len() <= FEW && !learn.is_empty() {
            learn.append(&mut others);
        }
        let mut models = of(Group::Models);
        let overviews = self.over_models(url).into_iter();
        models.extend(overviews.filter(|link| !link.href.contains("coverage/")).map(card));
        let mut catalogue = of(Group::Catalogue);
        catalogue.sort_by_key(|card| card.kind != STARTER);
        catalogue.extend(self.made(url, crate::site::plan::TAGS, &Route::Tags, "tags").map(card));
        let lanes = [("learn", learn), ("look_up", catalogue), ("run", models)];
        let lane = |(name, items): (&str, Vec<Card>)| Lane {
            name: name.into(),
            label: self.text.get(name).into(),
            items,
        };
        let lanes = lanes.into_iter().map(lane).filter(|lane| !lane.items.is_empty());
        (lanes.collect(), others)
    }

    /// A section, or the pages that stand in no folder.
    fn section_cards(&self, url: &str, section: &Section) -> Vec<Card> {
        // Examples count where there is nothing else.
        let latest = || section.reading.iter().filter(|node| !self.is_earlier(**node));
        let own = latest().filter(|node| !self.graph.is_example(**node)).count();
        let pages = if own > 0 { own } else { latest().count() };
        let kind = match (&section.kind, section.group) {
            (Some(kind), _) => kind.as_str(),
            (None, Group::Catalogue) => STARTER,
            (None, _) => "page",
        };
        let links = self.section_links(url, section, false).into_iter();
        let cards = links.map(|link| Card {
            kind: kind.into(),
            count: (!section.is_root()).then_some(pages),
            description: self.intro_description(section.index.as_deref()),
            ..card(link)
        });
        cards.collect()
    }

    /// The description of an index page, where an author wrote one.
    fn intro_description(&self, index: Option<&str>) -> String {
        let node = index.and_then(|index| self.graph.by_url.get(index));
        let node = node.map(|node| self.localized(*node));
        node.and_then(|node| self.graph.article(node).meta.description.clone()).unwrap_or_default()
    }

    /// An open threat with the part of a diagram around it, small enough to be read: the worst of
    /// the models that the page names, else of all.
    fn shown_example(&self, url: &str, linked: &[NodeId]) -> Option<ExampleView> {
        let all = || self.models.latest().into_iter().collect::<Vec<NodeId>>();
        let told = self.told_best(linked).or_else(|| self.told_best(&all()))?;
        let (node, threat) = (told.node, told.threat);
        let (id, title) = (threat.id.clone(), threat.title.clone());
        let anchor = encode_fragment(&threat.anchor);
        let page = self.node_href(url, node);
        Some(ExampleView {
            svg: self.drawing(&told, &page).into(),
            title: self.title(node),
            threat_href: format!("{page}#{anchor}"),
            href: page,
            id: (!id.is_empty()).then_some(id),
            threat: title,
            severity: Some(self.chip("severity", threat.severity.word()))
                .filter(|_| threat.severity > crate::risk::Severity::None),
        })
    }

    /// The worst open threat whose surroundings fit the frame, else the one that fits it best.
    fn told_best(&self, nodes: &[NodeId]) -> Option<Told<'_>> {
        let told = nodes.iter().flat_map(|node| self.told(*node));
        told.min_by(|a, b| {
            let key = |told: &Told<'_>| (told.size > 1.0, Reverse(told.threat.severity));
            key(a).cmp(&key(b)).then(a.size.total_cmp(&b.size))
        })
    }

    /// The open threats of a model whose surroundings are few, each drawn as it fits best.
    fn told(&self, node: NodeId) -> Vec<Told<'_>> {
        let chart = self.graph.article(node).body.charts.first();
        let Some((chart, model)) = chart.zip(self.models.get(node)) else { return Vec::new() };
        let shown = |threat: &&Threat| threat.status == Status::Open && !threat.on.is_empty();
        let told = model.threats.iter().filter(shown).filter_map(|threat| {
            let near = dfd::around(&chart.diagram, &targets(threat));
            let few = (2..=MOST).contains(&near.elements.len()) && near.flows.len() <= MOST;
            let part = if few { near } else { whole(&chart.diagram) };
            let (layout, size) = match few {
                true => best(&part.diagram)?,
                false => sized(chart.layout.clone()?),
            };
            Some(Told { node, threat, part, layout, size })
        });
        told.collect()
    }

    /// What is told, with links to its page.
    fn drawing(&self, told: &Told<'_>, page: &str) -> String {
        let whole = self.models.marks(told.node, 0);
        let mut marks = told.part.marks(&whole, whole.prefix.clone());
        let all = marks.elements.values_mut().chain(marks.flows.values_mut());
        for mark in all.chain(marks.boundaries.values_mut()) {
            mark.href = mark.href.as_ref().map(|anchor| format!("{page}{anchor}"));
        }
        dfd::svg(&told.part.diagram, &told.layout, &marks, &**self.text)
    }
}

/// A threat with what stands around it.
struct Told<'a> {
    node: NodeId,
    threat: &'a Threat,
    part: dfd::Focus,
    layout: Layout,
    /// How much larger than the frame it is.
    size: f64,
}

/// The layout that fits the frame best, and how much larger than the frame it is.
fn best(diagram: &Diagram) -> Option<(Layout, f64)> {
    let choices = [Choice::Auto, Choice::Horizontal, Choice::Vertical, Choice::Stage];
    let drawn = choices.into_iter().filter_map(|how| dfd::layout(diagram, how).ok());
    drawn.map(sized).min_by(|(_, a), (_, b)| a.total_cmp(b))
}

/// A layout, and how much larger than the frame it is.
fn sized(layout: Layout) -> (Layout, f64) {
    let size = (layout.width / FRAME.0).max(layout.height / FRAME.1);
    (layout, size)
}

/// All of a diagram.
fn whole(diagram: &Diagram) -> dfd::Focus {
    let all: Vec<dfd::Target> = (0..diagram.elements.len()).map(dfd::Target::Element).collect();
    dfd::around(diagram, &all)
}

fn card(link: Link) -> Card {
    Card { title: link.label, href: link.href, ..Card::default() }
}

/// What of the diagram a threat concerns.
fn targets(threat: &Threat) -> Vec<dfd::Target> {
    threat.targets().cloned().collect()
}
