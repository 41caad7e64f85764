//! AWS: `GetCallerIdentity` of the Security Token Service, which every key may call.
//!
//! The secret key itself does not go out: the question is signed with it. Source of the answers:
//! <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>.

use super::question::Credential;
use super::signature::{Signed, sign};
use super::{Provider, Request};
use crate::clock;
use crate::finding::Live;

/// The endpoint of the partition `aws`, which signs as of the region `us-east-1`.
const HOST: &str = "sts.amazonaws.com";
const FORM: &str = "Action=GetCallerIdentity&Version=2011-06-15";

pub const PROVIDER: Provider = Provider {
    name: "AWS",
    host: HOST,
    rules: &["aws-access-token"],
    pair: Some("aws-secret-access-key"),
    unfit,
    ask,
    answer,
};

/// Regions of partitions whose keys `HOST` does not know.
const ELSEWHERE: [&str; 4] = ["cn-north-", "cn-northwest-", "us-gov-", "us-iso"];

fn unfit(value: &str, file: &str) -> Option<&'static str> {
    if !value.starts_with("AKIA") {
        return Some("a temporary key works only with its session token");
    }
    let is_elsewhere = ELSEWHERE.iter().any(|region| file.contains(region));
    is_elsewhere.then_some("the file speaks of regions that have a service of their own")
}

fn ask(credential: &Credential) -> Request {
    let time = clock::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let secret = credential.pair.as_ref().map_or("", |pair| pair.as_str());
    let signed =
        Signed { host: HOST, body: FORM, time: &time, region: "us-east-1", service: "sts" };
    let authorization = sign(&signed, credential.value.as_str(), secret);
    Request::post("/", FORM).with("x-amz-date", time).with("authorization", authorization)
}

/// A signature that does not fit says that the two halves are not of one key: nothing of either.
fn answer(status: u16, body: &str) -> Option<Live> {
    match status {
        200 if body.contains("<GetCallerIdentityResult>") => Some(Live::Verified),
        403 if body.contains("<Code>InvalidClientTokenId</Code>") => Some(Live::Revoked),
        _ => None,
    }
}
