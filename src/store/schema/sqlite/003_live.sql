-- The third schema: what the provider of a credential says of it.

-- What it said when the sighting was last recorded; none where it was not asked.
ALTER TABLE finding ADD COLUMN live TEXT CHECK (live IN ('unknown', 'revoked', 'verified'));
