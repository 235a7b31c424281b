//! By k256.

use super::{RecoverError, reduce, scalars};
use crate::signature::{ORDER, PublicKey};
use alloy_primitives::{B256, U256};
use k256::{
    AffinePoint, ProjectivePoint, Scalar,
    elliptic_curve::{
        ops::{Invert as _, LinearCombination as _},
        point::DecompressPoint as _,
        subtle::Choice,
    },
};

/// Done by hand because the library's own recovery verifies afterwards (twice the time) and refuses a high s.
pub(in crate::signature) fn recover(
    digest: &B256,
    r: &B256,
    s: &B256,
    recovery: u8,
) -> Result<PublicKey, RecoverError> {
    let (r_scalar, s_scalar) = scalars(r, s)?;
    let no_key = RecoverError::NoKey { r: *r };
    let x = match recovery & 2 {
        0 => *r,
        // Past the field's prime there is no point; decompression says so.
        _ => U256::from_be_bytes(r.0).checked_add(ORDER).map(B256::from).ok_or(no_key)?,
    };
    let point = AffinePoint::decompress(&x.0.into(), Choice::from(recovery & 1));
    let nonce = Option::<AffinePoint>::from(point).ok_or(no_key)?;
    let inverse = Option::<Scalar>::from(r_scalar.invert_vartime()).ok_or(no_key)?;
    let (u, w) = (-(reduce(digest) * inverse), s_scalar * inverse);
    let key = ProjectivePoint::lincomb(&ProjectivePoint::GENERATOR, &u, &ProjectivePoint::from(nonce), &w);
    if key == ProjectivePoint::IDENTITY {
        return Err(no_key);
    }
    Ok(PublicKey::from_point(&key.to_affine()))
}
