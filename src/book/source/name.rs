//! Names of files that not every system keeps, or keeps apart.

/// A path in the form in which some systems take two for one: they do not tell upper from
/// lower case, or one writing of an accent from the other.
pub fn fold(path: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    match path.is_ascii() {
        true => path.to_ascii_lowercase(),
        false => path.nfc().collect::<String>().to_lowercase().nfc().collect(),
    }
}

/// Whether Windows keeps a file name for itself, whatever follows its first dot.
pub fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or("").to_ascii_uppercase();
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit() && c != '0'))
}

/// Why not every common system can store a file of this name, if that is so.
pub(super) fn unsafe_name(path: &str) -> Option<String> {
    let fault = |name: &str| {
        let odd = |c: char| c.is_control() || "\u{E000}\u{E001}\\<>:\"|?*".contains(c);
        match name {
            _ if is_reserved(name) => Some(format!("Windows keeps the name `{name}` for itself")),
            _ if name.ends_with(['.', ' ']) || name.starts_with(' ') => {
                Some("Windows has no names with a blank or dot at the end".to_string())
            }
            _ if name.len() >= 240 => Some("the name is too long".to_string()),
            _ => {
                let odd = name.chars().find(|c| odd(*c))?;
                Some(format!("not every system can store a name with `{}`", odd.escape_debug()))
            }
        }
    };
    match path.len() < 1000 {
        // What stands before `.md` becomes the name of the page.
        true => path.split('/').find_map(|name| fault(name.strip_suffix(".md").unwrap_or(name))),
        false => Some("the path is too long".to_string()),
    }
}
