//! How deep a template of a book may be.
//!
//! The engine parses `elif`, `not` and chains of operators by functions that call
//! themselves, so a hostile template could overflow the stack, which ends the process. So
//! a template is looked at before the engine sees it. What is counted is at least as much
//! as what the engine will nest: strings and names may be counted twice, never missed.

/// The deepest expression, in tokens.
const MAX_TOKENS: usize = 500;

/// The deepest nesting of statements; each `elif` is one step deeper.
const MAX_STATEMENTS: usize = 100;

/// So many times a template sets a name: what is set can hold what was set before, and so be
/// as deep as this.
const MAX_SETS: usize = 1_000;

/// The longest line, in bytes: the engine counts no more.
const MAX_LINE: usize = 60_000;

/// Statements that have an end of their own.
const OPENING: [&str; 9] =
    ["if", "for", "with", "block", "filter", "macro", "call", "autoescape", "set"];

/// What is wrong with a template, and how to put it right.
pub(super) type Fault = (&'static str, &'static str);

const NESTED: &str = "split it, with `set` or a macro";

/// Tells what is too deep in a template, and in which line.
pub(super) fn fault(text: &str) -> Option<(usize, Fault)> {
    if let Some(at) = text.lines().position(|line| line.len() > MAX_LINE) {
        return Some((at + 1, ("a line has more than 60,000 bytes", "break it")));
    }
    let mut statements: Vec<usize> = Vec::new();
    let mut sets = 0;
    let mut rest = text;
    while let Some(at) = rest.find(['{']) {
        rest = &rest[at + 1..];
        let line = || 1 + text[..text.len() - rest.len()].matches('\n').count();
        let inside = match rest.as_bytes().first() {
            Some(b'#') => {
                rest = rest.find("#}").map_or("", |end| &rest[end + 2..]);
                continue;
            }
            Some(b'{' | b'%') => &rest[1..],
            _ => continue,
        };
        let (depth, length) = expression(inside);
        if depth > MAX_TOKENS {
            return Some((line(), ("an expression has too many parts inside each other", NESTED)));
        }
        if rest.starts_with('%') {
            let word = inside.trim_start_matches(['-', '+']).trim_start();
            let word = &word[..word.find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len())];
            sets += usize::from(word == "set");
            if sets > MAX_SETS {
                return Some((line(), ("more than 1000 names are set", NESTED)));
            }
            if word.starts_with("end") {
                statements.pop();
            } else if word == "elif" {
                statements.last_mut().into_iter().for_each(|depth| *depth += 1);
            } else if OPENING.contains(&word) && (word != "set" || !inside[..length].contains('='))
            {
                statements.push(1);
            }
            if statements.iter().sum::<usize>() > MAX_STATEMENTS {
                return Some((line(), ("too many statements stand inside each other", NESTED)));
            }
        }
        rest = &inside[length..];
    }
    None
}

/// The length of a text in quotes.
pub(super) fn string(text: &str) -> usize {
    let quote = text.as_bytes()[0];
    let mut at = 1;
    while at < text.len() && text.as_bytes()[at] != quote {
        at += if text.as_bytes()[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// How deep the text of a tag may nest, at most, and how long the tag is.
pub(super) fn expression(text: &str) -> (usize, usize) {
    /// One pair of brackets: tokens since the last comma, the deepest of what is closed
    /// since then, and the deepest before.
    #[derive(Default)]
    struct Level {
        tokens: usize,
        inner: usize,
        before: usize,
    }
    impl Level {
        fn depth(&self) -> usize {
            self.before.max(self.tokens + self.inner)
        }
    }
    let mut levels = vec![Level::default()];
    let mut deepest = 0;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let last = levels.len() - 1;
        match byte {
            b'}' if matches!(bytes.get(at + 1), Some(b'}')) && last == 0 => break,
            b'%' if matches!(bytes.get(at + 1), Some(b'}')) => break,
            b'\'' | b'"' => {
                levels[last].tokens += 1;
                at += 1;
                while at < bytes.len() && bytes[at] != byte {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b',' => {
                let level = &mut levels[last];
                *level = Level { before: level.depth(), ..Level::default() };
            }
            b'(' | b'[' | b'{' => {
                levels[last].tokens += 1;
                levels.push(Level::default());
            }
            b')' | b']' | b'}' if last > 0 => {
                let depth = levels.pop().map_or(0, |level| level.depth());
                let around = &mut levels[last - 1];
                around.inner = around.inner.max(depth);
            }
            _ if byte.is_ascii_whitespace() => {}
            _ if is_word(byte) => {
                levels[last].tokens += 1;
                while at + 1 < bytes.len() && is_word(bytes[at + 1]) {
                    at += 1;
                }
            }
            _ => levels[last].tokens += 1,
        }
        deepest = deepest.max(levels.iter().map(Level::depth).sum());
        if deepest > MAX_TOKENS || levels.len() > MAX_TOKENS {
            return (MAX_TOKENS + 1, at.min(text.len()));
        }
        at += 1;
    }
    // The end of a string may be cut in the middle of a character.
    let mut end = at.min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    (deepest, end)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::theme::embedded;

    #[test]
    fn what_people_write_is_not_deep() {
        for (name, text) in embedded::templates() {
            assert_eq!(fault(text), None, "{name}");
        }
        let long: String =
            (0..5_000).map(|n| format!("{{% if a == '{n}' %}}x{{% endif %}}\n")).collect();
        let list = format!("{{% set x = [{}] %}}", "{'a': 1, 'b': [2, 3]},\n".repeat(5_000));
        let text = "{{ '}} {% if' }} ' {# {{ #} { { % } {{ \"it's\" }} ä\n".repeat(1_000);
        for text in [long, list, text] {
            assert_eq!(fault(&text), None);
        }
    }

    #[test]
    fn what_would_overflow_the_stack_is_told_with_its_line() {
        let n = 20_000;
        let nested = |open: &str| open.repeat(n);
        for text in [
            format!("{{% if 1 %}}{}{{% endif %}}", nested("{% elif 2 %}")),
            format!("{{% if 1 %}}{}{{% endif %}}", nested("{%- elif 2 -%}\n")),
            nested("{% if 1 %}"),
            nested("{% for a in b %}"),
            nested("{% set x %}"),
            nested("{% filter upper %}"),
            format!("{{{{ {}1 }}}}", nested("not ")),
            format!("{{{{ {}1 }}}}", nested("-")),
            format!("{{{{ a{} }}}}", nested(".x")),
            format!("{{{{ a{} }}}}", nested("|e")),
            format!("{{{{ a{} }}}}", nested("[0]")),
            format!("{{{{ a{} }}}}", nested("()")),
            format!("{{{{ a{} }}}}", nested("+a")),
            format!("{{{{ a{} }}}}", nested(" ~ 'x'")),
            format!("{{{{ a{} }}}}", nested(" and a")),
            format!("{{{{ a{} }}}}", nested(" if b else c")),
            format!("{{{{ {}1 }}}}", nested("(")),
            format!("{{{{ {}1 }}}}", nested("[1, ")),
            format!("{{{{ {}1 }}}}", nested("{'a': ")),
            format!("{{{{ {}1{} }}}}", nested("f("), nested(", 1)")),
            format!("{{% set x = {}1 %}}", nested("not ")),
            format!("{{% if {}1 %}}", nested("not ")),
            nested("{% raw %}"),
            nested("{# x"),
        ] {
            assert!(fault(&format!("a\n{text}")).is_some(), "{}", &text[..60]);
        }
        assert_eq!(fault(&format!("a\n\n{{{{ {}1 }}}}", nested("not "))).unwrap().0, 3);
    }
}
