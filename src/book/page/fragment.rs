//! Parts of other pages, shown by a fence ```` ```from ````.

use super::block::BlockKind;
use super::body::{Link, Target};
use super::meta::{Word, lost_diagnostic, problem_diagnostic};
use crate::book::entry::Kinds;
use crate::text::address::Address;
use crate::text::data::{Fields, Scalar, Value, parse_yaml};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::{Place, Span};

/// The name of the fence.
pub const FENCE: &str = "from";

/// A part of another page that a page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Fragment {
    /// The link to the other page, among those of the body.
    pub link: usize,
    /// The author's words over it.
    pub title: Option<String>,
    /// What is shown, in order, and where that is said.
    pub parts: Vec<(Part, Place)>,
}

/// What is shown of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// A data-flow diagram by its number, from 1.
    Diagram(usize),
    /// What stands below a heading, by its anchor or text.
    Section(Word),
    /// Rows of the blocks of a kind, by what they are about; all when empty.
    Rows(BlockKind, Vec<Word>),
}

/// The blocks whose rows can be shown.
const BLOCKS: [(&str, BlockKind); 4] = [
    ("threats", BlockKind::Threats),
    ("requirements", BlockKind::Requirements),
    ("assumptions", BlockKind::Assumptions),
    ("reviews", BlockKind::Reviews),
];

/// What a fence says: the link to the page, and the fragment without its number.
pub type Read = Option<(Link, Fragment)>;

/// Reads a fence. `place` turns a span of `text` into a place in a file; `whole` is that
/// of the fence.
pub fn read(
    kinds: &Kinds,
    text: &str,
    whole: Place,
    place: &dyn Fn(Span) -> Place,
) -> (Read, Vec<Diagnostic>) {
    let malformed =
        |place: Place, message: String| Diagnostic::new(Code::MalformedFence, place, message);
    let tree = match parse_yaml(text, 0) {
        Ok(tree) => tree,
        Err(error) => {
            let message = "the `from` block cannot be read".to_string();
            let found = malformed(place(error.span), message).label(error.message);
            return (None, vec![found.maybe_help(error.help)]);
        }
    };
    let mut fields = match Fields::new(&tree.root) {
        Ok(fields) => fields,
        Err(problem) => return (None, vec![problem_diagnostic(problem, &[], place)]),
    };
    let word = |(text, span): (String, Span)| Word { text, place: place(span) };
    let page = fields.text("page").map(word);
    let title = fields.text("title").map(|(text, _)| text.trim().to_string());
    let mut parts = Vec::new();
    let lost = tree.lost.iter().cloned();
    let mut found: Vec<Diagnostic> = lost.map(|lost| lost_diagnostic(lost, place)).collect();
    if let Some(node) = fields.node("diagram") {
        let at = place(node.span.clone());
        match &node.value {
            Value::Scalar(Scalar { bool: Some(true), .. }) => parts.push((Part::Diagram(1), at)),
            Value::Scalar(Scalar { number: Some(n), .. }) if n.fract() == 0.0 && *n >= 1.0 => {
                parts.push((Part::Diagram(*n as usize), at));
            }
            Value::Scalar(Scalar { bool: Some(false), .. }) => {}
            _ => {
                let message = format!("`diagram` takes true or a number, not {}", node.type_name());
                found.push(Diagnostic::new(Code::WrongType, at, message));
            }
        }
    }
    for pair in fields.list("section") {
        let word = word(pair);
        let at = word.place.clone();
        parts.push((Part::Section(word), at));
    }
    for (key, kind) in BLOCKS {
        let words: Vec<Word> = fields.list(key).into_iter().map(word).collect();
        let Some(first) = words.first() else { continue };
        let at = first.place.clone();
        let all = words.len() == 1 && first.text == "all";
        parts.push((Part::Rows(kind, if all { Vec::new() } else { words }), at));
    }
    found.extend(fields.finish().into_iter().map(|p| problem_diagnostic(p, &[], place)));
    let Some(page) = page else {
        let help = "add `page:` with an ID, or a path relative to this file";
        found.push(
            malformed(whole, "this block does not say which page it shows".into()).help(help),
        );
        return (None, found);
    };
    if parts.is_empty() {
        let help =
            "add `diagram: true`, `section:` with a heading, or `threats:` with IDs or `all`";
        found.push(malformed(whole, "this block does not say what it shows".into()).help(help));
        return (None, found);
    }
    let target = match page.text.trim() {
        id if kinds.is_id(id) => Target::Id { id: id.to_string(), anchor: None, text: None },
        path => Target::Address(Address::parse(path)),
    };
    if matches!(target, Target::Address(Address::External(_) | Address::Refused(_))) {
        let help = "`page:` takes an ID, or a path relative to this file";
        found.push(malformed(page.place, "only pages of this book can be shown".into()).help(help));
        return (None, found);
    }
    let link = Link { target, title: None, alt: String::new(), image: false, place: page.place };
    (Some((link, Fragment { link: 0, title: title.filter(|t| !t.is_empty()), parts })), found)
}
