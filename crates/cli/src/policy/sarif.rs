//! Findings as a SARIF 2.1.0 log (OASIS Static Analysis Results Interchange Format), which code
//! scanning services take.

use serde_json::{Value, json};
use trailkeeper_core::catalogue::{Entry, entries};
use trailkeeper_policy::analysis::{FindingCode, PolicyFinding, Severity, table_date};

use super::check::granted;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The results of all documents so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    results: Vec<Value>,
}

impl Report {
    /// Adds the findings in the document at `path`.
    pub(super) fn add(&mut self, path: &str, findings: &[PolicyFinding]) {
        let results = findings.iter().map(|finding| result(path, finding));
        self.results.extend(results);
    }

    /// The log of one run.
    pub(super) fn log(self) -> Value {
        json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "trailkeeper",
                    "version": env!("TRAILKEEPER_VERSION"),
                    "properties": { "actionTableDate": table_date() },
                    "rules": rules().map(rule).collect::<Vec<_>>(),
                } },
                "columnKind": "unicodeCodePoints",
                "results": self.results,
            }],
        })
    }
}

/// The catalogue's rows that are about policies, in the order of the codes.
fn rules() -> impl Iterator<Item = &'static Entry> {
    entries().filter(|entry| FindingCode::from_name(entry.code.as_str()).is_some())
}

fn rule(entry: &Entry) -> Value {
    json!({
        "id": entry.code.as_str(),
        "shortDescription": { "text": entry.title },
        "fullDescription": { "text": entry.paragraph },
        "defaultConfiguration": { "level": level(entry.severity) },
        "properties": { "security-severity": score(entry.severity), "tags": ["security"] },
    })
}

fn result(path: &str, finding: &PolicyFinding) -> Value {
    let index = rules().position(|entry| entry.code.as_str() == finding.code.as_str());
    let mut result = json!({
        "ruleId": finding.code.as_str(),
        "level": level(finding.severity),
        "message": { "text": message(finding) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(path) },
            "region": {
                "startLine": finding.line.max(1),
                "startColumn": finding.column.max(1),
            },
        } }],
        "properties": {
            "severity": finding.severity.as_str(),
            "security-severity": score(finding.severity),
            "statement": finding.statement,
            "actionPattern": finding.action_pattern,
            "actions": finding.actions,
            "actionCount": finding.action_count,
            "resource": finding.resource,
            "suggestion": finding.suggestion,
        },
    });
    if let (Some(index), Some(object)) = (index, result.as_object_mut()) {
        object.insert("ruleIndex".to_owned(), json!(index));
    }
    result
}

fn message(finding: &PolicyFinding) -> String {
    match finding.action_pattern.as_str() {
        "" => finding.why.clone(),
        _ => format!("{}: {}", granted(finding), finding.why),
    }
}

/// SARIF knows three levels of problems.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info | Severity::Advisory => "note",
        Severity::Low | Severity::Medium => "warning",
        Severity::High | Severity::Critical => "error",
    }
}

/// The number between 0 and 10 by which code scanning services tell security findings apart; their
/// bounds are 4.0, 7.0 and 9.0, and these lie in the middle of the parts.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "0.0",
        Severity::Advisory => "1.0",
        Severity::Low => "2.0",
        Severity::Medium => "5.5",
        Severity::High => "8.0",
        Severity::Critical => "9.5",
    }
}

/// The path as a URI reference (RFC 3986): what is not allowed in a path is percent-encoded. SARIF
/// wants none that begins with `.`.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_path_becomes_a_uri_reference() {
        let cases = [
            ("policies/a.json", "policies/a.json"),
            ("./a.json", "a.json"),
            ("a b#c?d:e.json", "a%20b%23c%3Fd%3Ae.json"),
            ("Prüf.json", "Pr%C3%BCf.json"),
            ("-", "-"),
            #[cfg(not(windows))]
            ("a\\b.json", "a%5Cb.json"),
        ];
        for (path, expected) in cases {
            assert_eq!(uri(path), expected);
        }
    }
}
