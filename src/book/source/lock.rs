//! `casebook.lock`: which state of each library the book was last looked at with.

use crate::text::data::{Node, SyntaxError, Value, parse_toml};
use crate::text::span::Span;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Name of the lock file, in the book's root.
pub const LOCK_FILE: &str = "casebook.lock";

/// The states of all libraries, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// What is pinned.
    pub pins: BTreeMap<String, Pin>,
}

/// The state of a library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pin {
    /// Its version, where it said one.
    pub version: Option<String>,
    /// The hash over all of its files.
    pub hash: String,
    /// A short hash of each field of each entry, so that a change is told by field.
    pub entries: BTreeMap<String, BTreeMap<String, String>>,
    /// What its last updates brought, by the day on which the book took them over.
    pub moves: BTreeMap<String, Move>,
    /// Where the file names the library.
    pub span: Span,
}

/// What an update of a library brought, by ID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Move {
    /// The version that came.
    pub version: Option<String>,
    /// Entries that were new.
    pub new: Vec<String>,
    /// Entries that said something else.
    pub changed: Vec<String>,
    /// Entries that were gone or out of use.
    pub retired: Vec<String>,
}

/// So many updates are kept, for the page that tells what changed.
const KEPT: usize = 20;

impl Pin {
    /// Notes what came on a day.
    pub fn note(&mut self, day: &str, came: Move) {
        let known = self.moves.entry(day.to_string()).or_default();
        known.version = came.version;
        for (list, more) in [
            (&mut known.new, came.new),
            (&mut known.changed, came.changed),
            (&mut known.retired, came.retired),
        ] {
            list.extend(more);
            list.sort();
            list.dedup();
        }
        while self.moves.len() > KEPT {
            self.moves.pop_first();
        }
    }
}

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    /// When it is no TOML.
    pub fn parse(text: &str) -> Result<Lock, SyntaxError> {
        let root = parse_toml(text, 0)?;
        let pins = map(&root).map(|(name, span, node)| (name.to_string(), pin(node, span)));
        Ok(Lock { pins: pins.collect() })
    }

    /// The text of the file: sorted, and one line an entry, so that two branches can be merged.
    pub fn text(&self) -> String {
        let mut out = String::from(
            "# The libraries of this book, as they were when somebody last looked at their changes.\n\
             # `casebook library update --write` writes this file. Keep it with the book.\n",
        );
        for (name, pin) in &self.pins {
            let name = key(name);
            let _ = write!(out, "\n[{name}]\n");
            if let Some(version) = &pin.version {
                let _ = writeln!(out, "version = {}", quoted(version));
            }
            let _ = writeln!(out, "hash = {}", quoted(&pin.hash));
            if !pin.moves.is_empty() {
                let _ = write!(out, "\n[{name}.moves]\n");
            }
            for (day, came) in &pin.moves {
                let _ = writeln!(out, "{} = {{ {} }}", key(day), came.text());
            }
            let _ = write!(out, "\n[{name}.entries]\n");
            for (id, fields) in &pin.entries {
                let pair = |(field, hash): (&String, &String)| {
                    format!("{} = {}", key(field), quoted(hash))
                };
                let fields: Vec<String> = fields.iter().map(pair).collect();
                let _ = writeln!(out, "{} = {{ {} }}", key(id), fields.join(", "));
            }
        }
        out
    }
}

impl Move {
    /// What stands in the lock file, without brackets.
    fn text(&self) -> String {
        let version = self.version.iter().map(|version| format!("version = {}", quoted(version)));
        let lists = [("new", &self.new), ("changed", &self.changed), ("retired", &self.retired)];
        let lists = lists.into_iter().filter(|(_, ids)| !ids.is_empty()).map(|(name, ids)| {
            let ids: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
            format!("{name} = [{}]", ids.join(", "))
        });
        version.chain(lists).collect::<Vec<_>>().join(", ")
    }

    fn of(node: &Node) -> Move {
        let find = |wanted: &str| map(node).find(|(name, ..)| *name == wanted);
        let list = |wanted: &str| match find(wanted).map(|(.., node)| &node.value) {
            Some(Value::List(items)) => {
                items.iter().filter_map(Node::text).map(str::to_string).collect()
            }
            _ => Vec::new(),
        };
        Move {
            version: find("version").and_then(|(.., node)| node.text()).map(str::to_string),
            new: list("new"),
            changed: list("changed"),
            retired: list("retired"),
        }
    }
}

fn pin(node: &Node, span: Span) -> Pin {
    let text = |wanted: &str| {
        let found = map(node).find(|(name, ..)| *name == wanted);
        found.and_then(|(.., node)| node.text()).map(str::to_string)
    };
    let table = |wanted: &'static str| {
        map(node).filter(move |(name, ..)| *name == wanted).flat_map(|(.., node)| map(node))
    };
    let entries = table("entries");
    let fields = |node| {
        let pairs = map(node);
        pairs.map(|(name, _, node)| (name.to_string(), node.text().unwrap_or("").to_string()))
    };
    Pin {
        version: text("version"),
        hash: text("hash").unwrap_or_default(),
        entries: entries.map(|(id, _, node)| (id.to_string(), fields(node).collect())).collect(),
        moves: table("moves").map(|(day, _, node)| (day.to_string(), Move::of(node))).collect(),
        span,
    }
}

/// The keys and values of a table; of anything else none.
fn map(node: &Node) -> impl Iterator<Item = (&str, Span, &Node)> {
    let entries = match &node.value {
        Value::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|(key, node)| (key.name.as_str(), key.span.clone(), node))
}

/// A key as TOML writes it.
fn key(text: &str) -> String {
    let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    match !text.is_empty() && text.bytes().all(bare) {
        true => text.to_string(),
        false => quoted(text),
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let fields = BTreeMap::from([
            ("title".to_string(), "1".to_string()),
            ("# \"X\"\n".into(), "2".into()),
        ]);
        let pin = Pin {
            version: Some("1.0".into()),
            hash: "abc".into(),
            entries: BTreeMap::from([
                ("T-1".to_string(), fields),
                ("V1.2 \\".into(), BTreeMap::new()),
            ]),
            moves: BTreeMap::new(),
            span: 0..0,
        };
        let mut pin = pin;
        let ids = |text: &str| text.split_whitespace().map(str::to_string).collect();
        let version = Some("1.0".to_string());
        let came = Move { version, new: ids("T-2 T-1"), changed: ids("\"Q\""), retired: ids("") };
        pin.note("2026-01-02", came.clone());
        pin.note("2026-01-02", Move { new: ids("T-3 T-1"), ..came });
        assert_eq!(pin.moves["2026-01-02"].new, ["T-1", "T-2", "T-3"]);
        let mut lock =
            Lock { pins: BTreeMap::from([("a".to_string(), pin.clone()), ("b".into(), pin)]) };
        let mut read = Lock::parse(&lock.text()).unwrap();
        read.pins.values_mut().chain(lock.pins.values_mut()).for_each(|pin| pin.span = 0..0);
        assert_eq!(read, lock);
        assert!(Lock::parse("[").is_err());
    }
}
