//! Quotations with a mark at their head: exercises, answers, speaker notes, questions.

use super::Writer;
use super::quiz::OpenQuiz;
use crate::book::page::body::{Hole, Label, token, without_tokens};
use crate::text::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::text::markup::escaped;
use crate::text::span::Span;
use pulldown_cmark::{BlockQuoteKind, Event, Tag, TagEnd};

/// Marks with a meaning of their own.
const MARKS: [&str; 4] = ["EXERCISE", "ANSWER", "QUIZ", "NOTES"];

/// Marks of alerts: first the five of code hosts, then those of Obsidian, each with its alert.
const ALERTS: [(&str, BlockQuoteKind); 29] = [
    ("NOTE", BlockQuoteKind::Note),
    ("TIP", BlockQuoteKind::Tip),
    ("IMPORTANT", BlockQuoteKind::Important),
    ("WARNING", BlockQuoteKind::Warning),
    ("CAUTION", BlockQuoteKind::Caution),
    ("ABSTRACT", BlockQuoteKind::Note),
    ("SUMMARY", BlockQuoteKind::Note),
    ("TLDR", BlockQuoteKind::Note),
    ("INFO", BlockQuoteKind::Note),
    ("TODO", BlockQuoteKind::Note),
    ("HINT", BlockQuoteKind::Tip),
    ("SUCCESS", BlockQuoteKind::Tip),
    ("CHECK", BlockQuoteKind::Tip),
    ("DONE", BlockQuoteKind::Tip),
    ("QUESTION", BlockQuoteKind::Note),
    ("HELP", BlockQuoteKind::Note),
    ("FAQ", BlockQuoteKind::Note),
    ("ATTENTION", BlockQuoteKind::Warning),
    ("FAILURE", BlockQuoteKind::Caution),
    ("FAIL", BlockQuoteKind::Caution),
    ("MISSING", BlockQuoteKind::Caution),
    ("DANGER", BlockQuoteKind::Caution),
    ("ERROR", BlockQuoteKind::Caution),
    ("BUG", BlockQuoteKind::Caution),
    ("EXAMPLE", BlockQuoteKind::Note),
    ("QUOTE", BlockQuoteKind::Note),
    ("CITE", BlockQuoteKind::Note),
    // What a site for others leaves out.
    ("INTERNAL", BlockQuoteKind::Important),
    ("RESTRICTED", BlockQuoteKind::Important),
];

/// Whether other programs open a box with this word that is known here.
pub(in crate::book::page) fn is_alert(word: &str) -> bool {
    alert_kind(&word.to_ascii_uppercase()).is_some()
}

/// The mark of a box that another program calls so, and its title where the mark has none.
pub(in crate::book::page) fn boxed(word: &str) -> (String, String) {
    let mark = word.to_ascii_uppercase();
    match mark.as_str() {
        "WARN" => ("WARNING".into(), String::new()),
        _ if is_alert(word) => (mark, String::new()),
        _ => ("NOTE".into(), crate::book::entry::capital(word)),
    }
}

fn alert_kind(word: &str) -> Option<BlockQuoteKind> {
    ALERTS.iter().find(|(mark, _)| *mark == word).map(|(_, kind)| *kind)
}

