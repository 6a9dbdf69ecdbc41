//! Folders and files, and what becomes of them.

use super::*;

fn folder(path: &str) -> Place {
    let way = path.split('/').map(str::to_owned).collect();
    Place { name: path.into(), way, identity: Some(path.into()), is_there: true, files: None }
}

/// A link to a folder.
fn link(path: &str, to: &str) -> Place {
    Place { name: path.into(), ..folder(to) }
}

fn files(path: &str, names: &[&str]) -> Place {
    Place { files: Some(names.iter().map(|&name| name.into()).collect()), ..folder(path) }
}

fn arranged(given: Vec<Place>, known: Option<Vec<Place>>) -> Arrangement {
    Naming { given, known }.arranged()
}

/// A root: its name, files, and folders that are roots of their own.
type Seen<'a> = (&'a str, Option<Vec<&'a str>>, Vec<&'a str>);

fn roots(arrangement: &Arrangement) -> Vec<Seen<'_>> {
    arrangement
        .roots
        .iter()
        .map(|root| {
            let files = root.files.as_ref().map(|files| files.iter().map(String::as_str).collect());
            (root.name.as_str(), files, root.inside.iter().map(String::as_str).collect())
        })
        .collect()
}

fn adopted(arrangement: &Arrangement) -> Vec<[&str; 3]> {
    arrangement.adopted.iter().map(|Adopted { from, folder, root }| [from.as_str(), folder, root]).collect()
}

fn notices(arrangement: &Arrangement) -> Vec<[&str; 2]> {
    arrangement.notices.iter().map(|notice| [notice.kind.as_str(), &notice.root]).collect()
}

#[test]
fn a_folder_under_two_names_is_one_root_by_the_first() {
    let found = arranged(vec![folder("/m"), link("/l", "/m"), folder("/m")], None);
    assert_eq!(roots(&found), [("/m", None, vec![])]);
    assert_eq!(found.notices[0].detail, "/l is the same folder, and no root of its own");
    assert_eq!(notices(&found), [["same-root", "/m"]]);
}

#[test]
fn two_folders_with_one_way_are_told_apart_and_one_with_two_ways_is_known() {
    let there = |way: &str, identity: Option<&str>| Place { identity: identity.map(str::to_owned), ..folder(way) };
    let same = [there("/c/Music", Some("7")), Place { name: "/c/music".into(), ..there("/c/music", Some("7")) }];
    assert_eq!(arranged(same.to_vec(), None).roots.len(), 1);
    assert_eq!(arranged(vec![there("/a", None), there("/b", None), there("/a", None)], None).roots.len(), 2);
}

#[test]
fn the_library_has_the_name() {
    let found = arranged(vec![link("/l", "/m")], Some(vec![folder("/m")]));
    assert_eq!((roots(&found), adopted(&found)), (vec![("/m", None, vec![])], vec![]));
    let twice = arranged(vec![link("/l", "/m")], Some(vec![link("/l", "/m"), folder("/m")]));
    assert_eq!((roots(&twice), adopted(&twice)), (vec![("/l", None, vec![])], vec![["/m", "", "/l"]]));
}

#[test]
fn roots_inside_roots_are_left_out_of_those_around_them() {
    let found = arranged(vec![folder("/m"), folder("/m/a/b"), link("/l", "/m/a"), folder("/more")], None);
    let expected =
        [("/m", None, vec!["a", "a/b"]), ("/m/a/b", None, vec![]), ("/l", None, vec!["b"]), ("/more", None, vec![])];
    assert_eq!(roots(&found), expected);
    assert_eq!(notices(&found), [["root-inside", "/m/a/b"], ["root-inside", "/l"]]);
    assert!(found.notices[0].detail.contains("/l"), "the nearest one around it");
}

#[test]
fn roots_of_the_library_come_along_and_take_what_is_theirs() {
    let known = vec![folder("/m"), folder("/m/a/b"), folder("/other"), folder("/m/a")];
    let found = arranged(vec![folder("/m")], Some(known.clone()));
    let expected = [("/m", None, vec!["a", "a/b"]), ("/m/a/b", None, vec![]), ("/m/a", None, vec!["b"])];
    assert_eq!(roots(&found), expected);
    let order = [["/m", "a/b", "/m/a/b"], ["/m/a", "b", "/m/a/b"], ["/m", "a", "/m/a"]];
    assert_eq!(adopted(&found), order);
    let inner = arranged(vec![folder("/m/a/b")], Some(known));
    assert_eq!(roots(&inner), [("/m/a/b", None, vec![])]);
    assert_eq!(adopted(&inner), order[..2]);
}

#[test]
fn a_root_of_the_library_that_is_not_there_stays_at_home() {
    let gone = Place { is_there: false, identity: None, ..folder("/m/a") };
    let found = arranged(vec![folder("/m")], Some(vec![gone]));
    assert_eq!(roots(&found), [("/m", None, vec!["a"])]);
    assert!(found.adopted.is_empty(), "the library has nothing of the other root");
    assert_eq!(notices(&found), [["root-gone", "/m/a"]]);
}

#[test]
fn files_of_a_folder_are_one_root() {
    let found = arranged(vec![files("/m", &["b", "a"]), link("/l", "/n"), files("/m", &["a", "c"])], None);
    assert_eq!(roots(&found), [("/l", None, vec![]), ("/m", Some(vec!["a", "b", "c"]), vec![])]);
}

#[test]
fn a_file_in_a_folder_that_is_scanned_is_scanned_there() {
    let found = arranged(vec![files("/m/a", &["x"]), folder("/m"), files("/m", &["y"])], None);
    assert_eq!(roots(&found), [("/m", None, vec![])]);
}

#[test]
fn a_file_is_in_the_innermost_root_of_the_library() {
    let known = vec![folder("/m"), folder("/m/a")];
    let given = vec![files("/m/a/b", &["x"]), files("/m", &["y"]), files("/m/c", &["z"])];
    let found = arranged(given, Some(known));
    assert_eq!(roots(&found), [("/m/a", Some(vec!["b/x"]), vec![]), ("/m", Some(vec!["c/z", "y"]), vec![])]);
    assert!(found.strangers.is_empty() && found.notices.is_empty());
}

#[test]
fn a_file_in_no_root_of_the_library_is_a_stranger() {
    let found = arranged(vec![files("/n", &["x"]), folder("/m")], Some(Vec::new()));
    assert_eq!(found.strangers, [("/n".into(), "x".into())]);
    assert_eq!(roots(&found), [("/m", None, vec![])]);
}
