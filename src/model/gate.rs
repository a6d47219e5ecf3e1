//! Whether a model is good enough to ship: the rules of `casebook gate`, and the next
//! step that follows from them.
//!
//! The rules err on the side of stopping: a date, a rating or a block that cannot be
//! read counts against the model.

use super::{Model, Models, Review, Spot, Status, Threat, Verdict};
use crate::book::config::Policy;
use crate::book::graph::{Graph, NodeId};
use crate::book::language::Text;
use crate::book::page::Key;
use crate::risk::Severity;
use crate::text::date::date;
use crate::text::diagnostic::Code;
use crate::text::span::Place;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What a model can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Everything on the page can be read.
    Readable,
    /// No open threat is worse than the policy allows.
    Open,
    /// Each rating can be read.
    Rating,
    /// Each accepted threat says why, and who decided.
    Reason,
    /// Nothing that was to hold until a day has run out.
    Expiry,
    /// A review approves the latest revision.
    Review,
    /// Each mitigated threat has a test.
    Test,
}

impl Rule {
    /// The word in data.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Readable => "readable",
            Rule::Open => "open-threat",
            Rule::Rating => "rating",
            Rule::Reason => "reason",
            Rule::Expiry => "expiry",
            Rule::Review => "review",
            Rule::Test => "test",
        }
    }
}

/// Why a model does not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The rule.
    pub rule: Rule,
    /// The threat, where it is about one.
    pub threat: Option<Spot>,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// Where.
    pub place: Place,
}

/// What the reviews of a model come to.
#[derive(Debug, Clone, Copy)]
pub enum Standing<'m> {
    /// No review had an outcome that counts.
    Unreviewed,
    /// An approval is the last word.
    Approved(&'m Review),
    /// The approval is older than the model.
    Outdated(&'m Review),
    /// The last word is not an approval.
    Refused(&'m Review),
    /// An approval whose date cannot be read or lies in the future.
    Undated(&'m Review),
    /// The model's own date cannot be read.
    NoDate(&'m str),
}

/// The next thing to do with a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The word for filters.
    pub kind: &'static str,
    /// A short sentence without a full stop.
    pub text: String,
}

/// The kinds of [`Next`] in the order of urgency.
pub const NEXT: [&str; 8] =
    ["mend", "decide", "review", "change", "test", "treat", "wait", "nothing"];

impl Models {
    /// The models that no other one supersedes, in the order of their pages, without examples.
    /// Where models supersede each other in a circle, all of them count.
    pub fn latest(&self) -> BTreeSet<NodeId> {
        let newer = self.newer();
        let heads = self.by_node.keys().filter(|node| !newer.contains_key(*node));
        let mut latest: BTreeSet<NodeId> = heads.copied().collect();
        // What no latest revision leads back to belongs to a circle.
        let mut left: BTreeSet<NodeId> = self.by_node.keys().copied().collect();
        for head in &latest {
            let mut at = Some(*head);
            while let Some(node) = at.filter(|node| left.remove(node)) {
                at = self.get(node).and_then(|model| model.supersedes);
            }
        }
        latest.extend(left);
        latest.retain(|node| self.get(*node).is_some_and(|model| !model.example));
        latest
    }

    /// The models that supersede each model.
    fn newer(&self) -> BTreeMap<NodeId, Vec<NodeId>> {
        let mut newer: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        for model in self.by_node.values() {
            if let Some(old) = model.supersedes.filter(|old| *old != model.node) {
                newer.entry(old).or_default().push(model.node);
            }
        }
        newer
    }

    /// The latest revisions of a model: one, or several where it was split.
    pub fn heads(&self, node: NodeId) -> Vec<NodeId> {
        let newer = self.newer();
        let mut seen = BTreeSet::from([node]);
        let mut queue = vec![node];
        let mut heads = BTreeSet::new();
        while let Some(at) = queue.pop() {
            match newer.get(&at) {
                Some(list) => queue.extend(list.iter().filter(|next| seen.insert(**next))),
                None => {
                    heads.insert(at);
                }
            }
        }
        if heads.is_empty() { vec![node] } else { heads.into_iter().collect() }
    }

    /// The model of an ID, a former ID, an address or a path: of the file, below the
    /// book or below the source folder, or of the folder that holds it.
    pub fn find(&self, graph: &Graph, word: &str) -> Option<NodeId> {
        let by_id = graph.find(word).filter(|node| self.by_node.contains_key(node));
        let word = word.replace('\\', "/");
        let path = word.strip_prefix("./").unwrap_or(&word).trim_end_matches('/');
        let named = |node: &NodeId| {
            let page = graph.page(*node);
            [page.path.as_str(), &page.file, &graph.nodes[*node].url].into_iter().any(|known| {
                let stem = known.strip_suffix(".md").unwrap_or(known);
                let folder = stem.rsplit_once('/').filter(|(_, name)| {
                    name.eq_ignore_ascii_case("index") || name.eq_ignore_ascii_case("readme")
                });
                known == path || stem == path || folder.is_some_and(|(folder, _)| folder == path)
            })
        };
        by_id.or_else(|| self.by_node.keys().find(|node| named(node)).copied())
    }
}

impl Model {
    /// The date of the model as written.
    pub fn date<'g>(&self, graph: &'g Graph) -> Option<&'g str> {
        self.fact(graph, "Date")
    }

    /// A fact of the front matter, such as `Size`.
    pub fn fact<'g>(&self, graph: &'g Graph, label: &str) -> Option<&'g str> {
        let facts = &graph.article(self.node).meta.facts;
        facts.iter().find(|(name, _)| *name == label).map(|(_, value)| value.as_str())
    }

    /// What the reviews come to. Of two on one day, the later one on the page counts.
    pub fn standing<'g>(&'g self, graph: &'g Graph, today: Option<Date>) -> Standing<'g> {
        let own = match self.date(graph) {
            Some(text) => match date(text) {
                Some(date) => Some(date),
                None => return Standing::NoDate(text),
            },
            None => None,
        };
        let mut last: Option<(Date, &Review)> = None;
        let mut undated = None;
        for review in self.reviews.iter().filter(|review| review.outcome.is_some()) {
            match date(&review.date) {
                Some(date) if !review.approved() || today.is_none_or(|today| date <= today) => {
                    if last.is_none_or(|(before, _)| before <= date) {
                        last = Some((date, review));
                    }
                }
                // An objection counts whenever it was made.
                None if !review.approved() => return Standing::Refused(review),
                _ => undated = Some(review),
            }
        }
        match last {
            Some((_, review)) if !review.approved() => Standing::Refused(review),
            Some((date, review)) if own.is_some_and(|own| date < own) => Standing::Outdated(review),
            Some((_, review)) => Standing::Approved(review),
            None => undated.map_or(Standing::Unreviewed, Standing::Undated),
        }
    }

    /// The threats of a status, by severity, worst first; severities without one are
    /// left out.
    pub fn by_severity(&self, status: Status) -> Vec<(Severity, usize)> {
        let count = |severity| {
            let same = |t: &&Threat| t.status == status && t.severity == severity;
            self.threats.iter().filter(same).count()
        };
        let counts = Severity::ALL.into_iter().rev().map(|severity| (severity, count(severity)));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    /// How many threats should have a test, and how many of them do: those that are
    /// open or mitigated.
    pub fn tested(&self) -> (usize, usize) {
        let wanted: Vec<&Threat> =
            self.threats.iter().filter(|threat| threat.wants_treatment()).collect();
        (wanted.len(), wanted.iter().filter(|threat| threat.has(Key::Tests)).count())
    }
}

