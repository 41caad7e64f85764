//! The tables as data, for whatever goes through all of them.

use super::super::StoreError;
use super::super::sql::{Row, Value};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    Text,
    Blob,
}

/// A table. Both databases have the same ones with the same columns.
pub(super) struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    /// How many of the columns, from the first, make the key.
    pub key: usize,
    /// Which column leads to which table's `id`.
    pub references: &'static [(&'static str, &'static str)],
}

use Kind::{Blob, Int, Text};

/// Every table, after those that its rows lead to.
pub(super) const TABLES: &[Table] = &[
    Table { name: "repository", columns: &[("id", Int), ("name", Text)], key: 1, references: &[] },
    Table {
        name: "branch",
        columns: &[("id", Int), ("repository", Int), ("name", Text)],
        key: 1,
        references: &[("repository", "repository")],
    },
    Table {
        name: "scan",
        columns: &[
            ("id", Int),
            ("branch", Int),
            ("commit_id", Text),
            ("authored", Int),
            ("recorded", Int),
            ("rules", Text),
            ("digest", Blob),
            ("decision", Text),
            ("policy", Text),
            ("base", Text),
            ("event", Text),
            ("count_open", Int),
            ("count_new", Int),
            ("count_reopened", Int),
            ("count_fixed", Int),
        ],
        key: 1,
        references: &[("branch", "branch")],
    },
    Table {
        name: "scan_engine",
        columns: &[
            ("scan", Int),
            ("position", Int),
            ("engine", Text),
            ("version", Text),
            ("failure", Text),
            ("roots", Text),
            ("excepted", Text),
            ("files", Int),
        ],
        key: 2,
        references: &[("scan", "scan")],
    },
    Table {
        name: "finding",
        columns: &[
            ("id", Int),
            ("repository", Int),
            ("details", Int),
            ("fingerprint", Blob),
            ("rule", Text),
            ("engine", Text),
            ("severity", Text),
            ("confidence", Text),
            ("path", Text),
            ("start_line", Int),
            ("start_column", Int),
            ("end_line", Int),
            ("end_column", Int),
            ("message", Text),
            ("anchor", Blob),
            ("ordinal", Int),
            ("package", Text),
            ("live", Text),
        ],
        key: 1,
        references: &[("repository", "repository")],
    },
    Table {
        name: "fingerprint",
        columns: &[("repository", Int), ("fingerprint", Blob), ("finding", Int)],
        key: 3,
        references: &[("repository", "repository"), ("finding", "finding")],
    },
    Table {
        name: "interval",
        columns: &[
            ("branch", Int),
            ("finding", Int),
            ("opened", Int),
            ("closed", Int),
            ("how", Text),
            ("waiver", Text),
            ("passed", Int),
        ],
        key: 3,
        references: &[
            ("branch", "branch"),
            ("finding", "finding"),
            ("opened", "scan"),
            ("closed", "scan"),
            ("passed", "scan"),
        ],
    },
    Table {
        name: "triage",
        columns: &[
            ("id", Int),
            ("finding", Int),
            ("state", Text),
            ("reason", Text),
            ("owner", Text),
            ("until", Text),
            ("decided", Int),
        ],
        key: 1,
        references: &[("finding", "finding")],
    },
    Table {
        name: "sketch",
        columns: &[("repository", Int), ("path", Text), ("hashes", Blob)],
        key: 2,
        references: &[("repository", "repository")],
    },
];

impl Table {
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }

    /// The statement that returns every row in the order of the key, which is the same everywhere.
    pub(super) fn select(&self) -> String {
        let names = self.names();
        let key = names[..self.key].join(", ");
        format!("SELECT {} FROM {} ORDER BY {key}", names.join(", "), self.name)
    }

    /// Whether its rows are numbered by the database.
    pub(super) fn is_numbered(&self) -> bool {
        self.columns[0].0 == "id"
    }

    /// The values of one of its rows.
    pub(super) fn read<'a>(&self, row: &'a dyn Row) -> Result<Vec<Value<'a>>, StoreError> {
        let read = |(column, (_, kind)): (usize, &(&str, Kind))| {
            Ok(match kind {
                Int => row.maybe_int(column)?.into(),
                Text => row.maybe_text(column)?.into(),
                Blob => row.maybe_blob(column)?.into(),
            })
        };
        self.columns.iter().enumerate().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::super::sql::all;
    use super::super::super::{Sqlite, StoreError};
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_table_and_column_of_the_schema_is_here() {
        let folder = tempfile::tempdir().unwrap();
        let mut sql = Sqlite::open(&folder.path().join("findings.db")).unwrap().sql;
        let text = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
                    WHERE t.type = 'table'";
        let read =
            |row: &dyn Row| Ok::<_, StoreError>((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
        let there: BTreeSet<_> = all(&mut sql, text, &[], read).unwrap().into_iter().collect();
        let column = |table: &Table, name: &str| (table.name.to_owned(), name.to_owned());
        let here = TABLES
            .iter()
            .flat_map(|table| table.names().into_iter().map(|name| column(table, name)))
            .collect::<BTreeSet<_>>();
        assert_eq!(there, here);
        let text = "SELECT t.name, f.\"from\", f.\"table\" FROM sqlite_schema t,
                        pragma_foreign_key_list(t.name) f WHERE t.type = 'table'";
        let read = |row: &dyn Row| {
            Ok::<_, StoreError>([0, 1, 2].map(|column| row.text(column).unwrap().to_owned()))
        };
        let there: BTreeSet<_> = all(&mut sql, text, &[], read).unwrap().into_iter().collect();
        let here = TABLES.iter().flat_map(|table| {
            table.references.iter().map(|(from, to)| [table.name, from, to].map(str::to_owned))
        });
        assert_eq!(there, here.collect::<BTreeSet<_>>());
    }

    #[test]
    fn every_table_and_column_of_postgresql_says_what_it_is_for() {
        let schema = include_str!("../schema/postgres/001_findings.sql");
        let column = |line: &str| {
            line.strip_prefix("    ")
                .is_some_and(|text| text.starts_with(|c: char| c.is_ascii_lowercase()))
        };
        let mut before = "";
        for line in schema.lines() {
            if line.starts_with("CREATE") || column(line) {
                assert!(before.trim_start().starts_with("--"), "{line}");
            }
            before = line;
        }
    }
}
