//! Which form of a word stands with a number.

/// A form, named as the Unicode Common Locale Data Repository names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plural {
    /// `zero`
    Zero,
    /// `one`
    One,
    /// `two`
    Two,
    /// `few`
    Few,
    /// `many`
    Many,
    /// `other`, which every language has.
    Other,
}

impl Plural {
    /// All forms.
    pub const ALL: [Plural; 6] =
        [Plural::Zero, Plural::One, Plural::Two, Plural::Few, Plural::Many, Plural::Other];

    /// The key in a file of texts.
    pub fn name(self) -> &'static str {
        match self {
            Plural::Zero => "zero",
            Plural::One => "one",
            Plural::Two => "two",
            Plural::Few => "few",
            Plural::Many => "many",
            Plural::Other => "other",
        }
    }
}

/// The form for a whole number, by the rules of the Common Locale Data Repository for the
/// languages that need more than "one" and "other"; browsers know the same rules.
pub fn plural(language: &str, n: usize) -> Plural {
    let base = language.split('-').next().unwrap_or("").to_ascii_lowercase();
    let (ten, hundred) = (n % 10, n % 100);
    match base.as_str() {
        "ja" | "zh" | "ko" | "vi" | "th" | "id" | "ms" | "lo" | "my" | "yue" => Plural::Other,
        "fr" | "hy" | "pt" | "hi" | "fa" | "bn" | "am" | "gu" | "kn" | "zu" if n < 2 => Plural::One,
        "ru" | "uk" | "be" => match () {
            _ if ten == 1 && hundred != 11 => Plural::One,
            _ if (2..=4).contains(&ten) && !(12..=14).contains(&hundred) => Plural::Few,
            _ => Plural::Many,
        },
        "sr" | "hr" | "bs" => match () {
            _ if ten == 1 && hundred != 11 => Plural::One,
            _ if (2..=4).contains(&ten) && !(12..=14).contains(&hundred) => Plural::Few,
            _ => Plural::Other,
        },
        "pl" => match () {
            _ if n == 1 => Plural::One,
            _ if (2..=4).contains(&ten) && !(12..=14).contains(&hundred) => Plural::Few,
            _ => Plural::Many,
        },
        "cs" | "sk" => match n {
            1 => Plural::One,
            2..=4 => Plural::Few,
            _ => Plural::Other,
        },
        "ar" => match n {
            0 => Plural::Zero,
            1 => Plural::One,
            2 => Plural::Two,
            _ if (3..=10).contains(&hundred) => Plural::Few,
            _ if hundred >= 11 => Plural::Many,
            _ => Plural::Other,
        },
        "he" => match n {
            1 => Plural::One,
            2 => Plural::Two,
            _ => Plural::Other,
        },
        _ if n == 1 => Plural::One,
        _ => Plural::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_follow_the_rules() {
        let forms = |language: &str| -> Vec<&str> {
            [0, 1, 2, 5, 11, 21, 22, 100, 103].map(|n| plural(language, n).name()).to_vec()
        };
        let other = "other";
        assert_eq!(forms("en-GB"), [other, "one", other, other, other, other, other, other, other]);
        assert_eq!(forms("fr")[..3], ["one", "one", "other"]);
        assert_eq!(
            forms("ru"),
            ["many", "one", "few", "many", "many", "one", "few", "many", "few"]
        );
        assert_eq!(
            forms("pl"),
            ["many", "one", "few", "many", "many", "many", "few", "many", "few"]
        );
        assert_eq!(
            forms("ar"),
            ["zero", "one", "two", "few", "many", "many", "many", "other", "few"]
        );
        assert_eq!(forms("ja")[1], "other");
    }
}
