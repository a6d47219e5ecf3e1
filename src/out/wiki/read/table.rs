//! Tables, and the table of facts about an entry.

use super::line::trim;
use super::{State, anchor_of, child_elements, has_class, is_left_out};
use crate::out::wiki::document::{Block, Cell, Fact, Inline, Row, Table, plain};
use scraper::ElementRef;

impl State<'_> {
    pub(super) fn table(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let mut table = Table { catalogue: has_class(element, "catalogue"), ..Table::default() };
        let mut rows = Vec::new();
        for child in child_elements(element) {
            match child.value().name() {
                "caption" => {
                    self.inlines(child, &mut table.caption);
                    trim(&mut table.caption);
                }
                "thead" => rows.extend(child_elements(child).map(|row| (true, row))),
                "tbody" | "tfoot" => rows.extend(child_elements(child).map(|row| (false, row))),
                "tr" => rows.push((false, child)),
                _ => {}
            }
        }
        rows.retain(|(_, row)| row.value().name() == "tr" && !is_left_out(*row));
        let mut width = 0;
        for (is_head, row) in &rows {
            let mut cells = Vec::new();
            for cell in child_elements(*row) {
                let header = cell.value().name() == "th";
                if !header && cell.value().name() != "td" {
                    continue;
                }
                let columns = cell.value().attr("colspan").and_then(|n| n.parse().ok());
                let columns = columns.unwrap_or(1).clamp(1, 1000);
                cells.push(Cell { header, columns, blocks: self.contained(cell) });
            }
            width = width.max(cells.iter().map(|cell| cell.columns).sum());
            let row = Row { anchor: anchor_of(*row), cells };
            if *is_head { table.head.push(row) } else { table.rows.push(row) }
        }
        if has_class(element, "facts") && table.head.is_empty() {
            blocks.push(Block::Facts(table.rows.into_iter().map(fact).collect()));
            return;
        }
        for row in table.head.iter_mut().chain(&mut table.rows) {
            let own: usize = row.cells.iter().map(|cell| cell.columns).sum();
            let empty = Cell { columns: 1, ..Cell::default() };
            row.cells.extend(std::iter::repeat_n(empty, width - own));
        }
        if width > 0 {
            blocks.push(Block::Table(table));
        }
    }
}

/// A row of the table of facts.
fn fact(row: Row) -> Fact {
    let mut cells = row.cells.into_iter();
    let lines = |cell: Option<Cell>| -> Vec<Vec<Inline>> {
        let mut out = Vec::new();
        for block in cell.into_iter().flat_map(|cell| cell.blocks) {
            match block {
                Block::Paragraph(line) => out.push(line),
                Block::List { items, .. } => {
                    for block in items.into_iter().flat_map(|item| item.blocks) {
                        if let Block::Paragraph(line) = block {
                            out.push(line);
                        }
                    }
                }
                _ => {}
            }
        }
        out
    };
    let name = lines(cells.next()).iter().map(|line| plain(line)).collect();
    Fact { name, values: lines(cells.next()) }
}
