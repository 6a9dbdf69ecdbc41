//! Names of RAR 4: in the charset of the system that wrote them, and in a packed UTF-16 besides.

use crate::name;

/// The name of a header. Backslashes are what this format has between folders.
pub(super) fn name(bytes: &[u8], has_unicode: bool) -> String {
    let (legacy, packed) = match bytes.iter().position(|&byte| byte == 0).filter(|_| has_unicode) {
        Some(nul) => (&bytes[..nul], &bytes[nul + 1..]),
        None => (bytes, &[][..]),
    };
    let name = match unpack(legacy, packed) {
        Some(units) => units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>(),
        None if std::str::from_utf8(legacy).is_ok() => return slashes(&name::utf8(legacy)),
        None => return slashes(&name::cp437(legacy)),
    };
    slashes(&name::utf16(&name))
}

/// Cleaned once more, as there are more components now.
fn slashes(name: &str) -> String {
    name::clean(&name.replace('\\', "/"))
}

/// Unpacks UTF-16: two bits say where each character comes from, or a run of them.
fn unpack(legacy: &[u8], packed: &[u8]) -> Option<Vec<u16>> {
    let mut packed = packed.iter().copied();
    let high = u16::from(packed.next()?) << 8;
    let mut units = Vec::new();
    'flags: while let Some(flags) = packed.next() {
        for shift in [6, 4, 2, 0] {
            let Some(byte) = packed.next() else { break 'flags };
            match (flags >> shift) & 3 {
                0 => units.push(byte.into()),
                1 => units.push(high | u16::from(byte)),
                2 => units.push(u16::from(byte) | u16::from(packed.next()?) << 8),
                _ => {
                    let (correction, high) = if byte & 0x80 != 0 { (packed.next()?, high) } else { (0, 0) };
                    for _ in 0..(byte & 0x7f) + 2 {
                        let same = legacy.get(units.len())?;
                        units.push(high | u16::from(same.wrapping_add(correction)));
                    }
                }
            }
        }
    }
    Some(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unpacked() {
        // As they are, with the high byte, both bytes, and a run of two.
        let packed = [0x04, 0b0001_1011, b'a', 0x1f, 0xac, 0x20, 0x00];
        let unpacked = unpack(b"????", &packed[..6]);
        assert_eq!(unpacked, Some(vec![0x61, 0x041f, 0x20ac]));
        assert_eq!(name(b"xyzde\0\x04\x1ba\x1f\xac\x20\x00", true), "aП€de");
        assert_eq!(name(b"folder\\file.txt", false), "folder/file.txt");
        assert_eq!(name(b"..\\..\\up.txt", false), "_/_/up.txt");
        assert_eq!(name("Ünï.txt".as_bytes(), true), "Ünï.txt");
        assert_eq!(name(b"\x81.txt", false), "ü.txt");
        // A run that is longer than the legacy name.
        assert_eq!(name(b"ab\0\x04\xc0\x7f", true), "ab");
    }
}
