//! MediaWiki: a dump for `importDump.php`, and pictures for `importImages.php`.

mod current;
mod dump;
mod escape;
mod sha1;
mod text;

pub use current::read as read_dump;

use super::document::{Book, Diagram, Label, Page, Role};
use super::picture::{self, PictureError, png_name};
use super::publish::Publication;
use super::target::{Context, Extra, Target};
use dump::DumpPage;
use std::collections::BTreeMap;
use std::fmt::Write;
use text::Writer;
use unicode_normalization::UnicodeNormalization;

/// What can be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// What stands before every title: `Casebook/`.
    pub prefix: String,
    /// Whether diagrams are SVG; else they are PNG.
    pub svg: bool,
    /// Whether the wiki has the extension SyntaxHighlight.
    pub highlight: bool,
}

/// MediaWiki as a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MediaWiki {
    /// What was chosen.
    pub options: Options,
}

/// MediaWiki's own namespaces, and the sites that every new wiki knows, in lower case.
/// Before a colon they lead elsewhere.
const TAKEN: &[&str] = &[
    "media",
    "special",
    "talk",
    "user",
    "user talk",
    "project",
    "project talk",
    "file",
    "file talk",
    "image",
    "image talk",
    "mediawiki",
    "mediawiki talk",
    "template",
    "template talk",
    "help",
    "help talk",
    "category",
    "category talk",
    "module",
    "module talk",
    "acronym",
    "advogato",
    "arxiv",
    "c2find",
    "cache",
    "commons",
    "dictionary",
    "doi",
    "drumcorpswiki",
    "dwjwiki",
    "elibre",
    "emacswiki",
    "foldoc",
    "foxwiki",
    "freebsdman",
    "gentoo-wiki",
    "google",
    "googlegroups",
    "hammondwiki",
    "hrwiki",
    "imdb",
    "kmwiki",
    "linuxwiki",
    "lojban",
    "lqwiki",
    "meatball",
    "mediawikiwiki",
    "memoryalpha",
    "metawiki",
    "metawikimedia",
    "mozillawiki",
    "mw",
    "oeis",
    "openwiki",
    "pmid",
    "pythoninfo",
    "rfc",
    "s23wiki",
    "seattlewireless",
    "senseislibrary",
    "shoutwiki",
    "squeak",
    "theopedia",
    "tmbw",
    "tmnet",
    "twiki",
    "uncyclopedia",
    "unreal",
    "usemod",
    "wiki",
    "wikia",
    "wikibooks",
    "wikidata",
    "wikimedia",
    "wikinews",
    "wikipedia",
    "wikiquote",
    "wikisource",
    "wikispecies",
    "wikiversity",
    "wikivoyage",
    "wikt",
    "wiktionary",
];

/// The number of the namespace of categories.
const CATEGORY: u32 = 14;

/// Whether MediaWiki can hold a title, with the reason where it cannot.
fn check_title(title: &str) -> Result<(), String> {
    if let Some(bad) = title.chars().find(|c| "#<>[]|{}_".contains(*c)) {
        return Err(format!("a title there has no `{bad}`"));
    }
    if title.chars().any(|c| c.is_control() || c == '\u{fffd}') {
        return Err("a title there has no control characters".into());
    }
    if title.len() > 255 {
        return Err(format!("with its prefix it has {} bytes, and 255 is the limit", title.len()));
    }
    if title.split('/').any(|part| part == "." || part == "..") {
        return Err("no part of a title there is `.` or `..`".into());
    }
    if title.contains("~~~") {
        return Err("`~~~` is a signature there".into());
    }
    let bytes = title.as_bytes();
    let hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    if (0..bytes.len()).any(|at| bytes[at] == b'%' && hex(at + 1) && hex(at + 2)) {
        return Err("`%` before two digits is a character in an address there".into());
    }
    let entity = title.match_indices('&').any(|(at, _)| {
        let name = &title[at + 1..];
        name.find(';').is_some_and(|end| {
            let name = name[..end].trim_start_matches('#');
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric())
        })
    });
    if entity {
        return Err("`&...;` is a character there".into());
    }
    if title.starts_with([':', '/']) || title.is_empty() {
        return Err("a title there begins with a letter or digit".into());
    }
    if let Some((space, _)) = title.split_once(':')
        && TAKEN.contains(&space.trim().to_lowercase().as_str())
    {
        return Err(format!("`{space}:` leads elsewhere there"));
    }
    Ok(())
}

