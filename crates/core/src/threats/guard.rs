//! Attacks on what guards the trail.

use super::call::{cloudtrail, config, events, guardduty, iam, lambda, s3, ssm};
use super::need::{BASELINE, need};
use super::{Class, Only, SeenBy, Threat};
use SeenBy::{Event, GuardRule};

pub(super) const THREATS: &[Threat] = &[
    Threat {
        id: "B43",
        title: "stop AWS Config",
        class: Class::Guarded,
        attack: "Without a recorder no change is noticed and, once Config is off, no rule runs on \
                 its schedule either.",
        calls: &[
            config("StopConfigurationRecorder"),
            config("DeleteConfigurationRecorder"),
            config("DeleteDeliveryChannel"),
            config("PutConfigurationRecorder"),
            config("PutDeliveryChannel"),
            config("DisassociateResourceTypes"),
        ],
        condition: "",
        seen_by: &[
            Event,
            GuardRule("recorder-off"),
            GuardRule("recorder-changed"),
            GuardRule("delivery-channel-missing"),
        ],
        undone_by: "",
        stays_lost: "configuration items meanwhile",
        only: &[],
        parameters: &[BASELINE.of(&["recorder-changed"])],
        source: "Sigma and Elastic detection rules on AWS Config",
    },
    Threat {
        id: "B44",
        title: "the rule, its remediation, exceptions",
        class: Class::Guarded,
        attack: "The rule is deleted or its parameters ask for less; its remediation is taken \
                 away; an exception makes AWS Config skip the account for ever; old verdicts are \
                 deleted so that nothing is red.",
        calls: &[
            config("DeleteConfigRule"),
            config("PutConfigRule"),
            config("DeleteRemediationConfiguration"),
            config("PutRemediationConfigurations"),
            config("PutRemediationExceptions"),
            config("DeleteEvaluationResults"),
        ],
        condition: "",
        seen_by: &[
            Event,
            GuardRule("config-rule-missing"),
            GuardRule("config-rule-changed"),
            GuardRule("remediation-missing"),
            GuardRule("remediation-changed"),
            GuardRule("remediation-blocked"),
        ],
        undone_by: "",
        stays_lost: "verdicts that were deleted",
        only: &[(Only::Event, &["no verdicts"])],
        parameters: &[BASELINE.of(&["config-rule-changed", "remediation-changed"])],
        source: "Elastic detection rule on AWS Config rules; AWS Config API reference",
    },
    Threat {
        id: "B45",
        title: "the rules and the bus of EventBridge",
        class: Class::Guarded,
        attack: "A disabled rule, one without targets or with another pattern looks like a quiet \
                 day. So does a bus whose events are encrypted with a key that is then taken away. \
                 The fast path is gone, or nobody hears of a changed verdict; the schedule stays. \
                 Of the end of the rule that carries EventBridge's own events another one tells the topic.",
        calls: &[
            events("DisableRule"),
            events("DeleteRule"),
            events("RemoveTargets"),
            events("PutRule"),
            events("PutTargets"),
            events("UpdateEventBus"),
        ],
        condition: "",
        seen_by: &[
            Event,
            GuardRule("event-rule-off"),
            GuardRule("event-rule-changed"),
        ],
        undone_by: "",
        stays_lost: "the fast answer to events meanwhile",
        only: &[
            (Only::Event, &["a foreign key"]),
            (
                Only::Rule,
                &[
                    "the guard's events: disabled",
                    "the guard's events: no target",
                    "the guard's events: another pattern",
                    "the guard's events: no rule",
                ],
            ),
        ],
        parameters: &[],
        source: "Elastic detection rule on EventBridge; Hacking the Cloud",
    },
    Threat {
        id: "B46",
        title: "the functions",
        class: Class::Guarded,
        attack: "A concurrency of zero, other code, another role, no permission to be invoked, \
                 waiting events that are dropped soon, or no function. Where it is the evaluator \
                 that does not run, nobody answers the event or the schedule: a rule of EventBridge \
                 tells the topic of the call without it, and the alarm on missing evaluations remains.",
        calls: &[
            lambda("PutFunctionConcurrency"),
            lambda("UpdateFunctionCode"),
            lambda("UpdateFunctionConfiguration"),
            lambda("DeleteFunction"),
            lambda("RemovePermission"),
            lambda("PutFunctionEventInvokeConfig"),
            lambda("UpdateFunctionEventInvokeConfig"),
            lambda("DeleteFunctionEventInvokeConfig"),
        ],
        condition: "",
        seen_by: &[
            Event,
            GuardRule("function-missing"),
            GuardRule("function-throttled"),
            GuardRule("function-changed"),
            GuardRule("function-permission-missing"),
        ],
        undone_by: "",
        stays_lost: "verdicts and repairs meanwhile",
        only: &[
            (
                Only::Event,
                &[
                    "no second try",
                    "failures told elsewhere",
                    "failures told nowhere",
                ],
            ),
            (
                Only::Alarm,
                &[
                    "the evaluator: no concurrency",
                    "the evaluator: other code",
                    "the evaluator: no function",
                ],
            ),
        ],
        parameters: &[BASELINE.of(&["function-changed"])],
        source: "AWS sample service control policies",
    },
    Threat {
        id: "B47",
        title: "the runbook and the roles",
        class: Class::Guarded,
        attack: "Another default version of the document repairs nothing, and a role without its \
                 policy or with a boundary lets every repair fail. A role with more policy is a \
                 way up for the intruder. An evaluator whose role allows nothing neither judges \
                 nor tells.",
        calls: &[
            ssm("UpdateDocument"),
            ssm("UpdateDocumentDefaultVersion"),
            ssm("DeleteDocument"),
            iam("PutRolePolicy"),
            iam("DeleteRolePolicy"),
            iam("AttachRolePolicy"),
            iam("DetachRolePolicy"),
            iam("PutRolePermissionsBoundary"),
            iam("UpdateAssumeRolePolicy"),
            iam("DeleteRole"),
        ],
        condition: "",
        seen_by: &[
            Event,
            GuardRule("runbook-missing"),
            GuardRule("runbook-changed"),
            GuardRule("guard-role-missing"),
            GuardRule("guard-role-changed"),
        ],
        undone_by: "",
        stays_lost: "repairs meanwhile",
        only: &[(
            Only::Alarm,
            &[
                "the evaluator's role: no policy",
                "the evaluator's role: a managed policy and off again",
                "the evaluator's role: a boundary",
                "the evaluator's role: another trust",
                "the evaluator's role: no role",
            ],
        )],
        parameters: &[BASELINE.of(&[
            "guard-role-changed",
            "guard-role-missing",
            "runbook-changed",
        ])],
        source: "AWS sample service control policies",
    },
    Threat {
        id: "B48",
        title: "GuardDuty",
        class: Class::Guarded,
        attack: "The detector is turned off, a filter archives its findings before anybody sees \
                 them, a list declares the intruder's address trusted, or findings are no longer \
                 exported or shown to the account that looks after GuardDuty.",
        calls: &[
            guardduty("UpdateDetector"),
            guardduty("DeleteDetector"),
            guardduty("CreateFilter"),
            guardduty("UpdateFilter"),
            guardduty("CreateIPSet"),
            guardduty("UpdateIPSet"),
            guardduty("CreateTrustedEntitySet"),
            guardduty("UpdateTrustedEntitySet"),
            guardduty("DisassociateFromAdministratorAccount"),
            guardduty("DisassociateFromMasterAccount"),
            guardduty("DeletePublishingDestination"),
            guardduty("UpdatePublishingDestination"),
        ],
        condition: "",
        seen_by: &[
            Event,
            GuardRule("guardduty-off"),
            GuardRule("guardduty-suppressed"),
        ],
        undone_by: "",
        stays_lost: "findings meanwhile",
        only: &[(
            Only::Event,
            &[
                "a trusted list",
                "a changed list",
                "a trusted entity list",
                "a changed entity list",
                "no administrator",
                "no master",
                "no export",
                "an export elsewhere",
            ],
        )],
        parameters: &[need("guardDuty")],
        source: "Hacking the Cloud; Elastic detection rules on GuardDuty",
    },
    Threat {
        id: "B49",
        title: "exhaust the repair",
        class: Class::Guarded,
        attack: "A cause that the repair may not remove lets one attempt after the other fail, \
                 until AWS Config adds a remediation exception and never tries again; or calls at \
                 CloudTrail's rate of one a second throttle every write; or another automation \
                 undoes each repair; or each run is stopped before it writes.",
        calls: &[
            s3("PutBucketPolicy"),
            cloudtrail("UpdateTrail"),
            ssm("StopAutomationExecution"),
        ],
        condition: "",
        seen_by: &[
            Event,
            GuardRule("remediation-blocked"),
            GuardRule("repairs-exhausted"),
        ],
        undone_by: "",
        stays_lost: "what is not recorded until the cause is removed",
        only: &[],
        parameters: &[],
        source: "AWS Config API reference, PutRemediationConfigurations; CloudTrail quotas",
    },
    Threat {
        id: "B50",
        title: "use our own switches",
        class: Class::Guarded,
        attack: "The mode of the functions is set to off, the topic is taken from them, automatic \
                 remediation is turned off, or the rule's parameters exempt what should be judged. \
                 Each is a setting of the owner's, so it is told and not undone.",
        calls: &[
            lambda("UpdateFunctionConfiguration"),
            config("PutConfigRule"),
            config("PutRemediationConfigurations"),
        ],
        condition: "",
        seen_by: &[
            Event,
            GuardRule("kill-switch-used"),
            GuardRule("function-changed"),
            GuardRule("config-rule-changed"),
            GuardRule("remediation-changed"),
        ],
        undone_by: "",
        stays_lost: "repairs meanwhile",
        only: &[(Only::Rule, &["nobody to be told"])],
        parameters: &[BASELINE.of(&[
            "config-rule-changed",
            "function-changed",
            "remediation-changed",
        ])],
        source: "the design of this guard",
    },
];
