//! The text whose words are stored.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, anyhow};

/// The text that ships with the example; `data/README.md` tells its origin.
pub(crate) const SHIPPED: &str = include_str!("../data/alice29.txt");

/// Reads a file of UTF-8 whole.
pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let lines = error.as_bytes()[..offset].split(|&byte| byte == b'\n');
        anyhow!(
            "{} is not UTF-8: line {}, byte offset {offset}",
            path.display(),
            lines.count(),
        )
    })
}
