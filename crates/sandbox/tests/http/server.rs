use trailkeeper_sandbox::http::{ServeError, serve};
use trailkeeper_sandbox::{Sandbox, World};

use crate::{Ask, Wire};

fn sandbox() -> Sandbox {
    Sandbox::new(World::new(
        "111122223333",
        "eu-west-1",
        jiff::Timestamp::UNIX_EPOCH,
    ))
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_names_it() {
    let first = serve(sandbox(), 0).await.unwrap();
    let port = first.address().port();
    let error = serve(sandbox(), port).await.unwrap_err();
    assert!(matches!(error, ServeError::Bind { port: named, .. } if named == port));
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")));
}

#[tokio::test]
async fn a_stopped_server_ends_and_gives_the_port_back() {
    let server = serve(sandbox(), 0).await.unwrap();
    assert_eq!(server.endpoint(), format!("http://{}", server.address()));
    assert!(server.address().ip().is_loopback());
    let address = server.address();
    let stopper = server.stopper();
    let running = tokio::spawn(server.run());
    let ask = Ask::new(address, "GET", "/_sandbox/calls");
    assert_eq!(ask.send("").await.unwrap().status, 200);
    stopper.stop();
    running.await.unwrap().unwrap();
    let again = serve(sandbox(), address.port()).await.unwrap();
    assert_eq!(again.address(), address);
}

#[tokio::test]
async fn request_ids_count_up() {
    let wire = Wire::start().await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let answer = wire.bare("GET", "/_sandbox/calls").send("").await.unwrap();
        ids.push(answer.header("x-amzn-requestid").unwrap().to_owned());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let wire = Wire::start().await;
    let body = "x".repeat(16 * 1024 * 1024 + 1);
    let ask = wire.signed("s3", "PUT", "/logs/key");
    // the server may close before all of the body is sent
    if let Some(answer) = ask.send(&body).await {
        assert_eq!(answer.status, 413);
    }
    assert_eq!(wire.sandbox.calls(), []);
}
