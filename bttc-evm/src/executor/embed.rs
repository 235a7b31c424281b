//! The chain's machine for hosts that speak alloy's [`Evm`]: nodes and tools that bring their own state, transactions and
//! inspectors (feature `alloy-evm`).
//!
//! ```text
//! host ── TxEnv ──▶ BttcEvm ──▶ revm's checks, fees and refunds at Berlin
//!                      ├── transfer log at the start of a frame that moves value
//!                      └── fee log behind everything else
//! ```
//!
//! What a transaction must meet is revm's to check here, by the host's [`EvmEnv`]; [`env`] is that of a block of this
//! chain. Fees are counted as revm does, in 128 bits a unit of gas.
//!
//! Source: `block-layer §5.2-5.3; bttc:core/state_transition.go:272-364`.
//!
//! ```
//! use alloy_evm::{Evm, EvmFactory};
//! use bttc_evm::executor::{BlockContext, BttcEvmFactory, NativeLogs, env};
//! use revm::{context::TxEnv, database_interface::EmptyDB};
//!
//! let block = BlockContext { chain_id: 199, gas_limit: 20_000_000, ..BlockContext::default() };
//! let mut evm = BttcEvmFactory::new(NativeLogs::Emit).create_evm(EmptyDB::new(), env(&block));
//! let call = TxEnv { chain_id: Some(199), gas_limit: 21_000, ..TxEnv::default() };
//! assert_eq!(evm.transact_raw(call)?.result.tx_gas_used(), 21_000);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use super::{
    BlockContext, NativeLogs, SYSTEM_GAS,
    bor::{BorContext, BorError, BorEvm},
    native_log::fee_log,
    revm::block_env,
};
use alloy_evm::{Database, Evm, EvmEnv, EvmFactory, precompiles::PrecompilesMap};
use alloy_primitives::{Address, Bytes, U256};
use core::{fmt, marker::PhantomData};
use revm::{
    Context, Inspector,
    context::{
        BlockEnv, CfgEnv, DBErrorMarker, TxEnv,
        result::{EVMError, HaltReason, ResultAndState, ResultGas},
    },
    context_interface::{Block, Cfg, ContextTr, JournalTr, Transaction},
    handler::{EthPrecompiles, EvmTr, FrameResult, Handler, post_execution},
    inspector::{InspectorEvmTr, InspectorHandler, NoOpInspector},
    interpreter::interpreter::EthInterpreter,
    primitives::hardfork::SpecId,
};

/// Rules and surroundings of a block of this chain: Berlin's, whatever the number.
#[must_use]
pub fn env(context: &BlockContext) -> EvmEnv {
    let mut cfg_env = CfgEnv::new_with_spec(SpecId::BERLIN).with_mainnet_gas_params();
    cfg_env.chain_id = context.chain_id;
    cfg_env.tx_gas_limit_cap = Some(u64::MAX);
    EvmEnv { cfg_env, block_env: block_env(context, context.author) }
}

/// Makes the chain's machine on a host's database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BttcEvmFactory {
    native_logs: NativeLogs,
}

impl BttcEvmFactory {
    /// A factory of machines with or without the client's own logs.
    #[must_use]
    pub const fn new(native_logs: NativeLogs) -> Self {
        Self { native_logs }
    }

    fn make<DB: Database, I>(self, database: DB, env: EvmEnv, inspector: I, inspect: Inspect) -> BttcEvm<DB, I> {
        let spec = env.cfg_env.spec;
        let BorEvm { inner, recorder, holds_storage } =
            BorEvm::new(database, env.cfg_env.chain_id, env.block_env, self.native_logs);
        let precompiles = PrecompilesMap::from_static(EthPrecompiles::new(spec).precompiles);
        let mut inner = inner.with_inspector(inspector).with_precompiles(precompiles);
        inner.ctx.cfg = env.cfg_env;
        inner.ctx.journaled_state.set_spec_id(spec);
        BttcEvm { machine: BorEvm { inner, recorder, holds_storage }, inspect }
    }
}

impl EvmFactory for BttcEvmFactory {
    type Evm<DB: Database, I: Inspector<BorContext<DB>>> = BttcEvm<DB, I>;
    type Context<DB: Database> = BorContext<DB>;
    type Tx = TxEnv;
    type Error<DBError: DBErrorMarker> = EVMError<DBError>;
    type HaltReason = HaltReason;
    type Spec = SpecId;
    type BlockEnv = BlockEnv;
    type Precompiles = PrecompilesMap;

    fn create_evm<DB: Database>(&self, database: DB, env: EvmEnv) -> BttcEvm<DB, NoOpInspector> {
        self.make(database, env, NoOpInspector, Inspect::No)
    }

    fn create_evm_with_inspector<DB: Database, I: Inspector<BorContext<DB>>>(
        &self,
        database: DB,
        env: EvmEnv,
        inspector: I,
    ) -> BttcEvm<DB, I> {
        self.make(database, env, inspector, Inspect::Yes)
    }
}

/// Whether the inspector looks on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inspect {
    Yes,
    No,
}

/// The chain's machine on a host's database.
pub struct BttcEvm<DB: Database, I> {
    machine: BorEvm<DB, I, PrecompilesMap>,
    inspect: Inspect,
}

