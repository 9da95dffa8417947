//! Where in the source a call stands, as the program's debug information tells.

use std::fmt;
use std::path::{Path, PathBuf};

/// A line of a source file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Location {
    file: PathBuf,
    line: u32,
}

impl Location {
    /// The path of the file, as the compiler was told it.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Where the call stands that was inlined at this address.
    #[cfg(feature = "source-locations")]
    pub(crate) fn of_inlined(address: usize) -> Option<Self> {
        let mut locations = Vec::new();
        // It looks for the instruction before, as of an address to return to.
        let after = std::ptr::without_provenance_mut(address + 1);
        backtrace::resolve(after, |symbol| {
            let location = symbol.filename().zip(symbol.lineno());
            locations.push(location.map(|(file, line)| Self {
                file: file.to_path_buf(),
                line,
            }));
        });
        // The innermost function is the generated method, the next is the one that calls it.
        locations.into_iter().nth(1)?
    }

    /// It cannot be told.
    #[cfg(not(feature = "source-locations"))]
    pub(crate) fn of_inlined(_address: usize) -> Option<Self> {
        None
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file.display(), self.line)
    }
}
