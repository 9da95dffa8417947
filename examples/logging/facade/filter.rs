//! Which records are wanted.

use std::str::FromStr;

use anyhow::ensure;

use super::Level;

/// The levels that are wanted, and other ones of some parts of the program.
///
/// Written as `info`, or as `info,store=warn,store::disk=trace`: what is said of the longest path
/// counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The least important level that is wanted of any target.
    least: Level,
    elsewhere: Level,
    /// The longest paths come first.
    targets: Vec<(String, Level)>,
}

impl Filter {
    /// Whether a record of this level and target is wanted.
    #[inline]
    pub(crate) fn admits(&self, level: Level, target: &str) -> bool {
        level <= self.level(target)
    }

    /// The least important level that is wanted of any target.
    pub(crate) fn least(&self) -> Level {
        self.least
    }

    fn level(&self, target: &str) -> Level {
        let mut targets = self.targets.iter();
        let found = targets.find(|(path, _)| contains(path, target));
        found.map_or(self.elsewhere, |(_, level)| *level)
    }
}

/// Whether `target` is what `path` names, or within it.
fn contains(path: &str, target: &str) -> bool {
    let rest = target.strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

impl FromStr for Filter {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let mut elsewhere = None;
        let mut targets = Vec::new();
        for directive in text.split(',') {
            match directive.split_once('=') {
                Some((path, level)) => {
                    ensure!(!path.is_empty(), "'{directive}' names no target");
                    targets.push((String::from(path), level.parse()?));
                }
                None => {
                    ensure!(
                        elsewhere.is_none(),
                        "'{directive}' is a second level for all"
                    );
                    elsewhere = Some(directive.parse()?);
                }
            }
        }
        let elsewhere = elsewhere.unwrap_or(Level::Info);
        targets.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        Ok(Self {
            least: targets
                .iter()
                .map(|(_, level)| *level)
                .fold(elsewhere, Level::max),
            elsewhere,
            targets,
        })
    }
}
