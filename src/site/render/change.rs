//! Revisions of a model: the list of them, what each changed, and what changed in the
//! catalogue since a review.

use super::Renderer;
use super::entry::kind_of;
use super::frame::neighbours;
use crate::book::graph::NodeId;
use crate::book::language::Text;
use crate::book::page::{self, Chart};
use crate::dfd;
use crate::model::change::{self, Detail, Diff, Move, Part, Risk, Snapshot, Subject, Thing, Way};
use crate::risk::Severity;
use crate::site::plan::{Route, change_url};
use crate::site::view::{
    ChangeDetail, ChangeDiagram, ChangePart, ChangeRow, ChangeView, Chip, Content, DatedView,
    EntryLink, Heading, HistoryView, Link, MoveView, OpenView, OutdatedView, PageView,
    RevisionView,
};
use crate::text::address::encode_fragment;

/// The diagrams of a change page, as their ids begin.
const OLD: &str = "before";
const NEW: &str = "after";

/// Facts whose values are words of the interface.
const WORDS: [&str; 5] = ["status", "response", "mitigation", "stride", "kind"];

/// Declared changes, newest first.
pub(super) fn dated(changes: &[page::Change]) -> Vec<DatedView> {
    let view =
        |change: &page::Change| DatedView { date: change.date.clone(), what: change.what.clone() };
    let mut out: Vec<DatedView> = changes.iter().map(view).collect();
    out.sort_by(|a, b| b.date.cmp(&a.date));
    out
}

fn severity_chip(value: &str, label: &str) -> Chip {
    Chip { group: "severity".into(), value: value.into(), label: label.into(), href: None }
}

fn risk_chip(risk: &Risk) -> Chip {
    severity_chip(risk.severity.word(), &risk.text)
}

