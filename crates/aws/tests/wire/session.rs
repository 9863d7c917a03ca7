use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use serde_json::json;
use trailkeeper_app::ports::TrailReader;
use trailkeeper_aws::{Session, SessionError, SessionSettings, Trails, https_client};
use trailkeeper_core::ErrorClass;

use crate::wire::{Wire, ok, region};

#[test]
fn a_session_needs_a_region() {
    let without = Wire::new([]).config().region(None).build();
    assert_eq!(
        Session::from_config(without).unwrap_err(),
        SessionError::NoRegion
    );
    let odd = Wire::new([])
        .config()
        .region(aws_config::Region::new("Ireland"))
        .build();
    let expected = SessionError::InvalidRegion("Ireland".to_owned());
    assert_eq!(Session::from_config(odd).unwrap_err(), expected);
    assert_eq!(Wire::new([]).session().region(), &region("eu-west-1"));
}

#[tokio::test]
async fn every_region_has_its_own_client() {
    let regions = ["eu-west-1", "us-east-1", "cn-north-1", "eu-west-1"];
    let wire = Wire::new(regions.map(|_| ok(json!({ "trailList": [] }))));
    let trails = Trails::new(wire.session());
    for name in regions {
        trails.describe_trails(&region(name), &[]).await.unwrap();
    }
    let lines: Vec<String> = wire.requests().into_iter().map(|sent| sent.line).collect();
    let hosts = [
        "eu-west-1.amazonaws.com",
        "us-east-1.amazonaws.com",
        "cn-north-1.amazonaws.com.cn",
        "eu-west-1.amazonaws.com",
    ];
    assert_eq!(
        lines,
        hosts.map(|host| format!("POST https://cloudtrail.{host}/"))
    );
}

// One request over a real socket: the script above the socket proves nothing about it.
fn serve_once(body: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let length = socket.read(&mut request).unwrap();
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length";
        let answer = format!("{head}: {}\r\n\r\n{body}", body.len());
        // A client that gave up does not read on; what it asked for counts.
        socket.write_all(answer.as_bytes()).ok();
        String::from_utf8_lossy(request.get(..length).unwrap()).into_owned()
    });
    (url, server)
}

#[tokio::test]
async fn the_real_client_talks_http_to_an_own_endpoint() {
    let (url, server) = serve_once(r#"{"trailList":[]}"#);
    let config = Wire::new([])
        .config()
        .http_client(https_client())
        .endpoint_url(url)
        .build();
    let trails = Trails::new(Session::from_config(config).unwrap());
    assert_eq!(
        trails.describe_trails(&region("eu-west-1"), &[]).await,
        Ok(Vec::new())
    );
    let request = server.join().unwrap().to_lowercase();
    assert!(
        request.contains("cloudtrail_20131101.describetrails"),
        "{request}"
    );
    assert!(
        request.contains("aws4-hmac-sha256 credential=akidexample/"),
        "{request}"
    );
}

// The server speaks no TLS, so the handshake fails; that it began shows in its first byte.
#[tokio::test]
async fn the_real_client_begins_a_tls_handshake() {
    let (url, server) = serve_once("");
    let url = url.replace("http://", "https://");
    let config = Wire::new([])
        .config()
        .http_client(https_client())
        .endpoint_url(url)
        .build();
    let trails = Trails::new(Session::from_config(config).unwrap());
    let error = trails
        .describe_trails(&region("eu-west-1"), &[])
        .await
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.class),
        ("ConnectionLost", ErrorClass::Broken)
    );
    let handshake = 0x16;
    assert_eq!(server.join().unwrap().as_bytes().first(), Some(&handshake));
}

#[tokio::test]
async fn a_refused_connection_is_a_lost_one() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{closed}");
    let config = Wire::new([])
        .config()
        .http_client(https_client())
        .endpoint_url(url)
        .build();
    let trails = Trails::new(Session::from_config(config).unwrap());
    let error = trails
        .describe_trails(&region("eu-west-1"), &[])
        .await
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.class),
        ("ConnectionLost", ErrorClass::Broken)
    );
    assert!(error.message.contains("refused"), "{error}");
}

#[tokio::test]
async fn loading_takes_region_and_attempts_from_the_settings() {
    let settings = SessionSettings {
        region: Some(region("ap-south-2")),
        profile: None,
        endpoint_url: Some("http://127.0.0.1:1".to_owned()),
        attempts: 0,
        operation_timeout: Duration::from_secs(5),
    };
    let session = Session::load(settings).await.unwrap();
    assert_eq!(session.region(), &region("ap-south-2"));
}
