//! What the tables of costs are made with: programs are built, run under callgrind, and told in Markdown.

pub mod build;
pub mod callgrind;
pub mod markdown;