impl Renderer<'_> {
    /// Whether a later revision of a model is shown in its place.
    pub(super) fn is_earlier(&self, node: NodeId) -> bool {
        self.graph.newest(node) != node && !self.graph.is_superseded(self.graph.newest(node))
    }

    /// The earlier revisions that a model stands for.
    pub(super) fn earlier(&self, url: &str, node: NodeId) -> Vec<Link> {
        let revisions = self.graph.revisions_of(node).into_iter();
        revisions
            .filter(|old| self.is_earlier(*old) && self.graph.newest(*old) == node)
            .map(|old| {
                let label = match self.graph.date(old) {
                    "" => self.graph.nodes[old].title.clone(),
                    date => self.text.date(date),
                };
                Link::new(label, self.node_href(url, old))
            })
            .collect()
    }

    fn revision(&self, url: &str, node: NodeId) -> RevisionView {
        let page = &self.graph.nodes[node];
        let review = self.models.get(node).and_then(|model| model.last_review());
        let outcome = review.and_then(|review| review.outcome_word());
        RevisionView {
            id: page.id.clone(),
            title: page.title.clone(),
            href: self.node_href(url, node),
            date: self.graph.date(node).to_string(),
            current: page.url == url,
            newest: !self.graph.is_superseded(node),
            outcome: outcome.map(|outcome| self.chip("status", outcome)),
            change: self.change_href(url, node),
        }
    }

    /// The page that tells what a revision changed.
    fn change_href(&self, url: &str, node: NodeId) -> Option<String> {
        let target = change_url(self.graph, node);
        let exists = self.plan.routes.get(&target) == Some(&Route::Change(node));
        exists.then(|| self.href(url, &target))
    }

    /// The history of a model's page.
    pub(super) fn history(&self, url: &str, node: NodeId) -> HistoryView {
        let mut nodes = self.graph.revisions_of(node);
        if nodes.len() < 2 {
            nodes.clear();
        }
        let count = nodes.len();
        let at = nodes.iter().position(|other| *other == node).unwrap_or(0);
        let (from, to) = neighbours(at, count);
        let newest = self.graph.newest(node);
        let model = self.models.get(node);
        let outdated = model.map(|model| change::outdated(self.graph, model)).unwrap_or_default();
        HistoryView {
            revisions: nodes[from..to].iter().map(|node| self.revision(url, *node)).collect(),
            start: count - from,
            all: (to - from < count).then(|| self.all_revisions(url, newest, count)).flatten(),
            newest: (newest != node).then(|| self.revision(url, newest)),
            change: self.change_href(url, node),
            outdated: outdated
                .into_iter()
                .map(|outdated| OutdatedView {
                    entry: self.entry_link(url, outdated.entry),
                    reviewed: outdated.reviewed,
                    changes: dated(&outdated.changes),
                })
                .collect(),
        }
    }

    /// Where all revisions of a model are listed, with how many there are.
    fn all_revisions(&self, url: &str, newest: NodeId, count: usize) -> Option<Link> {
        let spot = self.plan.spots[newest].as_ref()?;
        let index = self.plan.sections.get(spot.section)?.index.as_ref()?;
        let label = self.text.fill("all_pages", &[("n", &count.to_string())]);
        Some(Link::new(label, self.href(url, index)))
    }

    /// The models that were reviewed before an entry changed.
    pub(super) fn outdated_models(&self, url: &str, entry: NodeId) -> Vec<EntryLink> {
        if self.graph.article(entry).meta.changes.is_empty() {
            return Vec::new();
        }
        let users = self.graph.back[entry].iter().map(|edge| edge.from);
        let mut out = Vec::new();
        for model in users.filter_map(|node| self.models.get(node)) {
            let outdated = change::outdated(self.graph, model);
            if let Some(outdated) = outdated.iter().find(|outdated| outdated.entry == entry) {
                let mut link = self.entry_link(url, model.node);
                link.note = Some(
                    self.text
                        .fill("last_reviewed_on", &[("date", &self.text.date(&outdated.reviewed))]),
                );
                out.push(link);
            }
        }
        out
    }

    /// The page that tells what a revision changed.
    pub(super) fn change(&self, url: &str, node: NodeId) -> (PageView, Content) {
        let title =
            self.text.fill("what_changed_title", &[("title", &self.graph.nodes[node].title)]);
        let mut page = self.page(url, &title);
        if let Some(spot) = &self.plan.spots[node]
            && let Some(section) = self.plan.sections.get(spot.section)
        {
            page.sections = self.sections(url, Some(spot.section));
            self.breadcrumbs(url, section, &spot.path, &mut page);
        }
        let model = &self.graph.nodes[node];
        page.breadcrumbs.push(Link::new(model.title.clone(), self.node_href(url, node)));
        let before = self.graph.revisions.before.get(&node).and_then(|list| list.first());
        let models = before.and_then(|old| Some((self.models.get(*old)?, self.models.get(node)?)));
        let Some((old, new)) = models else {
            return (page, Content::Change(ChangeView::default()));
        };
        let diff = change::diff(&Snapshot::of(self.graph, old), &Snapshot::of(self.graph, new));
        page.description = diff.summary();
        let charts = [old.node, new.node].map(|node| self.graph.article(node).body.charts.first());
        let (old, new) = (self.revision(url, old.node), self.revision(url, new.node));
        let drawn = |chart: Option<&Chart>| chart.is_some_and(|chart| chart.layout.is_some());
        let places = Places {
            renderer: self,
            url,
            old: &old.href,
            new: &new.href,
            drawn: charts.map(drawn),
        };
        let parts = diff.parts.iter().filter(|part| !part.is_empty());
        let parts: Vec<ChangePart> = parts.map(|part| places.part(part)).collect();
        let kind = kind_of(self.config, model.kind.as_deref());
        let view = ChangeView {
            kind: kind.map(|kind| self.kind_view(url, kind)).unwrap_or_default(),
            still: self.still_open(&diff),
            parts,
            moves: diff.moves.iter().map(|moved| places.moved(moved)).collect(),
            open: diff
                .open
                .iter()
                .map(|open| OpenView {
                    severity: match open.severity {
                        "none" => severity_chip("none", self.text.get("severity_none")),
                        word => self.chip("severity", word),
                    },
                    from: open.from,
                    to: open.to,
                })
                .collect(),
            diagrams: diagrams(self.text, charts, &diff, [&old, &new]),
            old,
            new,
        };
        page.toc = self.change_contents(&view);
        (page, Content::Change(view))
    }

    /// What is open now, by severity: `2 high`.
    fn still_open(&self, diff: &Diff) -> Vec<Chip> {
        let open = diff.open.iter().filter(|open| open.to > 0);
        open.map(|open| {
            let level = match open.severity {
                "none" => self.text.get("severity_none").to_string(),
                word => self.text.word(word),
            };
            severity_chip(open.severity, &format!("{} {}", open.to, self.text.within(&level)))
        })
        .collect()
    }

    /// The headings of a change page, with what each counts.
    fn change_contents(&self, view: &ChangeView) -> Vec<Heading> {
        let heading =
            |id: &str, text: String| Heading { id: id.into(), text, ..Heading::default() };
        let is_rated = !view.moves.is_empty() || !view.open.is_empty();
        let risk = is_rated.then(|| heading("Casebook-risk", self.text.get("risk").into()));
        let parts = view.parts.iter().map(|part| heading(&part.name, part.label.clone()));
        let drawn = (!view.diagrams.is_empty())
            .then(|| heading("Casebook-diagrams", self.text.get("diagrams").into()));
        risk.into_iter().chain(parts).chain(drawn).collect()
    }
}

