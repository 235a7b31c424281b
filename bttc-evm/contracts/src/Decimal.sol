// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Decimal text
/// @notice The validation layer and the contracts name chains by the decimal text of the chain id
/// (block-layer §6.1.1, §6.3.6).
library Decimal {
    /// @notice `value` in decimal ASCII digits without leading zeros.
    function text(uint256 value) internal pure returns (bytes memory digits) {
        uint256 count = 1;
        for (uint256 rest = value / 10; rest != 0; rest /= 10) count++;
        digits = new bytes(count);
        for (uint256 i = count; i != 0; value /= 10) digits[--i] = bytes1(uint8(48 + value % 10));
    }
}
