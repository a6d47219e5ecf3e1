//! A page as a tree: what every target reads.
//!
//! The tree says what a reader sees, in terms that any wiki knows. It has no HTML in
//! it, and no text in it is escaped.

use crate::book::language::Text;
use crate::text::span::Place;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The whole site, as targets see it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Book {
    /// Its title.
    pub title: String,
    /// One sentence about it; may be empty.
    pub description: String,
    /// BCP 47 tag of its language.
    pub language: String,
    /// What the interface says in that language.
    pub text: Arc<Text>,
    /// Where the searchable site is, with a `/` at the end.
    pub site_url: Option<String>,
    /// Where the source of a page can be edited, with `{path}` in it.
    pub edit_url: Option<String>,
    /// The pages: the home page, then each section in the order of reading.
    pub pages: Vec<Page>,
    /// The sections: the top level of the navigation.
    pub sections: Vec<Section>,
    /// The files that pages show or link to, by their address.
    pub files: BTreeMap<String, File>,
    /// The same pages by their address.
    pub by_url: BTreeMap<String, usize>,
    /// What somebody wants pages called on the wiki, by identity.
    pub called: BTreeMap<String, String>,
}

impl Book {
    /// The page at an address.
    pub fn page(&self, url: &str) -> Option<&Page> {
        self.by_url.get(url).map(|at| &self.pages[*at])
    }

    /// The full address of something on the searchable site, where that is known.
    pub fn on_site(&self, url: &str) -> Option<String> {
        self.below_site(&crate::text::address::encode_path(url))
    }

    /// As [`Book::on_site`], of an address that is encoded, with what may follow it.
    pub fn below_site(&self, rest: &str) -> Option<String> {
        Some(format!("{}{rest}", self.site_url.as_deref()?))
    }
}

/// A section of the navigation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// Its name.
    pub title: String,
    /// The address of its own page.
    pub url: Option<String>,
    /// The addresses of its pages, in the order of reading.
    pub pages: Vec<String>,
}

/// A file of the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Where it comes from.
    pub place: Place,
}

/// What a page is, beyond its text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The first page.
    Home,
    /// A page of the sources: text, a step, a model, an entry.
    #[default]
    Own,
    /// The page of a section or catalogue.
    Section,
    /// Everything that bears one tag, or all tags. A wiki with categories of its own
    /// does without.
    Tag,
    /// Another page that Casebook makes: an overview, a framework, a change.
    Made,
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// What stays the same when title and text change: the ID, else the path of the
    /// source file, else the address.
    pub identity: String,
    /// Its address on the site, relative to the root.
    pub url: String,
    /// Its title as plain text.
    pub title: String,
    /// Its ID, in upper case.
    pub id: Option<String>,
    /// What it is.
    pub role: Role,
    /// The name of its kind and of many of it: `threat`, `Threats`.
    pub kind: Option<(String, String)>,
    /// What a wiki can group it by.
    pub labels: Vec<Label>,
    /// Former IDs, in upper case, and addresses that lead here.
    pub aliases: Vec<String>,
    /// The address of the page above it.
    pub parent: Option<String>,
    /// Where its title is written; `None` for pages that Casebook makes.
    pub place: Option<Place>,
    /// Its text.
    pub blocks: Vec<Block>,
}

impl Page {
    /// What is known of an entry beside its fields: its ID, and the words it is grouped by.
    pub fn about(&self, text: &Text) -> Vec<Fact> {
        let Some(id) = &self.id else { return Vec::new() };
        let mut own = vec![Inline::Text(id.clone())];
        if !self.aliases.is_empty() {
            let ids = self.aliases.join(", ");
            own.push(Inline::Text(format!(" ({})", text.fill("formerly", &[("ids", &ids)]))));
        }
        let mut facts = vec![Fact { name: text.get("id").into(), values: vec![own] }];
        for (group, key) in [
            ("kind", "kind"),
            ("stride", "stride"),
            ("severity", "severity"),
            ("status", "status"),
            ("tag", "tags"),
        ] {
            let labels = self.labels.iter().filter(|label| label.group == group);
            let chip = |label: &Label| Inline::Chip {
                group: group.into(),
                value: label.value.clone(),
                text: match group {
                    "kind" => signed(&label.value, &label.title),
                    _ => label.title.clone(),
                },
            };
            let values: Vec<Vec<Inline>> = labels.map(|label| vec![chip(label)]).collect();
            if !values.is_empty() {
                facts.push(Fact { name: text.get(key).into(), values });
            }
        }
        facts
    }
}

