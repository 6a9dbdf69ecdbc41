//! Tracks, added up by format.

use std::cmp::Reverse;
use std::fmt::Write as _;

use mt_scanner_contract::report::{Kind, PassedOver, Reached};
use mt_scanner_contract::text::{length, number, size, thousands};

/// Writes the lines about tracks, and about the scan that has found them.
pub(super) fn write(text: &mut String, mut kinds: Vec<Kind>, progress: &Reached) {
    let total =
        kinds.iter().fold((0, 0, 0), |(tracks, time, bytes), kind| (tracks + kind.2, time + kind.3, bytes + kind.4));
    let (tracks, milliseconds, bytes) = total;
    let _ = writeln!(text, "{}, {}, {}", number(tracks, "track"), length(milliseconds), size(bytes));
    let speed = thousands(progress.files_per_second.round() as u64);
    let _ = writeln!(text, "{} in {:.1} s, {speed} files/s", number(progress.folders, "folder"), progress.seconds);
    if tracks == 0 {
        return;
    }
    // A stable sort: equals stay in the order in which they came.
    kinds.sort_by_key(|kind| Reverse(kind.2));
    let head = ["format", "tracks", "length", "size"].map(str::to_owned);
    let row = |kind: &Kind| [name(kind), thousands(kind.2), length(kind.3), size(kind.4)];
    table(text, &[head].into_iter().chain(kinds.iter().map(row)).collect::<Vec<_>>());
}

/// Writes the line about files that were passed over for their extension, and about playlists; none
/// if there are none.
pub(super) fn write_passed_over(text: &mut String, files: u64, playlists: u64) {
    if let Some(notice) = PassedOver::of(files, playlists) {
        let _ = writeln!(text, "\n{}", notice.detail);
    }
}

/// `flac`, or `mp4 (alac)` where the codec has another name than the format.
fn name((format, codec, ..): &Kind) -> String {
    let format = format.as_deref().unwrap_or("unknown");
    match codec.as_deref().filter(|codec| *codec != format) {
        Some(codec) => format!("{format} ({codec})"),
        None => format.to_owned(),
    }
}

/// Columns, the first to the left and the others to the right.
fn table(text: &mut String, rows: &[[String; 4]]) {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [first, second, third, fourth] = [width(0), width(1), width(2), width(3)];
    text.push('\n');
    for [kind, tracks, length, size] in rows {
        let line = format!("  {kind:first$}   {tracks:>second$}   {length:>third$}   {size:>fourth$}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
}
