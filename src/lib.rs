pub mod config;
pub mod data;
pub mod diagnostic;
pub mod entry;
pub mod output;
pub mod source;
pub mod span;
