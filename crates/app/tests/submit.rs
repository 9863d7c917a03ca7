//! Reporting: how many calls are made, what is resent, and when it is given up.
#![expect(clippy::unwrap_used, reason = "test code")]

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use trailkeeper_app::ports::{Clock, ConfigService};
use trailkeeper_app::submit::{SubmitError, Submitted, submit};
use trailkeeper_core::config_rule::{Compliance, Evaluation};
use trailkeeper_core::{CallError, operation};

/// One answer of the service.
enum Answer {
    /// The call fails with this code.
    Error(&'static str),
    /// The connection is lost.
    Lost,
    /// The evaluations with these ids fail.
    Failed(&'static [&'static str]),
}

/// A service that gives the answers in order and takes everything afterwards, and a clock that
/// moves only when someone waits or a call is made.
struct World {
    answers: Mutex<VecDeque<Answer>>,
    calls: Mutex<Vec<Vec<String>>>,
    test_modes: Mutex<Vec<bool>>,
    now: Mutex<Timestamp>,
    call_time: SignedDuration,
    waits: Mutex<Vec<i64>>,
}

impl World {
    fn new(answers: Vec<Answer>) -> Self {
        Self {
            answers: Mutex::new(answers.into()),
            calls: Mutex::default(),
            test_modes: Mutex::default(),
            now: Mutex::new(start()),
            call_time: SignedDuration::ZERO,
            waits: Mutex::default(),
        }
    }

    fn calls(&self) -> Vec<Vec<String>> {
        self.calls.lock().unwrap().clone()
    }

    fn waits(&self) -> Vec<i64> {
        self.waits.lock().unwrap().clone()
    }

    fn pass(&self, time: SignedDuration) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(time).unwrap();
    }

    async fn report(
        &self,
        ids: &[String],
        token: &str,
        seconds: i64,
    ) -> Result<Submitted, SubmitError> {
        let deadline = start()
            .checked_add(SignedDuration::from_secs(seconds))
            .unwrap();
        let evaluations = ids.iter().map(|id| evaluation(id)).collect();
        submit(self, self, token, evaluations, deadline).await
    }
}

#[async_trait]
impl ConfigService for World {
    async fn put_evaluations(
        &self,
        result_token: &str,
        evaluations: &[Evaluation],
        test_mode: bool,
    ) -> Result<Vec<Evaluation>, CallError> {
        assert!(evaluations.len() <= 100, "more than the service takes");
        assert!(["token", "TESTMODE"].contains(&result_token));
        let ids = evaluations.iter().map(|one| one.resource_id.clone());
        self.calls.lock().unwrap().push(ids.collect());
        self.test_modes.lock().unwrap().push(test_mode);
        self.pass(self.call_time);
        let operation = operation::PUT_EVALUATIONS;
        match self.answers.lock().unwrap().pop_front() {
            None => Ok(Vec::new()),
            Some(Answer::Failed(failed)) => {
                let is_failed = |one: &&Evaluation| failed.contains(&one.resource_id.as_str());
                Ok(evaluations.iter().filter(is_failed).cloned().collect())
            }
            Some(Answer::Error(code)) => Err(CallError::from_code(operation, "rule", code, "text")),
            Some(Answer::Lost) => Err(CallError::no_answer(operation, "rule", "ConnectionLost")),
        }
    }
}

#[async_trait]
impl Clock for World {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, duration: SignedDuration) {
        self.waits.lock().unwrap().push(duration.as_secs());
        self.pass(duration);
    }
}

fn start() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn evaluation(id: &str) -> Evaluation {
    Evaluation {
        resource_type: "AWS::EC2::Instance".to_owned(),
        resource_id: id.to_owned(),
        compliance: Compliance::Compliant,
        annotation: None,
        ordering_timestamp: start(),
    }
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("i-{number}")).collect()
}

#[tokio::test]
async fn there_are_as_few_calls_as_the_limit_allows() {
    for count in 0..=1000_usize {
        let world = World::new(Vec::new());
        let all = ids(count);
        let calls = count.div_ceil(100).max(1);
        let seen = world.report(&all, "token", 60).await.unwrap();
        assert_eq!(seen, Submitted::Accepted { calls }, "{count}");
        assert_eq!(world.calls().len(), calls, "{count}");
        assert_eq!(world.calls().concat(), all, "{count}");
        assert!(world.waits().is_empty());
    }
}

#[tokio::test]
async fn the_test_token_stores_nothing() {
    for (token, expected) in [("TESTMODE", true), ("token", false)] {
        let world = World::new(Vec::new());
        world.report(&ids(150), token, 60).await.unwrap();
        assert_eq!(*world.test_modes.lock().unwrap(), [expected; 2]);
    }
}

