//! Cards of threats: a page of the site, and a file for paper.

use super::Renderer;
use super::statement::sentence;
use super::text::cut;
use crate::book::entry::{BuiltInKind, BuiltInRole};
use crate::book::graph::NodeId;
use crate::model::ask::STARTER;
use crate::site::plan::Group;
use crate::site::theme::ThemeError;
use crate::site::view::{CardView, Content, DeckChoice, DeckView, Html, PageView, SheetView, View};
use std::collections::BTreeSet;

/// Cards of a sheet: two columns, so that a back lies behind its front when the paper is
/// turned over its long edge.
const SHEET: usize = 8;
const COLUMNS: usize = 2;
/// So much of a text fits on a card.
const LINES: usize = 3;
const LINE: usize = 120;
const QUESTION: usize = 170;
const TREATED: usize = 2;
/// As many colours as the style sheet has.
const COLOURS: u32 = 12;
/// The template of the file for paper, which has no frame.
const FILE: &str = "deck-file.html";
/// What a file for paper takes into itself.
const STYLES: [&str; 3] = ["tokens.css", "deck.css", "deck-file.css"];

/// How cards are put on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// `a4` or `letter`.
    pub size: &'static str,
    /// Each card alone, for a screen.
    pub single: bool,
}

impl Renderer<'_> {
    /// The page of all cards.
    pub(super) fn deck_page(&self, url: &str) -> (PageView, Content) {
        let mut page = self.page(url, self.text.get("deck_title"));
        page.description = self.text.get("deck_about").into();
        self.belongs(url, Group::Catalogue, &mut page);
        page.sidebar = Vec::new();
        page.assets.extend(["deck.css", "deck.js"].map(String::from));
        let nodes = self.carded();
        let paper = Paper { size: "a4", single: false };
        let view = DeckView { decks: self.decks(), ..self.deck(url, &nodes, paper) };
        (page, Content::Deck(view))
    }

    /// One file with cards that needs no other.
    ///
    /// # Errors
    /// When the template of the theme fails.
    pub fn card_file(&self, nodes: &[NodeId], paper: Paper) -> Result<String, ThemeError> {
        let mut page = self.page("", self.text.get("deck_title"));
        page.description = self.text.get("deck_about").into();
        let css = STYLES.iter().filter_map(|name| self.theme.part(name));
        let css: String =
            css.map(|css| String::from_utf8_lossy(css).replace("</", "<\\/")).collect();
        let view = DeckView { style: css.into(), ..self.deck("", nodes, paper) };
        let content = Content::Deck(view);
        self.theme.render(FILE, &View { site: self.site, page, text: self.text.value(), content })
    }

    /// The threats that have a card, in order.
    pub fn carded(&self) -> Vec<NodeId> {
        let live = |node: &NodeId| {
            let entry = &self.graph.nodes[*node];
            entry.entry && entry.id.is_some() && !self.graph.article(*node).meta.is_deprecated()
        };
        self.graph.of_kind(BuiltInKind::Threat.word()).filter(live).collect()
    }

    fn deck(&self, url: &str, nodes: &[NodeId], paper: Paper) -> DeckView {
        let cards: Vec<CardView> = nodes.iter().map(|node| self.card_view(url, *node)).collect();
        let sheets = cards.chunks(SHEET).flat_map(|chunk| {
            let mut front: Vec<Option<CardView>> = chunk.iter().cloned().map(Some).collect();
            if !paper.single {
                front.resize(SHEET, None);
            }
            let mut back = front.clone();
            back.chunks_mut(COLUMNS).for_each(<[_]>::reverse);
            [SheetView { back: false, cards: front }, SheetView { back: true, cards: back }]
        });
        DeckView {
            sheets: sheets.collect(),
            cards: cards.len(),
            decks: Vec::new(),
            paper: paper.size.into(),
            single: paper.single,
            style: Html::default(),
        }
    }

    fn card_view(&self, url: &str, node: NodeId) -> CardView {
        let entry = &self.graph.nodes[node];
        let article = self.graph.article(node);
        let id = entry.id.clone().unwrap_or_default();
        let area = crate::site::plan::area(&id).unwrap_or_default().to_string();
        let asked = self.walk().threats.iter().find(|threat| threat.node == node);
        let question = asked.and_then(|threat| threat.questions.first());
        let question = question.map(|at| self.walk().questions[*at].as_str()).unwrap_or_default();
        let heading = self.text.get("how_heading").to_lowercase();
        let headings = article.body.headings.iter();
        let how = headings.filter(|h| h.text.to_lowercase() == heading || h.text == "How it goes");
        let how = how.take(1).flat_map(|heading| article.body.questions(&heading.id));
        let mut how: Vec<String> = how.take(LINES).map(|line| cut(&line, LINE)).collect();
        if how.is_empty() {
            how.extend(
                sentence(self.text, &article.meta.statement).or(article.meta.description.clone()),
            );
        }
        let treated =
            self.graph.out[node].iter().filter(|edge| BuiltInRole::Requirements.is(&edge.role));
        let treated = treated.take(TREATED).map(|edge| {
            let by = &self.graph.nodes[edge.to];
            (by.id.clone().unwrap_or_default(), by.title.clone())
        });
        let base = self.config.url.as_deref().unwrap_or_default();
        let host = base.split_once("://").map_or(base, |(_, rest)| rest);
        CardView {
            colour: colour(&area),
            area,
            id,
            title: entry.title.clone(),
            severity: self.severity_chip(node),
            stride: self.stride_chips(node),
            question: cut(question, QUESTION),
            how,
            treated: treated.collect(),
            href: if url.is_empty() { String::new() } else { self.node_href(url, node) },
            address: format!("{host}{}", entry.url),
        }
    }

    /// The IDs of those that have a card, in the order in which the deck has them.
    pub(super) fn card_ids(&self, nodes: &mut dyn Iterator<Item = NodeId>) -> Vec<&str> {
        let named: BTreeSet<NodeId> = nodes.collect();
        let carded = self.carded().into_iter().filter(|node| named.contains(node));
        carded.filter_map(|node| self.graph.nodes[node].id.as_deref()).collect()
    }

    /// Starter sets, then properties.
    fn decks(&self) -> Vec<DeckChoice> {
        let choice = |label: &str, group: &str, nodes: &mut dyn Iterator<Item = NodeId>| {
            let ids = self.card_ids(nodes);
            DeckChoice {
                label: label.into(),
                group: group.into(),
                cards: ids.len(),
                ids: ids.join(","),
            }
        };
        let is_set =
            |node: &NodeId| self.graph.article(*node).meta.tags.iter().any(|t| t == STARTER);
        let sets = (0..self.graph.nodes.len()).filter(is_set).map(|node| {
            let named = self.graph.out[node].iter().map(|edge| edge.to);
            choice(&self.graph.nodes[node].title, "starter", &mut named.into_iter())
        });
        let properties = self.walk().properties.iter().enumerate().map(|(at, property)| {
            let having = self.walk().threats.iter().filter(|threat| threat.applies.contains(&at));
            choice(&property.title, "applies-to", &mut having.map(|threat| threat.node))
        });
        sets.chain(properties).filter(|deck| deck.cards > 0).collect()
    }
}

/// The same for all cards of an area.
fn colour(area: &str) -> usize {
    let hash = area.bytes().fold(7u32, |hash, byte| hash.wrapping_mul(31) ^ u32::from(byte));
    (hash % COLOURS) as usize
}
