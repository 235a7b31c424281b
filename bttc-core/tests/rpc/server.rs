//! A server on loopback that answers as a test says, well or badly.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{Response, Uri},
};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

/// What comes back for a post.
pub(crate) enum Reply {
    /// A document.
    Json(Value),
    /// A status without a document, and with `Retry-After` if there are seconds.
    Status(u16, Option<&'static str>),
    /// Bytes that are no document.
    Text(String),
    /// Nothing for this long.
    Silence(Duration),
}

type Answer = dyn Fn(usize, &str, &Value) -> Reply + Send + Sync;

struct Shared {
    answer: Box<Answer>,
    posts: Mutex<Vec<(String, Value)>>,
}

/// The server; it ends with the test's runtime.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Server {
    /// Starts one. The answer knows how many posts came before, the path and the document.
    pub(crate) async fn start(answer: impl Fn(usize, &str, &Value) -> Reply + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared { answer: Box::new(answer), posts: Mutex::default() });
        let router = Router::new().fallback(post).with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, shared }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Host and port, as errors name it.
    pub(crate) fn name(&self) -> String {
        self.address.to_string()
    }

    /// Paths and documents that were posted.
    pub(crate) fn posts(&self) -> Vec<(String, Value)> {
        self.shared.posts.lock().unwrap().clone()
    }

    /// JSON-RPC requests of this method, in batches or alone.
    #[allow(dead_code, reason = "not every test that has a server counts")]
    pub(crate) fn requests(&self, method: &str) -> Vec<Value> {
        let posts = self.posts();
        let all = posts.iter().flat_map(|(_, body)| body.as_array().map_or(std::slice::from_ref(body), Vec::as_slice));
        all.filter(|request| request["method"] == method).map(|request| request["params"].clone()).collect()
    }
}

async fn post(State(shared): State<Arc<Shared>>, uri: Uri, body: Bytes) -> Response<Body> {
    let body: Value = serde_json::from_slice(&body).unwrap();
    let before = {
        let mut posts = shared.posts.lock().unwrap();
        posts.push((uri.path().into(), body.clone()));
        posts.len() - 1
    };
    let response = Response::builder();
    let response = match (shared.answer)(before, uri.path(), &body) {
        Reply::Json(document) => response.body(Body::from(document.to_string())),
        Reply::Text(text) => response.body(Body::from(text)),
        Reply::Status(status, None) => response.status(status).body(Body::empty()),
        Reply::Status(status, Some(wait)) => response.status(status).header("Retry-After", wait).body(Body::empty()),
        Reply::Silence(time) => {
            tokio::time::sleep(time).await;
            response.body(Body::empty())
        }
    };
    response.unwrap()
}

/// The answer of an honest JSON-RPC node: each request of the document answered by its method and parameters.
pub(crate) fn json_rpc(body: &Value, answer: impl Fn(&str, &Value) -> Result<Value, Value>) -> Value {
    let one = |request: &Value| {
        let id = &request["id"];
        match answer(request["method"].as_str().unwrap(), &request["params"]) {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
        }
    };
    match body.as_array() {
        Some(batch) => batch.iter().map(one).collect(),
        None => one(body),
    }
}

/// The error of a node that does not have a method.
pub(crate) fn unknown_method() -> Value {
    json!({ "code": -32601, "message": "the method does not exist/is not available" })
}
