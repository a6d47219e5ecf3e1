//! The rows of a page's block as a view.

use super::{block_anchor, counted};
use crate::book::graph::NodeId;
use crate::book::language::Text;
use crate::book::page::{BlockKind, Column, Key, Stands, Word};
use crate::dfd;
use crate::model::{Row, Threat};
use crate::site::render::Renderer;
use crate::site::view::{
    BlockCell, BlockColumn, BlockFold, BlockRow, BlockValue, BlockView, Chip, EntryLink, PlaceLink,
};
use crate::text::date::date;

/// Block `number` of a node: all rows, or some for another page.
pub(super) fn view(
    renderer: &Renderer<'_>,
    url: &str,
    node: NodeId,
    (number, kind): (usize, BlockKind),
    some: Option<&[usize]>,
) -> BlockView {
    let table = Table { renderer, url, node, number, kind, whole: some.is_none() };
    table.view(some)
}

/// A block that becomes a table.
pub(super) struct Table<'a> {
    pub(super) renderer: &'a Renderer<'a>,
    url: &'a str,
    node: NodeId,
    number: usize,
    pub(super) kind: BlockKind,
    /// All of it, so that its rows have names.
    whole: bool,
}

impl Table<'_> {
    fn view(&self, some: Option<&[usize]>) -> BlockView {
        let rows = self.rows(some);
        let main = self.main(&rows);
        let noted = !self.folds() && rows.iter().any(|row| self.is_noted(row));
        BlockView {
            name: self.kind.name().into(),
            anchor: self.is_first().then(|| block_anchor(self.kind)),
            caption: counted(self.renderer.text, self.kind, rows.len()),
            columns: self.heads(&main, noted),
            rows: rows.iter().map(|row| self.row(row, &main, noted)).collect(),
            empty: None,
        }
    }

    /// Whether the page is that of the block.
    fn is_home(&self) -> bool {
        self.whole && self.renderer.graph.nodes[self.node].url == self.url
    }

    /// Whether it is the first of its kind on its page, to which counts lead.
    fn is_first(&self) -> bool {
        let blocks = self.renderer.graph.article(self.node).body.blocks.iter().take(self.number);
        self.is_home() && !blocks.into_iter().any(|block| block.kind == self.kind)
    }

    /// The rows: threats of a model worst first, others as the author ordered them.
    fn rows(&self, some: Option<&[usize]>) -> Vec<&Row> {
        let Some(model) = self.renderer.models.rows(self.node) else { return Vec::new() };
        let is_shown = |row: &Row| {
            row.spot.0 == self.number && some.is_none_or(|some| some.contains(&row.spot.1))
        };
        let mut rows: Vec<&Row> = model.rows().into_iter().filter(|row| is_shown(row)).collect();
        rows.sort_by_key(|row| row.spot);
        rows.sort_by_cached_key(|row| self.threat(row).map(Threat::rank));
        rows
    }

    /// What a row of a model says of a threat.
    pub(super) fn threat(&self, row: &Row) -> Option<&Threat> {
        self.renderer.models.get(self.node)?.threat(row.spot)
    }

    /// What is to be told of a row folds below it; of a review it stands in a column.
    fn folds(&self) -> bool {
        self.kind != BlockKind::Reviews
    }

    /// The keys that are told in prose.
    pub(super) fn notes(&self) -> impl Iterator<Item = &'static Column> {
        self.kind.columns().iter().filter(|column| column.stands == Stands::Below)
    }

    fn is_noted(&self, row: &Row) -> bool {
        self.notes().any(|column| !row.said(column.key).is_empty())
    }

    /// The columns that at least one row fills.
    fn main(&self, rows: &[&Row]) -> Vec<&'static Column> {
        let columns = self.kind.columns().iter();
        let fills = |column: &Column, row: &Row| {
            // A threat of a model without a status is open.
            let open = column.key == Key::Status && self.threat(row).is_some();
            let risk = column.key == Key::Likelihood && !row.risk().is_empty();
            open || risk || !row.said(column.key).is_empty()
        };
        columns
            .filter(|column| column.stands == Stands::Column)
            .filter(|column| rows.iter().any(|row| fills(column, row)))
            .collect()
    }

    fn heads(&self, main: &[&Column], noted: bool) -> Vec<BlockColumn> {
        let text = self.renderer.text;
        let own = |key: &str, word: &str| BlockColumn {
            key: key.into(),
            label: text.get(word).into(),
            ..BlockColumn::default()
        };
        let subject = match self.kind {
            BlockKind::Threats => Some("threat"),
            BlockKind::Assumptions => Some("assumption"),
            BlockKind::Requirements => Some("requirement"),
            BlockKind::Reviews | BlockKind::List => None,
        };
        let risk = self.renderer.risk_heading(self.url, self.node, self.number);
        let titles = main.iter().map(|column| match (column.key, &risk) {
            (Key::Likelihood, Some(heading)) => heading.clone(),
            (key, _) => BlockColumn {
                key: key.word().into(),
                label: title_of(text, self.kind, key),
                ..BlockColumn::default()
            },
        });
        let subject = subject.map(|word| own("subject", word));
        subject.into_iter().chain(titles).chain(noted.then(|| own("notes", "notes"))).collect()
    }

    fn row(&self, row: &Row, main: &[&Column], noted: bool) -> BlockRow {
        let threat = self.threat(row);
        let here = threat.filter(|_| self.is_home());
        let entry = row.entry.and_then(|to| self.renderer.card_id(to));
        let subject = (self.kind != BlockKind::Reviews).then(|| self.subject(row));
        let cells = main.iter().map(|column| self.cell(row, threat, column.key));
        let notes = noted.then(|| BlockCell {
            key: "notes".into(),
            label: self.renderer.text.get("notes").into(),
            notes: self.prose(row, &|_| false),
            ..BlockCell::default()
        });
        BlockRow {
            id: (self.whole && row.is_anchored).then(|| row.anchor.clone()),
            pick: entry.map(str::to_string),
            status: here.map(|threat| threat.status.word()),
            severity: here.map(|threat| threat.severity.word()),
            concerns: here.map(|threat| self.concerns(threat)).unwrap_or_default(),
            due: here
                .filter(|threat| threat.is_running())
                .and_then(|threat| threat.first(Key::Until))
                .map(str::to_string),
            cells: subject.into_iter().chain(cells).chain(notes).collect(),
            fold: (self.folds() && self.is_noted(row)).then(|| BlockFold {
                head: self.is_home().then(|| format!("Casebook-row-{}-{}", row.spot.0, row.spot.1)),
                ..self.fold(row, threat)
            }),
        }
    }

    /// What wants attention about a threat, as words of filters.
    fn concerns(&self, threat: &Threat) -> Vec<&'static str> {
        let found = self.renderer.evidence.concerns(threat).into_iter();
        found.map(|concern| concern.word()).collect()
    }

    /// What a row is about: a catalogue entry, or its own ID and title; and where.
    fn subject(&self, row: &Row) -> BlockCell {
        let value = match (row.uses(), row.entry) {
            (Some(_), Some(to)) => {
                let link = self.renderer.entry_link(self.url, to);
                BlockValue::Entry(link.saying(row.own_title()))
            }
            (Some(word), None) => self.broken(&word.text),
            (None, _) => BlockValue::Own {
                id: row.own_id().map(|id| id.text.clone()),
                title: row.title.clone(),
            },
        };
        let places = row.said(Key::On).iter().map(|word| self.place(word));
        BlockCell {
            key: "subject".into(),
            values: vec![value],
            places: places.collect(),
            ..BlockCell::default()
        }
    }

    fn broken(&self, id: &str) -> BlockValue {
        let why = self.renderer.text.fill("no_such_entry", &[("id", id)]);
        BlockValue::Broken { id: id.into(), why }
    }

    /// An element, flow or boundary: the way to it in the picture, where there is one.
    fn place(&self, word: &Word) -> PlaceLink {
        let graph = self.renderer.graph;
        let text = word.text.replace("->", "\u{2192}");
        let chart = graph.article(self.node).body.charts.first();
        let drawn = chart.filter(|chart| chart.layout.is_some());
        let target = drawn.and_then(|chart| dfd::resolve(&chart.diagram, &word.text));
        let prefix = self.renderer.first_marks(self.node).prefix;
        let anchors = target.map(|target| dfd::anchors(&prefix, &target)).unwrap_or_default();
        let page = match graph.nodes[self.node].url == self.url {
            true => String::new(),
            false => self.renderer.node_href(self.url, self.node),
        };
        let href = anchors.first().map(|first| format!("{page}#{first}"));
        // A name may mean several flows.
        PlaceLink { text, href, all: if anchors.len() > 1 { anchors } else { Vec::new() } }
    }

    fn cell(&self, row: &Row, threat: Option<&Threat>, key: Key) -> BlockCell {
        let text = self.renderer.text;
        let values = match (key, threat) {
            (Key::Likelihood, Some(threat)) => risk(threat).into_iter().collect(),
            (Key::Status, Some(threat)) => {
                vec![BlockValue::Chip(self.renderer.chip("status", threat.status.word()))]
            }
            _ => row.said(key).iter().map(|word| self.value(key, &word.text)).collect(),
        };
        let (label, key) = (title_of(text, self.kind, key), key.word().into());
        BlockCell { key, label, values, ..BlockCell::default() }
    }

    fn value(&self, key: Key, word: &str) -> BlockValue {
        match key {
            Key::Status | Key::Outcome => BlockValue::Chip(self.renderer.chip("status", word)),
            Key::Requirements => self.requirement(word),
            Key::Date => BlockValue::Day {
                date: date(word).map(|date| date.to_string()),
                text: self.renderer.text.date(word),
            },
            _ => BlockValue::Text { text: word.into() },
        }
    }

    /// A requirement by its ID alone: a preview tells its title.
    fn requirement(&self, id: &str) -> BlockValue {
        let renderer = self.renderer;
        match renderer.graph.find(id) {
            Some(to) => {
                let link = renderer.entry_link(self.url, to).saying(Some(id));
                let hint = link.hint.clone().filter(|_| !link.preview);
                BlockValue::Entry(EntryLink { hint, ..link })
            }
            None if renderer.graph.local(id).is_some() => {
                BlockValue::Entry(renderer.local_link(self.url, id).saying(Some(id)))
            }
            None => self.broken(id),
        }
    }
}

/// What the framework makes of a threat's risk.
fn risk(threat: &Threat) -> Option<BlockValue> {
    let score = threat.score.as_ref()?;
    Some(BlockValue::Risk(Chip {
        group: "severity".into(),
        value: score.severity.word().into(),
        label: score.text.clone(),
        href: None,
    }))
}

/// The words over a column; likelihood and impact share one.
pub(super) fn title_of(text: &Text, kind: BlockKind, key: Key) -> String {
    let word = match (kind, key) {
        (_, Key::Likelihood) => "risk",
        (_, Key::Stride) => "stride",
        (_, Key::Status) => "status",
        (BlockKind::Reviews, Key::By) => "column_reviewer",
        (_, key) => return text.get(&format!("column_{}", key.word())).into(),
    };
    text.get(word).into()
}
