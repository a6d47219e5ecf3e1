//! All integration tests are one program: it links once. `cargo test --test it gate::` runs
//! the tests of one file.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod addresses;
mod adopt;
mod blocks;
mod books;
mod cards;
mod commonmark;
mod confluence;
mod confluence_tls;
mod content;
mod contrast;
mod data;
mod diagnostics;
mod docs;
mod exports;
mod floors;
mod gate;
mod gitwiki;
mod handout;
mod hostile;
mod init;
mod jobs;
mod language;
mod leaks;
mod library;
mod memo;
mod reading;
mod relevance;
mod revisions;
mod robustness;
mod search_parity;
mod stride;
mod support;
mod theme;
mod titles;
mod wikis;
mod words;
mod yaml;
