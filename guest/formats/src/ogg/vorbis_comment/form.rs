//! The form of a comment, by which one is known from junk: a length that fits, a key, and an equals
//! sign.

/// The longest key that means something is shorter, in bytes.
pub(super) const KEY: usize = 64;
/// The longest comment that is looked for behind a damaged one, in bytes: pictures are shorter.
const LONGEST: u64 = 16 << 20;

/// A comment up to its equals sign.
pub(super) struct Start {
    /// The length of the whole comment.
    pub len: u64,
    /// Its beginning.
    pub bytes: [u8; KEY + 1],
    /// How much of that there is.
    pub count: usize,
}

impl Start {
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.count]
    }

    /// The key, if this has the form of a comment.
    pub fn key(&self) -> Option<&str> {
        let key = &self.bytes()[..memchr::memchr(b'=', self.bytes())?];
        str::from_utf8(key).ok().filter(|key| key.bytes().all(|byte| (b' '..=b'}').contains(&byte)))
    }

    /// The bytes behind those that were read.
    pub fn rest(&self) -> u64 {
        self.len.saturating_sub(self.count as u64)
    }
}

/// Where in a text whose length is too large the next comment begins.
pub(super) fn swallowed(text: &[u8]) -> Option<usize> {
    memchr::memchr(0, text)?;
    (0..text.len()).find(|&at| has_form(&text[at..]))
}

/// Whether lengths lead from one place to the other, over what is no comment and still has its
/// length.
pub(super) fn leads_to(bytes: &[u8], from: u64, to: usize) -> bool {
    let mut at = usize::try_from(from).unwrap_or(usize::MAX);
    while at < to {
        let Some(len) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) else { return false };
        at = at.saturating_add(4).saturating_add(u32::from_le_bytes(*len) as usize);
    }
    at == to
}

/// Whether these bytes begin with a comment: a length, a key of usual letters, and the equals sign.
pub(super) fn has_form(bytes: &[u8]) -> bool {
    let Some((len, rest)) = bytes.split_first_chunk::<4>() else { return false };
    let len = u64::from(u32::from_le_bytes(*len));
    let usual = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ' | b':');
    let key = rest.iter().take(KEY).take_while(|byte| usual(byte)).count();
    key > 1 && rest.get(key) == Some(&b'=') && (key as u64) < len && len < LONGEST
}
