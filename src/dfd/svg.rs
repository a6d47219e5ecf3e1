//! A laid out diagram as SVG: classes only, no style, no script.

use crate::text::markup::escaped;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::layout::{
    DISC, DISC_GAP, FLOW_FONT, FLOW_LINE, Layout, NODE_FONT, NODE_LINE, Point, Rect, Route,
    TITLE_FONT, disc_width,
};
use super::model::{Diagram, Element, End, Flow, Kind};
use super::path;
use super::resolve::Target;

/// Begins every id that is not of an author, so that none can clash with a heading's.
pub const OWN: &str = "Casebook-";

/// What the picture shows besides the diagram.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Begins every id in the picture, behind [`OWN`], so that several fit on one page.
    /// Letters, digits, `-` and `_`.
    pub prefix: String,
    /// Marks of elements, by index.
    pub elements: BTreeMap<usize, Mark>,
    /// Marks of flows, by index.
    pub flows: BTreeMap<usize, Mark>,
    /// Marks of boundaries, by index.
    pub boundaries: BTreeMap<usize, Mark>,
}

/// What is shown at one element, flow or boundary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// Where a click leads.
    pub href: Option<String>,
    /// How many open threats there are.
    pub open: usize,
    /// How it differs from another revision.
    pub change: Option<Change>,
}

/// How something differs from another revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Added,
    Removed,
    Changed,
}

impl Change {
    fn class(self) -> &'static str {
        match self {
            Change::Added => "dfd-added",
            Change::Removed => "dfd-removed",
            Change::Changed => "dfd-changed",
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Change::Added => "+",
            Change::Removed => "−",
            Change::Changed => "Δ",
        }
    }

    /// The word that [`Words::word_within`] says.
    fn word(self) -> &'static str {
        match self {
            Change::Added => "added",
            Change::Removed => "removed",
            Change::Changed => "changed",
        }
    }
}

/// What the picture says to those who hear it, in their language.
pub trait Words {
    /// The phrase of a key, with its gaps filled.
    fn phrase(&self, key: &str, values: &[(&str, &str)]) -> String;
    /// The phrase of a key in the form that stands with a number, the number in it.
    fn number(&self, key: &str, n: usize) -> String;
    /// A word as it stands within a sentence: `external entity`, `added`.
    fn word_within(&self, word: &str) -> String;
}

/// The id of an element in the picture.
pub fn element_anchor(prefix: &str, index: usize) -> String {
    format!("{}-e{index}", prefix_of(prefix))
}

/// The id of a flow in the picture.
pub fn flow_anchor(prefix: &str, index: usize) -> String {
    format!("{}-f{index}", prefix_of(prefix))
}

/// The id of a boundary in the picture.
pub fn boundary_anchor(prefix: &str, index: usize) -> String {
    format!("{}-b{index}", prefix_of(prefix))
}

/// The ids in the picture of what a name means: one, or one for each flow.
pub fn anchors(prefix: &str, target: &Target) -> Vec<String> {
    match target {
        Target::Element(i) => vec![element_anchor(prefix, *i)],
        Target::Boundary(i) => vec![boundary_anchor(prefix, *i)],
        Target::Flows(flows) => flows.iter().map(|i| flow_anchor(prefix, *i)).collect(),
    }
}

