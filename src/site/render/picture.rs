//! How large a picture is, so that a page keeps its layout while pictures load.

/// Width and height of a picture in pixels of CSS, from the head of its file.
pub fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let size = match imagesize::blob_size(bytes) {
        Ok(size) => (u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?),
        Err(_) => svg(bytes)?,
    };
    (size.0 > 0 && size.1 > 0).then_some(size)
}

/// The attributes of the first tag: `width` and `height`, else the `viewBox`.
fn svg(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let start = head.find("<svg")?;
    let tag = &head[start..start + head[start..].find('>')?];
    let attribute = |name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}="))?;
        let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c))?;
        rest[1..].split(quote).next()
    };
    let pixels = |text: &str| {
        let number: f64 = text.trim().trim_end_matches("px").parse().ok()?;
        (1.0..100_000.0).contains(&number).then_some(number.round() as u32)
    };
    if let (Some(width), Some(height)) = (attribute("width"), attribute("height"))
        && let (Some(width), Some(height)) = (pixels(width), pixels(height))
    {
        return Some((width, height));
    }
    let parts: Vec<&str> =
        attribute("viewBox")?.split([' ', ',']).filter(|p| !p.is_empty()).collect();
    Some((pixels(parts.get(2)?)?, pixels(parts.get(3)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_from_the_head_of_a_file() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0";
        assert_eq!(size(png), Some((640, 480)));
        assert_eq!(size(b"GIF89a\x80\x02\xe0\x01\0\0\0"), Some((640, 480)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\x01\xe0\x02\x80";
        assert_eq!(size(jpeg), Some((640, 480)));
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x7f\xc2\x77\0";
        assert_eq!(size(lossless), Some((640, 480)));
        let extended = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0";
        assert_eq!(size(extended), Some((640, 480)));
        assert_eq!(size(b"<?xml?><svg width='640' height=\"480px\">"), Some((640, 480)));
        assert_eq!(size(b"<svg viewBox=\"0 0 640 480\">"), Some((640, 480)));
        assert_eq!(size(b"<svg width=\"100%\" viewBox=\"0,0,640,480\">"), Some((640, 480)));
    }

    #[test]
    fn what_has_no_size_is_no_error() {
        for odd in
            [&b""[..], b"x", b"\xff\xd8\xff", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg>", b"RIFF"]
        {
            assert_eq!(size(odd), None, "{odd:?}");
        }
    }
}
