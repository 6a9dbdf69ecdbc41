//! The bytes of a member that have passed.

/// The end of what has passed that is kept behind the head: parsers look at the last 4 KiB.
const WINDOW: usize = 256 << 10;

/// The head of a member, and the last window before the place that was read last.
pub(crate) struct Kept {
    most: usize,
    head: Vec<u8>,
    window: Vec<u8>,
    window_start: u64,
}

impl Kept {
    /// Keeps a head of at most `most` bytes.
    pub fn new(most: usize) -> Self {
        Self { most, head: Vec::new(), window: Vec::new(), window_start: 0 }
    }

    /// The bytes at `offset` up to `end`, as far as they are kept.
    pub fn get(&self, offset: u64, end: u64) -> &[u8] {
        let head = part(&self.head, 0, offset, end);
        if head.is_empty() { part(&self.window, self.window_start, offset, end) } else { head }
    }

    /// Takes the bytes that pass at `position`.
    pub fn pass(&mut self, position: u64, bytes: &[u8]) {
        let known = (self.head.len() as u64).saturating_sub(position).min(bytes.len() as u64);
        let (mut at, mut rest) = (position + known, &bytes[known as usize..]);
        if at == self.head.len() as u64 {
            let (head, over) = rest.split_at((self.most - self.head.len()).min(rest.len()));
            self.head.extend_from_slice(head);
            (at, rest) = (at + head.len() as u64, over);
        }
        if rest.is_empty() {
            return;
        }
        if at != self.window_start + self.window.len() as u64 {
            self.window.clear();
            self.window_start = at;
        }
        self.window.extend_from_slice(rest);
        if self.window.len() > 2 * WINDOW {
            let over = self.window.len() - WINDOW;
            self.window.drain(..over);
            self.window_start += over as u64;
        }
    }
}

/// What `bytes`, which are those at `start`, have of a range.
fn part(bytes: &[u8], start: u64, offset: u64, end: u64) -> &[u8] {
    let place = |position: u64| usize::try_from(position.saturating_sub(start)).unwrap_or(usize::MAX).min(bytes.len());
    if offset < start { &[] } else { &bytes[place(offset)..place(end).max(place(offset))] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(from: u64, to: u64) -> Vec<u8> {
        (from..to).map(|position| (position % 251) as u8).collect()
    }

    #[test]
    fn the_head_and_the_last_window_are_kept() {
        let mut kept = Kept::new(1000);
        for start in (0..1_000_000).step_by(700) {
            kept.pass(start, &numbered(start, (start + 700).min(1_000_000)));
        }
        assert_eq!(kept.get(0, 10), numbered(0, 10));
        assert_eq!(kept.get(990, 2_000), numbered(990, 1_000));
        assert_eq!(kept.get(996_000, 1_000_000), numbered(996_000, 1_000_000));
        assert!(kept.get(1_000, 1_010).is_empty() && kept.get(500_000, 500_001).is_empty());
        assert!(kept.window.len() <= 2 * WINDOW && kept.head.len() == 1000);
    }

    #[test]
    fn what_passes_again_takes_no_more_room() {
        let mut kept = Kept::new(1000);
        for (start, end) in [(0, 600), (0, 900), (0, 1_300), (1_300, 1_400), (0, 1_100), (5_000, 5_010)] {
            kept.pass(start, &numbered(start, end));
        }
        assert_eq!(kept.get(0, 5_000), numbered(0, 1_000));
        assert_eq!(kept.get(5_000, 6_000), numbered(5_000, 5_010));
        assert!(kept.get(1_050, 1_060).is_empty());
    }
}
