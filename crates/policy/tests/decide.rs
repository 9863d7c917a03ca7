//! What a policy says to a service.
#![expect(clippy::unwrap_used, reason = "test code")]

use trailkeeper_policy::{Context, ContextValue, Decision, Policy, ServiceRequest, StatementRef};

const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";
const OBJECT: &str = "arn:aws:s3:::audit/AWSLogs/111122223333/CloudTrail/x.json.gz";

fn context() -> Context {
    Context::of_service("cloudtrail.amazonaws.com")
        .with_value("aws:SourceArn", TRAIL)
        .with_value("aws:SourceAccount", "111122223333")
}

fn decide(statements: &str) -> Decision {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    Policy::parse(&text).unwrap().decide(&ServiceRequest {
        service: "cloudtrail.amazonaws.com",
        action: "s3:PutObject",
        resource: OBJECT,
        context: &context(),
    })
}

fn first() -> StatementRef {
    StatementRef {
        index: 0,
        sid: None,
        line: 1,
    }
}

/// A statement on every resource for the service's own action.
fn statement(effect: &str, principal: &str) -> String {
    format!(r#"{{"Effect":"{effect}",{principal},"Action":"s3:PutObject","Resource":"*"}}"#)
}

#[test]
fn principals() {
    let allow = |principal: &str| decide(&statement("Allow", principal));
    let deny = |principal: &str| decide(&statement("Deny", principal));
    let matching = [
        r#""Principal":"*""#,
        r#""Principal":{"AWS":"*"}"#,
        r#""Principal":{"Service":"cloudtrail.amazonaws.com"}"#,
        r#""Principal":{"Service":["config.amazonaws.com","cloudtrail.amazonaws.com"]}"#,
        r#""Principal":{"AWS":"arn:aws:iam::1:root","Service":["cloudtrail.amazonaws.com"]}"#,
    ];
    for principal in matching {
        assert_eq!(allow(principal), Decision::Allowed, "{principal}");
        assert_eq!(
            deny(principal),
            Decision::Denied { statement: first() },
            "{principal}"
        );
    }
    let others = [
        r#""Principal":{"Service":"config.amazonaws.com"}"#,
        r#""Principal":{"AWS":"111122223333"}"#,
        r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/*"}"#,
        r#""Principal":{"Federated":"*"}"#,
        r#""Principal":{}"#,
        r#""Sid":"identity policies have no principal""#,
    ];
    for principal in others {
        assert_eq!(allow(principal), Decision::NotAllowed, "{principal}");
        assert_eq!(deny(principal), Decision::NotAllowed, "{principal}");
    }
}

#[test]
fn not_principal_forbids_everyone_else_and_never_permits() {
    let cases = [
        (
            "Deny",
            r#""NotPrincipal":{"AWS":"arn:aws:iam::1:root"}"#,
            true,
        ),
        (
            "Deny",
            r#""NotPrincipal":{"Service":"config.amazonaws.com"}"#,
            true,
        ),
        (
            "Deny",
            r#""NotPrincipal":{"Service":"cloudtrail.amazonaws.com"}"#,
            false,
        ),
        ("Deny", r#""NotPrincipal":"*""#, false),
        (
            "Allow",
            r#""NotPrincipal":{"AWS":"arn:aws:iam::1:root"}"#,
            false,
        ),
    ];
    for (effect, principal, denied) in cases {
        let expected = if denied {
            Decision::Denied { statement: first() }
        } else {
            Decision::NotAllowed
        };
        assert_eq!(
            decide(&statement(effect, principal)),
            expected,
            "{effect} {principal}"
        );
    }
}

#[test]
fn actions_and_resources_and_their_negations() {
    let cases = [
        (
            r#""Action":"s3:PutObject","Resource":"arn:aws:s3:::audit/*""#,
            true,
        ),
        (
            r#""Action":["s3:GetObject","S3:PUT*"],"Resource":["x","arn:aws:s3:::audit/*"]"#,
            true,
        ),
        (r#""Action":"s3:GetObject","Resource":"*""#, false),
        (r#""NotAction":"s3:GetObject","Resource":"*""#, true),
        (r#""NotAction":"s3:*","Resource":"*""#, false),
        (r#""NotAction":[],"Resource":"*""#, true),
        (r#""Action":"*","Resource":"arn:aws:s3:::other/*""#, false),
        (r#""Action":"*","NotResource":"arn:aws:s3:::other/*""#, true),
        (
            r#""Action":"*","NotResource":["a","arn:aws:s3:::audit/AWSLogs/*"]"#,
            false,
        ),
        (
            r#""Action":"*","Resource":"arn:aws:s3:::audit/AWSLogs/${aws:SourceAccount}/*""#,
            true,
        ),
        (
            r#""Action":"*","Resource":"arn:aws:s3:::audit/${aws:username}/*""#,
            false,
        ),
    ];
    for (elements, applies) in cases {
        let allow = decide(&format!(
            r#"{{"Effect":"Allow","Principal":"*",{elements}}}"#
        ));
        let deny = decide(&format!(
            r#"{{"Effect":"Deny","Principal":"*",{elements}}}"#
        ));
        assert_eq!(allow == Decision::Allowed, applies, "Allow {elements}");
        assert_eq!(
            deny == Decision::Denied { statement: first() },
            applies,
            "Deny {elements}"
        );
    }
}

#[test]
fn a_deny_wins_over_every_allow_and_is_named() {
    let allow = statement("Allow", r#""Principal":"*""#);
    let deny = r#"
        {"Sid":"Lock","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;
    let lock = StatementRef {
        index: 1,
        sid: Some("Lock".to_owned()),
        line: 2,
    };
    let decision = decide(&format!("{allow},{deny},{allow}"));
    assert_eq!(
        decision,
        Decision::Denied {
            statement: lock.clone()
        }
    );
    assert_eq!(lock.to_string(), "statement `Lock` (line 2)");
    assert_eq!(first().to_string(), "statement 1 (line 1)");
}

#[test]
fn what_is_not_known_never_permits_and_is_told_when_it_may_forbid() {
    let unknown = r#""Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#;
    let rest = r#""Principal":"*","Action":"*","Resource":"*""#;
    let allow = format!(r#"{{"Effect":"Allow",{rest}}}"#);
    let maybe_allow = format!(r#"{{"Effect":"Allow",{rest},{unknown}}}"#);
    let maybe_deny = format!(r#"{{"Effect":"Deny",{rest},{unknown}}}"#);
    let deny = format!(r#"{{"Effect":"Deny",{rest}}}"#);
    assert_eq!(decide(&maybe_allow), Decision::NotAllowed);
    assert_eq!(decide(&format!("{maybe_allow},{allow}")), Decision::Allowed);
    let undetermined = Decision::Undetermined { statement: first() };
    assert_eq!(decide(&format!("{maybe_deny},{allow}")), undetermined);
    assert_eq!(decide(&maybe_deny), Decision::NotAllowed);
    let denied = decide(&format!("{maybe_deny},{deny}"));
    assert!(matches!(denied, Decision::Denied { statement } if statement.index == 1));
}

#[test]
fn a_resource_policy_without_a_resource_decides_nothing() {
    let rest = r#""Principal":"*","Action":"*""#;
    assert_eq!(
        decide(&format!(r#"{{"Effect":"Allow",{rest}}}"#)),
        Decision::NotAllowed
    );
    let allow = format!(r#"{{"Effect":"Allow",{rest},"Resource":"*"}}"#);
    assert_eq!(
        decide(&format!(r#"{{"Effect":"Deny",{rest}}},{allow}"#)),
        Decision::Undetermined { statement: first() }
    );
}

#[test]
fn any_service_is_not_decided() {
    let any = r#""Principal":{"Service":"*"}"#;
    assert_eq!(decide(&statement("Allow", any)), Decision::NotAllowed);
    let undetermined = Decision::Undetermined { statement: first() };
    let allow = statement("Allow", r#""Principal":"*""#);
    let both = format!("{},{allow}", statement("Deny", any));
    assert_eq!(decide(&both), undetermined);
}

#[test]
fn a_service_calls_without_the_keys_of_an_account_principal() {
    let context = context();
    let absent = [
        "aws:CalledVia",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:FederatedProvider",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:principalorgid",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalTag/team",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:VpcSourceIp",
        "aws:userid",
        "aws:username",
    ];
    for key in absent {
        assert_eq!(context.get(key), &ContextValue::Absent, "{key}");
    }
    for key in ["aws:SourceIp", "aws:CurrentTime", "aws:PrincipalTa", "ü"] {
        assert_eq!(context.get(key), &ContextValue::Unknown, "{key}");
    }
    assert_eq!(context.get("AWS:SOURCEARN"), &ContextValue::value(TRAIL));
    let later = context
        .with_value("aws:userid", "x")
        .with_value("aws:PrincipalTag/team", "y");
    assert_eq!(later.get("aws:UserId"), &ContextValue::value("x"));
    assert_eq!(
        later.get("aws:PrincipalTag/Team"),
        &ContextValue::value("y")
    );
    assert_eq!(later.get("aws:PrincipalTag/other"), &ContextValue::Absent);
}

#[test]
fn p17_deny_condition_and_star_colon_star_count() {
    let rest = r#""Principal":"*","Action":"*:*","Resource":"*""#;
    let everything = format!(r#"{{"Effect":"Allow",{rest}}}"#);
    assert_eq!(decide(&everything), Decision::Allowed);
    let denied = decide(&format!(r#"{{"Effect":"Deny",{rest}}},{everything}"#));
    assert_eq!(denied, Decision::Denied { statement: first() });
    let condition = r#""Condition":{"StringEquals":{"aws:SourceAccount":"444455556666"}}"#;
    let conditioned = format!(r#"{{"Effect":"Allow",{rest},{condition}}}"#);
    assert_eq!(decide(&conditioned), Decision::NotAllowed);
}
