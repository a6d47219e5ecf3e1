//! Structured blocks as tables: from rows to the view of `block.html`.

mod fold;
mod list;
mod table;

use super::Renderer;
use crate::book::graph::NodeId;
use crate::book::language::Text;
use crate::book::page::BlockKind;
use crate::site::theme::ThemeError;
use crate::site::view::BlockView;
use serde::Serialize;

/// The anchor of the first block of a kind on its page.
pub(super) fn block_anchor(kind: BlockKind) -> String {
    format!("Casebook-{}", kind.name())
}

/// Writes block `index` of a node.
pub(super) fn render(
    renderer: &Renderer<'_>,
    url: &str,
    node: NodeId,
    index: usize,
    out: &mut String,
) -> Result<(), ThemeError> {
    let Some(block) = renderer.graph.article(node).body.blocks.get(index) else { return Ok(()) };
    match block.kind {
        BlockKind::List => block
            .items
            .iter()
            .try_for_each(|query| write(renderer, list::view(renderer, url, query), out)),
        kind => write(renderer, table::view(renderer, url, node, (index, kind), None), out),
    }
}

/// Writes some rows of block `index` of a node, for another page.
pub(super) fn rows(
    renderer: &Renderer<'_>,
    url: &str,
    node: NodeId,
    index: usize,
    rows: &[usize],
    out: &mut String,
) -> Result<(), ThemeError> {
    let Some(block) = renderer.graph.article(node).body.blocks.get(index) else { return Ok(()) };
    write(renderer, table::view(renderer, url, node, (index, block.kind), Some(rows)), out)
}

/// What `block.html` sees.
#[derive(Serialize)]
struct Page {
    block: BlockView,
    text: minijinja::Value,
}

fn write(renderer: &Renderer<'_>, block: BlockView, out: &mut String) -> Result<(), ThemeError> {
    let page = Page { block, text: renderer.text.value() };
    out.push_str(&renderer.theme.render("block.html", &page)?);
    out.push('\n');
    Ok(())
}

/// How many rows of a kind there are, in words.
fn counted(text: &Text, kind: BlockKind, rows: usize) -> String {
    let key = match kind {
        BlockKind::Threats => "count_threats",
        BlockKind::Assumptions => "count_assumptions",
        BlockKind::Requirements => "count_requirements",
        BlockKind::Reviews => "count_reviews",
        BlockKind::List => "count_entries",
    };
    let things = text.form(key, rows);
    text.fill("number_of_things", &[("n", &rows.to_string()), ("things", things)])
}
