//! What a configuration of Bandit may change about its checks, a field for each section. Where the
//! checks expect a list, Python makes something of many another value, and so does this.

use super::values::{Failed, Given, Names, given, kind_of};
use serde_json::{Map, Value};

/// What Bandit's configuration may change about its checks; the default is Bandit's.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    pub(in crate::engine::python) assert_used: AssertUsed,
    pub(in crate::engine::python) hardcoded_tmp_directory: TmpDirectories,
    pub(in crate::engine::python) markupsafe_xss: Markup,
    pub(in crate::engine::python) shell_injection: ShellInjection,
    pub(in crate::engine::python) ssl_with_bad_version: ProtocolVersions,
    pub(in crate::engine::python) try_except_continue: TypedExceptions,
    pub(in crate::engine::python) try_except_pass: TypedExceptions,
    pub(in crate::engine::python) weak_cryptographic_key: KeySizes,
    /// Whether a section was set that says which calls are looked at.
    pub(in crate::engine::python) chooses_calls: bool,
}

/// Files that may assert, as patterns of their names.
#[derive(Debug, Clone, PartialEq)]
pub struct AssertUsed {
    pub skips: Given<Names>,
}

/// What the path of a file that others may write to begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct TmpDirectories {
    pub tmp_dirs: Given<Names>,
}

/// What marks text as safe, and what makes text that is safe to mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Markup {
    pub extend_markup_names: Given<Names>,
    pub allowed_calls: Given<Names>,
}

/// What starts a program: itself with an argument `shell`, always with a shell, never with one.
#[derive(Debug, Clone, PartialEq)]
pub struct ShellInjection {
    /// Bandit takes an empty section for none of the checks.
    pub is_set: bool,
    /// Whether the section has the key `subprocess`.
    pub has_subprocess: bool,
    /// Whether the section has the key `shell`.
    pub has_shell: bool,
    pub subprocess: Given<Names>,
    pub shell: Given<Names>,
    pub no_shell: Given<Names>,
}

/// The names of versions of TLS that are broken.
#[derive(Debug, Clone, PartialEq)]
pub struct ProtocolVersions {
    pub bad_protocol_versions: Given<Names>,
    /// What all checks end in where there is no such key.
    pub failure: Option<Failed>,
}

/// Whether a handler of one type of exception counts as well.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedExceptions {
    pub check_typed_exception: Given<bool>,
}

/// The bits below which a key is broken, and those below which it is weak.
#[derive(Debug, Clone, PartialEq)]
pub struct KeySizes {
    pub dsa: [Given<f64>; 2],
    pub rsa: [Given<f64>; 2],
    pub ec: [Given<f64>; 2],
    /// What the check ends in for any key where a size is missing.
    pub failure: Option<Failed>,
}

/// What a section of the configuration holds cannot be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{section}` in Bandit's configuration is {found}, and no check could read it: write keys and \
     values, or remove it"
)]
pub struct OptionsError {
    section: Box<str>,
    found: &'static str,
}