/// Draws a diagram.
pub fn svg(diagram: &Diagram, layout: &Layout, marks: &Marks, words: &dyn Words) -> String {
    let mut out = String::new();
    let prefix = &prefix_of(&marks.prefix);
    let (width, height) = (layout.width, layout.height);
    let linked = [&marks.elements, &marks.flows, &marks.boundaries]
        .iter()
        .any(|m| m.values().any(|m| m.href.is_some()));
    // What is inside `img` is hidden from screen readers, links too.
    let role = if linked { "group" } else { "img" };
    let _ = write!(
        out,
        "<svg class=\"dfd\" xmlns=\"http://www.w3.org/2000/svg\" role=\"{role}\" \
         aria-labelledby=\"{prefix}-title {prefix}-desc\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\">"
    );
    let title = diagram.title.clone().unwrap_or_else(|| words.phrase("dfd_title", &[]));
    let _ = write!(out, "<title id=\"{prefix}-title\">{}</title>", escaped(&title));
    let about = description(diagram, words);
    let _ = write!(out, "<desc id=\"{prefix}-desc\">{}</desc>", escaped(&about));

    let none = Mark::default();
    let pen = Pen { diagram, layout, words, prefix };
    for i in 0..diagram.boundaries.len() {
        let mark = marks.boundaries.get(&i).unwrap_or(&none);
        boundary(&mut out, &pen, i, mark);
    }
    for i in 0..diagram.flows.len() {
        flow(&mut out, &pen, i, marks.flows.get(&i).unwrap_or(&none));
    }
    for i in 0..diagram.elements.len() {
        element(&mut out, &pen, i, marks.elements.get(&i).unwrap_or(&none));
    }
    // Titles come last so that no line is drawn over them.
    for (i, title) in layout.titles.iter().enumerate() {
        let mark = marks.boundaries.get(&i).unwrap_or(&none);
        let shown = diagram.boundaries[i].name() + &pen.count(mark);
        let label = words.phrase("dfd_boundary", &[("shown", &shown)]) + &pen.change(mark);
        open(&mut out, "dfd-boundary-title", Some(format!("{prefix}-t{i}")), mark, &label);
        let y = title.rect.y + title.rect.height / 2.0 + TITLE_FONT * 0.35;
        for line in &title.lines {
            text(&mut out, "dfd-title", title.rect.x, y, line);
        }
        if mark.open > 0 {
            let at = Point { x: title.rect.right() + 14.0, y: title.rect.center().y };
            badge(&mut out, at, mark.open);
        }
        close(&mut out, mark);
    }
    out.push_str("</svg>");
    out
}

/// What is drawn, and in which words.
struct Pen<'a> {
    diagram: &'a Diagram,
    layout: &'a Layout,
    words: &'a dyn Words,
    prefix: &'a str,
}

impl Pen<'_> {
    /// How many open threats there are, as a label for screen readers and tooltips says it.
    fn count(&self, mark: &Mark) -> String {
        match mark.open {
            0 => String::new(),
            open => format!(", {}", self.words.number("open_threats_number", open)),
        }
    }

    /// How something differs, as a label says it.
    fn change(&self, mark: &Mark) -> String {
        let word = mark.change.map(|change| self.words.word_within(change.word()));
        word.map(|word| format!(", {word}")).unwrap_or_default()
    }

    /// What a flow is called: its name begins with the words that are seen.
    fn flow_label(&self, flow: &Flow, mark: &Mark) -> String {
        let sign = mark.change.map_or("", Change::sign);
        let data = if flow.label.is_empty() { String::new() } else { format!(" {}", flow.data()) };
        let key = match (flow.headless, flow.both_ways) {
            (true, _) => "dfd_flow_between",
            (false, true) => "dfd_flow_both_ways",
            (false, false) => "dfd_flow",
        };
        let shown = format!("{sign}{}{data}", flow.number);
        let (from, to) = (self.diagram.end_name(flow.from), self.diagram.end_name(flow.to));
        let values = [("shown", shown.as_str()), ("from", &from), ("to", &to)];
        self.words.phrase(key, &values) + &self.count(mark) + &self.change(mark)
    }

    /// What an element is called.
    fn element_label(&self, element: &Element, mark: &Mark) -> String {
        let shown = element.name() + &self.count(mark);
        let kind = self.words.word_within(element.kind.name());
        let values = [("shown", shown.as_str()), ("kind", &kind)];
        let label = match element.boundary.map(|b| self.diagram.boundaries[b].name()) {
            Some(place) => {
                self.words.phrase("dfd_element_in", &[values[0], values[1], ("place", &place)])
            }
            None => self.words.phrase("dfd_element", &values),
        };
        label + &self.change(mark)
    }
}

