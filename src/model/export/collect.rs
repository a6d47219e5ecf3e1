//! From the book to the document.

use super::{
    Assumption, Boundary, Change, Diagram, Document, Edge, Element, Entry, Flow, Marker, Model,
    Page, Requirement, Review, SCHEMA_FILE, Score, Site, Test, Threat, VERSION,
};
use crate::book::config::Config;
use crate::book::graph::{Graph, NodeId};
use crate::book::page::{Key, Word};
use crate::dfd;
use crate::model::evidence::Evidence;
use crate::model::{self, Models, Row};

/// Everything that a book says, as one document.
pub fn document(config: &Config, graph: &Graph, models: &Models, evidence: &Evidence) -> Document {
    let book = Book { graph, evidence };
    Document {
        schema: SCHEMA_FILE.into(),
        version: VERSION,
        generator: concat!("Casebook ", env!("CARGO_PKG_VERSION")).into(),
        site: Site {
            title: config.title.clone(),
            description: config.description.clone(),
            language: config.language.clone(),
            url: config.url.clone(),
            version: config.version.clone(),
            license: config.license.clone(),
        },
        pages: (0..graph.nodes.len()).map(|node| book.page(node)).collect(),
        entries: (0..graph.nodes.len()).filter_map(|node| book.entry(node)).collect(),
        models: models.by_node.values().map(|model| book.model(model)).collect(),
        edges: graph.out.iter().flatten().map(|edge| book.edge(edge)).collect(),
    }
}

#[derive(Clone, Copy)]
struct Book<'b> {
    graph: &'b Graph,
    evidence: &'b Evidence,
}

