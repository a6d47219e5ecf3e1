//! From the HTML of a page to its tree.
//!
//! The HTML is Casebook's own, parsed by a library, so that no second reader of Markdown
//! is needed. What only works with a script, or says again what the title says, is
//! left out.

use super::document::{Block, Cell, Definition, Diagram, Fact, Inline, Item, Link, Row, Table};
use super::picture;
use scraper::{ElementRef, Html, Node, Selector};

/// What the reader cannot see in the HTML.
pub(super) struct Reader<'r> {
    /// Where an address on this page leads.
    pub resolve: &'r dyn Fn(&str) -> Link,
    /// The Mermaid source of the diagram whose ids begin with this.
    pub mermaid: &'r dyn Fn(&str) -> Option<String>,
    /// The beginning of the names of diagrams.
    pub name: &'r str,
    /// The title of the page.
    pub title: &'r str,
}

/// Elements that carry text and no structure of their own.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "i", "img",
    "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr", "label", "input", "ruby", "rt", "rp", "rb", "acronym",
];

/// Elements that a page cannot do without a script or a style sheet.
const LEFT_OUT: &[&str] =
    &["script", "style", "template", "form", "button", "svg", "select", "textarea", "dialog"];

/// So deep is a tree read. Deeper text is kept, without its structure.
const DEPTH: usize = 60;

impl Reader<'_> {
    /// Reads the article of a page.
    pub fn read(&self, html: &str) -> Vec<Block> {
        let document = Html::parse_document(html);
        let article = Selector::parse("article").ok();
        let root = article.as_ref().and_then(|article| document.select(article).next());
        let mut state = State { reader: self, depth: 0, diagrams: 0, plain_headings: false };
        let mut blocks = state.flow(root.unwrap_or_else(|| document.root_element()));
        tidy(&mut blocks);
        blocks
    }
}

struct State<'r> {
    reader: &'r Reader<'r>,
    depth: usize,
    diagrams: usize,
    /// Inside lists and tables a heading is a line of strong words.
    plain_headings: bool,
}

fn is_left_out(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let hidden = value.attr("hidden").is_some()
        || has_class(element, "hidden")
        || has_class(element, "needs-script")
        || (value.name() == "abbr" && value.attr("aria-hidden").is_some());
    hidden || LEFT_OUT.contains(&value.name())
}

fn has_class(element: ElementRef<'_>, name: &str) -> bool {
    element.value().classes().any(|class| class == name)
}

fn anchor_of(element: ElementRef<'_>) -> Option<String> {
    let value = element.value();
    let name = value.attr("name").filter(|_| value.name() == "a");
    value.attr("id").or(name).filter(|id| !id.is_empty()).map(str::to_string)
}

/// All text in an element, as it is.
fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect()
}

fn child_elements(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    element.children().filter_map(ElementRef::wrap)
}

