//! Which web pages may ask.

use core::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use jsonrpsee::{
    core::BoxError,
    server::{HttpBody, HttpRequest, HttpResponse},
};
use std::sync::Arc;
use tower::Service;
use tower_http::cors::{Any, CorsLayer};

/// Origins of web pages that a browser lets ask: `https://wallet.example`, or `*` for all. Whatever is no browser names no
/// origin and may ask always.
///
/// ```
/// use bttc_evm::rpc::server::Origins;
///
/// let origins = Origins::new(["https://wallet.example"]);
/// assert!(origins.allows("https://wallet.example") && !origins.allows("https://other.example"));
/// assert!(Origins::new(["*"]).allows("https://other.example"));
/// ```
///
/// Source: `bttc:node/rpcstack.go:372-384, bttc:rpc/websocket.go:70-109`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Arc<[String]>);

/// How long a browser may remember what it was told.
const REMEMBERED: Duration = Duration::from_secs(600);

impl Origins {
    /// These.
    pub fn new(origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(origins.into_iter().map(|origin| origin.into().to_lowercase()).collect())
    }

    /// Whether a page of this origin may ask.
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        let origin = origin.to_lowercase();
        self.0.iter().any(|own| own == "*" || *own == origin)
    }

    /// What tells browsers; nothing where no page may ask.
    pub(super) fn cors(&self) -> Option<CorsLayer> {
        if self.0.is_empty() {
            return None;
        }
        let cors = CorsLayer::new().allow_methods([http::Method::POST, http::Method::GET]);
        let cors = cors.allow_headers(Any).max_age(REMEMBERED);
        if self.0.iter().any(|own| own == "*") {
            return Some(cors.allow_origin(Any));
        }
        let own = self.0.iter().filter_map(|own| http::HeaderValue::from_str(own).ok());
        Some(cors.allow_origin(own.collect::<Vec<_>>()))
    }

    pub(super) fn guard<S>(&self, inner: S) -> Guard<S> {
        Guard { inner, origins: self.clone() }
    }
}

/// Refuses WebSockets to pages that may not ask: no browser does that by itself.
#[derive(Clone, Debug)]
pub(super) struct Guard<S> {
    inner: S,
    origins: Origins,
}

/// The page's own origin, where a browser asks for a WebSocket.
fn page<B>(request: &HttpRequest<B>) -> Option<&str> {
    request.headers().get(http::header::UPGRADE)?;
    request.headers().get(http::header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default())
}

impl<S, B> Service<HttpRequest<B>> for Guard<S>
where
    S: Service<HttpRequest<B>, Response = HttpResponse, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = HttpResponse;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: HttpRequest<B>) -> Self::Future {
        if page(&request).is_some_and(|origin| !self.origins.allows(origin)) {
            let mut refused = HttpResponse::new(HttpBody::from("origin not allowed"));
            *refused.status_mut() = http::StatusCode::FORBIDDEN;
            return Box::pin(core::future::ready(Ok(refused)));
        }
        Box::pin(self.inner.call(request))
    }
}
