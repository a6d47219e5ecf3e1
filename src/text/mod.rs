//! Text and where it stands: places, escaping, the tree of YAML and TOML, and what can be
//! found wrong, with its explanation.
//!
//! Comes in: characters. Goes out: values that know their places.

pub mod address;
pub mod base64;
pub mod csv;
pub mod data;
pub mod date;
pub mod diagnostic;
pub mod markup;
pub mod media;
pub mod span;
pub mod vocabulary;
