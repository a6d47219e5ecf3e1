//! Comments that readers made at words of a page. Confluence keeps them as markers in the
//! text, so a new text must have them at the same words.

use crate::text::markup::escaped;

/// A text with the markers of the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The text with markers.
    pub text: String,
    /// The words whose markers found no place.
    pub lost: Vec<String>,
}

/// A stretch of words between two tags.
struct Run {
    /// Which paragraph, item or cell it is in.
    block: usize,
    /// Its characters, each with its place in the source.
    chars: Vec<(char, usize)>,
    /// Where it ends in the source.
    end: usize,
}

#[derive(Default)]
struct Scan {
    runs: Vec<Run>,
    /// Markers: their number, their block, and the first and last character in it.
    markers: Vec<(String, usize, usize, usize)>,
}

const BLOCKS: [&str; 13] =
    ["p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"];
const MARKER: &str = "ac:inline-comment-marker";

/// Moves the markers of `old` to the same words in `new`.
pub fn keep(old: &str, new: &str) -> Kept {
    let before = scan(old);
    if before.markers.is_empty() {
        return Kept { text: new.to_string(), lost: Vec::new() };
    }
    let after = scan(new);
    let (old_blocks, new_blocks) = (blocks(&before), blocks(&after));
    let mut places: Vec<(usize, usize, String)> = Vec::new();
    let mut lost = Vec::new();
    for (reference, block, first, last) in &before.markers {
        let own: Vec<char> = old_blocks.get(*block).cloned().unwrap_or_default();
        let words: String = own.get(*first..*last).unwrap_or_default().iter().collect();
        let same = |candidates: &[Vec<char>], until: usize| {
            candidates.iter().take(until).filter(|text| **text == own).count()
        };
        // The same paragraph; of several, the one with as many before it.
        let number = same(&old_blocks, *block);
        let twin = new_blocks.iter().enumerate().filter(|(_, text)| **text == own).nth(number);
        let found = twin.map(|(at, _)| (at, *first)).or_else(|| only(&new_blocks, &words));
        let place = found.filter(|_| !words.trim().is_empty());
        let place = place.and_then(|(at, from)| source(&after, at, from, from + last - first));
        let free = |(from, to): &(usize, usize)| {
            places.iter().all(|(other, end, _)| to <= other || from >= end)
        };
        match place.filter(free) {
            Some((from, to)) => places.push((from, to, reference.clone())),
            None => lost.push(words),
        }
    }
    places.sort();
    let mut text = String::with_capacity(new.len() + places.len() * 100);
    let mut at = 0;
    for (from, to, reference) in places {
        text.push_str(&new[at..from]);
        let reference = escaped(&reference);
        text.push_str(&format!("<{MARKER} ac:ref=\"{reference}\">{}</{MARKER}>", &new[from..to]));
        at = to;
    }
    text.push_str(&new[at..]);
    Kept { text, lost }
}

