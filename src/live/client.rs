//! The way out: HTTPS to one host, within bounds.

use super::Request;
use crate::engine::masked;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::redirect;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// For a connection, the proxy's included.
const CONNECT: Duration = Duration::from_secs(5);
/// For a question and its answer.
const WHOLE: Duration = Duration::from_secs(10);
/// The most of an answer that is read.
const MOST: usize = 64 << 10;

/// Why a provider did not tell. Holds nothing of what was asked.
#[derive(Debug, Error)]
pub enum Failure {
    #[error("no answer within {} seconds", WHOLE.as_secs())]
    Slow,
    #[error("no connection: {0}")]
    Connection(String),
    #[error("the answer is of more than {} KiB", MOST >> 10)]
    Long,
    #[error("the answer, of status {0}, does not tell")]
    Unclear(u16),
}

impl Failure {
    fn of(error: &reqwest::Error) -> Failure {
        if error.is_timeout() {
            return Failure::Slow;
        }
        let mut cause: &dyn Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Failure::Connection(masked(&cause.to_string()))
    }

    /// Whether the provider has trouble of its own, or cannot be reached.
    pub fn is_trouble(&self) -> bool {
        !matches!(self, Failure::Unclear(..500))
    }

    /// Whether the provider has had enough.
    pub fn is_enough(&self) -> bool {
        matches!(self, Failure::Unclear(429))
    }
}

/// Sends requests: to no other place than it is told, over TLS alone, by way of `HTTPS_PROXY`
/// where that is set, which sees the name of the host and no more.
#[derive(Clone)]
pub struct Client(reqwest::Client);

impl Client {
    /// # Errors
    /// The system has no roots to trust in.
    pub fn new() -> Result<Client, String> {
        let broken = |error: &dyn Error| format!("no connection can be made: {error}");
        let mut tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| broken(&error))?
            .with_root_certificates(roots()?)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .http1_only()
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .user_agent(concat!("lockgate/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Client)
            .map_err(|error| broken(&error))
    }

    /// Sends a request; gives back the status and the text of the answer.
    ///
    /// # Errors
    /// There is no answer in time, or it is too long.
    pub async fn send(&self, host: &str, request: Request) -> Result<(u16, String), Failure> {
        let url = format!("https://{host}{}", request.path);
        let sent = match request.form {
            None => self.0.get(url),
            Some(form) => self
                .0
                .post(url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form),
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let invalid = |_| Failure::Connection("the value fits no header".to_owned());
            let mut value = HeaderValue::from_str(value).map_err(invalid)?;
            value.set_sensitive(true);
            headers.insert(*name, value);
        }
        let sent = sent.headers(headers).send().await;
        let mut answer = sent.map_err(|error| Failure::of(&error))?;
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| Failure::of(&error))? {
            if body.len() + chunk.len() > MOST {
                return Err(Failure::Long);
            }
            body.extend_from_slice(&chunk);
        }
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// The roots of the system, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
fn roots() -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    match roots.is_empty() {
        true => Err("no root certificates were found; name some with SSL_CERT_FILE".to_owned()),
        false => Ok(roots),
    }
}
