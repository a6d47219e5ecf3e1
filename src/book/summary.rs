//! SUMMARY.md, mdBook's table of contents.

use crate::text::address::Address;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::Place;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::sync::Arc;

/// Name of the file, in the source folder.
pub const SUMMARY_FILE: &str = "SUMMARY.md";

/// The table of contents of a book.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Its parts in order; the chapters before the first part title have none.
    pub parts: Vec<Part>,
}

/// Chapters under one part title.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    /// The part's title.
    pub title: Option<String>,
    /// Whether the chapters are numbered: those in a list are, those around it are not.
    pub chapters: Vec<Chapter>,
}

/// A line of the table of contents.
#[derive(Debug, Clone, PartialEq)]
pub struct Chapter {
    /// The words of the link.
    pub name: String,
    /// The file, relative to the source folder; `None` for a draft.
    pub path: Option<String>,
    /// Its place in SUMMARY.md.
    pub place: Place,
    /// Its number, such as `2.1`; `None` for a chapter outside the list.
    pub number: Option<String>,
    /// Chapters below it.
    pub children: Vec<Chapter>,
}

impl Summary {
    /// Every chapter in the order of reading.
    pub fn chapters(&self) -> Vec<&Chapter> {
        fn walk<'s>(chapters: &'s [Chapter], out: &mut Vec<&'s Chapter>) {
            for chapter in chapters {
                out.push(chapter);
                walk(&chapter.children, out);
            }
        }
        let mut out = Vec::new();
        self.parts.iter().for_each(|part| walk(&part.chapters, &mut out));
        out
    }
}

/// Reads SUMMARY.md. What is not understood is reported and left out.
pub fn parse(file: &Arc<str>, text: &str) -> (Summary, Vec<Diagnostic>) {
    let mut reader = Reader { file, parts: vec![Part::default()], ..Reader::new(file) };
    for (event, span) in Parser::new_ext(text, Options::empty()).into_offset_iter() {
        reader.event(event, span);
    }
    let mut parts = reader.parts;
    let mut next = 1;
    for part in &mut parts {
        number(&mut part.chapters, "", &mut next);
    }
    parts.retain(|part| !part.chapters.is_empty());
    (Summary { parts }, reader.found)
}

/// Numbers the chapters that came from a list, on through all parts.
fn number(chapters: &mut [Chapter], prefix: &str, next: &mut usize) {
    for chapter in chapters.iter_mut().filter(|chapter| chapter.number.is_some()) {
        let label = format!("{prefix}{next}");
        *next += 1;
        number(&mut chapter.children, &format!("{label}."), &mut 1);
        chapter.number = Some(label);
    }
}

struct Reader<'f> {
    file: &'f Arc<str>,
    parts: Vec<Part>,
    /// The chapters of each open list item, outermost first.
    open: Vec<Vec<Chapter>>,
    lists: usize,
    heading: Option<(HeadingLevel, String)>,
    link: Option<(Option<String>, String, Place)>,
    /// The chapters that the current item has named, with their depth.
    found: Vec<Diagnostic>,
}

impl<'f> Reader<'f> {
    fn new(file: &'f Arc<str>) -> Reader<'f> {
        Reader {
            file,
            parts: Vec::new(),
            open: Vec::new(),
            lists: 0,
            heading: None,
            link: None,
            found: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, span: std::ops::Range<usize>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                self.heading = Some((level, String::new()));
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((level, title)) = self.heading.take() {
                    // The first heading may be the title of the file itself.
                    let own = self.parts.len() == 1 && self.parts[0].chapters.is_empty();
                    let summary = own && title.trim().eq_ignore_ascii_case("summary");
                    if level == HeadingLevel::H1 && !summary {
                        self.parts.push(Part { title: Some(title), chapters: Vec::new() });
                    }
                }
            }
            Event::Start(Tag::List(_)) => {
                self.lists += 1;
                self.open.push(Vec::new());
            }
            Event::End(TagEnd::List(_)) => {
                self.lists = self.lists.saturating_sub(1);
                let chapters = self.open.pop().unwrap_or_default();
                let siblings = match self.open.last_mut() {
                    Some(list) => list,
                    None => match self.parts.last_mut() {
                        Some(part) => {
                            part.chapters.extend(chapters);
                            return;
                        }
                        None => return,
                    },
                };
                match siblings.last_mut() {
                    Some(parent) => parent.children.extend(chapters),
                    None => siblings.extend(chapters),
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let path = match Address::parse(&dest_url) {
                    Address::Relative { path, .. } if !path.is_empty() => {
                        crate::book::source::join("", &path)
                    }
                    _ => None,
                };
                self.link = Some((path, String::new(), Place::new(self.file, span)));
            }
            Event::End(TagEnd::Link) => {
                let Some((path, name, place)) = self.link.take() else { return };
                let number = (self.lists > 0).then(String::new);
                let chapter = Chapter { name, path, place, number, children: Vec::new() };
                match self.open.last_mut() {
                    Some(list) => list.push(chapter),
                    None => {
                        if let Some(part) = self.parts.last_mut() {
                            part.chapters.push(chapter);
                        }
                    }
                }
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, name, _)) = &mut self.link {
                    name.push_str(&text);
                } else if let Some((_, title)) = &mut self.heading {
                    title.push_str(&text);
                } else if !text.trim().is_empty() {
                    self.stray(&text, span);
                }
            }
            Event::SoftBreak => {
                if let Some((_, name, _)) = &mut self.link {
                    name.push(' ');
                }
            }
            _ => {}
        }
    }

    fn stray(&mut self, text: &str, span: std::ops::Range<usize>) {
        let shown: String = text.trim().chars().take(40).collect();
        let place = Place::new(self.file, span);
        self.found.push(
            Diagnostic::new(
                Code::SummarySyntax,
                place,
                format!("`{shown}` has no place in the table of contents"),
            )
            .label("not a link")
            .help("write chapters as `- [Title](file.md)` and part titles as `# Title`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_numbers_and_drafts() {
        let text = "# Summary\n\n[Intro](README.md)\n\n# Basics\n\n- [One](one.md)\n  - [Sub `x`](a/sub.md)\n- [Draft]()\n\n---\n\n# More\n\n- [Two](./two.md)\n\n[End](end.md)\n";
        let (summary, found) = parse(&"src/SUMMARY.md".into(), text);
        assert_eq!(found, []);
        assert_eq!(summary.parts.len(), 3);
        let all: Vec<(Option<&str>, &str)> = summary
            .chapters()
            .iter()
            .map(|c| (c.number.as_deref(), c.path.as_deref().unwrap_or("-")))
            .collect();
        assert_eq!(
            all,
            [
                (None, "README.md"),
                (Some("1"), "one.md"),
                (Some("1.1"), "a/sub.md"),
                (Some("2"), "-"),
                (Some("3"), "two.md"),
                (None, "end.md"),
            ]
        );
        assert_eq!(summary.parts[1].chapters[0].children[0].name, "Sub x");
    }

    #[test]
    fn strays_are_reported() {
        let (summary, found) = parse(&"src/SUMMARY.md".into(), "- [A](a.md)\n- just text\n");
        assert_eq!(summary.chapters().len(), 1);
        assert_eq!(found[0].code, Code::SummarySyntax);
    }
}
