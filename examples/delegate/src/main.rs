//! `delegate`: a delegator's year on the staking contract, month by month, one checkpoint a day.
//!
//! ```text
//! month 1  buys shares of validator 1            month 9   delegates what they have earned
//!       4  the commission goes up                     11  sells half of the shares
//!       6  takes what the shares have earned          12  is paid for them
//! ```

use alloy_primitives::{Address, B256, U256};
use bttc_core::{amount::Amount, hash::keccak256, id::Nonce, id::ValidatorId, signature::SecretKey};
use bttc_staking::{
    stake::{StakeFor, StakeManager, StakeParams},
    token::Token,
};
use clap::Parser;
use std::error::Error;

/// A delegator's year: what is bought, earned, taken, delegated again, sold.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Whole tokens that Dora delegates
    #[arg(long, default_value_t = 10_000)]
    amount: u64,
    /// Whole tokens that each of the three validators stakes
    #[arg(long, default_value_t = 20_000)]
    stake: u64,
    /// Whole tokens that a checkpoint of full length pays
    #[arg(long, default_value_t = 100)]
    reward: u64,
    /// Percent of the delegators' reward that validator 1 keeps until month 4, and from then on
    #[arg(long, num_args = 2, default_values_t = [5, 20])]
    commission: Vec<u64>,
}

const CONTRACT: Address = Address::repeat_byte(1);
const GOVERNANCE: Address = Address::repeat_byte(2);
const DORA: Address = Address::repeat_byte(0xd0);
const FIRST: ValidatorId = ValidatorId::new(1);
type Outcome<T = ()> = Result<T, Box<dyn Error>>;
/// One checkpoint a day.
const DAYS: u64 = 30;

fn main() -> Outcome {
    let arguments = Arguments::parse();
    let mut keys = ["alice", "bob", "carol"].map(keccak256).map(|key| SecretKey::from_bytes(&key));
    keys.sort_by_key(|key| key.as_ref().map(SecretKey::address).unwrap_or_default());
    let keys = keys.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut contract = deployed(&arguments, &keys)?;
    let (before, alice) = (contract.token().balance(DORA), keys[0].address());
    contract.update_commission_rate(alice, FIRST, arguments.commission[0])?;

    println!("month  commission  {:>17} {:>17} {:>17}  what happens", "shares", "earned, BTT", "in hand, BTT");
    for month in 1..=12 {
        let happens = act(&mut contract, month, &arguments, alice).unwrap_or_else(|error| format!("refused: {error}"));
        for _ in 0..DAYS {
            checkpoint(&mut contract, &keys)?;
        }
        let commission = contract.account(FIRST).map_or(0, |account| account.commission_rate);
        let [held, earned, hand] = [shares(&contract), owed(&contract)?, contract.token().balance(DORA)].map(short);
        println!("{month:>5}  {commission:>8} %  {held:>17} {earned:>17} {hand:>17}  {happens}");
    }
    let all = [contract.token().balance(DORA), shares(&contract), owed(&contract)?];
    let all = all.into_iter().try_fold(Amount::ZERO, Amount::checked_add)?;
    println!("\n{}", contract.pool(FIRST).ok_or("validator 1 has no share contract")?);
    println!("\na year has earned {} BTT", short(all.checked_sub(before)?));
    Ok(())
}

/// What happens at the beginning of a month.
fn act(contract: &mut StakeManager, month: u64, arguments: &Arguments, alice: Address) -> Outcome<String> {
    Ok(match month {
        1 => {
            let (paid, _) = contract.buy_voucher(DORA, FIRST, Amount::from_btt(arguments.amount), Amount::ZERO)?;
            format!("buys shares for {paid}")
        }
        4 => {
            contract.update_commission_rate(alice, FIRST, arguments.commission[1])?;
            "validator 1 changes its commission".to_owned()
        }
        6 => {
            let earned = owed(contract)?;
            contract.withdraw_delegator_rewards(DORA, FIRST)?;
            format!("takes {}", short(earned))
        }
        9 => {
            let ([staked, _], _) = contract.restake_delegator_rewards(DORA, FIRST)?;
            format!("delegates {} more", short(staked))
        }
        11 => {
            let half = shares(contract).checked_div(Amount::from_units(2))?;
            contract.sell_voucher_new(DORA, FIRST, half, half)?;
            format!("sells half, to be paid in {} epochs", contract.params().withdrawal_delay)
        }
        12 => {
            contract.unstake_claim_tokens_new(DORA, FIRST, Nonce::new(1))?;
            "is paid for what was sold".to_owned()
        }
        _ => String::new(),
    })
}

/// Three validators with share contracts, and the tokens that rewards are paid from.
fn deployed(arguments: &Arguments, keys: &[SecretKey]) -> Outcome<StakeManager> {
    let [reward, stake] = [arguments.reward, arguments.stake].map(Amount::from_btt);
    let mut token = Token::default();
    token.mint(CONTRACT, reward.checked_mul(Amount::from_units(12 * DAYS))?)?;
    let wanted = keys.iter().map(|key| (key.address(), stake)).chain([(DORA, Amount::from_btt(arguments.amount))]);
    for (user, amount) in wanted {
        token.mint(user, amount)?;
        token.approve(user, CONTRACT, amount)?;
    }
    let rewards = [(U256::from(1), reward)].into();
    let (min_deposit, min_fee, withdrawal_delay) = (Amount::from_btt(1), Amount::ZERO, U256::from(DAYS));
    let params = StakeParams { min_deposit, min_fee, withdrawal_delay, rewards, ..StakeParams::default() };
    let mut contract = StakeManager::new(CONTRACT, GOVERNANCE, token, params);
    for (place, key) in (1..).zip(keys) {
        let (user, signer_key) = (key.address(), key.public_key().coordinates().to_vec().into());
        let share_contract = Some(Address::with_last_byte(place));
        contract.stake_for(user, &StakeFor { user, amount: stake, fee: min_fee, signer_key, share_contract })?;
    }
    Ok(contract)
}

/// All sign a checkpoint of full length; they take turns to propose.
fn checkpoint(contract: &mut StakeManager, keys: &[SecretKey]) -> Outcome {
    let turn = usize::try_from(contract.epoch().get())? % keys.len();
    let vote = keccak256(contract.epoch().get().to_be_bytes());
    let signatures: Vec<_> = keys.iter().map(|key| key.sign(&vote).into()).collect();
    let blocks = contract.params().shape.interval;
    contract.check_signatures(blocks, vote, B256::ZERO, keys[turn].address(), &signatures)?;
    Ok(())
}

fn shares(contract: &StakeManager) -> Amount {
    contract.pool(FIRST).and_then(|pool| pool.delegator(DORA)).map_or(Amount::ZERO, |delegator| delegator.shares)
}

fn owed(contract: &StakeManager) -> Outcome<Amount> {
    Ok(contract.liquid_rewards(FIRST, DORA).ok_or("validator 1 has no share contract")??)
}

/// In BTT, with the first four decimals.
fn short(amount: Amount) -> String {
    let text = amount.to_string();
    let number = text.trim_end_matches(" BTT");
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    format!("{whole}.{decimals:0<4.4}")
}
