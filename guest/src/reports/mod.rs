//! Reports in words, alike under every host.

mod audio;
mod inspection;
mod pictures;
mod problems;
mod tracks;

use std::fmt::Write as _;

use mt_scanner_contract::ScanError;
use mt_scanner_contract::report::{Changed, Reached, Report};
use mt_scanner_contract::text::{number, shown, size, thousands};

/// Puts a report into lines. See `in-words` in `wit/reports.wit`.
///
/// # Errors
///
/// [`ScanError::InvalidRequest`] if the text is no report.
pub fn in_words(report: &str) -> Result<String, ScanError> {
    let invalid = |error: serde_json::Error| ScanError::InvalidRequest(error.to_string());
    let report = serde_json::from_str(report).map_err(invalid)?;
    let mut text = String::new();
    match report {
        Report::Scan { kinds, problems, progress } => {
            tracks::write(&mut text, kinds, &progress);
            problems::write(&mut text, problems);
            tracks::write_passed_over(&mut text, progress.passed_over, progress.playlists);
        }
        Report::Index { kinds, problems, progress, changes, path, size: bytes } => {
            tracks::write(&mut text, kinds, &progress);
            problems::write(&mut text, problems);
            tracks::write_passed_over(&mut text, progress.passed_over, progress.playlists);
            let _ = writeln!(text, "\n{}: {} ({})", shown(&path), counts(&changes), size(bytes));
        }
        Report::Rehearsal { problems, changes } => {
            problems::write(&mut text, problems);
            let _ = writeln!(text, "nothing was written; a sync would find: {}", counts(&changes));
        }
        Report::Batch { problems, changes, progress } => {
            problems::write(&mut text, problems);
            tracks::write_passed_over(&mut text, progress.passed_over, progress.playlists);
            let Reached { tracks, seconds, .. } = progress;
            let _ = writeln!(text, "{} ({} read, {seconds:.2} s)", counts(&changes), number(tracks, "file"));
        }
        Report::Changes { changes } => {
            for (change, path, former) in changes {
                let path = shown(&path);
                let _ = match former.filter(|_| change == "moved") {
                    Some(former) => writeln!(text, "{change:8}  {} -> {path}", shown(&former)),
                    None => writeln!(text, "{change:8}  {path}"),
                };
            }
        }
        Report::Problems { problems, passed_over, playlists } => {
            problems::write(&mut text, problems);
            tracks::write_passed_over(&mut text, passed_over, playlists);
        }
        Report::Inspect { files } => {
            for (place, found) in files.iter().enumerate() {
                if place > 0 {
                    text.push('\n');
                }
                inspection::write(&mut text, found);
            }
        }
        Report::Loudness { tracks, albums } => audio::write_loudness(&mut text, tracks, albums).map_err(invalid)?,
        Report::Analysis { analysed, seconds, library, problems } => {
            audio::write_analysis(&mut text, analysed, seconds, &library);
            problems::write(&mut text, problems);
        }
        Report::Duplicates { groups, unfingerprinted } => {
            audio::write_duplicates(&mut text, groups, unfingerprinted).map_err(invalid)?;
        }
        Report::Artwork { pictures } => pictures::write(&mut text, &pictures),
        Report::Purge { tracks } => {
            let _ = writeln!(text, "{} forgotten", number(tracks, "track"));
        }
    }
    Ok(text)
}

/// The changes of a sync in one line.
fn counts(changes: &Changed) -> String {
    let Changed { added, modified, moved, restored, reread, missing, unchanged } = *changes;
    let counts = [
        (added, "new"),
        (modified, "changed"),
        (moved, "moved"),
        (restored, "back again"),
        (reread, "read again"),
        (missing, "missing"),
        (unchanged, "as before"),
    ];
    let told = counts.into_iter().filter(|&(count, what)| count > 0 || matches!(what, "new" | "changed" | "as before"));
    told.map(|(count, what)| format!("{} {what}", thousands(count))).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_told_by_formats_the_most_frequent_first() {
        let text = in_words(
            r#"{"scan": {
                "kinds": [["mp4", "alac", 1, 1000, 900], ["mp3", "mp3", 5000, 7260000, 12345678], [null, null, 1, 0, 8]],
                "problems": {"counts": [["vanished", 1], ["malformed", 2000]],
                    "first": [["/m", "b", "malformed", "x"], ["/m", "a\u001b", "malformed", "y"], ["/m", "", "vanished", "z"]]},
                "progress": {"folders": 1, "tracks": 5002, "seconds": 0.25, "files_per_second": 20008.4}}}"#,
        );
        let expected = "\
5,002 tracks, 2.0 hours, 12.3 MB
1 folder in 0.2 s, 20,008 files/s

  format       tracks      length      size
  mp3           5,000   2.0 hours   12.3 MB
  mp4 (alac)        1         1 s   900 bytes
  unknown           1         0 s   8 bytes

2,001 problems: 2,000 malformed, 1 vanished
  .: vanished: z
  a\\x1b: malformed: y
  b: malformed: x
  and 1,998 more; --json names them all
