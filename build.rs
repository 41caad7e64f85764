//! Packs `rules/**/*.md` into one blob that the binary reads without parsing Markdown or TOML, and
//! hashes the sources for the key of the cache.
//! A rule file that breaks the format fails the build, naming the file and what is wrong.

#[path = "src/rule/format.rs"]
mod format;
#[path = "src/finding/scale.rs"]
mod scale;

use format::{Allowlist, Dialect, Example, Gitleaks, GitleaksDefaults, Matcher, Resource, Rule};
use scale::{Confidence, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The TOML between the `+++` lines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    id: String,
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    severity: Severity,
    confidence: Confidence,
    #[serde(default)]
    cwe: Vec<u16>,
    group: Option<String>,
    #[serde(default)]
    references: Vec<String>,
    r#match: toml::Value,
    /// The same in templates of CloudFormation.
    cloudformation: Option<toml::Value>,
    #[serde(default)]
    dialects: Dialects,
}

/// The same rule as other tools have it, where their drop-ins need that.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dialects {
    gitleaks: Option<Gitleaks<String>>,
    tfsec: Option<DialectTable>,
    trivy: Option<DialectTable>,
}

/// What differs in another tool.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DialectTable {
    #[serde(default = "yes")]
    known: bool,
    #[serde(default)]
    deprecated: bool,
    severity: Option<Severity>,
    /// The place of the finding, where the conditions are the same.
    at: Option<OneOrMany>,
    r#match: Option<toml::Value>,
    cloudformation: Option<toml::Value>,
}

fn yes() -> bool {
    true
}

/// `[[match.resource]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceTable {
    of: OneOrMany,
    #[serde(default)]
    with: BTreeMap<String, String>,
    only: Option<String>,
    fails: String,
    at: Option<OneOrMany>,
    set: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn list(self) -> Vec<String> {
        match self {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        }
    }
}

/// `rules/gitleaks.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GitleaksFile {
    allowlists: Vec<Allowlist<String>>,
}

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rustc-env=LOCKGATE_SOURCE_HASH={}", source_hash()?);
    let mut files = Vec::new();
    collect(Path::new("rules"), "md", &mut files)?;
    files.sort();
    let mut rules = Vec::new();
    let mut gitleaks = GitleaksDefaults { rules: Vec::new(), allowlists: gitleaks_allowlists()? };
    for file in &files {
        let (rule, dialect) = read(file)?;
        let dialect = dialect.map(|it| (rule.id.clone(), rule.title.clone(), it));
        gitleaks.rules.extend(dialect);
        rules.push(rule);
    }
    pack("rules.bin", &rules)?;
    pack("gitleaks.bin", &gitleaks)
}

fn pack(name: &str, value: &impl Serialize) -> Result<(), String> {
    let blob = postcard::to_stdvec(value).map_err(|error| error.to_string())?;
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(PathBuf::from(folder).join(name), blob).map_err(|error| error.to_string())
}

fn gitleaks_allowlists() -> Result<Vec<Allowlist<String>>, String> {
    let file = "rules/gitleaks.toml";
    let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let read = toml::from_str::<GitleaksFile>(&text).map_err(|error| format!("{file}: {error}"))?;
    Ok(read.allowlists)
}

