//! Casebook builds a searchable site for threat modeling from a folder of Markdown.
//!
//! ```text
//! config -> source -> page -> graph -> plan -> render -> output
//! ```
//!
//! Modules stand in the order of their floors: each knows only those above it here.
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests read and write files"))]

pub mod markup;

pub mod base64;
pub mod colour;
pub mod dfd;
pub mod risk;
pub mod span;

pub mod config;
pub mod data;
pub mod diagnostic;
pub mod entry;
pub mod vtt;

pub mod source;

pub mod language;

pub mod page;
pub mod summary;
pub mod view;

pub mod graph;
pub mod search;
pub mod theme;

pub mod model;

pub mod evidence;
pub mod export;

pub mod compare;
pub mod suggest;

pub mod change;
pub mod draft;
pub mod plan;

pub mod render;

pub mod site;

pub mod handout;

pub mod output;

pub mod serve;
pub mod wiki;

pub mod cli;