/// The name of a kind behind its sign, which every wiki can show.
pub fn signed(kind: &str, name: &str) -> String {
    match kind {
        "threat" => format!("\u{25b2} {name}"),
        "requirement" => format!("\u{25c6} {name}"),
        "assumption" => format!("\u{25cf} {name}"),
        "model" => format!("\u{25a3} {name}"),
        _ => name.to_string(),
    }
}

/// A word by which pages are grouped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// What it tells: `kind`, `stride`, `severity`, `status` or `tag`.
    pub group: &'static str,
    /// The word in front matter: `spoofing`.
    pub value: String,
    /// The words for readers: `Spoofing`.
    pub title: String,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading.
    Heading {
        /// 1 to 6; the page's own title is 1 and is not in the tree.
        level: u8,
        /// What links to it lead to.
        anchor: Option<String>,
        /// Its words.
        text: Vec<Inline>,
    },
    /// A place that links lead to, before what follows.
    Anchor(String),
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A line that says what kind of thing the page is about. A target that shows that in
    /// a box does without.
    Banner(Vec<Inline>),
    /// A list.
    List {
        /// The first number; `None` for a list with bullets.
        start: Option<u64>,
        /// Its items.
        items: Vec<Item>,
    },
    /// Names and what is said of them: the fields of an entry or model.
    Facts(Vec<Fact>),
    /// A table.
    Table(Table),
    /// Text that is shown as it is.
    Code {
        /// The word after the fence; may be empty.
        language: String,
        /// The caption.
        title: Option<String>,
        /// The text, without a newline at the end.
        text: String,
    },
    /// Text that stands out in a frame.
    Alert {
        /// `note`, `tip`, `important`, `warning` or `caution`; `exercise`, `quiz` or `speaker`.
        kind: String,
        /// Its heading.
        title: Vec<Inline>,
        /// What it says.
        blocks: Vec<Block>,
    },
    /// Text that a reader opens.
    Details {
        /// What is always shown.
        summary: Vec<Inline>,
        /// The text.
        blocks: Vec<Block>,
    },
    /// A picture with words below it.
    Figure {
        /// What is shown.
        blocks: Vec<Block>,
        /// The words.
        caption: Vec<Inline>,
    },
    /// A diagram that Casebook draws.
    Diagram(Diagram),
    /// A list of terms.
    Definitions(Vec<Definition>),
    /// A quotation.
    Quote(Vec<Block>),
    /// A line across the page.
    Rule,
}

/// An item of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// What links to it lead to.
    pub anchor: Option<String>,
    /// Whether it is ticked, in a list of tasks.
    pub done: Option<bool>,
    /// What it says. Most items are one paragraph, and then nested lists.
    pub blocks: Vec<Block>,
}

/// A name and what is said of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fact {
    /// The name.
    pub name: String,
    /// What is said.
    pub values: Vec<Vec<Inline>>,
}

/// A term and what it means.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Definition {
    /// The terms.
    pub terms: Vec<Vec<Inline>>,
    /// What they mean.
    pub meanings: Vec<Vec<Block>>,
}

