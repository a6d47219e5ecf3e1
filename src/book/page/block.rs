//! Structured blocks: fences such as ```` ```threats ```` that hold a YAML list, and
//! `list` queries.
//!
//! A block is read into items with places. What its items mean to the site is
//! decided when the page is rendered.

mod key;
pub mod word;

pub use key::{Column, Key, Stands, Takes};

use super::meta::{Word, lost_diagnostic, no_date, problem_diagnostic};
use crate::book::entry::Audience;
use crate::text::data::{Fields, Node, Value, parse_yaml};
use crate::text::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::text::span::{Place, Span};
use std::sync::Arc;

/// The kinds of structured blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// Threats of a model.
    Threats,
    /// Assumptions of a model.
    Assumptions,
    /// Requirements of a model.
    Requirements,
    /// Reviews of a model.
    Reviews,
    /// A query of the catalogues.
    List,
}

impl BlockKind {
    /// The kind of block that a fence of this name opens.
    pub fn parse(name: &str) -> Option<BlockKind> {
        Some(match name {
            "threats" => BlockKind::Threats,
            "assumptions" => BlockKind::Assumptions,
            "requirements" => BlockKind::Requirements,
            "reviews" => BlockKind::Reviews,
            "list" => BlockKind::List,
            _ => return None,
        })
    }

    /// The name of its fence.
    pub fn name(self) -> &'static str {
        match self {
            BlockKind::Threats => "threats",
            BlockKind::Assumptions => "assumptions",
            BlockKind::Requirements => "requirements",
            BlockKind::Reviews => "reviews",
            BlockKind::List => "list",
        }
    }

    /// Whether items name catalogue entries by `use`.
    pub fn uses_entries(self) -> bool {
        matches!(self, BlockKind::Threats | BlockKind::Assumptions | BlockKind::Requirements)
    }
}

/// One item of a block.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The catalogue entry it uses.
    pub uses: Option<Word>,
    /// Its own ID, for an item that is local to the page.
    pub id: Option<Word>,
    /// The title of a local item.
    pub title: Option<String>,
    /// What is said of the risk: a single value without a key, or answers by factor.
    pub risk: Vec<(Option<String>, Word)>,
    /// What is said by key, in the order of [`BlockKind::columns`].
    pub values: Vec<(Key, Vec<Word>)>,
    /// Where it stands.
    pub place: Place,
}

impl Item {
    /// The values of a key.
    pub fn get(&self, key: Key) -> &[Word] {
        self.values.iter().find(|(k, _)| *k == key).map_or(&[], |(_, words)| words)
    }

    /// The first value of a key.
    pub fn first(&self, key: Key) -> Option<&str> {
        self.get(key).first().map(|word| word.text.as_str())
    }
}

/// A structured block.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What it lists.
    pub kind: BlockKind,
    /// The items in the author's order.
    pub items: Vec<Arc<Item>>,
}

/// Reads a block. `place` turns a span of `text` into a place in a file. `Err` when it
/// cannot be read at all; the diagnostics say why.
pub fn read(
    kind: BlockKind,
    text: &str,
    place: &dyn Fn(Span) -> Place,
) -> (Option<Block>, Vec<Diagnostic>) {
    let fail = |span: Span, label: String, help: Option<String>| {
        let message = format!("the `{}` block cannot be read", kind.name());
        let usual = match kind {
            BlockKind::List => "write keys such as `kind: threat`, one a line",
            _ => "write a YAML list: each item begins with `- `, its keys aligned below",
        };
        let help = help.unwrap_or_else(|| usual.into());
        Diagnostic::new(Code::MalformedFence, place(span), message).label(label).help(help)
    };
    let tree = match parse_yaml(text, 0) {
        Ok(tree) => tree,
        Err(error) => return (None, vec![fail(error.span, error.message, error.help)]),
    };
    let node = tree.root;
    let nodes: &[Node] = match (&node.value, kind) {
        (Value::List(nodes), _) => nodes,
        (Value::Map(_), BlockKind::List) => std::slice::from_ref(&node),
        (Value::Null, _) => &[],
        _ => {
            let label = format!("this is {}", node.type_name());
            return (None, vec![fail(node.span.clone(), label, None)]);
        }
    };
    let lost = tree.lost.into_iter();
    let mut found: Vec<Diagnostic> = lost.map(|lost| lost_diagnostic(lost, place)).collect();
    let items = nodes.iter().filter_map(|node| item(kind, node, place, &mut found).map(Arc::new));
    let items = items.collect();
    (Some(Block { kind, items }), found)
}

