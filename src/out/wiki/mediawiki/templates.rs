//! Templates: what pages share, so that whoever edits one sees words, and whoever runs the
//! wiki changes the look in one place.

use super::MediaWiki;
use crate::out::wiki::{Context, Extra};

/// A page with the text between, when it stands in another page.
fn only(text: &str) -> String {
    format!("<includeonly>{text}</includeonly>")
}

/// The templates: a word and what it stands for. Pages know them by the word alone.
fn bodies(notice: &str) -> Vec<(&'static str, String)> {
    vec![
        (
            "chip",
            only(
                "<span class=\"casebook-chip casebook-{{{1|}}}-{{{2|}}}\" style=\"border:1px \
                 solid #a2a9b1;border-radius:3px;padding:0 .35em;white-space:nowrap\">{{{3|}}}\
                 </span>",
            ),
        ),
        (
            "notice",
            only(&format!(
                "<div class=\"casebook-notice noprint\" style=\"font-size:85%;border-bottom:1px \
                 solid #eaecf0;margin-bottom:.5em\">{notice} {{{{{{1|}}}}}}</div>"
            )),
        ),
        (
            "facts",
            only(
                "{| class=\"wikitable casebook-facts\" style=\"float:right;clear:right;\
                 max-width:24em;margin:0 0 1em 1em;font-size:90%\"\n|+ {{{1|}}}",
            ),
        ),
        (
            "box",
            only(
                "<div class=\"casebook-box casebook-{{{1|}}}\" style=\"border:1px solid \
                 #c8ccd1;border-left:4px solid #36c;padding:0 1em;margin:1em \
                 0;overflow:hidden\">\n'''{{{2|}}}'''",
            ),
        ),
        ("wide", only("<div class=\"casebook-wide\" style=\"overflow-x:auto\">")),
        ("end", only("</div>")),
        (
            "fold",
            only(
                "<div class=\"mw-collapsible mw-collapsed casebook-fold\" style=\"margin:1em \
                 0\">'''{{{1|}}}'''<div class=\"mw-collapsible-content\">",
            ),
        ),
        ("fold end", only("</div></div>")),
    ]
}

impl MediaWiki {
    /// What a template is called in a page: `Casebook/chip`.
    pub(super) fn template(&self, word: &str) -> String {
        match self.options.prefix.trim_end_matches(['/', ':', ' ']) {
            "" => format!("Casebook {word}"),
            prefix => format!("{}/{word}", prefix.replace(':', "/")),
        }
    }

    /// The pages of the templates.
    pub(super) fn templates(&self, context: &Context<'_>) -> Vec<Extra> {
        let mut notice = String::new();
        super::escape::text(context.book.text.get("edit_the_sources"), false, &mut notice);
        let extra = |(word, text): (&str, String)| Extra {
            identity: format!("template:{word}"),
            name: format!("Template:{}", self.template(word)),
            text,
        };
        bodies(&notice).into_iter().map(extra).collect()
    }
}
