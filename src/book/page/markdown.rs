//! From Markdown to articles: one walk over the events of the parser.

mod callout;
mod code;
mod foreign;
mod heading;
mod link;
mod lost;
mod quiz;
mod raw;
mod text;

pub(super) use callout::{boxed, is_alert};
pub(super) use text::MAX_WIKI_LINK;

use super::body::{self, Hole, Label, token};
use super::draft::Draft;
use super::expanded::Expanded;
use super::fence::Info;
use super::include::is_directive;
use super::raw::{Placed, Raw};
use super::{Article, adopt, autolink, html, mend};
use crate::book::config::{Config, HtmlPolicy};
use crate::text::address::Address;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::markup::escaped;
use crate::text::span::{Place, Span};
use pulldown_cmark::{Alignment, BlockQuoteKind, Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeSet;

/// The extensions of CommonMark that are read.
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_MATH
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}

/// So many findings of raw HTML, footnotes and lost text are told of one page.
const MOST_FOUND: usize = 200;

/// What a page is, as far as its text depends on it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Form {
    /// Whether headings with an ID open entries.
    pub catalogue: bool,
    /// Whether it is shown as slides.
    pub slides: bool,
    /// Whether it is CommonMark to the letter.
    pub plain: bool,
}

impl Form {
    /// Whether a page is cut at this event, if it stands in no container.
    pub(super) fn cuts(self, event: &Event<'_>) -> bool {
        match event {
            Event::Rule => self.slides,
            Event::Start(Tag::Heading { level, .. }) => {
                self.catalogue || (self.slides && *level as u8 <= 2)
            }
            _ => false,
        }
    }
}

/// Walks the text from byte `from` on. The first article is the file's own; others
/// are entries under headings.
pub(super) fn write(
    source: &Expanded,
    from: usize,
    config: &Config,
    form: Form,
    options: Options,
) -> (Vec<Article>, Vec<Diagnostic>) {
    let adopted = (!form.plain).then(|| adopt::adopt(source, from, options)).flatten();
    let source = adopted.as_ref().unwrap_or(source);
    let mended = (!form.plain).then(|| mend::mend(source, from, config, form, options));
    let (source, mut mends) = match &mended {
        Some((source, found)) => (source, found.clone()),
        None => (source, Vec::new()),
    };
    let (drafts, found) = walk(source, from, config, form, &options);
    mends.extend(found);
    let found = capped(mends);
    let deep = |draft: &Draft| draft.raw && html::is_deep(&draft.out);
    if config.html == HtmlPolicy::Sanitize && drafts.iter().any(deep) {
        // Cleaning would take time with the square of the depth.
        let escaping = Config { html: HtmlPolicy::Escape, ..config.clone() };
        let (drafts, mut found) = walk(source, from, &escaping, form, &options);
        let place = drafts[0].place.clone();
        let message = "this page is nested too deeply for raw HTML, which is shown as text";
        found.push(Diagnostic::new(Code::RemovedHtml, place, message));
        let finish = |draft: Draft| draft.finish(&escaping, form.slides);
        return (drafts.into_iter().map(finish).collect(), found);
    }
    (drafts.into_iter().map(|draft| draft.finish(config, form.slides)).collect(), found)
}

fn walk(
    source: &Expanded,
    from: usize,
    config: &Config,
    form: Form,
    options: &Options,
) -> (Vec<Draft>, Vec<Diagnostic>) {
    let mut writer = Writer {
        source,
        config,
        form,
        drafts: vec![Draft::new(source.place(0..0), 0)],
        current: 0,
        found: Vec::new(),
        text: String::new(),
        text_map: Vec::new(),
        depth: 0,
        list_starts: Vec::new(),
        heading: None,
        image: None,
        code: None,
        table: None,
        notes: Vec::new(),
        defined: Vec::new(),
        links: Vec::new(),
        html: None,
        quotes: Vec::new(),
        told: BTreeSet::new(),
        skip_until: 0,
    };
    let mut events = events(&source.text, from, *options);
    if !form.plain {
        writer.found = lost::tell(source, from, &events);
        let raw = Raw::read(&events, config.html, |event| form.cuts(event));
        let (settled, found) = raw.settle(events, source);
        writer.found.extend(found);
        events = autolink::link(settled, &source.text);
    }
    for (event, span) in events {
        if writer.is_skipped(&event, &span) {
            continue;
        }
        if let Event::Text(text) = &event
            && writer.code.is_none()
        {
            writer.add_text(text, span);
            continue;
        }
        if matches!(event, Event::SoftBreak) && writer.in_wiki_link() {
            writer.add_text("\n", span);
            continue;
        }
        writer.flush_text();
        writer.event(event, span);
    }
    writer.flush_text();
    writer.lone_notes();
    let Writer { drafts, found, .. } = writer;
    (drafts, capped(found))
}

