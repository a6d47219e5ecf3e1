//! Words that exist though the book does not have them: English ones, and the names of
//! products. What is on the list was meant by who typed it, and is not taken for a slip.
//!
//! The list is a Bloom filter (Bloom, "Space/Time Trade-offs in Hash Coding with Allowable
//! Errors", 1970) in blocks (Putze, Sanders and Singler, "Cache-, Hash- and Space-Efficient
//! Bloom Filters", 2007): a word has its bits in one block, so that the browser loads one
//! small file, and only when a word is not in the book. One word in fifty that is not on the
//! list is taken for one that is.

use std::sync::LazyLock;

/// Five to fourteen letters; from SCOWL, see NOTICE.
const ENGLISH: &str = include_str!("english.txt");
/// Names of products, projects and protocols.
const PRODUCTS: &str = include_str!("products.txt");

/// Bits for each word.
const BITS: usize = 8;
/// How many of the bits a word sets.
const HASHES: u32 = 5;
/// How many bytes a block has.
const BLOCK: usize = 1024;

/// The words of a language that exist elsewhere.
#[derive(Debug)]
pub struct Elsewhere {
    bits: Vec<u8>,
}

impl Elsewhere {
    fn new<'w>(words: impl Iterator<Item = &'w str> + Clone) -> Elsewhere {
        let blocks = (words.clone().count() * BITS / 8).div_ceil(BLOCK).max(1);
        let mut bits = vec![0; blocks * BLOCK];
        for word in words {
            for at in places(word, blocks) {
                bits[at / 8] |= 1 << (at % 8);
            }
        }
        Elsewhere { bits }
    }

    /// The words of a language, such as `en`, and the names of products.
    pub fn of(language_code: &str) -> &'static Elsewhere {
        static ENGLISH_TOO: LazyLock<Elsewhere> =
            LazyLock::new(|| Elsewhere::new(ENGLISH.lines().chain(PRODUCTS.lines())));
        static ALONE: LazyLock<Elsewhere> = LazyLock::new(|| Elsewhere::new(PRODUCTS.lines()));
        if language_code.split(['-', '_']).next() == Some("en") { &ENGLISH_TOO } else { &ALONE }
    }

    /// Whether a folded word exists.
    pub fn contains(&self, word: &str) -> bool {
        let blocks = self.blocks().len();
        places(word, blocks).all(|at| self.bits[at / 8] & (1 << (at % 8)) != 0)
    }

    /// The filter, as the browser gets it.
    pub fn blocks(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.bits.chunks(BLOCK)
    }
}

/// The bits of a word: two hashes (FNV-1a of 32 bits, forwards and backwards), combined as
/// Kirsch and Mitzenmacher show ("Less Hashing, Same Performance", 2006).
fn places(word: &str, blocks: usize) -> impl Iterator<Item = usize> {
    fn hash(bytes: impl Iterator<Item = u8>) -> u32 {
        bytes
            .fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
    let (one, other) = (hash(word.bytes()), hash(word.bytes().rev()) | 1);
    // The upper bits: what chooses among the bits of a block are the lower ones.
    let block = (one >> 16) as usize % blocks;
    (0..HASHES).map(move |n| {
        let within = one.wrapping_add(n.wrapping_mul(other)) as usize % (BLOCK * 8);
        block * BLOCK * 8 + within
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_list_are_known_and_few_others() {
        let english = Elsewhere::of("en-GB");
        for word in ["stripe", "kitchen", "redis", "terraform"] {
            assert!(english.contains(word), "{word}");
        }
        let invented = (0..10_000).map(|n| format!("qx{n:06}zj"));
        let taken = invented.filter(|word| english.contains(word)).count();
        assert!(taken < 400, "{taken} of 10,000 invented words are taken for real ones");
        assert!(!Elsewhere::of("de").contains("kitchen") && Elsewhere::of("de").contains("redis"));
    }
}
