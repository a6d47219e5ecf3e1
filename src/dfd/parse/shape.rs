//! The brackets of a node and what they say about its kind.

use super::label::decode;
use super::scan::{Parsed, Scanner, is_space};
use crate::dfd::model::{Kind, Problem};

/// What a shape says about the kind of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    Store,
    Process,
    /// Rectangles and the rest: depends on the place.
    None,
}

/// Opening bracket, closing brackets, hint; longer openings first.
const BRACKETS: &[(&str, &[&str], Hint)] = &[
    ("(((", &[")))"], Hint::Process),
    ("((", &["))"], Hint::Process),
    ("([", &["])"], Hint::Process),
    ("(-", &["-)"], Hint::Process),
    ("(", &[")"], Hint::Process),
    ("[[", &["]]"], Hint::None),
    ("[(", &[")]"], Hint::Store),
    ("[/", &["/]", "\\]"], Hint::None),
    ("[\\", &["\\]", "/]"], Hint::None),
    ("[|", &["]"], Hint::None),
    ("[", &["]"], Hint::None),
    ("{{", &["}}"], Hint::None),
    ("{", &["}"], Hint::None),
    (">", &["]"], Hint::None),
];

/// Names for `@{ shape: ... }` that mean storage.
const STORES: &[&str] = &[
    "bow-rect",
    "cyl",
    "cylinder",
    "das",
    "database",
    "datastore",
    "data-store",
    "db",
    "disk",
    "h-cyl",
    "horizontal-cylinder",
    "lin-cyl",
    "lined-cylinder",
    "stored-data",
    "win-pane",
    "internal-storage",
    "window-pane",
];

/// Names that mean a round shape.
const ROUND: &[&str] = &[
    "circ",
    "circle",
    "dbl-circ",
    "double-circle",
    "ellipse",
    "event",
    "pill",
    "rounded",
    "stadium",
    "terminal",
];

/// The other names that Mermaid knows.
const OTHERS: &[&str] = &[
    "anchor",
    "bang",
    "bolt",
    "bow-tie-rectangle",
    "brace",
    "brace-l",
    "brace-r",
    "braces",
    "card",
    "cloud",
    "collate",
    "com-link",
    "comment",
    "cross-circ",
    "crossed-circle",
    "curv-trap",
    "curved-trapezoid",
    "decision",
    "delay",
    "diam",
    "diamond",
    "display",
    "div-proc",
    "div-rect",
    "divided-process",
    "divided-rectangle",
    "doc",
    "docs",
    "document",
    "documents",
    "extract",
    "f-circ",
    "filled-circle",
    "flag",
    "flip-tri",
    "flipped-triangle",
    "fork",
    "fr-circ",
    "fr-rect",
    "framed-circle",
    "framed-rectangle",
    "half-rounded-rectangle",
    "hex",
    "hexagon",
    "hourglass",
    "icon",
    "in-out",
    "inv-trapezoid",
    "inv_trapezoid",
    "join",
    "junction",
    "lean-l",
    "lean-left",
    "lean-r",
    "lean-right",
    "lean_left",
    "lean_right",
    "lightning-bolt",
    "lin-doc",
    "lin-proc",
    "lin-rect",
    "lined-document",
    "lined-process",
    "lined-rectangle",
    "loop-limit",
    "manual",
    "manual-file",
    "manual-input",
    "notch-pent",
    "notch-rect",
    "notched-pentagon",
    "notched-rectangle",
    "odd",
    "out-in",
    "paper-tape",
    "prepare",
    "priority",
    "proc",
    "process",
    "processes",
    "procs",
    "rect",
    "rectangle",
    "shaded-process",
    "sl-rect",
    "sloped-rectangle",
    "sm-circ",
    "small-circle",
    "square",
    "st-doc",
    "st-rect",
    "stacked-document",
    "stacked-rectangle",
    "start",
    "stop",
    "subproc",
    "subprocess",
    "subroutine",
    "summary",
    "tag-doc",
    "tag-proc",
    "tag-rect",
    "tagged-document",
    "tagged-process",
    "tagged-rectangle",
    "text",
    "trap-b",
    "trap-t",
    "trapezoid",
    "trapezoid-bottom",
    "trapezoid-top",
    "tri",
    "triangle",
    "roundedRect",
    "squareRect",
];

