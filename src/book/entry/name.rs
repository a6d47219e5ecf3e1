//! Names of files and folders, as readers see them.

use crate::text::date::date;

/// The number that a name begins with, as in `01-start`.
pub fn leading_number(name: &str) -> Option<i64> {
    let (digits, _) = name.split_once(['-', '_', '.'])?;
    digits.parse().ok().filter(|_| digits.len() <= 9)
}

/// The name of a folder or file for readers: `02-how-to` becomes `How to`, and
/// `2024-01-05-post` becomes `Post`.
pub fn readable(name: &str) -> String {
    let dated = name.get(..10).filter(|day| date(day).is_some()).map(|_| &name[10..]);
    let dated = dated.and_then(|rest| rest.strip_prefix(['-', '_', ' ']));
    // A number of four digits is a year.
    let rest = name.split_once(['-', '_', '.']).filter(|(digits, _)| digits.len() < 4);
    let rest = rest.filter(|_| leading_number(name).is_some()).map(|(_, rest)| rest);
    let bare = dated.or(rest).map(str::trim).filter(|rest| !rest.is_empty()).unwrap_or(name);
    if date(bare).is_some() {
        return bare.to_string();
    }
    let words = bare.replace(['-', '_'], " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

/// The parts by which other generators address a page: `guide/setup` for
/// `guide/setup.md`, `guide/setup/index.md` and `/guide/Setup/`.
pub fn stem(path: &str) -> String {
    let lower = path.to_lowercase();
    let path = lower.trim_matches('/');
    let path = [".md", ".html", ".htm", ".markdown", ".mdx"]
        .iter()
        .find_map(|ending| path.strip_suffix(ending))
        .unwrap_or(path);
    let folder = ["/index", "/readme", "/_index"].iter().find_map(|end| path.strip_suffix(end));
    folder.unwrap_or(path).to_string()
}

/// A title or file name as both are compared: in small letters, hyphens and the like as
/// blanks.
pub fn as_title(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || c == '-' || c == '_');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    stem(&words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        assert_eq!(leading_number("01-start"), Some(1));
        assert_eq!(leading_number("start"), None);
        assert_eq!(readable("02-how-to"), "How to");
        assert_eq!(readable("api_reference"), "Api reference");
        assert_eq!(readable("2026"), "2026");
        assert_eq!(readable("1."), "1.");
        assert_eq!(readable("10. intro"), "Intro");
        assert_eq!(readable("2024-01-05-my-post"), "My post");
        assert_eq!(readable("2024-01-05"), "2024-01-05");
        assert_eq!(readable("2024-report"), "2024 report");
    }
}
