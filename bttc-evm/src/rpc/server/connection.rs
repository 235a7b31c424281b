//! A connection's requests, one by one and in batches.

use super::{Desk, SUBSCRIBE, UNSUBSCRIBE, object};
use crate::rpc::{
    RpcError,
    params::{self, Params},
};
use core::future::Future;
use jsonrpsee::{
    core::{
        middleware::{Batch, BatchEntry, Notification, RpcServiceT},
        server::BatchResponseBuilder,
    },
    server::MethodResponse,
    types::Request,
};
use serde_json::Value;
use std::sync::Arc;

/// A connection's requests, all but subscriptions taken to the desk.
#[derive(Clone, Debug)]
pub(super) struct Carried<S> {
    pub(super) inner: S,
    pub(super) desk: Arc<Desk>,
}

impl<S> RpcServiceT for Carried<S>
where
    S: RpcServiceT<
            MethodResponse = MethodResponse,
            BatchResponse = MethodResponse,
            NotificationResponse = MethodResponse,
        > + Clone
        + Send
        + Sync
        + 'static,
{
    type MethodResponse = MethodResponse;
    type NotificationResponse = MethodResponse;
    type BatchResponse = MethodResponse;

    fn call<'a>(&self, request: Request<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let Self { inner, desk } = self.clone();
        async move {
            if !matches!(request.method_name(), SUBSCRIBE | UNSUBSCRIBE) {
                return desk.respond(request).await;
            }
            let (id, ends) = (request.id.clone(), request.method_name() == UNSUBSCRIBE);
            if ends && let Err(error) = subscription_id(&request) {
                return MethodResponse::error(id, object(error));
            }
            let response = inner.call(request).await;
            // Over HTTP there is nobody to tell anything.
            let refused = response.as_error_code() == Some(INTERNAL_ERROR);
            if ends && (refused || is_false(&response)) {
                return MethodResponse::error(id, object(RpcError::failed("subscription not found")));
            }
            if refused {
                return MethodResponse::error(id, object(RpcError::failed("notifications not supported")));
            }
            response
        }
    }

    fn batch<'a>(&self, batch: Batch<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let service = self.clone();
        async move {
            let mut responses = BatchResponseBuilder::new_with_limit(service.desk.longest);
            let mut notified = false;
            for entry in batch {
                let response = match entry {
                    Ok(BatchEntry::Call(request)) => service.call(request).await,
                    Ok(BatchEntry::Notification(_)) => {
                        notified = true;
                        continue;
                    }
                    Err(error) => {
                        let (error, id) = error.into_parts();
                        MethodResponse::error(id, error)
                    }
                };
                if let Err(too_long) = responses.append(response) {
                    return too_long;
                }
            }
            if notified && responses.is_empty() {
                return MethodResponse::notification();
            }
            MethodResponse::from_batch(responses.finish())
        }
    }

    fn notification<'a>(&self, notification: Notification<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        self.inner.notification(notification)
    }
}

/// Looks whether a request names a subscription.
fn subscription_id(request: &Request<'_>) -> Result<(), RpcError> {
    let params = request.params.as_deref().map_or("null", |params| params.get());
    let params = serde_json::from_str::<Value>(params).map_err(RpcError::params)?;
    let mut params = Params::new(&params);
    params.required(params::string)?;
    params.end()
}

/// Whether the answer is false: nobody had subscribed by that name.
fn is_false(response: &MethodResponse) -> bool {
    let answer = serde_json::from_str::<Value>(response.as_json().get());
    answer.is_ok_and(|answer| answer.get("result") == Some(&Value::Bool(false)))
}

/// Code of an error of the server itself.
const INTERNAL_ERROR: i32 = -32_603;
