//! The rows of the rule `guard`.

use super::RepairedBy::{Not, Steps};
use super::{Entry, RepairedBy, row};
use crate::finding::Code;
use crate::finding::Severity::{Critical, High, Medium};
use crate::operation::{DELETE_REMEDIATION_EXCEPTIONS, ENABLE_RULE, START_CONFIGURATION_RECORDER};

const REDEPLOY: RepairedBy = Not(
    "only the stack knows how it was; deploy it again, and look in CloudTrail for who changed it",
);

const LOOK: RepairedBy =
    Not("look in CloudTrail for who changed it; capture a new baseline if it was you");

pub(super) const ENTRIES: &[Entry] = &[
    row(
        Code::RecorderOff,
        Critical,
        Steps(&[START_CONFIGURATION_RECORDER]),
        "AWS Config does not record",
        "Without a recorder no rule is asked about a change, and the inventory of instances stands \
         still. A recorder that is on and fails, as without the rights of its role, records nothing \
         either. A stopped one is started again where the parameter repair is true and it has a \
         delivery channel.",
    ),
    row(
        Code::RecorderChanged,
        High,
        LOOK,
        "AWS Config's recorder or its delivery channel is not as it was recorded",
        "Fewer types of resources, another role, a longer interval or another bucket: rules are \
         not asked about what is not recorded.",
    ),
    row(
        Code::DeliveryChannelMissing,
        High,
        REDEPLOY,
        "AWS Config has no delivery channel",
        "A recorder without a channel cannot be started, and history and snapshots reach nobody.",
    ),
    row(
        Code::ConfigRuleMissing,
        Critical,
        REDEPLOY,
        "A rule of AWS Config is gone or is being deleted",
        "What it judged is judged no more, and its remediation went with it.",
    ),
    row(
        Code::ConfigRuleChanged,
        High,
        LOOK,
        "A rule of AWS Config is not as it was recorded",
        "Another function or another parameter: the rule may be COMPLIANT because less is asked of \
         it.",
    ),
    row(
        Code::RemediationMissing,
        High,
        REDEPLOY,
        "A rule has lost its remediation",
        "What the rule finds is not repaired any more, neither by AWS Config nor by the button in \
         its console.",
    ),
    row(
        Code::RemediationChanged,
        High,
        LOOK,
        "A remediation is not as it was, or not automatic any more",
        "Another document, version or parameter, or AWS Config waits for a person now.",
    ),
    row(
        Code::RemediationBlocked,
        High,
        Steps(&[DELETE_REMEDIATION_EXCEPTIONS]),
        "An exception keeps AWS Config from repairing",
        "After its attempts are used up AWS Config makes an exception by itself and never tries \
         again; an intruder can make one. It is cleared where the parameter repair is true and the \
         rule says COMPLIANT of the resource again; until then the repair has to be started by \
         hand.",
    ),
    row(
        Code::EventRuleOff,
        High,
        Steps(&[ENABLE_RULE]),
        "A rule of EventBridge is gone or disabled",
        "Nobody is told within seconds; the schedule still finds it. A disabled rule is enabled \
         again where the parameter repair is true; one that is gone has to be deployed.",
    ),
    row(
        Code::EventRuleChanged,
        High,
        REDEPLOY,
        "A rule of EventBridge has another pattern, other targets or none",
        "Some events, or all of them, do not reach the evaluator, or reach it as another text. \
         Without a record that is: where functions are named none of them is a target, or one gets \
         something else than the event, or the rules together leave out an event that is answered; \
         where rules are named that tell the topic, one of them does not send to it, or together \
         they leave out a changed verdict or a failed execution.",
    ),
    row(
        Code::FunctionMissing,
        Critical,
        REDEPLOY,
        "A function is gone",
        "What it judged or repaired stays as it is.",
    ),
    row(
        Code::FunctionThrottled,
        Critical,
        REDEPLOY,
        "A function may not run",
        "A reserved concurrency of 0 refuses every invocation. Of the evaluator only an alarm can \
         tell, since this rule is the evaluator.",
    ),
    row(
        Code::FunctionChanged,
        Critical,
        LOOK,
        "A function is not as it was recorded",
        "Other code, layers, handler or network, another role, another environment or resource \
         policy. Without a record a variable is told that sends its calls elsewhere than to AWS. The \
         values of foreign variables are never shown.",
    ),
    row(
        Code::FunctionPermissionMissing,
        High,
        REDEPLOY,
        "A function does not let AWS Config or EventBridge in",
        "No statement of its resource policy lets the service invoke it for this account, so it never \
         runs.",
    ),
    row(
        Code::RunbookMissing,
        High,
        REDEPLOY,
        "A runbook is gone or cannot be run",
        "The document does not exist or is not Active: no repair starts.",
    ),
    row(
        Code::RunbookChanged,
        Critical,
        LOOK,
        "A runbook is not the one that was recorded",
        "Its default version has another content. It runs with the automation role.",
    ),
    row(
        Code::GuardRoleMissing,
        High,
        REDEPLOY,
        "A role of the product is gone",
        "Whatever worked with it can do nothing any more.",
    ),
    row(
        Code::GuardRoleChanged,
        Critical,
        LOOK,
        "A role of the product is not as it was recorded, or not the services' alone",
        "Whom it trusts, what it may do, its boundary, or the content of a managed policy. Less keeps it from repairing; more makes \
         it a way in. Without a baseline: whether nobody but AWS Lambda and Systems Manager may take it on.",
    ),
    row(
        Code::GuardTrailOff,
        High,
        Not("it is not the runbook's trail; start it, or deploy the stack again where it is gone"),
        "A trail that keeps events flowing is stopped or gone",
        "EventBridge hears of a call only while a trail records it. With the trail that is judged \
         stopped as well nobody is told of anything before the next scheduled run.",
    ),
    row(
        Code::GuarddutyOff,
        Medium,
        Not("GuardDuty is its owner's; enable the detector"),
        "GuardDuty does not watch this Region",
        "Its finding about a stopped trail, which comes also where no event of CloudTrail does, is \
         missing.",
    ),
    row(
        Code::GuarddutySuppressed,
        Medium,
        Not("a filter is its owner's; look whether it is meant, and delete it"),
        "A filter of GuardDuty archives findings about CloudTrail",
        "It takes in the finding about a stopped trail, and an archived finding is sent to nobody.",
    ),
    row(
        Code::KillSwitchUsed,
        High,
        LOOK,
        "The mode of the fast path is off, or not the recorded one",
        "TRAILKEEPER_MODE says how far answers to events go; off ends them all. Without a record it is \
         told, where rules of EventBridge are named, of a function that is invoked that its mode is \
         off, or that it has no topic or no rule about the trail.",
    ),
    row(
        Code::RepairsExhausted,
        High,
        Not(
            "find who undoes the repairs; the runbook is started by events again when fewer than \
             four runs began within the hour",
        ),
        "A runbook ran so often that somebody undoes what it repairs",
        "The fast path starts it no more for now and only tells. A run that AWS Config starts does \
         the same where the trail was repaired four times within the hour and what is wrong keeps \
         no event from you.",
    ),
];
