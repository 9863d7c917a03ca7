//! What a message says besides what is wrong.

use serde_json::{Value, json};
use trailkeeper_core::fast_path::{
    Concern, Notice, Remarks, Reported, attacks, events, meaning, meaning_unnamed, notice_with,
    noticed, of_guard, row_of, rule_notes,
};
use trailkeeper_core::{Code, Note};

use crate::{call, concern, event, json_of};

fn of(service: &str, name: &str, request: Value) -> trailkeeper_core::fast_path::ApiCall {
    call(&event(service, name, request, Value::Null))
}

/// UpdateTrail is part of many attacks; what is wrong afterwards says of which.
#[test]
fn findings_tell_attacks_apart() {
    let ids = |name: &str, codes: &[Code]| {
        let call = of("cloudtrail", name, Value::Null);
        let known = attacks(call.row().unwrap(), codes);
        known
            .into_iter()
            .map(|threat| threat.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("UpdateTrail", &[Code::WrongKey]), ["B06"]);
    assert_eq!(ids("UpdateTrail", &[Code::LogValidationOff]), ["B05"]);
    assert!(ids("UpdateTrail", &[]).len() > 8);
    assert_eq!(ids("StopLogging", &[Code::TrailNotLogging]), ["B01"]);
    assert_eq!(ids("StopLogging", &[]), ["B01", "B18"]);
}

#[test]
fn sentences_say_what_the_call_means() {
    let stop = of("cloudtrail", "StopLogging", json!({"name": "org-audit"}));
    let row = stop.row().unwrap();
    assert_eq!(
        meaning(row, &[Code::TrailNotLogging]),
        "Known attack B01 (stop the trail): StopLogging means that the trail records nothing \
         until it is started again."
    );
    let told = noticed(row, &stop, &row.names(&stop), true);
    assert_eq!(told.code, "tampering-noticed");
    assert!(
        told.why
            .starts_with("StopLogging on org-audit by IAMUser arn:"),
        "{}",
        told.why
    );
    let mut again = stop.clone();
    again.id = "another".to_owned();
    assert_ne!(
        noticed(row, &again, &row.names(&stop), true),
        told,
        "another call is another fact"
    );
    let missing = crate::reported("trail-missing", "account 1 has no trail org-audit");
    assert_ne!(
        missing.clone().of_event(&stop),
        missing.of_event(&again),
        "deleted twice it is gone twice"
    );
    assert!(
        told.why.ends_with("; the rule finds nothing wrong now"),
        "{}",
        told.why
    );

    let request = json!({"functionName": "tk-evaluator"});
    let update = of("lambda", "UpdateFunctionConfiguration20150331v2", request);
    let row = update.row().unwrap();
    let told = of_guard(row, &update, &row.names(&update));
    assert!(
        told.why
            .contains("UpdateFunctionConfiguration on tk-evaluator by"),
        "{}",
        told.why
    );
    assert!(told.why.contains("TRAILKEEPER_MODE"), "{}", told.why);
    let mut again = update.clone();
    again.id = "another".to_owned();
    assert_ne!(of_guard(row, &again, &row.names(&update)), told);
    let message = notice_with(
        &update,
        &update.region,
        &[concern("f", vec![told])],
        &Remarks::default(),
    );
    let message = json_of(&message.unwrap().message);
    assert_eq!(
        message["event"], "UpdateFunctionConfiguration",
        "without the API's version"
    );
}

fn told(concern: Concern, remarks: &Remarks) -> (Notice, Value) {
    let call = of("monitoring", "DeleteAlarms", Value::Null);
    let notice = notice_with(&call, &call.region, &[concern], remarks).unwrap();
    let message = json_of(&notice.message);
    (notice, message)
}

#[test]
fn samples_are_marked_in_subject_and_text() {
    let remarks = Remarks {
        is_sample: true,
        event: Some("GuardDuty finding".to_owned()),
        lines: vec!["1. Affected: nobody.".to_owned()],
    };
    let (notice, message) = told(concern("t", vec![crate::reported("x", "y")]), &remarks);
    assert_eq!(
        notice.subject,
        "Trailkeeper: sample: x: GuardDuty finding in 111122223333 us-east-1 t"
    );
    let text = message["text"].as_str().unwrap();
    assert!(text.contains("\nThis is a sample: "), "{text}");
    assert!(text.contains("\n1. Affected: nobody.\n"), "{text}");
    assert_eq!(message["event"], "GuardDuty finding");
}

/// A spreadsheet takes a field that begins so for a formula.
#[test]
fn no_field_is_a_formula() {
    for start in ["=", "+", "-", "@", "\t=", "\r-"] {
        let evil = format!("{start}cmd|' /C calc'!A0<b>\u{202e}");
        let finding = Reported {
            policy_name: evil.clone(),
            statement: evil.clone(),
            ..crate::reported("x", &evil)
        };
        let concern = Concern {
            profile_name: evil.clone(),
            ..concern(&evil, vec![finding])
        };
        let mut event = event("monitoring", "DeleteAlarms", Value::Null, Value::Null);
        event["detail"]["userIdentity"] = json!({"arn": evil, "sessionName": evil});
        let call = call(&event);
        let notice = notice_with(&call, &call.region, &[concern], &Remarks::default()).unwrap();
        let message = json_of(&notice.message);
        let fields = [
            &message["actor"],
            &message["resource"]["id"],
            &message["profileName"],
            &message["findings"][0]["policyName"],
            &message["findings"][0]["statement"],
            &message["findings"][0]["why"],
        ];
        for field in fields {
            let field = field.as_str().unwrap();
            assert!(
                !field.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{field}"
            );
            assert!(
                field.contains("cmd|") && !field.contains('\u{202e}'),
                "{field}"
            );
        }
    }
}

/// That the repair is exhausted is an attack by whatever call it was done.
#[test]
fn an_exhausted_repair_is_an_attack_of_its_own() {
    let row = |service: &str, name: &str| {
        row_of(
            &format!("aws.{service}"),
            &format!("{service}.amazonaws.com"),
            name,
        )
        .unwrap()
    };
    let stop = row("cloudtrail", "StopLogging");
    let ids = |row, codes: &[Code]| {
        let known = attacks(row, codes);
        known.iter().map(|one| one.id).collect::<Vec<_>>()
    };
    let codes = [Code::TrailNotLogging, Code::RepairsExhausted];
    assert_eq!(ids(stop, &codes[..1]), ["B01"]);
    assert_eq!(ids(stop, &codes), ["B01", "B49"]);
    let update = row("cloudtrail", "UpdateTrail");
    let codes = [Code::NotMultiRegion, Code::RepairsExhausted];
    assert_eq!(ids(update, &codes), ["B03", "B42", "B49"], "once");
}

/// Every call that hands permissions out says what it means and what to check, also without a name.
#[test]
fn a_call_that_names_nothing_says_why_and_what_to_check() {
    let rows = events().filter(|row| row.handler.counts_unnamed());
    let mut of_permissions = 0;
    for row in rows {
        let lines = meaning_unnamed(row).join("\n");
        let name = row.event_name;
        assert!(!lines.contains("means that ."), "{name}: {lines}");
        assert!(
            lines.contains("Known attack B51 (a request too large"),
            "{name}: {lines}"
        );
        assert!(lines.contains("does not say which"), "{name}: {lines}");
        assert!(lines.contains("To check: "), "{name}: {lines}");
        of_permissions += usize::from(row.event_source == "iam.amazonaws.com");
    }
    assert_eq!(of_permissions, 13);
}

/// Notes of the rule are few, short and escaped.
#[test]
fn notes_are_bounded_and_escaped() {
    let note = |text: &str| Note {
        code: "bucket-open-to-others",
        text: text.to_owned(),
    };
    assert_eq!(rule_notes(&[]), [""; 0]);
    let one = rule_notes(&[note("a\nb\u{202e}")]);
    assert_eq!(one, ["Note: bucket-open-to-others: a\\nb\\u{202e}."]);
    let many = rule_notes(&vec![note(&"é".repeat(5000)); 12]);
    assert_eq!(many.len(), 11);
    assert_eq!(many[10], "(+2 more notes)");
    assert!(many.iter().all(|line| line.chars().count() < 1100));
}

/// What is told of a call on something of ours: what was named, and what was found since.
#[test]
fn noticed_and_touched_in_every_form() {
    let stop = of("cloudtrail", "StopLogging", json!({"name": "org-audit"}));
    let row = stop.row().unwrap();
    let names = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    let by = "IAMUser arn:aws:iam::111122223333:user/mallory, key AKIAIOSFODNN7EXAMPLE \
        (long-term), from 203.0.113.24, event a1b2c3d4-5678-90ab-cdef-EXAMPLE22221: the trail \
        records nothing until it is started again";
    let cases = [
        (names(&[]), "something that the event does not name"),
        (names(&["a", "b\n"]), "a, b\\n"),
    ];
    for (names, what) in cases {
        let why = format!("StopLogging on {what} by {by}");
        let told = noticed(row, &stop, &names, false);
        assert_eq!(
            (told.code.as_str(), told.severity.as_str()),
            ("tampering-noticed", "medium")
        );
        assert_eq!(told.why, why);
        let healthy = noticed(row, &stop, &names, true);
        assert_eq!(
            healthy.why,
            format!("{why}; the rule finds nothing wrong now")
        );
        let touched = of_guard(row, &stop, &names);
        assert_eq!(
            (touched.code.as_str(), touched.severity.as_str()),
            ("guard-touched", "high")
        );
        assert_eq!(touched.why, why);
        for one in [&told, &touched] {
            assert!(one.suggestion.starts_with("see whether it was meant; "));
            assert_eq!((one.policy_name.as_str(), one.grant.as_str()), ("", ""));
        }
    }
    let again = noticed(row, &stop, &[], true).of_event(&stop);
    let event = "; event a1b2c3d4-5678-90ab-cdef-EXAMPLE22221 at 2026-03-02T09:57:12Z";
    assert!(again.why.ends_with(event), "{}", again.why);
}

#[test]
fn a_repair_that_is_not_made_says_why() {
    let counted = Reported::repairs_exhausted("Restore", 4);
    let uncounted = Reported::repairs_uncounted("Restore");
    for one in [&counted, &uncounted] {
        assert_eq!(
            (one.code.as_str(), one.severity.as_str()),
            ("repairs-exhausted", "high")
        );
        assert!(one.suggestion.contains("start the runbook by hand"));
    }
    assert!(
        counted
            .why
            .starts_with("4 runs of Restore were started within the last hour")
    );
    assert!(
        uncounted
            .why
            .starts_with("more runs of Restore and of documents")
    );
}

/// None, one or several attacks: the sentence says which.
#[test]
fn the_sentence_for_each_number_of_attacks() {
    let sentence = |service: &str, name: &str| {
        let source = format!("{service}.amazonaws.com");
        meaning(
            row_of(&format!("aws.{service}"), &source, name).unwrap(),
            &[],
        )
    };
    let none = sentence("account", "DisableRegion");
    assert!(none.starts_with("DisableRegion means that "), "{none}");
    let one = sentence("monitoring", "DeleteAlarms");
    assert!(one.starts_with("Known attack B37 ("), "{one}");
    assert!(one.contains("): DeleteAlarms means that "), "{one}");
    let several = sentence("cloudtrail", "StopLogging");
    assert!(
        several.starts_with("One of the known attacks B01 ("),
        "{several}"
    );
    assert!(several.contains("), B18 ("), "{several}");
    assert!(
        several.contains("): StopLogging means that the trail"),
        "{several}"
    );
}

#[test]
fn ten_notes_are_all_told() {
    let note = Note {
        code: "x",
        text: "y".to_owned(),
    };
    assert_eq!(rule_notes(&vec![note.clone(); 10]), vec!["Note: x: y."; 10]);
    assert_eq!(rule_notes(&vec![note; 11])[10], "(+1 more notes)");
}
