//! Diagrams on paper: upright, on a page turned sideways, or one boundary at a time, so that
//! their names can be read.

use crate::book::graph::NodeId;
use crate::book::page::Chart;
use crate::dfd::{self, Choice, Layout, Marks};
use crate::site::Site;
use crate::text::markup::escaped;
use std::fmt::Write as _;

/// What a page of A4 holds, in pixels of CSS: 176 by 250 mm upright, with room for a heading.
const UPRIGHT: (f64, f64) = (665.0, 945.0);

/// The same, turned sideways: 263 by 158 mm.
const SIDEWAYS: (f64, f64) = (994.0, 597.0);

/// A pixel of CSS in millimetres.
const PIXEL: f64 = 25.4 / 96.0;

/// Names are 13 px. At this scale they are 7.1 pt: smaller ones are hard to read, and larger
/// ones only take room.
const LEGIBLE: f64 = 7.1 / (13.0 * 0.75);

/// Which page a picture is printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Page {
    Upright,
    Sideways,
    /// An upright one; the names are too small on any.
    Map,
}

/// How a picture of a size is printed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Fit {
    page: Page,
    /// Its width in millimetres.
    width: u32,
}

impl Fit {
    fn of(width: f64, height: f64) -> Fit {
        let scale = |page: (f64, f64)| (page.0 / width).min(page.1 / height).min(LEGIBLE);
        let (upright, sideways) = (scale(UPRIGHT), scale(SIDEWAYS));
        let fit = |page, scale: f64| Fit { page, width: (width * scale * PIXEL).floor() as u32 };
        match (upright >= LEGIBLE, sideways >= LEGIBLE) {
            (true, _) => fit(Page::Upright, upright),
            (false, true) => fit(Page::Sideways, sideways),
            (false, false) => fit(Page::Map, upright),
        }
    }

    fn of_layout(layout: &Layout) -> Fit {
        Fit::of(layout.width, layout.height)
    }

    fn classes(self) -> String {
        let wide = if self.page == Page::Sideways { " handout-wide" } else { "" };
        format!("diagram-scroll{wide} {WIDTH}{}", self.width)
    }
}

/// The class of a picture with its width on paper.
const WIDTH: &str = "handout-w";

/// The styles of the widths that a document has.
pub(super) fn widths(document: &str) -> String {
    let used = (1..=270).filter(|width| document.contains(&format!("{WIDTH}{width}\"")));
    let rules = used.map(|width| {
        format!(
            "  .handout .{WIDTH}{width} .dfd {{ inline-size: {width}mm; max-block-size: none; }}\n"
        )
    });
    let rules: String = rules.collect();
    if rules.is_empty() { rules } else { format!("@media print {{\n{rules}}}\n") }
}

/// What stands before a diagram in a page of the site.
const BEFORE: &str = "<figure class=\"diagram\"><div class=\"diagram-scroll\"><svg ";

/// A page of the site with its diagrams as they are printed. One that is too large for a page
/// is followed by its boundaries, each as a picture of its own.
pub(super) fn fitted(site: &Site, node: NodeId, page: &str) -> String {
    let charts = &site.graph.article(node).body.charts;
    let mut drawn = charts.iter().enumerate().filter(|(_, chart)| chart.layout.is_some());
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once(BEFORE) {
        out.push_str(before);
        rest = after;
        let Some((index, chart)) = drawn.next() else {
            out.push_str(BEFORE);
            continue;
        };
        let marks = site.models.marks(node, index);
        let Some((own, more)) = after.split_once("</div>") else {
            out.push_str(BEFORE);
            continue;
        };
        rest = more;
        let (fit, svg) = whole(site, chart, &marks, own);
        let _ =
            write!(out, "<figure class=\"diagram\"><div class=\"{}\">{svg}</div>", fit.classes());
        if fit.page == Page::Map && chart.views.is_empty() {
            boundaries(site, chart, &marks, &mut out);
        }
    }
    out + rest
}

/// The whole diagram: as it is, or as on a slide where that fits on a page and it does not.
fn whole(site: &Site, chart: &Chart, marks: &Marks, own: &str) -> (Fit, String) {
    let own = || format!("<svg {own}");
    let as_is = chart.layout.as_ref().map_or(Fit::of(600.0, 600.0), Fit::of_layout);
    if as_is.page != Page::Map {
        return (as_is, own());
    }
    match dfd::layout(&chart.diagram, Choice::Stage) {
        Ok(staged) if Fit::of_layout(&staged).page != Page::Map => {
            let svg = dfd::svg(&chart.diagram, &staged, marks, &**site.words());
            (Fit::of_layout(&staged), svg)
        }
        _ => (as_is, own()),
    }
}

/// The boundaries of a diagram, one by one, each in the layout that can be read.
fn boundaries(site: &Site, chart: &Chart, marks: &Marks, out: &mut String) {
    let summary = escaped(site.words().get("one_boundary_at_a_time"));
    let _ = writeln!(out, "<details class=\"diagram-views\" open><summary>{summary}</summary>");
    for number in 0..chart.diagram.boundaries.len() {
        let focus = dfd::focus(&chart.diagram, number);
        if focus.elements.len() < 2 || focus.elements.len() == chart.diagram.elements.len() {
            continue;
        }
        let layouts = [Choice::Auto, Choice::Stage, Choice::Vertical, Choice::Horizontal]
            .into_iter()
            .filter_map(|choice| dfd::layout(&focus.diagram, choice).ok());
        let best = layouts.min_by_key(|layout| Fit::of_layout(layout).page);
        let Some(layout) = best else { continue };
        let part = focus.marks(marks, format!("{}w{number}", marks.prefix));
        let _ = writeln!(
            out,
            "<figure class=\"diagram-view\"><figcaption>{}</figcaption><div class=\"{}\">{}</div></figure>",
            escaped(&chart.diagram.boundaries[number].name()),
            Fit::of_layout(&layout).classes(),
            dfd::svg(&focus.diagram, &layout, &part, &**site.words())
        );
    }
    out.push_str("</details>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seven_points_or_the_picture_is_parted() {
        let page = |width, height| Fit::of(width, height).page;
        assert_eq!(page(600.0, 900.0), Page::Upright);
        assert_eq!(page(910.0, 1290.0), Page::Upright);
        assert_eq!(page(1300.0, 800.0), Page::Sideways);
        assert_eq!(page(1483.0, 1797.0), Page::Map);
        assert_eq!(Fit::of(665.0, 100.0).width, 128);
        assert_eq!(widths("class=\"handout-w5\" class=\"handout-w70\"").matches("mm;").count(), 2);
    }
}
