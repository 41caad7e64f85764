//! What the database knows, in memory for the time of one recording: asking it about each of many
//! sightings would take longer than reading its tables from end to end once.

use super::StoreError;
use super::columns::fingerprint;
use super::sql::Sql;
use crate::finding::{Fingerprint, Waiver};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The sightings of a repository, and how they stand on one branch.
pub(super) struct Memory {
    /// Those of the database, sorted by id, then those that this scan began.
    pub lasting: Vec<Lasting>,
    /// Where in `lasting` a fingerprint leads first.
    places: HashMap<Fingerprint, u32>,
    /// Where else it leads; most lead to one place.
    more: HashMap<Fingerprint, Vec<u32>>,
    /// Where fingerprints lead that the database does not know of yet.
    pub new: Vec<(Fingerprint, u32)>,
    engines: Names,
    waivers: Names,
}

/// A sighting that lasts.
pub(super) struct Lasting {
    pub id: i64,
    /// The hash of its columns.
    pub details: i64,
    /// How it stood before this scan.
    pub before: State,
    /// The waiver that this scan saw it with; none where it did not see it.
    pub now: Option<Waived>,
    /// Whether a scan that passed has seen it since it stands so.
    pub passed: bool,
    /// Whether this scan has said what its columns are.
    pub placed: bool,
    engine: u32,
}

/// The number of a waiver in memory; 0 for none.
pub(super) type Waived = u32;

/// How a sighting stands on a branch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Unseen,
    Closed,
    Open(Waived),
}

impl Memory {
    pub(super) fn load(
        sql: &mut dyn Sql,
        repository: i64,
        branch: i64,
    ) -> Result<Memory, StoreError> {
        let mut memory = Memory {
            lasting: Vec::new(),
            places: HashMap::new(),
            more: HashMap::new(),
            new: Vec::new(),
            engines: Names::default(),
            waivers: Names::default(),
        };
        memory.waivers.number("");
        memory.load_lasting(sql, repository)?;
        memory.load_states(sql, branch)?;
        memory.load_places(sql, repository)?;
        Ok(memory)
    }

    fn load_lasting(&mut self, sql: &mut dyn Sql, repository: i64) -> Result<(), StoreError> {
        let text = "SELECT id, details, engine FROM finding WHERE repository = $1 ORDER BY id";
        sql.each(text, &[repository.into()], &mut |row| {
            let engine = self.engines.number(row.text(2)?);
            self.lasting.push(Lasting::new(row.int(0)?, row.int(1)?, engine));
            Ok(())
        })
    }

    fn load_states(&mut self, sql: &mut dyn Sql, branch: i64) -> Result<(), StoreError> {
        // The last interval of a sighting is what counts, and replaces those before it.
        let text = "SELECT finding, closed, waiver, passed FROM interval
                    WHERE branch = $1 ORDER BY finding, opened";
        sql.each(text, &[branch.into()], &mut |row| {
            if let Some(at) = self.at(row.int(0)?) {
                self.lasting[at].before = match row.maybe_int(1)? {
                    Some(_) => State::Closed,
                    None => State::Open(self.waivers.number(row.maybe_text(2)?.unwrap_or(""))),
                };
                self.lasting[at].passed = row.maybe_int(3)?.is_some();
            }
            Ok(())
        })
    }

    fn load_places(&mut self, sql: &mut dyn Sql, repository: i64) -> Result<(), StoreError> {
        self.places.reserve(self.lasting.len());
        let text = "SELECT fingerprint, finding FROM fingerprint WHERE repository = $1";
        sql.each(text, &[repository.into()], &mut |row| {
            if let Some(at) = self.at(row.int(1)?) {
                self.add(fingerprint(row, 0)?, at as u32);
            }
            Ok(())
        })
    }

    fn at(&self, id: i64) -> Option<usize> {
        self.lasting.binary_search_by_key(&id, |lasting| lasting.id).ok()
    }

    fn add(&mut self, fingerprint: Fingerprint, at: u32) {
        match self.places.entry(fingerprint) {
            Entry::Vacant(vacant) => {
                vacant.insert(at);
            }
            Entry::Occupied(_) => self.more.entry(fingerprint).or_default().push(at),
        }
    }

    /// Where a fingerprint leads.
    pub(super) fn find(&self, fingerprint: Fingerprint) -> impl Iterator<Item = usize> {
        let first = self.places.get(&fingerprint);
        let more = first.and_then(|_| self.more.get(&fingerprint)).into_iter().flatten();
        first.into_iter().chain(more).map(|&at| at as usize)
    }

    /// The number of an engine.
    pub(super) fn engine(&mut self, name: &str) -> u32 {
        self.engines.number(name)
    }

    pub(super) fn engine_name(&self, lasting: &Lasting) -> &str {
        &self.engines.names[lasting.engine as usize]
    }

    /// The number of a waiver.
    pub(super) fn waived(&mut self, waiver: Option<&Waiver>) -> Waived {
        waiver.map_or(0, |waiver| self.waivers.number(&super::columns::json(waiver)))
    }

    /// The waiver as the database has it.
    pub(super) fn waiver(&self, waived: Waived) -> Option<&str> {
        (waived != 0).then(|| self.waivers.names[waived as usize].as_str())
    }

    /// Adds a sighting that is about to be written and says where it is.
    pub(super) fn begin(&mut self, id: i64, details: i64, engine: u32) -> usize {
        self.lasting.push(Lasting::new(id, details, engine));
        self.lasting.len() - 1
    }

    /// Lets a fingerprint lead to a sighting, unless it does already.
    pub(super) fn lead(&mut self, fingerprint: Fingerprint, to: usize) {
        if self.find(fingerprint).all(|at| at != to) {
            self.add(fingerprint, to as u32);
            self.new.push((fingerprint, to as u32));
        }
    }
}

impl Lasting {
    fn new(id: i64, details: i64, engine: u32) -> Lasting {
        Lasting {
            id,
            details,
            before: State::Unseen,
            now: None,
            passed: false,
            placed: false,
            engine,
        }
    }

    pub(super) fn is_of(&self, engine: u32) -> bool {
        self.engine == engine
    }

    /// Notes that the scan saw it. It is waived when every sight of it is.
    pub(super) fn saw(&mut self, waived: Waived) {
        self.now = match self.now {
            Some(0) => Some(0),
            Some(before) if waived != 0 => Some(before),
            _ => Some(waived),
        };
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.before, State::Open(_))
    }
}

/// Texts that come again and again, by number.
#[derive(Default)]
struct Names {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }
}
