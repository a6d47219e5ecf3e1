//! `book.toml`: what can be set, and its defaults.

mod ask;
mod decode;
mod globs;
mod keys;
mod kind;
mod library;
mod look;
mod references;
mod risk;
mod search;

pub use ask::Property;
pub use globs::Globs;
pub use keys::{CONFIG_KEYS, ConfigKey};
pub use library::{By, Choice, Library, LibrarySource};
pub use look::{BACKGROUNDS, Font, Look};

use crate::book::entry::{Audience, Kind, Kinds, Roles, Scheme};
use crate::risk::{BUILT_IN, Framework, Severity};
use crate::text::address::Address;
use crate::text::diagnostic::{Code, Diagnostic, Level};
use crate::text::span::Span;
use std::collections::BTreeMap;

/// What happens to raw HTML in Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum HtmlPolicy {
    /// Harmless elements stay, everything that could run is removed.
    #[default]
    Sanitize,
    /// Shown as text.
    Escape,
    /// Published as it is. Every author can then run script in every reader's browser.
    Allow,
}

/// What a model must satisfy to pass `casebook gate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The worst severity that may stay open.
    pub max_open: Severity,
    /// Whether the latest revision needs an approving review.
    pub review: bool,
    /// Whether each mitigated threat needs a test.
    pub tests: bool,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy { max_open: Severity::Medium, review: true, tests: false }
    }
}

/// A language that pages of a book are written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// Its BCP 47 tag.
    pub code: String,
    /// What its readers call it; the tag where the book does not say.
    pub name: String,
    /// Whether it is written from right to left.
    pub rtl: bool,
    /// Where `book.toml` names it.
    pub span: Span,
}

/// A former address and where it leads now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The former address, relative to the site's root.
    pub from: String,
    /// Where it leads: a path from the site's root, or another site.
    pub to: Address,
    /// Where `book.toml` names it.
    pub span: Span,
}

/// A book of many that one site is made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mount {
    /// The folder of its pages.
    pub name: String,
    /// Its title.
    pub title: String,
}

