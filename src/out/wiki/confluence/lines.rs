//! Storage format line by line: so two versions of a page can be compared and put together,
//! though Confluence does not give a text back as it got it.

/// Elements that begin and end a line.
const BLOCKS: [&str; 25] = [
    "p",
    "li",
    "td",
    "th",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "table",
    "tbody",
    "thead",
    "hr",
    "blockquote",
    "pre",
    "ac:structured-macro",
    "ac:rich-text-body",
    "ac:plain-text-body",
    "ac:parameter",
    "ac:task-list",
    "ac:task",
];

/// Attributes that Confluence adds and changes by itself.
const VOLATILE: [&str; 7] = [
    "ac:macro-id",
    "ac:schema-version",
    "ac:local-id",
    "local-id",
    "data-local-id",
    "ri:version-at-save",
    "ac:original-height",
];

/// A part of a text.
enum Part<'t> {
    Tag(&'t str),
    Words(&'t str),
}

/// The tags and the words between them. What is not read as markup is words.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        if at > 0 {
            out.push(Part::Words(&rest[..at]));
        }
        rest = &rest[at..];
        let (end, tag) = match rest.strip_prefix("<![CDATA[") {
            Some(_) => (rest.find("]]>").map_or(rest.len(), |end| end + 3), false),
            None => (rest.find('>').map_or(rest.len(), |end| end + 1), true),
        };
        out.push(if tag { Part::Tag(&rest[..end]) } else { Part::Words(&rest[..end]) });
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        out.push(Part::Words(rest));
    }
    out
}

fn name(tag: &str) -> &str {
    let inner = tag.trim_start_matches(['<', '/']);
    inner.split(|c: char| c.is_whitespace() || c == '/' || c == '>').next().unwrap_or("")
}

/// A tag without what Confluence adds to it.
fn plain_tag(tag: &str) -> String {
    let mut out = tag.to_string();
    for attribute in VOLATILE {
        let start = format!(" {attribute}=\"");
        while let Some(at) = out.find(&start) {
            let from = at + start.len();
            let end = out[from..].find('"').map_or(out.len(), |end| from + end + 1);
            out.replace_range(at..end, "");
        }
    }
    out.replace(" />", "/>")
}

/// A text with a line for each block.
pub(super) fn lines(text: &str) -> String {
    let mut out = String::new();
    for part in parts(text) {
        match part {
            Part::Words(words) if words.trim().is_empty() && words.contains('\n') => {}
            Part::Words(words) => out.push_str(words),
            Part::Tag(tag) => {
                let block = BLOCKS.contains(&name(tag));
                let closes = tag.starts_with("</");
                if block && !closes && !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
                out.push_str(&plain_tag(tag));
                if block && (closes || tag.ends_with("/>")) {
                    out.push('\n');
                }
            }
        }
    }
    out
}

/// The words of a text, a line for each block, for readers.
pub fn readable(text: &str) -> String {
    let mut out = String::new();
    for part in parts(&lines(text)) {
        match part {
            Part::Words(words) => {
                let words = words.trim_start_matches("<![CDATA[").trim_end_matches("]]>");
                let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
                out.push_str(&plain.iter().fold(words.to_string(), |w, (a, b)| w.replace(a, b)));
            }
            Part::Tag(_) => {}
        }
    }
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_confluence_adds_is_no_change() {
        let ours = "<p>A <strong>b</strong></p>\n<ac:structured-macro ac:name=\"code\">\
                    <ac:plain-text-body><![CDATA[x <p> y]]></ac:plain-text-body></ac:structured-macro><hr />";
        let theirs = "<p local-id=\"1\">A <strong>b</strong></p><ac:structured-macro ac:name=\"code\" \
                      ac:schema-version=\"1\" ac:macro-id=\"a-b\"><ac:plain-text-body><![CDATA[x <p> y]]>\
                      </ac:plain-text-body></ac:structured-macro><hr/>";
        assert_eq!(lines(ours), lines(theirs));
        assert_eq!(readable(ours), "A b\nx <p> y\n");
    }
}
