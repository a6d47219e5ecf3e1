//! One Markdown file: front matter, includes, Markdown, raw HTML, blocks, diagrams.
#![no_main]

use casebook::book::config::Config;
use casebook::book::page::{Expanded, parse};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

fuzz_target!(|text: &str| {
    let file: Arc<str> = "content/models/a.md".into();
    parse(&file, "models/a.md", &Expanded::plain(&file, text.into()), &Config::default());
});
