//! MediaWiki: a dump for `importDump.php` with pictures for `importImages.php`, or pages
//! brought over its own interface.

mod api;
mod current;
mod dump;
mod escape;
mod places;
mod templates;
mod text;
mod titles;

pub use api::Api;
pub use current::read as read_dump;

use super::document::{Book, Diagram, Label, Page, Role};
use super::names::Name;
use super::picture::{self, PictureError, png_name, with_digest};
use super::publish::Publication;
use super::target::{Context, Extra, Target};
use dump::DumpPage;
use places::Places;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::OnceLock;
use text::Writer;
use titles::{LONGEST, cut, fit, normal};
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
    /// Whether an ID alone, without what stands before titles, leads to its page.
    pub id_redirects: bool,
}

/// MediaWiki as a target.
#[derive(Debug, Default)]
pub struct MediaWiki {
    /// What was chosen.
    pub options: Options,
    places: OnceLock<Places>,
}

/// The beginning of titles that a book's own title makes.
pub fn prefix(title: &str) -> String {
    format!("{}/", fit(title).0)
}

/// The namespace of a name, as a number.
fn namespace(name: &str) -> u32 {
    match name.split_once(':') {
        Some(("Category", _)) => 14,
        Some(("Template", _)) => 10,
        _ => 0,
    }
}

impl MediaWiki {
    /// A wiki with what was chosen for it.
    pub fn new(options: Options) -> MediaWiki {
        MediaWiki { options, places: OnceLock::new() }
    }

    /// A title below the beginning of all.
    fn titled(&self, words: &str, beside: &str) -> Name {
        let (title, because) = fit(words);
        let most = LONGEST.saturating_sub(self.options.prefix.len() + beside.len());
        let short = cut(&title, most);
        let because = match short == title {
            true => because,
            false => Some(format!("a title there has at most {LONGEST} bytes")),
        };
        let text = normal(&format!("{}{short}{beside}", self.options.prefix));
        Name { text, because }
    }

    /// The name of a label's category, without its namespace.
    fn category(&self, label: &Label) -> Option<String> {
        let grouped = matches!(label.group, "kind" | "stride" | "tag");
        grouped.then(|| self.titled(&label.title, "").text)
    }

    /// The name of the category of all.
    fn root(&self, book: &Book) -> String {
        match self.options.prefix.trim_end_matches(['/', ':', ' ']) {
            "" => fit(&book.title).0,
            prefix => normal(&prefix.replace(':', "/")),
        }
    }

