//! The pages over all models: status, coverage, gaps; and their rows as CSV.

use super::Renderer;
use super::block::words_of;
use super::csv::csv;
use crate::config::Policy;
use crate::graph::NodeId;
use crate::model::coverage::{self, Gap, REQUIREMENT_STATES, Row, THREAT_STATES};
use crate::model::gate::{self, NEXT};
use crate::model::{Model, Status};
use crate::plan::Overview;
use crate::risk::Severity;
use crate::view::{
    Card, Chip, Content, Count, Facet, FacetValue, Link, OverviewCell, OverviewColumn, OverviewRow,
    OverviewView, PageView,
};
use std::collections::{BTreeMap, BTreeSet};

/// The words over a cell's letter are these in both matrices.
const LETTERS: [(&str, &str); 9] = [
    ("open", "O"),
    ("accepted", "A"),
    ("mitigated", "M"),
    ("not-applicable", "N"),
    ("planned", "P"),
    ("in-progress", "I"),
    ("taken", "T"),
    ("done", "D"),
    ("rejected", "R"),
];

const GAPS: [(Gap, &str, &str); 3] = [
    (Gap::Unused, "unused", "Unused"),
    (Gap::NoRequirement, "no-requirement", "No requirement"),
    (Gap::NoThreat, "no-threat", "No threat"),
];

