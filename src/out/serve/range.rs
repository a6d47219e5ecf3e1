//! A part of a file: a browser can jump in a recording only where parts can be asked for.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

/// Keeps of `bytes` what a request asks for; gives the status and what is to be said of it.
/// Several parts at once, and what is no range, are answered with the whole file.
pub(super) fn cut(headers: &HeaderMap, bytes: &mut Vec<u8>) -> (StatusCode, Option<HeaderValue>) {
    let length = bytes.len();
    let asked = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Some((from, to)) = asked.and_then(|asked| parse(asked, length)) else {
        return (StatusCode::OK, None);
    };
    if from >= to {
        bytes.clear();
        let said = HeaderValue::from_str(&format!("bytes */{length}")).ok();
        return (StatusCode::RANGE_NOT_SATISFIABLE, said);
    }
    bytes.truncate(to);
    bytes.drain(..from);
    let said = HeaderValue::from_str(&format!("bytes {from}-{}/{length}", to - 1)).ok();
    (StatusCode::PARTIAL_CONTENT, said)
}

/// First byte and the one after the last.
fn parse(asked: &str, length: usize) -> Option<(usize, usize)> {
    let (from, to) = asked.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.parse::<usize>().ok();
    match (from.is_empty(), to.is_empty()) {
        (true, _) => Some((length.saturating_sub(number(to)?), length)),
        (false, true) => Some((number(from)?, length)),
        (false, false) => {
            let (from, to) = (number(from)?, number(to)?);
            (from <= to).then(|| (from, to.saturating_add(1).min(length)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_cut() {
        for (asked, status, left) in [
            ("bytes=0-3", 206, "abcd"),
            ("bytes=4-", 206, "efgh"),
            ("bytes=-2", 206, "gh"),
            ("bytes=6-99", 206, "gh"),
            ("bytes=8-", 416, ""),
            ("bytes=3-1", 200, "abcdefgh"),
            ("bytes=0-1,3-4", 200, "abcdefgh"),
            ("lines=0-1", 200, "abcdefgh"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(asked));
            let mut bytes = b"abcdefgh".to_vec();
            let (found, _) = cut(&headers, &mut bytes);
            assert_eq!(
                (found.as_u16(), String::from_utf8(bytes).unwrap().as_str()),
                (status, left)
            );
        }
    }
}
