//! The progress bar: on standard error, when that is a terminal and the work is long.

use crate::report::untrusted::visible;
use crate::scan;
use crate::store::maintain;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Work that is over sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar, or nothing.
pub struct Bar {
    bar: ProgressBar,
    /// Whether the bar is to be shown and is not yet.
    waiting: AtomicBool,
}

impl Bar {
    /// No bar when `quiet`; on no terminal it hides itself.
    pub fn new(quiet: bool) -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style =
            ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} files, {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Bar { bar, waiting: AtomicBool::new(!quiet) }
    }

    /// Counts where nobody knows how many there will be; nothing when `quiet`.
    pub fn counting(quiet: bool, what: &'static str) -> Bar {
        let counting = Bar::new(quiet);
        let style = ProgressStyle::with_template("{spinner} {human_pos} {msg}, {elapsed}");
        counting.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        counting.bar.set_message(what);
        counting
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Shows the bar once the work has been long.
    fn show(&self) {
        if self.waiting.load(Ordering::Relaxed)
            && self.bar.elapsed() > PATIENCE
            && self.waiting.swap(false, Ordering::Relaxed)
        {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
    }
}

impl scan::Progress for Bar {
    fn begin(&self, files: u64) {
        self.bar.set_length(files);
    }

    fn advance(&self) {
        self.bar.inc(1);
        self.show();
    }
}

/// What is being done to a store and how far it is, or nothing.
pub struct Work(Bar);

impl Work {
    /// Nothing when `quiet`; on no terminal it hides itself.
    pub fn new(quiet: bool) -> Work {
        let work = Bar::new(quiet);
        let style = ProgressStyle::with_template("{spinner} {msg} {human_pos} rows, {elapsed}");
        work.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        Work(work)
    }

    /// Takes it off the screen.
    pub fn clear(&self) {
        self.0.clear();
    }
}

impl maintain::Progress for Work {
    fn begin(&self, part: &str) {
        self.0.bar.set_message(visible(part).into_owned());
        self.0.bar.set_position(0);
        self.0.show();
    }

    fn advance(&self, rows: u64) {
        self.0.bar.inc(rows);
        self.0.show();
    }
}
