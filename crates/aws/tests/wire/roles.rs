use trailkeeper_app::ports::RoleReader;
use trailkeeper_aws::{Roles, Session};
use trailkeeper_core::facts::{
    AccountSummary, AttachedPolicy, InlinePolicy, InstanceProfileFacts, ManagedPolicy, ProfileRole,
    RoleFacts,
};
use trailkeeper_core::{Arn, CallError, ErrorClass};

use crate::wire::{Reply, Wire, query, query_refusal};

const ACCOUNT: &str = "arn:aws:iam::111122223333";

fn arn(resource: &str) -> Arn {
    format!("{ACCOUNT}:{resource}").parse().unwrap()
}

fn roles(wire: &Wire) -> Roles {
    Roles::new(wire.session())
}

fn role(name: &str, more: &str) -> String {
    format!(
        "<Path>/</Path><RoleName>{name}</RoleName><RoleId>AROA1</RoleId>\
         <Arn>{ACCOUNT}:role/{name}</Arn><CreateDate>2025-06-01T00:00:00Z</CreateDate>{more}"
    )
}

fn profile(name: &str, roles: &str) -> String {
    format!(
        "<Path>/app/</Path><InstanceProfileName>{name}</InstanceProfileName>\
         <InstanceProfileId>AIPA1</InstanceProfileId>\
         <Arn>{ACCOUNT}:instance-profile/app/{name}</Arn>\
         <CreateDate>2025-06-01T00:00:00Z</CreateDate><Roles>{roles}</Roles>"
    )
}

fn profile_facts(name: &str, role: Option<&str>) -> InstanceProfileFacts {
    InstanceProfileFacts {
        arn: arn(&format!("instance-profile/app/{name}")),
        name: name.to_owned(),
        role: role.map(|name| ProfileRole {
            arn: arn(&format!("role/{name}")),
            name: name.to_owned(),
        }),
    }
}

fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[tokio::test]
async fn a_profile_is_read_with_its_role_or_without() {
    let member = format!("<member>{}</member>", role("web", ""));
    for (members, expected) in [(member.as_str(), Some("web")), ("", None)] {
        let body = format!(
            "<InstanceProfile>{}</InstanceProfile>",
            profile("p", members)
        );
        let wire = Wire::new([query("GetInstanceProfile", &body)]);
        let answer = roles(&wire).instance_profile("p").await;
        assert_eq!(answer, Ok(profile_facts("p", expected)));
        let expected = [
            ("Action", "GetInstanceProfile"),
            ("InstanceProfileName", "p"),
        ];
        assert_eq!(wire.request().form(), form(&expected));
    }
}

#[tokio::test]
async fn a_role_is_read_with_its_boundary() {
    let boundary = format!(
        "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
         <PermissionsBoundaryArn>{ACCOUNT}:policy/b</PermissionsBoundaryArn></PermissionsBoundary>"
    );
    let cases = [
        (boundary.as_str(), Ok(Some(arn("policy/b")))),
        ("", Ok(None)),
        ("<PermissionsBoundary/>", Err("InvalidResponse".to_owned())),
    ];
    for (more, expected) in cases {
        let body = format!("<Role>{}</Role>", role("web", more));
        let wire = Wire::new([query("GetRole", &body)]);
        let answer = roles(&wire).role("web").await.map_err(|error| error.code);
        let expected = expected.map(|boundary| RoleFacts {
            arn: arn("role/web"),
            name: "web".to_owned(),
            boundary,
            created: "2025-06-01T00:00:00Z".parse().ok(),
            trust: None,
        });
        assert_eq!(answer, expected);
        let sent = [("Action", "GetRole"), ("RoleName", "web")];
        assert_eq!(wire.request().form(), form(&sent));
    }
}