/// Why a model does not pass a policy; empty when it does. Without `today` nothing
/// expires.
pub fn reasons(graph: &Graph, model: &Model, policy: &Policy, today: Option<Date>) -> Vec<Reason> {
    let mut out = Vec::new();
    unreadable(graph, model, &mut out);
    let head = &graph.article(model.node).place;
    for threat in &model.threats {
        let name = threat.name();
        let mut add = |rule: Rule, message: String| {
            let place = threat.place().clone();
            out.push(Reason { rule, threat: Some(threat.spot), message, place });
        };
        let missing = |key: Key| !threat.has(key);
        match threat.status {
            Status::Open => {
                if threat.input.is_some() && threat.score.is_none() {
                    add(Rule::Rating, format!("{name} is open and its risk cannot be rated"));
                } else if threat.severity > policy.max_open {
                    let (is, most) = (threat.severity.word(), policy.max_open.word());
                    let message = match policy.max_open {
                        Severity::None => format!("{name} is open and {is}; no rated one may be"),
                        _ => format!("{name} is open and {is}; the worst allowed is {most}"),
                    };
                    add(Rule::Open, message);
                }
            }
            Status::Accepted => {
                if missing(Key::Why) {
                    add(Rule::Reason, format!("{name} is accepted without a reason (`why:`)"));
                }
                if missing(Key::By) {
                    let message = format!("{name} is accepted and nobody decided it (`by:`)");
                    add(Rule::Reason, message);
                }
            }
            Status::Mitigated if policy.tests && missing(Key::Tests) => {
                add(Rule::Test, format!("{name} is mitigated and has no test (`tests:`)"));
            }
            Status::Mitigated | Status::NotApplicable => {}
        }
    }
    for term in model.terms() {
        let message = match (term.date(), today) {
            (None, _) => Some(format!(
                "{} {} `{}`, which is no date",
                term.name,
                term.was,
                term.until.text.trim()
            )),
            (Some(_), today) => today.and_then(|today| term.passed(today)),
        };
        let threat = model.threat(term.spot).map(|threat| threat.spot);
        let place = model.row(term.spot).map_or(head, |row| row.place()).clone();
        out.extend(message.map(|message| Reason { rule: Rule::Expiry, threat, message, place }));
    }
    if let Some(message) = review(graph, model, today).filter(|_| policy.review) {
        out.push(Reason { rule: Rule::Review, threat: None, message, place: head.clone() });
    }
    out.sort_by_key(|reason| (reason.rule, reason.threat));
    out
}

