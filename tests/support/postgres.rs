//! A real PostgreSQL for the tests: one scratch server for the process, one database a test.
//!
//! It listens on a socket in a folder of its own, so that neither a port nor a server that runs on
//! the machine already matters, and goes with the process, however that ends.

use postgres::{Client, NoTls};
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

/// Where Debian keeps the programs, a folder a version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// `nobody`, who runs the server where the tests run as root: PostgreSQL refuses to.
const NOBODY: u32 = 65_534;

/// Nothing here outlives the process, so nothing needs to reach the disk. One role has a password;
/// all others are trusted.
const SETTINGS: &str = "
listen_addresses = ''
fsync = off
full_page_writes = off
synchronous_commit = off
shared_buffers = 64MB
";
const ACCESS: &str = "local all guarded scram-sha-256\nlocal all all trust\n";

/// Starts the server, says so, and stops it when standard input ends, which it does with the
/// process that holds the other end.
const KEEPER: &str = r#"
trap '' INT
"$0/pg_ctl" start -w -s -D "$1/data" -l "$1/log" && echo ready
read -r _
"$0/pg_ctl" stop -s -m immediate -D "$1/data"
rm -rf "$1"
"#;

/// The server of this process.
struct Server {
    folder: PathBuf,
    /// To the database that databases are made from.
    admin: Mutex<Client>,
}

/// A database of its own, gone with the test.
pub struct Database {
    name: String,
}

impl Database {
    pub fn new() -> Database {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("scratch_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        Server::get().execute(&format!("CREATE DATABASE {name}"));
        Database { name }
    }

    /// What `--db` takes.
    pub fn url(&self) -> String {
        self.url_of("tester")
    }

    /// What `--db` takes, for another role or `role:password`.
    pub fn url_of(&self, role: &str) -> String {
        Server::get().url(role, &self.name)
    }

    /// A connection beside Lockgate's own.
    pub fn connect(&self) -> Client {
        Client::connect(&self.url(), NoTls).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        Server::get().execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

impl Server {
    fn get() -> &'static Server {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(Server::start)
    }

    fn url(&self, role: &str, database: &str) -> String {
        url(&self.folder, role, database)
    }

    fn execute(&self, sql: &str) {
        let mut admin = self.admin.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        admin.batch_execute(sql).unwrap();
    }

    fn start() -> Server {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("lockgate-pg").tempdir().unwrap().keep();
        let root = owned_by(&folder, 0);
        if root {
            std::os::unix::fs::chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let data = folder.join("data");
        let mut initdb = unprivileged(root, &programs.join("initdb"));
        initdb.args(["-U", "tester", "--auth=trust", "--no-locale", "-E", "UTF8", "--no-sync"]);
        let made = initdb.arg("-D").arg(&data).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let socket = format!("unix_socket_directories = '{}'\n", folder.display());
        fs::write(data.join("postgresql.auto.conf"), SETTINGS.to_owned() + &socket).unwrap();
        fs::write(data.join("pg_hba.conf"), ACCESS).unwrap();
        keep(root, &programs, &folder);
        let mut admin = Client::connect(&url(&folder, "tester", "postgres"), NoTls).unwrap();
        admin.batch_execute("CREATE ROLE guarded LOGIN PASSWORD 'correct'").unwrap();
        admin.batch_execute("CREATE ROLE stranger LOGIN").unwrap();
        Server { folder, admin: Mutex::new(admin) }
    }
}

fn url(folder: &Path, role: &str, database: &str) -> String {
    let socket = folder.display().to_string().replace('/', "%2F");
    format!("postgres://{role}@{socket}/{database}")
}

/// Starts the server and the shell that stops it.
fn keep(root: bool, programs: &Path, folder: &Path) {
    let mut keeper = unprivileged(root, Path::new("sh"));
    keeper.arg("-c").arg(KEEPER).args([programs, folder]).current_dir("/");
    keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = keeper.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let log = || fs::read_to_string(folder.join("log")).unwrap_or_default();
    assert_eq!(line, "ready\n", "PostgreSQL did not start: {}", log());
    // Closed by the end of the process, and by nothing before.
    std::mem::forget(child);
}

/// The folder with `initdb` and `pg_ctl`: on the path, else the newest of Debian's.
fn programs() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(|version| {
            let version = version.ok()?;
            Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin")))
        })
        .collect();
    debian.sort();
    let debian = debian.into_iter().rev().map(|(_, folder)| folder);
    let found = env::split_paths(&path).chain(debian).find(|dir| dir.join("initdb").is_file());
    found.unwrap_or_else(|| {
        panic!("PostgreSQL is missing: `./x test` installs it, or `apt-get install postgresql`")
    })
}

fn owned_by(path: &Path, user: u32) -> bool {
    std::os::unix::fs::MetadataExt::uid(&fs::metadata(path).unwrap()) == user
}

/// A command that runs as `nobody` if this is root.
fn unprivileged(root: bool, program: &Path) -> Command {
    if !root {
        return Command::new(program);
    }
    let id = |option: &str| OsString::from(format!("--{option}={NOBODY}"));
    let mut command = Command::new("setpriv");
    command.args([id("reuid"), id("regid"), OsStr::new("--clear-groups").to_owned()]);
    command.arg(program).current_dir("/");
    command
}
