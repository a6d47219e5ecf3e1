//! A tree in Confluence's storage format: XHTML with macros.

use crate::out::wiki::{
    Block, Cell, Context, Diagram, Fact, Inline, Item, Link, Page, Row, Table, To, plain,
};
use std::fmt::Write;

/// Languages that the macro `code` knows, by the word after a fence.
const LANGUAGES: [(&str, &str); 34] = [
    ("bash", "bash"),
    ("c", "cpp"),
    ("c#", "c#"),
    ("cpp", "cpp"),
    ("cs", "c#"),
    ("css", "css"),
    ("diff", "diff"),
    ("erlang", "erl"),
    ("go", "go"),
    ("groovy", "groovy"),
    ("html", "xml"),
    ("java", "java"),
    ("javascript", "js"),
    ("js", "js"),
    ("json", "js"),
    ("kotlin", "kotlin"),
    ("perl", "perl"),
    ("php", "php"),
    ("powershell", "powershell"),
    ("py", "py"),
    ("python", "py"),
    ("rb", "ruby"),
    ("ruby", "ruby"),
    ("rust", "rust"),
    ("scala", "scala"),
    ("sh", "bash"),
    ("shell", "bash"),
    ("sql", "sql"),
    ("swift", "swift"),
    ("ts", "typescript"),
    ("typescript", "typescript"),
    ("vb", "vb"),
    ("xml", "xml"),
    ("yaml", "yml"),
];

pub(super) struct Writer<'w> {
    pub context: &'w Context<'w>,
    /// The name of the page that is written.
    pub name: &'w str,
    pub out: String,
}

/// Those that servers know too.
pub(super) const ON_SERVERS: [&str; 22] = [
    "actionscript3",
    "bash",
    "c#",
    "cpp",
    "css",
    "delphi",
    "diff",
    "erl",
    "groovy",
    "java",
    "javafx",
    "js",
    "perl",
    "php",
    "powershell",
    "py",
    "ruby",
    "scala",
    "sql",
    "vb",
    "xml",
    "yml",
];

/// Words as text or in an attribute. XML cannot hold control characters.
pub(super) fn text(words: &str, out: &mut String) {
    let allowed = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let words: String = words.chars().filter(allowed).filter(|c| !is_no_character(*c)).collect();
    crate::text::markup::escape(&words, out);
}

