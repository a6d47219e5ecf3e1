//! Diagrams as files of their own.

use super::document::{Book, diagrams};
use super::names::Names;
use super::painter::Painter;
use scraper::{ElementRef, Node};
use std::fmt::Write;
use std::sync::Arc;

/// The colours of the default theme in the light, as a diagram needs them. Only what
/// every reader of SVG knows: no variables, no functions.
const STYLE: &str = "\
text{fill:#1a2126;font-family:'Noto Sans','Liberation Sans','DejaVu Sans',Arial,sans-serif}\
.dfd-boundary{fill:#f4f8f9;stroke:#08525f;stroke-width:1.25;stroke-dasharray:6 4}\
.dfd-depth-1{fill:#eaf2f3}\
.dfd-title{fill:#08525f;font-size:12px;font-weight:bold}\
.dfd-shape{fill:#fff;stroke:#47525b;stroke-width:1.5}\
.dfd-external .dfd-shape{fill:#f5f7f8;stroke-width:2}\
.dfd-store .dfd-shape{stroke:none}\
.dfd-rails{fill:none;stroke:#47525b;stroke-width:2}\
.dfd-name{font-size:13px;text-anchor:middle}\
.dfd-line{fill:none;stroke:#5d6972;stroke-width:1.25}\
.dfd-arrow{fill:#5d6972}\
.dfd-data{fill:#47525b;font-size:12px}\
.dfd-disc{fill:#fff;stroke:#5d6972;stroke-width:1}\
.dfd-number{font-size:11px;font-weight:bold;text-anchor:middle}\
.dfd-badge rect{fill:#a32020;stroke:#fff;stroke-width:1.5}\
.dfd-count{fill:#fff;font-size:11px;font-weight:bold;text-anchor:middle}\
.dfd-open .dfd-disc{fill:#a32020;stroke:#a32020}\
.dfd-open .dfd-number{fill:#fff}\
.dfd-change rect{fill:#8a5a00;stroke:#fff;stroke-width:1.5}\
.dfd-change.dfd-added rect{fill:#1d6b3a}\
.dfd-change.dfd-removed rect{fill:#a32020}\
.dfd-sign{fill:#fff;font-size:12px;font-weight:bold;text-anchor:middle}\
.dfd-added .dfd-shape,.dfd-added .dfd-rails,.dfd-added .dfd-line,.dfd-boundary.dfd-added{stroke:#1d6b3a;stroke-width:2}\
.dfd-removed .dfd-shape,.dfd-removed .dfd-rails,.dfd-removed .dfd-line{stroke:#a32020;stroke-dasharray:3 3}\
.dfd-boundary.dfd-removed{stroke:#a32020;stroke-dasharray:2 4}\
.dfd-changed .dfd-shape,.dfd-changed .dfd-rails,.dfd-changed .dfd-line,.dfd-boundary.dfd-changed{stroke:#8a5a00;stroke-width:2}\
.dfd-removed .dfd-name,.dfd-removed .dfd-data{text-decoration:line-through}\
.dfd-added .dfd-arrow{fill:#1d6b3a}\
.dfd-removed .dfd-arrow{fill:#a32020}\
.dfd-changed .dfd-arrow{fill:#8a5a00}\
.dfd-store .dfd-shape{stroke:none}";

/// Attributes that say nothing in a file of its own.
const PAGE_ONLY: [&str; 4] = ["aria-label", "tabindex", "focusable", "role"];

/// A picture in a page as a file of its own, and its size in pixels. Links in it are
/// taken out: a wiki shows it as an image.
pub(super) fn standalone(svg: ElementRef<'_>) -> (String, (u32, u32)) {
    let number = |name: &str| {
        let value = svg.value().attr(name).and_then(|value| value.parse::<f64>().ok());
        value.filter(|n| n.is_finite() && *n > 0.0).unwrap_or(100.0).ceil() as u32
    };
    let size = (number("width"), number("height"));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    write(svg, Some(size), &mut out);
    out.push('\n');
    (out, size)
}

