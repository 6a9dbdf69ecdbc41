//! What an instance can do with the files that it is given, and what it cannot.

use std::fs;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::runtime::apart::patiently;
use crate::runtime::calls::{Avoided, Calls, Place as CallPlace};
use crate::runtime::limits::Limits;
use crate::runtime::opened::Opened as OpenedRoots;
use crate::runtime::root::Root;

/// A folder `in` with some files, a file beside it, and a sandbox that is given `in`.
struct Place {
    folder: TempDir,
    sandbox: Sandbox,
    avoided: Arc<Avoided>,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir_all(folder.path().join("in/deep/er")).unwrap();
        fs::write(folder.path().join("in/a.mp3"), b"hello world").unwrap();
        fs::write(folder.path().join("out.mp3"), b"secret").unwrap();
        let root = Root::new(&folder.path().join("in")).unwrap();
        let roots = OpenedRoots::check(&Arc::from([root]), &mut patiently).unwrap().open_roots();
        let avoided = Arc::new(Avoided::default());
        let calls = Arc::new(Calls::new(avoided.clone()));
        let sandbox = Sandbox::new(roots, &Limits::default(), Default::default(), calls);
        Self { folder, sandbox, avoided }
    }

    fn files(&mut self) -> Files<'_> {
        files(&mut self.sandbox)
    }

    fn root(&mut self) -> Descriptor {
        let mut preopens = preopens::Host::get_directories(&mut self.files()).unwrap();
        assert_eq!(preopens.len(), 1);
        preopens.remove(0).0
    }

    fn open(&mut self, path: &str, open: OpenFlags, flags: DescriptorFlags) -> Result<Descriptor, ErrorCode> {
        let root = self.root();
        let opened = self.files().open_at(root, PathFlags::SYMLINK_FOLLOW, path.to_owned(), open, flags);
        opened.map_err(|error| error.downcast().unwrap())
    }

    fn read(&mut self, path: &str) -> Result<Vec<u8>, ErrorCode> {
        let file = self.open(path, OpenFlags::empty(), DescriptorFlags::READ)?;
        Ok(self.files().read(file, 100, 0).map_err(|error| error.downcast().unwrap())?.0)
    }

    fn names(&mut self, folder: Descriptor) -> Vec<String> {
        let entries = self.files().read_directory(folder).unwrap();
        let mut names = Vec::new();
        let borrowed = || Resource::new_borrow(entries.rep());
        while let Some(entry) = self.files().read_directory_entry(borrowed()).unwrap() {
            names.push(entry.name);
        }
        HostDirectoryEntryStream::drop(&mut self.files(), entries).unwrap();
        names.sort();
        names
    }
}

#[test]
fn files_are_read_in_pieces() {
    let mut place = Place::new();
    let file = place.open("a.mp3", OpenFlags::empty(), DescriptorFlags::READ).unwrap();
    let borrowed = || Resource::new_borrow(file.rep());
    assert_eq!(place.files().stat(borrowed()).unwrap().size, 11);
    assert_eq!(place.files().read(borrowed(), 5, 6).unwrap(), (b"world".to_vec(), false));
    assert_eq!(place.files().read(borrowed(), 5, 11).unwrap(), (Vec::new(), true));
    fs::write(place.folder.path().join("in/a.mp3"), b"longer than before").unwrap();
    assert_eq!(place.files().stat(borrowed()).unwrap().size, 18);
}

#[test]
fn a_folder_is_listed_as_often_as_asked() {
    let mut place = Place::new();
    for number in 0..3000 {
        fs::write(place.folder.path().join(format!("in/deep/{number:04} with a rather long name.mp3")), b"").unwrap();
    }
    let folder = place.open("deep", OpenFlags::DIRECTORY, DescriptorFlags::READ).unwrap();
    let first = place.names(Resource::new_borrow(folder.rep()));
    assert_eq!(first.len(), 3001);
    assert_eq!(place.names(Resource::new_borrow(folder.rep())), first);
    let root = place.root();
    assert_eq!(place.names(root), ["a.mp3", "deep"]);
}

