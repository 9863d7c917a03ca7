//! Attacks on what the trail records.

use super::call::cloudtrail;
use super::need::{BASELINE, need};
use super::{Class, SeenBy, Threat, ThreatCall};
use SeenBy::{Event, TrailRule};

const PUT_EVENT_SELECTORS: ThreatCall = cloudtrail("PutEventSelectors");

pub(super) const THREATS: &[Threat] = &[
    Threat {
        id: "B11",
        title: "no management events",
        class: Class::Undone,
        attack: "A selector without management events and with an empty list of data resources is \
                 taken, and the running trail records nothing. GuardDuty does not report it, and \
                 EventBridge falls silent with it.",
        calls: &[PUT_EVENT_SELECTORS],
        condition: "",
        seen_by: &[Event, TrailRule("management-events-missing")],
        undone_by: "PutEventSelectors",
        stays_lost: "management events meanwhile; the event history keeps them for 90 days; data \
                     selectors that went with them, where no baseline knows them",
        only: &[],
        parameters: &[
            need("requireManagementEvents"),
            BASELINE.of(&["data events"]),
        ],
        source: "Stratus Red Team cloudtrail-event-selectors; Rhino Security, GuardDuty bypass",
    },
    Threat {
        id: "B12",
        title: "only reads, or only writes",
        class: Class::Undone,
        attack: "With reads alone no change is recorded and no event of one reaches EventBridge; \
                 with writes alone nobody sees what was looked at.",
        calls: &[PUT_EVENT_SELECTORS],
        condition: "",
        seen_by: &[Event, TrailRule("management-events-narrowed")],
        undone_by: "PutEventSelectors",
        stays_lost: "management events of the other kind meanwhile",
        only: &[],
        parameters: &[
            need("requireManagementEvents"),
            BASELINE.of(&["data events"]),
        ],
        source: "CloudTrail API reference, PutEventSelectors",
    },
    Threat {
        id: "B13",
        title: "leave out KMS or the RDS Data API",
        class: Class::Undone,
        attack: "These two sources of management events can be left out because they are many; \
                 an intruder who decrypts or queries is then not in the log.",
        calls: &[PUT_EVENT_SELECTORS],
        condition: "",
        seen_by: &[Event, TrailRule("management-events-narrowed")],
        undone_by: "PutEventSelectors",
        stays_lost: "events of that source meanwhile",
        only: &[],
        parameters: &[
            need("requireManagementEvents"),
            BASELINE.of(&["data events"]),
        ],
        source: "AWS Config rule multi-region-cloudtrail-enabled",
    },
    Threat {
        id: "B14",
        title: "advanced selectors without the category Management",
        class: Class::Undone,
        attack: "Advanced selectors replace the basic ones whole. A set that names data events \
                 only reads like an extension and drops all management events.",
        calls: &[PUT_EVENT_SELECTORS],
        condition: "",
        seen_by: &[Event, TrailRule("management-events-missing")],
        undone_by: "PutEventSelectors",
        stays_lost: "management events meanwhile",
        only: &[],
        parameters: &[need("requireManagementEvents")],
        source: "CloudTrail API reference, PutEventSelectors",
    },
    Threat {
        id: "B15",
        title: "advanced selectors that filter by readOnly or eventSource",
        class: Class::Undone,
        attack: "A further field in the selector of management events lets only a part through, \
                 under a name that says the opposite.",
        calls: &[PUT_EVENT_SELECTORS],
        condition: "",
        seen_by: &[Event, TrailRule("management-events-narrowed")],
        undone_by: "PutEventSelectors",
        stays_lost: "the management events that were filtered out meanwhile",
        only: &[],
        parameters: &[
            need("requireManagementEvents"),
            BASELINE.of(&["data events"]),
        ],
        source: "CloudTrail API reference, PutEventSelectors",
    },
    Threat {
        id: "B16",
        title: "drop or narrow the data selectors",
        class: Class::Undone,
        attack: "Management events stay whole, and reads of the bucket or calls of the function \
                 that mattered are no longer recorded. No default says what should be there.",
        calls: &[PUT_EVENT_SELECTORS],
        condition: "a baseline says what was recorded",
        seen_by: &[Event, TrailRule("data-events-missing")],
        undone_by: "PutEventSelectors",
        stays_lost: "data events meanwhile; the event history does not keep them",
        only: &[],
        parameters: &[BASELINE],
        source: "CloudTrail API reference, PutEventSelectors",
    },
    Threat {
        id: "B17",
        title: "turn Insights off",
        class: Class::Undone,
        attack: "Unusual rates of calls and of errors are not noticed. An empty list does it, and \
                 so does a list that watches data events only.",
        calls: &[cloudtrail("PutInsightSelectors")],
        condition: "",
        seen_by: &[Event, TrailRule("insights-missing")],
        undone_by: "PutInsightSelectors",
        stays_lost: "insights meanwhile, and up to 36 hours until the first new one",
        only: &[],
        parameters: &[need("requireInsights"), need("InsightTypes")],
        source: "CloudTrail API reference, PutInsightSelectors",
    },
];
