//! A whole book of a few files, rendered: what is linked, checked, laid out and shown.
#![no_main]

use casebook::book::config::Config;
use casebook::book::source::Sources;
use casebook::site::{Memo, Site};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

/// The input is cut at form feeds: model, threat, table of contents, template of the theme.
const NAMES: [&str; 4] = [
    "content/models/m/index.md",
    "content/threats/T-AUTH-001.md",
    "content/SUMMARY.md",
    "theme/templates/page.html",
];

fuzz_target!(|text: &str| {
    let texts = text.split('\x0c').map(str::to_string);
    let mut files: Vec<(String, String)> = NAMES.map(str::to_string).into_iter().zip(texts).collect();
    files.push(("content/index.md".into(), "# Home\n\n[m](models/m/index.md) [[T-AUTH-001]]\n".into()));
    let (config, found) = Config::parse("", "content");
    let sources = Arc::new(Sources::in_memory(&config, &files));
    let (site, _) = Site::new(config, found, sources, &mut Memo::default());
    for address in ["index.html", "models/m/index.html", "threats/t-auth-001.html", "status.html", "casebook.json"] {
        let _ = site.render(address);
    }
});
