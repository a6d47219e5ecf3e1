//! Dates as authors write them.

use jiff::civil::Date;

/// A date of the calendar, written `2026-05-01`. No other form is one, so that dates
/// compare as texts too.
pub fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    let form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    text.parse().ok().filter(|_| form)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn only_days_that_exist() {
        assert_eq!(date(" 2028-02-29 "), Some(jiff::civil::date(2028, 2, 29)));
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-5-1",
            "20260501",
            "2026-05-01T10:00",
            "2026-05",
            "1 May 2026",
            "05/01/2026",
            "2026\u{2013}05\u{2013}01",
            "",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
