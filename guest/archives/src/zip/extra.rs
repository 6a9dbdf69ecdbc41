//! Extra fields (APPNOTE 4.5).

use flate2::Crc;

/// Sizes and offsets that have no room in a record.
const ZIP64: u16 = 0x0001;
/// Info-ZIP's name in UTF-8.
const UNICODE_PATH: u16 = 0x7075;

/// The fields of a record, by number; what is cut is left out.
pub(super) fn fields(extra: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = extra;
    std::iter::from_fn(move || {
        let (header, behind) = rest.split_first_chunk::<4>()?;
        let [a, b, c, d] = *header;
        let (field, behind) = behind.split_at_checked(usize::from(u16::from_le_bytes([c, d])))?;
        rest = behind;
        Some((u16::from_le_bytes([a, b]), field))
    })
}

/// The values of the ZIP64 field in the order in which a record lacks them.
pub(super) fn zip64(extra: &[u8]) -> impl Iterator<Item = u64> {
    let field = fields(extra).find(|(id, _)| *id == ZIP64).map_or(&[][..], |(_, field)| field);
    field.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes))
}

/// The name in UTF-8, if it belongs to this legacy name.
pub(super) fn unicode_path<'a>(extra: &'a [u8], legacy: &[u8]) -> Option<&'a [u8]> {
    let (_, field) = fields(extra).find(|(id, _)| *id == UNICODE_PATH)?;
    let (header, name) = field.split_first_chunk::<5>()?;
    let [1, crc @ ..] = *header else { return None };
    let mut hash = Crc::new();
    hash.update(legacy);
    (hash.sum() == u32::from_le_bytes(crc)).then_some(name)
}
