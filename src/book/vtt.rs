//! WebVTT: what is said in a recording and when, and its chapters.

use crate::text::span::Span;

/// A cue: some text and the time in which it is shown. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// When it begins.
    pub start: u64,
    /// When it ends.
    pub end: u64,
    /// Who speaks.
    pub voice: Option<String>,
    /// What is said, without markup, in one line.
    pub text: String,
}

/// Something that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
    /// How to mend it.
    pub help: Option<&'static str>,
}

const TIMES: &str = "write for example `00:01.000 --> 00:04.500`";

/// Reads a file. What cannot be read is reported and left out.
pub fn parse(text: &str) -> (Vec<Cue>, Vec<Problem>) {
    let mut cues: Vec<Cue> = Vec::new();
    let mut found = Vec::new();
    let head = text.lines().next().unwrap_or("");
    let head = head.strip_prefix('\u{feff}').unwrap_or(head).trim_end();
    if head != "WEBVTT" && !head.starts_with("WEBVTT ") && !head.starts_with("WEBVTT\t") {
        found.push(Problem {
            message: "the file does not begin with `WEBVTT`".into(),
            span: 0..text.lines().next().unwrap_or("").len(),
            help: Some("write `WEBVTT` in the first line, and an empty line below it"),
        });
        return (cues, found);
    }
    for block in blocks(text).into_iter().skip(1) {
        let first = block[0].1.trim();
        let is = |word: &str| first == word || first.starts_with(&format!("{word} "));
        if is("NOTE") || is("STYLE") || is("REGION") {
            continue;
        }
        let Some(at) = block.iter().take(2).position(|(_, line)| line.contains("-->")) else {
            let (start, line) = block[0];
            found.push(Problem {
                message: "this cue has no line with its times".into(),
                span: start..start + line.len(),
                help: Some(TIMES),
            });
            continue;
        };
        let (start, line) = block[at];
        match times(line, start) {
            Ok((from, to)) => {
                if cues.last().is_some_and(|last| last.start > from) {
                    found.push(Problem {
                        message: "this cue begins before the one above it".into(),
                        span: start..start + line.len(),
                        help: Some("put the cues in the order of their times"),
                    });
                }
                let said: Vec<&str> = block[at + 1..].iter().map(|(_, line)| *line).collect();
                let (voice, text) = plain(&said.join(" "));
                if !text.is_empty() {
                    cues.push(Cue { start: from, end: to, voice, text });
                }
            }
            Err(problem) => found.push(problem),
        }
    }
    cues.sort_by_key(|cue| cue.start);
    (cues, found)
}

/// The lines of each block with their offsets; blocks are parted by empty lines.
fn blocks(text: &str) -> Vec<Vec<(usize, &str)>> {
    let mut out: Vec<Vec<(usize, &str)>> = Vec::new();
    let mut open = false;
    let mut at = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        match (line.trim().is_empty(), open) {
            (true, _) => open = false,
            (false, true) => {
                if let Some(block) = out.last_mut() {
                    block.push((at, line));
                }
            }
            (false, false) => {
                out.push(vec![(at, line)]);
                open = true;
            }
        }
        at += whole.len();
    }
    out
}

fn times(line: &str, base: usize) -> Result<(u64, u64), Problem> {
    let arrow = line.find("-->").unwrap_or(line.len());
    let after = (arrow + 3).min(line.len());
    let rest = line[after..].trim_start();
    let word = rest.split_whitespace().next().unwrap_or("");
    let problem = |part: &str, offset: usize| Problem {
        message: format!("`{part}` is no time"),
        span: base + offset..base + offset + part.len(),
        help: Some(TIMES),
    };
    let left = line[..arrow].trim();
    let left_at = line.len() - line.trim_start().len();
    let from = time(left).ok_or_else(|| problem(left, left_at))?;
    let to = time(word).ok_or_else(|| problem(word, line.len() - rest.len()))?;
    match to > from {
        true => Ok((from, to)),
        false => Err(Problem {
            message: "this cue ends before it begins".into(),
            span: base..base + line.len(),
            help: None,
        }),
    }
}

