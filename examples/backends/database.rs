//! Where the file of a database is.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use tempfile::{TempDir, TempPath};

/// A database file in the making. It is made in a temporary directory and moved to its destination
/// when it is complete, so that an error leaves nothing behind.
pub(crate) struct DatabaseFile {
    directory: TempDir,
    destination: Option<PathBuf>,
}

impl DatabaseFile {
    /// Finds a place for the file: beside `destination`, where nothing may be yet, or else where the
    /// system keeps temporary files.
    pub(crate) fn create(destination: Option<&Path>) -> anyhow::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".static-call-backends-");
        let directory = match destination {
            Some(path) => {
                ensure!(
                    path.symlink_metadata().is_err(),
                    "{} exists already: name a file that does not",
                    path.display(),
                );
                let parent = path.parent().filter(|parent| *parent != Path::new(""));
                builder.tempdir_in(parent.unwrap_or(Path::new(".")))
            }
            None => builder.tempdir(),
        };
        let place = || match destination {
            Some(path) => format!("cannot create the database {}", path.display()),
            None => String::from("cannot create a temporary directory for the database"),
        };
        Ok(Self {
            directory: directory.with_context(place)?,
            destination: destination.map(Path::to_owned),
        })
    }

    /// The path at which to make the file.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("database")
    }

    /// Moves the complete file to its destination, if it has one, and returns that. Removes the
    /// temporary directory.
    pub(crate) fn finish(self) -> anyhow::Result<Option<PathBuf>> {
        if let Some(destination) = &self.destination {
            TempPath::try_from_path(self.path())?
                .persist_noclobber(destination)
                .with_context(|| format!("cannot create the database {}", destination.display()))?;
        }
        self.directory
            .close()
            .context("cannot remove the temporary directory of the database")?;
        Ok(self.destination)
    }
}
