//! What an endpoint may do wrong, and what becomes of it.

use super::{
    endpoint, patience,
    server::{Reply, Server, json_rpc, unknown_method},
};
use bttc_core::endpoint::{AddressError, Endpoint, Failure, Patience};
use serde_json::{Value, json};
use std::time::Duration;

/// Twice the number that is asked with.
fn doubled(_: &str, params: &Value) -> Result<Value, Value> {
    Ok(json!(2 * params[0].as_u64().unwrap()))
}

fn questions(count: u64) -> Vec<Value> {
    (0..count).map(|number| json!([number])).collect()
}

#[tokio::test]
async fn a_failure_that_may_pass_is_waited_out() {
    let server = Server::start(|post, _, body| match post {
        0 => Reply::Status(503, None),
        1 => Reply::Status(429, Some("0")),
        2 => Reply::Text("<html>so many visitors</html>".into()),
        _ => Reply::Json(json_rpc(body, doubled)),
    })
    .await;
    assert_eq!(endpoint(&server).call::<u64>("double", json!([21])).await.unwrap(), 42);
    assert_eq!(server.posts().len(), 4);
}

#[tokio::test]
async fn patience_ends_with_the_last_failure_and_the_hosts_name() {
    let server = Server::start(|_, _, _| Reply::Status(500, None)).await;
    let error = endpoint(&server).call::<u64>("double", json!([1])).await.unwrap_err();
    assert_eq!(error.failure, Failure::Status { status: 500, wait: None });
    assert_eq!(error.to_string(), format!("{}, double: HTTP status 500", server.name()));
    assert_eq!(server.posts().len(), 4);
}

#[tokio::test]
async fn whoever_asks_for_more_time_than_there_is_is_left_alone() {
    let server = Server::start(|_, _, _| Reply::Status(429, Some("3600"))).await;
    let error = endpoint(&server).call::<u64>("double", json!([1])).await.unwrap_err();
    assert_eq!(error.failure, Failure::Status { status: 429, wait: Some(Duration::from_secs(3_600)) });
    assert_eq!(server.posts().len(), 1);
}

#[tokio::test]
async fn silence_ends_after_the_timeout() {
    let server = Server::start(|_, _, _| Reply::Silence(Duration::from_secs(60))).await;
    let patience = Patience { tries: 2, timeout: Duration::from_millis(50), ..patience() };
    let endpoint = Endpoint::new(&server.url(), patience).unwrap();
    let error = endpoint.call::<u64>("double", json!([1])).await.unwrap_err();
    assert_eq!(error.failure, Failure::TimedOut { after: Duration::from_millis(50) });
    assert!(error.failure.is_transient());
}

#[tokio::test]
async fn nobody_there_is_told_without_the_address() {
    let endpoint = Endpoint::new("http://user:secret@127.0.0.1:9/key", Patience { tries: 1, ..patience() }).unwrap();
    let error = endpoint.call::<u64>("double", json!([1])).await.unwrap_err().to_string();
    assert!(error.starts_with("127.0.0.1:9, double: no connection"), "{error}");
    assert!(!error.contains("secret") && !error.contains("key"), "{error}");
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let server = Server::start(|_, _, _| Reply::Text(" ".repeat(10_001))).await;
    let error = endpoint(&server).call::<u64>("double", json!([1])).await.unwrap_err();
    assert_eq!(error.failure, Failure::TooLong { limit: 10_000 });
    assert_eq!(server.posts().len(), 1);
}

#[tokio::test]
async fn an_error_that_stays_is_not_asked_for_again() {
    let server = Server::start(|_, _, body| Reply::Json(json_rpc(body, |_, _| Err(unknown_method())))).await;
    let error = endpoint(&server).call::<u64>("double", json!([1])).await.unwrap_err();
    assert!(error.failure.is_unknown_method() && !error.failure.is_transient());
    assert_eq!(server.posts().len(), 1);
}

