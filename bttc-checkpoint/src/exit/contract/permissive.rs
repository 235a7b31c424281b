//! A payload in whatever form the contract takes, as the proof that it stands for.

use super::{
    ReaderError,
    patricia::{nibbles, verify},
    reader::Item,
};
use crate::{
    exit::{ExitProof, receipt::number},
    merkle::{BranchProof, MembershipError},
};
use alloc::vec::Vec;
use alloy_primitives::{B256, Bytes, U256};
use bttc_core::{
    id::HeaderBlockId,
    leaf::Leaf,
    rlp::{self, RlpError},
};

/// Why no proof can be made of a payload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PermissiveError {
    /// The contract cannot read it either.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// Too few fields.
    #[error("expected 10 fields or more, got {got}")]
    Fields {
        /// Fields there are.
        got: usize,
    },
    /// The siblings' length, which the contract refuses too.
    #[error(transparent)]
    Siblings(#[from] MembershipError),
    /// More than any block, time or index can be.
    #[error("{field}: expected at most 64 bits, got {got}")]
    Size {
        /// Which one.
        field: &'static str,
        /// Its value.
        got: U256,
    },
    /// A trie node has a form that no encoder gives, and its hash holds it to that.
    #[error("receipt proof, node {place}: {error}")]
    Node {
        /// Its place, from 0.
        place: usize,
        /// What is wrong with it.
        error: RlpError,
    },
    /// The mask's path is the key of no transaction.
    #[error("branch mask: expected the path of an index, got nibbles {got:?}")]
    Path {
        /// The path, one byte a nibble.
        got: Vec<u8>,
    },
}

fn bits_64(field: &'static str, item: Item<'_>) -> Result<u64, PermissiveError> {
    let got = item.to_uint()?;
    u64::try_from(got).map_err(|_| PermissiveError::Size { field, got })
}

/// The position whose key has this path.
fn position(path: Vec<u8>) -> Result<u64, PermissiveError> {
    let (pairs, rest) = path.as_chunks::<2>();
    let key: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    let item = rlp::Item::decode(&key).ok().filter(|_| rest.is_empty());
    item.and_then(|item| number(&item)).ok_or(PermissiveError::Path { got: path })
}

impl ExitProof {
    /// Reads a payload as the contract does: more than ten fields, needless zeros, short roots, another first byte of the
    /// mask, trie nodes behind the one that decides. What comes out is the proof in its canonical form, so that
    /// [`ExitProof::to_payload`] gives the payload that [`ExitProof::decode`] reads. Nothing is verified.
    ///
    /// Source: `withdrawal-proofs §3.5-§3.7, §7.7`.
    ///
    /// # Errors
    /// [`PermissiveError`].
    pub fn decode_permissive(payload: &[u8]) -> Result<Self, PermissiveError> {
        let items = Item::new(payload)?.to_list()?;
        let Some(&[header, siblings, block, time, tx_root, receipts_root, receipt, nodes, mask, log_index]) =
            items.first_chunk()
        else {
            return Err(PermissiveError::Fields { got: items.len() });
        };
        let receipts_root = B256::from(receipts_root.to_uint()?);
        let (path, receipt) = (nibbles(mask.to_bytes()?), receipt.to_bytes()?);
        let list = Item::new(nodes.to_bytes()?)?.to_list()?;
        // Where the walk fails all nodes stay: whether they hold is not asked here.
        let walked = verify(receipt, &path, &list, receipts_root).ok().flatten().unwrap_or(list.len());
        let node = |(place, node): (usize, &Item<'_>)| {
            let bytes = Bytes::copy_from_slice(node.raw());
            rlp::Item::decode(&bytes).map_err(|error| PermissiveError::Node { place, error })?;
            Ok(bytes)
        };
        let nodes = list.iter().take(walked).enumerate().map(node).collect::<Result<_, PermissiveError>>()?;
        Ok(Self {
            header: HeaderBlockId::new(header.to_uint()?),
            siblings: BranchProof::from_bytes(0, siblings.to_bytes()?)?.siblings,
            block: Leaf {
                number: bits_64("block number", block)?,
                time: bits_64("block time", time)?,
                transactions_root: B256::from(tx_root.to_uint()?),
                receipts_root,
            },
            receipt: Bytes::copy_from_slice(receipt),
            nodes,
            tx_index: position(path)?,
            log_index: bits_64("log index", log_index)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_path_is_a_position_only_where_it_is_the_positions_key() {
        assert_eq!(position(vec![8, 0]), Ok(0));
        assert_eq!(position(vec![8, 1, 8, 0]), Ok(128));
        for path in [vec![], vec![8], vec![0, 0], vec![8, 1, 0, 5], vec![0xc, 0]] {
            assert_eq!(position(path.clone()), Err(PermissiveError::Path { got: path }));
        }
    }

    #[test]
    fn fields_behind_the_tenth_and_needless_zeros_are_gone_in_the_canonical_form() {
        let node = [0xc2, 0x20, 0x80];
        let mut fields = vec![vec![0x82, 0, 7], vec![0x80], vec![0x82, 0, 9], vec![0x81, 5], vec![1], vec![2]];
        fields.extend([
            vec![0xc1, 3],
            [&[0xc4, 0xc3][..], &node].concat(),
            vec![0x82, 0x2f, 4],
            vec![0x81, 0],
            vec![6],
        ]);
        let body = fields.concat();
        let payload = [&[0xc0 + u8::try_from(body.len()).unwrap()][..], &body].concat();
        assert!(ExitProof::decode(&payload).is_err());
        let proof = ExitProof::decode_permissive(&payload).unwrap();
        assert_eq!((proof.header.get(), proof.block.number, proof.block.time), (U256::from(7), 9, 5));
        assert_eq!(
            (proof.tx_index, proof.log_index, proof.nodes.as_slice()),
            (4, 0, &[Bytes::copy_from_slice(&node)][..])
        );
        assert_eq!(ExitProof::decode(&proof.to_payload()), Ok(proof));
    }
}
