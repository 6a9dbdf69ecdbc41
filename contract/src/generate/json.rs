//! The contract as JSON.

use serde_json::{Map, Value, json};

use super::{Case, Contract, Record};
use crate::verdict::Verdict;
use crate::{changes, defaults, imports};

impl Contract {
    /// All of it as JSON, for hosts in other languages.
    pub fn json(&self) -> String {
        let cases = |cases: &[Case]| -> Vec<Value> {
            cases.iter().map(|case| json!({"name": case.name, "docs": case.docs})).collect()
        };
        let records: Map<String, Value> =
            self.records.iter().map(|record| (record.name.clone(), record.json())).collect();
        let enums: Map<String, Value> = self
            .enums
            .iter()
            .map(|found| (found.name.clone(), json!({"docs": found.docs, "cases": cases(&found.cases)})))
            .collect();
        let all = json!({
            "version": self.version,
            "records": records,
            "enums": enums,
            "changes": changes::CHANGES,
            "verdicts": Verdict::ALL.map(Verdict::name),
            "errors": cases(&self.errors),
            "words": self.words,
            "help": self.help.json(),
            "defaults": {
                "file_timeout": defaults::FILE_TIMEOUT.as_secs_f64(),
                "listing_timeout": defaults::LISTING_TIMEOUT.as_secs_f64(),
                "memory": defaults::MEMORY,
                "step_milliseconds": defaults::STEP_MILLISECONDS,
                "step_overdue": defaults::STEP_OVERDUE.as_secs_f64(),
                "hang_margin": defaults::HANG_MARGIN.as_secs_f64(),
                "hung_calls": defaults::HUNG_CALLS,
                "follow_links": defaults::FOLLOW_LINKS,
                "hidden_folders": defaults::HIDDEN_FOLDERS,
                "ignored_folders": defaults::IGNORED_FOLDERS,
                "archives": defaults::ARCHIVES,
                "archive_mark": defaults::ARCHIVE_MARK,
                "legacy_charset": defaults::LEGACY_CHARSET,
                "cue": defaults::CUE,
            },
            "imports": {"packages": imports::PACKAGES, "interfaces": imports::INTERFACES},
        });
        all.to_string()
    }
}

impl Record {
    fn json(&self) -> Value {
        let fields: Vec<Value> = self
            .fields
            .iter()
            .map(|field| json!({"name": field.name, "type": field.kind, "docs": field.docs}))
            .collect();
        json!({"docs": self.docs, "fields": fields})
    }
}
