//! A page's body as it is kept: finished HTML, and holes for what depends on other
//! files.
//!
//! While it is made, a body is one string in which a hole is a token between two
//! private-use characters; [`split`] takes it apart.

use super::block::Block;
use super::fence::Listing;
use super::fragment::Fragment;
use crate::dfd::{Diagram, Focus, Layout};
use crate::text::address::Address;
use crate::text::span::Place;

const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// What a hole asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hole {
    /// The opening tag of a link.
    Open(usize),
    /// The closing tag of a link.
    Close(usize),
    /// The address of a link alone, inside an attribute.
    Url(usize),
    /// A whole link to an entry, its title filled in.
    Entry(usize),
    /// A structured block.
    Block(usize),
    /// A data-flow diagram.
    Chart(usize),
    /// A part of another page.
    Fragment(usize),
    /// The lines of a code block.
    Listing(usize),
    /// A picture of the book with its size, or its description where there is none.
    Picture(usize),
    /// A word of the interface, in the language of the page.
    Label(Label),
}

/// A word that stands in bodies beside what authors write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Title of an alert.
    Note,
    /// Title of an alert.
    Tip,
    /// Title of an alert.
    Important,
    /// Title of an alert.
    Warning,
    /// Title of an alert.
    Caution,
    /// Name of a box in a task list.
    Done,
    /// Name of the link at a heading.
    LinkToSection,
    /// Name of the section of footnotes.
    Footnotes,
    /// Name of the link from a footnote to the text.
    BackToText,
    /// Title of an exercise.
    Exercise,
    /// Title of the answer to an exercise.
    Answer,
    /// Title of speaker notes.
    Notes,
    /// Title of a question.
    Question,
    /// What to do where several choices are right.
    ChooseAll,
    /// Title of the answers to a question.
    Answers,
    /// What is said of a choice that is right.
    Right,
    /// What is said of a choice that is not.
    Wrong,
    /// Caption of a Mermaid diagram that is shown as its source.
    MermaidSource,
    /// What is said in the place of a picture that has no words.
    Picture,
}

impl Label {
    /// All labels with the keys of their texts.
    const ALL: [(Label, &str); 19] = [
        (Label::Note, "alert_note"),
        (Label::Tip, "alert_tip"),
        (Label::Important, "alert_important"),
        (Label::Warning, "alert_warning"),
        (Label::Caution, "alert_caution"),
        (Label::Done, "task_done"),
        (Label::LinkToSection, "link_to_section"),
        (Label::Footnotes, "footnotes"),
        (Label::BackToText, "back_to_text"),
        (Label::Exercise, "exercise"),
        (Label::Answer, "answer"),
        (Label::Notes, "speaker_notes"),
        (Label::Question, "question"),
        (Label::ChooseAll, "choose_all"),
        (Label::Answers, "answers"),
        (Label::Right, "answer_right"),
        (Label::Wrong, "answer_wrong"),
        (Label::MermaidSource, "mermaid_source"),
        (Label::Picture, "picture"),
    ];

    /// The key of its text.
    pub fn key(self) -> &'static str {
        Label::ALL[self as usize].1
    }
}

/// A part of a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Finished HTML.
    Html(Box<str>),
    /// Something that is filled in when the page is rendered.
    Hole(Hole),
}

/// Where a link leads, as the author wrote it.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// `[[T-AUTH-004#heading|text]]`.
    Id {
        /// The ID.
        id: String,
        /// The heading on its page.
        anchor: Option<String>,
        /// The author's own text.
        text: Option<String>,
    },
    /// `[[Some Page#heading|text]]`: text, unless one page has this title or file name.
    Titled {
        /// The title or file name.
        title: String,
        /// The heading on its page.
        anchor: Option<String>,
        /// The author's own text.
        text: Option<String>,
        /// All of it, as it is written.
        written: String,
    },
    /// Anything else.
    Address(Address),
}

/// A link or image in a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Where it leads.
    pub target: Target,
    /// What it says when the pointer rests on it.
    pub title: Option<String>,
    /// What a picture of Markdown says to those who do not see it.
    pub alt: String,
    /// Whether it is an image or another file that the page shows.
    pub image: bool,
    /// Where it stands.
    pub place: Place,
}

/// A data-flow diagram and where its parts are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it says.
    pub diagram: Diagram,
    /// How it is drawn; without a layout its tables stand alone.
    pub layout: Option<Layout>,
    /// Its boundaries one by one, where it is large.
    pub views: Vec<ChartView>,
    /// Its Mermaid source.
    pub source: Box<str>,
    /// Where it stands.
    pub place: Place,
}

/// One boundary of a large diagram, with what it exchanges with the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartView {
    /// The name of the boundary.
    pub name: String,
    /// The part.
    pub focus: Focus,
    /// How it is drawn.
    pub layout: Layout,
}

