//! YAML and TOML, as in front matter and blocks.
#![no_main]

use casebook::text::data::{parse_toml, parse_yaml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = parse_yaml(text, 0);
    let _ = parse_toml(text, 0);
});
