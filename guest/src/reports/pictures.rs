//! Pictures of a file, one a line.

use std::fmt::Write as _;

use mt_scanner_contract::PictureItem;
use mt_scanner_contract::text::{shown, size, thousands};

/// Writes the lines about pictures.
pub(super) fn write(text: &mut String, pictures: &[PictureItem]) {
    let rows: Vec<[String; 4]> = pictures.iter().map(row).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [first, second, third, fourth] = [width(0), width(1), width(2), width(3)];
    for ([kind, mime, dimensions, bytes], picture) in rows.iter().zip(pictures) {
        let source = shown(&picture.source);
        let _ = writeln!(text, "{kind:first$}   {mime:second$}   {dimensions:>third$}   {bytes:>fourth$}   {source}");
    }
}

fn row(picture: &PictureItem) -> [String; 4] {
    let PictureItem { mime, kind, width, height, bytes, .. } = picture;
    let pixels = |number: u32| thousands(number.into());
    let dimensions = width.zip(*height).map(|(width, height)| format!("{} x {}", pixels(width), pixels(height)));
    [kind.name().replace('-', " "), shown(mime).into_owned(), dimensions.unwrap_or_default(), size(*bytes)]
}