/// The place of words that stand once in all blocks.
fn only(blocks: &[Vec<char>], words: &str) -> Option<(usize, usize)> {
    let words: Vec<char> = words.chars().collect();
    if words.len() < 6 {
        return None;
    }
    let mut found = blocks.iter().enumerate().flat_map(|(at, text)| {
        text.windows(words.len())
            .enumerate()
            .filter(|(_, window)| *window == words)
            .map(move |(from, _)| (at, from))
            .collect::<Vec<_>>()
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The place in the source of characters of a block, where no tag is between them.
fn source(scan: &Scan, block: usize, from: usize, to: usize) -> Option<(usize, usize)> {
    let mut start = 0;
    for run in scan.runs.iter().filter(|run| run.block == block) {
        let end = start + run.chars.len();
        if from >= start && to <= end && from < to {
            let first = run.chars[from - start].1;
            let last = run.chars.get(to - start).map_or(run.end, |(_, at)| *at);
            return Some((first, last));
        }
        start = end;
    }
    None
}

fn blocks(scan: &Scan) -> Vec<Vec<char>> {
    let count = scan.runs.iter().map(|run| run.block + 1).max().unwrap_or(0);
    let mut out = vec![Vec::new(); count];
    for run in &scan.runs {
        out[run.block].extend(run.chars.iter().map(|(c, _)| *c));
    }
    out
}

/// Reads words and markers. What Confluence sends is well-formed; of anything else the
/// rest is not read.
fn scan(xml: &str) -> Scan {
    let mut out = Scan::default();
    let mut block = 0;
    let mut length = 0;
    // Elements whose text readers do not see.
    let mut silent = 0_usize;
    let mut open: Vec<(String, usize, usize)> = Vec::new();
    let mut at = 0;
    while at < xml.len() {
        let rest = &xml[at..];
        if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            let Some(end) = inner.find("]]>") else { break };
            at += "<![CDATA[".len() + end + 3;
        } else if rest.starts_with('<') {
            let Some(end) = rest.find('>') else { break };
            let tag = &rest[1..end];
            let closing = tag.starts_with('/');
            let alone = tag.ends_with('/');
            let name =
                tag.trim_start_matches('/').split([' ', '/', '\n', '\t']).next().unwrap_or("");
            if matches!(name, "ac:parameter" | "ac:plain-text-body" | "ac:plain-text-link-body") {
                match (closing, alone) {
                    (true, _) => silent = silent.saturating_sub(1),
                    (false, false) => silent += 1,
                    _ => {}
                }
            }
            if BLOCKS.contains(&name) && length > 0 {
                block += 1;
                length = 0;
            }
            if name == MARKER {
                match closing {
                    false => {
                        let value = tag.split("ac:ref=\"").nth(1).and_then(|r| r.split('"').next());
                        open.push((decode(value.unwrap_or("")), block, length));
                    }
                    true => {
                        if let Some((reference, in_block, first)) = open.pop() {
                            let last = if in_block == block { length } else { first };
                            out.markers.push((reference, in_block, first, last));
                        }
                    }
                }
            }
            at += end + 1;
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            if silent == 0 {
                let chars = characters(&rest[..end], at);
                length += chars.len();
                out.runs.push(Run { block, chars, end: at + end });
            }
            at += end;
        }
    }
    out
}

/// Text with its entities resolved, each character with its place.
fn characters(text: &str, offset: usize) -> Vec<(char, usize)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let entity = text[at..].strip_prefix('&').and_then(|rest| {
            let end = rest.find(';').filter(|end| *end < 10)?;
            Some((entity(&rest[..end])?, end + 2))
        });
        let (c, length) = entity.unwrap_or((c, c.len_utf8()));
        out.push((c, offset + at));
        at += length;
    }
    out
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "rsquo" => '\u{2019}',
        "lsquo" => '\u{2018}',
        "rdquo" => '\u{201d}',
        "ldquo" => '\u{201c}',
        "ndash" => '\u{2013}',
        "mdash" => '\u{2014}',
        "hellip" => '\u{2026}',
        "nbsp" => '\u{a0}',
        "rarr" => '\u{2192}',
        "middot" => '\u{b7}',
        "times" => '\u{d7}',
        "auml" => '\u{e4}',
        "ouml" => '\u{f6}',
        "uuml" => '\u{fc}',
        "szlig" => '\u{df}',
        number => {
            let number = number.strip_prefix('#')?;
            let value = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(value)?
        }
    })
}

fn decode(text: &str) -> String {
    characters(text, 0).into_iter().map(|(c, _)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(words: &str) -> String {
        format!("<{MARKER} ac:ref=\"m-1\">{words}</{MARKER}>")
    }

    #[test]
    fn a_marker_stays_where_its_paragraph_is_unchanged() {
        let old = format!("<p>One.</p><p>Mind &amp; {} now &mdash; yes.</p>", marked("the gap"));
        let new = "<p>Other.</p><p>Mind &amp; the <b>x</b></p><p>Mind &amp; the gap now \u{2014} yes.</p>";
        let kept = keep(&old, new);
        assert_eq!(kept.lost, Vec::<String>::new());
        assert!(
            kept.text.contains(&format!("<p>Mind &amp; {} now", marked("the gap"))),
            "{}",
            kept.text
        );
    }

    #[test]
    fn words_that_stand_once_are_found_in_a_changed_paragraph() {
        let old = format!("<p>We lock {}.</p>", marked("the front door"));
        let kept = keep(&old, "<p>In the evening we lock the front door twice.</p>");
        assert!(kept.lost.is_empty() && kept.text.contains(&marked("the front door")));
    }

    #[test]
    fn what_is_gone_is_told() {
        let old = format!("<p>We lock {}.</p>", marked("the front door"));
        let kept = keep(&old, "<p>We lock nothing.</p>");
        assert_eq!(
            (kept.text.as_str(), kept.lost.as_slice()),
            ("<p>We lock nothing.</p>", &["the front door".to_string()][..])
        );
        // Tags in the middle: a marker cannot stand over them.
        let kept = keep(&old, "<p>We lock the <b>front</b> door.</p>");
        assert_eq!(kept.lost.len(), 1);
    }

    #[test]
    fn the_second_of_two_alike_stays_the_second() {
        let old = format!("<p>Same words</p><p>{} words</p>", marked("Same"));
        let kept = keep(&old, "<p>Same words</p><p>Same words</p>");
        assert_eq!(kept.text, format!("<p>Same words</p><p>{} words</p>", marked("Same")));
    }

    #[test]
    fn macros_and_broken_text_are_no_words() {
        let old = format!("<ac:parameter ac:name=\"t\">{}</ac:parameter>", marked("hidden text"));
        assert_eq!(keep(&old, "<p>hidden text</p>").lost.len(), 1);
        assert_eq!(keep("<p", "<p>x</p>").text, "<p>x</p>");
        assert_eq!(keep("<![CDATA[", "a").text, "a");
    }
}
