// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title What the client alone may call
/// @notice The client calls the system contracts from an address without a key at the end of every sprint-start block
/// (block-layer §4.0.2).
abstract contract SystemCalled {
    /// @notice Sender of the client's system calls.
    address public constant SYSTEM_ADDRESS = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;

    /// @dev Refuses every sender but the client. The text is spelled as on the public networks (block-layer §6.1.4).
    modifier onlySystem() {
        require(msg.sender == SYSTEM_ADDRESS, "Not System Addess!");
        _;
    }
}
