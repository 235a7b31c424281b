//! Who the validators are.

use crate::options::Options;
use bttc_validator::{
    duties::{Policy, WrongRoots},
    layer::OwnKind,
};
use std::{collections::BTreeMap, sync::Arc};

/// The validators' names, the largest stake first.
pub(crate) const NAMES: [&str; 26] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "karl", "lena", "mallory",
    "nina", "oscar", "peggy", "quinn", "rupert", "sybil", "trent", "ursula", "victor", "walter", "xenia", "yves",
    "zoe",
];

/// What a program brings of its own: characters and messages.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    /// Characters by name: alice, bob, carol, dave and so on, by descending stake. Who is not named is honest.
    pub policies: BTreeMap<&'static str, Arc<dyn Policy>>,
    /// Messages that all of them know beside the network's.
    pub kinds: Vec<Arc<dyn OwnKind>>,
}

impl Cast {
    /// That of the command line: the smallest stakes lie about roots.
    pub(crate) fn liars(options: &Options) -> Self {
        let (all, liars) = (usize::from(options.validators), usize::from(options.byzantine));
        let names = NAMES.into_iter().take(all).skip(all.saturating_sub(liars));
        let policies = names.map(|name| (name, Arc::new(WrongRoots) as Arc<dyn Policy>)).collect();
        Self { policies, kinds: Vec::new() }
    }
}
