//! What a watch does with events that are hard to come by.

use std::fs;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use notify::event::{EventKind, Flag};
use notify::{Error as NotifyError, ErrorKind, Event};

use super::*;
use crate::library::{Observer, SyncReport};

const PATIENCE: Duration = Duration::from_secs(30);

struct Told(Sender<String>);

impl Observer for Told {}

impl WatchObserver for Told {
    fn synced(&mut self, report: &SyncReport) {
        let SyncReport { added, modified, .. } = report;
        let _ = self.0.send(format!("{added} added, {modified} modified"));
    }

    fn notice(&mut self, notice: Notice<'_>) {
        let _ = self.0.send(notice.name().to_owned());
    }
}

#[test]
fn lost_events_lead_to_a_full_sync_and_a_limit_to_polling() {
    let folder = tempfile::tempdir().expect("a folder");
    let (music, db) = (folder.path().join("music"), folder.path().join("library.db"));
    fs::create_dir(&music).expect("a folder");
    fs::write(music.join("a.mp3"), b"one").expect("a file");
    let (tell, told) = channel();
    let (lend, lent) = channel();
    let root = music.clone();
    let watching = thread::spawn(move || {
        let scanner = Scanner::new(&root).expect("a scanner");
        let library = Library::open(db, &scanner).expect("a library");
        // It polls once an hour: what the test sees is what it feeds.
        let options = WatchOptions::default().poll(true).poll_interval(Duration::from_secs(3600));
        let watch = library.watch(&scanner, options);
        lend.send(watch.inbox.clone()).expect("a test");
        watch.run(&mut Told(tell))
    });
    let inbox = lent.recv().expect("an inbox");
    let next = || told.recv_timeout(PATIENCE).expect("something is told");
    assert_eq!([next(), next()], ["polling", "1 added, 0 modified"]);

    fs::write(music.join("a.mp3"), b"two").expect("a file");
    inbox.put(0, &music, Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
    assert_eq!([next(), next()], ["events-lost", "0 added, 1 modified"]);

    fs::write(music.join("a.mp3"), b"three").expect("a file");
    inbox.put(0, &music, Err(NotifyError::new(ErrorKind::MaxFilesWatch)));
    assert_eq!([next(), next()], ["polling", "0 added, 1 modified"]);

    inbox.stop();
    assert!(watching.join().expect("a thread").is_ok());
}
