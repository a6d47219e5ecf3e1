//! Mermaid flowchart text to a [`Diagram`].
//!
//! Accepts what Mermaid accepts and real models hold; what Mermaid refuses is
//! refused here too, so that a code host shows the same picture.

mod build;
mod label;
mod scan;
mod shape;

pub(crate) use label::encode;

use super::model::{Diagram, Direction, Level, Problem, Span};
use build::{Builder, Node};
use scan::{Parsed, Scanner, is_space};

/// The longest text that is read, in bytes.
pub const MAX_TEXT: usize = 256 * 1024;
/// The most elements, and the most flows, in one diagram.
pub const MAX_PARTS: usize = 2000;
/// The deepest nesting of boundaries.
pub const MAX_DEPTH: usize = 24;
/// Reading stops after so many errors.
const MAX_ERRORS: usize = 20;

/// Mermaid's other kinds of diagram, by their first word.
const OTHER_KINDS: &[&str] = &[
    "architecture",
    "architecture-beta",
    "block",
    "block-beta",
    "C4Component",
    "C4Container",
    "C4Context",
    "C4Deployment",
    "C4Dynamic",
    "classDiagram",
    "classDiagram-v2",
    "erDiagram",
    "gantt",
    "gitGraph",
    "info",
    "journey",
    "kanban",
    "mindmap",
    "packet",
    "packet-beta",
    "pie",
    "quadrantChart",
    "radar",
    "radar-beta",
    "requirement",
    "requirementDiagram",
    "sankey",
    "sankey-beta",
    "sequenceDiagram",
    "stateDiagram",
    "stateDiagram-v2",
    "timeline",
    "treemap",
    "treemap-beta",
    "xychart",
    "xychart-beta",
    "zenuml",
];

/// Words that begin a statement.
const RESERVED: &[&str] = &[
    "call",
    "class",
    "classDef",
    "click",
    "flowchart",
    "graph",
    "href",
    "interpolate",
    "linkStyle",
    "style",
    "subgraph",
];

const HEADER_HELP: &str = "begin with `flowchart LR` (left to right) or `flowchart TB` (top down)";

/// Reads the text of a diagram.
///
/// There is a diagram if and only if no problem is an error and the text is a
/// flowchart. Spans are bytes of `text`.
pub fn parse(text: &str) -> (Option<Diagram>, Vec<Problem>) {
    if text.len() > MAX_TEXT {
        let problem = Problem::error(0..0, format!("the diagram is longer than {MAX_TEXT} bytes"))
            .help("split it into several diagrams");
        return (None, vec![problem]);
    }
    let (blanked, title) = blank(text);
    let mut parser = Parser {
        scanner: Scanner { text: &blanked, at: 0 },
        builder: Builder::default(),
        problems: Vec::new(),
    };
    let direction = match parser.header() {
        Ok(direction) => direction,
        Err(problem) => return (None, vec![problem]),
    };
    parser.builder.title = title;
    parser.body();
    let Parser { builder, mut problems, .. } = parser;
    let diagram = builder.finish(direction, &mut problems);
    problems.sort_by_key(|p| p.span.start);
    let good = problems.iter().all(|p| p.level != Level::Error);
    (good.then_some(diagram), problems)
}

/// The text with comments, directives and front matter turned into spaces, and
/// the title in the front matter. Offsets stay as they are.
fn blank(text: &str) -> (String, Option<String>) {
    let mut out = String::with_capacity(text.len());
    let mut title = None;
    let mut rest = text;
    let start = text.trim_start_matches(is_space);
    if start.starts_with("---")
        && start[3..].trim_start_matches([' ', '\t', '\r']).starts_with('\n')
        && let Some(end) = start.find("\n---")
    {
        let matter = &start[..end];
        title = matter
            .lines()
            .find_map(|l| l.strip_prefix("title:"))
            .map(|t| label::decode(t.trim().trim_matches(['"', '\'']), false).replace('\n', " "))
            .filter(|t| !t.is_empty());
        let length = text.len() - start.len() + end + 4;
        spaces(&mut out, &text[..length]);
        rest = &text[length..];
    }
    while !rest.is_empty() {
        let line = rest.find('\n').map_or(rest.len(), |i| i + 1);
        let content = rest[..line].trim_start_matches(is_space);
        let length = if content.starts_with("%%{") {
            rest.find("}%%").map_or(rest.len(), |i| i + 3)
        } else {
            line
        };
        if content.starts_with("%%") {
            spaces(&mut out, &rest[..length]);
        } else {
            out.push_str(&rest[..length]);
        }
        rest = &rest[length..];
    }
    (out, title)
}

