//! The files of the default theme.

use include_dir::{Dir, include_dir};

static DEFAULT: Dir = include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// Name and text of every embedded template, in order of name.
pub fn templates() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    each_file(&DEFAULT, &mut |path, bytes| {
        let name = path.strip_prefix("templates/");
        if let (Some(name), Ok(text)) = (name, std::str::from_utf8(bytes)) {
            found.push((name.to_string(), text));
        }
    });
    found
}

/// Path below `assets/` and bytes of every embedded asset, in order of path.
pub fn assets() -> Vec<(String, &'static [u8])> {
    let mut found = Vec::new();
    each_file(&DEFAULT, &mut |path, bytes| {
        if let Some(name) = path.strip_prefix("assets/") {
            found.push((name.to_string(), bytes));
        }
    });
    found
}

fn each_file(dir: &'static Dir, visit: &mut impl FnMut(&str, &'static [u8])) {
    for entry in dir.entries() {
        match entry {
            include_dir::DirEntry::Dir(dir) => each_file(dir, visit),
            include_dir::DirEntry::File(file) => {
                let path = file.path().to_string_lossy().replace('\\', "/");
                visit(&path, file.contents());
            }
        }
    }
}
