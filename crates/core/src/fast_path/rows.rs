//! The rows of the table, a table for each service.
//!
//! No pattern looks at more than the names of service and call, but that of the data events of S3:
//! an account that records them for other buckets too has as many of these as objects. Every other
//! call of the table is rare enough that one that is not about ours costs less than a rule that
//! went blind when something of ours got another name: an invocation of the function that ends
//! after one or two reads, or none.

use super::table::{EventRow, EventScope, Handler, Only, Tells};

macro_rules! rows {
    ($table:ident: $service:literal $scope:ident {
        $($handler:ident $name:literal, $kind:literal by $by:literal, $tells:ident $means:literal;)*
    }) => {
        const $table: &[EventRow] = &[$(EventRow {
            bus_source: concat!("aws.", $service),
            event_source: concat!($service, ".amazonaws.com"),
            event_name: $name,
            scope: EventScope::$scope,
            handler: Handler::$handler,
            resource_type: $kind,
            named_by: $by,
            tells: Tells::$tells,
            only: Only::All,
            means: $means,
        }),*];
    };
}

rows! { EC2: "ec2" Regional {
    LaunchedInstances "RunInstances", "AWS::EC2::Instance" by "", Fault "";
    ProfileAssociation "AssociateIamInstanceProfile", "AWS::EC2::Instance" by "instanceId", Fault "";
    ProfileAssociation "ReplaceIamInstanceProfileAssociation", "AWS::EC2::Instance" by "associationId", Fault "";
    ProfileAssociation "DisassociateIamInstanceProfile", "AWS::EC2::Instance" by "associationId", Fault "";
}}

rows! { IAM: "iam" Global {
    Role "PutRolePolicy", "AWS::IAM::Role" by "roleName", Always
        "the role has an inline policy that is new or changed";
    Role "DeleteRolePolicy", "AWS::IAM::Role" by "roleName", Always
        "the role has lost an inline policy";
    Role "AttachRolePolicy", "AWS::IAM::Role" by "roleName", Always
        "the role has a further managed policy";
    Role "DetachRolePolicy", "AWS::IAM::Role" by "roleName", Always
        "the role has lost a managed policy";
    Role "PutRolePermissionsBoundary", "AWS::IAM::Role" by "roleName", Always
        "a permissions boundary may take from the role what it needs";
    Role "DeleteRolePermissionsBoundary", "AWS::IAM::Role" by "roleName", Always
        "no boundary holds the role's policies back any more";
    Role "DeleteRole", "AWS::IAM::Role" by "roleName", Always
        "the role does not exist any more";
    ManagedPolicy "CreatePolicyVersion", "AWS::IAM::Policy" by "policyArn", Fault
        "a managed policy may have a new version in force";
    ManagedPolicy "SetDefaultPolicyVersion", "AWS::IAM::Policy" by "policyArn", Fault
        "another version of a managed policy is in force";
    InstanceProfile "AddRoleToInstanceProfile", "AWS::IAM::InstanceProfile" by "instanceProfileName", Fault
        "instances with the profile may do what its new role may";
    InstanceProfile "RemoveRoleFromInstanceProfile", "AWS::IAM::InstanceProfile" by "instanceProfileName", Fault
        "instances with the profile have no role any more";
    InstanceProfile "DeleteInstanceProfile", "AWS::IAM::InstanceProfile" by "instanceProfileName", Fault
        "the instance profile does not exist any more";
    RoleTrust "UpdateAssumeRolePolicy", "AWS::IAM::Role" by "roleName", Always
        "somebody else may take on the role, or its service may not any more";
    ServiceRole "DeleteServiceLinkedRole", "AWS::IAM::Role" by "roleName", Always
        "the service cannot work in the account any more once the role is gone";
}}

rows! { TRAIL: "cloudtrail" Regional {
    Trail "StopLogging", "AWS::CloudTrail::Trail" by "name", Always
        "the trail records nothing until it is started again";
    Trail "DeleteTrail", "AWS::CloudTrail::Trail" by "name", Always
        "the trail is gone with its settings, unless one was made again";
    Trail "UpdateTrail", "AWS::CloudTrail::Trail" by "name", Always
        "the trail's settings are others than before";
    Trail "PutEventSelectors", "AWS::CloudTrail::Trail" by "trailName", Always
        "the trail records other events than before";
    Trail "PutInsightSelectors", "AWS::CloudTrail::Trail" by "trailName", Fault
        "other Insights are watched than before";
    Trail "CreateTrail", "AWS::CloudTrail::Trail" by "name", Always
        "one more of the Region's five trails is in use, perhaps under a name of ours";
    Trail "AddTags", "AWS::CloudTrail::Trail" by "resourceId", Always
        "a policy that goes by the trail's tags may let others in";
    Trail "RemoveTags", "AWS::CloudTrail::Trail" by "resourceId", Always
        "a policy that goes by the trail's tags may not protect it any more";
    Trail "PutEventConfiguration", "AWS::CloudTrail::Trail" by "trailName", Always
        "single data events may be summed up, so that the one that matters does not show";
}}

