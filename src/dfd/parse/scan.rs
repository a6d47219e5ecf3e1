//! Reading the text piece by piece: white space, names, labels, links.

use super::label::decode;
use crate::dfd::model::{Problem, Span};

/// A place in the text. Comments are blanked out before, so offsets are those of
/// the author's text.
pub(super) struct Scanner<'a> {
    pub text: &'a str,
    pub at: usize,
}

/// A label as read.
pub(super) struct Label {
    pub text: String,
    pub span: Span,
}

/// An arrow as read.
#[derive(Debug, PartialEq)]
pub(super) struct Link {
    pub id: Option<String>,
    pub label: String,
    pub head: bool,
    pub tail: bool,
    /// `~~~`: moves nodes, shows nothing.
    pub invisible: bool,
    /// The sign at its end that is no arrowhead: a circle or a cross.
    pub sign: Option<&'static str>,
    pub span: Span,
}

pub(super) type Parsed<T> = Result<T, Problem>;

impl<'a> Scanner<'a> {
    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn done(&self) -> bool {
        self.at >= self.text.len()
    }

    pub fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// Takes characters while `keep` holds.
    pub fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Skips white space within the line.
    pub fn spaces(&mut self) {
        self.take_while(|c| c != '\n' && is_space(c));
    }

    /// Skips white space and line ends.
    pub fn blanks(&mut self) {
        self.take_while(is_space);
    }

    /// Whether a statement may end here.
    pub fn at_end_of_statement(&self) -> bool {
        matches!(self.peek(), None | Some('\n' | ';'))
    }

