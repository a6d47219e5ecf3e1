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
    const REASONS: [(&str, &str, Option<&str>); 8] = [
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
