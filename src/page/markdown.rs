//! From Markdown to articles: one walk over the events of the parser.

use super::block::{self, BlockKind};
use super::body::{self, Chart, Heading, Hole, Link, Piece, Target, escape, escaped, token};
use super::draft::Draft;
use super::fence::{Info, figure};
use super::include::Expanded;
use super::meta::{self, Word};
use super::{Article, Title, html, link};
use crate::config::{Config, HtmlPolicy};
use crate::dfd;
use crate::diagnostic::{Code, Diagnostic};
use crate::entry::is_id;
use crate::span::{Place, Span};
use pulldown_cmark::{
    Alignment, BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag,
    TagEnd,
};

/// No link in double brackets is so long, in bytes.
const MAX_WIKI_LINK: usize = 2_000;

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

/// Walks the text from byte `from` on. The first article is the file's own; others
/// are entries under headings.
pub(super) fn write(
    source: &Expanded,
    from: usize,
    config: &Config,
    catalogue: bool,
    options: Options,
) -> (Vec<Article>, Vec<Diagnostic>) {
    let (drafts, found) = walk(source, from, config, catalogue, &options);
    let deep = |draft: &Draft| draft.raw && html::is_deep(&draft.out);
    if config.html == HtmlPolicy::Sanitize && drafts.iter().any(deep) {
        // Cleaning would take time with the square of the depth.
        let escaping = Config { html: HtmlPolicy::Escape, ..config.clone() };
        let (drafts, mut found) = walk(source, from, &escaping, catalogue, &options);
        let place = drafts[0].place.clone();
        let message = "this page is nested too deeply for raw HTML, which is shown as text";
        found.push(Diagnostic::new(Code::RemovedHtml, place, message));
        return (drafts.into_iter().map(|draft| draft.finish(&escaping)).collect(), found);
    }
    (drafts.into_iter().map(|draft| draft.finish(config)).collect(), found)
}

