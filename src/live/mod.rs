//! The live check: asks the provider of a credential whether it works. Nothing of this runs
//! unless it was asked for.
//!
//! A finding carries no value. So each file with a finding of a provider's rule is read again
//! (`question`), every distinct value is asked about once, slowly (`ask`), at the one host that is
//! compiled in for its provider (`client`), and nothing of the value is left in a message or an
//! error.

mod ask;
mod aws;
mod client;
mod github;
mod gitlab;
mod npm;
mod pypi;
mod question;
mod signature;
mod slack;
mod stripe;

use crate::finding::{Finding, Live, Notification, Trouble};
use crate::target::SourceFile;
use question::{Credential, Gathered};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Everyone who is asked.
const PROVIDERS: &[Provider] = &[
    aws::PROVIDER,
    github::PROVIDER,
    gitlab::PROVIDER,
    slack::PROVIDER,
    stripe::PROVIDER,
    npm::PROVIDER,
    pypi::PROVIDER,
];

/// Someone who knows whether a credential works.
struct Provider {
    /// As messages call it.
    name: &'static str,
    /// The only host that is asked.
    host: &'static str,
    /// The rules of the values that it is asked about.
    rules: &'static [&'static str],
    /// The rule of the other half, where a value works only together with one.
    pair: Option<&'static str>,
    /// Why a value is not asked about, though its rule is one of those.
    unfit: fn(value: &str, file: &str) -> Option<&'static str>,
    /// The question. It reads, and changes nothing at the provider.
    ask: fn(&Credential) -> Request,
    /// What an answer means; none where it tells nothing.
    answer: fn(status: u16, body: &str) -> Option<Live>,
}

/// An HTTPS request to a provider's host.
struct Request {
    path: &'static str,
    /// Posted as a form where there is one; else the method is GET.
    form: Option<&'static str>,
    headers: Vec<(&'static str, Zeroizing<String>)>,
}

impl Request {
    fn get(path: &'static str) -> Request {
        Request { path, form: None, headers: Vec::new() }
    }

    fn post(path: &'static str, form: &'static str) -> Request {
        Request { path, form: Some(form), headers: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Request {
        self.headers.push((name, Zeroizing::new(value.into())));
        self
    }

    fn bearing(self, credential: &Credential) -> Request {
        self.with("authorization", format!("Bearer {}", credential.value.as_str()))
    }
}

/// For providers that every value of their rules may be asked about.
fn always_fit(_value: &str, _file: &str) -> Option<&'static str> {
    None
}

/// Asks about every finding of a rule that a provider knows, and writes the answers into the
/// findings. `read` gives the text that a finding is in, once more.
///
/// What could not be told is a notification.
pub fn check(
    findings: &mut [Finding],
    read: &dyn Fn(&Finding) -> Option<SourceFile>,
) -> Vec<Notification> {
    let Gathered { questions, mut silent } = question::gather(findings, read);
    let asked = questions.iter().flatten().map(|question| &question.findings);
    for about in asked.chain(silent.iter().map(|(_, _, about)| about)).flatten() {
        findings[*about].live = Some(Live::Unknown);
    }
    for answered in ask::all(questions) {
        match answered.answer {
            Ok(live) => answered.findings.iter().for_each(|at| findings[*at].answer(live)),
            Err(why) => silent.push((answered.provider, why, answered.findings)),
        }
    }
    notifications(findings, silent)
}

/// What a provider did not tell, and of which findings.
type Silence = (&'static Provider, String, Vec<usize>);

/// One for each provider and reason, at the first of the places.
fn notifications(findings: &[Finding], mut silent: Vec<Silence>) -> Vec<Notification> {
    silent.sort_by(|(one, why, at), (other, because, place)| {
        (one.name, why, at).cmp(&(other.name, because, place))
    });
    let same = |one: &Silence, other: &Silence| one.0.name == other.0.name && one.1 == other.1;
    let told = |alike: &[Silence]| {
        let (provider, why, at) = &alike[0];
        let count: usize = alike.iter().map(|(_, _, about)| about.len()).sum();
        let name = provider.name;
        let what = match count {
            1 => format!("1 credential of {name} works"),
            many => format!("{many} credentials of {name} work"),
        };
        let path =
            at.first().map_or_else(|| Arc::from(""), |at| findings[*at].location.path.clone());
        Notification {
            path,
            engine: Some("secrets".into()),
            trouble: Trouble::Unanswered,
            message: format!("it is not known whether {what}: {why}").into(),
        }
    };
    silent.chunk_by(same).map(told).collect()
}
