//! Those of an analysis: which files are to be read, and what was found in them.

use std::fmt::Write;

use mt_scanner_archives::ENDINGS;
use mt_scanner_contract::analysis::Verdict;

use super::{one, several};
use crate::bindings::exports::mt::scanner::library::Statement;

/// What it remembers on the way, in temporary tables.
const MEMORY: [&str; 4] = [
    // What is asked for: one row.
    "asked (depth TEXT, hashes INTEGER NOT NULL, loudness INTEGER NOT NULL, fingerprints INTEGER NOT NULL, version INTEGER NOT NULL)",
    // The files to be read, in the order of root and path.
    "to_analyse (place INTEGER PRIMARY KEY, track_id INTEGER NOT NULL)",
    // Files as `duplicates-begin` compares them.
    "lengths (track_id INTEGER PRIMARY KEY, codec TEXT, sample_rate INTEGER, channels INTEGER, duration_ms INTEGER, \
     format TEXT, bitrate INTEGER, audio_key TEXT, title TEXT)",
    // The albums to be measured, and their tracks.
    "album_tracks (place INTEGER NOT NULL, track_id INTEGER NOT NULL, PRIMARY KEY (place, track_id))",
];

/// The columns of `analyses` that come from a report, with the place of each in it. A part is
/// written together: it stays as it is where the file was not looked at for it again.
const PARTS: [(&str, &[(&str, &str)]); 5] = [
    // Damage that was looked for more closely before.
    (
        "{rank(analyses.depth)} > {rank(excluded.depth)}",
        &[("verdict", "verdict"), ("proof", "proof"), ("findings", "findings"), ("more_findings", "more_findings")],
    ),
    (
        "excluded.samples IS NULL",
        &[
            ("samples", "audio.samples"),
            ("sample_rate", "audio.sample_rate"),
            ("channels", "audio.channels"),
            ("peak", "audio.peak"),
            ("clipped", "audio.clipped"),
            ("is_silent", "audio.is_silent"),
        ],
    ),
    ("NOT excluded.hashed", &[("payload_hash", "payload_hash"), ("file_hash", "file_hash")]),
    (
        "NOT excluded.measured",
        &[
            ("integrated", "loudness.integrated"),
            ("loudness_range", "loudness.range"),
            ("true_peak", "loudness.true_peak"),
            ("track_gain", "loudness.replaygain_track_gain"),
            ("track_peak", "loudness.replaygain_track_peak"),
            ("blocks", "loudness.blocks"),
        ],
    ),
    ("NOT excluded.fingerprinted", &[("fingerprint", "fingerprint")]),
];

/// The values of `analysed` and `analysis-failed` that say which file was read, and for what.
const READ: [&str; 9] =
    ["id", "size", "mtime_ns", "depth", "hashes", "loudness", "fingerprints", "version", "analysed_at"];

/// The file that was read is the one that the track has now.
const IS_THIS: &str = "tracks.id = ?1 AND tracks.size = ?2 AND tracks.mtime_ns = ?3";

/// An analysis that is written stands beside one of the same file by the same analyser.
const IS_SAME: &str =
    "(analyses.size = excluded.size AND analyses.mtime_ns = excluded.mtime_ns AND analyses.version = excluded.version)";

/// The tables that a track's place is in.
pub(super) const PLACE: &str = "JOIN folders ON folders.id = tracks.folder_id JOIN roots ON roots.id = folders.root_id";

pub(super) fn statements() -> Vec<Statement> {
    let tables = MEMORY.iter().flat_map(|table| {
        let name = table.split(' ').next().unwrap_or_default();
        [format!("CREATE TEMP TABLE IF NOT EXISTS {table}"), format!("DELETE FROM {name}")]
    });
    let indices = [
        "CREATE INDEX IF NOT EXISTS temp.lengths_by_length ON lengths (codec, sample_rate, channels, duration_ms)",
        "CREATE INDEX IF NOT EXISTS temp.lengths_of_adts ON lengths (codec, sample_rate, channels, duration_ms) WHERE format = 'aac'",
        "CREATE INDEX IF NOT EXISTS temp.lengths_by_audio ON lengths (audio_key)",
    ];
    let of_report = [&READ[..], &["report"]].concat();
    let of_failure = [&READ[..], &["outcome", "detail"]].concat();
    vec![
        several("analysis", &[], tables.chain(indices.map(str::to_owned)).collect()),
        several(
            "analysis-begin",
            &["depth", "hashes", "loudness", "fingerprints", "version", "roots"],
            vec![
                "INSERT INTO asked SELECT ?1, ?2, ?3, ?4, ?5 WHERE ?6 IS NULL OR true".into(),
                format!(
                    "INSERT INTO to_analyse (track_id) SELECT tracks.id FROM tracks {PLACE} \
                     WHERE {} AND {} AND coalesce(?1, ?2, ?3, ?4, ?5, true) IS NOT NULL ORDER BY roots.path, tracks.path",
                    is_file("?6"),
                    is_wanting()
                ),
            ],
        ),
        one(
            "analysis-total",
            &[],
            "SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM to_analyse JOIN tracks ON tracks.id = track_id",
        ),
        one(
            "analysis-next",
            &["after", "limit"],
            format!(
                "SELECT place, tracks.id AS id, roots.path AS root, tracks.path AS path, size, tracks.mtime_ns AS mtime_ns \
                 FROM to_analyse JOIN tracks ON tracks.id = track_id {PLACE} \
                 WHERE place > ?1 AND missing_since IS NULL ORDER BY place LIMIT ?2"
            ),
        ),
        one("analysed", &of_report, analysed()),
        one("analysis-failed", &of_failure, failed()),
        one("analysis-report", &[], report()),
    ]
}

