//! What GuardDuty reports of a trail.

use serde_json::{Value, json};

use super::actor::Actor;
use super::envelope::{ApiCall, EnvelopeError, either, region};
use super::table::{EventRow, row_of};
use crate::config_rule::json::{Place, decoded};

/// The envelope's `source`.
const SOURCE: &str = "aws.guardduty";

/// Whose access key it was, in GuardDuty's words. Names can be chosen by an intruder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Principal {
    /// `IAMUser`, `AssumedRole`, `Root` and so on.
    pub user_type: String,
    /// The name of the user, or of the role.
    pub user_name: String,
    /// Their unique id; of a role with the name of the session behind it.
    pub principal_id: String,
    /// The id of the access key.
    pub access_key_id: String,
}

impl Principal {
    /// The name of the role whose session it is.
    pub fn role(&self) -> Option<&str> {
        let is_role = self.user_type == "AssumedRole" && !self.user_name.is_empty();
        is_role.then_some(self.user_name.as_str())
    }

    fn read(details: &Value) -> Self {
        let text = |name| {
            let text = details.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        Self {
            user_type: text("userType"),
            user_name: text("userName"),
            principal_id: text("principalId"),
            access_key_id: text("accessKeyId"),
        }
    }
}

/// A finding of GuardDuty.
#[derive(Debug, Clone, PartialEq)]
pub struct GuardDutyFinding {
    /// Its type: `Stealth:IAMUser/CloudTrailLoggingDisabled`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Whether GuardDuty made it up, to show what one looks like.
    pub is_sample: bool,
    /// Whose key it was.
    pub principal: Principal,
    /// The error of the last of the calls that GuardDuty sums up; empty where it had none. An
    /// earlier one can have had its effect.
    pub error_code: String,
    /// The call that GuardDuty saw, as far as it tells: never a failed one. Its id is that of the finding with the time
    /// of its last change: GuardDuty sends a finding again when it has seen more of the same.
    pub call: ApiCall,
}

impl GuardDutyFinding {
    /// What is known of such a finding, if it is one that is handled.
    pub fn row(&self) -> Option<&'static EventRow> {
        row_of(SOURCE, "", &self.kind)
    }

    pub(super) fn read(envelope: &Place<'_>) -> Result<Self, EnvelopeError> {
        let value = envelope
            .value(&["detail"])
            .ok_or_else(|| envelope.wrong(&["detail"], "is missing"))?;
        let detail = Place::new(value, "detail")?;
        let part = |pointer: &str| value.pointer(pointer).unwrap_or(&Value::Null);
        let principal = Principal::read(part("/resource/accessKeyDetails"));
        let id = detail.required_text(&["id"])?;
        Ok(Self {
            kind: detail.required_text(&["type"])?,
            is_sample: is_sample(part("/service/additionalInfo")),
            error_code: part("/service/action/awsApiCallAction/errorCode")
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            call: call(envelope, &detail, value, &principal)?,
            id,
            principal,
        })
    }
}

fn call(
    envelope: &Place<'_>,
    detail: &Place<'_>,
    value: &Value,
    principal: &Principal,
) -> Result<ApiCall, EnvelopeError> {
    let action = value.pointer("/service/action/awsApiCallAction");
    let action = action.unwrap_or(&Value::Null);
    let text = |pointer: &str| {
        let text = action.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let affected = action.get("affectedResources").unwrap_or(&Value::Null);
    let updated = detail.text(&["updatedAt"])?.unwrap_or_default();
    Ok(ApiCall {
        id: format!("{} {updated}", detail.required_text(&["id"])?),
        bus_source: envelope.required_text(&["source"])?,
        event_source: text("/serviceName"),
        event_name: text("/api"),
        time: time(envelope, detail, value)?,
        region: region_of(detail, envelope)?,
        account: either(
            detail,
            "accountId",
            |name| detail.account(&[name]),
            || envelope.account(&["account"]),
        )?,
        actor: actor(principal, action),
        failure: None,
        request: json!({"name": affected.get("AWS::CloudTrail::Trail")}),
        response: Value::Null,
    })
}

/// When the call was last seen, else when the finding was last changed.
fn time(
    envelope: &Place<'_>,
    detail: &Place<'_>,
    value: &Value,
) -> Result<jiff::Timestamp, EnvelopeError> {
    let seen = value.pointer("/service/eventLastSeen");
    let seen = seen
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok());
    match seen {
        Some(time) => Ok(time),
        None => either(
            detail,
            "updatedAt",
            |name| detail.time(&[name]),
            || envelope.time(&["time"]),
        ),
    }
}

fn region_of(
    detail: &Place<'_>,
    envelope: &Place<'_>,
) -> Result<crate::identity::Region, EnvelopeError> {
    match detail.text(&["region"])?.and_then(|text| text.parse().ok()) {
        Some(region) => Ok(region),
        None => region(detail, envelope),
    }
}

fn actor(principal: &Principal, action: &Value) -> Actor {
    let address = ["ipAddressV4", "ipAddressV6"].into_iter().find_map(|name| {
        let address = action.get("remoteIpDetails")?.get(name)?.as_str()?;
        (!address.is_empty()).then(|| address.to_owned())
    });
    Actor {
        kind: principal.user_type.clone(),
        arn: principal.user_name.clone(),
        session_issuer: String::new(),
        access_key_id: principal.access_key_id.clone(),
        source_address: address.unwrap_or_default(),
        user_agent: String::new(),
    }
}

/// GuardDuty says it in the field itself, or in a JSON text beside it.
fn is_sample(additional: &Value) -> bool {
    let says = |value: &Value| match value.get("sample") {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    };
    let inner = additional
        .get("value")
        .and_then(|value| decoded(value).ok());
    says(additional) || inner.is_some_and(|inner| says(&inner))
}