rows! { BUCKET: "s3" Regional {
    Bucket "CreateBucket", "AWS::S3::Bucket" by "bucketName", Always
        "the log bucket did not exist just before";
    Bucket "DeleteBucket", "AWS::S3::Bucket" by "bucketName", Always
        "the log files that were in it are gone, and whoever takes the name receives the next ones";
    Bucket "PutBucketPolicy", "AWS::S3::Bucket" by "bucketName", Always
        "others than before may read or write the log";
    Bucket "DeleteBucketPolicy", "AWS::S3::Bucket" by "bucketName", Always
        "CloudTrail may not deliver any more, unless a policy was put since";
    Bucket "PutBucketLifecycle", "AWS::S3::Bucket" by "bucketName", Always
        "S3 itself may delete log files soon";
    Bucket "PutBucketVersioning", "AWS::S3::Bucket" by "bucketName", Always
        "log files that are deleted or overwritten may be gone for good";
    Bucket "PutBucketEncryption", "AWS::S3::Bucket" by "bucketName", Always
        "new objects may be encrypted with a key that is not ours";
    Bucket "DeleteBucketEncryption", "AWS::S3::Bucket" by "bucketName", Always
        "new objects are encrypted as S3 does by default";
    Bucket "PutBucketObjectLockConfiguration", "AWS::S3::Bucket" by "bucketName", Always
        "log files may be kept from deletion for a shorter time";
    Bucket "PutObjectLockConfiguration", "AWS::S3::Bucket" by "bucketName", Always
        "log files may be kept from deletion for a shorter time";
    Bucket "DeleteBucketReplication", "AWS::S3::Bucket" by "bucketName", Always
        "no copy of the log goes elsewhere any more";
    Bucket "PutBucketReplication", "AWS::S3::Bucket" by "bucketName", Always
        "a copy of the log may go elsewhere than before, or nowhere: a rule may be disabled";
    Bucket "PutBucketNotification", "AWS::S3::Bucket" by "bucketName", Always
        "whoever waited for new log files may not be told any more";
    Bucket "PutBucketLogging", "AWS::S3::Bucket" by "bucketName", Always
        "it may not show any more who reads and deletes log files";
    Bucket "PutBucketRequestPayment", "AWS::S3::Bucket" by "bucketName", Always
        "CloudTrail does not deliver where the requester pays";
    Bucket "PutBucketOwnershipControls", "AWS::S3::Bucket" by "bucketName", Always
        "the bucket's owner may not own new log files";
    Bucket "PutBucketAcl", "AWS::S3::Bucket" by "bucketName", Always
        "others than before may read or write the log";
    Bucket "PutBucketPublicAccessBlock", "AWS::S3::Bucket" by "bucketName", Always
        "the log may be made public";
    Bucket "DeleteBucketPublicAccessBlock", "AWS::S3::Bucket" by "bucketName", Always
        "the log may be made public";
    AccountBuckets "PutAccountPublicAccessBlock", "AWS::S3::AccountPublicAccessBlock" by "", Always
        "the account may not keep the public out of its buckets any more, the log's among them";
    AccountBuckets "DeleteAccountPublicAccessBlock", "AWS::S3::AccountPublicAccessBlock" by "", Always
        "the account does not keep the public out of its buckets any more, the log's among them";
}}

/// Seen only where a trail records data events of the log bucket.
const OBJECTS: &[EventRow] = &[object("DeleteObject"), object("DeleteObjects")];

const fn object(event_name: &'static str) -> EventRow {
    EventRow {
        bus_source: "aws.s3",
        event_source: "s3.amazonaws.com",
        event_name,
        scope: EventScope::Regional,
        handler: Handler::Bucket,
        resource_type: "AWS::S3::Bucket",
        named_by: "bucketName",
        tells: Tells::Always,
        only: Only::LogBucket,
        means: "log files were deleted; see with the digest files which",
    }
}

