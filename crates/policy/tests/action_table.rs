//! The action table: what is in it, and that patterns find what a plain walk would find.

use proptest::prelude::*;
use trailkeeper_policy::action_table::{
    AccessLevel, Action, ActionSet, ActionTable, ResourceClass,
};
use trailkeeper_policy::matching::action_matches;

fn table() -> &'static ActionTable {
    ActionTable::get()
}

#[expect(clippy::expect_used, reason = "test code")]
fn action(name: &str) -> Action {
    table().find(name).expect("an action of the table")
}

fn all() -> Vec<(Action, &'static str)> {
    table()
        .expand("*")
        .map(|action| (action, action.name()))
        .collect()
}

fn types(name: &str) -> Vec<String> {
    let kinds = action(name).resource_types();
    let mark = |required: bool| if required { "*" } else { "" };
    kinds
        .map(|kind| format!("{}{}", kind.resource_type().name(), mark(kind.required)))
        .collect()
}

fn templates(name: &str) -> Vec<String> {
    let kinds = action(name).resource_types();
    kinds
        .flat_map(|kind| kind.resource_type().arn_templates())
        .map(|template| template.to_string())
        .collect()
}

#[test]
fn it_holds_what_the_data_of_its_day_held() {
    assert_eq!(table().date(), "2026-10-27");
    assert_eq!(table().len(), 22_321);
    let classes = |class| table().expand("*").filter(|a| a.class() == class).count();
    assert_eq!(classes(ResourceClass::Unscopeable), 6_762);
    assert_eq!(classes(ResourceClass::Required), 14_073);
    assert_eq!(classes(ResourceClass::OptionalOne), 485);
    assert_eq!(classes(ResourceClass::OptionalMany), 1_486 - 485);
    let levels = |level| table().expand("*").filter(|a| a.level() == level).count();
    assert_eq!(levels(AccessLevel::Write), 11_485);
    assert_eq!(levels(AccessLevel::Read), 5_947);
    assert_eq!(levels(AccessLevel::List), 3_748);
    assert_eq!(levels(AccessLevel::Tagging), 719);
    assert_eq!(levels(AccessLevel::PermissionsManagement), 422);
}

#[test]
fn every_action_is_found_by_its_name_and_number_and_in_the_order_of_names() {
    let mut before = String::new();
    for (number, (action, name)) in (0..).zip(all()) {
        assert_eq!(action.id(), number);
        assert_eq!(table().action(number), Some(action));
        assert_eq!(table().find(name), Some(action), "{name}");
        assert_eq!(table().find(&name.to_uppercase()), Some(action), "{name}");
        assert_eq!(name.split(':').next(), Some(action.service()), "{name}");
        let lower = name.to_lowercase();
        assert!(before < lower, "{before} {lower}");
        before = lower;
    }
    assert_eq!(table().action(22_321), None);
}

#[test]
fn an_action_says_its_level_types_and_keys() {
    let put = action("S3:pUTobject");
    assert_eq!(put.name(), "s3:PutObject");
    assert_eq!(put.service(), "s3");
    assert_eq!(put.level(), AccessLevel::Write);
    assert_eq!(put.class(), ResourceClass::OptionalMany);
    assert_eq!(types("s3:PutObject"), ["accesspointobject", "object"]);
    assert!(put.condition_keys().any(|key| key == "s3:x-amz-acl"));
    assert_eq!(action("iam:PassRole").class(), ResourceClass::Required);
    assert_eq!(types("iam:PassRole"), ["role*"]);
    assert_eq!(
        templates("iam:PassRole"),
        ["arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"]
    );
    let metric = action("cloudwatch:PutMetricData");
    assert_eq!(metric.class(), ResourceClass::OptionalOne);
    assert!(
        metric
            .condition_keys()
            .any(|key| key == "cloudwatch:namespace")
    );
    assert_eq!(types("ec2:DescribeInstances"), [""; 0]);
    assert_eq!(
        action("iam:PutRolePolicy").level(),
        AccessLevel::PermissionsManagement
    );
    // its bucket's tags are keys of the type, not of the action
    let bucket = action("s3:DeleteBucket").resource_types().next();
    let key = "aws:ResourceTag/${TagKey}";
    assert!(bucket.is_some_and(|it| it.resource_type().condition_keys().any(|k| k == key)));
    assert_eq!(
        action("vpc-lattice:associateviaawsservice-eventsandstates").name(),
        "vpc-lattice:AssociateViaAWSService-EventsAndStates"
    );
}

#[test]
fn a_type_can_have_several_shapes_of_arn_and_another_service_in_them() {
    let bot = |name: &str| {
        let mut kinds = action(name).resource_types().map(|it| it.resource_type());
        kinds
            .find(|kind| kind.name() == "bot")
            .map(|kind| kind.arn_templates().count())
    };
    assert_eq!(bot("lex:DeleteBot"), Some(2));
    let snapshot = action("ebs:PutSnapshotBlock").resource_types().next();
    let template = snapshot.and_then(|it| it.resource_type().arn_templates().next());
    let parts = template.map(|it| (it.service(), it.region(), it.account(), it.resource()));
    assert_eq!(
        parts,
        Some(("ec2", "${Region}", "", "snapshot/${SnapshotId}"))
    );
    assert_eq!(
        template.map(|it| it.head()),
        Some("arn:${Partition}:ec2:${Region}::")
    );
}

