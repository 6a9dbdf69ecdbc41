//! What command lines say beside their options, as Rust.

use std::error::Error;
use std::fmt::Write as _;

use serde_json::{Map, Value};

/// Two texts: an exit code or an example, and its meaning.
type Pair = (String, String);

/// The content of `help.json`.
pub struct Help {
    exit_codes: Vec<Pair>,
    /// By command.
    examples: Vec<(String, Vec<Pair>)>,
}

impl Help {
    /// Reads the JSON text.
    pub fn of(text: &str) -> Result<Self, Box<dyn Error>> {
        let mut parts: Map<String, Value> = serde_json::from_str(text)?;
        let mut part = |name: &str| parts.remove(name).ok_or_else(|| format!("help.json has no {name}"));
        let examples: Map<String, Value> = serde_json::from_value(part("examples")?)?;
        Ok(Self {
            exit_codes: serde_json::from_value(part("exit-codes")?)?,
            examples: examples
                .into_iter()
                .map(|(command, lines)| Ok((command, serde_json::from_value(lines)?)))
                .collect::<Result<_, Box<dyn Error>>>()?,
        })
    }

    /// Constants.
    pub fn code(&self) -> String {
        let mut code = "/// Every exit code, and its meaning.\n".to_owned();
        let _ = writeln!(code, "pub const EXIT_CODES: &[(&str, &str)] = &{:?};", self.exit_codes);
        code.push_str("/// For each command, examples behind the name of the program, and what each is for.\n");
        code.push_str("pub const EXAMPLES: &[(&str, &[(&str, &str)])] = &[\n");
        for (command, lines) in &self.examples {
            let _ = writeln!(code, "    ({command:?}, &{lines:?}),");
        }
        code + "];\n"
    }

    /// As JSON, for hosts in other languages.
    pub fn json(&self) -> Value {
        let examples: Map<String, Value> =
            self.examples.iter().map(|(command, lines)| (command.clone(), serde_json::json!(lines))).collect();
        serde_json::json!({"exit_codes": self.exit_codes, "examples": examples})
    }
}
