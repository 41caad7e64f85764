//! What the database knows, in memory for the time of one recording: asking it about each of many
//! findings would take longer than reading its tables from end to end once.

use crate::finding::Fingerprint;
use rusqlite::{Connection, params};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The findings of a repository, and how they stand on one branch.
pub(super) struct Memory {
    /// Sorted by id.
    pub lasting: Vec<Lasting>,
    /// Where in `lasting` a fingerprint leads.
    places: HashMap<Fingerprint, usize>,
    /// The fingerprints that the database does not have yet.
    pub new: Vec<(Fingerprint, usize)>,
}

/// A lasting finding.
pub(super) struct Lasting {
    pub id: i64,
    /// The hash of its columns.
    pub details: i64,
    /// How it stood before this scan.
    pub before: State,
    /// Whether this scan saw it, and whether every sight of it is waived.
    pub now: Option<bool>,
}

/// How a finding stands on a branch.
#[derive(Clone, Copy)]
pub(super) enum State {
    Unseen,
    /// `since` is the scan that opened the interval.
    Open {
        since: i64,
        waived: bool,
    },
    Closed,
}

impl Memory {
    pub(super) fn load(
        connection: &Connection,
        repository: i64,
        branch: i64,
    ) -> rusqlite::Result<Memory> {
        let mut lasting = lasting(connection, repository)?;
        set_states(connection, branch, &mut lasting)?;
        let places = places(connection, repository, &lasting)?;
        Ok(Memory { lasting, places, new: Vec::new() })
    }

    /// Where the finding is that a fingerprint leads to.
    pub(super) fn find(&self, fingerprint: &Fingerprint) -> Option<usize> {
        self.places.get(fingerprint).copied()
    }

    /// Adds a finding that has just been written and says where it is.
    pub(super) fn begin(&mut self, id: i64, details: i64) -> usize {
        self.lasting.push(Lasting { id, details, before: State::Unseen, now: None });
        self.lasting.len() - 1
    }

    /// Lets a fingerprint lead to a finding, unless it leads to one already.
    pub(super) fn lead(&mut self, fingerprint: Fingerprint, at: usize) {
        if let Entry::Vacant(vacant) = self.places.entry(fingerprint) {
            vacant.insert(at);
            self.new.push((fingerprint, at));
        }
    }
}

fn lasting(connection: &Connection, repository: i64) -> rusqlite::Result<Vec<Lasting>> {
    connection
        .prepare("SELECT id, details FROM finding WHERE repository = ?1 ORDER BY id")?
        .query_map([repository], |row| {
            let (id, details) = (row.get(0)?, row.get(1)?);
            Ok(Lasting { id, details, before: State::Unseen, now: None })
        })?
        .collect()
}

fn at(lasting: &[Lasting], id: i64) -> Option<usize> {
    lasting.binary_search_by_key(&id, |lasting| lasting.id).ok()
}

fn set_states(
    connection: &Connection,
    branch: i64,
    lasting: &mut [Lasting],
) -> rusqlite::Result<()> {
    let mut select = connection.prepare(
        "SELECT finding, opened, waived, closed IS NULL FROM interval
         WHERE branch = ?1 ORDER BY finding, opened",
    )?;
    let mut rows = select.query([branch])?;
    while let Some(row) = rows.next()? {
        if let Some(at) = at(lasting, row.get(0)?) {
            // The last interval of a finding is what counts, and replaces those before it.
            let open = State::Open { since: row.get(1)?, waived: row.get(2)? };
            lasting[at].before = if row.get(3)? { open } else { State::Closed };
        }
    }
    Ok(())
}

fn places(
    connection: &Connection,
    repository: i64,
    lasting: &[Lasting],
) -> rusqlite::Result<HashMap<Fingerprint, usize>> {
    let mut select =
        connection.prepare("SELECT fingerprint, finding FROM fingerprint WHERE repository = ?1")?;
    let mut rows = select.query(params![repository])?;
    let mut places = HashMap::with_capacity(lasting.len());
    while let Some(row) = rows.next()? {
        if let Some(at) = at(lasting, row.get(1)?) {
            places.insert(Fingerprint(row.get(0)?), at);
        }
    }
    Ok(places)
}
