//! Roots that somebody names: which are one folder, and which lie inside each other.
//!
//! The innermost root owns a file. A host says where each place is by its real path; what becomes
//! of them is decided here, once for all hosts (`arrange-roots` in `wit/scan.wit`).

use serde::{Deserialize, Serialize};

use crate::words::{self, filled};

/// The request of `arrange-roots`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Naming {
    /// The folders and files that were named.
    pub given: Vec<Place>,
    /// The roots of a library, oldest first; `None`: there is no library.
    pub known: Option<Vec<Place>>,
}

/// A folder, or a file in it, as a host sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The folder's absolute path, as rows have it.
    pub name: String,
    /// The components of the same path with links followed, where that could be found out.
    pub way: Vec<String>,
    /// What no other folder of the system has, whatever its name.
    pub identity: Option<String>,
    /// Whether it is a folder that can be seen now.
    pub is_there: bool,
    /// The names of files in it that are meant; `None`: the folder itself.
    pub files: Option<Vec<String>>,
}

/// What is to be scanned, and how.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrangement {
    /// The roots: in the order in which they were named, then those of the library inside them.
    pub roots: Vec<ArrangedRoot>,
    /// Folders that become roots, or parts of one, with all that a library has of them.
    pub adopted: Vec<Adopted>,
    /// What people should know.
    pub notices: Vec<RootNotice>,
    /// Files that are in no root of the library: each its folder and its name.
    pub strangers: Vec<(String, String)>,
}

/// One root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrangedRoot {
    /// Its name.
    pub name: String,
    /// The paths of files that are meant; `None`: all that is there.
    pub files: Option<Vec<String>>,
    /// The folders in it that are roots of their own.
    pub inside: Vec<String>,
}

/// A folder of another root becomes a root: the parameters of the statement `adopt`. In JSON an
/// array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(String, String, String)", into = "(String, String, String)")]
pub struct Adopted {
    /// The root that has the rows.
    pub from: String,
    /// The folder in it; empty: the other root is the same folder.
    pub folder: String,
    /// The root that gets them.
    pub root: String,
}

/// Something about a root that people should know. In JSON an array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(String, String, String)", into = "(String, String, String)")]
pub struct RootNotice {
    /// `root-inside`: it lies inside another one. `same-root`: it has another name as well.
    /// `root-gone`: the library has it inside a root that is synced, and it is not there.
    pub kind: String,
    /// The root.
    pub root: String,
    /// What is to be said of it.
    pub detail: String,
}

impl Place {
    /// Whether both are the same folder.
    fn is(&self, other: &Self) -> bool {
        match (&self.identity, &other.identity) {
            (Some(own), Some(other)) => own == other,
            _ => self.way == other.way,
        }
    }

    /// The way from another folder to this one, if it lies inside.
    fn inside(&self, outer: &Self) -> Option<String> {
        let below = self.way.strip_prefix(outer.way.as_slice())?;
        (!below.is_empty() && !self.is(outer)).then(|| below.join("/"))
    }

    /// What the paths of this folder's files begin with in a root that is the folder, or lies
    /// around it.
    fn beginning_in(&self, root: &Self) -> Option<String> {
        if self.is(root) { Some(String::new()) } else { self.inside(root).map(|folder| folder + "/") }
    }
}

impl Naming {
    /// What is to be scanned.
    ///
    /// ```
    /// use mt_scanner_contract::roots::{Naming, Place};
    ///
    /// let place = |path: &str| Place {
    ///     name: path.into(),
    ///     way: path.split('/').map(str::to_owned).collect(),
    ///     identity: None,
    ///     is_there: true,
    ///     files: None,
    /// };
    /// let naming = Naming { given: vec![place("/music"), place("/music/jazz")], known: None };
    /// let arranged = naming.arranged();
    /// assert_eq!(arranged.roots[0].inside, ["jazz"]);
    /// assert_eq!(arranged.notices[0].root, "/music/jazz");
    /// ```
    pub fn arranged(&self) -> Arrangement {
        let mut found = Arrangement::default();
        let known = self.known.as_deref().unwrap_or_default();
        let mut whole = self.folders(&mut found);
        self.bring_along(&mut whole, &mut found);
        let parts = self.files(&whole, &mut found);
        if self.known.is_some() {
            let left = known.iter().filter(|known| whole.iter().any(|root| known.inside(root).is_some()));
            let parts = parts.iter().map(|(root, _)| *root);
            found.adopted = adopted(whole.iter().copied().chain(parts).chain(left), known);
        }
        let named: Vec<&Place> = whole.iter().copied().chain(known).collect();
        for root in &whole {
            let mut inside: Vec<String> = named.iter().filter_map(|other| other.inside(root)).collect();
            inside.sort();
            inside.dedup();
            found.roots.push(ArrangedRoot { name: root.name.clone(), files: None, inside });
            if let Some(outer) = innermost(named.iter().copied().filter(|outer| root.inside(outer).is_some())) {
                let detail = filled(words::NOTICE_ROOT_INSIDE, &[("outer", &outer.name)]);
                found.notices.push(RootNotice { kind: "root-inside".into(), root: root.name.clone(), detail });
            }
        }
        let files = |(root, files): (&Place, _)| ArrangedRoot {
            name: root.name.clone(),
            files: Some(files),
            inside: Vec::new(),
        };
        found.roots.extend(parts.into_iter().map(files));
        found
    }

