//! Lists of glob patterns that name files of the source folder.

use super::decode::Decoder;
use crate::text::data::Fields;
use crate::text::diagnostic::Code;
use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns such as `*.html`, `notes/` and `**/draft-*.md`.
#[derive(Debug, Clone, Default)]
pub struct Globs(GlobSet);

impl Globs {
    /// Whether a path, relative to the source folder, is named.
    pub fn matches(&self, path: &str) -> bool {
        !self.0.is_empty() && self.0.is_match(path)
    }
}

/// A pattern without a folder names files anywhere, one that ends in `/` a folder and all in it.
fn globs(pattern: &str) -> Result<Vec<Glob>, globset::Error> {
    let pattern = pattern.strip_prefix('/').map_or_else(
        || match pattern.trim_end_matches('/').contains('/') {
            true => pattern.to_string(),
            false => format!("**/{pattern}"),
        },
        str::to_string,
    );
    let build = |pattern: &str| GlobBuilder::new(pattern).literal_separator(true).build();
    match pattern.strip_suffix('/') {
        Some(folder) => Ok(vec![build(folder)?, build(&format!("{pattern}**"))?]),
        None => Ok(vec![build(&pattern)?]),
    }
}

/// Reads a list of patterns; those that cannot be read are reported and left out.
pub(super) fn decode(decoder: &mut Decoder, fields: &mut Fields<'_>, key: &'static str) -> Globs {
    let mut set = GlobSetBuilder::new();
    for (pattern, span) in fields.list(key) {
        match globs(&pattern) {
            Ok(globs) => globs.into_iter().for_each(|glob| {
                set.add(glob);
            }),
            Err(error) => {
                let message = format!("the pattern cannot be read: {}", error.kind());
                let help = "for example \"*.html\", \"notes/\" or \"guide/old-*.md\"".to_string();
                decoder.bad(Code::BadPattern, span, message, Some(help));
            }
        }
    }
    Globs(set.build().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_what_authors_mean() {
        let matches = |pattern: &str, path: &str| {
            let mut set = GlobSetBuilder::new();
            for glob in globs(pattern).unwrap() {
                set.add(glob);
            }
            Globs(set.build().unwrap()).matches(path)
        };
        for (pattern, path, expected) in [
            ("*.html", "a/b/c.html", true),
            ("*.html", "a/c.htm", false),
            ("notes/", "a/notes/b/c.md", true),
            ("notes/", "a/notes", true),
            ("/notes/", "a/notes/b.md", false),
            ("a/*.md", "a/b.md", true),
            ("a/*.md", "a/b/c.md", false),
            ("a/**", "a/b/c.md", true),
            ("x.md", "a/x.md", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
