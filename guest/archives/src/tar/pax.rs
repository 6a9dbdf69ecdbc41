//! The records of an extended header: `28 path=a long name\n`.

use crate::name;

/// What extended headers say of the entry behind them.
#[derive(Default)]
pub(super) struct Extended {
    pub name: Option<String>,
    pub size: Option<u64>,
    pub is_sparse: bool,
}

/// Takes what matters; what is no record ends them.
pub(super) fn read(bytes: &[u8], extended: &mut Extended) {
    let mut rest = bytes;
    while let Some((key, value, behind)) = record(rest) {
        match key {
            b"path" => extended.name = Some(name::utf8(value)),
            b"size" => extended.size = std::str::from_utf8(value).ok().and_then(|value| value.parse().ok()),
            // Its versions 0.0, 0.1 and 1.0; the last one has the name apart.
            b"GNU.sparse.name" => extended.name = Some(name::utf8(value)),
            _ => {}
        }
        extended.is_sparse |= key.starts_with(b"GNU.sparse.");
        rest = behind;
    }
}

/// The key and the value of the first record, and what is behind it.
fn record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = bytes.iter().take(20).position(|&byte| byte == b' ')?;
    let len: usize = std::str::from_utf8(&bytes[..blank]).ok()?.parse().ok()?;
    let (record, behind) = bytes.split_at_checked(len)?;
    let pair = record.get(blank + 1..)?.strip_suffix(b"\n")?;
    let equals = pair.iter().position(|&byte| byte == b'=')?;
    Some((&pair[..equals], &pair[equals + 1..], behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_by_their_length() {
        let mut extended = Extended::default();
        read(b"14 path=a\nb=c\n12 size=300\n99 path=cut", &mut extended);
        assert_eq!((extended.name.as_deref(), extended.size), (Some("a\u{fffd}b=c"), Some(300)));
        assert!(!extended.is_sparse);
        for none in [&b""[..], b" ", b"0 =\n", b"3 a", b"1 path=x\n", b"99999999999999999999 a=b\n", b"5 ab\n"] {
            assert!(record(none).is_none(), "{none:?}");
        }
    }
}