fn item(
    kind: BlockKind,
    node: &Node,
    place: &dyn Fn(Span) -> Place,
    found: &mut Vec<Diagnostic>,
) -> Option<Item> {
    let mut fields = match Fields::new(node) {
        Ok(fields) => fields,
        Err(problem) => {
            found.push(problem_diagnostic(problem, &[], place));
            return None;
        }
    };
    let word = |(text, span): (String, Span)| Word { text, place: place(span) };
    let mut item = Item {
        uses: None,
        id: None,
        title: None,
        risk: Vec::new(),
        values: Vec::new(),
        place: place(node.span.clone()),
    };
    if kind.uses_entries() {
        item.uses = fields.text("use").map(word);
        item.id = fields.text("id").map(word);
        item.title = fields.text("title").map(|(text, _)| text);
    }
    if kind == BlockKind::Threats
        && let Some(node) = fields.node("risk")
    {
        item.risk = risk(node, place);
    }
    for column in kind.columns() {
        let words: Vec<Word> = fields.list(column.key.word()).into_iter().map(word).collect();
        mistakes(column, &words, found);
        if !words.is_empty() {
            item.values.push((column.key, words));
        }
    }
    if kind != BlockKind::List
        && let Some((word, span)) = fields.text("audience")
        && Audience::parse(&word).is_none()
    {
        let message = format!("`audience` cannot be `{word}`");
        let help = format!("accepted: {}", Audience::WORDS.join(", "));
        found.push(Diagnostic::new(Code::UnknownValue, place(span), message).help(help));
    }
    found.extend(fields.finish().into_iter().map(|p| problem_diagnostic(p, &[], place)));
    if kind.uses_entries() && item.uses.is_none() && item.title.is_none() {
        let message = format!("an item of `{}` names neither an entry nor a title", kind.name());
        found.push(
            Diagnostic::new(Code::MalformedFence, item.place.clone(), message)
                .label("this item")
                .help(
                    "write `use: ID` for a catalogue entry, or `id:` and `title:` for a local one",
                ),
        );
    }
    Some(item)
}

/// What a key does not take.
fn mistakes(column: &Column, words: &[Word], found: &mut Vec<Diagnostic>) {
    let (key, accepted) = (column.key.word(), column.words());
    for word in words {
        if !accepted.is_empty() && !accepted.contains(&word.text.as_str()) {
            let help = did_you_mean(&word.text, accepted.iter().copied())
                .unwrap_or_else(|| format!("accepted: {}", accepted.join(", ")));
            let message = format!("`{key}` cannot be `{}`", word.text);
            found.push(Diagnostic::new(Code::UnknownValue, word.place.clone(), message).help(help));
        }
    }
    if let Some(second) = words.get(1).filter(|_| column.is_single()) {
        let message = format!("`{key}` takes one value, not a list");
        let found_here = Diagnostic::new(Code::WrongType, second.place.clone(), message);
        found.push(found_here.label("a second value"));
    }
    if column.takes == Takes::Day {
        found.extend(words.iter().filter_map(|word| no_date(key, word)));
    }
}

/// A risk as written: `high`, a vector, or answers by factor.
fn risk(node: &Node, place: &dyn Fn(Span) -> Place) -> Vec<(Option<String>, Word)> {
    let word = |node: &Node| {
        let text = node.text().unwrap_or_default().to_string();
        Word { text, place: place(node.span.clone()) }
    };
    match &node.value {
        Value::Map(entries) => {
            entries.iter().map(|(key, node)| (Some(key.name.clone()), word(node))).collect()
        }
        _ => vec![(None, word(node))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(kind: BlockKind, text: &str) -> (Option<Block>, Vec<Diagnostic>) {
        read(kind, text, &|span| Place::new(&"p.md".into(), span))
    }

    #[test]
    fn items_keep_words_and_places() {
        let text = "- use: T-1\n  on: [a, \"a -> b\"]\n  status: open\n- id: P-1\n  title: Own\n";
        let (found_block, found) = block(BlockKind::Threats, text);
        assert_eq!(found, []);
        let items = found_block.unwrap().items;
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].get(Key::On)[1].text, "a -> b");
        assert_eq!(&text[items[0].uses.as_ref().unwrap().place.span()], "T-1");
        assert_eq!(items[1].title.as_deref(), Some("Own"));
    }

    #[test]
    fn mistakes_are_said() {
        for (text, code) in [
            ("just text", Code::MalformedFence),
            ("- use: [T-1", Code::MalformedFence),
            ("- on: a", Code::MalformedFence),
            ("- use: T-1\n  statsu: open", Code::UnknownKey),
            ("- use: T-1\n  status: opne", Code::UnknownValue),
            ("- T-1", Code::WrongType),
        ] {
            let (_, found) = block(BlockKind::Threats, text);
            assert_eq!(found.first().map(|d| d.code), Some(code), "{text}: {found:?}");
        }
        let (list, found) = block(BlockKind::List, "kind: threat\ntag: web\n");
        assert_eq!(found, []);
        assert_eq!(list.unwrap().items[0].first(Key::Tag), Some("web"));
    }
}