fn is_no_character(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn escaped(words: &str) -> String {
    let mut out = String::new();
    text(words, &mut out);
    out
}

/// Text that is not read as markup.
fn cdata(words: &str) -> String {
    let allowed = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let words: String = words.chars().filter(allowed).filter(|c| !is_no_character(*c)).collect();
    format!("<![CDATA[{}]]>", words.replace("]]>", "]]]]><![CDATA[>"))
}

/// A macro with parameters and what it holds.
pub(super) fn macro_of(name: &str, parameters: &[(&str, &str)], body: &str) -> String {
    let mut out = format!("<ac:structured-macro ac:name=\"{name}\">");
    for (key, value) in parameters {
        let _ = write!(out, "<ac:parameter ac:name=\"{key}\">{}</ac:parameter>", escaped(value));
    }
    if !body.is_empty() {
        let _ = write!(out, "{body}");
    }
    out.push_str("</ac:structured-macro>");
    out
}

fn rich(inner: &str) -> String {
    let inner = if inner.is_empty() { "<p />" } else { inner };
    format!("<ac:rich-text-body>{inner}</ac:rich-text-body>")
}

fn table_of(rows: &[(String, String)]) -> String {
    let mut out = String::from("<table><tbody>\n");
    for (name, value) in rows {
        let _ = writeln!(out, "<tr><th>{}</th><td><p>{value}</p></td></tr>", escaped(name));
    }
    out.push_str("</tbody></table>");
    out
}

pub(super) fn place(name: &str) -> String {
    macro_of("anchor", &[("", name)], "")
}

impl Writer<'_> {
    /// A writer of a part of the same page.
    fn part(&self, write: impl FnOnce(&mut Writer<'_>)) -> String {
        let mut part = Writer { context: self.context, name: self.name, out: String::new() };
        write(&mut part);
        part.out
    }

    pub fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    pub fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, anchor, text } => {
                let level = (*level).clamp(1, 6);
                let place = anchor.as_deref().map(place).unwrap_or_default();
                let words = self.part(|part| part.line(text));
                let _ = writeln!(self.out, "<h{level}>{place}{words}</h{level}>");
            }
            Block::Anchor(name) => {
                let _ = writeln!(self.out, "<p>{}</p>", place(name));
            }
            Block::Paragraph(line) | Block::Banner(line) => {
                self.out.push_str("<p>");
                self.line(line);
                self.out.push_str("</p>\n");
            }
            Block::List { start, items } => self.list(*start, items),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::Code { language, title, text } => {
                let mut parameters = Vec::new();
                let word = language.to_ascii_lowercase();
                if let Some((_, known)) = LANGUAGES.iter().find(|(own, _)| *own == word) {
                    parameters.push(("language", *known));
                }
                if let Some(title) = title {
                    parameters.push(("title", title.as_str()));
                }
                let body = format!("<ac:plain-text-body>{}</ac:plain-text-body>", cdata(text));
                self.out.push_str(&macro_of("code", &parameters, &body));
                self.out.push('\n');
            }
            Block::Alert { kind, title, blocks } => {
                let name = match kind.as_str() {
                    "exercise" | "quiz" | "speaker" => "panel",
                    "tip" => "tip",
                    "important" | "warning" => "note",
                    "caution" => "warning",
                    _ => "info",
                };
                let inner = self.part(|part| part.blocks(blocks));
                let title = plain(title);
                self.out.push_str(&macro_of(name, &[("title", &title)], &rich(&inner)));
                self.out.push('\n');
            }
            Block::Details { summary, blocks } => {
                let inner = self.part(|part| part.blocks(blocks));
                let title = plain(summary);
                self.out.push_str(&macro_of("expand", &[("title", &title)], &rich(&inner)));
                self.out.push('\n');
            }
            Block::Figure { blocks, caption } => {
                self.blocks(blocks);
                self.caption(caption);
            }
            Block::Diagram(diagram) => self.diagram(diagram),
            Block::Definitions(list) => {
                for definition in list {
                    for term in &definition.terms {
                        self.out.push_str("<p><strong>");
                        self.line(term);
                        self.out.push_str("</strong></p>\n");
                    }
                    definition.meanings.iter().for_each(|meaning| self.blocks(meaning));
                }
            }
            Block::Quote(blocks) => {
                let inner = self.part(|part| part.blocks(blocks));
                let _ = writeln!(self.out, "<blockquote>{inner}</blockquote>");
            }
            Block::Rule => self.out.push_str("<hr />\n"),
        }
    }

    /// What stands above each page: that it is generated, from what, and which page it is.
    pub fn notice(&mut self, page: &Page) {
        let words = escaped(self.context.book.text.get("edit_the_sources"));
        let source = page.place.as_ref().map(|place| {
            let path = place.file.to_string();
            let url = self.context.book.edit_url.as_ref().map(|url| url.replace("{path}", &path));
            match url {
                Some(url) => format!(" <a href=\"{}\">{}</a>", escaped(&url), escaped(&path)),
                None => format!(" <code>{}</code>", escaped(&path)),
            }
        });
        // Found again where the state of publishing was lost.
        let mark = place(&super::mark(&page.identity));
        let source = source.unwrap_or_default();
        let _ = writeln!(self.out, "<p>{mark}<sub>{words}{source}</sub></p>");
    }

    /// The steps to other pages, and the way to the site.
    pub fn foot(&mut self, page: &Page) {
        let words = &self.context.book.text;
        let mut lines = Vec::new();
        let steps: Vec<String> = self
            .context
            .steps(page)
            .into_iter()
            .filter_map(|(key, other)| {
                let name = self.context.names.pages.get(&other.url)?;
                let link = format!(
                    "<ac:link><ri:page ri:content-title=\"{}\" /><ac:link-body>{}\
                     </ac:link-body></ac:link>",
                    escaped(name),
                    escaped(&other.title)
                );
                Some(format!("{}: {link}", escaped(words.get(key))))
            })
            .collect();
        if !steps.is_empty() {
            lines.push(steps.join(" \u{b7} "));
        }
        if let Some(address) = self.context.home_of(page) {
            let label = escaped(words.get("search_on_site"));
            lines.push(format!("<a href=\"{}\">{label}</a>", escaped(&address)));
        }
        if !lines.is_empty() {
            self.out.push_str("<hr />\n");
            for line in lines {
                let _ = writeln!(self.out, "<p>{line}</p>");
            }
        }
    }

    /// The sentence that says what the page is about, which other pages can show.
    pub fn excerpt(&mut self, block: &Block) {
        let inner = self.part(|part| part.block(block));
        self.out.push_str(&macro_of("excerpt", &[], &rich(&inner)));
        self.out.push('\n');
    }

    /// What is known of an entry, as properties that the macro `detailssummary` lists on
    /// another page.
    pub fn properties(&mut self, page: &Page, facts: Option<&Block>) {
        let own = page.about(&self.context.book.text);
        let more = match facts {
            Some(Block::Facts(facts)) => facts.as_slice(),
            _ => &[],
        };
        let rows: Vec<(String, String)> =
            own.iter().chain(more).map(|fact| (fact.name.clone(), self.fact(fact))).collect();
        let table = table_of(&rows);
        self.out.push_str(&macro_of("details", &[], &rich(&table)));
        self.out.push('\n');
    }

    fn fact(&self, fact: &Fact) -> String {
        let values = fact.values.iter().map(|value| self.part(|part| part.line(value)));
        values.collect::<Vec<_>>().join("<br />")
    }

    /// Fields that are no properties of the page.
    fn facts(&mut self, facts: &[Fact]) {
        let rows: Vec<(String, String)> =
            facts.iter().map(|fact| (fact.name.clone(), self.fact(fact))).collect();
        self.out.push_str(&table_of(&rows));
        self.out.push('\n');
    }

    fn caption(&mut self, line: &[Inline]) {
        if !line.is_empty() {
            self.out.push_str("<p><em>");
            self.line(line);
            self.out.push_str("</em></p>\n");
        }
    }

    fn diagram(&mut self, diagram: &Diagram) {
        if let Some(png) = self.context.names.diagrams.get(&diagram.name) {
            let places: String = diagram.anchors.iter().map(|name| place(name)).collect();
            let svg = format!("{}.svg", png.trim_end_matches(".png"));
            let _ = writeln!(
                self.out,
                "<p>{places}<ac:image ac:alt=\"{}\" ac:width=\"{}\"><ri:attachment \
                 ri:filename=\"{}\" /></ac:image></p>\n<p><ac:link><ri:attachment \
                 ri:filename=\"{}\" /><ac:link-body>{}</ac:link-body></ac:link></p>",
                escaped(&diagram.alt),
                diagram.size.0.min(900),
                escaped(png),
                escaped(&svg),
                escaped(self.context.book.text.get("picture_as_svg")),
            );
        }
        self.caption(&diagram.caption);
    }

    /// Tasks that readers tick.
    fn tasks(&mut self, items: &[Item]) {
        self.out.push_str("<ac:task-list>\n");
        for item in items {
            let status = if item.done == Some(true) { "complete" } else { "incomplete" };
            let _ = write!(
                self.out,
                "<ac:task><ac:task-status>{status}</ac:task-status><ac:task-body>"
            );
            self.out.push_str(&item.anchor.as_deref().map(place).unwrap_or_default());
            self.contained(&item.blocks);
            self.out.push_str("</ac:task-body></ac:task>\n");
        }
        self.out.push_str("</ac:task-list>\n");
    }

    fn list(&mut self, start: Option<u64>, items: &[Item]) {
        let lines = |item: &Item| matches!(item.blocks.as_slice(), [Block::Paragraph(_)]);
        if items.iter().all(|item| item.done.is_some() && lines(item)) {
            return self.tasks(items);
        }
        match start {
            Some(1) => self.out.push_str("<ol>\n"),
            Some(start) => {
                let _ = writeln!(self.out, "<ol start=\"{start}\">");
            }
            None => self.out.push_str("<ul>\n"),
        }
        for item in items {
            self.out.push_str("<li>");
            self.out.push_str(&item.anchor.as_deref().map(place).unwrap_or_default());
            match item.done {
                Some(true) => self.out.push_str("\u{2611} "),
                Some(false) => self.out.push_str("\u{2610} "),
                None => {}
            }
            self.contained(&item.blocks);
            self.out.push_str("</li>\n");
        }
        self.out.push_str(if start.is_some() { "</ol>\n" } else { "</ul>\n" });
    }

    /// One line as it is, or blocks.
    fn contained(&mut self, blocks: &[Block]) {
        match blocks {
            [Block::Paragraph(line)] => self.line(line),
            blocks => self.blocks(blocks),
        }
    }

    fn table(&mut self, table: &Table) {
        if !table.caption.is_empty() {
            self.out.push_str("<p><strong>");
            self.line(&table.caption);
            self.out.push_str("</strong></p>\n");
        }
        self.out.push_str("<table><tbody>\n");
        for row in table.head.iter().chain(&table.rows) {
            self.row(row);
        }
        self.out.push_str("</tbody></table>\n");
    }

    fn row(&mut self, row: &Row) {
        self.out.push_str("<tr>");
        for (at, cell) in row.cells.iter().enumerate() {
            let own = row.anchor.as_deref().filter(|_| at == 0);
            self.cell(cell, own);
        }
        self.out.push_str("</tr>\n");
    }

    fn cell(&mut self, cell: &Cell, anchor: Option<&str>) {
        let tag = if cell.header { "th" } else { "td" };
        let _ = match cell.columns {
            0 | 1 => write!(self.out, "<{tag}>"),
            columns => write!(self.out, "<{tag} colspan=\"{columns}\">"),
        };
        self.out.push_str(&anchor.map(place).unwrap_or_default());
        match cell.blocks.as_slice() {
            [Block::Paragraph(line)] => {
                self.out.push_str("<p>");
                self.line(line);
                self.out.push_str("</p>");
            }
            blocks => self.blocks(blocks),
        }
        let _ = write!(self.out, "</{tag}>");
    }

    pub fn line(&mut self, line: &[Inline]) {
        for inline in line {
            match inline {
                Inline::Text(words) => text(words, &mut self.out),
                Inline::Strong(inner) => self.tagged("strong", inner),
                Inline::Emphasis(inner) => self.tagged("em", inner),
                Inline::Deleted(inner) => self.tagged("del", inner),
                Inline::Inserted(inner) => self.tagged("u", inner),
                Inline::Superscript(inner) => self.tagged("sup", inner),
                Inline::Subscript(inner) => self.tagged("sub", inner),
                Inline::Code(words) => {
                    let _ = write!(self.out, "<code>{}</code>", escaped(words));
                }
                Inline::Link { to, text } => self.link(to, text),
                Inline::Image { from, alt } => {
                    let source = match self.context.to(from) {
                        To::File(name) => {
                            format!("<ri:attachment ri:filename=\"{}\" />", escaped(name))
                        }
                        To::Url(url) => format!("<ri:url ri:value=\"{}\" />", escaped(&url)),
                        _ => {
                            text(alt, &mut self.out);
                            continue;
                        }
                    };
                    let alt = escaped(alt);
                    let _ = write!(self.out, "<ac:image ac:alt=\"{alt}\">{source}</ac:image>");
                }
                Inline::Break => self.out.push_str("<br />"),
                Inline::Chip { group, value, text: words } => self.chip(group, value, words),
                Inline::Short { text: words, long } => {
                    let _ = write!(self.out, "{} ({})", escaped(words), escaped(long));
                }
                Inline::Anchor(name) => self.out.push_str(&place(name)),
            }
        }
    }

    fn tagged(&mut self, tag: &str, inner: &[Inline]) {
        let _ = write!(self.out, "<{tag}>");
        self.line(inner);
        let _ = write!(self.out, "</{tag}>");
    }

    fn chip(&mut self, group: &str, value: &str, words: &str) {
        let colour = match (group, value) {
            ("severity", "critical" | "high") => "Red",
            ("severity", "medium") => "Yellow",
            ("severity", "low") => "Blue",
            ("status", "open" | "wrong" | "rejected" | "changes-requested") => "Red",
            ("status", "planned" | "unconfirmed" | "draft" | "deprecated") => "Yellow",
            ("status", "in-progress" | "accepted") => "Blue",
            ("status", "mitigated" | "done" | "confirmed" | "active" | "approved") => "Green",
            ("kind", "threat") => "Red",
            ("kind", "requirement") => "Green",
            ("kind", "assumption") => "Yellow",
            ("kind", "model") => "Blue",
            ("severity" | "status" | "kind", _) => "Grey",
            _ => return text(words, &mut self.out),
        };
        let parameters = [("colour", colour), ("title", words)];
        self.out.push_str(&macro_of("status", &parameters, ""));
    }

    fn link(&mut self, to: &Link, words: &[Inline]) {
        let inner = self.part(|part| part.line(words));
        let _ = match self.context.to(to) {
            To::Page { name, anchor, .. } => {
                let anchor =
                    anchor.map(|a| format!(" ac:anchor=\"{}\"", escaped(a))).unwrap_or_default();
                let page = match name == self.name && !anchor.is_empty() {
                    true => String::new(),
                    false => format!("<ri:page ri:content-title=\"{}\" />", escaped(name)),
                };
                let body = format!("<ac:link-body>{inner}</ac:link-body>");
                write!(self.out, "<ac:link{anchor}>{page}{body}</ac:link>")
            }
            To::File(name) => write!(
                self.out,
                "<ac:link><ri:attachment ri:filename=\"{}\" /><ac:link-body>{inner}\
                 </ac:link-body></ac:link>",
                escaped(name)
            ),
            To::Url(url) => write!(self.out, "<a href=\"{}\">{inner}</a>", escaped(&url)),
            To::Nowhere => {
                self.out.push_str(&inner);
                Ok(())
            }
        };
    }
}