/// What could not be read may hold a threat, whatever level the book gives it.
fn unreadable(graph: &Graph, model: &Model, out: &mut Vec<Reason>) {
    use Code::{
        MalformedFence, MalformedFrontMatter, UnclosedFence, UnclosedFrontMatter, WrongType,
    };
    let codes =
        [MalformedFence, MalformedFrontMatter, UnclosedFence, UnclosedFrontMatter, WrongType];
    let page = graph.page(model.node);
    for found in page.found.iter().filter(|found| codes.contains(&found.code)) {
        let place = found.place.clone().unwrap_or_else(|| graph.article(model.node).place.clone());
        let message = format!("a part cannot be read: {}", found.message);
        out.push(Reason { rule: Rule::Readable, threat: None, message, place });
    }
}

/// Why the reviews are not enough.
fn review(graph: &Graph, model: &Model, today: Option<Date>) -> Option<String> {
    let own = model.date(graph).unwrap_or_default();
    Some(match model.standing(graph, today) {
        Standing::Approved(_) => return None,
        Standing::Unreviewed => "no review approves it".into(),
        Standing::Outdated(review) => {
            format!("the approval of {} is older than the model, which is of {own}", review.date)
        }
        Standing::Refused(review) => {
            let outcome = review.outcome_word().unwrap_or_default();
            format!("the review of {} ended with `{outcome}`", review.date)
        }
        Standing::Undated(review) if date(&review.date).is_some() => {
            format!("the approval of {} lies in the future", review.date)
        }
        Standing::Undated(review) => {
            format!("the approval by {} has no date that can be read", review.by)
        }
        Standing::NoDate(text) => {
            format!("the model's date `{text}` is none, so no review can be later")
        }
    })
}

/// What to do next, by a policy, in the words of a language. It depends on what is
/// written alone, not on the day.
pub fn next(graph: &Graph, model: &Model, policy: &Policy, text: &Text) -> Next {
    let reasons = reasons(graph, model, policy, None);
    let of = |rule: Rule| reasons.iter().filter(|reason| reason.rule == rule).count();
    let say = |kind, key| Next { kind, text: text.get(key).into() };
    let count = |kind, key, n| Next { kind, text: text.count(key, n) };
    if of(Rule::Readable) > 0 {
        return say("mend", "do_mend_text");
    }
    let unrated = of(Rule::Rating) + of(Rule::Expiry);
    if unrated > 0 {
        return count("mend", "do_mend_ratings", unrated);
    }
    let above: Vec<(Severity, usize)> = model
        .by_severity(Status::Open)
        .into_iter()
        .filter(|(severity, _)| *severity > policy.max_open)
        .collect();
    if !above.is_empty() {
        let level = |(severity, count): &(Severity, usize)| {
            format!("{count} {}", text.word_within(severity.word()))
        };
        let words: Vec<String> = above.iter().map(level).collect();
        let total = above.iter().map(|(_, count)| count).sum();
        let text = text.count_of("do_decide", total, &[("levels", &words.join(", "))]);
        return Next { kind: "decide", text };
    }
    let reasonless: BTreeSet<Option<Spot>> =
        reasons.iter().filter(|r| r.rule == Rule::Reason).map(|r| r.threat).collect();
    if !reasonless.is_empty() {
        return count("decide", "do_say_why", reasonless.len());
    }
    if of(Rule::Review) > 0 {
        let newer = |review: &Review| match (model.date(graph).and_then(date), date(&review.date)) {
            (Some(own), Some(then)) => own > then,
            _ => false,
        };
        return match model.standing(graph, None) {
            Standing::NoDate(_) => say("mend", "do_mend_date"),
            Standing::Undated(_) => say("mend", "do_mend_review"),
            Standing::Refused(review) if !newer(review) => match review.verdict() {
                Some(Verdict::Rejected) => say("change", "do_rework"),
                _ => say("change", "do_changes"),
            },
            Standing::Outdated(_) | Standing::Refused(_) => say("review", "do_review_again"),
            Standing::Unreviewed | Standing::Approved(_) => say("review", "do_review"),
        };
    }
    if of(Rule::Test) > 0 {
        return count("test", "do_test", of(Rule::Test));
    }
    let open = model.count(Status::Open);
    if open > 0 {
        return count("treat", "do_treat", open);
    }
    match model.first_end() {
        Some(until) => {
            let text = text.fill("do_wait", &[("date", &text.date(&until.to_string()))]);
            Next { kind: "wait", text }
        }
        None => say("nothing", "next_nothing"),
    }
}
