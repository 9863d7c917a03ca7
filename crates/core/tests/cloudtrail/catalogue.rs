//! The catalogue of findings and the page made from it.

use std::collections::BTreeSet;

use trailkeeper_core::cloudtrail::Code;
use trailkeeper_core::cloudtrail::catalogue::{RepairedBy, Severity, entries, entry, page};

#[test]
fn every_code_has_one_row_in_the_order_of_the_codes() {
    let rows: Vec<Code> = entries().map(|entry| entry.code).collect();
    assert_eq!(rows, Code::ALL);
    assert!(Code::ALL.is_sorted());
    for code in Code::ALL {
        assert_eq!(entry(*code).map(|entry| entry.code), Some(*code));
    }
}

#[test]
fn codes_are_unique_kebab_case() {
    let texts: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(texts.len(), Code::ALL.len());
    for text in texts {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        assert!(text.bytes().all(plain), "{text}");
    }
}

#[test]
fn every_row_says_what_repairs_it_or_why_nothing_does() {
    for entry in entries() {
        let said = match entry.repaired_by {
            RepairedBy::Steps(steps) => !steps.is_empty(),
            RepairedBy::Runbook(name, steps) => !name.is_empty() && !steps.ends_with('.'),
            RepairedBy::Not(reason) => !reason.is_empty() && !reason.ends_with('.'),
        };
        assert!(said, "{}", entry.code);
        assert!(!entry.title.ends_with('.'), "{}", entry.code);
        assert!(entry.paragraph.ends_with('.'), "{}", entry.code);
    }
}

#[test]
fn severities_are_ordered_as_the_parameter_orders_them() {
    use Severity::{Advisory, Critical, High, Info, Low, Medium};
    let order = [Info, Advisory, Low, Medium, High, Critical];
    assert!(order.is_sorted());
    let names = order.map(Severity::as_str);
    assert_eq!(
        names,
        ["info", "advisory", "low", "medium", "high", "critical"]
    );
}

/// docs/findings.md is made from the table. After a change of the table write it anew with
/// `TRAILKEEPER_WRITE_DOCS=1 cargo test -p trailkeeper-core --test cloudtrail catalogue`.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for the developer at the terminal"
)]
fn the_page_in_the_repository_is_the_one_made_from_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/findings.md");
    if std::env::var_os("TRAILKEEPER_WRITE_DOCS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/findings.md is not what the table says; write it anew"
    );
}
