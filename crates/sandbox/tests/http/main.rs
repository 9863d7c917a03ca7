//! The sandbox over HTTP, asked with raw requests over loopback.
#![expect(clippy::unwrap_used, reason = "test code")]

mod automation;
mod control;
mod ec2;
mod events;
mod iam;
mod json;
mod lambda;
mod models;
mod runs;
mod s3;
mod server;
mod sts;

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::HeaderMap;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use trailkeeper_sandbox::http::serve;
use trailkeeper_sandbox::seed::{RecorderSeed, RuleSeed};
use trailkeeper_sandbox::{Sandbox, World};

const REGION: &str = "eu-west-1";

/// A served account.
struct Wire {
    sandbox: Sandbox,
    address: SocketAddr,
}

/// A request in the making.
struct Ask {
    address: SocketAddr,
    request: hyper::http::request::Builder,
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Wire {
    async fn start() -> Self {
        let now = "2026-03-02T10:00:00Z".parse().unwrap();
        let mut world = World::new("111122223333", REGION, now);
        world.seed_recorder(RecorderSeed::new(&world, REGION));
        world.seed_rule(RuleSeed::new(REGION, "trails", "evaluator"));
        let sandbox = Sandbox::new(world);
        let server = serve(sandbox.clone(), 0).await.unwrap();
        let address = server.address();
        tokio::spawn(server.run());
        Self { sandbox, address }
    }

    /// A request without a signature.
    fn bare(&self, method: &str, path: &str) -> Ask {
        Ask::new(self.address, method, path)
    }

    /// A request signed for `service`.
    fn signed(&self, service: &str, method: &str, path: &str) -> Ask {
        self.bare(method, path).signed(service)
    }

    /// A call in the awsJson protocol.
    async fn json(&self, service: &str, target: &str, body: &Value) -> Answer {
        let ask = self
            .signed(service, "POST", "/")
            .header("x-amz-target", target);
        ask.send(&body.to_string()).await.unwrap()
    }

    /// The last call that reached the account: operation, Region and input.
    fn last_call(&self) -> (String, String, Value) {
        let call = self.sandbox.calls().pop().unwrap();
        (call.operation, call.region, call.input)
    }
}

impl Ask {
    fn new(address: SocketAddr, method: &str, path: &str) -> Self {
        let request = hyper::Request::builder()
            .method(method)
            .uri(path)
            .header("host", address.to_string());
        Self { address, request }
    }

    fn signed(self, service: &str) -> Self {
        let scope = format!("AKIDEXAMPLE/20260302/{REGION}/{service}/aws4_request");
        let value = format!(
            "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0123456789abcdef"
        );
        self.header("authorization", &value)
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        let headers = self.request.headers_mut().unwrap();
        headers.insert(
            hyper::header::HeaderName::try_from(name).unwrap(),
            value.parse().unwrap(),
        );
        self
    }

    /// The answer, or nothing if the connection was closed without one.
    async fn send(self, body: &str) -> Option<Answer> {
        let body = Full::new(Bytes::copy_from_slice(body.as_bytes()));
        let request = self.request.body(body).unwrap();
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let (head, body) = sender.send_request(request).await.ok()?.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Some(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        })
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}