/// A table. Every row has as many cells as the widest, spans counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// The words above it; may be empty.
    pub caption: Vec<Inline>,
    /// Whether it is a list that the site filters and sorts.
    pub catalogue: bool,
    /// The rows of headings.
    pub head: Vec<Row>,
    /// The other rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// What links to it lead to.
    pub anchor: Option<String>,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// Whether it names its row or column.
    pub header: bool,
    /// How many columns it takes, at least 1.
    pub columns: usize,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A diagram.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagram {
    /// A name for its file, without ending: `pay-001-dfd`. Unique in the book.
    pub name: String,
    /// The picture as a file of its own: SVG with its colours in it, on white.
    pub svg: String,
    /// Its width and height in pixels.
    pub size: (u32, u32),
    /// The Mermaid source, where it was drawn from one.
    pub mermaid: Option<String>,
    /// What it shows, for those who do not see it.
    pub alt: String,
    /// The words below it.
    pub caption: Vec<Inline>,
    /// Places in the picture that links lead to.
    pub anchors: Vec<String>,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Inline {
    /// Words. Blanks are single.
    Text(String),
    /// Strong words.
    Strong(Vec<Inline>),
    /// Stressed words.
    Emphasis(Vec<Inline>),
    /// Words that no longer hold.
    Deleted(Vec<Inline>),
    /// Words that are new.
    Inserted(Vec<Inline>),
    /// Raised words.
    Superscript(Vec<Inline>),
    /// Lowered words.
    Subscript(Vec<Inline>),
    /// Text as it is typed.
    Code(String),
    /// A link.
    Link {
        /// Where it leads.
        to: Link,
        /// Its words.
        text: Vec<Inline>,
    },
    /// A picture.
    Image {
        /// Which one: a [`Link::File`] or [`Link::External`].
        from: Link,
        /// What it shows, for those who do not see it.
        alt: String,
    },
    /// The end of a line.
    Break,
    /// A word in a frame: a severity, a status.
    Chip {
        /// `severity`, `status`, `stride`, `change` or another word; may be empty.
        group: String,
        /// The word in front matter; may be empty.
        value: String,
        /// The words for readers.
        text: String,
    },
    /// A letter or two that stand for a word.
    Short {
        /// The letters.
        text: String,
        /// The word.
        long: String,
    },
    /// A place that links lead to.
    Anchor(String),
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// A page of the book, by its address.
    Page {
        /// Its address.
        url: String,
        /// The place on it, which exists.
        anchor: Option<String>,
    },
    /// A file in [`Book::files`], by its address.
    File(String),
    /// Something that only the site has, by its address there.
    Site(String),
    /// Another site.
    External(String),
}

/// Inline parts as plain words.
pub fn plain(inlines: &[Inline]) -> String {
    let mut out = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Chip { text, .. } | Inline::Short { text, .. } => out.push_str(text),
            Inline::Strong(inner)
            | Inline::Emphasis(inner)
            | Inline::Deleted(inner)
            | Inline::Inserted(inner)
            | Inline::Superscript(inner)
            | Inline::Subscript(inner)
            | Inline::Link { text: inner, .. } => out.push_str(&plain(inner)),
            Inline::Image { alt, .. } => out.push_str(alt),
            Inline::Break => out.push(' '),
            Inline::Anchor(_) => {}
        }
    }
    out
}

/// Calls `visit` for every block of a tree, outer ones first.
pub fn each_block<'t>(blocks: &'t [Block], visit: &mut dyn FnMut(&'t Block)) {
    for block in blocks {
        visit(block);
        match block {
            Block::List { items, .. } => {
                items.iter().for_each(|item| each_block(&item.blocks, visit));
            }
            Block::Table(table) => table
                .head
                .iter()
                .chain(&table.rows)
                .flat_map(|row| &row.cells)
                .for_each(|cell| each_block(&cell.blocks, visit)),
            Block::Definitions(list) => list
                .iter()
                .flat_map(|definition| &definition.meanings)
                .for_each(|meaning| each_block(meaning, visit)),
            Block::Alert { blocks, .. }
            | Block::Details { blocks, .. }
            | Block::Figure { blocks, .. }
            | Block::Quote(blocks) => each_block(blocks, visit),
            Block::Heading { .. }
            | Block::Anchor(_)
            | Block::Paragraph(_)
            | Block::Banner(_)
            | Block::Facts(_)
            | Block::Code { .. }
            | Block::Diagram(_)
            | Block::Rule => {}
        }
    }
}

/// The diagrams of a tree, in order.
pub fn diagrams(blocks: &[Block]) -> Vec<&Diagram> {
    let mut out = Vec::new();
    each_block(blocks, &mut |block| {
        if let Block::Diagram(diagram) = block {
            out.push(diagram);
        }
    });
    out
}

