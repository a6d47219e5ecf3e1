//! STRIDE per element of a model, as a page of its own.

use super::Renderer;
use crate::book::entry::STRIDE;
use crate::book::graph::NodeId;
use crate::dfd;
use crate::model::Model;
use crate::model::suggest::{self, Asked, Coverage, Place, Row, Suggestion};
use crate::site::plan::{Route, stride_url};
use crate::site::view::{
    Content, EntryLink, Link, PageView, StrideCell, StrideGap, StrideRow, StrideView,
};

/// So many threats are suggested for a gap.
const SUGGESTIONS: usize = 3;

/// The article whose table says what is asked of which element.
const SOURCE: (&str, &str) = (
    "Hernan, Lambert, Ostwald and Shostack, \u{201c}Uncover Security Design Flaws Using The STRIDE \
     Approach\u{201d}, MSDN Magazine, November 2006",
    "https://learn.microsoft.com/en-us/archive/msdn-magazine/2006/november/uncover-security-design-flaws-using-the-stride-approach",
);

impl Renderer<'_> {
    /// The link to STRIDE per element, which says how many questions are open.
    pub(super) fn stride_link(&self, url: &str, node: NodeId) -> Option<Link> {
        let target = stride_url(self.graph, node);
        let there = self.plan.routes.get(&target) == Some(&Route::Stride(node));
        let coverage = suggest::coverage(self.graph, self.models.get(node).filter(|_| there)?)?;
        let (gaps, asked) = (coverage.gaps().len().to_string(), coverage.asked().to_string());
        let open = self.text.fill("stride_open", &[("gaps", &gaps), ("asked", &asked)]);
        let title = self.text.get("stride_per_element");
        Some(Link::new(format!("{title}: {open}"), self.href(url, &target)))
    }

    /// STRIDE per element of a model.
    pub(super) fn stride(&self, url: &str, node: NodeId) -> (PageView, Content) {
        let page = self.beside_model(url, node, self.text.get("stride_per_element"));
        let view = self.models.get(node).and_then(|model| self.stride_view(url, model));
        (page, Content::Stride(view.unwrap_or_default()))
    }

    fn stride_view(&self, url: &str, model: &Model) -> Option<StrideView> {
        let mut coverage = suggest::coverage(self.graph, model)?;
        self.catalogue.fill(self.graph, model, &mut coverage, SUGGESTIONS);
        let Coverage { rows } = &coverage;
        Some(StrideView {
            model: self.entry_link(url, model.node),
            gaps: coverage.gaps().len(),
            asked: coverage.asked(),
            letters: STRIDE.map(|c| (c.letter.to_string(), self.text.word(c.name))).to_vec(),
            rows: rows.iter().map(|row| self.stride_row(url, model, row)).collect(),
            source: Link::new(SOURCE.0, SOURCE.1),
        })
    }

    fn stride_row(&self, url: &str, model: &Model, row: &Row) -> StrideRow {
        let chart = &self.graph.article(model.node).body.charts[0];
        let prefix = self.first_marks(model.node).prefix;
        let anchor = match row.place {
            Place::Element(i) => dfd::element_anchor(&prefix, i),
            Place::Flow(i) => dfd::flow_anchor(&prefix, i),
        };
        let links = |threats: &[usize]| -> Vec<Link> {
            let threats = threats.iter().filter_map(|number| model.threats.get(*number));
            threats
                .map(|threat| Link::new(threat.id.as_str(), self.row_href(url, model, threat)))
                .collect()
        };
        let cells = row.cells.iter().zip(STRIDE).map(|(cell, category)| StrideCell {
            category: self.text.word(category.name),
            state: match cell.asked {
                _ if !cell.threats.is_empty() => "covered",
                Asked::Yes => "gap",
                Asked::OfLogs => "of-logs",
                Asked::No => "not-asked",
            }
            .into(),
            threats: links(&cell.threats),
        });
        let gaps = row.cells.iter().zip(STRIDE).filter(|(cell, _)| cell.is_gap());
        let gaps = gaps.map(|(cell, category)| StrideGap {
            category: self.text.word(category.name),
            suggestions: cell.suggestions.iter().map(|s| self.suggestion(url, s)).collect(),
        });
        StrideRow {
            name: row.place.name(&chart.diagram),
            label: match row.place {
                Place::Element(_) => String::new(),
                Place::Flow(_) => row.place.label(&chart.diagram),
            },
            kind: row.place.hit(&chart.diagram).say(self.text),
            href: chart
                .layout
                .is_some()
                .then(|| format!("{}#{anchor}", self.node_href(url, model.node))),
            cells: cells.collect(),
            others: links(&row.others),
            gaps: gaps.collect(),
        }
    }

    fn suggestion(&self, url: &str, suggestion: &Suggestion) -> EntryLink {
        let reasons: Vec<String> = suggestion.reasons.iter().map(|r| r.say(self.text)).collect();
        EntryLink { note: Some(reasons.join("; ")), ..self.entry_link(url, suggestion.node) }
    }
}
