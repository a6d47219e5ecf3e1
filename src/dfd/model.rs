//! The data-flow diagram as a value.

use std::ops::Range;

/// A range of bytes in the text of the diagram.
pub type Span = Range<usize>;

/// A data-flow diagram.
///
/// Elements stand in the order of the boundaries: first those outside every
/// boundary, then boundary by boundary, an outer one before the ones inside it.
/// Indices (`boundary`, `parent`, [`End`]) point into the lists of the same
/// diagram.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagram {
    /// The way of reading that the author wrote.
    pub direction: Direction,
    /// `accTitle`, or the title in the front matter.
    pub title: Option<String>,
    /// `accDescr`.
    pub description: Option<String>,
    /// External entities, processes and data stores.
    pub elements: Vec<Element>,
    /// Data flows in the order of the text.
    pub flows: Vec<Flow>,
    /// Trust boundaries, each before the ones inside it.
    pub boundaries: Vec<Boundary>,
}

/// The way in which a diagram is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Left to right.
    LeftRight,
    /// Right to left.
    RightLeft,
    /// Top to bottom, also when nothing is written.
    #[default]
    TopDown,
    /// Bottom to top.
    BottomUp,
}

impl Direction {
    /// The word for it in the text.
    pub fn word(self) -> &'static str {
        match self {
            Direction::LeftRight => "LR",
            Direction::RightLeft => "RL",
            Direction::TopDown => "TB",
            Direction::BottomUp => "BT",
        }
    }

    /// Whether flows run from side to side.
    pub fn is_horizontal(self) -> bool {
        matches!(self, Direction::LeftRight | Direction::RightLeft)
    }
}

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person or system that we do not control.
    External,
    /// Something that runs and changes data.
    Process,
    /// Something that keeps data.
    Store,
}

impl Kind {
    /// The class that says it in the text (`:::external`).
    pub fn class(self) -> &'static str {
        match self {
            Kind::External => "external",
            Kind::Process => "process",
            Kind::Store => "datastore",
        }
    }

    /// The name for readers.
    pub fn name(self) -> &'static str {
        match self {
            Kind::External => "external entity",
            Kind::Process => "process",
            Kind::Store => "data store",
        }
    }
}

/// A node of the diagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The short name before the brackets.
    pub id: String,
    /// The text in the brackets; `\n` where the author breaks the line.
    pub label: String,
    /// What it is.
    pub kind: Kind,
    /// Whether nothing in the text says the kind, so that it was taken from the
    /// place: outside every boundary an external entity, inside a process.
    pub kind_guessed: bool,
    /// The innermost boundary around it.
    pub boundary: Option<usize>,
    /// Where it is first described.
    pub span: Span,
}

impl Element {
    /// The label on one line.
    pub fn name(&self) -> String {
        one_line(&self.label)
    }
}

/// An end of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// An element.
    Element(usize),
    /// A boundary as a whole.
    Boundary(usize),
}

/// An arrow of the diagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// The number printed with it.
    pub number: u32,
    /// Whether the label itself begins with the number.
    pub numbered: bool,
    /// Mermaid's id of the edge (`id@-->`).
    pub id: Option<String>,
    /// Where the data comes from.
    pub from: End,
    /// Where the data goes.
    pub to: End,
    /// What flows, without the number; may be empty.
    pub label: String,
    /// Whether data goes both ways: an arrowhead at both ends, or at none.
    pub both_ways: bool,
    /// Whether it is drawn without arrowheads.
    pub headless: bool,
    /// The arrow with its label.
    pub span: Span,
}

impl Flow {
    /// The label on one line.
    pub fn data(&self) -> String {
        one_line(&self.label)
    }
}

/// A trust boundary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundary {
    /// The short name, or one made from the title.
    pub id: String,
    /// The title.
    pub label: String,
    /// The boundary around it.
    pub parent: Option<usize>,
    /// Its first line.
    pub span: Span,
}

impl Boundary {
    /// The title on one line.
    pub fn name(&self) -> String {
        one_line(&self.label)
    }
}

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The diagram cannot be read.
    Error,
    /// It may not say what its author means.
    Warning,
    /// Worth knowing; the diagram is read.
    Note,
}

/// Something to say about the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place.
    pub span: Span,
    /// What is the matter, in one sentence without a full stop.
    pub message: String,
    /// Words for the place itself.
    pub label: String,
    /// How to put it right.
    pub help: Option<String>,
    /// How bad it is.
    pub level: Level,
}

impl Problem {
    pub(crate) fn error(span: Span, message: impl Into<String>) -> Problem {
        Problem {
            span,
            message: message.into(),
            label: String::new(),
            help: None,
            level: Level::Error,
        }
    }

    pub(crate) fn note(span: Span, message: impl Into<String>) -> Problem {
        Problem { level: Level::Note, ..Problem::error(span, message) }
    }

    pub(crate) fn warning(span: Span, message: impl Into<String>) -> Problem {
        Problem { level: Level::Warning, ..Problem::error(span, message) }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Problem {
        self.label = label.into();
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }
}

impl Diagram {
    /// The name of an end of a flow, on one line.
    pub fn end_name(&self, end: End) -> String {
        match end {
            End::Element(i) => self.elements[i].name(),
            End::Boundary(i) => self.boundaries[i].name(),
        }
    }

    /// The id of an end of a flow.
    pub fn end_id(&self, end: End) -> &str {
        match end {
            End::Element(i) => &self.elements[i].id,
            End::Boundary(i) => &self.boundaries[i].id,
        }
    }

    /// The boundaries around an end, the innermost first. A boundary is around
    /// itself.
    pub fn around(&self, end: End) -> Vec<usize> {
        let mut next = match end {
            End::Element(i) => self.elements[i].boundary,
            End::Boundary(i) => Some(i),
        };
        let mut around = Vec::new();
        while let Some(i) = next {
            around.push(i);
            next = self.boundaries[i].parent;
        }
        around
    }

    /// The boundaries that a flow crosses: first those it leaves, from the
    /// inside out, then those it enters, from the outside in.
    pub fn crossed(&self, flow: &Flow) -> Vec<usize> {
        let (from, to) = (self.around(flow.from), self.around(flow.to));
        let left = from.iter().filter(|b| !to.contains(b));
        let entered = to.iter().rev().filter(|b| !from.contains(b));
        left.chain(entered).copied().collect()
    }

    /// The same diagram without places, to compare two texts by meaning.
    pub fn without_spans(mut self) -> Diagram {
        self.elements.iter_mut().for_each(|e| e.span = 0..0);
        self.flows.iter_mut().for_each(|f| f.span = 0..0);
        self.boundaries.iter_mut().for_each(|b| b.span = 0..0);
        self
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
