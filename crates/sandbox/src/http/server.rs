//! The listener and its connections.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::SignedDuration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::front::Front;
use super::message::{Reply, Request, pairs};
use crate::account::Sandbox;

/// The largest request body that is read, in bytes.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// Why the sandbox cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port cannot be bound.
    #[error("cannot listen on 127.0.0.1:{port}; choose another port, or 0 for any free one")]
    Bind {
        /// The port asked for.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// The listener stopped working.
    #[error("cannot accept connections any more")]
    Accept(#[source] std::io::Error),
}

/// A bound listener.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    front: Front,
    stop: watch::Sender<bool>,
}

/// Stops a server; it can be cloned and kept after the server's future has begun to run.
#[derive(Debug, Clone)]
pub struct Stopper(watch::Sender<bool>);

impl Stopper {
    /// Makes [`Server::run`] end. Connections that are open are closed.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

/// Binds 127.0.0.1 at `port`, 0 for any free one. Nothing is answered before [`Server::run`].
///
/// # Errors
/// [`ServeError::Bind`] if the port cannot be bound.
pub async fn serve(sandbox: Sandbox, port: u16) -> Result<Server, ServeError> {
    let failed = |source| ServeError::Bind { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok(Server {
        listener,
        address,
        front: Front::new(sandbox),
        stop: watch::Sender::new(false),
    })
}

impl Server {
    /// The address bound.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as an endpoint URL: `http://127.0.0.1:4566`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets every call over the wire take this long on the virtual clock, which stands still
    /// otherwise: a limit of one write a second would then refuse the second write for ever.
    #[must_use]
    pub fn with_call_time(mut self, call_time: SignedDuration) -> Self {
        self.front.call_time = call_time;
        self
    }

    /// A handle that stops the server.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.stop.clone())
    }

    /// Answers requests until it is stopped. Dropping the future closes everything too.
    ///
    /// # Errors
    /// [`ServeError::Accept`] if the listener breaks.
    pub async fn run(self) -> Result<(), ServeError> {
        let mut stopped = self.stop.subscribe();
        let front = Arc::new(self.front);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return Ok(()),
                Some(_ended) = connections.join_next() => {}
                accepted = self.listener.accept() => {
                    let (stream, _) = accepted.map_err(ServeError::Accept)?;
                    connections.spawn(connection(front.clone(), stream));
                }
            }
        }
    }
}

async fn connection(front: Arc<Front>, stream: TcpStream) {
    let service = service_fn(|request| answer(front.clone(), request));
    let ended = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
    drop(ended); // a client that goes away, or an answer withheld on purpose: both end here
}

/// The answer is withheld.
#[derive(Debug, thiserror::Error)]
#[error("the answer is withheld")]
struct Withheld;

async fn answer(
    front: Arc<Front>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Withheld> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        let reply = Reply::new(413, "text/plain", "the request body is cut or too large");
        return Ok(response(reply));
    };
    let mut headers = head.headers;
    if let (None, Some(host)) = (headers.get("host"), head.uri.authority())
        && let Ok(host) = HeaderValue::from_str(host.as_str())
    {
        headers.insert("host", host);
    }
    let request = Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: pairs(head.uri.query().unwrap_or_default()),
        headers,
        body: body.to_bytes().to_vec(),
    };
    let reply = front.answer(request).await.ok_or(Withheld)?;
    Ok(response(reply))
}

fn response(reply: Reply) -> hyper::Response<Full<Bytes>> {
    let mut response = hyper::Response::new(Full::new(Bytes::from(reply.body)));
    if let Ok(status) = hyper::StatusCode::from_u16(reply.status) {
        *response.status_mut() = status;
    }
    for (name, value) in reply.headers {
        let name = HeaderName::try_from(name);
        let value = HeaderValue::try_from(value);
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