/// The author's description, and what there is to see.
fn description(diagram: &Diagram, words: &dyn Words) -> String {
    let elements = words.number("dfd_elements", diagram.elements.len());
    let flows = words.number("dfd_flows", diagram.flows.len());
    let boundaries = words.number("dfd_boundaries", diagram.boundaries.len());
    let values = [("elements", elements.as_str()), ("flows", &flows), ("boundaries", &boundaries)];
    let summary = words.phrase("dfd_summary", &values);
    match &diagram.description {
        Some(text) => format!("{text} {summary}"),
        None => summary,
    }
}

fn boundary(out: &mut String, pen: &Pen<'_>, i: usize, mark: &Mark) {
    let Pen { diagram, layout, prefix, .. } = pen;
    let Rect { x, y, width, height } = layout.boundaries[i];
    let depth = diagram.around(End::Boundary(i)).len() % 2;
    let change = mark.change.map(|c| format!(" {}", c.class())).unwrap_or_default();
    let _ = write!(
        out,
        "<rect id=\"{prefix}-b{i}\" class=\"dfd-boundary dfd-depth-{depth}{change}\" x=\"{}\" \
         y=\"{}\" width=\"{}\" height=\"{}\" rx=\"10\"/>",
        n(x),
        n(y),
        n(width),
        n(height)
    );
}

fn flow(out: &mut String, pen: &Pen<'_>, i: usize, mark: &Mark) {
    let (flow, route, prefix) = (&pen.diagram.flows[i], &pen.layout.flows[i], pen.prefix);
    let label = pen.flow_label(flow, mark);
    let class = if mark.open > 0 { "dfd-flow dfd-open" } else { "dfd-flow" };
    open(out, class, Some(format!("{prefix}-f{i}")), mark, &label);
    let heads = match (flow.headless, flow.both_ways) {
        (true, _) => path::Heads::None,
        (false, true) => path::Heads::Both,
        (false, false) => path::Heads::End,
    };
    let drawn = path::draw(&route.points, &route.label.rect, heads);
    let _ = write!(out, "<path class=\"dfd-line\" d=\"{}\"/>", drawn.line);
    if !drawn.heads.is_empty() {
        let _ = write!(out, "<path class=\"dfd-arrow\" d=\"{}\"/>", drawn.heads);
    }
    flow_label(out, flow.number, route, mark);
    close(out, mark);
}

fn flow_label(out: &mut String, number: u32, route: &Route, mark: &Mark) {
    let Rect { x, y, height, .. } = route.label.rect;
    let disc = disc_width(number);
    let middle = y + height / 2.0;
    // A change makes the disc a square with its sign.
    let (sign, more, radius) = match mark.change {
        Some(change) => (change.sign(), 10.0, 3.0),
        None => ("", 0.0, (DISC - 1.0) / 2.0),
    };
    let _ = write!(
        out,
        "<rect class=\"dfd-disc\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
        n(x + 0.5 - more),
        n(middle - DISC / 2.0 + 0.5),
        n(disc - 1.0 + more),
        n(DISC - 1.0),
        n(radius)
    );
    text(out, "dfd-number", x + (disc - more) / 2.0, middle + 3.8, &format!("{sign}{number}"));
    let lines = &route.label.lines;
    let top = middle - lines.len() as f64 * FLOW_LINE / 2.0;
    for (at, line) in lines.iter().enumerate() {
        let base = top + at as f64 * FLOW_LINE + FLOW_LINE / 2.0 + FLOW_FONT * 0.35;
        text(out, "dfd-data", x + disc + DISC_GAP, base, line);
    }
}

