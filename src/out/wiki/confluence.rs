//! Confluence: pages in storage format with their attachments, and what is needed to
//! publish them.

pub mod carry;
pub mod client;
pub mod comments;
mod lines;
pub mod plan;
mod state;
mod storage;

pub use lines::readable;

use super::document::{Block, Book, Diagram, Inline, Link, Page, Role, diagrams, each_block};
use super::manifest::hash;
use super::names::Name;
use super::painter::Painter;
use super::picture::PictureError;
use super::publish::Publication;
use super::target::{Context, Target};
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use storage::{Writer, macro_of, text};

/// Confluence as a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confluence {
    /// What stands before every title: a space has each title once.
    pub prefix: String,
}

/// The list of pages in an export.
pub const PAGES_FILE: &str = "pages.json";

/// A page as an export keeps it for publishing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Item {
    /// What stays the same.
    pub identity: String,
    /// Its title, unique in the space.
    pub title: String,
    /// The identity of the page above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Its text, as a path in the export.
    pub file: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// Its attachments: name and hash. They are in the folder `attachments`.
    pub attachments: BTreeMap<String, String>,
    /// The hash of all that is published of it.
    pub hash: String,
}

/// The hash of what a picture is made from.
fn digest(source: &[u8]) -> String {
    blake3::hash(source).to_hex()[..32].to_string()
}

/// The longest title.
const LONGEST: usize = 255;

/// The name of a file or picture as Confluence takes it.
fn attachment(name: &str) -> String {
    let name = deunicode::deunicode(name);
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .collect()
}

/// The labels of a page: small letters, no blanks.
fn labels(page: &Page) -> Vec<String> {
    let word = |text: &str| {
        crate::book::page::slug(&deunicode::deunicode(text)).chars().take(200).collect::<String>()
    };
    let mut out = BTreeSet::from(["casebook".to_string()]);
    for label in &page.labels {
        out.insert(match label.group {
            "severity" | "status" => format!("{}-{}", label.group, word(&label.value)),
            _ => word(&label.value),
        });
    }
    out.retain(|label| !label.is_empty());
    out.into_iter().collect()
}

/// The addresses of the files that a page shows or links to.
fn files_of(page: &Page) -> BTreeSet<&str> {
    fn line<'p>(inlines: &'p [Inline], out: &mut BTreeSet<&'p str>) {
        for inline in inlines {
            match inline {
                Inline::Image { from: Link::File(url), .. } => {
                    out.insert(url);
                }
                Inline::Link { to, text } => {
                    if let Link::File(url) = to {
                        out.insert(url);
                    }
                    line(text, out);
                }
                Inline::Strong(inner)
                | Inline::Emphasis(inner)
                | Inline::Deleted(inner)
                | Inline::Inserted(inner)
                | Inline::Superscript(inner)
                | Inline::Subscript(inner) => line(inner, out),
                _ => {}
            }
        }
    }
    let mut out = BTreeSet::new();
    each_block(&page.blocks, &mut |block| match block {
        Block::Heading { text, .. } | Block::Paragraph(text) | Block::Banner(text) => {
            line(text, &mut out);
        }
        Block::Facts(facts) => {
            facts.iter().flat_map(|fact| &fact.values).for_each(|value| line(value, &mut out));
        }
        Block::Table(table) => line(&table.caption, &mut out),
        Block::Alert { title, .. } => line(title, &mut out),
        Block::Figure { caption, .. } => line(caption, &mut out),
        Block::Diagram(diagram) => line(&diagram.caption, &mut out),
        Block::Definitions(list) => {
            list.iter().flat_map(|d| &d.terms).for_each(|term| line(term, &mut out));
        }
        _ => {}
    });
    out
}

/// A title as Confluence takes it: one line, as long as Java counts its characters.
fn title_of(words: &str, beside: &str) -> String {
    let plain: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = |text: &str| text.encode_utf16().count();
    let mut out = plain.clone();
    while length(&out) + length(beside) > LONGEST - usize::from(out.len() < plain.len()) {
        out.pop();
    }
    if out.len() < plain.len() {
        out.push('\u{2026}');
    }
    out + beside
}

