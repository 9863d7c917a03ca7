//! The two forms a report is given out in: the AWS CLI's and the wire's.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::ser::PrettyFormatter;
use serde_json::{Number, Value, json};

use super::{AutomationExecution, StepExecution};

/// The AWS CLI indents by four.
const INDENT: &[u8] = b"    ";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    automation_execution: &'a AutomationExecution,
}

impl AutomationExecution {
    /// The run as `aws ssm get-automation-execution` prints it.
    pub fn to_cli_text(&self) -> String {
        let mut text = Vec::new();
        let formatter = PrettyFormatter::with_indent(INDENT);
        let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
        let answer = Answer {
            automation_execution: self,
        };
        // Texts, numbers and lists of them, written to memory: there is nothing that can fail.
        match answer.serialize(&mut serializer) {
            Ok(()) => String::from_utf8_lossy(&text).into_owned(),
            Err(_) => String::new(),
        }
    }

    /// The run as GetAutomationExecution answers: times are seconds since 1970.
    pub fn to_wire(&self) -> Value {
        let mut execution = wire(
            self,
            Some(self.execution_start_time),
            self.execution_end_time,
        );
        let steps: Vec<Value> = self
            .step_executions
            .iter()
            .map(StepExecution::to_wire)
            .collect();
        if let Some(place) = execution.get_mut("StepExecutions") {
            *place = Value::Array(steps);
        }
        json!({ "AutomationExecution": execution })
    }
}

impl StepExecution {
    /// The step as DescribeAutomationStepExecutions answers: times are seconds since 1970.
    pub fn to_wire(&self) -> Value {
        wire(self, self.execution_start_time, self.execution_end_time)
    }
}

fn wire<T: Serialize>(value: &T, began: Option<Timestamp>, ended: Option<Timestamp>) -> Value {
    let mut value = serde_json::to_value(value).unwrap_or_default();
    for (member, time) in [("ExecutionStartTime", began), ("ExecutionEndTime", ended)] {
        if let (Some(place), Some(time)) = (value.get_mut(member), time) {
            *place = seconds(time).map_or(Value::Null, Value::Number);
        }
    }
    value
}

fn seconds(time: Timestamp) -> Option<Number> {
    Number::from_f64(
        std::time::Duration::from_millis(u64::try_from(time.as_millisecond()).ok()?).as_secs_f64(),
    )
}

/// As Python writes a time in UTC: six digits behind the point, or none.
pub(super) fn time<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&iso(*time))
}

pub(super) fn optional_time<S: Serializer>(
    time: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.serialize_str(&iso(*time)),
        None => serializer.serialize_none(),
    }
}

fn iso(time: Timestamp) -> String {
    // The service keeps milliseconds.
    let form = if time.as_millisecond() % 1000 == 0 {
        "%Y-%m-%dT%H:%M:%S+00:00"
    } else {
        "%Y-%m-%dT%H:%M:%S.%3f000+00:00"
    };
    time.strftime(form).to_string()
}
