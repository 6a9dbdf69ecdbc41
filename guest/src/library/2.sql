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

-- What each sync has changed, for those who were not there to be told: of the last 100 syncs that
-- have changed something. The kinds are those of the statement `changes`; a track that was
-- forgotten since leaves its id.
CREATE TABLE history (
    scan_id INTEGER NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
    track_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    former_root TEXT,
    former_path TEXT,
    PRIMARY KEY (scan_id, track_id)
) STRICT, WITHOUT ROWID;

-- For reading by people: the tracks whose files are there, now with what people look for, sort by
-- and group by. The columns that the view had keep their order.
DROP VIEW songs;
CREATE VIEW songs AS
SELECT
    tracks.id,
    tracks.artist,
    tracks.album,
    tracks.year,
    tracks.disc_number AS disc,
    tracks.track_number AS track,
    tracks.title,
    printf('%d:%02d', tracks.duration_ms / 60000, tracks.duration_ms / 1000 % 60) AS length,
    tracks.format,
    roots.path || '/' || tracks.path AS file,
    datetime(tracks.added_at, 'unixepoch') AS added,
    tracks.album_artist,
    tracks.composer,
    tracks.genre,
    tracks.title_sort,
    tracks.artist_sort,
    tracks.album_sort,
    tracks.album_artist_sort,
    tracks.composer_sort,
    tracks.original_date,
    tracks.bpm,
    tracks.grouping,
    tracks.work,
    tracks.movement,
    tracks.label,
    tracks.catalog_number,
    tracks.barcode,
    tracks.media,
    tracks.lyricist,
    tracks.conductor,
    tracks.remixer,
    tracks.language,
    tracks.has_lyrics AS lyrics,
    tracks.encoder,
    tracks.duration_estimated AS estimated
FROM tracks
JOIN folders ON folders.id = tracks.folder_id
JOIN roots ON roots.id = folders.root_id
WHERE tracks.missing_since IS NULL;
