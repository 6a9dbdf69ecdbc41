//! Copies of a few bytes.

/// Copies between equal lengths. In a sandbox a copy whose length is not known beforehand is a call
/// of its host, which costs more than a few bytes do: they are copied as two pieces of fixed
/// length, which overlap.
#[inline]
pub(super) fn copy(to: &mut [u8], from: &[u8]) {
    let len = from.len();
    match len {
        1 => to[0] = from[0],
        2..4 => {
            to[..2].copy_from_slice(&from[..2]);
            to[len - 1] = from[len - 1];
        }
        4..8 => {
            to[..4].copy_from_slice(&from[..4]);
            to[len - 4..].copy_from_slice(&from[len - 4..][..4]);
        }
        8..=16 => {
            to[..8].copy_from_slice(&from[..8]);
            to[len - 8..].copy_from_slice(&from[len - 8..][..8]);
        }
        _ => to.copy_from_slice(from),
    }
}
