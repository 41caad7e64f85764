//! The address of a database: `postgres://USER@HOST/DATABASE`. Its password is never shown.

use postgres::Config;
use postgres::config::{Host, SslMode};
use std::fmt::{self, Display, Formatter, Write};
use std::net::IpAddr;
use std::time::Duration;
use thiserror::Error;

/// How the addresses begin that PostgreSQL's own tools take too.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// Settings with which a row of them begins.
const SETTINGS: [&str; 7] = ["host", "hostaddr", "port", "dbname", "user", "password", "service"];

/// How long a server may take to answer at all, where the address says nothing else.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a PostgreSQL is, which of its databases, and who asks.
#[derive(Clone)]
pub struct Address {
    config: Box<Config>,
}

impl Address {
    /// Whether a text is meant as an address rather than as the name of a file: one with a scheme,
    /// whichever, or a row of settings as libpq takes it. A file that is really called so can be
    /// named `./NAME`.
    pub fn looks_like(text: &str) -> bool {
        let text = text.trim_start();
        let (before, _) = text.split_once([':', '=']).unwrap_or_default();
        let word = |c: char| c.is_ascii_alphanumeric() || "+-_:".contains(c);
        let scheme = text.split_once("://").is_some_and(|(before, _)| before.chars().all(word))
            || before.to_ascii_lowercase().starts_with("postgres");
        scheme || SETTINGS.contains(&before)
    }

    /// Reads an address. `password` is for one that has none.
    ///
    /// # Errors
    /// It is no address, names no database, or asks for what is not offered.
    pub fn parse(text: &str, password: Option<String>) -> Result<Address, AddressError> {
        if !SCHEMES.iter().any(|scheme| text.starts_with(scheme)) {
            return Err(malformed("it begins with another word"));
        }
        let mut config: Config = without_verify(text).parse().map_err(|_| malformed(OPTIONS))?;
        if config.get_dbname().is_none_or(str::is_empty) {
            return Err(malformed("it names no database"));
        }
        if config
            .get_hosts()
            .iter()
            .any(|host| matches!(host, Host::Tcp(name) if name.contains('@')))
        {
            return Err(malformed("write an @ in a password as %40"));
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host("localhost");
        }
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        config.application_name("lockgate");
        let mut address = Address { config: Box::new(config) };
        // What can be done without asking is asked for: a connection that leaves the machine is
        // encrypted, or refused.
        if address.config.get_ssl_mode() == SslMode::Prefer {
            let mode = if address.is_local() { SslMode::Disable } else { SslMode::Require };
            address.config.ssl_mode(mode);
        }
        Ok(address)
    }

    /// Whether the connection is to be encrypted, and the server to prove its name.
    pub(super) fn is_encrypted(&self) -> bool {
        self.config.get_ssl_mode() == SslMode::Require
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn database(&self) -> &str {
        self.config.get_dbname().unwrap_or_default()
    }

    fn is_local(&self) -> bool {
        let loopback = |address: &IpAddr| address.is_loopback();
        let local = |host: &Host| match host {
            Host::Tcp(name) => {
                name == "localhost" || name.parse().is_ok_and(|address| loopback(&address))
            }
            #[cfg(unix)]
            Host::Unix(_) => true,
        };
        self.config.get_hosts().iter().all(local)
            && self.config.get_hostaddrs().iter().all(loopback)
    }
}

/// For people: without the password, and without what goes without saying.
impl Display for Address {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_str(SCHEMES[0])?;
        if let Some(user) = self.config.get_user() {
            write!(f, "{user}@")?;
        }
        for (index, host) in self.config.get_hosts().iter().enumerate() {
            if index > 0 {
                f.write_char(',')?;
            }
            match host {
                Host::Tcp(name) => f.write_str(name)?,
                #[cfg(unix)]
                Host::Unix(folder) => write!(f, "{}", folder.display())?,
            }
            let ports = self.config.get_ports();
            match ports.get(index).or(ports.first()) {
                None | Some(5432) => {}
                Some(port) => write!(f, ":{port}")?,
            }
        }
        write!(f, "/{}", self.database())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        Display::fmt(self, f)
    }
}

const OPTIONS: &str = "it does not read as one; sslmode is disable, require or verify-full, and \
                       what is special in a user or password is written as in %40";

/// A text that begins as an address does and is none.
#[derive(Debug, Error)]
#[error("--db: an address of PostgreSQL is postgres://USER@HOST/DATABASE: {why}")]
pub struct AddressError {
    why: &'static str,
}

fn malformed(why: &'static str) -> AddressError {
    AddressError { why }
}

/// Whoever asks for encryption gets the server's name verified too, so both are one here.
fn without_verify(text: &str) -> String {
    text.replace("sslmode=verify-full", "sslmode=require")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn parse(text: &str) -> Result<Address, String> {
        Address::parse(text, None).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_is_told_from_a_file() {
        assert!(Address::looks_like("postgres://host/db"));
        assert!(Address::looks_like("PostgreSQL://host/db"));
        for file in
            ["findings.db", "postgres", "./postgres:/x", "/var/postgres://x", "C:\\x.db", "a=b", ""]
        {
            assert!(!Address::looks_like(file), "{file}");
        }
    }

    #[test]
    fn the_password_is_never_shown() {
        for text in [
            "postgres://ci:zvzw@db.example.org:5433/gate?sslmode=require",
            "postgresql://ci@db.example.org:5433/gate?password=zvzw",
        ] {
            let address = parse(text).unwrap();
            assert_eq!(address.to_string(), "postgres://ci@db.example.org:5433/gate");
            assert!(!format!("{address:?}").contains("zvzw"));
        }
        for text in [
            "postgres://ci:zv@zw@db.example.org/gate",
            "postgres://ci:zvzw@db.example.org/gate?zw=1&sslmode=perhaps",
            "postgres://ci:zvzw@db.example.org",
        ] {
            let error = parse(text).unwrap_err();
            assert!(!error.contains("zv") && !error.contains("zw"), "{error}");
        }
    }

    #[test]
    fn what_leaves_the_machine_is_encrypted() {
        let encrypted = |text: &str| parse(text).unwrap().is_encrypted();
        assert!(encrypted("postgres://db.example.org/gate"));
        assert!(encrypted("postgres://db.example.org/gate?sslmode=prefer"));
        assert!(encrypted("postgres://localhost/gate?sslmode=verify-full"));
        assert!(encrypted("postgres://localhost,db.example.org/gate"));
        for local in [
            "postgres:///gate",
            "postgres://[::1]/gate",
            "postgres://%2Frun%2Fpostgresql/gate",
            "postgres://db.example.org/gate?sslmode=disable",
        ] {
            assert!(!encrypted(local), "{local}");
        }
    }

    #[test]
    fn a_password_of_the_environment_stands_in() {
        let given = |text: &str| {
            let address = Address::parse(text, Some("outer".into())).unwrap();
            address.config.get_password().map(<[u8]>::to_vec)
        };
        assert_eq!(given("postgres://ci@localhost/gate"), Some(b"outer".to_vec()));
        assert_eq!(given("postgres://ci:own@localhost/gate"), Some(b"own".to_vec()));
    }
}