/// The settings of a book.
#[derive(Debug, Clone)]
pub struct Config {
    /// The site's title.
    pub title: String,
    /// One sentence about the site.
    pub description: String,
    /// Who writes it.
    pub authors: Vec<String>,
    /// BCP 47 tag of the text's language.
    pub language: String,
    /// Whether the language is written from right to left.
    pub rtl: bool,
    /// The languages that pages are written in; the book's own is the first.
    pub languages: Vec<Language>,
    /// Folder of the sources, relative to the book's root, with `/` between parts.
    pub src: String,
    /// Files that are published whatever their kind, as they are.
    pub copy: Globs,
    /// Files that are left out, pages too.
    pub exclude: Globs,
    /// Whether drafts are shown, as whoever writes them wants.
    pub drafts: bool,
    /// Who reads the site: what only a smaller circle may read is left out.
    pub audience: Audience,
    /// Who may read a page that says nothing of its readers.
    pub page_audience: Audience,
    /// The version of the book, for those who use it as a library.
    pub version: Option<String>,
    /// The short name of its licence.
    pub license: Option<String>,
    /// Content of others below the book's own, the first above the next.
    pub libraries: Vec<Library>,
    /// Folders of the sources that hold a book each, where one site is made of many.
    pub mounts: Vec<Mount>,
    /// Folder of the built site, relative to the book's root.
    pub out: String,
    /// Folder of templates and assets that replace embedded ones.
    pub theme: String,
    /// Logo, accent and fonts.
    pub look: Look,
    /// Where the site is published, with a final `/`; for the sitemap and the 404 page.
    pub url: Option<String>,
    /// Where the sources are kept.
    pub repository: Option<String>,
    /// Address at which a page can be edited, with `{path}` for its file.
    pub edit_url: Option<String>,
    /// Address at which readers say what is wrong with a page, with gaps for what it is.
    pub feedback: Option<String>,
    /// Where the book asks for dates from git, if it does.
    pub history: Option<crate::text::span::Span>,
    /// What happens to raw HTML.
    pub html: HtmlPolicy,
    /// Whether a definition may stand below an empty line.
    pub loose_definitions: bool,
    /// Whether images on other sites are shown; they tell those sites who reads.
    pub remote_images: bool,
    /// Levels that differ from the defaults.
    pub levels: BTreeMap<Code, Level>,
    /// Links whose target matches one of these are not checked.
    pub ignore_links: Vec<regex::Regex>,
    /// Kinds of pages and entries.
    pub kinds: Kinds,
    /// What the areas of IDs are called: `AUTH` is "Sign-in".
    pub areas: BTreeMap<String, String>,
    /// Roles of links.
    pub roles: Roles,
    /// Catalogues of the book's own, whose numbers references may have.
    pub references: Vec<Scheme>,
    /// The framework that rates threats where a model names none.
    pub risk: Option<String>,
    /// Risk frameworks by name: those built in, and those that the book declares.
    pub frameworks: BTreeMap<String, Framework>,
    /// What `casebook gate` asks for, by name; `default` is always there.
    pub policies: BTreeMap<String, Policy>,
    /// Folders, relative to the root, whose source code names the threats it tests.
    pub test_folders: Vec<String>,
    /// Sets of words and phrases that mean the same to the search.
    pub synonyms: Vec<Vec<String>>,
    /// Whether the search knows the words of the field that come with the program.
    pub thesaurus: bool,
    /// What the heading over the questions of a threat says, where the book chooses.
    pub question_headings: Vec<String>,
    /// The book's own words for properties of what is built, in its order.
    pub properties: Vec<(String, Property)>,
    /// Redirects declared in the book.
    pub redirects: Vec<Redirect>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            title: "Casebook".into(),
            description: String::new(),
            authors: Vec::new(),
            language: "en".into(),
            rtl: false,
            languages: vec![Language {
                code: "en".into(),
                name: "en".into(),
                rtl: false,
                span: 0..0,
            }],
            src: "content".into(),
            copy: Globs::default(),
            exclude: Globs::default(),
            drafts: false,
            audience: Audience::Restricted,
            page_audience: Audience::Internal,
            version: None,
            license: None,
            libraries: Vec::new(),
            mounts: Vec::new(),
            out: "site".into(),
            theme: "theme".into(),
            look: Look::default(),
            url: None,
            repository: None,
            edit_url: None,
            feedback: None,
            history: None,
            html: HtmlPolicy::Sanitize,
            loose_definitions: false,
            remote_images: false,
            levels: BTreeMap::new(),
            ignore_links: Vec::new(),
            kinds: Kinds::default(),
            areas: BTreeMap::new(),
            roles: Roles::default(),
            references: Vec::new(),
            risk: None,
            frameworks: BUILT_IN
                .iter()
                .filter_map(|name| Some((name.to_string(), Framework::built_in(name)?)))
                .collect(),
            policies: BTreeMap::from([("default".to_string(), Policy::default())]),
            test_folders: Vec::new(),
            synonyms: Vec::new(),
            thesaurus: true,
            question_headings: Vec::new(),
            properties: Vec::new(),
            redirects: Vec::new(),
        }
    }
}

impl Config {
    /// Reads the text of a `book.toml`. What cannot be used is reported and its
    /// default taken. `default_src` is the source folder when the file names none.
    pub fn parse(text: &str, default_src: &str) -> (Config, Vec<Diagnostic>) {
        decode::decode(text, default_src)
    }

