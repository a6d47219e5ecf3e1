//! The index as small files for the browser.

use super::Index;

/// The files of an index.
pub struct Export<'i> {
    index: &'i Index,
}

impl<'i> Export<'i> {
    /// The files of an index.
    pub fn new(index: &'i Index) -> Export<'i> {
        Export { index }
    }

    /// Path and bytes of each file.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let _ = self.index;
        Vec::new()
    }
}
