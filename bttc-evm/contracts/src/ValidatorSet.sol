// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Decimal} from "./Decimal.sol";
import {Rlp} from "./Rlp.sol";
import {Signature} from "./Signature.sol";
import {SystemCalled} from "./SystemCalled.sol";

/// @title Validator set of the side chain, at 0x…1000 (block-layer §6.1)
/// @notice Holds the spans that the validation layer decided: which validators take part and which of them produce
/// blocks from a start to an end block. The client commits the next span by a system call (block-layer §4.1) and reads
/// the producers of every sprint here.
///
/// The validators that produce up to FIRST_END_BLOCK, and the sprint length, come from genesis storage at named slots
/// (README.md): one code serves every network.
contract ValidatorSet is SystemCalled {
    using Rlp for Rlp.Cursor;

    /// @notice A validator as of one span: identity, voting power, address of its block signing key.
    struct Validator {
        uint256 id;
        uint256 power;
        address signer;
    }

    /// @notice Blocks `startBlock` to `endBlock`, both inclusive.
    struct Span {
        uint256 number;
        uint256 startBlock;
        uint256 endBlock;
    }

    /// @dev One word of the genesis list: the signer in the low 160 bits, the power above.
    struct InitialValidator {
        address signer;
        uint96 power;
    }

    /// @notice Kind of the votes that the validation layer signs.
    bytes32 public constant ROUND_TYPE = keccak256("vote");

    /// @notice Number of the vote kind: precommit.
    uint8 public constant VOTE_TYPE = 2;

    /// @dev Genesis slot of the sprint length in blocks; zero stands for 64.
    bytes32 private constant SPRINT_SLOT = keccak256("bttc.genesis.sprint");

    /// @dev Genesis slot of the last block of span 0; zero stands for 255.
    bytes32 private constant FIRST_END_BLOCK_SLOT = keccak256("bttc.genesis.firstEndBlock");

    /// @dev Genesis slot of the length of the InitialValidator list; element i is at keccak256(slot) + i.
    bytes32 private constant INITIAL_VALIDATORS_SLOT = keccak256("bttc.genesis.initialValidators");

    /// @notice Validators of a span, in the order of the commit (slot 0).
    mapping(uint256 span => Validator[]) public validators;

    /// @notice Producers of a span, in the order of the commit (slot 1).
    mapping(uint256 span => Validator[]) public producers;

    /// @notice Committed spans by number (slot 2).
    mapping(uint256 span => Span) public spans;

    /// @notice Numbers of the committed spans, oldest first (slot 3).
    uint256[] public spanNumbers;

    // Parameters of the network

    /// @notice Blocks a sprint.
    function SPRINT() public view returns (uint256 blocks) {
        blocks = _genesisValue(SPRINT_SLOT, 64);
    }

    /// @notice Last block of span 0, whose producers are the initial validators.
    function FIRST_END_BLOCK() public view returns (uint256 number) {
        number = _genesisValue(FIRST_END_BLOCK_SLOT, 255);
    }

    /// @notice Hash of the validation layer's chain name: "delivery-" and the chain id.
    function CHAIN() external view returns (bytes32) {
        return keccak256(bytes.concat("delivery-", Decimal.text(block.chainid)));
    }

    /// @notice Hash of the chain id's decimal text.
    function BOR_ID() external view returns (bytes32) {
        return keccak256(Decimal.text(block.chainid));
    }

    // Spans

    /// @notice Sprint of the current block: 0 for the first SPRINT blocks.
    function currentSprint() external view returns (uint256) {
        return block.number / SPRINT();
    }

    /// @notice Number of the current block's span.
    function currentSpanNumber() public view returns (uint256) {
        return getSpanByBlock(block.number);
    }

    /// @notice Number of the newest span that holds block `number`; of the newest span at all where none does; 0 before
    /// the first commit (block-layer §6.1.3).
    function getSpanByBlock(uint256 number) public view returns (uint256) {
        uint256 count = spanNumbers.length;
        for (uint256 i = count; i != 0; i--) {
            Span storage span = spans[spanNumbers[i - 1]];
            if (span.startBlock <= number && number <= span.endBlock && span.endBlock != 0) return span.number;
        }
        return count == 0 ? 0 : spanNumbers[count - 1];
    }

    /// @notice Span `number` as stored: zeros when it was not committed.
    function getSpan(uint256 number) public view returns (uint256, uint256, uint256) {
        Span storage span = spans[number];
        return (span.number, span.startBlock, span.endBlock);
    }

    /// @notice The current block's span as stored.
    function getCurrentSpan() external view returns (uint256 number, uint256 startBlock, uint256 endBlock) {
        return getSpan(currentSpanNumber());
    }

    /// @notice The span after the current block's as stored.
    function getNextSpan() external view returns (uint256 number, uint256 startBlock, uint256 endBlock) {
        return getSpan(currentSpanNumber() + 1);
    }

    /// @notice Appends span `newSpan` with its validators and producers, each the RLP list of [id, power, signer]
    /// (block-layer §4.1.6, §6.1.4). The first commit installs span 0 as well. No event is emitted.
    function commitSpan(
        uint256 newSpan,
        uint256 startBlock,
        uint256 endBlock,
        bytes calldata validatorBytes,
        bytes calldata producerBytes
    ) external onlySystem {
        uint256 current = currentSpanNumber();
        if (current == 0) _installFirstSpan();

        require(newSpan == current + 1, "Invalid span id");
        require(endBlock > startBlock, "End block must be greater than start block");
        require(
            (endBlock - startBlock + 1) % SPRINT() == 0,
            "Difference between start and end block must be in multiples of sprint"
        );
        require(spans[current].startBlock <= startBlock, "Start block must be greater than current span");
        require(spans[newSpan].number == 0, "Span already exists");

        spans[newSpan] = Span(newSpan, startBlock, endBlock);
        spanNumbers.push(newSpan);
        _append(validators[newSpan], validatorBytes);
        _append(producers[newSpan], producerBytes);
    }

    // Members

    /// @notice Signers and powers of the initial validators, in genesis order.
    function getInitialValidators() public view returns (address[] memory signers, uint256[] memory powers) {
        InitialValidator[] storage initial = _initialValidators();
        uint256 count = initial.length;
        signers = new address[](count);
        powers = new uint256[](count);
        for (uint256 i = 0; i < count; i++) (signers[i], powers[i]) = (initial[i].signer, initial[i].power);
    }

    /// @notice Signers and powers of the producers of block `number`: the initial validators up to FIRST_END_BLOCK,
    /// then those of its span (block-layer §4.1.11).
    function getBorValidators(uint256 number)
        public
        view
        returns (address[] memory signers, uint256[] memory powers)
    {
        if (number <= FIRST_END_BLOCK()) return getInitialValidators();
        Validator[] storage members = producers[getSpanByBlock(number)];
        uint256 count = members.length;
        signers = new address[](count);
        powers = new uint256[](count);
        for (uint256 i = 0; i < count; i++) (signers[i], powers[i]) = (members[i].signer, members[i].power);
    }

    /// @notice Signers and powers of the producers of the current block.
    function getValidators() external view returns (address[] memory signers, uint256[] memory powers) {
        return getBorValidators(block.number);
    }

    /// @notice The validator of span `span` that signs as `signer`; zeros when there is none.
    function getValidatorBySigner(uint256 span, address signer) public view returns (Validator memory validator) {
        (, validator) = _find(validators[span], signer);
    }

    /// @notice Whether `signer` is a validator of span `span`.
    function isValidator(uint256 span, address signer) public view returns (bool isMember) {
        (isMember,) = _find(validators[span], signer);
    }

    /// @notice Whether `signer` is a producer of span `span`.
    function isProducer(uint256 span, address signer) public view returns (bool isMember) {
        (isMember,) = _find(producers[span], signer);
    }

    /// @notice Whether `signer` is a validator of the current block's span.
    function isCurrentValidator(address signer) external view returns (bool) {
        return isValidator(currentSpanNumber(), signer);
    }

    /// @notice Whether `signer` is a producer of the current block's span.
    function isCurrentProducer(address signer) external view returns (bool) {
        return isProducer(currentSpanNumber(), signer);
    }

    /// @notice Sum of the powers of span `span`'s validators.
    function getValidatorsTotalStakeBySpan(uint256 span) external view returns (uint256) {
        return _totalPower(validators[span]);
    }

    /// @notice Sum of the powers of span `span`'s producers.
    function getProducersTotalStakeBySpan(uint256 span) external view returns (uint256) {
        return _totalPower(producers[span]);
    }

    // Votes of the validation layer (block-layer §6.1.6)

    /// @notice Power of span `span`'s validators that signed `digest`. `signatures` are 65 bytes each, in strictly
    /// ascending order of their signers; one that is out of order, or of no validator, counts nothing. Reverts when the
    /// last one is cut short.
    function getStakePowerBySigs(uint256 span, bytes32 digest, bytes calldata signatures)
        external
        view
        returns (uint256 power)
    {
        address last;
        for (uint256 at = 0; at < signatures.length; at += Signature.LENGTH) {
            address signer = Signature.signerOf(digest, signatures[at:at + Signature.LENGTH]);
            (bool isMember, Validator memory member) = _find(validators[span], signer);
            if (signer > last && isMember) {
                last = signer;
                power += member.power;
            }
        }
    }

    /// @notice Whether `proof` leads from the leaf with data `data` to `rootHash`. Each 33 bytes of it are one step up: a
    /// direction (0: the sibling is on the left) and the sibling. Without a step the data itself is the root, unhashed.
    function checkMembership(bytes32 rootHash, bytes32 data, bytes calldata proof) external pure returns (bool) {
        bytes32 node = proof.length < 33 ? data : leafNode(data);
        for (uint256 at = 0; at + 33 <= proof.length; at += 33) {
            bytes32 sibling = bytes32(proof[at + 1:at + 33]);
            node = proof[at] == 0 ? innerNode(sibling, node) : innerNode(node, sibling);
        }
        return node == rootHash;
    }

    /// @notice Hash of a leaf: SHA-256 of 0x00 and `data`.
    function leafNode(bytes32 data) public pure returns (bytes32) {
        return sha256(bytes.concat(hex"00", data));
    }

    /// @notice Hash of an inner node: SHA-256 of 0x01 and both children.
    function innerNode(bytes32 left, bytes32 right) public pure returns (bytes32) {
        return sha256(bytes.concat(hex"01", left, right));
    }

    // Parts

    /// @dev Span 0 covers [0, FIRST_END_BLOCK] with the initial validators, all of whom produce.
    function _installFirstSpan() private {
        InitialValidator[] storage initial = _initialValidators();
        for (uint256 i = 0; i < initial.length; i++) {
            Validator memory member = Validator(i, initial[i].power, initial[i].signer);
            validators[0].push(member);
            producers[0].push(member);
        }
        spans[0] = Span(0, 0, FIRST_END_BLOCK());
        spanNumbers.push(0);
    }

    /// @dev Appends the RLP list of [id, power, signer] to `members`.
    function _append(Validator[] storage members, bytes calldata encoded) private {
        Rlp.Cursor memory list = Rlp.openList(encoded);
        while (!list.isDone()) {
            Rlp.Cursor memory item = list.readList();
            Validator storage member = members.push();
            member.id = item.readUint();
            member.power = item.readUint();
            member.signer = item.readAddress();
            item.close();
        }
    }

    /// @dev The first member that signs as `signer`, if there is one.
    function _find(Validator[] storage members, address signer)
        private
        view
        returns (bool isMember, Validator memory member)
    {
        for (uint256 i = 0; i < members.length; i++) {
            if (members[i].signer == signer) return (true, members[i]);
        }
    }

    /// @dev Sum of the members' powers.
    function _totalPower(Validator[] storage members) private view returns (uint256 power) {
        for (uint256 i = 0; i < members.length; i++) power += members[i].power;
    }

    /// @dev The word that genesis put at `slot`, `otherwise` when it put none.
    function _genesisValue(bytes32 slot, uint256 otherwise) private view returns (uint256 value) {
        assembly ("memory-safe") {
            value := sload(slot)
        }
        if (value == 0) value = otherwise;
    }

    /// @dev The list that genesis put at its named slot.
    function _initialValidators() private pure returns (InitialValidator[] storage list) {
        bytes32 slot = INITIAL_VALIDATORS_SLOT;
        assembly ("memory-safe") {
            list.slot := slot
        }
    }
}
