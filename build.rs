//! Packs the content of the project into the program, as the library `builtin`.
//!
//! A development build reads the folder instead, so that an edit of a page compiles nothing.

#![allow(clippy::disallowed_methods, reason = "a build script reads and writes files")]

#[path = "src/book/source/pack.rs"]
#[allow(dead_code, reason = "the program unpacks")]
mod pack;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/book/source/pack.rs");
    let variable = |name: &str| env::var_os(name).map(PathBuf::from).unwrap_or_default();
    let (root, out) = (variable("CARGO_MANIFEST_DIR"), variable("OUT_DIR"));
    let source = match env::var("PROFILE").as_deref() == Ok("release") {
        true => {
            for part in ["content", "book.toml"] {
                println!("cargo:rerun-if-changed={part}");
            }
            let mut files = vec![("book.toml".to_string(), fs::read(root.join("book.toml"))?)];
            collect(&root.join("content"), "content", &mut files)?;
            fs::write(out.join("builtin.pack"), pack::pack(files))?;
            "Builtin::Packed(include_bytes!(concat!(env!(\"OUT_DIR\"), \"/builtin.pack\")))"
        }
        false => "Builtin::Folder(env!(\"CARGO_MANIFEST_DIR\"))",
    };
    fs::write(out.join("builtin.rs"), source)
}

/// The files below a folder, without hidden ones.
fn collect(folder: &Path, name: &str, files: &mut Vec<pack::Packed>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let own = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{name}/{own}");
        match entry.file_type()? {
            _ if own.starts_with('.') => {}
            kind if kind.is_dir() => collect(&entry.path(), &path, files)?,
            _ => files.push((path, fs::read(entry.path())?)),
        }
    }
    Ok(())
}
