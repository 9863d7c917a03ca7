//! The EC2 query protocol: a form with flat lists in, XML with small letters out.

mod read;
mod tables;
mod write;

use serde_json::Value;

use super::message::{Reply, Request};
use super::query;
use super::scope::Scope;
use super::xml::escaped;
use crate::call::{ApiError, Call};

const CONTENT_TYPE: &str = "text/xml;charset=UTF-8";
const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

pub(super) fn call(request: &Request, scope: &Scope) -> Result<Call, ApiError> {
    let (operation, form) = query::form(request)?;
    let input = read::structure(&form);
    Ok(Call::new(&scope.service, &operation, &scope.region, input))
}

pub(super) fn success(operation: &str, output: &Value, id: &str) -> Reply {
    let content = write::content(output);
    let body = format!(
        "<{operation}Response xmlns=\"{NAMESPACE}\"><requestId>{id}</requestId>{content}\
         </{operation}Response>"
    );
    Reply::new(200, CONTENT_TYPE, body)
}

pub(super) fn failure(error: &ApiError, id: &str) -> Reply {
    let body = format!(
        "<Response><Errors><Error><Code>{}</Code><Message>{}</Message></Error></Errors>\
         <RequestID>{id}</RequestID></Response>",
        escaped(&error.code),
        escaped(&error.message)
    );
    Reply::new(error.status, CONTENT_TYPE, body)
}
