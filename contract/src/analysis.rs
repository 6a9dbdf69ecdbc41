//! Reports about what the analyser has found, for machines.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::report::Reached;
pub use crate::verdict::Verdict;

impl Verdict {
    /// The verdict of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }

    /// Whether audio is lost: damaged or truncated.
    pub fn is_bad(self) -> bool {
        self >= Self::Truncated
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Verdict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| de::Error::custom(format_args!("{name} is no verdict")))
    }
}

/// Files by their verdict, the worst first.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// Bytes are not as they were written.
    pub damaged: u64,
    /// The end is missing.
    pub truncated: u64,
    /// Something is as no encoder leaves it.
    pub suspicious: u64,
    /// No damage was found, and a changed byte could have gone unseen.
    pub unchecked: u64,
    /// A changed byte would have been seen.
    pub intact: u64,
}

impl Verdicts {
    /// Asks for the number of files of each verdict.
    ///
    /// # Errors
    ///
    /// Those of `count`.
    pub fn counted<E>(count: impl Fn(Verdict) -> Result<u64, E>) -> Result<Self, E> {
        let mut counts = Self::default();
        for verdict in Verdict::ALL {
            *counts.of(verdict) = count(verdict)?;
        }
        Ok(counts)
    }

    /// Adds a file.
    pub fn add(&mut self, verdict: Verdict) {
        *self.of(verdict) += 1;
    }

    /// The numbers of files, the worst first.
    pub fn each(mut self) -> [(Verdict, u64); 5] {
        let mut all = Verdict::ALL;
        all.reverse();
        all.map(|verdict| (verdict, *self.of(verdict)))
    }

    fn of(&mut self, verdict: Verdict) -> &mut u64 {
        match verdict {
            Verdict::Damaged => &mut self.damaged,
            Verdict::Truncated => &mut self.truncated,
            Verdict::Suspicious => &mut self.suspicious,
            Verdict::Unchecked => &mut self.unchecked,
            Verdict::Intact => &mut self.intact,
        }
    }

    /// Whether audio is lost.
    pub fn any_bad(self) -> bool {
        self.damaged + self.truncated > 0
    }
}

/// What is known of a library's audio: the row of the statement `analysis-report`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Its files by their verdict.
    #[serde(flatten)]
    pub verdicts: Verdicts,
    /// Files that could not be analysed.
    pub unreported: u64,
    /// Files whose turn has not come.
    pub left: u64,
}

/// The report of a look at files: the last event.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Examined {
    /// Files that have a report.
    pub files: u64,
    /// Problems.
    pub problems: u64,
    /// The files by their verdict, where damage was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<Verdicts>,
    /// Counts and time.
    pub progress: Reached,
}

/// The report of an analysis of a library.
///
/// ```
/// use mt_scanner_contract::analysis::{Analysed, AnalysedLine, Health};
///
/// let health = Health { left: 3, ..Health::default() };
/// let report = Analysed { analysed: 2, albums: 1, problems: 0, health, progress: Default::default() };
/// let text = serde_json::to_string(&AnalysedLine { report }).unwrap();
/// assert!(text.starts_with(r#"{"report":{"analysed":2,"albums":1,"problems":0,"damaged":0,"#));
/// assert!(text.contains(r#""unreported":0,"left":3,"progress":{"#));
/// ```
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Analysed {
    /// Files that got a report.
    pub analysed: u64,
    /// Albums whose loudness was reckoned.
    pub albums: u64,
    /// Problems.
    pub problems: u64,
    /// What is known of the library now, each a key of its own.
    #[serde(flatten)]
    pub health: Health,
    /// Counts and time.
    pub progress: Reached,
}

/// The same as a JSON line.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct AnalysedLine {
    /// The report.
    pub report: Analysed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_in_order_and_have_one_name_each() {
        assert!(Verdict::ALL.is_sorted());
        assert_eq!(Verdict::ALL.map(Verdict::is_bad), [false, false, false, true, true]);
        for verdict in Verdict::ALL {
            let json = serde_json::to_string(&verdict).unwrap();
            assert_eq!(json, format!("\"{}\"", verdict.name()));
            assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), verdict);
        }
        assert!(serde_json::from_str::<Verdict>("\"fine\"").is_err());
    }

    #[test]
    fn each_verdict_has_a_number_of_its_own_under_its_name() {
        let counts = Verdicts::counted(|verdict| Ok::<_, ()>(verdict as u64)).unwrap();
        for (verdict, count) in counts.each() {
            assert_eq!(serde_json::to_value(counts).unwrap()[verdict.name()], count);
        }
        assert_eq!(counts.each().map(|(_, count)| count), [4, 3, 2, 1, 0]);
    }
}
