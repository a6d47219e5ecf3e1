//! Many books as one: each keeps its pages in a folder of its own, and what they say in common
//! (entries, libraries, kinds, frameworks) stands once.

use super::config::{Config, LibrarySource, Mount};
use super::source::{CONFIG_FILE, OVERLAY, Packed, Sources, pack, read_config, unpack};
use crate::text::diagnostic::{Diagnostic, Level};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// Folder of the pages of a book, in the form in which a hub takes it.
const CONTENT: &str = "content";

/// Folder of its libraries.
const LIBRARIES: &str = "libraries";

/// Files at the top of a book that speak of a site of its own.
const OF_A_SITE: [&str; 6] = ["SUMMARY.md", "404.md", "CNAME", "_headers", "robots.txt", "LICENSE"];

/// The book of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The name of its folder, which is that of its section.
    pub name: String,
    files: Vec<Packed>,
}

impl Team {
    /// Reads the book in a folder.
    ///
    /// # Errors
    /// When the folder or its settings cannot be read, with the reason.
    pub fn read(name: &str, dir: &Path) -> Result<Team, String> {
        let (text, src) = read_config(dir).map_err(|error| error.to_string())?;
        let (config, found) = Config::parse(&text, src);
        let stops = |d: &&Diagnostic| config.level(d.code) == Level::Deny;
        if let Some(first) = found.iter().find(stops) {
            return Err(format!("{CONFIG_FILE}: {}", first.message));
        }
        let sources = Sources::load(dir, &config).map_err(|error| error.to_string())?;
        let mut files = vec![(CONFIG_FILE.to_string(), text.into_bytes())];
        for (path, _, file) in sources.own_published() {
            files.push((format!("{CONTENT}/{path}"), file.bytes().to_vec()));
        }
        let overlays = format!("{OVERLAY}/");
        for (path, file) in sources.files().filter(|(path, _)| path.starts_with(&overlays)) {
            files.push((path.to_string(), file.bytes().to_vec()));
        }
        for layer in sources.layers() {
            if !matches!(layer.library.source, LibrarySource::Builtin) {
                let folder = format!("{LIBRARIES}/{}", layer.origin.name);
                let own = layer.files();
                files.extend(own.map(|(path, bytes)| (format!("{folder}/{path}"), bytes.to_vec())));
            }
        }
        Ok(Team { name: name.to_string(), files })
    }

    /// The book in one piece, to be kept.
    pub fn pack(&self) -> Vec<u8> {
        pack(self.files.clone())
    }

    /// A book that was kept; `None` when it is damaged.
    pub fn unpack(name: &str, bytes: &[u8]) -> Option<Team> {
        Some(Team { name: name.to_string(), files: unpack(bytes)? })
    }

    /// Its settings.
    pub fn config(&self) -> Config {
        let text = self.files.iter().find(|(path, _)| path == CONFIG_FILE);
        let text =
            text.map_or_else(String::new, |(_, bytes)| String::from_utf8_lossy(bytes).into());
        Config::parse(&text, CONTENT).0
    }

    /// The names of the libraries that it brings.
    fn libraries(&self) -> BTreeSet<&str> {
        let paths = self.files.iter().filter_map(|(path, _)| path.split_once('/'));
        let inner = paths.filter(|(folder, _)| *folder == LIBRARIES);
        inner.filter_map(|(_, rest)| rest.split('/').next()).collect()
    }

    /// The files of one of them.
    fn library<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t Packed> {
        let folder = format!("{LIBRARIES}/{name}/");
        self.files.iter().filter(move |(path, _)| path.starts_with(&folder))
    }

    /// Whether a file of the hub is one of this book.
    pub fn owns(&self, file: &str) -> bool {
        let folders = [CONTENT, OVERLAY].iter();
        let rest = folders.filter_map(|folder| file.strip_prefix(folder)?.strip_prefix('/'));
        let mut rest = rest.filter_map(|rest| rest.strip_prefix(self.name.as_str()));
        rest.any(|rest| rest.starts_with('/'))
    }
}

/// A name that can be that of a section: none of a kind, and one part of a path.
pub fn is_name(name: &str) -> bool {
    let proper = |c: char| c.is_alphanumeric() || "-_".contains(c);
    let kinds = Config::default().kinds;
    !name.is_empty() && name.chars().all(proper) && kinds.iter().all(|kind| kind.folder != name)
}

/// The first book that has each library, which gives it to all.
fn owners(teams: &[Team]) -> BTreeMap<&str, &Team> {
    let mut out = BTreeMap::new();
    for team in teams {
        for name in team.libraries() {
            out.entry(name).or_insert(team);
        }
    }
    out
}

/// A book that knows another state of a library than the one that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    /// The name of the library.
    pub library: String,
    /// The book whose state is shown.
    pub shown: String,
    /// The book that has another.
    pub other: String,
}

/// The books that know other states of libraries than those that are shown.
pub fn differing(teams: &[Team]) -> Vec<Differs> {
    let owners = owners(teams);
    let of_team = |team: &'_ Team| -> Vec<Differs> {
        let differs = |name: &&str| owners[name].library(name).ne(team.library(name));
        let told = |name: &str| Differs {
            library: name.to_string(),
            shown: owners[name].name.clone(),
            other: team.name.clone(),
        };
        team.libraries().into_iter().filter(differs).map(told).collect()
    };
    teams.iter().flat_map(of_team).collect()
}

/// One book out of all. `home` is the text of its first page.
pub fn assemble(title: &str, home: &str, teams: &[Team]) -> (Config, Vec<Diagnostic>, Sources) {
    let configs: Vec<Config> = teams.iter().map(Team::config).collect();
    let quoted = title.replace('\\', "\\\\").replace('"', "\\\"");
    let mut settings = format!("[book]\ntitle = \"{quoted}\"\n");
    let mut libraries = BTreeSet::new();
    for library in configs.iter().flat_map(|config| &config.libraries) {
        if libraries.insert(library.name.clone()) {
            let source = match library.source {
                LibrarySource::Builtin => "builtin".to_string(),
                _ => format!("{LIBRARIES}/{}", library.name),
            };
            let _ = write!(
                settings,
                "[[library]]\nname = \"{}\"\nsource = \"{source}\"\n",
                library.name
            );
        }
    }
    let (mut config, found) = Config::parse(&settings, CONTENT);
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let libraries = owners(teams);
    files.insert(CONFIG_FILE.into(), settings.into_bytes());
    files.insert(format!("{CONTENT}/index.md"), home.as_bytes().to_vec());
    for (team, own) in teams.iter().zip(&configs) {
        config.mounts.push(Mount { name: team.name.clone(), title: own.title.clone() });
        config.borrow(own);
        let index = format!("{CONTENT}/{}/index.md", team.name);
        files.insert(index, format!("# {}\n", own.title).into_bytes());
        for (path, bytes) in &team.files {
            match path.split_once('/') {
                Some((CONTENT, rest)) if OF_A_SITE.contains(&rest) => {}
                Some((folder @ (CONTENT | OVERLAY), rest)) => {
                    files.insert(format!("{folder}/{}/{rest}", team.name), bytes.clone());
                }
                Some((LIBRARIES, rest)) => {
                    let name = rest.split('/').next().unwrap_or(rest);
                    if libraries.get(name).is_some_and(|owner| owner.name == team.name) {
                        files.insert(path.clone(), bytes.clone());
                    }
                }
                _ => {}
            }
        }
    }
    let sources = Sources::of_files(&config, files.into_iter().collect());
    (config, found, sources)
}
