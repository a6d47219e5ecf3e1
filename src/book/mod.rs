//! What is written: settings, files, entries and references, pages, and how they name
//! each other.
//!
//! Comes in: the folder of a book. Goes out: linked pages.

pub mod colour;
pub mod config;
pub mod entry;
pub mod graph;
pub mod hub;
pub mod language;
pub mod library;
pub mod namesake;
pub mod overlay;
pub mod page;
pub mod selection;
pub mod source;
pub mod summary;
pub mod vtt;