    /// The files that were named, by the innermost root around them. One in a folder that is
    /// scanned whole is scanned there.
    fn files<'a>(&'a self, whole: &[&'a Place], found: &mut Arrangement) -> Vec<(&'a Place, Vec<String>)> {
        let known = self.known.as_deref().unwrap_or_default();
        let mut parts: Vec<(&Place, Vec<String>)> = Vec::new();
        for place in &self.given {
            let Some(files) = &place.files else { continue };
            let named = whole.iter().copied().chain(known);
            let root = match innermost(named.filter(|root| place.beginning_in(root).is_some())) {
                Some(root) if whole.iter().any(|whole| whole.is(root)) => continue,
                Some(root) => root,
                None if self.known.is_some() => {
                    found.strangers.extend(files.iter().map(|file| (place.name.clone(), file.clone())));
                    continue;
                }
                None => place,
            };
            let beginning = place.beginning_in(root).unwrap_or_default();
            let paths = files.iter().map(|file| format!("{beginning}{file}"));
            match parts.iter_mut().find(|(part, _)| part.is(root)) {
                Some((_, part)) => part.extend(paths),
                None => parts.push((root, paths.collect())),
            }
        }
        for (_, paths) in &mut parts {
            paths.sort();
            paths.dedup();
        }
        parts
    }

    /// The folders that were named, each once and by the name that the library has for it.
    fn folders(&self, found: &mut Arrangement) -> Vec<&Place> {
        let mut whole: Vec<&Place> = Vec::new();
        for place in self.given.iter().filter(|place| place.files.is_none()) {
            let known = self.known.iter().flatten().find(|known| known.is(place));
            let seen = whole.iter().find(|other| other.is(place)).copied();
            let root = seen.or(known).unwrap_or(place);
            if root.name != place.name {
                let detail = filled(words::NOTICE_SAME_ROOT, &[("other", &place.name)]);
                found.notices.push(RootNotice { kind: "same-root".into(), root: root.name.clone(), detail });
            }
            if seen.is_none() {
                whole.push(root);
            }
        }
        whole
    }

    /// Adds the library's roots that lie inside those that were named: who asks for a folder asks
    /// for all that is in it. One that is not there is left as it is.
    fn bring_along<'a>(&'a self, whole: &mut Vec<&'a Place>, found: &mut Arrangement) {
        let named = whole.len();
        for known in self.known.iter().flatten() {
            if whole.iter().any(|root| root.is(known))
                || !whole[..named].iter().any(|root| known.inside(root).is_some())
            {
                continue;
            }
            if known.is_there {
                whole.push(known);
            } else {
                let (kind, detail) = ("root-gone".into(), words::ROOT_NOT_FOUND.to_owned());
                found.notices.push(RootNotice { kind, root: known.name.clone(), detail });
            }
        }
    }
}

/// What roots get from others of the library: from the same folder by another name, and from the
/// roots around them. The innermost takes first.
fn adopted<'a>(roots: impl Iterator<Item = &'a Place>, known: &[Place]) -> Vec<Adopted> {
    let mut roots: Vec<&Place> = roots.collect();
    roots.sort_by_key(|root| std::cmp::Reverse(root.way.len()));
    roots.dedup_by(|one, other| one.is(other));
    let mut adopted = Vec::new();
    for root in roots {
        for from in known.iter().filter(|from| from.name != root.name) {
            let folder = if from.is(root) { Some(String::new()) } else { root.inside(from) };
            if let Some(folder) = folder {
                adopted.push(Adopted { from: from.name.clone(), folder, root: root.name.clone() });
            }
        }
    }
    adopted
}

/// The innermost of places around another: the one with the longest way, and of several the first.
fn innermost<'a>(places: impl Iterator<Item = &'a Place>) -> Option<&'a Place> {
    places.reduce(|best, other| if other.way.len() > best.way.len() { other } else { best })
}

impl From<(String, String, String)> for Adopted {
    fn from((from, folder, root): (String, String, String)) -> Self {
        Self { from, folder, root }
    }
}

impl From<Adopted> for (String, String, String) {
    fn from(Adopted { from, folder, root }: Adopted) -> Self {
        (from, folder, root)
    }
}

impl From<(String, String, String)> for RootNotice {
    fn from((kind, root, detail): (String, String, String)) -> Self {
        Self { kind, root, detail }
    }
}

impl From<RootNotice> for (String, String, String) {
    fn from(RootNotice { kind, root, detail }: RootNotice) -> Self {
        (kind, root, detail)
    }
}

#[cfg(test)]
mod tests;
