//! Loudness, analyses of a library, and tracks that are the same.

use std::fmt::Write as _;

use mt_scanner_contract::analysis::{Health, Verdicts};
use mt_scanner_contract::text::{number, shown, size, thousands};
use serde::Deserialize;
use serde_json::Value;

/// What people read of a loudness.
#[derive(Default, Deserialize)]
struct Loudness {
    integrated: Option<f64>,
    range: Option<f64>,
    true_peak: Option<f64>,
    #[serde(alias = "replaygain_track_gain", alias = "replaygain_album_gain")]
    gain: Option<f64>,
}

/// What people read of a group.
#[derive(Deserialize)]
struct Group {
    kind: String,
    tracks: Vec<Member>,
}

/// A track of a group.
#[derive(Deserialize)]
struct Member {
    root: String,
    path: String,
    size: u64,
    keep: bool,
    why: Vec<String>,
    score: Option<f64>,
    offset_ms: Option<i64>,
}

/// Writes a table of files, and behind it their albums.
pub(super) fn write_loudness(
    text: &mut String,
    tracks: Vec<(String, Option<Value>)>,
    albums: Vec<(String, Value)>,
) -> serde_json::Result<()> {
    let _ = writeln!(text, "{:>7} {:>6} {:>6} {:>8}   file", "LUFS", "LU", "dBTP", "gain dB");
    for (path, loudness) in tracks {
        row(text, loudness, &shown(&path))?;
    }
    if !albums.is_empty() {
        let _ = writeln!(text, "\n{:>7} {:>6} {:>6} {:>8}   album", "LUFS", "LU", "dBTP", "gain dB");
    }
    for (folder, loudness) in albums {
        row(text, Some(loudness), &shown(&folder))?;
    }
    Ok(())
}

fn row(text: &mut String, loudness: Option<Value>, name: &str) -> serde_json::Result<()> {
    let Loudness { integrated, range, true_peak, gain } =
        loudness.map(serde_json::from_value).transpose()?.unwrap_or_default();
    // Without a sign where it comes to nothing.
    let rounded = |value: f64| (value * 10.0).round() / 10.0 + 0.0;
    let told = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{:.1}", rounded(value)));
    let gain = gain.map_or_else(|| "-".to_owned(), |gain| format!("{gain:+.2}"));
    let [integrated, range, true_peak] = [integrated, range, true_peak].map(told);
    let _ = writeln!(text, "{integrated:>7} {range:>6} {true_peak:>6} {gain:>8}   {name}");
    Ok(())
}

/// Writes what an analysis has done, and what is known and left of the library.
pub(super) fn write_analysis(text: &mut String, analysed: u64, seconds: f64, known: &Health) {
    let Health { verdicts, unreported, left } = *known;
    let _ = writeln!(text, "{} analysed in {seconds:.1} s", number(analysed, "file"));
    let mut told = in_words(verdicts);
    if unreported > 0 {
        told.push(format!("{} could not be analysed", thousands(unreported)));
    }
    if !told.is_empty() {
        let _ = writeln!(text, "in the library: {}", told.join(", "));
    }
    if left > 0 {
        let is = if left == 1 { "is" } else { "are" };
        let _ = writeln!(text, "{} {is} left: run the same command again to go on", number(left, "file"));
    }
}

/// The verdicts that some file has.
fn in_words(verdicts: Verdicts) -> Vec<String> {
    let some = verdicts.each().into_iter().filter(|&(_, count)| count > 0);
    some.map(|(verdict, count)| format!("{} {}", thousands(count), verdict.name())).collect()
}

/// Writes groups of tracks that are the same, and what they take beside those to keep.
pub(super) fn write_duplicates(text: &mut String, groups: Vec<Value>, unfingerprinted: u64) -> serde_json::Result<()> {
    let (mut number_of_groups, mut total) = (0, 0);
    for group in groups {
        let Group { kind, tracks } = serde_json::from_value(group)?;
        let free = tracks.iter().filter(|track| !track.keep).map(|track| track.size).sum();
        let _ =
            writeln!(text, "{kind}: {}, {} beside the one to keep", number(tracks.len() as u64, "file"), size(free));
        tracks.iter().for_each(|track| write_member(text, track));
        text.push('\n');
        number_of_groups += 1;
        total += free;
    }
    let _ = writeln!(text, "{}: {} beside those to keep", number(number_of_groups, "group"), size(total));
    if unfingerprinted > 0 {
        let have = if unfingerprinted == 1 { "has" } else { "have" };
        let tracks = number(unfingerprinted, "track");
        let _ =
            writeln!(text, "{tracks} {have} no fingerprint: after analyse, the same recordings are found among them");
    }
    Ok(())
}

