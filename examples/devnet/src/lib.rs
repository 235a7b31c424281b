//! A whole BTTC in one process, to be run by its program and walked by others that need a chain to try things on.
//!
//! ```text
//!  Options ──▶ Network ──step──▶ one block of the side chain, and what the layer and the root chains do meanwhile
//!                 │
//!                 ├── Serving: the same behind JSON-RPC, with accounts for whoever connects
//!                 └── Walked: the same after the whole loop, as recorded blocks and a root chain that answers
//! ```

mod account;
mod cast;
mod export;
mod network;
mod options;
mod report;
mod serving;
mod summary;
mod users;
mod walked;
mod wallets;
mod withdrawal;

pub use account::{Account, Form, Place};
pub use cast::Cast;
pub use export::{EXPORT_FILE, export};
pub use network::{Due, Network};
pub use options::{OptionError, Options};
pub use serving::{Serving, Shared};
pub use summary::Broken;
pub use walked::{Walked, walk};
