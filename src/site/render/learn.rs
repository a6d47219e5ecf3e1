//! What pages for learning have besides text: progress, and the pages below a page.

use super::Renderer;
use crate::book::graph::NodeId;
use crate::site::plan::{Item, LEARNING};
use crate::site::view::{Card, Content, KindView, PageView, SlidesView};

impl Renderer<'_> {
    /// How many things a reader can finish on a page; `None` where no progress is kept.
    pub(super) fn boxes(&self, node: NodeId) -> Option<usize> {
        let page = &self.graph.nodes[node];
        let boxes = self.graph.article(node).body.boxes;
        let learning = page.kind.as_deref().is_some_and(|kind| LEARNING.contains(&kind));
        (learning || boxes > 0).then_some(boxes)
    }

    /// A page as slides.
    pub(super) fn slides(
        &self,
        node: NodeId,
        mut page: PageView,
        kind: Option<KindView>,
    ) -> (PageView, Content) {
        let article = self.graph.article(node);
        page.assets.push("slides.js".into());
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
