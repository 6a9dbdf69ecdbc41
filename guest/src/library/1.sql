-- Folders that were scanned, by the name that the host gives them.
CREATE TABLE roots (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE
) STRICT;

-- Folders below a root that were listed, and the root itself, whose path is empty.
CREATE TABLE folders (
    id INTEGER PRIMARY KEY,
    root_id INTEGER NOT NULL REFERENCES roots (id) ON DELETE CASCADE,
    -- Relative to the root.
    path TEXT NOT NULL,
    -- The path of the folder above; of a root, NULL.
    parent TEXT,
    -- The time of last change that the folder had when all that is in it was brought into the
    -- library; NULL while it cannot be trusted.
    mtime_ns INTEGER,
    -- 0 when the folder is gone, and tracks that are missing refer to it.
    present INTEGER NOT NULL DEFAULT 1,
    UNIQUE (root_id, path)
) STRICT;
CREATE INDEX folders_by_parent ON folders (root_id, parent);

-- One row an audio file. The columns are documented at the record `track` in wit/types.wit. Lists
-- are JSON arrays, times are ns since 1970, flags are 0 or 1.
CREATE TABLE tracks (
    -- Others keep it beside what is theirs, so the id of a track that was forgotten is not given
    -- again.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    -- Relative to the root.
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    format TEXT,
    codec TEXT,
    duration_ms INTEGER,
    bitrate INTEGER,
    sample_rate INTEGER,
    channels INTEGER,
    bit_depth INTEGER,
    title TEXT,
    artist TEXT,
    artists TEXT NOT NULL DEFAULT '[]',
    album TEXT,
    album_artist TEXT,
    track_number INTEGER,
    track_total INTEGER,
    disc_number INTEGER,
    disc_total INTEGER,
    date TEXT,
    year INTEGER,
    genre TEXT,
    genres TEXT NOT NULL DEFAULT '[]',
    composer TEXT,
    comment TEXT,
    isrc TEXT,
    musicbrainz_recording_id TEXT,
    musicbrainz_track_id TEXT,
    musicbrainz_release_id TEXT,
    musicbrainz_release_group_id TEXT,
    musicbrainz_artist_ids TEXT NOT NULL DEFAULT '[]',
    musicbrainz_album_artist_ids TEXT NOT NULL DEFAULT '[]',
    replaygain_track_gain REAL,
    replaygain_track_peak REAL,
    replaygain_album_gain REAL,
    replaygain_album_peak REAL,
    compilation INTEGER NOT NULL DEFAULT 0,
    has_artwork INTEGER NOT NULL DEFAULT 0,
    audio_key TEXT,
    -- 0 when the fingerprint (size, mtime_ns, ctime_ns) was taken so soon after a change that
    -- another one could hide behind it.
    settled INTEGER NOT NULL,
    -- Unix time in seconds of the sync that did not find the file any more; NULL while it is there.
    missing_since INTEGER,
    -- Unix time in seconds of this row's first and last writing.
    added_at INTEGER NOT NULL DEFAULT (unixepoch()),
    updated_at INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;
-- A place holds one track. Several that are missing may have been there.
CREATE UNIQUE INDEX tracks_present ON tracks (folder_id, path) WHERE missing_since IS NULL;
CREATE INDEX tracks_missing ON tracks (folder_id, path) WHERE missing_since IS NOT NULL;
CREATE INDEX tracks_missing_by_audio ON tracks (audio_key) WHERE missing_since IS NOT NULL;

-- Tracks that were added by a sync that is not finished: it may turn out that they were moved.
CREATE TABLE arrivals (
    track_id INTEGER PRIMARY KEY REFERENCES tracks (id) ON DELETE CASCADE
) STRICT;

-- Tracks whose files have other audio since a sync that is not finished: it may turn out where
-- theirs is now.
CREATE TABLE replaced (
    track_id INTEGER PRIMARY KEY REFERENCES tracks (id) ON DELETE CASCADE
) STRICT;

-- What does not go in the ordinary way. The outcomes are documented in wit/types.wit.
CREATE TABLE problems (
    root_id INTEGER NOT NULL REFERENCES roots (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    seen_at INTEGER NOT NULL DEFAULT (unixepoch()),
    PRIMARY KEY (root_id, path, outcome)
) STRICT, WITHOUT ROWID;

-- Every sync, with what it did. One that was broken off has no `finished_at`, and goes when the
-- next one is finished.
CREATE TABLE scans (
    id INTEGER PRIMARY KEY,
    mode TEXT NOT NULL,
    started_at INTEGER NOT NULL DEFAULT (unixepoch()),
    finished_at INTEGER,
    added INTEGER,
    modified INTEGER,
    moved INTEGER,
    missing INTEGER,
    restored INTEGER
) STRICT;

-- For reading by people: the tracks whose files are there.
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
    datetime(tracks.added_at, 'unixepoch') AS added
FROM tracks
JOIN folders ON folders.id = tracks.folder_id
JOIN roots ON roots.id = folders.root_id
WHERE tracks.missing_since IS NULL;
