//! Source code whose comments name threats and requirements: `// threat: T-AUTH-004`.
//!
//! Only files that hold such a marker are kept. Symbolic links are not followed.

use super::CONFIG_FILE;
use super::walk::{ignored, relative};
use crate::book::config::Config;
use crate::book::entry::Kinds;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use rayon::prelude::*;
use regex::Regex;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Larger files are data, not code.
const MAX_BYTES: u64 = 1 << 20;

/// More files than the tests of a project have.
const MAX_FILES: usize = 20_000;

/// What begins a comment in common languages.
const COMMENTS: [&str; 9] = ["//", "/*", "#", "--", ";", "%", "<!--", "\"\"\"", "'''"];

/// A place in source code that names an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// The ID, in upper case.
    pub id: String,
    /// Where the ID stands.
    pub place: Place,
    /// The line, from 1.
    pub line: usize,
}

/// A file with markers.
#[derive(Debug, Clone)]
pub(super) struct Marked {
    pub text: Arc<str>,
    pub markers: Vec<Marker>,
}

/// The source code that a book declares.
#[derive(Debug, Clone)]
pub(super) struct SourceCode {
    pub folders: Vec<String>,
    /// Folders that are no code, though they may lie inside those that are.
    skip: Vec<String>,
    kinds: Kinds,
    words: Option<Regex>,
    pub files: BTreeMap<Arc<str>, Marked>,
    problems: BTreeMap<String, Diagnostic>,
}

impl SourceCode {
    /// What is declared, not read yet.
    pub fn new(config: &Config) -> SourceCode {
        SourceCode {
            folders: config.test_folders.clone(),
            skip: [&config.src, &config.theme, &config.out, CONFIG_FILE]
                .map(str::to_string)
                .to_vec(),
            kinds: config.kinds.clone(),
            words: (!config.test_folders.is_empty()).then(|| words(config)).flatten(),
            files: BTreeMap::new(),
            problems: BTreeMap::new(),
        }
    }

    /// Whether a path lies in a declared folder.
    pub fn concerns(&self, path: &str) -> bool {
        let inside = |folder: &String| folder.is_empty() || is_below(path, folder);
        self.folders.iter().any(inside) && !self.skip.iter().any(|folder| is_below(path, folder))
    }

    /// Reads all folders. `settings` is the text of `book.toml`.
    pub fn read(&mut self, root: &Path, settings: &str) {
        for folder in self.folders.clone() {
            let top = root.join(&folder);
            let message = match top.canonicalize() {
                Ok(real) if !real.starts_with(root) => Some("leads out of the book"),
                Ok(real) if !real.is_dir() => Some("is no folder"),
                Err(_) => Some("does not exist"),
                Ok(_) => None,
            };
            if let Some(reason) = message {
                self.problem(&folder, settings, &format!("the folder `{folder}` {reason}"));
            } else if !self.reload(root, &folder) {
                let message = format!("`{folder}` holds more than {MAX_FILES} files");
                self.problem(&folder, settings, &message);
            }
        }
    }

    fn problem(&mut self, folder: &str, settings: &str, message: &str) {
        let at = settings.find("[tests]").and_then(|table| {
            let at = settings[table..].find(&format!("\"{folder}"))?;
            Some(table + at + 1)
        });
        let span = at.map_or(0..0, |at| at..at + folder.len());
        let place = Place::new(&CONFIG_FILE.into(), span);
        let diagnostic = Diagnostic::new(Code::BadConfig, place, message)
            .help("name the folders that hold tests, relative to book.toml");
        self.problems.insert(folder.to_string(), diagnostic);
    }

