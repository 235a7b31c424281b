// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Reader of RLP in call data
/// @notice Walks the lists that the client hands to the system contracts (block-layer §4.1.6, §4.2.8) from left to
/// right without copying them. Only the canonical form is read, the one every client writes: lengths in their shortest
/// form, integers without leading zeros, nothing behind the last item. Anything else reverts with `MalformedRlp`.
///
///     0x00-0x7f  the byte itself          0x80-0xb7  string, length = byte - 0x80
///     0xc0-0xf7  list,  length = byte - 0xc0
///     0xb8-0xbf  string, 0xf8-0xff  list: the length follows in byte - 0xb7 or byte - 0xf7 big-endian bytes
library Rlp {
    /// @notice The bytes are not canonical RLP of the expected shape.
    error MalformedRlp();

    /// @notice What is left to read of one list: call-data offsets, `end` exclusive.
    struct Cursor {
        uint256 next;
        uint256 end;
    }

    /// @notice The items of a list that fills `encoded` exactly.
    function openList(bytes calldata encoded) internal pure returns (Cursor memory items) {
        Cursor memory whole;
        assembly ("memory-safe") {
            mstore(whole, encoded.offset)
            mstore(add(whole, 0x20), add(encoded.offset, encoded.length))
        }
        items = readList(whole);
        close(whole);
    }

    /// @notice The items of the next item, which must be a list.
    function readList(Cursor memory cursor) internal pure returns (Cursor memory items) {
        (bool isList, uint256 start, uint256 length) = _readHeader(cursor);
        if (!isList) revert MalformedRlp();
        items.next = start;
        items.end = start + length;
    }

    /// @notice The next item, which must be a string.
    function readBytes(Cursor memory cursor) internal pure returns (bytes calldata payload) {
        (bool isList, uint256 start, uint256 length) = _readHeader(cursor);
        if (isList) revert MalformedRlp();
        assembly ("memory-safe") {
            payload.offset := start
            payload.length := length
        }
    }

    /// @notice The next item as an integer of at most 256 bits.
    function readUint(Cursor memory cursor) internal pure returns (uint256 value) {
        bytes calldata payload = readBytes(cursor);
        if (payload.length == 0) return 0;
        if (payload.length > 32 || payload[0] == 0) revert MalformedRlp();
        value = _bigEndian(_offset(payload), payload.length);
    }

    /// @notice The next item as an address: exactly 20 bytes.
    function readAddress(Cursor memory cursor) internal pure returns (address) {
        bytes calldata payload = readBytes(cursor);
        if (payload.length != 20) revert MalformedRlp();
        return address(bytes20(payload));
    }

    /// @notice Whether every item was read.
    function isDone(Cursor memory cursor) internal pure returns (bool) {
        return cursor.next == cursor.end;
    }

    /// @notice Asserts that every item was read.
    function close(Cursor memory cursor) internal pure {
        if (!isDone(cursor)) revert MalformedRlp();
    }

    /// @dev Kind, offset and length of the next item's payload; moves the cursor behind the item.
    /// No sum here can overflow: offsets lie in call data and lengths are below 2^64.
    function _readHeader(Cursor memory cursor) private pure returns (bool isList, uint256 start, uint256 length) {
        uint256 left = cursor.end - cursor.next;
        if (left == 0) revert MalformedRlp();
        uint256 first = _bigEndian(cursor.next, 1);
        if (first < 0x80) {
            cursor.next += 1;
            return (false, cursor.next - 1, 1);
        }
        isList = first >= 0xc0;
        length = first - (isList ? 0xc0 : 0x80);
        uint256 header = 1;
        if (length > 55) {
            uint256 width = length - 55;
            header += width;
            if (header > left || _bigEndian(cursor.next + 1, 1) == 0) revert MalformedRlp();
            length = _bigEndian(cursor.next + 1, width);
            if (length <= 55) revert MalformedRlp();
        }
        if (header + length > left) revert MalformedRlp();
        start = cursor.next + header;
        if (!isList && length == 1 && _bigEndian(start, 1) < 0x80) revert MalformedRlp();
        cursor.next = start + length;
    }

    /// @dev The big-endian integer in `width` (1 to 32) bytes of call data.
    function _bigEndian(uint256 offset, uint256 width) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(sub(256, mul(8, width)), calldataload(offset))
        }
    }

    /// @dev Where a slice begins in call data.
    function _offset(bytes calldata slice) private pure returns (uint256 offset) {
        assembly ("memory-safe") {
            offset := slice.offset
        }
    }
}