#[test]
fn nothing_can_be_written() {
    let mut place = Place::new();
    let refused = Err(ErrorCode::NotPermitted);
    let code = |result: Result<Descriptor, ErrorCode>| result.map(|_| ());
    assert_eq!(code(place.open("a.mp3", OpenFlags::empty(), DescriptorFlags::WRITE)), refused);
    assert_eq!(code(place.open("a.mp3", OpenFlags::TRUNCATE, DescriptorFlags::READ)), refused);
    assert_eq!(code(place.open("new.mp3", OpenFlags::CREATE, DescriptorFlags::READ)), refused);
    assert_eq!(code(place.open("deep", OpenFlags::DIRECTORY, DescriptorFlags::MUTATE_DIRECTORY)), refused);
    let is_refused = |result: FsResult<()>| assert_eq!(result.map_err(|error| error.downcast().unwrap()), refused);
    let root = place.root();
    let root = || Resource::new_borrow(root.rep());
    let mut files = place.files();
    is_refused(files.create_directory_at(root(), "new".into()));
    is_refused(files.remove_directory_at(root(), "deep/er".into()));
    is_refused(files.unlink_file_at(root(), "a.mp3".into()));
    is_refused(files.rename_at(root(), "a.mp3".into(), root(), "b.mp3".into()));
    is_refused(files.symlink_at(root(), "a.mp3".into(), "b.mp3".into()));
    is_refused(files.link_at(root(), PathFlags::empty(), "a.mp3".into(), root(), "b.mp3".into()));
    is_refused(files.set_times_at(root(), PathFlags::empty(), "a.mp3".into(), NewTimestamp::Now, NewTimestamp::Now));
    let file = place.open("a.mp3", OpenFlags::empty(), DescriptorFlags::READ).unwrap();
    let file = || Resource::new_borrow(file.rep());
    is_refused(place.files().set_size(file(), 0));
    is_refused(place.files().write(file(), b"x".to_vec(), 0).map(|_| ()));
    is_refused(place.files().write_via_stream(file(), 0).map(|_| ()));
    is_refused(place.files().append_via_stream(file()).map(|_| ()));
    assert_eq!(place.read("a.mp3").unwrap(), b"hello world");
}

#[test]
fn no_path_leads_out() {
    let mut place = Place::new();
    let outside = place.folder.path().join("out.mp3");
    let mut paths = vec!["../out.mp3", "deep/../../out.mp3", outside.to_str().unwrap(), "..", "/"];
    if cfg!(windows) {
        paths.extend([
            r"..\out.mp3",
            r"deep\..\..\out.mp3",
            r"\out.mp3",
            "C:out.mp3",
            r"\\nas\music\a.mp3",
            r"\\?\C:\out.mp3",
        ]);
    }
    for path in paths {
        assert_eq!(place.read(path), Err(ErrorCode::NotPermitted), "{path}");
        let root = place.root();
        let stat = place.files().stat_at(root, PathFlags::SYMLINK_FOLLOW, path.to_owned());
        assert_eq!(stat.map(|_| ()).map_err(|error| error.downcast().unwrap()), Err(ErrorCode::NotPermitted), "{path}");
    }
    // `..` is no harm by itself.
    assert_eq!(place.read("deep/../a.mp3").unwrap(), b"hello world");
}

#[cfg(unix)]
#[test]
fn no_link_leads_out() {
    use std::os::unix::fs::symlink;
    let mut place = Place::new();
    let inside = place.folder.path().join("in");
    symlink("../out.mp3", inside.join("up.mp3")).unwrap();
    symlink(place.folder.path(), inside.join("absolute")).unwrap();
    symlink("a.mp3", inside.join("good.mp3")).unwrap();
    symlink("round.mp3", inside.join("round.mp3")).unwrap();
    assert_eq!(place.read("up.mp3"), Err(ErrorCode::NotPermitted));
    assert_eq!(place.read("absolute/out.mp3"), Err(ErrorCode::NotPermitted));
    assert_eq!(place.read("good.mp3").unwrap(), b"hello world");
    assert_eq!(place.read("round.mp3"), Err(ErrorCode::Loop));
    let mut kind = |path: &str, how: PathFlags| {
        let root = place.root();
        let stat = place.files().stat_at(root, how, path.to_owned());
        stat.map(|stat| stat.type_).map_err(|error| error.downcast().unwrap())
    };
    assert_eq!(kind("good.mp3", PathFlags::SYMLINK_FOLLOW), Ok(DescriptorType::RegularFile));
    assert_eq!(kind("good.mp3", PathFlags::empty()), Ok(DescriptorType::SymbolicLink));
    assert_eq!(kind("up.mp3", PathFlags::SYMLINK_FOLLOW), Err(ErrorCode::NotPermitted));
    assert_eq!(kind("up.mp3", PathFlags::empty()), Ok(DescriptorType::SymbolicLink));
}

