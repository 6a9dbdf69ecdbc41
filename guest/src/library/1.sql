-- Folders that were scanned, by the name that the host gives them.
CREATE TABLE roots (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE
) STRICT;

-- One row an audio file. The columns are documented at the record `track` in wit/types.wit. Lists are JSON arrays, times are ns since
-- 1970, flags are 0 or 1.
CREATE TABLE tracks (
    id INTEGER PRIMARY KEY,
    root_id INTEGER NOT NULL REFERENCES roots (id) ON DELETE CASCADE,
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
    artists TEXT NOT NULL,
    album TEXT,
    album_artist TEXT,
    track_number INTEGER,
    track_total INTEGER,
    disc_number INTEGER,
    disc_total INTEGER,
    date TEXT,
    year INTEGER,
    genre TEXT,
    genres TEXT NOT NULL,
    composer TEXT,
    comment TEXT,
    isrc TEXT,
    musicbrainz_recording_id TEXT,
    musicbrainz_track_id TEXT,
    musicbrainz_release_id TEXT,
    musicbrainz_release_group_id TEXT,
    musicbrainz_artist_ids TEXT NOT NULL,
    musicbrainz_album_artist_ids TEXT NOT NULL,
    replaygain_track_gain REAL,
    replaygain_track_peak REAL,
    replaygain_album_gain REAL,
    replaygain_album_peak REAL,
    compilation INTEGER NOT NULL,
    has_artwork INTEGER NOT NULL,
    -- Unix time in seconds of this row's first and last writing.
    added_at INTEGER NOT NULL DEFAULT (unixepoch()),
    updated_at INTEGER NOT NULL DEFAULT (unixepoch()),
    UNIQUE (root_id, path)
) STRICT;

-- What did not go in the ordinary way, as of the last scan. The outcomes are documented in wit/types.wit.
CREATE TABLE problems (
    root_id INTEGER NOT NULL REFERENCES roots (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    seen_at INTEGER NOT NULL DEFAULT (unixepoch()),
    PRIMARY KEY (root_id, path, outcome)
) STRICT, WITHOUT ROWID;
