// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IChildToken} from "./ChildChainManager.sol";

/// @title What a contract answers that takes ERC-721 tokens
interface IERC721Receiver {
    /// @notice Takes token `id`; the answer is this function's selector.
    function onERC721Received(address operator, address from, uint256 id, bytes calldata data)
        external
        returns (bytes4);
}

/// @title Child token: a root chain's ERC-721 token on the side chain (withdrawal-proofs §2.1-2.2)
/// @notice Minted by deposits, burned by withdrawals. Every field can be set by genesis storage as well as by the
/// constructor (README.md).
contract ChildERC721 is IChildToken {
    /// @notice Token `id` moved; zero for a deposit's source and a withdrawal's target.
    event Transfer(address indexed from, address indexed to, uint256 indexed id);

    /// @notice `approved` may move token `id`.
    event Approval(address indexed owner, address indexed approved, uint256 indexed id);

    /// @notice `operator` may, or may no longer, move all of `owner`.
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

    /// @notice The withdrawal of one token that a root chain pays out: `from` carries the beneficiary, `to` is zero.
    event WithdrawTo(address indexed from, address indexed to, uint256 amount);

    /// @notice The withdrawal of many: `user` is the beneficiary.
    event WithdrawnBatch(address indexed user, uint256[] tokenIds);

    /// @notice The withdrawal of one with what is known of it: `from` is the beneficiary.
    event TransferWithMetadata(address indexed from, address indexed to, uint256 indexed id, bytes metaData);

    /// @notice Name of the one role.
    bytes32 public constant DEPOSITOR_ROLE = keccak256("DEPOSITOR_ROLE");

    /// @notice Most tokens of one batch.
    uint256 public constant BATCH_LIMIT = 20;

    /// @notice Who may deposit: the child chain manager (slot 0).
    address public depositor;

    /// @notice Name of the token (slot 1).
    string public name;

    /// @notice Symbol of the token (slot 2).
    string public symbol;

    /// @dev Owner by token (slot 3).
    mapping(uint256 id => address) private owners;

    /// @dev Number of tokens by owner (slot 4).
    mapping(address owner => uint256) private counts;

    /// @dev Who else may move a token (slot 5).
    mapping(uint256 id => address) private approved;

    /// @notice Whether an operator may move all of an owner (slot 6).
    mapping(address owner => mapping(address operator => bool)) public isApprovedForAll;

    /// @notice A collection without tokens. In genesis there is no constructor: storage takes its place.
    constructor(string memory name_, string memory symbol_, address depositor_) {
        name = name_;
        symbol = symbol_;
        depositor = depositor_;
    }

    /// @notice Whether `account` has the role `role`.
    function hasRole(bytes32 role, address account) public view returns (bool) {
        return role == DEPOSITOR_ROLE && account == depositor;
    }

    /// @notice Whether the interface is ERC-165, ERC-721 or its metadata.
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0x80ac58cd || id == 0x5b5e139f;
    }

    /// @notice Number of tokens of `owner`.
    function balanceOf(address owner) external view returns (uint256) {
        require(owner != address(0), "ChildERC721: zero address");
        return counts[owner];
    }

    /// @notice Owner of token `id`.
    function ownerOf(uint256 id) public view returns (address owner) {
        owner = owners[id];
        require(owner != address(0), "ChildERC721: nonexistent token");
    }

    /// @notice Where token `id` is described: nowhere.
    function tokenURI(uint256 id) public view returns (string memory) {
        ownerOf(id);
        return "";
    }

    /// @notice What `withdrawWithMetadata` tells the root chain: the ABI form of `tokenURI`.
    function encodeTokenMetadata(uint256 id) public view returns (bytes memory) {
        return abi.encode(tokenURI(id));
    }

    /// @notice Mints what was deposited on a root chain: one id in 32 bytes, or the ABI form of a list of ids.
    function deposit(address user, bytes calldata depositData) external {
        require(hasRole(DEPOSITOR_ROLE, msg.sender), "ChildERC721: INSUFFICIENT_PERMISSIONS");
        require(user != address(0), "ChildERC721: zero address");
        if (depositData.length == 32) {
            _mint(user, abi.decode(depositData, (uint256)));
        } else {
            uint256[] memory ids = abi.decode(depositData, (uint256[]));
            for (uint256 i = 0; i < ids.length; i++) _mint(user, ids[i]);
        }
    }

    /// @notice Burns token `id` of the caller for the caller's address on the root chain.
    function withdraw(uint256 id) external {
        withdrawTo(msg.sender, id);
    }

    /// @notice Burns token `id` of the caller for `to` on the root chain.
    function withdrawTo(address to, uint256 id) public {
        _burn(id);
        emit WithdrawTo(to, address(0), id);
    }

    /// @notice Burns tokens of the caller for the caller's address on the root chain.
    function withdrawBatch(uint256[] calldata ids) external {
        withdrawBatchTo(msg.sender, ids);
    }

    /// @notice Burns tokens of the caller for `to` on the root chain.
    function withdrawBatchTo(address to, uint256[] calldata ids) public {
        require(ids.length <= BATCH_LIMIT, "ChildERC721: EXCEEDS_BATCH_LIMIT");
        for (uint256 i = 0; i < ids.length; i++) _burn(ids[i]);
        emit WithdrawnBatch(to, ids);
    }

    /// @notice Burns token `id` of the caller, and tells the root chain what is known of it.
    function withdrawWithMetadata(uint256 id) external {
        withdrawWithMetadataTo(msg.sender, id);
    }

    /// @notice Burns token `id` of the caller for `to`, and tells the root chain what is known of it.
    function withdrawWithMetadataTo(address to, uint256 id) public {
        emit TransferWithMetadata(to, address(0), id, encodeTokenMetadata(id));
        _burn(id);
    }

    /// @notice Who may move token `id` besides its owner and the owner's operators.
    function getApproved(uint256 id) external view returns (address) {
        ownerOf(id);
        return approved[id];
    }

    /// @notice Lets `to` move token `id`.
    function approve(address to, uint256 id) external {
        address owner = ownerOf(id);
        require(msg.sender == owner || isApprovedForAll[owner][msg.sender], "ChildERC721: not approved");
        _approve(owner, to, id);
    }

    /// @notice Lets `operator` move all tokens of the caller, or no longer.
    function setApprovalForAll(address operator, bool may) external {
        isApprovedForAll[msg.sender][operator] = may;
        emit ApprovalForAll(msg.sender, operator, may);
    }

    /// @notice Moves token `id` of `from` to `to`.
    function transferFrom(address from, address to, uint256 id) public {
        address owner = ownerOf(id);
        bool may = msg.sender == owner || isApprovedForAll[owner][msg.sender] || approved[id] == msg.sender;
        require(may, "ChildERC721: not approved");
        require(owner == from && to != address(0), "ChildERC721: bad transfer");
        _take(owner, id);
        _give(to, id);
        emit Transfer(owner, to, id);
    }

    /// @notice Moves token `id`, to a contract only if it takes the token.
    function safeTransferFrom(address from, address to, uint256 id) external {
        safeTransferFrom(from, to, id, "");
    }

    /// @notice Moves token `id`, to a contract only if it takes the token and the data.
    function safeTransferFrom(address from, address to, uint256 id, bytes memory data) public {
        transferFrom(from, to, id);
        if (to.code.length != 0) {
            bytes4 taken = IERC721Receiver(to).onERC721Received(msg.sender, from, id, data);
            require(taken == IERC721Receiver.onERC721Received.selector, "ChildERC721: not taken");
        }
    }

    /// @dev Makes token `id`, which must not be there.
    function _mint(address to, uint256 id) private {
        require(owners[id] == address(0), "ChildERC721: token already minted");
        _give(to, id);
        emit Transfer(address(0), to, id);
    }

    /// @dev Ends token `id` of the caller.
    function _burn(uint256 id) private {
        address owner = ownerOf(id);
        require(msg.sender == owner, "ChildERC721: INVALID_TOKEN_OWNER");
        _take(owner, id);
        owners[id] = address(0);
        emit Transfer(owner, address(0), id);
    }

    /// @dev Names who may move token `id`.
    function _approve(address owner, address to, uint256 id) private {
        approved[id] = to;
        emit Approval(owner, to, id);
    }

    /// @dev Takes token `id` off its owner's count and clears who may move it.
    function _take(address owner, uint256 id) private {
        _approve(owner, address(0), id);
        counts[owner] -= 1;
    }

    /// @dev Puts token `id` on its owner's count.
    function _give(address to, uint256 id) private {
        owners[id] = to;
        counts[to] += 1;
    }
}
