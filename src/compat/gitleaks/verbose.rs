//! Findings as `--verbose` prints them.

use super::finding::Finding;
use crate::report::untrusted::is_hidden;
use std::io::{self, Write};

/// So many bytes of a line are shown on either side of a match.
const AROUND: usize = 20;
/// So many of what a required rule found.
const PART: usize = 37;

/// Prints a finding.
///
/// # Errors
/// It cannot be written.
pub fn print(
    finding: &Finding,
    in_colour: bool,
    is_terminal: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let (line, matched, secret) =
        (finding.line.trim(), finding.matched.trim(), finding.secret.trim());
    let at = line.find(matched).filter(|_| in_colour && !finding.is_of_path());
    let field = |out: &mut dyn Write, name: &str, value: &str| {
        writeln!(out, "{name:<12} {}", harmless(value))
    };
    match at {
        Some(at) => {
            let style = Style { is_terminal };
            let shown = framed(line, at, matched, secret, &style);
            writeln!(out, "{:<12} {shown}", "Finding:")?;
            writeln!(out, "{:<12} {}", "Secret:", style.secret(&harmless(secret)))?;
        }
        None => {
            field(out, "Finding:", matched)?;
            field(out, "Secret:", secret)?;
        }
    }
    field(out, "RuleID:", &finding.rule)?;
    field(out, "Entropy:", &format!("{:.6}", finding.entropy))?;
    if !finding.file.is_empty() {
        if !finding.tags.is_empty() {
            field(out, "Tags:", &format!("[{}]", finding.tags.join(" ")))?;
        }
        field(out, "File:", &finding.file)?;
        field(out, "Line:", &finding.start_line.to_string())?;
        if let Some(commit) = finding.commit.as_ref().filter(|commit| !commit.id.is_empty()) {
            field(out, "Commit:", &commit.id)?;
            field(out, "Author:", &commit.author)?;
            field(out, "Email:", &commit.email)?;
            field(out, "Date:", &commit.date)?;
        }
        field(out, "Fingerprint:", &finding.fingerprint)?;
        if !finding.link.is_empty() {
            field(out, "Link:", &finding.link)?;
        }
    }
    for (number, part) in finding.required.iter().enumerate() {
        let secret: String = part.secret.chars().take(PART).collect();
        let name = if number == 0 { "Required:" } else { "" };
        field(out, name, &format!("{}:{}:{secret}", part.rule, part.start_line))?;
    }
    writeln!(out)
}

/// How parts of a line stand out.
struct Style {
    is_terminal: bool,
}

impl Style {
    fn secret(&self, text: &str) -> String {
        let colour = if self.is_terminal { "38;2;240;92;7" } else { "" };
        format!("\x1b[1;3;{colour}m{text}\x1b[0m")
    }

    fn matched(&self, text: &str) -> String {
        match self.is_terminal && !text.is_empty() {
            true => format!("\x1b[38;2;245;212;69m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}

/// A match with what stands around it.
fn framed(line: &str, at: usize, matched: &str, secret: &str, style: &Style) -> String {
    let from = line.floor_char_boundary(at.saturating_sub(AROUND));
    let mut start = line[from..at].trim_start_matches(' ').to_owned();
    if at > AROUND {
        start.insert_str(0, "...");
    }
    let rest = &line[(at + matched.len()).min(line.len())..];
    let end = match rest.len() > AROUND {
        true => format!("{}...", &rest[..rest.floor_char_boundary(AROUND)]),
        false => rest.to_owned(),
    };
    let (before, after) = matched.split_once(secret).unwrap_or((matched, ""));
    format!(
        "{}{}{}{}{}",
        harmless(&start),
        style.matched(&harmless(before)),
        style.secret(&harmless(secret)),
        style.matched(&harmless(after)),
        harmless(&end)
    )
}

/// Without what acts on a terminal; line ends are part of what is shown.
fn harmless(text: &str) -> String {
    let harmless = |c: char| c == '\n' || c == '\t' || !is_hidden(c);
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match harmless(c) {
            true => shown.push(c),
            false => shown.extend(c.escape_default()),
        }
    }
    shown
}