fn write_member(text: &mut String, track: &Member) {
    let Member { root, path, keep, why, score, offset_ms, .. } = track;
    let keep = if *keep { "keep" } else { "" };
    let _ = write!(text, "  {keep:4}  {}/{}", shown(root.trim_end_matches('/')), shown(path));
    let mut told = why.clone();
    if let Some(score) = score {
        told.push(format!("{score:.1} of 32 bits differ"));
    }
    if let Some(offset) = offset_ms.filter(|&offset| offset != 0) {
        let later = if offset > 0 { "later" } else { "earlier" };
        told.push(format!("begins {:.1} s {later}", offset.unsigned_abs() as f64 / 1000.0));
    }
    let _ = match told.as_slice() {
        [] => writeln!(text),
        told => writeln!(text, " ({})", told.join(", ")),
    };
}

#[cfg(test)]
mod tests {
    use crate::reports::in_words;

    #[test]
    fn loudness_is_a_table_of_files_and_one_of_albums() {
        let report = r#"{"loudness": {"tracks": [
            ["/m/a\u001b.flac", {"integrated": -9.25, "range": 5.31, "true_peak": -0.049, "replaygain_track_gain": -8.75, "blocks": "x"}],
            ["/m/b.flac", null]],
            "albums": [["/m", {"integrated": -14.0, "range": null, "true_peak": -12.34, "replaygain_album_gain": 4}]]}}"#;
        let expected = "   LUFS     LU   dBTP  gain dB   file
   -9.3    5.3    0.0    -8.75   /m/a\\x1b.flac
      -      -      -        -   /m/b.flac

   LUFS     LU   dBTP  gain dB   album
  -14.0      -  -12.3    +4.00   /m
";
        assert_eq!(in_words(report).unwrap(), expected);
        assert!(in_words(r#"{"loudness": {"tracks": [["a", {"range": "x"}]], "albums": []}}"#).is_err());
    }

    #[test]
    fn an_analysis_tells_what_is_known_and_what_is_left() {
        let report = |analysed: u64, known: &str| {
            in_words(&format!(
                r#"{{"analysis": {{"analysed": {analysed}, "seconds": 1.25, "library": {{{known}}},
                "problems": {{"counts": [], "first": []}}}}}}"#
            ))
            .unwrap()
        };
        let none =
            r#""damaged": 0, "truncated": 0, "suspicious": 0, "unchecked": 0, "intact": 0, "unreported": 0, "left": 0"#;
        assert_eq!(report(0, none), "0 files analysed in 1.2 s\n");
        let some = none.replace(r#""damaged": 0"#, r#""damaged": 1"#).replace(r#""intact": 0"#, r#""intact": 1234"#);
        let some = some.replace(r#""unreported": 0, "left": 0"#, r#""unreported": 2, "left": 1"#);
        let expected = "1 file analysed in 1.2 s
in the library: 1 damaged, 1,234 intact, 2 could not be analysed
1 file is left: run the same command again to go on
";
        assert_eq!(report(1, &some), expected);
    }

    #[test]
    fn groups_name_what_to_keep_and_why() {
        let track = |path: &str, keep: bool, why: &str, rest: &str| {
            format!(
                r#"{{"id": 1, "root": "/m", "path": "{path}", "size": 1500, "keep": {keep}, "why": [{why}], {rest}}}"#
            )
        };
        let (first, second) = (r#""score": null, "offset_ms": null"#, r#""score": 2.34, "offset_ms": -1200"#);
        let tracks = [track("a.flac", true, r#""lossless", "longer""#, first), track("b.mp3", false, "", second)];
        let group = format!(r#"{{"kind": "same-recording", "tracks": [{}]}}"#, tracks.join(","));
        let text = in_words(&format!(r#"{{"duplicates": {{"groups": [{group}], "unfingerprinted": 2}}}}"#)).unwrap();
        let expected = "same-recording: 2 files, 1.5 kB beside the one to keep
  keep  /m/a.flac (lossless, longer)
        /m/b.mp3 (2.3 of 32 bits differ, begins 1.2 s earlier)

1 group: 1.5 kB beside those to keep
2 tracks have no fingerprint: after analyse, the same recordings are found among them
";
        assert_eq!(text, expected);
        let none = in_words(r#"{"duplicates": {"groups": [], "unfingerprinted": 0}}"#).unwrap();
        assert_eq!(none, "0 groups: 0 bytes beside those to keep\n");
    }
}
