//! The native checks: one function a rule, in families, and the table that names them all.
//!
//! A check looks at one node and says what it found; where the finding belongs, which rule it is
//! and whether a comment waives it is none of its business.

mod crypto;
mod django;
mod exceptions;
mod files;
mod http;
mod loading;
mod network;
mod passwords;
mod safe_strings;
mod shell;
mod sql;
mod templates;
mod tls;
pub mod unicode;

pub use passwords::is_candidate;
pub use sql::Chain;

use super::args::Call;
use super::bandit::{Failed, Options};
use super::node::Node;
use crate::engine::HitFix;
use crate::finding::{Confidence, Evidence, Severity};
use crate::target::SourceFile;
use ruff_python_ast::{ExceptHandlerExceptHandler, Expr, Keyword, StmtAssert, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};
use std::borrow::Cow;

pub type AssertCheck = for<'a> fn(&'a StmtAssert, &Options, &SourceFile) -> Option<Found<'a>>;
pub type CallCheck = for<'a> fn(&Call<'a>) -> Option<Found<'a>>;
pub type FileCheck = fn(&str) -> Option<Found<'_>>;
pub type FunctionCheck = for<'a> fn(&Function<'a>) -> Option<Found<'a>>;
pub type HandlerCheck = for<'a> fn(&'a ExceptHandlerExceptHandler, &Options) -> Option<Found<'a>>;
pub type TextCheck = for<'a> fn(&Text<'a>) -> Option<Found<'a>>;
/// Whether a keyword argument is one that a check has a use for.
pub type Trigger = fn(&Keyword) -> bool;

/// A check, by the kind of node that it looks at.
pub enum Check {
    Assert(AssertCheck),
    Call(When, CallCheck),
    File(FileCheck),
    Function(FunctionCheck),
    Handler(HandlerCheck),
    Text(TextCheck),
}

