//! Data that authors write, YAML or TOML, as one tree in which every key and
//! value knows its place.
//!
//! A tree is decoded by hand with [`Fields`], so that one file can have several
//! errors and every one points at its source.

use crate::text::span::Span;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use std::fmt;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it is, in bytes of the text that was parsed.
    pub span: Span,
}

/// The values that YAML and TOML share.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing: an empty value, `null` or `~`.
    Null,
    /// Any scalar, as it is written: `1.10` and `yes` keep their text.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// Keys and values in the order of the source.
    Map(Vec<(Key, Node)>),
}

/// A scalar's text and what it would be as a typed value.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    /// The text, without quotes.
    pub text: String,
    /// The truth value, if it is one.
    pub bool: Option<bool>,
    /// The number, if it is one.
    pub number: Option<f64>,
}

/// A key and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The key's text.
    pub name: String,
    /// Where it is.
    pub span: Span,
}

/// Why a text is no valid YAML or TOML.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntaxError {
    /// The reason, in one sentence.
    pub message: String,
    /// Where reading stopped.
    pub span: Span,
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// What the value is, in words for a message.
    pub fn type_name(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Scalar(s) if s.bool.is_some() => "true or false",
            Value::Scalar(s) if s.number.is_some() => "a number",
            Value::Scalar(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a table of keys",
        }
    }

    fn shift(&mut self, by: usize) {
        self.span = self.span.start + by..self.span.end + by;
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(|node| node.shift(by)),
            Value::Map(entries) => {
                for (key, node) in entries {
                    key.span = key.span.start + by..key.span.end + by;
                    node.shift(by);
                }
            }
            Value::Null | Value::Scalar(_) => {}
        }
    }
}

/// Parses YAML. `base` is added to every span: the offset of `text` in its file.
///
/// Anchors, aliases and documents of absurd depth are refused, so that a few
/// lines cannot grow into gigabytes.
pub fn parse_yaml(text: &str, base: usize) -> Result<Node, SyntaxError> {
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(Node { value: Value::Null, span: base..base });
    }
    let options = serde_saphyr::options! {
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_aliases: 0,
            max_anchors: 0,
            max_depth: 32,
            max_nodes: 100_000,
        },
    };
    match serde_saphyr::from_str_with_options::<Raw>(text, options) {
        Ok(raw) => {
            let mut node = raw.place(text);
            node.shift(base);
            Ok(node)
        }
        Err(error) => {
            let offset = error.location().map_or(0, |at| {
                at.span().byte_offset().map_or_else(
                    || offset_of(text, at.line() as usize, at.column() as usize),
                    |byte| byte as usize,
                )
            });
            let full = error.without_snippet().to_string();
            // The position is shown by the diagnostic itself.
            let message = full.split(" at line ").next().unwrap_or(&full);
            let message = message.lines().next().unwrap_or("not valid YAML").trim_end_matches(':');
            let at = base + offset.min(text.len());
            Err(SyntaxError { message: message.to_string(), span: at..at + 1 })
        }
    }
}

fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or("");
    start + rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>()
}

/// Parses TOML. `base` as for [`parse_yaml`].
pub fn parse_toml(text: &str, base: usize) -> Result<Node, SyntaxError> {
    let table = toml::de::DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        SyntaxError {
            message: error.message().to_string(),
            span: base + span.start..base + span.end,
        }
    })?;
    let mut node = Node { span: table.span(), value: toml_table(table.get_ref(), text) };
    node.shift(base);
    Ok(node)
}

