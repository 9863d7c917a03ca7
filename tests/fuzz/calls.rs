//! Calls of anybody: whatever the input, the sandbox answers as a service does.

use serde_json::Value;
use trailkeeper_sandbox::scenario::demo;
use trailkeeper_sandbox::{Call, Failure};

use crate::input::target;

target!(sandbox_call, 600, |text| {
    let Ok(call) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let word = |name: &str| call.get(name).and_then(Value::as_str).unwrap_or_default();
    let input = call.get("input").cloned().unwrap_or_default();
    let call = Call::new(word("service"), word("operation"), word("region"), input);
    let (sandbox, _) = demo();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    match runtime.block_on(sandbox.call(call)) {
        Ok(answer) => assert!(answer.is_object() || answer.is_null(), "{answer}"),
        Err(Failure::Api(error)) => {
            assert!((300..600).contains(&error.status), "{error:?}");
            assert!(
                error.code.bytes().all(|b| b.is_ascii_graphic()),
                "{error:?}"
            );
        }
        Err(Failure::NoAnswer) => panic!("no fault was asked for"),
    }
});
