//! Requests of anybody, over a socket.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::time::Duration;

use trailkeeper_sandbox::http::serve;
use trailkeeper_sandbox::scenario::demo;

use crate::input::target;

// The input is `METHOD TARGET`, lines of headers, an empty line and a body. Whatever it is, the
// server answers with a status; a server that panicked closes the connection without one.
target!(sandbox_http, 150, |text| {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let mut request = format!("{} HTTP/1.1\r\nhost: localhost\r\n", sendable(first));
    for line in lines {
        let name = line.split(':').next().unwrap_or_default().to_lowercase();
        if ![
            "content-length",
            "transfer-encoding",
            "connection",
            "upgrade",
            "expect",
        ]
        .contains(&name.trim())
        {
            request.push_str(&sendable(line));
            request.push_str("\r\n");
        }
    }
    request.push_str(&format!(
        "connection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    ));
    request.push_str(body);
    let answer = exchange(request.as_bytes());
    assert!(
        answer.starts_with(b"HTTP/1.1 "),
        "{:?}",
        String::from_utf8_lossy(&answer)
    );
});

/// Without what would end the request early.
fn sendable(line: &str) -> String {
    line.replace(['\r', '\n', '\0'], "")
}

fn exchange(request: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(server()).expect("the server listens");
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    // A server that refuses the head need not read the rest.
    drop(socket.write_all(request));
    let mut answer = Vec::new();
    if socket.read_to_end(&mut answer).is_err() && answer.is_empty() {
        panic!("the connection ended without an answer");
    }
    answer
}

/// One server for all inputs, in a thread of its own.
fn server() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let (sandbox, _) = demo();
                let server = serve(sandbox, 0).await.expect("a free port");
                send.send(server.address()).unwrap();
                drop(server.run().await);
            });
        });
        receive.recv().expect("the server started")
    })
}