fn element(out: &mut String, pen: &Pen<'_>, i: usize, mark: &Mark) {
    let Pen { diagram, layout, prefix, .. } = pen;
    let element = &diagram.elements[i];
    let shape = &layout.elements[i];
    let rect = shape.rect;
    let label = pen.element_label(element, mark);
    let class = match element.kind {
        Kind::External => "dfd-element dfd-external",
        Kind::Process => "dfd-element dfd-process",
        Kind::Store => "dfd-element dfd-store",
    };
    open(out, class, Some(format!("{prefix}-e{i}")), mark, &label);
    let radius = match element.kind {
        Kind::External => 0.0,
        Kind::Process => (rect.height / 2.0).min(26.0),
        Kind::Store => 0.0,
    };
    let _ = write!(
        out,
        "<rect class=\"dfd-shape\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
        n(rect.x),
        n(rect.y),
        n(rect.width),
        n(rect.height),
        n(radius)
    );
    if element.kind == Kind::Store {
        let (left, right) = (n(rect.x), n(rect.right()));
        let (top, bottom) = (n(rect.y), n(rect.bottom()));
        let _ = write!(
            out,
            "<path class=\"dfd-rails\" d=\"M{left} {top}H{right}M{left} {bottom}H{right}\"/>"
        );
    }
    let center = rect.center();
    let top = center.y - shape.lines.len() as f64 * NODE_LINE / 2.0;
    for (at, line) in shape.lines.iter().enumerate() {
        let base = top + at as f64 * NODE_LINE + NODE_LINE / 2.0 + NODE_FONT * 0.35;
        text(out, "dfd-name", center.x, base, line);
    }
    let corners = path::corners(&rect, layout);
    if mark.open > 0 {
        badge(out, corners[0], mark.open);
    }
    if let Some(change) = mark.change {
        sign(out, corners[1], change);
    }
    close(out, mark);
}

/// The number of open threats in a disc.
fn badge(out: &mut String, at: Point, open: usize) {
    let shown = if open > 99 { "99+".to_string() } else { open.to_string() };
    let width = 12.0 + 7.0 * shown.len() as f64;
    let _ = write!(
        out,
        "<g class=\"dfd-badge\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"18\" rx=\"9\"/>",
        n(at.x - width / 2.0),
        n(at.y - 9.0),
        n(width)
    );
    text(out, "dfd-count", at.x, at.y + 4.0, &shown);
    out.push_str("</g>");
}

/// The sign of a change in a small square.
fn sign(out: &mut String, at: Point, change: Change) {
    let _ = write!(
        out,
        "<g class=\"dfd-change {}\"><rect x=\"{}\" y=\"{}\" width=\"16\" height=\"16\" rx=\"3\"/>",
        change.class(),
        n(at.x - 8.0),
        n(at.y - 8.0)
    );
    text(out, "dfd-sign", at.x, at.y + 4.2, change.sign());
    out.push_str("</g>");
}

fn open(out: &mut String, class: &str, id: Option<String>, mark: &Mark, label: &str) {
    if let Some(href) = &mark.href {
        // The title inside is its name.
        let _ = write!(out, "<a class=\"dfd-link\" href=\"{}\">", escaped(href));
    }
    let id = id.map(|id| format!(" id=\"{id}\"")).unwrap_or_default();
    let change = mark.change.map(|c| format!(" {}", c.class())).unwrap_or_default();
    let _ = write!(out, "<g{id} class=\"{class}{change}\"><title>{}</title>", escaped(label));
}

fn close(out: &mut String, mark: &Mark) {
    out.push_str("</g>");
    if mark.href.is_some() {
        out.push_str("</a>");
    }
}

/// A line of text. A blank after it keeps its words from running into the next ones.
fn text(out: &mut String, class: &str, x: f64, y: f64, content: &str) {
    let _ = write!(
        out,
        "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text> ",
        n(x),
        n(y),
        escaped(content)
    );
}

/// A number with at most one digit after the point.
pub(super) fn n(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    match tenths % 10 {
        0 => format!("{}", tenths / 10),
        _ => format!("{}", tenths as f64 / 10.0),
    }
}

/// Only what is safe in an id; never empty.
fn prefix_of(prefix: &str) -> String {
    let good = prefix.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    format!("{OWN}{}", if good && !prefix.is_empty() { prefix } else { "dfd" })
}
