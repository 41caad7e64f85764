//! The story of one finding, for people and for programs.

use super::untrusted::visible;
use super::visible_json::write_json;
use serde::Serialize;
use std::io::{self, Write};

/// The version of the JSON. Fields may be added to it; what is there keeps its meaning.
pub const VERSION: &str = "lockgate/explanation/v1";

/// All that is known of a finding. Times are RFC 3339 in UTC, days `YYYY-MM-DD`.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    pub schema: &'static str,
    pub fingerprint: String,
    pub repository: String,
    /// Who speaks for the finding is the first.
    pub witnesses: Vec<Witness>,
    /// What the rule looks for, in a phrase; none for a rule of another tool.
    pub title: Option<String>,
    /// Why the witnesses are one finding; none where there is one.
    pub merged: Option<String>,
    pub identity: Vec<Name>,
    pub history: Vec<Event>,
    /// The branch that `gate` and `open` are about.
    pub branch: String,
    /// Whether it is open on the branch, waived or not.
    pub open: bool,
    pub triage: Option<Decided>,
    pub gate: Gate,
    /// Entries of the waiver file that are for it, or nearly.
    pub waivers: Vec<Near>,
    pub next: Vec<Step>,
}

/// Who saw it, in the words of the tool.
#[derive(Debug, Clone, Serialize)]
pub struct Witness {
    pub tool: String,
    pub rule: String,
    pub severity: &'static str,
    pub confidence: &'static str,
    pub path: String,
    pub line: u32,
    pub column: u32,
    pub message: String,
    pub fingerprint: String,
    /// Why it does not count for this witness, where it does not.
    pub waived: Option<String>,
    /// The group of rules that mean the same, and where that is from.
    pub group: Option<String>,
}

/// A fingerprint that leads to it.
#[derive(Debug, Clone, Serialize)]
pub struct Name {
    pub fingerprint: String,
    pub why: String,
}

/// What became of it, when.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    pub branch: String,
    pub tool: String,
    /// `new`, `fixed`, `reopened`, `waived` or `no longer waived`.
    pub what: &'static str,
    pub commit: Option<String>,
    pub authored: Option<String>,
    pub scanned: String,
}

/// What the triage says.
#[derive(Debug, Clone, Serialize)]
pub struct Decided {
    pub state: &'static str,
    pub reason: String,
    pub owner: Option<String>,
    pub until: Option<String>,
    /// Whether its last day has not gone by.
    pub holds: bool,
    pub decided: String,
}

/// What the gate says of it now.
#[derive(Debug, Clone, Serialize)]
pub struct Gate {
    pub blocks: bool,
    /// The rule of the policy that blocks it; where none does, the whole policy in a line.
    pub policy: String,
    /// Whether the base has it not.
    pub new: bool,
    pub why: String,
    /// The rules of the policy that were asked, in their order; the last may have taken it.
    pub rules: Vec<Asked>,
}

/// What a rule of the policy says of it.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    pub rule: String,
    /// `block`, `warn` or `ignore`.
    pub action: String,
    /// The first of its conditions that does not hold; none where it takes the finding.
    pub fails: Option<String>,
}

/// An entry of the waiver file.
#[derive(Debug, Clone, Serialize)]
pub struct Near {
    /// Where the entry begins.
    pub line: usize,
    pub what: String,
    pub reason: String,
    pub owner: String,
    pub holds: bool,
    /// Why it holds, or does not.
    pub why: String,
}

/// What to type next, and what for.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    pub command: String,
    pub why: String,
}

/// Writes the explanation as JSON.
pub fn write_document(explanation: &Explanation, to: &mut dyn Write) -> io::Result<()> {
    write_json(explanation, to)
}