#[test]
fn what_is_not_there_is_not_found() {
    for name in [
        "",
        "s3",
        "s3:",
        "s3:GetObjects",
        "s3:GetObjec",
        "S4:GetObject",
        ":",
        "é:x",
    ] {
        assert_eq!(table().find(name), None, "{name}");
    }
    for (service, known) in [
        ("s3", true),
        ("EC2", true),
        ("s", false),
        ("", false),
        ("s3:", false),
        ("evidently2", false),
    ] {
        assert_eq!(table().knows_service(service), known, "{service}");
    }
}

fn matched(pattern: &str, names: &[(Action, &str)]) -> Vec<Action> {
    let matching = names
        .iter()
        .filter(|(_, name)| action_matches(pattern, name));
    matching.map(|(action, _)| *action).collect()
}

#[test]
fn a_pattern_stands_for_the_actions_whose_names_match_it() {
    let names = all();
    let patterns = [
        ("s3:Get*", true),
        ("S3:gET*", true),
        ("s3:?utObject", true),
        ("*", true),
        ("**", true),
        ("*:*", true),
        ("**:**", true),
        ("*:PutObject", true),
        ("s3:*Object*", true),
        ("ec2:*Instances", true),
        ("s3:*", true),
        ("s3*:Put*", true),
        ("iam:PassRole", true),
        ("iam:PassRole*", true),
        ("iam:PassRole?", false),
        ("?am:passrole", true),
        ("zz:*", false),
        ("s3", false),
        ("s3*", false),
        ("", false),
        ("?", false),
        ("s3:", false),
        (":*", false),
        ("nosuch:*Get*", false),
        ("vpc-lattice:*-*", true),
        ("xray:*", true),
        ("xray:Z*", false),
        ("s3:é*", false),
        ("zzz", false),
        ("*:?", false),
        ("*:*?*", true),
        ("a2c:*", true),
    ];
    for (pattern, any) in patterns {
        let expanded: Vec<Action> = table().expand(pattern).collect();
        assert_eq!(expanded, matched(pattern, &names), "{pattern}");
        assert_eq!(!expanded.is_empty(), any, "{pattern}");
        if let Some(run) = table().run(pattern) {
            let run: Vec<Action> = run.filter_map(|id| table().action(id)).collect();
            assert_eq!(run, expanded, "{pattern}");
        }
        let mut set = ActionSet::new();
        set.insert_pattern(pattern);
        assert_eq!(set.iter().collect::<Vec<_>>(), expanded, "{pattern}");
        assert_eq!(set.len(), expanded.len());
    }
}

#[test]
fn sets_add_keep_and_take_away() {
    let set = |patterns: &[&str]| {
        let mut set = ActionSet::new();
        for pattern in patterns {
            set.insert_pattern(pattern);
        }
        set
    };
    let mut some = set(&["s3:*"]);
    some.subtract(&set(&["s3:Get*", "s3:List*"]));
    assert!(some.contains(action("s3:PutObject")) && !some.contains(action("s3:GetObject")));
    some.keep(&set(&["*:*Object"]));
    assert!(some.contains(action("s3:PutObject")) && !some.contains(action("s3:PutObjectAcl")));
    some.add(&set(&["iam:PassRole"]));
    some.remove(action("s3:PutObject"));
    assert!(some.contains(action("iam:PassRole")) && !some.contains(action("s3:PutObject")));
    some.subtract(&ActionSet::all());
    assert!(some.is_empty());
    assert_eq!(ActionSet::all().len(), 22_321);
    assert_eq!(set(&["s3:*"]).iter().collect::<ActionSet>(), set(&["s3:*"]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// A name of the table with characters replaced by wildcards.
    #[test]
    fn expansion_is_a_plain_walk(
        id in 0..22_321_u32,
        from in 0..40_usize,
        length in 0..12_usize,
        wild in prop::sample::select(vec!["*", "?", "**", "?*", "*?", ""]),
        tail in prop::sample::select(vec!["", "*", "?"]),
        upper: bool,
    ) {
        let name = table().action(id).map(Action::name).unwrap_or_default();
        let (start, end) = (from.min(name.len()), (from + length).min(name.len()));
        let pattern = format!("{}{wild}{}{tail}", name.get(..start).unwrap_or(""), name.get(end..).unwrap_or(""));
        let pattern = if upper { pattern.to_uppercase() } else { pattern };
        let expanded: Vec<Action> = table().expand(&pattern).collect();
        prop_assert_eq!(expanded, matched(&pattern, &all()), "{}", pattern);
    }
}
