-- What the tracks' files determine since then. See the record `track` in wit/types.wit.
{columns}

-- Tracks of cue sheets by their files.
CREATE INDEX tracks_of_sheets ON tracks (folder_id, audio_file) WHERE audio_file IS NOT NULL;

-- For reading by people: the tracks whose files are there. Of an album in one file the tracks, and
-- not the file beside them.
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
WHERE tracks.missing_since IS NULL AND tracks.cue_tracks IS NULL;