    /// Skips to the end of the statement; text in quotes is one piece.
    pub fn skip_statement(&mut self) -> &'a str {
        let start = self.at;
        let mut quoted = false;
        self.at = self
            .rest()
            .char_indices()
            .find(|&(_, c)| {
                quoted ^= c == '"';
                c == '\n' || (c == ';' && !quoted)
            })
            .map_or(self.text.len(), |(i, _)| start + i);
        &self.text[start..self.at]
    }

    /// Skips to the end of the line.
    pub fn skip_line(&mut self) -> &'a str {
        self.take_while(|c| c != '\n')
    }

    /// The place of the character or word at hand, for a message.
    pub fn here(&self) -> Span {
        let rest = self.rest();
        let length = match rest.chars().next() {
            None | Some('\n') => 0,
            Some(c) if c.is_alphanumeric() => {
                rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())
            }
            Some(c) => c.len_utf8(),
        };
        self.at..self.at + length
    }

    /// The name of a node; empty when there is none here.
    pub fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let mut end = 0;
        for (i, c) in rest.char_indices() {
            let next = rest[i + c.len_utf8()..].chars().next();
            let part = match c {
                '-' => !matches!(next, None | Some('>' | '-' | '.')) && !next.is_some_and(is_space),
                '.' => !matches!(next, Some('-' | '.')),
                '&' => i > 0,
                ':' => {
                    !matches!(&rest[..i], "" | "accTitle" | "accDescr")
                        && next.is_some_and(char::is_alphanumeric)
                }
                '!' | '#' | '$' | '%' | '\'' | '*' | '+' | '`' | '?' | '\\' | '_' | '/' | ',' => {
                    true
                }
                c => c.is_alphanumeric(),
            };
            if !part {
                break;
            }
            end = i + c.len_utf8();
        }
        self.at += end;
        &rest[..end]
    }

    /// A label that ends with one of `closers`; the closer is taken too, and its
    /// index given.
    pub fn label(&mut self, closers: &[&str]) -> Parsed<(Label, usize)> {
        let open = self.at;
        self.blanks();
        if self.peek() == Some('"') {
            let label = self.quoted()?;
            self.blanks();
            return match closers.iter().position(|c| self.rest().starts_with(c)) {
                Some(i) => {
                    self.at += closers[i].len();
                    Ok((label, i))
                }
                None => Err(Problem::error(
                    self.here(),
                    format!("expected `{}` after the quoted label", closers[0]),
                )
                .label("the label ended before this")
                .help("write a quote inside a label as `#quot;`")),
            };
        }
        self.bare(open, closers)
    }

    fn bare(&mut self, open: usize, closers: &[&str]) -> Parsed<(Label, usize)> {
        let start = self.at;
        let slanted = closers[0].len() == 2 && closers[0].starts_with(['/', '\\']);
        loop {
            if let Some(i) = closers.iter().position(|c| self.rest().starts_with(c)) {
                let span = start..self.at;
                self.at += closers[i].len();
                let text = decode(&self.text[span.clone()], false);
                return Ok((Label { text, span }, i));
            }
            match self.peek() {
                None => break,
                Some('\n') if !self.closes_later(closers) => break,
                Some(c @ ('[' | ']' | '(' | ')' | '{' | '}' | '"')) => {
                    return Err(Problem::error(
                        self.at..self.at + 1,
                        format!("`{c}` in a label without quotes"),
                    )
                    .label("Mermaid stops here")
                    .help(self.quote_help(start, closers)));
                }
                Some('|') if !slanted => {
                    return Err(Problem::error(
                        self.at..self.at + 1,
                        "`|` in a label without quotes",
                    )
                    .label("Mermaid stops here")
                    .help(self.quote_help(start, closers)));
                }
                Some('@')
                    if !matches!(self.rest()[1..].chars().next(), Some('{' | '"') | None)
                        && !self.text[open..self.at].contains(is_space) =>
                {
                    return Err(Problem::error(
                        self.at..self.at + 1,
                        "`@` in a label without quotes",
                    )
                    .label("Mermaid takes this for the id of an arrow")
                    .help(self.quote_help(start, closers)));
                }
                Some(c) => self.at += c.len_utf8(),
            }
        }
        // The bracket stands right before the label.
        Err(Problem::error(
            open.saturating_sub(1)..self.at,
            format!("the label has no closing `{}`", closers[0]),
        )
        .label("it begins here")
        .help(format!("close it with `{}`", closers[0])))
    }

    /// Whether a label may go on over the line end: not past a blank line or the
    /// next arrow, so that one missing bracket is reported where it is missing.
    fn closes_later(&self, closers: &[&str]) -> bool {
        let next_line = self.rest()[1..].lines().next().unwrap_or_default();
        let end = next_line.find(['[', '(', '{', '"', '|']).unwrap_or(next_line.len());
        closers.iter().any(|c| next_line.find(c).is_some_and(|i| i <= end))
    }

    fn quote_help(&self, start: usize, closers: &[&str]) -> String {
        let line = self.text[start..].lines().next().unwrap_or_default();
        let label = closers.iter().find_map(|c| line.rfind(c).map(|i| &line[..i]));
        match label {
            Some(label) if label.len() <= 60 && !label.contains('"') => {
                format!("quote the label: `\"{}\"`", label.trim())
            }
            Some(label) if label.contains('"') => {
                "quote the whole label, and write a quote inside it as `#quot;`".to_string()
            }
            _ => "put the label in double quotes".to_string(),
        }
    }

    /// A label in double quotes, with Markdown if it is in back quotes too.
    pub fn quoted(&mut self) -> Parsed<Label> {
        let open = self.at;
        self.at += 1;
        let markdown = self.eat("`");
        let start = self.at;
        let closer = if markdown { "`\"" } else { "\"" };
        let Some(length) = self.rest().find(closer) else {
            let line = self.text[open..].lines().next().unwrap_or_default().len();
            self.at = self.text.len();
            return Err(Problem::error(open..open + line, "the quote is never closed")
                .label("it begins here")
                .help(format!("close the label with `{closer}`")));
        };
        self.at = start + length + closer.len();
        let span = start..start + length;
        Ok(Label { text: decode(&self.text[span.clone()], markdown), span })
    }

    /// An arrow, if there is one here or after white space.
    pub fn link(&mut self) -> Parsed<Option<Link>> {
        let back = self.at;
        self.blanks();
        let start = self.at;
        let id = self.edge_id();
        let line_start = self.at;
        let Some((line, tail)) = self.link_start() else {
            self.at = back;
            return Ok(None);
        };
        let mut link = Link {
            id,
            label: String::new(),
            head: false,
            tail,
            invisible: false,
            sign: None,
            span: start..start,
        };
        match line {
            Line::Whole { head } => link.head = head,
            Line::Invisible => link.invisible = true,
            Line::Open(style) => {
                let (label, head) = self.text_on_line(start, style)?;
                link.label = label;
                link.head = head;
            }
        }
        let end = self.at;
        link.sign = sign(&self.text[line_start..end]);
        self.spaces();
        if self.eat("|") {
            let (label, _) = self.label(&["|"])?;
            link.label = label.text;
            link.span = start..self.at;
        } else {
            link.span = start..end;
        }
        Ok(Some(link))
    }

    fn edge_id(&mut self) -> Option<String> {
        let back = self.at;
        let name = self.name();
        if !name.is_empty() && self.eat("@") {
            let mut ahead = Scanner { text: self.text, at: self.at };
            if ahead.link_start().is_some() {
                return Some(name.to_string());
            }
        }
        self.at = back;
        None
    }

    /// The first part of an arrow, up to its label if that stands on the line.
    fn link_start(&mut self) -> Option<(Line, bool)> {
        let rest = self.rest();
        if rest.starts_with("~~~") {
            self.take_while(|c| c == '~');
            return Some((Line::Invisible, false));
        }
        let tail = rest.starts_with(['<', 'x', 'o']);
        let body = &rest[usize::from(tail)..];
        for style in [Style::Plain, Style::Thick, Style::Dotted] {
            if let Some((length, head)) = style.whole(body) {
                self.at += usize::from(tail) + length;
                return Some((Line::Whole { head }, tail));
            }
            if body.starts_with(style.opening()) {
                self.at += usize::from(tail) + 2;
                return Some((Line::Open(style), tail));
            }
        }
        None
    }

    /// `text -->` after `--`.
    fn text_on_line(&mut self, open: usize, style: Style) -> Parsed<(String, bool)> {
        let start = self.at;
        self.spaces();
        if self.peek() == Some('"') {
            let label = self.quoted()?;
            self.blanks();
            if let Some((length, head)) = style.whole_with_tail(self.rest()) {
                self.at += length;
                return Ok((label.text, head));
            }
        } else {
            while let Some(c) = self.peek() {
                // A cross or circle belongs to the end of the line only after a space.
                let after_space = self.text[..self.at].ends_with(is_space);
                let end = if after_space {
                    style.whole_with_tail(self.rest())
                } else {
                    style.whole(self.rest())
                };
                if let Some((length, head)) = end {
                    let text = decode(&self.text[start..self.at], false);
                    self.at += length;
                    if text.is_empty() {
                        break;
                    }
                    return Ok((text, head));
                }
                if c == '\n' || (self.rest().starts_with(style.opening()) && c != '.') {
                    break;
                }
                self.at += c.len_utf8();
            }
        }
        if self.text[open..].starts_with('<') {
            return Err(Problem::error(open..start, "no arrow points back")
                .label("not an arrow")
                .help("write `b --> a`, or `a <--> b` for both ways"));
        }
        let (begin, end) = style.example();
        let line = self.text[open..].lines().next().unwrap_or_default().trim_end().len();
        Err(Problem::error(open..open + line, format!("the arrow with `{begin}` does not end"))
            .label(format!("no `{end}` in this line"))
            .help(format!("write `A {begin} text {end} B` or `A {end}|\"text\"| B`")))
    }
}

