//! `[references]` of `book.toml`: catalogues of the book's own.

use super::Config;
use super::decode::Decoder;
use crate::book::entry::{GAP, Scheme, whole};
use crate::text::data::{Fields, Key, Node};
use crate::text::diagnostic::Code;
use std::collections::BTreeMap;

pub(super) fn decode(decoder: &mut Decoder, fields: &mut Fields<'_>, config: &mut Config) {
    for (key, node) in fields.table("references") {
        config.references.extend(scheme(decoder, key, node));
    }
}

/// One scheme. Without a pattern that can be used there is none.
fn scheme(decoder: &mut Decoder, key: &Key, node: &Node) -> Option<Scheme> {
    let name = format!("references.{}", key.name);
    let mut fields = decoder.table(node, &name)?;
    let pattern = fields.text("pattern");
    let address = fields.text("address").and_then(|(address, span)| {
        let problem = problem(&address);
        match problem {
            None => Some(address),
            Some(problem) => {
                let help = format!("for example: address = \"https://example.org/{GAP}\"");
                decoder.bad(Code::BadConfig, span, problem, Some(help));
                None
            }
        }
    });
    let titles = titles(decoder, &mut fields);
    decoder.finish(fields, &name);
    let Some((pattern, span)) = pattern.filter(|(pattern, _)| !pattern.is_empty()) else {
        let message = format!("[{name}] needs a `pattern` for the whole reference");
        let help = format!("for example: pattern = '{} ([0-9.]+)'", key.name);
        decoder.bad(Code::BadConfig, key.span.clone(), message, Some(help));
        return None;
    };
    // Alone first: what is closed too early must not close what surrounds it.
    decoder.pattern(&pattern, span.clone())?;
    let pattern = decoder.pattern(&whole(&pattern), span)?;
    Some(Scheme::own(&key.name, pattern, address, titles))
}

/// What is wrong with an address: only pages of the web are linked.
fn problem(address: &str) -> Option<String> {
    if !["https://", "http://"].iter().any(|scheme| address.starts_with(scheme)) {
        return Some(format!("`address` must be a whole address, not `{address}`"));
    }
    let rest = address.replace(GAP, "");
    rest.contains(['{', '}']).then(|| format!("`address` has no gap but `{GAP}`"))
}

fn titles(decoder: &mut Decoder, fields: &mut Fields<'_>) -> BTreeMap<String, String> {
    let mut titles = BTreeMap::new();
    for (number, node) in fields.table("titles") {
        match node.text().map(str::trim).filter(|title| !title.is_empty()) {
            Some(title) => drop(titles.insert(number.name.clone(), title.to_string())),
            None => {
                let message = format!("the title of `{}` is a text", number.name);
                decoder.bad(Code::WrongType, node.span.clone(), message, None);
            }
        }
    }
    titles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::entry::{Reference, Standing};

    #[test]
    fn schemes_of_ones_own() {
        let text = r#"
[references.PCI]
pattern = 'PCI ([0-9.]+)'
address = "https://example.org/pci/{id}"
titles = { "8.3" = "Strong authentication", "8.4" = "Multi-factor" }
[references.POLICY]
pattern = 'POL-[0-9]+|RULE-[0-9]+'
"#;
        let (config, found) = Config::parse(text, "content");
        assert!(found.is_empty(), "{found:?}");
        let parse = |text: &str| Reference::parse(text, &config.references);
        assert_eq!(parse("PCI 8.4").standing, Standing::Listed("Multi-factor".into()));
        assert_eq!(parse("PCI 8.4").url.as_deref(), Some("https://example.org/pci/8.4"));
        assert_eq!(parse("RULE-7").standing, Standing::NotCovered);
        assert_eq!(parse("RULE-7x").standing, Standing::Stranger);
    }

    #[test]
    fn bad_schemes_are_reported_where_they_stand() {
        let text = r#"
[references.A]
adress = "https://example.org/"
[references.B]
pattern = 'B)(['
[references.C]
pattern = 'C'
address = "javascript:{id}"
[references.D]
pattern = 'D'
address = "https://example.org/{number}"
titles = { "1" = [], "2" = "two" }
[references.E]
pattern = 'E)|(?:x'
"#;
        let (config, found) = Config::parse(text, "content");
        let names: Vec<&str> = config.references.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["C", "D"]);
        let at: Vec<&str> = found.iter().map(|d| &text[d.place.as_ref().unwrap().span()]).collect();
        assert_eq!(
            at,
            [
                "adress",
                "A",
                "'B)(['",
                "\"javascript:{id}\"",
                "\"https://example.org/{number}\"",
                "[]",
                "'E)|(?:x'"
            ]
        );
    }
}