/// How closely, as a number.
fn rank(depth: &str) -> String {
    format!("CASE {depth} WHEN 'header' THEN 1 WHEN 'stream' THEN 2 WHEN 'audio' THEN 3 ELSE 0 END")
}

/// A track is a file on a disk that is there, in these roots: neither a track of a cue sheet nor in
/// an archive. `roots` is a JSON array of the paths of roots, or NULL for all.
pub(super) fn is_file(roots: &str) -> String {
    let mut sql = format!(
        "tracks.missing_since IS NULL AND tracks.audio_file IS NULL \
         AND ({roots} IS NULL OR roots.path IN (SELECT value FROM json_each({roots})))"
    );
    for ending in ENDINGS {
        // A folder of an archive: see docs/archives.md.
        let _ = write!(sql, " AND tracks.path NOT LIKE '%{ending}!%/%'");
    }
    sql
}

/// No analysis of a track has all that is asked for.
pub(super) fn is_wanting() -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM analyses CROSS JOIN asked WHERE analyses.track_id = tracks.id \
         AND analyses.size = tracks.size AND analyses.mtime_ns = tracks.mtime_ns AND analyses.version = asked.version \
         AND {} >= {} AND hashed >= hashes AND measured >= loudness AND fingerprinted >= fingerprints)",
        rank("analyses.depth"),
        rank("asked.depth")
    )
}

/// Takes a report apart.
fn analysed() -> String {
    let columns: Vec<&str> = PARTS.iter().flat_map(|(_, part)| part.iter().map(|(column, _)| *column)).collect();
    let values = PARTS.iter().flat_map(|(_, part)| part.iter().map(|(_, key)| format!("json_extract(?10, '$.{key}')")));
    let (deeper, shallower) = (rank("analyses.depth"), rank("excluded.depth"));
    let parts = PARTS.iter().flat_map(|(unasked, part)| {
        let unasked = unasked.replace("{rank(analyses.depth)}", &deeper).replace("{rank(excluded.depth)}", &shallower);
        part.iter().map(move |(column, _)| {
            format!("{column} = iif({IS_SAME} AND {unasked}, analyses.{column}, excluded.{column})")
        })
    });
    // Of more that was asked for before and failed it is still so.
    let is_all = format!(
        "{shallower} >= {deeper} AND excluded.hashed >= analyses.hashed AND excluded.measured >= analyses.measured \
         AND excluded.fingerprinted >= analyses.fingerprinted"
    );
    format!(
        "INSERT INTO analyses (track_id, size, mtime_ns, depth, hashed, measured, fingerprinted, version, analysed_at, {}) \
         SELECT tracks.id, size, mtime_ns, ?4, ?5, ?6, ?7, ?8, ?9, {} FROM tracks \
         WHERE {IS_THIS} AND json_extract(?10, '$.size') = ?2 \
         ON CONFLICT (track_id) DO UPDATE SET {}, {}, outcome = iif({IS_SAME} AND NOT ({is_all}), outcome, NULL), \
         detail = iif({IS_SAME} AND NOT ({is_all}), detail, NULL), \
         album_id = iif({IS_SAME} AND NOT excluded.measured, album_id, NULL)",
        columns.join(", "),
        values.collect::<Vec<_>>().join(", "),
        parts.collect::<Vec<_>>().join(", "),
        asked_before(),
    )
}

/// Notes that a file has no report: it is not read again for what was asked for.
fn failed() -> String {
    let blank = PARTS.iter().flat_map(|(_, part)| part.iter().map(|(column, _)| *column)).map(|column| match column {
        "findings" => format!("findings = iif({IS_SAME}, findings, '[]')"),
        "more_findings" => format!("more_findings = iif({IS_SAME}, more_findings, 0)"),
        _ => format!("{column} = iif({IS_SAME}, {column}, NULL)"),
    });
    format!(
        "INSERT INTO analyses (track_id, size, mtime_ns, depth, hashed, measured, fingerprinted, version, analysed_at, outcome, detail) \
         SELECT tracks.id, size, mtime_ns, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM tracks WHERE {IS_THIS} \
         ON CONFLICT (track_id) DO UPDATE SET {}, {}, outcome = excluded.outcome, detail = excluded.detail, \
         album_id = iif({IS_SAME}, album_id, NULL)",
        blank.collect::<Vec<_>>().join(", "),
        asked_before(),
    )
}

/// Adds what was asked for to what was asked for before of the same file.
fn asked_before() -> String {
    let flags = ["hashed", "measured", "fingerprinted"]
        .map(|flag| format!("{flag} = iif({IS_SAME}, max(analyses.{flag}, excluded.{flag}), excluded.{flag})"));
    format!(
        "depth = iif({IS_SAME} AND {} > {}, analyses.depth, excluded.depth), {}, \
         size = excluded.size, mtime_ns = excluded.mtime_ns, version = excluded.version, analysed_at = excluded.analysed_at",
        rank("analyses.depth"),
        rank("excluded.depth"),
        flags.join(", ")
    )
}

/// The files of the library by their verdict: `unreported` have none that was asked for, `left` are
/// those of this analysis that were not read.
fn report() -> String {
    let verdicts =
        Verdict::ALL.map(Verdict::name).map(|verdict| format!("coalesce(sum(verdict = '{verdict}'), 0) AS {verdict}"));
    format!(
        "SELECT count(*) AS analysed, {}, coalesce(sum(outcome IS NOT NULL), 0) AS unreported, \
         (SELECT count(*) FROM to_analyse JOIN tracks ON tracks.id = track_id WHERE missing_since IS NULL AND {}) AS left \
         FROM analysed",
        verdicts.join(", "),
        is_wanting()
    )
}