/// A title as MediaWiki stores it.
fn normal(title: &str) -> String {
    let words: Vec<&str> = title.split_whitespace().collect();
    let title: String = words.join(" ").nfc().collect();
    let mut chars = title.chars();
    match chars.next() {
        Some(first) => {
            let upper: Vec<char> = first.to_uppercase().collect();
            // MediaWiki leaves a letter alone whose capital is two.
            let first = if upper.len() == 1 { upper[0] } else { first };
            format!("{first}{}", chars.as_str())
        }
        None => title,
    }
}

impl MediaWiki {
    fn titled(&self, title: &str) -> Result<String, String> {
        let title = normal(&format!("{}{title}", self.options.prefix));
        check_title(&title).map(|()| title)
    }

    /// The name of a label's category, without its namespace.
    fn category(&self, label: &Label) -> Option<String> {
        let grouped = matches!(label.group, "kind" | "stride" | "tag");
        let title = normal(&format!("{}{}", self.options.prefix, label.title));
        (grouped && check_title(&title).is_ok()).then_some(title)
    }

    fn picture_ending(&self) -> &'static str {
        if self.options.svg { "svg" } else { "png" }
    }

    /// The line above a page: the way to it.
    fn way(&self, page: &Page, context: &Context<'_>, out: &mut String) {
        let mut links = Vec::new();
        for above in context.way(page) {
            if let Some(name) = context.names.pages.get(&above.url) {
                let mut words = String::new();
                escape::text(&above.title, false, &mut words);
                links.push(format!("[[:{name}|{words}]]"));
            }
        }
        if !links.is_empty() {
            let _ = writeln!(out, "<small>{}</small>", links.join(" › "));
        }
    }

    fn foot(&self, page: &Page, context: &Context<'_>, out: &mut String) {
        if !out.ends_with('\n') {
            out.push('\n');
        }
        let words = |key: &str| {
            let mut out = String::new();
            escape::text(context.book.text.get(key), false, &mut out);
            out
        };
        let guide = page.kind.as_ref().is_some_and(|(kind, _)| kind == "guide");
        let mut steps = Vec::new();
        for (key, other) in ["previous", "next"].iter().zip(context.neighbours(page)) {
            let other = other.filter(|_| guide || page.role == Role::Home);
            if let Some(other) = other
                && let Some(name) = context.names.pages.get(&other.url)
            {
                let mut title = String::new();
                escape::text(&other.title, false, &mut title);
                steps.push(format!("{}: [[:{name}|{title}]]", words(key)));
            }
        }
        if !steps.is_empty() {
            let _ = writeln!(out, "\n----\n{}", steps.join(" · "));
        }
        if let Some(address) = context.home_of(page) {
            let _ = writeln!(
                out,
                "\n----\n<small>{1}: [{0} {0}]</small>",
                escape::url(&address),
                words("search_on_site")
            );
        }
        for label in &page.labels {
            if let Some(name) = self.category(label) {
                let _ = writeln!(out, "[[Category:{name}]]");
            }
        }
    }

    /// A page with every page of the book.
    fn contents(&self, context: &Context<'_>) -> Option<Extra> {
        let name = self.titled(context.book.text.get("contents")).ok()?;
        let mut writer = self.writer(context);
        let line = |writer: &mut Writer<'_>, marks: &str, page: &Page| {
            if let Some(name) = context.names.pages.get(&page.url) {
                let mut words = String::new();
                if let Some(id) = page.id.as_ref().filter(|id| !page.title.contains(*id)) {
                    let _ = write!(words, "{id} ");
                }
                escape::text(&page.title, false, &mut words);
                let _ = writeln!(writer.out, "{marks} [[:{name}|{words}]]");
            }
        };
        for section in &context.book.sections {
            let mut title = String::new();
            escape::text(&section.title, false, &mut title);
            let _ = writeln!(writer.out, "== {title} ==");
            let own = section.url.as_deref().and_then(|url| context.book.page(url));
            if let Some(page) = own {
                line(&mut writer, "*", page);
            }
            for page in section.pages.iter().filter_map(|url| context.book.page(url)) {
                if own.is_none_or(|own| own.url != page.url) {
                    line(&mut writer, if own.is_some() { "**" } else { "*" }, page);
                }
            }
        }
        Some(Extra { identity: "casebook:contents".into(), name, text: writer.out })
    }

    fn writer<'w>(&'w self, context: &'w Context<'w>) -> Writer<'w> {
        Writer { context, options: &self.options, out: String::new() }
    }
}

