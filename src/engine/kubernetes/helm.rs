//! Charts as Helm renders them.
//!
//! Helm is run on a copy of the chart: what the chart links to is not in it, and nothing but the
//! copy can be written to. It sees no settings, plugins or clusters of its user, and a proxy that
//! nobody answers at, for a schema of values may name others on the network.

use crate::tool::{self, Complaints, Scratch, Tool, ToolError};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::time::Duration;
use thiserror::Error;

/// Rendering one chart takes no longer.
const TIME: Duration = Duration::from_secs(30);
/// And comes to no more bytes.
const LIMIT: u64 = 32 << 20;
/// The longest name of a release.
const LONGEST_NAME: usize = 53;
/// Where a proxy would be that Helm may ask: the port is that of the service that discards.
const NOWHERE: &str = "http://127.0.0.1:9";
/// How a manifest says what it was rendered from.
const SOURCE: &str = "# Source: ";
/// So much of what Helm complains of is passed on, in characters.
const SHOWN: usize = 300;

/// A chart.
#[derive(Debug, Default)]
pub struct Chart {
    pub name: String,
    /// By the path within the chart.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// What is set beside the values of a chart, as the options of `helm template` have it.
#[derive(Debug, Clone, Default)]
pub struct Values {
    pub files: Vec<String>,
    pub set: Vec<String>,
    pub set_string: Vec<String>,
    pub set_file: Vec<String>,
    pub api_versions: Vec<String>,
    pub kube_version: String,
    /// Whether what is run before and after an installation is left out.
    pub without_hooks: bool,
}

impl Values {
    /// Whether paths in it are relative to the working folder.
    fn names_files(&self) -> bool {
        !self.files.is_empty() || !self.set_file.is_empty()
    }
}

/// One manifest.
#[derive(Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The path of its template within the chart.
    pub template: String,
    /// With the comment that names the template as its first line.
    pub text: String,
}

/// Why a chart is not rendered.
#[derive(Debug, Error)]
pub enum NotRendered {
    #[error("there is no helm on the path")]
    NoHelm,
    #[error("helm {0}")]
    Stopped(#[from] ToolError),
    #[error("it cannot be copied: {0}")]
    Uncopied(#[from] io::Error),
    /// What Helm says.
    #[error("{0}")]
    Refused(String),
}

/// Renders a chart, the manifests in the order of Helm.
///
/// # Errors
/// There is no Helm, or it makes nothing of the chart.
pub fn render(chart: &Chart, values: &Values) -> Result<Vec<Rendered>, NotRendered> {
    let program = tool::find("helm").ok_or(NotRendered::NoHelm)?;
    let scratch = Scratch::new()?;
    for (path, bytes) in &chart.files {
        scratch.write(&format!("chart/{path}"), bytes)?;
    }
    let tool = Tool {
        program,
        arguments: arguments(chart, values, &scratch.path().join("chart")),
        folder: Some(scratch.path().to_owned()).filter(|_| !values.names_files()),
        environment: Some(environment(scratch.path())),
        time: TIME,
        limit: LIMIT,
        complaints: Complaints::Kept,
    };
    let said = tool.run()?;
    if !said.status.success() {
        return Err(NotRendered::Refused(complaint(&said.complaints, scratch.path())));
    }
    Ok(manifests(&String::from_utf8_lossy(&said.output)))
}

fn arguments(chart: &Chart, values: &Values, folder: &Path) -> Vec<OsString> {
    let mut all: Vec<OsString> = vec!["template".into(), release(&chart.name).into()];
    all.push(folder.into());
    let lists = [
        ("values", &values.files),
        ("set", &values.set),
        ("set-string", &values.set_string),
        ("set-file", &values.set_file),
        ("api-versions", &values.api_versions),
    ];
    for (name, given) in lists {
        all.extend(given.iter().map(|value| format!("--{name}={value}").into()));
    }
    if !values.kube_version.is_empty() {
        all.push(format!("--kube-version={}", values.kube_version).into());
    }
    if values.without_hooks {
        all.push("--no-hooks".into());
    }
    all
}

/// The release is called as the chart is, where a release may be called that.
fn release(name: &str) -> &str {
    let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_name = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name.bytes().all(is_known)
        && !name.starts_with('-')
        && !name.ends_with('-');
    if is_name { name } else { "release" }
}

fn environment(home: &Path) -> Vec<(&'static str, OsString)> {
    let folders = [
        "HOME",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "HELM_CACHE_HOME",
        "HELM_CONFIG_HOME",
        "HELM_DATA_HOME",
        "HELM_PLUGINS",
        "TMPDIR",
        "TEMP",
    ];
    let folder = home.as_os_str();
    let mut all: Vec<_> = folders.into_iter().map(|name| (name, folder.to_owned())).collect();
    all.push(("KUBECONFIG", home.join("no-cluster").into()));
    let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];
    all.extend(proxies.map(|name| (name, NOWHERE.into())));
    // Without it nothing runs on Windows.
    all.extend(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
    all
}

/// The error that Helm says, without where the copy was.
fn complaint(said: &[u8], scratch: &Path) -> String {
    let said = String::from_utf8_lossy(said);
    let mut lines = said.lines().filter(|line| !line.trim().is_empty());
    let first = lines.clone().next();
    let error = lines.rfind(|line| line.starts_with("Error: "));
    let line = error.or(first).unwrap_or("helm said nothing");
    let line = line.replace(&*scratch.join("chart").to_string_lossy(), ".");
    line.trim_start_matches("Error: ").chars().take(SHOWN).collect()
}

/// What Helm printed, taken apart: each manifest begins with its source.
fn manifests(output: &str) -> Vec<Rendered> {
    let mut all: Vec<Rendered> = Vec::new();
    let mut lines = output.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim_end() == "---"
            && let Some(source) = lines.peek().and_then(|next| next.strip_prefix(SOURCE))
        {
            // The first folder is the chart itself.
            let template = source.split_once('/').map_or(source, |(_, rest)| rest);
            all.push(Rendered { template: template.to_owned(), text: String::new() });
            continue;
        }
        if let Some(last) = all.last_mut() {
            last.text += line;
            last.text.push('\n');
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_falls_into_manifests() {
        let output = "---\n# Source: shop/templates/a.yaml\nkind: A\n---\n# Source: shop/charts/db/templates/b.yaml\nkind: B\ntext: |\n  x\n---\nkind: C\n";
        let rendered = |template: &str, text: &str| Rendered {
            template: template.to_owned(),
            text: text.to_owned(),
        };
        assert_eq!(
            manifests(output),
            [
                rendered("templates/a.yaml", "# Source: shop/templates/a.yaml\nkind: A\n"),
                rendered(
                    "charts/db/templates/b.yaml",
                    "# Source: shop/charts/db/templates/b.yaml\nkind: B\ntext: |\n  x\n---\nkind: C\n"
                ),
            ]
        );
        assert!(manifests("kind: A\n").is_empty());
    }

    #[test]
    fn a_release_has_a_name_that_helm_takes() {
        assert_eq!(release("shop-2"), "shop-2");
        for name in ["", "Shop", "--post-renderer=x", "a_b", "{{ x }}", &"a".repeat(54)] {
            assert_eq!(release(name), "release", "{name}");
        }
    }
}
