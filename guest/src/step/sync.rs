//! A sync: folders and files, compared with what the library knows of them.

use std::collections::{HashMap, HashSet};

use mt_scanner_contract::{Fingerprint, KnownFile, KnownFolder, Names, Slice};
use wasip2::clocks::wall_clock;

use super::changes::Added;
use super::files::File;
use super::folders::Listed;
use super::links::{Way, one_by_one};
use super::sheets::{back, divided};
use super::{Mode, Run, Work};
use crate::sheets::Applied;
use crate::tree::{ErrorCode, archive_of_folder, join};
use crate::walk::Ignored;

impl Run<'_> {
    /// Whether a folder is done with before it is opened: it has not changed, it is gone, or the
    /// host has to say more.
    pub(super) fn is_settled_from_outside(&mut self, work: &mut Work) -> bool {
        if let Some(trusted) = work.unless_mtime_ns.take() {
            match self.root.trusted(&work.folder, seen(work), now()) {
                Ok(Some(now)) if now == trusted => self.found.folders += 1,
                Err(ErrorCode::NoEntry | ErrorCode::NotDirectory) if !work.folder.is_empty() => {
                    self.found.changes.gone_folder.push(work.folder.clone());
                }
                _ => self.for_the_host.push(std::mem::take(work)),
            }
            return true;
        }
        if work.known.is_none() {
            self.for_the_host.push(std::mem::take(work));
            return true;
        }
        if self.is_archive_as_before(work) {
            return true;
        }
        if work.ignored_by.is_none() {
            match self.patterns_above(work) {
                Some(patterns) => work.ignored_by = Some(patterns.folders()),
                None => {
                    self.found.changes.gone_folder.push(work.folder.clone());
                    return true;
                }
            }
        }
        false
    }

    /// Whether an archive is as the library has it: then it is not opened.
    fn is_archive_as_before(&mut self, work: &Work) -> bool {
        let Some(known) = work.known.as_ref().filter(|known| known.present && known.mtime_ns.is_some()) else {
            return false;
        };
        let is_there = || known.files.iter().flat_map(|(_, known)| known).filter(|known| !known.is_missing());
        if work.after.is_some()
            || archive_of_folder(&work.folder).is_none()
            || is_there().any(KnownFile::is_of_another_reader)
            || self.root.trusted(&work.folder, seen(work), now()) != Ok(known.mtime_ns)
        {
            return false;
        }
        let files = is_there().filter(|known| known.is_file()).count() as u64;
        self.found.folders += 1;
        self.found.files += files;
        self.found.changes.unchanged += files;
        true
    }

    /// The patterns above a folder that the host has named; `None` if a scan from the root would
    /// not come to it. Finds out how it is reached.
    fn patterns_above(&mut self, work: &mut Work) -> Option<Ignored> {
        let patterns = match work.folder.as_str() {
            "" => return Some(Ignored::default()),
            folder => self.reach.patterns_above(&self.root, folder, true)?,
        };
        if let Some((links @ 1.., place)) = self.root.way_to(&work.folder) {
            if !self.walking.follow_links.any() || !self.adds(&place, true) {
                return None;
            }
            (work.links, work.place) = (links, Some(place));
        }
        Some(patterns)
    }

    /// A folder could not be opened or listed. True if that only means that it is not there any
    /// more.
    pub(super) fn is_gone(&mut self, path: &str, code: ErrorCode) -> bool {
        let gone = self.is_sync()
            && match code {
                ErrorCode::NoEntry | ErrorCode::NotDirectory => true,
                // In its place is a link out of the root: that is told where the folder above is
                // listed.
                ErrorCode::NotPermitted => self.root.is_link(path),
                _ => false,
            };
        if gone {
            self.found.changes.gone_folder.push(path.to_owned());
        }
        gone
    }

    /// Compares a folder's listing, or a page of it, with what is known of it. Gives its files for
    /// reading, and its links that are held back, each alone.
    pub(super) fn compare(
        &mut self,
        listed: &Listed<'_>,
        known: &KnownFolder,
        files: Names,
        folders: &Names,
        links: Names,
    ) -> (Vec<Slice>, Vec<Slice>) {
        self.compare_itself(listed, known);
        let changes = &mut self.found.changes;
        if !known.folders.is_empty() {
            let there: HashSet<&str> = folders.iter().chain(links.iter()).collect();
            let gone = known.folders.iter().filter(|name| listed.covers(name) && !there.contains(name.as_str()));
            changes.gone_folder.extend(gone.map(|name| join(listed.path, name)));
        }
        let mut in_the_library: HashMap<&str, Vec<KnownFile>> = HashMap::new();
        for (name, known) in known.files.iter().filter(|(name, _)| listed.covers(name)) {
            in_the_library.entry(name).or_default().extend_from_slice(known);
        }
        let mut known = |name: &str| in_the_library.remove(name).unwrap_or_default();
        let there = (Slice::of(files, &mut known), one_by_one(links, known));
        let gone = in_the_library.into_values().flatten().filter(|known| !known.is_missing());
        changes.gone.extend(gone.map(|known| known.id));
        there
    }

    /// Compares what is known of a folder beside its files and folders, on its first page.
    pub(super) fn compare_itself(&mut self, listed: &Listed<'_>, known: &KnownFolder) {
        let &Listed { path, trusted, after, .. } = listed;
        if after.is_some() {
            return;
        }
        let changes = &mut self.found.changes;
        if known.new || !known.present || known.mtime_ns.is_none() || known.mtime_ns != trusted {
            changes.need_folder(path);
            changes.listed.extend(trusted.map(|mtime| (path.to_owned(), mtime)));
        }
        if known.problems {
            changes.forget_folder_problems.push(path.to_owned());
        }
    }

    /// Hands folders that were found to the host, which says what is known of them; in a quick sync
    /// only those that it does not hand in by itself.
    pub(super) fn leave_folders(
        &mut self,
        path: &str,
        way: &Way,
        known: &KnownFolder,
        names: &Names,
        ignored_by: &[String],
    ) {
        let by_itself: HashSet<&str> = match self.mode {
            Mode::Sync { deep: false } => known.folders.iter().map(String::as_str).collect(),
            _ => HashSet::new(),
        };
        let left = names.iter().rev().filter(|name| !by_itself.contains(name));
        self.for_the_host
            .extend(left.map(|name| way.deeper(name).to(Work::folder(join(path, name), Some(ignored_by.to_vec())))));
    }

    /// Compares a file with what is known of it, and reads it if it differs, or if what is known
    /// comes from another reader.
    pub(super) fn sync_file(&mut self, file: &File<'_>, of_library: &[KnownFile], sheet: Option<&Applied<'_>>) {
        let &File { open, folder, name, mut seen, blind } = file;
        let known = of_library;
        let mut as_it_was = None;
        if !known.is_empty() {
            if seen.is_none() {
                match self.root.stat_in(&open.place, folder, name) {
                    // None if it is no file any more.
                    Ok(stat) => seen = stat.of_file(),
                    Err(ErrorCode::NoEntry) => {
                        let gone = known.iter().filter(|known| !known.is_missing());
                        self.found.changes.gone.extend(gone.map(|known| known.id));
                        return;
                    }
                    // Opening it will say why.
                    Err(_) => {}
                }
            }
            as_it_was = seen.and_then(|seen| as_before(known, &seen));
            if let (Some(file), Some(seen)) = (as_it_was, seen) {
                let changes = &mut self.found.changes;
                if file.is_missing() {
                    changes.restored.push(file.id);
                }
                let tracks = if file.is_of_another_reader() { None } else { back(file, known, seen, sheet) };
                if let Some(tracks) = tracks {
                    changes.unchanged += u64::from(!file.is_missing());
                    return changes.restored.extend(tracks);
                }
            }
        }
        let known = as_it_was.or_else(|| known.iter().find(|known| known.is_file() && !known.is_missing()));
        let inspection = match self.read(&File { seen, ..*file }) {
            Ok(inspection) => inspection,
            Err(problem) => return self.found.problems.push(problem),
        };
        let changes = &mut self.found.changes;
        if known.is_some() {
            changes.forget_file_problems.push(inspection.found.track.path.clone());
        }
        self.found.problems.extend(inspection.found.problems);
        let mut track = inspection.found.track;
        if let Some(known) = known.filter(|_| !inspection.opened && (as_it_was.is_some() || !blind)) {
            // What is known of it stays. If it has changed the next sync tries again; another
            // reader is no reason to.
            changes.unreadable.extend(known.is_of_another_reader().then_some(known.id));
            return;
        }
        let rows = self.tracks_of(sheet, inspection.sheet.as_ref(), &mut track);
        self.found.read += 1;
        let changes = &mut self.found.changes;
        let fingerprint = Fingerprint::from(&track);
        let settled = fingerprint.is_settled(now());
        let mut keeps = true;
        match known {
            // It was read for its tracks alone.
            Some(known)
                if as_it_was.is_some() && !known.is_of_another_reader() && divided(of_library) == rows.len() =>
            {
                changes.unchanged += u64::from(!known.is_missing());
            }
            Some(known) if as_it_was.is_some() || is_same_audio(&known.audio_key, &track.audio_key) => {
                if known.is_of_another_reader() && known.fingerprint.is_like(&fingerprint) {
                    changes.reread.push(known.id);
                }
                changes.settled.push((known.id, settled));
                changes.modified.push((track, known.id));
            }
            other => {
                keeps = false;
                changes.replaced.extend(other.map(|known| known.id));
                changes.need_folder(folder);
                changes.added.push(Added { track, folder: folder.len(), settled });
            }
        }
        self.sync_tracks(rows, of_library, folder, keeps);
    }
}

/// The track whose file is as it was: the one that is there, else one that is missing.
fn as_before<'a>(known: &'a [KnownFile], seen: &Fingerprint) -> Option<&'a KnownFile> {
    let mut files = known.iter().filter(|known| known.is_file());
    let there = files.clone().any(|known| !known.is_missing());
    files.find(|known| known.is(seen)).filter(|known| !(there && known.is_missing()))
}

/// Whether two keys are of the same audio, as far as they say. A file that could not be read keeps
/// its row.
pub(super) fn is_same_audio(old: &Option<String>, new: &Option<String>) -> bool {
    old.is_none() || new.is_none() || old == new
}

/// The time in ns since 1970.
pub(super) fn now() -> i64 {
    let now = wall_clock::now();
    (now.seconds as i64).saturating_mul(1_000_000_000).saturating_add(now.nanoseconds.into())
}

/// What the host has seen of an archive, if it has.
fn seen(work: &Work) -> Option<Fingerprint> {
    work.seen.first().copied().flatten()
}
