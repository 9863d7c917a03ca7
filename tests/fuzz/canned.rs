//! A service that gives one answer to everybody, for those who read answers over a socket.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The service.
pub(crate) struct Canned {
    address: SocketAddr,
    answer: Arc<Mutex<Vec<u8>>>,
}

/// An answer: its status, lines of headers, an empty line and the body.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) headers: Vec<&'a str>,
    pub(crate) body: &'a str,
}

impl<'a> Answer<'a> {
    /// Reads an answer, which need not be one.
    pub(crate) fn read(text: &'a str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or(("200", text));
        let mut lines = head.lines();
        let status = lines.next().and_then(|first| first.trim().parse().ok());
        let framing = ["content-length", "transfer-encoding", "connection"];
        let is_sent = |line: &&str| {
            let name = line.split(':').next().unwrap_or_default();
            let is_token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            !name.is_empty()
                && name.len() < line.len()
                && name.bytes().all(is_token)
                && !framing.contains(&name.to_lowercase().as_str())
                && !line.contains(char::is_control)
        };
        Self {
            // With these there would be no body.
            status: status
                .filter(|it| (200..600).contains(it) && ![204, 304].contains(it))
                .unwrap_or(200),
            headers: lines.filter(is_sent).collect(),
            body,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let headers: String = self
            .headers
            .iter()
            .map(|line| format!("{line}\r\n"))
            .collect();
        let (status, length) = (self.status, self.body.len());
        let head = format!(
            "HTTP/1.1 {status} X\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        [head.as_bytes(), self.body.as_bytes()].concat()
    }
}

impl Canned {
    /// A service that listens, in a thread of its own.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let answer = Arc::new(Mutex::new(Vec::new()));
        let given = Arc::clone(&answer);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let given = Arc::clone(&given);
                std::thread::spawn(move || {
                    let answer = given.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    drop(serve(socket, &answer));
                });
            }
        });
        Self { address, answer }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on this is the answer.
    pub(crate) fn answers(&self, answer: &Answer<'_>) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer.bytes();
    }
}

fn serve(mut socket: TcpStream, answer: &[u8]) -> std::io::Result<()> {
    socket.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut request = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let read = socket.read(&mut bytes)?;
        request.extend(bytes.iter().take(read));
        if read == 0 || is_whole(&request) {
            break;
        }
    }
    socket.write_all(answer)
}

/// Whether head and body are there.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, _)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_it = name.eq_ignore_ascii_case("content-length");
        is_it.then(|| value.trim().parse::<usize>().ok()).flatten()
    });
    request.len() >= head.len() + 4 + length.unwrap_or_default()
}