/// Without those findings of a kind that a page can have without end.
fn capped(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let kinds = [Code::HtmlAsText, Code::RemovedHtml, Code::LoneFootnote, Code::LostText];
    let mut counts = [0; 4];
    let mut out = Vec::with_capacity(found.len().min(MOST_FOUND));
    for mut diagnostic in found {
        if let Some(kind) = kinds.iter().position(|kind| *kind == diagnostic.code) {
            counts[kind] += 1;
            match counts[kind] {
                n if n > MOST_FOUND => continue,
                MOST_FOUND => {
                    diagnostic.message.push_str("; more like it on this page are not told")
                }
                _ => {}
            }
        }
        out.push(diagnostic);
    }
    out
}

/// The events of the Markdown parser.
pub(super) fn events(text: &str, from: usize, options: Options) -> Vec<Placed<'_>> {
    let parser = Parser::new_ext(&text[from..], options).into_offset_iter();
    parser.map(|(event, span)| (event, span.start + from..span.end + from)).collect()
}

struct OpenHeading {
    level: u8,
    id: Option<String>,
    classes: Vec<String>,
    start: usize,
    text: String,
    span: Span,
}

struct OpenCode {
    info: Info,
    span: Span,
    text: String,
    /// Offsets in `text` and the offsets in the source that they come from.
    map: Vec<(usize, usize)>,
}

struct OpenTable {
    alignments: Vec<Alignment>,
    head: bool,
    cell: usize,
}

struct OpenImage {
    address: Address,
    title: String,
    alt: String,
    span: Span,
}

struct Writer<'a> {
    source: &'a Expanded,
    config: &'a Config,
    form: Form,
    drafts: Vec<Draft>,
    current: usize,
    found: Vec<Diagnostic>,
    /// Neighbouring texts, joined so that `[[ID]]` is seen whole.
    text: String,
    /// Where in the source the parts of `text` begin: offset in `text`, then in the source.
    text_map: Vec<(usize, usize)>,
    /// How many containers are open.
    depth: usize,
    list_starts: Vec<usize>,
    heading: Option<OpenHeading>,
    image: Option<OpenImage>,
    code: Option<OpenCode>,
    table: Option<OpenTable>,
    /// The footnotes that are open, each with the text around it.
    notes: Vec<(String, String)>,
    /// The footnotes, each with its article and place.
    defined: Vec<(usize, String, Place)>,
    /// How each open link is closed.
    links: Vec<String>,
    html: Option<(String, Span)>,
    quotes: Vec<callout::Quote>,
    /// What is told of a page once.
    told: BTreeSet<String>,
    /// What begins before this byte is the line of a mark.
    skip_until: usize,
}

