//! What ends on a day: pages that have to be looked at again, and decisions, assumptions
//! and plans of models that hold `until` then. Today comes in as a value.

use super::{Model, Models, Progress, Row, Spot, Status};
use crate::book::graph::{Graph, NodeId};
use crate::book::page::{Key, Word};
use crate::text::date::date;
use crate::text::diagnostic::{Code, Diagnostic};
use jiff::civil::Date;

/// An item of a model that holds until a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Term<'g> {
    /// The item.
    pub spot: Spot,
    /// Its ID or, where it has none, its title.
    pub name: String,
    /// The words before the day: `was accepted until`.
    pub was: &'static str,
    /// The day as written.
    pub until: &'g Word,
}

impl Term<'_> {
    /// The day, where it is one.
    pub fn date(&self) -> Option<Date> {
        date(&self.until.text)
    }

    /// What is wrong once the day has passed.
    pub fn passed(&self, today: Date) -> Option<String> {
        let day = self.date().filter(|day| *day < today)?;
        Some(format!("{} {} {day}", self.name, self.was))
    }
}

impl Model {
    /// The items that hold until a day, in the order of the page. What is done needs none.
    pub fn terms(&self) -> Vec<Term<'_>> {
        let threats = self.threats.iter().filter_map(|threat| {
            let was = match threat.status {
                Status::Open => "was to be open at most until",
                Status::Accepted => "was accepted until",
                Status::Mitigated | Status::NotApplicable => return None,
            };
            Some((&threat.row, was))
        });
        let assumptions = self.assumptions.iter().map(|own| (&own.row, "was assumed until"));
        let requirements = self.requirements.iter().filter_map(|requirement| {
            let was = match requirement.status {
                Progress::Done => return None,
                Progress::Rejected => "was rejected until",
                Progress::Planned | Progress::InProgress | Progress::Taken => "was to be done by",
            };
            Some((&requirement.row, was))
        });
        let all = threats.chain(assumptions).chain(requirements);
        let mut out: Vec<Term<'_>> = all.flat_map(|(row, was)| term(row, was)).collect();
        out.sort_by_key(|term| term.spot);
        out
    }

    /// The first day on which something of the model ends.
    pub fn first_end(&self) -> Option<Date> {
        self.terms().iter().filter_map(Term::date).min()
    }
}

fn term<'m>(row: &'m Row, was: &'static str) -> impl Iterator<Item = Term<'m>> {
    let words = row.said(Key::Until).iter();
    words.map(move |until| Term { spot: row.spot, name: row.name(), was, until })
}

/// Something that ends on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// The day.
    pub date: Date,
    /// The page.
    pub node: NodeId,
    /// The item of a model; `None` for the page itself.
    pub item: Option<Spot>,
}

impl Due {
    /// The row of a model that it is about.
    pub fn row<'m>(&self, models: &'m Models) -> Option<&'m Row> {
        models.get(self.node)?.row(self.item?)
    }
}

/// The pages and items that have a date on which they are due, soonest first. Earlier
/// revisions of models have been looked at.
pub fn due(graph: &Graph, models: &Models) -> Vec<Due> {
    // What is due in a library is due for those who write it.
    let ours = |node: &NodeId| graph.origin(*node).is_none() && !graph.is_example(*node);
    let pages = (0..graph.nodes.len()).filter(ours).filter_map(|node| {
        let word = graph.article(node).meta.due.as_ref()?;
        Some(Due { date: date(&word.text)?, node, item: None })
    });
    let items = models.by_node.values().filter(|model| !model.example).flat_map(|model| {
        let terms = model.terms().into_iter();
        let due = |term: Term<'_>| {
            Some(Due { date: term.date()?, node: model.node, item: Some(term.spot) })
        };
        terms.filter_map(due).collect::<Vec<_>>()
    });
    let mut out: Vec<Due> =
        pages.chain(items).filter(|due| !graph.is_superseded(due.node)).collect();
    out.sort_by(|a, b| {
        let title = |due: &Due| &graph.nodes[due.node].title;
        (a.date, title(a), a.node, a.item).cmp(&(b.date, title(b), b.node, b.item))
    });
    out
}

/// The decisions, assumptions and plans of the latest revisions whose day has passed.
pub fn expired(graph: &Graph, models: &Models, today: Date) -> Vec<Diagnostic> {
    let counts = |model: &&Model| !model.example && !graph.is_superseded(model.node);
    let latest = models.by_node.values().filter(counts);
    let terms = latest.flat_map(|model| model.terms());
    let told = terms.filter_map(|term| {
        let found = Diagnostic::new(Code::Expired, term.until.place.clone(), term.passed(today)?);
        Some(found.label("has passed").help("decide again, and give a new date or take it out"))
    });
    told.chain(to_come(graph, models, today)).collect()
}

/// Reviews of a day that has not come.
fn to_come(graph: &Graph, models: &Models, today: Date) -> Vec<Diagnostic> {
    let latest = models.by_node.values().filter(|model| !graph.is_superseded(model.node));
    let dates = latest.flat_map(|model| &model.reviews).flat_map(|review| review.said(Key::Date));
    let later = dates.filter(|word| date(&word.text).is_some_and(|day| day > today));
    let told = later.map(|word| {
        let message = format!("a review on {}, which has not come yet", word.text.trim());
        Diagnostic::new(Code::ReviewDate, word.place.clone(), message)
            .help("write the day on which it took place")
    });
    told.collect()
}
