//! What the elements of HTML are, as far as raw HTML in Markdown depends on it.

/// Every element of HTML, those that are out of use included, and the roots of SVG and
/// MathML. Other names are somebody's placeholders or components.
pub const ELEMENTS: [&str; 147] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "applet",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "basefont",
    "bdi",
    "bdo",
    "bgsound",
    "big",
    "blink",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "content",
    "data",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fencedframe",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "image",
    "img",
    "input",
    "ins",
    "isindex",
    "kbd",
    "keygen",
    "label",
    "legend",
    "li",
    "link",
    "listing",
    "main",
    "map",
    "mark",
    "marquee",
    "math",
    "menu",
    "menuitem",
    "meta",
    "meter",
    "nav",
    "nobr",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "picture",
    "plaintext",
    "portal",
    "pre",
    "progress",
    "q",
    "rb",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "selectedcontent",
    "shadow",
    "slot",
    "small",
    "source",
    "spacer",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
    "xmp",
];

/// Elements without content.
const VOID: [&str; 19] = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img",
    "input", "keygen", "link", "meta", "param", "source", "track", "wbr",
];

/// Elements in which a browser reads no tags until their end.
const RAW_TEXT: [&str; 10] = [
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
];

/// Elements that mean something only in others.
const PARTS: [(&str, &[&str]); 14] = [
    ("caption", TABLE),
    ("col", TABLE),
    ("colgroup", TABLE),
    ("dd", &["dl"]),
    ("dt", &["dl"]),
    ("li", &["dir", "menu", "ol", "ul"]),
    ("rp", &["ruby"]),
    ("rt", &["ruby"]),
    ("tbody", TABLE),
    ("td", TABLE),
    ("tfoot", TABLE),
    ("th", TABLE),
    ("thead", TABLE),
    ("tr", TABLE),
];

const TABLE: &[&str] = &["table"];

/// Elements whose end tag may be left out, and the elements whose start ends them.
const OPTIONAL_END: [(&str, &[&str]); 14] = [
    ("li", &["li"]),
    ("dt", &["dt", "dd"]),
    ("dd", &["dt", "dd"]),
    ("p", &P_ENDS),
    ("td", &["td", "th", "tr", "tbody", "thead", "tfoot"]),
    ("th", &["td", "th", "tr", "tbody", "thead", "tfoot"]),
    ("tr", &["tr", "tbody", "thead", "tfoot"]),
    ("tbody", &["tbody", "thead", "tfoot"]),
    ("thead", &["tbody", "thead", "tfoot"]),
    ("tfoot", &["tbody", "thead", "tfoot"]),
    ("caption", &["colgroup", "col", "tr", "tbody", "thead", "tfoot"]),
    ("colgroup", &["colgroup", "caption", "tr", "tbody", "thead", "tfoot"]),
    ("rp", &["rp", "rt"]),
    ("rt", &["rp", "rt"]),
];

const P_ENDS: [&str; 30] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "details",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];

/// Elements that say nothing without an attribute.
const NEEDS_ATTRIBUTES: [&str; 8] =
    ["area", "audio", "img", "input", "map", "source", "track", "video"];

/// Whether HTML has an element of this name, given in lower case.
pub fn is_known(name: &str) -> bool {
    ELEMENTS.binary_search(&name).is_ok()
}

/// Whether it has no content.
pub fn is_void(name: &str) -> bool {
    VOID.contains(&name)
}

/// Whether tags in it are text.
pub fn is_raw_text(name: &str) -> bool {
    RAW_TEXT.contains(&name)
}

/// Whether its content is no text for readers.
pub fn is_program(name: &str) -> bool {
    matches!(name, "script" | "style")
}

/// The elements in one of which it has to stand; none for most.
pub fn wholes(name: &str) -> &'static [&'static str] {
    PARTS.iter().find(|(part, _)| *part == name).map_or(&[], |(_, wholes)| wholes)
}

/// Whether it says nothing without an attribute.
pub fn needs_attributes(name: &str) -> bool {
    NEEDS_ATTRIBUTES.contains(&name)
}

/// Whether its end tag may be left out.
pub fn may_stay_open(name: &str) -> bool {
    OPTIONAL_END.iter().any(|(optional, _)| *optional == name)
}

/// Whether an element that is open ends where another begins.
pub fn ends_at(open: &str, next: &str) -> bool {
    OPTIONAL_END.iter().any(|(optional, ends)| *optional == open && ends.contains(&next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        assert!(ELEMENTS.is_sorted());
        let named = VOID.iter().chain(&RAW_TEXT).chain(&NEEDS_ATTRIBUTES);
        let tables = PARTS.iter().chain(&OPTIONAL_END).map(|(name, _)| name);
        for name in named.chain(tables) {
            assert!(is_known(name), "{name}");
        }
        assert!(!is_known("your-name") && !is_known("string"));
    }
}
