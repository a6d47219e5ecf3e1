//! The text of a data-flow diagram.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = casebook::dfd::parse(text);
});
