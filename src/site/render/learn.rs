//! What pages for learning have besides text: progress, and the pages below a page.

use super::Renderer;
use crate::book::graph::NodeId;
use crate::book::page::Body;
use crate::site::plan::Item;
use crate::site::view::{Card, Content, KindView, PageView, SlidesView};

/// The kinds of pages that are read step by step.
const LEARNING: [&str; 2] = ["guide", "training"];

/// What pages need on which a reader can finish something, or see what is finished.
const ASSETS: [&str; 2] = ["learn.css", "learn.js"];

impl Renderer<'_> {
    /// How many things a reader can finish on a page; `None` where no progress is kept.
    pub(super) fn boxes(&self, node: NodeId) -> Option<usize> {
        let page = &self.graph.nodes[node];
        let boxes = self.graph.article(node).body.boxes;
        let learning = page.kind.as_deref().is_some_and(|kind| LEARNING.contains(&kind));
        (learning || boxes > 0).then_some(boxes)
    }

    /// Lets a page of text keep the reader's progress.
    pub(super) fn keep_progress(&self, node: NodeId, page: &mut PageView) {
        page.boxes = self.boxes(node);
        let Body { boxes, fragments, .. } = &self.graph.article(node).body;
        if page.boxes.is_some() || *boxes > 0 || !fragments.is_empty() {
            page.assets.extend(ASSETS.map(String::from));
        }
    }

    /// Lets the page of a section show the progress in its pages.
    pub(super) fn show_progress(&self, cards: &[Card], page: &mut PageView) {
        if cards.iter().any(|card| card.boxes.is_some())
            && !page.assets.iter().any(|a| a == ASSETS[0])
        {
            page.assets.extend(ASSETS.map(String::from));
        }
    }

    /// A page as slides.
    pub(super) fn slides(
        &self,
        node: NodeId,
        mut page: PageView,
        kind: Option<KindView>,
    ) -> (PageView, Content) {
        let article = self.graph.article(node);
        page.assets.extend(["slides.css", "slides.js"].map(String::from));
        let is_slide = |anchor: &&String| anchor.bytes().all(|b| b.is_ascii_digit());
        let view = SlidesView {
            kind,
            lead: article.meta.description.clone(),
            count: article.body.anchors.iter().filter(is_slide).count(),
        };
        (page, Content::Slides(view))
    }

    /// The pages below one that is the index of a folder in a guide or a training.
    pub(super) fn below(&self, url: &str, node: NodeId) -> Vec<Card> {
        let page = &self.graph.nodes[node];
        let learning = page.kind.as_deref().is_some_and(|kind| LEARNING.contains(&kind));
        let mut cards = Vec::new();
        if let Some(spot) = self.plan.spots[node].as_ref().filter(|_| learning)
            && let Some((part, path)) = spot.path.split_first()
        {
            let section = &self.plan.sections[spot.section];
            let mut items = section.parts.get(*part).map_or(&[][..], |part| &part.items);
            for index in path {
                let item: Option<&Item> = items.get(*index);
                items = item.map_or(&[], |item| &item.children);
            }
            self.cards(url, items, None, &mut cards);
            for (index, card) in cards.iter_mut().enumerate() {
                card.step = Some(index + 1);
            }
        }
        cards
    }
}