#[cfg(unix)]
#[test]
fn the_time_of_the_last_change_of_status_is_not_that_of_birth() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let mut place = Place::new();
    let file = place.folder.path().join("in/a.mp3");
    symlink("a.mp3", file.with_file_name("link.mp3")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let mut told = |path: &str| {
        let root = place.root();
        let stat = portable::stat_at(&mut place.files(), root, PathFlags::SYMLINK_FOLLOW, path.to_owned()).unwrap();
        stat.status_change_timestamp.map(|time| (time.seconds as i64, i64::from(time.nanoseconds)))
    };
    let status = file.metadata().unwrap();
    assert_eq!(told("a.mp3"), Some((status.ctime(), status.ctime_nsec())));
    // Nobody knows is better than wrong.
    assert_eq!([told("link.mp3"), told("deep/../a.mp3")], [None, None]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_named_pipe_makes_nobody_wait() {
    let mut place = Place::new();
    let pipe = place.folder.path().join("in/pipe.mp3");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
    assert!(place.open("pipe.mp3", OpenFlags::empty(), DescriptorFlags::READ).is_ok());
}

#[test]
fn a_blindfolded_instance_sees_that_a_file_is_there_and_cannot_read_it() {
    let mut place = Place::new();
    place.sandbox.blindfold();
    let file = place.open("a.mp3", OpenFlags::empty(), DescriptorFlags::READ).unwrap();
    assert_eq!(place.files().stat(file).unwrap().size, 11);
    assert_eq!(place.read("a.mp3"), Err(ErrorCode::Io));
}

#[test]
fn a_folder_that_was_not_opened_for_listing_is_a_place_and_may_be_listed_all_the_same() {
    let mut place = Place::new();
    fs::write(place.folder.path().join("in/deep/b.mp3"), b"deep").unwrap();
    let folder = place.open("deep", OpenFlags::DIRECTORY, DescriptorFlags::empty()).unwrap();
    let borrowed = || Resource::new_borrow(folder.rep());
    let files = &mut place.files();
    let file = files.open_at(borrowed(), PathFlags::empty(), "b.mp3".into(), OpenFlags::empty(), DescriptorFlags::READ);
    assert_eq!(files.read(file.unwrap(), 10, 0).unwrap().0, b"deep");
    assert_eq!(files.stat(borrowed()).unwrap().type_, DescriptorType::Directory);
    assert_eq!(place.names(borrowed()), ["b.mp3", "er"]);
}

#[test]
fn what_did_not_answer_cannot_be_asked_again() {
    let mut place = Place::new();
    place.avoided.add(CallPlace { root: 0, path: "a.mp3".into() });
    assert_eq!(place.read("a.mp3"), Err(ErrorCode::Io));
    assert!(place.open("deep", OpenFlags::DIRECTORY, DescriptorFlags::READ).is_ok());
}

#[test]
fn an_instance_opens_a_bounded_number_of_files() {
    let mut place = Place::new();
    let mut opened = Vec::new();
    let refused = loop {
        match place.open("a.mp3", OpenFlags::empty(), DescriptorFlags::READ) {
            Ok(file) => opened.push(file),
            Err(code) => break code,
        }
    };
    assert_eq!((refused, opened.len()), (ErrorCode::Quota, 256));
    HostDescriptor::drop(&mut place.files(), opened.pop().unwrap()).unwrap();
    assert_eq!(place.read("a.mp3").unwrap(), b"hello world");
}

#[test]
fn an_abandoned_instance_calls_nothing() {
    let mut place = Place::new();
    let root = place.root();
    place.sandbox.calls().close();
    let stat = place.files().stat_at(root, PathFlags::empty(), "a.mp3".into());
    assert!(stat.unwrap_err().downcast().is_err(), "a trap, and no error that a component could go on with");
}