fn toml_table(table: &toml::de::DeTable<'_>, text: &str) -> Value {
    let mut entries: Vec<(Key, Node)> = table
        .iter()
        .map(|(key, value)| {
            let key = Key { name: key.get_ref().to_string(), span: key.span() };
            (key, toml_node(value, text))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.span.start);
    Value::Map(entries)
}

fn toml_node(value: &toml::Spanned<toml::de::DeValue<'_>>, text: &str) -> Node {
    use toml::de::DeValue;
    let span = value.span();
    let raw = || text.get(span.clone()).unwrap_or_default().to_string();
    let scalar = |text: String, bool, number| Value::Scalar(Scalar { text, bool, number });
    let value = match value.get_ref() {
        DeValue::String(s) => scalar(s.to_string(), None, None),
        DeValue::Boolean(b) => scalar(b.to_string(), Some(*b), None),
        DeValue::Integer(i) => {
            let digits = i.as_str().replace('_', "");
            let number = i64::from_str_radix(&digits, i.radix()).ok().map(|n| n as f64);
            scalar(raw(), None, number)
        }
        DeValue::Float(f) => scalar(raw(), None, f.as_str().replace('_', "").parse().ok()),
        DeValue::Datetime(d) => scalar(d.to_string(), None, None),
        DeValue::Array(items) => Value::List(items.iter().map(|n| toml_node(n, text)).collect()),
        DeValue::Table(table) => toml_table(table, text),
    };
    Node { value, span }
}

/// A value as the YAML reader gives it, before its text is taken from the source.
enum Raw {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Raw;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E>(self) -> Result<Raw, E> {
                Ok(Raw::Null)
            }
            fn visit_none<E>(self) -> Result<Raw, E> {
                Ok(Raw::Null)
            }
            fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Raw, D::Error> {
                Raw::deserialize(d)
            }
            fn visit_bool<E>(self, v: bool) -> Result<Raw, E> {
                Ok(Raw::Bool(v))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Raw, E> {
                Ok(Raw::Number(v as f64))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Raw, E> {
                Ok(Raw::Number(v as f64))
            }
            fn visit_i128<E>(self, v: i128) -> Result<Raw, E> {
                Ok(Raw::Number(v as f64))
            }
            fn visit_u128<E>(self, v: u128) -> Result<Raw, E> {
                Ok(Raw::Number(v as f64))
            }
            fn visit_f64<E>(self, v: f64) -> Result<Raw, E> {
                Ok(Raw::Number(v))
            }
            fn visit_str<E>(self, v: &str) -> Result<Raw, E> {
                Ok(Raw::Text(v.to_string()))
            }
            fn visit_string<E>(self, v: String) -> Result<Raw, E> {
                Ok(Raw::Text(v))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Raw::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Raw::Map(entries))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl Raw {
    fn place(self, text: &str) -> Node {
        let whole = 0..text.len();
        place(self, whole, text)
    }
}

fn byte_span(location: serde_saphyr::Location, text: &str) -> Span {
    let span = location.span();
    match (span.byte_offset(), span.byte_len()) {
        (Some(start), Some(len)) => start as usize..(start + len) as usize,
        _ => {
            let start = offset_of(text, location.line() as usize, location.column() as usize);
            start..start
        }
    }
}

fn place(raw: Raw, span: Span, text: &str) -> Node {
    let written = |span: &Span| text.get(span.clone()).unwrap_or_default().trim().to_string();
    let value = match raw {
        Raw::Null => Value::Null,
        Raw::Bool(b) => Value::Scalar(Scalar { text: written(&span), bool: Some(b), number: None }),
        Raw::Number(n) => {
            Value::Scalar(Scalar { text: written(&span), bool: None, number: Some(n) })
        }
        Raw::Text(s) => Value::Scalar(Scalar { text: s, bool: None, number: None }),
        Raw::List(items) => {
            let items: Vec<Node> = items
                .into_iter()
                .map(|item| place(item.value, byte_span(item.referenced, text), text))
                .collect();
            let span = cover(&span, items.iter().map(|n| &n.span));
            return Node { value: Value::List(items), span };
        }
        Raw::Map(entries) => {
            let entries: Vec<(Key, Node)> = entries
                .into_iter()
                .map(|(key, value)| {
                    let key_span = byte_span(key.referenced, text);
                    let node = place(value.value, byte_span(value.referenced, text), text);
                    (Key { name: key.value, span: key_span }, node)
                })
                .collect();
            let span = cover(&span, entries.iter().flat_map(|(k, n)| [&k.span, &n.span]));
            return Node { value: Value::Map(entries), span };
        }
    };
    Node { value, span }
}

/// The reader gives collections empty spans; theirs is what their parts cover.
fn cover<'a>(own: &Span, parts: impl Iterator<Item = &'a Span>) -> Span {
    parts
        .fold(None, |acc: Option<Span>, part| {
            Some(acc.map_or(part.clone(), |a| a.start.min(part.start)..a.end.max(part.end)))
        })
        .unwrap_or_else(|| own.clone())
}

/// A problem found while decoding a table; the caller knows the file.
#[derive(Debug, Clone, PartialEq)]
pub enum Problem {
    /// A key that nobody asked for.
    UnknownKey {
        /// The key.
        key: Key,
        /// What was known at this place.
        known: Vec<&'static str>,
    },
    /// A value of the wrong type.
    WrongType {
        /// The key.
        key: String,
        /// What was accepted, in words.
        wanted: &'static str,
        /// What was there, in words.
        found: &'static str,
        /// The value's place.
        span: Span,
    },
}

/// Takes a table apart key by key and remembers what was asked for.
pub struct Fields<'n> {
    entries: Vec<(&'n Key, &'n Node, bool)>,
    known: Vec<&'static str>,
    /// What was found wrong so far.
    pub problems: Vec<Problem>,
}

impl<'n> Fields<'n> {
    /// Starts on a table; an empty value counts as an empty table.
    pub fn new(node: &'n Node) -> Result<Fields<'n>, Problem> {
        let entries = match &node.value {
            Value::Map(entries) => entries.iter().map(|(k, n)| (k, n, false)).collect(),
            Value::Null => Vec::new(),
            _ => {
                return Err(Problem::WrongType {
                    key: String::new(),
                    wanted: "keys and values",
                    found: node.type_name(),
                    span: node.span.clone(),
                });
            }
        };
        Ok(Fields { entries, known: Vec::new(), problems: Vec::new() })
    }

    /// The value of a key, whatever its type.
    pub fn node(&mut self, name: &'static str) -> Option<&'n Node> {
        self.known.push(name);
        self.dynamic(name)
    }

    /// The value of a key that is known only at run time, such as a declared role.
    pub fn dynamic(&mut self, name: &str) -> Option<&'n Node> {
        let (_, node, seen) = self.entries.iter_mut().find(|(key, ..)| key.name == name)?;
        *seen = true;
        (node.value != Value::Null).then_some(*node)
    }

    fn wrong(&mut self, key: &str, wanted: &'static str, node: &Node) {
        self.problems.push(Problem::WrongType {
            key: key.to_string(),
            wanted,
            found: node.type_name(),
            span: node.span.clone(),
        });
    }

    /// Text and its place.
    pub fn text(&mut self, name: &'static str) -> Option<(String, Span)> {
        let node = self.node(name)?;
        match node.text() {
            Some(text) => Some((text.to_string(), node.span.clone())),
            None => {
                self.wrong(name, "text", node);
                None
            }
        }
    }

    /// A list of texts and their places; one text counts as a list of one.
    pub fn list(&mut self, name: &'static str) -> Vec<(String, Span)> {
        self.known.push(name);
        self.dynamic_list(name)
    }

    /// As [`Fields::list`], for a key known only at run time.
    pub fn dynamic_list(&mut self, name: &str) -> Vec<(String, Span)> {
        let Some(node) = self.dynamic(name) else { return Vec::new() };
        let items = match &node.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut out = Vec::new();
        for item in items {
            match item.text() {
                Some(text) => out.push((text.to_string(), item.span.clone())),
                None => self.wrong(name, "a list of texts", item),
            }
        }
        out
    }

    /// A whole number.
    pub fn integer(&mut self, name: &'static str) -> Option<i64> {
        let node = self.node(name)?;
        match &node.value {
            Value::Scalar(Scalar { number: Some(n), .. }) if n.fract() == 0.0 => Some(*n as i64),
            _ => {
                self.wrong(name, "a whole number", node);
                None
            }
        }
    }

    /// Any number.
    pub fn number(&mut self, name: &'static str) -> Option<f64> {
        let node = self.node(name)?;
        match &node.value {
            Value::Scalar(Scalar { number: Some(n), .. }) => Some(*n),
            _ => {
                self.wrong(name, "a number", node);
                None
            }
        }
    }

    /// A truth value.
    pub fn bool(&mut self, name: &'static str) -> Option<bool> {
        let node = self.node(name)?;
        match &node.value {
            Value::Scalar(Scalar { bool: Some(b), .. }) => Some(*b),
            _ => {
                self.wrong(name, "true or false", node);
                None
            }
        }
    }

    /// The items of a list, whatever they are.
    pub fn items(&mut self, name: &'static str) -> &'n [Node] {
        let Some(node) = self.node(name) else { return &[] };
        match &node.value {
            Value::List(items) => items,
            _ => {
                self.wrong(name, "a list", node);
                &[]
            }
        }
    }

    /// A table of named things.
    pub fn table(&mut self, name: &'static str) -> Vec<(&'n Key, &'n Node)> {
        let Some(node) = self.node(name) else { return Vec::new() };
        match &node.value {
            Value::Map(entries) => entries.iter().map(|(k, n)| (k, n)).collect(),
            _ => {
                self.wrong(name, "a table", node);
                Vec::new()
            }
        }
    }

    /// Ends the decoding: what was not asked for is unknown. Keys that start with
    /// `x-` are the author's own.
    pub fn finish(mut self) -> Vec<Problem> {
        for (key, _, seen) in &self.entries {
            if !seen && !key.name.starts_with("x-") {
                self.problems
                    .push(Problem::UnknownKey { key: (*key).clone(), known: self.known.clone() });
            }
        }
        self.problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get<'a>(node: &'a Node, key: &str) -> (&'a Key, &'a Node) {
        let Value::Map(entries) = &node.value else { panic!("not a table") };
        entries.iter().find(|(k, _)| k.name == key).map(|(k, n)| (k, n)).unwrap()
    }

    #[test]
    fn yaml_spans_are_exact() {
        let text = "id: T-1\ntitle: \"Ümlaut: x\"\nlist: [a, 1.10, yes]\nblock:\n  - x: 1\n";
        let node = parse_yaml(text, 0).unwrap();
        let (key, value) = get(&node, "title");
        assert_eq!(&text[key.span.clone()], "title");
        assert_eq!(&text[value.span.clone()], "\"Ümlaut: x\"");
        assert_eq!(value.text(), Some("Ümlaut: x"));
        let (_, list) = get(&node, "list");
        let Value::List(items) = &list.value else { panic!() };
        let texts: Vec<_> = items.iter().map(|n| n.text().unwrap()).collect();
        assert_eq!(texts, ["a", "1.10", "yes"]);
        for item in items {
            assert_eq!(&text[item.span.clone()], item.text().unwrap());
        }
    }

    #[test]
    fn toml_and_yaml_make_the_same_tree() {
        let yaml = parse_yaml("a: x\nb: [p, q]\nn: 3\n", 0).unwrap();
        let toml = parse_toml("a = \"x\"\nb = [\"p\", \"q\"]\nn = 3\n", 0).unwrap();
        let strip = |n: &Node| format!("{:?}", n).split("span").count();
        assert_eq!(strip(&yaml), strip(&toml));
        assert_eq!(get(&toml, "b").1.span, 12..22);
    }

    #[test]
    fn bombs_and_broken_input_are_errors() {
        assert!(parse_yaml("a: &x [1]\nb: *x\n", 0).is_err());
        assert!(parse_yaml(&"[".repeat(100_000), 0).is_err());
        let error = parse_yaml("a: 1\nb: [1, 2\nc: 3\n", 10).unwrap_err();
        assert!(error.span.start >= 10, "{error:?}");
        assert!(parse_toml("a = ", 0).is_err());
        assert_eq!(parse_yaml("# only a comment\n", 0).unwrap().value, Value::Null);
    }

    #[test]
    fn fields_report_every_problem() {
        let node = parse_yaml("title: [a]\norder: x\nsevrity: high\nx-own: 1\n", 0).unwrap();
        let mut fields = Fields::new(&node).unwrap();
        assert_eq!(fields.text("title"), None);
        assert_eq!(fields.integer("order"), None);
        fields.text("severity");
        let problems = fields.finish();
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(matches!(&problems[2], Problem::UnknownKey { key, .. } if key.name == "sevrity"));
    }
}
