//! Kind `abi`, as far as it is about calls that take signed data.

use crate::vectors::{bytes, cases, list, text, word};
use bttc_checkpoint::submission::{Function, Submission};
use bttc_core::signature::SignatureWords;

#[test]
fn calldata_is_that_of_a_solidity_caller() {
    let mut seen = Vec::new();
    for case in cases("abi") {
        let signature = text(&case.input["signature"]);
        let Some(name) = signature.strip_suffix("(bytes,uint256[3][])") else {
            continue;
        };
        let args = &case.input["args"];
        let signatures = list(&args[1]).iter().map(|triple| {
            let [r, s, v] = [0, 1, 2].map(|place| word(&triple[place]));
            SignatureWords { r, s, v }
        });
        let calldata = bytes(&case.expect["calldata"]);
        let read = Submission::decode(&calldata).unwrap();
        let expected = Submission { function: read.function, data: bytes(&args[0]), signatures: signatures.collect() };
        assert_eq!(read, expected, "{}", case.name);
        assert_eq!(expected.to_calldata(), calldata, "{}", case.name);
        let function = format!("{:?}", read.function).to_lowercase();
        assert_eq!(function, name.to_lowercase().trim_start_matches("submit"), "{}", case.name);
        seen.push(read.function);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), Function::ALL.len(), "only {seen:?}");
}
