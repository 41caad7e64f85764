-- The second schema: a row of `finding` is a sighting, which is what one engine holds against one
-- place, so that findings are merged by whoever reads and each engine's reports have their own
-- life. A fingerprint may lead to several sightings. New are the triage, the waivers themselves,
-- what files look like, and what decided a scan.

-- What makes the sighting itself, beside rule and path: `Anchor` in postcard's encoding; none in
-- what the first schema wrote and nobody has seen since.
ALTER TABLE finding ADD COLUMN anchor BLOB;

-- Which of the sightings with equal rule, path and anchor this is, from 0.
ALTER TABLE finding ADD COLUMN ordinal INTEGER NOT NULL DEFAULT 0 CHECK (ordinal >= 0);

-- The package at fault and its advisory, as a JSON object; none for a finding in code.
ALTER TABLE finding ADD COLUMN package TEXT CHECK (json_type(package) = 'object');

-- What is known of a repository is read in whole before a scan is recorded.
CREATE INDEX finding_of_repository ON finding (repository);

-- Who else saw something is looked up by the file that it is in.
CREATE INDEX finding_in_file ON finding (path);

-- The fingerprints that lead to a sighting: its own, and those that it had before a rename or has
-- by another id of its advisory.
CREATE TABLE lead (
    -- The repository in which it leads to the sighting.
    repository  INTEGER NOT NULL REFERENCES repository (id),
    -- The identity that a scan computes. The key begins with it, so that a few digits find it.
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 16),
    -- The sighting that it leads to: one of each engine, or of each branch with its own past.
    finding     INTEGER NOT NULL REFERENCES finding (id),
    PRIMARY KEY (repository, fingerprint, finding)
) STRICT, WITHOUT ROWID;

INSERT INTO lead (repository, fingerprint, finding)
SELECT repository, fingerprint, finding FROM fingerprint ORDER BY repository, fingerprint;
DROP TABLE fingerprint;
ALTER TABLE lead RENAME TO fingerprint;

-- All fingerprints of a sighting are shown with it.
CREATE INDEX fingerprint_of_finding ON fingerprint (finding);

-- Why it does not count in this interval, as a JSON object; none where it does. Waived sightings
-- are no part of a base.
ALTER TABLE interval ADD COLUMN waiver TEXT CHECK (json_type(waiver) = 'object');

-- The first schema knew only waivers by comment, and not their words.
UPDATE interval SET waiver = '{"source":"comment","reason":"","owner":null,"until":null}'
WHERE waived;
ALTER TABLE interval DROP COLUMN waived;

-- The first scan in this interval that saw it and passed. A base has only what such a scan saw: one
-- of another folder, or by another engine, vouches for nothing here.
ALTER TABLE interval ADD COLUMN passed INTEGER REFERENCES scan (id);

-- The first schema did not say what each scan saw.
UPDATE interval SET passed = (
    SELECT min(scan.id) FROM scan
    WHERE scan.branch = interval.branch AND scan.decision = 'passed' AND scan.id >= interval.opened
      AND (interval.closed IS NULL OR scan.id < interval.closed));

-- Decisions about sightings, on all branches: a log, of which the newest holds.
CREATE TABLE triage (
    -- Grows: of two decisions the later one has the greater number.
    id      INTEGER PRIMARY KEY,
    -- The sighting that it is about.
    finding INTEGER NOT NULL REFERENCES finding (id),
    -- What was decided.
    state   TEXT NOT NULL CHECK (state IN ('false-positive', 'accepted', 'confirmed')),
    -- Why, in the words of whoever decided.
    reason  TEXT NOT NULL,
    -- Who answers for it.
    owner   TEXT,
    -- The last day on which it holds, as YYYY-MM-DD.
    until   TEXT,
    -- When it was decided: seconds since 1970, UTC.
    decided INTEGER NOT NULL
) STRICT;

-- The decisions about a sighting are looked up by it, the newest last.
CREATE INDEX triage_of_finding ON triage (finding, id);

-- What the files look like in which something was last seen, by which a renamed file is known.
CREATE TABLE sketch (
    -- The repository that the file is in.
    repository INTEGER NOT NULL REFERENCES repository (id),
    -- Relative to the repository root.
    path       TEXT NOT NULL,
    -- The lowest hashes of its lines, ascending: four bytes each, the lowest byte first.
    hashes     BLOB NOT NULL CHECK (length(hashes) % 4 = 0),
    PRIMARY KEY (repository, path)
) STRICT, WITHOUT ROWID;

-- Hexadecimal hash of the policy that decided; empty in what the first schema wrote.
ALTER TABLE scan ADD COLUMN policy TEXT NOT NULL DEFAULT '';

-- What "new" was measured against, for people; none where everything counted as new.
ALTER TABLE scan ADD COLUMN base TEXT;

-- What made it run, as the policy calls it; empty where that is not known.
ALTER TABLE scan ADD COLUMN event TEXT NOT NULL DEFAULT '';

-- How many sightings were open on the branch after it; none in what the first schema wrote.
ALTER TABLE scan ADD COLUMN count_open INTEGER CHECK (count_open >= 0);

-- How many of its findings the branch had never seen; none likewise.
ALTER TABLE scan ADD COLUMN count_new INTEGER CHECK (count_new >= 0);

-- How many of its findings had been fixed once; none likewise.
ALTER TABLE scan ADD COLUMN count_reopened INTEGER CHECK (count_reopened >= 0);

-- How many sightings it fixed; none likewise.
ALTER TABLE scan ADD COLUMN count_fixed INTEGER CHECK (count_fixed >= 0);
