//! Raw HTML in Markdown: which tags have a partner, and what becomes of those that have
//! none or may not be published.
//!
//! Markdown hands raw HTML on tag by tag, and a browser would let a tag that is never
//! closed take the rest of the page. So each tag looks for its partner where Markdown
//! ends what it stands in: an inline tag in its paragraph, the tag of an HTML block in
//! its list item, quotation or page. An inline tag without one is text. What reaches the
//! cleaner is balanced, and holds only elements that it keeps.

pub mod element;
mod scope;
mod tag;

use super::html;
use crate::book::config::HtmlPolicy;
use crate::book::page::expanded::Expanded;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::markup::escape;
use crate::text::span::{Place, Span};
use pulldown_cmark::{CowStr, Event, Tag as Mark, TagEnd};
use scope::Scopes;
use tag::{Kind, Tag};

/// An event of the Markdown parser and where it comes from.
pub type Placed<'t> = (Event<'t>, Span);

/// What becomes of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It stays.
    Keep,
    /// It stays and is closed at once: an anchor.
    Pair,
    /// It stays, with a box around its element that a reader can scroll: a table.
    Boxed,
    /// It is text.
    Text,
    /// It is left out, and nobody needs to know: a comment.
    Quiet,
    /// It is left out.
    Leave(Reason),
    /// It is left out with its content, which is a program.
    Program,
    /// It is left out, and its content is text.
    Literal,
}

/// Why a tag is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Forbidden,
    NeverClosed,
    NeverOpened,
    NoPart,
}

/// An inline tag, or a block of HTML.
struct Unit {
    text: String,
    /// Where in the source the lines of `text` begin.
    map: Vec<(usize, usize)>,
    tags: Vec<Tag>,
    fates: Vec<Fate>,
    /// Elements that end with the unit, the innermost first.
    tail: Vec<String>,
    block: bool,
}

impl Unit {
    fn new(block: bool) -> Unit {
        let (text, map, tags) = (String::new(), Vec::new(), Vec::new());
        Unit { text, map, tags, fates: Vec::new(), tail: Vec::new(), block }
    }

    fn add(&mut self, text: &str, span: &Span) {
        self.map.push((self.text.len(), span.start));
        self.text.push_str(text);
    }

    fn source_of(&self, span: &Span) -> Span {
        let at = self.map.partition_point(|(text, _)| *text <= span.start).saturating_sub(1);
        let start = self.map.get(at).map_or(0, |(text, origin)| origin + span.start - text);
        start..start + span.len()
    }
}

/// The raw HTML of a page, each tag with its fate.
pub struct Raw {
    policy: HtmlPolicy,
    units: Vec<Unit>,
}

