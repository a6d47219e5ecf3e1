//! The statement of a threat as a sentence of the interface's language: its grammar is in the
//! language files.

use crate::book::language::Text;
use crate::book::page::Statement;
use crate::site::view::Phrase;

/// The statement as one sentence; `None` without a source and an action.
pub(super) fn sentence(text: &Text, statement: &Statement) -> Option<String> {
    let phrases = phrases(text, statement);
    (!phrases.is_empty()).then(|| phrases.into_iter().map(|phrase| phrase.text).collect())
}

/// The pieces of the sentence: what the author wrote, and the words in between.
pub(super) fn phrases(text: &Text, statement: &Statement) -> Vec<Phrase> {
    if statement.source.is_none() || statement.action.is_none() {
        return Vec::new();
    }
    let harm = match (&statement.goal, &statement.assets) {
        (Some(_), Some(_)) => Some("statement_harm_of"),
        (Some(_), None) => Some("statement_harm_goal"),
        (None, Some(_)) => Some("statement_harm_assets"),
        (None, None) => None,
    };
    let impact = statement.impact.as_ref().map(|_| "statement_impact");
    let mut out = Vec::new();
    for key in std::iter::once("statement").chain(impact).chain(harm) {
        fill(text.get(key), statement, &mut out);
    }
    plain(".", &mut out);
    out
}

/// Writes a pattern such as `{source} can {action}`.
fn fill(pattern: &str, statement: &Statement, out: &mut Vec<Phrase>) {
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, next)) = after.split_once('}') else { break };
        plain(before, out);
        part(name, statement, out);
        rest = next;
    }
    plain(rest, out);
}

fn plain(text: &str, out: &mut Vec<Phrase>) {
    if !text.is_empty() {
        out.push(Phrase { text: text.into(), part: None });
    }
}

/// What the author wrote for one part; what somebody needs first follows who it is.
fn part(name: &str, statement: &Statement, out: &mut Vec<Phrase>) {
    let value = match name {
        "source" => &statement.source,
        "prerequisites" => &statement.prerequisites,
        "action" => &statement.action,
        "impact" => &statement.impact,
        "goal" => &statement.goal,
        "assets" => &statement.assets,
        _ => return,
    };
    if let Some(text) = value {
        let text = text.trim().trim_end_matches('.').to_string();
        out.push(Phrase { text, part: Some(name.into()) });
    }
    if name == "source" && statement.prerequisites.is_some() {
        plain(" ", out);
        part("prerequisites", statement, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::language::Texts;

    fn statement() -> Statement {
        Statement {
            source: Some("A thief".into()),
            prerequisites: Some("with a key".into()),
            action: Some("take the money".into()),
            impact: Some("a loss.".into()),
            goal: Some("integrity".into()),
            assets: Some("the ledger.".into()),
        }
    }

    #[test]
    fn english_is_the_sentence_of_the_data() {
        let english = Texts::embedded("en");
        let whole = statement();
        assert_eq!(sentence(&english, &whole), whole.sentence());
        for (goal, assets) in
            [(None, None), (Some("integrity".into()), None), (None, Some("x".into()))]
        {
            let less = Statement { goal, assets, impact: None, prerequisites: None, ..statement() };
            assert_eq!(sentence(&english, &less), less.sentence());
        }
        assert_eq!(phrases(&english, &Statement::default()), []);
    }

    #[test]
    fn other_languages_have_their_own_grammar() {
        for language in ["de", "fr"] {
            let said = sentence(&Texts::embedded(language), &statement()).unwrap();
            assert!(said.starts_with("A thief with a key "), "{said}");
            for word in [" can ", "which", "harms", " the integrity", "{", "}"] {
                assert!(!said.contains(word), "{said}");
            }
            for part in ["take the money", "a loss", "integrity", "the ledger"] {
                assert!(said.contains(part), "{said}");
            }
        }
    }
}