/// Reads `mm:ss.mmm` or `hh:mm:ss.mmm`.
fn time(text: &str) -> Option<u64> {
    let digits = |part: &str, length: usize| {
        let proper = part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        proper.then(|| part.parse::<u64>().ok()).flatten()
    };
    let (clock, millis) = text.split_once('.')?;
    let millis = digits(millis, 3)?;
    let mut parts = clock.rsplit(':');
    let seconds = digits(parts.next()?, 2).filter(|s| *s < 60)?;
    let minutes = digits(parts.next()?, 2).filter(|m| *m < 60)?;
    let hours = match parts.next() {
        Some(hours) if (2..=6).contains(&hours.len()) => digits(hours, hours.len())?,
        Some(_) => return None,
        None => 0,
    };
    parts.next().is_none().then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + millis)
}

/// Text without its tags; `<v Name>` says who speaks.
fn plain(text: &str) -> (Option<String>, String) {
    let mut voice = None;
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('>') else {
            rest = "";
            break;
        };
        let tag = &rest[open + 1..open + close];
        let (name, said) = tag.split_once([' ', '\t']).unwrap_or((tag, ""));
        if (name == "v" || name.starts_with("v.")) && voice.is_none() {
            voice = Some(entities(said.trim())).filter(|name| !name.is_empty());
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    let words: Vec<String> = out.split_whitespace().map(str::to_string).collect();
    (voice, entities(&words.join(" ")).trim().to_string())
}

fn entities(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&lrm;", ""), ("&rlm;", ""), ("&amp;", "&")]
        .iter()
        .fold(text.to_string(), |text, (name, value)| text.replace(name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cues_are_read() {
        let text = "\u{feff}WEBVTT - a talk\r\n\r\nNOTE hidden\r\nmore\r\n\r\n1\r\n00:01.000 --> 00:04.500 align:start\r\n\
                    <v.loud Ada>What can <i>go</i>\r\nwrong &amp; why?\r\n\r\n01:00:00.250 --> 01:00:02.000\r\nPlain\r\n";
        let (cues, found) = parse(text);
        assert_eq!(found, []);
        assert_eq!(
            cues,
            [
                Cue {
                    start: 1000,
                    end: 4500,
                    voice: Some("Ada".into()),
                    text: "What can go wrong & why?".into()
                },
                Cue { start: 3_600_250, end: 3_602_000, voice: None, text: "Plain".into() },
            ]
        );
    }

    #[test]
    fn mistakes_have_places() {
        let at = |text: &str| {
            let (_, found) = parse(text);
            found.iter().map(|p| text[p.span.clone()].to_string()).collect::<Vec<_>>()
        };
        assert_eq!(at("WEBVT\n"), ["WEBVT"]);
        assert_eq!(at("WEBVTT\n\n0:01.000 --> 00:04.500\nx\n"), ["0:01.000"]);
        assert_eq!(at("WEBVTT\n\n00:01.000 --> 00:04,500\nx\n"), ["00:04,500"]);
        assert_eq!(at("WEBVTT\n\n00:05.000 --> 00:04.500\nx\n"), ["00:05.000 --> 00:04.500"]);
        assert_eq!(at("WEBVTT\n\nno times\nx\n"), ["no times"]);
        let out_of_order = "WEBVTT\n\n00:05.000 --> 00:06.000\na\n\n00:01.000 --> 00:02.000\nb\n";
        assert_eq!(at(out_of_order), ["00:01.000 --> 00:02.000"]);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_spans_lie_in_the_text(text in "\\PC{0,200}") {
            for text in [text.clone(), format!("WEBVTT\n\n{text}"), format!("WEBVTT\n\n00:01.000 --> {text}")] {
                for problem in parse(&text).1 {
                    prop_assert!(text.get(problem.span).is_some());
                }
            }
        }

        #[test]
        fn what_is_written_is_read(cues in proptest::collection::vec((0u64..100_000_000, 1u64..100_000, "[a-z]{1,9}( [a-z]{1,9}){0,3}"), 0..20)) {
            let mut cues: Vec<Cue> = cues.into_iter()
                .map(|(start, length, text)| Cue { start, end: start + length, voice: None, text })
                .collect();
            cues.sort_by_key(|cue| cue.start);
            let clock = |t: u64| format!("{:02}:{:02}:{:02}.{:03}", t / 3_600_000, t / 60_000 % 60, t / 1000 % 60, t % 1000);
            let file: String = cues.iter()
                .map(|cue| format!("{} --> {}\n{}\n\n", clock(cue.start), clock(cue.end), cue.text))
                .collect();
            let (read, found) = parse(&format!("WEBVTT\n\n{file}"));
            prop_assert_eq!(found, vec![]);
            prop_assert_eq!(read, cues);
        }
    }
}