rows! { KEY: "kms" Regional {
    Key "DisableKey", "AWS::KMS::Key" by "keyId", Always
        "CloudTrail cannot deliver and nobody can read the log until the key is enabled";
    Key "ScheduleKeyDeletion", "AWS::KMS::Key" by "keyId", Always
        "the key is unusable now, and all that it encrypted is lost when it is gone";
    Key "PutKeyPolicy", "AWS::KMS::Key" by "keyId", Always
        "others than before may use the key";
    Key "UpdateAlias", "AWS::KMS::Alias" by "aliasName", Fault
        "the name by which the key is demanded may stand for another key; no trail follows it";
    Key "DeleteAlias", "AWS::KMS::Alias" by "aliasName", Fault
        "the name by which the key is demanded stands for no key; the trail goes on with the one it has";
    Key "DeleteImportedKeyMaterial", "AWS::KMS::Key" by "keyId", Always
        "the key is unusable until whoever has its material imports it again";
    KeyStore "DisconnectCustomKeyStore", "AWS::KMS::Key" by "customKeyStoreId", Fault
        "the keys in the store are unusable until it is connected again";
}}

rows! { LOGS: "logs" Regional {
    LogGroup "DeleteLogGroup", "AWS::Logs::LogGroup" by "logGroupName", Always
        "the copy of the events in CloudWatch Logs is gone, and alarms on it are deaf";
    LogGroup "DeleteLogStream", "AWS::Logs::LogGroup" by "logGroupName", Always
        "a part of the copy of the events in CloudWatch Logs is gone";
    LogGroup "PutRetentionPolicy", "AWS::Logs::LogGroup" by "logGroupName", Always
        "the copy of the events in CloudWatch Logs may be kept for a shorter time";
    LogGroup "DeleteMetricFilter", "AWS::Logs::LogGroup" by "logGroupName", Always
        "an alarm that counts these events rings no more";
    LogGroup "PutMetricFilter", "AWS::Logs::LogGroup" by "logGroupName", Always
        "an alarm may count other events than before, or none";
    LogGroup "PutSubscriptionFilter", "AWS::Logs::LogGroup" by "logGroupName", Always
        "the events may be sent elsewhere than before, to a stranger too, or fewer of them";
    LogGroup "DeleteSubscriptionFilter", "AWS::Logs::LogGroup" by "logGroupName", Always
        "whoever was sent the events is sent them no more";
}}

rows! { ALARMS: "monitoring" Regional {
    Alarm "DeleteAlarms", "AWS::CloudWatch::Alarm" by "alarmNames[]", Always
        "the alarms do not ring any more";
    Alarm "DisableAlarmActions", "AWS::CloudWatch::Alarm" by "alarmNames[]", Always
        "the alarms ring and nobody is told";
    AlarmSettings "PutMetricAlarm", "AWS::CloudWatch::Alarm" by "alarmName", Always
        "the alarm may never ring, or ring and tell nobody";
}}

rows! { TOPICS: "sns" Regional {
    Topic "DeleteTopic", "AWS::SNS::Topic" by "topicArn", Always
        "nobody is told by this topic any more";
    Topic "SetTopicAttributes", "AWS::SNS::Topic" by "topicArn", Always
        "the topic may refuse whoever has to publish to it";
    Topic "RemovePermission", "AWS::SNS::Topic" by "topicArn", Always
        "the topic may refuse whoever has to publish to it";
    Topic "SetSubscriptionAttributes", "AWS::SNS::Topic" by "subscriptionArn", Always
        "one listener of the topic may be told less than before, or nothing";
    Topic "Unsubscribe", "AWS::SNS::Topic" by "subscriptionArn", Always
        "one listener of the topic is not told any more";
}}

rows! { ORGANIZATION: "organizations" Global {
    Organization "LeaveOrganization", "AWS::Organizations::Account" by "", Always
        "the organization's trail and its service control policies hold for this account no more";
    Organization "RemoveAccountFromOrganization", "AWS::Organizations::Account" by "accountId", Always
        "the organization's trail and its service control policies hold for that account no more";
    Organization "DisableAWSServiceAccess", "AWS::Organizations::Organization" by "servicePrincipal", Always
        "the service works for the whole organization no more; a trail of it turns into one account's";
    Organization "DeregisterDelegatedAdministrator", "AWS::Organizations::Organization" by "servicePrincipal", Always
        "the account that looked after the service for the organization may not any more";
    ControlPolicy "MoveAccount", "AWS::Organizations::Account" by "accountId", Always
        "the policies of another part of the organization hold for that account";
    ControlPolicy "DetachPolicy", "AWS::Organizations::Policy" by "policyId", Always
        "the policy holds for fewer accounts than before";
    ControlPolicy "UpdatePolicy", "AWS::Organizations::Policy" by "policyId", Always
        "the policy may forbid less than before";
    ControlPolicy "DeletePolicy", "AWS::Organizations::Policy" by "policyId", Always
        "the policy holds nowhere any more";
    ControlPolicy "DisablePolicyType", "AWS::Organizations::Organization" by "policyType", Always
        "no policy of that type holds any more below that root";
}}

