//! Which files of the source folder are published.
//!
//! A list of what may be: what is not known is not published, so that a key, a copy of an
//! editor or a document that runs script in the site's name does not get out by accident.

/// Endings of files that are copied as they are. No browser runs one of them as a page of
/// the site; SVG is cleaned before.
const COPIED: &[&str] = &[
    // Pictures.
    "png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "bmp",
    // Sound, film and what is said in them.
    "mp3", "ogg", "oga", "opus", "wav", "m4a", "flac", "mp4", "m4v", "webm", "ogv", "vtt", "srt",
    // Fonts.
    "woff", "woff2", "ttf", "otf", // Documents and data.
    "pdf", "txt", "text", "log", "csv", "tsv", "json", "jsonl", "yaml", "yml", "toml", "ini",
    "docx", "xlsx", "pptx", "odt", "ods", "odp", "odg", "rtf", "epub", "ics", "bib", "adoc", "rst",
    "drawio", "vsdx", "mmd", "puml", "dot", "proto", "graphql", "tm7", "rego", "sarif",
    // Archives.
    "zip", "gz", "tgz", "bz2", "xz", "7z", "tar",
    // Source code that browsers show or save, and no usual host runs.
    "rs", "py", "go", "java", "kt", "c", "h", "cpp", "hpp", "cs", "rb", "pl", "lua", "swift",
    "scala", "sql", "sh", "bash", "ps1", "tf", "patch", "diff", "bat",
];

/// Names without ending that a site needs.
const NAMES: [&str; 4] = ["CNAME", "LICENSE", "NOTICE", "_headers"];

/// Whether a file is of a kind that is copied.
pub fn is_copied(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((_, ending)) => COPIED.contains(&ending.to_ascii_lowercase().as_str()),
        None => NAMES.contains(&name),
    }
}

/// Whether a path is below a folder of drafts.
pub fn is_draft(path: &str) -> bool {
    path.rsplit_once('/')
        .is_some_and(|(folders, _)| folders.split('/').any(|name| name == "_drafts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_run_and_what_leaks_is_not_copied() {
        for bad in [
            "a.html",
            "a.HTM",
            "a.xhtml",
            "a.xht",
            "a.shtml",
            "a.xml",
            "a.xsl",
            "a.xslt",
            "a.rss",
            "a.atom",
            "a.rdf",
            "a.mathml",
            "a.svgz",
            "a.mht",
            "a.mhtml",
            "a.js",
            "a.mjs",
            "a.cjs",
            "a.wasm",
            "a.swf",
            "a.jar",
            "a.hta",
            "a.htc",
            "a.css",
            "a.webmanifest",
            "a.vbs",
            "a.php",
            "a.jsp",
            "a.htaccess",
            "a.key",
            "a.pem",
            "a.p12",
            "a.pfx",
            "a.bak",
            "a.orig",
            "a.swp",
            "a.tmp",
            "a.kdbx",
            "a.env",
            "a.tfstate",
            "id_rsa",
            "Makefile",
            "a.exe",
            "a.sqlite",
            "a.svg.html",
            "a.",
        ] {
            assert!(!is_copied(bad), "{bad}");
        }
        for good in ["a.png", "x/A.SVG", "a.tar.gz", "CNAME", "robots.txt", "x/a.vtt", "a.PDF"] {
            assert!(is_copied(good), "{good}");
        }
        assert!(is_draft("a/_drafts/x.md") && !is_draft("_drafts.md") && !is_draft("drafts/x.md"));
    }
}
