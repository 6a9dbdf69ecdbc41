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
    let mut block = None;
    for tag in each("tags") {
        let of = text(tag, "block");
        if block.as_ref() != Some(&of) {
            writeln!(out, "\ntags as in the file: {of}")?;
            block = Some(of);
        }
        writeln!(out, "  {} = {}", text(tag, "key"), text(tag, "value"))?;
    }
    for lyrics in each("lyrics") {
        let about = ["form", "language", "description"].map(|key| text(lyrics, key));
        let about: Vec<String> = about.into_iter().filter(|text| !text.is_empty()).collect();
        writeln!(out, "\nlyrics: {}", about.join(", "))?;
        let words = lyrics["text"].as_str().unwrap_or_default().replace("\r\n", "\n").replace('\r', "\n");
        for line in words.strip_suffix('\n').unwrap_or(&words).split('\n') {
            writeln!(out, "{}", format!("  {}", shown(line)).trim_end())?;
        }
    }
    for (number, chapter) in each("chapters").enumerate() {
        if number == 0 {
            writeln!(out, "\nchapters")?;
        }
        let start = clock(chapter["start_ms"].as_u64().unwrap_or_default());
        writeln!(out, "{}", format!("  {start}  {}", text(chapter, "title")).trim_end())?;
    }
    Ok(())
}

/// A time as `1:02:03.450`.
fn clock(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    format!("{}:{:02}:{:02}.{rest:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
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
