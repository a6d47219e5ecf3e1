//! Words of a closed list as values: one table gives the values, the words, their order and
//! the parser.

/// Declares values with their words, in the order in which they are told.
macro_rules! vocabulary {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$of])* $value,)+
        }

        impl $name {
            /// The words, in order.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// All values, in order.
            pub const ALL: [$name; $name::WORDS.len()] = [$($name::$value,)+];

            /// The word as authors write it.
            pub const fn word(self) -> &'static str {
                match self {
                    $($name::$value => $word,)+
                }
            }

            /// Reads a word; `None` for one that is not in the vocabulary.
            pub fn parse(word: &str) -> Option<$name> {
                $name::ALL.into_iter().find(|value| value.word() == word.trim())
            }
        }
    };
}

pub(crate) use vocabulary;
