//! The theme: templates and assets, embedded in the program and replaceable one file
//! at a time.

mod bounds;
mod embedded;
mod engine;
mod error;
mod growth;

pub use engine::Theme;
pub use error::{Details, ThemeError, ThemeErrorKind};
