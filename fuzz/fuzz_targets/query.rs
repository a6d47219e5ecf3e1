//! Queries to a small index.
#![no_main]

use casebook::search::{Document, Index, Query, Section, thesaurus};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let document = |at: usize| Document {
        url: format!("{at}.html"),
        title: format!("Token {at} of TokenValidator"),
        id: Some(format!("T-AUTH-{at:03}")),
        kind: "threat".into(),
        kind_title: "Threat".into(),
        also: vec!["credential stuffing".into(), "Straße".into()],
        sections: vec![Section { text: "A man in the middle signs in. 脅威".into(), ..Section::default() }],
        ..Document::default()
    };
    let documents = (0..50).map(document).collect();
    Index::build(documents, "en", &thesaurus::sets("en"), &str::to_string).expect("builds")
});

fuzz_target!(|text: &str| {
    INDEX.search(&Query::parse(text), 10).expect("searches");
});
