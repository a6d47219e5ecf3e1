//! How large the values can become that the templates of a book put together.
//!
//! The engine counts the steps of a template, but comparing or printing lists that hold lists is
//! one step: `{% set s = [s, s] %}`, forty times, is small until something looks into it. So the
//! templates are read for what they put into lists, tables and calls, before the engine sees
//! them. A name weighs as much as all that it can hold: what comes from the page one, and what
//! stands written in the template nothing.
//! What is reckoned is at least as much as what the engine will make.

use std::collections::BTreeMap;

/// The heaviest value.
const MAX_WEIGHT: u64 = 1_000_000;

/// So often all is read again, since what recursion passes on grows each time.
const ROUNDS: usize = 40;

/// What a filter or a product can multiply by, at once.
const MANY: u64 = 1_000;

/// Filters that can repeat what their arguments name.
const REPEATING: [&str; 4] = ["batch", "groupby", "map", "slice"];

/// Filters that add what their arguments name, as `+` does.
const ADDING: [&str; 2] = ["chain", "zip"];

/// Words that are no names.
const WORDS: [&str; 13] = [
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
    "true",
    "false",
    "none",
    "recursive",
    "loop",
    "ignore",
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'t> {
    /// A name that holds a value.
    Name(&'t str),
    /// A filter, a test, an attribute or another word.
    Word(&'t str),
    /// A number or a text.
    Literal,
    Sign(char),
}

/// One tag of a template.
struct Tag<'t> {
    template: usize,
    line: usize,
    tokens: Vec<Token<'t>>,
}

/// The number of the template and the line where a value may grow without end.
pub(super) fn fault(templates: &[(&str, &str)]) -> Option<(usize, usize)> {
    let tags: Vec<Tag<'_>> =
        templates.iter().enumerate().flat_map(|(at, (_, text))| tags(at, text)).collect();
    let mut names = Names::default();
    for _ in 0..ROUNDS {
        let before = names.weights.clone();
        if let Some(tag) = tags.iter().find(|tag| names.read(&tag.tokens) > MAX_WEIGHT) {
            return Some((tag.template, tag.line));
        }
        if names.weights == before {
            break;
        }
    }
    None
}

/// What is known of the names of all templates, which may include each other. A macro has names
/// of its own.
#[derive(Default)]
struct Names<'t> {
    weights: BTreeMap<(Scope<'t>, &'t str), u64>,
    /// What a call fills: parameters of macros and of callers, variables of loops that call
    /// themselves.
    calls: BTreeMap<&'t str, (Scope<'t>, Vec<&'t str>)>,
    scope: Scope<'t>,
}

/// The name of the macro, or nothing outside.
type Scope<'t> = &'t str;

impl<'t> Names<'t> {
    /// Reads a tag; the weight of the heaviest that it makes.
    fn read(&mut self, tokens: &[Token<'t>]) -> u64 {
        self.arguments(tokens);
        match tokens.first() {
            Some(Token::Word("macro")) => {
                let mut names = names(tokens).into_iter();
                self.scope = names.next().unwrap_or_default();
                self.calls.insert(self.scope, (self.scope, names.collect()));
            }
            Some(Token::Word("endmacro")) => self.scope = "",
            Some(Token::Word("call")) => {
                let end = tokens.iter().position(|token| *token == Token::Sign(')'));
                let filled = names(&tokens[..end.unwrap_or(0)]);
                self.calls.insert("caller", (self.scope, filled));
            }
            Some(Token::Word("for")) => {
                let within = tokens.iter().position(|token| *token == Token::Word("in"));
                let targets = names(&tokens[..within.unwrap_or(0)]);
                self.set(self.scope, &targets, self.weigh(&tokens[within.unwrap_or(0)..]));
                self.calls.insert("loop", (self.scope, targets));
            }
            Some(Token::Word("set" | "with")) => {
                if let Some(at) = tokens.iter().position(|token| *token == Token::Sign('=')) {
                    let mut targets = names(&tokens[..at]);
                    let next = tokens.windows(2).filter(|pair| pair[1] == Token::Sign('='));
                    targets.extend(next.flat_map(|pair| names(&pair[..1])));
                    self.set(self.scope, &targets, self.weigh(&tokens[at..]));
                }
            }
            Some(Token::Word("import" | "from")) => {
                let most = self.weights.values().copied().max().unwrap_or(1);
                self.set(self.scope, &names(tokens), most);
            }
            _ => {}
        }
        self.weigh(tokens)
    }

    fn set(&mut self, scope: Scope<'t>, names: &[&'t str], weight: u64) {
        for name in names {
            let now = self.weights.entry((scope, name)).or_insert(1);
            *now = weight.max(*now);
        }
    }

