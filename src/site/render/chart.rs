//! A data-flow diagram in a page: the picture, and its tables for those who do not
//! see it.

use super::Renderer;
use crate::book::graph::NodeId;
use crate::book::language::Text;
use crate::book::page::{Chart, ChartView};
use crate::dfd::{self, Choice, Layout, Marks, Table};
use crate::text::markup::escaped;

/// Writes diagram `index` of a node. `part` comes before its IDs: empty on its own page,
/// else what no other part of the page has.
pub(super) fn render(
    renderer: &Renderer<'_>,
    node: NodeId,
    index: usize,
    part: &str,
    out: &mut String,
) {
    let Some(chart) = renderer.graph.article(node).body.charts.get(index) else { return };
    let mut marks = renderer.models.marks(node, index);
    marks.prefix.insert_str(0, part);
    out.push_str("<figure class=\"diagram\">");
    let staged = on_stage(renderer, chart);
    if let Some(layout) = staged.as_ref().or(chart.layout.as_ref()) {
        out.push_str(&picture(&dfd::svg(&chart.diagram, layout, &marks, &**renderer.text)));
    }
    if !chart.views.is_empty() {
        views(renderer.text, &chart.views, &marks, out);
    }
    let tables = tables(renderer.text, &dfd::table(&chart.diagram), &marks);
    match chart.layout {
        Some(_) => out.push_str(&format!(
            "<details class=\"diagram-tables\"><summary>{}</summary>{tables}</details>",
            escaped(renderer.text.get("elements_and_flows")),
        )),
        None => out.push_str(&tables),
    }
    out.push_str("</figure>\n");
}

impl dfd::Words for Text {
    fn phrase(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.fill(key, values)
    }

    fn number(&self, key: &str, n: usize) -> String {
        self.count(key, n)
    }

    fn word_within(&self, word: &str) -> String {
        Text::word_within(self, word)
    }
}

/// The layout for a slide, of what can be drawn at all.
fn on_stage(renderer: &Renderer<'_>, chart: &Chart) -> Option<Layout> {
    chart.layout.as_ref().filter(|_| renderer.stage)?;
    dfd::layout(&chart.diagram, Choice::Stage).ok()
}

/// A picture, and below it the place for what a script can do with it.
pub(super) fn picture(svg: &str) -> String {
    format!("<div class=\"diagram-scroll\">{svg}</div>\n<div class=\"diagram-bar\"></div>\n")
}

/// The boundaries of a large diagram, one by one.
fn views(text: &Text, views: &[ChartView], marks: &Marks, out: &mut String) {
    let summary = escaped(text.get("one_boundary_at_a_time"));
    out.push_str(&format!("<details class=\"diagram-views\"><summary>{summary}</summary>\n"));
    for (number, view) in views.iter().enumerate() {
        let part = view.focus.marks(marks, format!("{}v{number}", marks.prefix));
        out.push_str(&format!(
            "<figure class=\"diagram-view\"><figcaption>{}</figcaption>{}</figure>\n",
            escaped(&view.name),
            picture(&dfd::svg(&view.focus.diagram, &view.layout, &part, text))
        ));
    }
    out.push_str("</details>\n");
}

fn tables(text: &Text, table: &Table, marks: &Marks) -> String {
    let open = |mark: Option<&dfd::Mark>| match mark.map_or(0, |mark| mark.open) {
        0 => String::new(),
        open => open.to_string(),
    };
    let head = |name: &str, columns: &[&str]| {
        let name = escaped(text.get(name));
        let cells: String = columns
            .iter()
            .map(|key| format!("<th scope=\"col\">{}</th>", escaped(text.get(key))))
            .collect();
        format!(
            "<div class=\"table-wrap\" tabindex=\"0\"><table aria-label=\"{name}\">\
             <thead><tr>{cells}</tr></thead><tbody>\n"
        )
    };
    let cells = |cells: &[&str]| {
        let (first, rest) = cells.split_first().unwrap_or((&"", &[]));
        let rest: String = rest.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
        format!("<tr><th scope=\"row\">{}</th>{rest}</tr>\n", escaped(first))
    };
    let mut out = head("overview_elements", &["element", "kind", "inside", "open_threats"]);
    for (index, row) in table.elements.iter().enumerate() {
        let inside = row.boundaries.join(", ");
        let open = open(marks.elements.get(&index));
        out.push_str(&cells(&[&row.name, &text.word_within(row.kind.name()), &inside, &open]));
    }
    out.push_str("</tbody></table></div>\n");
    let columns = ["flow", "from", "to", "data_that_flows", "crosses", "open_threats"];
    out.push_str(&head("overview_flows", &columns));
    for (index, row) in table.flows.iter().enumerate() {
        let to =
            if row.both_ways { text.fill("both_ways", &[("to", &row.to)]) } else { row.to.clone() };
        let crosses = row.crosses.join(", ");
        let open = open(marks.flows.get(&index));
        out.push_str(&cells(&[
            &row.number.to_string(),
            &row.from,
            &to,
            &row.data,
            &crosses,
            &open,
        ]));
    }
    out.push_str("</tbody></table></div>\n");
    out
}
