//! Lambda's runtime API on a loopback port: hands invocations to one function and takes what it
//! answers.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, oneshot};

/// An invocation.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) request_id: String,
    pub(crate) function_arn: String,
    pub(crate) deadline: Timestamp,
    pub(crate) payload: Value,
}

/// What the function made of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Response(Value),
    Error(Value),
}

type Waiting = (Ask, oneshot::Sender<Answer>);

/// The runtime API of one function.
pub(crate) struct RuntimeApi {
    /// `127.0.0.1:port`, as `AWS_LAMBDA_RUNTIME_API` takes it.
    pub(crate) address: String,
    asks: mpsc::UnboundedSender<Waiting>,
}

struct State {
    asks: Mutex<mpsc::UnboundedReceiver<Waiting>>,
    current: Mutex<Option<(String, oneshot::Sender<Answer>)>>,
}

impl RuntimeApi {
    /// Listens, and serves until the test's runtime ends.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (asks, receiver) = mpsc::unbounded_channel();
        let state = Arc::new(State {
            asks: Mutex::new(receiver),
            current: Mutex::new(None),
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = state.clone();
                let service = service_fn(move |request| answer(state.clone(), request));
                let connection =
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        Self { address, asks }
    }

    /// Hands over an invocation and waits for the function's answer. The function that ends
    /// before it answers makes this wait for ever, so the caller watches the process too.
    pub(crate) async fn invoke(&self, ask: Ask) -> Answer {
        let (sender, receiver) = oneshot::channel();
        self.asks.send((ask, sender)).unwrap();
        receiver.await.unwrap()
    }
}

async fn answer(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let place = path
        .strip_prefix("/2018-06-01/runtime/invocation/")
        .unwrap_or_default();
    Ok(match (request.method(), place.split_once('/')) {
        (&Method::GET, None) if place == "next" => state.next().await,
        (&Method::POST, Some((id, kind))) => {
            let body = request.into_body().collect().await.unwrap().to_bytes();
            state
                .take(id, kind, &serde_json::from_slice(&body).unwrap())
                .await
        }
        _ => status(StatusCode::NOT_FOUND),
    })
}

impl State {
    async fn next(&self) -> Response<Full<Bytes>> {
        let Some((ask, sender)) = self.asks.lock().await.recv().await else {
            return status(StatusCode::GONE);
        };
        let response = Response::builder()
            .header("lambda-runtime-aws-request-id", &ask.request_id)
            .header("lambda-runtime-invoked-function-arn", &ask.function_arn)
            .header("lambda-runtime-deadline-ms", ask.deadline.as_millisecond())
            .body(Full::from(ask.payload.to_string()))
            .unwrap();
        *self.current.lock().await = Some((ask.request_id, sender));
        response
    }

    async fn take(&self, id: &str, kind: &str, body: &Value) -> Response<Full<Bytes>> {
        let answer = match kind {
            "response" => Answer::Response(body.clone()),
            "error" => Answer::Error(body.clone()),
            _ => return status(StatusCode::NOT_FOUND),
        };
        match self.current.lock().await.take() {
            Some((current, sender)) if current == id => {
                sender.send(answer).unwrap();
                status(StatusCode::ACCEPTED)
            }
            _ => status(StatusCode::BAD_REQUEST),
        }
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
