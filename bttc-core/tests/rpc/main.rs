//! Root chains over HTTP, against a server on loopback.

#![allow(clippy::unwrap_used, reason = "a server that cannot answer is a failed test")]

mod endpoint;
mod ethereum;
mod server;
mod tron;

use bttc_core::endpoint::{Endpoint, Patience};
use server::Server;
use std::time::Duration;

/// Patience for tests: the waits of the real one, a thousand times shorter.
fn patience() -> Patience {
    Patience {
        tries: 4,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(5),
        timeout: Duration::from_millis(200),
        longest_answer: 10_000,
    }
}

fn endpoint(server: &Server) -> Endpoint {
    Endpoint::new(&server.url(), patience()).unwrap()
}
