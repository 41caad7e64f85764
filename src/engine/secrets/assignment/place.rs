//! What a path says of the values in a file.

/// How a file writes a value down, and how much a value in it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A programming language: what is not quoted is an expression.
    Code,
    /// `NAME=value` to the end of the line: environment files, INI, YAML, shell.
    Config,
    /// Tests, examples, documentation: values are made up, mostly.
    Test,
    /// Lock files, minified scripts, source maps: hashes and other machine output.
    Generated,
    /// Anything else: quoted values, and unquoted ones of names in capitals.
    Text,
}

const CONFIG: &[&str] = &[
    "env",
    "ini",
    "cfg",
    "conf",
    "config",
    "properties",
    "yaml",
    "yml",
    "sh",
    "bash",
    "zsh",
    "bat",
    "cmd",
    "envrc",
    "npmrc",
    "pypirc",
    "netrc",
    "tfvars",
    "toml",
];
const TEXT: &[&str] = &["txt", "md", "rst", "log", "adoc", ""];
const GENERATED: &[&str] = &[
    "lock", "map", "svg", "csv", "tsv", "sum", "po", "pot", "lockfile", "css", "scss", "diff",
    "patch",
];
const GENERATED_NAMES: &[&str] =
    &["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "modules.txt", "record"];
const TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "testdata",
    "test_data",
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "docs",
    "doc",
    "__tests__",
    "idle_test",
    "e2e",
    "locale",
    "locales",
    "i18n",
    "lang",
    "translations",
];

impl Place {
    pub fn of(path: &str) -> Place {
        let lower = path.to_ascii_lowercase();
        let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let words = |text: &str, word: &str| text.split(['_', '-', '.']).any(|part| part == word);
        if GENERATED.contains(&extension)
            || GENERATED_NAMES.contains(&name)
            || stem.ends_with(".min")
            || stem.ends_with(".bundle")
        {
            Place::Generated
        } else if folders.split('/').any(|folder| TEST_FOLDERS.contains(&folder))
            || ["test", "tests", "spec", "example", "sample", "mock", "template", "dist"]
                .iter()
                .any(|word| words(name, word))
        {
            Place::Test
        } else if CONFIG.contains(&extension)
            || name.starts_with(".env")
            || stem.starts_with("dockerfile")
            || name == "config"
            || name == "credentials"
        {
            Place::Config
        } else if TEXT.contains(&extension) {
            Place::Text
        } else {
            Place::Code
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_path() {
        assert_eq!(Place::of("src/app.py"), Place::Code);
        assert_eq!(Place::of("deploy/.env"), Place::Config);
        assert_eq!(Place::of(".env.production"), Place::Config);
        assert_eq!(Place::of("build/Dockerfile.prod"), Place::Config);
        assert_eq!(Place::of("README"), Place::Text);
        assert_eq!(Place::of("tests/settings.yaml"), Place::Test);
        assert_eq!(Place::of("lib/test_login.py"), Place::Test);
        assert_eq!(Place::of("web/app.min.js"), Place::Generated);
        assert_eq!(Place::of("Cargo.lock"), Place::Generated);
    }
}
