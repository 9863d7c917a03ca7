//! The AWS query protocol, as IAM, STS and SNS speak it: a form in, XML out.

mod nested;
mod output;

use serde_json::{Map, Value};

use super::message::{Reply, Request, find, pairs};
use super::scope::Scope;
use super::xml::escaped;
use crate::call::{ApiError, Call};

pub(super) use nested::Branch;

const CONTENT_TYPE: &str = "text/xml";

/// Members of IAM's requests that are numbers.
const NUMBERS: [&str; 2] = ["MaxItems", "MaxSessionDuration"];

/// Members of IAM's requests that are true or false.
const FLAGS: [&str; 2] = ["OnlyAttached", "SetAsDefault"];

/// The XML namespace of a service.
fn namespace(service: &str) -> &'static str {
    match service {
        "iam" => "https://iam.amazonaws.com/doc/2010-05-08/",
        "sns" => "http://sns.amazonaws.com/doc/2010-03-31/",
        _ => "https://sts.amazonaws.com/doc/2011-06-15/",
    }
}

/// The operation that a request names, and the rest of its form.
pub(super) fn form(request: &Request) -> Result<(String, Vec<(String, String)>), ApiError> {
    let mut form = pairs(&String::from_utf8_lossy(&request.body));
    form.extend(request.query.iter().cloned());
    let Some(operation) = find(&form, "Action").map(str::to_owned) else {
        let text = "The request must contain the parameter Action";
        return Err(ApiError::new("MissingAction", text));
    };
    form.retain(|(name, _)| {
        !name.starts_with("X-Amz-") && !["Action", "Version"].contains(&name.as_str())
    });
    Ok((operation, form))
}

pub(super) fn call(request: &Request, scope: &Scope) -> Result<Call, ApiError> {
    let (operation, form) = form(request)?;
    let mut input = nested::structure(&form);
    if let Some(members) = input.as_object_mut().filter(|_| scope.service == "iam") {
        typed(members);
    }
    Ok(Call::new(&scope.service, &operation, &scope.region, input))
}

/// Gives the members that are no text their type; a form has only text.
fn typed(members: &mut Map<String, Value>) {
    for name in NUMBERS {
        let number = members.get(name).and_then(Value::as_str);
        if let Some(number) = number.and_then(|text| text.parse::<i64>().ok()) {
            members.insert(name.to_owned(), Value::from(number));
        }
    }
    for name in FLAGS {
        let flag = members.get(name).and_then(Value::as_str);
        if let Some(flag) = flag.and_then(|text| text.parse::<bool>().ok()) {
            members.insert(name.to_owned(), Value::from(flag));
        }
    }
}

pub(super) fn success(service: &str, operation: &str, output: &Value, id: &str) -> Reply {
    let result = output::element(&format!("{operation}Result"), output);
    let body = format!(
        "<{operation}Response xmlns=\"{}\">{result}<ResponseMetadata><RequestId>{id}\
         </RequestId></ResponseMetadata></{operation}Response>",
        namespace(service)
    );
    Reply::new(200, CONTENT_TYPE, body)
}

pub(super) fn failure(error: &ApiError, service: &str, id: &str) -> Reply {
    let code = match error.code.as_str() {
        // the code of the query services has no ending
        "MissingAuthenticationTokenException" => "MissingAuthenticationToken",
        code => code,
    };
    let side = if error.status < 500 {
        "Sender"
    } else {
        "Receiver"
    };
    let body = format!(
        "<ErrorResponse xmlns=\"{}\"><Error><Type>{side}</Type><Code>{}</Code><Message>{}\
         </Message></Error><RequestId>{id}</RequestId></ErrorResponse>",
        namespace(service),
        escaped(code),
        escaped(&error.message)
    );
    Reply::new(error.status, CONTENT_TYPE, body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::success;

    #[test]
    fn a_result_is_wrapped_twice() {
        let output = json!({"Account": "111122223333", "Arn": "arn:a&b"});
        let reply = success("sts", "GetCallerIdentity", &output, "id");
        let wanted = "<GetCallerIdentityResponse \
                      xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
                      <GetCallerIdentityResult><Account>111122223333</Account><Arn>arn:a&amp;b</Arn>\
                      </GetCallerIdentityResult><ResponseMetadata><RequestId>id</RequestId>\
                      </ResponseMetadata></GetCallerIdentityResponse>";
        assert_eq!(String::from_utf8(reply.body).unwrap(), wanted);
        assert_eq!(reply.status, 200);
    }
}