/// A quotation that is open.
pub(super) enum Quote {
    /// One without a mark.
    Plain,
    /// One that ends with this HTML.
    Ends(&'static str),
    /// A question.
    Quiz(OpenQuiz),
}

/// The mark at the head of a quotation.
struct Mark {
    word: String,
    /// Where the word stands.
    span: Span,
    /// Whether it can be folded, and is open at first: `[!FAQ]-`, `[!FAQ]+`.
    fold: Option<bool>,
    /// What follows it in its line.
    title: String,
    /// Where that stands.
    title_span: Span,
    /// First byte of the next line.
    end: usize,
}

/// Finds the mark of the quotation at `span`: `> [!WORD] title`.
fn find(text: &str, span: &Span) -> Option<Mark> {
    let line_end = text[span.clone()].find('\n').map_or(span.end, |at| span.start + at + 1);
    let line = &text[span.start..line_end];
    let inner = line.trim_start().strip_prefix('>')?.trim_start();
    let after = inner.strip_prefix("[!")?;
    let close = after.find(']')?;
    let word = &after[..close];
    if word.is_empty() || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let start = line_end - after.len();
    let mark_end = start + close + 1;
    let fold = match text.as_bytes().get(mark_end) {
        Some(b'-') => Some(false),
        Some(b'+') => Some(true),
        _ => None,
    };
    let title_start = mark_end + usize::from(fold.is_some());
    let title = text[title_start..line_end].trim();
    let lead = text[title_start..line_end].len() - text[title_start..line_end].trim_start().len();
    Some(Mark {
        word: word.to_ascii_uppercase(),
        span: start..start + close,
        fold,
        title: without_tokens(title).into_owned(),
        title_span: title_start + lead..title_start + lead + title.len(),
        end: line_end,
    })
}

impl Writer<'_> {
    /// Opens a quotation.
    pub(super) fn start_quote(&mut self, kind: Option<BlockQuoteKind>, span: Span) {
        self.depth += 1;
        self.fresh_line();
        let mark = match kind {
            Some(_) => None,
            None => find(&self.source.text, &span),
        };
        let quote = match (mark, kind) {
            (Some(mark), _) => self.marked(mark),
            (None, Some(kind)) => {
                self.push(&super::alert_open(kind));
                Quote::Ends("</div>\n")
            }
            (None, None) => {
                self.push("<blockquote>\n");
                Quote::Plain
            }
        };
        self.quotes.push(quote);
    }

    fn marked(&mut self, mark: Mark) -> Quote {
        let title = escaped(&mark.title);
        let named = |label: Label| match title.is_empty() {
            true => token(Hole::Label(label)),
            false => format!("{}: {title}", token(Hole::Label(label))),
        };
        let quote = match mark.word.as_str() {
            "EXERCISE" => {
                let name = named(Label::Exercise);
                self.draft().boxes += 1;
                self.push(&format!(
                    "<div class=\"exercise\" role=\"group\" aria-label=\"{name}\">\
                     <p class=\"callout-title\">{name}</p>\n"
                ));
                Quote::Ends("</div>\n")
            }
            "ANSWER" => {
                let name = named(Label::Answer);
                self.push(&format!("<details class=\"answer\"><summary>{name}</summary>\n<div>\n"));
                Quote::Ends("</div></details>\n")
            }
            "NOTES" => self.notes_of_slide(&mark),
            "QUIZ" => {
                let place = self.source.place(mark.span.clone());
                let start = self.draft().out.len();
                Quote::Quiz(OpenQuiz::new(mark.title.clone(), place, start))
            }
            word => match alert_kind(word) {
                Some(kind) => self.alert(kind, &mark),
                None => {
                    self.unknown_mark(&mark);
                    return Quote::Plain;
                }
            },
        };
        self.skip_until = mark.end;
        quote
    }

    fn unknown_mark(&mut self, mark: &Mark) {
        let known = MARKS.into_iter().chain(ALERTS.iter().map(|(mark, _)| *mark));
        let help = did_you_mean(&mark.word, known).unwrap_or_else(|| {
            "known are NOTE, TIP, IMPORTANT, WARNING, CAUTION, EXERCISE, ANSWER, QUIZ, NOTES and \
             the callouts of Obsidian"
                .into()
        });
        let place = self.source.place(mark.span.clone());
        let message = format!("`[!{}]` is not known and shown as text", mark.word);
        self.report(Diagnostic::new(Code::UnknownCallout, place, message).help(help));
        self.push("<blockquote>\n");
    }

    /// An alert with a title of its own, or one that can be folded.
    fn alert(&mut self, kind: BlockQuoteKind, mark: &Mark) -> Quote {
        let (class, label) = super::alert_class(kind);
        let common = ALERTS.iter().take(5).any(|(word, _)| *word == mark.word);
        let title = match (mark.title.as_str(), common) {
            ("", true) => token(Hole::Label(label)),
            ("", false) => {
                let (first, rest) = mark.word.split_at(1);
                format!("{first}{}", rest.to_lowercase())
            }
            (title, _) => escaped(title),
        };
        let Some(open) = mark.fold else {
            self.push(&format!(
                "<div class=\"alert alert-{class}\" role=\"note\"><p class=\"alert-title\">{title}</p>\n"
            ));
            return Quote::Ends("</div>\n");
        };
        let open = if open { " open" } else { "" };
        self.push(&format!(
            "<details class=\"alert alert-{class}\"{open}><summary class=\"alert-title\">{title}</summary>\n\
             <div>\n"
        ));
        Quote::Ends("</div></details>\n")
    }

