-- The readers that tracks come from: the component's, each in a version, with options that shape
-- values.
CREATE TABLE readers (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    -- The number of columns that it knows: a new one is another reader.
    columns INTEGER NOT NULL,
    -- As a JSON object: those that are not the default.
    options TEXT NOT NULL,
    UNIQUE (version, columns, options)
) STRICT;

-- The reader that what is in the track comes from. Another one reads the file again at the next
-- sync. NULL: one of the first version of the schema.
ALTER TABLE tracks ADD COLUMN reader_id INTEGER REFERENCES readers (id);
-- The reader of the last sync of the root. Its folders' `mtime_ns` are trusted for this one.
ALTER TABLE roots ADD COLUMN reader_id INTEGER REFERENCES readers (id);

-- What the tracks' files determine since then. See the record `track` in wit/types.wit.
{columns}

ALTER TABLE scans ADD COLUMN reread INTEGER;
UPDATE scans SET reread = 0 WHERE finished_at IS NOT NULL;
