//! Progress bars.

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar on standard error, which shows only in a terminal.
pub(crate) fn bar(task: &'static str, length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>8} {wide_bar} {percent:>3} % {eta:>4}")
        .expect("the template is correct");
    ProgressBar::new(length as u64)
        .with_style(style)
        .with_message(task)
}
