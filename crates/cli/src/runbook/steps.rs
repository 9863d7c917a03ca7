//! The steps of a run as a table.

use jiff::Timestamp;
use serde_json::Value;

/// The columns of [`rows`].
pub(crate) const HEADER: [&str; 5] = ["TIME", "TOOK", "STEP", "STATUS", "RESULT"];

/// The steps that a run has come to, from what GetAutomationExecution answers.
pub(crate) fn rows(answer: &Value) -> Vec<[String; 5]> {
    let steps = answer.pointer("/AutomationExecution/StepExecutions");
    let steps = steps.and_then(Value::as_array).into_iter().flatten();
    let reached: Vec<&Value> = steps
        .filter(|step| text(step, "StepStatus") != "Pending")
        .collect();
    let next = reached.iter().skip(1).map(Some).chain([None]);
    reached
        .iter()
        .zip(next)
        .map(|(step, next)| row(step, next.map(|next| text(next, "StepName"))))
        .collect()
}

/// A step, and the one that came after it.
fn row(step: &Value, next: Option<&str>) -> [String; 5] {
    let time = |member: &str| step.get(member).and_then(Value::as_f64);
    let began = time("ExecutionStartTime");
    let took = time("ExecutionEndTime")
        .zip(began)
        .map(|(end, start)| format!("{} s", (end - start).round()));
    [
        began.map(clock).unwrap_or_default(),
        took.unwrap_or_default(),
        text(step, "StepName").to_owned(),
        text(step, "StepStatus").to_owned(),
        result(step, next),
    ]
}

/// The time of the day.
fn clock(seconds: f64) -> String {
    let at = Timestamp::from_millisecond((seconds * 1000.0).round() as i64);
    at.map(|at| at.strftime("%H:%M:%S").to_string())
        .unwrap_or_default()
}

/// Why a step failed, else what came of it: the outcome, the way on, or the property that was
/// asked for.
fn result(step: &Value, next: Option<&str>) -> String {
    let failure = text(step, "FailureMessage").lines().next();
    if let Some(failure) = failure {
        return failure.to_owned();
    }
    match text(step, "Action") {
        "aws:branch" => way(step, next),
        "aws:assertAwsResourceProperty" | "aws:waitForAwsResourceProperty" => property(step),
        _ => {
            let outcome = step.pointer("/Outputs/outcome/0");
            outcome
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        }
    }
}

/// The steps are in the document's order, so what follows need not be where the branch led.
fn way(step: &Value, next: Option<&str>) -> String {
    let valid = step.get("ValidNextSteps").and_then(Value::as_array);
    let mut valid = valid.into_iter().flatten().filter_map(Value::as_str);
    match next {
        None => "the run ends here".to_owned(),
        Some(next) if valid.any(|valid| valid == next) => format!("on to {next}"),
        Some(_) => String::new(),
    }
}

fn property(step: &Value) -> String {
    let input = |name: &str| {
        let value = step.get("Inputs").and_then(|inputs| inputs.get(name));
        value.and_then(Value::as_str).unwrap_or_default()
    };
    let selector = input("PropertySelector");
    let values = input("DesiredValues");
    let values = match serde_json::from_str::<Vec<String>>(values) {
        Ok(values) => values.join(" or "),
        Err(_) => values.to_owned(),
    };
    format!("{} is {values}", selector.trim_start_matches("$."))
}

fn text<'a>(step: &'a Value, member: &str) -> &'a str {
    step.get(member).and_then(Value::as_str).unwrap_or_default()
}
