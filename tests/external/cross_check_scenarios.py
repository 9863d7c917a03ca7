"""How the cross-check's scenarios are written: attacks, and the reads that show their effect.

A scenario is named after the attack. Its calls are made in order, on every server alike, in an
account that has none of its things. `look` is a JMESPath expression for the members that matter.
`{name}` in a parameter is what an earlier call said under that name (`keep`). What has to be there
first and the sandbox has from the start, or does not keep, is made by `prepared` on the others.
"""

import json
from dataclasses import dataclass, field
from functools import cache

ACCOUNT, REGION = "111122223333", "us-east-1"
STRANGER = "arn:aws:kms:us-east-1:999900001111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TRAIL = ("{Name: Name, S3BucketName: S3BucketName, S3KeyPrefix: S3KeyPrefix, KmsKeyId: KmsKeyId, "
         "SnsTopicARN: SnsTopicARN, CloudWatchLogsLogGroupArn: CloudWatchLogsLogGroupArn, "
         "IncludeGlobalServiceEvents: IncludeGlobalServiceEvents, "
         "IsMultiRegionTrail: IsMultiRegionTrail, IsOrganizationTrail: IsOrganizationTrail, "
         "LogFileValidationEnabled: LogFileValidationEnabled, HomeRegion: HomeRegion, "
         "HasCustomEventSelectors: HasCustomEventSelectors, "
         "HasInsightSelectors: HasInsightSelectors}")


@dataclass
class Call:
    """A call of an operation, by boto3's names."""

    service: str
    operation: str
    parameters: dict
    look: str | None = None
    keep: dict = field(default_factory=dict)


@dataclass
class Prepared:
    """A call that moto and ministack need before an attack and the sandbox does not."""

    call: Call
    ours: dict
    unless: str | None = None


@dataclass
class Tool:
    """A run of `trailkeeper`."""

    command: str
    parameters: dict


def call(service, operation, look=None, keep=None, **parameters):
    """A call whose answer is compared as far as `look` goes; without it only whether it is an error."""
    return Call(service, operation, parameters, look, keep or {})


def prepared(service, operation, keep=None, ours=None, unless=None, **parameters):
    """A call that the sandbox is spared: it has the thing. It has to succeed where it is answered.

    `ours` is what the sandbox's own is called, under the names of `keep`; the error `unless` says
    that the other server has it too.
    """
    return Prepared(Call(service, operation, parameters, None, keep or {}), ours or {}, unless)


def policy(*statements):
    """A policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def bucket_policy(bucket, *more):
    """What lets CloudTrail write to a bucket."""
    principal = {"Service": "cloudtrail.amazonaws.com"}
    return policy(
        {"Sid": "Acl", "Effect": "Allow", "Principal": principal, "Action": "s3:GetBucketAcl",
         "Resource": f"arn:aws:s3:::{bucket}"},
        {"Sid": "Write", "Effect": "Allow", "Principal": principal, "Action": "s3:PutObject",
         "Resource": f"arn:aws:s3:::{bucket}/*",
         "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}}, *more)


def key_policy(*more):
    """A key policy that gives the account everything."""
    return policy({"Sid": "Root", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
                   "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}, *more)


def trust(service):
    """The policy of a role that a service may take."""
    return policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}})


CLOUDTRAIL_KEY = {"Sid": "Trail", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
                  "Principal": {"Service": "cloudtrail.amazonaws.com"}}


class Names:
    """The names of a scenario's things."""

    def __init__(self, attack):
        self.trail = f"{attack.lower()}-trail"
        self.bucket = f"{attack.lower()}-logs-{ACCOUNT}"
        self.other = f"{attack.lower()}-other-{ACCOUNT}"
        self.arn = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{self.trail}"
        self.short = attack.lower()

    def store(self, bucket=None):
        """A bucket that takes log files."""
        bucket = bucket or self.bucket
        return [
            call("s3", "create_bucket", Bucket=bucket),
            call("s3", "put_bucket_policy", Bucket=bucket, Policy=bucket_policy(bucket)),
        ]

    def logging(self, **settings):
        """A trail that logs as it should."""
        settings = {"IsMultiRegionTrail": True, "EnableLogFileValidation": True} | settings
        return [
            *self.store(),
            call("cloudtrail", "create_trail", Name=self.trail, S3BucketName=self.bucket, **settings),
            call("cloudtrail", "put_event_selectors", TrailName=self.trail, EventSelectors=[
                {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]),
            call("cloudtrail", "start_logging", Name=self.trail),
            call("cloudtrail", "get_trail_status", look="{IsLogging: IsLogging}", Name=self.trail),
        ]

    def update(self, **settings):
        """A change of the trail, and the trail then."""
        return [call("cloudtrail", "update_trail", Name=self.trail, **settings), self.shown()]

    def shown(self):
        """The trail."""
        return call("cloudtrail", "describe_trails", look=f"trailList[].{TRAIL}",
                    trailNameList=[self.trail])

    def selectors(self, **selectors):
        """A change of what is recorded, and what is recorded then."""
        return [call("cloudtrail", "put_event_selectors", TrailName=self.trail, **selectors),
                call("cloudtrail", "get_event_selectors", TrailName=self.trail,
                     look="{basic: EventSelectors, advanced: AdvancedEventSelectors}")]

    def status(self):
        """Whether the trail logs."""
        return call("cloudtrail", "get_trail_status", Name=self.arn,
                    look="{IsLogging: IsLogging, stopped: type(StopLoggingTime)}")

    def judged(self, **parameters):
        """The verdict of the product."""
        return Tool("evaluate", {"trailName": self.trail, "requireKms": "false",
                                 "requireInsights": "None"} | parameters)

    def repaired(self, **parameters):
        """A repair by the product, and the trail then."""
        wanted = {"CloudTrailName": self.trail, "CloudTrailS3BucketName": self.bucket,
                  "InsightTypes": "None"} | parameters
        return [Tool("repair", wanted), self.judged(), self.shown(), self.status()]

    def gone(self):
        """The trail goes, or the next scenarios find the quota of the Region full."""
        return [call("cloudtrail", "delete_trail", Name=self.trail)]


_PLAYS = {}


def scenario(attack):
    """Registers what plays an attack."""
    def register(play):
        _PLAYS[attack] = play
        return play
    return register


@cache
def scenarios():
    """The steps of all attacks, in their order."""
    return {attack: play(Names(attack)) for attack, play in sorted(_PLAYS.items())}
