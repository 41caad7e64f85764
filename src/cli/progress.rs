//! The progress bar: on standard error, when that is a terminal and the work is long.

use crate::scan;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar, or nothing.
pub struct Bar(ProgressBar);

impl Bar {
    /// A hidden bar when `quiet`; on no terminal it hides itself.
    pub fn new(quiet: bool) -> Bar {
        let target = if quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(10)
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let style =
            ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} files, {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Bar(bar)
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl scan::Progress for Bar {
    fn begin(&self, files: u64) {
        self.0.set_length(files);
    }

    fn advance(&self) {
        self.0.inc(1);
    }
}