/// Writes the explanation for a terminal.
pub fn write(explanation: &Explanation, to: &mut dyn Write) -> io::Result<()> {
    let e = explanation;
    if let Some(first) = e.witnesses.first() {
        line(to, "", &format!("{}[{}]: {}", first.severity, first.rule, first.message))?;
        line(to, "  ", &format!("{}:{}:{}", first.path, first.line, first.column))?;
    }
    line(to, "  ", &format!("{} in {}", e.fingerprint, e.repository))?;
    heading(to, "Seen by")?;
    for witness in &e.witnesses {
        witness.write(to)?;
    }
    e.merged.iter().try_for_each(|merged| line(to, "  ", merged))?;
    heading(to, "Goes by")?;
    for name in &e.identity {
        line(to, "  ", &format!("{}  {}", name.fingerprint, name.why))?;
    }
    heading(to, "History")?;
    for event in &e.history {
        event.write(e.witnesses.len() > 1, to)?;
    }
    heading(to, "Triage")?;
    match &e.triage {
        Some(decided) => decided.write(to)?,
        None => line(to, "  ", "nobody has decided about it")?,
    }
    heading(to, &format!("Gate{}", on(&e.branch)))?;
    line(to, "  ", &e.gate.why)?;
    for asked in &e.gate.rules {
        let says = match &asked.fails {
            Some(condition) => format!("leaves it, for it wants {condition}"),
            None => format!("takes it: {}", asked.action),
        };
        line(to, "    ", &format!("{}: {says}", asked.rule))?;
    }
    heading(to, "Waivers")?;
    if e.waivers.is_empty() {
        line(to, "  ", "no entry of .lockgate/waivers.toml is for it, or nearly")?;
    }
    for near in &e.waivers {
        let mark = if near.holds { "holds" } else { "does not hold" };
        line(to, "  ", &format!("line {}: {}: {mark}: {}", near.line, near.what, near.why))?;
        line(to, "    ", &format!("{} ({})", near.reason, near.owner))?;
    }
    heading(to, "Next")?;
    for step in &e.next {
        line(to, "  ", &step.command)?;
        line(to, "      ", &step.why)?;
    }
    Ok(())
}

/// Writes events, as `lockgate history FINGERPRINT` shows them.
pub fn write_history(explanation: &Explanation, to: &mut dyn Write) -> io::Result<()> {
    let many = explanation.witnesses.len() > 1;
    explanation.history.iter().try_for_each(|event| event.write(many, to))
}

impl Witness {
    fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        let scales = format!("{}, {} confidence", self.severity, self.confidence);
        let place = format!("{}:{}:{}", self.path, self.line, self.column);
        line(to, "  ", &format!("{} {} ({scales}) at {place}", self.tool, self.rule))?;
        line(to, "    ", &self.message)?;
        self.group.iter().try_for_each(|group| line(to, "    ", group))?;
        self.waived.iter().try_for_each(|why| line(to, "    ", &format!("waived: {why}")))
    }
}

impl Event {
    fn write(&self, with_tool: bool, to: &mut dyn Write) -> io::Result<()> {
        let mut text = format!("{}  {}{}", self.scanned, self.what, on(&self.branch));
        if with_tool {
            text += &format!(", seen by {}", self.tool);
        }
        if let Some(commit) = &self.commit {
            text += &format!(", commit {}", commit.get(..12).unwrap_or(commit));
        }
        if let Some(authored) = &self.authored {
            text += &format!(" of {authored}");
        }
        line(to, "  ", &text)
    }
}

impl Decided {
    fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        let by = self.owner.iter().map(|owner| format!(" by {owner}")).collect::<String>();
        let until = match (&self.until, self.holds) {
            (Some(until), true) => format!(", until {until}"),
            (Some(until), false) => format!(", but no longer: until {until}"),
            (None, _) => String::new(),
        };
        line(to, "  ", &format!("{} on {}{by}{until}", self.state, self.decided))?;
        line(to, "    ", &self.reason)
    }
}

fn on(branch: &str) -> String {
    if branch.is_empty() { String::new() } else { format!(" on {branch}") }
}

fn heading(to: &mut dyn Write, text: &str) -> io::Result<()> {
    writeln!(to, "\n{}", visible(text))
}

fn line(to: &mut dyn Write, indent: &str, text: &str) -> io::Result<()> {
    writeln!(to, "{indent}{}", visible(text))
}
