//! What goes wrong in a template, in the words of a theme author.

use minijinja::ErrorKind;
use std::collections::BTreeSet;
use std::error::Error as _;
use std::fmt;
use std::ops::{Deref, Range};

/// The kinds of mistakes in templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThemeErrorKind {
    /// The template cannot be parsed.
    Syntax,
    /// A template that is named does not exist.
    MissingTemplate,
    /// A field or variable that does not exist is printed or walked through.
    Undefined,
    /// A filter, function, test or method that does not exist.
    UnknownName,
    /// The template works for too long.
    OutOfFuel,
    /// Templates or macros call each other too deeply.
    TooDeep,
    /// The page grows too long.
    TooLong,
    /// Anything else.
    Other,
}

/// A mistake in a template; its fields are those of [`Details`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeError(Box<Details>);

impl Deref for ThemeError {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

/// What is known about a mistake in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// What kind of mistake.
    pub kind: ThemeErrorKind,
    /// The template that holds the mistake, such as `page.html`.
    pub template: String,
    /// Whether that template is a file of the book rather than an embedded one.
    pub overridden: bool,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The bytes of `source` that are meant.
    pub range: Option<Range<usize>>,
    /// The template's text.
    pub source: Option<String>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The values at hand at that place, one a line: `page = {title: "Sign-in", ...}`.
    pub values: Vec<String>,
    /// The templates through which that one was reached, outermost first, as `name:line`.
    pub through: Vec<String>,
    /// How to put it right.
    pub help: Option<String>,
}

impl ThemeError {
    pub(super) fn plain(template: &str, kind: ThemeErrorKind, message: &str) -> ThemeError {
        ThemeError(Box::new(Details {
            kind,
            template: template.into(),
            overridden: false,
            line: None,
            range: None,
            source: None,
            message: message.into(),
            values: Vec::new(),
            through: Vec::new(),
            help: None,
        }))
    }

    pub(super) fn too_long(template: &str, most: usize) -> ThemeError {
        let message = format!("the page grew beyond {} MiB", most >> 20);
        ThemeError::plain(template, ThemeErrorKind::TooLong, &message)
    }

    pub(super) fn out_of_bounds(
        name: &str,
        text: &str,
        line: usize,
        (message, help): (&str, &str),
    ) -> ThemeError {
        let mut error = ThemeError::plain(name, ThemeErrorKind::TooDeep, message);
        error.0.overridden = true;
        error.0.line = Some(line);
        error.0.source = Some(text.into());
        error.0.help = Some(help.into());
        error
    }

    pub(super) fn reserved(name: &str) -> ThemeError {
        let message = "the folder `default` is kept for the embedded templates";
        let mut error = ThemeError::plain(name, ThemeErrorKind::Other, message);
        error.0.overridden = true;
        error.0.help = Some("move the file to another folder".into());
        error
    }

    /// From the engine's error, found while `template` was parsed or rendered.
    pub(super) fn new(
        template: &str,
        error: minijinja::Error,
        overridden: &BTreeSet<String>,
        text: Option<&str>,
    ) -> ThemeError {
        let mut chain = vec![&error];
        while let Some(next) = chain[chain.len() - 1].source() {
            let Some(next) = next.downcast_ref::<minijinja::Error>() else { break };
            chain.push(next);
        }
        // The innermost error knows what happened. Those around it tell the way there.
        let innermost = chain[chain.len() - 1];
        let placed = chain.iter().rposition(|e| e.name().is_some());
        let at = placed.map_or(innermost, |i| chain[i]);
        let name = at.name().unwrap_or(template).to_string();
        let mut through: Vec<String> = chain[..placed.unwrap_or(0)]
            .iter()
            .filter_map(|e| Some(format!("{}:{}", e.name()?, e.line()?)))
            .collect();
        through.dedup();
        through.truncate(8);

        let kind = kind_of(innermost);
        ThemeError(Box::new(Details {
            kind,
            overridden: overridden.contains(&name),
            template: name,
            line: at.line(),
            range: at.range(),
            source: at.template_source().or(text).map(str::to_string),
            message: message(kind, innermost),
            values: values(&at.display_debug_info().to_string()),
            through,
            help: help(kind),
        }))
    }