#[tokio::test]
async fn an_answer_of_another_shape_names_the_request() {
    let server = Server::start(|_, _, body| {
        Reply::Json(json_rpc(body, |method, params| match params[0].as_u64() {
            Some(2) => Ok(json!("four")),
            _ => doubled(method, params),
        }))
    })
    .await;
    let error = endpoint(&server).batch::<u64>("double", &questions(4)).await.unwrap_err();
    assert!(matches!(&error.failure, Failure::Shape { to: Some(to), .. } if to == "[2]"), "{error}");
    assert_eq!(server.posts().len(), 1);
}

#[tokio::test]
async fn a_rate_limits_error_is_waited_out_and_only_its_requests_are_asked_again() {
    let server = Server::start(|post, _, body| {
        Reply::Json(json_rpc(body, |method, params| match params[0].as_u64() {
            Some(1 | 3) if post == 0 => Err(json!({ "code": -32005, "message": "too many requests" })),
            _ => doubled(method, params),
        }))
    })
    .await;
    let answers: Vec<u64> = endpoint(&server).batch("double", &questions(5)).await.unwrap();
    assert_eq!(answers, [0, 2, 4, 6, 8]);
    assert_eq!(server.posts()[1].1.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_batch_is_matched_by_its_ids_and_what_is_missing_asked_again() {
    let server = Server::start(|post, _, body| {
        let mut answers = json_rpc(body, doubled);
        if let Some(answers) = answers.as_array_mut() {
            answers.reverse();
            if post == 0 {
                answers.truncate(3);
                answers.push(json!({ "jsonrpc": "2.0", "id": 77, "result": 5 }));
            }
        }
        Reply::Json(answers)
    })
    .await;
    let answers: Vec<u64> = endpoint(&server).batch("double", &questions(8)).await.unwrap();
    assert_eq!(answers, [0, 2, 4, 6, 8, 10, 12, 14]);
    assert_eq!(server.requests("double").len(), 8 + 5);
}

#[tokio::test]
async fn answers_under_other_ids_are_no_answers() {
    let server = Server::start(|_, _, body| {
        let mut answers = json_rpc(body, doubled);
        for answer in answers.as_array_mut().unwrap() {
            answer["id"] = json!(answer["id"].as_u64().unwrap() + 100);
        }
        Reply::Json(answers)
    })
    .await;
    let error = endpoint(&server).batch::<u64>("double", &questions(3)).await.unwrap_err();
    assert_eq!(error.failure, Failure::Unanswered { unanswered: 3, asked: 3 });
    assert_eq!(server.posts().len(), 4);
}

#[tokio::test]
async fn a_batch_that_is_refused_is_halved() {
    let server = Server::start(|_, _, body| match body.as_array().map(Vec::len) {
        Some(5..) => Reply::Status(413, None),
        Some(3..) => Reply::Json(
            json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32600, "message": "batch too large" } }),
        ),
        _ => Reply::Json(json_rpc(body, doubled)),
    })
    .await;
    let answers: Vec<u64> = endpoint(&server).batch("double", &questions(9)).await.unwrap();
    assert_eq!(answers, (0..9).map(|number| 2 * number).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_error_of_one_request_is_the_batchs() {
    let server = Server::start(|_, _, body| {
        Reply::Json(json_rpc(body, |method, params| match params[0].as_u64() {
            Some(2) => Err(json!({ "code": -32000, "message": "no" })),
            _ => doubled(method, params),
        }))
    })
    .await;
    let error = endpoint(&server).batch::<u64>("double", &questions(4)).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{}, double: error -32000: no", server.name()));
    assert!(endpoint(&server).batch::<u64>("double", &[]).await.unwrap().is_empty());
}

#[test]
fn addresses_are_refused_without_being_repeated() {
    let address = |url: &str| Endpoint::new(url, patience()).unwrap_err();
    assert!(matches!(address("secret"), AddressError::Url { .. }));
    assert!(matches!(address("ftp://host/secret"), AddressError::Scheme { .. }));
    assert!(matches!(address("http://"), AddressError::Url { .. }));
    let endpoint = Endpoint::new("http://host/", patience()).unwrap();
    assert!(matches!(endpoint.with_header("key", "se\ncret"), Err(AddressError::Header { .. })));
}
