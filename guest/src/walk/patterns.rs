//! Patterns in the syntax of gitignore(5).

use fast_glob::glob_match;

/// The patterns of one file, in its order.
pub struct Patterns(Vec<Pattern>);

struct Pattern {
    /// For the path relative to the file's folder.
    glob: String,
    /// `!`: what an earlier pattern left out is back in.
    negated: bool,
    /// A `/` at the end: folders only.
    folders_only: bool,
}

impl Patterns {
    /// Parses the text of a file. Blank lines and comments are passed over, and so is a byte order
    /// mark.
    pub fn parse(text: &str) -> Self {
        Self(text.trim_start_matches('\u{feff}').lines().filter_map(Pattern::parse).collect())
    }

    /// Whether the patterns leave `path` out; `None` when none of them matches. The last that
    /// matches decides.
    pub fn ignores(&self, path: &str, is_folder: bool) -> Option<bool> {
        self.0.iter().rev().find(|pattern| pattern.matches(path, is_folder)).map(|pattern| !pattern.negated)
    }
}

impl Pattern {
    fn parse(line: &str) -> Option<Self> {
        let line = without_trailing_spaces(line);
        if line.starts_with('#') {
            return None;
        }
        let (negated, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let (folders_only, line) = line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
        if line.is_empty() {
            return None;
        }
        // A slash at the beginning or in the middle ties a pattern to this folder; others match at
        // any depth.
        let glob = match line.strip_prefix('/') {
            Some(rest) => escaped(rest),
            None if line.contains('/') => escaped(line),
            None => format!("**/{}", escaped(line)),
        };
        Some(Self { glob, negated, folders_only })
    }

    fn matches(&self, path: &str, is_folder: bool) -> bool {
        (is_folder || !self.folders_only) && glob_match(&self.glob, path)
    }
}

/// Spaces at the end do not count unless a backslash stands before them.
fn without_trailing_spaces(line: &str) -> &str {
    let trimmed = line.trim_end_matches([' ', '\r']);
    if trimmed.ends_with('\\') && trimmed.len() < line.len() { &line[..=trimmed.len()] } else { trimmed }
}

/// The glob library knows braces and a leading `!` too; gitignore takes these literally.
fn escaped(pattern: &str) -> String {
    let mut glob = String::with_capacity(pattern.len());
    if pattern.starts_with('!') {
        glob.push('\\');
    }
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                glob.push('\\');
                glob.extend(characters.next());
            }
            '{' | '}' => glob.extend(['\\', character]),
            _ => glob.push(character),
        }
    }
    glob
}

#[cfg(test)]
mod tests {
    use super::*;
    use ignore::gitignore::GitignoreBuilder;

    const LINES: &[&str] = &[
        "*.wma",
        "Podcasts/",
        "/Demos",
        "a/b",
        "a/**",
        "**/x",
        "a/**/c",
        "!keep.mp3",
        "\\#1 Hits",
        "\\!bang",
        "# comment",
        "",
        "  ",
        "trailing  ",
        "escaped\\ ",
        "[Bb]ootlegs",
        "track?.mp3",
        "a*c",
        "[!a].mp3",
        "/",
        "*",
        "Été",
        "dir/*.mp3",
        "!a/b",
        "**",
        "foo/**/",
        "/a/*/c/",
    ];

    const PATHS: &[&str] = &[
        "a",
        "b",
        "c",
        "x",
        "a/b",
        "a/b/c",
        "a/x/c",
        "a/c",
        "Podcasts",
        "x/Podcasts",
        "Demos",
        "x/Demos",
        "y.wma",
        "z/y.wma",
        "keep.mp3",
        "k/keep.mp3",
        "#1 Hits",
        "!bang",
        "trailing",
        "trailing  ",
        "escaped ",
        "Bootlegs",
        "bootlegs",
        "track1.mp3",
        "track10.mp3",
        "abc",
        "{a,b}",
        "x{1}",
        "a.mp3",
        "b.mp3",
        "Été",
        "dir/a.mp3",
        "dir/sub/a.mp3",
        "# comment",
        "foo/bar",
        "foo",
    ];

    #[test]
    fn every_pattern_agrees_with_ripgreps_gitignore() {
        for first in LINES {
            for second in LINES {
                let mut builder = GitignoreBuilder::new("");
                builder.add_line(None, first).unwrap();
                builder.add_line(None, second).unwrap();
                let oracle = builder.build().unwrap();
                let ours = Patterns::parse(&format!("{first}\n{second}"));
                for path in PATHS {
                    for is_folder in [true, false] {
                        let expected = oracle.matched(path, is_folder);
                        let expected = (!expected.is_none()).then(|| expected.is_ignore());
                        assert_eq!(
                            ours.ignores(path, is_folder),
                            expected,
                            "{first:?}, {second:?} on {path:?} {is_folder}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn braces_are_literal_as_in_git() {
        let patterns = Patterns::parse("{a,b}");
        assert_eq!(patterns.ignores("{a,b}", false), Some(true));
        assert_eq!(patterns.ignores("a", false), None);
    }
}
