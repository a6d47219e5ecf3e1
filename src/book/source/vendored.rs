//! A library from the data of a site: `casebook.json`, and the files of the book that lie beside
//! it. What has no file becomes a page of what the data says.

mod model;

use super::Packed;
use crate::book::config::Config;
use crate::book::entry::{Kinds, Reference, Standing, id_form};
use crate::text::markup::markdown;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The name of the file.
pub const DATA_FILE: &str = "casebook.json";

/// Files of a site that are no content.
const OF_A_SITE: [&str; 2] = [DATA_FILE, "casebook.schema.json"];

/// The version of the format that is understood.
const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Document {
    version: u32,
    #[serde(default)]
    site: Site,
    #[serde(default)]
    pages: Vec<Page>,
    #[serde(default)]
    entries: Vec<Entry>,
    #[serde(default)]
    models: Vec<model::Model>,
    #[serde(default)]
    edges: Vec<Edge>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Site {
    title: String,
    language: String,
    url: Option<String>,
    version: Option<String>,
    license: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    url: String,
    #[serde(default)]
    title: String,
    file: String,
    library: Option<String>,
    description: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    id: String,
    kind: String,
    title: String,
    url: String,
    aliases: Vec<String>,
    status: String,
    stride: Vec<String>,
    severity: Option<String>,
    elements: Vec<String>,
    applies_to: Vec<String>,
    tags: Vec<String>,
    statement: Option<String>,
    references: Vec<String>,
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    date: String,
    what: String,
}

#[derive(Deserialize)]
struct Edge {
    from: String,
    to: String,
    role: String,
}

/// What the data of a site says, with the files beside it.
pub(super) struct Vendored {
    /// The files of the book.
    pub files: Vec<Packed>,
    /// The text of its settings.
    pub settings: String,
    /// Its source folder.
    pub src: String,
    /// The files that were made from the data.
    pub made: BTreeSet<String>,
}

/// Reads the data. `beside` are the files that lie in its folder.
///
/// # Errors
/// When it is no data of a site, with the reason.
pub(super) fn read(data: &[u8], mut beside: Vec<Packed>) -> Result<Vendored, String> {
    let document: Document = serde_json::from_slice(data).map_err(|error| error.to_string())?;
    if document.version != VERSION {
        return Err(format!("its format is version {}; known is {VERSION}", document.version));
    }
    beside.retain(|(path, _)| !OF_A_SITE.contains(&path.as_str()));
    let own = beside.iter().find(|(path, _)| path == super::CONFIG_FILE);
    let own = own.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let settings = own.unwrap_or_else(|| document.settings());
    let src = document.source_folder();
    let (config, _) = Config::parse(&settings, &src);
    let book = Book::new(&document, &config, &beside);
    let entries = document.entries.iter().filter_map(|entry| book.entry(entry));
    let models = document.models.iter().filter_map(|model| book.model(model));
    let made: Vec<Packed> = entries.chain(models).collect();
    let mut files = beside;
    let names = made.iter().map(|(path, _)| path.clone()).collect();
    files.extend(made);
    Ok(Vendored { files, settings, src, made: names })
}

impl Document {
    /// Settings with which its pages can be read.
    fn settings(&self) -> String {
        let mut out = format!("[book]\ntitle = {}\n", quoted(&self.site.title));
        for (key, value) in [("version", &self.site.version), ("license", &self.site.license)] {
            let _ = value.as_ref().map(|value| writeln!(out, "{key} = {}", quoted(value)));
        }
        if !self.site.language.is_empty() {
            let _ = writeln!(out, "language = {}", quoted(&self.site.language));
        }
        let known = Kinds::default();
        let mut kinds: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| known.get(&entry.kind).is_none()) {
            kinds.entry(&entry.kind).or_default().push(entry);
        }
        for (name, entries) in kinds {
            let Some(first) = entries.first() else { continue };
            let folder = first.url.rsplit_once('/').map_or("", |(folder, _)| folder);
            let _ = write!(out, "[kinds.{}]\nfolder = {}\n", quoted(name), quoted(folder));
            match entries.iter().all(|entry| known.is_id(&entry.id)) {
                true => {
                    let prefix = first.id.split('-').next().unwrap_or_default();
                    let _ = writeln!(out, "prefix = {}", quoted(prefix));
                }
                // The form is not told; these IDs are known.
                false => {
                    let ids: Vec<String> =
                        entries.iter().map(|entry| regex::escape(&entry.id)).collect();
                    let _ = writeln!(out, "id = {}", quoted(&ids.join("|")));
                }
            }
        }
        out
    }

    /// The source folder: what the path of a file has before the address of its page.
    fn source_folder(&self) -> String {
        let of = |page: &Page| {
            let path = page.url.strip_suffix(".html")?;
            let file = page.file.strip_suffix(".md")?;
            let folder = file.strip_suffix(path)?;
            Some(folder.trim_end_matches('/').to_string())
        };
        let own = self.pages.iter().filter(|page| page.library.is_none());
        own.filter_map(of).next().unwrap_or_else(|| "content".into())
    }
}

