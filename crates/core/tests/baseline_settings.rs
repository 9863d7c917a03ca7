//! A bucket's settings against what they were, and the edges of a baseline's document.

use trailkeeper_core::baseline::{
    ALL_BLOCKED, Baseline, BaselineError, VERSIONED, change_of, is_answer, is_enforcing_ownership,
    is_versioned, sha256_of,
};
use trailkeeper_core::facts::BucketSetting::{
    self, Acl, Lifecycle, Logging, Notification, OwnershipControls, PublicAccessBlock, Versioning,
};

fn versioning(inner: &str) -> String {
    format!("<VersioningConfiguration>{inner}</VersioningConfiguration>")
}

fn status(status: &str) -> String {
    versioning(&format!("<Status>{status}</Status>"))
}

fn changed(setting: BucketSetting, now: &str, before: &str) -> Option<String> {
    let given = |text| Some(text).filter(|text: &&str| !text.is_empty());
    change_of(setting, given(now), given(before))
}

/// Versioning that was not on may be on; nothing else may be less than it was.
#[test]
fn versioning_may_only_grow() {
    let (on, off) = (status("Enabled"), status("Suspended"));
    let guarded = versioning("<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>");
    let cases = [
        (&on, &on, None),
        (&on, &off, None),
        (&on, &String::new(), None),
        (&off, &String::new(), None),
        (&String::new(), &off, None),
        (&off, &on, Some("versioning Suspended, was Enabled")),
        (&String::new(), &on, Some("versioning none, was Enabled")),
        (
            &on,
            &guarded,
            Some("versioning: MfaDelete none, was Enabled"),
        ),
        (
            &guarded,
            &on,
            Some("versioning: MfaDelete Enabled, was none"),
        ),
    ];
    for (now, before, expected) in cases {
        let change = changed(Versioning, now, before);
        assert_eq!(change.as_deref(), expected, "{now} {before}");
    }
    for (document, expected) in [
        (Some(on.as_str()), true),
        (Some(guarded.as_str()), true),
        (Some(VERSIONED), true),
        (Some(off.as_str()), false),
        (Some("<V><Other>Enabled</Other></V>"), false),
        (Some(""), false),
        (None, false),
    ] {
        assert_eq!(is_versioned(document), expected, "{document:?}");
    }
}

fn lifecycle(rules: &str) -> String {
    format!("<LifecycleConfiguration><Rule>{rules}</Rule></LifecycleConfiguration>")
}

fn expires(days: u32) -> String {
    format!("<Expiration><Days>{days}</Days></Expiration>")
}

const OLD: &str =
    "<NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays></NoncurrentVersionExpiration>";
const NEWER: &str = "<NoncurrentVersionExpiration><NewerNoncurrentVersions>3</NewerNoncurrentVersions></NoncurrentVersionExpiration>";
const MOVED: &str = "<Transition><Days>2</Days><StorageClass>GLACIER</StorageClass></Transition>";
const BY_DATE: &str = "<Expiration><Date>2026-03-02</Date></Expiration>";

/// When the first object is deleted is what counts, by whichever rule; a move elsewhere deletes none.
#[test]
fn a_lifecycle_is_told_by_its_first_expiry() {
    let cases = [
        (expires(1), "expires after 1 day"),
        (OLD.to_owned(), "expires after 7 days"),
        (format!("{}{OLD}", expires(30)), "expires after 7 days"),
        (
            format!("{}</Rule><Rule>{}", expires(30), expires(5)),
            "expires after 5 days",
        ),
        (MOVED.to_owned(), "none"),
        (BY_DATE.to_owned(), "none"),
        (NEWER.to_owned(), "none"),
    ];
    let year = expires(365);
    let told = |now: &str, before: &str| changed(Lifecycle, &lifecycle(now), &lifecycle(before));
    for (now, expected) in cases {
        let expected = format!("lifecycle {expected}, was expires after 365 days");
        assert_eq!(told(&now, &year), Some(expected), "{now}");
    }
    let moved = told(&format!("{year}{MOVED}"), &year);
    let expected = "lifecycle: Rule/Transition/Days 2, was none";
    assert_eq!(moved.as_deref(), Some(expected));
    let named = |id: &str| format!("<ID>{id}</ID>{year}");
    let renamed = told(&named("b"), &named("a"));
    assert_eq!(renamed.as_deref(), Some("lifecycle: Rule/ID b, was a"));
    assert_eq!(told(&year, &year), None);
}