impl Target for MediaWiki {
    fn name(&self) -> &'static str {
        "mediawiki"
    }

    fn title(&self) -> &'static str {
        "MediaWiki"
    }

    /// Categories take the place of pages about tags.
    fn takes(&self, page: &Page) -> bool {
        page.role != Role::Tag
    }

    fn page_name(&self, book: &Book, page: &Page) -> Result<String, String> {
        match (&page.role, &page.id) {
            (Role::Home, _) if !self.options.prefix.is_empty() => self
                .titled("")
                .or_else(|_| self.titled(&page.title))
                .map(|name| name.trim_end_matches(['/', ':', ' ']).to_string()),
            (Role::Home, _) => self.titled(&book.title),
            (_, Some(id)) => self.titled(&format!("{id} {}", page.title)),
            (_, None) => self.titled(&page.title),
        }
    }

    fn file_name(&self, _book: &Book, url: &str) -> Result<String, String> {
        let name = if self.options.svg { url.to_string() } else { png_name(url) };
        let name = normal(&name.replace(['/', ' '], "-"));
        if !name.contains('.') {
            return Err("a file there needs an ending, such as `.png`".into());
        }
        if name.len() > 240 {
            return Err(format!("its name has {} bytes, and 240 is the limit", name.len()));
        }
        if name.contains([':', '\\']) {
            return Err("a file there has no `:` or `\\` in its name".into());
        }
        check_title(&name.replace('_', "-")).map(|()| name)
    }

    fn diagram_name(&self, _book: &Book, diagram: &Diagram) -> String {
        normal(&format!("{}.{}", diagram.name, self.picture_ending()))
    }

    fn fold(&self, name: &str) -> String {
        normal(&name.replace('_', " "))
    }

    fn other_names(&self, _book: &Book, page: &Page) -> Vec<String> {
        let ids = page.id.iter().chain(&page.aliases);
        ids.filter_map(|id| self.titled(id).ok()).collect()
    }

    fn redirect(&self, _book: &Book, to: &str) -> Option<String> {
        Some(format!("#REDIRECT [[:{to}]]"))
    }

    fn render(&self, page: &Page, context: &Context<'_>) -> String {
        let mut writer = self.writer(context);
        self.way(page, context, &mut writer.out);
        writer.blocks(&page.blocks);
        let mut out = writer.out;
        self.foot(page, context, &mut out);
        let text: String = out.trim().nfc().collect();
        text
    }

    fn extras(&self, context: &Context<'_>) -> Vec<Extra> {
        let book = context.book;
        let mut categories: BTreeMap<String, &Label> = BTreeMap::new();
        for page in &book.pages {
            for label in &page.labels {
                if let Some(name) = self.category(label) {
                    categories.entry(name).or_insert(label);
                }
            }
        }
        let mut extras: Vec<Extra> = self.contents(context).into_iter().collect();
        for (name, label) in categories {
            let text;
            let listed = book.pages.iter().find(|page| {
                page.role == Role::Section
                    && page
                        .kind
                        .as_ref()
                        .is_some_and(|(kind, _)| label.group == "kind" && *kind == label.value)
            });
            if let Some(name) = listed.and_then(|page| context.names.pages.get(&page.url)) {
                let mut words = String::new();
                escape::text(&label.title, false, &mut words);
                text = format!("{}: [[:{name}|{words}]]", book.text.get("list_with_all_columns"));
            } else {
                let mut words = String::new();
                escape::text(&label.title, false, &mut words);
                text = format!("{}: <em>{words}</em>", book.text.get(label.group));
            }
            extras.push(Extra {
                identity: format!("category:{}:{}", label.group, label.value),
                name: format!("Category:{name}"),
                text,
            });
        }
        extras
    }

    fn pack(
        &self,
        publication: &Publication<'_>,
    ) -> Result<BTreeMap<String, Vec<u8>>, PictureError> {
        let book = publication.book;
        let by_identity: BTreeMap<&str, &str> = publication
            .sheets
            .iter()
            .map(|sheet| (sheet.identity.as_str(), sheet.name.as_str()))
            .collect();
        let pages = publication.sheets.iter().map(|sheet| DumpPage {
            title: &sheet.name,
            namespace: if sheet.name.starts_with("Category:") { CATEGORY } else { 0 },
            redirect: sheet.to.as_deref().and_then(|to| by_identity.get(to)).copied(),
            timestamp: &sheet.since,
            comment: "Published by Casebook",
            text: &sheet.text,
        });
        let dump = dump::write(&book.language, pages);
        let mut files = BTreeMap::from([("dump.xml".to_string(), dump.into_bytes())]);
        for (name, bytes) in picture::all(book, publication.names, self.options.svg)? {
            files.insert(format!("images/{name}"), bytes);
        }
        Ok(files)
    }
}
