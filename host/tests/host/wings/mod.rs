//! The wings of the crate: which may use which, and that no file uses one that uses it.

mod sources;

use std::collections::BTreeMap;
use std::path::Path;

use sources::{Arrows, Module, arrows, read};

/// Each wing uses those before it. The crate's root is a table of contents, and used by none.
const WINGS: [&str; 5] = ["runtime", "work", "scan", "analysis", "library"];

/// Arrows that run against the order of the wings, in words.
fn against(arrows: &Arrows) -> Vec<String> {
    let place = |module: &Module| WINGS.iter().position(|wing| module.first().is_some_and(|name| name == wing));
    let mut wrong = Vec::new();
    for (file, targets) in arrows.iter().filter(|(file, _)| !file.is_empty()) {
        if place(file).is_none() {
            wrong.push(format!("{} is in no wing", name(file)));
        }
        let refused = targets.iter().filter(|target| place(target).is_none_or(|target| Some(target) > place(file)));
        wrong.extend(refused.map(|target| format!("{} uses {}", name(file), name(target))));
    }
    wrong
}

/// Circles, each as the files along it. A file is in one of them at most.
fn circles(arrows: &Arrows) -> Vec<String> {
    let mut ended: Vec<&Module> = Vec::new();
    let mut circles = Vec::new();
    for file in arrows.keys() {
        follow(arrows, file, &mut Vec::new(), &mut ended, &mut circles);
    }
    circles
}

fn follow<'a>(
    arrows: &'a Arrows,
    file: &'a Module,
    way: &mut Vec<&'a Module>,
    ended: &mut Vec<&'a Module>,
    circles: &mut Vec<String>,
) {
    if let Some(begin) = way.iter().position(|before| *before == file) {
        let files: Vec<String> = way[begin..].iter().chain([&file]).map(|file| name(file)).collect();
        circles.push(files.join(" -> "));
    } else if !ended.contains(&file) {
        way.push(file);
        for target in &arrows[file] {
            follow(arrows, target, way, ended, circles);
        }
        way.pop();
        ended.push(file);
    }
}

fn name(module: &Module) -> String {
    if module.is_empty() { "the crate's root".to_owned() } else { module.join("::") }
}

fn module(path: &str) -> Module {
    path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn of<const N: usize>(sources: [(&str, &str); N]) -> Arrows {
    arrows(&sources.map(|(path, source)| (module(path), source.to_owned())).into())
}

fn targets(arrows: &Arrows, file: &str) -> Vec<String> {
    arrows[&module(file)].iter().map(name).collect()
}

#[test]
fn no_wing_uses_one_that_comes_after_it() {
    let arrows = arrows(&read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));
    for wing in WINGS {
        assert!(arrows.contains_key(&module(wing)), "{wing}");
        assert!(
            arrows[&Module::new()].iter().any(|target| target[0] == wing),
            "{wing} is not in the table of contents"
        );
    }
    assert_eq!(against(&arrows), [""; 0]);
}

#[test]
fn no_file_uses_one_that_uses_it() {
    for folder in ["src", "src/bin/mt-scan"] {
        let arrows = arrows(&read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)));
        assert!(arrows.values().any(|targets| !targets.is_empty()), "{folder}");
        assert_eq!(circles(&arrows), [""; 0], "{folder}");
    }
}

#[test]
fn an_arrow_that_runs_back_up_is_named() {
    let sources = [
        ("", "mod runtime; mod work; pub use work::pool::Job;"),
        ("runtime", "mod engine;"),
        ("runtime::engine", "fn run() { crate::work::pool::start() }"),
        ("work", "pub mod pool;"),
        ("work::pool", "use crate::runtime::engine::Engine; use crate::Job;"),
        ("attic", ""),
    ];
    let wrong = against(&of(sources));
    assert_eq!(wrong, ["attic is in no wing", "runtime::engine uses work::pool", "work::pool uses the crate's root"],);
}

#[test]
fn a_circle_is_named_by_its_files() {
    let sources = [
        ("", "mod a;"),
        ("a", "mod b; mod c; use b::B; struct A;"),
        ("a::b", "use super::c::C;"),
        ("a::c", "mod inner { use super::super::A; } struct C;"),
    ];
    assert_eq!(circles(&of(sources)), ["a -> a::b -> a::c -> a"]);
}

#[test]
fn every_way_to_name_a_module_is_an_arrow() {
    let uses = |source: &str| {
        let sources = [("", ""), ("a", source), ("a::child", ""), ("b", ""), ("b::c", ""), ("d", "")];
        targets(&of(sources), "a")
    };
    for (source, expected) in [
        ("use crate::b::c::Item as _;", vec!["b::c"]),
        ("pub use crate::{b::{self, c::{X, Y}}, d::*};", vec!["b", "b::c", "d"]),
        ("use super::d;", vec!["d"]),
        ("mod tests { use super::super::d::X; use super::*; }", vec!["d"]),
        ("mod child; fn f() { child::run::<u8>() }", vec!["a::child"]),
        ("fn f(x: &crate::b::c::X) {}", vec!["b::c"]),
        ("use crate::X;", vec!["the crate's root"]),
    ] {
        assert_eq!(uses(source), expected, "{source}");
    }
}

#[test]
fn comments_texts_visibilities_and_other_crates_are_no_arrows() {
    let source = r##"
        //! [`crate::b`]
        /* crate::b */
        pub(in crate::b) fn f<'a>(c: char) -> &'a str {
            let _ = ('"', '\'', "crate::b \" crate::b", r#"crate::b " crate::b"#, br"crate::b", std::fs::read);
            crate::d::g()
        }
    "##;
    let sources = BTreeMap::from([("", ""), ("a", source), ("b", ""), ("d", "")]);
    let sources = sources.into_iter().map(|(path, source)| (module(path), source.to_owned())).collect();
    assert_eq!(targets(&arrows(&sources), "a"), ["d"]);
}
