//! Trails of an organization: made or converted only where that can be done.

use crate::run::{Case, check};
use crate::search::by_arn;
use crate::stage::{HOME, MANAGEMENT, OWN};

const ORGANIZATION: &[Case] = &[
    (
        "made by the management account",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(OWN, false);
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailOrganizationWrite20150319
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:03.7Z
         added: create-trail
         updated: start-logging put-bucket-policy put-insight-selectors
        ",
    ),
    (
        "made by a delegated administrator",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(MANAGEMENT, true);
            s.lock_out();
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319, AWSCloudTrailOrganizationWrite20150319
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:04.2Z
         added: put-bucket-policy create-trail
         updated: start-logging put-key-policy put-insight-selectors
         note policy-not-visible: selectors, insights, bucket and key of org-audit, which account 999900001111 owns
        ",
    ),
    (
        "not made by a member",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(MANAGEMENT, false);
        },
        r"
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
         note organization-not-available: an organization trail could not be made; the account's own trail is restored
        ",
    ),
    (
        "not made without an organization",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
        },
        r"
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
         note organization-not-available: an organization trail could not be made; the account's own trail is restored
        ",
    ),
    (
        "not made where the organization may not be read",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.refuse("DescribeOrganization", 99, "AccessDeniedException");
        },
        r"
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
         note organization-not-available: an organization trail could not be made; the account's own trail is restored
        ",
    ),
    (
        "not made where the ARN is this account's and the trail would be another's",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(MANAGEMENT, true);
            by_arn(s, OWN, HOME);
        },
        r"
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
         note organization-not-available: an organization trail could not be made; the account's own trail is restored
        ",
    ),
    (
        "made where the ARN is this account's, which manages",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(OWN, false);
            by_arn(s, OWN, HOME);
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailOrganizationWrite20150319
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:03.7Z
         added: create-trail
         updated: start-logging put-bucket-policy put-insight-selectors
        ",
    ),
    (
        "an account trail is left alone",
        |s| {
            s.goal.create_as_organization_trail = true;
            s.organize(OWN, false);
        },
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "an account trail is converted",
        |s| {
            s.goal.convert_to_organization_trail = true;
            s.organize(OWN, false);
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailOrganizationWrite20150319
         update-trail
         + organization-trail-required: IsOrganizationTrail false -> true
         reread
         repaired [org-audit]
         updated: put-bucket-policy update-trail
        ",
    ),
    (
        "an account trail is not converted by a member",
        |s| {
            s.goal.convert_to_organization_trail = true;
            s.organize(MANAGEMENT, false);
        },
        r"
         already-healthy [org-audit]
         note organization-not-available: only a management or delegated administrator account can make an organization trail; the account's own trail is restored
        ",
    ),
    (
        "an organization trail stays one",
        |s| {
            s.trail().is_organization_trail = Some(true);
            s.organize(OWN, false);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, organization, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailOrganizationWrite20150319
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, organization, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: put-bucket-policy
        ",
    ),
    (
        "what the account may not make as an organization's it makes as its own",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(OWN, false);
            s.refuse(
                "CreateTrail",
                1,
                "OrganizationNotInAllFeaturesModeException",
            );
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailOrganizationWrite20150319
         create-trail (OrganizationNotInAllFeaturesModeException)
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         create-trail again
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:05.3Z
         added: create-trail
         updated: start-logging put-bucket-policy put-insight-selectors
         note organization-not-available: cloudtrail:CreateTrail failed on org-audit: OrganizationNotInAllFeaturesModeException: injected
        ",
    ),
    (
        "nothing of it is asked where nobody wants one",
        |s| {
            s.without_trail();
            s.organize(OWN, false);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read all trails from eu-west-1
         read bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         create-trail
         + trail-missing: org-audit created in eu-west-1
         read trails of eu-west-1
         read status of org-audit, selectors of org-audit, insights of org-audit
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         read insights of org-audit
         reread
         read trails of eu-west-1
         read status of org-audit, selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
    (
        "only asked, and the organization may not be read",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.goal.plan_only = true;
            s.refuse("DescribeOrganization", 99, "AccessDeniedException");
        },
        r"
         planned [no trail]
         planned: start-logging create-trail put-insight-selectors
         note organization-not-available: organizations:DescribeOrganization failed on it: AccessDeniedException: injected
        ",
    ),
    (
        "only asked, and the ARN is this account's",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.goal.plan_only = true;
            s.organize(MANAGEMENT, true);
            by_arn(s, OWN, HOME);
        },
        r"
         planned [no trail]
         planned: start-logging create-trail put-insight-selectors
         note organization-not-available: the trail is named by an ARN of this account, and an organization trail would bear the management account's; the account's own trail is restored
        ",
    ),
];

#[test]
fn an_organization_trail_is_made_only_where_it_can_be() {
    check(ORGANIZATION);
}
