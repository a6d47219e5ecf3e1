//! Comparison with files of expected output. `UPDATE_EXPECTED=1` rewrites them.

use std::path::Path;

/// Whether expected files are to be rewritten.
pub fn updating() -> bool {
    std::env::var_os("UPDATE_EXPECTED").is_some_and(|value| value != "0")
}

/// Compares a text with a file and says where they part. `Err` holds the difference.
pub fn compare(path: &Path, actual: &str) -> Result<(), String> {
    let expected = std::fs::read_to_string(path).ok();
    if expected.as_deref() == Some(actual) {
        return Ok(());
    }
    if updating() {
        super::put(path, actual);
        return Ok(());
    }
    let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display();
    Err(match expected {
        None => format!("{name} is missing; it would hold:\n{actual}"),
        Some(expected) => format!("{name}\n{}", difference(&expected, actual)),
    })
}

/// The lines around the first difference of two texts.
pub fn difference(expected: &str, actual: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let first = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[first..], &new[first..]);
    let same_end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b);
    let same_end = same_end.count();
    let mut out = format!("the first difference is in line {}:\n", first + 1);
    for (mark, lines) in [('-', old_rest), ('+', new_rest)] {
        for line in lines.iter().take((lines.len() - same_end).clamp(1, 12)) {
            out.push_str(&format!("  {mark} {line}\n"));
        }
    }
    out + "UPDATE_EXPECTED=1 rewrites the expected files; look at what changed\n"
}
