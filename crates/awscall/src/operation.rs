//! The operations, each with its request and its answer.

use serde_json::{Map, Value};
use trailkeeper_runbook::{ApiFailure, FailureKind};

use crate::answer::Answer;
use crate::endpoint::{Endpoint, Endpoints, endpoint};
use crate::failure::not_sent;
use crate::form::{Members, from_wire, to_wire};
use crate::invoke;
use crate::query;
use crate::request::{Request, SigningStyle};
use crate::retry::Repeat;
use crate::s3::BucketPolicy;
use crate::service::{LAMBDA, S3, Service, ServiceProtocol, unsupported};

/// An operation that can be called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) service: &'static Service,
    pub(crate) name: String,
    protocol: Protocol,
}

#[derive(Debug, PartialEq, Eq)]
enum Protocol {
    Json,
    Invoke,
    Query(&'static query::QueryOperation),
    BucketPolicy(BucketPolicy),
}

impl Operation {
    /// The operation of a boto3 client name and any of boto3's spellings.
    pub(crate) fn find(service: &str, api: &str) -> Result<Self, ApiFailure> {
        let known = Service::named(service).ok_or_else(|| unsupported(service))?;
        // It becomes a header's value.
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if !api.bytes().all(letter) || !api.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let reason = format!("`{api}` is not the name of an operation; correct Api");
            return Err(not_sent("UnknownOperation", FailureKind::Other, &reason));
        }
        if matches!(
            known.protocol,
            ServiceProtocol::Query | ServiceProtocol::Ec2
        ) {
            let operation = query::find(known, api)?;
            return Ok(Self {
                service: known,
                name: operation.name.to_owned(),
                protocol: Protocol::Query(operation),
            });
        }
        let name = known.operation(api);
        let protocol = if *known == LAMBDA {
            (name == "Invoke").then_some(Protocol::Invoke)
        } else if *known == S3 {
            BucketPolicy::named(&name).map(Protocol::BucketPolicy)
        } else {
            (!known.streams.contains(&name.as_str())).then_some(Protocol::Json)
        };
        let protocol = protocol.ok_or_else(|| not_implemented(known, &name))?;
        Ok(Self {
            service: known,
            name,
            protocol,
        })
    }

    /// What may be done about a failure of it.
    pub(crate) fn repeat(&self) -> Repeat {
        match self.protocol {
            // A function may have run although its answer was lost.
            Protocol::Invoke => Repeat::OnlyThrottled,
            Protocol::Json | Protocol::Query(_) | Protocol::BucketPolicy(_) => Repeat::Always,
        }
    }

    /// Whether it may take as long as a function runs.
    pub(crate) fn is_invoke(&self) -> bool {
        self.protocol == Protocol::Invoke
    }

    /// The request; `token` makes an idempotency token where one is missing.
    pub(crate) fn request(
        &self,
        region: &str,
        input: Value,
        endpoints: &Endpoints,
        token: impl Fn() -> String,
    ) -> Result<Request, ApiFailure> {
        let Value::Object(mut input) = input else {
            let reason = "the input of an operation is an object";
            return Err(not_sent("ParamValidation", FailureKind::Other, reason));
        };
        let place = endpoint(self.service, &self.name, region, endpoints)?;
        self.fill_tokens(&mut input, token);
        match &self.protocol {
            Protocol::Json => Ok(self.json_request(place, input)),
            Protocol::Query(operation) => query::request(self.service, operation, place, &input),
            Protocol::Invoke => invoke::request(place, &input),
            Protocol::BucketPolicy(action) => action.request(place, &input),
        }
    }

    /// boto3 fills in idempotency tokens that are missing.
    fn fill_tokens(&self, input: &mut Map<String, Value>, token: impl Fn() -> String) {
        let mine = |(operation, _): &&(&str, &str)| *operation == self.name;
        for (_, member) in self.service.tokens.iter().filter(mine) {
            let given = input.entry(*member).or_insert(Value::Null);
            if given.is_null() {
                *given = Value::String(token());
            }
        }
    }

    fn json_request(&self, place: Endpoint, input: Map<String, Value>) -> Request {
        let mut headers = vec![
            ("content-type", self.service.content_type.to_owned()),
            (
                "x-amz-target",
                format!("{}.{}", self.service.target_prefix, self.name),
            ),
        ];
        if self.service.query_compatible {
            headers.push(("x-amzn-query-mode", "true".to_owned()));
        }
        let body = to_wire(self.members(), Value::Object(input));
        Request {
            method: "POST",
            url: format!("{}/", place.url),
            headers,
            body: body.to_string().into_bytes(),
            signing_name: self.service.signing_name,
            signing_region: place.signing_region,
            style: SigningStyle::Common,
        }
    }

    /// What an answer says.
    pub(crate) fn read(&self, answer: &Answer, attempt: u32) -> Result<Value, ApiFailure> {
        let mut read = match &self.protocol {
            Protocol::BucketPolicy(action) => action.read(answer)?,
            Protocol::Query(operation) => query::read(self.service, operation, answer)?,
            _ if !answer.is_success() => return Err(answer.failure(self.service)),
            Protocol::Json => from_wire(self.members(), answer.json()?),
            Protocol::Invoke => invoke::read(answer),
        };
        if let Value::Object(members) = &mut read {
            members.insert("ResponseMetadata".to_owned(), answer.metadata(attempt));
        }
        Ok(read)
    }

    fn members(&self) -> Members<'_> {
        Members {
            service: self.service,
            operation: &self.name,
        }
    }
}

fn not_implemented(service: &Service, operation: &str) -> ApiFailure {
    let name = service.name;
    let reason = if *service == LAMBDA {
        format!("{name} {operation} is not implemented; of Lambda only Invoke is")
    } else if *service == S3 {
        format!(
            "{name} {operation} is not implemented; of S3 only GetBucketPolicy, PutBucketPolicy \
             and DeleteBucketPolicy are"
        )
    } else {
        format!("{name} {operation} answers with a stream, which no runbook step can take")
    };
    not_sent("NotImplemented", FailureKind::Other, &reason)
}
