//! Places within pages: MediaWiki makes those of headings from their words.

use super::escape::{anchor, is_plain_heading};
use crate::out::wiki::document::{Block, Book, each_block, plain};
use std::collections::{BTreeMap, BTreeSet};

/// The places that MediaWiki makes itself, by page and anchor.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeMap<String, BTreeMap<String, String>>);

impl Places {
    pub fn of(book: &Book) -> Places {
        let of_page = |blocks: &[Block]| {
            let mut taken = BTreeSet::new();
            let mut own = BTreeMap::new();
            each_block(blocks, &mut |block| {
                let Block::Heading { anchor, text, .. } = block else { return };
                let words = plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
                let first = taken.insert(words.to_lowercase());
                if let Some(anchor) = anchor.as_ref().filter(|_| first && is_plain_heading(&words))
                {
                    own.insert(anchor.clone(), words);
                }
            });
            own
        };
        let pages = book.pages.iter().map(|page| (page.url.clone(), of_page(&page.blocks)));
        Places(pages.collect())
    }

    /// What follows `#` in a link to a place on a page.
    pub fn find(&self, url: &str, name: &str) -> String {
        let own = self.0.get(url).and_then(|page| page.get(name));
        own.cloned().unwrap_or_else(|| anchor(name))
    }

    /// Whether the heading of this anchor is the place itself.
    pub fn has(&self, url: &str, name: &str) -> bool {
        self.0.get(url).is_some_and(|page| page.contains_key(name))
    }
}
