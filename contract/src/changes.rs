//! What a sync does with a track.

/// The changes of a sync, as `changes` has them in its column `change`.
pub const CHANGES: [&str; 6] = ["added", "modified", "moved", "missing", "restored", "reread"];