    /// Replaces what was known of a path, a file or a folder, by what is there now. False
    /// when there are too many files to read all.
    pub fn reload(&mut self, root: &Path, path: &str) -> bool {
        self.files.retain(|file, _| !is_below(file, path) && !path.is_empty());
        let walk = walkdir::WalkDir::new(root.join(path)).follow_root_links(false);
        let walk = walk.sort_by_file_name().into_iter().filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            let place = relative(root, entry.path()).unwrap_or_default();
            let code = !(ignored(&name) || name == "target" && entry.file_type().is_dir());
            entry.depth() == 0 || (code && !self.skip.contains(&place))
        });
        let mut found: Vec<(Arc<str>, PathBuf)> = walk
            .flatten()
            .filter(|entry| entry.file_type().is_file())
            .filter(|entry| entry.metadata().is_ok_and(|meta| meta.len() <= MAX_BYTES))
            .filter_map(|entry| Some((relative(root, entry.path())?.into(), entry.into_path())))
            .take(MAX_FILES + 1)
            .collect();
        let all = found.len() <= MAX_FILES;
        found.truncate(MAX_FILES);
        let read: Vec<(Arc<str>, Marked)> = found
            .into_par_iter()
            .filter_map(|(key, path)| {
                let text = String::from_utf8(super::bytes(&path)?).ok()?;
                let marked = self.scan(&key, &text)?;
                Some((key, marked))
            })
            .collect();
        self.files.extend(read);
        all
    }

    /// Takes files from memory.
    pub fn take(&mut self, files: &[(String, String)]) {
        for (path, text) in files {
            let key: Arc<str> = path.as_str().into();
            if self.concerns(path)
                && let Some(marked) = self.scan(&key, text)
            {
                self.files.insert(key, marked);
            }
        }
    }

    pub fn problems(&self) -> impl Iterator<Item = &Diagnostic> {
        self.problems.values()
    }

    /// The markers of a file; `None` when there are none.
    fn scan(&self, file: &Arc<str>, text: &str) -> Option<Marked> {
        let words = self.words.as_ref()?;
        if !words.is_match(text) {
            return None;
        }
        let mut markers = Vec::new();
        let mut start = 0;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            for (at, id) in in_line(words, &self.kinds, line) {
                let span = start + at..start + at + id.len();
                let place = Place::new(file, span);
                markers.push(Marker { id: id.to_ascii_uppercase(), place, line: number + 1 });
            }
            start += line.len();
        }
        (!markers.is_empty()).then(|| Marked { text: text.into(), markers })
    }
}

/// `threat: ID`, `requirements: ID, ID`, for every kind of entry.
fn words(config: &Config) -> Option<Regex> {
    let catalogues = config.kinds.iter().filter(|kind| kind.catalogue);
    let words: Vec<String> = catalogues
        .flat_map(|kind| [kind.name.clone(), kind.plural.to_lowercase()])
        .map(|word| regex::escape(&word))
        .collect();
    let id = "[a-z][a-z0-9]*(?:-[a-z0-9]+)+";
    let list = format!("{id}(?:[ \t]*,[ \t]*{id})*");
    Regex::new(&format!(r"(?i)\b(?:{})[ \t]*:[ \t]*({list})", words.join("|"))).ok()
}