fn spaces(out: &mut String, text: &str) {
    out.extend(text.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    builder: Builder,
    problems: Vec<Problem>,
}

impl Parser<'_> {
    fn header(&mut self) -> Parsed<Direction> {
        let s = &mut self.scanner;
        s.blanks();
        let start = s.at;
        let word = s.take_while(|c| c.is_ascii_alphanumeric() || c == '-');
        if !matches!(word, "graph" | "flowchart" | "flowchart-elk") {
            if OTHER_KINDS.contains(&word) {
                let message = format!("`{word}` is not a flowchart, so it is shown as code");
                return Err(Problem::warning(start..s.at, message)
                    .label("another kind of Mermaid diagram")
                    .help(format!("for a data-flow diagram, {HEADER_HELP}")));
            }
            s.at = start;
            let message = match s.done() {
                true => "the diagram is empty",
                false => "the diagram does not begin with `flowchart`",
            };
            return Err(Problem::error(s.here(), message)
                .label("expected the kind of diagram here")
                .help(HEADER_HELP));
        }
        s.spaces();
        let start = s.at;
        let word = s.take_while(|c| !is_space(c) && c != ';');
        let direction = match word {
            "LR" | ">" => Direction::LeftRight,
            "RL" | "<" => Direction::RightLeft,
            "TB" | "TD" | "v" | "" => Direction::TopDown,
            "BT" | "^" => Direction::BottomUp,
            _ => {
                return Err(Problem::error(start..s.at, format!("`{word}` is not a direction"))
                    .label("expected a direction here")
                    .help("use `LR`, `RL`, `TB` (or `TD`) or `BT`"));
            }
        };
        s.spaces();
        if !s.at_end_of_statement() {
            return Err(Problem::error(s.here(), "something follows the direction on its line")
                .label("not expected here")
                .help("begin a new line after the direction"));
        }
        Ok(direction)
    }

    fn body(&mut self) {
        loop {
            self.scanner.take_while(|c| is_space(c) || c == ';');
            if self.scanner.done() {
                break;
            }
            let before = self.scanner.at;
            if let Err(problem) = self.statement() {
                self.problems.push(problem);
                if self.problems.len() >= MAX_ERRORS {
                    return;
                }
                self.scanner.skip_line();
            }
            if self.scanner.at == before {
                self.scanner.skip_line();
            }
        }
        for problem in self.builder.unclosed() {
            self.problems.push(problem);
        }
    }

    fn statement(&mut self) -> Parsed<()> {
        let start = self.scanner.at;
        let word = self.scanner.take_while(|c| c.is_ascii_alphabetic());
        let next = self.scanner.peek();
        let alone = next.is_none_or(|c| is_space(c) || c == ';');
        match word {
            "subgraph" if alone => return self.subgraph(start),
            "end" if !next.is_some_and(|c| c.is_alphanumeric() || c == '_') => {
                return self.end(start);
            }
            "direction" if alone => {
                self.scanner.skip_statement();
                return Ok(());
            }
            "style" | "classDef" | "linkStyle" | "click" if alone => {
                self.scanner.skip_statement();
                return Ok(());
            }
            "class" if alone => {
                let names = self.scanner.skip_statement().trim();
                if let Some((nodes, class)) = names.rsplit_once(is_space) {
                    for node in nodes.split(',') {
                        self.builder.class(node.trim(), class);
                    }
                }
                return Ok(());
            }
            "accTitle" | "accDescr" => {
                self.scanner.spaces();
                if self.accessible(word)? {
                    return Ok(());
                }
            }
            _ => {}
        }
        self.scanner.at = start;
        self.chain()
    }

    /// `accTitle: text`, `accDescr: text`, `accDescr { text }`.
    fn accessible(&mut self, word: &str) -> Parsed<bool> {
        let s = &mut self.scanner;
        let start = s.at;
        let text = if s.eat(":") {
            s.skip_line()
        } else if word == "accDescr" && s.eat("{") {
            let text = s.take_while(|c| c != '}');
            if !s.eat("}") {
                return Err(Problem::error(start..start + 1, "the description is not closed")
                    .label("it begins here")
                    .help("close it with `}`"));
            }
            text
        } else {
            return Ok(false);
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let place = match word {
            "accTitle" => &mut self.builder.title,
            _ => &mut self.builder.description,
        };
        *place = Some(text).filter(|t| !t.is_empty());
        Ok(true)
    }

    /// `subgraph id`, `subgraph id["title"]`, `subgraph a title`, `subgraph "title"`.
    fn subgraph(&mut self, start: usize) -> Parsed<()> {
        let s = &mut self.scanner;
        s.spaces();
        let (id, label) = if s.peek() == Some('"') {
            let label = s.quoted()?.text;
            (None, label)
        } else {
            let before = s.at;
            let name = s.name().to_string();
            s.spaces();
            if !name.is_empty() && s.eat("[") {
                let (label, _) = s.label(&["]"])?;
                (Some(name), label.text)
            } else {
                s.at = before;
                let title = s.skip_statement();
                let end = before + title.trim_end().len();
                let refused = title.find(['(', ')', '[', ']', '{', '}', '"', '|', '<', '>']);
                if let Some(i) = refused.or_else(|| title.find(":::")) {
                    return Err(self.builder.open_broken(
                        Problem::error(
                            before + i..before + i + 1,
                            format!("`{}` in a boundary's title without quotes", &title[i..i + 1]),
                        )
                        .label("Mermaid stops here")
                        .help("write `subgraph id[\"title\"]`"),
                    ));
                }
                s.at = end;
                (None, label::decode(&title[..end - before], false))
            }
        };
        let span = start..self.scanner.at;
        if label.is_empty() {
            return Err(self.builder.open_broken(
                Problem::error(span, "the boundary has no name")
                    .label("expected a name here")
                    .help("write `subgraph id[\"title\"]`"),
            ));
        }
        self.builder.open(id, label, span)?;
        self.expect_end()
    }

    fn end(&mut self, start: usize) -> Parsed<()> {
        let span = start..self.scanner.at;
        self.scanner.spaces();
        if !self.scanner.at_end_of_statement() {
            return Err(Problem::error(
                span,
                "`end` closes a boundary, so nothing can be called so",
            )
            .label("reserved word")
            .help("call the element otherwise, or write it with a capital: `End`"));
        }
        self.builder.close(span)
    }

    /// `a --> b & c -- text --> d`.
    fn chain(&mut self) -> Parsed<()> {
        let mut from = self.group()?;
        while let Some(link) = self.scanner.link()? {
            self.scanner.blanks();
            if self.scanner.done() || self.scanner.peek() == Some(';') {
                return Err(Problem::error(link.span, "the arrow goes nowhere")
                    .label("no element follows")
                    .help("name the element that the data goes to: `a --> b`"));
            }
            let to = self.group()?;
            for &from in &from {
                for &to in &to {
                    self.builder.flow(from, to, &link)?;
                }
            }
            from = to;
        }
        self.expect_end()
    }

    fn group(&mut self) -> Parsed<Vec<usize>> {
        let mut nodes = vec![self.node()?];
        loop {
            let back = self.scanner.at;
            self.scanner.spaces();
            if !(self.scanner.at > back && self.scanner.rest().starts_with('&')) {
                self.scanner.at = back;
                return Ok(nodes);
            }
            self.scanner.at += 1;
            self.scanner.blanks();
            nodes.push(self.node()?);
        }
    }

    fn node(&mut self) -> Parsed<usize> {
        let s = &mut self.scanner;
        let start = s.at;
        let id = s.name();
        if id.is_empty() {
            return Err(no_name(s));
        }
        if is_end_word(id) {
            return Err(Problem::error(
                start..s.at,
                "`end` closes a boundary, so nothing can be called so",
            )
            .label("reserved word")
            .help("call the element otherwise, or write it with a capital: `End`"));
        }
        if RESERVED.contains(&id) {
            return Err(Problem::error(start..s.at, format!("nothing can be called `{id}`"))
                .label("reserved word")
                .help("call the element otherwise"));
        }
        if id.starts_with("%%") {
            return Err(comment(s, start..s.at));
        }
        if matches!(id, "x" | "o") && (s.rest().starts_with("--") || s.rest().starts_with("==")) {
            return Err(Problem::error(start..s.at, format!("`{id}--` is one end of an arrow"))
                .label("Mermaid does not see an element here")
                .help(format!("put a space between them: `{id} -->`")));
        }
        let mut node = Node { id: id.to_string(), ..Node::default() };
        if let Some((label, hint)) = shape::brackets(s)? {
            node.label = Some(label);
            node.hint = Some(hint);
        }
        loop {
            if s.eat("@{") {
                let data = shape::data(s)?;
                node.label = data.label.or(node.label);
                node.hint = data.hint.or(node.hint);
            } else if node.class.is_none() && s.eat(":::") {
                let class = s.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
                if class.is_empty() {
                    return Err(Problem::error(s.at - 3..s.at, "no class follows `:::`")
                        .label("expected a class here")
                        .help("use `:::external`, `:::process` or `:::datastore`"));
                }
                node.class = Some(class.to_string());
            } else {
                break;
            }
        }
        node.span = start..s.at;
        self.builder.node(node)
    }

    fn expect_end(&mut self) -> Parsed<()> {
        self.scanner.spaces();
        if self.scanner.at_end_of_statement() {
            return Ok(());
        }
        let s = &self.scanner;
        let rest = s.rest();
        let problem = |message: &str| Problem::error(s.here(), message);
        let arrow = |length: usize, message: &str, help: &str| {
            Err(Problem::error(s.at..s.at + length, message).label("not an arrow").help(help))
        };
        if rest.starts_with("->") {
            return arrow(2, "`->` is not an arrow", "use `-->`");
        }
        if rest.starts_with("=>") {
            return arrow(2, "`=>` is not an arrow", "use `-->` or `==>`");
        }
        if rest.starts_with("<-") || rest.starts_with("<=") {
            return arrow(
                2,
                "no arrow points back",
                "write `b --> a`, or `a <--> b` for both ways",
            );
        }
        if let Some(c @ ('→' | '⇒' | '⟶')) = rest.chars().next() {
            return arrow(c.len_utf8(), "this sign is not an arrow", "use `-->`");
        }
        if rest.starts_with('[') || rest.starts_with('(') || rest.starts_with('{') {
            return Err(problem("space between an element and its label")
                .label("the bracket must follow the name at once")
                .help("write `id[\"label\"]`"));
        }
        if rest.starts_with("%%") {
            return Err(comment(s, s.here()));
        }
        Err(problem("expected an arrow or the end of the line")
            .label("not expected here")
            .help("an element's name has no spaces; its label goes into `id[\"label\"]`"))
    }
}

/// Whether a text can be the name of a node as it stands.
fn is_name(text: &str) -> bool {
    let mut scanner = Scanner { text, at: 0 };
    scanner.name();
    scanner.done() && !text.is_empty() && !text.starts_with("%%") && !is_reserved(text)
}

/// Words that Mermaid does not read as a name.
fn is_reserved(id: &str) -> bool {
    is_end_word(id) || RESERVED.contains(&id)
}

/// Whether Mermaid reads `end` at the front of a name.
fn is_end_word(id: &str) -> bool {
    id.strip_prefix("end")
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

fn comment(s: &Scanner, start: Span) -> Problem {
    let end = s.text[start.start..].find('\n').map_or(s.text.len(), |i| start.start + i);
    Problem::error(start.start..end, "a comment must stand on a line of its own")
        .label("not expected here")
        .help("move it to the line above")
}

fn no_name(s: &Scanner) -> Problem {
    let problem =
        Problem::error(s.here(), "expected the name of an element").label("not expected here");
    match s.peek() {
        Some('"') => problem.help("put a short name in front: `id[\"label\"]`"),
        Some('[' | '(' | '{') => {
            problem.help("put a short name in front of the bracket: `id[\"label\"]`")
        }
        Some(c) if c.is_ascii() => problem
            .help("write `id[\"label\"]`, `a -->|\"data\"| b`, `subgraph id[\"title\"]` or `end`"),
        _ => problem.help("use letters and digits for the name: `id[\"label\"]`"),
    }
}
