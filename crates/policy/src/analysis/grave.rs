//! Actions that are worse than their access level says.

use std::sync::LazyLock;

use crate::action_table::{AccessLevel, Action, ActionSet, ActionTable};

/// Actions that hand out credentials or secrets, from public research on exposed credentials, and
/// PassRole, which lends any role it can name.
const NAMES: [&str; 38] = [
    "bedrock-agentcore:GetResourceApiKey",
    "bedrock-agentcore:GetResourceOauth2Token",
    "codeartifact:GetAuthorizationToken",
    "codeconnections:GetConnectionToken",
    "codestar-connections:GetConnectionToken",
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetOpenIdToken",
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    "connect:GetFederationToken",
    "ec2:GetPasswordData",
    "finspace-api:GetProgrammaticAccessCredentials",
    "gamelift:GetComputeAuthToken",
    "gamelift:RequestUploadCredentials",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:PassRole",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "iam:UpdateLoginProfile",
    "lightsail:DownloadDefaultKeyPair",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "rds-db:connect",
    "redshift-serverless:GetCredentials",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "s3:GetDataAccess",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "snowball:GetJobUnlockCode",
    "sso:GetRoleCredentials",
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:AssumeRoot",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
];

/// Writes that only add to the caller's own traces. They know no resource and no condition of
/// theirs, and every instrumented program makes them: there is nothing to ask its author.
const TELEMETRY: [&str; 2] = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"];

static SET: LazyLock<ActionSet> = LazyLock::new(|| named(&NAMES));

static TELEMETRY_SET: LazyLock<ActionSet> = LazyLock::new(|| named(&TELEMETRY));

fn named(names: &[&str]) -> ActionSet {
    let table = ActionTable::get();
    names.iter().filter_map(|name| table.find(name)).collect()
}

struct Showing {
    certainly: ActionSet,
    permissions: ActionSet,
}

/// Actions called `Describe…`, `List…` or `Get…`. Where AWS counts such an action among those that
/// manage permissions, it only shows them; one called `Get…` can still be a write.
static SHOWING: LazyLock<Showing> = LazyLock::new(|| {
    let table = ActionTable::get();
    let mut showing = Showing {
        certainly: ActionSet::new(),
        permissions: ActionSet::new(),
    };
    let mut next = table.action(0);
    while let Some(first) = next {
        let service = first.service();
        for verb in ["Describe", "List"] {
            showing
                .certainly
                .insert_pattern(&format!("{service}:{verb}*"));
        }
        showing
            .permissions
            .insert_pattern(&format!("{service}:Get*"));
        let behind = table.run(&format!("{service}:*")).map_or(0, |run| run.end);
        next = table.action(behind).filter(|after| *after > first);
    }
    showing
});

/// What an action does, as far as its name does not say that it does less.
pub(super) fn level(action: Action) -> AccessLevel {
    match action.level() {
        level if level.is_write_like() && SHOWING.certainly.contains(action) => AccessLevel::Read,
        AccessLevel::PermissionsManagement if SHOWING.permissions.contains(action) => {
            AccessLevel::Read
        }
        level => level,
    }
}

/// Whether an action gives rights or secrets.
pub(super) fn is_grave(action: Action) -> bool {
    level(action) == AccessLevel::PermissionsManagement || SET.contains(action)
}

/// How an action stands among those that are equally bad to grant: those of IAM that give rights
/// come first, as with them a reader knows at once what is at stake.
pub(super) fn weight(action: Action) -> u8 {
    match (is_grave(action), SET.contains(action)) {
        (true, _) if action.service() == "iam" => 3,
        (_, true) => 2,
        (true, false) => 1,
        (false, false) => 0,
    }
}

/// Whether a write does nothing but add to the caller's own traces.
pub(super) fn is_telemetry(action: Action) -> bool {
    TELEMETRY_SET.contains(action)
}
