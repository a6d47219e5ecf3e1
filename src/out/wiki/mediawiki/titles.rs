//! Titles that MediaWiki can hold.

use unicode_normalization::UnicodeNormalization;

/// MediaWiki's own namespaces, and the sites that every new wiki knows, in lower case.
/// Before a colon they lead elsewhere.
const TAKEN: &str = "media special talk user user_talk project project_talk file file_talk image \
    image_talk mediawiki mediawiki_talk template template_talk help help_talk category \
    category_talk module module_talk acronym advogato arxiv c2find cache commons dictionary doi \
    drumcorpswiki dwjwiki elibre emacswiki foldoc foxwiki freebsdman gentoo-wiki google \
    googlegroups hammondwiki hrwiki imdb kmwiki linuxwiki lojban lqwiki meatball mediawikiwiki \
    memoryalpha metawiki metawikimedia mozillawiki mw oeis openwiki pmid pythoninfo rfc s23wiki \
    seattlewireless senseislibrary shoutwiki squeak theopedia tmbw tmnet twiki uncyclopedia \
    unreal usemod wiki wikia wikibooks wikidata wikimedia wikinews wikipedia wikiquote \
    wikisource wikispecies wikiversity wikivoyage wikt wiktionary";

/// The longest title, in bytes.
pub(super) const LONGEST: usize = 255;

/// Signs that no title has, and what stands for them.
const SIGNS: [(char, &str); 9] = [
    ('#', "\u{266f}"),
    ('<', "\u{2039}"),
    ('>', "\u{203a}"),
    ('[', "("),
    (']', ")"),
    ('{', "("),
    ('}', ")"),
    ('|', "-"),
    ('_', " "),
];

/// Words as a title, and why they are not the same.
pub(super) fn fit(words: &str) -> (String, Option<String>) {
    let mut because = None;
    let mut say = |reason: String| {
        because.get_or_insert(reason);
    };
    let mut out = String::new();
    for c in words.chars() {
        match SIGNS.iter().find(|(sign, _)| *sign == c) {
            Some((sign, other)) => {
                say(format!("a title there has no `{sign}`"));
                out.push_str(other);
            }
            None if c.is_control() || c == '\u{fffd}' => {
                say("a title there has no control characters".into());
            }
            None => out.push(c),
        }
    }
    if let Some(other) = character_reference(&out) {
        say("it would be the code of a character there".into());
        out = other;
    }
    if out.contains("~~~") {
        say("`~~~` is a signature there".into());
        out = out.replace('~', "\u{223c}");
    }
    if out.split('/').any(|part| part == "." || part == "..") {
        say("no part of a title there is `.` or `..`".into());
        let dots = |part: &str| match part {
            "." | ".." => part.replace('.', "\u{2024}"),
            part => part.to_string(),
        };
        out = out.split('/').map(dots).collect::<Vec<_>>().join("/");
    }
    if let Some((space, rest)) = out.split_once(':')
        && is_taken(space)
    {
        say(format!("`{space}:` leads elsewhere there"));
        out = format!("{space} -{rest}");
    }
    if out.starts_with([':', '/']) {
        say("a title there begins with a letter or digit".into());
        out = out.trim_start_matches([':', '/', ' ']).to_string();
    }
    (normal(&out), because)
}

fn is_taken(space: &str) -> bool {
    let space = space.trim().to_lowercase().replace(' ', "_");
    TAKEN.split_whitespace().any(|taken| taken == space)
}

/// With other signs in place of `%41` and `&amp;`, where there are such.
fn character_reference(title: &str) -> Option<String> {
    let bytes = title.as_bytes();
    let hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let percent = (0..bytes.len()).any(|at| bytes[at] == b'%' && hex(at + 1) && hex(at + 2));
    let entity = title.match_indices('&').any(|(at, _)| {
        let name = &title[at + 1..];
        name.find(';').is_some_and(|end| {
            let name = name[..end].trim_start_matches('#');
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric())
        })
    });
    (percent || entity).then(|| title.replace('%', "\u{ff05}").replace('&', "\u{ff06}"))
}

/// A title as MediaWiki stores it.
pub(super) fn normal(title: &str) -> String {
    let words: Vec<&str> = title.split(|c: char| c.is_whitespace() || c == '_').collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let title: String = words.join(" ").nfc().collect();
    let mut chars = title.chars();
    match chars.next() {
        Some(first) => {
            let upper: Vec<char> = first.to_uppercase().collect();
            // MediaWiki leaves a letter alone whose capital is two.
            let first = if upper.len() == 1 { upper[0] } else { first };
            format!("{first}{}", chars.as_str())
        }
        None => title,
    }
}

/// The beginning of a text that has at most so many bytes, with a sign where it is cut.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_string();
    }
    let mut end = most.saturating_sub('\u{2026}'.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}\u{2026}", text[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_title_becomes_one_that_the_wiki_holds() {
        for (words, title) in [
            ("C# and rust_driver", "C\u{266f} and rust driver"),
            ("What is [this]?", "What is (this)?"),
            ("Help: how", "Help - how"),
            ("user talk:me", "User talk -me"),
            ("a:b", "A:b"),
            ("/root", "Root"),
            ("../x", "\u{2024}\u{2024}/x"),
            ("100%41 &amp; ~~~~", "100\u{ff05}41 \u{ff06}amp; \u{223c}\u{223c}\u{223c}\u{223c}"),
            ("a\u{7}b", "Ab"),
        ] {
            assert_eq!(fit(words).0, title);
            assert_eq!(fit(words).1.is_some(), words != "a:b", "{words}");
        }
        assert_eq!(fit("Plain \u{e9} (x) - y").1, None);
        assert_eq!(cut("\u{e9}\u{e9}\u{e9}\u{e9}", 7), "\u{e9}\u{e9}\u{2026}");
    }
}
