//! What stands in the place of a page that is left out.

use super::Renderer;
use crate::book::graph::NodeId;
use crate::site::view::{Content, FaultView, FindingView, PageView};
use crate::text::diagnostic::Diagnostic;
use crate::text::span::line_column;

impl Renderer<'_> {
    /// What is wrong with a page.
    pub(super) fn fault(&self, url: &str, node: NodeId) -> (PageView, Content) {
        let mut page = self.page(url, &self.title(node));
        page.noindex = true;
        let found = self.plan.faults.get(&node).map_or(&[][..], Vec::as_slice);
        let findings = found.iter().map(|diagnostic| self.finding(diagnostic)).collect();
        (page, Content::Fault(FaultView { findings }))
    }

    fn finding(&self, diagnostic: &Diagnostic) -> FindingView {
        let place = diagnostic.place.as_ref().map_or_else(String::new, |place| {
            let text = self.sources.text(&place.file).unwrap_or_default();
            let (line, column) = line_column(text, place.start);
            format!("{}:{line}:{column}", place.file)
        });
        FindingView {
            code: diagnostic.code.to_string(),
            message: diagnostic.message.clone(),
            place,
            help: diagnostic.help.clone(),
        }
    }
}
