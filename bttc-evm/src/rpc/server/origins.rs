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
/// origin and may ask always. Over WebSocket an entry stands for all origins with the parts that it names, and where there
/// is no entry local pages may ask.
///
/// ```
/// use bttc_evm::rpc::server::Origins;
///
/// let origins = Origins::new(["https://wallet.example"]);
/// assert!(origins.open_sockets("https://wallet.example:8443") && !origins.open_sockets("http://wallet.example"));
/// assert!(Origins::new(["*"]).open_sockets("https://other.example"));
/// assert!(Origins::default().open_sockets("http://localhost:3000"));
/// ```
///
/// Source: `bttc:node/rpcstack.go:372-384, bttc:rpc/websocket.go:70-109`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Arc<[String]>);

/// How long a browser may remember what it was told.
const REMEMBERED: Duration = Duration::from_secs(600);

/// Pages that may open a WebSocket where nothing is said.
const LOCAL: &str = "http://localhost";

/// Scheme, host and port; empty where one is not named.
fn parts(origin: &str) -> [&str; 3] {
    let (scheme, rest) = origin.split_once("://").unwrap_or(("", origin));
    // The colons of an address in brackets are its own.
    match rest.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
        Some((host, port)) => [scheme, host, port],
        None => [scheme, rest, ""],
    }
}

impl Origins {
    /// These.
    pub fn new(origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(origins.into_iter().map(|origin| origin.into().to_lowercase()).collect())
    }

    /// Whether a page of this origin may open a WebSocket.
    #[must_use]
    pub fn open_sockets(&self, origin: &str) -> bool {
        let origin = origin.to_lowercase();
        let holds = |entry: &str| {
            let pairs = parts(entry).into_iter().zip(parts(&origin));
            entry == "*" || pairs.into_iter().all(|(own, page)| own.is_empty() || own == page)
        };
        if self.0.is_empty() { holds(LOCAL) } else { self.0.iter().any(|entry| holds(entry)) }
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
        if page(&request).is_some_and(|origin| !self.origins.open_sockets(origin)) {
            let mut refused = HttpResponse::new(HttpBody::from("origin not allowed"));
            *refused.status_mut() = http::StatusCode::FORBIDDEN;
            return Box::pin(core::future::ready(Ok(refused)));
        }
        Box::pin(self.inner.call(request))
    }
}
