//! Reading: what a node answers of the state, as the reference's REST server writes it.
//!
//! ```text
//!            ┌─ asked_height: at which block               the host finds the stores of that block
//!   path?query
//!            └─ answer(stores, facts) ──▶ status, body     {"height":"7","result":…}   {"error":"…"}
//!                    └──▶ Question                         the outside world is asked; then anew
//! ```
//!
//! A handful of paths tell of the outside world too: the next seed, the root over a range, whether a transaction was
//! settled. They ask by [`Question`]s, as the modules do. Paths of transactions are a node's, not the state's.
//!
//! What a module is asked is written as Go writes it: integers are numbers, bytes hex, empty lists `null`. What of an
//! account and of governance comes in amino's form: integers are texts.
//!
//! | status | when |
//! |---|---|
//! | 200 | there is a result; or, with an empty body, a parameter is missing that nobody asks for |
//! | 400 | a number is none |
//! | 400, 404 or 500 | the query failed: the [`Route`] says which |
//! | 404 | there is no such path, or nothing to answer |
//! | 501 | what governance decided is told by transactions alone; the reference looks there |
//!
//! Source: `validation-layer §8; delivery:checkpoint/client/rest/query.go:23-47, bor/client/rest/query.go:20-27,
//! staking/client/rest/query.go:17-63, clerk/client/rest/query.go:20-33, topup/client/rest/query.go:17-40,
//! delivery:types/rest/rest.go, cosmos-sdk types/rest/rest.go (0.37)`.
//!
//! ```
//! use bttc_validator::{
//!     module::{Facts, checkpoint},
//!     rest::{self, View},
//!     store::Stores,
//! };
//!
//! let mut stores = Stores::default();
//! checkpoint::set_count(&mut stores, bttc_core::root_chain::RootChainId::Tron.into(), 7);
//! let facts = Facts::default();
//! let view = View { stores: &stores, height: 12, time: Default::default(), facts: &facts };
//! let response = rest::answer(&view, "/checkpoints/count/tron").unwrap();
//! assert_eq!((response.status, response.body.as_str()), (200, r#"{"height":"12","result":{"result":7}}"#));
//!
//! let response = rest::answer(&view, "/bor/span/x").unwrap();
//! assert_eq!((response.status, response.body.as_str()), (400, r#"{"error":"'x' is not a valid uint64"}"#));
//! ```

mod account;
mod bor;
mod chainmanager;
mod checkpoint;
mod clerk;
mod feature;
mod form;
mod gov;
mod request;
mod route;
mod settled;
mod slashing;
mod staking;
mod stop;
mod topup;

pub use route::{ROUTES, Route};

use crate::{
    module::{Facts, Question},
    store::Stores,
};
use bttc_core::amino::{Json, Time};
use form::{number, object, text};
use request::Request;
use stop::Stop;

/// The state as of a block, and what is known of the outside world.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The stores as the block left them.
    pub stores: &'a Stores,
    /// The block's height.
    pub height: u64,
    /// The latest block's time.
    pub time: Time,
    /// Answers of the outside world.
    pub facts: &'a Facts,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status of HTTP.
    pub status: u16,
    /// JSON; for an unknown path a line of text, and sometimes nothing.
    pub body: String,
}

impl Response {
    fn error(status: u16, words: &str) -> Self {
        Self { status, body: object([("error", text(words))]).to_string() }
    }
}

/// At which block a request wants to read; `None` for the latest.
///
/// # Errors
/// The [`Response`] to a height that is none.
pub fn asked_height(target: &str) -> Result<Option<u64>, Response> {
    let height = Request::new(target).map_or(Ok(0), |request| request.height());
    height.map(|height| Some(height).filter(|height| *height > 0)).map_err(|error| Response::error(400, &error))
}

/// The answer to a GET of `target`, a path with its query.
///
/// # Errors
/// The [`Question`] that has to be answered in [`View::facts`] first.
pub fn answer(view: &View<'_>, target: &str) -> Result<Response, Question> {
    let found = Request::new(target).and_then(|request| {
        let (route, request) = ROUTES.iter().find_map(|route| Some((route, request.matched(route.path)?)))?;
        Some((route, request))
    });
    let Some((route, request)) = found else {
        return Ok(Response { status: 404, body: "404 page not found\n".to_owned() });
    };
    let asked = match request.height() {
        Ok(asked) => asked,
        Err(error) => return Ok(Response::error(400, &error)),
    };
    match route.read(view, &request) {
        Ok(result) => {
            let height = if route.tells_asked_height() { asked } else { view.height };
            let result = if route.is_indented() { format!("{result:#}") } else { result.to_string() };
            Ok(Response { status: 200, body: within(height, &result) })
        }
        Err(Stop::Ask(question)) => Err(question),
        Err(Stop::Fault(fault)) => Ok(Response::error(route.failure(), &fault.log())),
        Err(Stop::Refused { status, words }) => Ok(Response::error(status, &words)),
        Err(Stop::Written(response)) => Ok(response),
        Err(Stop::Silent) => Ok(Response { status: 200, body: String::new() }),
    }
}

/// `{"height":…,"result":…}`.
fn within(height: u64, result: &str) -> String {
    format!(r#"{{"height":"{height}","result":{result}}}"#)
}

/// `{"result":…}`: some results are wrapped once more.
fn result_of(json: Json) -> Json {
    object([("result", json)])
}

/// [`result_of`] a number.
fn result_number(value: u64) -> Json {
    result_of(number(value))
}
