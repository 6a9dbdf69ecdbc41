//! The names of outcomes.

use std::fmt;
use std::str::FromStr;

use crate::Outcome;

/// The text is no outcome of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownOutcome(String);

impl fmt::Display for UnknownOutcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is no outcome", self.0)
    }
}

impl std::error::Error for UnknownOutcome {}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Outcome {
    type Err = UnknownOutcome;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name).ok_or_else(|| UnknownOutcome(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_written_as_the_contract_names_it() {
        assert_eq!(serde_json::to_string(&Outcome::WrongExtension).unwrap(), r#""wrong-extension""#);
        for outcome in Outcome::ALL {
            assert_eq!(outcome.name().parse(), Ok(outcome));
        }
        assert!("wrong extension".parse::<Outcome>().is_err());
        assert!(serde_json::from_str::<Outcome>(r#""fine""#).is_err());
    }
}