";
        let columns = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(columns(&text.unwrap()), columns(expected));
    }

    #[test]
    fn a_sync_tells_the_counts_that_say_something() {
        let changes = Changed { added: 1234, missing: 1, ..Changed::default() };
        assert_eq!(counts(&changes), "1,234 new, 0 changed, 1 missing, 0 as before");
        let changes = Changed { reread: 7, ..Changed::default() };
        assert_eq!(counts(&changes), "0 new, 0 changed, 7 read again, 0 as before");
    }

    #[test]
    fn a_moved_track_is_told_with_the_place_where_it_was() {
        let report = r#"{"changes": {"changes": [["moved", "b", "a\u0007"], ["added", "c", null]]}}"#;
        assert_eq!(in_words(report).unwrap(), "moved     a\\x07 -> b\nadded     c\n");
    }

    #[test]
    fn a_file_is_told_in_the_order_of_the_record_with_units_and_readable_times() {
        let text = in_words(
            r#"{"inspect": {"files": [{
                "track": {"root": "/m", "path": "a\u001b.mp3", "size": 12345, "mtime_ns": 1795617050028611812, "ctime_ns": 0,
                    "format": "mp3", "codec": "mp3", "duration_ms": 185120, "bitrate": 192, "sample_rate": 44100,
                    "channels": 2, "bit_depth": 16, "artists": ["A", "B"], "genres": [], "musicbrainz_artist_ids": [],
                    "musicbrainz_album_artist_ids": [], "replaygain_track_gain": -6.5, "compilation": true,
                    "has_artwork": false, "has_lyrics": "none", "duration_estimated": false},
                "problems": [{"root": "/m", "path": "a", "outcome": "malformed", "detail": "cut"}],
                "tags": [{"block": "id3v2.3", "key": "TIT2", "value": "T"}, {"block": "id3v1", "key": "title", "value": "T"}],
                "lyrics": [{"form": "plain", "language": "eng", "description": null, "text": "one\r\ntwo\n"}],
                "chapters": [{"start_ms": 61500, "end_ms": null, "title": "Two", "picture": false}]
            }]}}"#,
        );
        let text = text.unwrap();
        let lines: Vec<String> =
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let expected = [
            "root /m",
            r"path a\x1b.mp3",
            "size 12.3 kB (12,345 bytes)",
            "mtime 2026-11-25 14:30:50.028 UTC",
            "format mp3",
            "codec mp3",
            "duration 0:03:05.120",
            "bitrate 192 kbit/s",
            "sample rate 44,100 Hz",
            "channels 2",
            "bit depth 16 bits",
            "artists A; B",
            "replaygain track gain -6.5 dB",
            "compilation yes",
            "has artwork no",
            "has lyrics none",
            "duration estimated no",
            "",
            "malformed: cut",
            "",
            "tags as in the file: id3v2.3",
            "TIT2 = T",
            "",
            "tags as in the file: id3v1",
            "title = T",
            "",
            "lyrics: plain, eng",
            "one",
            "two",
            "",
            "chapters",
            "0:01:01.500 Two",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_was_passed_over_is_said_once_the_scan_is_over() {
        let one = "1 audio file of another extension was passed over: --extension adds it";
        let many = "1,234 audio files of other extensions were passed over: --extension adds them";
        for (files, playlists, expected) in [
            (0, 0, String::new()),
            (1, 0, format!("\n{one}\n")),
            (1234, 0, format!("\n{many}\n")),
            (1, 1, format!("\n{one}; and 1 playlist\n")),
            (1234, 1234, format!("\n{many}; and 1,234 playlists\n")),
            (0, 1, "\n1 playlist was passed over: it is no audio\n".to_owned()),
            (0, 2, "\n2 playlists were passed over: they are no audio\n".to_owned()),
        ] {
            let problems = r#"{"counts": [], "first": []}"#;
            let counts = format!(r#""passed_over": {files}, "playlists": {playlists}"#);
            let report = format!(r#"{{"problems": {{"problems": {problems}, {counts}}}}}"#);
            assert_eq!(in_words(&report).unwrap(), expected, "{files} {playlists}");
        }
    }

    #[test]
    fn pictures_are_a_table() {
        let report = r#"{"artwork": {"pictures": [
            {"mime": "image/jpeg", "extension": ".jpg", "kind": "front-cover", "width": 1200, "height": 900, "bytes": 123456, "source": "embedded"},
            {"mime": "image/png", "extension": ".png", "kind": "other", "width": null, "height": null, "bytes": 9, "source": "cover\u001b.png"}]}}"#;
        let expected = "\
front cover   image/jpeg   1,200 x 900   123.5 kB   embedded
other         image/png                   9 bytes   cover\\x1b.png
";
        assert_eq!(in_words(report).unwrap(), expected);
    }

    #[test]
    fn a_report_of_another_form_is_refused() {
        for report in ["", "{}", r#"{"scan": {}}"#, r#"{"purge": {"tracks": 1, "more": 2}}"#, r#"{"other": {}}"#] {
            assert!(matches!(in_words(report), Err(ScanError::InvalidRequest(_))), "{report}");
        }
        assert_eq!(in_words(r#"{"purge": {"tracks": 1}}"#).unwrap(), "1 track forgotten\n");
    }
}