impl Target for Confluence {
    fn name(&self) -> &'static str {
        "confluence"
    }

    fn title(&self) -> &'static str {
        "Confluence"
    }

    /// Labels take the place of pages about tags.
    fn takes(&self, page: &Page) -> bool {
        page.role != Role::Tag
    }

    fn page_name(&self, book: &Book, page: &Page, beside: Option<&str>) -> Result<Name, String> {
        let title = match (page.role, &page.id) {
            (Role::Home, _) => book.title.clone(),
            (_, Some(id)) => format!("{id} {}", page.title),
            (_, None) => page.title.clone(),
        };
        let words = format!("{}{title}", self.prefix);
        let beside = beside.map(|words| format!(" ({words})")).unwrap_or_default();
        let name = title_of(&words, &beside);
        if name.is_empty() {
            return Err("a page there needs a title".into());
        }
        let because = (!name.contains(title.trim())).then(|| {
            format!("a title there has at most {LONGEST} characters, and no control characters")
        });
        Ok(Name { text: name, because })
    }

    fn file_name(&self, _book: &Book, url: &str) -> Result<String, String> {
        let name = attachment(&url.replace('/', "-"));
        if name.len() > 150 {
            return Err(format!("its name has {} characters, and 150 is the limit", name.len()));
        }
        Ok(name)
    }

    fn diagram_name(&self, _book: &Book, diagram: &Diagram) -> String {
        format!("{}.png", attachment(&diagram.name))
    }

    fn render(&self, page: &Page, context: &Context<'_>) -> String {
        let name = context.names.pages.get(&page.url).map_or("", String::as_str);
        let mut writer = Writer { context, name, out: String::new() };
        writer.notice(page);
        let own = page.role == Role::Own && page.id.is_some();
        let mut blocks: Vec<&Block> = page.blocks.iter().collect();
        if own {
            blocks.retain(|block| !matches!(block, Block::Banner(_)));
            // The sentence that matters stands first, and other pages can show it.
            let first = blocks.iter().take(2).position(|b| matches!(b, Block::Paragraph(_)));
            if let Some(first) = first {
                let lead = blocks.remove(first);
                writer.excerpt(lead);
            }
            let facts = blocks.iter().position(|block| matches!(block, Block::Facts(_)));
            let facts = facts.map(|at| blocks.remove(at));
            writer.properties(page, facts);
        }
        let headings = |block: &&&Block| matches!(block, Block::Heading { level: 2, .. });
        if blocks.iter().filter(headings).count() > 2 {
            writer.out.push_str(&macro_of("toc", &[("maxLevel", "3")], ""));
            writer.out.push('\n');
        }
        for block in blocks {
            writer.block(block);
        }
        writer.foot(page);
        writer.out
    }

    fn pack(
        &self,
        publication: &Publication<'_>,
        before: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<BTreeMap<String, Vec<u8>>, PictureError> {
        let (book, names) = (publication.book, publication.names);
        let painter = OnceCell::new();
        let drawn: Vec<Item> = before(PAGES_FILE)
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let drawn: BTreeMap<String, String> =
            drawn.into_iter().flat_map(|item| item.attachments).collect();
        // A picture of the same source is not drawn again.
        let png = |name: &String, svg: &str| {
            let same = drawn.get(name).is_some_and(|hash| *hash == digest(svg.as_bytes()));
            let known = same.then(|| before(&format!("attachments/{name}"))).flatten();
            match (known, painter.get()) {
                (Some(bytes), _) => Ok(bytes),
                (None, Some(painter)) => Painter::png(painter, svg),
                (None, None) => {
                    let made = Painter::new()?;
                    painter.get_or_init(|| made).png(svg)
                }
            }
        };
        let mut out = BTreeMap::new();
        let mut items = Vec::new();
        for sheet in &publication.sheets {
            let Some(page) = sheet.page else { continue };
            let mut attachments = BTreeMap::new();
            // What a picture is made from tells whether it changed: its pixels depend on the
            // fonts of the machine.
            let mut attach = |name: String, bytes: Vec<u8>, source: &[u8]| {
                attachments.insert(name.clone(), digest(source));
                out.insert(format!("attachments/{name}"), bytes);
            };
            for diagram in diagrams(&page.blocks) {
                if let Some(name) = names.diagrams.get(&diagram.name) {
                    let source = diagram.svg.as_bytes();
                    attach(name.clone(), png(name, &diagram.svg)?, source);
                    let svg = format!("{}.svg", name.trim_end_matches(".png"));
                    attach(svg, source.to_vec(), source);
                }
            }
            for url in files_of(page) {
                if let (Some(name), Some(file)) = (names.files.get(url), book.files.get(url)) {
                    attach(name.clone(), file.bytes.clone(), &file.bytes);
                }
            }
            let above = page.parent.as_deref().and_then(|url| book.page(url));
            let parent = above
                .filter(|above| names.pages.contains_key(&above.url))
                .map(|above| above.identity.clone());
            let labels = labels(page);
            let all =
                format!("{}\n{parent:?}\n{labels:?}\n{attachments:?}\n{}", sheet.name, sheet.text);
            let stem = attachment(&sheet.identity.replace('/', "-"));
            let mut file = format!("pages/{stem}.xml");
            let mut number = 2;
            while out.contains_key(&file) {
                file = format!("pages/{stem}-{number}.xml");
                number += 1;
            }
            out.insert(file.clone(), sheet.text.clone().into_bytes());
            items.push(Item {
                identity: sheet.identity.clone(),
                title: sheet.name.clone(),
                parent,
                file,
                labels,
                attachments,
                hash: hash(&all),
            });
        }
        // Maps have text keys, so nothing here can fail.
        let json = serde_json::to_string_pretty(&items).unwrap_or_default() + "\n";
        out.insert(PAGES_FILE.into(), json.into_bytes());
        Ok(out)
    }
}

/// The place in a page that says which page of the book it is.
pub(super) fn mark(identity: &str) -> String {
    format!("casebook.{identity}")
}

/// The same as Confluence keeps it.
pub(super) fn mark_in_text(identity: &str) -> String {
    let mut out = String::from(">");
    text(&mark(identity), &mut out);
    out.push_str("</ac:parameter>");
    out
}
