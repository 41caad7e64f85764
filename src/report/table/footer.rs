//! What stands below the findings: what is fixed, what was not looked at, the numbers, the verdict.

use super::Page;
use crate::finding::{Notification, Trouble};
use crate::policy::{Blocking, Decision};
use crate::report::summary::{self, Counts, plural};
use crate::report::untrusted::visible;
use crate::report::{Report, Reported};
use std::io::{self, Write};

/// How many fixed findings are named.
const FIXED: usize = 10;
/// How many files are named for each kind of trouble.
const NOTIFICATIONS: usize = 5;
/// How many blocking findings are named, and how many reasons of incompleteness.
const REASONS: usize = 20;
/// How many findings are named that are only warned about.
const WARNINGS: usize = 5;

/// Writes everything that follows the findings.
pub fn write(report: &Report, page: Page, all: bool, to: &mut dyn Write) -> io::Result<()> {
    let footer = Footer { report, page, all };
    footer.fixed(to)?;
    footer.notifications(to)?;
    footer.numbers(to)?;
    footer.verdict(to)
}

struct Footer<'a> {
    report: &'a Report,
    page: Page,
    all: bool,
}

impl Footer<'_> {
    fn fixed(&self, to: &mut dyn Write) -> io::Result<()> {
        let fixed = &self.report.fixed;
        if fixed.is_empty() {
            return Ok(());
        }
        writeln!(to, "{}", self.page.paint.good("Fixed since the last scan"))?;
        for fixed in fixed.iter().take(self.at_most(FIXED)) {
            let label = format!("{}[{}]", summary::severity(fixed.severity), fixed.rule);
            let text = format!("{label}: {} ({}:{})", fixed.message, fixed.path, fixed.line);
            self.item(&visible(&text), to)?;
        }
        self.more(fixed.len(), FIXED, to)?;
        writeln!(to)
    }

    fn notifications(&self, to: &mut dyn Write) -> io::Result<()> {
        for kind in summary::TROUBLES {
            let of_kind = || self.report.all_notifications().filter(move |n| n.trouble == kind);
            let count = of_kind().count();
            if count > 0 {
                self.trouble(kind, of_kind(), count, to)?;
            }
        }
        Ok(())
    }

    fn trouble<'n>(
        &self,
        kind: Trouble,
        notifications: impl Iterator<Item = &'n Notification>,
        count: usize,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        let heading = format!("{}: {}", summary::extent(kind), summary::trouble(kind));
        writeln!(to, "{}", self.page.paint.doubt(&heading))?;
        for notification in notifications.take(self.at_most(NOTIFICATIONS)) {
            let engine = notification.engine.as_deref();
            let engine = engine.map(|engine| format!(" ({engine})")).unwrap_or_default();
            let text = format!("{}{engine}: {}", notification.path, notification.message);
            self.item(&visible(&text), to)?;
        }
        self.more(count, NOTIFICATIONS, to)?;
        writeln!(to)
    }

    fn numbers(&self, to: &mut dyn Write) -> io::Result<()> {
        let counts = Counts::of(self.report);
        let mut parts = match counts.open {
            0 => vec!["No findings".to_owned()],
            open => vec![format!("{}: {}", plural(open, "finding"), counts.severity.words())],
        };
        parts.push(counts.lifecycles());
        for (count, word) in [(counts.fixed, "fixed"), (counts.waived, "waived")] {
            parts.push(if count > 0 { format!("{count} {word}") } else { String::new() });
        }
        parts.retain(|part| !part.is_empty());
        writeln!(to, "{}", self.page.paint.bold(&parts.join("; ")))?;
        let engines: Vec<&str> = self.report.runs.iter().map(|run| &*run.engine).collect();
        let by = if engines.is_empty() {
            String::new()
        } else {
            format!(" by {}", visible(&engines.join(", ")))
        };
        let count = |files: u64, noun| plural(files.try_into().unwrap_or(usize::MAX), noun);
        let files = count(self.report.files - self.report.binary, "file");
        let mut scanned = format!("{files} scanned{by} in {:.1} s", self.report.seconds);
        if self.report.binary > 0 {
            scanned += &format!("; {} left out", count(self.report.binary, "binary file"));
        }
        writeln!(to, "{}\n", self.page.paint.dim(&scanned))
    }

    fn verdict(&self, to: &mut dyn Write) -> io::Result<()> {
        let (verdict, paint) = (&self.report.verdict, self.page.paint);
        if verdict.outcome == Decision::Passed {
            let text = match verdict.would_block.is_empty() {
                true => format!("no finding is blocked by {}", verdict.policy.summary()),
                false => "the gate only observes".to_owned(),
            };
            writeln!(to, "{}: {}", paint.good("PASSED"), visible(&text))?;
        }
        self.entries(&verdict.blocking, &paint.alarm("BLOCKED"), REASONS, to)?;
        self.entries(&verdict.would_block, &paint.doubt("WOULD BLOCK"), REASONS, to)?;
        self.entries(&verdict.warnings, &paint.doubt("WARNED"), WARNINGS, to)?;
        if !verdict.incomplete.is_empty() {
            writeln!(to, "{}: not everything was looked at", paint.doubt("INCOMPLETE"))?;
            for reason in verdict.incomplete.iter().take(self.at_most(REASONS)) {
                self.item(&visible(reason), to)?;
            }
            self.more(verdict.incomplete.len(), REASONS, to)?;
        }
        self.base(to)?;
        self.observed(to)?;
        self.next_step(to)
    }

    /// The findings of a kind, by the policy's rules that took them.
    fn entries(
        &self,
        entries: &[Blocking],
        heading: &str,
        few: usize,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        let mut rules: Vec<&str> = Vec::new();
        for entry in entries {
            if !rules.contains(&entry.rule.as_str()) {
                rules.push(&entry.rule);
            }
        }
        let count = plural(entries.len(), "finding");
        match rules[..] {
            [] => return Ok(()),
            [rule] => writeln!(to, "{heading}: {count}, by {}", visible(rule))?,
            _ => writeln!(to, "{heading}: {count}")?,
        }
        let mut room = self.at_most(few);
        for rule in &rules {
            let of_rule = || entries.iter().filter(|entry| entry.rule == *rule);
            if rules.len() > 1 && room > 0 {
                let count = plural(of_rule().count(), "finding");
                writeln!(to, " {count} by {}", visible(rule))?;
            }
            let shown: Vec<&Blocking> = of_rule().take(room).collect();
            room -= shown.len();
            self.places(&shown, to)?;
        }
        self.more(entries.len(), few, to)
    }

    /// Which findings, where, and which waiver of theirs does not count.
    fn places(&self, entries: &[&Blocking], to: &mut dyn Write) -> io::Result<()> {
        let finding = |entry: &Blocking| &self.report.findings[entry.finding].finding;
        let width = entries.iter().map(|entry| finding(entry).rule.chars().count()).max();
        for entry in entries {
            let (finding, width) = (finding(entry), width.unwrap_or_default());
            let short = summary::short(&finding.fingerprint);
            let line = format!("{short}  {:<width$}  {}", finding.rule, summary::place(finding));
            writeln!(to, "  {}", visible(&line))?;
            if let Some(despite) = &entry.despite {
                self.item(&visible(&format!("  although waived: {despite}")), to)?;
            }
        }
        Ok(())
    }

    /// From when on the gate does more than observe.
    fn observed(&self, to: &mut dyn Write) -> io::Result<()> {
        let verdict = &self.report.verdict;
        if !verdict.observed {
            return Ok(());
        }
        let text = match verdict.policy.starts {
            Some(day) => format!("The gate observes until it starts on {day} ([gate] starts)."),
            None => "The gate only observes (--dry-run, or [gate] observe): this scan blocks \
                     nothing, and becomes no base if it would have been blocked."
                .to_owned(),
        };
        writeln!(to, "{}", self.page.paint.dim(&self.page.wrapped(&text, 0, 0)))
    }

    /// What the findings were compared with, where that mattered.
    fn base(&self, to: &mut dyn Write) -> io::Result<()> {
        let verdict = &self.report.verdict;
        if !verdict.policy.new_only {
            return Ok(());
        }
        let text = match &verdict.base {
            Some(base) => format!("New is what is not in {}.", visible(base)),
            None => "There is nothing to compare with, so every finding counts as new. The next \
                     scan that passes becomes the base; `lockgate scan --fail-on none` makes one \
                     of what is there now."
                .to_owned(),
        };
        writeln!(to, "{}", self.page.paint.dim(&self.page.wrapped(&text, 0, 0)))
    }

    fn next_step(&self, to: &mut dyn Write) -> io::Result<()> {
        let verdict = &self.report.verdict;
        let blocking = verdict.blocking.first().or(verdict.would_block.first());
        let shown = blocking
            .map(|blocking| &self.report.findings[blocking.finding])
            .or_else(|| self.report.open().next());
        let Some(rule) = shown.and_then(Reported::rule) else {
            return Ok(());
        };
        let command = format!("lockgate rules explain {}", rule.id);
        writeln!(to, "{} {command}", self.page.paint.dim("To read more about a rule:"))
    }

    /// One line of a list, which goes on indented.
    fn item(&self, text: &str, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "  {}", self.page.wrapped(text, 2, 4))
    }

    fn at_most(&self, few: usize) -> usize {
        if self.all { usize::MAX } else { few }
    }

    /// Says how many of a list are not shown.
    fn more(&self, count: usize, few: usize, to: &mut dyn Write) -> io::Result<()> {
        match count.checked_sub(self.at_most(few)) {
            None | Some(0) => Ok(()),
            Some(more) => {
                let text = format!("  … and {more} more; --verbose shows all");
                writeln!(to, "{}", self.page.paint.dim(&text))
            }
        }
    }
}
