//! `withdraw serve`: the proof-generation API's routes, so that clients made for it can be pointed here.
//!
//! ```text
//! GET /api/v1/{net}/block-included/{block}                              the checkpoint that holds a block
//! GET /api/v1/{net}/fast-merkle-proof?start=&end=&number=               siblings of a block among others
//! GET /api/v1/{net}/exit-payload/{burn}?eventSignature=&tokenIndex=     the payload of a burn
//! GET /api/v1/{net}/all-exit-payloads/{burn}?eventSignature=            the payloads of all its withdrawals
//! ```
//!
//! `net` is the root chain, for a checkpoint belongs to one: `tron`, `eth`, `bsc`. The networks of the API that this is
//! made after, `matic`, `mumbai` and `amoy`, are understood as the root chain of `--root`, so that its clients need
//! nothing but another address. Without `eventSignature` it is that of `WithdrawTo`.
//!
//! Source: `withdrawal-proofs §8; proof-api:src/routes/v1.js`.

mod answer;
mod routes;
mod validate;

use crate::{failure::Failure, source::Source};
use answer::Answer;
use axum::{
    Json, Router,
    http::{HeaderValue, StatusCode, header},
    middleware::map_response,
    response::Response,
    routing::get,
};
use bttc_core::root_chain::RootChainId;
use serde_json::json;
use std::{net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;

/// What every route is answered from.
#[derive(Clone, Debug)]
struct Server {
    source: Arc<Source>,
    root: RootChainId,
}

pub(crate) async fn serve(source: Source, root: RootChainId, listen: SocketAddr) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen).await.map_err(Failure::io(listen.to_string()))?;
    let address = listener.local_addr().map_err(Failure::io(listen.to_string()))?;
    eprintln!("listening on http://{address}");
    let router = router(Server { source: Arc::new(source), root });
    let served = axum::serve(listener, router).with_graceful_shutdown(async {
        // Without a handler for it the program would end all the same.
        let _ = tokio::signal::ctrl_c().await;
    });
    served.await.map_err(Failure::io(listen.to_string()))
}

fn router(server: Server) -> Router {
    const ROUTES: [&str; 4] = [
        "/api/v1/{net}/block-included/{block}",
        "/api/v1/{net}/fast-merkle-proof",
        "/api/v1/{net}/exit-payload/{burn}",
        "/api/v1/{net}/all-exit-payloads/{burn}",
    ];
    let listed = ["/", "/health-check"].into_iter().chain(ROUTES);
    let listed: Vec<_> = listed.map(|path| json!({ "path": path, "methods": "GET" })).collect();
    let [block, proof, payload, payloads] = ROUTES;
    Router::new()
        .route("/", get(async || Json(listed)))
        .route("/health-check", get(async || Json(json!({ "success": true, "message": "Health Check Success" }))))
        .route(block, get(routes::block_included))
        .route(proof, get(routes::fast_merkle_proof))
        .route(payload, get(routes::exit_payload))
        .route(payloads, get(routes::all_exit_payloads))
        .fallback(async || Answer::new(StatusCode::NOT_FOUND, json!({ "error": { "message": "Not found" } })))
        .layer(map_response(open_to_all))
        .with_state(server)
}

/// Wallets ask from pages of other origins.
async fn open_to_all(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
