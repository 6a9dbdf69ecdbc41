-- The loudness of albums: of tracks of one album that were measured together.
CREATE TABLE album_loudness (
    id INTEGER PRIMARY KEY,
    -- The number of tracks. Those that refer to it are fewer when one has gone or was measured
    -- again.
    tracks INTEGER NOT NULL,
    -- In LUFS, LU and dBTP.
    integrated REAL,
    loudness_range REAL,
    true_peak REAL,
    -- ReplayGain 2.0, in dB and as part of full scale.
    album_gain REAL,
    album_peak REAL,
    measured_at INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;

-- What was found out about the audio of a track's file by reading all of it. The values are
-- documented at `state.done` in wit/analysis.wit.
CREATE TABLE analyses (
    track_id INTEGER PRIMARY KEY REFERENCES tracks (id) ON DELETE CASCADE,
    -- Those of the file that was read. The analysis is of the present file where the track has the
    -- same.
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    -- The version of the analyser.
    version INTEGER NOT NULL,
    -- Unix time in seconds.
    analysed_at INTEGER NOT NULL,
    -- What was asked for: how closely to look for damage, or NULL; hashes, loudness, a fingerprint.
    depth TEXT,
    hashed INTEGER NOT NULL,
    measured INTEGER NOT NULL,
    fingerprinted INTEGER NOT NULL,
    -- Damage. The findings are a JSON array of objects.
    verdict TEXT,
    proof TEXT,
    findings TEXT NOT NULL DEFAULT '[]',
    more_findings INTEGER NOT NULL DEFAULT 0,
    -- BLAKE3 of the coded audio and of the file.
    payload_hash TEXT,
    file_hash TEXT,
    -- Of the decoded audio; NULL where not all was decoded.
    samples INTEGER,
    sample_rate INTEGER,
    channels INTEGER,
    peak REAL,
    clipped INTEGER,
    is_silent INTEGER,
    -- In LUFS, LU and dBTP.
    integrated REAL,
    loudness_range REAL,
    true_peak REAL,
    -- ReplayGain 2.0, in dB and as part of full scale.
    track_gain REAL,
    track_peak REAL,
    -- What an album's loudness is reckoned from.
    blocks TEXT,
    -- That of AcoustID.
    fingerprint TEXT,
    -- Why there is no report, or none of all that was asked for: an outcome of wit/types.wit, and
    -- the same for people.
    outcome TEXT,
    detail TEXT,
    -- The album that the track was measured with.
    album_id INTEGER REFERENCES album_loudness (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX analyses_by_payload ON analyses (payload_hash) WHERE payload_hash IS NOT NULL;
CREATE INDEX analyses_by_album ON analyses (album_id) WHERE album_id IS NOT NULL;

-- Every file that is there, with the analysis of it as it is. The base of the views for people.
CREATE VIEW analysed AS
SELECT
    analyses.*,
    roots.path || '/' || tracks.path AS file,
    datetime(analyses.analysed_at, 'unixepoch') AS analysed
FROM analyses
JOIN tracks ON tracks.id = analyses.track_id AND tracks.size = analyses.size AND tracks.mtime_ns = analyses.mtime_ns
JOIN folders ON folders.id = tracks.folder_id
JOIN roots ON roots.id = folders.root_id
WHERE tracks.missing_since IS NULL;

-- For reading by people: files that are not as they should be, the worst first.
CREATE VIEW damaged AS
SELECT
    track_id AS id,
    coalesce(verdict, outcome) AS verdict,
    depth,
    coalesce(
        (SELECT json_extract(value, '$.detail') FROM json_each(findings)
        WHERE json_extract(value, '$.verdict') = analysed.verdict LIMIT 1),
        detail
    ) AS finding,
    file,
    analysed
FROM analysed
WHERE outcome IS NOT NULL OR verdict IN ('damaged', 'truncated', 'suspicious')
ORDER BY CASE verdict WHEN 'damaged' THEN 1 WHEN 'truncated' THEN 2 WHEN 'suspicious' THEN 3 ELSE 4 END, file;

-- For reading by people: how loud tracks and their albums are, beside what the tags say.
CREATE VIEW loudness AS
SELECT
    tracks.id,
    tracks.artist,
    tracks.album,
    tracks.title,
    round(analysed.integrated, 1) AS lufs,
    round(analysed.loudness_range, 1) AS range,
    round(analysed.true_peak, 1) AS true_peak,
    round(analysed.track_gain, 2) AS track_gain,
    tracks.replaygain_track_gain AS tag_track_gain,
    round(analysed.track_peak, 6) AS track_peak,
    tracks.replaygain_track_peak AS tag_track_peak,
    round(album_loudness.integrated, 1) AS album_lufs,
    round(album_loudness.album_gain, 2) AS album_gain,
    tracks.replaygain_album_gain AS tag_album_gain,
    round(album_loudness.album_peak, 6) AS album_peak,
    tracks.replaygain_album_peak AS tag_album_peak,
    analysed.file
FROM analysed
JOIN tracks ON tracks.id = analysed.track_id
LEFT JOIN album_loudness ON album_loudness.id = analysed.album_id
WHERE analysed.measured;

-- For reading by people: files with the same audio. Those of one `audio` are the same but for their
-- tags and containers, those of one `bytes` are copies.
CREATE VIEW copies AS
SELECT
    dense_rank() OVER (ORDER BY payload_hash) AS audio,
    dense_rank() OVER (ORDER BY payload_hash, file_hash) AS bytes,
    track_id AS id,
    size,
    file
FROM analysed
WHERE payload_hash IN (SELECT payload_hash FROM analysed WHERE payload_hash IS NOT NULL GROUP BY payload_hash HAVING count(*) > 1)
ORDER BY audio, bytes, file;
