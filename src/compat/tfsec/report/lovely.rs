//! What a terminal shows: each result with its code, then what was looked at.

use super::paint::Paint;
use super::{Report, level};
use crate::compat::tfsec::case::{Case, Status};
use crate::compat::tfsec::severity::Level;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

/// The width of a page that is no terminal, in columns.
const WIDTH: usize = 80;

pub fn write(report: &Report, colours: bool, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { report, paint: Paint(colours), width: width() };
    let statuses = [Status::Failed, Status::Passed, Status::Ignored];
    let mut cases: Vec<&Case> = statuses.iter().flat_map(|status| report.of(*status)).collect();
    if cases.is_empty() {
        if !report.options.concise {
            page.metrics(out)?;
        }
        let said = page.paint.green("No problems detected!");
        return write!(out, "\n{said}\n\n");
    }
    let key = |case: &Case| {
        let severity = case.level.map_or(0, |level| 4 - level as u8);
        (severity, page.report.place(case), case.about.avd.clone(), case.status)
    };
    cases.sort_by_cached_key(|case| key(case));
    writeln!(out)?;
    let mut number = 1;
    let grouped = !report.options.no_grouping;
    for group in cases.chunk_by(|a, b| grouped && key(a) == key(b)) {
        page.group(number, group, out)?;
        number += group.len();
    }
    if !report.options.concise {
        page.metrics(out)?;
    }
    let counted = |status, name: &str| match report.count(status) {
        0 => String::new(),
        count => format!("{count} {name}, "),
    };
    let passed = counted(Status::Passed, "passed");
    let ignored = counted(Status::Ignored, "ignored");
    let failed = report.count(Status::Failed);
    let said = format!("{passed}{ignored}{failed} potential problem(s) detected.");
    write!(out, "  {}\n\n", page.paint.loud(&said))
}

fn width() -> usize {
    terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0))
}

struct Page<'a> {
    report: &'a Report<'a>,
    paint: Paint,
    width: usize,
}