/// The circle or cross at an end of an arrow.
fn sign(arrow: &str) -> Option<&'static str> {
    let at_end = |sign: char| arrow.ends_with(sign) || arrow.starts_with(sign);
    [('o', "circle"), ('x', "cross")]
        .into_iter()
        .find(|(sign, _)| at_end(*sign))
        .map(|(_, name)| name)
}

enum Line {
    Whole { head: bool },
    Open(Style),
    Invisible,
}

#[derive(Clone, Copy)]
enum Style {
    Plain,
    Thick,
    Dotted,
}

impl Style {
    fn opening(self) -> &'static str {
        match self {
            Style::Plain => "--",
            Style::Thick => "==",
            Style::Dotted => "-.",
        }
    }

    fn example(self) -> (&'static str, &'static str) {
        match self {
            Style::Plain => ("--", "-->"),
            Style::Thick => ("==", "==>"),
            Style::Dotted => ("-.", ".->"),
        }
    }

    /// Length of a whole line such as `-->`, `---`, `-..-`, `==x`, and whether it
    /// has a head.
    fn whole(self, text: &str) -> Option<(usize, bool)> {
        let bytes = text.as_bytes();
        let run = |from: usize, byte| bytes[from..].iter().take_while(|b| **b == byte).count();
        let head = |at: usize| matches!(bytes.get(at), Some(b'>' | b'x' | b'o'));
        match self {
            Style::Plain | Style::Thick => {
                let length = run(0, if matches!(self, Style::Plain) { b'-' } else { b'=' });
                if length >= 2 && head(length) {
                    Some((length + 1, true))
                } else {
                    (length >= 3).then_some((length, false))
                }
            }
            Style::Dotted => {
                let dash = usize::from(bytes.first() == Some(&b'-'));
                let dots = run(dash, b'.');
                let end = dash + dots;
                if dots == 0 || bytes.get(end) != Some(&b'-') {
                    return None;
                }
                Some(if head(end + 1) { (end + 2, true) } else { (end + 1, false) })
            }
        }
    }

    fn whole_with_tail(self, text: &str) -> Option<(usize, bool)> {
        self.whole(text).or_else(|| {
            let body = text.strip_prefix(['<', 'x', 'o'])?;
            self.whole(body).map(|(length, head)| (length + 1, head))
        })
    }
}

pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}
