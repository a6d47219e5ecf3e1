//! Widths of text and breaking it into lines, without a font at hand.

/// Widths of the characters from space to `~` in hundredths of an em, those of
/// common sans serif fonts and a little more.
#[rustfmt::skip]
const ASCII: [u8; 95] = [
    30, 32, 40, 72, 60, 90, 74, 24, 38, 38, 46, 66, 32, 38, 32, 38,
    60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 34, 34, 66, 66, 66, 52,
    94, 68, 68, 70, 74, 64, 60, 76, 75, 31, 42, 68, 56, 86, 75, 78,
    62, 78, 68, 64, 62, 74, 66, 96, 66, 62, 64, 38, 38, 38, 66, 52,
    48, 58, 62, 54, 62, 58, 34, 62, 61, 26, 28, 56, 26, 93, 61, 60,
    62, 62, 40, 52, 38, 61, 56, 80, 56, 56, 50, 48, 34, 48, 66,
];

/// The width of a text on one line at a font size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let hundredths: u32 = text.chars().map(char_width).sum();
    f64::from(hundredths) / 100.0 * size * 1.03
}

fn char_width(c: char) -> u32 {
    match c {
        ' '..='~' => u32::from(ASCII[c as usize - 32]),
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f000}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 104,
        c if c.is_uppercase() => 72,
        _ => 58,
    }
}

/// Breaks a text into lines of about `limit`, at spaces and after `-`, `/`, `_`,
/// `.`, `,`; a longer word is cut. No more than `max_lines`; the last one then
/// ends with `…`.
pub(super) fn wrap(text: &str, size: f64, limit: f64, max_lines: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        balance(paragraph, size, limit, &mut lines);
    }
    if lines.len() > max_lines {
        lines.truncate(max_lines);
        if let Some(last) = lines.last_mut() {
            while !last.is_empty() && width(last, size) + size > limit {
                last.pop();
            }
            last.push('…');
        }
    }
    lines
}

/// Fills lines greedily, then narrows them as long as their number stays, so
/// that no short word is left alone on the last one.
fn balance(paragraph: &str, size: f64, limit: f64, lines: &mut Vec<String>) {
    let pieces = pieces(paragraph, size, limit);
    let mut best = fill(&pieces, size, limit);
    let count = best.len();
    if count > 1 && count < 12 {
        let mut narrower = limit * 0.94;
        while narrower > limit * 0.45 {
            let candidate = fill(&pieces, size, narrower);
            let widest = candidate.iter().map(|l| width(l, size)).fold(0.0, f64::max);
            if candidate.len() > count || widest > narrower {
                break;
            }
            best = candidate;
            narrower -= limit * 0.06;
        }
    }
    lines.extend(best);
}

fn fill(pieces: &[String], size: f64, limit: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces {
        let longer = format!("{line}{piece}");
        if !line.is_empty() && width(longer.trim_end(), size) > limit {
            lines.push(line.trim_end().to_string());
            line = piece.trim_start().to_string();
        } else {
            line = longer;
        }
    }
    lines.push(line.trim_end().to_string());
    lines
}

/// Cuts a paragraph where a line may end.
fn pieces(paragraph: &str, size: f64, limit: f64) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut piece_width = 0.0;
    let chars: Vec<char> = paragraph.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        let wide = width(c.encode_utf8(&mut [0; 4]), size);
        if c != ' ' && piece_width + wide > limit && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
            piece_width = 0.0;
        }
        piece.push(c);
        piece_width += wide;
        let inner = i > 0
            && chars[i - 1].is_alphanumeric()
            && chars.get(i + 1).is_some_and(|n| n.is_alphanumeric());
        let breaks = match c {
            ' ' => true,
            '/' | '_' | '.' | '-' | ':' => inner && piece_width > limit * 0.4,
            c => char_width(c) == 104 && !chars.get(i + 1).is_some_and(|n| is_closing(*n)),
        };
        if breaks {
            pieces.push(std::mem::take(&mut piece));
            piece_width = 0.0;
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// Signs that must not begin a line.
fn is_closing(c: char) -> bool {
    matches!(c, '。' | '、' | '，' | '．' | '）' | '」' | '』' | '！' | '？' | '：' | '；' | ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_spaces_and_balances() {
        let lines = wrap("token hash, account, expiry", 12.0, 110.0, 6);
        assert_eq!(lines, ["token hash,", "account, expiry"]);
        assert_eq!(wrap("one\ntwo", 12.0, 110.0, 6), ["one", "two"]);
    }

    #[test]
    fn no_line_is_wider_than_the_limit() {
        for text in ["a".repeat(90), "データベース".repeat(9), "x/y_z.w".repeat(12), "é".repeat(80)]
        {
            let lines = wrap(&text, 12.0, 100.0, 99);
            assert!(lines.iter().all(|l| width(l, 12.0) <= 100.0), "{lines:?}");
            assert_eq!(lines.concat(), text);
        }
        assert!(wrap(&"word ".repeat(60), 12.0, 100.0, 3)[2].ends_with('…'));
    }
}
