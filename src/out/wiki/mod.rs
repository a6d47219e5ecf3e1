//! Exports to where people already read: wikis, folders, single files.
//!
//! ```text
//! Site -> Book (trees of blocks) -> Target (names, texts) -> Publication -> files
//! ```
//!
//! [`Book::read`] takes the site page by page as the default theme shows it and turns the
//! HTML into trees. A [`Target`] knows what one wiki calls a page and how it writes a
//! tree. [`publish`] does what all targets need: it checks names before anything is
//! written, compares with the manifest of the export before, leaves a redirect where a
//! page was renamed, and finds what was edited on the wiki. A new wiki is a new file with
//! one `impl Target`.

mod book;
pub mod confluence;
mod document;
pub mod dokuwiki;
mod git;
mod manifest;
pub mod mediawiki;
mod picture;
mod publish;
mod read;
mod target;

pub use confluence::Confluence;
pub use document::{
    Block, Book, Cell, Definition, Diagram, Fact, File, Inline, Item, Label, Link, Page, Role, Row,
    Section, Table, diagrams, each_block, plain,
};
pub use dokuwiki::DokuWiki;
pub use git::{GitWiki, Host};
pub use manifest::{Entry, MANIFEST_FILE, Manifest, ManifestError, hash};
pub use mediawiki::MediaWiki;
pub use picture::{Painter, PictureError};
pub use publish::{Held, Order, Publication, Sheet, State, difference, publish};
pub use target::{Context, Extra, Names, Target, To, name};