impl Book<'_> {
    fn url(&self, node: NodeId) -> String {
        self.graph.nodes[node].url.clone()
    }

    fn page(&self, number: NodeId) -> Page {
        let node = &self.graph.nodes[number];
        let meta = &self.graph.article(number).meta;
        Page {
            url: node.url.clone(),
            title: node.title.clone(),
            kind: node.kind.clone(),
            id: node.id.clone(),
            file: self.graph.page(number).file.to_string(),
            library: self.graph.origin(number).map(|origin| origin.name.clone()),
            description: meta.description.clone(),
            tags: meta.tags.clone(),
        }
    }

    fn entry(&self, number: NodeId) -> Option<Entry> {
        let node = &self.graph.nodes[number];
        let id = node.id.clone().filter(|_| node.entry)?;
        let meta = &self.graph.article(number).meta;
        let change = |change: &crate::book::page::Change| Change {
            date: change.date.clone(),
            what: change.what.clone(),
        };
        Some(Entry {
            kind: node.kind.clone().unwrap_or_default(),
            title: node.title.clone(),
            url: node.url.clone(),
            aliases: words(&meta.aliases),
            status: meta.status.clone().unwrap_or_else(|| "active".into()),
            stride: meta.stride.clone(),
            severity: meta.severity.clone(),
            elements: meta.elements.clone(),
            applies_to: meta.applies_to.clone(),
            tags: meta.tags.clone(),
            statement: meta.statement.sentence(),
            references: words(&meta.references),
            changes: meta.changes.iter().map(change).collect(),
            markers: self.markers(&id),
            id,
        })
    }

    fn markers(&self, id: &str) -> Vec<Marker> {
        let marker = |marker: &crate::book::source::Marker| Marker {
            file: marker.place.file.to_string(),
            line: marker.line,
        };
        self.evidence.markers(id).iter().map(marker).collect()
    }

    fn tests(&self, row: &Row) -> Vec<Test> {
        let test = |word: &Word| Test {
            name: word.text.clone(),
            outcome: self.evidence.outcome(&word.text).map(|outcome| outcome.word()),
        };
        row.said(Key::Tests).iter().map(test).collect()
    }

    fn model(&self, model: &model::Model) -> Model {
        let article = self.graph.article(model.node);
        let facts = article.meta.facts.iter();
        Model {
            id: self.graph.nodes[model.node].id.clone(),
            title: self.graph.nodes[model.node].title.clone(),
            url: self.url(model.node),
            facts: facts.map(|(key, value)| (key.to_lowercase(), value.clone())).collect(),
            framework: model.framework.clone(),
            example: model.example,
            supersedes: model.supersedes.map(|node| self.url(node)),
            superseded_by: model.superseded_by.map(|node| self.url(node)),
            diagrams: article.body.charts.iter().map(|chart| diagram(&chart.diagram)).collect(),
            threats: model.worst_first().into_iter().map(|t| self.threat(model, t)).collect(),
            requirements: model.requirements.iter().map(|t| self.requirement(t)).collect(),
            assumptions: model.assumptions.iter().map(|t| self.assumption(t)).collect(),
            reviews: model.reviews.iter().map(review).collect(),
        }
    }

    fn threat(&self, model: &model::Model, threat: &model::Threat) -> Threat {
        let score = threat.score.as_ref().map(|score| Score {
            value: score.value.filter(|value| value.is_finite()),
            band: score.band.clone(),
            text: score.text.clone(),
        });
        Threat {
            id: threat.id.clone(),
            title: threat.title.clone(),
            url: format!("{}#{}", self.url(model.node), threat.anchor),
            entry: threat.entry.map(|node| self.url(node)),
            status: threat.status.word(),
            severity: threat.severity.word(),
            score,
            on: words(threat.said(Key::On)),
            response: threat.text(Key::Response),
            mitigation: words(threat.said(Key::Mitigation)),
            requirements: words(threat.said(Key::Requirements)),
            tests: self.tests(threat),
            markers: self.markers(&threat.id),
            why: threat.text(Key::Why),
            by: threat.text(Key::By),
            until: threat.text(Key::Until),
            owner: threat.text(Key::Owner),
            ticket: threat.text(Key::Ticket),
            note: threat.text(Key::Note),
        }
    }

    fn requirement(&self, own: &model::Requirement) -> Requirement {
        Requirement {
            id: own.id.clone(),
            title: own.title.clone(),
            entry: own.entry.map(|node| self.url(node)),
            status: own.written().map(|status| status.word().into()),
            tests: self.tests(own),
            markers: self.markers(&own.id),
            why: own.text(Key::Why),
            until: own.text(Key::Until),
            owner: own.text(Key::Owner),
            ticket: own.text(Key::Ticket),
            note: own.text(Key::Note),
        }
    }

    fn assumption(&self, own: &model::Assumption) -> Assumption {
        Assumption {
            id: own.id.clone(),
            title: own.title.clone(),
            entry: own.entry.map(|node| self.url(node)),
            status: own.status.map(|status| status.word().into()),
            until: own.text(Key::Until),
            owner: own.text(Key::Owner),
            note: own.text(Key::Note),
        }
    }

    fn edge(&self, edge: &crate::book::graph::Edge) -> Edge {
        Edge {
            from: self.url(edge.from),
            to: self.url(edge.to),
            role: edge.role.clone(),
            note: edge.note.clone(),
        }
    }
}

fn words(words: &[Word]) -> Vec<String> {
    words.iter().map(|word| word.text.clone()).collect()
}

fn diagram(diagram: &dfd::Diagram) -> Diagram {
    let boundary = |number: usize| diagram.boundaries[number].id.clone();
    Diagram {
        title: diagram.title.clone(),
        description: diagram.description.clone(),
        elements: diagram
            .elements
            .iter()
            .map(|element| Element {
                id: element.id.clone(),
                name: element.name(),
                kind: element.kind.class(),
                boundary: element.boundary.map(boundary),
            })
            .collect(),
        boundaries: diagram
            .boundaries
            .iter()
            .map(|own| Boundary {
                id: own.id.clone(),
                name: own.name(),
                parent: own.parent.map(boundary),
            })
            .collect(),
        flows: diagram
            .flows
            .iter()
            .map(|flow| Flow {
                number: flow.number,
                from: diagram.end_id(flow.from).into(),
                to: diagram.end_id(flow.to).into(),
                label: flow.data(),
                both_ways: flow.both_ways,
            })
            .collect(),
    }
}

fn review(review: &model::Review) -> Review {
    Review {
        date: review.date.clone(),
        by: review.by.clone(),
        how: review.text(Key::How),
        outcome: review.text(Key::Outcome),
        approved: review.approved(),
    }
}
