//! A caller whose connector, clock, credentials and chance follow a script.

use std::collections::VecDeque;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_credential_types::provider::future::ProvideCredentials as Provided;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use trailkeeper_awscall::{AwsCaller, CallerSettings, Endpoints};
use trailkeeper_runbook::{ApiFailure, AwsApi, Clock};

pub(crate) const NOW: &str = "2026-03-02T10:00:00Z";

/// What comes back.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Answer(u16, Vec<(&'static str, &'static str)>, &'static str),
    Lost,
    Silence,
}

/// A request as it was sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Sent {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }
}

#[derive(Debug, Default)]
struct Script {
    replies: Mutex<VecDeque<Reply>>,
    sent: Mutex<Vec<Sent>>,
}

#[derive(Debug, Clone)]
struct Connector(Arc<Script>);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let body = request.body().bytes().unwrap_or_default();
        self.0.sent.lock().expect("a lock").push(Sent {
            method: request.method().to_owned(),
            url: request.uri().to_owned(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(body).into_owned(),
        });
        let reply = self.0.replies.lock().expect("a lock").pop_front();
        match reply.expect("no request beyond the script") {
            Reply::Answer(status, headers, body) => {
                let status = status.try_into().expect("a status");
                let mut answer = HttpResponse::new(status, SdkBody::from(body));
                for (name, value) in headers {
                    answer.headers_mut().append(name, value);
                }
                HttpConnectorFuture::ready(Ok(answer))
            }
            Reply::Lost => HttpConnectorFuture::ready(Err(ConnectorError::io("reset".into()))),
            Reply::Silence => HttpConnectorFuture::new(pending()),
        }
    }
}

/// A clock on which a pause passes at once, and a limit only where nothing else can happen.
#[derive(Debug)]
pub(crate) struct TestClock {
    pub(crate) pauses: Mutex<Vec<i128>>,
    pub(crate) limits: Mutex<Vec<i64>>,
    expires: bool,
}

impl TestClock {
    pub(crate) fn new(expires: bool) -> Self {
        Self {
            pauses: Mutex::default(),
            limits: Mutex::default(),
            expires,
        }
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        NOW.parse().expect("a time")
    }

    async fn sleep(&self, duration: SignedDuration) {
        let millis = duration.as_millis();
        self.pauses.lock().expect("a lock").push(millis);
    }

    async fn expire(&self, duration: SignedDuration) {
        self.limits.lock().expect("a lock").push(duration.as_secs());
        if !self.expires {
            pending().await
        }
    }
}

#[derive(Debug)]
struct Keys(Mutex<VecDeque<Result<Credentials, &'static str>>>);

impl ProvideCredentials for Keys {
    fn provide_credentials<'a>(&'a self) -> Provided<'a>
    where
        Self: 'a,
    {
        use aws_credential_types::provider::error::CredentialsError;
        let next = self.0.lock().expect("a lock").pop_front();
        let next = next.expect("no credentials beyond the script");
        Provided::ready(next.map_err(CredentialsError::not_loaded))
    }
}

/// Credentials that end some seconds after now.
pub(crate) fn credentials(key: &str, lasts: Option<i64>) -> Credentials {
    let now: Timestamp = NOW.parse().expect("a time");
    let expiry = lasts.map(|seconds| (now + SignedDuration::from_secs(seconds)).into());
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    Credentials::new(key, secret, Some("TOKEN".to_owned()), expiry, "test")
}

pub(crate) fn keys(
    script: impl IntoIterator<Item = Result<Credentials, &'static str>>,
) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Keys(Mutex::new(script.into_iter().collect())))
}

/// A caller and what it did.
pub(crate) struct Stage {
    pub(crate) caller: AwsCaller,
    pub(crate) clock: Arc<TestClock>,
    script: Arc<Script>,
}

impl Stage {
    pub(crate) fn new(replies: Vec<Reply>) -> Self {
        let keys = keys([Ok(credentials("AKIDEXAMPLE", None))]);
        Self::with(replies, Endpoints::default(), keys)
    }

    pub(crate) fn with(
        replies: Vec<Reply>,
        endpoints: Endpoints,
        keys: SharedCredentialsProvider,
    ) -> Self {
        let silent = replies.iter().any(|reply| matches!(reply, Reply::Silence));
        let clock = Arc::new(TestClock::new(silent));
        let script = Arc::new(Script {
            replies: Mutex::new(replies.into()),
            sent: Mutex::default(),
        });
        let settings = CallerSettings {
            endpoints,
            ..CallerSettings::default()
        };
        let connector = SharedHttpConnector::new(Connector(script.clone()));
        let chance = Arc::new(|| 0x0123_4567_89AB_CDEF);
        let caller = AwsCaller::new(settings, keys, connector, clock.clone(), chance);
        Self {
            caller,
            clock,
            script,
        }
    }

    pub(crate) fn call(
        &self,
        service: &str,
        api: &str,
        region: &str,
        input: Value,
    ) -> Result<Value, ApiFailure> {
        at_once(self.caller.call(service, api, region, input))
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.script.sent.lock().expect("a lock").clone()
    }

    pub(crate) fn pauses(&self) -> Vec<i128> {
        self.clock.pauses.lock().expect("a lock").clone()
    }
}

/// Nothing of a stage waits, so one poll is enough.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(value) = Pin::as_mut(&mut future).poll(&mut context) else {
        unreachable!("a scripted call waits for nothing")
    };
    value
}

pub(crate) fn ok(body: &'static str) -> Reply {
    Reply::Answer(200, Vec::new(), body)
}
