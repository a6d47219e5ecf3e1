//! Slides: an article cut at its second-level headings and thematic breaks.

/// The tag that opens a slide.
fn open(number: usize) -> String {
    format!("<section class=\"slide\" id=\"{number}\">\n")
}

/// The end of a slide and the beginning of the next, as [`wrap`] writes it.
pub const BETWEEN: &str = r#"</section>\n<section class="slide" id="\d+">\n"#;

/// Puts each slide of an article into a section of its own.
pub fn wrap(html: &str, breaks: &[usize]) -> String {
    let mut out = String::with_capacity(html.len() + 48 * (breaks.len() + 1));
    let mut at = 0;
    for (index, end) in breaks.iter().copied().chain([html.len()]).enumerate() {
        out.push_str(&open(index + 1));
        out.push_str(html.get(at..end).unwrap_or(""));
        out.push_str("</section>\n");
        at = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slides_are_numbered_sections() {
        let between = regex::Regex::new(BETWEEN).unwrap();
        let html = wrap("ab", &[1]);
        assert_eq!(html.matches("<section class=\"slide\" id=\"").count(), 2);
        assert_eq!(between.find_iter(&html).count(), 1);
        assert!(html.ends_with("id=\"2\">\nb</section>\n"), "{html}");
    }
}