/// The first element that is not the same: another text, one that came, one that went.
#[test]
fn the_first_difference_is_told() {
    let grants = |list: &[&str]| {
        let grants = list
            .iter()
            .map(|one| format!("<Grant><Permission>{one}</Permission></Grant>"));
        format!(
            "<A><Owner><ID>a</ID><DisplayName>us</DisplayName></Owner>{}</A>",
            grants.collect::<String>()
        )
    };
    let one = grants(&["FULL_CONTROL"]);
    let named = one.replace("<DisplayName>us</DisplayName>", "");
    let cases = [
        (one.as_str(), one.as_str(), None),
        (&named, &one, None),
        (
            &grants(&["WRITE"]),
            &one,
            Some("acl: Grant/Permission WRITE, was FULL_CONTROL"),
        ),
        (
            &grants(&["FULL_CONTROL", "WRITE"]),
            &one,
            Some("acl: Grant/Permission WRITE, was none"),
        ),
        (
            &grants(&[]),
            &one,
            Some("acl: Grant/Permission none, was FULL_CONTROL"),
        ),
        ("", &one, Some("acl: Owner/ID none, was a")),
        (
            "<A><Other>x</Other></A>",
            &one,
            Some("acl: Other x, was none"),
        ),
        (
            "<A><Owner><ID></ID></Owner></A>",
            "",
            Some("acl: Owner/ID none, was none"),
        ),
    ];
    for (now, before, expected) in cases {
        let change = changed(Acl, now, before);
        assert_eq!(change.as_deref(), expected, "{now} {before}");
    }
    let open = ALL_BLOCKED.replacen("true", "false", 1);
    let change = changed(PublicAccessBlock, &open, ALL_BLOCKED);
    let expected = "publicAccessBlock: BlockPublicAcls false, was true";
    assert_eq!(change.as_deref(), Some(expected));
}

/// An answer without anything in it tells that there is no document only where S3 gives such ones.
#[test]
fn an_empty_answer_is_one_for_three_settings() {
    for setting in BucketSetting::ALL {
        let may_be_empty = [Versioning, Notification, Logging].contains(setting);
        for empty in ["<Root/>", "<Root xmlns=\"x\">\n</Root>", "not XML"] {
            assert_eq!(
                is_answer(*setting, empty),
                may_be_empty,
                "{setting:?} {empty}"
            );
        }
        for blank in ["", " \n"] {
            assert!(!is_answer(*setting, blank), "{setting:?}");
        }
        assert!(
            is_answer(*setting, "<Root><Leaf>x</Leaf></Root>"),
            "{setting:?}"
        );
    }
}

#[test]
fn ownership_is_enforced_by_one_of_its_values() {
    let rule = |value: &str| {
        format!(
            "<OwnershipControls><Rule><ObjectOwnership>{value}</ObjectOwnership></Rule></OwnershipControls>"
        )
    };
    let enforced = rule("BucketOwnerEnforced");
    assert!(is_enforcing_ownership(Some(&enforced)));
    for other in ["BucketOwnerPreferred", "ObjectWriter", ""] {
        assert!(!is_enforcing_ownership(Some(&rule(other))), "{other}");
        let change = changed(OwnershipControls, &rule(other), &enforced);
        assert!(change.unwrap().ends_with(", was BucketOwnerEnforced"));
    }
    assert!(!is_enforcing_ownership(None));
}

const DOCUMENT: &str = r#"{"version": 1, "account": "111122223333",
    "trail": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/org-audit",
    "capturedAt": "2026-03-02T10:00:00Z", "eventSelectors": {"EventSelectors": []},
    "insightSelectors": [], "tags": {}, "key": null,
    "bucket": {"name": "audit", "region": "eu-west-1", "settings": {"acl": null}}}"#;

fn parsed(text: &str) -> Result<Baseline, BaselineError> {
    Baseline::parse(text.as_bytes(), &sha256_of(text.as_bytes()))
}

/// A quarter of a mebibyte is read, a byte more is not; whatever is refused says why.
#[test]
fn a_document_is_read_up_to_its_limit() {
    const MOST: usize = 256 * 1024;
    let whole = parsed(DOCUMENT).unwrap();
    let padded = |bytes: usize| format!("{DOCUMENT}{}", " ".repeat(bytes - DOCUMENT.len()));
    assert_eq!(parsed(&padded(MOST)), Ok(whole));
    let large = parsed(&padded(MOST + 1)).unwrap_err();
    let (bytes, most) = (MOST + 1, MOST);
    assert_eq!(large, BaselineError::TooLarge { bytes, most });
    let unknown = DOCUMENT.replace("\"version\": 1", "\"version\": 2");
    let expected = BaselineError::UnknownVersion("2".to_owned());
    assert_eq!(parsed(&unknown), Err(expected));
    let none = DOCUMENT.replace("\"version\": 1", "\"version\": null");
    let expected = BaselineError::UnknownVersion("none".to_owned());
    assert_eq!(parsed(&none), Err(expected));
    let odd = parsed(&DOCUMENT.replace("\"acl\"", "\"colour\"")).unwrap_err();
    assert!(
        odd.to_string()
            .contains("`colour` is no setting of a bucket"),
        "{odd}"
    );
    let other = Baseline::parse(DOCUMENT.as_bytes(), "00").unwrap_err();
    assert_eq!(other.code(), "baseline-hash-mismatch");
}

#[test]
fn a_baseline_is_of_one_trail_in_one_account() {
    let baseline = parsed(DOCUMENT).unwrap();
    let (account, trail) = (baseline.account.clone(), baseline.trail.clone());
    assert_eq!(baseline.check_subject(&account, &trail), Ok(()));
    let other = "444455556666".parse().unwrap();
    let error = baseline.check_subject(&other, &trail).unwrap_err();
    assert_eq!(error, BaselineError::OtherAccount(account.clone()));
    assert_eq!(error.code(), "baseline-other-account");
    let elsewhere = trail.to_string().replace("org-audit", "other");
    let elsewhere = elsewhere.parse().unwrap();
    let error = baseline.check_subject(&account, &elsewhere).unwrap_err();
    assert_eq!(error, BaselineError::OtherTrail(trail));
    assert_eq!(error.code(), "baseline-other-trail");
}
