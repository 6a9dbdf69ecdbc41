//! Base64 (RFC 4648, section 4).

/// The bytes of these letters, up to the first that is none. Letters at the end that are no whole
/// byte are left out.
pub(crate) fn decoded(letters: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(letters.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0_u32, 0);
    for value in letters.iter().map_while(|&letter| value(letter)) {
        bits = bits << 6 | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

fn value(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// These bytes in letters.
    pub fn encoded(bytes: &[u8]) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let group = |chunk: &[u8]| {
            let number = (0..3).fold(0, |number, at| number << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
            (0..4).map(move |at| (at, number)).map({
                let len = chunk.len();
                move |(at, number)| match at <= len {
                    true => LETTERS[(number >> (18 - 6 * at) & 63) as usize] as char,
                    false => '=',
                }
            })
        };
        bytes.chunks(3).flat_map(|chunk| group(chunk).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn the_examples_of_the_specification() {
        // RFC 4648, section 10.
        for (bytes, letters) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(decoded(letters.as_bytes()), bytes.as_bytes());
            assert_eq!(encoded(bytes.as_bytes()), letters);
        }
        assert_eq!(decoded(b"Zm9v*mFy"), b"foo");
    }
}