impl<DB: Database, I> BttcEvm<DB, I> {
    fn context(&self) -> &BorContext<DB> {
        &self.machine.inner.ctx
    }
}

impl<DB: Database, I> fmt::Debug for BttcEvm<DB, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BttcEvm at block {}", self.context().block.number)
    }
}

impl<DB: Database, I: Inspector<BorContext<DB>>> Evm for BttcEvm<DB, I> {
    type DB = DB;
    type Tx = TxEnv;
    type Error = EVMError<DB::Error>;
    type HaltReason = HaltReason;
    type Spec = SpecId;
    type BlockEnv = BlockEnv;
    type Precompiles = PrecompilesMap;
    type Inspector = I;

    fn block(&self) -> &BlockEnv {
        &self.context().block
    }

    fn cfg_env(&self) -> &CfgEnv {
        &self.context().cfg
    }

    fn chain_id(&self) -> u64 {
        self.cfg_env().chain_id
    }

    fn transact_raw(&mut self, tx: TxEnv) -> Result<ResultAndState, Self::Error> {
        let machine = &mut self.machine;
        let before = [machine.peek(tx.caller)?, machine.peek(machine.inner.ctx.block.beneficiary)?];
        let mut handler = HostHandler { before, host: PhantomData };
        machine.inner.ctx.tx = tx;
        let result = match self.inspect {
            Inspect::Yes => handler.inspect_run(machine)?,
            Inspect::No => handler.run(machine)?,
        };
        Ok(ResultAndState::new(result, machine.inner.ctx.journal_mut().finalize()))
    }

    /// As the chain makes its own calls: no gas is bought, no nonce moves, and a failed call leaves no trace.
    fn transact_system_call(
        &mut self,
        caller: Address,
        contract: Address,
        data: Bytes,
    ) -> Result<ResultAndState, Self::Error> {
        let (result, logs) = self.machine.bare_call(caller, contract, data, SYSTEM_GAS)?;
        let gas = ResultGas::default().with_total_gas_spent(result.gas().total_gas_spent());
        let context = &mut self.machine.inner.ctx;
        logs.into_iter().for_each(|log| context.journal_mut().log(log));
        let result = post_execution::output(context, result, gas);
        Ok(ResultAndState::new(result, context.journal_mut().finalize()))
    }

    fn finish(self) -> (DB, EvmEnv) {
        let Context { block: block_env, cfg: cfg_env, journaled_state, .. } = self.machine.inner.ctx;
        (journaled_state.database, EvmEnv { cfg_env, block_env })
    }

    fn set_inspector_enabled(&mut self, enabled: bool) {
        self.inspect = if enabled { Inspect::Yes } else { Inspect::No };
    }

    fn components(&self) -> (&DB, &I, &PrecompilesMap) {
        let inner = &self.machine.inner;
        (&inner.ctx.journaled_state.database, &inner.inspector, &inner.precompiles)
    }

    fn components_mut(&mut self) -> (&mut DB, &mut I, &mut PrecompilesMap) {
        let inner = &mut self.machine.inner;
        (&mut inner.ctx.journaled_state.database, &mut inner.inspector, &mut inner.precompiles)
    }
}

/// revm's steps around a transaction, and the fee log behind them.
struct HostHandler<DB, I> {
    /// Balances of sender and author before gas is bought.
    before: [U256; 2],
    host: PhantomData<fn() -> (DB, I)>,
}

impl<DB: Database, I> Handler for HostHandler<DB, I> {
    type Evm = BorEvm<DB, I, PrecompilesMap>;
    type Error = BorError<DB>;
    type HaltReason = HaltReason;

    fn reward_beneficiary(&self, evm: &mut Self::Evm, result: &mut FrameResult) -> Result<(), Self::Error> {
        let context = evm.ctx();
        post_execution::reward_beneficiary(context, result.gas())?;
        let price = U256::from(context.tx.effective_gas_price(0));
        let fee = price.wrapping_mul(U256::from(result.gas().used()));
        let charged = !context.cfg.is_fee_charge_disabled() && !fee.is_zero();
        if context.chain.native_logs == NativeLogs::Emit && charged {
            let (sender, author) = (context.tx.caller(), context.block.beneficiary());
            context.journal_mut().log(fee_log(sender, author, fee, self.before));
        }
        Ok(())
    }
}

impl<DB: Database, I: Inspector<BorContext<DB>>> InspectorHandler for HostHandler<DB, I> {
    type IT = EthInterpreter;
}

impl<DB: Database, I: Inspector<BorContext<DB>>> InspectorEvmTr for BorEvm<DB, I, PrecompilesMap> {
    type Inspector = I;

    fn all_inspector(
        &self,
    ) -> (
        &Self::Context,
        &Self::Instructions,
        &Self::Precompiles,
        &revm::context::FrameStack<Self::Frame>,
        &Self::Inspector,
    ) {
        self.inner.all_inspector()
    }

    fn all_mut_inspector(
        &mut self,
    ) -> (
        &mut Self::Context,
        &mut Self::Instructions,
        &mut Self::Precompiles,
        &mut revm::context::FrameStack<Self::Frame>,
        &mut Self::Inspector,
    ) {
        self.inner.all_mut_inspector()
    }
}