/// Which calls a check wants to see; the rest is never handed to it.
pub enum When {
    /// The last part of the called name is one of these.
    Named(&'static [&'static str]),
    /// The last part of the called name is in one of these lists.
    AnyOf(&'static [&'static [&'static str]]),
    /// The last part of the called name has this in it.
    Holding(&'static str),
    /// A keyword argument is passed of which this holds.
    Passing(Trigger),
}

use Check::{Assert, Call as OnCall, File, Function as OnFunction, Handler, Text as OnText};
use When::{AnyOf, Holding, Named, Passing};

/// Every native check, by the name that rules choose it by.
pub const CHECKS: &[(&str, Check)] = &[
    ("assert_used", Assert(exceptions::assert_used)),
    ("exec_used", OnCall(Named(&["exec"]), loading::exec_used)),
    ("set_bad_file_permissions", OnCall(Holding("chmod"), files::bad_permissions)),
    ("hardcoded_bind_all_interfaces", OnText(network::bind_all_interfaces)),
    ("hardcoded_password_string", OnText(passwords::in_string)),
    ("hardcoded_password_funcarg", OnCall(Passing(passwords::is_password), passwords::in_argument)),
    ("hardcoded_password_default", OnFunction(passwords::in_default)),
    ("hardcoded_tmp_directory", OnText(files::tmp_directory)),
    ("try_except_pass", Handler(exceptions::try_except_pass)),
    ("try_except_continue", Handler(exceptions::try_except_continue)),
    ("request_without_timeout", OnCall(AnyOf(http::SENDERS), http::without_timeout)),
    ("flask_debug_true", OnCall(Named(&["run"]), http::flask_debug)),
    ("tarfile_unsafe_members", OnCall(Holding("extractall"), files::tar_extraction)),
    ("hashlib_insecure_functions", OnCall(Named(crypto::HASHERS), crypto::weak_hash)),
    ("request_with_no_cert_validation", OnCall(AnyOf(http::SENDERS), http::without_validation)),
    ("ssl_with_bad_version", OnCall(Passing(tls::is_version), tls::bad_version)),
    ("ssl_with_bad_defaults", OnFunction(tls::bad_default)),
    ("ssl_with_no_version", OnCall(Named(&["wrap_socket"]), tls::no_version)),
    ("weak_cryptographic_key", OnCall(Named(crypto::KEY_MAKERS), crypto::weak_key)),
    ("yaml_load", OnCall(Named(&["load"]), loading::yaml_load)),
    ("ssh_no_host_key_verification", OnCall(Named(network::POLICY_SETTERS), network::host_key)),
    ("snmp_insecure_version", OnCall(Named(&["CommunityData"]), network::snmp_version)),
    ("snmp_weak_cryptography", OnCall(Named(&["UsmUserData"]), network::snmp_cryptography)),
    ("paramiko_calls", OnCall(Named(&["exec_command"]), network::paramiko_command)),
    (
        "subprocess_popen_with_shell_equals_true",
        OnCall(Named(shell::SUBPROCESS_NAMES), shell::subprocess_with_shell),
    ),
    (
        "subprocess_without_shell_equals_true",
        OnCall(Named(shell::SUBPROCESS_NAMES), shell::subprocess_without_shell),
    ),
    (
        "any_other_function_with_shell_equals_true",
        OnCall(Passing(shell::is_shell), shell::other_shell),
    ),
    ("start_process_with_a_shell", OnCall(Named(shell::SHELL_NAMES), shell::process_with_shell)),
    (
        "start_process_with_no_shell",
        OnCall(Named(shell::NO_SHELL_NAMES), shell::process_without_shell),
    ),
    ("start_process_with_partial_path", OnCall(AnyOf(shell::STARTERS), shell::partial_path)),
    ("hardcoded_sql_expressions", OnText(sql::built_from_strings)),
    ("linux_commands_wildcard_injection", OnCall(AnyOf(shell::STARTERS), shell::wildcard)),
    ("django_extra_used", OnCall(Named(&["extra"]), django::extra)),
    ("django_rawsql_used", OnCall(Named(&["RawSQL"]), django::raw_sql)),
    ("logging_config_insecure_listen", OnCall(Named(&["listen"]), loading::logging_listen)),
    ("trojansource", File(unicode::bidirectional_controls)),
    ("pytorch_load", OnCall(Named(&["load"]), loading::pytorch_load)),
    ("huggingface_unsafe_download", OnCall(Named(loading::HUB_CALLS), loading::hub_download)),
    ("jinja2_autoescape_false", OnCall(Named(&["Environment"]), templates::jinja2_autoescape)),
    ("use_of_mako_templates", OnCall(Named(&["Template"]), templates::mako)),
    ("django_mark_safe", OnCall(Named(safe_strings::MAKERS), safe_strings::mark_safe)),
    ("markupsafe_markup_xss", OnCall(Named(&["Markup"]), templates::markup)),
];

/// The checks of calls whose options say which calls they look at.
pub const OPTIONAL: &[&str] = &[
    "any_other_function_with_shell_equals_true",
    "linux_commands_wildcard_injection",
    "markupsafe_markup_xss",
    "ssl_with_bad_version",
    "start_process_with_a_shell",
    "start_process_with_no_shell",
    "start_process_with_partial_path",
    "subprocess_popen_with_shell_equals_true",
    "subprocess_without_shell_equals_true",
];

/// What a check found.
pub struct Found<'a> {
    /// The place at fault; its first line is the line of the finding.
    pub at: TextRange,
    /// What the identity is taken from, where it is not the whole node.
    pub matched: Option<TextRange>,
    /// Where it is not that of the rule.
    pub severity: Option<Severity>,
    /// Where it is not that of the rule.
    pub confidence: Option<Confidence>,
    /// Where the rule's title does not say it all.
    pub message: Option<Cow<'static, str>>,
    /// The literal that holds a secret.
    pub secret: Option<&'a Expr>,
    /// Further literals that hold one, which are masked as well.
    pub more_secrets: Vec<&'a Expr>,
    /// Where the argument comes from that it is about.
    pub evidence: Option<Evidence>,
    /// What a machine may change so that it is gone.
    pub fix: Option<HitFix>,
    /// What Bandit's own check fails on: it reports nothing then, and neither do we.
    pub failure: Option<Failed>,
}

impl<'a> Found<'a> {
    /// With everything as the rule has it.
    pub fn at(node: &impl Ranged) -> Found<'a> {
        Found {
            at: node.range(),
            matched: None,
            severity: None,
            confidence: None,
            message: None,
            secret: None,
            more_secrets: Vec::new(),
            evidence: None,
            fix: None,
            failure: None,
        }
    }

    /// What comes of a check that needs what may be missing.
    pub fn attempt(
        node: &impl Ranged,
        check: impl FnOnce() -> Result<Option<Found<'a>>, Failed>,
    ) -> Option<Found<'a>> {
        check().unwrap_or_else(|failed| Some(Found { failure: Some(failed), ..Found::at(node) }))
    }

    /// Bandit's own check fails.
    pub fn failed(node: &impl Ranged, why: &str) -> Found<'a> {
        Found { failure: Some(Failed(why.into())), ..Found::at(node) }
    }

    pub fn severity(self, severity: Severity) -> Found<'a> {
        Found { severity: Some(severity), ..self }
    }

    pub fn confidence(self, confidence: Confidence) -> Found<'a> {
        Found { confidence: Some(confidence), ..self }
    }

    pub fn message(self, message: impl Into<Cow<'static, str>>) -> Found<'a> {
        Found { message: Some(message.into()), ..self }
    }
}

/// A function definition that is not `async`.
pub struct Function<'a> {
    pub def: &'a StmtFunctionDef,
    /// From the keyword `def` to the end of the name.
    pub head: TextRange,
    pub options: &'a Options,
}

impl<'a> Function<'a> {
    /// The default values of the parameters that may be positional, in order.
    pub fn defaults(&self) -> impl Iterator<Item = &'a Expr> + use<'a> {
        let parameters = &self.def.parameters;
        parameters.posonlyargs.iter().chain(&parameters.args).filter_map(|p| p.default.as_deref())
    }

    /// A finding on the line of `def`.
    pub fn found(&self) -> Found<'a> {
        let matched = TextRange::new(self.head.start(), self.def.parameters.end());
        Found { matched: Some(matched), ..Found::at(&self.head) }
    }
}

/// A string, or a literal part of an f-string, that is not a statement of its own.
pub struct Text<'a> {
    pub value: &'a str,
    /// Of the string, or of the whole f-string.
    pub range: TextRange,
    /// None for a part of an f-string.
    pub literal: Option<&'a Expr>,
    /// All literal parts of an f-string in one, on the first of them.
    pub whole: Option<&'a str>,
    /// The nodes around it, the nearest last; for a part that begins with its f-string.
    pub parents: &'a [Node<'a>],
    /// The operators that the string stands under, where its parent is one.
    pub chain: Option<&'a Chain<'a>>,
    pub options: &'a Options,
}

impl<'a> Text<'a> {
    /// An ancestor: 0 is the parent.
    pub fn parent(&self, above: usize) -> Option<Node<'a>> {
        self.parents.len().checked_sub(above + 1).map(|index| self.parents[index])
    }
}
