//! Entries that share bytes: bombs that never grow out of proportion, as each entry is the archive.

/// A local header has 30 bytes, and a name and extra fields besides.
const HEADER: u64 = 30;

/// Where entries are.
#[derive(Default)]
pub(super) struct Extents(Vec<(u64, u64, usize)>);

impl Extents {
    /// Adds an entry by its index: its local header, and the least that follows.
    pub fn add(&mut self, index: usize, start: u64, behind: u64) {
        self.0.push((start, start.saturating_add(HEADER).saturating_add(behind), index));
    }

    /// The indices of those that share bytes with others, in order.
    pub fn overlapping(mut self) -> Vec<usize> {
        self.0.sort_unstable();
        let mut shared = Vec::new();
        let mut last: Option<(u64, usize)> = None;
        for (start, end, index) in self.0 {
            if let Some((reached, owner)) = last
                && start < reached
            {
                shared.extend([owner, index]);
            }
            if last.is_none_or(|(reached, _)| end > reached) {
                last = Some((end, index));
            }
        }
        shared.sort_unstable();
        shared.dedup();
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_share_bytes_are_told() {
        let mut extents = Extents::default();
        for (index, (start, behind)) in
            [(0, 10), (40, 100), (170, 5), (100, 0), (500, u64::MAX)].into_iter().enumerate()
        {
            extents.add(index, start, behind);
        }
        assert_eq!(extents.overlapping(), [1, 3]);
    }
}