/// The data, as far as it is of the book itself: what it has from libraries of its own is theirs.
struct Book<'d> {
    document: &'d Document,
    config: &'d Config,
    pages: BTreeMap<&'d str, &'d Page>,
    ids: BTreeMap<&'d str, &'d str>,
    files: BTreeSet<&'d str>,
}

impl<'d> Book<'d> {
    fn new(document: &'d Document, config: &'d Config, files: &'d [Packed]) -> Book<'d> {
        // An address that leads out is none of this site.
        let inside = |page: &&Page| {
            !page.url.is_empty() && super::join("", &page.url).as_ref() == Some(&page.url)
        };
        let own = document.pages.iter().filter(|page| page.library.is_none());
        let own = own.filter(inside);
        let pages: BTreeMap<&str, &Page> = own.map(|page| (page.url.as_str(), page)).collect();
        let entries = document.entries.iter().map(|entry| (&entry.url, &entry.id));
        let models = document.models.iter().filter_map(|m| Some((&m.url, m.id.as_ref()?)));
        let ids = entries.chain(models).filter(|(url, _)| pages.contains_key(url.as_str()));
        let ids = ids.map(|(url, id)| (url.as_str(), id.as_str())).collect();
        let files = files.iter().map(|(path, _)| path.as_str()).collect();
        Book { document, config, pages, ids, files }
    }

    /// The page of an address that is the book's own and has no file here.
    fn lacking(&self, url: &str) -> Option<&'d Page> {
        self.pages.get(url).copied().filter(|page| !self.files.contains(page.file.as_str()))
    }

    fn is_known(&self, id: &str) -> bool {
        self.ids.values().any(|known| id_form(known) == id_form(id))
    }

    fn path(&self, inner: &str) -> String {
        match self.config.src.as_str() {
            "" => inner.to_string(),
            src => format!("{src}/{inner}"),
        }
    }

    /// The file of an entry, as somebody would write it.
    fn entry(&self, entry: &Entry) -> Option<Packed> {
        let page = self.lacking(&entry.url)?;
        let mut out = String::from("---\n");
        field(&mut out, "id", &entry.id);
        field(&mut out, "title", &entry.title);
        field(&mut out, "kind", &entry.kind);
        field(&mut out, "status", &entry.status);
        field(&mut out, "description", page.description.as_deref().unwrap_or_default());
        field(&mut out, "severity", entry.severity.as_deref().unwrap_or_default());
        let known = |text: &&String| {
            let standing = Reference::parse(text, &self.config.references).standing;
            matches!(standing, Standing::Listed(_) | Standing::NotCovered)
        };
        let references: Vec<&String> = entry.references.iter().filter(known).collect();
        for (key, words) in [
            ("aliases", entry.aliases.iter().collect()),
            ("stride", entry.stride.iter().collect()),
            ("elements", entry.elements.iter().collect()),
            ("applies-to", entry.applies_to.iter().collect()),
            ("tags", entry.tags.iter().collect()),
            ("references", references),
        ] {
            list(&mut out, key, &words);
        }
        for (role, ids) in self.roles(&entry.url) {
            list(&mut out, role, &ids);
        }
        if !entry.changes.is_empty() {
            out += "changes:\n";
        }
        for Change { date, what } in &entry.changes {
            let _ = writeln!(out, "  - date: {}\n    what: {}", quoted(date), quoted(what));
        }
        out += "---\n\n";
        if let Some(statement) = &entry.statement {
            let _ = writeln!(out, "{}\n", markdown(statement));
        }
        out += &self.more(page);
        let name = entry.url.strip_suffix(".html").unwrap_or(&entry.url);
        Some((self.path(&format!("{name}.md")), out.into_bytes()))
    }

    /// The IDs that a page names, by role.
    fn roles(&self, url: &str) -> BTreeMap<&'d str, Vec<&'d str>> {
        let mut out: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let keys: BTreeSet<&str> =
            self.config.roles.keys().map(|role| role.name.as_str()).collect();
        let edges = self.document.edges.iter().filter(|edge| edge.from == url);
        for edge in edges.filter(|edge| keys.contains(edge.role.as_str())) {
            if let Some(id) = self.ids.get(edge.to.as_str()) {
                out.entry(&edge.role).or_default().push(id);
            }
        }
        out
    }

    /// Where the whole page is, where the data says it.
    fn more(&self, page: &Page) -> String {
        let Some(site) = &self.document.site.url else { return String::new() };
        let title = match page.title.as_str() {
            "" => &self.document.site.title,
            title => title,
        };
        format!("[{}](<{site}{}>)\n", markdown(title), page.url)
    }
}

fn field(out: &mut String, key: &str, value: &str) {
    if !value.is_empty() {
        let _ = writeln!(out, "{key}: {}", quoted(value));
    }
}

fn list(out: &mut String, key: &str, words: &[impl AsRef<str>]) {
    if !words.is_empty() {
        let words: Vec<String> = words.iter().map(|word| quoted(word.as_ref())).collect();
        let _ = writeln!(out, "{key}: [{}]", words.join(", "));
    }
}

/// A text between quotation marks, as JSON, YAML and TOML read it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
