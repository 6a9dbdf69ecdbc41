//! Counting and listing: `walkdir` on one thread, `ignore` on several.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ignore::{WalkBuilder, WalkParallel, WalkState};
use walkdir::WalkDir;

use crate::audio::is_audio;

/// `walkdir`, counting.
pub fn count(root: &Path) -> walkdir::Result<usize> {
    WalkDir::new(root).into_iter().try_fold(0, |count, entry| {
        let entry = entry?;
        Ok(count + usize::from(is_audio(entry.file_name()) && entry.file_type().is_file()))
    })
}

/// `walkdir`, collecting paths.
pub fn list(root: &Path) -> walkdir::Result<Vec<PathBuf>> {
    let audio = |entry: &walkdir::DirEntry| is_audio(entry.file_name()) && entry.file_type().is_file();
    WalkDir::new(root)
        .into_iter()
        .filter(|entry| entry.as_ref().map_or(true, audio))
        .map(|entry| entry.map(walkdir::DirEntry::into_path))
        .collect()
}

/// `ignore`, counting; a number for each thread, added up when the thread ends.
pub fn count_in_parallel(root: &Path, threads: usize) -> Result<usize, ignore::Error> {
    struct Tally<'a> {
        own: usize,
        all: &'a AtomicUsize,
    }
    impl Tally<'_> {
        fn add(&mut self, entry: &ignore::DirEntry) {
            self.own += usize::from(is_audio_file(entry));
        }
    }
    impl Drop for Tally<'_> {
        fn drop(&mut self) {
            self.all.fetch_add(self.own, Ordering::Relaxed);
        }
    }

    let all = AtomicUsize::new(0);
    let failure = Mutex::new(None);
    walker(root, threads).run(|| {
        let mut tally = Tally { own: 0, all: &all };
        let failure = &failure;
        Box::new(move |entry| match entry {
            Ok(entry) => {
                tally.add(&entry);
                WalkState::Continue
            }
            Err(error) => stop(failure, error),
        })
    });
    failure.into_inner().unwrap().map_or(Ok(all.into_inner()), Err)
}

/// `ignore`, collecting paths; a list for each thread, put together when the thread ends.
pub fn list_in_parallel(root: &Path, threads: usize) -> Result<Vec<PathBuf>, ignore::Error> {
    struct List<'a> {
        own: Vec<PathBuf>,
        all: &'a Mutex<Vec<PathBuf>>,
    }
    impl Drop for List<'_> {
        fn drop(&mut self) {
            self.all.lock().unwrap().append(&mut self.own);
        }
    }

    let all = Mutex::new(Vec::new());
    let failure = Mutex::new(None);
    walker(root, threads).run(|| {
        let mut list = List { own: Vec::new(), all: &all };
        let failure = &failure;
        Box::new(move |entry| match entry {
            Ok(entry) => {
                if is_audio_file(&entry) {
                    list.own.push(entry.into_path());
                }
                WalkState::Continue
            }
            Err(error) => stop(failure, error),
        })
    });
    failure.into_inner().unwrap().map_or(Ok(all.into_inner().unwrap()), Err)
}

fn walker(root: &Path, threads: usize) -> WalkParallel {
    WalkBuilder::new(root).standard_filters(false).threads(threads).build_parallel()
}

fn is_audio_file(entry: &ignore::DirEntry) -> bool {
    is_audio(entry.file_name()) && entry.file_type().is_some_and(|kind| kind.is_file())
}

fn stop(failure: &Mutex<Option<ignore::Error>>, error: ignore::Error) -> WalkState {
    *failure.lock().unwrap() = Some(error);
    WalkState::Quit
}
