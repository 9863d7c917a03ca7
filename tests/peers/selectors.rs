//! P12: advanced selectors by their meaning.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::EventSelectors;
use trailkeeper_tests::{Account, HOME, TRAIL, healthy_trail, healthy_world, trail_arn};

const NARROWED: &[&str] = &["management-events-narrowed"];
const MISSING: &[&str] = &["management-events-missing"];

fn management(more: Value) -> Value {
    let mut fields = vec![json!({"Field": "eventCategory", "Equals": ["Management"]})];
    fields.extend(more.as_array().cloned().unwrap_or_default());
    json!({"Name": "any name", "FieldSelectors": fields})
}

fn data() -> Value {
    json!({"Name": "Management events selector", "FieldSelectors": [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    ]})
}

fn table() -> Vec<(&'static str, Vec<Value>, &'static [&'static str])> {
    let reads = || management(json!([{"Field": "readOnly", "Equals": ["true"]}]));
    let writes = || management(json!([{"Field": "readOnly", "Equals": ["false"]}]));
    let without =
        |source: &str| management(json!([{"Field": "eventSource", "NotEquals": [source]}]));
    let only = |source: &str| management(json!([{"Field": "eventSource", "Equals": [source]}]));
    let kms = "kms.amazonaws.com";
    vec![
        ("no condition", vec![management(json!([]))], &[]),
        ("reads and writes apart", vec![reads(), writes()], &[]),
        ("reads only", vec![reads()], NARROWED),
        ("writes only", vec![writes()], NARROWED),
        ("without KMS", vec![without(kms)], NARROWED),
        ("KMS alone", vec![only(kms)], NARROWED),
        (
            "without KMS, and all reads",
            vec![without(kms), reads()],
            NARROWED,
        ),
        (
            "without KMS, and all",
            vec![without(kms), management(json!([]))],
            &[],
        ),
        ("without KMS, and KMS", vec![without(kms), only(kms)], &[]),
        ("data events under a telling name", vec![data()], MISSING),
        (
            "data events beside all",
            vec![data(), management(json!([]))],
            &[],
        ),
    ]
}

/// The healthy account with these selectors, among them some that the API has refused lately.
fn with_selectors(selectors: &[Value]) -> Account {
    let mut world = healthy_world();
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.selectors = EventSelectors::Advanced(selectors.to_vec());
    world.seed_trail(trail);
    Account::of(world)
}

#[tokio::test]
async fn p12_advanced_selectors_are_judged_by_what_they_record() {
    for (name, selectors, codes) in table() {
        let account = with_selectors(&selectors);
        assert_eq!(account.findings().await, codes, "{name}");
    }
}

/// Where a selector narrows, the repair widens it and keeps the data selectors.
#[tokio::test]
async fn p12_narrowing_selectors_are_widened_and_data_selectors_kept() {
    for (name, selectors, codes) in table() {
        let account = with_selectors(&selectors);
        account.sandbox.clear_calls();
        let ending = account.repair().await;
        let wrote = account.writes().contains(&"PutEventSelectors".to_owned());
        assert_eq!(wrote, !codes.is_empty(), "{name}: {ending:?}");
        let trail = json!({"TrailName": trail_arn()});
        let now = account.act("cloudtrail", "GetEventSelectors", trail).await;
        let had = selectors.contains(&data());
        assert_eq!(now.to_string().contains("AWS::S3::Object"), had, "{name}");
        assert_eq!(account.findings().await, [""; 0], "{name}");
    }
}
