use proptest::prelude::*;
use trailkeeper_core::Fact;
use trailkeeper_core::cloudtrail::{Code, Requirements, TrailView};
use trailkeeper_core::facts::{EventSelectors, KeyFacts, KeyState, ReadWriteType, TrailStatus};
use trailkeeper_core::operation::{
    DESCRIBE_KEY, GET_BUCKET_POLICY, GET_EVENT_SELECTORS, GET_INSIGHT_SELECTORS, GET_KEY_POLICY,
    GET_TRAIL_STATUS,
};

use crate::healthy::{KEY, arn, basic, codes, examined, failed, own, status};

type Fault = (fn(&mut TrailView), Code);

/// Faults that do not hide one another.
const FAULTS: [Fault; 8] = [
    (
        |v| v.trail.is_multi_region = Some(false),
        Code::NotMultiRegion,
    ),
    (
        |v| v.trail.include_global_service_events = Some(false),
        Code::GlobalEventsMissing,
    ),
    (
        |v| v.trail.log_file_validation = Some(false),
        Code::LogValidationOff,
    ),
    (
        |v| {
            v.status = Some(Fact::Known(TrailStatus {
                is_logging: Some(false),
                ..status()
            }));
        },
        Code::TrailNotLogging,
    ),
    (
        |v| {
            v.selectors = Some(Fact::Known(EventSelectors::Basic(vec![basic(
                ReadWriteType::WriteOnly,
            )])));
        },
        Code::ManagementEventsNarrowed,
    ),
    (
        |v| v.insights = Some(Fact::Known(Vec::new())),
        Code::InsightsMissing,
    ),
    (
        |v| v.bucket = failed(GET_BUCKET_POLICY, "NoSuchBucket"),
        Code::BucketMissing,
    ),
    (
        |v| {
            v.key = Some(Fact::Known(KeyFacts {
                arn: arn(KEY),
                state: KeyState::Disabled,
                customer_managed: true,
            }));
        },
        Code::KeyDisabled,
    ),
];

/// Facts that are required, each lost in one way.
const LOSSES: [fn(&mut TrailView, Option<&str>); 6] = [
    |v, code| v.status = code.and_then(|code| failed(GET_TRAIL_STATUS, code)),
    |v, code| v.selectors = code.and_then(|code| failed(GET_EVENT_SELECTORS, code)),
    |v, code| v.insights = code.and_then(|code| failed(GET_INSIGHT_SELECTORS, code)),
    |v, code| v.bucket = code.and_then(|code| failed(GET_BUCKET_POLICY, code)),
    |v, code| v.key = code.and_then(|code| failed(DESCRIBE_KEY, code)),
    |v, code| v.key_policy = code.and_then(|code| failed(GET_KEY_POLICY, code)),
];

proptest! {
    /// More faults never give fewer findings: the codes are those of the faults, whatever else.
    #[test]
    fn findings_are_monotone(mask in 0_usize..1 << FAULTS.len()) {
        let mut view = own("org-audit");
        let mut expected = Vec::new();
        for (index, (fault, code)) in FAULTS.iter().enumerate() {
            if mask & (1 << index) != 0 {
                fault(&mut view);
                expected.push(*code);
            }
        }
        expected.sort();
        prop_assert_eq!(codes(&examined(&Requirements::default(), &view)), expected);
    }

    /// No trail is healthy while a required fact is unread (I9), and what is unread is never
    /// taken for anything else.
    #[test]
    fn i9_a_lost_fact_is_could_not_verify(
        mask in 1_usize..1 << LOSSES.len(),
        code in proptest::option::of(proptest::sample::select(vec![
            "AccessDeniedException", "ThrottlingException", "InternalFailure", "Timeout", "SomethingNew",
        ])),
    ) {
        let mut view = own("org-audit");
        for (index, lose) in LOSSES.iter().enumerate() {
            if mask & (1 << index) != 0 {
                lose(&mut view, code);
            }
        }
        let found = codes(&examined(&Requirements::default(), &view));
        prop_assert_eq!(found.len(), mask.count_ones() as usize);
        prop_assert!(found.iter().all(|code| *code == Code::CouldNotVerify));
    }
}
