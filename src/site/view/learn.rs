//! Pages to learn from: slides, recordings.

use super::KindView;
use serde::Serialize;

/// A page shown as slides. Its text is `page.body`: a `<section class="slide">` for each.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SlidesView {
    /// The page's kind, where it has one.
    pub kind: Option<KindView>,
    /// The author's description, for the first slide.
    pub lead: Option<String>,
    /// How many slides there are.
    pub count: usize,
}
