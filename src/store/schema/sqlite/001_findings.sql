-- The first schema: repositories, their branches and scans, and the life of every finding.
--
-- A finding has one row for life, however often its place changes. On a branch it is open from
-- one scan until another, which is an interval; a scan in which nothing happened to it writes
-- nothing about it.

-- What is scanned.
CREATE TABLE repository (
    -- Its number here.
    id   INTEGER PRIMARY KEY,
    -- The address of the origin without credentials, else the path of the root.
    name TEXT NOT NULL UNIQUE CHECK (name <> '')
) STRICT;

-- A line of history of its own.
CREATE TABLE branch (
    -- Its number here.
    id         INTEGER PRIMARY KEY,
    -- The repository that it belongs to.
    repository INTEGER NOT NULL REFERENCES repository (id),
    -- Empty where there is none: outside git, or a detached HEAD.
    name       TEXT NOT NULL,
    UNIQUE (repository, name)
) STRICT;

-- A scan whose result differs from that of the scan of the branch before it.
CREATE TABLE scan (
    -- Grows: of two scans of a branch the later one has the greater number.
    id        INTEGER PRIMARY KEY,
    -- The branch that was scanned.
    branch    INTEGER NOT NULL REFERENCES branch (id),
    -- The commit in hexadecimal, where there is one.
    commit_id TEXT CHECK (commit_id NOT GLOB '*[^0-9a-f]*' AND length(commit_id) IN (40, 64)),
    -- When the commit was authored: seconds since 1970, UTC.
    authored  INTEGER,
    -- When the scan began: seconds since 1970, UTC.
    recorded  INTEGER NOT NULL,
    -- Hexadecimal hash of the rules that ran.
    rules     TEXT NOT NULL,
    -- Hash of all that was recorded but the time: an equal result is not recorded again.
    digest    BLOB NOT NULL CHECK (length(digest) = 32),
    -- What the gate decided. Only a passed scan can be a base.
    decision  TEXT NOT NULL CHECK (decision IN ('passed', 'blocked', 'incomplete')),
    CHECK ((commit_id IS NULL) = (authored IS NULL))
) STRICT;

-- The last scan of a branch is looked up before every scan.
CREATE INDEX scan_of_branch ON scan (branch, id);

-- What one engine did in a scan.
CREATE TABLE scan_engine (
    -- The scan that it was part of.
    scan     INTEGER NOT NULL REFERENCES scan (id),
    -- Its place among the engines of the scan, from 0.
    position INTEGER NOT NULL CHECK (position >= 0),
    -- The engine, or the tool whose report was imported.
    engine   TEXT NOT NULL CHECK (engine <> ''),
    -- The version of the engine or tool, as it says itself.
    version  TEXT NOT NULL,
    -- Why it did not run to its end; none when it did.
    failure  TEXT,
    -- What it looked at: a JSON array of folders and files, empty text for the root.
    roots    TEXT NOT NULL CHECK (json_type(roots) = 'array'),
    -- What it could not look at below them: a JSON array likewise.
    excepted TEXT NOT NULL CHECK (json_type(excepted) = 'array'),
    -- How many files it looked at.
    files    INTEGER NOT NULL CHECK (files >= 0),
    PRIMARY KEY (scan, position)
) STRICT, WITHOUT ROWID;

-- A finding as it was last seen, on whichever branch.
CREATE TABLE finding (
    -- The lasting id.
    id           INTEGER PRIMARY KEY,
    -- Where it lives. The same code in another repository is another finding.
    repository   INTEGER NOT NULL REFERENCES repository (id),
    -- Hash of all columns below: tells whether they are to be written anew.
    details      INTEGER NOT NULL,
    -- The fingerprint that it was last seen by.
    fingerprint  BLOB NOT NULL CHECK (length(fingerprint) = 16),
    -- The id of the rule.
    rule         TEXT NOT NULL,
    -- Only a run of this engine can find it fixed.
    engine       TEXT NOT NULL,
    -- How bad it is if it is true.
    severity     TEXT NOT NULL
                 CHECK (severity IN ('unknown', 'info', 'low', 'medium', 'high', 'critical')),
    -- How likely it is to be true.
    confidence   TEXT NOT NULL CHECK (confidence IN ('low', 'medium', 'high')),
    -- Relative to the repository root.
    path         TEXT NOT NULL,
    -- The line where it begins, from 1.
    start_line   INTEGER NOT NULL,
    -- The column where it begins, from 1, in Unicode code points.
    start_column INTEGER NOT NULL,
    -- The line where it ends.
    end_line     INTEGER NOT NULL,
    -- The column after its last one.
    end_column   INTEGER NOT NULL,
    -- One sentence, secrets masked.
    message      TEXT NOT NULL
) STRICT;

-- The fingerprints that lead to a finding: its own, and those of its witnesses, so that it stays
-- itself when the engine that reported it first is off.
CREATE TABLE fingerprint (
    -- The repository in which it leads to the finding.
    repository  INTEGER NOT NULL REFERENCES repository (id),
    -- The identity that a scan computes.
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 16),
    -- The finding that it leads to.
    finding     INTEGER NOT NULL REFERENCES finding (id),
    PRIMARY KEY (repository, fingerprint)
) STRICT, WITHOUT ROWID;

-- When a finding was open on a branch: in scan S if opened <= S and not closed <= S.
CREATE TABLE interval (
    -- The branch on which it was open.
    branch  INTEGER NOT NULL REFERENCES branch (id),
    -- The finding that was open.
    finding INTEGER NOT NULL REFERENCES finding (id),
    -- The scan that saw it first.
    opened  INTEGER NOT NULL REFERENCES scan (id),
    -- The scan that looked for it and did not see it; none while it is open.
    closed  INTEGER REFERENCES scan (id),
    -- Why it begins: never seen on the branch before, fixed once and back, or only the waiver
    -- came or went.
    how     TEXT NOT NULL CHECK (how IN ('new', 'reopened', 'continued')),
    -- Whether a comment in the source waives it. Waived findings are no part of a base.
    waived  INTEGER NOT NULL CHECK (waived IN (0, 1)),
    PRIMARY KEY (branch, finding, opened),
    CHECK (closed > opened)
) STRICT, WITHOUT ROWID;
