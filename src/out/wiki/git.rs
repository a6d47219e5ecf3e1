//! The wikis beside a repository at GitHub and GitLab: a folder of Markdown.
//!
//! GitHub finds a page by the name of its file alone, whatever its folder, and does not
//! tell capital letters from small ones. GitLab has folders. Both draw Mermaid.

mod escape;
mod host;
mod site;
mod text;

pub use host::Host;

use super::bookstack;
use super::document::{Block, Book, Diagram, Page, Role, each_block, plain};
use super::links;
use super::names::{Name, beside_path};
use super::picture::{self, PictureError, png_name};
use super::publish::Publication;
use super::target::{Context, Extra, Target};
use crate::book::page::slug;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::OnceLock;
use text::{Writer, bookstack_place, strong};

/// The wiki of a repository as a target.
#[derive(Debug)]
pub struct GitWiki {
    /// Which wiki.
    pub host: Host,
    /// Its address, such as `https://github.com/OWNER/REPOSITORY/wiki`, so that links are
    /// whole addresses.
    pub url: Option<String>,
    anchors: OnceLock<Anchors>,
}

/// A section with more pages than this is one line in the sidebar.
const LISTED: usize = 30;

/// The longest name of a file, in bytes, without its ending.
const LONGEST: usize = 200;

/// First parts of addresses that GitLab has for itself.
const GITLAB_OWN: [&str; 6] = ["git_access", "new", "pages", "raw", "templates", "uploads"];

/// Where the places on each page are on the wiki: by address and anchor.
#[derive(Debug)]
struct Anchors(BTreeMap<String, BTreeMap<String, String>>, Host);

impl Anchors {
    fn of(book: &Book, host: Host) -> Anchors {
        let pages = book.pages.iter().map(|page| (page.url.clone(), places(page, host)));
        Anchors(pages.collect(), host)
    }

    /// The part after `#`. Where a place is not known, GitHub has it under its own name.
    fn find(&self, url: &str, anchor: &str) -> Option<String> {
        let known = self.0.get(url).and_then(|page| page.get(anchor)).cloned();
        let own = || match self.1 {
            Host::BookStack => Some(bookstack_place(anchor)),
            host => host.has_places().then(|| anchor.to_string()),
        };
        known.or_else(own).filter(|found| !found.is_empty())
    }
}

/// The places on a page. The host makes those of headings from their words; GitLab has no
/// others, so there the nearest heading above stands for them.
fn places(page: &Page, host: Host) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut fresh = |words: &str| {
        let slug = host.anchor(words);
        let number = taken.entry(slug.clone()).and_modify(|number| *number += 1).or_insert(0);
        host.numbered(&slug, *number)
    };
    let mut last = match host.has_front_matter() {
        false => fresh(&page.title),
        true => String::new(),
    };
    each_block(&page.blocks, &mut |block| {
        let mut names: Vec<&String> = Vec::new();
        match block {
            Block::Heading { anchor, text, .. } => {
                last = fresh(&plain(text));
                if let Some(anchor) = anchor {
                    let place = match host {
                        Host::BookStack => bookstack_place(anchor),
                        _ => last.clone(),
                    };
                    out.insert(anchor.clone(), place);
                }
            }
            Block::Anchor(name) => names.push(name),
            Block::List { items, .. } => {
                names.extend(items.iter().filter_map(|i| i.anchor.as_ref()))
            }
            Block::Table(table) => {
                names.extend(table.rows.iter().filter_map(|r| r.anchor.as_ref()))
            }
            Block::Diagram(diagram) => names.extend(&diagram.anchors),
            _ => {}
        }
        for name in names {
            let place = match host {
                Host::BookStack => bookstack_place(name),
                host if host.has_places() => name.clone(),
                _ => last.clone(),
            };
            out.entry(name.clone()).or_insert(place);
        }
    });
    out
}

impl GitWiki {
    /// A wiki; `url` is its address, where it is known.
    pub fn new(host: Host, url: Option<&str>) -> GitWiki {
        let url = url.map(|url| url.trim_end_matches('/').to_string());
        GitWiki { host, url, anchors: OnceLock::new() }
    }