rows! { ACCOUNT: "account" Global {
    AccountRegion "EnableRegion", "AWS::::Account" by "regionName", Always
        "calls in that Region are recorded only by a trail of all Regions";
    AccountRegion "DisableRegion", "AWS::::Account" by "regionName", Always
        "nothing of that Region can be looked at while it is off";
}}

rows! { CONFIG: "config" Regional {
    Recorder "StopConfigurationRecorder", "AWS::Config::ConfigurationRecorder" by "configurationRecorderName", Always
        "no rule is told of changes any more";
    Recorder "DeleteConfigurationRecorder", "AWS::Config::ConfigurationRecorder" by "configurationRecorderName", Always
        "no rule is told of changes any more";
    Recorder "PutConfigurationRecorder", "AWS::Config::ConfigurationRecorder" by "configurationRecorder.name", Always
        "fewer types of resources may be recorded than before";
    Recorder "DisassociateResourceTypes", "AWS::Config::ConfigurationRecorder" by "configurationRecorderArn", Always
        "fewer types of resources are recorded than before";
    Recorder "DeleteDeliveryChannel", "AWS::Config::DeliveryChannel" by "deliveryChannelName", Always
        "AWS Config has nowhere to deliver to and cannot be started again";
    Recorder "PutDeliveryChannel", "AWS::Config::DeliveryChannel" by "deliveryChannel.name", Always
        "AWS Config may deliver elsewhere";
    ConfigRule "DeleteConfigRule", "AWS::Config::ConfigRule" by "configRuleName", Always
        "the rule judges nothing any more";
    ConfigRule "PutConfigRule", "AWS::Config::ConfigRule" by "configRule.configRuleName", Always
        "the rule may demand less than before";
    ConfigRule "DeleteRemediationConfiguration", "AWS::Config::ConfigRule" by "configRuleName", Always
        "what the rule finds is repaired no more";
    ConfigRule "PutRemediationConfigurations", "AWS::Config::ConfigRule" by "remediationConfigurations[].configRuleName", Always
        "what the rule finds may be repaired otherwise, or not by itself any more";
    ConfigRule "PutRemediationExceptions", "AWS::Config::ConfigRule" by "configRuleName", Always
        "AWS Config does not repair the resources that are excepted";
    ConfigRule "DeleteEvaluationResults", "AWS::Config::ConfigRule" by "configRuleName", Always
        "the rule shows nothing wrong until it is evaluated again";
}}

rows! { EVENT_RULES: "events" Regional {
    EventRule "DisableRule", "AWS::Events::Rule" by "name", Always
        "events of this rule arrive no more; only the schedule looks";
    EventRule "DeleteRule", "AWS::Events::Rule" by "name", Always
        "events of this rule arrive no more; only the schedule looks";
    EventRule "RemoveTargets", "AWS::Events::Rule" by "rule", Always
        "events of this rule may arrive nowhere; only the schedule looks";
    EventRule "PutRule", "AWS::Events::Rule" by "name", Always
        "the rule may match fewer events than before, or none";
    EventRule "PutTargets", "AWS::Events::Rule" by "rule", Always
        "events of this rule may go elsewhere";
    EventBus "UpdateEventBus", "AWS::Events::EventBus" by "name", Always
        "events on this bus may be encrypted with a key that can be taken away, and arrive no more";
}}

