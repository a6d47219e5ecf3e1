//! What stands in place of the painter in a program that was built without it.

use super::picture::PictureError;

/// Nobody who draws.
pub struct Painter;

impl Painter {
    /// # Errors
    /// Always.
    pub fn new() -> Result<Painter, PictureError> {
        Err(PictureError::NoPainter)
    }

    /// # Errors
    /// Always.
    pub fn png(&self, _svg: &str) -> Result<Vec<u8>, PictureError> {
        Err(PictureError::NoPainter)
    }
}
