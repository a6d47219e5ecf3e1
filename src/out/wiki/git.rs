//! The wikis beside a repository at GitHub and GitLab: a folder of Markdown.
//!
//! GitHub finds a page by the name of its file alone, whatever its folder, and does not
//! tell capital letters from small ones. GitLab has folders. Both draw Mermaid.

mod escape;
mod text;

use super::document::{Block, Book, Diagram, Page, Role, diagrams, each_block, plain};
use super::names::{Name, beside_path};
use super::picture::PictureError;
use super::publish::Publication;
use super::target::{Context, Extra, Target};
use crate::book::page::slug;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::OnceLock;
use text::{Writer, strong};

/// Which wiki.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// A wiki at GitHub.
    GitHub,
    /// A wiki at GitLab.
    GitLab,
}

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
#[derive(Debug, Default)]
struct Anchors(BTreeMap<String, BTreeMap<String, String>>, bool);

impl Anchors {
    fn of(book: &Book, host: Host) -> Anchors {
        let pages = book.pages.iter().map(|page| (page.url.clone(), places(page, host)));
        Anchors(pages.collect(), host == Host::GitHub)
    }

    /// The part after `#`. Where a place is not known, GitHub has it under its own name.
    fn find(&self, url: &str, anchor: &str) -> Option<String> {
        let known = self.0.get(url).and_then(|page| page.get(anchor)).cloned();
        known.or_else(|| self.1.then(|| anchor.to_string())).filter(|found| !found.is_empty())
    }
}

