//! The page of a model: what a reviewer asks first stands above its text. And the sheet
//! with its open threats for a meeting.

use super::block::block_anchor;
use super::entry::kind_of;
use super::{Made, Renderer};
use crate::book::graph::NodeId;
use crate::book::page::{BlockKind, Key};
use crate::model::evidence::Concern;
use crate::model::gate::{self, Standing};
use crate::model::{Model, Response, Status, Threat};
use crate::risk::Severity;
use crate::site::plan::{Overview, Route, meeting_url};
use crate::site::view::{
    Chip, Content, Count, Field, FieldValue, Heading, Link, MeetingRow, MeetingView, ModelView,
    PageView,
};

/// What filters the threats of a model.
pub(super) const SCRIPT: &str = "model.js";

/// The statuses that are counted after the open ones.
const SETTLED: [Status; 3] = [Status::Mitigated, Status::Accepted, Status::NotApplicable];

/// What is said of an open threat on the sheet, where it is said.
const PLANNED: [Key; 5] = [Key::Owner, Key::Until, Key::Ticket, Key::Why, Key::Note];

impl Renderer<'_> {
    pub(super) fn model(&self, url: &str, node: NodeId) -> Made {
        let mut page = self.node_page(url, node)?;
        page.assets.push(SCRIPT.into());
        let kind = kind_of(self.config, self.graph.nodes[node].kind.as_deref());
        let meeting = meeting_url(self.graph, node);
        let meets = self.plan.routes.get(&meeting) == Some(&Route::Meeting(node));
        let view = ModelView {
            kind: kind.map(|kind| self.kind_view(url, kind)).unwrap_or_default(),
            id: self.graph.nodes[node].id.clone(),
            facts: self.model_facts(url, node),
            counts: self.model_counts(node),
            stride: self.stride_link(url, node),
            meeting: meets.then(|| self.href(url, &meeting)),
            status: self.overview_link(url, Overview::Status),
            compare: self.models.get(node).and_then(|_| self.compare_href(url, node, "a")),
            history: self.history(url, node),
            used_by: self.used_by(url, node),
        };
        let text = self.text.get("revisions").to_string();
        let revisions = Heading { id: "Casebook-revisions".into(), text, ..Heading::default() };
        page.toc.extend((!view.history.revisions.is_empty()).then_some(revisions));
        Ok((page, Content::Model(view)))
    }

    /// The frame of a page beside a model: its title names the model.
    pub(super) fn beside_model(&self, url: &str, node: NodeId, what: &str) -> PageView {
        let title = &self.graph.nodes[node].title;
        let mut page = self.page(url, &format!("{what}: {title}"));
        if let Some(spot) = &self.plan.spots[node]
            && let Some(section) = self.plan.sections.get(spot.section)
        {
            page.sections = self.sections(url, Some(spot.section));
            self.breadcrumbs(url, section, &spot.path, &mut page);
        }
        page.breadcrumbs.push(Link::new(title.clone(), self.node_href(url, node)));
        page
    }

    fn model_facts(&self, url: &str, node: NodeId) -> Vec<Field> {
        let meta = &self.graph.article(node).meta;
        let model = self.models.get(node);
        let review = model.map(|model| self.review_fact(model));
        let current = model.filter(|model| model.superseded_by.is_none());
        let look = current.and_then(|model| self.next_look(model));
        let step = current.map(|model| {
            let policy = self.config.policies.get("default").cloned().unwrap_or_default();
            let next = gate::next(self.graph, model, &policy, self.text);
            self.field("next", "next_step", vec![FieldValue::Text { text: next.text }])
        });
        let own = meta.facts.iter().map(|(label, value)| self.fact(label, value));
        let first = review.into_iter().chain(step).chain(look);
        first.chain(own).chain(self.rated_by(url, node)).collect()
    }

    fn field(&self, name: &str, key: &str, values: Vec<FieldValue>) -> Field {
        Field { name: name.into(), label: self.text.get(key).into(), values }
    }

    /// The verdict of the last review, by whom and when, and whether it still holds.
    fn review_fact(&self, model: &Model) -> Field {
        let text = |text: String| FieldValue::Text { text };
        let Some(review) = model.last_review() else {
            let never = text(self.text.get("never_reviewed").into());
            return self.field("review", "last_review", vec![never]);
        };
        let outcome = review.outcome_word().map(|word| self.chip("status", word));
        let date = self.text.date(&review.date);
        let who = [review.by.as_str(), &date].into_iter().filter(|part| !part.is_empty());
        let mut values: Vec<FieldValue> = outcome.map(FieldValue::Chip).into_iter().collect();
        values.push(text(who.collect::<Vec<_>>().join(", ")));
        if let Standing::Outdated(_) = model.standing(self.graph, None) {
            values.push(text(self.text.get("approval_outdated").into()));
        }
        self.field("review", "last_review", values)
    }

    /// The first day on which the page or something in it ends.
    fn next_look(&self, model: &Model) -> Option<Field> {
        let page = self.graph.article(model.node).meta.due.as_ref();
        let page = page.and_then(|word| crate::text::date::date(&word.text));
        let day = page.into_iter().chain(model.first_end()).min()?.to_string();
        let value = FieldValue::Day { text: self.text.date(&day), date: day };
        Some(self.field("next-look", "next_look", vec![value]))
    }

    /// What is in a model; each number leads to the rows that it counts.
    fn model_counts(&self, node: NodeId) -> Vec<Count> {
        let Some(model) = self.models.get(node) else { return Vec::new() };
        let anchor = block_anchor(BlockKind::Threats);
        let rows = |query: &str| Some(format!("?{query}#{anchor}"));
        let mut counts: Vec<Count> = Vec::new();
        for (severity, value) in model.by_severity(Status::Open) {
            let (word, level) = (severity.word(), self.text.within(&self.severity_label(severity)));
            counts.push(Count {
                name: format!("open-{word}"),
                label: self.text.fill("open_of_level", &[("level", &level)]),
                value,
                href: rows(&format!("status=open&severity={word}")),
            });
        }
        for status in SETTLED {
            let (word, value) = (status.word(), model.count(status));
            let key = format!("count_{}", word.replace('-', "_"));
            let label = self.text.form(&key, value);
            let href = rows(&format!("status={word}"));
            counts.push(Count { name: word.into(), label: label.into(), value, href });
        }
        for concern in [Concern::NoTest, Concern::NoOwner] {
            let is = |threat: &&Threat| self.evidence.concerns(threat).contains(&concern);
            counts.push(Count {
                name: concern.word().into(),
                label: self.text.word_within(concern.word()),
                value: model.threats.iter().filter(is).count(),
                href: rows(&format!("concern={}", concern.word())),
            });
        }
        for (kind, value, key) in [
            (BlockKind::Requirements, model.requirements.len(), "count_requirements"),
            (BlockKind::Assumptions, model.assumptions.len(), "count_assumptions"),
        ] {
            let (name, label) = (kind.name().into(), self.text.form(key, value).into());
            let href = Some(format!("#{}", block_anchor(kind)));
            counts.push(Count { name, label, value, href });
        }
        counts.retain(|count| count.value > 0);
        counts.extend(self.test_counts(node).into_iter().map(|count| Count {
            href: rows("concern=failing-test").filter(|_| count.name == "tests-failed"),
            ..count
        }));
        counts
    }

    /// The open threats of a model on a sheet of paper.
    pub(super) fn meeting(&self, url: &str, node: NodeId) -> (PageView, Content) {
        let mut page = self.beside_model(url, node, self.text.get("for_the_meeting"));
        page.noindex = true;
        let model = self.models.get(node);
        let open = model.into_iter().flat_map(|model| {
            let open = model.worst_first().into_iter().filter(|t| t.status == Status::Open);
            open.map(move |threat| self.meeting_row(url, model, threat))
        });
        let view = MeetingView {
            model: self.entry_link(url, node),
            date: self.graph.date(node).to_string(),
            threats: open.collect(),
            responses: Response::WORDS.iter().map(|word| self.text.word(word)).collect(),
        };
        (page, Content::Meeting(view))
    }

    fn meeting_row(&self, url: &str, model: &Model, threat: &Threat) -> MeetingRow {
        let words = |key: Key| threat.said(key).iter().map(|word| word.text.clone());
        MeetingRow {
            id: threat.id.clone(),
            title: threat.title.clone(),
            href: self.row_href(url, model, threat),
            risk: self.threat_chip(threat),
            places: words(Key::On).map(|place| place.replace("->", "\u{2192}")).collect(),
            requirements: words(Key::Requirements).map(|id| id.to_ascii_uppercase()).collect(),
            facts: self.planned(threat),
        }
    }

    /// The rating of a threat, else its severity.
    fn threat_chip(&self, threat: &Threat) -> Option<Chip> {
        let chip = |severity: Severity, label| Chip {
            group: "severity".into(),
            value: severity.word().into(),
            label,
            href: None,
        };
        match &threat.score {
            Some(score) => Some(chip(score.severity, score.text.clone())),
            None => (threat.severity > Severity::None)
                .then(|| chip(threat.severity, self.severity_label(threat.severity))),
        }
    }

    fn planned(&self, threat: &Threat) -> Vec<Field> {
        let value = |key: Key, text: &str| FieldValue::Text {
            text: if key == Key::Until { self.text.date(text) } else { text.to_string() },
        };
        let field = |key: Key| {
            let words = threat.said(key).iter();
            let values: Vec<FieldValue> = words.map(|word| value(key, &word.text)).collect();
            let title = format!("column_{}", key.word());
            (!values.is_empty()).then(|| self.field(key.word(), &title, values))
        };
        PLANNED.into_iter().filter_map(field).collect()
    }
}