    /// The piece of the template that is meant.
    pub fn excerpt(&self) -> Option<String> {
        let source = self.source.as_deref()?;
        self.range.clone().and_then(|range| source.get(range)).map(str::to_string)
    }
}

fn kind_of(error: &minijinja::Error) -> ThemeErrorKind {
    let detail = error.detail().unwrap_or_default();
    match error.kind() {
        _ if detail.contains("recursion limit") => ThemeErrorKind::TooDeep,
        ErrorKind::SyntaxError | ErrorKind::BadEscape | ErrorKind::InvalidDelimiter => {
            ThemeErrorKind::Syntax
        }
        ErrorKind::TemplateNotFound => ThemeErrorKind::MissingTemplate,
        ErrorKind::UndefinedError => ThemeErrorKind::Undefined,
        ErrorKind::UnknownFilter
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownTest
        | ErrorKind::UnknownMethod
        | ErrorKind::UnknownBlock => ThemeErrorKind::UnknownName,
        ErrorKind::OutOfFuel => ThemeErrorKind::OutOfFuel,
        _ => ThemeErrorKind::Other,
    }
}

fn message(kind: ThemeErrorKind, error: &minijinja::Error) -> String {
    match kind {
        ThemeErrorKind::OutOfFuel => "the template works for too long on one page".into(),
        ThemeErrorKind::TooDeep => "templates or macros call each other too deeply".into(),
        _ => match error.detail() {
            Some(detail) if kind == ThemeErrorKind::Undefined => detail.to_string(),
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        },
    }
}

fn help(kind: ThemeErrorKind) -> Option<String> {
    let help = match kind {
        ThemeErrorKind::Undefined => "ask with `{% if %}` first where a value may be missing",
        ThemeErrorKind::OutOfFuel => "look for a loop within a loop over long lists",
        ThemeErrorKind::TooDeep => "look for a template that includes or extends itself",
        ThemeErrorKind::MissingTemplate => {
            "embedded templates can be named as they are or with `default/` in front"
        }
        _ => return None,
    };
    Some(help.into())
}

/// Shortens the engine's dump of variables to one line for each: maps show their keys.
fn values(dump: &str) -> Vec<String> {
    const INDENT: usize = 4;
    let Some((_, dump)) = dump.split_once("Referenced variables: {\n") else { return Vec::new() };
    let mut values: Vec<String> = Vec::new();
    for line in dump.lines().take_while(|line| line.starts_with(' ')) {
        let depth = (line.len() - line.trim_start().len()) / INDENT;
        let line = line.trim();
        match (depth, values.last_mut()) {
            (1, _) if line.starts_with(['}', ']']) => {}
            (1, _) => values.push(line.trim_end_matches(',').replacen(": ", " = ", 1)),
            (2, Some(value)) if !line.starts_with(['}', ']', ')']) => {
                if !value.ends_with(['{', '[', '(']) {
                    value.push_str(", ");
                }
                let line = line.trim_end_matches(',');
                match line.strip_suffix(['{', '[']) {
                    Some(start) if line.ends_with('{') => *value += &format!("{start}{{…}}"),
                    Some(start) => *value += &format!("{start}[…]"),
                    None => *value += line,
                }
            }
            _ => {}
        }
    }
    for value in &mut values {
        let close = match value.split_once(" = ").and_then(|(_, v)| v.chars().next()) {
            Some('{') if !value.ends_with('}') || value.ends_with("{…}") => "}",
            Some('[') if !value.ends_with(']') || value.ends_with("[…]") => "]",
            _ => "",
        };
        value.push_str(close);
    }
    values
}

impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.template)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(excerpt) = self.excerpt() {
            write!(f, "\n  in `{excerpt}`")?;
        }
        for value in &self.values {
            write!(f, "\n  with {value}")?;
        }
        if !self.through.is_empty() {
            write!(f, "\n  reached through {}", self.through.join(", "))?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ThemeError {}