#[tokio::test]
async fn p9_failed_evaluations_are_resent_alone() {
    let world = World::new(vec![
        Answer::Failed(&["i-3", "i-99"]),
        Answer::Failed(&["i-120"]),
        Answer::Failed(&["i-99"]),
    ]);
    let seen = world.report(&ids(150), "token", 60).await.unwrap();
    assert_eq!(seen, Submitted::Accepted { calls: 4 });
    assert_eq!(world.calls()[2], ["i-3", "i-99", "i-120"]);
    assert_eq!(world.calls()[3], ["i-99"]);
    assert_eq!(world.waits(), [1, 2]);
}

#[tokio::test]
async fn p9_evaluations_that_fail_for_good_are_an_error() {
    let world = World::new((0..9).map(|_| Answer::Failed(&["i-1", "i-0"])).collect());
    let error = world.report(&ids(2), "token", 60).await.unwrap_err();
    assert_eq!(error.code(), "evaluations-refused");
    let told = error.to_string();
    assert!(
        told.contains("2 evaluations, the first for AWS::EC2::Instance i-0"),
        "{told}"
    );
    assert_eq!(world.calls().len(), 4);
    assert_eq!(world.waits(), [1, 2, 4]);
}

#[tokio::test]
async fn no_resend_waits_beyond_the_deadline() {
    let world = World::new((0..9).map(|_| Answer::Failed(&["i-0"])).collect());
    let error = world.report(&ids(1), "token", 2).await.unwrap_err();
    assert_eq!(error.code(), "evaluations-refused");
    assert_eq!(world.calls().len(), 2);
    assert_eq!(world.waits(), [1]);
}

#[tokio::test]
async fn a_rule_deleted_meanwhile_is_no_error() {
    let gone = || Answer::Error("NoSuchConfigRuleException");
    for answers in [vec![gone()], vec![Answer::Failed(&["i-0"]), gone()]] {
        let calls = answers.len();
        let world = World::new(answers);
        let seen = world.report(&ids(1), "token", 60).await.unwrap();
        assert_eq!(seen, Submitted::RuleDeleted);
        assert_eq!(world.calls().len(), calls);
    }
}

#[tokio::test]
async fn errors_that_patience_cannot_heal_end_at_once() {
    let cases = [
        ("InvalidResultTokenException", "result-token-refused"),
        ("InvalidParameterValueException", "put-evaluations-failed"),
        ("ValidationException", "put-evaluations-failed"),
        ("AccessDeniedException", "put-evaluations-failed"),
    ];
    for (answer, code) in cases {
        let world = World::new(vec![Answer::Error(answer)]);
        let error = world.report(&ids(250), "token", 60).await.unwrap_err();
        assert_eq!(error.code(), code, "{answer}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains(answer), "{source}");
        assert_eq!(world.calls().len(), 1, "{answer}");
        assert!(world.waits().is_empty(), "{answer}");
    }
}

#[tokio::test]
async fn a_call_that_is_throttled_or_lost_is_made_again() {
    let world = World::new(vec![
        Answer::Error("ThrottlingException"),
        Answer::Lost,
        Answer::Error("ServiceUnavailable"),
    ]);
    let seen = world.report(&ids(101), "token", 60).await.unwrap();
    assert_eq!(seen, Submitted::Accepted { calls: 2 });
    let sizes: Vec<usize> = world.calls().iter().map(Vec::len).collect();
    assert_eq!(sizes, [100, 100, 100, 100, 1]);
    assert_eq!(world.waits(), [1, 2, 4]);
}

#[tokio::test]
async fn patience_has_an_end() {
    for (seconds, calls) in [(60, 4), (3, 2), (1, 1), (0, 1)] {
        let throttled = (0..9).map(|_| Answer::Error("ThrottlingException"));
        let world = World::new(throttled.collect());
        let error = world.report(&ids(1), "token", seconds).await.unwrap_err();
        assert_eq!(error.code(), "put-evaluations-failed");
        assert_eq!(world.calls().len(), calls, "{seconds} s");
        assert!(world.waits().iter().sum::<i64>() <= seconds);
    }
}

#[tokio::test]
async fn no_batch_is_begun_after_the_deadline() {
    for (seconds, calls, left) in [(5, 3, 150), (2, 1, 350), (0, 1, 350)] {
        let mut world = World::new(Vec::new());
        world.call_time = SignedDuration::from_secs(2);
        let error = world.report(&ids(450), "token", seconds).await.unwrap_err();
        assert_eq!(error.code(), "out-of-time");
        assert!(
            error.to_string().contains(&format!("{left} evaluations")),
            "{error}"
        );
        assert_eq!(world.calls().len(), calls);
    }
}
