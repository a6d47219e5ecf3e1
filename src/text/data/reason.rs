//! Why a text is no YAML, in the words of somebody who wrote a page.

use super::SyntaxError;
use crate::text::span::Span;
use granit_parser::ErrorKind;

/// The reason for what the YAML reader refuses at a byte.
pub(super) fn scan(kind: &ErrorKind, text: &str, at: usize) -> SyntaxError {
    use ErrorKind as E;
    let at = floor(text, at);
    let span = at..at + 1;
    let say = |message: &str, help: &str| SyntaxError::new(message, span.clone()).help(help);
    match kind {
        E::UnexpectedCharacter { character } => sign(*character, "nothing", text, span),
        E::DirectiveDisallowed | E::MissingDirectiveName | E::InvalidDirectiveName => {
            sign('%', "a directive", text, span)
        }
        E::MissingAnchorOrAliasName | E::UnknownAnchor => {
            let first = text[at..].chars().next().filter(|c| matches!(c, '&' | '*'));
            sign(first.unwrap_or('*'), "an anchor or alias", text, span)
        }
        E::MappingValueNotAllowed | E::InvalidColonPlacement | E::InvalidMappingValueWhitespace => {
            second_colon(text, span)
        }
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => say("a tab stands where only blanks may", "indent with blanks"),
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => say(
            "the quotation mark is never closed",
            "close it at the end of the value; inside double quotes write `\\\"`, inside single \
             ones `''`",
        ),
        E::InvalidTrailingDoubleQuotedScalar | E::InvalidTrailingSingleQuotedScalar => say(
            "text follows the closing quotation mark",
            "put quotes around the whole value; inside double quotes write `\\\"`, inside single \
             ones `''`",
        ),
        E::UnclosedFlowCollection { .. }
        | E::MismatchedFlowCollectionEnd { .. }
        | E::MisplacedFlowCollectionEnd
        | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping
        | E::ExpectedFlowMappingSeparator
        | E::ExpectedFlowSequenceSeparator
        | E::BlockEntryInFlowCollection
        | E::FlowMappingValueAdjacentCollection
        | E::PlainScalarStartsWithDashFlowIndicator
        | E::InvalidFlowScalarIndent => say(
            "the brackets do not fit: one is missing, or a comma is",
            "write `[a, b]`, and put quotes around text that holds brackets or commas",
        ),
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidLowSurrogateHexEscape
        | E::InvalidLowSurrogate
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate
        | E::InvalidUnicodeEscape => say(
            "a backslash inside double quotes begins an escape that does not exist",
            "write `\\\\` for a backslash, or use single quotes",
        ),
        E::CommentInterceptedScalar | E::CommentNotSeparated => say(
            "YAML takes what begins with `#` for a comment, and the text goes on after it",
            "put quotes around the whole value",
        ),
        E::RecursionLimitExceeded => say("this is nested too deeply", "make it flatter"),
        E::TooManyComments => say("there are too many comments in a row", "remove some"),
        E::ExpectedDocumentStart | E::InvalidDocumentEnd | E::MissingDocumentEndBeforeDirective => {
            second_document(span)
        }
        E::ZeroBlockScalarIndent | E::InvalidBlockScalarHeader | E::InvalidBlockScalarIndent => {
            say(
                "a text that begins with `|` or `>` stands on the lines below it, indented",
                "move the text to the next line and indent it, or put quotes around it",
            )
        }
        E::SimpleKeyExpected | E::InvalidSimpleKey | E::ExpectedBlockMappingKey => say(
            "this line has no key, or is not aligned with the lines above",
            "write `key: value`, with keys that belong together in one column; indent the second \
             line of a long value, or put quotes around the value",
        ),
        E::UndeclaredTagHandle
        | E::ExpectedTagBang
        | E::InvalidTagTerminator
        | E::InvalidGlobalTagCharacter
        | E::MissingTagUri
        | E::UnclosedVerbatimTag
        | E::InvalidTagEscape
        | E::InvalidTagUtf8LeadingByte
        | E::InvalidTagUtf8TrailingByte
        | E::InvalidTagUtf8 => sign('!', "a tag", text, span),
        E::BomInsideDocument => {
            say("an invisible mark (U+FEFF) stands inside the data", "remove it")
        }
        _ => say(
            "this line does not fit to the lines around it",
            "align keys that belong together, begin each item of a list with `- `, and put quotes \
             around text that holds `: ` or ` #`",
        ),
    }
}

/// A value begins with a sign that means something else to YAML.
pub(super) fn sign(sign: char, what: &str, text: &str, span: Span) -> SyntaxError {
    let start = floor(text, span.start);
    let line = text[start..].lines().next().unwrap_or("");
    let before = &text[text[..start].rfind('\n').map_or(0, |newline| newline + 1)..start];
    let inside = before.matches(['[', '{']).count() > before.matches([']', '}']).count();
    let end = if inside { line.find([',', ']', '}']).unwrap_or(line.len()) } else { line.len() };
    let line = &line[..end];
    let message = match what {
        "nothing" => format!("a value cannot begin with `{}`", sign.escape_debug()),
        _ => format!("YAML takes `{sign}` for the beginning of {what}"),
    };
    SyntaxError::new(message, start..start + line.trim_end().len().max(1)).help(quote(line))
}

/// `title: a: b`.
fn second_colon(text: &str, span: Span) -> SyntaxError {
    let start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or("").trim_start().trim_start_matches("- ");
    let help = match line.split_once(": ") {
        Some((key, value)) if value.contains(':') && !value.starts_with(['"', '\'']) => {
            format!("put quotes around the value: `{key}: {}`", quoted(value))
        }
        _ => "align the keys, and put quotes around text that holds `: `".to_string(),
    };
    SyntaxError::new("a second `: ` on the line, where no key can begin", span).help(help)
}

/// Data end where a second document begins.
pub(super) fn second_document(span: Span) -> SyntaxError {
    SyntaxError::new("what follows this line would be a second document", span)
        .help("remove the line, or put quotes around it")
}

fn quote(line: &str) -> String {
    match line.trim_end() {
        "" => "put quotes around the value".into(),
        value => format!("put quotes around it: `{}`", quoted(value)),
    }
}

/// A value in the quotes that need no escape.
fn quoted(value: &str) -> String {
    let value = value.trim();
    match value.contains(['"', '\\']) {
        true => format!("'{}'", value.replace('\'', "''")),
        false => format!("\"{value}\""),
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