impl State<'_> {
    /// What an element holds, as blocks.
    fn flow(&mut self, element: ElementRef<'_>) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut line = Vec::new();
        self.flow_into(element, &mut blocks, &mut line);
        end_line(&mut line, &mut blocks);
        blocks
    }

    fn flow_into(
        &mut self,
        element: ElementRef<'_>,
        blocks: &mut Vec<Block>,
        line: &mut Vec<Inline>,
    ) {
        if self.depth >= DEPTH {
            add_text(&text_of(element), line);
            return;
        }
        self.depth += 1;
        for node in element.children() {
            if let Node::Text(text) = node.value() {
                add_text(text, line);
                continue;
            }
            let Some(child) = ElementRef::wrap(node) else { continue };
            if is_left_out(child) {
                continue;
            }
            if INLINE.contains(&child.value().name()) {
                self.inline(child, line);
            } else {
                end_line(line, blocks);
                self.block(child, blocks);
            }
        }
        self.depth -= 1;
    }

    fn block(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let name = element.value().name();
        // These keep their own anchor.
        if !matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "tr") {
            blocks.extend(anchor_of(element).map(Block::Anchor));
        }
        match name {
            "p" => {
                let mut line = Vec::new();
                self.inlines(element, &mut line);
                end_line(&mut line, blocks);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(element, blocks),
            "ul" | "ol" => self.list(element, blocks),
            "table" => self.table(element, blocks),
            "pre" => blocks.push(code(element, None)),
            "figure" => self.figure(element, blocks),
            "details" => self.details(element, blocks),
            "dl" => self.definitions(element, blocks),
            "blockquote" => {
                let inner = self.flow(element);
                blocks.push(Block::Quote(inner));
            }
            "hr" => blocks.push(Block::Rule),
            "video" | "audio" => self.media(element, blocks),
            "div" if has_class(element, "alert") => self.alert(element, blocks),
            "section" if has_class(element, "footnotes") => {
                let inner = self.flow(element);
                blocks.push(Block::Rule);
                blocks.extend(inner);
            }
            _ => {
                let inner = self.flow(element);
                blocks.extend(inner);
            }
        }
    }

    fn heading(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let level = element.value().name().as_bytes()[1] - b'0';
        let mut text = Vec::new();
        self.inlines(element, &mut text);
        trim(&mut text);
        let anchor = anchor_of(element);
        let is_title =
            level == 1 && super::document::plain(&text).trim() == self.reader.title.trim();
        if is_title || has_class(element, "page-title") {
            blocks.extend(anchor.map(Block::Anchor));
        } else if self.plain_headings {
            blocks.extend(anchor.map(Block::Anchor));
            if !text.is_empty() {
                blocks.push(Block::Paragraph(vec![Inline::Strong(text)]));
            }
        } else if !text.is_empty() {
            blocks.push(Block::Heading { level, anchor, text });
        }
    }

    /// What an element holds, where headings are lines of strong words.
    fn contained(&mut self, element: ElementRef<'_>) -> Vec<Block> {
        let outer = std::mem::replace(&mut self.plain_headings, true);
        let blocks = self.flow(element);
        self.plain_headings = outer;
        blocks
    }

    fn list(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let ordered = element.value().name() == "ol";
        let start = element.value().attr("start").and_then(|start| start.parse().ok());
        let mut items = Vec::new();
        for child in child_elements(element).filter(|child| !is_left_out(*child)) {
            let tick = child_elements(child).find(|inner| {
                inner.value().name() == "input" && inner.value().attr("type") == Some("checkbox")
            });
            let done = tick
                .filter(|_| has_class(child, "task"))
                .map(|tick| tick.value().attr("checked").is_some());
            let inner = self.contained(child);
            if !inner.is_empty() || done.is_some() {
                items.push(Item { anchor: anchor_of(child), done, blocks: inner });
            }
        }
        if !items.is_empty() {
            blocks.push(Block::List { start: ordered.then(|| start.unwrap_or(1)), items });
        }
    }

    fn table(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let mut table = Table { catalogue: has_class(element, "catalogue"), ..Table::default() };
        let mut rows = Vec::new();
        for child in child_elements(element) {
            match child.value().name() {
                "caption" => {
                    self.inlines(child, &mut table.caption);
                    trim(&mut table.caption);
                }
                "thead" => rows.extend(child_elements(child).map(|row| (true, row))),
                "tbody" | "tfoot" => rows.extend(child_elements(child).map(|row| (false, row))),
                "tr" => rows.push((false, child)),
                _ => {}
            }
        }
        rows.retain(|(_, row)| row.value().name() == "tr" && !is_left_out(*row));
        let mut width = 0;
        for (is_head, row) in &rows {
            let mut cells = Vec::new();
            for cell in child_elements(*row) {
                let header = cell.value().name() == "th";
                if !header && cell.value().name() != "td" {
                    continue;
                }
                let columns = cell.value().attr("colspan").and_then(|n| n.parse().ok());
                let columns = columns.unwrap_or(1).clamp(1, 1000);
                cells.push(Cell { header, columns, blocks: self.contained(cell) });
            }
            width = width.max(cells.iter().map(|cell| cell.columns).sum());
            let row = Row { anchor: anchor_of(*row), cells };
            if *is_head { table.head.push(row) } else { table.rows.push(row) }
        }
        if has_class(element, "facts") && table.head.is_empty() {
            blocks.push(Block::Facts(table.rows.into_iter().map(fact).collect()));
            return;
        }
        for row in table.head.iter_mut().chain(&mut table.rows) {
            let own: usize = row.cells.iter().map(|cell| cell.columns).sum();
            let empty = Cell { columns: 1, ..Cell::default() };
            row.cells.extend(std::iter::repeat_n(empty, width - own));
        }
        if width > 0 {
            blocks.push(Block::Table(table));
        }
    }

    fn figure(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let mut caption = Vec::new();
        if let Some(words) = child_elements(element).find(|c| c.value().name() == "figcaption") {
            self.inlines(words, &mut caption);
            trim(&mut caption);
        }
        if has_class(element, "code") {
            let title = super::document::plain(&caption);
            let pre = child_elements(element).find(|child| child.value().name() == "pre");
            blocks.extend(pre.map(|pre| code(pre, Some(title).filter(|t| !t.is_empty()))));
            return;
        }
        let code_inside =
            |child: ElementRef<'_>| child.value().name() == "figure" && has_class(child, "code");
        if has_class(element, "diagram") {
            if let Some(inner) = child_elements(element).find(|child| code_inside(*child)) {
                return self.figure(inner, blocks);
            }
            let drawn = element
                .descendants()
                .filter_map(ElementRef::wrap)
                .find(|inner| inner.value().name() == "svg" && has_class(*inner, "dfd"));
            if let Some(drawn) = drawn {
                blocks.push(Block::Diagram(self.diagram(drawn, caption)));
                caption = Vec::new();
            }
        }
        let mut inner = Vec::new();
        for child in child_elements(element).filter(|c| c.value().name() != "figcaption") {
            if is_left_out(child) {
                continue;
            }
            if INLINE.contains(&child.value().name()) {
                let mut line = Vec::new();
                self.inline(child, &mut line);
                end_line(&mut line, &mut inner);
            } else {
                self.block(child, &mut inner);
            }
        }
        if caption.is_empty() {
            blocks.extend(inner);
        } else {
            blocks.push(Block::Figure { blocks: inner, caption });
        }
    }

    fn diagram(&mut self, svg: ElementRef<'_>, caption: Vec<Inline>) -> Diagram {
        self.diagrams += 1;
        let number = if self.diagrams == 1 { String::new() } else { format!("-{}", self.diagrams) };
        let mut anchors = Vec::new();
        let mut texts = [String::new(), String::new()];
        for inner in svg.descendants().filter_map(ElementRef::wrap) {
            anchors.extend(inner.value().attr("id").map(str::to_string));
        }
        for child in child_elements(svg) {
            match child.value().name() {
                "title" => texts[0] = text_of(child),
                "desc" => texts[1] = text_of(child),
                _ => {}
            }
        }
        let prefix =
            anchors.iter().find_map(|id| id.strip_suffix("-title")).unwrap_or_default().to_string();
        let (svg, size) = picture::standalone(svg);
        Diagram {
            name: format!("{}-diagram{number}", self.reader.name),
            svg,
            size,
            mermaid: (self.reader.mermaid)(&prefix),
            alt: texts.join(". ").trim_matches([' ', '.']).replace("..", "."),
            caption,
            anchors,
        }
    }

    fn details(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let mut summary = Vec::new();
        let mut inner = Vec::new();
        let mut line = Vec::new();
        for node in element.children() {
            match (node.value(), ElementRef::wrap(node)) {
                (Node::Text(text), _) => add_text(text, &mut line),
                (_, Some(child)) if is_left_out(child) => {}
                (_, Some(child)) if child.value().name() == "summary" => {
                    summary.clear();
                    self.inlines(child, &mut summary);
                    trim(&mut summary);
                }
                (_, Some(child)) if INLINE.contains(&child.value().name()) => {
                    self.inline(child, &mut line);
                }
                (_, Some(child)) => {
                    end_line(&mut line, &mut inner);
                    self.block(child, &mut inner);
                }
                _ => {}
            }
        }
        end_line(&mut line, &mut inner);
        if summary.is_empty() {
            summary.push(Inline::Text("Details".into()));
        }
        blocks.push(Block::Details { summary, blocks: inner });
    }

    fn definitions(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let mut list: Vec<Definition> = Vec::new();
        let groups = child_elements(element).flat_map(|child| match child.value().name() {
            "div" => child_elements(child).collect(),
            _ => vec![child],
        });
        for child in groups {
            match child.value().name() {
                "dt" => {
                    if list.last().is_none_or(|last| !last.meanings.is_empty()) {
                        list.push(Definition::default());
                    }
                    let mut term: Vec<Inline> =
                        anchor_of(child).map(Inline::Anchor).into_iter().collect();
                    self.inlines(child, &mut term);
                    trim(&mut term);
                    if let Some(last) = list.last_mut() {
                        last.terms.push(term);
                    }
                }
                "dd" => {
                    let meaning = self.contained(child);
                    if list.is_empty() {
                        list.push(Definition::default());
                    }
                    if let Some(last) = list.last_mut() {
                        last.meanings.push(meaning);
                    }
                }
                _ => {}
            }
        }
        if !list.is_empty() {
            blocks.push(Block::Definitions(list));
        }
    }

    fn alert(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let kind = element.value().classes().find_map(|class| class.strip_prefix("alert-"));
        let mut title = Vec::new();
        let mut inner = Vec::new();
        let mut line = Vec::new();
        for node in element.children() {
            match (node.value(), ElementRef::wrap(node)) {
                (Node::Text(text), _) => add_text(text, &mut line),
                (_, Some(child)) if has_class(child, "alert-title") => {
                    self.inlines(child, &mut title);
                    trim(&mut title);
                }
                (_, Some(child)) if is_left_out(child) => {}
                (_, Some(child)) if INLINE.contains(&child.value().name()) => {
                    self.inline(child, &mut line);
                }
                (_, Some(child)) => {
                    end_line(&mut line, &mut inner);
                    self.block(child, &mut inner);
                }
                _ => {}
            }
        }
        end_line(&mut line, &mut inner);
        blocks.push(Block::Alert { kind: kind.unwrap_or("note").into(), title, blocks: inner });
    }

    /// A recording becomes links to its files.
    fn media(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let own = element.value().attr("src").map(|src| ("Recording", src));
        let inner = child_elements(element).filter_map(|child| {
            let words = if child.value().name() == "track" { "Transcript" } else { "Recording" };
            child.value().attr("src").map(|src| (words, src))
        });
        let links = own.into_iter().chain(inner).map(|(words, src)| {
            let text = vec![Inline::Text(words.into())];
            Inline::Link { to: (self.reader.resolve)(src), text }
        });
        let mut line = Vec::new();
        for link in links {
            if !line.is_empty() {
                line.push(Inline::Text(" · ".into()));
            }
            line.push(link);
        }
        end_line(&mut line, blocks);
    }

    /// What an element holds, as parts of a line.
    fn inlines(&mut self, element: ElementRef<'_>, line: &mut Vec<Inline>) {
        if self.depth >= DEPTH {
            add_text(&text_of(element), line);
            return;
        }
        self.depth += 1;
        for node in element.children() {
            match (node.value(), ElementRef::wrap(node)) {
                (Node::Text(text), _) => add_text(text, line),
                (_, Some(child)) if !is_left_out(child) => self.inline(child, line),
                _ => {}
            }
        }
        self.depth -= 1;
    }

    fn inline(&mut self, element: ElementRef<'_>, line: &mut Vec<Inline>) {
        let value = element.value();
        let name = value.name();
        // The mark beside a heading, and the way back from a footnote.
        if name == "a" && (has_class(element, "anchor") || has_class(element, "footnote-back")) {
            return;
        }
        line.extend(anchor_of(element).map(Inline::Anchor));
        let mut wrapped = |state: &mut Self, wrap: fn(Vec<Inline>) -> Inline| {
            let mut inner = Vec::new();
            state.inlines(element, &mut inner);
            if !inner.is_empty() {
                line.push(wrap(inner));
            }
        };
        match name {
            "strong" | "b" => wrapped(self, Inline::Strong),
            "em" | "i" | "cite" | "dfn" | "var" => wrapped(self, Inline::Emphasis),
            "del" | "s" | "strike" => wrapped(self, Inline::Deleted),
            "ins" => wrapped(self, Inline::Inserted),
            "sup" => wrapped(self, Inline::Superscript),
            "sub" => wrapped(self, Inline::Subscript),
            "code" | "kbd" | "samp" | "tt" => {
                // A word of code in a line has no line ends.
                let text = text_of(element).replace(['\n', '\r', '\t'], " ");
                if !text.is_empty() {
                    line.push(Inline::Code(text));
                }
            }
            "br" => line.push(Inline::Break),
            "wbr" | "input" | "rp" => {}
            "img" => {
                let alt = value.attr("alt").unwrap_or("").replace('\n', " ");
                if let Some(src) = value.attr("src") {
                    line.push(Inline::Image { from: (self.reader.resolve)(src), alt });
                }
            }
            "a" => self.link(element, line),
            "abbr" | "acronym" => {
                let (text, long) = (text_of(element), value.attr("title").unwrap_or(""));
                if long.is_empty() {
                    return add_text(&text, line);
                }
                if matches!(line.last(), Some(Inline::Short { .. })) {
                    line.push(Inline::Text(" ".into()));
                }
                line.push(Inline::Short { text: text.trim().into(), long: long.into() });
            }
            "q" => {
                add_text("\u{201c}", line);
                self.inlines(element, line);
                add_text("\u{201d}", line);
            }
            "span" if has_class(element, "chip") => line.push(chip(element)),
            "span" if has_class(element, "step-number") => {
                self.inlines(element, line);
                add_text(". ", line);
            }
            // The theme shows it in another colour.
            "span" if has_class(element, "count") => {
                add_text("(", line);
                self.inlines(element, line);
                add_text(")", line);
            }
            // The theme shows it on a line of its own.
            "span" if has_class(element, "where") => {
                if !line.is_empty() {
                    line.push(Inline::Break);
                }
                self.inlines(element, line);
            }
            _ => self.inlines(element, line),
        }
    }

    fn link(&mut self, element: ElementRef<'_>, line: &mut Vec<Inline>) {
        let mut text = Vec::new();
        if has_class(element, "chip") {
            text.push(chip(element));
        } else {
            self.inlines(element, &mut text);
        }
        let Some(href) = element.value().attr("href") else {
            line.extend(text);
            return;
        };
        // Blanks belong around a link, not in it.
        let (before, after) = (starts_blank(&text), ends_blank(&text));
        trim(&mut text);
        if text.is_empty() {
            return;
        }
        if before {
            add_text(" ", line);
        }
        // Two buttons are no sentence.
        if has_class(element, "button")
            && let [.., Inline::Link { .. }, Inline::Text(blank)] = line.as_mut_slice()
            && blank == " "
        {
            *blank = " · ".into();
        }
        line.push(Inline::Link { to: (self.reader.resolve)(href), text });
        if after {
            add_text(" ", line);
        }
    }
}

