//! The pages over all models: status, coverage, gaps; and their rows as CSV.

use super::Renderer;
use crate::book::graph::NodeId;
use crate::model::coverage::{self, Gap, Row, State};
use crate::model::{Progress, Status};
use crate::risk::Severity;
use crate::site::plan::{COMPARE, Group, Overview, Route};
use crate::site::view::{
    Chip, Content, Count, Facet, FacetValue, Link, OverviewCell, OverviewColumn, OverviewRow,
    OverviewView, PageView,
};
use crate::text::csv::csv;
use std::collections::{BTreeMap, BTreeSet};

/// More models than this are named in the row: a table of so many columns is not read, and grows with
/// the product of threats and models.
const MOST_COLUMNS: usize = 60;

const GAPS: [(Gap, &str, &str); 3] = [
    (Gap::Unused, "unused", "gap_unused"),
    (Gap::NoRequirement, "no-requirement", "gap_no_requirement"),
    (Gap::NoThreat, "no-threat", "gap_no_threat"),
];

impl Renderer<'_> {
    pub(super) fn overview(&self, url: &str, overview: Overview) -> (PageView, Content) {
        let mut page =
            self.page(url, self.text.get(&format!("overview_{}_title", overview.name())));
        page.description = self.text.get(&format!("overview_{}_about", overview.name())).into();
        self.belongs(url, Group::Models, &mut page);
        page.sidebar = Vec::new();
        let table = self.table(url, overview);
        (page, Content::Overview(table))
    }

    /// The rows of a page over all models as a file.
    pub(super) fn csv(&self, overview: Overview) -> String {
        let view = self.table(&overview.csv(), overview);
        let words = |(cell, column): (&OverviewCell, &OverviewColumn)| {
            let text = cell.state.as_ref().map(|state| &state.label);
            let text = text.or(cell.date.as_ref()).unwrap_or(&cell.text);
            let chips = cell.chips.iter().map(|chip| &chip.label);
            let parts: Vec<&str> = std::iter::once(text).chain(chips).map(String::as_str).collect();
            let words: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            match (words.is_empty(), cell.value) {
                (true, Some(value)) if column.numeric => value.to_string(),
                _ => words.join(", "),
            }
        };
        // What names a row is two columns: an ID can be looked up.
        let id = view.rows.iter().any(|row| row.cells.iter().any(|cell| cell.title.is_some()));
        let id = id.then(|| self.text.get("id").to_string());
        let head = id.into_iter().chain(view.columns.iter().map(|column| column.label.clone()));
        let head = head.collect();
        let row = |row: &OverviewRow| {
            let cells = row.cells.iter().zip(&view.columns);
            cells
                .flat_map(|(cell, column)| {
                    std::iter::once(words((cell, column))).chain(cell.title.clone())
                })
                .collect()
        };
        let rows: Vec<Vec<String>> =
            std::iter::once(head).chain(view.rows.iter().map(row)).collect();
        csv(rows)
    }

    /// Links to the pages over all models.
    pub(super) fn overviews(&self, url: &str) -> Vec<Link> {
        let compare = self.plan.browse(COMPARE, &Route::Compare).map(|target| Link {
            label: self.text.get("compare").into(),
            href: self.href(url, target),
            current: target == url,
        });
        let links = Overview::ALL.into_iter();
        links.filter_map(|overview| self.overview_link(url, overview)).chain(compare).collect()
    }

    /// The link to a page over all models.
    pub(super) fn overview_link(&self, url: &str, overview: Overview) -> Option<Link> {
        let target = self.plan.overview(overview)?;
        let label = self.text.get(&format!("overview_{}", overview.name())).to_string();
        Some(Link { label, href: self.href(url, &target), current: target == url })
    }

    fn table(&self, url: &str, overview: Overview) -> OverviewView {
        let mut view = match overview {
            Overview::Status => self.status(url),
            Overview::Threats => {
                let rows = coverage::threats(self.graph, self.models);
                self.matrix(url, &rows, &Status::ALL.map(State::Threat), true)
            }
            Overview::Requirements => {
                let rows = coverage::requirements(self.graph, self.models);
                self.matrix(url, &rows, &Progress::ALL.map(State::Requirement), false)
            }
            Overview::Gaps => self.gaps(url),
        };
        view.sorted = view.rows.is_sorted_by(|a, b| {
            a.cells.first().map(|cell| &cell.text) <= b.cells.first().map(|cell| &cell.text)
        });
        view.name = overview.name().into();
        view.overviews = self.overviews(url);
        let csv = overview.csv();
        let published =
            self.plan.routes.get(&csv) == Some(&crate::site::plan::Route::Csv(overview));
        view.csv = published.then(|| self.href(url, &csv));
        view
    }

    fn matrix(&self, url: &str, rows: &[Row], states: &[State], threats: bool) -> OverviewView {
        // A model that says nothing of them has no column.
        let models: BTreeSet<NodeId> =
            rows.iter().flat_map(|row| row.cells.keys().copied()).collect();
        let mut fixed = vec![("id", "id", false), ("title", "title", false)];
        if threats {
            fixed.push(("severity", "severity", false));
            fixed.push(("open", "open", true));
        }
        fixed.push(("used", "models", true));
        let wide = models.len() <= MOST_COLUMNS;
        if !wide {
            fixed.push(("states", "status", false));
        }
        let mut columns = self.columns(&fixed);
        columns.extend(models.iter().filter(|_| wide).map(|node| OverviewColumn {
            label: self.name_of_model(*node),
            title: Some(self.graph.nodes[*node].title.clone()),
            href: Some(self.node_href(url, *node)),
            ..OverviewColumn::default()
        }));
        let mut out = Vec::new();
        for row in rows {
            let [id, title] = names(&row.id, &row.title, self.own_row_href(url, row));
            let mut cells = vec![id, title];
            let used = row.cells.len();
            let number = |n: usize| OverviewCell {
                text: if n > 0 { n.to_string() } else { String::new() },
                value: Some(n),
                ..OverviewCell::default()
            };
            if threats {
                let rated = row.severity > Severity::None;
                cells.push(OverviewCell {
                    value: Some(row.severity as usize),
                    chips: rated
                        .then(|| self.severity_word_chip(row.severity))
                        .into_iter()
                        .collect(),
                    ..OverviewCell::default()
                });
                cells.push(number(row.open()));
            }
            cells.push(number(used));
            if wide {
                let cell = |node| row.cells.get(node).map(|cell| self.model_cell(url, *node, cell));
                cells.extend(models.iter().map(|node| cell(node).unwrap_or_default()));
            } else {
                let chips = row.cells.iter().map(|(node, cell)| Chip {
                    label: self.name_of_model(*node),
                    href: self.model_cell(url, *node, cell).href,
                    ..self.chip("status", cell.state.word())
                });
                cells.push(OverviewCell { chips: chips.collect(), ..OverviewCell::default() });
            }
            let mut facets = BTreeMap::new();
            let mut add = |name: &str, values: Vec<String>| facets.insert(name.to_string(), values);
            let found: BTreeSet<&str> = row.cells.values().map(|cell| cell.state.word()).collect();
            let mut found: Vec<String> = found.into_iter().map(Into::into).collect();
            if found.is_empty() {
                found.push("unused".into());
            }
            add("status", found);
            add("model", row.cells.keys().map(|node| self.model_key(*node)).collect());
            if row.severity > Severity::None {
                add("severity", vec![row.severity.word().into()]);
            }
            add("origin", vec![if row.entry.is_some() { "catalogue" } else { "model" }.into()]);
            let (concerns, due) = if threats { self.row_concerns(row) } else { Default::default() };
            if !concerns.is_empty() {
                add("concern", concerns);
            }
            out.push(OverviewRow { facets, cells, due });
        }
        let mut words: Vec<(&str, String)> =
            states.iter().map(|s| (s.word(), self.text.word(s.word()))).collect();
        words.push(("unused", self.text.get("not_in_a_model").into()));
        let names: Vec<(String, String)> = models
            .iter()
            .map(|node| (self.model_key(*node), self.graph.nodes[*node].title.clone()))
            .collect();
        let severities = Severity::ALL.iter().rev().map(|s| (s.word(), self.severity_label(*s)));
        let facets = [
            facet("status", self.text.get("status"), words, &out),
            self.concern_facet(&out),
            facet(
                "model",
                self.text.get("model"),
                names.iter().map(|(a, b)| (a.as_str(), b.clone())),
                &out,
            ),
            facet("severity", self.text.get("severity"), severities, &out),
            facet("origin", self.text.get("origin"), self.origins(), &out),
        ];
        let name = if threats { "count_threats" } else { "count_requirements" };
        let legend = states.iter().map(|state| Chip {
            group: "status".into(),
            value: state.letter().into(),
            label: self.text.word(state.word()),
            href: None,
        });
        OverviewView {
            row_name: self.names(name),
            legend: if models.is_empty() || !wide { Vec::new() } else { legend.collect() },
            facets: facets.into_iter().flatten().collect(),
            columns,
            rows: out,
            ..OverviewView::default()
        }
    }

    /// What wants attention about a threat in any model, and the first day on which a
    /// decision on it ends.
    fn row_concerns(&self, row: &Row) -> (Vec<String>, Option<String>) {
        let mut found = BTreeSet::new();
        let mut ends = BTreeSet::new();
        for model in row.cells.keys().filter_map(|node| self.models.get(*node)) {
            let ours = model.threats.iter().filter(|threat| row.is(threat));
            found.extend(ours.flat_map(|t| self.evidence.concerns(t)));
            let is_ours = |spot| model.threat(spot).is_some_and(|threat| row.is(threat));
            let terms = model.terms();
            ends.extend(terms.iter().filter(|term| is_ours(term.spot)).filter_map(|t| t.date()));
        }
        let words = found.into_iter().map(|concern| concern.word().to_string()).collect();
        (words, ends.first().map(ToString::to_string))
    }

    fn gaps(&self, url: &str) -> OverviewView {
        let found = coverage::gaps(self.graph, self.models);
        let mut counts = Vec::new();
        for (gap, name, _) in GAPS {
            let value = found.iter().filter(|(_, _, gaps)| gaps.contains(&gap)).count();
            let label = self.text.get(match gap {
                Gap::Unused => "gaps_unused",
                Gap::NoRequirement => "gaps_no_requirement",
                Gap::NoThreat => "gaps_no_threat",
            });
            counts.push(Count { name: name.into(), label: label.into(), value, href: None });
        }
        let rows: Vec<OverviewRow> = found
            .iter()
            .map(|(row, kind, gaps)| {
                let [id, title] = names(&row.id, &row.title, self.own_row_href(url, row));
                let named: Vec<&(Gap, &str, &str)> =
                    GAPS.iter().filter(|(gap, ..)| gaps.contains(gap)).collect();
                let chips = named.iter().map(|(_, name, label)| Chip {
                    group: "gap".into(),
                    value: (*name).into(),
                    label: self.text.get(label).into(),
                    href: None,
                });
                let place = match &row.local {
                    Some((node, _)) => self.graph.nodes[*node].title.clone(),
                    None => self.text.get("catalogue").into(),
                };
                let gap = OverviewCell { chips: chips.collect(), ..OverviewCell::default() };
                let origin = if row.local.is_some() { "model" } else { "catalogue" };
                let facets = BTreeMap::from([
                    (
                        "gap".to_string(),
                        named.iter().map(|(_, name, _)| name.to_string()).collect(),
                    ),
                    ("kind".to_string(), vec![kind.to_string()]),
                    ("origin".to_string(), vec![origin.to_string()]),
                ]);
                let cells = vec![id, title, text(self.text.word(kind)), gap, text(place)];
                OverviewRow { facets, cells, due: None }
            })
            .collect();
        let kinds =
            ["threat", "requirement", "assumption"].map(|kind| (kind, self.text.word(kind)));
        let facets = [
            facet(
                "gap",
                self.text.get("gap_column"),
                GAPS.map(|(_, name, label)| (name, self.text.get(label))),
                &rows,
            ),
            facet("kind", self.text.get("kind"), kinds, &rows),
            facet("origin", self.text.get("origin"), self.origins(), &rows),
        ];
        OverviewView {
            row_name: self.names("count_gaps"),
            counts,
            facets: facets.into_iter().flatten().collect(),
            columns: self.columns(&[
                ("id", "id", false),
                ("title", "title", false),
                ("kind", "kind", false),
                ("gap", "gap_column", false),
                ("origin", "origin", false),
            ]),
            rows,
            ..OverviewView::default()
        }
    }

    /// Where a row leads: the entry, or the item in its model.
    fn own_row_href(&self, url: &str, row: &Row) -> String {
        match (row.entry, &row.local) {
            (Some(node), _) => self.node_href(url, node),
            (None, Some((node, anchor))) if anchor.is_empty() => self.node_href(url, *node),
            (None, Some((node, anchor))) => {
                let page = self.node_href(url, *node);
                format!("{page}#{}", crate::text::address::encode_fragment(anchor))
            }
            (None, None) => String::new(),
        }
    }

    /// Columns from keys, the keys of their titles, and whether they hold numbers.
    /// A model in few letters.
    fn name_of_model(&self, node: NodeId) -> String {
        let page = &self.graph.nodes[node];
        page.id.clone().unwrap_or_else(|| page.title.clone())
    }

    /// What a model says of a row, with the way there.
    fn model_cell(&self, url: &str, node: NodeId, cell: &coverage::Cell) -> OverviewCell {
        let page = self.node_href(url, node);
        let anchor = match cell.anchor.is_empty() {
            true => String::new(),
            false => format!("#{}", crate::text::address::encode_fragment(&cell.anchor)),
        };
        OverviewCell {
            text: cell.state.letter().into(),
            state: Some(self.chip("status", cell.state.word())),
            href: Some(format!("{page}{anchor}")),
            ..OverviewCell::default()
        }
    }

    pub(super) fn columns(&self, list: &[(&str, &str, bool)]) -> Vec<OverviewColumn> {
        list.iter()
            .map(|(name, label, numeric)| OverviewColumn {
                name: Some((*name).into()),
                label: self.text.get(label).into(),
                numeric: *numeric,
                ..OverviewColumn::default()
            })
            .collect()
    }

    /// What a row is, as one and as many.
    pub(super) fn names(&self, key: &str) -> [String; 2] {
        [1, 2].map(|n| self.text.form(key, n).to_string())
    }

    /// Where a row may come from.
    fn origins(&self) -> [(&'static str, &str); 2] {
        [("catalogue", self.text.get("the_catalogue")), ("model", self.text.get("one_model_alone"))]
    }

    fn severity_word_chip(&self, severity: Severity) -> Chip {
        let label = self.severity_label(severity);
        Chip { group: "severity".into(), value: severity.word().into(), label, href: None }
    }

    pub(super) fn severity_label(&self, severity: Severity) -> String {
        match severity {
            Severity::None => self.text.get("severity_none").into(),
            severity => self.text.word(severity.word()),
        }
    }

    /// A model in filters. Values are separated by a bar.
    fn model_key(&self, node: NodeId) -> String {
        let page = &self.graph.nodes[node];
        page.id.as_deref().unwrap_or(&page.url).to_lowercase().replace('|', "-")
    }
}

