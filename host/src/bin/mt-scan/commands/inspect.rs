//! `mt-scan inspect`.

use std::io::{Write, stdout};
use std::path::Path;

use mt_scanner::Scanner;
use serde_json::Value;

use crate::arguments::{Output, Reading, Sandbox};
use crate::done::Done;
use crate::failure::Failure;
use crate::screen::shown;

pub fn run(file: &Path, output: &Output, reading: &Reading, sandbox: &Sandbox) -> Result<Done, Failure> {
    let path = std::path::absolute(file)?;
    let folder = path.parent().unwrap_or(&path);
    let scanner = sandbox.apply(reading.apply(Scanner::builder().root(folder))).build()?;
    let text = scanner.inspect_json(&path)?;
    let found: Value = serde_json::from_str(&text)?;
    let mut out = stdout().lock();
    if output.json {
        writeln!(out, "{text}")?;
    } else {
        show(&mut out, &found)?;
    }
    let problems = found["problems"].as_array().is_some_and(|problems| !problems.is_empty());
    Ok(Done::with(output, problems))
}

fn show(out: &mut impl Write, found: &Value) -> std::io::Result<()> {
    let each = |key: &str| found[key].as_array().into_iter().flatten();
    let text = |value: &Value, key: &str| shown(value[key].as_str().unwrap_or_default()).into_owned();
    if let Some(track) = found["track"].as_object() {
        let width = track.keys().map(String::len).max().unwrap_or(0);
        for (key, value) in track {
            if let Some(value) = plain(value) {
                writeln!(out, "{:width$}  {}", key.replace('_', " "), shown(&value))?;
            }
        }
    }
    for problem in each("problems") {
        writeln!(out, "\n{}: {}", text(problem, "outcome"), text(problem, "detail"))?;
    }
    let mut tags = each("tags").peekable();
    if tags.peek().is_some() {
        writeln!(out, "\ntags as in the file")?;
    }
    for tag in tags {
        writeln!(out, "  {} = {}", text(tag, "key"), text(tag, "value"))?;
    }
    Ok(())
}

/// The value for people; `None` if there is none.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Array(values) if values.is_empty() => None,
        Value::Array(values) => Some(values.iter().filter_map(plain).collect::<Vec<_>>().join("; ")),
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
        other => Some(other.to_string()),
    }
}
