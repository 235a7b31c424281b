//! From which height the map of root chains is written in order.
//!
//! ```text
//! height          …  f − 1 │ f                │ f + 1 …              f: only on the two test networks
//! written as   amino JSON  │ a text set once  │ standard JSON
//! ```
//!
//! Source: `validation-layer §5.11; delivery:helper/fork/fork.go:40-73, params/subspace/subspace.go:29-55, 201-240`.

use bttc_core::amino::Text;

/// How the map of root chains is written at a height of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapForm {
    /// As amino JSON, numbers as texts.
    // Q-240: the reference writes its entries in random order, so that nodes disagree; here they go up by name.
    Amino,
    /// As this text, whatever was to be written.
    Forced(&'static str),
    /// As standard JSON, entries in order.
    Standard,
}

impl MapForm {
    /// The form at a height of the chain of this id.
    #[must_use]
    pub fn at(chain_id: &Text, height: u64) -> Self {
        let (standard_from, forced) = match chain_id.as_str() {
            Some("delivery-199") => (8_604_000, None),
            Some("delivery-1029") => (12_836_458, Some(DONAU)),
            Some(":delivery-22125") => (11_853_137, Some(INNER)),
            _ => (0, None),
        };
        match forced {
            Some(text) if height.checked_add(1) == Some(standard_from) => Self::Forced(text),
            _ if height < standard_from => Self::Amino,
            _ => Self::Standard,
        }
    }
}

const DONAU: &str = concat!(
    r#"{"chain_parameter_map":{"eth":{"tx_confirmations":"64","activate_height":"0","#,
    r#""staking_manager_address":"0xfe31da27bba9da68d5de6374d25855f9959a8528","#,
    r#""slash_manager_address":"0x0000000000000000000000000000000000000000","#,
    r#""root_chain_address":"0x2f6a202ad7c6873b3cbd1f397e99b2b0bb148a87","#,
    r#""staking_info_address":"0x499cb11667c012841aa6d241f7e30023c663f545","#,
    r#""state_sender_address":"0x35b53f7e1ab0d76bcc3c2afc1ec678912342b3a7"},"bsc":{"tx_confirmations":"14","#,
    r#""activate_height":"100","staking_manager_address":"0xbd041509445cfaeabef22ab4bb32490918e5aa53","#,
    r#""slash_manager_address":"0x0000000000000000000000000000000000000000","#,
    r#""root_chain_address":"0xe2319ebf0f7812dfc0d653b5225f21a93ba19197","#,
    r#""staking_info_address":"0x0557d1f12aac6d20873df9cc65d4a0f061a78e56","#,
    r#""state_sender_address":"0x1035e2b3ed0b62484ad992ba9831d801582fc428"}}}"#,
);

const INNER: &str = concat!(
    r#"{"chain_parameter_map":{"eth":{"tx_confirmations":"64","activate_height":"0","#,
    r#""staking_manager_address":"0xa54532bbef33f6dbd8751c090f01279fcac44c7d","#,
    r#""slash_manager_address":"0x0000000000000000000000000000000000000000","#,
    r#""root_chain_address":"0xa2a2321aeab4abfb9f0ef6599bf63627b9eae36a","#,
    r#""staking_info_address":"0x27b5c30179c36ec9a7693fbde80becc5d5cb035f","#,
    r#""state_sender_address":"0x9b0699b141d790608559f75b1807c0f0f5000ff1"},"bsc":{"tx_confirmations":"16","#,
    r#""activate_height":"100","staking_manager_address":"0x528ec5fbc1379ee583d0a9b3b7611d982316c26a","#,
    r#""slash_manager_address":"0x0000000000000000000000000000000000000000","#,
    r#""root_chain_address":"0xc52b8eeb3d538523bfca70839ac96af045a90301","#,
    r#""staking_info_address":"0xa2a2321aeab4abfb9f0ef6599bf63627b9eae36a","#,
    r#""state_sender_address":"0x961273f135f9f2f5d3093bbe77cb16b92fcdaea3"}}}"#,
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::MultiChainParams;

    #[test]
    fn the_forms_change_at_the_networks_heights() {
        let at = |chain: &str, height| MapForm::at(&chain.into(), height);
        assert_eq!((at("delivery-199", 8_603_999), at("delivery-199", 8_604_000)), (MapForm::Amino, MapForm::Standard));
        assert_eq!(at("delivery-1029", 12_836_456), MapForm::Amino);
        assert_eq!(at("delivery-1029", 12_836_457), MapForm::Forced(DONAU));
        assert_eq!(at("delivery-1029", 12_836_458), MapForm::Standard);
        assert_eq!(at(":delivery-22125", 11_853_136), MapForm::Forced(INNER));
        assert_eq!(at("devnet", 0), MapForm::Standard);
    }

    #[test]
    fn the_text_that_is_forced_is_that_of_the_spec() {
        // validation-layer §5.11.
        let read: MultiChainParams = serde_json::from_str(DONAU).unwrap();
        let bsc = read.chains.get("bsc").unwrap();
        assert_eq!((bsc.confirmations, bsc.activation_height), (Some(14), Some(100)));
        let root = bsc.root_contract.map(|address| format!("{address:#x}"));
        assert_eq!(root.as_deref(), Some("0xe2319ebf0f7812dfc0d653b5225f21a93ba19197"));
        assert_eq!(read.chains.get("eth").unwrap().confirmations, Some(64));
        assert!(DONAU.find("eth") < DONAU.find("bsc"));
    }
}
