//! The status of all models: what each needs, the worst first.

use super::Renderer;
use super::overview::{facet, text};
use crate::book::config::Policy;
use crate::model::evidence::Concern;
use crate::model::gate::{self, NEXT};
use crate::model::{Model, Status};
use crate::risk::Severity;
use crate::site::view::{Chip, Count, Facet, FacetValue, OverviewCell, OverviewRow, OverviewView};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The value of a filter for what is past its day.
const OVERDUE: &str = "overdue";

impl Renderer<'_> {
    pub(super) fn status(&self, url: &str) -> OverviewView {
        let fallback = Policy::default();
        let policy = self.config.policies.get("default").unwrap_or(&fallback);
        let latest = self.models.latest().into_iter();
        let mut models: Vec<&Model> = latest.filter_map(|node| self.models.get(node)).collect();
        // The worst first; of equals what was looked at longest ago.
        models.sort_by_key(|model| {
            let id = self.graph.nodes[model.node].id.as_deref().unwrap_or_default();
            let seen = model.last_review().map(|review| review.date.as_str());
            (Reverse(weight(model)), seen, model.date(self.graph), id)
        });
        let mut needs: BTreeMap<&str, usize> = BTreeMap::new();
        let mut rows = Vec::new();
        for model in &models {
            let next = gate::next(self.graph, model, policy, self.text);
            *needs.entry(next.kind).or_default() += 1;
            rows.push(self.status_row(url, model, next));
        }
        OverviewView {
            row_name: self.names("count_models"),
            counts: self.status_counts(&models, &needs),
            facets: self.status_facets(&rows),
            columns: self.columns(&[
                ("model", "model", false),
                ("next", "next_step", false),
                ("open", "open_threats", true),
                ("tested", "tested_threats", true),
                ("review", "last_review", false),
                ("until", "next_end", false),
                ("date", "date", false),
                ("size", "size", false),
            ]),
            rows,
            ..OverviewView::default()
        }
    }

    /// Each number leads to the models that it counts.
    fn status_counts(&self, models: &[&Model], needs: &BTreeMap<&str, usize>) -> Vec<Count> {
        let count = |name: &str, value: usize, key: &str, query: &str| Count {
            name: name.into(),
            label: self.text.form(key, value).into(),
            value,
            href: (!query.is_empty()).then(|| format!("?{query}")),
        };
        let need = |kind: &str| needs.get(kind).copied().unwrap_or(0);
        let open = models.iter().map(|model| model.count(Status::Open)).sum();
        let levels = Severity::ALL.iter().rev().map(|level| format!("open={}", level.word()));
        let levels = levels.collect::<Vec<_>>().join("&");
        let mut counts = vec![
            count("models", models.len(), "count_models", ""),
            count("open", open, "count_open", &levels),
            count("decide", need("decide"), "waits_for_decision", "next=decide"),
            count("review", need("review"), "waits_for_review", "next=review"),
        ];
        counts.retain(|count| count.value > 0 || count.name == "models");
        counts
    }

    fn status_facets(&self, rows: &[OverviewRow]) -> Vec<Facet> {
        let sizes = crate::book::page::SIZES.map(|size| (size, self.text.word(size)));
        let outcomes = [
            ("approved", self.text.word("approved")),
            ("changes-requested", self.text.word("changes-requested")),
            ("rejected", self.text.word("rejected")),
            ("none", self.text.get("never_reviewed").into()),
        ];
        let next = NEXT.map(|name| (name, self.text.get(&format!("next_{name}")).to_string()));
        let severities: Vec<(&str, String)> =
            Severity::ALL.iter().rev().map(|s| (s.word(), self.severity_label(*s))).collect();
        let facets = [
            facet("next", self.text.get("next_step"), next, rows),
            facet("open", self.text.get("open_threats"), severities, rows),
            self.concern_facet(rows),
            facet("review", self.text.get("last_review"), outcomes, rows),
            facet("size", self.text.get("size"), sizes, rows),
        ];
        facets.into_iter().flatten().collect()
    }

    /// What wants attention. What is overdue depends on the day: a script counts it.
    pub(super) fn concern_facet(&self, rows: &[OverviewRow]) -> Option<Facet> {
        let (name, label) = ("concern", self.text.get("concern"));
        let values = Concern::ALL.map(|concern| (concern.word(), self.text.word(concern.word())));
        let mut found = facet(name, label, values, rows);
        let count = rows.iter().filter(|row| row.due.is_some()).count();
        if count > 0 {
            let label = label.to_string();
            let own = Facet { name: name.into(), label, ..Facet::default() };
            found.get_or_insert(own).values.push(FacetValue {
                value: OVERDUE.into(),
                label: self.text.word(OVERDUE),
                count,
            });
        }
        found
    }

    /// What wants attention in a model, with the day that may be past.
    fn status_concerns(&self, model: &Model) -> (Vec<String>, Option<String>) {
        let found = self.evidence.concerns_of(model).into_iter();
        let words = found.map(|concern| concern.word().to_string()).collect();
        (words, model.first_end().map(|date| date.to_string()))
    }

    fn status_row(&self, url: &str, model: &Model, next: gate::Next) -> OverviewRow {
        let page = &self.graph.nodes[model.node];
        let fact = |label: &str| model.fact(self.graph, label).unwrap_or_default();
        let size = fact("Size");
        let review = model.last_review();
        let outcome = review.and_then(|review| review.outcome_word());
        let open = model.by_severity(Status::Open);
        let rank = NEXT.iter().position(|name| *name == next.kind);
        let (concerns, until) = self.status_concerns(model);
        let mut facets = BTreeMap::new();
        let mut add = |name: &str, values: Vec<String>| {
            if !values.is_empty() {
                facets.insert(name.to_string(), values);
            }
        };
        add("next", vec![next.kind.into()]);
        add("open", open.iter().map(|(severity, _)| severity.word().to_string()).collect());
        add("concern", concerns);
        add("review", vec![outcome.unwrap_or("none").into()]);
        add(
            "size",
            Some(size).filter(|size| !size.is_empty()).map(Into::into).into_iter().collect(),
        );
        let name = OverviewCell {
            href: Some(self.node_href(url, model.node)),
            title: page.id.is_some().then(|| page.title.clone()),
            ..text(page.id.as_ref().unwrap_or(&page.title))
        };
        let cells = vec![
            name,
            OverviewCell { value: rank, ..text(next.text) },
            self.open_cell(model, &open),
            self.tested_cell(model),
            OverviewCell {
                chips: outcome.map(|outcome| self.chip("status", outcome)).into_iter().collect(),
                ..match review {
                    Some(review) => day(&review.date),
                    None => text(self.text.get("none")),
                }
            },
            match (until.as_deref(), model.count(Status::Accepted)) {
                (Some(until), _) => OverviewCell { due: Some(until.into()), ..day(until) },
                (None, 0) => text(""),
                (None, _) => text(self.text.get("no_end_set")),
            },
            day(fact("Date")),
            text(self.text.word(size)),
        ];
        OverviewRow { facets, cells, due: until }
    }

    fn open_cell(&self, model: &Model, open: &[(Severity, usize)]) -> OverviewCell {
        let chips = open.iter().map(|(severity, count)| Chip {
            group: "severity".into(),
            value: severity.word().into(),
            label: {
                let level = self.text.within(&self.severity_label(*severity));
                format!("{count} {level}")
            },
            href: None,
        });
        OverviewCell {
            value: Some(weight(model)),
            chips: chips.collect(),
            ..text(if open.is_empty() { self.text.get("none") } else { "" })
        }
    }

    fn tested_cell(&self, model: &Model) -> OverviewCell {
        let (wanted, tested) = model.tested();
        let some = || {
            let (n, all) = (tested.to_string(), wanted.to_string());
            self.text.fill("some_of", &[("n", &n), ("all", &all)])
        };
        let words = if wanted == 0 { self.text.get("none").into() } else { some() };
        OverviewCell { value: Some(wanted - tested), ..text(words) }
    }
}

/// Sorts models by what is open: one of a severity outweighs all milder ones.
fn weight(model: &Model) -> usize {
    let weigh = |all: usize, (severity, count): &(Severity, usize)| {
        all + (count.min(&999) + 1) * 1000usize.pow(*severity as u32)
    };
    model.by_severity(Status::Open).iter().fold(0, weigh)
}

/// A day, which sorts as one.
fn day(day: &str) -> OverviewCell {
    match crate::text::date::date(day) {
        Some(date) => OverviewCell {
            value: date.to_string().replace('-', "").parse().ok(),
            date: Some(date.to_string()),
            ..OverviewCell::default()
        },
        None => text(day),
    }
}
