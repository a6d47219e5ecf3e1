//! Syntax highlighting at build time, with a handful of class names instead of
//! colours, so that the theme decides and no style attribute is needed.

use crate::text::markup::escape;
use std::sync::LazyLock;
use syntect::parsing::{ParseState, Scope, ScopeStack, ScopeStackOp, SyntaxReference, SyntaxSet};

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Longer lines are not highlighted: some grammars take quadratic time on them.
const MAX_LINE: usize = 2_000;

/// Longer blocks are not highlighted.
const MAX_BLOCK: usize = 200_000;

/// Scopes and their classes; the innermost scope that matches decides, and of the
/// rules that match it the longest.
const RULES: &[(&str, &str)] = &[
    ("comment", "hl-c"),
    ("string", "hl-s"),
    ("string.unquoted.plain.out.yaml", ""),
    ("constant", "hl-n"),
    ("constant.character.escape", "hl-n"),
    ("keyword", "hl-k"),
    ("keyword.operator", "hl-p"),
    ("keyword.operator.word", "hl-k"),
    ("storage", "hl-k"),
    ("storage.type.function", "hl-k"),
    ("entity.name.function", "hl-f"),
    ("support.function", "hl-f"),
    ("variable.function", "hl-f"),
    ("entity.name.type", "hl-t"),
    ("entity.name.class", "hl-t"),
    ("entity.name.struct", "hl-t"),
    ("entity.name.enum", "hl-t"),
    ("entity.name.trait", "hl-t"),
    ("entity.name.impl", "hl-t"),
    ("support.type", "hl-t"),
    ("support.class", "hl-t"),
    ("entity.name.tag", "hl-a"),
    ("entity.other.attribute-name", "hl-a"),
    ("entity.name.section", "hl-a"),
    ("meta.mapping.key", "hl-a"),
    ("support.type.property-name", "hl-a"),
    ("variable.parameter", "hl-v"),
    ("variable.other.normal.shell", "hl-v"),
    ("variable.language", "hl-k"),
    ("markup.deleted", "hl-d"),
    ("markup.inserted", "hl-i"),
    ("markup.heading", "hl-a"),
];

static COMPILED: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    RULES.iter().filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, *class))).collect()
});

fn class_of(stack: &ScopeStack) -> &'static str {
    for scope in stack.as_slice().iter().rev() {
        let best = COMPILED
            .iter()
            .filter(|(rule, _)| rule.is_prefix_of(*scope))
            .max_by_key(|(rule, _)| rule.len());
        if let Some((_, class)) = best {
            return class;
        }
    }
    ""
}

/// The grammar for the name after a fence's backticks.
fn grammar(language: &str) -> Option<&'static SyntaxReference> {
    let token = match language.to_ascii_lowercase().as_str() {
        "" | "text" | "plain" | "txt" | "console" | "mermaid" => return None,
        "shell" | "sh" | "bash" | "zsh" => "bash".to_string(),
        "ts" => "typescript".to_string(),
        "jsonc" | "json5" => "json".to_string(),
        other => other.to_string(),
    };
    SYNTAXES.find_syntax_by_token(&token)
}

/// One HTML string per line of `code`, without line breaks.
pub fn lines(code: &str, language: &str) -> Vec<String> {
    let syntax = grammar(language).filter(|_| code.len() <= MAX_BLOCK);
    let mut state = syntax.map(ParseState::new);
    let mut stack = ScopeStack::new();
    let mut out = Vec::new();
    for line in code.split_inclusive('\n') {
        let mut html = String::with_capacity(line.len() * 2);
        let text = line.trim_end_matches(['\n', '\r']);
        let ops = match &mut state {
            Some(parser) if line.len() <= MAX_LINE => parser.parse_line(line, &SYNTAXES).ok(),
            _ => None,
        };
        match ops {
            Some(ops) => highlight_line(text, &ops, &mut stack, &mut html),
            None => {
                // What a skipped line would have changed is unknown; start afresh.
                state = None;
                escape(text, &mut html);
            }
        }
        out.push(html);
    }
    out
}

fn highlight_line(
    text: &str,
    ops: &[(usize, ScopeStackOp)],
    stack: &mut ScopeStack,
    html: &mut String,
) {
    let mut at = 0;
    let (mut run, mut run_class) = (String::new(), "");
    let mut emit = |piece: &str, class: &'static str, html: &mut String| {
        if piece.is_empty() {
            return;
        }
        if class != run_class {
            close_run(&mut run, run_class, html);
            run_class = class;
        }
        run.push_str(piece);
    };
    for (offset, op) in ops {
        let offset = (*offset).min(text.len());
        if let Some(piece) = text.get(at..offset) {
            emit(piece, if stack.is_empty() { "" } else { class_of(stack) }, html);
            at = offset;
        }
        if stack.apply(op).is_err() {
            break;
        }
    }
    if let Some(piece) = text.get(at..) {
        emit(piece, class_of(stack), html);
    }
    close_run(&mut run, run_class, html);
}

/// Writes neighbouring pieces of one class as one span; blanks need none.
fn close_run(run: &mut String, class: &str, html: &mut String) {
    if run.is_empty() {
        return;
    }
    if class.is_empty() || run.trim().is_empty() {
        escape(run, html);
    } else {
        html.push_str("<span class=\"");
        html.push_str(class);
        html.push_str("\">");
        escape(run, html);
        html.push_str("</span>");
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_escapes() {
        let rust = lines("let x = \"<a>\"; // c\n", "rust");
        assert!(rust[0].contains("<span class=\"hl-s\">&quot;&lt;a&gt;&quot;</span>"), "{rust:?}");
        assert!(rust[0].contains("<span class=\"hl-c\">// c</span>"), "{rust:?}");
        assert_eq!(lines("a < b\nc", "nothing-known"), ["a &lt; b", "c"]);
    }

    #[test]
    fn long_lines_stay_plain() {
        let code = format!("x = \"{}\"\n", "a".repeat(10_000));
        assert!(!lines(&code, "python")[0].contains("<span"));
    }
}
