//! The rule catalogue, compiled in from `rules/` by `build.rs`, and users' own rules beside it.

mod equivalents;
mod format;
mod name;

pub use equivalents::{Meaning, meaning, own};
pub use format::{
    Allowlist, Dialect, Example, Gitleaks, GitleaksDefaults, Matcher, Resource, Secret,
};
pub use name::matches;

use crate::finding::{Confidence, Severity};
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

/// A rule of the compiled-in catalogue.
pub type Rule = format::Rule<&'static str>;

impl Rule {
    /// The engines that run the rule, its own first.
    pub fn engines(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.engine).chain(self.elsewhere.iter().map(|(engine, _)| *engine))
    }

    /// Whether an engine runs the rule.
    pub fn is_of(&self, engine: &str) -> bool {
        self.engines().any(|own| own == engine)
    }

    /// How the rule matches in the files of an engine, as a tool has it that is stood in for; none
    /// where one of them does not have it.
    pub fn matcher(&self, engine: &str, tool: &str) -> Option<&Matcher<&'static str>> {
        let dialect = self.dialects.iter().find(|dialect| dialect.tool == tool);
        if dialect.is_some_and(|dialect| !dialect.known) {
            return None;
        }
        let own = dialect.and_then(|it| it.matcher.as_ref()).unwrap_or(&self.matcher);
        let of_dialect = dialect.into_iter().flat_map(|it| &it.elsewhere);
        let mut elsewhere = of_dialect.chain(&self.elsewhere);
        match self.engine == engine {
            true => Some(own),
            false => elsewhere.find(|(name, _)| *name == engine).map(|(_, matcher)| matcher),
        }
    }
}

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));
static BUILT_IN: LazyLock<Catalogue> = LazyLock::new(Catalogue::unpack);
static WITH_USERS: OnceLock<Catalogue> = OnceLock::new();

static GITLEAKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/gitleaks.bin"));

/// The rules as gitleaks has them, and what it passes over; unpacked at every call.
pub fn gitleaks() -> GitleaksDefaults<&'static str> {
    postcard::from_bytes(GITLEAKS).expect("build.rs packed this very type")
}

/// Every rule, by id and in order.
pub struct Catalogue {
    rules: Vec<Rule>,
    /// Indices into `rules` by id and alias, as they are written.
    by_id: HashMap<&'static str, usize>,
    hash: blake3::Hash,
    /// That of the users' own rules alone.
    users: Option<blake3::Hash>,
}

impl Catalogue {
    /// The catalogue; unpacked at the first call.
    pub fn get() -> &'static Catalogue {
        WITH_USERS.get().unwrap_or(&BUILT_IN)
    }

    /// Adds users' own rules, whose ids are not in it, for the rest of the process; `hash` is that
    /// of all that they say. The first call counts.
    pub fn adopt(users: Vec<Rule>, hash: blake3::Hash) {
        WITH_USERS.get_or_init(|| {
            let rules = BUILT_IN.rules.iter().cloned().chain(users).collect();
            let mut hasher = blake3::Hasher::new();
            hasher.update(BUILT_IN.hash.as_bytes()).update(hash.as_bytes());
            Catalogue { users: Some(hash), ..Catalogue::new(rules, hasher.finalize()) }
        });
    }

    fn unpack() -> Catalogue {
        let rules: Vec<Rule> = postcard::from_bytes(BLOB).expect("build.rs packed this very type");
        Catalogue::new(rules, blake3::hash(BLOB))
    }

    fn new(rules: Vec<Rule>, hash: blake3::Hash) -> Catalogue {
        let names = |rule: &Rule| std::iter::once(rule.id).chain(rule.aliases.clone());
        let by_id = rules.iter().enumerate().flat_map(|(i, r)| names(r).map(move |name| (name, i)));
        Catalogue { by_id: by_id.collect(), rules, hash, users: None }
    }

    /// All rules, sorted by engine and id; users' own come last.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules that an engine runs.
    pub fn of_engine<'a>(&'a self, engine: &'a str) -> impl Iterator<Item = &'a Rule> {
        self.rules.iter().filter(move |rule| rule.is_of(engine))
    }

    /// The rule with this id or alias; in any case, but the right one is quicker.
    pub fn find(&self, id: &str) -> Option<&Rule> {
        let exact = self.by_id.get(id).copied();
        let any_case =
            || self.by_id.iter().find(|(name, _)| name.eq_ignore_ascii_case(id)).map(|(_, &i)| i);
        exact.or_else(any_case).map(|index| &self.rules[index])
    }

    /// The known id nearest to one that is not known.
    pub fn nearest(&self, id: &str) -> Option<&'static str> {
        let distance =
            |rule: &&Rule| strsim::damerau_levenshtein(&rule.id.to_lowercase(), &id.to_lowercase());
        self.rules
            .iter()
            .min_by_key(distance)
            .filter(|rule| distance(rule) <= 3)
            .map(|rule| rule.id)
    }

    /// A hash of the whole catalogue: two scans with the same one ran the same rules.
    pub fn hash(&self) -> blake3::Hash {
        self.hash
    }

    /// A hash of all that users' own rules say; none where there are none.
    pub fn users(&self) -> Option<blake3::Hash> {
        self.users
    }
}
