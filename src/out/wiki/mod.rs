//! Exports to where people already read: wikis, folders, single files.
//!
//! ```text
//! Site -> Book (trees of blocks) -> Target (names, texts) -> Publication -> files
//! ```
//!
//! [`Book::read`] takes the site page by page as the default theme shows it and turns the
//! HTML into trees. A [`Target`] knows what one wiki calls a page and how it writes a
//! tree. [`name`] tells pages apart and [`publish()`] does what else all targets need: it
//! compares with what was published before, leaves a redirect where a page was renamed, and
//! brings together what the book and people on the wiki changed. A new wiki is a new file
//! with one `impl Target`.

mod book;
pub mod bookstack;
pub mod confluence;
mod document;
pub mod dokuwiki;
mod git;
mod links;
mod manifest;
pub mod mediawiki;
mod merge;
mod names;
pub mod net;
pub mod outline;
#[cfg_attr(not(feature = "png"), path = "no_painter.rs")]
mod painter;
pub mod picture;
mod publish;
mod read;
pub mod remote;
mod target;
pub mod xwiki;

pub use confluence::Confluence;
pub use document::{
    Block, Book, Cell, Definition, Diagram, Fact, File, Inline, Item, Label, Link, Page, Role, Row,
    Section, Table, diagrams, each_block, plain,
};
pub use dokuwiki::DokuWiki;
pub use git::{GitWiki, Host};
pub use manifest::{Entry, MANIFEST_FILE, Manifest, ManifestError, hash};
pub use mediawiki::MediaWiki;
pub use merge::{patch, spoken};
pub use names::{Name, Names, name};
pub use painter::Painter;
pub use picture::PictureError;
pub use publish::{
    Bases, Became, Current, Decisions, Edit, Order, Publication, Sheet, Side, Stand, State, publish,
};
pub use target::{Context, Extra, Target, To};
pub use xwiki::XWiki;