/// A hash of all that decides what the engines find: the cache of another build is no use.
fn source_hash() -> Result<String, String> {
    println!("cargo::rerun-if-changed=src");
    let mut files = vec![PathBuf::from("Cargo.lock")];
    collect(Path::new("src"), "rs", &mut files)?;
    collect(Path::new("src"), "txt", &mut files)?;
    files.sort();
    let mut hasher = blake3::Hasher::new();
    for file in files.iter().filter(|file| file.exists()) {
        let content = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        hasher.update(file.to_string_lossy().as_bytes()).update(b"\0").update(&content);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn collect(folder: &Path, ending: &str, into: &mut Vec<PathBuf>) -> Result<(), String> {
    let named = |error: io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(named)? {
        let path = entry.map_err(named)?.path();
        if path.is_dir() {
            collect(&path, ending, into)?;
        } else if path.extension().is_some_and(|extension| extension == ending) {
            into.push(path);
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<(Rule<String>, Option<Gitleaks<String>>), String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string());
    text.and_then(|text| parse(file, &text)).map_err(|why| format!("{}: {why}", file.display()))
}

fn parse(file: &Path, text: &str) -> Result<(Rule<String>, Option<Gitleaks<String>>), String> {
    let rest = text.strip_prefix("+++\n").ok_or("does not open with +++")?;
    let (head, body) = rest.split_once("\n+++\n").ok_or("the front matter has no closing +++")?;
    let front: FrontMatter = toml::from_str(head).map_err(|e| e.to_string())?;
    if file.file_stem().is_none_or(|stem| stem != front.id.as_str()) {
        return Err(format!("holds the rule {}: file name and id must be the same", front.id));
    }
    let engine = file
        .parent()
        .and_then(Path::file_name)
        .and_then(|name| name.to_str())
        .ok_or("stands in no engine's folder")?
        .to_owned();
    let body = body.trim();
    let title =
        body.lines().next().and_then(|l| l.strip_prefix("# ")).ok_or("has no heading")?.to_owned();
    let prose = body[title.len() + 2..].trim_start();
    let summary = prose.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    if summary.is_empty() || summary.starts_with('#') || summary.starts_with("```") {
        return Err("has no paragraph that says why it matters".into());
    }
    let fix = section(prose, "## Fix").ok_or("has no section `## Fix`")?;
    let (help, examples) = examples(body, &front.id)?;
    let Dialects { gitleaks, tfsec, trivy } = front.dialects;
    let others = [("tfsec", tfsec), ("trivy", trivy)];
    let others = others.into_iter().filter_map(|(tool, table)| Some((tool, table?)));
    let matcher = matcher(front.r#match)?;
    let rule = Rule {
        id: front.id,
        name: front.name,
        engine,
        aliases: front.aliases,
        severity: front.severity,
        confidence: front.confidence,
        cwe: front.cwe,
        group: front.group,
        references: front.references,
        dialects: others.map(|other| dialect(other, &matcher)).collect::<Result<_, _>>()?,
        matcher,
        elsewhere: elsewhere(front.cloudformation)?,
        title,
        summary,
        fix,
        help,
        examples,
    };
    Ok((rule, gitleaks))
}

/// How the rule matches. A pattern of the syntax tree is written as tables, and read as JSON.
fn matcher(written: toml::Value) -> Result<Matcher<String>, String> {
    let said = |error: toml::de::Error| error.to_string();
    if let Some(rule) = written.get("syntax") {
        return serde_json::to_string(rule).map(Matcher::Syntax).map_err(|e| e.to_string());
    }
    let Some(tables) = written.get("resource") else { return written.try_into().map_err(said) };
    let tables: Vec<ResourceTable> = tables.clone().try_into().map_err(said)?;
    let resource = |table: ResourceTable| Resource {
        of: table.of.list(),
        with: table.with.into_iter().collect(),
        only: table.only,
        fails: table.fails,
        at: table.at.map_or_else(Vec::new, OneOrMany::list),
        set: table.set,
    };
    Ok(Matcher::Resource(tables.into_iter().map(resource).collect()))
}

/// How the rule matches in files of other engines.
fn elsewhere(templates: Option<toml::Value>) -> Result<Vec<(String, Matcher<String>)>, String> {
    let named = |written| Ok(("cloudformation".to_owned(), matcher(written)?));
    templates.into_iter().map(named).collect()
}

/// How a tool that differs has the rule; `own` is how Lockgate has it.
fn dialect(
    (tool, table): (&str, DialectTable),
    own: &Matcher<String>,
) -> Result<Dialect<String>, String> {
    let matcher = match (table.r#match, table.at) {
        (Some(written), None) => Some(matcher(written)?),
        (None, Some(at)) => Some(placed(own, &at.list())?),
        (None, None) => None,
        (Some(_), Some(_)) => return Err(format!("{tool}: `at` belongs into the match")),
    };
    Ok(Dialect {
        tool: tool.to_owned(),
        known: table.known,
        deprecated: table.deprecated,
        severity: table.severity,
        matcher,
        elsewhere: elsewhere(table.cloudformation)?,
    })
}

/// The same conditions with the finding elsewhere.
fn placed(own: &Matcher<String>, at: &[String]) -> Result<Matcher<String>, String> {
    let Matcher::Resource(resources) = own else {
        return Err("`at` is for conditions on resources".into());
    };
    let placed = resources.iter().map(|own| Resource { at: at.to_vec(), ..own.clone() });
    Ok(Matcher::Resource(placed.collect()))
}

/// The prose under a heading, up to the next heading or code block, as one line a paragraph.
fn section(prose: &str, heading: &str) -> Option<String> {
    let (_, after) = prose.split_once(&format!("{heading}\n"))?;
    let lines = after.lines().take_while(|l| !l.starts_with('#') && !l.starts_with("```"));
    let text = lines.collect::<Vec<_>>().join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// Splits the fenced blocks off the text. A line ends in `# finding: ID` (or `// finding: ID`)
/// where the rule fires; what cannot carry a comment says ```` ```json fail lines=2-4 ````.
fn examples(body: &str, id: &str) -> Result<(String, Vec<Example<String>>), String> {
    let mut help = String::new();
    let mut examples = Vec::new();
    let mut open: Option<Example<String>> = None;
    for line in body.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                help += &format!("```{}\n", info.split(' ').next().unwrap_or_default());
                open = Some(fence(info)?);
            }
            (Some(_), Some(_)) => {
                help += "```\n";
                examples.extend(open.take());
            }
            (Some(example), None) => {
                let (code, fires) = unmark(line, id);
                let number = example.code.lines().count() as u32 + 1;
                if fires {
                    example.findings.push(number);
                }
                example.code += code;
                example.code.push('\n');
                help += code;
                help.push('\n');
            }
            (None, None) => {
                help += line;
                help.push('\n');
            }
        }
    }
    match open {
        Some(_) => Err("a code block is not closed".into()),
        None => Ok((help.trim_end().to_owned(), examples)),
    }
}

/// What the line after the backticks says: language, then `fail`, `file=NAME`, `lines=2-4,7`.
fn fence(info: &str) -> Result<Example<String>, String> {
    let mut words = info.split_whitespace();
    let mut example = Example {
        file: match words.next().unwrap_or("text") {
            "python" => "example.py",
            "hcl" => "main.tf",
            "dockerfile" => "Dockerfile",
            "yaml" => "example.yaml",
            "json" => "example.json",
            "toml" => "example.toml",
            "ini" => "example.ini",
            "js" => "example.js",
            "jsx" => "example.jsx",
            "ts" => "example.ts",
            "tsx" => "example.tsx",
            "sh" => "example.sh",
            _ => "example.txt",
        }
        .to_owned(),
        code: String::new(),
        findings: Vec::new(),
    };
    for word in words {
        match word.split_once('=') {
            Some(("file", name)) => example.file = name.to_owned(),
            Some(("lines", list)) => example.findings = lines(list)?,
            _ => return Err(format!("`{word}` after the backticks is neither file= nor lines=")),
        }
    }
    Ok(example)
}

fn lines(list: &str) -> Result<Vec<u32>, String> {
    let number = |s: &str| s.parse::<u32>().map_err(|_| format!("`{list}` is no list of lines"));
    let mut lines = Vec::new();
    for part in list.split(',') {
        match part.split_once('-') {
            Some((from, to)) => lines.extend(number(from)?..=number(to)?),
            None => lines.push(number(part)?),
        }
    }
    Ok(lines)
}

/// Takes the marker off a line and says whether it names this rule.
fn unmark<'a>(line: &'a str, id: &str) -> (&'a str, bool) {
    for marker in ["# finding:", "// finding:"] {
        if let Some((code, ids)) = line.split_once(marker) {
            return (code.trim_end(), ids.split(',').any(|i| i.trim() == id));
        }
    }
    (line, false)
}
