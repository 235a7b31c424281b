//! JSON-RPC, one request or many in a post.

use super::{
    Endpoint, EndpointError, Failure, Limited,
    http::{Tries, read},
};
use alloc::{
    collections::{BTreeMap, VecDeque},
    string::{String, ToString},
    vec::Vec,
};
use alloy_json_rpc::{ErrorPayload, Id, Request, RequestPacket, Response, ResponsePacket, ResponsePayload};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A failure, and whether it concerns the post as a whole.
enum Refusal {
    Post(Failure),
    Request(Failure),
}

impl Endpoint {
    /// One JSON-RPC request. Ask for an `Option` where `null` is an answer.
    ///
    /// # Errors
    /// [`EndpointError`], that of the last try.
    pub async fn call<T: DeserializeOwned>(&self, method: &str, params: Value) -> Result<T, EndpointError> {
        let mut tries = Tries::new(self.patience());
        let request = [params];
        loop {
            let failure = match self.round(method, &request, &[0]).await {
                Ok(mut answers) => match answers.remove(&0) {
                    Some(answer) => return Ok(answer),
                    None => Failure::Unanswered { unanswered: 1, asked: 1 },
                },
                Err(Refusal::Post(failure) | Refusal::Request(failure)) => failure,
            };
            tries.after(failure).await.map_err(|failure| self.error(method, failure))?;
        }
    }

    /// Many requests of one method in one post; the answers come in the requests' order.
    ///
    /// # Errors
    /// [`EndpointError`] of the first request that stays without an answer, when there is one.
    pub async fn batch<T: DeserializeOwned>(&self, method: &str, requests: &[Value]) -> Result<Vec<T>, EndpointError> {
        let mut answers = BTreeMap::new();
        let mut posts = VecDeque::from([(0..requests.len()).collect::<Vec<_>>()]);
        while let Some(mut places) = posts.pop_front() {
            let mut tries = Tries::new(self.patience());
            while !places.is_empty() {
                let asked = places.len();
                let failure = match self.round(method, requests, &places).await {
                    Ok(found) => {
                        places.retain(|place| !found.contains_key(place));
                        answers.extend(found);
                        if places.len() < asked {
                            tries.progress();
                            continue;
                        }
                        Failure::Unanswered { unanswered: places.len(), asked }
                    }
                    Err(Refusal::Post(failure)) if failure.is_too_much() && asked > 1 => {
                        posts.push_front(places.split_off(asked / 2));
                        continue;
                    }
                    Err(Refusal::Post(failure) | Refusal::Request(failure)) => failure,
                };
                tries.after(failure).await.map_err(|failure| self.error(method, failure))?;
            }
        }
        Ok(answers.into_values().collect())
    }

    /// One post of the requests at these places, each under its place as id. Requests whose answer is "not so fast" are
    /// left out like those without any; other errors count for all, and so does "not so fast" for everything.
    async fn round<T: DeserializeOwned>(
        &self,
        method: &str,
        requests: &[Value],
        places: &[usize],
    ) -> Result<BTreeMap<usize, T>, Refusal> {
        let body = packet(method, requests, places).map_err(Refusal::Post)?;
        let body = self.exchange(body).await.map_err(Refusal::Post)?;
        let responses = match read(&body).map_err(Refusal::Post)? {
            ResponsePacket::Single(response) if places.len() == 1 => [response].into(),
            // One answer to many requests: the post was not even looked into.
            ResponsePacket::Single(response) => {
                let failure = match response.payload {
                    ResponsePayload::Failure(error) => refused(&error),
                    ResponsePayload::Success(_) => {
                        Failure::Unanswered { unanswered: places.len(), asked: places.len() }
                    }
                };
                return Err(Refusal::Post(failure));
            }
            ResponsePacket::Batch(responses) => responses,
        };
        let mut answers = BTreeMap::new();
        let mut limited = None;
        for response in responses {
            let Some(place) = place(&response, places) else { continue };
            match response.payload {
                ResponsePayload::Success(result) => {
                    let to = requests.get(place).map(Value::to_string);
                    let shape = |e: serde_json::Error| Failure::Shape { to, cause: e.to_string() };
                    let result = serde_json::from_str(result.get()).map_err(shape);
                    answers.insert(place, result.map_err(Refusal::Request)?);
                }
                ResponsePayload::Failure(error) => match refused(&error) {
                    failure if failure.is_transient() => limited = Some(failure),
                    failure => return Err(Refusal::Request(failure)),
                },
            }
        }
        match limited {
            Some(failure) if answers.is_empty() => Err(Refusal::Request(failure)),
            _ => Ok(answers),
        }
    }
}

/// The place that a response is for; `None` for an id that was not asked for. An error without an id is for a lone
/// request: whoever cannot read a request cannot tell its id.
fn place(response: &Response, places: &[usize]) -> Option<usize> {
    match (&response.id, places) {
        (Id::None, [only]) if response.is_error() => Some(*only),
        (id, _) => {
            let number = id.as_number().or_else(|| id.as_string()?.parse().ok())?;
            usize::try_from(number).ok().filter(|place| places.contains(place))
        }
    }
}

fn packet(method: &str, requests: &[Value], places: &[usize]) -> Result<String, Failure> {
    let shape = |e: serde_json::Error| Failure::Shape { to: None, cause: e.to_string() };
    let mut packet = RequestPacket::with_capacity(places.len());
    for place in places {
        let (Some(params), Ok(id)) = (requests.get(*place), u64::try_from(*place)) else { continue };
        let request = Request::new(method.to_string(), Id::Number(id), params);
        packet.push(request.serialize().map_err(shape)?);
    }
    let packet = match packet {
        // A lone request goes without the brackets: not everybody knows batches.
        RequestPacket::Batch(mut batch) if batch.len() == 1 => match batch.pop() {
            Some(request) => RequestPacket::Single(request),
            None => RequestPacket::Batch(batch),
        },
        other => other,
    };
    packet.serialize().map(|text| text.get().into()).map_err(shape)
}

fn refused(error: &ErrorPayload) -> Failure {
    Failure::Refused {
        code: error.code,
        message: error.message.chars().take(200).collect(),
        revert: error.as_revert_data(),
        limited: if error.is_retry_err() { Limited::Yes } else { Limited::No },
    }
}
