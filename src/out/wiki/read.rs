//! From the HTML of a page to its tree.
//!
//! The HTML is Casebook's own, parsed by a library, so that no second reader of Markdown
//! is needed. What only works with a script, or says again what the title says, is
//! left out.

mod line;
mod table;

use super::document::{Block, Definition, Diagram, Fact, Inline, Item, Link, plain};
use super::picture;
use crate::book::language::Text;
use line::{add_text, end_line, trim};
use scraper::{ElementRef, Html, Node, Selector};

/// What the reader cannot see in the HTML.
pub(super) struct Reader<'r> {
    /// Where an address on this page leads.
    pub resolve: &'r dyn Fn(&str) -> Link,
    /// The Mermaid source of the diagram whose ids begin with this.
    pub mermaid: &'r dyn Fn(&str) -> Option<String>,
    /// What the interface says.
    pub text: &'r Text,
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

/// What stands in a frame of its own in the theme.
fn frame(element: ElementRef<'_>) -> Option<&'static str> {
    let frames = [("exercise", "exercise"), ("quiz", "quiz"), ("speaker-notes", "speaker")];
    frames.into_iter().find(|(class, _)| has_class(element, class)).map(|(_, kind)| kind)
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
        self.flow_without(element, None)
    }

    /// The same without one child, which has a place of its own.
    fn flow_without(
        &mut self,
        element: ElementRef<'_>,
        without: Option<ElementRef<'_>>,
    ) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut line = Vec::new();
        if self.depth >= DEPTH {
            add_text(&text_of(element), &mut line);
            end_line(&mut line, &mut blocks);
            return blocks;
        }
        self.depth += 1;
        for node in element.children() {
            match (node.value(), ElementRef::wrap(node)) {
                (Node::Text(text), _) => add_text(text, &mut line),
                (_, Some(child)) if Some(child) == without || is_left_out(child) => {}
                (_, Some(child)) if INLINE.contains(&child.value().name()) => {
                    self.inline(child, &mut line);
                }
                (_, Some(child)) => {
                    end_line(&mut line, &mut blocks);
                    self.block(child, &mut blocks);
                }
                _ => {}
            }
        }
        self.depth -= 1;
        end_line(&mut line, &mut blocks);
        blocks
    }

    /// The words of an element, where there is one.
    fn words_of(&mut self, element: Option<ElementRef<'_>>) -> Vec<Inline> {
        let mut words = Vec::new();
        if let Some(element) = element {
            self.inlines(element, &mut words);
            trim(&mut words);
        }
        words
    }

    fn block(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let name = element.value().name();
        // These keep their own anchor.
        if !matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "tr") {
            blocks.extend(anchor_of(element).map(Block::Anchor));
        }
        match name {
            "p" if has_class(element, "eyebrow") || has_class(element, "chips") => {
                let line = self.words_of(Some(element));
                if !line.is_empty() {
                    blocks.push(Block::Banner(line));
                }
            }
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
            "dl" => self.definitions(element, blocks),
            "blockquote" => {
                let inner = self.flow(element);
                blocks.push(Block::Quote(inner));
            }
            "hr" => blocks.push(Block::Rule),
            "video" | "audio" => self.media(element, blocks),
            "div" | "details" if has_class(element, "alert") => {
                self.framed(element, "alert-title", None, blocks);
            }
            "div" | "details" if frame(element).is_some() => {
                self.framed(element, "callout-title", frame(element), blocks);
            }
            "details" => self.details(element, blocks),
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
        let is_title = level == 1 && plain(&text).trim() == self.reader.title.trim();
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

    fn figure(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let words = child_elements(element).find(|child| child.value().name() == "figcaption");
        let mut caption = self.words_of(words);
        if has_class(element, "code") {
            let title = plain(&caption);
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
        let inner = self.flow_without(element, words);
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
        let summary = child_elements(element).find(|child| child.value().name() == "summary");
        let inner = self.flow_without(element, summary);
        // The line over what folds below a row says parts of it; facts have their own place.
        if has_class(element, "fold") || has_class(element, "facts-fold") {
            blocks.extend(inner);
            return;
        }
        let mut summary = self.words_of(summary);
        if summary.is_empty() {
            summary.push(Inline::Text(self.reader.text.get("details").into()));
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
        match list.is_empty() {
            true => {}
            // The facts about a model are told as those about an entry.
            false if has_class(element, "model-facts") => {
                blocks.push(Block::Facts(list.into_iter().map(fact).collect()));
            }
            false => blocks.push(Block::Definitions(list)),
        }
    }

    /// Text in a frame with a title of its own.
    fn framed(
        &mut self,
        element: ElementRef<'_>,
        title: &str,
        kind: Option<&str>,
        blocks: &mut Vec<Block>,
    ) {
        let kind = kind
            .or_else(|| element.value().classes().find_map(|class| class.strip_prefix("alert-")));
        let is_title =
            |child: &ElementRef<'_>| has_class(*child, title) || child.value().name() == "summary";
        let title = child_elements(element).find(is_title);
        let inner = self.flow_without(element, title);
        let title = self.words_of(title);
        blocks.push(Block::Alert { kind: kind.unwrap_or("note").into(), title, blocks: inner });
    }

    /// A recording becomes links to its files.
    fn media(&mut self, element: ElementRef<'_>, blocks: &mut Vec<Block>) {
        let own = element.value().attr("src").map(|src| ("recording", src));
        let inner = child_elements(element).filter_map(|child| {
            let words = if child.value().name() == "track" { "transcript" } else { "recording" };
            child.value().attr("src").map(|src| (words, src))
        });
        let links = own.into_iter().chain(inner).map(|(key, src)| {
            let text = vec![Inline::Text(self.reader.text.get(key).into())];
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
}

/// A term and its meanings as a fact.
fn fact(definition: Definition) -> Fact {
    let line = |block: Block| match block {
        Block::Paragraph(line) => Some(line),
        _ => None,
    };
    let values = definition.meanings.into_iter().flatten().filter_map(line).collect();
    Fact { name: definition.terms.iter().map(|term| plain(term)).collect(), values }
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
    use crate::book::language::Texts;

    fn read(html: &str) -> Vec<Block> {
        let resolve = |href: &str| Link::External(href.to_string());
        let mermaid = |_: &str| None;
        let text = Texts::embedded("en");
        let reader =
            Reader { resolve: &resolve, mermaid: &mermaid, text: &text, name: "x", title: "T" };
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
        assert_eq!(plain(line), "a b c d");
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
