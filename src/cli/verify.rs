//! `lockgate verify`.

use super::{Error, Outcome, files, print};
use crate::attest::keys::PublicKey;
use crate::attest::{Demands, Vouched, dsse, few, statement, verify};
use crate::clock;
use crate::git::{self, Repository};
use crate::report::untrusted::visible;
use clap::builder::NonEmptyStringValueParser;
use globset::{Glob, GlobSetBuilder};
use jiff::SignedDuration;
use std::fmt::Write;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The public key, at the repository's root.
pub const PUBLIC_KEY: &str = "lockgate.pub";

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 every file is vouched for, 1 one is refused, and why, 2 usage, or a file that cannot be read.")]
pub struct Args {
    /// The files that are to be deployed
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What vouches for them: envelopes by `lockgate attest`, one a line
    #[arg(
        long,
        value_name = "FILE",
        required = true,
        env = "LOCKGATE_ATTESTATION",
        hide_env = true
    )]
    attestation: PathBuf,
    /// Trust the keys in this file, instead of lockgate.pub at the repository's root; repeatable
    #[arg(long, value_name = "FILE", env = "LOCKGATE_PUBLIC_KEY", hide_env = true)]
    public_key: Vec<PathBuf>,
    /// Refuse a verdict that is older: a number with s, m, h, d or w
    #[arg(long, value_name = "AGE", default_value = "30d", value_parser = age,
          env = "LOCKGATE_MAX_AGE", hide_env = true)]
    max_age: SignedDuration,
    /// The commit that must have been judged: its whole hash, HEAD, or any. Default: HEAD inside a
    /// git repository, else any
    #[arg(long, value_name = "COMMIT", value_parser = commit, env = "LOCKGATE_COMMIT",
          hide_env = true)]
    commit: Option<Commit>,
    /// The repository that must have been judged, such as github.com/owner/name
    #[arg(long, value_name = "NAME", env = "LOCKGATE_REPOSITORY", hide_env = true,
          value_parser = NonEmptyStringValueParser::new())]
    repository: Option<String>,
    /// The hash of the policy that must have been in force; repeatable, any of them suffices.
    /// Without it a policy that blocks nothing is refused
    #[arg(
        long,
        value_name = "HASH",
        env = "LOCKGATE_POLICY_HASH",
        hide_env = true,
        value_delimiter = ',',
        value_parser = NonEmptyStringValueParser::new()
    )]
    policy_hash: Vec<String>,
    /// What every engine must have covered, instead of the whole repository: a folder or file,
    /// relative to its root; repeatable
    #[arg(long, value_name = "PATH", value_parser = covered, default_value = ".",
          env = "LOCKGATE_COVERS", hide_env = true)]
    covers: Vec<String>,
    /// What of it may have been left out by `exclude` or .lockgateignore, or been too much for an
    /// engine: a folder, a file, or a glob of them, relative to the repository's root; repeatable
    #[arg(long, value_name = "PATH", value_parser = glob, env = "LOCKGATE_EXCEPT",
          hide_env = true)]
    except: Vec<[Glob; 2]>,
}

/// Which commit is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Commit {
    Any,
    Head,
    /// Lower-case hexadecimal.
    Is(String),
}

fn commit(text: &str) -> Result<Commit, String> {
    match text {
        "any" => Ok(Commit::Any),
        "HEAD" => Ok(Commit::Head),
        hash if matches!(hash.len(), 40 | 64) && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Ok(Commit::Is(hash.to_ascii_lowercase()))
        }
        _ => Err("is neither a whole commit hash, nor HEAD, nor any".to_owned()),
    }
}

/// `90s`, `15m`, `12h`, `7d`, `4w`.
fn age(text: &str) -> Result<SignedDuration, String> {
    const UNITS: &[(char, i64)] =
        &[('s', 1), ('m', 60), ('h', 3600), ('d', 86_400), ('w', 7 * 86_400)];
    let read = || {
        let unit = text.chars().last()?;
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let number = &text[..text.len() - unit.len_utf8()];
        let number: i64 =
            number.bytes().all(|b| b.is_ascii_digit()).then(|| number.parse().ok())??;
        Some(SignedDuration::from_secs(number.checked_mul(*seconds)?))
    };
    read().ok_or_else(|| "say a number and s, m, h, d or w, such as 7d".to_owned())
}

/// A path as engines say what they cover.
fn covered(text: &str) -> Result<String, String> {
    let part = |part: Component| match part {
        Component::CurDir => None,
        Component::Normal(name) => Some(Ok(name.to_string_lossy().into_owned())),
        _ => Some(Err("say a path below the repository's root, without `..`".to_owned())),
    };
    match text {
        "" => Err("say a path, or . for the whole repository".to_owned()),
        text => Ok(Path::new(text)
            .components()
            .filter_map(part)
            .collect::<Result<Vec<_>, _>>()?
            .join("/")),
    }
}

/// What a path or glob stands for: itself, and all below it.
fn glob(text: &str) -> Result<[Glob; 2], String> {
    let bare = text.trim_start_matches("./").trim_end_matches('/');
    if bare.is_empty() {
        return Err("say a path, or ** for all of them".to_owned());
    }
    let glob = |text: &str| Glob::new(text).map_err(|error| error.to_string());
    Ok([glob(bare)?, glob(&format!("{bare}/**"))?])
}