    /// What the speaker says: beside the slide, or folded on an ordinary page.
    fn notes_of_slide(&mut self, mark: &Mark) -> Quote {
        let seconds = seconds(&mark.title);
        if seconds.is_none() && !mark.title.is_empty() {
            let place = self.source.place(mark.title_span.clone());
            let message = format!("`{}` is no time that a slide can take", mark.title);
            self.report(
                Diagnostic::new(Code::UnknownValue, place, message)
                    .help("write for example `[!NOTES] 3 min`, `90 s` or `1:30`"),
            );
        }
        let time = seconds
            .map_or_else(String::new, |seconds| format!(" ({}:{:02})", seconds / 60, seconds % 60));
        let name = token(Hole::Label(Label::Notes));
        if !self.form.slides {
            self.push(&format!(
                "<details class=\"speaker-notes\"><summary>{name}{time}</summary>\n<div>\n"
            ));
            return Quote::Ends("</div></details>\n");
        }
        let data = seconds.map_or_else(String::new, |s| format!(" data-seconds=\"{s}\""));
        self.push(&format!(
            "<div class=\"speaker-notes\" role=\"note\"{data}><p class=\"callout-title\">{name}{time}</p>\n"
        ));
        Quote::Ends("</div>\n")
    }

    /// Closes a quotation.
    pub(super) fn end_quote(&mut self) {
        self.depth -= 1;
        match self.quotes.pop() {
            Some(Quote::Quiz(quiz)) => self.end_quiz(quiz),
            Some(Quote::Ends(html)) => self.push(html),
            _ => self.push("</blockquote>\n"),
        }
    }

    /// Whether an event belongs to the line of a mark, which is no text.
    pub(super) fn is_skipped(&self, event: &Event<'_>, span: &Span) -> bool {
        let inline = !matches!(
            event,
            Event::Start(
                Tag::Paragraph
                    | Tag::BlockQuote(_)
                    | Tag::List(_)
                    | Tag::Item
                    | Tag::CodeBlock(_)
                    | Tag::Heading { .. }
                    | Tag::HtmlBlock
                    | Tag::Table(_)
            ) | Event::End(
                TagEnd::Paragraph
                    | TagEnd::BlockQuote(_)
                    | TagEnd::List(_)
                    | TagEnd::Item
                    | TagEnd::CodeBlock
                    | TagEnd::Heading(_)
                    | TagEnd::HtmlBlock
                    | TagEnd::Table
            )
        );
        inline && span.start < self.skip_until
    }
}

/// Reads a time: `3 min`, `90 s`, `1:30`.
fn seconds(text: &str) -> Option<u32> {
    let number = |text: &str| text.trim().parse::<u32>().ok();
    let total = match text.split_once(':') {
        Some((minutes, seconds)) => {
            number(minutes)?.checked_mul(60)?.checked_add(number(seconds).filter(|s| *s < 60)?)?
        }
        None => {
            let end = text.find(|c: char| !c.is_ascii_digit())?;
            let value = number(&text[..end])?;
            match text[end..].trim() {
                "s" | "sec" | "seconds" => value,
                "min" | "minutes" | "minute" => value.checked_mul(60)?,
                _ => return None,
            }
        }
    };
    Some(total).filter(|total| *total > 0 && *total < 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_slides() {
        for (text, expected) in [
            ("3 min", Some(180)),
            ("90 s", Some(90)),
            ("90s", Some(90)),
            ("1:30", Some(90)),
            ("1 minute", Some(60)),
            ("0:75", None),
            ("soon", None),
            ("3", None),
            ("0 s", None),
            ("99999999999 min", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn marks_at_the_head() {
        let text = "> > [!ANSWER] The list\n> > x\n";
        let mark = find(text, &(2..text.len())).unwrap();
        assert_eq!((mark.word.as_str(), mark.title.as_str()), ("ANSWER", "The list"));
        assert_eq!(&text[mark.span], "ANSWER");
        assert_eq!(&text[mark.title_span], "The list");
        let mark = find("> [!faq]- Why?\n", &(0..15)).unwrap();
        assert_eq!(
            (mark.word.as_str(), mark.title.as_str(), mark.fold),
            ("FAQ", "Why?", Some(false))
        );
        for text in ["> text", "> [!]", "> [!A B]", "> [x]", ">", "> [!é]"] {
            assert!(find(text, &(0..text.len())).is_none(), "{text}");
        }
    }
}
