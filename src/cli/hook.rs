//! `lockgate hook`: secrets are looked for before git commits or pushes them.

mod framework;
mod install;
mod run;
mod script;

use super::{Error, Outcome};
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Have git, or the pre-commit framework, call Lockgate
    Install {
        #[command(flatten)]
        which: Which,
        /// Take the place of a hook that is there: it is kept beside, and called first
        #[arg(long, env = "LOCKGATE_FORCE", hide_env = true,
              value_parser = clap::builder::BoolishValueParser::new())]
        force: bool,
    },
    /// Take Lockgate's hooks away, and give back those that were there before
    Uninstall {
        #[command(flatten)]
        which: Which,
    },
    /// What a hook does; git calls it
    Run(Box<run::Args>),
}

/// Which hooks, and whose.
#[derive(Debug, clap::Args)]
pub struct Which {
    /// The hooks
    #[arg(value_name = "HOOK", default_values = [Name::PreCommit.name(), Name::CommitMsg.name(), Name::PrePush.name()])]
    names: Vec<Name>,
    /// Entries of .pre-commit-config.yaml instead of hooks of git
    #[arg(long, env = "LOCKGATE_FRAMEWORK", hide_env = true,
          value_parser = clap::builder::BoolishValueParser::new())]
    framework: bool,
}

/// A hook of git.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Name {
    /// Looks at what is staged
    PreCommit,
    /// Looks at the message
    CommitMsg,
    /// Looks at the commits that are pushed
    PrePush,
}

impl Name {
    /// As git calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Name::PreCommit => "pre-commit",
            Name::CommitMsg => "commit-msg",
            Name::PrePush => "pre-push",
        }
    }
}

pub fn run(command: Command) -> Result<Outcome, Error> {
    let here = || super::scan::resolve(&[PathBuf::from(".")]);
    match command {
        Command::Install { which: Which { names, framework: true }, .. } => {
            framework::install(&here()?[0], &names)
        }
        Command::Install { which: Which { names, .. }, force } => {
            install::install(&here()?[0], &names, force)
        }
        Command::Uninstall { which: Which { names, framework: true } } => {
            framework::uninstall(&here()?[0], &names)
        }
        Command::Uninstall { which: Which { names, .. } } => {
            install::uninstall(&here()?[0], &names)
        }
        Command::Run(args) => return run::run(*args),
    }
    .map(|()| Outcome::Passed)
}