    fn weight(&self, name: &'t str) -> u64 {
        let own = self.weights.get(&(self.scope, name));
        own.or_else(|| self.weights.get(&("", name))).copied().unwrap_or(1)
    }

    /// Gives the arguments of calls to what they fill.
    fn arguments(&mut self, tokens: &[Token<'t>]) {
        for (at, pair) in tokens.windows(2).enumerate() {
            let (Token::Name(name) | Token::Word(name), Token::Sign('(')) = (pair[0], pair[1])
            else {
                continue;
            };
            let Some((scope, filled)) = self.calls.get(name).cloned() else { continue };
            let inside = &tokens[at + 2..at + 2 + closing(&tokens[at + 2..])];
            let most = parts(inside).map(|argument| self.weigh(argument)).max();
            self.set(scope, &filled, most.unwrap_or(1));
        }
    }

    /// The weight of an expression: the heaviest of its parts, of which a bracket holds all.
    fn weigh(&self, tokens: &[Token<'t>]) -> u64 {
        let (weight, _) = self.part(tokens, 0, 0);
        weight
    }

    /// The weight from a token to the end of its bracket, and where that is.
    fn part(&self, tokens: &[Token<'t>], mut at: usize, depth: usize) -> (u64, usize) {
        let (mut sum, mut most, mut factor) = (0u64, 0u64, 1u64);
        let mut holds = false;
        while at < tokens.len() {
            let adds = match tokens[at] {
                Token::Sign(',' | ':') => depth > 0,
                Token::Sign('+') => true,
                Token::Word(word) => ADDING.contains(&word),
                _ => false,
            };
            match tokens[at] {
                _ if adds => sum = sum.saturating_add(std::mem::take(&mut most)),
                Token::Name(name) => most = most.max(self.weight(name)),
                Token::Sign('(' | '[' | '{') => {
                    let (weight, end) = self.part(tokens, at + 1, depth + 1);
                    most = most.max(weight);
                    (holds, at) = (true, end);
                }
                Token::Sign(')' | ']' | '}') if depth > 0 => break,
                Token::Sign('*') if holds || most > 1 => factor = factor.saturating_mul(MANY),
                Token::Word(word) if REPEATING.contains(&word) => {
                    let named = names_in_call(&tokens[at + 1..]);
                    factor = factor.saturating_mul(if named { MANY } else { 1 });
                }
                _ => {}
            }
            at += 1;
        }
        (sum.saturating_add(most).saturating_mul(factor), at)
    }
}

/// Whether what follows a filter are arguments with a name in them.
fn names_in_call(tokens: &[Token<'_>]) -> bool {
    tokens.first() == Some(&Token::Sign('('))
        && tokens[1..1 + closing(&tokens[1..])].iter().any(|t| matches!(t, Token::Name(_)))
}

fn names<'t>(tokens: &[Token<'t>]) -> Vec<&'t str> {
    let names = tokens.iter().filter_map(|token| match token {
        Token::Name(name) => Some(*name),
        _ => None,
    });
    names.collect()
}

/// What the commas part that stand in no bracket.
fn parts<'a, 't>(tokens: &'a [Token<'t>]) -> impl Iterator<Item = &'a [Token<'t>]> {
    let mut depth = 0;
    tokens.split(move |token| {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        depth == 0 && *token == Token::Sign(',')
    })
}

/// Where the bracket ends in which the tokens stand.
fn closing(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0;
    let end = tokens.iter().position(|token| {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        depth < 0
    });
    end.unwrap_or(tokens.len())
}

