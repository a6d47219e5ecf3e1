//! Comma-separated values (RFC 4180) that a spreadsheet takes as text.

/// Rows as a file. A cell that a spreadsheet would run as a formula gets an apostrophe
/// in front.
pub fn csv<R, C>(rows: R) -> String
where
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item = String>,
{
    let mut out = String::new();
    for row in rows {
        for (i, cell) in row.into_iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            push(&cell, &mut out);
        }
        out.push_str("\r\n");
    }
    out
}

fn push(cell: &str, out: &mut String) {
    let safe = if is_formula(cell) { format!("'{cell}") } else { cell.to_string() };
    let quoted = safe.contains([',', '"', '\r', '\n']) || safe.trim() != safe;
    match quoted {
        true => {
            out.push('"');
            out.push_str(&safe.replace('"', "\"\""));
            out.push('"');
        }
        false => out.push_str(&safe),
    }
}

/// Whether a spreadsheet may take a cell for a formula: by its first character, also
/// after blanks, and in the full width that Asian keyboards give.
fn is_formula(cell: &str) -> bool {
    let first = cell.trim_start().chars().next();
    let formula = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    first.is_some_and(|c| formula.contains(&c)) || cell.starts_with(['\t', '\r'])
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
        assert_eq!(line(&["a,b", "say \"no\"", "two\nlines", " x"]), {
            "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\" x\"\r\n"
        });
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, expected) in [
            ("=1+1", "'=1+1\r\n"),
            ("+1", "'+1\r\n"),
            ("-1", "'-1\r\n"),
            ("@SUM(A1)", "'@SUM(A1)\r\n"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n"),
            (" =1", "' =1\r\n"),
            ("\t=1", "'\t=1\r\n"),
            ("\u{ff1d}1", "'\u{ff1d}1\r\n"),
            ("T-AUTH-001", "T-AUTH-001\r\n"),
            ("a=b", "a=b\r\n"),
        ] {
            assert_eq!(line(&[cell]), expected);
        }
    }
}
