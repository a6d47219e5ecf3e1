//! One Markdown file, from text to finished pieces. Nothing here knows of any other
//! file, so the result can be kept for as long as the text stays the same.

mod adopt;
mod audience;
mod autolink;
mod block;
mod body;
mod draft;
mod expanded;
mod fence;
mod foreign;
mod fragment;
mod highlight;
mod html;
mod include;
mod markdown;
mod mend;
mod meta;
mod overlay;
mod raw;
mod section;
mod slide;
mod splice;

pub use block::{Block, BlockKind, Column, Item, Key, Stands, Takes, word};
pub use body::{Body, Chart, ChartView, Heading, Hole, Label, Link, Piece, Target};
pub use draft::slug;
pub use expanded::{Expanded, Segment};
pub use fence::Listing;
pub use foreign::{FORMS, Form, Here};
pub use fragment::{Fragment, Part};
pub use include::expand;
pub use markdown::options;
pub use meta::{Change, Layout, META_KEYS, Meta, MetaKey, SIZES, Statement, Word};
pub use overlay::{Headed, Overlaid, headed, outline, overlay, overlay_headed, section_of};

use crate::book::config::Config;
use crate::book::entry::BuiltInKind;
use crate::text::address::{Address, encode_fragment, encode_path};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::markup::escaped;
use crate::text::span::Place;
use std::borrow::Cow;
use std::sync::Arc;

/// A title as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Title {
    /// Without markup.
    pub text: String,
    /// With markup.
    pub html: Vec<Piece>,
    /// The anchor of the heading it came from.
    pub anchor: Option<String>,
}

/// One page of the site: a file's own, or an entry under a heading of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// Where it begins.
    pub place: Place,
    /// Its front matter or fields.
    pub meta: Meta,
    /// The title from its heading.
    pub title: Option<Title>,
    /// Its text.
    pub body: Body,
}

/// A file, parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Path relative to the book's root.
    pub file: Arc<str>,
    /// Path relative to the source folder.
    pub path: String,
    /// The file's own article, then its entries. Never empty.
    pub articles: Vec<Article>,
    /// Whether the file has front matter, and so is meant as a page.
    pub has_front: bool,
    /// The files it includes.
    pub includes: Vec<Arc<str>>,
    /// The texts of parts that are not for the readers of the site, and were taken out.
    pub withheld: Vec<String>,
    /// What of its entries overlays say.
    pub overlaid: Vec<Overlaid>,
    /// What is wrong with it, taken by itself.
    pub found: Vec<Diagnostic>,
}

/// Parses a file: front matter, then Markdown.
pub fn parse(file: &Arc<str>, path: &str, source: &Expanded, config: &Config) -> Page {
    // What is replaced is as long as what it is replaced by, so places stay.
    let clean;
    let source = match with_line_breaks(body::without_tokens(&source.text)) {
        Cow::Borrowed(_) => source,
        Cow::Owned(text) => {
            clean = Expanded { text: text.into(), ..source.clone() };
            &clean
        }
    };
    let cut;
    let (source, withheld) = match audience::cut(source, config.audience) {
        None => (source, Vec::new()),
        Some((text, withheld)) => {
            cut = text;
            (&cut, withheld)
        }
    };
    let mut found = Vec::new();
    let place = |span| source.place(span);
    let mut fields = Meta::default();
    let mut has_front = true;
    let mut body_start = 0;
    match meta::find_front(&source.text) {
        meta::Front::None => has_front = false,
        meta::Front::Unclosed => {
            let line = source.text.find('\n').unwrap_or(source.text.len());
            found.push(
                Diagnostic::new(
                    Code::UnclosedFrontMatter,
                    place(0..line),
                    "the front matter is never closed",
                )
                .label("opened here")
                .help(format!(
                    "add a line that holds only `{}` below the last key",
                    &source.text[..3]
                )),
            );
        }
        meta::Front::Found { data, body, mark } => {
            body_start = body;
            match meta::parse_data(&source.text[data.clone()], data.start, mark) {
                Ok(tree) => {
                    let (decoded, problems) =
                        meta::decode(&tree.root, &config.roles, &config.references, &place);
                    fields = decoded;
                    found.extend(problems);
                    let lost = tree.lost.into_iter();
                    found.extend(lost.map(|lost| meta::lost_diagnostic(lost, &place)));
                }
                Err(error) => {
                    let at = place(error.span.clone());
                    found.push(meta::syntax_diagnostic(&error, "front matter", at));
                }
            }
        }
    }
    let kind = fields.kind.as_ref().and_then(|word| config.kinds.get(&word.text));
    let kind = kind.or_else(|| config.folder_kind(path));
    if kind.is_none_or(|kind| !kind.catalogue && !BuiltInKind::Model.is(Some(&kind.name))) {
        fields.draft |= fields.status.as_deref() == Some("draft");
    }
    let form = markdown::Form {
        catalogue: config.folder_kind(path).is_some_and(|kind| kind.catalogue),
        slides: fields.layout == Layout::Slides,
        ..markdown::Form::default()
    };
    let (mut articles, problems) =
        markdown::write(source, body_start, config, form, markdown::options());
    found.extend(problems);
    if let Some(own) = articles.first_mut() {
        own.meta = fields;
        own.meta.window_title = source.title.clone();
    }
    let mut includes: Vec<Arc<str>> = source.included().cloned().collect();
    includes.dedup();
    let path = path.to_string();
    let overlaid = Vec::new();
    Page { file: file.clone(), path, articles, has_front, includes, withheld, overlaid, found }
}

