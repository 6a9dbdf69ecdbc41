//! What packets keep to, and which of them do not.

use std::collections::BTreeMap;

use crate::report::{Findings, Kind, Verdict};

/// Rules of a codec at the most.
const RULES: usize = 5;
/// Places where a rule was broken that are kept: more than a report tells of.
const KEPT: usize = 64;

/// Why codes are not as an encoder writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// They end so many bits behind the place where they should.
    Behind(usize),
    /// They end so many bits before it.
    Before(usize),
    /// There is no such code or value.
    Reserved,
    /// They are as no other of the file: there are shorter ones.
    Uneconomic,
}

impl Misfit {
    /// Whether codes that come to this bit should end at that one.
    pub fn of(position: usize, end: usize) -> Result<(), Self> {
        match position {
            _ if position < end => Err(Self::Before(end - position)),
            _ if position > end => Err(Self::Behind(position - end)),
            _ => Ok(()),
        }
    }

    /// Whether a rule that held so often and was broken so often is one of the encoder. Where codes
    /// end elsewhere the decoder loses its way. What is merely unlike the rest might be a whim of
    /// the encoder: it has to be rarer, no more than a single change leads to, and its verdict is
    /// milder.
    fn breaks(self, held: u64, broken: u64) -> bool {
        match self {
            Self::Uneconomic => broken <= 2 && held >= 1000 * broken,
            _ => held >= 100 * broken,
        }
    }

    fn verdict(self) -> Verdict {
        if self == Self::Uneconomic { Verdict::Suspicious } else { Verdict::Damaged }
    }

    fn detail(self) -> String {
        let bits = |count: usize| mt_scanner_contract::text::number(count as u64, "bit");
        match self {
            Self::Behind(count) => format!("its codes end {} behind their place", bits(count)),
            Self::Before(count) => format!("its codes end {} before their place", bits(count)),
            Self::Reserved => "it has a code that there is not".into(),
            Self::Uneconomic => "it is coded as nothing else in this file".into(),
        }
    }
}

/// The rules of a file.
#[derive(Default)]
pub struct Ledger([Rule; RULES]);

#[derive(Default)]
struct Rule {
    held: u64,
    broken: u64,
    /// The first times at which it was broken, in ms, and why.
    first: Vec<(u64, Misfit)>,
}

/// Takes notes on a packet.
pub struct Notes<'a> {
    ledger: &'a mut Ledger,
    ms: u64,
}

impl Notes<'_> {
    /// Notes whether a rule held.
    pub fn note(&mut self, rule: usize, outcome: Result<(), Misfit>) {
        let rule = &mut self.ledger.0[rule];
        match outcome {
            Ok(()) => rule.held += 1,
            Err(misfit) => {
                rule.broken += 1;
                if rule.first.len() < KEPT {
                    rule.first.push((self.ms, misfit));
                }
            }
        }
    }
}

impl Ledger {
    /// For a packet that begins at this time.
    pub fn notes(&mut self, ms: u64) -> Notes<'_> {
        Notes { ledger: self, ms }
    }

    /// How often a rule held, and how often not.
    #[cfg(test)]
    pub fn outcomes(&self, rule: usize) -> (u64, u64) {
        (self.0[rule].held, self.0[rule].broken)
    }

    /// Notes a finding for each packet that does not keep to a rule of the file.
    pub fn judge(&self, findings: &mut Findings) {
        let mut worst = BTreeMap::new();
        for rule in &self.0 {
            for &(ms, misfit) in &rule.first {
                if misfit.breaks(rule.held, rule.broken) {
                    let verdict = worst.entry(ms).or_insert(misfit);
                    if misfit.verdict() > verdict.verdict() {
                        *verdict = misfit;
                    }
                }
            }
        }
        for (ms, misfit) in worst {
            let detail = format!("a packet is not as it was written: {}", misfit.detail());
            findings.at_time(ms, Kind::Decode, misfit.verdict(), detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The verdict on a file that kept to a rule so often, and broke it like this.
    fn judged(held: u64, broken: &[Misfit]) -> Option<Verdict> {
        let mut ledger = Ledger::default();
        (0..held).for_each(|at| ledger.notes(at).note(0, Ok(())));
        (0..).zip(broken).for_each(|(at, misfit)| ledger.notes(at).note(0, Err(*misfit)));
        let mut findings = Findings::default();
        ledger.judge(&mut findings);
        findings.worst()
    }

    #[test]
    fn what_nearly_all_packets_keep_to_is_a_rule_and_nothing_else_is() {
        assert_eq!(judged(99, &[Misfit::Before(7)]), None);
        assert_eq!(judged(100, &[Misfit::Before(7)]), Some(Verdict::Damaged));
        assert_eq!(judged(1000, &[Misfit::Behind(1); 10]), Some(Verdict::Damaged));
        assert_eq!(judged(1000, &[Misfit::Behind(1); 11]), None);
        assert_eq!(judged(999, &[Misfit::Uneconomic]), None);
        assert_eq!(judged(1000, &[Misfit::Uneconomic]), Some(Verdict::Suspicious));
        assert_eq!(judged(2000, &[Misfit::Uneconomic; 2]), Some(Verdict::Suspicious));
        assert_eq!(judged(10_000, &[Misfit::Uneconomic; 3]), None);
        assert_eq!(judged(1000, &[]), None);
    }

    #[test]
    fn a_packet_is_told_of_once_by_the_worst() {
        let mut ledger = Ledger::default();
        for rule in 0..RULES {
            (0..1000).for_each(|at| ledger.notes(at).note(rule, Ok(())));
            ledger.notes(7).note(rule, Err(if rule == 1 { Misfit::Reserved } else { Misfit::Uneconomic }));
        }
        let mut findings = Findings::default();
        ledger.judge(&mut findings);
        assert_eq!(findings.worst(), Some(Verdict::Damaged));
        let (told, more) = findings.into_parts();
        assert_eq!((told.len(), more, told[0].position_ms), (1, 0, Some(7)));
    }
}
