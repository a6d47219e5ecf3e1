//! TOML as a tree with places.

use super::{Key, Node, Scalar, SyntaxError, Value};
use toml::de::{DeTable, DeValue};

/// Parses TOML. `base` is added to every span: the offset of `text` in its file.
///
/// # Errors
/// When the text is no TOML.
pub fn parse_toml(text: &str, base: usize) -> Result<Node, SyntaxError> {
    let parsed = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let (message, help) = reason(error.message());
        let error = SyntaxError::new(message, base + span.start..base + span.end);
        SyntaxError { help: help.map(String::from), ..error }
    })?;
    let mut node = Node { span: parsed.span(), value: table(parsed.get_ref(), text) };
    node.shift(base);
    Ok(node)
}

/// What the reader refuses, as an author would put it, and the fix.
fn reason(message: &str) -> (String, Option<&'static str>) {
    const QUOTES: &str = "text stands in quotes: key = \"text\"";
    const ESCAPE: &str = "write `\\\\` for a backslash, or use single quotes";
    const CLOSE: &str = "close it at the end of the value";
    const BRACKETS: &str = "write `key = [\"a\", \"b\"]`";
    const KEY: &str = "a key is letters, digits, `-` and `_`; put quotes around another one";
    const NUMBER: &str = "this is no number, or one that is too large";
    const REASONS: [(&str, &str, Option<&str>); 32] = [
        ("missing escaped value", "a backslash begins an escape that does not exist", Some(ESCAPE)),
        ("too few unicode", "a backslash begins an escape that does not exist", Some(ESCAPE)),
        ("invalid basic string", "the quotation mark is never closed", Some(CLOSE)),
        ("invalid literal string", "the quotation mark is never closed", Some(CLOSE)),
        ("invalid string", "the quotation mark is never closed", Some(CLOSE)),
        ("invalid multi-line", "the quotation marks are never closed", Some(CLOSE)),
        ("missing opening quote", "a quotation mark is missing", Some(QUOTES)),
        ("unclosed array table", "the brackets of the table are not closed", None),
        ("unclosed array", "the list has no `]`", Some(BRACKETS)),
        ("missing comma between array", "a comma is missing in the list", Some(BRACKETS)),
        ("extra comma", "a comma too many", Some("take it out")),
        ("unclosed inline table", "the table has no `}`", Some("write `key = { a = 1, b = 2 }`")),
        ("unclosed table", "the name of the table has no `]`", Some("write `[table]`")),
        ("missing table open", "the name of the table has no `[`", Some("write `[table]`")),
        ("missing comma between key", "a comma is missing between two keys", None),
        ("invalid unquoted key", "this is no key", Some(KEY)),
        ("invalid key", "this is no key", Some(KEY)),
        ("unquoted keys", "this is no key", Some(KEY)),
        ("invalid boolean", "this text has no quotes", Some(QUOTES)),
        ("invalid table", "this is no table", Some("write `[table]`, and its keys below")),
        ("unexpected content", "something follows the value on its line", Some(QUOTES)),
        ("unexpected key or value", "something follows the value on its line", Some(QUOTES)),
        ("integer number overflowed", NUMBER, None),
        ("unexpected leading zero", "a number does not begin with zero", Some(QUOTES)),
        ("duplicate key", "this key is written twice", Some("keep one of the two")),
        ("string values must be quoted", "this text has no quotes", Some(QUOTES)),
        ("invalid value", "this is no value", Some(QUOTES)),
        ("missing value", "this key has no value", Some(QUOTES)),
        ("key with no value", "this key has no value", Some(QUOTES)),
        ("cannot recurse further", "this is nested too deeply", Some("make it flatter")),
        ("recursion limit", "this is nested too deeply", Some("make it flatter")),
        ("missing assignment", "a `=` is missing between key and value", None),
    ];
    match REASONS.iter().find(|(theirs, ..)| message.starts_with(theirs)) {
        Some((_, ours, help)) => (ours.to_string(), *help),
        None if message.starts_with("invalid ") => (NUMBER.to_string(), Some(QUOTES)),
        None => (message.split(", expected").next().unwrap_or(message).to_string(), None),
    }
}

fn table(table: &DeTable<'_>, text: &str) -> Value {
    let mut entries: Vec<(Key, Node)> = table
        .iter()
        .map(|(key, value)| {
            let key = Key { name: key.get_ref().to_string(), span: key.span() };
            (key, node(value, text))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.span.start);
    Value::Map(entries)
}

fn node(value: &toml::Spanned<DeValue<'_>>, text: &str) -> Node {
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
        DeValue::Array(items) => Value::List(items.iter().map(|n| node(n, text)).collect()),
        DeValue::Table(inner) => table(inner, text),
    };
    Node { value, span }
}
