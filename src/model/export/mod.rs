//! The whole book as one JSON document, `casebook.json`, and its schema.
//!
//! The types here are the documented format: their descriptions become those of the
//! schema. A change that breaks readers raises [`VERSION`].

mod collect;

pub use collect::document;

use crate::model::Status;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the format. Fields may be added under the same number.
pub const VERSION: u32 = 1;

/// The address of the document in the site.
pub const DATA_FILE: &str = "casebook.json";

/// The address of its schema.
pub const SCHEMA_FILE: &str = "casebook.schema.json";

/// A knowledge base of threat modeling: its pages, its catalogue entries, its threat models
/// and how they refer to each other. Addresses are relative to this file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(title = "Casebook")]
pub struct Document {
    /// The schema that describes this file.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// The version of the format. Fields may be added without a new version.
    #[schemars(extend("const" = VERSION))]
    pub version: u32,
    /// Name and version of the program that wrote the file.
    pub generator: String,
    /// The site.
    pub site: Site,
    /// Every page, those of entries and models included.
    pub pages: Vec<Page>,
    /// The entries of the catalogues, by kind and ID.
    pub entries: Vec<Entry>,
    /// The threat models; each revision is one.
    pub models: Vec<Model>,
    /// Which page refers to which, and in what role.
    pub edges: Vec<Edge>,
}

/// The site as a whole.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Site {
    /// Its title.
    pub title: String,
    /// One sentence about it; may be empty.
    pub description: String,
    /// BCP 47 tag of its language.
    pub language: String,
    /// Where it is published, where that is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The version of the book, where it says one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The short name of its licence, where it says one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
}

/// A page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Page {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// The name of its kind: `guide`, `model`, `threat` ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its source file, relative to the folder of `book.toml`.
    pub file: String,
    /// The name of the library that it comes from, where it is not the book's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    /// One sentence, where the author wrote one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// An entry of a catalogue: a threat, a requirement, an assumption, or of a kind that the
/// book declares.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Entry {
    /// Its ID.
    pub id: String,
    /// The name of its kind.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Former IDs.
    pub aliases: Vec<String>,
    /// The state of its life.
    pub status: String,
    /// STRIDE categories.
    pub stride: Vec<String>,
    /// The hint of how bad it usually is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Kinds of diagram elements that it can hit.
    pub elements: Vec<String>,
    /// Technologies and situations.
    pub applies_to: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// The threat as one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// References to public catalogues, as written.
    pub references: Vec<String>,
    /// What changed in it, and when.
    pub changes: Vec<Change>,
    /// Places in source code that name it.
    pub markers: Vec<Marker>,
}

/// A declared change of an entry.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Change {
    /// The date, as written.
    pub date: String,
    /// What changed.
    pub what: String,
}

/// A place in source code.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Marker {
    /// The file, relative to the folder of `book.toml`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// A threat model, or one revision of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Model {
    /// Its ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Size, date, team and the like, as written.
    pub facts: BTreeMap<String, String>,
    /// The risk framework that rates its threats, where it is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub framework: Option<String>,
    /// Whether it is an example, which counts for nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub example: bool,
    /// The address of the revision before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<String>,
    /// The address of the revision after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<String>,
    /// Its data-flow diagrams.
    pub diagrams: Vec<Diagram>,
    /// Its threats, worst first.
    pub threats: Vec<Threat>,
    /// Its requirements.
    pub requirements: Vec<Requirement>,
    /// Its assumptions.
    pub assumptions: Vec<Assumption>,
    /// Its reviews.
    pub reviews: Vec<Review>,
}

/// A data-flow diagram.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Diagram {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it shows, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// External entities, processes and data stores.
    pub elements: Vec<Element>,
    /// Trust boundaries, each before the ones inside it.
    pub boundaries: Vec<Boundary>,
    /// Data flows.
    pub flows: Vec<Flow>,
}

/// An element of a diagram.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Element {
    /// Its ID in the diagram.
    pub id: String,
    /// Its label.
    pub name: String,
    /// What it is.
    #[schemars(extend("enum" = ["external", "process", "datastore"]))]
    pub kind: &'static str,
    /// The ID of the innermost boundary around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
}

/// A trust boundary of a diagram.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Boundary {
    /// Its ID in the diagram.
    pub id: String,
    /// Its title.
    pub name: String,
    /// The ID of the boundary around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// A data flow of a diagram.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Flow {
    /// The number printed with it.
    pub number: u32,
    /// The ID of the element or boundary that the data comes from.
    pub from: String,
    /// The ID of the element or boundary that it goes to.
    pub to: String,
    /// What flows; may be empty.
    pub label: String,
    /// Whether data flows both ways.
    pub both_ways: bool,
}

/// A threat of a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Threat {
    /// The ID: of the catalogue entry, or the model's own; may be empty.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub url: String,
    /// The address of the catalogue entry that it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Where the work stands.
    #[schemars(extend("enum" = Status::WORDS))]
    pub status: &'static str,
    /// How bad it is: the rating, else the hint of the entry, else `none`.
    #[schemars(extend("enum" = ["none", "low", "medium", "high", "critical"]))]
    pub severity: &'static str,
    /// The score, where it is rated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    /// The elements, boundaries and flows that it concerns, as written.
    pub on: Vec<String>,
    /// `mitigate`, `accept`, `transfer` or `avoid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// The kinds of mitigation.
    pub mitigation: Vec<String>,
    /// The IDs of the requirements that treat it.
    pub requirements: Vec<String>,
    /// The tests that show the treatment.
    pub tests: Vec<Test>,
    /// Places in source code that name it.
    pub markers: Vec<Marker>,
    /// The reason of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The date until which the decision holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Who sees to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a risk framework says about a threat.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Score {
    /// The number, where the framework yields one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The framework's own name for the result.
    pub band: String,
    /// The result for readers.
    pub text: String,
}

/// A test that a model names.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// What came of it; absent when the site was built without results.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["passed", "failed", "not-run"]))]
    pub outcome: Option<&'static str>,
}

/// A requirement of a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Requirement {
    /// The ID: of the catalogue entry, or the model's own; may be empty.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The address of the catalogue entry that it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Where the work stands: `planned`, `in-progress`, `done` or `rejected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The tests that show it.
    pub tests: Vec<Test>,
    /// Places in source code that name it.
    pub markers: Vec<Marker>,
    /// The reason of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The date until which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Who sees to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An assumption of a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Assumption {
    /// The ID: of the catalogue entry, or the model's own; may be empty.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The address of the catalogue entry that it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// `confirmed`, `unconfirmed` or `wrong`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The date until which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Who sees to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A review of a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Review {
    /// When, as written.
    pub date: String,
    /// Who, by role or name.
    pub by: String,
    /// `meeting` or `asynchronous`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Whether the model was approved.
    pub approved: bool,
}

/// One page refers to another.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Edge {
    /// The address of the page that refers.
    pub from: String,
    /// The address of the page that is referred to.
    pub to: String,
    /// The role: `uses`, `mentions`, `requirements` ...
    pub role: String,
    /// What is said of it there, such as the status of a threat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Document {
    /// The document as text.
    pub fn json(&self) -> String {
        // Maps have text keys and numbers are finite, so nothing here can fail.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// The schema of the document as text: JSON Schema, draft 2020-12.
pub fn schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<Document>();
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