impl Options {
    /// Bandit's own.
    pub const DEFAULT: &'static Options = &Options {
        assert_used: AssertUsed { skips: Ok(Names::Fixed(&[])) },
        hardcoded_tmp_directory: TmpDirectories {
            tmp_dirs: Ok(Names::Fixed(&["/tmp", "/var/tmp", "/dev/shm"])),
        },
        markupsafe_xss: Markup {
            extend_markup_names: Ok(Names::Fixed(&[])),
            allowed_calls: Ok(Names::Fixed(&[])),
        },
        shell_injection: ShellInjection {
            is_set: true,
            has_subprocess: true,
            has_shell: true,
            subprocess: Ok(Names::Fixed(SUBPROCESS)),
            shell: Ok(Names::Fixed(SHELL)),
            no_shell: Ok(Names::Fixed(NO_SHELL)),
        },
        ssl_with_bad_version: ProtocolVersions {
            bad_protocol_versions: Ok(Names::Fixed(BAD_VERSIONS)),
            failure: None,
        },
        try_except_continue: TypedExceptions { check_typed_exception: Ok(false) },
        try_except_pass: TypedExceptions { check_typed_exception: Ok(false) },
        weak_cryptographic_key: KeySizes {
            dsa: [Ok(1024.0), Ok(2048.0)],
            rsa: [Ok(1024.0), Ok(2048.0)],
            ec: [Ok(160.0), Ok(224.0)],
            failure: None,
        },
        chooses_calls: false,
    };

    /// Takes over one section of Bandit's configuration, for example `hardcoded_tmp_directory` with
    /// `{"tmp_dirs": ["/scratch"]}`. A section replaces Bandit's own as a whole; sections and keys
    /// that no check asks for are passed over, and so is a section without a value.
    ///
    /// # Errors
    /// The section is of one of the checks and does not hold keys and values.
    pub fn set(&mut self, section: &str, settings: &Value) -> Result<(), OptionsError> {
        const SECTIONS: &[&str] = &[
            "assert_used",
            "hardcoded_tmp_directory",
            "markupsafe_xss",
            "shell_injection",
            "ssl_with_bad_version",
            "try_except_continue",
            "try_except_pass",
            "weak_cryptographic_key",
        ];
        if !SECTIONS.contains(&section) || settings.is_null() {
            return Ok(());
        }
        let Some(settings) = settings.as_object() else {
            return Err(OptionsError { section: section.into(), found: kind_of(settings) });
        };
        let names = |key| given(settings, key).and_then(Names::read);
        let or_none = |key| match settings.get(key) {
            None => Ok(Names::Fixed(&[])),
            Some(value) => Names::read(value),
        };
        match section {
            "assert_used" => self.assert_used.skips = or_none("skips"),
            "hardcoded_tmp_directory" => {
                if settings.contains_key("tmp_dirs") {
                    self.hardcoded_tmp_directory.tmp_dirs = names("tmp_dirs");
                }
            }
            "markupsafe_xss" => {
                self.markupsafe_xss = Markup {
                    extend_markup_names: or_none("extend_markup_names"),
                    allowed_calls: match settings.get("allowed_calls") {
                        Some(value) if is_true(value) => Names::read(value),
                        _ => Ok(Names::Fixed(&[])),
                    },
                };
            }
            "shell_injection" => {
                self.shell_injection = ShellInjection {
                    is_set: !settings.is_empty(),
                    has_subprocess: settings.contains_key("subprocess"),
                    has_shell: settings.contains_key("shell"),
                    subprocess: names("subprocess"),
                    shell: names("shell"),
                    no_shell: names("no_shell"),
                };
            }
            "ssl_with_bad_version" => {
                self.ssl_with_bad_version = ProtocolVersions {
                    bad_protocol_versions: names("bad_protocol_versions"),
                    failure: given(settings, "bad_protocol_versions").err(),
                };
            }
            "try_except_continue" => {
                self.try_except_continue.check_typed_exception = typed(settings);
            }
            "try_except_pass" => self.try_except_pass.check_typed_exception = typed(settings),
            _ => self.weak_cryptographic_key = KeySizes::read(settings),
        }
        self.chooses_calls |=
            matches!(section, "markupsafe_xss" | "shell_injection" | "ssl_with_bad_version");
        Ok(())
    }
}

impl Default for Options {
    fn default() -> Options {
        Options::DEFAULT.clone()
    }
}

fn typed(settings: &Map<String, Value>) -> Given<bool> {
    given(settings, "check_typed_exception").map(is_true)
}

/// Whether Python takes a value for true.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

impl KeySizes {
    fn read(settings: &Map<String, Value>) -> KeySizes {
        let mut sizes = Options::DEFAULT.weak_cryptographic_key.clone();
        let mut failure = None;
        for (kind, limits) in
            [("dsa", &mut sizes.dsa), ("rsa", &mut sizes.rsa), ("ec", &mut sizes.ec)]
        {
            for (level, limit) in ["high", "medium"].into_iter().zip(limits) {
                match given(settings, &format!("weak_key_size_{kind}_{level}")) {
                    Ok(size) => *limit = number(size),
                    Err(why) => failure = failure.or(Some(why)),
                }
            }
        }
        KeySizes { failure, ..sizes }
    }
}

fn number(value: &Value) -> Given<f64> {
    match value {
        Value::Bool(value) => Ok(f64::from(u8::from(*value))),
        value => value.as_f64().ok_or_else(|| {
            let kind = kind_of(value);
            Failed(format!("'<' not supported between instances of 'int' and '{kind}'").into())
        }),
    }
}

/// The functions that start a program, with a shell where the argument `shell` asks for one.
const SUBPROCESS: &[&str] = &[
    "subprocess.Popen",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.run",
];
/// The functions that hand a command to a shell.
const SHELL: &[&str] = &[
    "os.system",
    "os.popen",
    "os.popen2",
    "os.popen3",
    "os.popen4",
    "popen2.popen2",
    "popen2.popen3",
    "popen2.popen4",
    "popen2.Popen3",
    "popen2.Popen4",
    "commands.getoutput",
    "commands.getstatusoutput",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
];
/// The functions that start a program without a shell.
const NO_SHELL: &[&str] = &[
    "os.execl",
    "os.execle",
    "os.execlp",
    "os.execlpe",
    "os.execv",
    "os.execve",
    "os.execvp",
    "os.execvpe",
    "os.spawnl",
    "os.spawnle",
    "os.spawnlp",
    "os.spawnlpe",
    "os.spawnv",
    "os.spawnve",
    "os.spawnvp",
    "os.spawnvpe",
    "os.startfile",
];
/// The versions of SSL and TLS that are broken.
const BAD_VERSIONS: &[&str] = &[
    "PROTOCOL_SSLv2",
    "SSLv2_METHOD",
    "SSLv23_METHOD",
    "PROTOCOL_SSLv3",
    "PROTOCOL_TLSv1",
    "SSLv3_METHOD",
    "TLSv1_METHOD",
    "PROTOCOL_TLSv1_1",
    "TLSv1_1_METHOD",
];