    /// The address of a page or file in a link on the page `from`.
    fn page(&self, name: &str, from: &str) -> String {
        let path = crate::text::address::encode_path(name);
        match (&self.url, self.host) {
            (_, host) if host.gives_addresses() => links::page(&path),
            (Some(url), _) => format!("{url}/{path}"),
            (None, Host::GitLab | Host::Azure) => format!("/{path}"),
            // GitHub shows the first page one level up.
            (None, Host::GitHub) if from == self.host.home() => format!("wiki/{path}"),
            (None, Host::GitHub | Host::Gitea) => path,
            // Those that give addresses came first.
            (None, Host::Plain | Host::BookStack | Host::Outline) => {
                format!("{}.md", relative(from, &path))
            }
        }
    }

    fn file(&self, name: &str, from: &str) -> String {
        let path = crate::text::address::encode_path(name);
        match self.host {
            Host::Plain => relative(from, &path),
            host if host.gives_addresses() => links::file(&path),
            _ => self.page(name, from),
        }
    }

    fn writer<'w>(&'w self, context: &'w Context<'w>, name: &'w str) -> Writer<'w> {
        let anchors = self.anchors.get_or_init(|| Anchors::of(context.book, self.host));
        Writer { wiki: self, context, anchors, name }
    }

    /// A link in the sidebar. That stands beside the first page too, so without whole
    /// addresses GitHub needs a form of its own, which has no escapes.
    fn beside(&self, words: &str, name: &str) -> String {
        if matches!(self.host, Host::GitHub | Host::Gitea) && self.url.is_none() {
            let words: String = words
                .chars()
                .map(|c| if "[]|<>&".contains(c) || c.is_control() { ' ' } else { c })
                .collect();
            return format!("[[{}|{name}]]", words.trim());
        }
        link(words, &self.page(name, "_Sidebar"))
    }

    /// What stands before the text: the title, where the wiki finds it.
    fn head(&self, page: &Page) -> String {
        if self.host.has_front_matter() {
            return self.front_matter(page);
        }
        if self.host.gives_addresses() {
            let id = page.id.as_ref().filter(|_| page.role == Role::Own);
            let title = id.map_or_else(|| page.title.clone(), |id| format!("{id} {}", page.title));
            let words: Vec<&str> = title.split_whitespace().collect();
            let longest = self.host.longest_title();
            return format!("# {}", shortened(&words.join(" "), longest));
        }
        let mut title = String::from("# ");
        escape::text(&page.title, false, true, &mut title);
        title
    }

    /// What is known of a page, for whatever reads it.
    fn front_matter(&self, page: &Page) -> String {
        let text = |words: &str| serde_json::Value::from(words).to_string();
        let mut out = format!("---\ntitle: {}\n", text(&page.title));
        if self.host == Host::Plain {
            if let Some(id) = &page.id {
                let _ = writeln!(out, "id: {}", text(id));
            }
            let tags: Vec<String> = page.labels.iter().map(|label| text(&label.value)).collect();
            if !tags.is_empty() {
                let _ = writeln!(out, "tags: [{}]", tags.join(", "));
            }
        }
        out + "---"
    }

    fn sidebar(&self, context: &Context<'_>) -> String {
        let mut out = String::new();
        if context.names.pages.contains_key("index.html") {
            let _ = writeln!(out, "{}\n", self.beside(&context.book.title, self.host.home()));
        }
        for section in &context.book.sections {
            let own = section.url.as_ref().and_then(|url| context.names.pages.get(url));
            let mut words = String::new();
            escape::text(&section.title, false, true, &mut words);
            let _ = match own {
                Some(name) => writeln!(out, "- {}", self.beside(&section.title, name)),
                None => writeln!(out, "- {}", strong(&words)),
            };
            if section.pages.len() > LISTED {
                continue;
            }
            for page in section.pages.iter().filter_map(|url| context.book.page(url)) {
                if let Some(name) = context.names.pages.get(&page.url).filter(|n| Some(*n) != own) {
                    let _ = writeln!(out, "  - {}", self.beside(&page.title, name));
                }
            }
        }
        out
    }
}

/// Words of at most so many characters.
fn shortened(words: &str, longest: usize) -> String {
    match words.chars().count() <= longest {
        true => words.to_string(),
        false => words.chars().take(longest - 1).chain(['…']).collect(),
    }
}

