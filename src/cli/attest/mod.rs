//! `lockgate attest`.

mod keygen;

use super::{Error, Outcome, files, note, print};
use crate::attest::dsse::{Envelope, IN_TOTO};
use crate::attest::keys::PrivateKey;
use crate::attest::statement::{self, Digests, Subject};
use crate::report::untrusted::visible;
use crate::verdict::Document;
use clap::builder::BoolishValueParser;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The variable that holds the private key where no file does.
const KEY: &str = "LOCKGATE_SIGNING_KEY";

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true,
          after_help = AFTER_HELP)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// The file to vouch for; repeatable
    #[arg(long, value_name = "FILE", required = true, env = "LOCKGATE_SUBJECT", hide_env = true)]
    subject: Vec<PathBuf>,
    /// The verdict on what it was built from, by `lockgate scan --format verdict=FILE`
    #[arg(long, value_name = "FILE", required = true, env = "LOCKGATE_VERDICT", hide_env = true)]
    verdict: Option<PathBuf>,
    /// Where the attestation goes, instead of standard output
    #[arg(long, short, value_name = "FILE", env = "LOCKGATE_OUTPUT", hide_env = true)]
    output: Option<PathBuf>,
    /// The private key, instead of the variable LOCKGATE_SIGNING_KEY
    #[arg(long, value_name = "FILE", env = "LOCKGATE_KEY", hide_env = true)]
    key: Option<PathBuf>,
    /// Sign a verdict that did not pass, or of a dry run, too; `lockgate verify` refuses it all the
    /// same
    #[arg(long, env = "LOCKGATE_ALLOW_FAILED", hide_env = true,
          value_parser = BoolishValueParser::new())]
    allow_failed: bool,
}

const AFTER_HELP: &str = "\
The private key is PEM (PKCS#8), or in the variable the base64 of it too.
Exit codes: 0 signed, 1 refused, for the gate did not pass, 2 usage, or a file that cannot be used.";

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a pair of keys: the private one for the CI system's secrets, the public one to commit
    Keygen(keygen::Args),
}

pub fn run(mut args: Args) -> Result<Outcome, Error> {
    if let Some(Command::Keygen(keygen)) = args.command.take() {
        return keygen::run(keygen).map(|()| Outcome::Passed);
    }
    match &args.verdict {
        Some(verdict) => sign(&args, verdict),
        None => Err(Error::Usage("name the verdict with --verdict FILE".into())),
    }
}

fn sign(args: &Args, path: &Path) -> Result<Outcome, Error> {
    let json = files::read(path, files::VERDICT)?;
    let verdict = Document::parse(&json).map_err(|error| files::concerns(path)(&error))?;
    if !verdict.passed() && !args.allow_failed {
        let path = path.display().to_string();
        let why = format!("refused: the gate did not let it pass: {}", verdict.summary());
        return print(format!("{}: {why}\n", visible(&path)).as_bytes()).map(|()| Outcome::Blocked);
    }
    refuse_overwriting(args, path)?;
    if let Some(abridged) = &verdict.abridged {
        let why = format!("the verdict lacks {} decisions, and says so", abridged.decisions);
        note(&format!("{}: {why}", path.display()))?;
    }
    let key = private_key(args.key.as_deref())?;
    let subjects: Vec<Subject> =
        args.subject.iter().map(|path| subject(path)).collect::<Result<_, _>>()?;
    let line = statement::payload(&subjects, verdict, &json)
        .and_then(|payload| serde_json::to_string(&Envelope::sign(IN_TOTO, &payload, &key)))
        .map_err(|error| Error::Internal(error.to_string()))?;
    if line.len() as u64 >= files::ENVELOPES {
        let why = "is too long to sign: its engines say too much";
        return Err(files::concerns(path)(&why));
    }
    let line = line + "\n";
    match &args.output {
        None => print(line.as_bytes())?,
        Some(output) => fs::write(output, line)
            .map_err(|error| Error::output(&output.display().to_string(), error))?,
    }
    Ok(Outcome::Passed)
}

/// The attestation must not take the place of what it is made from.
fn refuse_overwriting(args: &Args, verdict: &Path) -> Result<(), Error> {
    let Some(output) = &args.output else { return Ok(()) };
    let key = args.key.iter().map(|path| ("key", path.as_path()));
    let subjects = args.subject.iter().map(|path| ("subject", path.as_path()));
    let mut inputs = [("verdict", verdict)].into_iter().chain(key).chain(subjects);
    match inputs.find(|(_, path)| files::is_same(output, path)) {
        None => Ok(()),
        Some((what, _)) => {
            let why = format!("is the {what} itself; let --output name another file");
            Err(files::concerns(output)(&why))
        }
    }
}

/// The file's name as it was given, and its digest.
fn subject(path: &Path) -> Result<Subject, Error> {
    let sha256 = statement::sha256(path)
        .map_err(|error| files::concerns(path)(&format!("cannot be read: {error}")))?;
    let name = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    Ok(Subject { name, digest: Digests { sha256 } })
}

fn private_key(path: Option<&Path>) -> Result<PrivateKey, Error> {
    if let Some(path) = path {
        if path.to_str().is_some_and(|text| PrivateKey::parse(text).is_ok()) {
            let why = "--key and LOCKGATE_KEY name a file, and this is a key itself";
            return Err(Error::Usage(format!("{why}; put it into {KEY}")));
        }
        let text = files::read_text(path, files::KEYS)?;
        return PrivateKey::parse(&text).map_err(|error| files::concerns(path)(&error));
    }
    match env::var(KEY) {
        Ok(text) if !text.is_empty() => {
            PrivateKey::parse(&text).map_err(|error| Error::Usage(format!("{KEY}: {error}")))
        }
        _ => Err(Error::Usage(format!(
            "there is no key to sign with; put the private key into {KEY}, name its file with --key, or make one with `lockgate attest keygen`"
        ))),
    }
}
