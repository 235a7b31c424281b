// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Rlp} from "./Rlp.sol";
import {SystemCalled} from "./SystemCalled.sol";

/// @title What a contract offers that takes messages of a root chain (withdrawal-proofs §6.2)
interface IStateReceiver {
    /// @notice Takes message `id`. Called by the state receiver at 0x…1001 with 5,000,000 gas.
    function onStateReceive(uint256 id, bytes calldata data) external;
}

/// @title State receiver of the side chain, at 0x…1001 (block-layer §6.2)
/// @notice Delivers the messages of the root chains, one after the other, to the contracts they are meant for. A
/// message is used up even if its receiver fails: nothing is delivered twice. No event is emitted.
contract StateReceiver is SystemCalled {
    using Rlp for Rlp.Cursor;

    /// @dev Gas that every receiver gets.
    uint256 private constant RECEIVER_GAS = 5_000_000;

    /// @notice Id of the message delivered last, 0 before the first (slot 0).
    uint256 public lastStateId;

    /// @notice Delivers the message `recordBytes`, the RLP list [id, receiver, data, txHash, logIndex, chainId] of
    /// which the last three play no part (block-layer §4.2.8). The first argument is the message's time, unused.
    /// @return success Whether the receiver has code and took the message without failing.
    function commitState(uint256, bytes calldata recordBytes) external onlySystem returns (bool success) {
        Rlp.Cursor memory items = Rlp.openList(recordBytes);
        uint256 id = items.readUint();
        require(id == lastStateId + 1, "StateIds are not sequential");
        lastStateId = id;

        address receiver = items.readAddress();
        bytes calldata data = items.readBytes();
        if (receiver.code.length == 0) return false;
        bytes memory message = abi.encodeCall(IStateReceiver.onStateReceive, (id, data));
        // What the receiver returns is not copied: its size is the receiver's choice.
        assembly ("memory-safe") {
            success := call(RECEIVER_GAS, receiver, 0, add(message, 0x20), mload(message), 0, 0)
        }
    }
}
