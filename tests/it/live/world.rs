//! The world outside: a proxy that lets nothing through, and behind it one local server that has a
//! certificate for every provider.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use tempfile::TempDir;

/// The hosts that the server stands for.
pub const HOSTS: [&str; 7] = [
    "sts.amazonaws.com",
    "api.github.com",
    "gitlab.com",
    "slack.com",
    "api.stripe.com",
    "registry.npmjs.org",
    "upload.pypi.org",
];

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub host: String,
    pub method: String,
    pub path: String,
    /// By names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// What the server does about a request.
pub enum Reply {
    /// A status, headers and a body.
    Says(u16, &'static str, String),
    /// It waits for the other side to go away.
    Nothing,
}

impl Reply {
    pub fn of(status: u16, body: &str) -> Reply {
        Reply::Says(status, "", body.to_owned())
    }
}

#[derive(Default)]
struct Log {
    /// The hosts that the proxy was asked for.
    connected: Vec<String>,
    /// All that a proxy gets to see.
    raw: Vec<u8>,
    asked: Vec<Asked>,
    /// The hosts that wait for an answer.
    waiting: Vec<String>,
    /// Whether a host was ever asked twice at a time.
    crowded: bool,
}

pub struct World {
    folder: TempDir,
    proxy: String,
    log: Arc<Mutex<Log>>,
}

type Answers = dyn Fn(&Asked) -> Reply + Send + Sync;

impl World {
    /// A world in which the server is trusted.
    pub fn new(answers: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> World {
        let (issuer, config) = certified();
        World::with(&issuer, config, answers)
    }

    /// One in which the server's certificate comes from nobody who is trusted.
    pub fn impostor() -> World {
        let ((issuer, _), (_, config)) = (certified(), certified());
        World::with(&issuer, config, |_| Reply::of(200, "{}"))
    }

    fn with(
        issuer: &str,
        config: Arc<ServerConfig>,
        answers: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> World {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("roots.pem"), issuer).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Log::default()));
        let answers: Arc<Answers> = Arc::new(answers);
        let shared = log.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, config, answers) = (shared.clone(), config.clone(), answers.clone());
                // An end that the other side makes is no failure.
                thread::spawn(move || serve(stream, &log, config, &*answers).ok());
            }
        });
        World { folder, proxy, log }
    }

    /// The environment in which a program is in this world.
    pub fn variables(&self) -> [(&'static str, String); 2] {
        let roots = self.folder.path().join("roots.pem");
        [("HTTPS_PROXY", self.proxy.clone()), ("SSL_CERT_FILE", roots.display().to_string())]
    }

    pub fn connected(&self) -> Vec<String> {
        self.log.lock().unwrap().connected.clone()
    }

    pub fn asked(&self) -> Vec<Asked> {
        let log = self.log.lock().unwrap();
        assert!(!log.crowded, "a host was asked twice at a time");
        log.asked.clone()
    }

    /// Whether a text went through the proxy for anybody to read.
    pub fn shows(&self, text: &str) -> bool {
        memchr::memmem::find(&self.log.lock().unwrap().raw, text.as_bytes()).is_some()
    }
}

/// The certificate of an issuer, and a server that has one from it for all the hosts.
fn certified() -> (String, Arc<ServerConfig>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(HOSTS.map(str::to_owned)).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (issuer.pem(), Arc::new(config))
}

/// A connection that remembers what came in.
struct Tap(TcpStream, Arc<Mutex<Log>>);

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.lock().unwrap().raw.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

impl Write for Tap {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn serve(
    stream: TcpStream,
    log: &Arc<Mutex<Log>>,
    config: Arc<ServerConfig>,
    answers: &Answers,
) -> io::Result<()> {
    let mut tap = Tap(stream, log.clone());
    let (line, _) = head(&mut tap)?;
    let target = line.strip_prefix("CONNECT ").and_then(|line| line.split(' ').next());
    let target = target.unwrap_or(&line).to_owned();
    log.lock().unwrap().connected.push(target.clone());
    let Some(host) = target.strip_suffix(":443").filter(|host| HOSTS.contains(host)) else {
        return tap.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n");
    };
    tap.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, tap);
    loop {
        let asked = request(&mut stream, host)?;
        let crowded = {
            let mut log = log.lock().unwrap();
            log.asked.push(asked.clone());
            let crowded = log.waiting.iter().any(|waiting| waiting == host);
            log.waiting.push(host.to_owned());
            crowded
        };
        log.lock().unwrap().crowded |= crowded;
        let reply = answers(&asked);
        let Reply::Says(status, headers, body) = reply else {
            return stream.read(&mut [0]).map(|_| ());
        };
        log.lock().unwrap().waiting.retain(|waiting| waiting != host);
        let length = body.len();
        write!(stream, "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\n\r\n{body}")?;
        stream.flush()?;
    }
}

fn request(from: &mut impl Read, host: &str) -> io::Result<Asked> {
    let (line, headers) = head(from)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    let body = String::from_utf8(body).unwrap();
    Ok(Asked { host: host.to_owned(), method, path, headers, body })
}

/// The first line and the headers.
fn head(from: &mut impl Read) -> io::Result<(String, BTreeMap<String, String>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        from.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    Ok((first, lines.filter_map(header).collect()))
}