fn starts_blank(line: &[Inline]) -> bool {
    matches!(line.first(), Some(Inline::Text(text)) if text.starts_with(' '))
}

fn ends_blank(line: &[Inline]) -> bool {
    matches!(line.last(), Some(Inline::Text(text)) if text.ends_with(' '))
}

fn chip(element: ElementRef<'_>) -> Inline {
    const GROUPS: [&str; 5] = ["severity", "status", "change", "applies-to", "tag"];
    let found = element.value().classes().find_map(|class| {
        let class = class.strip_prefix("chip-").unwrap_or(class);
        GROUPS.iter().find_map(|group| {
            let value = class.strip_prefix(group)?.strip_prefix('-')?;
            Some((group.to_string(), value.to_string()))
        })
    });
    let (group, value) = found.unwrap_or_default();
    let text = text_of(element).split_whitespace().collect::<Vec<_>>().join(" ");
    Inline::Chip { group, value, text }
}

/// Adds words to a line, with runs of blanks as one.
fn add_text(text: &str, line: &mut Vec<Inline>) {
    if !matches!(line.last(), Some(Inline::Text(_))) {
        line.push(Inline::Text(String::new()));
    }
    let Some(Inline::Text(out)) = line.last_mut() else { return };
    for c in text.chars() {
        match c {
            ' ' | '\t' | '\n' | '\r' | '\u{c}' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    if out.is_empty() {
        line.pop();
    }
}

/// Takes the blanks off both ends of a line.
fn trim(line: &mut Vec<Inline>) {
    while let Some(Inline::Text(text)) = line.first_mut() {
        let rest = text.trim_start_matches(' ').to_string();
        if !rest.is_empty() {
            *text = rest;
            break;
        }
        line.remove(0);
    }
    loop {
        match line.last_mut() {
            Some(Inline::Text(text)) => {
                text.truncate(text.trim_end_matches(' ').len());
                if !text.is_empty() {
                    return;
                }
            }
            Some(Inline::Break) => {}
            _ => return,
        }
        line.pop();
    }
}

/// Ends a line of loose words as a paragraph.
fn end_line(line: &mut Vec<Inline>, blocks: &mut Vec<Block>) {
    trim(line);
    let mut line = std::mem::take(line);
    // Places alone are no paragraph.
    if line.iter().all(|inline| matches!(inline, Inline::Anchor(_))) {
        blocks.extend(line.drain(..).filter_map(|inline| match inline {
            Inline::Anchor(anchor) => Some(Block::Anchor(anchor)),
            _ => None,
        }));
        return;
    }
    blocks.push(Block::Paragraph(line));
}

/// A row of the table of facts.
fn fact(row: Row) -> Fact {
    let mut cells = row.cells.into_iter();
    let lines = |cell: Option<Cell>| -> Vec<Vec<Inline>> {
        let mut out = Vec::new();
        for block in cell.into_iter().flat_map(|cell| cell.blocks) {
            match block {
                Block::Paragraph(line) => out.push(line),
                Block::List { items, .. } => {
                    for block in items.into_iter().flat_map(|item| item.blocks) {
                        if let Block::Paragraph(line) = block {
                            out.push(line);
                        }
                    }
                }
                _ => {}
            }
        }
        out
    };
    let name = lines(cells.next()).iter().map(|line| super::document::plain(line)).collect();
    Fact { name, values: lines(cells.next()) }
}

/// A block of code. Lines that the theme hides are left out.
fn code(pre: ElementRef<'_>, title: Option<String>) -> Block {
    let inner = child_elements(pre).find(|child| child.value().name() == "code");
    let language = inner
        .and_then(|code| code.value().classes().find_map(|class| class.strip_prefix("language-")))
        .unwrap_or("")
        .to_string();
    let mut text = String::new();
    for node in inner.unwrap_or(pre).children() {
        match (node.value(), ElementRef::wrap(node)) {
            (Node::Text(words), _) => text.push_str(words),
            (_, Some(child)) if !has_class(child, "boring") => text.push_str(&text_of(child)),
            _ => {}
        }
    }
    text.truncate(text.trim_end_matches('\n').len());
    Block::Code { language, title, text }
}

/// Takes out what says nothing.
fn tidy(blocks: &mut Vec<Block>) {
    blocks.retain(|block| match block {
        Block::Paragraph(line) => !line.is_empty(),
        Block::Facts(facts) => !facts.is_empty(),
        Block::Quote(inner) => !inner.is_empty(),
        _ => true,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Vec<Block> {
        let resolve = |href: &str| Link::External(href.to_string());
        let mermaid = |_: &str| None;
        let reader = Reader { resolve: &resolve, mermaid: &mermaid, name: "x", title: "T" };
        reader.read(html)
    }

    fn text(words: &str) -> Inline {
        Inline::Text(words.into())
    }

    #[test]
    fn blanks_are_single_and_links_have_none_at_their_ends() {
        let found = read("<p> a\n <em>b</em>  <a href=x> c </a>d<br></p>");
        let Block::Paragraph(line) = &found[0] else { panic!("{found:?}") };
        assert_eq!(line[0], text("a "));
        assert_eq!(super::super::document::plain(line), "a b c d");
    }

    #[test]
    fn the_title_is_not_said_twice() {
        let found = read("<article><h1 id=t>T</h1><h2 id=u>U <a class=anchor href=#u>#</a></h2>");
        assert_eq!(found[0], Block::Anchor("t".into()));
        let heading = Block::Heading { level: 2, anchor: Some("u".into()), text: vec![text("U")] };
        assert_eq!(found[1], heading);
    }

    #[test]
    fn lists_tables_and_tasks() {
        let found = read(
            "<ul><li class=task><input type=checkbox checked> a</li><li>b<ol start=3><li>c</ol></ul>\
             <table><thead><tr><th>A<th>B</thead><tr id=r><td colspan=2>x</table>",
        );
        let Block::List { start: None, items } = &found[0] else { panic!("{found:?}") };
        assert_eq!((items[0].done, items[1].done), (Some(true), None));
        assert!(matches!(items[1].blocks[1], Block::List { start: Some(3), .. }));
        let Block::Table(table) = &found[1] else { panic!("{found:?}") };
        assert_eq!((table.head[0].cells.len(), table.rows[0].cells.len()), (2, 1));
        assert_eq!(table.rows[0].anchor.as_deref(), Some("r"));
    }

    #[test]
    fn deep_text_is_kept() {
        let html = format!("{}deep", "<div><b>".repeat(3000));
        let found = read(&html);
        assert!(format!("{found:?}").contains("deep"));
    }
}