fn listing(operation: &str, list: &str, members: &[String], marker: Option<&str>) -> Reply {
    let members: String = members
        .iter()
        .map(|member| format!("<member>{member}</member>"))
        .collect();
    let end = match marker {
        Some(marker) => format!("<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"),
        None => "<IsTruncated>false</IsTruncated>".to_owned(),
    };
    query(operation, &format!("<{list}>{members}</{list}>{end}"))
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

#[tokio::test]
async fn names_of_inline_policies_come_from_all_pages() {
    let page =
        |names: &[&str], marker| listing("ListRolePolicies", "PolicyNames", &texts(names), marker);
    let wire = Wire::new([page(&["a", "b"], Some("m=1/+")), page(&["c"], None)]);
    let answer = roles(&wire).inline_policy_names("web").await;
    assert_eq!(answer, Ok(texts(&["a", "b", "c"])));
    let requests = wire.requests();
    let first = [
        ("Action", "ListRolePolicies"),
        ("RoleName", "web"),
        ("MaxItems", "1000"),
    ];
    let mut sorted = requests[0].form();
    sorted.sort();
    let mut expected = form(&first);
    expected.sort();
    assert_eq!(sorted, expected);
    assert!(
        requests[1]
            .form()
            .contains(&("Marker".to_owned(), "m=1/+".to_owned()))
    );
}

#[tokio::test]
async fn attached_policies_profiles_and_attachments_come_from_all_pages() {
    let attached = |name: &str, account: &str| {
        format!(
            "<PolicyName>{name}</PolicyName>\
             <PolicyArn>arn:aws:iam::{account}:policy/{name}</PolicyArn>"
        )
    };
    let page = |members: &[String], marker| {
        listing(
            "ListAttachedRolePolicies",
            "AttachedPolicies",
            members,
            marker,
        )
    };
    let pages = [page(&[attached("A", "aws")], Some("m")), page(&[], None)];
    let answer = roles(&Wire::new(pages)).attached_policies("web").await;
    let expected = AttachedPolicy {
        name: "A".to_owned(),
        arn: "arn:aws:iam::aws:policy/A".parse().unwrap(),
    };
    assert!(expected.is_aws_managed());
    assert_eq!(answer, Ok(vec![expected]));

    let page = |name: &str, marker| {
        let members = [profile(name, "")];
        listing(
            "ListInstanceProfilesForRole",
            "InstanceProfiles",
            &members,
            marker,
        )
    };
    let wire = Wire::new([page("p", Some("m")), page("q", None)]);
    let answer = roles(&wire).profiles_of_role("web").await;
    let expected = vec![profile_facts("p", None), profile_facts("q", None)];
    assert_eq!(answer, Ok(expected));

    let page = |name: &str, marker| {
        let members = [format!("<RoleName>{name}</RoleName><RoleId>AROA1</RoleId>")];
        listing("ListEntitiesForPolicy", "PolicyRoles", &members, marker)
    };
    let wire = Wire::new([page("web", Some("m")), page("batch", None)]);
    let answer = roles(&wire).roles_with_policy(&arn("policy/p")).await;
    assert_eq!(answer, Ok(texts(&["web", "batch"])));
    let sent = wire.requests()[0].form();
    for pair in [
        ("PolicyArn", "arn:aws:iam::111122223333:policy/p"),
        ("EntityFilter", "Role"),
    ] {
        assert!(sent.contains(&form(&[pair])[0]), "{sent:?}");
    }
}

#[tokio::test]
async fn a_listing_that_is_cut_or_turns_in_a_circle_is_an_error() {
    let page = |marker| listing("ListRolePolicies", "PolicyNames", &texts(&["a"]), marker);
    let cases = [vec![page(Some(""))], vec![page(Some("m")), page(Some("m"))]];
    for script in cases {
        let wire = Wire::new(script);
        let error = roles(&wire).inline_policy_names("web").await.unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.resource.as_str()),
            ("InvalidResponse", "web")
        );
        wire.requests();
    }
}