rows! { FUNCTIONS: "lambda" Regional {
    Function "PutFunctionConcurrency20171031", "AWS::Lambda::Function" by "functionName", Always
        "the function may not run at all: a concurrency of zero stops it";
    Function "UpdateFunctionCode20150331v2", "AWS::Lambda::Function" by "functionName", Always
        "the function may do something else than before";
    Function "UpdateFunctionConfiguration20150331v2", "AWS::Lambda::Function" by "functionName", Always
        "its environment, role or time may have changed; TRAILKEEPER_MODE, the switch that turns it off, is among it, and CloudTrail does not record its value";
    Function "DeleteFunction20150331", "AWS::Lambda::Function" by "functionName", Always
        "the function does not exist any more";
    Function "RemovePermission20150331v2", "AWS::Lambda::Function" by "functionName", Always
        "AWS Config or EventBridge may not invoke the function any more";
    Function "AddPermission20150331v2", "AWS::Lambda::Function" by "functionName", Always
        "somebody else may invoke the function";
    Function "PutFunctionEventInvokeConfig", "AWS::Lambda::Function" by "functionName", Always
        "events that the function fails on, or that wait for it, may be dropped sooner or be told elsewhere";
    Function "UpdateFunctionEventInvokeConfig", "AWS::Lambda::Function" by "functionName", Always
        "events that the function fails on, or that wait for it, may be dropped sooner or be told elsewhere";
    Function "DeleteFunctionEventInvokeConfig", "AWS::Lambda::Function" by "functionName", Always
        "nobody is told any more of events that the function fails on";
}}

rows! { DOCUMENTS: "ssm" Regional {
    Document "UpdateDocument", "AWS::SSM::Document" by "name", Always
        "the runbook has a further version";
    Document "UpdateDocumentDefaultVersion", "AWS::SSM::Document" by "name", Always
        "another version of the runbook is run";
    Document "DeleteDocument", "AWS::SSM::Document" by "name", Always
        "there is no runbook to repair with any more";
    Run "StopAutomationExecution", "AWS::SSM::AutomationExecution" by "automationExecutionId", Always
        "this run repairs nothing more, and what it had begun may be half done";
}}

rows! { GUARDDUTY: "guardduty" Regional {
    Detector "UpdateDetector", "AWS::GuardDuty::Detector" by "detectorId", Always
        "GuardDuty may watch less than before, or nothing";
    Detector "DeleteDetector", "AWS::GuardDuty::Detector" by "detectorId", Always
        "GuardDuty watches this Region no more";
    Detector "CreateFilter", "AWS::GuardDuty::Detector" by "detectorId", Always
        "a filter can archive findings before anybody sees them";
    Detector "UpdateFilter", "AWS::GuardDuty::Detector" by "detectorId", Always
        "a filter can archive findings before anybody sees them";
    Detector "CreateIPSet", "AWS::GuardDuty::Detector" by "detectorId", Always
        "what is done from a trusted address is reported no more";
    Detector "UpdateIPSet", "AWS::GuardDuty::Detector" by "detectorId", Always
        "what is done from a trusted address is reported no more";
    Detector "CreateTrustedEntitySet", "AWS::GuardDuty::Detector" by "detectorId", Always
        "what is done from a trusted address or domain is reported no more";
    Detector "UpdateTrustedEntitySet", "AWS::GuardDuty::Detector" by "detectorId", Always
        "what is done from a trusted address or domain is reported no more";
    Detector "DisassociateFromAdministratorAccount", "AWS::GuardDuty::Detector" by "detectorId", Always
        "the account that looks after GuardDuty sees this account's findings no more";
    Detector "DisassociateFromMasterAccount", "AWS::GuardDuty::Detector" by "detectorId", Always
        "the account that looks after GuardDuty sees this account's findings no more";
    Detector "DeletePublishingDestination", "AWS::GuardDuty::Detector" by "detectorId", Always
        "findings are exported no more";
    Detector "UpdatePublishingDestination", "AWS::GuardDuty::Detector" by "detectorId", Always
        "findings may be exported elsewhere, or under a key that nobody can read them with";
}}

const FINDINGS: &[EventRow] = &[EventRow {
    bus_source: "aws.guardduty",
    event_source: "",
    event_name: "Stealth:IAMUser/CloudTrailLoggingDisabled",
    scope: EventScope::Regional,
    handler: Handler::Finding,
    resource_type: "AWS::CloudTrail::Trail",
    named_by: "name",
    tells: Tells::Always,
    only: Only::All,
    means: "GuardDuty saw a trail stopped, deleted or changed, or its bucket deleted",
}];

pub(super) const TABLES: [&[EventRow]; 17] = [
    EC2,
    IAM,
    TRAIL,
    BUCKET,
    OBJECTS,
    KEY,
    LOGS,
    ALARMS,
    TOPICS,
    ORGANIZATION,
    ACCOUNT,
    CONFIG,
    EVENT_RULES,
    FUNCTIONS,
    DOCUMENTS,
    GUARDDUTY,
    FINDINGS,
];
