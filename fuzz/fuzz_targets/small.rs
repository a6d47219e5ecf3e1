//! The small formats: captions, results of tests, tables of contents.
#![no_main]

use casebook::book::{summary, vtt};
use casebook::model::evidence::Results;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Results::default().read("results.xml", bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        vtt::parse(text);
        let (summary, _) = summary::parse(&"content/SUMMARY.md".into(), text);
        summary.chapters();
    }
});