impl Raw {
    /// Reads the raw HTML among the events. `parts` tells the events at which a page is
    /// cut: no element reaches over them.
    pub fn read(
        events: &[Placed<'_>],
        policy: HtmlPolicy,
        parts: impl Fn(&Event<'_>) -> bool,
    ) -> Raw {
        let mut units: Vec<Unit> = Vec::new();
        let mut scopes = Scopes::new(policy);
        for (event, span) in events {
            match event {
                Event::Html(text) => {
                    if let Some(unit) = units.last_mut() {
                        unit.add(text, span);
                    }
                }
                Event::Start(Mark::HtmlBlock) => {
                    scopes.end_inline(&mut units);
                    units.push(Unit::new(true));
                }
                Event::End(TagEnd::HtmlBlock) => scopes.add(&mut units),
                Event::InlineHtml(text) => {
                    let mut unit = Unit::new(false);
                    unit.add(text, span);
                    units.push(unit);
                    scopes.add(&mut units);
                }
                Event::Start(mark) => {
                    if parts(event) && scopes.is_outermost() {
                        scopes.end_all(&mut units);
                    }
                    if !is_inline(mark) {
                        scopes.end_inline(&mut units);
                    }
                    scopes.open();
                }
                Event::End(_) => scopes.close(&mut units),
                Event::Rule if parts(event) && scopes.is_outermost() => {
                    scopes.end_all(&mut units);
                }
                _ => {}
            }
        }
        scopes.end_all(&mut units);
        Raw { policy, units }
    }

    /// Tags at the head of a block that are text, so that there is no block. One that is
    /// never closed would take all that follows.
    pub fn false_blocks(&self) -> Vec<FalseBlock> {
        let blocks = self.units.iter().filter(|unit| unit.block);
        blocks.flat_map(Unit::false_blocks).collect()
    }

    /// Gives every tag its fate, and says what is not as it was written.
    pub fn settle<'t>(
        self,
        events: Vec<Placed<'t>>,
        source: &Expanded,
    ) -> (Vec<Placed<'t>>, Vec<Diagnostic>) {
        if self.policy == HtmlPolicy::Escape {
            return (events.into_iter().map(escaped).collect(), Vec::new());
        }
        let mut found = Vec::new();
        let mut out = Vec::with_capacity(events.len());
        let mut units = self.units.into_iter();
        for (event, span) in events {
            match event {
                Event::Html(_) => {}
                Event::End(TagEnd::HtmlBlock) => {
                    if let Some(unit) = units.next() {
                        unit.report(source, &mut found);
                        out.push((Event::Html(unit.html().into()), span.clone()));
                    }
                    out.push((event, span));
                }
                Event::InlineHtml(text) => {
                    let Some(unit) = units.next() else { continue };
                    unit.report(source, &mut found);
                    out.extend(unit.inline(text).map(|event| (event, span)));
                }
                _ => out.push((event, span)),
            }
        }
        (out, found)
    }
}

/// Where all raw HTML is text.
fn escaped((event, span): Placed<'_>) -> Placed<'_> {
    match event {
        Event::InlineHtml(text) => (Event::Text(text), span),
        _ => (event, span),
    }
}

/// A tag that seems to open a block, and is text.
pub struct FalseBlock {
    /// Where it stands in the source.
    pub at: usize,
    /// How it is written.
    pub written: String,
    /// Whether it is text only in the middle of a paragraph.
    pub unlikely: bool,
}

impl Unit {
    fn false_blocks(&self) -> Vec<FalseBlock> {
        let head = self.text.len() - self.text.trim_start().len();
        let first = self.tags.first().is_some_and(|tag| {
            // Its text may go over several lines.
            let closed = tag.kind == Kind::Other;
            tag.span.start == head && !closed && self.is_false(tag, self.fates[0])
        });
        if !first {
            return Vec::new();
        }
        // Those at the head of later lines would open blocks of their own.
        let at_head = |tag: &Tag| {
            let line = self.text[..tag.span.start].rfind('\n').map_or(0, |at| at + 1);
            self.text[line..tag.span.start].trim().is_empty()
        };
        let tags = self.tags.iter().zip(&self.fates);
        tags.filter(|(tag, fate)| at_head(tag) && self.is_false(tag, **fate))
            .map(|(tag, fate)| FalseBlock {
                at: self.source_of(&tag.span).start,
                written: self.text[tag.span.clone()].lines().next().unwrap_or_default().into(),
                unlikely: *fate == Fate::Keep,
            })
            .collect()
    }

    /// Whether a tag at the head of a line is text: a word of a sentence.
    fn is_false(&self, tag: &Tag, fate: Fate) -> bool {
        let rest = self.text[tag.span.end..].lines().next().unwrap_or_default().trim();
        let in_sentence = !tag.attributes && !rest.is_empty() && !rest.starts_with('<');
        match fate {
            Fate::Text => true,
            Fate::Leave(Reason::NeverClosed) => in_sentence || tag.name == "pre",
            Fate::Leave(Reason::NeverOpened | Reason::NoPart) => in_sentence,
            Fate::Keep => in_sentence && self.tail.contains(&tag.name),
            _ => false,
        }
    }

    /// The event of an inline tag.
    fn inline<'t>(&self, text: CowStr<'t>) -> Option<Event<'t>> {
        match self.fates.first() {
            Some(Fate::Pair) => Some(Event::InlineHtml(pair(&text, &self.tags[0].name).into())),
            Some(Fate::Boxed) => Some(Event::InlineHtml(boxed(&text, self.tags[0].kind).into())),
            Some(Fate::Text) => Some(Event::Text(text)),
            Some(Fate::Keep) | None => Some(Event::InlineHtml(text)),
            Some(_) => None,
        }
    }

