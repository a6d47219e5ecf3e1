//! YAML as a tree with places. What the author wrote and YAML does not take as a value
//! is told: comments that were meant as text, tags, words that mean nothing.

use super::{Key, Lost, Node, Scalar, SyntaxError, Tree, Value};
use crate::text::span::{Span, clamp};
use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};
use std::collections::BTreeMap;

/// So deep may data be nested.
const DEEPEST: usize = 32;

/// So many values, keys and comments may a text have.
const MOST: usize = 100_000;

/// Parses YAML. `base` is added to every span: the offset of `text` in its file.
///
/// # Errors
/// When the text is no YAML, has several documents, anchors, aliases or a key twice, or is
/// nested absurdly deeply.
pub fn parse_yaml(text: &str, base: usize) -> Result<Tree, SyntaxError> {
    let mut reader = Reader { text, ..Reader::default() };
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        max_buffered_comment_events: MOST,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    };
    let mut result = Ok(());
    for next in Parser::new_from_str_with_options(text, options) {
        result = match next {
            Ok((event, span)) => reader.event(event, &span),
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0);
                Err(super::reason::scan(error.kind(), text, at))
            }
        };
        if result.is_err() {
            break;
        }
    }
    match result.and_then(|()| reader.finish()) {
        Ok(mut tree) => {
            tree.root.shift(base);
            tree.lost.iter_mut().for_each(|lost| lost.span = moved(&lost.span, base));
            Ok(tree)
        }
        Err(mut error) => {
            // Text that YAML took for a comment is often why the rest does not fit.
            if let Some(lost) = reader.lost.iter().rfind(|lost| lost.span.end <= error.span.end) {
                error.help = lost.help.clone();
            }
            error.span = moved(&clamp(text, error.span), base);
            Err(error)
        }
    }
}

fn moved(span: &Span, by: usize) -> Span {
    span.start + by..span.end + by
}

/// A list or table that is not complete yet.
enum Open {
    List { items: Vec<Node>, span: Span },
    Map { entries: Vec<(Key, Node)>, key: Option<Key>, known: BTreeMap<String, ()>, span: Span },
}

/// The last scalar, and how far a line must be indented to go on with it.
struct Last {
    span: Span,
    plain: bool,
    column: usize,
}

