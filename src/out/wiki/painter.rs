//! Drawing SVG as PNG. No other file knows the library that does it.

use super::picture::PictureError;

/// Makes PNG twins of diagrams, with the fonts of the system.
pub struct Painter {
    options: resvg::usvg::Options<'static>,
}

impl Painter {
    /// A painter with the fonts of the system.
    ///
    /// # Errors
    /// When there are none.
    pub fn new() -> Result<Painter, PictureError> {
        let mut options = resvg::usvg::Options::default();
        options.fontdb_mut().load_system_fonts();
        // A picture may not show files of this machine.
        options.image_href_resolver.resolve_string = Box::new(|_, _| None);
        match options.fontdb_mut().is_empty() {
            true => Err(PictureError::NoFont),
            false => Ok(Painter { options }),
        }
    }

    /// The picture as PNG at twice its size, so that it is sharp on every screen.
    ///
    /// # Errors
    /// When the picture is too large.
    pub fn png(&self, svg: &str) -> Result<Vec<u8>, PictureError> {
        let unreadable = |reason: String| PictureError::Unreadable(reason);
        let tree = resvg::usvg::Tree::from_str(svg, &self.options)
            .map_err(|error| unreadable(error.to_string()))?;
        let scale = 2.0;
        let size = tree.size().to_int_size().scale_by(scale);
        let pixmap = size.and_then(|s| resvg::tiny_skia::Pixmap::new(s.width(), s.height()));
        let mut pixmap = pixmap.ok_or_else(|| unreadable("the picture is too large".into()))?;
        let transform = resvg::tiny_skia::Transform::from_scale(scale, scale);
        resvg::render(&tree, transform, &mut pixmap.as_mut());
        pixmap.encode_png().map_err(|error| unreadable(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_shows_no_file_of_the_machine() {
        let Ok(painter) = Painter::new() else { return };
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">\
                   <image href=\"/etc/hostname\" width=\"9\" height=\"9\"/></svg>";
        let png = resvg::tiny_skia::Pixmap::decode_png(&painter.png(svg).unwrap()).unwrap();
        assert_eq!(png.width(), 18);
        assert!(png.data().iter().all(|byte| *byte == 0));
        assert!(painter.png("no picture").is_err());
    }
}