impl Writer<'_> {
    fn draft(&mut self) -> &mut Draft {
        &mut self.drafts[self.current]
    }

    fn push(&mut self, html: &str) {
        self.draft().out.push_str(html);
    }

    /// Begins a line unless one has just begun.
    fn fresh_line(&mut self) {
        let out = &mut self.draft().out;
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    fn event(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag, span),
            Event::Text(text) => self.code_text(&text, span),
            Event::Code(code) => {
                self.foreign_role(&span);
                // How far a later line is indented is no part of its text.
                let indented = self.source.text[span].contains("\n    ");
                let code = if indented { code.replace("     ", " ").into() } else { code };
                self.inline(&code, "<code>", "</code>");
            }
            Event::InlineMath(math) => self.inline(&math, "<code class=\"math\">", "</code>"),
            Event::DisplayMath(math) => {
                self.inline(&math, "<code class=\"math math-display\">", "</code>")
            }
            Event::SoftBreak => match &mut self.image {
                Some(image) => image.alt.push('\n'),
                None => {
                    if let Some(heading) = &mut self.heading {
                        heading.text.push(' ');
                    }
                    self.push("\n");
                }
            },
            Event::HardBreak => match &mut self.image {
                Some(image) => image.alt.push('\n'),
                None => self.push("<br />\n"),
            },
            Event::Rule if self.opens_slide(None) => {}
            Event::Rule => {
                self.fresh_line();
                self.push("<hr />\n");
            }
            Event::Html(text) => match &mut self.html {
                Some((open, _)) => open.push_str(&text),
                None => self.raw_html(&text, span),
            },
            Event::InlineHtml(text) => match &mut self.image {
                Some(image) => image.alt.push_str(&text),
                None => self.raw_html(&text, span),
            },
            Event::FootnoteReference(name) => {
                let html = self.draft().footnotes.reference(&name);
                self.push(&html);
            }
            Event::TaskListMarker(done) => self.task(done),
        }
    }

    /// Ends a paragraph; one that held only a mark leaves nothing.
    fn end_paragraph(&mut self, span: Span) {
        let skipped = span.start < self.skip_until;
        let draft = self.draft();
        match skipped && draft.out.ends_with("<p>") {
            true => draft.out.truncate(draft.out.len() - 3),
            false => draft.end_paragraph(),
        }
    }

    /// Begins a slide at a thematic break or a heading of this level; false where there
    /// are no slides.
    fn opens_slide(&mut self, level: Option<u8>) -> bool {
        if !self.form.slides || self.depth > 0 || self.current > 0 || level.is_some_and(|l| l > 2) {
            return false;
        }
        self.fresh_line();
        let draft = self.draft();
        let last = draft.slides.last().copied();
        let title = level == Some(1) && draft.out.trim().is_empty();
        let again = last.is_some_and(|at| draft.out[at..].trim().is_empty());
        if !title && !again {
            draft.slides.push(draft.out.len());
            let number = draft.slides.len() + 1;
            draft.claim(&number.to_string());
        }
        true
    }

    fn inline(&mut self, text: &str, before: &str, after: &str) {
        if let Some(image) = &mut self.image {
            return image.alt.push_str(text);
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
        let html = format!("{before}{}{after}", escaped(&body::without_tokens(text)));
        self.push(&html);
    }

    fn task(&mut self, done: bool) {
        if self.quiz_choice(done) {
            return;
        }
        let starts = self.list_starts.last().copied();
        let out = &mut self.draft().out;
        if let Some(at) = out.rfind("<li>") {
            out.replace_range(at..at + 4, "<li class=\"task\">");
        }
        if let Some(start) = starts
            && out.get(start..start + 4) == Some("<ul>")
        {
            out.replace_range(start..start + 4, "<ul class=\"tasks\">");
        }
        let checked = if done { " checked" } else { "" };
        out.push_str(&format!(
            "<input type=\"checkbox\" disabled{checked} aria-label=\"{}\"> ",
            token(Hole::Label(Label::Done))
        ));
        self.draft().boxes += 1;
    }

    fn start(&mut self, tag: Tag<'_>, span: Span) {
        match tag {
            Tag::Paragraph => {
                self.fresh_line();
                self.quiz_paragraph();
                self.foreign_paragraph(&span);
                self.push("<p>");
            }
            Tag::Heading { level, id, classes, .. } => {
                self.switch_article(level as u8);
                self.fresh_line();
                self.opens_slide(Some(level as u8));
                let start = self.draft().out.len();
                self.heading = Some(OpenHeading {
                    level: level as u8,
                    id: id.map(|id| id.to_string()),
                    classes: classes.iter().map(|class| class.to_string()).collect(),
                    start,
                    text: String::new(),
                    span,
                });
            }
            Tag::BlockQuote(kind) => self.start_quote(kind, span),
            Tag::CodeBlock(kind) => self.start_code(kind, span),
            Tag::HtmlBlock => self.html = Some((String::new(), span)),
            Tag::List(first) => {
                self.depth += 1;
                self.fresh_line();
                self.quiz_list();
                let at = self.draft().out.len();
                self.list_starts.push(at);
                match first {
                    None => self.push("<ul>\n"),
                    Some(1) => self.push("<ol>\n"),
                    Some(n) => self.push(&format!("<ol start=\"{n}\">\n")),
                }
            }
            Tag::Item => {
                self.fresh_line();
                self.push("<li>");
            }
            Tag::FootnoteDefinition(name) => {
                self.depth += 1;
                let line = self.source.text[span.clone()].lines().next().unwrap_or_default();
                let place = self.source.place(span.start..span.start + line.len());
                self.defined.push((self.current, name.to_string(), place));
                let outer = std::mem::take(&mut self.draft().out);
                self.notes.push((name.to_string(), outer));
            }
            Tag::DefinitionList => {
                self.depth += 1;
                self.fresh_line();
                self.push("<dl>\n");
            }
            Tag::DefinitionListTitle => {
                self.fresh_line();
                self.push("<dt>");
            }
            Tag::DefinitionListDefinition => {
                self.fresh_line();
                self.push("<dd>");
            }
            Tag::Table(alignments) => {
                self.depth += 1;
                self.fresh_line();
                self.push("<div class=\"table-wrap\" tabindex=\"0\"><table>");
                self.table = Some(OpenTable { alignments, head: false, cell: 0 });
            }
            Tag::TableHead => {
                self.push("<thead><tr>");
                if let Some(table) = &mut self.table {
                    (table.head, table.cell) = (true, 0);
                }
            }
            Tag::TableRow => {
                self.push("<tr>");
                if let Some(table) = &mut self.table {
                    table.cell = 0;
                }
            }
            Tag::TableCell => {
                let Some(table) = &self.table else { return };
                let name = if table.head { "th" } else { "td" };
                let class = match table.alignments.get(table.cell) {
                    Some(Alignment::Left) => " class=\"left\"",
                    Some(Alignment::Center) => " class=\"center\"",
                    Some(Alignment::Right) => " class=\"right\"",
                    _ => "",
                };
                self.push(&format!("<{name}{class}>"));
            }
            Tag::Emphasis => self.markup("<em>"),
            Tag::Strong => self.markup("<strong>"),
            Tag::Strikethrough => self.markup("<del>"),
            Tag::Superscript => self.markup("<sup>"),
            Tag::Subscript => self.markup("<sub>"),
            Tag::Link { link_type, dest_url, title, .. } => {
                self.start_link(link_type, &dest_url, &title, span)
            }
            Tag::Image { dest_url, title, .. } => match &mut self.image {
                // An image in the text of an image adds its own text.
                Some(_) => self.links.push(String::new()),
                None => {
                    let address = Address::parse(&dest_url);
                    self.image = Some(OpenImage {
                        address,
                        title: title.to_string(),
                        alt: String::new(),
                        span,
                    });
                }
            },
            Tag::MetadataBlock(_) => {}
        }
    }

    fn markup(&mut self, html: &str) {
        if self.image.is_none() {
            self.push(html);
        }
    }

    fn end(&mut self, tag: TagEnd, span: Span) {
        match tag {
            TagEnd::Paragraph => self.end_paragraph(span),
            TagEnd::Heading(level) => self.end_heading(level),
            TagEnd::BlockQuote(_) => self.end_quote(),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => {
                if let Some((text, span)) = self.html.take() {
                    self.fresh_line();
                    self.raw_html(&text, span);
                }
            }
            TagEnd::List(ordered) => {
                self.depth -= 1;
                self.list_starts.pop();
                self.push(if ordered { "</ol>\n" } else { "</ul>\n" });
                self.quiz_list_end();
            }
            TagEnd::Item => {
                let place = self.source.place(span);
                self.quiz_item_end(place);
                self.push("</li>\n");
            }
            TagEnd::FootnoteDefinition => {
                self.depth -= 1;
                if let Some((name, outer)) = self.notes.pop() {
                    let draft = self.draft();
                    let text = std::mem::replace(&mut draft.out, outer);
                    draft.footnotes.define(name, text);
                }
            }
            TagEnd::DefinitionList => {
                self.depth -= 1;
                self.push("</dl>\n");
            }
            TagEnd::DefinitionListTitle => self.push("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.push("</dd>\n"),
            TagEnd::Table => {
                self.depth -= 1;
                self.push("</tbody></table></div>\n");
                self.table = None;
            }
            TagEnd::TableHead => {
                self.push("</tr></thead><tbody>\n");
                if let Some(table) = &mut self.table {
                    table.head = false;
                }
            }
            TagEnd::TableRow => self.push("</tr>\n"),
            TagEnd::TableCell => {
                let Some(table) = &mut self.table else { return };
                table.cell += 1;
                let close = if table.head { "</th>" } else { "</td>" };
                self.push(close);
            }
            TagEnd::Emphasis => self.markup("</em>"),
            TagEnd::Strong => self.markup("</strong>"),
            TagEnd::Strikethrough => self.markup("</del>"),
            TagEnd::Superscript => self.markup("</sup>"),
            TagEnd::Subscript => self.markup("</sub>"),
            TagEnd::Link => {
                let close = self.links.pop().unwrap_or_default();
                if self.image.is_none() {
                    self.push(&close);
                }
            }
            TagEnd::Image => self.end_image(),
            TagEnd::MetadataBlock(_) => {}
        }
    }
}

/// The class of an alert, and its title.
fn alert_class(kind: BlockQuoteKind) -> (&'static str, Label) {
    match kind {
        BlockQuoteKind::Note => ("note", Label::Note),
        BlockQuoteKind::Tip => ("tip", Label::Tip),
        BlockQuoteKind::Important => ("important", Label::Important),
        BlockQuoteKind::Warning => ("warning", Label::Warning),
        BlockQuoteKind::Caution => ("caution", Label::Caution),
    }
}

fn alert_open(kind: BlockQuoteKind) -> String {
    let (class, label) = alert_class(kind);
    format!(
        "<div class=\"alert alert-{class}\" role=\"note\"><p class=\"alert-title\">{}</p>\n",
        token(Hole::Label(label))
    )
}
