//! The loudness of albums, from that of their tracks.

use super::analyses::PLACE;
use super::{one, several};
use crate::bindings::exports::mt::scanner::library::Statement;

pub(super) fn statements() -> Vec<Statement> {
    vec![
        several(
            "albums-begin",
            &["version"],
            vec![
                "DELETE FROM album_tracks WHERE ?1 IS NOT NULL".into(),
                // An album is what has its name and its artist in a root; without an artist, in a
                // folder.
                format!(
                    "INSERT INTO album_tracks SELECT dense_rank() OVER (ORDER BY folders.root_id, album, album_artist, \
                     iif(album_artist IS NULL, folders.id, 0)), tracks.id \
                     FROM analyses JOIN tracks ON tracks.id = analyses.track_id {PLACE} \
                     WHERE tracks.missing_since IS NULL AND album IS NOT NULL AND blocks IS NOT NULL \
                     AND analyses.size = tracks.size AND analyses.mtime_ns = tracks.mtime_ns AND version = ?1"
                ),
                // Those whose tracks were measured together, and are still all.
                "DELETE FROM album_tracks WHERE ?1 IS NOT NULL AND place IN (SELECT place FROM album_tracks \
                 JOIN analyses ON analyses.track_id = album_tracks.track_id \
                 LEFT JOIN album_loudness ON album_loudness.id = album_id GROUP BY place \
                 HAVING count(album_loudness.id) = count(*) AND count(DISTINCT album_id) = 1 AND count(*) = max(album_loudness.tracks))"
                    .into(),
                "DELETE FROM album_loudness WHERE ?1 IS NOT NULL \
                 AND NOT EXISTS (SELECT 1 FROM analyses WHERE album_id = album_loudness.id)"
                    .into(),
            ],
        ),
        one(
            "albums-next",
            &["after", "limit"],
            "SELECT place, json_group_array(json_array(blocks, true_peak)) AS tracks FROM album_tracks \
             JOIN analyses ON analyses.track_id = album_tracks.track_id WHERE place IN \
             (SELECT DISTINCT place FROM album_tracks WHERE place > ?1 ORDER BY place LIMIT ?2) GROUP BY place ORDER BY place",
        ),
        several(
            "album-measured",
            &["place", "loudness"],
            vec![
                "INSERT INTO album_loudness (tracks, integrated, loudness_range, true_peak, album_gain, album_peak) \
                 SELECT count(*), json_extract(?2, '$.integrated'), json_extract(?2, '$.range'), \
                 json_extract(?2, '$.true_peak'), json_extract(?2, '$.replaygain_album_gain'), \
                 json_extract(?2, '$.replaygain_album_peak') FROM album_tracks WHERE place = ?1 HAVING count(*) > 0"
                    .into(),
                "UPDATE analyses SET album_id = (SELECT max(id) FROM album_loudness) WHERE ?2 IS NOT NULL \
                 AND track_id IN (SELECT track_id FROM album_tracks WHERE place = ?1)"
                    .into(),
            ],
        ),
    ]
}
