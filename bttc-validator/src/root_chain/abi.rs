//! The functions a root chain's contracts answer to, beside those of bttc-checkpoint: submissions, questions and
//! [`BridgeCall`](bttc_checkpoint::exit::contract::BridgeCall)s.

alloy_sol_types::sol! {
    #![sol(all_derives)]

    // Staking token
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    function approve(address spender, uint256 amount) returns (bool);
    function transfer(address to, uint256 amount) returns (bool);
    function balanceOf(address holder) returns (uint256);

    // StakeManager
    function stakeFor(address user, uint256 amount, uint256 heimdallFee, bool acceptDelegation, bytes signerPubkey);
    function withdrawRewards(uint256 validatorId);
    function validatorReward(uint256 validatorId) returns (uint256);
    function currentEpoch() returns (uint256);
    function validatorNonce(uint256 validatorId) returns (uint256);
    function getCurrentSyncedCheckpoint(uint256 rootChainId) returns (uint256);

    // StakingInfo
    function getAccountStateRoot() returns (bytes32);

    // RootChainManager
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::hex;
    use alloy_sol_types::SolCall as _;

    // validation-layer §3.9
    #[test]
    fn what_the_layer_asks_has_the_selectors_of_the_specification() {
        assert_eq!(validatorNonceCall::SELECTOR, hex!("ebde9f93"));
        assert_eq!(getCurrentSyncedCheckpointCall::SELECTOR, hex!("d1c407ad"));
        assert_eq!(getAccountStateRootCall::SELECTOR, hex!("4b6b87ce"));
    }
}
