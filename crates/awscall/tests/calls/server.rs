//! A small HTTP server on loopback that answers by a script.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    Answer(u16, &'static str),
    Close,
    Hang,
}

/// A request as it arrived: its headers and its body.
pub(crate) type Arrived = (hyper::HeaderMap, Bytes);

#[derive(Debug)]
struct Script {
    acts: Mutex<VecDeque<Act>>,
    arrived: Mutex<Vec<Arrived>>,
}

/// A running server; it ends with the test's runtime.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    script: Arc<Script>,
}

impl Server {
    pub(crate) async fn start(acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let script = Arc::new(Script {
            acts: Mutex::new(acts.into_iter().collect()),
            arrived: Mutex::default(),
        });
        let shared = script.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { address, script }
    }

    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.script.arrived.lock().expect("a lock").clone()
    }
}

async fn serve(stream: TcpStream, script: Arc<Script>) {
    let (close, closed) = tokio::sync::oneshot::channel::<()>();
    let close = Arc::new(Mutex::new(Some(close)));
    let service = service_fn(|request| answer(request, script.clone(), close.clone()));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = connection => {}
        _ = closed => {}
    }
}

async fn answer(
    request: hyper::Request<Incoming>,
    script: Arc<Script>,
    close: Arc<Mutex<Option<tokio::sync::oneshot::Sender<()>>>>,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    script
        .arrived
        .lock()
        .expect("a lock")
        .push((head.headers, body));
    let act = script.acts.lock().expect("a lock").pop_front();
    match act.expect("no request beyond the script") {
        Act::Answer(status, text) => {
            let mut response = hyper::Response::new(Full::new(Bytes::from(text)));
            *response.status_mut() = hyper::StatusCode::from_u16(status).expect("a status");
            Ok(response)
        }
        Act::Close => {
            drop(close.lock().expect("a lock").take());
            pending().await
        }
        Act::Hang => pending().await,
    }
}
