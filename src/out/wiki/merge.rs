//! Three texts: what was published, what the book says now, and what the wiki holds.

use diffy::{DiffOptions, Line};

/// Both changes of one text; `None` where they are at the same lines.
pub fn merge(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let [base, mine, yours] = [base, ours, theirs].map(whole);
    let mut merged = diffy::merge(&base, &mine, &yours).ok()?;
    if !ours.ends_with('\n') && !theirs.ends_with('\n') {
        merged.truncate(merged.trim_end_matches('\n').len());
    }
    Some(merged)
}

/// A text whose last line has an end.
fn whole(text: &str) -> String {
    if text.ends_with('\n') || text.is_empty() { text.into() } else { format!("{text}\n") }
}

/// A change in the form of `diff -u`, whole. The names stand in its first lines.
pub fn patch(names: [&str; 2], before: &str, after: &str) -> String {
    let (before, after) = (whole(before), whole(after));
    let mut options = DiffOptions::new();
    let lines = names.map(|name| name.replace(['\n', '\r'], " "));
    options.set_original_filename(lines[0].clone()).set_modified_filename(lines[1].clone());
    options.create_patch(&before, &after).to_string()
}

/// How unlike two texts are: the number of lines that only one of them has.
pub fn distance(a: &str, b: &str) -> usize {
    let mut options = DiffOptions::new();
    let patch = options.set_context_len(0).create_patch(a, b);
    patch.hunks().iter().map(|hunk| hunk.lines().len()).sum()
}

/// A change for readers, a line for each place: what went in `[-...-]`, what came in
/// `{+...+}`, with a few words around. No changed word is left out.
pub fn spoken(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (whole(before), whole(after));
    let mut options = DiffOptions::new();
    let patch = options.set_context_len(0).create_patch(&before, &after);
    let mut out = Vec::new();
    for hunk in patch.hunks() {
        let (mut gone, mut come) = (String::new(), String::new());
        for line in hunk.lines() {
            match line {
                Line::Delete(text) => gone.push_str(text),
                Line::Insert(text) => come.push_str(text),
                Line::Context(_) => {}
            }
        }
        out.extend(words(&gone, &come).lines().map(str::to_string));
    }
    out
}

/// So many words around a change are shown.
const AROUND: usize = 6;

/// The change between two texts, word by word.
fn words(gone: &str, come: &str) -> String {
    if gone.trim().is_empty() || come.trim().is_empty() {
        let mark = |text: &str, open: &str, close: &str| -> String {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            lines.map(|line| format!("{open}{}{close}\n", line.trim())).collect()
        };
        return mark(gone, "[-", "-]") + &mark(come, "{+", "+}");
    }
    let list = |text: &str| -> String {
        text.split_whitespace().map(|word| format!("{word}\n")).collect()
    };
    let (gone, come) = (list(gone), list(come));
    let mut options = DiffOptions::new();
    let patch = options.set_context_len(AROUND).create_patch(&gone, &come);
    let mut out = String::new();
    for hunk in patch.hunks() {
        let mut runs: Vec<(char, Vec<&str>)> = Vec::new();
        for line in hunk.lines() {
            let (kind, word) = match line {
                Line::Delete(word) => ('-', word),
                Line::Insert(word) => ('+', word),
                Line::Context(word) => (' ', word),
            };
            match runs.last_mut().filter(|(last, _)| *last == kind) {
                Some((_, words)) => words.push(word.trim_end()),
                None => runs.push((kind, vec![word.trim_end()])),
            }
        }
        let runs = runs.iter().map(|(kind, words)| match kind {
            '-' => format!("[-{}-]", words.join(" ")),
            '+' => format!("{{+{}+}}", words.join(" ")),
            _ => words.join(" "),
        });
        out.push_str(&runs.collect::<Vec<_>>().join(" "));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_at_different_lines_go_together() {
        let base = "a\nb\nc\nd\ne\n";
        assert_eq!(merge(base, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n").unwrap(), "A\nb\nc\nd\nE\n");
        assert_eq!(merge(base, "A\nb\nc\nd\ne\n", "x\nb\nc\nd\ne\n"), None);
        // The same change on both sides is one.
        assert_eq!(merge("a\nb", "a\nc", "a\nc").unwrap(), "a\nc");
        assert_eq!(merge("a\n\nb", "a\n\nb", "a\n\nb\n\nmine").unwrap(), "a\n\nb\n\nmine");
    }

    #[test]
    fn what_changed_is_said_in_whole_words() {
        let long = "word ".repeat(60);
        let said = spoken(&format!("{long}old end.\n"), &format!("{long}new end.\nMore.\n"));
        assert_eq!(said, ["word word word word word word [-old-] {+new+} end. {+More.+}"]);
        let sentence = "Somebody said ".repeat(20);
        assert_eq!(
            spoken("a\n", &format!("a\n\n{sentence}\n")),
            [format!("{{+{}+}}", sentence.trim())]
        );
    }
}
