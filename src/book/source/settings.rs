//! `book.toml`, and other single files that somebody names: read whole, and only where they
//! are regular files.

use super::CONFIG_FILE;
use std::io::{self, Read as _};
use std::path::Path;

/// Nobody writes longer settings.
const MAX_SETTINGS: u64 = 4 << 20;

/// The text of `book.toml`, empty when there is none, and the source folder to take
/// when it names none: `content`, or `src` where only that exists.
///
/// # Errors
/// When the folder or the file cannot be read.
pub fn read_config(root: &Path) -> io::Result<(String, &'static str)> {
    if !root.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "there is no such folder"));
    }
    let text = settings(root)?;
    // mdBook's default is `src`; a folder named `content` says that it is ours.
    let mdbook = !root.join("content").is_dir() && root.join("src").is_dir();
    Ok((text, if mdbook { "src" } else { "content" }))
}

/// The text of `book.toml`. A link does not lead out of the book here either.
fn settings(root: &Path) -> io::Result<String> {
    let file = root.join(CONFIG_FILE);
    let explain = |reason: String| io::Error::other(format!("`{CONFIG_FILE}` {reason}"));
    if file.is_symlink() && !file.canonicalize()?.starts_with(root.canonicalize()?) {
        return Err(explain("is a link that leads out of the book".into()));
    }
    match read_named(&file, MAX_SETTINGS) {
        Ok(bytes) => config_text(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(explain(format!("cannot be read: {error}"))),
    }
}

/// Reads a file that somebody named. What is no regular file may never end.
///
/// # Errors
/// When it is a pipe, a device or a folder, has more than `most` bytes, or cannot be read.
pub fn read_named(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let found = std::fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if read as u64 > most {
        let message = format!("it has more than {} MB", most >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// As [`read_named`], a text.
///
/// # Errors
/// As there, or when it is not UTF-8.
pub fn read_named_text(path: &Path, most: u64) -> io::Result<String> {
    let bytes = read_named(path, most)?;
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

/// The text of book.toml, or where it is none.
fn config_text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..at]);
        let (line, column) = crate::text::span::line_column(&before, at);
        let reason = "this is no UTF-8; save the file in that encoding";
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{CONFIG_FILE}:{line}:{column}: {reason}"),
        )
    })
}
