//! All that is known of a file.

use std::fmt::Write as _;

use mt_scanner_contract::text::{clock, instant, shown, size, thousands};
use serde_json::Value;

use crate::rows::TRACK_COLUMNS;

/// Writes the lines about a file: its values, problems, tracks of its cue sheet, tags, lyrics and
/// chapters. `found` is an
/// answer of `inspect-json`: code that makes records of it would be 3 % of the component.
pub(super) fn write(text: &mut String, found: &Value) {
    values(text, &found["track"]);
    for problem in each(found, "problems") {
        let _ = writeln!(text, "\n{}: {}", said(problem, "outcome"), shown(said(problem, "detail")));
    }
    for (place, track) in each(found, "cue").enumerate() {
        if place == 0 {
            text.push_str("\ntracks of the cue sheet\n");
        }
        let number = track["track_number"].as_u64().unwrap_or_default();
        let start = clock(track["start_ms"].as_u64().unwrap_or_default());
        let names = ["artist", "title"].map(|key| shown(said(track, key)));
        let names: Vec<_> = names.iter().filter(|name| !name.is_empty()).map(|name| name.as_ref()).collect();
        let _ = writeln!(text, "{}", format!("  {number:02}  {start}  {}", names.join(" - ")).trim_end());
    }
    let mut block = None;
    for tag in each(found, "tags") {
        let of = said(tag, "block");
        if block != Some(of) {
            let _ = writeln!(text, "\ntags as in the file: {}", shown(of));
            block = Some(of);
        }
        let _ = writeln!(text, "  {} = {}", shown(said(tag, "key")), shown(said(tag, "value")));
    }
    for lyrics in each(found, "lyrics") {
        let about = ["form", "language", "description"].map(|key| said(lyrics, key));
        let about: Vec<&str> = about.into_iter().filter(|part| !part.is_empty()).collect();
        let _ = writeln!(text, "\nlyrics: {}", shown(&about.join(", ")));
        let words = said(lyrics, "text").replace("\r\n", "\n").replace('\r', "\n");
        for line in words.strip_suffix('\n').unwrap_or(&words).split('\n') {
            let _ = writeln!(text, "{}", format!("  {}", shown(line)).trim_end());
        }
    }
    for (place, chapter) in each(found, "chapters").enumerate() {
        if place == 0 {
            text.push_str("\nchapters\n");
        }
        let start = clock(chapter["start_ms"].as_u64().unwrap_or_default());
        let _ = writeln!(text, "{}", format!("  {start}  {}", shown(said(chapter, "title"))).trim_end());
    }
}

fn each<'a>(found: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    found[list].as_array().into_iter().flatten()
}

/// A text; empty if there is none.
fn said<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_default()
}

/// Writes the values that are there, in the order of the record.
fn values(text: &mut String, track: &Value) {
    let values = TRACK_COLUMNS.iter().map(|&column| (column, &track[column]));
    let lines: Vec<(String, String)> =
        values.filter_map(|(column, value)| Some((name(column), plain(column, value)?))).collect();
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in lines {
        let _ = writeln!(text, "{name:width$}  {}", shown(&value));
    }
}

/// The name of a column without its unit, which the value says.
fn name(column: &str) -> String {
    column.trim_end_matches("_ns").trim_end_matches("_ms").replace('_', " ")
}

/// A value with its unit; `None` if there is none.
fn plain(column: &str, value: &Value) -> Option<String> {
    let number = value.as_u64();
    Some(match (column, value) {
        (_, Value::Null) => return None,
        (_, Value::Array(several)) if several.is_empty() => return None,
        ("size", _) => exact_size(number?),
        (time, _) if time.ends_with("_ms") => clock(number?),
        ("bitrate", _) => format!("{} kbit/s", thousands(number?)),
        ("sample_rate", _) => format!("{} Hz", thousands(number?)),
        ("bit_depth", _) => format!("{} bits", number?),
        // 0 where the host does not know it.
        (time, _) if time.ends_with("_ns") => instant(value.as_i64().filter(|&time| time != 0)?),
        (gain, Value::Number(number)) if gain.ends_with("_gain") => format!("{number} dB"),
        (_, Value::Array(several)) => {
            several.iter().filter_map(|one| plain(column, one)).collect::<Vec<_>>().join("; ")
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
        (_, other) => other.to_string(),
    })
}

/// A size, and behind one that is rounded its bytes.
fn exact_size(bytes: u64) -> String {
    let short = size(bytes);
    if bytes < 1000 { short } else { format!("{short} ({} bytes)", thousands(bytes)) }
}
