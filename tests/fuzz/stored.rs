//! What lies where others can write: the baseline and digest files, and AWS Config's inventory.

use serde_json::Value;
use trailkeeper_core::baseline::{Baseline, BaselineError, sha256_of};
use trailkeeper_core::digest::{self, Checked};
use trailkeeper_core::guard::GuardRecord;
use trailkeeper_core::instance_profile::Recorded;

use crate::input::target;
use crate::shown::assert_told;

// What was read is written byte for byte alike once it is in our form; no other bytes have its hash.
target!(baseline, 600, |text| {
    let hash = sha256_of(text.as_bytes());
    match Baseline::parse(text.as_bytes(), &hash) {
        Err(error) => assert_told(&error.to_string()),
        Ok(baseline) => {
            let bytes = baseline.to_bytes();
            let again = Baseline::parse(&bytes, &sha256_of(&bytes)).expect("our own form");
            assert_eq!(again, baseline);
            assert_eq!(again.to_bytes(), bytes);
        }
    }
    let other = Baseline::parse(format!("{text} ").as_bytes(), &hash);
    assert!(matches!(
        other,
        Err(BaselineError::HashMismatch { .. } | BaselineError::TooLarge { .. })
    ));
});

target!(digest_file, 600, |text| {
    match digest::parse(text.as_bytes()) {
        Err(error) => assert_told(&error.to_string()),
        Ok(file) => {
            let most = file.log_files.len() + 1;
            let read = Checked {
                digest: file,
                sha256: sha256_of(text.as_bytes()),
            };
            let (files, named) = digest::to_check("audit", &[read]);
            assert!(files.len() <= named && named <= most, "{files:?}");
            assert!(files.iter().all(|file| file.bucket == "audit"));
        }
    }
});

// A row that is not understood never passes for an instance without a profile.
target!(inventory_row, 1_000, |text| {
    let recorded = match Recorded::of_row(text) {
        Err(error) => return assert_told(&error.to_string()),
        Ok(recorded) => recorded,
    };
    assert!(!recorded.id.is_empty());
    let row: Value = serde_json::from_str(text).expect("it was read");
    let profile = row.pointer("/configuration/iamInstanceProfile");
    let names_one = match profile {
        None | Some(Value::Null) => false,
        Some(Value::Object(fields)) => fields.values().any(|value| !value.is_null()),
        Some(_) => true,
    };
    match recorded.facts {
        Err(why) => assert_told(&why),
        Ok(facts) => {
            assert_eq!(facts.id, recorded.id);
            assert_eq!(facts.profile.is_some(), names_one, "{text}");
        }
    }
});

// What a baseline says of the guarded parts; it is written as it was read.
target!(guard_record, 1_000, |text| {
    let record = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    match GuardRecord::from_json(&record) {
        Err(error) => assert_told(&error),
        Ok(read) => {
            assert_eq!(GuardRecord::from_json(&read.to_json()).as_ref(), Ok(&read));
            for (part, fingerprint) in &read.0 {
                assert_eq!(fingerprint.differences(fingerprint).count(), 0, "{part}");
            }
        }
    }
});
