//! Rules in which a network of one's own may differ from the public ones.

use super::Param;
use crate::{
    module::Refusal,
    store::{StoreName, Stores},
};
use bttc_core::amino::Field;
use bttc_core::chain::{ChainSpec, PowerRule};

const POWER_IS_STAKE: Param<bool> = Param::at("network/PowerIsStake");
const WEIGHTED_DRAW_FROM: Param<u64> = Param::at("network/WeightedDrawFrom");

/// The rules that are no parameter of the reference's: there they are in the code. What is not as on the public
/// networks stands among the parameters, so that the stores of a public network have no such entry.
///
/// ```
/// use bttc_core::chain::ChainSpec;
/// use bttc_validator::{param::Rules, store::Stores};
///
/// let mut stores = Stores::default();
/// assert_eq!(Rules::load(&stores)?, Rules::PUBLIC);
/// Rules::of(&ChainSpec::devnet()).save(&mut stores);
/// assert_eq!(Rules::load(&stores)?.weighted_draw_from, 0);
/// # Ok::<(), bttc_validator::module::Refusal>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How stake becomes power.
    pub power: PowerRule,
    /// Height from which producers are drawn by weight.
    pub weighted_draw_from: u64,
}

impl Rules {
    /// Those of the public networks.
    ///
    /// Source: `validation-layer §4.3, §5.1; delivery:bor/keeper.go:195-258, helper/util.go:742-749`.
    // Q-35 of bttc-staking: the height is that of another chain.
    pub const PUBLIC: Self = Self { power: PowerRule::One, weighted_draw_from: 375_300 };

    /// Those of a network.
    #[must_use]
    pub const fn of(spec: &ChainSpec) -> Self {
        Self { power: spec.power, weighted_draw_from: spec.weighted_draw_from }
    }

    /// Those that the stores follow.
    ///
    /// # Errors
    /// [`Refusal::INTERNAL`] where one does not read.
    pub fn load(stores: &Stores) -> Result<Self, Refusal> {
        let power = match set(&POWER_IS_STAKE, stores)? {
            Some(true) => PowerRule::Stake,
            _ => PowerRule::One,
        };
        let weighted_draw_from = set(&WEIGHTED_DRAW_FROM, stores)?.unwrap_or(Self::PUBLIC.weighted_draw_from);
        Ok(Self { power, weighted_draw_from })
    }

    /// Lets the stores follow them: for a genesis.
    pub fn save(self, stores: &mut Stores) {
        if self.power != Self::PUBLIC.power {
            POWER_IS_STAKE.set(stores, &true);
        }
        if self.weighted_draw_from != Self::PUBLIC.weighted_draw_from {
            WEIGHTED_DRAW_FROM.set(stores, &self.weighted_draw_from);
        }
    }
}

fn set<F: Field>(param: &Param<F>, stores: &Stores) -> Result<Option<F>, Refusal> {
    if stores.has(StoreName::Params, param.path().as_bytes()) { param.get(stores).map(Some) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_networks_stores_have_no_entry_more() {
        for spec in [ChainSpec::mainnet(), ChainSpec::donau()] {
            let mut stores = Stores::default();
            Rules::of(&spec).save(&mut stores);
            assert_eq!((stores.names().count(), Rules::load(&stores)), (0, Ok(Rules::PUBLIC)));
        }
        let mut stores = Stores::default();
        let own = Rules::of(&ChainSpec::devnet());
        own.save(&mut stores);
        assert_eq!(Rules::load(&stores), Ok(own));
        stores.set(StoreName::Params, WEIGHTED_DRAW_FROM.path().into(), b"many".to_vec());
        assert_eq!(Rules::load(&stores), Err(Refusal::INTERNAL));
    }
}
