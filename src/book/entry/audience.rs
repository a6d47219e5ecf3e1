//! Who may read something.

/// Who may read a page, an entry or a part of one; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Everybody.
    Public,
    /// Whoever belongs to the house.
    Internal,
    /// Only those who need it.
    Restricted,
}

impl Audience {
    /// All, the largest circle of readers first.
    pub const ALL: [Audience; 3] = [Audience::Public, Audience::Internal, Audience::Restricted];

    /// The words, in the order of [`Audience::ALL`].
    pub const WORDS: [&str; 3] = ["public", "internal", "restricted"];

    /// The word in front matter and settings.
    pub fn word(self) -> &'static str {
        Audience::WORDS[self as usize]
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Audience> {
        Audience::ALL.into_iter().find(|audience| audience.word() == word)
    }
}

impl std::str::FromStr for Audience {
    type Err = String;

    fn from_str(word: &str) -> Result<Audience, String> {
        Audience::parse(word).ok_or_else(|| format!("one of: {}", Audience::WORDS.join(", ")))
    }
}
