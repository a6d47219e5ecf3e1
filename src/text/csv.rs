//! Comma-separated values (RFC 4180) that a spreadsheet takes as text. `picker.js` writes
//! the same.

/// Rows as a file. Where a spreadsheet would run a cell, or what it takes for one, as a
/// formula, an apostrophe stands in front.
pub fn csv<R, C>(rows: R) -> String
where
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item = String>,
{
    let mut out = String::new();
    for row in rows {
        let cells: Vec<String> = row.into_iter().map(|text| cell(&text)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

/// A cell on one line. Control characters go first, as they would hide what follows them.
fn cell(text: &str) -> String {
    let blank = |c: char| if c.is_whitespace() { ' ' } else { c };
    let plain: String = text.chars().map(blank).filter(|c| !c.is_control()).collect();
    // In some languages spreadsheets part cells at semicolons, also within quotes.
    let parts: Vec<String> = plain.split(';').map(guarded).collect();
    let safe = parts.join(";");
    match safe.contains([',', '"', ';', '\'']) || safe.trim() != safe {
        true => format!("\"{}\"", safe.replace('"', "\"\"")),
        false => safe,
    }
}

/// What a spreadsheet may take for a formula: by its first character, also after blanks,
/// invisible characters and quotes, and in the full width that Asian keyboards give.
fn guarded(part: &str) -> String {
    const FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    let hidden = |c: char| {
        c.is_whitespace()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '"')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}')
    };
    match part.trim_start_matches(hidden).starts_with(FORMULA) {
        true => format!("'{part}"),
        false => part.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::csv;

    fn line(cells: &[&str]) -> String {
        csv([cells.iter().map(|cell| cell.to_string())])
    }

    #[test]
    fn cells_are_quoted_where_they_must() {
        assert_eq!(line(&["a", "b c", ""]), "a,b c,\r\n");
        assert_eq!(line(&["a,b", "say \"no\"", "two\nlines", " x", "it's", "a;b"]), {
            "\"a,b\",\"say \"\"no\"\"\",two lines,\" x\",\"it's\",\"a;b\"\r\n"
        });
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, expected) in [
            ("=1+1", "\"'=1+1\"\r\n"),
            ("+1", "\"'+1\"\r\n"),
            ("-1", "\"'-1\"\r\n"),
            ("@SUM(A1)", "\"'@SUM(A1)\"\r\n"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n"),
            (" =1", "\"' =1\"\r\n"),
            ("\t=1", "\"' =1\"\r\n"),
            ("\r=1", "\"' =1\"\r\n"),
            ("\0=1", "\"'=1\"\r\n"),
            ("\u{b}=1", "\"' =1\"\r\n"),
            ("\u{9b}=1", "\"'=1\"\r\n"),
            ("\u{feff}=1", "\"'\u{feff}=1\"\r\n"),
            ("\u{ad}=1", "\"'\u{ad}=1\"\r\n"),
            ("\u{202e}\u{61c}@x", "\"'\u{202e}\u{61c}@x\"\r\n"),
            ("a;=1+1", "\"a;'=1+1\"\r\n"),
            ("a\n=1+1", "a =1+1\r\n"),
            ("\u{ff1d}1", "\"'\u{ff1d}1\"\r\n"),
            ("T-AUTH-001", "T-AUTH-001\r\n"),
            ("a=b", "a=b\r\n"),
        ] {
            assert_eq!(line(&[cell]), expected);
        }
    }
}
