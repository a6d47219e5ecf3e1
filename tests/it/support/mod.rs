//! What several test programs need: books on disk and in memory, and comparison with
//! files of expected output.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod confluence;
pub mod expected;
pub mod fence;
pub mod rest;
pub mod wikis;

use casebook::book::config::Config;
use casebook::book::source::Sources;
use casebook::search::Index;
use casebook::site::{Memo, Site};
use casebook::text::diagnostic::{Diagnostic, Level};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// What a site has to say, each with its level.
pub type Found = Vec<(Level, Diagnostic)>;

/// How many random cases a test tries, unless `PROPTEST_CASES` says otherwise.
pub fn cases(number: u32) -> proptest::test_runner::Config {
    let mut config = proptest::test_runner::Config::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = number;
    }
    config
}

/// A path in the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every file below a folder, with its path relative to it, in order.
pub fn files_below(folder: &Path) -> Vec<String> {
    let mut out = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten() {
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).unwrap();
            out.push(path.to_str().unwrap().replace('\\', "/"));
        }
    }
    out
}

/// Writes a file and the folders around it.
pub fn put(path: &Path, bytes: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// A site from files in memory; `book.toml` among them holds the settings.
pub fn site_of(files: &[(String, String)], memo: &mut Memo) -> (Site, Found) {
    let toml = files.iter().find(|(path, _)| path == "book.toml");
    let (config, found) = Config::parse(toml.map_or("", |(_, text)| text), "content");
    let sources = Arc::new(Sources::in_memory(&config, files));
    Site::new(config, found, sources, memo)
}

/// The project's own knowledge base. It is read once for all tests that only look at it.
pub fn own() -> &'static Site {
    static OWN: LazyLock<Site> =
        LazyLock::new(|| Site::open(&project(""), &mut Memo::default()).expect("opens").0);
    &OWN
}

/// The search index of [`own`].
pub fn own_index() -> &'static Index {
    static INDEX: LazyLock<Index> = LazyLock::new(|| own().index().expect("builds"));
    &INDEX
}

/// A site from a few texts.
pub fn site(files: &[(&str, &str)]) -> (Site, Found) {
    let files: Vec<(String, String)> =
        files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect();
    site_of(&files, &mut Memo::default())
}

/// The page at an address as text.
pub fn page(site: &Site, url: &str) -> String {
    let bytes = site.render(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    let bytes = bytes.unwrap_or_else(|| panic!("there is nothing at {url}"));
    String::from_utf8(bytes.into_owned()).unwrap()
}

/// What the English interface says in several words and another language says otherwise,
/// without the texts of scripts.
pub fn english_sentences(language: &str) -> Vec<String> {
    let words = |language: &str| {
        let file = project(&format!("themes/default/text/{language}.toml"));
        std::fs::read_to_string(file).unwrap()
    };
    let (english, other) = (words("en"), words(language));
    let english: toml::Table = english.parse().unwrap();
    let said = english.iter().filter(|(key, _)| !key.starts_with("script_"));
    let said = said.filter_map(|(_, value)| value.as_str());
    let said = said.filter(|text| text.contains(' ') && !text.contains('{'));
    let sentences: Vec<String> =
        said.filter(|text| !other.contains(text)).map(str::to_string).collect();
    assert!(sentences.len() > 80, "{sentences:?}");
    sentences
}

/// Everything that a site publishes.
pub fn everything(site: &Site) -> Vec<(String, Vec<u8>)> {
    let render = |url: String| {
        let bytes = site.render(&url).unwrap_or_else(|error| panic!("{url}: {error}"));
        let bytes = bytes.unwrap_or_else(|| panic!("there is nothing at {url}")).into_owned();
        (url, bytes)
    };
    site.addresses().into_iter().map(render).collect()
}
