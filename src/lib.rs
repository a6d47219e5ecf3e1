//! Casebook builds a searchable site for threat modeling from a folder of Markdown.
//!
//! The rooms stand in the order of their floors, and `tests/it/floors.rs` holds that each
//! names only those above it here.
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