#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    open: Vec<Open>,
    root: Option<Node>,
    lost: Vec<Lost>,
    /// Comments that count only if the value before them is empty.
    doubtful: Vec<Span>,
    documents: usize,
    count: usize,
    last: Option<Last>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, at: &granit_parser::Span) -> Result<(), SyntaxError> {
        let span = at.byte_range().unwrap_or(0..0);
        self.count += 1;
        if self.count > MOST {
            let message = "this holds more values than can be read";
            return Err(SyntaxError::new(message, span).help("split it into several files"));
        }
        if let Some(tag) = at.tag_span().and_then(|tag| tag.byte_range()) {
            let word = self.text.get(tag.clone()).unwrap_or("!");
            let message = format!("YAML takes `{word}` for a tag, so it is not part of the value");
            self.lose(tag, message, "put quotes around the value");
        }
        match event {
            Event::Scalar(text, style, anchor, _) => {
                self.no_anchor(anchor, &span)?;
                self.scalar(&text, style, span)
            }
            Event::SequenceStart(style, anchor, _) => {
                self.no_anchor(anchor, &span)?;
                self.no_key(style, &span)?;
                self.open.push(Open::List { items: Vec::new(), span });
                Ok(())
            }
            Event::MappingStart(style, anchor, _) => {
                self.no_anchor(anchor, &span)?;
                self.no_key(style, &span)?;
                let known = BTreeMap::new();
                self.open.push(Open::Map { entries: Vec::new(), key: None, known, span });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span.end),
            Event::Comment(text, _) => {
                self.comment(&text, span);
                Ok(())
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                Err(super::reason::sign('*', "an alias", self.text, span))
            }
            Event::DocumentStart(..) => {
                self.documents += 1;
                match self.documents {
                    1 => Ok(()),
                    _ => Err(super::reason::second_document(span)),
                }
            }
            _ => Ok(()),
        }
    }

    fn no_anchor(&self, anchor: usize, span: &Span) -> Result<(), SyntaxError> {
        if anchor == 0 {
            return Ok(());
        }
        let start = self.text[..span.start.min(self.text.len())].rfind('&').unwrap_or(span.start);
        Err(super::reason::sign('&', "an anchor", self.text, start..span.end))
    }

    /// A list or table cannot be a key.
    fn no_key(&self, style: StructureStyle, span: &Span) -> Result<(), SyntaxError> {
        match self.open.last() {
            Some(Open::Map { key: None, .. }) => {
                let what = match style {
                    StructureStyle::Flow => "brackets stand where a key is expected",
                    StructureStyle::Block => "a key is expected here",
                };
                let help = "write `key: value`, and put quotes around text with brackets";
                Err(SyntaxError::new(what, span.clone()).help(help))
            }
            _ => Ok(()),
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Result<(), SyntaxError> {
        let plain = style == ScalarStyle::Plain;
        // The reader writes `~` where nothing stands.
        let text = if span.is_empty() { "" } else { text };
        if let Some(Open::Map { key: key @ None, known, .. }) = self.open.last_mut() {
            if known.insert(text.to_string(), ()).is_some() {
                let message = format!("the key `{text}` is written twice");
                return Err(SyntaxError::new(message, span).help("keep one of the two"));
            }
            if plain && text.is_empty() {
                let help = "write a key before the colon, or put quotes around the text";
                return Err(SyntaxError::new("a colon without a key", span).help(help));
            }
            *key = Some(Key { name: text.to_string(), span });
            return Ok(());
        }
        let column = self.parent_column();
        let value = match plain {
            true => plain_value(text),
            false => Value::Scalar(Scalar { text: text.into(), bool: None, number: None }),
        };
        if value == Value::Null {
            // A comment where a value was expected says more than the author may think.
            if !text.is_empty() {
                let message = format!("YAML reads `{text}` as \u{201c}no value\u{201d}");
                let help = "put quotes around it, or leave the value out";
                self.lose(span.clone(), message, help);
            }
            let doubtful = std::mem::take(&mut self.doubtful);
            doubtful.into_iter().for_each(|comment| self.lose_comment(comment));
        }
        self.doubtful.clear();
        self.last = Some(Last { span: span.clone(), plain, column });
        self.value(Node { value, span });
        Ok(())
    }

    /// The column of the key or dash that a value belongs to.
    fn parent_column(&self) -> usize {
        let start = match self.open.last() {
            Some(Open::Map { key: Some(key), .. }) => key.span.start,
            Some(Open::List { span, .. }) => span.start,
            _ => return 0,
        };
        start - self.text[..start].rfind('\n').map_or(0, |newline| newline + 1)
    }

    fn value(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => {
                entries.extend(key.take().map(|key| (key, node)))
            }
            None => self.root = Some(node),
        }
    }

    fn close(&mut self, end: usize) -> Result<(), SyntaxError> {
        self.doubtful.clear();
        self.last = None;
        let node = match self.open.pop() {
            Some(Open::List { items, span }) => {
                let span = cover(span.start..end, items.iter().map(|node| &node.span));
                Node { value: Value::List(items), span }
            }
            Some(Open::Map { entries, span, .. }) => {
                let parts = entries.iter().flat_map(|(key, node)| [&key.span, &node.span]);
                let span = cover(span.start..end, parts);
                Node { value: Value::Map(entries), span }
            }
            None => return Ok(()),
        };
        self.value(node);
        Ok(())
    }

    /// A comment on a line of its own is one, and so is what two blanks part from the value
    /// and a blank from its mark. Other text at `#` was most likely meant as part of a value.
    fn comment(&mut self, comment: &str, span: Span) {
        let line = self.text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let before = &self.text[line..span.start];
        let value = before.trim_end();
        let glued = !comment.is_empty() && !comment.starts_with([' ', '\t', '#', '!', '-', '=']);
        if value.is_empty() {
            let goes_on = self.last.as_ref().is_some_and(|last| {
                let between = self.text.get(last.span.end..line).unwrap_or("x");
                last.plain
                    && !last.span.is_empty()
                    && before.len() > last.column
                    && between.trim().is_empty()
                    && between.matches('\n').count() < 2
            });
            if glued && goes_on {
                self.lose_comment(span);
            }
            return;
        }
        let end = line + value.len();
        let parted = before.len() - value.len() >= 2 || before.ends_with('\t');
        let remark = comment.chars().any(char::is_alphabetic);
        // Nothing can go on after quotes and brackets, so nothing was meant to.
        let closed = value.ends_with(['"', '\'', ']', '}', '|', '>', ',', '[', '{']);
        let text = self.last.as_ref().filter(|last| last.span.end == end && !last.span.is_empty());
        if !glued && closed && !text.is_some_and(|last| last.plain) || !glued && parted && remark {
            return;
        }
        let empty = self.last.as_ref().is_some_and(|last| {
            last.span.is_empty() && (line..=span.start).contains(&last.span.start)
        });
        match !glued && text.is_none() && !empty && value.ends_with([':', '-']) {
            true => self.doubtful.push(span),
            false => self.lose_comment(span),
        }
    }

    fn lose_comment(&mut self, span: Span) {
        let shown: String = self.text[span.clone()].chars().take(30).collect();
        let message = format!("YAML takes `{}` for a comment", shown.trim_end());
        let help = "put quotes around the whole value; a real comment goes on a line of its own";
        self.lose(span, message, help);
    }

    fn lose(&mut self, span: Span, message: String, help: &str) {
        self.lost.push(Lost { span, message, help: Some(help.into()) });
    }

    fn finish(&mut self) -> Result<Tree, SyntaxError> {
        let root = self.root.take().unwrap_or(Node { value: Value::Null, span: 0..0 });
        Ok(Tree { root, lost: std::mem::take(&mut self.lost) })
    }
}

