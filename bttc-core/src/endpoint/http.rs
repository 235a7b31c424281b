//! One JSON document for another.

use super::{AddressError, EndpointError, Failure, Patience};
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use core::{error::Error, fmt, time::Duration};
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
    redirect,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An endpoint that is asked by POST. Its connections live in the Tokio runtime in which it is used.
#[derive(Clone)]
pub struct Endpoint {
    url: Url,
    name: String,
    headers: HeaderMap,
    client: Client,
    patience: Patience,
}

impl Endpoint {
    /// The endpoint at this URL. A user name and password in it are sent, as HTTP does.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn new(url: &str, patience: Patience) -> Result<Self, AddressError> {
        let url = Url::parse(url).map_err(|e| AddressError::Url { cause: e.to_string() })?;
        let scheme = url.scheme();
        let host = url.host_str().filter(|_| matches!(scheme, "http" | "https"));
        let host = host.ok_or_else(|| AddressError::Scheme { scheme: scheme.to_owned() })?;
        let name = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let client = Client::builder()
            .tls_backend_preconfigured(tls(scheme)?)
            // A redirected POST would become a GET; whoever moved should say so.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|e| AddressError::Client { cause: causes(&e.without_url()) })?;
        Ok(Self { name, url, headers: HeaderMap::new(), client, patience })
    }

    /// The same, sending this header too: a provider's key (`TRON-PRO-API-KEY`).
    ///
    /// # Errors
    /// [`AddressError::Header`].
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, AddressError> {
        let header = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
        let (key, mut value) = header.ok_or_else(|| AddressError::Header { name: name.to_owned() })?;
        value.set_sensitive(true);
        self.headers.insert(key, value);
        Ok(self)
    }

    /// The one that lies this path further: `at("/jsonrpc")`. Connections are shared.
    #[must_use]
    pub fn at(&self, path: &str) -> Self {
        let mut further = self.clone();
        let whole = format!("{}/{}", self.url.path().trim_end_matches('/'), path.trim_start_matches('/'));
        further.url.set_path(&whole);
        further
    }

    /// Host and port.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is asked again.
    #[must_use]
    pub const fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Posts a document to a path below the endpoint's, again and again as [`Patience`] says.
    ///
    /// # Errors
    /// [`EndpointError`], that of the last try.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, document: &Value) -> Result<T, EndpointError> {
        let further = self.at(path);
        let mut tries = Tries::new(&self.patience);
        loop {
            let answer = further.exchange(document.to_string()).await;
            match answer.and_then(|body| read(&body)) {
                Ok(answer) => return Ok(answer),
                Err(failure) => tries.after(failure).await.map_err(|failure| self.error(path, failure))?,
            }
        }
    }

    pub(super) fn error(&self, method: &str, failure: Failure) -> EndpointError {
        EndpointError { endpoint: self.name.clone(), method: method.to_owned(), failure }
    }

    /// One try.
    pub(super) async fn exchange(&self, body: String) -> Result<Vec<u8>, Failure> {
        let request = self.client.post(self.url.clone()).headers(self.headers.clone());
        let request = request.header(CONTENT_TYPE, "application/json").timeout(self.patience.timeout).body(body);
        let response = request.send().await.map_err(|e| self.transport(e))?;
        let status = response.status();
        let wait = retry_after(&response);
        let refused = Failure::Status { status: status.as_u16(), wait };
        if !status.is_success() && (refused.is_transient() || status == StatusCode::PAYLOAD_TOO_LARGE) {
            return Err(refused);
        }
        let body = self.body(response).await?;
        // Some send a JSON-RPC error with a status of 4xx; its text says more than the status.
        let is_json = matches!(body.first(), Some(b'{' | b'['));
        if status.is_success() || status.is_client_error() && is_json { Ok(body) } else { Err(refused) }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Failure> {
        let limit = self.patience.longest_answer;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| self.transport(e))? {
            if chunk.len() > limit.saturating_sub(body.len()) {
                return Err(Failure::TooLong { limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn transport(&self, error: reqwest::Error) -> Failure {
        if error.is_timeout() {
            return Failure::TimedOut { after: self.patience.timeout };
        }
        Failure::Unreachable { cause: causes(&error.without_url()) }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.name).finish()
    }
}

/// The failures of one question.
pub(super) struct Tries<'a> {
    patience: &'a Patience,
    failures: u32,
}

impl<'a> Tries<'a> {
    pub(super) const fn new(patience: &'a Patience) -> Self {
        Self { patience, failures: 0 }
    }

    /// Something was answered: the next failure is the first again.
    pub(super) const fn progress(&mut self) {
        self.failures = 0;
    }

    /// Waits after a failure, or gives it back when there is nothing to wait for.
    pub(super) async fn after(&mut self, failure: Failure) -> Result<(), Failure> {
        self.failures = self.failures.saturating_add(1);
        let wait = self.patience.wait(self.failures, failure.asked_wait());
        match wait.filter(|_| failure.is_transient()) {
            Some(wait) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
            None => Err(failure),
        }
    }
}

pub(super) fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(json).map_err(|error| {
        let cause = error.to_string();
        if error.is_data() { Failure::Shape { to: None, cause } } else { Failure::Garbled { cause } }
    })
}

/// The wait that is asked for, if it is a number of seconds. A date would need a clock.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// What the transport says, down to the cause.
fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// The machine's own certificates, asked for only where they are needed.
fn tls(scheme: &str) -> Result<ClientConfig, AddressError> {
    let client = |cause: rustls::Error| AddressError::Client { cause: cause.to_string() };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(client)?;
    let config = match scheme {
        "https" => config.with_platform_verifier().map_err(client)?,
        _ => config.with_root_certificates(RootCertStore::empty()),
    };
    Ok(config.with_no_client_auth())
}
