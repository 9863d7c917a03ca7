//! The rows of the rule `cloudtrail-enabled`.

use super::RepairedBy::{Not, Steps};
use super::{Entry, row};
use crate::finding::Code;
use crate::finding::Severity::{Critical, High, Low, Medium};
use crate::operation::{
    ADD_TAGS, CANCEL_KEY_DELETION, CREATE_BUCKET, CREATE_TRAIL, ENABLE_KEY, PUT_BUCKET_ACL,
    PUT_BUCKET_ENCRYPTION, PUT_BUCKET_LIFECYCLE, PUT_BUCKET_OWNERSHIP, PUT_BUCKET_POLICY,
    PUT_BUCKET_REQUEST_PAYMENT, PUT_BUCKET_VERSIONING, PUT_EVENT_SELECTORS, PUT_INSIGHT_SELECTORS,
    PUT_KEY_POLICY, PUT_PUBLIC_ACCESS_BLOCK, START_LOGGING, UPDATE_TRAIL,
};

pub(super) const ENTRIES: &[Entry] = &[
    row(
        Code::TrailMissing,
        Critical,
        Steps(&[CREATE_TRAIL, START_LOGGING]),
        "The account has no trail, or not the one that is required",
        "No Region of the account shows the trail, and every listing was read to its end. Nothing \
         is recorded beyond the 90 days of event history. The repair creates the trail with all \
         required settings and starts it.",
    ),
    row(
        Code::TrailNotLogging,
        Critical,
        Steps(&[START_LOGGING]),
        "The trail is there but does not record",
        "GetTrailStatus says IsLogging false. This is the shortest way to blind a trail, and the \
         repair's first step whatever else is wrong. The time from the stop to the start stays a \
         gap in the record and in the digest chain.",
    ),
    row(
        Code::NotMultiRegion,
        High,
        Steps(&[UPDATE_TRAIL]),
        "The trail records one Region only",
        "An intruder only has to work in another Region. Since November 2021 events of IAM, STS \
         and CloudFront are recorded in us-east-1 alone, so a trail of one other Region misses \
         them as well.",
    ),
    row(
        Code::GlobalEventsMissing,
        High,
        Steps(&[UPDATE_TRAIL]),
        "Events of global services are not recorded",
        "Calls to IAM and STS, the ones that hand out permissions, are not in the log. CloudTrail \
         requires global events of every multi-Region trail.",
    ),
    row(
        Code::LogValidationOff,
        Medium,
        Steps(&[UPDATE_TRAIL]),
        "No digest files are written",
        "Without digests nobody can prove that log files were not changed or deleted after they \
         were delivered. Switching validation on starts a new chain; it does not cover what was \
         delivered before.",
    ),
    row(
        Code::NotEncrypted,
        Medium,
        Steps(&[UPDATE_TRAIL]),
        "Log files are not encrypted with a KMS key",
        "Whoever can read the bucket can read the log. The repair sets the key that the runbook \
         is given (CloudTrailKmsKeyId); without one there is no key to set.",
    ),
    row(
        Code::WrongKey,
        High,
        Steps(&[UPDATE_TRAIL]),
        "Log files are encrypted with another key than the required one",
        "A foreign key puts the log into the hands of the key's owner, who can make it \
         unreadable. Aliases and key ids are resolved to the key's ARN before they are compared.",
    ),
    row(
        Code::KeyMissing,
        Critical,
        Not("a deleted key cannot be brought back; require another key"),
        "The trail's key does not exist",
        "CloudTrail cannot encrypt and so cannot deliver, while IsLogging stays true. Log files \
         that were encrypted with the key cannot be read any more. Where the runbook is given \
         another key, `wrong-key` is repaired and this with it.",
    ),
    row(
        Code::KeyDisabled,
        Critical,
        Steps(&[ENABLE_KEY]),
        "The trail's key is disabled",
        "CloudTrail cannot encrypt and so cannot deliver, while IsLogging stays true. The repair \
         enables the key only where it was allowed to (RepairKey true).",
    ),
    row(
        Code::KeyPendingDeletion,
        Critical,
        Steps(&[CANCEL_KEY_DELETION, ENABLE_KEY]),
        "The trail's key is waiting to be deleted",
        "The key is already unusable, and after 7 to 30 days everything encrypted with it is \
         lost. The repair cancels the deletion and enables the key only where it was allowed to \
         (RepairKey true).",
    ),
    row(
        Code::KeyUnusable,
        Critical,
        Not("key material and custom key stores are their owner's to bring back"),
        "The trail's key is in a state in which it cannot be used",
        "DescribeKey shows a state such as PendingImport or Unavailable: imported key material \
         was deleted, or the key store is disconnected. CloudTrail cannot deliver.",
    ),
    row(
        Code::KeyRefusesCloudtrail,
        Critical,
        Steps(&[PUT_KEY_POLICY]),
        "The key's policy does not let CloudTrail encrypt",
        "The policy lacks a grant that CloudTrail needs for this trail, or a Deny takes it away. \
         The repair adds the missing statements and leaves every other one as it is, where it was \
         allowed to (RepairKey true). A Deny is never removed: a person has to.",
    ),
    row(
        Code::ManagementEventsMissing,
        Critical,
        Steps(&[PUT_EVENT_SELECTORS]),
        "The trail records no management events",
        "The trail runs, but its event selectors let no management event through for certain. \
         Event-driven alarms fall silent too. A selector's name has no meaning; a condition on a \
         field that narrows in an unknown way counts as nothing.",
    ),
    row(
        Code::ManagementEventsNarrowed,
        High,
        Steps(&[PUT_EVENT_SELECTORS]),
        "Some management events are not recorded",
        "The evidence names what is left out: reads, writes, kms.amazonaws.com or \
         rdsdata.amazonaws.com. Several healthy trails may complement each other. The repair only \
         ever adds to the selectors.",
    ),
    row(
        Code::InsightsMissing,
        Low,
        Steps(&[PUT_INSIGHT_SELECTORS]),
        "CloudTrail Insights is not on as required",
        "Unusual rates of calls or of errors are not noticed. Insights that watch data events \
         only do not count. Stopping a trail switches its Insights off.",
    ),
    row(
        Code::DeliveryError,
        Critical,
        Not(
            "the error stays until a delivery succeeds, about five minutes after bucket and key are \
             in order; their faults have findings of their own",
        ),
        "CloudTrail could not deliver log files",
        "GetTrailStatus reports the S3 error of the last delivery. It counts as long as it is \
         reported. Where nothing is found wrong with bucket and key, look at S3 Block Public \
         Access, at service or resource control policies, and at the bucket's owner.",
    ),
    row(
        Code::DigestError,
        High,
        Not(
            "the error stays until the next hourly digest is delivered; faults of the bucket's \
             policy have a finding of their own",
        ),
        "CloudTrail could not deliver digest files",
        "Log files may arrive while their digests do not, for instance under a bucket policy that \
         demands aws:kms of every object. Without digests the log cannot be validated.",
    ),
    row(
        Code::CloudwatchError,
        Medium,
        Not("the role and the log group belong to whoever watches the log"),
        "CloudTrail could not write to CloudWatch Logs",
        "The copy of the events that metric filters and alarms read is not written: the role was \
         changed or deleted, or the log group is gone.",
    ),
    row(
        Code::NotificationError,
        Low,
        Not("the topic and its policy belong to whoever listens to it"),
        "CloudTrail could not notify the topic",
        "Whoever waits for new log files is not told of them. The log itself is not affected.",
    ),
    row(
        Code::DeliveryStale,
        High,
        Not("what hinders delivery shows in other findings; where nothing shows, ask AWS Support"),
        "Nothing was delivered for too long",
        "The trail records and reports no error, but its last log file (or digest, 90 minutes \
         more) is older than maxDeliveryAgeMinutes. GetTrailStatus does not report timeouts. A \
         trail that was started a shorter time ago is given that time.",
    ),
    row(
        Code::BucketMissing,
        Critical,
        Steps(&[
            CREATE_BUCKET,
            PUT_PUBLIC_ACCESS_BLOCK,
            PUT_BUCKET_VERSIONING,
            PUT_BUCKET_POLICY,
        ]),
        "The trail's bucket does not exist",
        "Log files have nowhere to go and are lost when CloudTrail's own retries end. Whoever \
         creates a bucket of this name receives the log. The repair creates the bucket only where \
         it was allowed to (RecreateBucket true) and nobody else has taken the name; what the old \
         one held, the baseline included, is lost.",
    ),
    row(
        Code::BucketNotOurs,
        Critical,
        Not("which bucket takes the log is a decision of its owner; require the right bucket"),
        "The trail's bucket belongs to another account",
        "The log goes to someone else. If that is a central log archive, state it with the \
         parameter bucketOwner.",
    ),
    row(
        Code::BucketRefusesCloudtrail,
        Critical,
        Steps(&[PUT_BUCKET_POLICY]),
        "The bucket's policy does not let CloudTrail deliver",
        "The policy lacks s3:GetBucketAcl or s3:PutObject for this trail, or a Deny takes it \
         away. The repair adds the missing statements and leaves every other one as it is. A Deny \
         is never removed: a person has to.",
    ),
    row(
        Code::WrongBucket,
        High,
        Steps(&[UPDATE_TRAIL]),
        "The trail delivers to another bucket than the required one",
        "Whoever watches the required bucket sees nothing of what happens now.",
    ),
    row(
        Code::WrongPrefix,
        Medium,
        Steps(&[UPDATE_TRAIL]),
        "The trail delivers under another prefix than the required one",
        "Whoever reads below the required prefix sees nothing of what happens now.",
    ),
    row(
        Code::WrongTopic,
        Medium,
        Steps(&[UPDATE_TRAIL]),
        "The trail does not notify the required topic",
        "Whoever listens to the required topic is not told of new log files.",
    ),
    row(
        Code::WrongLogGroup,
        Medium,
        Steps(&[UPDATE_TRAIL]),
        "The trail does not copy its events to the required log group",
        "Metric filters and alarms on the required log group see nothing. The repair needs the \
         group and the role together.",
    ),
    row(
        Code::OrganizationTrailRequired,
        Medium,
        Steps(&[UPDATE_TRAIL]),
        "The trail does not record the whole organization",
        "Member accounts are not recorded by this trail. The repair converts a trail only where \
         it was told to (ConvertToOrganizationTrail true) and runs in the management account.",
    ),
    row(
        Code::DataEventsMissing,
        High,
        Steps(&[PUT_EVENT_SELECTORS]),
        "Events about data are not recorded that were recorded before",
        "The baseline records selectors for data events (objects, functions, tables) that the \
         trail has no longer, or has only for reads or writes. Management alarms and GuardDuty do \
         not notice. The repair adds what is missing and leaves the rest; basic selectors become \
         advanced ones where the baseline's are.",
    ),
    row(
        Code::TrailTagsChanged,
        Medium,
        Steps(&[ADD_TAGS]),
        "Tags of the trail are gone or were changed",
        "A policy whose condition is a tag of the trail (aws:ResourceTag) protects it no longer. \
         The repair restores the baseline's tags. Tags that came in addition stay and are a note: \
         nothing here may take a tag away.",
    ),
    row(
        Code::BucketLifecycleChanged,
        High,
        Steps(&[PUT_BUCKET_LIFECYCLE]),
        "The bucket's lifecycle rules are not those of the baseline",
        "A rule that expires objects after a day deletes the log without any call to delete. The \
         repair puts the baseline's rules back; what S3 has expired meanwhile is lost, unless the \
         bucket is versioned.",
    ),
    row(
        Code::BucketVersioningOff,
        High,
        Steps(&[PUT_BUCKET_VERSIONING]),
        "Versioning of the bucket was suspended",
        "What is deleted or overwritten from now on is gone for good. The repair enables \
         versioning; what was overwritten meanwhile is lost.",
    ),
    row(
        Code::BucketEncryptionChanged,
        High,
        Steps(&[PUT_BUCKET_ENCRYPTION]),
        "The bucket's default encryption is not that of the baseline",
        "With a key of another account the log's new objects are in that account's hands, and \
         digests may fail to arrive. The repair puts the baseline's encryption back.",
    ),
    row(
        Code::BucketRequesterPays,
        Critical,
        Steps(&[PUT_BUCKET_REQUEST_PAYMENT]),
        "The bucket is Requester Pays",
        "CloudTrail cannot deliver to such a bucket, while IsLogging stays true.",
    ),
    row(
        Code::BucketOwnershipChanged,
        High,
        Steps(&[PUT_BUCKET_OWNERSHIP]),
        "The bucket's object ownership is not that of the baseline",
        "With access control lists allowed again, objects and bucket can be opened to others by \
         lists that no policy shows.",
    ),
    row(
        Code::BucketAclChanged,
        High,
        Steps(&[PUT_BUCKET_ACL]),
        "The bucket's access control list is not that of the baseline",
        "Somebody else may read the log or write into it.",
    ),
    row(
        Code::BucketExposed,
        Critical,
        Not(
            "the repair takes nothing away that others use; switch Block Public Access on, and see \
             who has read the log meanwhile",
        ),
        "The bucket's block of public access is not that of the baseline",
        "The log can be opened to the public: it tells an intruder what is watched, and whatever \
         else stands in it.",
    ),
    row(
        Code::BucketOpenToOthers,
        Critical,
        Not(
            "a statement of somebody else is never changed; take it out of the policy or give it a \
             condition such as aws:PrincipalOrgID, and see who has read the log meanwhile",
        ),
        "The bucket's policy lets everybody read, write or delete the log",
        "A statement with Allow names everybody, on some of the trail's log files or on what keeps \
         them, and no condition limits it to fixed accounts, organizations, endpoints or addresses. \
         It counts even while Block Public Access holds it back: that is one call away. A statement \
         that lets in somebody who is named (another account than this one, the trail's and \
         bucketOwner; a canonical user; a federation; an endpoint) is only a note of the same \
         name: a central log archive may want it. AWS services, and accounts under aws:PrincipalOrgID or \
         aws:SourceOrgID, are not told of; whose organization that is, is not asked.",
    ),
    row(
        Code::BucketProtectionChanged,
        High,
        Not(
            "which copy, lock or notification is wanted is its owner's to say; restore it, or \
             capture a new baseline",
        ),
        "Object Lock, replication, notification or access logging of the bucket was changed",
        "The log can be deleted where it was locked, its copies in another account end, or \
         whoever waits for new log files is not told.",
    ),
    row(
        Code::LogFilesMissing,
        Critical,
        Not(
            "what is deleted cannot be made again; restore it from versions or from a copy, and \
             see who called DeleteObject",
        ),
        "Log files or digests are gone that CloudTrail delivered",
        "With checkLogFiles the last two digests are read: each log file that they name must be \
         there, at most 50 a run, and the newer must name the older by its hash. The digests' \
         signatures are not checked, and the files' contents are not compared with their hashes: \
         one that was overwritten is not found; `aws cloudtrail validate-logs` does both. The \
         newest digest must be about as new as the last one that CloudTrail says it delivered.",
    ),
    row(
        Code::BaselineUnusable,
        Medium,
        Not("capture a new baseline of the healthy trail and name its hash in baselineSha256"),
        "The baseline is not there or is another one",
        "The bucket holds no object under trailkeeper/baseline/ with the required hash, its bytes \
         were changed, or it was captured of another account, trail or bucket. Nothing was \
         compared with it, so what it would show may be wrong as well.",
    ),
];
