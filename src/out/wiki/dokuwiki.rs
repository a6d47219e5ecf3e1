//! DokuWiki: the files of its data folder.

mod api;
mod escape;
mod text;
mod xmlrpc;

pub use api::Api;

use super::document::{Book, Diagram, Page};
use super::names::{Name, beside_path};
use super::picture::{self, PictureError, png_name, with_digest};
use super::publish::Publication;
use super::target::{Context, Extra, Target};
use crate::book::entry::BuiltInKind;
use escape::{link_words, part, url};
use std::collections::BTreeMap;
use std::fmt::Write;
use text::Writer;

/// DokuWiki as a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DokuWiki {
    /// The namespace of all pages; empty for a wiki of its own.
    pub namespace: String,
}

/// The namespace that a book's title makes.
pub fn namespace(title: &str) -> String {
    part(title)
}

/// The path of a page's file below `data/pages`.
pub fn page_file(name: &str) -> String {
    format!("{}.txt", name.replace(':', "/"))
}

impl DokuWiki {
    /// The name of an address below the namespace.
    fn named(&self, path: &str) -> Result<String, String> {
        let mut parts: Vec<String> = Vec::new();
        for word in self.namespace.split(':').chain(path.split('/')).filter(|w| !w.is_empty()) {
            let clean = part(word);
            if clean.is_empty() {
                return Err(format!("nothing of `{word}` can stand in a name there"));
            }
            if clean.len() > 200 {
                return Err("a part of its name has more than 200 characters".into());
            }
            parts.push(clean);
        }
        Ok(parts.join(":"))
    }

    fn foot(&self, page: &Page, context: &Context<'_>, out: &mut String) {
        let text = &context.book.text;
        let mut lines = Vec::new();
        let step = |(key, other): (&str, &Page)| {
            let name = context.names.pages.get(&other.url)?;
            Some(format!("{}: [[{name}|{}]]", text.get(key), link_words(&other.title)))
        };
        let steps: Vec<String> = context.steps(page).into_iter().filter_map(step).collect();
        if !steps.is_empty() {
            lines.push(steps.join(" · "));
        }
        let tags: Vec<String> = page
            .labels
            .iter()
            .filter(|label| label.group == "tag")
            .filter_map(|label| {
                let name = context.names.pages.get(&crate::site::plan::tag_url(&label.value))?;
                Some(format!("[[{name}|{}]]", link_words(&label.title)))
            })
            .collect();
        if !tags.is_empty() {
            lines.push(format!("{}: {}", text.get("tags"), tags.join(", ")));
        }
        if let Some(address) = context.home_of(page).as_deref().and_then(url) {
            let words = text.get("search_on_site");
            lines.push(format!("{words}: [[{address}|{address}]]"));
        }
        if !lines.is_empty() {
            if !out.ends_with('\n') {
                out.push('\n');
            }
            let _ = write!(out, "\n----\n\n{}\n", lines.join("\n\n"));
        }
    }

    /// What DokuWiki shows beside the pages of the namespace.
    fn sidebar(&self, context: &Context<'_>) -> Option<Extra> {
        let name = self.named("sidebar").ok()?;
        let mut text = String::new();
        let line = |text: &mut String, depth: usize, page: &Page, title: &str| {
            if let Some(name) = context.names.pages.get(&page.url) {
                let _ = writeln!(text, "{}* [[{name}|{}]]", "  ".repeat(depth), link_words(title));
            }
        };
        if let Some(home) = context.book.page("index.html") {
            line(&mut text, 1, home, &context.book.title);
        }
        for section in &context.book.sections {
            let own = section.url.as_deref().and_then(|url| context.book.page(url));
            let first = || section.pages.first().and_then(|url| context.book.page(url));
            let Some(page) = own.or_else(first) else { continue };
            line(&mut text, 1, page, &section.title);
            let kind = page.kind.as_ref().map(|(kind, _)| kind.as_str());
            // A list of hundreds of entries is no navigation.
            if BuiltInKind::Guide.is(kind) || section.pages.len() <= 20 {
                for page in section.pages.iter().filter_map(|url| context.book.page(url)) {
                    if own.is_none_or(|own| own.url != page.url) {
                        line(&mut text, 2, page, &page.title);
                    }
                }
            }
        }
        Some(Extra { identity: "casebook:sidebar".into(), name, text })
    }
}

impl Target for DokuWiki {
    fn name(&self) -> &'static str {
        "dokuwiki"
    }

    fn title(&self) -> &'static str {
        "DokuWiki"
    }

    fn page_name(&self, _book: &Book, page: &Page, beside: Option<&str>) -> Result<Name, String> {
        let path = page.url.trim_end_matches(".html");
        let path = match path.strip_suffix("index") {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("{folder}start"),
            _ => path.to_string(),
        };
        self.named(&beside_path(&path, beside)).map(Name::from)
    }

    fn file_name(&self, book: &Book, url: &str) -> Result<String, String> {
        let name = png_name(url);
        let bytes = book.files.get(url).map(|file| file.bytes.as_slice()).unwrap_or_default();
        match name.rsplit_once('.') {
            Some((stem, ending)) => self.named(&with_digest(stem, ending, bytes)),
            None => self.named(&name),
        }
    }

    fn diagram_name(&self, _book: &Book, diagram: &Diagram) -> String {
        let name = format!("diagrams/{}", diagram.name);
        let name = with_digest(&name, "png", diagram.svg.as_bytes());
        self.named(&name).unwrap_or(name)
    }

    fn fold(&self, name: &str) -> String {
        name.to_string()
    }

    /// Former IDs, beside the page.
    fn other_names(&self, _book: &Book, page: &Page) -> Vec<String> {
        let folder = page.url.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = |alias: &String| self.named(&format!("{folder}/{alias}")).ok();
        page.aliases.iter().filter_map(name).collect()
    }

    fn redirect(&self, book: &Book, to: &str) -> Option<String> {
        let words = book.text.fill("moved_to", &[("link", &format!("[[{to}]]"))]);
        Some(format!("====== {} ======\n\n{words}\n", book.text.get("moved")))
    }

    fn render(&self, page: &Page, context: &Context<'_>) -> String {
        let mut writer = Writer { context, out: String::new() };
        writer.heading(1, &page.title);
        let way: Vec<String> = context
            .way(page)
            .iter()
            .filter_map(|above| {
                let name = context.names.pages.get(&above.url)?;
                Some(format!("[[{name}|{}]]", link_words(&above.title)))
            })
            .collect();
        if !way.is_empty() {
            let _ = write!(writer.out, "\n{}\n", way.join(" › "));
        }
        writer.blocks(&page.blocks);
        let mut out = writer.out;
        self.foot(page, context, &mut out);
        format!("{}\n", out.trim_end())
    }

    fn extras(&self, context: &Context<'_>) -> Vec<Extra> {
        self.sidebar(context).into_iter().collect()
    }

    fn pack(
        &self,
        publication: &Publication<'_>,
        before: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<BTreeMap<String, Vec<u8>>, PictureError> {
        let book = publication.book;
        let mut files = BTreeMap::new();
        for sheet in &publication.sheets {
            let path = format!("pages/{}", page_file(&sheet.name));
            files.insert(path, sheet.text.clone().into_bytes());
        }
        for source in picture::all(book, publication.names, false)? {
            let path = format!("media/{}", source.name.replace(':', "/"));
            let bytes = before(&path).map_or_else(|| source.draw(), Ok)?;
            files.insert(path, bytes);
        }
        Ok(files)
    }
}
