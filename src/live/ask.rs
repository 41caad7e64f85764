//! The asking: every provider on its own, one question after the other, not too many a second.

use super::client::{Client, Failure};
use super::question::{Credential, Question};
use super::{PROVIDERS, Provider};
use crate::finding::Live;
use std::time::Duration;
use tokio::runtime;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// What lies between an answer of a provider and the next question to it: no more than five a
/// second.
const PAUSE: Duration = Duration::from_millis(200);
/// So many failures in a row, and the provider is not asked any more.
const PATIENCE: u32 = 3;

/// What came of a question.
pub struct Answered {
    pub provider: &'static Provider,
    pub findings: Vec<usize>,
    /// What the provider says, or why that is not known.
    pub answer: Result<Live, String>,
}

/// Asks everything, with one list of questions a provider, in the order of `PROVIDERS`. Without a
/// question there is no client, and nothing goes out.
pub fn all(questions: Vec<Vec<Question>>) -> Vec<Answered> {
    let lists: Vec<(&'static Provider, Vec<Question>)> =
        PROVIDERS.iter().zip(questions).filter(|(_, questions)| !questions.is_empty()).collect();
    if lists.is_empty() {
        return Vec::new();
    }
    let client = match Client::new() {
        Ok(client) => client,
        Err(why) => return lists.into_iter().flat_map(|list| unasked(list, &why)).collect(),
    };
    match runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(together(&client, lists)),
        Err(error) => {
            let why = format!("no connection can be made: {error}");
            lists.into_iter().flat_map(|list| unasked(list, &why)).collect()
        }
    }
}

fn unasked(list: (&'static Provider, Vec<Question>), why: &str) -> Vec<Answered> {
    let (provider, questions) = list;
    let answered = |question: Question| Answered {
        provider,
        findings: question.findings,
        answer: Err(why.to_owned()),
    };
    questions.into_iter().map(answered).collect()
}

/// The providers do not wait for each other.
async fn together(
    client: &Client,
    lists: Vec<(&'static Provider, Vec<Question>)>,
) -> Vec<Answered> {
    let mut asking = JoinSet::new();
    for (provider, questions) in lists {
        asking.spawn(in_turn(client.clone(), provider, questions));
    }
    let mut answered = Vec::new();
    while let Some(list) = asking.join_next().await {
        answered.extend(list.unwrap_or_default());
    }
    answered
}

/// The questions to one provider, in order. One that asks to be left alone, or cannot be reached,
/// is not asked the rest.
async fn in_turn(
    client: Client,
    provider: &'static Provider,
    questions: Vec<Question>,
) -> Vec<Answered> {
    let mut answered = Vec::with_capacity(questions.len());
    let mut failures = 0;
    let mut questions = questions.into_iter();
    while let Some(Question { credential, findings }) = questions.next() {
        if !answered.is_empty() {
            sleep(PAUSE).await;
        }
        let answer = ask(&client, provider, &credential).await;
        let failed = answer.as_ref().err();
        failures = if failed.is_some_and(Failure::is_trouble) { failures + 1 } else { 0 };
        let enough = failures == PATIENCE || failed.is_some_and(Failure::is_enough);
        let answer = answer.map_err(|failure| failure.to_string());
        answered.push(Answered { provider, findings, answer });
        if enough {
            let rest = questions.collect();
            answered.extend(unasked(
                (provider, rest),
                "earlier questions failed, so no more were asked",
            ));
            break;
        }
    }
    answered
}

async fn ask(
    client: &Client,
    provider: &Provider,
    credential: &Credential,
) -> Result<Live, Failure> {
    let (status, body) = client.send(provider.host, (provider.ask)(credential)).await?;
    (provider.answer)(status, &body).ok_or(Failure::Unclear(status))
}
