//! Threat models as data: what a model's diagram and blocks say, put together with
//! the entries that they use.

pub mod ask;
pub mod change;
mod check;
mod collect;
pub mod compare;
pub mod coverage;
pub mod draft;
pub mod due;
pub mod evidence;
pub mod export;
pub mod gate;
mod risk;
pub mod suggest;

use crate::book::config::Config;
use crate::book::graph::{Graph, NodeId};
use crate::book::page::Item;
use crate::dfd::{Mark, Marks, Target};
use crate::risk::{Input, Score, Severity};
use crate::text::diagnostic::Diagnostic;
use std::collections::BTreeMap;

/// All models of a book.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// The models by their pages.
    pub by_node: BTreeMap<NodeId, Model>,
}

/// A threat model, or one revision of it.
#[derive(Debug, Clone)]
pub struct Model {
    /// Its page.
    pub node: NodeId,
    /// Whether it is there to be read and counts for nothing.
    pub example: bool,
    /// The name of the framework that rates its threats, where one does.
    pub framework: Option<String>,
    /// Its threats, in the order of the page.
    pub threats: Vec<Threat>,
    /// Its assumptions.
    pub assumptions: Vec<Taken>,
    /// Its requirements.
    pub requirements: Vec<Taken>,
    /// Its reviews, in the order of the page.
    pub reviews: Vec<Review>,
    /// The revision before it.
    pub supersedes: Option<NodeId>,
    /// The revision after it.
    pub superseded_by: Option<NodeId>,
}

/// Where an item of a block stands: the block and its place in it.
pub type Spot = (usize, usize);

/// A threat of a model.
#[derive(Debug, Clone)]
pub struct Threat {
    /// Where it stands.
    pub spot: Spot,
    /// The ID: of the catalogue entry, or its own.
    pub id: String,
    /// The title.
    pub title: String,
    /// The catalogue entry.
    pub entry: Option<NodeId>,
    /// What of the diagram it concerns.
    pub on: Vec<Target>,
    /// Whether something is still to be done, and if not, why.
    pub status: Status,
    /// What was written of the risk.
    pub input: Option<Input>,
    /// The score, where it is rated.
    pub score: Option<Score>,
    /// The rating, else the hint of the catalogue entry.
    pub severity: Severity,
}

/// Where the work on a threat stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Something is to be done.
    Open,
    /// Somebody decided to live with it.
    Accepted,
    /// Done.
    Mitigated,
    /// Does not concern this system.
    NotApplicable,
}

impl Status {
    /// All, in the order of urgency.
    pub const ALL: [Status; 4] =
        [Status::Open, Status::Accepted, Status::Mitigated, Status::NotApplicable];

    /// The word in a block.
    pub fn word(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Accepted => "accepted",
            Status::Mitigated => "mitigated",
            Status::NotApplicable => "not-applicable",
        }
    }

    /// Reads the word; what is missing or unknown is open.
    pub fn parse(word: Option<&str>) -> Status {
        Status::ALL.into_iter().find(|status| Some(status.word()) == word).unwrap_or(Status::Open)
    }
}

/// A requirement or an assumption of a model.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Where it stands.
    pub spot: Spot,
    /// The ID: of the catalogue entry, or its own.
    pub id: String,
    /// The title.
    pub title: String,
    /// The catalogue entry.
    pub entry: Option<NodeId>,
    /// Its status as written.
    pub status: Option<String>,
}

/// A review of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// When, as written: an ISO date.
    pub date: String,
    /// Who, by role or name.
    pub by: String,
    /// In a meeting or asynchronously.
    pub how: Option<String>,
    /// What came of it.
    pub outcome: Option<String>,
    /// Whether the model was approved.
    pub approved: bool,
}

/// Puts the models of a book together and checks them.
pub fn collect(config: &Config, graph: &Graph) -> (Models, Vec<Diagnostic>) {
    let (models, mut found) = collect::models(config, graph);
    for model in models.by_node.values() {
        found.extend(check::model(graph, model));
    }
    (models, found)
}

impl Models {
    /// The model of a page.
    pub fn get(&self, node: NodeId) -> Option<&Model> {
        self.by_node.get(&node)
    }

    /// The threat of a block's item.
    pub fn threat(&self, node: NodeId, spot: Spot) -> Option<&Threat> {
        self.get(node)?.threats.iter().find(|threat| threat.spot == spot)
    }

    /// What diagram `chart` of a page shows besides itself: open threats, and links to
    /// the first threat of each element and flow.
    pub fn marks(&self, graph: &Graph, node: NodeId, chart: usize) -> Marks {
        let prefix = if chart == 0 { "dfd".to_string() } else { format!("dfd{}", chart + 1) };
        let mut marks = Marks { prefix, ..Marks::default() };
        let Some(model) = self.get(node).filter(|_| chart == 0) else { return marks };
        for threat in &model.threats {
            let href = format!("#{}", model.anchor(graph, threat.spot));
            let open = usize::from(threat.status == Status::Open);
            let add = |mark: &mut Mark| {
                mark.open += open;
                // An open threat is where a reader wants to go.
                if mark.href.is_none() || (open == 1 && mark.open == 1) {
                    mark.href = Some(href.clone());
                }
            };
            for target in &threat.on {
                match target {
                    Target::Element(i) => add(marks.elements.entry(*i).or_default()),
                    Target::Boundary(i) => add(marks.boundaries.entry(*i).or_default()),
                    Target::Flows(flows) => {
                        flows.iter().for_each(|i| add(marks.flows.entry(*i).or_default()));
                    }
                }
            }
        }
        marks
    }
}

impl Model {
    /// The block item of a spot.
    pub fn item<'g>(&self, graph: &'g Graph, spot: Spot) -> &'g Item {
        &graph.article(self.node).body.blocks[spot.0].items[spot.1]
    }

    /// The ID and title of an item: those of its entry, or its own.
    pub fn subject(&self, graph: &Graph, spot: Spot) -> (String, String) {
        let (id, title, _) = collect::subject(graph, self.item(graph, spot));
        (id, title)
    }

    /// The anchor of an item's row; empty where it has none.
    pub fn anchor(&self, graph: &Graph, spot: Spot) -> String {
        graph.item_anchor(self.item(graph, spot)).unwrap_or_default()
    }

    /// The threats, worst first: open ones before others, then by severity and score,
    /// then in the order of the page.
    pub fn worst_first(&self) -> Vec<&Threat> {
        let mut threats: Vec<&Threat> = self.threats.iter().collect();
        threats.sort_by_key(|threat| threat.rank());
        threats
    }

    /// How many threats have a status.
    pub fn count(&self, status: Status) -> usize {
        self.threats.iter().filter(|threat| threat.status == status).count()
    }

    /// The last review.
    pub fn last_review(&self) -> Option<&Review> {
        self.reviews.iter().max_by(|a, b| a.date.cmp(&b.date))
    }
}

impl Threat {
    /// Sorts threats worst first.
    pub fn rank(&self) -> impl Ord + use<> {
        let rated = self.score.clone();
        (self.status, std::cmp::Reverse(self.severity), std::cmp::Reverse(rated), self.spot)
    }
}
