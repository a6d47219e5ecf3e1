use super::*;

fn document(url: &str, title: &str, text: &str) -> Document {
    Document {
        url: url.into(),
        title: title.into(),
        kind: "threat".into(),
        kind_title: "Threat".into(),
        sections: vec![Section { text: text.into(), ..Section::default() }],
        ..Document::default()
    }
}

fn entry(id: &str, title: &str, text: &str) -> Document {
    Document {
        id: Some(id.into()),
        ..document(&format!("{}.html", id.to_lowercase()), title, text)
    }
}

fn library() -> Index {
    let replay = Document {
        stride: vec!["spoofing".into()],
        severity: Some("high".into()),
        concerns: Vec::new(),
        tags: vec!["sign in".into()],
        also: vec!["credential stuffing".into()],
        aliases: vec!["T-OLD-001".into()],
        references: vec!["CWE-307".into(), "ATT&CK T1110.004".into()],
        ..entry(
            "T-AUTH-004",
            "Attacker replays leaked passwords against sign-in",
            "Passwords that leaked elsewhere are tried here. A man in the middle is not needed.",
        )
    };
    let fixation = Document {
        stride: vec!["elevation-of-privilege".into()],
        ..entry(
            "T-AUTH-005",
            "Session fixation",
            "See T-AUTH-004 too. The middle man fixes tokens.",
        )
    };
    let limit = Document {
        kind: "requirement".into(),
        kind_title: "Requirement".into(),
        status: Some("active".into()),
        ..entry("R-AUTH-002", "Limit attempts", "Five attempts per hour. Authentication slows.")
    };
    let guide = Document {
        sections: vec![
            Section { text: "How to begin.".into(), ..Section::default() },
            Section {
                anchor: "tokens".into(),
                heading: "Tokens & more".into(),
                text: "Rotate every token; see CWE-307.".into(),
            },
        ],
        kind: "guide".into(),
        kind_title: "Guide".into(),
        ..document("guide/start.html", "First steps", "")
    };
    Index::build(vec![guide, limit, replay, fixation], "en", &[], &str::to_string).expect("builds")
}

fn found(index: &Index, query: &str) -> Vec<String> {
    let results = index.search(&Query::parse(query), 10).expect("searches");
    results.hits.into_iter().map(|hit| hit.place.url).collect()
}

#[test]
fn words_stems_and_prefixes() {
    let index = library();
    assert_eq!(found(&index, "password "), ["t-auth-004.html"]);
    assert_eq!(found(&index, "passw"), ["t-auth-004.html"]);
    assert_eq!(found(&index, "token "), ["guide/start.html#tokens", "t-auth-005.html"]);
    assert_eq!(found(&index, "the attempts "), ["r-auth-002.html"]);
    assert_eq!(found(&index, "xyzzy "), Vec::<String>::new());
    assert_eq!(found(&index, ""), Vec::<String>::new());
    assert_eq!(found(&index, "the "), Vec::<String>::new());
}

#[test]
fn ids_come_first_and_are_found_by_parts() {
    let index = library();
    assert_eq!(found(&index, "T-AUTH-004")[0], "t-auth-004.html");
    assert_eq!(found(&index, "t auth 4 ")[0], "t-auth-004.html");
    assert_eq!(found(&index, "auth-005")[0], "t-auth-005.html");
    assert_eq!(found(&index, "CWE-307")[0], "t-auth-004.html");
    assert_eq!(found(&index, "t1110.004 "), ["t-auth-004.html"]);
    assert_eq!(found(&index, "T1110"), ["t-auth-004.html"]);
    assert_eq!(found(&index, "t-old-001 "), ["t-auth-004.html"]);
}

#[test]
fn phrases_and_negation() {
    let index = library();
    assert_eq!(found(&index, "\"man in the middle\""), ["t-auth-004.html"]);
    assert_eq!(found(&index, "\"middle man\""), ["t-auth-005.html"]);
    assert_eq!(found(&index, "man middle -session "), ["t-auth-004.html"]);
    assert_eq!(found(&index, "man -\"middle man\" "), ["t-auth-004.html"]);
    assert_eq!(found(&index, "\"man xyzzy\""), Vec::<String>::new());
}

#[test]
fn filters() {
    let index = library();
    assert_eq!(found(&index, "kind:threat").len(), 2);
    assert_eq!(found(&index, "kind:threat kind:guide").len(), 3);
    assert_eq!(found(&index, "-kind:threat").len(), 2);
    assert_eq!(found(&index, "stride:s"), ["t-auth-004.html"]);
    assert_eq!(found(&index, "tag:\"Sign in\""), ["t-auth-004.html"]);
    assert_eq!(found(&index, "token kind:threat"), ["t-auth-005.html"]);
    assert_eq!(found(&index, "kind:unknown"), Vec::<String>::new());
}

#[test]
fn when_nothing_matches() {
    let index = library();
    let results = index.search(&Query::parse("paswords tokens "), 10).expect("searches");
    assert_eq!(results.corrected, ["passwords"]);
    assert_eq!(results.complete, 0);
    assert_eq!(results.total, 3);
    assert_eq!(found(&index, "passw "), ["t-auth-004.html"]);
    assert_eq!(found(&index, "authenticating "), ["r-auth-002.html"]);
}

#[test]
fn what_is_shown() {
    let index = library();
    let results = index.search(&Query::parse("token rotation rotate"), 10).expect("searches");
    let hit = &results.hits[0];
    assert_eq!(hit.place.section, "Tokens & more");
    let marked: Vec<&str> =
        hit.place.snippet.marks.iter().map(|mark| &hit.place.snippet.text[mark.clone()]).collect();
    assert_eq!(marked, ["Rotate", "token"]);
}

#[test]
fn extracts_are_short_and_whole_words() {
    let text =
        "Grüße an alle. ".repeat(60) + "Hier steht ein Wort. " + &"Und noch mehr. ".repeat(60);
    let index = Index::build(vec![document("a.html", "A", &text)], "de", &[], &str::to_string)
        .expect("builds");
    let results = index.search(&Query::parse("wort"), 1).expect("searches");
    let snippet = &results.hits[0].place.snippet;
    assert_eq!(&snippet.text[snippet.marks[0].clone()], "Wort");
    assert!(snippet.text.starts_with("… ") && snippet.text.ends_with(" …"));
    assert!(snippet.text.chars().count() <= 204);
}

#[test]
fn an_empty_index_finds_nothing() {
    let index = Index::build(Vec::new(), "en", &[], &str::to_string).expect("builds");
    assert!(index.is_empty());
    assert_eq!(found(&index, "a b \"c d\" -e kind:x"), Vec::<String>::new());
    assert_eq!(found(&index, "session"), Vec::<String>::new());
}

/// Our sums are those of tantivy's own BM25, but for the width of the numbers.
#[test]
fn scores_are_those_of_bm25() {
    let index = library();
    let results = index.search(&Query::parse("attempts "), 10).expect("searches");
    let weight = tantivy::query::Bm25Weight::for_one_term;
    let norms = |at: u32| index.norms(at);
    let (body, title) = index.words();
    let average = |words: u64| words as f32 / 4.0;
    let want = 2.0 * weight(1, 4, average(body)).score(norms(1).0, 2)
        + 4.0 * weight(1, 4, average(title)).score(norms(1).1, 1);
    assert!((results.hits[0].score - f64::from(want)).abs() < 1e-5);
}