#[tokio::test]
async fn documents_are_decoded_once_and_a_plus_stays() {
    let cases = [
        ("%7B%22Sid%22%3A%20%22a%2Bb%22%7D", Ok(r#"{"Sid": "a+b"}"#)),
        ("a+b%20c", Ok("a+b c")),
        ("100%2525", Ok("100%25")),
        ("%C3%BC%E2%98%83", Ok("ü☃")),
        (
            r#"{"Resource":"arn:aws:s3:::100%"}"#,
            Ok(r#"{"Resource":"arn:aws:s3:::100%"}"#),
        ),
        ("%FF", Err("InvalidResponse")),
        ("", Err("InvalidResponse")),
    ];
    for (encoded, expected) in cases {
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        let inline = format!(
            "<RoleName>web</RoleName><PolicyName>p</PolicyName>\
             <PolicyDocument>{encoded}</PolicyDocument>"
        );
        let version = format!(
            "<PolicyVersion><Document>{encoded}</Document><VersionId>v2</VersionId>\
             <IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>"
        );
        let wire = Wire::new([
            query("GetRolePolicy", &inline),
            query("GetPolicyVersion", &version),
        ]);
        let roles = roles(&wire);
        let inline = roles.inline_policy("web", "p").await;
        assert_eq!(inline.map_err(|error| error.code), expected);
        let version = roles.policy_version(&arn("policy/p"), "v2").await;
        assert_eq!(version.map_err(|error| error.code), expected);
        let requests = wire.requests();
        let sent = [
            ("Action", "GetRolePolicy"),
            ("RoleName", "web"),
            ("PolicyName", "p"),
        ];
        assert_eq!(requests[0].form(), form(&sent));
        let sent = [
            ("Action", "GetPolicyVersion"),
            ("PolicyArn", "arn:aws:iam::111122223333:policy/p"),
            ("VersionId", "v2"),
        ];
        assert_eq!(requests[1].form(), form(&sent));
    }
}

fn policy(name: &str, version: &str) -> String {
    format!(
        "<PolicyName>{name}</PolicyName><PolicyId>ANPA{name}</PolicyId>\
         <Arn>{ACCOUNT}:policy/{name}</Arn>\
         <DefaultVersionId>{version}</DefaultVersionId>"
    )
}

fn policy_facts(name: &str, version: &str) -> ManagedPolicy {
    ManagedPolicy {
        arn: arn(&format!("policy/{name}")),
        name: name.to_owned(),
        default_version: version.to_owned(),
        id: Some(format!("ANPA{name}")),
    }
}

#[tokio::test]
async fn a_managed_policy_names_its_version_in_force() {
    let whole = policy("p", "v7");
    let nameless = whole.replace("<PolicyName>p</PolicyName>", "");
    for policy in [whole, nameless] {
        let body = format!("<Policy>{policy}</Policy>");
        let wire = Wire::new([query("GetPolicy", &body)]);
        let answer = roles(&wire).managed_policy(&arn("policy/p")).await;
        assert_eq!(answer, Ok(policy_facts("p", "v7")));
    }
}

fn summary(entries: &[(&str, u32)]) -> Reply {
    let entries = entries
        .iter()
        .map(|(key, value)| format!("<entry><key>{key}</key><value>{value}</value></entry>"));
    let entries: String = entries.collect();
    query(
        "GetAccountSummary",
        &format!("<SummaryMap>{entries}</SummaryMap>"),
    )
}

#[tokio::test]
async fn the_summary_counts_roles_and_policies() {
    let whole = [
        ("Users", 9),
        ("Roles", 2000),
        ("Policies", 31),
        ("SomethingNew", 1),
    ];
    let counts = AccountSummary {
        roles: 2000,
        policies: 31,
    };
    let cases = [
        (&whole[..], Ok(counts)),
        (&whole[..2], Err("InvalidResponse".to_owned())),
    ];
    for (entries, expected) in cases {
        let wire = Wire::new([summary(entries)]);
        let answer = roles(&wire).account_summary().await;
        assert_eq!(answer.map_err(|error| error.code), expected);
    }
}

fn account_page(policies: &str, marker: Option<&str>) -> Reply {
    let inline = "<member><PolicyName>in</PolicyName>\
                  <PolicyDocument>%7B%22a%22%3A1%7D</PolicyDocument></member>";
    let role = role(
        "web",
        &format!(
            "<InstanceProfileList><member>{}</member></InstanceProfileList>\
             <RolePolicyList>{inline}</RolePolicyList><AttachedManagedPolicies><member>\
             <PolicyName>A</PolicyName><PolicyArn>arn:aws:iam::aws:policy/A</PolicyArn>\
             </member></AttachedManagedPolicies>",
            profile("p", "")
        ),
    );
    let end = marker.map_or_else(String::new, |marker| {
        format!("<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>")
    });
    query(
        "GetAccountAuthorizationDetails",
        &format!(
            "<RoleDetailList><member>{role}</member></RoleDetailList>\
             <Policies>{policies}</Policies>{end}"
        ),
    )
}

fn versions(current: &str) -> String {
    let version = |id: &str| {
        format!(
            "<member><Document>%7B%22{id}%22%3A1%7D</Document><VersionId>{id}</VersionId></member>"
        )
    };
    format!(
        "<member>{}<PolicyVersionList>{}{}</PolicyVersionList></member>",
        policy("p", current),
        version("v1"),
        version("v2")
    )
}

#[tokio::test]
async fn a_page_of_the_account_holds_roles_whole_and_policies_in_force() {
    let wire = Wire::new([
        account_page(&versions("v2"), Some("m")),
        account_page("", None),
    ]);
    let roles = roles(&wire);
    let page = roles.account_details(None).await.unwrap();
    assert_eq!(page.next.as_deref(), Some("m"));
    assert_eq!(page.policies.len(), 1);
    assert_eq!(page.policies[0].policy, policy_facts("p", "v2"));
    assert_eq!(page.policies[0].document, r#"{"v2":1}"#);
    let role = &page.roles[0];
    assert_eq!(role.role.arn, arn("role/web"));
    assert_eq!(role.profiles, [profile_facts("p", None)]);
    let inline = InlinePolicy {
        name: "in".to_owned(),
        document: r#"{"a":1}"#.to_owned(),
    };
    assert_eq!(role.inline, [inline]);
    assert_eq!(role.attached.len(), 1);
    let last = roles.account_details(Some("m")).await.unwrap();
    assert_eq!(last.next, None);
    let requests = wire.requests();
    let sent = requests[0].form();
    for pair in [
        ("Filter.member.1", "Role"),
        ("Filter.member.2", "LocalManagedPolicy"),
        ("Filter.member.3", "AWSManagedPolicy"),
        ("MaxItems", "1000"),
    ] {
        assert!(sent.contains(&form(&[pair])[0]), "{sent:?}");
    }
    assert!(requests[1].form().contains(&form(&[("Marker", "m")])[0]));
}

#[tokio::test]
async fn a_page_of_the_account_that_contradicts_itself_is_an_error() {
    let cases = [
        (account_page(&versions("v3"), None), None),
        (account_page("", Some("")), None),
        (account_page("", Some("m")), Some("m")),
    ];
    for (reply, marker) in cases {
        let wire = Wire::new([reply]);
        let error = roles(&wire).account_details(marker).await.unwrap_err();
        assert_eq!(error.code, "InvalidResponse");
    }
}

#[tokio::test]
async fn iam_is_asked_at_the_partitions_one_endpoint() {
    let cases = [
        ("eu-west-1", "https://iam.amazonaws.com/", "us-east-1/iam"),
        (
            "cn-north-1",
            "https://iam.cn-north-1.amazonaws.com.cn/",
            "cn-north-1/iam",
        ),
        (
            "us-gov-east-1",
            "https://iam.us-gov.amazonaws.com/",
            "us-gov-west-1/iam",
        ),
    ];
    for (home, url, scope) in cases {
        let wire = Wire::new([query_refusal(404, "NoSuchEntity")]);
        let config = wire.config().region(aws_config::Region::new(home)).build();
        let roles = Roles::new(Session::from_config(config).unwrap());
        let error = roles.role("web").await.unwrap_err();
        assert_eq!(error.class, ErrorClass::Absent);
        let request = wire.request();
        assert_eq!(
            (request.line, request.scope.as_str()),
            (format!("POST {url}"), scope)
        );
    }
}

async fn failures(script: impl Fn() -> Vec<Reply>) -> Vec<(&'static str, CallError)> {
    let roles = || Roles::new(Wire::new(script()).session());
    let policy = arn("policy/p");
    vec![
        (
            "GetInstanceProfile",
            roles().instance_profile("p").await.unwrap_err(),
        ),
        ("GetRole", roles().role("r").await.unwrap_err()),
        (
            "ListRolePolicies",
            roles().inline_policy_names("r").await.unwrap_err(),
        ),
        (
            "GetRolePolicy",
            roles().inline_policy("r", "p").await.unwrap_err(),
        ),
        (
            "ListAttachedRolePolicies",
            roles().attached_policies("r").await.unwrap_err(),
        ),
        (
            "GetPolicy",
            roles().managed_policy(&policy).await.unwrap_err(),
        ),
        (
            "GetPolicyVersion",
            roles().policy_version(&policy, "v1").await.unwrap_err(),
        ),
        (
            "GetAccountSummary",
            roles().account_summary().await.unwrap_err(),
        ),
        (
            "GetAccountAuthorizationDetails",
            roles().account_details(None).await.unwrap_err(),
        ),
        (
            "ListInstanceProfilesForRole",
            roles().profiles_of_role("r").await.unwrap_err(),
        ),
        (
            "ListEntitiesForPolicy",
            roles().roles_with_policy(&policy).await.unwrap_err(),
        ),
    ]
}

#[tokio::test]
async fn errors_of_each_read_have_their_class_and_name() {
    let cases = [
        (404, "NoSuchEntity", ErrorClass::Absent),
        (403, "AccessDenied", ErrorClass::Denied),
        (400, "Throttling", ErrorClass::Throttled),
        (400, "ValidationError", ErrorClass::Refused),
        (500, "ServiceFailure", ErrorClass::Broken),
    ];
    for (status, code, class) in cases {
        for (operation, error) in failures(|| vec![query_refusal(status, code)]).await {
            assert_eq!((error.code.as_str(), error.class), (code, class));
            assert_eq!(error.operation.name, operation);
        }
    }
}

#[tokio::test]
async fn an_answer_without_what_was_asked_for_is_an_error() {
    let single = [
        "GetInstanceProfile",
        "GetRole",
        "GetPolicy",
        "GetPolicyVersion",
        "GetAccountSummary",
    ];
    for operation in single {
        let failed = failures(|| vec![query(operation, "")]).await;
        let (_, error) = failed
            .into_iter()
            .find(|(name, _)| *name == operation)
            .unwrap();
        assert_eq!(error.code, "InvalidResponse", "{error}");
    }
}