/// Calls `visit` for every inline part of a tree that can be changed.
pub(super) fn each_inline_mut(blocks: &mut [Block], visit: &mut dyn FnMut(&mut Inline)) {
    for block in blocks {
        match block {
            Block::Heading { text, .. } | Block::Paragraph(text) | Block::Banner(text) => {
                inlines_mut(text, visit);
            }
            Block::List { items, .. } => {
                items.iter_mut().for_each(|item| each_inline_mut(&mut item.blocks, visit));
            }
            Block::Facts(facts) => facts
                .iter_mut()
                .flat_map(|fact| &mut fact.values)
                .for_each(|value| inlines_mut(value, visit)),
            Block::Table(table) => {
                inlines_mut(&mut table.caption, visit);
                table
                    .head
                    .iter_mut()
                    .chain(&mut table.rows)
                    .flat_map(|row| &mut row.cells)
                    .for_each(|cell| each_inline_mut(&mut cell.blocks, visit));
            }
            Block::Alert { title, blocks, .. } => {
                inlines_mut(title, visit);
                each_inline_mut(blocks, visit);
            }
            Block::Details { summary, blocks } => {
                inlines_mut(summary, visit);
                each_inline_mut(blocks, visit);
            }
            Block::Figure { blocks, caption } => {
                each_inline_mut(blocks, visit);
                inlines_mut(caption, visit);
            }
            Block::Diagram(diagram) => inlines_mut(&mut diagram.caption, visit),
            Block::Definitions(list) => {
                for definition in list {
                    definition.terms.iter_mut().for_each(|term| inlines_mut(term, visit));
                    definition.meanings.iter_mut().for_each(|m| each_inline_mut(m, visit));
                }
            }
            Block::Quote(blocks) => each_inline_mut(blocks, visit),
            Block::Anchor(_) | Block::Code { .. } | Block::Rule => {}
        }
    }
}

fn inlines_mut(inlines: &mut [Inline], visit: &mut dyn FnMut(&mut Inline)) {
    for inline in inlines {
        visit(inline);
        match inline {
            Inline::Strong(inner)
            | Inline::Emphasis(inner)
            | Inline::Deleted(inner)
            | Inline::Inserted(inner)
            | Inline::Superscript(inner)
            | Inline::Subscript(inner)
            | Inline::Link { text: inner, .. } => inlines_mut(inner, visit),
            _ => {}
        }
    }
}

/// Takes out the places that no link leads to. Headings keep theirs.
pub(super) fn prune(blocks: &mut Vec<Block>, wanted: &BTreeSet<String>) {
    let keep = |anchor: &mut Option<String>| {
        anchor.take_if(|anchor| !wanted.contains(anchor));
    };
    blocks.retain(|block| !matches!(block, Block::Anchor(anchor) if !wanted.contains(anchor)));
    for block in blocks {
        match block {
            Block::List { items, .. } => {
                for item in items {
                    keep(&mut item.anchor);
                    prune(&mut item.blocks, wanted);
                }
            }
            Block::Table(table) => {
                for row in table.head.iter_mut().chain(&mut table.rows) {
                    keep(&mut row.anchor);
                    row.cells.iter_mut().for_each(|cell| prune(&mut cell.blocks, wanted));
                }
            }
            Block::Diagram(diagram) => diagram.anchors.retain(|anchor| wanted.contains(anchor)),
            Block::Definitions(list) => {
                list.iter_mut().flat_map(|d| &mut d.meanings).for_each(|m| prune(m, wanted));
            }
            Block::Alert { blocks, .. }
            | Block::Details { blocks, .. }
            | Block::Figure { blocks, .. }
            | Block::Quote(blocks) => prune(blocks, wanted),
            _ => {}
        }
    }
    // Places within lines are few and do no harm.
}

/// The places of a tree that links can lead to.
pub(super) fn anchors(blocks: &mut [Block]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    each_inline_mut(blocks, &mut |inline| {
        if let Inline::Anchor(anchor) = inline {
            out.insert(anchor.clone());
        }
    });
    each_block(blocks, &mut |block| match block {
        Block::Heading { anchor: Some(anchor), .. } | Block::Anchor(anchor) => {
            out.insert(anchor.clone());
        }
        Block::List { items, .. } => out.extend(items.iter().filter_map(|i| i.anchor.clone())),
        Block::Table(table) => {
            out.extend(table.head.iter().chain(&table.rows).filter_map(|r| r.anchor.clone()));
        }
        Block::Diagram(diagram) => out.extend(diagram.anchors.iter().cloned()),
        _ => {}
    });
    out
}