/// A heading of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its anchor.
    pub id: String,
    /// Its text without markup.
    pub text: String,
    /// Whether it stands in no list, quotation or the like.
    pub top: bool,
}

/// The body of an article.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// The parts in order.
    pub pieces: Vec<Piece>,
    /// What holes of links refer to.
    pub links: Vec<Link>,
    /// What holes of blocks refer to.
    pub blocks: Vec<Block>,
    /// What holes of diagrams refer to.
    pub charts: Vec<Chart>,
    /// What holes of fragments refer to.
    pub fragments: Vec<Fragment>,
    /// What holes of code blocks refer to.
    pub listings: Vec<Listing>,
    /// The headings in order.
    pub headings: Vec<Heading>,
    /// Anchors other than headings: `id` attributes of raw HTML, footnotes.
    pub anchors: Vec<String>,
    /// How many things on the page a reader can finish: tasks, exercises, questions.
    pub boxes: usize,
    /// Whether it holds raw HTML, which was cleaned as a whole.
    pub raw: bool,
}

impl Body {
    /// The text of the first `<h1>` of raw HTML, where Markdown has none.
    pub fn raw_heading(&self) -> Option<String> {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Html(html) => &**html,
            Piece::Hole(_) => "",
        });
        let html: String = pieces.collect();
        let open = ["<h1>", "<h1 "].iter().filter_map(|open| html.find(open)).min()?;
        let inner = &html[open + html[open..].find('>')? + 1..];
        let inner = &inner[..inner.find("</h1>")?];
        let mut text = String::new();
        let mut inside = false;
        for c in inner.chars() {
            match c {
                '<' => inside = true,
                '>' if inside => inside = false,
                c if !inside => text.push(c),
                _ => {}
            }
        }
        let text = super::html::decode(&text);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(text).filter(|text| !text.is_empty())
    }
}

/// The token of a hole.
pub fn token(hole: Hole) -> String {
    let (letter, index) = match hole {
        Hole::Open(i) => ('o', i),
        Hole::Close(i) => ('c', i),
        Hole::Url(i) => ('u', i),
        Hole::Entry(i) => ('e', i),
        Hole::Block(i) => ('b', i),
        Hole::Chart(i) => ('d', i),
        Hole::Fragment(i) => ('f', i),
        Hole::Listing(i) => ('x', i),
        Hole::Picture(i) => ('p', i),
        Hole::Label(label) => ('l', label as usize),
    };
    format!("{OPEN}{letter}{index}{CLOSE}")
}

/// Text of authors cannot hold tokens: the two characters are replaced.
pub fn without_tokens(text: &str) -> std::borrow::Cow<'_, str> {
    match text.contains([OPEN, CLOSE]) {
        true => text.replace([OPEN, CLOSE], "\u{FFFD}").into(),
        false => text.into(),
    }
}

/// Takes a string with tokens apart.
pub fn split(html: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find(OPEN) {
        let inner = start + OPEN.len_utf8();
        let Some(length) = rest[inner..].find(CLOSE) else { break };
        if start > 0 {
            pieces.push(Piece::Html(rest[..start].into()));
        }
        if let Some(hole) = parse_token(&rest[inner..inner + length]) {
            pieces.push(Piece::Hole(hole));
        }
        rest = &rest[inner + length + CLOSE.len_utf8()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Html(rest.into()));
    }
    pieces
}

fn parse_token(token: &str) -> Option<Hole> {
    let index: usize = token.get(1..)?.parse().ok()?;
    Some(match token.as_bytes()[0] {
        b'o' => Hole::Open(index),
        b'c' => Hole::Close(index),
        b'u' => Hole::Url(index),
        b'e' => Hole::Entry(index),
        b'b' => Hole::Block(index),
        b'd' => Hole::Chart(index),
        b'f' => Hole::Fragment(index),
        b'x' => Hole::Listing(index),
        b'p' => Hole::Picture(index),
        b'l' => Hole::Label(Label::ALL.get(index)?.0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_in_their_own_order() {
        for (index, (label, _)) in Label::ALL.iter().enumerate() {
            assert_eq!(*label as usize, index);
            assert_eq!(split(&token(Hole::Label(*label))), [Piece::Hole(Hole::Label(*label))]);
        }
    }

    #[test]
    fn tokens_split_and_cannot_be_forged() {
        let html = format!("<p>{}x{}</p>", token(Hole::Open(12)), token(Hole::Close(12)));
        assert_eq!(
            split(&html),
            [
                Piece::Html("<p>".into()),
                Piece::Hole(Hole::Open(12)),
                Piece::Html("x".into()),
                Piece::Hole(Hole::Close(12)),
                Piece::Html("</p>".into()),
            ]
        );
        assert_eq!(split(&without_tokens("\u{E000}o1\u{E001}")).len(), 1);
        assert_eq!(split("\u{E000}zz"), [Piece::Html("\u{E000}zz".into())]);
    }
}
