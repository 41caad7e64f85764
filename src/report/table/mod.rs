//! The table: for people at a terminal.

mod footer;
mod frame;
mod paint;
mod places;

use super::summary::{self, BySeverity};
use super::untrusted::visible;
use super::{Report, Reported, Style};
use crate::finding::{Confidence, Finding, Location, Severity};
use crate::store::Lifecycle;
use paint::Paint;
use places::Places;
use std::io::{self, Write};

/// How many findings are shown unless everything is asked for.
const SHOWN: usize = 500;

/// Writes the report.
pub fn write(report: &Report, style: Style, to: &mut dyn Write) -> io::Result<()> {
    let page = Page { paint: Paint { on: style.color }, width: style.width.max(40) };
    let mut room = Room::of(report, if style.verbose { usize::MAX } else { SHOWN });
    let places = Places::of(report);
    let mut above: Option<&Location> = None;
    for reported in report.open() {
        if !room.takes(reported) {
            continue;
        }
        let here = &reported.finding.location;
        if above.is_none_or(|above| above.path != here.path) {
            writeln!(to, "{}\n", page.paint.heading(&visible(&here.path)))?;
        }
        page.finding(reported, &places, above == Some(here), to)?;
        above = Some(here);
    }
    if room.left_out > 0 {
        let (count, severities) = (room.left_out, room.unseen.words());
        let more = format!(
            "{count} more findings are not shown: {severities}. All of them: --verbose, or \
             --format json=FILE"
        );
        writeln!(to, "{}\n", page.paint.dim(&more))?;
    }
    footer::write(report, page, style.verbose, to)
}

/// How the report is to look.
#[derive(Clone, Copy)]
struct Page {
    paint: Paint,
    width: usize,
}

/// Which findings are shown. Those that block come first, then the most severe; among equals the
/// first of the report. No sorting, so that files stay together.
struct Room {
    /// How many more of a rank are shown, the worst rank first.
    ranks: [usize; RANKS],
    left_out: usize,
    unseen: BySeverity,
}

/// Blocking or not, by six severities.
const RANKS: usize = 2 * summary::SEVERITIES.len();

impl Room {
    fn of(report: &Report, mut room: usize) -> Room {
        let mut ranks = [0; RANKS];
        report.open().for_each(|reported| ranks[rank(reported)] += 1);
        for count in &mut ranks {
            *count = room.min(*count);
            room -= *count;
        }
        Room { ranks, left_out: 0, unseen: BySeverity::default() }
    }

    fn takes(&mut self, reported: &Reported) -> bool {
        let places = &mut self.ranks[rank(reported)];
        if *places > 0 {
            *places -= 1;
            return true;
        }
        self.left_out += 1;
        *self.unseen.of(reported.finding.severity) += 1;
        false
    }
}

fn rank(reported: &Reported) -> usize {
    let severity = Severity::Critical as usize - reported.finding.severity as usize;
    severity + if reported.blocked_by.is_some() { 0 } else { RANKS / 2 }
}

impl Page {
    /// One finding: what, where, the source unless it `is_above`, what to do.
    fn finding(
        self,
        reported: &Reported,
        places: &Places,
        is_above: bool,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        let (finding, paint) = (&reported.finding, self.paint);
        let label = format!("{}[{}]", summary::severity(finding.severity), finding.rule);
        let label = visible(&label).into_owned();
        let message = self.wrapped(&visible(&finding.message), paint::width(&label) + 2, 4);
        writeln!(to, "{}: {}", paint.severity(finding.severity, &label), paint.bold(&message))?;

        let gutter = frame::gutter(finding);
        let arrow = format!("{:gutter$}-->", "");
        let place = visible(&summary::place(finding)).into_owned();
        writeln!(to, "{} {place}{}", paint.line(&arrow), self.marks(reported))?;
        if !is_above {
            frame::write(finding, gutter, self, to)?;
        }
        if let Some(rule) = reported.rule() {
            self.note(gutter, "fix", summary::first_sentence(rule.fix), to)?;
        }
        if let Some((rule, fix)) = finding.fixed_by() {
            let what = if fix.safe { "" } else { ", if that is meant" };
            let text = format!("`lockgate fix --rule {rule}` to {}{what}", fix.description);
            self.note(gutter, "mend", &visible(&text), to)?;
        }
        if let Some(others) = places.others(finding) {
            self.note(gutter, "same secret in", &visible(&others), to)?;
        }
        if let Some(introduced) = &finding.introduced {
            self.note(gutter, "history", &summary::introduced(introduced), to)?;
        }
        if !finding.witnesses.is_empty() {
            self.note(gutter, "also seen by", &visible(&witnesses(finding)), to)?;
        }
        writeln!(to)
    }

    /// What sets the finding apart from an old and certain one.
    fn marks(self, reported: &Reported) -> String {
        let mut marks = String::new();
        let mut mark = |text: &str| {
            marks.push_str("  ");
            marks.push_str(text);
        };
        if reported.blocked_by.is_some() {
            mark(&self.paint.alarm("blocks"));
        }
        match reported.lifecycle {
            Some(Lifecycle::New) => mark(&self.paint.accent("new")),
            Some(Lifecycle::Reopened) => mark(&self.paint.accent("reopened")),
            Some(Lifecycle::Existing) | None => {}
        }
        match reported.finding.confidence {
            Confidence::High => {}
            Confidence::Medium => mark(&self.paint.dim("medium confidence")),
            Confidence::Low => mark(&self.paint.dim("low confidence")),
        }
        marks
    }

    /// A line below the frame: `= fix: …`.
    fn note(self, gutter: usize, label: &str, text: &str, to: &mut dyn Write) -> io::Result<()> {
        let indent = gutter + 3 + label.len() + 2;
        let text = self.wrapped(text, indent, indent);
        let sign = format!("{:gutter$} =", "");
        writeln!(to, "{} {}: {text}", self.paint.line(&sign), self.paint.bold(label))
    }

    /// The text, broken between words where a line is full; `indent` stands before the next ones.
    fn wrapped(self, text: &str, used: usize, indent: usize) -> String {
        paint::wrap(text, self.width, used, indent)
    }
}

/// `secrets aws-access-token (critical) at app.py:3:1`.
fn witnesses(finding: &Finding) -> String {
    let words = finding.witnesses.iter().map(|witness| {
        let severity = summary::severity(witness.severity);
        let said = format!("{} {} ({severity})", witness.engine, witness.rule);
        if witness.location == finding.location {
            return said;
        }
        format!("{said} at {}", summary::place(witness))
    });
    words.collect::<Vec<_>>().join(", ")
}