    fn picture_ending(&self) -> &'static str {
        if self.options.svg { "svg" } else { "png" }
    }

    /// What stands above a page: its title, that it is generated, the way to it.
    fn head(&self, page: &Page, context: &Context<'_>, out: &mut String) {
        if let Some(id) = &page.id {
            let mut words = format!("{id} ");
            escape::text(&page.title, false, &mut words);
            let _ = writeln!(out, "{{{{DISPLAYTITLE:{words}}}}}");
        }
        let source = page.place.as_ref().map(|place| {
            let path = place.file.to_string();
            let address = context.book.edit_url.as_ref().map(|url| url.replace("{path}", &path));
            match address {
                Some(address) => format!("|1=[{} {path}]", escape::url(&address)),
                None => format!("|1=<code>{}</code>", escape::param(&path)),
            }
        });
        let _ = writeln!(out, "{{{{{}{}}}}}", self.template("notice"), source.unwrap_or_default());
        let links: Vec<String> =
            context.way(page).into_iter().filter_map(|above| self.link(above, context)).collect();
        if !links.is_empty() {
            let _ = writeln!(out, "<small>{}</small>", links.join(" › "));
        }
    }

    /// A link to a page with its title.
    fn link(&self, page: &Page, context: &Context<'_>) -> Option<String> {
        let name = context.names.pages.get(&page.url)?;
        let mut words = String::new();
        escape::text(&page.title, false, &mut words);
        Some(escape::link(name, &words))
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
        let mut steps = Vec::new();
        for (key, other) in context.steps(page) {
            steps.extend(self.link(other, context).map(|link| format!("{}: {link}", words(key))));
        }
        if page.role == Role::Home {
            let contents = self.titled(context.book.text.get("contents"), "").text;
            steps.push(escape::link(&contents, &words("contents")));
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
        let sort = match &page.id {
            Some(id) => id.clone(),
            None => fit(&page.title).0,
        };
        let _ = writeln!(out, "\n{{{{DEFAULTSORT:{}}}}}", escape::param(&sort));
        let mut categories: BTreeSet<String> =
            page.labels.iter().filter_map(|label| self.category(label)).collect();
        if categories.is_empty() {
            categories.insert(self.root(context.book));
        }
        for name in categories {
            let _ = writeln!(out, "[[Category:{name}]]");
        }
    }

    /// A page with every page of the book.
    fn contents(&self, context: &Context<'_>) -> Extra {
        let book = context.book;
        let mut out = String::new();
        let mut listed = BTreeSet::new();
        let mut line = |out: &mut String, marks: &str, page: &Page| {
            let Some(name) = context.names.pages.get(&page.url).filter(|n| listed.insert(*n))
            else {
                return;
            };
            let mut words = String::new();
            if let Some(id) = page.id.as_ref().filter(|id| !page.title.contains(*id)) {
                let _ = write!(words, "{id} ");
            }
            escape::text(&page.title, false, &mut words);
            let _ = writeln!(out, "{marks} {}", escape::link(name, &words));
        };
        let heading = |out: &mut String, title: &str| {
            let mut words = String::new();
            escape::text(title, false, &mut words);
            let _ = writeln!(out, "== {words} ==");
        };
        for section in &book.sections {
            heading(&mut out, &section.title);
            let own = section.url.as_deref().and_then(|url| book.page(url));
            if let Some(page) = own {
                line(&mut out, "*", page);
            }
            let marks = if own.is_some() { "**" } else { "*" };
            for page in section.pages.iter().filter_map(|url| book.page(url)) {
                line(&mut out, marks, page);
            }
        }
        let mut rest = String::new();
        book.pages.iter().for_each(|page| line(&mut rest, "*", page));
        if !rest.is_empty() {
            heading(&mut out, book.text.get("more_sections"));
            out.push_str(&rest);
        }
        let _ = writeln!(out, "\n[[Category:{}]]", self.root(book));
        let name = self.titled(book.text.get("contents"), "").text;
        Extra { identity: "casebook:contents".into(), name, text: out.trim_end().to_string() }
    }

    /// The pages of the categories, as a tree.
    fn categories(&self, context: &Context<'_>) -> Vec<Extra> {
        let book = context.book;
        let root = self.root(book);
        let labels = book.pages.iter().flat_map(|page| &page.labels);
        let named: BTreeMap<String, &Label> =
            labels.filter_map(|label| Some((self.category(label)?, label))).collect();
        let mut extras = vec![Extra {
            identity: "category".into(),
            name: format!("Category:{root}"),
            text: book.page("index.html").and_then(|p| self.link(p, context)).unwrap_or_default(),
        }];
        let mut groups: BTreeMap<String, &'static str> = BTreeMap::new();
        for (name, label) in named {
            let listed = book.pages.iter().find(|page| {
                let kind = page.kind.as_ref().map(|(kind, _)| kind);
                page.role == Role::Section && label.group == "kind" && kind == Some(&label.value)
            });
            let above = match label.group {
                "kind" => root.clone(),
                group => {
                    let key = if group == "tag" { "tags" } else { group };
                    let above = self.titled(book.text.get(key), "").text;
                    groups.insert(above.clone(), key);
                    above
                }
            };
            let list = listed.and_then(|page| self.link(page, context));
            let words = book.text.get("list_with_all_columns");
            let list = list.map(|link| format!("{words}: {link}\n")).unwrap_or_default();
            extras.push(Extra {
                identity: format!("category:{}:{}", label.group, label.value),
                name: format!("Category:{name}"),
                text: format!("{list}[[Category:{above}]]"),
            });
        }
        let taken: BTreeSet<String> = extras.iter().map(|extra| extra.name.clone()).collect();
        let groups = groups.into_iter().map(|(name, key)| Extra {
            identity: format!("category:{key}"),
            name: format!("Category:{name}"),
            text: format!("[[Category:{root}]]"),
        });
        extras.extend(groups.filter(|extra| !taken.contains(&extra.name)));
        extras
    }

    fn writer<'w>(&'w self, context: &'w Context<'w>) -> Writer<'w> {
        let places = self.places.get_or_init(|| Places::of(context.book));
        Writer { context, wiki: self, places, url: "", out: String::new() }
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

    /// A page is called by its ID, so that a new title changes this page alone.
    fn page_name(&self, book: &Book, page: &Page, beside: Option<&str>) -> Result<Name, String> {
        let prefix = self.options.prefix.trim_end_matches(['/', ':', ' ']);
        let beside = beside.map(|words| format!(" ({})", fit(words).0)).unwrap_or_default();
        let name = match (&page.role, &page.id) {
            (Role::Home, _) if !prefix.is_empty() && !self.options.prefix.contains(':') => {
                Name::from(normal(prefix))
            }
            (Role::Home, _) => self.titled(&book.title, &beside),
            (_, Some(id)) => self.titled(id, &beside),
            (_, None) => self.titled(&page.title, &beside),
        };
        match name.text.trim_start_matches(&self.options.prefix).is_empty() {
            true => Err("nothing of it can stand in a title there".into()),
            false => Ok(name),
        }
    }

    fn file_name(&self, book: &Book, url: &str) -> Result<String, String> {
        let name = if self.options.svg { url.to_string() } else { png_name(url) };
        let name = fit(&name.replace(['/', ' ', ':', '\\', '_', '#'], "-")).0;
        let Some((stem, ending)) = name.rsplit_once('.') else {
            return Err("a file there needs an ending, such as `.png`".into());
        };
        let bytes = book.files.get(url).map(|file| file.bytes.as_slice());
        Ok(normal(&with_digest(&cut(stem, 200), ending, bytes.unwrap_or_default())))
    }

    fn diagram_name(&self, _book: &Book, diagram: &Diagram) -> String {
        let name = cut(&diagram.name, 200);
        normal(&with_digest(&name, self.picture_ending(), diagram.svg.as_bytes()))
    }

    fn fold(&self, name: &str) -> String {
        normal(name)
    }

    fn other_names(&self, _book: &Book, page: &Page) -> Vec<String> {
        let own = page.id.iter().filter(|_| self.options.id_redirects);
        let bare = own.chain(page.aliases.iter().filter(|_| self.options.id_redirects));
        let aliases = page.aliases.iter().map(|alias| self.titled(alias, "").text);
        aliases.chain(bare.map(|id| fit(id).0)).filter(|name| !name.is_empty()).collect()
    }

    fn redirect(&self, _book: &Book, to: &str) -> Option<String> {
        Some(format!("#REDIRECT [[{to}]]"))
    }

    fn render(&self, page: &Page, context: &Context<'_>) -> String {
        let mut writer = self.writer(context);
        self.head(page, context, &mut writer.out);
        writer.page(page);
        let mut out = writer.out;
        self.foot(page, context, &mut out);
        let text: String = out.trim().nfc().collect();
        text
    }

    fn extras(&self, context: &Context<'_>) -> Vec<Extra> {
        let mut extras = vec![self.contents(context)];
        extras.extend(self.templates(context));
        extras.extend(self.categories(context));
        extras
    }

    fn pack(
        &self,
        publication: &Publication<'_>,
        before: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<BTreeMap<String, Vec<u8>>, PictureError> {
        let book = publication.book;
        let by_identity: BTreeMap<&str, &str> = publication
            .sheets
            .iter()
            .map(|sheet| (sheet.identity.as_str(), sheet.name.as_str()))
            .collect();
        let pages = publication.sheets.iter().map(|sheet| DumpPage {
            title: &sheet.name,
            namespace: namespace(&sheet.name),
            redirect: sheet.to.as_deref().and_then(|to| by_identity.get(to)).copied(),
            timestamp: &sheet.since,
            comment: "Published by Casebook",
            text: &sheet.text,
        });
        let dump = dump::write(&book.language, pages);
        let names: BTreeSet<&str> = publication.names().collect();
        let list: String = names.iter().map(|name| format!("{name}\n")).collect();
        let mut files = BTreeMap::from([
            ("dump.xml".to_string(), dump.into_bytes()),
            ("pages.txt".to_string(), list.into_bytes()),
        ]);
        for source in picture::all(book, publication.names, self.options.svg)? {
            let path = format!("images/{}", source.name);
            // The name says what the picture is made from.
            let bytes = before(&path).map_or_else(|| source.draw(), Ok)?;
            files.insert(path, bytes);
        }
        Ok(files)
    }
}
