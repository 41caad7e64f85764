//! `--verify`: the live check.

use clap::builder::BoolishValueParser;

/// The option of every command that finds secrets. There is no key of the configuration for it:
/// whether values go out is up to whoever runs the command.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Ask AWS, GitHub, GitLab, Slack, Stripe, npm and PyPI whether the credentials that were found
    /// work. Each goes to its own provider alone
    #[arg(long, env = "LOCKGATE_VERIFY", hide_env = true,
          value_parser = BoolishValueParser::new())]
    pub verify: bool,
}
