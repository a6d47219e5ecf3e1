//! Where it goes: a folder on disk, a browser while somebody writes, wikis, one file for a
//! review.
//!
//! Comes in: a site as a value. Goes out: bytes.

pub mod disk;
pub mod handout;
pub mod leak;
#[cfg(feature = "serve")]
pub mod serve;
pub mod wiki;
