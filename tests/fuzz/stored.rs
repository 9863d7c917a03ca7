//! What lies in a bucket that others can write to: the baseline and digest files.

use trailkeeper_core::baseline::{Baseline, BaselineError, sha256_of};
use trailkeeper_core::digest::{self, Checked};

use crate::input::target;
use crate::shown::assert_one_line;

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

/// A file can hold a text of any length, and an error repeats what it found.
fn assert_told(error: &str) {
    assert_one_line(error);
    assert!(error.chars().count() < 512, "{error}");
}
