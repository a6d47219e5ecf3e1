//! `book.toml`.
#![no_main]

use casebook::book::config::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = Config::parse(text, "content");
});