fn walk(
    source: &Expanded,
    from: usize,
    config: &Config,
    catalogue: bool,
    options: &Options,
) -> (Vec<Draft>, Vec<Diagnostic>) {
    let mut writer = Writer {
        source,
        config,
        catalogue,
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
        links: Vec::new(),
        html: None,
    };
    let parser = Parser::new_ext(&source.text[from..], *options).into_offset_iter();
    for (event, span) in parser {
        let span = span.start + from..span.end + from;
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
    let Writer { drafts, found, .. } = writer;
    (drafts, found)
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
    target: Target,
    title: String,
    alt: String,
    span: Span,
}

struct Writer<'a> {
    source: &'a Expanded,
    config: &'a Config,
    /// Whether headings with an ID open entries here.
    catalogue: bool,
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
    /// How each open link is closed.
    links: Vec<String>,
    html: Option<(String, Span)>,
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

    fn add_text(&mut self, text: &str, span: Span) {
        self.text_map.push((self.text.len(), span.start));
        self.text.push_str(&body::without_tokens(text));
    }

    /// Whether `[[ID|some` is open: then its text goes on in the next line.
    fn in_wiki_link(&self) -> bool {
        let open = self.text.rfind("[[").filter(|_| self.text.len() < MAX_WIKI_LINK);
        self.links.is_empty() && open.is_some_and(|at| !self.text[at..].contains("]]"))
    }

    fn flush_text(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        let map = std::mem::take(&mut self.text_map);
        if let Some(image) = &mut self.image {
            image.alt.push_str(&text);
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&text);
        }
        if !text.contains("[[") || !self.links.is_empty() {
            escape(&text, &mut self.drafts[self.current].out);
            return;
        }
        self.text_with_ids(&text, &map);
    }

    /// Writes text in which `[[ID]]`, `[[ID#heading]]` and `[[ID|text]]` are links.
    fn text_with_ids(&mut self, text: &str, map: &[(usize, usize)]) {
        let mut rest = text;
        // Where the next end of a link is, so that text full of beginnings is read once.
        let mut end = 0;
        while let Some(open) = rest.find("[[") {
            let inner = &rest[open + 2..];
            let start = text.len() - inner.len();
            if end < start {
                match inner.find("]]") {
                    Some(length) => end = start + length,
                    None => break,
                }
            }
            let at = source_of(map, start - 2);
            let target = Some(&text[start..end])
                .filter(|inner| inner.len() < MAX_WIKI_LINK && self.is_unescaped(at))
                .and_then(wiki_link);
            let Some(target) = target else {
                // Of three brackets the last two may be the link's.
                escape(&rest[..=open], &mut self.draft().out);
                rest = &rest[open + 1..];
                continue;
            };
            escape(&rest[..open], &mut self.draft().out);
            let length = match &target {
                Target::Id { id, .. } => id.len(),
                _ => 0,
            };
            let place = self.source.place(at + 2..at + 2 + length);
            let draft = self.draft();
            let number = draft.link(Link { target, title: None, image: false, place });
            draft.out.push_str(&token(Hole::Entry(number)));
            rest = &text[end + 2..];
        }
        escape(rest, &mut self.draft().out);
    }

    /// Whether the source has two brackets at this place, and no backslash or character
    /// reference makes them text.
    fn is_unescaped(&self, at: usize) -> bool {
        let text = &self.source.text;
        let backslashes = text.as_bytes()[..at.min(text.len())].iter().rev();
        let backslashes = backslashes.take_while(|b| **b == b'\\').count();
        text.get(at..).is_some_and(|text| text.starts_with("[[")) && backslashes % 2 == 0
    }

    fn event(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.code_text(&text, span),
            Event::Code(code) => self.inline(&code, "<code>", "</code>"),
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
        out.push_str(&format!("<input type=\"checkbox\" disabled{checked} aria-label=\"Done\"> "));
    }

    fn start(&mut self, tag: Tag<'_>, span: Span) {
        match tag {
            Tag::Paragraph => {
                self.fresh_line();
                self.push("<p>");
            }
            Tag::Heading { level, id, classes, .. } => {
                self.switch_article(level as u8);
                self.fresh_line();
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
            Tag::BlockQuote(kind) => {
                self.depth += 1;
                self.fresh_line();
                self.push(&alert_open(kind));
            }
            Tag::CodeBlock(kind) => self.start_code(kind, span),
            Tag::HtmlBlock => self.html = Some((String::new(), span)),
            Tag::List(first) => {
                self.depth += 1;
                self.fresh_line();
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
                    let target = link::classify(&dest_url);
                    self.image = Some(OpenImage {
                        target,
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

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.push("</p>\n"),
            TagEnd::Heading(level) => self.end_heading(level),
            TagEnd::BlockQuote(kind) => {
                self.depth -= 1;
                self.push(if kind.is_some() { "</div>\n" } else { "</blockquote>\n" });
            }
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
            }
            TagEnd::Item => self.push("</li>\n"),
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

    fn start_link(&mut self, link_type: LinkType, address: &str, title: &str, span: Span) {
        if self.image.is_some() {
            return self.links.push(String::new());
        }
        let address = match link_type {
            LinkType::Email => format!("mailto:{address}"),
            _ => address.to_string(),
        };
        let title = Some(body::without_tokens(title)).filter(|title| !title.is_empty());
        let target = link::classify(&address);
        let place = self.source.place(span);
        match &target {
            Target::External(url) => {
                let title = title.map(|title| format!(" title=\"{}\"", escaped(&title)));
                let title = title.unwrap_or_default();
                let html = format!("<a href=\"{}\"{title}>", escaped(&link::encode(url)));
                self.push(&html);
                self.links.push("</a>".into());
            }
            Target::Unsafe(url) => {
                self.report(unsafe_link(url, place));
                self.links.push(String::new());
            }
            Target::Relative { .. } | Target::Id { .. } => {
                let title = title.map(|title| title.into_owned());
                let draft = self.draft();
                let number = draft.link(Link { target, title, image: false, place });
                draft.out.push_str(&token(Hole::Open(number)));
                self.links.push(token(Hole::Close(number)));
            }
        }
    }

    fn end_image(&mut self) {
        if self.links.last().is_some_and(String::is_empty) && self.image.is_some() {
            // The end of an image within an image.
            self.links.pop();
            return;
        }
        let Some(image) = self.image.take() else { return };
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&image.alt);
        }
        let place = self.source.place(image.span);
        let alt = escaped(&image.alt);
        let title = match image.title.as_str() {
            "" => String::new(),
            title => format!(" title=\"{}\"", escaped(&body::without_tokens(title))),
        };
        let html = match image.target {
            Target::External(url) if self.config.remote_images => {
                format!("<img src=\"{}\" alt=\"{alt}\"{title} />", escaped(&link::encode(&url)))
            }
            Target::External(url) => {
                self.report(remote_image(&url, place));
                let text = if alt.is_empty() { "image".to_string() } else { alt };
                match self.links.is_empty() {
                    true => {
                        let url = escaped(&link::encode(&url));
                        format!("<a class=\"remote-image\" href=\"{url}\"{title}>{text}</a>")
                    }
                    false => text,
                }
            }
            Target::Unsafe(url) => {
                self.report(unsafe_link(&url, place));
                alt
            }
            target => {
                let number = self.draft().link(Link { target, title: None, image: true, place });
                let source = token(Hole::Url(number));
                format!("<img src=\"{source}\" alt=\"{alt}\"{title} loading=\"lazy\" />")
            }
        };
        self.push(&html);
    }

    /// A heading outside all containers may end the entry that is being written.
    fn switch_article(&mut self, level: u8) {
        if self.depth == 0 && self.current > 0 && level <= self.drafts[self.current].level {
            self.current = 0;
        }
    }

    fn end_heading(&mut self, _level: HeadingLevel) {
        let Some(open) = self.heading.take() else { return };
        let inner = self.draft().out.split_off(open.start);
        let text = open.text.trim().to_string();
        // A title is shown where its links could not be filled in.
        let title_html = match self.draft().raw && self.config.html == HtmlPolicy::Sanitize {
            true => body::split(&html::clean(&inner, self.config.remote_images)),
            false => body::split(&inner),
        };
        let top = self.depth == 0;
        // `{#step-2}` has the form of an ID, and is one only with the prefix of a kind.
        let entry = |id: &&String| {
            let kind = self.config.kinds.of_id(id);
            self.catalogue && top && is_id(id) && kind.is_some_and(|kind| kind.catalogue)
        };
        if let Some(id) = open.id.as_ref().filter(entry) {
            let place = self.source.place(open.span.clone());
            let id_place = self.id_place(&open.span, id);
            // The links of the heading are those of the article around the entry.
            let html = match title_html.iter().any(|piece| matches!(piece, Piece::Hole(_))) {
                true => body::split(&escaped(&text)),
                false => title_html,
            };
            let mut draft = Draft::new(place, open.level);
            draft.meta.id = Some(Word { text: id.clone(), place: id_place });
            draft.title = Some(Title { text, html, anchor: None });
            self.drafts.push(draft);
            self.current = self.drafts.len() - 1;
            return;
        }
        let place = self.source.place(open.span);
        let draft = self.draft();
        let anchor = match open.id {
            Some(id) => {
                if !draft.claim(&id) {
                    let message = format!("two headings claim the ID `{id}`");
                    let diagnostic = Diagnostic::new(Code::DuplicateAnchor, place, message)
                        .label("links reach only the first one")
                        .help("change one of the two IDs");
                    self.report(diagnostic);
                }
                id
            }
            None => draft.slug(&text),
        };
        let draft = self.draft();
        if open.level == 1
            && top
            && draft.level == 0
            && draft.title.is_none()
            && draft.out.trim().is_empty()
        {
            draft.title = Some(Title { text, html: title_html, anchor: Some(anchor) });
            return;
        }
        // Inside an entry headings move up, as the entry is a page of its own.
        let level = open.level.saturating_sub(draft.level.saturating_sub(1)).clamp(1, 6);
        let class = match open.classes.is_empty() {
            true => String::new(),
            false => format!(" class=\"{}\"", escaped(&open.classes.join(" "))),
        };
        let id = escaped(&anchor);
        let link = link::encode_fragment(&anchor);
        draft.out.push_str(&format!(
            "<h{level} id=\"{id}\"{class}>{inner} <a class=\"anchor\" href=\"#{}\" \
             aria-label=\"Link to this section\">#</a></h{level}>\n",
            escaped(&link)
        ));
        draft.headings.push(Heading { level, id: anchor, text });
    }

    fn id_place(&self, span: &Span, id: &str) -> Place {
        let text = self.source.text.get(span.clone()).unwrap_or("");
        match text.rfind(id) {
            Some(at) => self.source.place(span.start + at..span.start + at + id.len()),
            None => self.source.place(span.clone()),
        }
    }

    fn start_code(&mut self, kind: CodeBlockKind<'_>, span: Span) {
        self.depth += 1;
        let info = match &kind {
            CodeBlockKind::Fenced(info) => Info::parse(&body::without_tokens(info)),
            CodeBlockKind::Indented => Info::default(),
        };
        if matches!(kind, CodeBlockKind::Fenced(_)) {
            self.check_closed(&span);
        }
        self.code = Some(OpenCode { info, span, text: String::new(), map: Vec::new() });
    }

    /// An open fence swallows the rest of the page, which is hardly ever meant.
    fn check_closed(&mut self, span: &Span) {
        let text = self.source.text[span.clone()].trim_end();
        let first = text.lines().next().unwrap_or("");
        let mark = first.chars().next().unwrap_or('`');
        let width = first.chars().take_while(|c| *c == mark).count();
        let last = text.lines().last().unwrap_or("").trim_start_matches([' ', '>', '\t']);
        let closed = text.lines().count() > 1
            && last.chars().count() >= width
            && last.chars().all(|c| c == mark);
        if !closed {
            let place = self.source.place(span.start..span.start + first.len());
            let fence: String = std::iter::repeat_n(mark, width).collect();
            let diagnostic =
                Diagnostic::new(Code::MalformedFence, place, "this code fence is never closed")
                    .label("it swallows the rest of the page")
                    .help(format!("add a line that holds only {fence} where the code ends"));
            self.report(diagnostic);
        }
    }

    fn code_text(&mut self, text: &str, span: Span) {
        if let Some(code) = &mut self.code {
            code.map.push((code.text.len(), span.start));
            code.text.push_str(text);
        }
    }

    fn end_code(&mut self) {
        self.depth -= 1;
        let Some(code) = self.code.take() else { return };
        self.fresh_line();
        let name = code.info.language.as_str();
        let source = self.source;
        let place = |span: Span| match code.map.is_empty() {
            true => source.place(code.span.clone()),
            false => source.place(source_of(&code.map, span.start)..source_of(&code.map, span.end)),
        };
        if let Some(kind) = BlockKind::parse(name).filter(|_| code.info.flags.is_empty()) {
            let (block, found) = block::read(kind, &code.text, &place);
            self.found.extend(found);
            match block {
                Some(block) => self.draft().block(block),
                None => self.push(&figure(&body::without_tokens(&code.text), &code.info)),
            }
            return;
        }
        if name == "entry" && self.current > 0 {
            match meta::parse_data(&code.text, 0, "---") {
                Ok(node) => {
                    let (mut fields, found) = meta::decode(&node, &self.config.roles, &place);
                    self.found.extend(found);
                    let draft = self.draft();
                    fields.id = draft.meta.id.take();
                    draft.meta = fields;
                }
                Err(error) => {
                    let at = place(error.span.clone());
                    self.report(meta::syntax_diagnostic(&error, "`entry` block", at));
                }
            }
            return;
        }
        if name == "mermaid" && code.info.flags.iter().any(|flag| flag == "dfd") {
            let (diagram, problems) = dfd::parse(&code.text);
            self.found.extend(problems.into_iter().map(|p| diagram_problem(p, &place)));
            if let Some(diagram) = diagram {
                let place = self.source.place(code.span.clone());
                let layout = match dfd::layout(&diagram, dfd::Choice::Auto) {
                    Ok(layout) => Some(layout),
                    Err(error) => {
                        let message = format!("the diagram is shown as tables: {error}");
                        let help = "split it: a picture of one part of the system says more";
                        self.report(
                            Diagnostic::new(Code::UndrawnDiagram, place.clone(), message)
                                .help(help),
                        );
                        None
                    }
                };
                return self.draft().chart(Chart { diagram, layout, place });
            }
        }
        let html = figure(&body::without_tokens(&code.text), &code.info);
        if name == "mermaid" {
            self.push(
                "<figure class=\"diagram\"><figcaption>Mermaid source. Data-flow diagrams are \
                 drawn: mark them <code>mermaid dfd</code>.</figcaption>",
            );
            self.push(&html);
            self.push("</figure>\n");
        } else {
            self.push(&html);
        }
    }

    fn raw_html(&mut self, text: &str, span: Span) {
        let text = body::without_tokens(text);
        if !html::keeps(self.config.html) {
            return escape(&text, &mut self.draft().out);
        }
        let text = match self.config.html {
            HtmlPolicy::Allow => text,
            _ => html::without_comments(&text).into_owned().into(),
        };
        if text.trim().is_empty() {
            return self.push(&text);
        }
        let place = self.source.place(span);
        if self.config.html == HtmlPolicy::Sanitize && html::loses(&text) {
            let diagnostic = Diagnostic::new(
                Code::RemovedHtml,
                place.clone(),
                "part of this HTML is left out",
            )
            .help("scripts, frames, forms, event handlers and inline styles are not published");
            self.report(diagnostic);
        }
        let text = html::without_references(&text);
        let anchors = html::anchors(&text);
        let (config, found) = (self.config, &mut self.found);
        let draft = &mut self.drafts[self.current];
        draft.anchors.extend(anchors);
        let html = html::map_addresses(&text, |image, address| {
            // Names of characters that are not known here are left to the cleaner.
            let Some(decoded) = html::decode(address) else { return address.to_string() };
            match link::classify(&decoded) {
                Target::External(url) if image && !config.remote_images => {
                    found.push(remote_image(&url, place.clone()));
                    String::new()
                }
                Target::External(_) => address.to_string(),
                Target::Unsafe(url) => {
                    found.push(unsafe_link(&url, place.clone()));
                    String::new()
                }
                target => {
                    let number =
                        draft.link(Link { target, title: None, image, place: place.clone() });
                    token(Hole::Url(number))
                }
            }
        });
        draft.out.push_str(&html);
        draft.raw = true;
    }
}

/// The place in the source of an offset in text that was put together from parts.
fn source_of(map: &[(usize, usize)], offset: usize) -> usize {
    let at = map.partition_point(|(text, _)| *text <= offset).saturating_sub(1);
    map.get(at).map_or(offset, |(text, origin)| origin + offset - text)
}

fn diagram_problem(problem: dfd::Problem, place: &dyn Fn(Span) -> Place) -> Diagnostic {
    let code = match problem.level {
        dfd::Level::Error => Code::BadDiagram,
        dfd::Level::Note => Code::GuessedElement,
    };
    Diagnostic::new(code, place(problem.span), problem.message)
        .label(problem.label)
        .maybe_help(problem.help)
}

fn unsafe_link(url: &str, place: Place) -> Diagnostic {
    let shown: String = url.chars().take(60).collect();
    Diagnostic::new(Code::UnsafeLink, place, format!("the address `{shown}` is not published"))
        .label("its scheme is not allowed")
        .help(format!("allowed: {} and relative links", html::SCHEMES.join(", ")))
}

fn remote_image(url: &str, place: Place) -> Diagnostic {
    let shown: String = url.chars().take(60).collect();
    Diagnostic::new(Code::RemoteImage, place, format!("the image `{shown}` is on another site"))
        .label("shown as a link instead")
        .help("copy the image into the book, or set `remote-images = true` under [markdown]")
}

fn alert_open(kind: Option<BlockQuoteKind>) -> String {
    let (class, title) = match kind {
        None => return "<blockquote>\n".into(),
        Some(BlockQuoteKind::Note) => ("note", "Note"),
        Some(BlockQuoteKind::Tip) => ("tip", "Tip"),
        Some(BlockQuoteKind::Important) => ("important", "Important"),
        Some(BlockQuoteKind::Warning) => ("warning", "Warning"),
        Some(BlockQuoteKind::Caution) => ("caution", "Caution"),
    };
    format!(
        "<div class=\"alert alert-{class}\" role=\"note\"><p class=\"alert-title\">{title}</p>\n"
    )
}

/// What stands between double brackets, when it begins with something like an ID:
/// letters, a hyphen, and a number somewhere.
fn wiki_link(inner: &str) -> Option<Target> {
    let (target, text) = match inner.split_once('|') {
        Some((target, text)) => (target, Some(text.trim().to_string())),
        None => (inner, None),
    };
    let target = target.trim_end_matches('\\').trim();
    let (id, anchor) = match target.split_once('#') {
        Some((id, anchor)) => (id.trim(), Some(anchor.trim().to_string())),
        None => (target, None),
    };
    let shape = id.len() <= 80
        && id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.contains('-')
        && id.bytes().any(|b| b.is_ascii_digit())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let text = text.filter(|text| !text.is_empty());
    shape.then(|| Target::Id { id: id.to_string(), anchor, text })
}
