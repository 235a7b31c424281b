//! The paths.

use super::{
    Request, Stop, View, account, bor, chainmanager, checkpoint, clerk, feature, form::group, gov, settled, slashing,
    staking, topup,
};
use crate::param;
use bttc_core::amino::Json;
use core::fmt;

/// A path and how it is answered.
#[derive(Clone, Copy)]
pub struct Route {
    /// The path; what stands in braces is any text without a slash.
    pub path: &'static str,
    failure: u16,
    told: Told,
    form: Form,
    read: fn(&View<'_>, &Request) -> Result<Json, Stop>,
}

/// Which height an answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// That of the state it was read from.
    Read,
    /// The one that was asked for, 0 if none was.
    Asked,
}

/// How a result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Compact,
    Indented,
}

/// All paths, in the order in which they are compared with a request's.
// some answers tell the height they were asked for, and 0 where none was, in place of the one they were read at.
pub const ROUTES: &[Route] = &[
    Route::new("/checkpoints/params", 500, |view, _| group(view.stores, param::CHECKPOINT)),
    Route::new("/overview", 400, checkpoint::overview),
    Route::new("/checkpoints/buffer/{root}", 500, checkpoint::buffer),
    Route::new("/checkpoints/sync/{root}", 500, checkpoint::sync),
    Route::new("/checkpoints/count/{root}", 500, checkpoint::count),
    Route::new("/checkpoints/prepare", 400, checkpoint::prepare),
    Route::new("/checkpoints/latest/{root}", 400, checkpoint::latest),
    Route::new("/checkpoints/last-no-ack", 400, checkpoint::last_no_ack),
    Route::new("/checkpoints/list", 400, checkpoint::list),
    Route::new("/checkpoints/epoch", 400, checkpoint::epoch),
    Route::new("/checkpoints/activation-height/{root}", 400, checkpoint::activation_height),
    Route::new("/checkpoints/{root}/{number}", 400, checkpoint::by_number),
    Route::new("/bor/span/list", 400, bor::list).telling_asked(),
    Route::new("/bor/span/{id}", 500, bor::span),
    Route::new("/bor/latest-span", 500, bor::latest),
    Route::new("/bor/prepare-next-span", 400, bor::prepare).telling_asked(),
    Route::new("/bor/next-span-seed", 400, bor::seed).telling_asked(),
    Route::new("/bor/params", 500, |view, _| group(view.stores, param::BOR)),
    Route::new("/staking/totalpower", 500, staking::total_power),
    Route::new("/staking/signer/{address}", 400, staking::signer),
    Route::new("/staking/validator-status/{address}", 400, staking::status),
    Route::new("/staking/validator/{id}", 400, staking::validator),
    Route::new("/staking/validator-set", 400, staking::set),
    Route::new("/staking/proposer/{times}", 400, staking::proposers),
    Route::new("/staking/current-proposer", 400, staking::proposer),
    Route::new("/staking/proposer-bonus-percent", 500, staking::bonus).telling_asked(),
    Route::new("/staking/isoldtx", 500, settled::staking),
    Route::new("/staking/next/{root}", 500, staking::next),
    Route::new("/staking/queue/{root}", 500, staking::queue),
    Route::new("/clerk/event-record/list", 500, clerk::list).telling_asked(),
    Route::new("/clerk/event-record/{id}", 400, clerk::record).telling_asked(),
    Route::new("/clerk/isoldtx", 500, settled::record),
    Route::new("/topup/isoldtx", 500, settled::topup),
    Route::new("/topup/dividend-account/{address}", 400, topup::account),
    Route::new("/topup/dividend-account-root", 400, topup::root).telling_asked(),
    Route::new("/topup/account-proof/{address}/verify", 400, topup::verify),
    Route::new("/topup/account-proof/{address}", 400, topup::proof),
    Route::new("/chainmanager/params", 500, |view, _| group(view.stores, param::CHAINMANAGER)),
    Route::new("/chainmanager/newparams/{root}", 500, chainmanager::params_of),
    Route::new("/featuremanager/target-feature/{feature}", 500, feature::target),
    Route::new("/featuremanager/feature-map", 500, feature::map),
    Route::new("/auth/accounts/{address}", 404, account::account),
    Route::new("/auth/accounts/{address}/sequence", 404, account::sequence),
    Route::new("/auth/params", 500, |view, _| group(view.stores, param::AUTH)),
    Route::new("/bank/balances/{address}", 500, account::balances).indented(),
    Route::new("/gov/parameters/{type}", 404, gov::params).indented(),
    Route::new("/gov/proposals", 500, gov::proposals).indented(),
    Route::new("/gov/proposals/{id}", 500, gov::proposal).indented(),
    Route::new("/gov/proposals/{id}/proposer", 500, gov::proposer).telling_asked(),
    Route::new("/gov/proposals/{id}/deposits", 500, gov::deposits).telling_asked().indented(),
    Route::new("/gov/proposals/{id}/deposits/{validator}", 500, gov::deposit).telling_asked().indented(),
    Route::new("/gov/proposals/{id}/tally", 500, gov::tally).indented(),
    Route::new("/gov/proposals/{id}/votes", 500, gov::votes).telling_asked().indented(),
    Route::new("/gov/proposals/{id}/votes/{validator}", 500, gov::vote).telling_asked().indented(),
    Route::new("/slashing/validators/{id}/signing_info", 500, slashing::signing_info),
    Route::new("/slashing/signing_infos", 500, slashing::signing_infos),
    Route::new("/slashing/validators/{id}/latest_slash_info", 500, slashing::slash),
    Route::new("/slashing/latest_slash_infos", 500, slashing::slashes),
    Route::new("/slashing/tick_slash_infos", 500, slashing::tick_slashes),
    Route::new("/slashing/latest_slash_info_bytes", 400, slashing::bytes).telling_asked(),
    Route::new("/slashing/parameters", 500, |view, _| group(view.stores, param::SLASHING)),
    Route::new("/slashing/isoldtx", 500, settled::slashing),
    Route::new("/slashing/tick-count", 500, slashing::tick_count),
];

impl Route {
    const fn new(path: &'static str, failure: u16, read: fn(&View<'_>, &Request) -> Result<Json, Stop>) -> Self {
        Self { path, failure, told: Told::Read, form: Form::Compact, read }
    }

    const fn telling_asked(mut self) -> Self {
        self.told = Told::Asked;
        self
    }

    const fn indented(mut self) -> Self {
        self.form = Form::Indented;
        self
    }

    pub(super) fn read(&self, view: &View<'_>, request: &Request) -> Result<Json, Stop> {
        (self.read)(view, request)
    }

    /// The status with which a failed query is answered.
    #[must_use]
    pub const fn failure(&self) -> u16 {
        self.failure
    }

    pub(super) fn tells_asked_height(&self) -> bool {
        self.told == Told::Asked
    }

    pub(super) fn is_indented(&self) -> bool {
        self.form == Form::Indented
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path)
    }
}