/// Both diagrams with the change marked, where they are drawn.
fn diagrams(
    text: &Text,
    charts: [Option<&Chart>; 2],
    diff: &Diff,
    revisions: [&RevisionView; 2],
) -> Vec<ChangeDiagram> {
    let sides = [(OLD, false, "before"), (NEW, true, "after")];
    let mut out = Vec::new();
    for ((chart, revision), (prefix, is_new, word)) in charts.iter().zip(revisions).zip(sides) {
        let Some(chart) = chart else { continue };
        let Some(layout) = &chart.layout else { continue };
        let name = revision.id.as_ref().unwrap_or(&revision.title);
        let date = match revision.date.as_str() {
            "" => String::new(),
            date => format!(", {}", text.date(date)),
        };
        out.push(ChangeDiagram {
            caption: format!("{}: {name}{date}", text.get(word)),
            svg: super::chart::picture(&dfd::svg(
                &chart.diagram,
                layout,
                &diff.marks(prefix, is_new),
                text,
            ))
            .into(),
        });
    }
    out
}

/// Where the things of a change page are.
struct Places<'a> {
    renderer: &'a Renderer<'a>,
    url: &'a str,
    old: &'a str,
    new: &'a str,
    /// Whether the old and the new diagram stand on the page.
    drawn: [bool; 2],
}

