//! Data that authors write, YAML or TOML, as one tree in which every key and
//! value knows its place.
//!
//! A tree is decoded by hand with [`Fields`], so that one file can have several
//! errors and every one points at its source.

mod reason;
mod toml;
mod yaml;

pub use self::toml::parse_toml;
pub use self::yaml::parse_yaml;

use crate::text::span::Span;

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
    /// How to mend it, where that is known.
    pub help: Option<String>,
}

impl SyntaxError {
    pub(super) fn new(message: impl Into<String>, span: Span) -> SyntaxError {
        SyntaxError { message: message.into(), span, help: None }
    }

    pub(super) fn help(self, help: impl Into<String>) -> SyntaxError {
        SyntaxError { help: Some(help.into()), ..self }
    }
}

/// Text that is written and is not part of any value.
#[derive(Debug, Clone, PartialEq)]
pub struct Lost {
    /// Where it is.
    pub span: Span,
    /// What happened to it, in one sentence.
    pub message: String,
    /// How to keep it.
    pub help: Option<String>,
}

/// Data, and what of its text they do not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// The data.
    pub root: Node,
    /// What was lost, in the order of the text.
    pub lost: Vec<Lost>,
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

    /// A truth value in any of the ways in which programs write it, under a key in letters of
    /// either case. Another value is not asked for, and so its key stays unknown.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let mut entries = self.entries.iter_mut();
        let (_, node, seen) = entries.find(|(key, ..)| key.name.eq_ignore_ascii_case(name))?;
        let flag = match node.text()?.to_ascii_lowercase().as_str() {
            "true" | "yes" => true,
            "false" | "no" => false,
            _ => return None,
        };
        *seen = true;
        Some(flag)
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
    fn toml_and_yaml_make_the_same_tree() {
        let yaml = parse_yaml("a: x\nb: [p, q]\nn: 3\n", 0).unwrap().root;
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
        assert_eq!(parse_yaml("# only a comment\n", 0).unwrap().root.value, Value::Null);
    }

    #[test]
    fn fields_report_every_problem() {
        let node = parse_yaml("title: [a]\norder: x\nsevrity: high\nx-own: 1\n", 0).unwrap().root;
        let mut fields = Fields::new(&node).unwrap();
        assert_eq!(fields.text("title"), None);
        assert_eq!(fields.integer("order"), None);
        fields.text("severity");
        let problems = fields.finish();
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(matches!(&problems[2], Problem::UnknownKey { key, .. } if key.name == "sevrity"));
    }
}
