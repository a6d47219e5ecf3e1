pub mod config;
pub mod data;
pub mod diagnostic;
pub mod entry;
pub mod source;
pub mod span;
pub mod theme;
pub mod view;