/// Reads `[label]` and its relatives, if there is one here.
pub(super) fn brackets(scanner: &mut Scanner) -> Parsed<Option<(String, Hint)>> {
    let Some((open, closers, hint)) =
        BRACKETS.iter().find(|(open, ..)| scanner.rest().starts_with(open))
    else {
        return Ok(None);
    };
    let start = scanner.at;
    scanner.at += open.len();
    if *open == "[|" {
        // Properties before the label: `[|field: value|label]`.
        scanner.take_while(|c| c != '|' && c != '\n');
        scanner.eat("|");
    }
    let (label, _) = scanner.label(closers)?;
    if label.span.is_empty() {
        return Err(Problem::error(start..scanner.at, "the label is empty")
            .label("nothing to show")
            .help("write a label, or leave the brackets out"));
    }
    Ok(Some((label.text, *hint)))
}

/// What stands in `@{ ... }`.
#[derive(Default)]
pub(super) struct Data {
    pub label: Option<String>,
    pub hint: Option<Hint>,
}

/// Reads `@{ key: value, ... }`; the scanner stands behind `@{`.
pub(super) fn data(scanner: &mut Scanner) -> Parsed<Data> {
    let open = scanner.at - 2;
    let mut data = Data::default();
    loop {
        scanner.take_while(|c| is_space(c) || c == ',');
        if scanner.eat("}") {
            return Ok(data);
        }
        let start = scanner.at;
        let key = scanner.take_while(|c| c.is_alphanumeric() || c == '-' || c == '_');
        scanner.spaces();
        if key.is_empty() || !scanner.eat(":") {
            return Err(Problem::error(
                open..scanner.here().end,
                "`@{` is not closed or not clear",
            )
            .label("read up to here")
            .help("write `@{ shape: cyl, label: \"Orders\" }`"));
        }
        scanner.spaces();
        let value = if scanner.peek() == Some('"') {
            scanner.quoted()?.text
        } else {
            decode(scanner.take_while(|c| !matches!(c, ',' | '}' | '\n')), false)
        };
        match key {
            "label" if !value.is_empty() => data.label = Some(value),
            "shape" => {
                data.hint = Some(shape_hint(&value).ok_or_else(|| {
                    Problem::error(
                        start..scanner.at,
                        format!("no shape is called `{value}`"),
                    )
                    .label("unknown shape")
                    .help("use `rect` for an external entity, `rounded` for a process, `cyl` for a data store")
                })?);
            }
            _ => {}
        }
    }
}

fn shape_hint(name: &str) -> Option<Hint> {
    if STORES.contains(&name) {
        Some(Hint::Store)
    } else if ROUND.contains(&name) {
        Some(Hint::Process)
    } else {
        OTHERS.contains(&name).then_some(Hint::None)
    }
}

/// The kind that a class says.
pub(super) fn class_kind(class: &str) -> Option<Kind> {
    let class: String = class.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    Some(match class.as_str() {
        "external" | "externalentity" | "externalinteractor" | "entity" | "actor" | "user"
        | "person" => Kind::External,
        "process" | "service" | "app" | "application" => Kind::Process,
        "datastore" | "store" | "database" | "db" | "storage" => Kind::Store,
        _ => return None,
    })
}

/// The kind that a label begins with (`Data store: orders`), and the rest.
pub(super) fn label_kind(label: &str) -> Option<(Kind, &str)> {
    let (prefix, rest) = label.split_once(':')?;
    let rest = rest.trim_start();
    let word: String = prefix.to_lowercase().split_whitespace().collect();
    let kind = match word.as_str() {
        "external" | "externalentity" | "externalinteractor" | "entity" | "actor" => Kind::External,
        "process" => Kind::Process,
        "datastore" | "store" => Kind::Store,
        _ => return None,
    };
    (!rest.is_empty()).then_some((kind, rest))
}
