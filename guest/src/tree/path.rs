//! Paths relative to a root: UTF-8, separated by `/`, the root itself being empty.

/// `folder/name`, or `name` in the root.
pub fn join(folder: &str, name: &str) -> String {
    let mut path = String::with_capacity(folder.len() + 1 + name.len());
    append(&mut path, folder, name);
    path
}

/// Writes `folder/name`, or `name` in the root, behind a text.
pub fn append(text: &mut String, folder: &str, name: &str) {
    if !folder.is_empty() {
        text.push_str(folder);
        text.push('/');
    }
    text.push_str(name);
}

/// The folder that a path is in, and its last component.
pub fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// An absolute path without `.` and `..`, taken as text; `None` if it climbs above its beginning.
pub fn normal(path: &str) -> Option<String> {
    let mut components: Vec<&str> = Vec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => _ = components.pop()?,
            name => components.push(name),
        }
    }
    Some(format!("/{}", components.join("/")))
}

/// Whether a path says by itself that it leads out of its root, or is not of the agreed form. The
/// sandbox refuses such paths too; this is for a clear answer.
pub fn leaves_root(path: &str) -> bool {
    !path.is_empty() && path.split('/').any(|component| matches!(component, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_split_at_the_last_component() {
        assert_eq!(join("", "a"), "a");
        assert_eq!(join("a/b", "c"), "a/b/c");
        assert_eq!(split("a/b/c"), ("a/b", "c"));
        assert_eq!(split("c"), ("", "c"));
    }

    #[test]
    fn what_leaves_the_root_is_seen() {
        for path in ["..", "a/../b", "/a", "a//b", "a/", "./a"] {
            assert!(leaves_root(path), "{path}");
        }
        for path in ["", "a", "a/b", "..a/b..", "..."] {
            assert!(!leaves_root(path), "{path}");
        }
    }
}