/// The tags of a template.
fn tags(template: usize, text: &str) -> Vec<Tag<'_>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find('{') {
        at += next + 1;
        match text.as_bytes().get(at) {
            Some(b'#') => at = text[at..].find("#}").map_or(text.len(), |end| at + end + 2),
            Some(b'{' | b'%') => {
                let (_, length) = super::bounds::expression(&text[at + 1..]);
                let line = 1 + text[..at].matches('\n').count();
                let tokens = tokens(&text[at + 1..at + 1 + length]);
                out.push(Tag { template, line, tokens });
                at += 1 + length;
            }
            _ => {}
        }
    }
    out
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out: Vec<Token<'_>> = Vec::new();
    let mut rest = text.trim_start_matches(['-', '+']);
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match c {
            '\'' | '"' => {
                length = super::bounds::string(rest);
                out.push(Token::Literal);
            }
            c if c.is_alphanumeric() || c == '_' => {
                length =
                    rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
                let word = &rest[..length];
                // An attribute, a filter, the name of an argument, the first word of a tag.
                let after = matches!(out.last(), Some(Token::Sign('.' | '|') | Token::Word("is")));
                let first =
                    out.is_empty() && !rest[length..].trim_start().starts_with(['.', '[', '|']);
                out.push(match c.is_ascii_digit() {
                    true => Token::Literal,
                    false if after || (first && is_statement(word)) || WORDS.contains(&word) => {
                        Token::Word(word)
                    }
                    false => Token::Name(word),
                });
            }
            c if c.is_whitespace() => {}
            c => out.push(Token::Sign(c)),
        }
        rest = &rest[length..];
    }
    out
}

fn is_statement(word: &str) -> bool {
    [
        "set", "with", "for", "macro", "endmacro", "call", "import", "from", "if", "elif",
        "include", "extends",
    ]
    .contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::theme::embedded;

    fn line(text: &str) -> Option<usize> {
        fault(&[("t.html", text)]).map(|(_, line)| line)
    }

    #[test]
    fn what_people_write_does_not_grow() {
        let embedded = embedded::templates();
        let embedded: Vec<(&str, &str)> =
            embedded.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        assert_eq!(fault(&embedded), None);
        for text in [
            "{% set title = title if title else title|default(page.title) %}".repeat(50),
            "{% set crumbs = [home, crumbs] %}".repeat(50),
            "{% set x = n * 10 %}{% set y = x * 2 %}{% set z = y * y * y %}".repeat(9),
            "{% for row in rows|batch(3)|slice(2) %}{{ m([row.a, row.b], x=row) }}{% endfor %}".into(),
            "{% macro tree(items) %}{% for i in items %}{{ tree(i.children) }}{% endfor %}{% endmacro %}"
                .into(),
            "{% set a = a ~ '[' ~ b ~ ']' %}".repeat(90),
            "{% set n = n + 1 %}{% set all = all|chain(b) + [n] %}".repeat(90),
            "{% macro table(rows) %}{% for row in rows %}{{ cell([row, row.a]) }}{% endfor %}\
             {% endmacro %}{% for row in data %}{{ table([row.a, row.b]) }}{% endfor %}"
                .into(),
            "{% set rows = [[a, b], [c, d], [e, f]] %}{% set all = [rows, rows] %}".into(),
        ] {
            assert_eq!(line(&text), None, "{text}");
        }
    }

    #[test]
    fn what_holds_itself_again_and_again_is_found() {
        for text in [
            "{% set s = [s, s] %}",
            "{% set s = {'a': s, 'b': s} %}",
            "{% set s = (s, s) %}",
            "{% set s = dict(a=s, b=s) %}",
            "{% set t = s %}{% set s = [t, s] %}",
            "{% set s = [s] * 9 %}",
            "{% set s = s + s %}",
            "{% set n.s = n.s + n.s %}",
            "{% set s = s|chain(s) %}",
            "{% set s = s|zip(s)|list %}",
            "{% set s = [s]|batch(9, s) %}",
            "{% set s = s|map(attribute='x', default=s)|list %}",
            "{% with s = [s, s], t = 1 %}{% include 't.html' %}{% endwith %}",
            "{% for s in [[s, s]] %}{% include 't.html' %}{% endfor %}",
            "{% macro m(x, n) %}{{ m([x, x], n - 1) }}{% endmacro %}",
            "{% for x in a recursive %}{{ loop([x, x]) }}{% endfor %}",
            "{%- set d = {'a': [d.a, d.a]} -%}",
            "{% if a == [b, b] %}{% set b = [b, b] %}{% endif %}",
        ] {
            assert!(line(&format!("a\n{}", text.repeat(40))).is_some(), "{text}");
        }
        let two = [
            ("a", "{% set s = [t, t] %}{% include 'b' %}"),
            ("b", "{% set t = [s, s] %}{% include 'a' %}"),
        ];
        assert!(fault(&two).is_some());
    }
}