impl Page<'_> {
    fn rule(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.paint.grey(&"─".repeat(self.width)))
    }

    fn group(&self, number: usize, group: &[&Case], out: &mut dyn Write) -> io::Result<()> {
        let (paint, first) = (self.paint, group[0]);
        let (name, similar) = match group.len() {
            1 => (format!("Result #{number}"), String::new()),
            many => (
                format!("Results #{number}-{}", number + many - 1),
                format!("({many} similar results)"),
            ),
        };
        let (name, said) = (paint.italic(&name), paint.bold(&first.description));
        writeln!(out, "{name} {} {said} {}", self.severity(first), paint.dim(&similar))?;
        self.rule(out)?;
        let (path, lines) = (self.report.path(&first.at), first.at.shown());
        writeln!(out, "  {}{}", paint.italic(&path), paint.dim(&format!(":{lines}")))?;
        for (depth, (lines, call)) in first.via.iter().enumerate() {
            let from = format!("{}:{} ({call})", self.report.path(lines), lines.shown());
            writeln!(out, "{}{}{from}", " ".repeat(depth + 3), paint.dim("via "))?;
        }
        self.rule(out)?;
        if !self.report.options.no_code && !self.report.options.concise {
            self.code(first, out)?;
            self.rule(out)?;
        }
        if group.len() > 1 {
            self.causes(group, out)?;
            self.rule(out)?;
        }
        self.about(first, out)?;
        writeln!(out)?;
        self.rule(out)?;
        write!(out, "\n\n")
    }

    fn severity(&self, case: &Case) -> String {
        let paint = self.paint;
        let severity = match case.level {
            Some(Level::Critical) => paint.loud("CRITICAL"),
            Some(Level::High) => paint.red("HIGH"),
            Some(Level::Medium) => paint.yellow("MEDIUM"),
            Some(Level::Low) => level(case).to_owned(),
            None => " UNKNOWN".to_owned(),
        };
        match case.status {
            Status::Failed => severity,
            Status::Passed => paint.green("PASSED"),
            Status::Ignored => format!("{} ({severity})", paint.yellow("IGNORED")),
        }
    }

    fn code(&self, case: &Case, out: &mut dyn Write) -> io::Result<()> {
        let lines = self.report.code(case);
        let causes = lines.iter().filter(|line| line.is_cause).count();
        let (first, last) = (lines.first(), lines.last());
        let is_part = first.is_some_and(|it| !it.is_cause) || last.is_some_and(|it| !it.is_cause);
        let mut seen = 0;
        for line in &lines {
            let Some(text) = &line.text else {
                let dots = ".".repeat(line.number.to_string().len());
                writeln!(out, "{}  ", self.paint.grey(&format!("{dots:>5}")))?;
                continue;
            };
            let number = format!("{:>5}  ", line.number);
            if !line.is_cause || case.status == Status::Passed {
                writeln!(out, "{}  {text}", self.paint.grey(&number))?;
                continue;
            }
            seen += 1;
            let mark = match seen {
                _ if !is_part => " ",
                _ if causes == 1 => "[",
                1 => "┌",
                seen if seen == causes => "└",
                _ => "│",
            };
            write!(out, "{}{} {text}", self.paint.red(&number), self.paint.red(mark))?;
            if let Some(annotation) = case.annotation.as_ref().filter(|_| causes == 1) {
                write!(out, " {}", self.paint.dim(&format!("({annotation})")))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn causes(&self, group: &[&Case], out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "  {}", self.paint.dim("Individual Causes"))?;
        let mut causes: BTreeMap<String, usize> = BTreeMap::new();
        for case in group {
            let path = self.report.path(&case.at);
            let lines = case.via.last().map_or(&case.within, |(lines, _)| lines);
            let cause = format!("{path}:{} ({})", lines.shown(), case.resource);
            *causes.entry(cause).or_default() += 1;
        }
        for (cause, count) in causes {
            let times = if count > 1 { format!(" {count} instances") } else { String::new() };
            writeln!(out, "  {} {cause}{times}", self.paint.dim("-"))?;
        }
        Ok(())
    }

    fn about(&self, case: &Case, out: &mut dyn Write) -> io::Result<()> {
        let (paint, about) = (self.paint, &case.about);
        let facts =
            [("ID", &about.long), ("Impact", &about.impact), ("Resolution", &about.resolution)];
        for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
            writeln!(out, "  {} {fact}", paint.dim(&format!("{name:>10}")))?;
        }
        if !about.links.is_empty() {
            write!(out, "\n  {}", paint.dim("More Information"))?;
        }
        for link in &about.links {
            write!(out, "\n  {} {}", paint.dim("-"), paint.blue(link))?;
        }
        Ok(())
    }

    fn metrics(&self, out: &mut dyn Write) -> io::Result<()> {
        let metrics = self.report.metrics;
        let times = [
            ("disk i/o", metrics.reading),
            ("parsing", metrics.evaluation),
            ("adaptation", Duration::ZERO),
            ("checks", metrics.checks),
            ("total", metrics.reading + metrics.evaluation + metrics.checks),
        ];
        self.table("timings", times.map(|(name, time)| (name, shown(time))), out)?;
        let counts = [
            ("modules downloaded", 0),
            ("modules processed", metrics.modules),
            ("blocks processed", metrics.blocks),
            ("files read", metrics.files),
        ];
        self.table("counts", counts.map(|(name, count)| (name, count.to_string())), out)?;
        let of = |level| {
            let failed = self.report.cases.iter().filter(|case| case.status == Status::Failed);
            failed.filter(|case| case.level == Some(level)).count()
        };
        let results = [
            ("passed", self.report.count(Status::Passed)),
            ("ignored", self.report.count(Status::Ignored)),
            ("critical", of(Level::Critical)),
            ("high", of(Level::High)),
            ("medium", of(Level::Medium)),
            ("low", of(Level::Low)),
        ];
        self.table("results", results.map(|(name, count)| (name, count.to_string())), out)
    }

    fn table(
        &self,
        title: &str,
        rows: impl IntoIterator<Item = (&'static str, String)>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        writeln!(out, "  {}\n  {}", self.paint.bold(title), "─".repeat(42))?;
        for (name, value) in rows {
            writeln!(out, "  {} {value}", self.paint.dim(&format!("{name:<20}")))?;
        }
        writeln!(out)
    }
}

/// A time as Go writes it.
fn shown(time: Duration) -> String {
    let nanos = time.as_nanos();
    match nanos {
        0 => "0s".to_owned(),
        1..1_000 => format!("{nanos}ns"),
        1_000..1_000_000 => format!("{}µs", nanos as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{}ms", nanos as f64 / 1e6),
        _ => {
            let seconds = time.as_secs();
            let rest = (nanos % 60_000_000_000) as f64 / 1e9;
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            match (hours, minutes) {
                (0, 0) => format!("{rest}s"),
                (0, minutes) => format!("{minutes}m{rest}s"),
                (hours, minutes) => format!("{hours}h{minutes}m{rest}s"),
            }
        }
    }
}
