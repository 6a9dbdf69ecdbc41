//! Other components: what is refused before it runs, and what runs.

use std::path::PathBuf;

use mt_scanner::{Error, LoadError, Scanner};

use crate::support::{Folder, plugin};

/// A component that does nothing.
const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

/// `(component (import "..." (instance)))`, in its binary form.
fn importing(name: &str) -> Vec<u8> {
    let types: &[u8] = &[7, 3, 1, 0x42, 0];
    let length = u8::try_from(name.len()).unwrap();
    let import = [&[1, 0, length], name.as_bytes(), &[5, 0]].concat();
    [EMPTY, types, &[10, u8::try_from(import.len()).unwrap()], &import].concat()
}

fn component(folder: &Folder, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("component.wasm");
    std::fs::write(&path, bytes).unwrap();
    path
}

fn load(path: &std::path::Path) -> LoadError {
    match Scanner::builder().component(path).build() {
        Err(Error::Load(error)) => error,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was loaded"),
    }
}

#[test]
fn a_component_that_wants_sockets_is_refused_by_name() {
    let folder = Folder::new();
    let path = component(&folder, &importing("wasi:sockets/tcp@0.2.6"));
    match load(&path) {
        LoadError::ImportRefused { import, component } => {
            assert_eq!(import, "wasi:sockets/tcp@0.2.6");
            assert!(component.ends_with("component.wasm"));
        }
        error => panic!("{error:?}"),
    }
}

#[test]
fn a_component_that_is_no_scanner_is_refused() {
    let folder = Folder::new();
    let clock = importing("wasi:clocks/wall-clock@0.2.6");
    assert!(matches!(load(&component(&folder, &clock)), LoadError::NotAScanner { .. }));
    assert!(matches!(load(&component(&folder, EMPTY)), LoadError::NotAScanner { .. }));
}

#[test]
fn what_is_no_component_is_refused() {
    let folder = Folder::new().file("text.wasm", b"not a component");
    assert!(matches!(load(&component(&folder, b"\0asm\x01\0\0\0")), LoadError::Invalid { .. }));
    assert!(matches!(load(&folder.path().join("text.wasm")), LoadError::Invalid { .. }));
    assert!(matches!(load(&folder.path().join("none.wasm")), LoadError::Unreadable { .. }));
}

#[test]
fn a_scanner_runs_the_component_of_another() {
    let folder = Folder::new().file("one.mod", b"M.K.").file("two.mp3", b"");
    let other = Scanner::builder().component(plugin()).build().unwrap();
    let paths = Scanner::builder().root(folder.path()).component_of(&other).build().unwrap().paths().unwrap();
    assert_eq!(paths.map(Result::unwrap).collect::<Vec<_>>(), [folder.path().join("one.mod")]);
    assert!(Scanner::built_in_component().starts_with(b"\0asm"));
}

#[test]
fn another_scanner_runs_in_the_same_sandbox() {
    let folder = Folder::new()
        .file("a/one.mod", b"M.K.")
        .file("a/two.XM", b"Extended Module")
        .file("a/three.mp3", b"")
        .file("b/c/four.it", b"IMPM");
    for workers in [1, 3] {
        let scanner = Scanner::builder().root(folder.path()).component(plugin()).workers(workers).build().unwrap();
        assert_eq!(scanner.audio_extensions().unwrap(), [".mod", ".xm", ".it", ".s3m"]);
        assert_eq!(scanner.count(None).unwrap(), 3);
        let mut paths: Vec<PathBuf> = scanner.paths().unwrap().map(Result::unwrap).collect();
        paths.sort();
        let expected = ["a/one.mod", "a/two.XM", "b/c/four.it"].map(|path| folder.path().join(path));
        assert_eq!(paths, expected);
        let mut formats: Vec<_> = scanner.scan().unwrap().map(|track| track.unwrap().format.unwrap()).collect();
        formats.sort();
        assert_eq!(formats, ["it", "mod", "xm"]);
    }
}
