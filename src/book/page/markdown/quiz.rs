//! Questions with choices: a quotation that begins with `[!QUIZ]` and holds a task list.

use super::Writer;
use crate::book::page::body::{Hole, Label, token};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::markup::escaped;
use crate::text::span::Place;

/// A question while it is read. Offsets are those of the article's text.
pub(super) struct OpenQuiz {
    /// The question, where it stands beside the mark.
    question: String,
    place: Place,
    start: usize,
    /// The list of choices: where it begins and ends, and how deep it lies.
    list: Option<(usize, Option<usize>)>,
    depth: usize,
    choices: Vec<Choice>,
    /// Items of the list that are no choices.
    bare: Vec<Place>,
}

struct Choice {
    right: bool,
    start: usize,
    /// Where the feedback begins.
    feedback: Option<usize>,
    end: usize,
}

impl OpenQuiz {
    pub fn new(question: String, place: Place, start: usize) -> OpenQuiz {
        OpenQuiz {
            question,
            place,
            start,
            list: None,
            depth: 0,
            choices: Vec::new(),
            bare: Vec::new(),
        }
    }
}

impl Writer<'_> {
    /// The question that is being read, and the length of the text so far.
    fn quiz(&mut self) -> Option<(&mut OpenQuiz, usize)> {
        let length = self.drafts[self.current].out.len();
        match self.quotes.last_mut() {
            Some(super::callout::Quote::Quiz(quiz)) => Some((quiz, length)),
            _ => None,
        }
    }

    /// A list begins: the choices, or the feedback of one.
    pub(super) fn quiz_list(&mut self) {
        let depth = self.list_starts.len();
        let Some((quiz, at)) = self.quiz() else { return };
        match quiz.list {
            None => {
                quiz.list = Some((at, None));
                quiz.depth = depth + 1;
            }
            Some((_, None)) if depth == quiz.depth => quiz.feedback_from(at),
            _ => {}
        }
    }

    /// A paragraph begins; in a choice it is feedback unless it is the choice itself.
    pub(super) fn quiz_paragraph(&mut self) {
        let depth = self.list_starts.len();
        let Some((quiz, at)) = self.quiz() else { return };
        if depth == quiz.depth && quiz.choices.last().is_some_and(|c| c.end == 0 && c.start < at) {
            quiz.feedback_from(at);
        }
    }

    /// A box of a task list: a choice. False when there is no question here.
    pub(super) fn quiz_choice(&mut self, right: bool) -> bool {
        let depth = self.list_starts.len();
        let Some((quiz, at)) = self.quiz() else { return false };
        if depth == quiz.depth && matches!(quiz.list, Some((_, None))) {
            quiz.choices.push(Choice { right, start: at, feedback: None, end: 0 });
        }
        true
    }

    /// The end of a list item.
    pub(super) fn quiz_item_end(&mut self, place: Place) {
        let depth = self.list_starts.len();
        let Some((quiz, at)) = self.quiz() else { return };
        if depth != quiz.depth || !matches!(quiz.list, Some((_, None))) {
            return;
        }
        match quiz.choices.last_mut() {
            Some(choice) if choice.end == 0 => choice.end = at,
            _ => quiz.bare.push(place),
        }
    }

    /// The end of a list.
    pub(super) fn quiz_list_end(&mut self) {
        let depth = self.list_starts.len();
        let Some((quiz, at)) = self.quiz() else { return };
        if let Some((_, end @ None)) = &mut quiz.list
            && depth + 1 == quiz.depth
        {
            *end = Some(at);
        }
    }

    pub(super) fn end_quiz(&mut self, quiz: OpenQuiz) {
        for place in &quiz.bare {
            let message = "this choice has no box";
            self.report(
                Diagnostic::new(Code::MalformedQuiz, place.clone(), message)
                    .help("begin it with `- [x]` when it is right, else with `- [ ]`"),
            );
        }
        let out = &mut self.draft().out;
        if !out.is_char_boundary(quiz.start) {
            return;
        }
        let text = out.split_off(quiz.start);
        let part = |from: usize, to: usize| {
            let span = from.saturating_sub(quiz.start)..to.saturating_sub(quiz.start);
            text.get(span).unwrap_or("").trim()
        };
        let whole = quiz.start + text.len();
        let (list, list_end) = quiz.list.map_or((whole, whole), |(a, b)| (a, b.unwrap_or(whole)));
        let before = part(quiz.start, list);
        let right = quiz.choices.iter().filter(|choice| choice.right).count();
        let problem = if quiz.question.is_empty() && before.is_empty() {
            Some(("there is no question", "write it after `[!QUIZ]`, in the same line"))
        } else if quiz.choices.len() + quiz.bare.len() < 2 {
            Some((
                "a question needs at least two choices",
                "write a task list: `- [x] right`, `- [ ] wrong`",
            ))
        } else if right == 0 && quiz.bare.is_empty() {
            Some(("no choice is right", "mark the right ones with `[x]`"))
        } else {
            None
        };
        if let Some((message, help)) = problem {
            let place = quiz.place.clone();
            self.report(Diagnostic::new(Code::MalformedQuiz, place, message).help(help));
        }
        let question = escaped(&quiz.question);
        let several = if right > 1 { "several" } else { "one" };
        let word = |label| token(Hole::Label(label));
        let title = word(Label::Question);
        let label = if question.is_empty() { &title } else { &question };
        let mut out = format!(
            "<div class=\"quiz\" role=\"group\" aria-label=\"{label}\" data-choose=\"{several}\">\
             <p class=\"callout-title\">{title}</p>\n"
        );
        if !question.is_empty() {
            out.push_str(&format!("<p class=\"question\">{question}</p>\n"));
        }
        out.push_str(before);
        if right > 1 {
            out.push_str(&format!("<p class=\"choose\">{}</p>\n", word(Label::ChooseAll)));
        }
        let mut answers = String::new();
        out.push_str("<ol class=\"choices\">\n");
        for choice in &quiz.choices {
            let end = choice.feedback.unwrap_or(choice.end);
            let words = unwrapped(part(choice.start, end));
            out.push_str(&format!("<li>{words}</li>\n"));
            let (class, verdict) = match choice.right {
                true => ("right", word(Label::Right)),
                false => ("wrong", word(Label::Wrong)),
            };
            let feedback = choice.feedback.map_or("", |from| part(from, choice.end));
            answers.push_str(&format!(
                "<li class=\"{class}\"><strong>{verdict}</strong> {}</li>\n",
                feedback_html(feedback)
            ));
        }
        out.push_str(&format!(
            "</ol>\n<details class=\"answers\"><summary>{}</summary>\n<ol>\n",
            word(Label::Answers)
        ));
        out.push_str(&answers);
        out.push_str("</ol>\n");
        out.push_str(part(list_end, whole));
        out.push_str("</details></div>\n");
        self.draft().boxes += 1;
        self.push(&out);
    }
}

impl OpenQuiz {
    fn feedback_from(&mut self, at: usize) {
        if let Some(choice) = self.choices.last_mut()
            && choice.end == 0
        {
            choice.feedback.get_or_insert(at);
        }
    }
}

/// The words of a choice without the paragraph of a loose list.
fn unwrapped(html: &str) -> &str {
    let html = html.strip_prefix("<p>").unwrap_or(html);
    html.strip_suffix("</p>").unwrap_or(html).trim()
}

/// Feedback that is one item or one paragraph stands in the line of its verdict.
fn feedback_html(html: &str) -> &str {
    let list = html.strip_prefix("<ul>\n<li>").and_then(|rest| rest.strip_suffix("</li>\n</ul>"));
    let plain = html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>"));
    list.filter(|inner| !inner.contains("<li>"))
        .or(plain.filter(|inner| !inner.contains("<p>")))
        .map_or(html, unwrapped)
}