fn write(element: ElementRef<'_>, root: Option<(u32, u32)>, out: &mut String) {
    let name = element.value().name();
    if matches!(name, "script" | "style" | "foreignobject" | "foreignObject") {
        return;
    }
    if name != "a" {
        let _ = write!(out, "<{name}");
        if root.is_some() {
            out.push_str(" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
        }
        let mut attributes: Vec<(&str, &str)> = element
            .value()
            .attrs()
            .filter(|(name, _)| {
                !PAGE_ONLY.contains(name) && *name != "xmlns" && !name.starts_with("on")
            })
            .collect();
        attributes.sort_unstable();
        for (name, value) in attributes {
            // HTML knows the names of SVG in lower case only.
            let name = if name.eq_ignore_ascii_case("viewbox") { "viewBox" } else { name };
            let _ = write!(out, " {name}=\"{}\"", crate::text::markup::escaped(value));
        }
        out.push('>');
        if let Some((width, height)) = root {
            let _ = write!(
                out,
                "<style>{STYLE}</style><rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>"
            );
        }
    }
    for node in element.children() {
        match (node.value(), ElementRef::wrap(node)) {
            (Node::Text(text), _) => crate::text::markup::escape(text, out),
            (_, Some(child)) => write(child, None, out),
            _ => {}
        }
    }
    if name != "a" {
        let _ = write!(out, "</{name}>");
    }
}

/// Whether a file is SVG, by its name.
pub(super) fn is_svg(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"))
}

/// The name of a file whose picture is PNG.
pub(super) fn png_name(name: &str) -> String {
    match is_svg(name) {
        true => format!("{}png", &name[..name.len() - 3]),
        false => name.to_string(),
    }
}

/// A name with some digits of what the file is made from: another picture is another file,
/// so none is drawn or loaded twice, and an old version of a page keeps its own.
pub(super) fn with_digest(name: &str, ending: &str, source: &[u8]) -> String {
    format!("{name}-{}.{ending}", &blake3::hash(source).to_hex()[..8])
}

/// A picture before it is drawn.
pub struct Source<'p> {
    /// Its name in the target.
    pub name: String,
    /// What it is made from.
    pub bytes: &'p [u8],
    /// Who draws it, where that has to be done.
    painter: Option<Arc<Painter>>,
}

impl Source<'_> {
    /// The picture.
    ///
    /// # Errors
    /// When it is none, or is too large.
    pub fn draw(&self) -> Result<Vec<u8>, PictureError> {
        match (&self.painter, std::str::from_utf8(self.bytes)) {
            (Some(painter), Ok(svg)) => painter.png(svg).map_err(|error| {
                PictureError::Unreadable(format!("`{}` cannot be drawn: {error}", self.name))
            }),
            _ => Ok(self.bytes.to_vec()),
        }
    }
}

/// The pictures of a publication, those of the sources too. With `svg` those that are SVG
/// stay so.
///
/// # Errors
/// When pictures must be drawn and the system has no font.
pub fn all<'p>(book: &'p Book, names: &Names, svg: bool) -> Result<Vec<Source<'p>>, PictureError> {
    let drawn = book.pages.iter().flat_map(|page| diagrams(&page.blocks));
    let drawn = drawn.filter_map(|diagram| {
        Some((names.diagrams.get(&diagram.name)?, diagram.svg.as_bytes(), !svg))
    });
    let files = names.files.iter().filter_map(|(url, name)| {
        Some((name, book.files.get(url)?.bytes.as_slice(), !svg && is_svg(url)))
    });
    let all: Vec<(&String, &[u8], bool)> = drawn.chain(files).collect();
    let needed = all.iter().any(|(_, _, draw)| *draw);
    let painter = needed.then(Painter::new).transpose()?.map(Arc::new);
    let source = |(name, bytes, draw): (&String, &'p [u8], bool)| Source {
        name: name.clone(),
        bytes,
        painter: painter.clone().filter(|_| draw),
    };
    Ok(all.into_iter().map(source).collect())
}

/// Why a picture cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureError {
    /// The program was built without the library that draws.
    NoPainter,
    /// The system has no font, so that words would be missing.
    NoFont,
    /// The picture is too large, or is no picture.
    Unreadable(String),
}

impl std::fmt::Display for PictureError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PictureError::NoPainter => f.write_str(
                "this program was built without the feature `png`; take one that has it, or SVG",
            ),
            PictureError::NoFont => f.write_str(
                "there is no font on this system, so a PNG would have no words: install one \
                 (Debian: fonts-dejavu-core) or take SVG",
            ),
            PictureError::Unreadable(reason) => f.write_str(reason),
        }
    }
}
