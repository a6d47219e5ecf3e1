//! The book as it was at one moment.

use crate::book::config::Config;
use crate::book::source::{File, Sources, read_config};
use crate::search::Export;
use crate::site::{Memo, Site, theme_diagnostic};
use crate::text::diagnostic::{Code, Diagnostic, Format, Level, render};
use axum::http::HeaderValue;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

/// Findings with the level of each.
pub type Found = Vec<(Level, Diagnostic)>;

/// The site at one moment. It never changes.
pub struct Edition {
    /// The site.
    pub site: Site,
    /// What is wrong with the content.
    pub found: Found,
    name: String,
    trouble: Option<Arc<str>>,
    search: OnceLock<Option<Export>>,
}

impl std::fmt::Debug for Edition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edition").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What is at an address.
#[derive(Debug)]
pub(super) enum Page {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A folder; its page is at the address with `/`.
    Folder,
    /// Nothing; with the page that says so.
    Missing(Vec<u8>),
    /// The template fails; with the reason as text.
    Failed(String),
}

impl Edition {
    /// Different for each edition, also after the server was started again.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What the pages may load and run, and that no other site shows them in a frame.
    pub(super) fn policy(&self) -> HeaderValue {
        let own = self.site.config.content_policy().unwrap_or_else(|| "base-uri 'none'".into());
        let own = HeaderValue::from_str(&format!("{own}; frame-ancestors 'none'"));
        own.unwrap_or(HeaderValue::from_static("default-src 'none'"))
    }

    /// The errors as text, when there are any.
    pub(super) fn trouble(&self) -> Option<Arc<str>> {
        self.trouble.clone()
    }

    /// What is at an address: a decoded path without the `/` at its start.
    pub(super) fn get(&self, path: &str) -> Page {
        let index = match path.strip_suffix('/') {
            Some(_) => format!("{path}index.html"),
            None if path.is_empty() => "index.html".to_string(),
            None => path.to_string(),
        };
        match self.render(&index) {
            Ok(Some(bytes)) => return Page::Bytes(bytes),
            Err(text) => return Page::Failed(text),
            Ok(None) => {}
        }
        let folder = format!("{path}/index.html");
        if matches!(self.site.render(&folder), Ok(Some(_)) | Err(_)) {
            return Page::Folder;
        }
        match self.render("404.html") {
            Ok(page) => Page::Missing(page.unwrap_or_else(|| b"There is no such page.".to_vec())),
            Err(text) => Page::Failed(text),
        }
    }

    fn render(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match self.site.render(path) {
            Ok(Some(bytes)) => return Ok(Some(bytes.into_owned())),
            Ok(None) => {}
            Err(error) => {
                let diagnostic = theme_diagnostic(&self.site.config, &error);
                return Err(text(&self.site, &[(Level::Deny, diagnostic)]));
            }
        }
        if !path.starts_with("search/") {
            return Ok(None);
        }
        // Made when somebody searches, so that an edit does not wait for it.
        let made = || self.site.index().and_then(Export::new).ok();
        let export = self.search.get_or_init(made).as_ref();
        Ok(export.and_then(|export| export.get(path).ok()?))
    }
}

/// The book on disk, with what is remembered from one edition to the next.
pub(super) struct Book {
    root: PathBuf,
    memo: Memo,
    config: Config,
    config_found: Vec<Diagnostic>,
    sources: Arc<Sources>,
    born: u128,
    count: usize,
}

impl Book {
    /// Reads a book and makes its first edition.
    pub fn open(root: &Path) -> io::Result<(Book, Edition)> {
        let root = root.canonicalize()?;
        let (config, config_found) = read(&root)?;
        let sources = Arc::new(Sources::load(&root, &config)?);
        let born = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let memo = Memo::default();
        let mut book = Book { root, memo, config, config_found, sources, born, count: 0 };
        let edition = book.edition();
        Ok((book, edition))
    }

    /// The book's root, without links in its path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files as they were read last.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Forgets what was remembered, after a failure half way.
    pub fn forget(&mut self) {
        self.memo = Memo::default();
    }

    /// Reads what has changed (relative to the root), and makes the next edition; none
    /// when the files hold what they held before.
    pub fn reload(&mut self, changed: &BTreeSet<String>) -> io::Result<Option<Edition>> {
        let base = |path: &String| path.is_empty() || self.sources.watched().contains(path);
        if changed.iter().any(base) {
            let (config, found) = read(&self.root)?;
            let sources = Sources::load(&self.root, &config)?;
            (self.config, self.config_found) = (config, found);
            self.sources = Arc::new(sources);
            return Ok(Some(self.edition()));
        }
        let included = self.sources.included();
        let mut sources = Sources::clone(&self.sources);
        let mut same = true;
        for path in changed {
            // An included file is no source: the copy asks for it anew.
            if included.contains(path) {
                same = false;
            } else {
                sources.reload(path);
            }
        }
        if same && is_same(&sources, &self.sources) {
            return Ok(None);
        }
        self.sources = Arc::new(sources);
        Ok(Some(self.edition()))
    }

    fn edition(&mut self) -> Edition {
        self.count += 1;
        let (config, found) = (self.config.clone(), self.config_found.clone());
        let (mut site, found) = Site::new(config, found, self.sources.clone(), &mut self.memo);
        let unread = |(_, found): &&(Level, Diagnostic)| found.code == Code::UnreadableFile;
        site.leave_out(&found.iter().filter(unread).cloned().collect::<Found>());
        let name = format!("{}-{}", self.born, self.count);
        let worst: Found = found.iter().filter(|(l, _)| *l == Level::Deny).cloned().collect();
        let trouble = (!worst.is_empty()).then(|| text(&site, &worst).into());
        Edition { site, found, name, trouble, search: OnceLock::new() }
    }
}

fn text(site: &Site, found: &[(Level, Diagnostic)]) -> String {
    render(found, &|file| site.text(file), Format::Text, false)
}

fn is_same(one: &Sources, other: &Sources) -> bool {
    let hashes = |(path, file): (&Arc<str>, &File)| (path.clone(), file.hash);
    one.files().map(hashes).eq(other.files().map(hashes))
        && one.layers().iter().map(|l| &l.hash).eq(other.layers().iter().map(|l| &l.hash))
        && one.diagnostics().eq(other.diagnostics())
        && one.markers().eq(other.markers())
}

/// The settings, as they are for a site at the root of a server.
fn read(root: &Path) -> io::Result<(Config, Vec<Diagnostic>)> {
    let (text, src) = read_config(root)?;
    let (mut config, found) = Config::parse(&text, src);
    config.url = None;
    // Whoever writes a draft looks at it here.
    config.drafts = true;
    Ok((config, found))
}