/// An address of a page or file below the same folder, from a page.
fn relative(from: &str, to: &str) -> String {
    let folders: Vec<&str> = from.split('/').collect();
    let parts: Vec<&str> = to.split('/').collect();
    let most = folders.len().min(parts.len()) - 1;
    let same = (0..most).take_while(|at| folders[*at] == parts[*at]).count();
    "../".repeat(folders.len() - 1 - same) + &parts[same..].join("/")
}

fn link(words: &str, address: &str) -> String {
    let mut out = String::from("[");
    escape::text(words, false, false, &mut out);
    let _ = write!(out, "]({})", escape::address(address));
    out
}

/// A name for a file that a wiki has once, whatever page shows it.
fn digested(name: &str, bytes: &[u8]) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
    let words: Vec<String> = stem.split('/').map(|word| part(word).replace('_', "-")).collect();
    picture::with_digest(&words.join("-"), &part(ending), bytes)
}

/// A part of a path as a name that every system takes.
fn part(word: &str) -> String {
    slug(&deunicode::deunicode(word))
}

impl Target for GitWiki {
    fn name(&self) -> &'static str {
        self.host.word()
    }

    fn title(&self) -> &'static str {
        self.host.title()
    }

    fn page_name(&self, _book: &Book, page: &Page, beside: Option<&str>) -> Result<Name, String> {
        if page.role == Role::Home {
            return Ok(self.host.home().to_string().into());
        }
        let path = page.url.strip_suffix(".html").unwrap_or(&page.url);
        let path = match self.host {
            Host::Plain => path,
            _ => path.strip_suffix("/index").unwrap_or(path),
        };
        let path = beside_path(path, beside);
        let name = match (self.host.has_folders(), &page.id) {
            // Nobody sees the name, so it is what stays.
            (_, Some(id)) if self.host.gives_addresses() => part(&beside_path(id, beside)),
            (false, Some(id)) => beside_path(id, beside),
            (false, None) => part(&path.replace('/', "-")),
            (true, _) => path.split('/').map(part).collect::<Vec<_>>().join("/"),
        };
        if name.split('/').any(str::is_empty) {
            return Err("its address has no letter or digit that can stand in a name there".into());
        }
        if name.split('/').any(|part| part.len() > LONGEST) {
            return Err(format!("its name has {} bytes, and {LONGEST} is the limit", name.len()));
        }
        let (first, rest) = name.split_once('/').map_or((name.as_str(), ""), |(a, b)| (a, b));
        if self.host == Host::GitLab && GITLAB_OWN.contains(&first) {
            let because = Some(format!("`{first}` is an address of GitLab itself"));
            let text = format!("{first}-1/{rest}").trim_end_matches('/').to_string();
            return Ok(Name { text, because });
        }
        Ok(name.into())
    }

    fn file_name(&self, book: &Book, url: &str) -> Result<String, String> {
        let name = if self.host.has_svg() { url.to_string() } else { png_name(url) };
        let name = name.replace([':', '\\', '?', '*', '"', '<', '>', '|', '#'], "-");
        if self.host.gives_addresses() {
            return Ok(digested(&name, book.files.get(url).map_or(&[], |file| &file.bytes)));
        }
        Ok(format!("files/{name}"))
    }

    fn diagram_name(&self, _book: &Book, diagram: &Diagram) -> String {
        let ending = if self.host.has_svg() { "svg" } else { "png" };
        if self.host.gives_addresses() {
            return digested(&format!("{}.{ending}", diagram.name), diagram.svg.as_bytes());
        }
        format!("pictures/{}.{ending}", diagram.name)
    }

    fn other_names(&self, _book: &Book, page: &Page) -> Vec<String> {
        let folder = page.url.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = |alias: &String| match self.host.has_folders() {
            false => part(&alias.trim_end_matches(".html").replace('/', "-")),
            true if alias.contains('/') => {
                alias.trim_end_matches(".html").split('/').map(part).collect::<Vec<_>>().join("/")
            }
            true => format!("{folder}/{}", part(alias)).trim_start_matches('/').to_string(),
        };
        if self.host.gives_addresses() {
            return Vec::new();
        }
        page.aliases.iter().map(name).filter(|name| !name.is_empty()).collect()
    }

    fn redirect(&self, book: &Book, to: &str) -> Option<String> {
        // Where a file is read from is not known here, so the link says no folder.
        let address = match self.host {
            // A page keeps what it is known by when its name changes.
            Host::Plain | Host::BookStack => return None,
            _ => self.page(to, ""),
        };
        let said = book.text.fill("moved_to", &[("link", &link(to, &address))]);
        Some(match self.host.gives_addresses() {
            true => format!("# {}\n\n{said}\n", book.text.get("moved")),
            false => said,
        })
    }

    fn render(&self, page: &Page, context: &Context<'_>) -> String {
        let name = context.names.pages.get(&page.url).map_or("", String::as_str);
        let writer = self.writer(context, name);
        let mut parts = Vec::new();
        let way: Vec<String> = context
            .way(page)
            .into_iter()
            .filter_map(|above| {
                let to = context.names.pages.get(&above.url)?;
                Some(link(&above.title, &self.page(to, name)))
            })
            .collect();
        parts.push(self.head(page));
        if !way.is_empty() {
            parts.push(way.join(" › "));
        }
        let id = page.id.as_ref().filter(|_| page.role == Role::Own);
        let id = id.filter(|_| !self.host.gives_addresses());
        if let (Some(id), Some((_, kinds))) = (id, &page.kind) {
            let mut words = String::new();
            escape::text(kinds, false, true, &mut words);
            parts.push(format!("`{id}` · {words}"));
        }
        parts.push(writer.blocks(&page.blocks));
        let words = &context.book.text;
        let steps: Vec<String> = context
            .steps(page)
            .into_iter()
            .filter_map(|(key, other)| {
                let to = context.names.pages.get(&other.url)?;
                let link = link(&other.title, &self.page(to, name));
                Some(format!("{}: {link}", words.get(key)))
            })
            .collect();
        if !steps.is_empty() {
            parts.push(format!("---\n\n{}", steps.join(" · ")));
        }
        if let Some(address) = context.home_of(page) {
            parts.push(format!("---\n\n{}", link(words.get("search_on_site"), &address)));
        }
        if !matches!(self.host, Host::GitHub | Host::Gitea) {
            let said = words.get("edit_the_sources");
            parts.push(match self.host.has_html() {
                true => format!("<sub>{said}</sub>"),
                false => format!("*{said}*"),
            });
        }
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n") + "\n"
    }

    fn extras(&self, context: &Context<'_>) -> Vec<Extra> {
        let mut out = Vec::new();
        let mut extra = |name: &str, text: String| {
            out.push(Extra { identity: format!("casebook:{name}"), name: name.into(), text });
        };
        match self.host {
            Host::Azure | Host::Plain | Host::BookStack | Host::Outline => {}
            Host::GitHub | Host::Gitea => {
                extra("_Sidebar", self.sidebar(context));
                let site = context.book.site_url.as_deref();
                let words = &context.book.text;
                let site = site.map(|url| format!(" {}", link(words.get("searchable_site"), url)));
                let footer = words.get("edit_the_sources");
                extra("_Footer", format!("{footer}{}\n", site.unwrap_or_default()));
            }
            Host::GitLab => extra("_sidebar", self.sidebar(context)),
        }
        out
    }

    fn pack(
        &self,
        publication: &Publication<'_>,
        _before: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<BTreeMap<String, Vec<u8>>, PictureError> {
        let (book, names) = (publication.book, publication.names);
        if self.host == Host::BookStack {
            return bookstack::pack(publication);
        }
        let docs = if self.host == Host::Plain { "wiki/docs" } else { "wiki" };
        let mut files: BTreeMap<String, Vec<u8>> = publication
            .sheets
            .iter()
            .map(|sheet| (format!("{docs}/{}.md", sheet.name), sheet.text.clone().into_bytes()))
            .collect();
        for source in picture::all(book, names, self.host.has_svg())? {
            files.insert(format!("{docs}/{}", source.name), source.draw()?);
        }
        let context = Context { book, names };
        for (path, text) in self.site_files(&context) {
            files.insert(format!("wiki/{path}"), text.into_bytes());
        }
        Ok(files)
    }
}
