//! The form of an ID: `T-AUTH-004`.

/// Whether `text` has the form of an ID: letters and digits in parts joined by
/// hyphens, at least two parts, the first part beginning with a letter and the
/// last all digits.
pub fn is_id(text: &str) -> bool {
    let mut parts = text.split('-');
    let Some(first) = parts.next() else { return false };
    let rest: Vec<&str> = parts.collect();
    text.len() <= 80
        && first.starts_with(|c: char| c.is_ascii_alphabetic())
        && !rest.is_empty()
        && std::iter::once(&first)
            .chain(&rest)
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        && rest.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()))
}

/// The form under which IDs are compared: `t-auth-004` and `T-AUTH-004` are one.
pub fn id_form(text: &str) -> String {
    text.trim().to_ascii_lowercase()
}

/// An ID as an anchor and as a file name: blanks and other signs become hyphens.
pub fn id_anchor(id: &str) -> String {
    let sign = |c: char| match c.is_alphanumeric() || matches!(c, '.' | '-' | '_') {
        true => c,
        false => '-',
    };
    id_form(id).chars().map(sign).collect()
}

/// The next free ID that begins with `prefix` (such as `T-AUTH`), at least as wide
/// as its neighbours and never less than three digits: one more than the highest
/// number in use, so that a removed entry's number is not given to another.
pub fn next_free<'a>(prefix: &str, taken: impl IntoIterator<Item = &'a str>) -> String {
    let start = format!("{}-", prefix.to_ascii_lowercase());
    let (mut highest, mut width) = (0u64, 3);
    for id in taken {
        let lower = id.to_ascii_lowercase();
        if let Some(digits) = lower.strip_prefix(&start)
            && !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
            && let Ok(number) = digits.parse::<u64>()
        {
            highest = highest.max(number);
            width = width.max(digits.len());
        }
    }
    format!("{}-{:0width$}", prefix.to_ascii_uppercase(), highest.saturating_add(1))
}

/// The next ID after those that have a form of their own: the highest number at the end of
/// one, and one more, so that `SEC_REQ_12` gives `SEC_REQ_13`. `None` where none ends in a
/// number.
pub fn next_formed<'a>(taken: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let numbered = taken.into_iter().filter_map(|id| {
        let digits = id.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (head, digits) = id.split_at(id.len() - digits);
        Some((digits.parse::<u64>().ok()?, std::cmp::Reverse(head), digits.len()))
    });
    let (number, head, width) = numbered.max()?;
    Some(format!("{}{:0width$}", head.0, number.checked_add(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_an_id() {
        for good in ["T-AUTH-004", "t-1", "PAY-2", "A-1-2-3", "T1-9"] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", "T", "bin", "T-", "-1", "T-AUTH", "T-AUTH-4a", "T AUTH-4", "../T-1", "1-2x"]
        {
            assert!(!is_id(bad), "{bad}");
        }
    }

    #[test]
    fn anchors_have_no_blanks() {
        assert_eq!(id_anchor("T-AUTH-004"), "t-auth-004");
        assert_eq!(id_anchor("CR 1.1"), "cr-1.1");
        assert_eq!(id_anchor("SEC_REQ_12"), "sec_req_12");
    }

    #[test]
    fn the_next_id_of_a_form() {
        assert_eq!(next_formed(["SEC_REQ_2", "SEC_REQ_12"]).as_deref(), Some("SEC_REQ_13"));
        assert_eq!(next_formed(["CR 1.09", "CR 1.1"]).as_deref(), Some("CR 1.10"));
        assert_eq!(next_formed(["MASVS-AUTH"]), None);
        assert_eq!(next_formed(["A18446744073709551615"]), None);
    }

    #[test]
    fn the_next_id_is_above_the_highest() {
        assert_eq!(next_free("t-auth", ["T-AUTH-001", "T-AUTH-007", "T-WEB-900"]), "T-AUTH-008");
        assert_eq!(next_free("T", ["T-0012"]), "T-0013");
        assert_eq!(next_free("R-LOG", []), "R-LOG-001");
    }
}