pub(super) fn text(text: impl Into<String>) -> OverviewCell {
    OverviewCell { text: text.into(), ..OverviewCell::default() }
}

/// The cells that name a row. The keyboard stops at one of them.
fn names(id: &str, title: &str, href: String) -> [OverviewCell; 2] {
    let own = (!id.is_empty()).then(|| href.clone());
    let again = own.is_some();
    [
        OverviewCell { href: own, ..text(id) },
        OverviewCell { href: Some(href), again, ..text(title) },
    ]
}

/// A facet with those of the values that occur, in their order; `None` when it would
/// not help to choose.
pub(super) fn facet<'v, L: Into<String>>(
    name: &str,
    label: &str,
    values: impl IntoIterator<Item = (&'v str, L)>,
    rows: &[OverviewRow],
) -> Option<Facet> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for value in rows.iter().filter_map(|row| row.facets.get(name)).flatten() {
        *counts.entry(value).or_default() += 1;
    }
    let values: Vec<FacetValue> = values
        .into_iter()
        .filter_map(|(value, label)| {
            let count = *counts.get(value)?;
            Some(FacetValue { value: value.into(), label: label.into(), count })
        })
        .collect();
    let helps = values.len() > 1 || values.iter().any(|value| value.count < rows.len());
    (helps && !values.is_empty()).then(|| Facet { name: name.into(), label: label.into(), values })
}