impl Renderer<'_> {
    pub(super) fn overview(&self, url: &str, overview: Overview) -> (PageView, Content) {
        let mut page = self.page(url, overview.title());
        page.description = match overview {
            Overview::Status => {
                "Every model in its latest revision: what is open, reviewed and \
                                 tested, and what to do next."
            }
            Overview::Threats => "Which model has which threat, and where the work on it stands.",
            Overview::Requirements => "Which model has taken which requirement, and how far it is.",
            Overview::Gaps => {
                "Entries that no model uses, threats that no requirement treats, \
                               and requirements that treat no threat."
            }
        }
        .into();
        let models = self.plan.sections.iter().position(|s| s.kind.as_deref() == Some("model"));
        if let Some(target) = models.and_then(|i| self.plan.sections[i].first(self.graph)) {
            let link = Link::new(self.plan.sections[models.unwrap_or(0)].label.clone(), "");
            let link = Link { href: self.href(url, &target), ..link };
            for section in &mut page.sections {
                section.current |= section.href == link.href;
            }
            page.breadcrumbs.push(link);
        }
        (page, Content::Overview(self.table(url, overview)))
    }

    /// The rows of a page over all models as a file.
    pub(super) fn csv(&self, overview: Overview) -> String {
        let view = self.table(&overview.csv(), overview);
        let words = |(cell, column): (&OverviewCell, &OverviewColumn)| {
            let text = cell.state.as_ref().map_or(&cell.text, |state| &state.label);
            let chips = cell.chips.iter().map(|chip| &chip.label);
            let parts: Vec<&str> = std::iter::once(text).chain(chips).map(String::as_str).collect();
            let words: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            match (words.is_empty(), cell.value) {
                (true, Some(value)) if column.numeric => value.to_string(),
                _ => words.join(", "),
            }
        };
        let head = view.columns.iter().map(|column| column.label.clone()).collect();
        let row = |row: &OverviewRow| row.cells.iter().zip(&view.columns).map(words).collect();
        let rows: Vec<Vec<String>> =
            std::iter::once(head).chain(view.rows.iter().map(row)).collect();
        csv(rows)
    }

    /// Links to the pages over all models.
    pub(super) fn overviews(&self, url: &str) -> Vec<Link> {
        let link = |overview: Overview| {
            let label = match overview {
                Overview::Status => "Status",
                Overview::Threats => "Threats",
                Overview::Requirements => "Requirements",
                Overview::Gaps => "Gaps",
            };
            let target = self.plan.overview(overview)?;
            Some(Link {
                label: label.into(),
                href: self.href(url, &target),
                current: target == url,
            })
        };
        Overview::ALL.into_iter().filter_map(link).collect()
    }

    /// The status page as a card of the home page.
    pub(super) fn status_card(&self, url: &str) -> Option<Card> {
        let target = self.plan.overview(Overview::Status)?;
        Some(Card {
            title: "Status".into(),
            href: self.href(url, &target),
            kind: "status".into(),
            description: "What is open, reviewed and tested in each model, and what to do next."
                .into(),
            ..Card::default()
        })
    }

    fn table(&self, url: &str, overview: Overview) -> OverviewView {
        let mut view = match overview {
            Overview::Status => self.status(url),
            Overview::Threats => {
                let rows = coverage::threats(self.graph, self.models);
                self.matrix(url, &rows, &THREAT_STATES, true)
            }
            Overview::Requirements => {
                let rows = coverage::requirements(self.graph, self.models);
                self.matrix(url, &rows, &REQUIREMENT_STATES, false)
            }
            Overview::Gaps => self.gaps(url),
        };
        view.name = overview.name().into();
        view.overviews = self.overviews(url);
        let csv = overview.csv();
        let published = self.plan.routes.get(&csv) == Some(&crate::plan::Route::Csv(overview));
        view.csv = published.then(|| self.href(url, &csv));
        view
    }

    fn status(&self, url: &str) -> OverviewView {
        let fallback = Policy::default();
        let policy = self.config.policies.get("default").unwrap_or(&fallback);
        let models: Vec<&Model> =
            self.models.latest().into_iter().filter_map(|node| self.models.get(node)).collect();
        let mut needs: BTreeMap<&str, usize> = BTreeMap::new();
        let mut open = 0;
        let mut rows = Vec::new();
        for model in &models {
            let next = gate::next(self.graph, model, policy);
            *needs.entry(next.kind).or_default() += 1;
            open += model.count(Status::Open);
            rows.push(self.status_row(url, model, next));
        }
        let count = |name: &str, value: usize, one: &str, many: &str| Count {
            name: name.into(),
            label: if value == 1 { one } else { many }.into(),
            value,
            href: None,
        };
        let need = |kind: &str| needs.get(kind).copied().unwrap_or(0);
        let mut counts = vec![count("models", models.len(), "model", "models")];
        for (name, value, one, many) in [
            ("open", open, "open threat", "open threats"),
            ("decide", need("decide"), "waits for a decision", "wait for a decision"),
            ("review", need("review"), "waits for a review", "wait for a review"),
        ] {
            counts.extend((value > 0).then(|| count(name, value, one, many)));
        }
        let sizes = crate::page::SIZES.map(|size| (size, words_of(size)));
        let outcomes = [
            ("approved", "Approved"),
            ("changes-requested", "Changes requested"),
            ("rejected", "Rejected"),
            ("none", "Never reviewed"),
        ];
        let severities: Vec<(&str, String)> =
            Severity::ALL.iter().rev().map(|s| (s.word(), severity_label(*s))).collect();
        let facets = [
            facet("next", "Next", NEXT, &rows),
            facet("open", "Open threats", severities, &rows),
            facet("review", "Last review", outcomes, &rows),
            facet("size", "Size", sizes, &rows),
        ];
        OverviewView {
            row_name: ["model", "models"].map(Into::into),
            counts,
            facets: facets.into_iter().flatten().collect(),
            columns: columns(&[
                ("id", "ID", false),
                ("title", "Model", false),
                ("size", "Size", false),
                ("date", "Date", false),
                ("review", "Last review", false),
                ("open", "Open threats", true),
                ("tested", "Tested threats", true),
                ("until", "Accepted until", false),
                ("next", "Next", false),
            ]),
            rows,
            ..OverviewView::default()
        }
    }

    fn status_row(&self, url: &str, model: &Model, next: gate::Next) -> OverviewRow {
        let page = &self.graph.nodes[model.node];
        let href = self.node_href(url, model.node);
        let fact = |label: &str| model.fact(self.graph, label).unwrap_or_default();
        let [id, title] = names(page.id.as_deref().unwrap_or_default(), &page.title, href);
        let size = fact("Size");
        let review = model.last_review();
        let outcome = review.and_then(|review| review.outcome.as_deref());
        let open = model.by_severity(Status::Open);
        let weigh = |all: usize, (severity, count): &(Severity, usize)| {
            all + (count.min(&999) + 1) * 1000usize.pow(*severity as u32)
        };
        let rank = |kind: &str| NEXT.iter().position(|(name, _)| *name == kind);
        let (wanted, tested) = model.tested(self.graph);
        let accepted = model.count(Status::Accepted);
        let until = model.accepted_until(self.graph);
        let mut facets = BTreeMap::new();
        let mut add = |name: &str, values: Vec<String>| facets.insert(name.to_string(), values);
        add("next", vec![next.kind.into()]);
        add("open", open.iter().map(|(severity, _)| severity.word().to_string()).collect());
        add("review", vec![outcome.unwrap_or("none").into()]);
        if !size.is_empty() {
            add("size", vec![size.into()]);
        }
        let chips = open.iter().map(|(severity, count)| Chip {
            group: "severity".into(),
            value: severity.word().into(),
            label: format!("{count} {}", severity_label(*severity).to_lowercase()),
            href: None,
        });
        let cells = vec![
            id,
            title,
            text(words_of(size)),
            text(fact("Date")),
            OverviewCell {
                text: review.map_or("none", |review| &review.date).into(),
                chips: outcome.map(status_chip).into_iter().collect(),
                ..OverviewCell::default()
            },
            OverviewCell {
                text: if open.is_empty() { "none".into() } else { String::new() },
                value: Some(open.iter().fold(0, weigh)),
                chips: chips.collect(),
                ..OverviewCell::default()
            },
            OverviewCell {
                text: if wanted > 0 { format!("{tested} of {wanted}") } else { "none".into() },
                value: Some(wanted - tested),
                ..OverviewCell::default()
            },
            text(match (until, accepted) {
                (Some(until), _) => until,
                (None, 0) => "",
                (None, _) => "no end set",
            }),
            OverviewCell { text: next.text, value: rank(next.kind), ..OverviewCell::default() },
        ];
        OverviewRow { facets, cells }
    }

    fn matrix(
        &self,
        url: &str,
        rows: &[Row],
        states: &[&'static str],
        threats: bool,
    ) -> OverviewView {
        // A model that says nothing of them has no column.
        let models: BTreeSet<NodeId> =
            rows.iter().flat_map(|row| row.cells.keys().copied()).collect();
        let mut fixed = vec![("id", "ID", false), ("title", "Title", false)];
        if threats {
            fixed.push(("severity", "Severity", false));
            fixed.push(("open", "Open", true));
        }
        fixed.push(("used", "Models", true));
        let mut columns = columns(&fixed);
        columns.extend(models.iter().map(|node| {
            let page = &self.graph.nodes[*node];
            OverviewColumn {
                label: page.id.clone().unwrap_or_else(|| page.title.clone()),
                title: Some(page.title.clone()),
                href: Some(self.node_href(url, *node)),
                ..OverviewColumn::default()
            }
        }));
        let letter = |state: &str| LETTERS.iter().find(|(name, _)| *name == state).map(|(_, l)| *l);
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
                    chips: rated.then(|| severity_chip(row.severity)).into_iter().collect(),
                    ..OverviewCell::default()
                });
                cells.push(number(row.open()));
            }
            cells.push(number(used));
            cells.extend(models.iter().map(|node| {
                let Some(cell) = row.cells.get(node) else { return OverviewCell::default() };
                let page = self.node_href(url, *node);
                let anchor = match cell.anchor.is_empty() {
                    true => String::new(),
                    false => format!("#{}", crate::page::encode_fragment(&cell.anchor)),
                };
                OverviewCell {
                    text: letter(cell.state).unwrap_or_default().into(),
                    state: Some(status_chip(cell.state)),
                    href: Some(format!("{page}{anchor}")),
                    ..OverviewCell::default()
                }
            }));
            let mut facets = BTreeMap::new();
            let mut add = |name: &str, values: Vec<String>| facets.insert(name.to_string(), values);
            let found: BTreeSet<&str> = row.cells.values().map(|cell| cell.state).collect();
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
            out.push(OverviewRow { facets, cells });
        }
        let mut words: Vec<(&str, String)> = states.iter().map(|s| (*s, words_of(s))).collect();
        words.push(("unused", "Not in a model".into()));
        let names: Vec<(String, String)> = models
            .iter()
            .map(|node| (self.model_key(*node), self.graph.nodes[*node].title.clone()))
            .collect();
        let severities = Severity::ALL.iter().rev().map(|s| (s.word(), severity_label(*s)));
        let facets = [
            facet("status", "Status", words, &out),
            facet("model", "Model", names.iter().map(|(a, b)| (a.as_str(), b.clone())), &out),
            facet("severity", "Severity", severities, &out),
            facet(
                "origin",
                "From",
                [("catalogue", "The catalogue"), ("model", "One model alone")],
                &out,
            ),
        ];
        let name = if threats { ["threat", "threats"] } else { ["requirement", "requirements"] };
        let legend = states.iter().map(|state| Chip {
            group: "status".into(),
            value: letter(state).unwrap_or_default().into(),
            label: words_of(state),
            href: None,
        });
        OverviewView {
            row_name: name.map(Into::into),
            legend: if models.is_empty() { Vec::new() } else { legend.collect() },
            facets: facets.into_iter().flatten().collect(),
            columns,
            rows: out,
            ..OverviewView::default()
        }
    }

    fn gaps(&self, url: &str) -> OverviewView {
        let found = coverage::gaps(self.graph, self.models);
        let mut counts = Vec::new();
        for (gap, name, _) in GAPS {
            let value = found.iter().filter(|(_, _, gaps)| gaps.contains(&gap)).count();
            let label = match gap {
                Gap::Unused => "not used by a model",
                Gap::NoRequirement => "without requirement",
                Gap::NoThreat => "without threat",
            };
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
                    label: (*label).into(),
                    href: None,
                });
                let place = match &row.local {
                    Some((node, _)) => self.graph.nodes[*node].title.clone(),
                    None => "Catalogue".into(),
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
                let cells = vec![id, title, text(words_of(kind)), gap, text(place)];
                OverviewRow { facets, cells }
            })
            .collect();
        let kinds = ["threat", "requirement", "assumption"].map(|kind| (kind, words_of(kind)));
        let facets = [
            facet("gap", "Gap", GAPS.map(|(_, name, label)| (name, label)), &rows),
            facet("kind", "Kind", kinds, &rows),
            facet(
                "origin",
                "From",
                [("catalogue", "The catalogue"), ("model", "One model alone")],
                &rows,
            ),
        ];
        OverviewView {
            row_name: ["gap", "gaps"].map(Into::into),
            counts,
            facets: facets.into_iter().flatten().collect(),
            columns: columns(&[
                ("id", "ID", false),
                ("title", "Title", false),
                ("kind", "Kind", false),
                ("gap", "Gap", false),
                ("origin", "From", false),
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
                format!("{page}#{}", crate::page::encode_fragment(anchor))
            }
            (None, None) => String::new(),
        }
    }

    /// A model in filters. Values are separated by a bar.
    fn model_key(&self, node: NodeId) -> String {
        let page = &self.graph.nodes[node];
        page.id.as_deref().unwrap_or(&page.url).to_lowercase().replace('|', "-")
    }
}

fn columns(list: &[(&str, &str, bool)]) -> Vec<OverviewColumn> {
    list.iter()
        .map(|(name, label, numeric)| OverviewColumn {
            name: Some((*name).into()),
            label: (*label).into(),
            numeric: *numeric,
            ..OverviewColumn::default()
        })
        .collect()
}

fn text(text: impl Into<String>) -> OverviewCell {
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

fn status_chip(word: &str) -> Chip {
    Chip { group: "status".into(), value: word.into(), label: words_of(word), href: None }
}

fn severity_chip(severity: Severity) -> Chip {
    let value = severity.word().into();
    Chip { group: "severity".into(), value, label: severity_label(severity), href: None }
}

fn severity_label(severity: Severity) -> String {
    match severity {
        Severity::None => "Not rated".into(),
        severity => severity.to_string(),
    }
}

/// A facet with those of the values that occur, in their order; `None` when it would
/// not help to choose.
fn facet<'v, L: Into<String>>(
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
