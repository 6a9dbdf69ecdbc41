//! For tests: files of every container, changed by chance in every way that damage comes in. See
//! [`trial::mutated`] for what holds of each.

use std::fs;
use std::path::Path;

use crate::container::Container;
use crate::trial;

/// Fixtures up to this size are taken, in bytes: larger ones have the same structures around
/// larger pictures.
const LARGEST: u64 = 20 * 1024;

/// Whole files of a container, and damaged ones.
fn seeds(container: Container) -> Vec<Vec<u8>> {
    match container {
        Container::Aiff => crate::foreign::aiff::tests::samples(),
        Container::Ape => crate::foreign::monkeys_audio::tests::samples(),
        Container::Musepack => crate::foreign::musepack::tests::samples(),
        Container::WavPack => crate::foreign::wavpack::tests::samples(),
        Container::Adts
        | Container::Asf
        | Container::Flac
        | Container::Mpeg
        | Container::Mp4
        | Container::Ogg
        | Container::Wave => fixtures(container),
    }
}

/// The fixtures whose extension promises a container.
fn fixtures(container: Container) -> Vec<Vec<u8>> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut paths: Vec<_> = ["formats", "malformed"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(fixtures.join(folder)).expect("the fixtures are in the repository"))
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.to_str().and_then(Container::of_extension) == Some(container))
        .filter(|path| path.metadata().is_ok_and(|metadata| metadata.len() <= LARGEST))
        .collect();
    // The order of the filesystem is no order.
    paths.sort();
    let mut files: Vec<_> = paths.iter().map(|path| fs::read(path).expect("a fixture can be read")).collect();
    // Two files in one are a chain of streams, and what careless programs make.
    let joined: Vec<_> =
        files.windows(2).map(|pair| pair.concat()).filter(|both| both.len() <= LARGEST as usize).collect();
    files.extend(joined);
    files
}

macro_rules! drills {
    ($($name:ident $container:ident,)*) => {
        $(
            #[test]
            fn $name() {
                trial::mutated(&seeds(Container::$container), Container::$container as u64);
            }
        )*

        const DRILLED: &[Container] = &[$( Container::$container ),*];
    };
}

// A test each, so that they run side by side.
drills! {
    adts Adts,
    aiff Aiff,
    ape Ape,
    asf Asf,
    flac Flac,
    mpeg Mpeg,
    mp4 Mp4,
    musepack Musepack,
    ogg Ogg,
    wave Wave,
    wavpack WavPack,
}

#[test]
fn every_container_is_drilled_with_files_that_are_one() {
    assert_eq!(DRILLED, Container::ALL);
    for &container in DRILLED {
        let formats: Vec<_> = seeds(container).iter().map(|seed| trial::said(seed).track.format).collect();
        assert!(formats.iter().any(|format| format.as_deref() == Some(container.name())), "{container:?} {formats:?}");
    }
}