/// The IDs that the comment in a line names, and where.
fn in_line<'t>(words: &Regex, kinds: &Kinds, line: &'t str) -> Vec<(usize, &'t str)> {
    let mut found = Vec::new();
    let comment = COMMENTS.iter().filter_map(|sign| line.find(sign)).min();
    for hit in words.captures_iter(line) {
        let (Some(whole), Some(list)) = (hit.get(0), hit.get(1)) else { continue };
        let before = line[..whole.start()].trim();
        // Inside a longer comment a line may begin with a star, or with nothing.
        let alone = before.is_empty() || before == "*";
        if !alone && comment.is_none_or(|sign| sign >= whole.start()) {
            continue;
        }
        let mut at = list.start();
        for part in list.as_str().split(',') {
            let id = part.trim();
            let lead = part.len() - part.trim_start().len();
            // `man-in-the-middle` is a word, `T-AUTH-OO4` a slip.
            let meant =
                kinds.is_id(id) || (kinds.of_id(id).is_some() && !id.contains(char::is_lowercase));
            if meant {
                found.push((at + lead, id));
            }
            at += part.len() + 1;
        }
    }
    found
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::source::Sources;

    fn config(folders: &[&str]) -> Config {
        Config {
            test_folders: folders.iter().map(|folder| folder.to_string()).collect(),
            ..Config::default()
        }
    }

    #[test]
    fn comments_name_entries() {
        let config = config(&["tests"]);
        let words = words(&config).unwrap();
        for (line, ids) in [
            ("// threat: T-AUTH-004\n", vec!["T-AUTH-004"]),
            ("    # threats: T-1, t-2 and T-3", vec!["T-1", "t-2"]),
            ("x(); /* requirement: R-A-1 */", vec!["R-A-1"]),
            (" * Threat : T-1", vec!["T-1"]),
            ("threat: T-1", vec!["T-1"]),
            ("<!-- assumption: A-7 --><!-- threat: PAY-2 -->", vec!["A-7", "PAY-2"]),
            ("// threat: T-AUTH-OO4", vec!["T-AUTH-OO4"]),
            ("// threat: man-in-the-middle", vec![]),
            ("// threatening: T-1", vec![]),
            ("let s = \"threat: T-1\";", vec![]),
            ("f(\"threat: T-1\"); // ok", vec![]),
        ] {
            let found = in_line(&words, &config.kinds, line);
            let names: Vec<&str> = found.iter().map(|(_, id)| *id).collect();
            assert_eq!(names, ids, "{line}");
            assert!(found.iter().all(|(at, id)| line[*at..].starts_with(id)), "{line}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn only_declared_folders_inside_the_book_are_read() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("book");
        let put = |path: &str, text: &str| {
            std::fs::create_dir_all(outer.path().join(path).parent().unwrap()).unwrap();
            std::fs::write(outer.path().join(path), text).unwrap();
        };
        put("book/content/index.md", "# Home\n\nthreat: T-1\n");
        put("book/book.toml", "[tests]\nfolders = [\"out\", \"none\", \".\"]\n");
        put("book/tests/a.rs", "// é\n  // threat: T-1\n");
        put("book/tests/large.rs", &format!("// threat: T-2\n{}", " ".repeat(2 << 20)));
        put("book/tests/target/b.rs", "// threat: T-3\n");
        put("outside/c.rs", "// threat: T-4\n");
        std::fs::write(root.join("tests/binary"), b"// threat: T-5\n\xff").unwrap();
        std::os::unix::fs::symlink(outer.path().join("outside"), root.join("out")).unwrap();
        std::os::unix::fs::symlink(outer.path().join("outside/c.rs"), root.join("tests/c.rs"))
            .unwrap();
        let sources = Sources::load(&root, &config(&["out", "none", ""])).unwrap();
        let markers: Vec<(&str, &str, usize)> =
            sources.markers().map(|m| (m.id.as_str(), &*m.place.file, m.line)).collect();
        assert_eq!(markers, [("T-1", "tests/a.rs", 2)]);
        let found: Vec<&str> = sources.diagnostics().map(|d| d.message.as_str()).collect();
        assert_eq!(
            found,
            ["the folder `none` does not exist", "the folder `out` leads out of the book"]
        );
        assert!(sources.text("tests/a.rs").is_some());
    }

    #[test]
    fn a_changed_file_is_read_again() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("tests/a.rs");
        for folder in ["tests", "content"] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        std::fs::write(&file, "// threat: T-1\n").unwrap();
        let mut sources = Sources::load(root.path(), &config(&["tests"])).unwrap();
        assert!(sources.concerns("tests/a.rs"));
        std::fs::write(&file, "// threat: T-2\n").unwrap();
        sources.reload("tests/a.rs");
        let ids: Vec<&str> = sources.markers().map(|marker| marker.id.as_str()).collect();
        assert_eq!(ids, ["T-2"]);
        assert_eq!(sources.files().count(), 0);
    }
}
