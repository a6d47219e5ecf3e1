//! A recording: the player, its chapters, and the transcript.

use super::Renderer;
use crate::book::graph::{NodeId, Recording};
use crate::book::vtt::Cue;
use crate::site::view::{Heading, PageView};
use crate::text::markup::escaped;
use std::collections::BTreeSet;
use std::fmt::Write as _;

impl Renderer<'_> {
    /// The player of a page's recording, which stands above its text.
    pub(super) fn player(&self, url: &str, node: NodeId) -> String {
        let Some(recording) = self.graph.recordings.get(&node) else { return String::new() };
        let src = escaped(&self.href(url, &recording.media));
        let name = if recording.video { "video" } else { "audio" };
        let mut out = format!(
            "<div class=\"recording\"><div class=\"player\"><{name} controls preload=\"metadata\" \
             src=\"{src}\"></{name}></div>\n"
        );
        if !recording.chapters.is_empty() {
            let label = escaped(self.text.get("chapters"));
            let _ = writeln!(out, "<nav class=\"chapters\" aria-label=\"{label}\"><ol>");
            for chapter in &recording.chapters {
                let _ = writeln!(
                    out,
                    "<li>{} {}</a></li>",
                    time_link(chapter.start),
                    escaped(&chapter.text)
                );
            }
            out.push_str("</ol></nav>\n");
        }
        out.push_str("</div>\n");
        out
    }

    /// What a page with a recording needs besides.
    pub(super) fn add_recording(&self, node: NodeId, page: &mut PageView) {
        let Some(recording) = self.graph.recordings.get(&node) else { return };
        page.assets.push("recording.js".into());
        if !recording.cues.is_empty() {
            let text = self.text.get("transcript").to_string();
            page.toc.push(Heading { id: "Casebook-transcript".into(), text, children: Vec::new() });
        }
    }

    /// What is said in a page's recording, with times that lead there.
    pub(super) fn transcript(&self, url: &str, node: NodeId) -> String {
        let recording = self.graph.recordings.get(&node).filter(|r| !r.cues.is_empty());
        let Some(recording) = recording else { return String::new() };
        let link = escaped(self.text.get("link_to_section"));
        let mut out = format!(
            "<section class=\"transcript\">\n<h2 id=\"Casebook-transcript\">{} <a class=\"anchor\" \
             href=\"#Casebook-transcript\" aria-label=\"{link}\">#</a></h2>\n",
            escaped(self.text.get("transcript"))
        );
        if let Some(captions) = &recording.captions {
            let _ = writeln!(
                out,
                "<p class=\"captions-file\"><a href=\"{}\">{}</a></p>",
                escaped(&self.href(url, captions)),
                escaped(self.text.get("captions_file"))
            );
        }
        lines(recording, &mut out);
        out.push_str("</section>\n");
        out
    }
}

fn lines(recording: &Recording, out: &mut String) {
    let mut used = BTreeSet::new();
    let mut id = |time: u64| match used.insert(time) {
        true => format!(" id=\"t={}\"", seconds(time)),
        false => String::new(),
    };
    let mut chapters = recording.chapters.iter().peekable();
    let mut voice: Option<&str> = None;
    for cue in &recording.cues {
        while let Some(chapter) = chapters.next_if(|chapter| chapter.start <= cue.start) {
            let _ = writeln!(out, "<h3{}>{}</h3>", id(chapter.start), escaped(&chapter.text));
            voice = None;
        }
        let _ = write!(
            out,
            "<p class=\"cue\"{} data-start=\"{}\" data-end=\"{}\">{}</a> ",
            id(cue.start),
            seconds(cue.start),
            seconds(cue.end),
            time_link(cue.start)
        );
        // A voice is named where it begins to speak.
        if let Some(name) = cue.voice.as_deref().filter(|name| voice != Some(name)) {
            let _ = write!(out, "<b class=\"voice\">{}:</b> ", escaped(name));
        }
        voice = cue.voice.as_deref();
        said(cue, out);
        out.push_str("</p>\n");
    }
    for chapter in chapters {
        let _ = writeln!(out, "<h3{}>{}</h3>", id(chapter.start), escaped(&chapter.text));
    }
}

fn said(cue: &Cue, out: &mut String) {
    let _ = write!(out, "<span class=\"said\">{}</span>", escaped(&cue.text));
}

/// The opening of a link to a time, with the time in it.
fn time_link(time: u64) -> String {
    format!("<a class=\"time\" href=\"#t={}\">{}", seconds(time), clock(time))
}

/// Seconds without needless digits: `12`, `12.5`.
fn seconds(time: u64) -> String {
    match time % 1000 {
        0 => (time / 1000).to_string(),
        rest => format!("{}.{rest:03}", time / 1000).trim_end_matches('0').to_string(),
    }
}

/// A time for readers: `1:05`, `1:00:05`.
fn clock(time: u64) -> String {
    let (hours, minutes, seconds) = (time / 3_600_000, time / 60_000 % 60, time / 1000 % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!((seconds(12_000), clock(65_000)), ("12".into(), "1:05".into()));
        assert_eq!((seconds(12_500), clock(3_605_000)), ("12.5".into(), "1:00:05".into()));
        assert_eq!(seconds(100), "0.1");
    }
}