/// The places on a page. The host makes those of headings from their words; GitLab has no
/// others, so there the nearest heading above stands for them.
fn places(page: &Page, host: Host) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut fresh = |words: &str| {
        let slug = escape::slug(words);
        let number = taken.entry(slug.clone()).and_modify(|number| *number += 1).or_insert(0);
        if *number == 0 { slug } else { format!("{slug}-{number}") }
    };
    let mut last = match host {
        Host::GitHub => fresh(&page.title),
        Host::GitLab => String::new(),
    };
    each_block(&page.blocks, &mut |block| {
        let mut names: Vec<&String> = Vec::new();
        match block {
            Block::Heading { anchor, text, .. } => {
                last = fresh(&plain(text));
                if let Some(anchor) = anchor {
                    out.insert(anchor.clone(), last.clone());
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
            let place = if host == Host::GitHub { name } else { &last };
            out.entry(name.clone()).or_insert_with(|| place.clone());
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

    /// The name of the first page.
    fn home(&self) -> &'static str {
        if self.host == Host::GitHub { "Home" } else { "home" }
    }

    /// The address of a page or file in a link on the page `from`.
    fn page(&self, name: &str, from: &str) -> String {
        let path = crate::text::address::encode_path(name);
        match (&self.url, self.host) {
            (Some(url), _) => format!("{url}/{path}"),
            (None, Host::GitLab) => format!("/{path}"),
            // GitHub shows the first page one level up.
            (None, Host::GitHub) if from == self.home() => format!("wiki/{path}"),
            (None, Host::GitHub) => path,
        }
    }

    fn file(&self, name: &str, from: &str) -> String {
        self.page(name, from)
    }

    fn writer<'w>(&'w self, context: &'w Context<'w>, name: &'w str) -> Writer<'w> {
        let anchors = self.anchors.get_or_init(|| Anchors::of(context.book, self.host));
        Writer { wiki: self, context, anchors, name }
    }

    /// A link in the sidebar. That stands beside the first page too, so without whole
    /// addresses GitHub needs a form of its own, which has no escapes.
    fn beside(&self, words: &str, name: &str) -> String {
        if self.host == Host::GitHub && self.url.is_none() {
            let words: String = words
                .chars()
                .map(|c| if "[]|<>&".contains(c) || c.is_control() { ' ' } else { c })
                .collect();
            return format!("[[{}|{name}]]", words.trim());
        }
        link(words, &self.page(name, "_Sidebar"))
    }

    fn sidebar(&self, context: &Context<'_>) -> String {
        let mut out = String::new();
        if context.names.pages.contains_key("index.html") {
            let _ = writeln!(out, "{}\n", self.beside(&context.book.title, self.home()));
        }
        for section in &context.book.sections {
            let own = section.url.as_ref().and_then(|url| context.names.pages.get(url));
            let mut words = String::new();
            escape::text(&section.title, false, &mut words);
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

fn link(words: &str, address: &str) -> String {
    let mut out = String::from("[");
    escape::text(words, false, &mut out);
    let _ = write!(out, "]({})", escape::address(address));
    out
}

/// A part of a path as a name that every system takes.
fn part(word: &str) -> String {
    slug(&deunicode::deunicode(word))
}

impl Target for GitWiki {
    fn name(&self) -> &'static str {
        if self.host == Host::GitHub { "github-wiki" } else { "gitlab-wiki" }
    }

    fn title(&self) -> &'static str {
        if self.host == Host::GitHub { "a wiki at GitHub" } else { "a wiki at GitLab" }
    }

    fn page_name(&self, _book: &Book, page: &Page, beside: Option<&str>) -> Result<Name, String> {
        if page.role == Role::Home {
            return Ok(self.home().to_string().into());
        }
        let path = page.url.strip_suffix(".html").unwrap_or(&page.url);
        let path = path.strip_suffix("/index").unwrap_or(path);
        let path = beside_path(path, beside);
        let name = match (self.host, &page.id) {
            (Host::GitHub, Some(id)) => beside_path(id, beside),
            (Host::GitHub, None) => part(&path.replace('/', "-")),
            (Host::GitLab, _) => path.split('/').map(part).collect::<Vec<_>>().join("/"),
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

    fn file_name(&self, _book: &Book, url: &str) -> Result<String, String> {
        if url.contains([':', '\\', '?', '*', '"', '<', '>', '|']) {
            return Err("a file there has none of : \\ ? * \" < > | in its name".into());
        }
        Ok(format!("files/{url}"))
    }

    fn diagram_name(&self, _book: &Book, diagram: &Diagram) -> String {
        format!("pictures/{}.svg", diagram.name)
    }

    fn other_names(&self, _book: &Book, page: &Page) -> Vec<String> {
        let folder = page.url.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = |alias: &String| match self.host {
            Host::GitHub => part(&alias.trim_end_matches(".html").replace('/', "-")),
            Host::GitLab if alias.contains('/') => {
                alias.trim_end_matches(".html").split('/').map(part).collect::<Vec<_>>().join("/")
            }
            Host::GitLab => format!("{folder}/{}", part(alias)).trim_start_matches('/').to_string(),
        };
        page.aliases.iter().map(name).filter(|name| !name.is_empty()).collect()
    }

    fn redirect(&self, book: &Book, to: &str) -> Option<String> {
        Some(book.text.fill("moved_to", &[("link", &link(to, &self.page(to, "")))]))
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
        match self.host {
            Host::GitHub => {
                let mut title = String::from("# ");
                escape::text(&page.title, false, &mut title);
                parts.push(title);
            }
            // GitLab shows the title that it finds here.
            Host::GitLab => {
                let title = serde_json::Value::from(page.title.as_str());
                parts.push(format!("---\ntitle: {title}\n---"));
            }
        }
        if !way.is_empty() {
            parts.push(way.join(" › "));
        }
        let id = page.id.as_ref().filter(|_| page.role == Role::Own);
        if let (Some(id), Some((_, kinds))) = (id, &page.kind) {
            let mut words = String::new();
            escape::text(kinds, false, &mut words);
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
        if self.host == Host::GitLab {
            parts.push(format!("<sub>{}</sub>", words.get("edit_the_sources")));
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
            Host::GitHub => {
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
        let mut files: BTreeMap<String, Vec<u8>> = publication
            .sheets
            .iter()
            .map(|sheet| (format!("wiki/{}.md", sheet.name), sheet.text.clone().into_bytes()))
            .collect();
        for page in &book.pages {
            for diagram in diagrams(&page.blocks) {
                if let Some(name) = names.diagrams.get(&diagram.name) {
                    files.insert(format!("wiki/{name}"), diagram.svg.clone().into_bytes());
                }
            }
        }
        let known: BTreeSet<&String> = names.files.keys().collect();
        for (url, file) in book.files.iter().filter(|(url, _)| known.contains(url)) {
            files.insert(format!("wiki/{}", names.files[url]), file.bytes.clone());
        }
        Ok(files)
    }
}