    /// Takes over what the content of a library needs, where the book does not say it itself:
    /// kinds, areas, roles, catalogues of references, risk frameworks and words of the search.
    pub fn borrow(&mut self, library: &Config) {
        for kind in library
            .kinds
            .iter()
            .filter(|kind| self.kinds.get(&kind.name).is_none())
            .cloned()
            .collect::<Vec<_>>()
        {
            self.kinds.insert(kind);
        }
        for role in library
            .roles
            .iter()
            .filter(|role| self.roles.get(&role.name).is_none())
            .cloned()
            .collect::<Vec<_>>()
        {
            self.roles.insert(role);
        }
        for scheme in &library.references {
            if !self.references.iter().any(|own| own.name == scheme.name) {
                self.references.push(scheme.clone());
            }
        }
        for (area, words) in &library.areas {
            self.areas.entry(area.clone()).or_insert_with(|| words.clone());
        }
        for (name, framework) in &library.frameworks {
            self.frameworks.entry(name.clone()).or_insert_with(|| framework.clone());
        }
        self.synonyms.extend(library.synonyms.iter().cloned());
    }

    /// The language of a translation, and the path of what it translates:
    /// `guide/a.de.md` translates `guide/a.md` where the book has the language `de`.
    pub fn translation(&self, path: &str) -> Option<(&Language, String)> {
        let (stem, code) = path.strip_suffix(".md")?.rsplit_once('.')?;
        let language = self.languages.iter().skip(1).find(|language| language.code == code)?;
        Some((language, format!("{stem}.md")))
    }

    /// What is known of a language of the book.
    pub fn language(&self, code: &str) -> Option<&Language> {
        self.languages.iter().find(|language| language.code == code)
    }

    /// What a page may load and run: its site's own files, from a server and from a folder.
    /// `None` where the book publishes its authors' HTML as it is.
    pub fn content_policy(&self) -> Option<String> {
        let shown = if self.remote_images { " https: http:" } else { "" };
        // Browsers differ in whether `'self'` means the files of a folder.
        (self.html != HtmlPolicy::Allow).then(|| {
            format!(
                "default-src 'none'; script-src 'self' file:; style-src 'self' file:; \
                 img-src 'self' file:{shown}; media-src 'self' file:{shown}; \
                 font-src 'self' file:; connect-src 'self'; base-uri 'none'; \
                 form-action 'self'; require-trusted-types-for 'script'"
            )
        })
    }

    /// A path of the source folder within the book that it belongs to, where one site is made
    /// of many.
    pub fn in_its_book<'p>(&self, path: &'p str) -> &'p str {
        let rest = |mount: &Mount| path.strip_prefix(mount.name.as_str())?.strip_prefix('/');
        self.mounts.iter().find_map(rest).unwrap_or(path)
    }

    /// The book that a path of the source folder belongs to, where one site is made of many.
    pub fn mount(&self, path: &str) -> Option<&Mount> {
        let is =
            |mount: &&Mount| path.strip_prefix(&*mount.name).is_some_and(|r| r.starts_with('/'));
        self.mounts.iter().find(is)
    }

    /// The kind whose folder holds a page of this path.
    pub fn folder_kind(&self, path: &str) -> Option<&Kind> {
        self.kinds.of_path(self.in_its_book(path))
    }

    /// The path of a file of the source folder, from the book's root.
    pub fn source(&self, path: &str) -> String {
        match self.src.as_str() {
            "" => path.to_string(),
            src => format!("{src}/{path}"),
        }
    }

    /// The level at which a code is reported.
    pub fn level(&self, code: Code) -> Level {
        self.levels.get(&code).copied().unwrap_or(code.default_level())
    }

    /// The part of every address before the site's root: `/` or `/wiki/`.
    pub fn base_path(&self) -> &str {
        let Some(url) = &self.url else { return "/" };
        let after_scheme = url.find("://").map_or(0, |i| i + 3);
        let mut path = url[after_scheme..].find('/').map_or("/", |i| &url[after_scheme + i..]);
        // Two would name a host.
        while path.starts_with("//") {
            path = &path[1..];
        }
        path
    }

    /// Everything that parsing a page depends on, as one key.
    pub fn parse_key(&self) -> u64 {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::collections::hash_map::DefaultHasher::new();
        (self.html, self.remote_images, self.loose_definitions, self.audience).hash(&mut hasher);
        (&self.src, &self.mounts).hash(&mut hasher);
        format!("{:?}{:?}{:?}", self.kinds, self.roles, self.references).hash(&mut hasher);
        hasher.finish()
    }
}