/// The reader gives collections the place of their first sign; theirs is what their parts
/// cover.
fn cover<'a>(own: Span, parts: impl Iterator<Item = &'a Span>) -> Span {
    parts
        .fold(None, |all: Option<Span>, part| {
            Some(all.map_or(part.clone(), |a| a.start.min(part.start)..a.end.max(part.end)))
        })
        .unwrap_or(own)
}

/// What a word without quotes is. It keeps its text: `1.10`, `007` and `no` are what they
/// look like wherever text is wanted.
fn plain_value(text: &str) -> Value {
    let bool = match text {
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        _ => None,
    };
    let digits = text.trim_start_matches(['-', '+']);
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    let number = if numeric { text.parse().ok() } else { None };
    Value::Scalar(Scalar { text: text.into(), bool, number })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(text: &str) -> Vec<String> {
        let tree = parse_yaml(text, 0).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        tree.lost.into_iter().map(|lost| text[lost.span].to_string()).collect()
    }

    #[test]
    fn text_at_a_hash_is_told() {
        for (text, told) in [
            ("ticket: #123\n", "#123"),
            ("note: see #12 and more\n", "#12 and more"),
            ("title: C# tips #1\n", "#1"),
            ("note: see # 12\n", "# 12"),
            ("note: see # the other one\n", "# the other one"),
            ("note: see  #12\n", "#12"),
            ("note: see  # 12\n", "# 12"),
            ("- #a\n- b\n", "#a"),
            ("- x #a\n", "#a"),
            ("a:\n  b: c #d\n", "#d"),
            ("a: [x, y #z\n  ]\n", "#z"),
            ("note: one\n  two #three\n", "#three"),
            ("note: one\n  #two\n", "#two"),
            ("note: one #two\n", "#two"),
            ("note: \"x\" #two\n", "#two"),
            ("note: | #two\n  x\n", "#two"),
            ("owner: # the team\n", "# the team"),
            ("owner:   #team\nb: c\n", "#team"),
            ("a: 7 #b\n", "#b"),
            ("a: ä #ü\n", "#ü"),
        ] {
            assert_eq!(lost(text), [told], "{text}");
        }
    }

    #[test]
    fn comments_are_comments() {
        for text in [
            "# one\na: b\n",
            "a: b\n# two\nc: d\n",
            "- a: b\n  #c: d\n  e: f\n",
            "a: b  # a remark\n",
            "a: b\t# a remark\n",
            "a: 3  # 1 to 5, as if nothing were done\n",
            "on: # elements\n  - a\n",
            "a: \"x\" # a remark\n",
            "a: [x] # a remark\n",
            "a: | # a remark\n  x # y\n",
            "a: \"x #1\"\n",
            "a: x#1\n",
            "a: https://x.example/#y\n",
            "a:\n  b: c\n  # d\n",
            "a: x\n\n    # d\n",
        ] {
            assert_eq!(lost(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn tags_and_words_for_nothing_are_told() {
        assert_eq!(lost("owner: !team x\n"), ["!team"]);
        assert_eq!(lost("note: !important\n"), ["!important"]);
        assert_eq!(lost("a: !!str 7\n"), ["!!str"]);
        for word in ["~", "null", "Null", "NULL"] {
            assert_eq!(lost(&format!("owner: {word}\n")), [word]);
        }
        assert_eq!(lost("owner:\nteam: \"null\"\n"), [""; 0]);
    }

    #[test]
    fn words_keep_their_text() {
        for word in ["007", "1.10", "1_000", "no", "on", "2026-02-30", "0x1F", ".5", "1e3", "12:30"]
        {
            let tree = parse_yaml(word, 0).unwrap();
            assert_eq!(tree.root.text(), Some(word));
        }
        let number = |text: &str| match parse_yaml(text, 0).unwrap().root.value {
            Value::Scalar(scalar) => scalar.number,
            _ => None,
        };
        assert_eq!(
            [number("-7"), number("1.5e1"), number("1.2.3")],
            [Some(-7.0), Some(15.0), None]
        );
        assert_eq!([number("inf"), number("."), number("1-2")], [None; 3]);
    }

    #[test]
    fn spans_are_exact() {
        let text = "id: T-1\ntitle: \"Ümlaut: x\"\nnote: |\n  ä # b\nlist: [a, 1.10, yes]\n";
        let Value::Map(entries) = parse_yaml(text, 0).unwrap().root.value else { panic!() };
        let spans: Vec<(&str, &str)> =
            entries.iter().map(|(k, n)| (&text[k.span.clone()], &text[n.span.clone()])).collect();
        assert_eq!(spans[..2], [("id", "T-1"), ("title", "\"Ümlaut: x\"")]);
        assert!(spans[2].1.ends_with("ä # b\n"), "{spans:?}");
        let Value::List(items) = &entries[3].1.value else { panic!() };
        assert!(items.iter().all(|n| text[n.span.clone()] == *n.text().unwrap()));
    }
}
