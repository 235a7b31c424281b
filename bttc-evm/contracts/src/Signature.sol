// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Recovery of signers
/// @notice Signatures are 65 bytes: r (32), s (32), v (1) with v = 0, 1, 27 or 28 (block-layer §6.1.6).
library Signature {
    /// @notice Length of one signature in bytes.
    uint256 internal constant LENGTH = 65;

    /// @notice The signer of `digest`. The zero address stands for a signature of another length or with another v.
    /// Reverts when r and s belong to no key.
    function signerOf(bytes32 digest, bytes calldata signature) internal pure returns (address signer) {
        if (signature.length != LENGTH) return address(0);
        uint8 v = uint8(signature[64]);
        if (v < 27) v += 27;
        if (v != 27 && v != 28) return address(0);
        signer = ecrecover(digest, v, bytes32(signature[:32]), bytes32(signature[32:64]));
        require(signer != address(0));
    }
}