pub fn run(args: Args) -> Result<Outcome, Error> {
    let here = fs::canonicalize(".").map_err(|error| files::concerns(Path::new("."))(&error))?;
    let repository = git::discover(&here);
    let path = &args.attestation;
    let envelopes = dsse::read(&files::read(path, files::ENVELOPES)?).map_err(|error| {
        Error::Usage(format!("{}:{}", path.display(), visible(&error.to_string())))
    })?;
    let except = args
        .except
        .iter()
        .flatten()
        .fold(&mut GlobSetBuilder::new(), |set, glob| set.add(glob.clone()))
        .build();
    let demands = Demands {
        keys: public_keys(&args.public_key, &repository)?,
        now: clock::now(),
        max_age: args.max_age,
        commit: wanted(args.commit, &here)?,
        repository: args.repository,
        policies: args.policy_hash.iter().map(|hash| hash.to_ascii_lowercase()).collect(),
        covers: args.covers,
        except: except.map_err(Error::usage)?,
    };
    let digest = |file: &PathBuf| {
        statement::sha256(file)
            .map_err(|error| files::concerns(file)(&format!("cannot be read: {error}")))
    };
    let digests = args.files.iter().map(digest).collect::<Result<Vec<_>, _>>()?;
    let answers = verify(&envelopes, &digests, &demands).map_err(|error| {
        Error::Usage(format!("{}:{}", path.display(), visible(&error.to_string())))
    })?;
    let mut text = String::new();
    let mut outcome = Outcome::Passed;
    for (file, answer) in args.files.iter().zip(answers) {
        let name = file.display().to_string();
        match answer {
            Ok(vouched) => say_vouched(&mut text, &name, &vouched),
            Err(refusals) => {
                outcome = Outcome::Blocked;
                let _ = writeln!(text, "refused: {}", visible(&name));
                for (line, why) in refusals {
                    let place = format!("{}:{line}", path.display());
                    let _ = writeln!(text, "  {}: {}", visible(&place), visible(&why.to_string()));
                }
            }
        }
    }
    print(text.as_bytes())?;
    Ok(outcome)
}

fn say_vouched(text: &mut String, name: &str, vouched: &Vouched) {
    let Vouched { key, judged, repository, branch, commit, base, policy, unseen } = vouched;
    let commit = commit.as_deref().unwrap_or("no commit");
    let branch = branch.as_ref().map_or_else(String::new, |branch| format!(" ({branch})"));
    let base = base.as_deref().unwrap_or("nothing");
    let lines = [
        format!("verified: {name}"),
        format!("  passed the gate at {judged}: {commit}{branch} of {repository}"),
        format!("  policy {policy}, compared with {base}, signed by key {key}"),
    ];
    let unseen = (!unseen.is_empty()).then(|| format!("  not looked at: {}", few(unseen)));
    for line in lines.iter().chain(&unseen) {
        let _ = writeln!(text, "{}", visible(line));
    }
}

fn public_keys(paths: &[PathBuf], repository: &Repository) -> Result<Vec<PublicKey>, Error> {
    let own = [repository.root.join(PUBLIC_KEY)];
    let paths = match paths {
        [] if own[0].exists() => &own,
        [] => {
            return Err(Error::Usage(format!(
                "there is no {PUBLIC_KEY} at {}; name the public key with --public-key FILE",
                repository.root.display()
            )));
        }
        paths => paths,
    };
    let mut keys = Vec::new();
    for path in paths {
        let text = files::read_text(path, files::KEYS)?;
        keys.extend(PublicKey::parse_all(&text).map_err(|error| files::concerns(path)(&error))?);
    }
    Ok(keys)
}

/// The commit to ask for: inside a repository that of HEAD, for a checkout that does not belong to
/// the artefact is more often a mistake than meant. Where HEAD cannot be told, no other one will do.
fn wanted(asked: Option<Commit>, here: &Path) -> Result<Option<String>, Error> {
    let head = || {
        let remedy = "say which commit must have been judged: --commit SHA, or --commit any";
        let head = git::head(here).map_err(|error| Error::Usage(format!("{error}; {remedy}")))?;
        Ok(head.map(|commit| commit.id))
    };
    match asked {
        None => head(),
        Some(Commit::Any) => Ok(None),
        Some(Commit::Is(hash)) => Ok(Some(hash)),
        Some(Commit::Head) => head()?.map(Some).ok_or_else(|| {
            Error::Usage(
                "--commit HEAD: there is no commit here; say its hash instead of HEAD".into(),
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ages_are_a_number_and_a_unit() {
        let seconds = |text| age(text).map(|age| age.as_secs());
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("12h"), Ok(43_200));
        assert_eq!(seconds("2w"), Ok(1_209_600));
        for text in
            ["", "d", "7", "-7d", "+7d", "7 d", "7y", "1.5h", "99999999999999999w", "7\u{e9}"]
        {
            assert!(age(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_commit_is_whole_or_a_word() {
        let hash = "0123456789ABCDEF0123456789abcdef01234567";
        assert_eq!(commit(hash), Ok(Commit::Is(hash.to_lowercase())));
        assert_eq!(commit("HEAD"), Ok(Commit::Head));
        assert_eq!(commit("any"), Ok(Commit::Any));
        assert!(commit(&hash[..39]).is_err() && commit("main").is_err());
    }

    proptest! {
        #[test]
        fn no_age_is_too_odd(text in "\\PC{0,12}") {
            let _ = age(&text);
        }
    }
}
