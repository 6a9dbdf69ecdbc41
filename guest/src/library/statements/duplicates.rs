//! Which tracks are the same: what is to be hashed for it, and the rows for `grouping.add`.

use mt_scanner_contract::LIKED_TAGS;

use super::analyses::{PLACE, is_file, is_wanting};
use super::{one, several};
use crate::bindings::exports::mt::scanner::library::Statement;

/// Lengths of one recording differ by at most as much, in ms: encoders pad it to whole frames, and
/// not every container says by how much.
const LENGTHS: u32 = 50;

/// Another file may be this one with other tags. No key is as strong as a hash.
const SAME_KEY: &str =
    "EXISTS (SELECT 1 FROM lengths AS other WHERE other.audio_key = one.audio_key AND other.track_id <> one.track_id)";

/// Another file may be this one in another container, or by another muxer: then its key is another,
/// but for FLAC's, which is that of the samples. In a large library of one format nearly every file
/// is as long as another one, so there titles that differ tell two files apart.
const SAME_LENGTH: &str = "EXISTS (SELECT 1 FROM lengths AS other WHERE other.codec = one.codec \
    AND other.sample_rate = one.sample_rate AND other.channels = one.channels AND other.track_id <> one.track_id \
    AND other.duration_ms BETWEEN one.duration_ms - {LENGTHS} AND one.duration_ms + {LENGTHS} \
    AND (other.format <> one.format OR one.format <> 'flac' AND abs(other.bitrate - one.bitrate) * 50 <= one.bitrate \
    AND (one.title IS NULL OR other.title IS NULL OR other.title = one.title COLLATE NOCASE)))";

/// ADTS does not say its length, which is reckoned from its first frames: another file in another
/// container may be this one if it is about as long.
const SAME_BUT_ADTS: &str = "(one.format = 'aac' AND EXISTS (SELECT 1 FROM lengths AS other WHERE {ABOUT} AND other.format <> 'aac') \
    OR one.format <> 'aac' AND EXISTS (SELECT 1 FROM lengths AS other WHERE {ABOUT} AND other.format = 'aac'))";
const ABOUT: &str = "other.codec = one.codec AND other.sample_rate = one.sample_rate AND other.channels = one.channels \
    AND other.duration_ms BETWEEN one.duration_ms * 20 / 21 AND one.duration_ms * 21 / 20";

pub(super) fn statements() -> Vec<Statement> {
    vec![
        several(
            "duplicates-begin",
            &["version", "roots"],
            vec![
                "INSERT INTO asked SELECT NULL, 1, 0, 0, ?1 WHERE ?2 IS NULL OR true".into(),
                format!(
                    "INSERT INTO lengths SELECT tracks.id, codec, sample_rate, channels, duration_ms, format, bitrate, audio_key, title \
                     FROM tracks {PLACE} WHERE {} AND ?1 IS NOT NULL",
                    is_file("?2")
                ),
                format!(
                    "INSERT INTO to_analyse (track_id) SELECT tracks.id FROM lengths AS one JOIN tracks ON tracks.id = one.track_id {PLACE} \
                     WHERE ({SAME_KEY} OR {} OR {}) AND {} AND coalesce(?1, ?2, true) IS NOT NULL ORDER BY roots.path, tracks.path",
                    SAME_LENGTH.replace("{LENGTHS}", &LENGTHS.to_string()),
                    SAME_BUT_ADTS.replace("{ABOUT}", ABOUT),
                    is_wanting()
                ),
            ],
        ),
        one("duplicate-rows", &["roots"], rows()),
        one(
            "unfingerprinted",
            &["roots"],
            format!(
                "SELECT count(*) AS tracks FROM tracks {PLACE} WHERE {} AND NOT EXISTS (SELECT 1 FROM analyses \
                 WHERE track_id = tracks.id AND analyses.size = tracks.size AND analyses.mtime_ns = tracks.mtime_ns AND fingerprinted)",
                is_file("?1")
            ),
        ),
    ]
}

/// The columns of a row are those that `grouping.add` in `wit/analysis.wit` names.
fn rows() -> String {
    let tags = LIKED_TAGS.map(|tag| format!("(tracks.{tag} IS NOT NULL)")).join(" + ");
    format!(
        "SELECT tracks.id AS id, roots.path AS root, tracks.path AS path, tracks.size AS size, format, codec, bitrate, \
         tracks.sample_rate AS sample_rate, bit_depth, duration_ms, {tags} + has_artwork AS tags, title, artist, \
         musicbrainz_recording_id AS recording, verdict, payload_hash, file_hash, fingerprint \
         FROM tracks {PLACE} LEFT JOIN analyses ON analyses.track_id = tracks.id \
         AND analyses.size = tracks.size AND analyses.mtime_ns = tracks.mtime_ns \
         WHERE {} ORDER BY tracks.id",
        is_file("?1")
    )
}