/// A text whose lines may end with a carriage return alone, as Markdown allows and its parser
/// does not everywhere.
fn with_line_breaks(text: Cow<'_, str>) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let alone = |at: usize| bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
    if !bytes.contains(&b'\r') || !(0..bytes.len()).any(alone) {
        return text;
    }
    let ends = text.char_indices().map(|(at, c)| if alone(at) { '\n' } else { c });
    Cow::Owned(ends.collect())
}

/// The ID in the front matter of a file.
pub fn id_of(text: &str) -> Option<String> {
    let meta::Front::Found { data, mark, .. } = meta::find_front(text) else { return None };
    let tree = meta::parse_data(&text[data], 0, mark).ok()?;
    let mut fields = crate::text::data::Fields::new(&tree.root).ok()?;
    fields.text("id").map(|(id, _)| id)
}

/// The HTML of a text in plain CommonMark, without extensions, links unresolved; the
/// conformance tests compare it with the specification's examples.
pub fn commonmark(text: &str) -> String {
    let config = Config {
        html: crate::book::config::HtmlPolicy::Allow,
        remote_images: true,
        ..Config::default()
    };
    let source = Expanded::plain(&"text.md".into(), text.into());
    let options = pulldown_cmark::Options::empty();
    let form = markdown::Form { plain: true, ..markdown::Form::default() };
    let (articles, _) = markdown::write(&source, 0, &config, form, options);
    let mut out = String::new();
    for article in &articles {
        let mut push = |pieces: &[Piece]| {
            for piece in pieces {
                match piece {
                    Piece::Html(html) => out.push_str(html),
                    Piece::Hole(hole) => out.push_str(&plain_hole(*hole, &article.body)),
                }
            }
        };
        if let Some(title) = &article.title {
            push(&[Piece::Html("<h1>".into())]);
            push(&title.html);
            push(&[Piece::Html("</h1>\n".into())]);
        }
        push(&article.body.pieces);
    }
    out
}

fn plain_hole(hole: Hole, body: &Body) -> String {
    let address = |i: usize| match body.links.get(i).map(|link| &link.target) {
        Some(Target::Address(Address::Relative { path, anchor, query })) => {
            let anchor = anchor.as_ref().map(|a| format!("#{}", encode_fragment(a)));
            escaped(&format!("{}{query}{}", encode_path(path), anchor.unwrap_or_default()))
        }
        _ => String::new(),
    };
    match hole {
        Hole::Open(i) => {
            let title = body.links.get(i).and_then(|link| link.title.as_deref());
            let title = title.map(|title| format!(" title=\"{}\"", escaped(title)));
            format!("<a href=\"{}\"{}>", address(i), title.unwrap_or_default())
        }
        Hole::Close(_) => "</a>".into(),
        Hole::Url(i) => address(i),
        Hole::Picture(i) => body.links.get(i).map_or_else(String::new, |link| {
            let title = link.title.as_ref().map(|title| format!(" title=\"{}\"", escaped(title)));
            let (src, alt) = (address(i), escaped(&link.alt));
            format!("<img src=\"{src}\" alt=\"{alt}\"{} />", title.unwrap_or_default())
        }),
        Hole::Listing(i) => body.listings.get(i).map_or("", Listing::highlighted).to_string(),
        Hole::Entry(i) => match body.links.get(i).map(|link| &link.target) {
            Some(Target::Titled { written, .. }) => escaped(written),
            _ => String::new(),
        },
        Hole::Block(_) | Hole::Chart(_) | Hole::Fragment(_) | Hole::Label(_) => String::new(),
    }
}

#[cfg(test)]
mod tests;
