//! Calls that stall or fail.

use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};

use crate::calls::Call;

/// A fault of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No answer until all stalls are released.
    Stall,
    /// The answer EIO.
    Fail,
}

/// A fault of one kind of call on some paths.
pub struct Rule {
    fault: Fault,
    kind: Kind,
    paths: GlobMatcher,
}

/// Calls as people know them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Look,
    List,
    Open,
    Read,
}

impl Rule {
    /// Parses `CALL=PATTERN`.
    ///
    /// # Errors
    /// Says which part is wrong.
    pub fn parse(text: &str, fault: Fault) -> Result<Self, String> {
        let (kind, pattern) = text.split_once('=').ok_or("expected CALL=PATTERN")?;
        let kind = match kind {
            "look" => Kind::Look,
            "list" => Kind::List,
            "open" => Kind::Open,
            "read" => Kind::Read,
            _ => return Err(format!("no call is named {kind}; there are look, list, open and read")),
        };
        let glob = GlobBuilder::new(pattern).literal_separator(true).build().map_err(|error| error.to_string())?;
        Ok(Self { fault, kind, paths: glob.compile_matcher() })
    }

    /// The fault of a call on a path below the folder, by the first rule that fits.
    pub fn first(rules: &[Self], call: Call, path: &Path) -> Option<Fault> {
        let kind = kind(call)?;
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        rules.iter().find(|rule| rule.kind == kind && rule.paths.is_match(path)).map(|rule| rule.fault)
    }
}

/// The kind that rules know a call by; `None` for calls without rules.
fn kind(call: Call) -> Option<Kind> {
    match call {
        Call::Lookup | Call::Getattr | Call::Readlink => Some(Kind::Look),
        Call::Opendir | Call::Readdir => Some(Kind::List),
        Call::Open => Some(Kind::Open),
        Call::Read => Some(Kind::Read),
        Call::Releasedir | Call::Release | Call::Statfs | Call::Interrupt => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(rule: &str, call: Call, path: &str) -> bool {
        Rule::first(&[Rule::parse(rule, Fault::Stall).unwrap()], call, Path::new(path)).is_some()
    }

    #[test]
    fn a_dot_is_the_folder_itself() {
        assert!(fault("list=.", Call::Readdir, ""));
        assert!(!fault("list=.", Call::Readdir, "a"));
    }

    #[test]
    fn one_star_stays_in_a_folder_and_two_do_not() {
        assert!(fault("read=a/*.mp3", Call::Read, "a/x.mp3"));
        assert!(!fault("read=a/*.mp3", Call::Read, "a/b/x.mp3"));
        assert!(fault("read=**/*.mp3", Call::Read, "a/b/x.mp3"));
    }

    #[test]
    fn a_rule_is_for_its_own_calls() {
        assert!(fault("open=**", Call::Open, "x.mp3"));
        assert!(!fault("open=**", Call::Read, "x.mp3"));
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let rules = [Rule::parse("read=a*", Fault::Fail).unwrap(), Rule::parse("read=*", Fault::Stall).unwrap()];
        assert!(Rule::first(&rules, Call::Read, Path::new("a")) == Some(Fault::Fail));
        assert!(Rule::first(&rules, Call::Read, Path::new("b")) == Some(Fault::Stall));
    }

    #[test]
    fn a_rule_says_what_is_wrong_with_it() {
        let error = |text| Rule::parse(text, Fault::Fail).err().unwrap_or_default();
        assert_eq!(error("read"), "expected CALL=PATTERN");
        assert_eq!(error("write=*"), "no call is named write; there are look, list, open and read");
        assert!(error("read=[").contains('['));
    }
}
