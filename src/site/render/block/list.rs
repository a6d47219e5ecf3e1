//! A query of the catalogues as a table of links.

use super::counted;
use crate::book::page::{BlockKind, Item};
use crate::site::render::Renderer;
use crate::site::view::{BlockCell, BlockColumn, BlockRow, BlockValue, BlockView, Chip};

/// The entries that a query finds.
pub(super) fn view(renderer: &Renderer<'_>, url: &str, query: &Item) -> BlockView {
    let text = renderer.text;
    let found = renderer.graph.listed(query);
    let name = BlockKind::List.name().to_string();
    if found.is_empty() {
        let empty = Some(text.get("no_entry_matches").into());
        return BlockView { name, empty, ..BlockView::default() };
    }
    let letters = |chips: Vec<Chip>| chips.into_iter().map(BlockValue::Letter).collect();
    let level = |chip: Option<Chip>| chip.map(BlockValue::Chip).into_iter().collect();
    let values: Vec<[Vec<BlockValue>; 3]> = found
        .iter()
        .map(|node| {
            [
                vec![BlockValue::Entry(renderer.entry_link(url, *node))],
                letters(renderer.stride_chips(*node)),
                level(renderer.severity_chip(*node)),
            ]
        })
        .collect();
    let columns = [("subject", "entry"), ("stride", "stride"), ("severity", "severity")];
    let filled = |at: &usize| values.iter().any(|row| !row[*at].is_empty());
    let shown: Vec<usize> = (0..columns.len()).filter(filled).collect();
    let label = |at: usize| text.get(columns[at].1).to_string();
    let key = |at: usize| columns[at].0.to_string();
    let cell = |at: usize, values: &[BlockValue]| BlockCell {
        key: key(at),
        label: label(at),
        values: values.to_vec(),
        ..BlockCell::default()
    };
    let rows = found.iter().zip(&values).map(|(node, values)| BlockRow {
        pick: renderer.card_id(*node).map(str::to_string),
        cells: shown.iter().map(|at| cell(*at, &values[*at])).collect(),
        ..BlockRow::default()
    });
    let head =
        |at: &usize| BlockColumn { key: key(*at), label: label(*at), ..BlockColumn::default() };
    BlockView {
        caption: counted(text, BlockKind::List, found.len()),
        columns: shown.iter().map(head).collect(),
        rows: rows.collect(),
        name,
        ..BlockView::default()
    }
}
