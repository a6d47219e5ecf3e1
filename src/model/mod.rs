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
mod row;
pub mod suggest;

pub use crate::book::page::word::{Belief, How, Mitigation, Progress, Response, Said, Verdict};
pub use row::{Assumption, Location, Requirement, Review, Row, Status, Threat, Treatment};

use crate::book::config::Config;
use crate::book::graph::{Graph, NodeId};
use crate::dfd::{Mark, Marks, Target};
use crate::text::diagnostic::Diagnostic;
use std::collections::BTreeMap;

/// All models of a book.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// The models by their pages.
    pub by_node: BTreeMap<NodeId, Model>,
    /// What stands in blocks of pages that are no models: it is shown and counts for nothing.
    elsewhere: BTreeMap<NodeId, Model>,
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
    pub assumptions: Vec<Assumption>,
    /// Its requirements.
    pub requirements: Vec<Requirement>,
    /// Its reviews, in the order of the page.
    pub reviews: Vec<Review>,
    /// The revision before it.
    pub supersedes: Option<NodeId>,
    /// The revision after it.
    pub superseded_by: Option<NodeId>,
}

/// Where an item of a block stands: the block and its place in it.
pub type Spot = (usize, usize);

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

    /// What stands in the blocks of a page, whether it is a model or not.
    pub fn rows(&self, node: NodeId) -> Option<&Model> {
        self.get(node).or_else(|| self.elsewhere.get(&node))
    }

    /// What diagram `chart` of a page shows besides itself: open threats, and links to
    /// the first threat of each element and flow.
    pub fn marks(&self, node: NodeId, chart: usize) -> Marks {
        let prefix = if chart == 0 { "dfd".to_string() } else { format!("dfd{}", chart + 1) };
        let mut marks = Marks { prefix, ..Marks::default() };
        let Some(model) = self.get(node).filter(|_| chart == 0) else { return marks };
        for threat in &model.threats {
            let href = format!("#{}", threat.anchor);
            let open = usize::from(threat.status == Status::Open);
            let add = |mark: &mut Mark| {
                mark.open += open;
                // An open threat is where a reader wants to go.
                if mark.href.is_none() || (open == 1 && mark.open == 1) {
                    mark.href = Some(href.clone());
                }
            };
            for target in threat.targets() {
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
    /// The requirement of a spot.
    pub fn requirement(&self, spot: Spot) -> Option<&Requirement> {
        at(&self.requirements, spot)
    }

    /// The row of a spot.
    pub fn row(&self, spot: Spot) -> Option<&Row> {
        let threat = || self.threat(spot).map(|threat| &threat.row);
        let requirement = || self.requirement(spot).map(|own| &own.row);
        let assumption = || at(&self.assumptions, spot).map(|own| &own.row);
        let review = || at(&self.reviews, spot).map(|own| &own.row);
        threat().or_else(requirement).or_else(assumption).or_else(review)
    }

    /// All rows, by what they are.
    pub fn rows(&self) -> Vec<&Row> {
        let threats = self.threats.iter().map(|own| &own.row);
        let requirements = self.requirements.iter().map(|own| &own.row);
        let assumptions = self.assumptions.iter().map(|own| &own.row);
        let reviews = self.reviews.iter().map(|own| &own.row);
        threats.chain(requirements).chain(assumptions).chain(reviews).collect()
    }

    /// The threat of a spot.
    pub fn threat(&self, spot: Spot) -> Option<&Threat> {
        at(&self.threats, spot)
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

/// The row of a spot among rows in the order of the page.
fn at<T: std::ops::Deref<Target = Row>>(rows: &[T], spot: Spot) -> Option<&T> {
    rows.binary_search_by_key(&spot, |row| row.spot).ok().and_then(|at| rows.get(at))
}