    /// The HTML of a block.
    fn html(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut at = 0;
        let mut literal = false;
        let mut elements = false;
        for (tag, fate) in self.tags.iter().zip(&self.fates) {
            let between = &self.text[at..tag.span.start];
            match literal {
                true => escape(between, &mut out),
                false => out.push_str(between),
            }
            literal = false;
            let written = &self.text[tag.span.clone()];
            at = tag.span.end;
            match fate {
                Fate::Keep => {
                    out.push_str(written);
                    elements |= tag.kind != Kind::Comment;
                }
                Fate::Pair => {
                    out.push_str(&pair(written, &tag.name));
                    elements = true;
                }
                Fate::Boxed => {
                    out.push_str(&boxed(written, tag.kind));
                    elements = true;
                }
                Fate::Text => escape(written, &mut out),
                Fate::Literal => literal = tag.kind == Kind::Open,
                Fate::Program if tag.kind == Kind::Open => {
                    let next = self.tags.iter().find(|next| next.span.start >= at);
                    at = next.map_or(at, |next| next.span.start);
                }
                Fate::Quiet | Fate::Leave(_) | Fate::Program => {}
            }
        }
        out.push_str(&self.text[at..]);
        out.extend(self.tail.iter().map(|name| format!("</{name}>")));
        match elements || out.trim().is_empty() {
            true => out,
            false => format!("<p>{}</p>\n", out.trim()),
        }
    }

    fn report(&self, source: &Expanded, found: &mut Vec<Diagnostic>) {
        for (tag, fate) in self.tags.iter().zip(&self.fates) {
            let place = || source.place(self.source_of(&tag.span));
            let written = &self.text[tag.span.clone()];
            let close = tag.kind == Kind::Close;
            match fate {
                Fate::Text => found.push(as_text(written, place())),
                // One word for an element, at its beginning.
                Fate::Leave(Reason::Forbidden | Reason::NoPart) if close => {}
                Fate::Program | Fate::Literal if close => {}
                Fate::Leave(reason) => found.push(left_out(written, reason.help(), place())),
                Fate::Program => {
                    let help = "scripts and styles are not published: remove it with its content";
                    found.push(left_out(written, help, place()));
                }
                Fate::Literal => {
                    found.push(left_out(written, Reason::Forbidden.help(), place()));
                }
                Fate::Keep | Fate::Pair | Fate::Boxed | Fate::Quiet => {}
            }
        }
    }
}

impl Reason {
    fn help(self) -> &'static str {
        match self {
            Reason::Forbidden => "this element is not published; only its text is, if it has one",
            Reason::NeverClosed => "it is never closed where it stands: add the end tag",
            Reason::NeverOpened => "it closes nothing: remove it, or add the tag that opens it",
            Reason::NoPart => "it means something only as a part of a table, a list or the like",
        }
    }
}

/// That a tag is shown as text.
pub fn as_text(written: &str, place: Place) -> Diagnostic {
    let shown = shown(written);
    Diagnostic::new(Code::HtmlAsText, place, format!("`{shown}` is shown as text"))
        .help(format!("write it in backticks, or as `\\{shown}`"))
}

fn left_out(written: &str, help: &str, place: Place) -> Diagnostic {
    let message = format!("`{}` is left out", shown(written));
    Diagnostic::new(Code::RemovedHtml, place, message).help(help)
}

fn shown(written: &str) -> String {
    let line = written.lines().next().unwrap_or_default().trim_end();
    let mut shown: String = line.chars().take(40).collect();
    if shown.len() < written.trim_end().len() {
        shown.push('\u{2026}');
    }
    shown
}

/// A tag of a table with its part of the box around the table.
fn boxed(written: &str, kind: Kind) -> String {
    match kind {
        Kind::Close => format!("{written}</div>"),
        _ => format!("<div class=\"table-wrap\" tabindex=\"0\">{written}"),
    }
}

/// An element that is closed where it is opened.
fn pair(written: &str, name: &str) -> String {
    let open = written.strip_suffix('>').unwrap_or(written).trim_end().trim_end_matches('/');
    format!("{open}></{name}>")
}

fn is_inline(mark: &Mark<'_>) -> bool {
    matches!(
        mark,
        Mark::Emphasis
            | Mark::Strong
            | Mark::Strikethrough
            | Mark::Superscript
            | Mark::Subscript
            | Mark::Link { .. }
            | Mark::Image { .. }
    )
}

/// What Casebook's cleaner keeps.
fn is_kept(name: &str, policy: HtmlPolicy) -> bool {
    policy == HtmlPolicy::Allow || html::keeps_element(name)
}