impl Places<'_> {
    fn part(&self, part: &Part) -> ChangePart {
        let row = |change: &str, thing: &Thing, is_new, details: Vec<ChangeDetail>| ChangeRow {
            change: change.into(),
            label: self.renderer.text.word(change),
            id: thing.id.clone(),
            title: thing.title.clone(),
            severity: thing.risk.as_ref().map(risk_chip),
            href: self.href(part.subject, thing, is_new),
            details,
        };
        let rated = |thing: &Thing| thing.risk.as_ref().map_or(Severity::None, |r| r.severity);
        let added = part.added.iter().map(|t| (rated(t), row("added", t, true, self.facts(t))));
        let changed = part.changed.iter().map(|changed| {
            let details = changed.details.iter().map(|detail| self.detail(detail)).collect();
            (rated(&changed.new), row("changed", &changed.new, true, details))
        });
        let removed = part.removed.iter().map(|t| (rated(t), row("removed", t, false, Vec::new())));
        let mut rows: Vec<(Severity, ChangeRow)> = added.chain(changed).chain(removed).collect();
        rows.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
        let key = format!("overview_{}", part.subject.word());
        ChangePart {
            name: part.subject.word().into(),
            label: self
                .renderer
                .text
                .name(&key, Some(part.subject.title()), part.subject.title())
                .into(),
            counts: self.counts(part),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        }
    }

    fn moved(&self, moved: &Move) -> MoveView {
        let (way, label) = match moved.way {
            Way::Up => ("up", "risk_higher"),
            Way::Down => ("down", "risk_lower"),
            Way::Level if moved.from.is_none() => ("level", "risk_rated_now"),
            Way::Level if moved.to.is_none() => ("level", "risk_no_longer_rated"),
            Way::Level => ("level", "risk_alike"),
        };
        MoveView {
            id: moved.id.clone(),
            title: moved.title.clone(),
            href: self.href(Subject::Threats, &moved.thing, true),
            from: moved.from.as_ref().map(risk_chip),
            to: moved.to.as_ref().map(risk_chip),
            way: way.into(),
            label: self.renderer.text.get(label).into(),
        }
    }

    /// In words: how many came, went and changed.
    fn counts(&self, part: &Part) -> String {
        let counts = [
            (part.added.len(), "count_added"),
            (part.removed.len(), "count_removed"),
            (part.changed.len(), "count_changed"),
        ];
        let some = counts.into_iter().filter(|(n, _)| *n > 0);
        let words: Vec<String> = some.map(|(n, key)| self.renderer.text.count(key, n)).collect();
        words.join(", ")
    }

    /// A thing's row in its model, its entry, or its place in a picture on this page.
    fn href(&self, subject: Subject, thing: &Thing, is_new: bool) -> Option<String> {
        let (page, prefix) = if is_new { (self.new, NEW) } else { (self.old, OLD) };
        let anchor = match subject {
            Subject::Elements => dfd::element_anchor(prefix, thing.index),
            Subject::Flows => dfd::flow_anchor(prefix, thing.index),
            Subject::Boundaries => dfd::boundary_anchor(prefix, thing.index),
            Subject::Requirements | Subject::Assumptions if !thing.is_local => {
                let entry = self.renderer.graph.find(thing.id.as_deref()?)?;
                return Some(self.renderer.node_href(self.url, entry));
            }
            _ => {
                thing.id.as_ref()?;
                return Some(format!("{page}#{}", encode_fragment(&thing.anchor)));
            }
        };
        self.drawn[usize::from(is_new)].then(|| format!("#{anchor}"))
    }

    /// What is said of something new; its name and rating stand beside it.
    fn facts(&self, thing: &Thing) -> Vec<ChangeDetail> {
        let beside = ["name", "title", "data", "direction", "risk"];
        let facts = thing.facts.iter().filter(|fact| !beside.contains(&fact.name));
        let view = |fact: &change::Fact| ChangeDetail {
            label: self.label(fact.name),
            to: self.values(fact.name, &fact.values),
            ..ChangeDetail::default()
        };
        facts.map(view).collect()
    }

    fn detail(&self, detail: &Detail) -> ChangeDetail {
        let list = detail.is_list();
        let (from, to) = match list {
            true => (detail.gone().cloned().collect(), detail.come().cloned().collect()),
            false => (detail.from.clone(), detail.to.clone()),
        };
        let values = |values: Vec<String>| self.values(detail.name, &values);
        ChangeDetail { label: self.label(detail.name), from: values(from), to: values(to), list }
    }

    /// What a fact is called in the language of the page.
    fn label(&self, name: &str) -> String {
        let text = self.renderer.text;
        let key = match name {
            "name" => "fact_name",
            "rating" => "fact_rating",
            "direction" => "fact_direction",
            "data" => "data_that_flows",
            "title" | "risk" | "kind" | "inside" | "crosses" | "status" | "stride" => name,
            key => return text.get(&format!("column_{key}")).into(),
        };
        text.get(key).into()
    }

    /// Values as readers see them: words of the interface, and days.
    fn values(&self, name: &str, values: &[String]) -> Vec<String> {
        let text = self.renderer.text;
        let value = |value: &String| match name {
            _ if WORDS.contains(&name) => text.word(value),
            "direction" => text.word_within(value),
            "until" => text.date(value),
            "on" => value.replace("->", "\u{2192}"),
            _ => value.clone(),
        };
        values.iter().map(value).collect()
    }
}
