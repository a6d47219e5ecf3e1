//! Casebook builds a searchable site for threat modeling from a folder of Markdown.
//!
//! The rooms stand in the order of their floors, and `tests/it/floors.rs` holds that each
//! names only those above it here.
#![cfg_attr(
    not(all(feature = "elk", feature = "png", feature = "publish", feature = "serve")),
    allow(dead_code, reason = "some of it serves only what was left out")
)]
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests read and write files"))]

pub mod text;

pub mod dfd;
pub mod risk;
pub mod search;

pub mod book;

pub mod model;

pub mod site;

pub mod out;

pub mod cli;

/// Books for tests of the modules.
#[cfg(test)]
mod fixture {
    use std::path::Path;

    /// Writes the small book of `tests/books` into a folder.
    pub fn small(dir: &Path) {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/books/small");
        for entry in walkdir::WalkDir::new(&from) {
            let entry = entry.unwrap();
            let to = dir.join(entry.path().strip_prefix(&from).unwrap());
            match entry.file_type().is_dir() {
                true => std::fs::create_dir_all(to).unwrap(),
                false => drop(std::fs::copy(entry.path(), to).unwrap()),
            }
        }
    }
}
