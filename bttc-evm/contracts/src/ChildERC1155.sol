// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IChildToken} from "./ChildChainManager.sol";

/// @title What a contract answers that takes ERC-1155 tokens
interface IERC1155Receiver {
    /// @notice Takes an amount of one id; the answer is this function's selector.
    function onERC1155Received(address operator, address from, uint256 id, uint256 amount, bytes calldata data)
        external
        returns (bytes4);

    /// @notice Takes amounts of many ids; the answer is this function's selector.
    function onERC1155BatchReceived(
        address operator,
        address from,
        uint256[] calldata ids,
        uint256[] calldata amounts,
        bytes calldata data
    ) external returns (bytes4);
}

/// @title Child token: a root chain's ERC-1155 token on the side chain (withdrawal-proofs §2.1-2.2)
/// @notice Minted by deposits, burned by withdrawals to the burner's own address on the root chain. Every field can be
/// set by genesis storage as well as by the constructor (README.md).
contract ChildERC1155 is IChildToken {
    /// @notice An amount of one id moved; zero for a deposit's source and a withdrawal's target.
    event TransferSingle(address indexed operator, address indexed from, address indexed to, uint256 id, uint256 value);

    /// @notice Amounts of many ids moved.
    event TransferBatch(
        address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] values
    );

    /// @notice `operator` may, or may no longer, move all of `owner`.
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

    /// @notice Name of the one role.
    bytes32 public constant DEPOSITOR_ROLE = keccak256("DEPOSITOR_ROLE");

    /// @notice Who may deposit: the child chain manager (slot 0).
    address public depositor;

    /// @notice Where the tokens are described (slot 1).
    string private description;

    /// @dev Amount by id and holder (slot 2).
    mapping(uint256 id => mapping(address holder => uint256)) private amounts;

    /// @notice Whether an operator may move all of an owner (slot 3).
    mapping(address owner => mapping(address operator => bool)) public isApprovedForAll;

    /// @notice Tokens of which there are none. In genesis there is no constructor: storage takes its place.
    constructor(string memory uri_, address depositor_) {
        description = uri_;
        depositor = depositor_;
    }

    /// @notice Whether `account` has the role `role`.
    function hasRole(bytes32 role, address account) public view returns (bool) {
        return role == DEPOSITOR_ROLE && account == depositor;
    }

    /// @notice Whether the interface is ERC-165, ERC-1155 or its metadata.
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0xd9b67a26 || id == 0x0e89341c;
    }

    /// @notice Where token `id` is described.
    function uri(uint256) external view returns (string memory) {
        return description;
    }

    /// @notice Amount of `id` that `holder` has.
    function balanceOf(address holder, uint256 id) public view returns (uint256) {
        require(holder != address(0), "ChildERC1155: zero address");
        return amounts[id][holder];
    }

    /// @notice Amount of each id that the holder beside it has.
    function balanceOfBatch(address[] calldata holders, uint256[] calldata ids)
        external
        view
        returns (uint256[] memory balances)
    {
        require(holders.length == ids.length, "ChildERC1155: length mismatch");
        balances = new uint256[](ids.length);
        for (uint256 i = 0; i < ids.length; i++) balances[i] = balanceOf(holders[i], ids[i]);
    }

    /// @notice Mints what was deposited on a root chain: the ABI form of ids, amounts and data.
    function deposit(address user, bytes calldata depositData) external {
        require(hasRole(DEPOSITOR_ROLE, msg.sender), "ChildERC1155: INSUFFICIENT_PERMISSIONS");
        require(user != address(0), "ChildERC1155: zero address");
        (uint256[] memory ids, uint256[] memory values, bytes memory data) =
            abi.decode(depositData, (uint256[], uint256[], bytes));
        _move(address(0), user, ids, values);
        emit TransferBatch(msg.sender, address(0), user, ids, values);
        _offerBatch(address(0), user, ids, values, data);
    }

    /// @notice Burns `amount` of `id` of the caller for the caller's address on the root chain.
    function withdrawSingle(uint256 id, uint256 amount) external {
        _move(msg.sender, address(0), _one(id), _one(amount));
        emit TransferSingle(msg.sender, msg.sender, address(0), id, amount);
    }

    /// @notice Burns amounts of many ids of the caller for the caller's address on the root chain.
    function withdrawBatch(uint256[] calldata ids, uint256[] calldata values) external {
        _move(msg.sender, address(0), ids, values);
        emit TransferBatch(msg.sender, msg.sender, address(0), ids, values);
    }

    /// @notice Lets `operator` move all of the caller, or no longer.
    function setApprovalForAll(address operator, bool may) external {
        isApprovedForAll[msg.sender][operator] = may;
        emit ApprovalForAll(msg.sender, operator, may);
    }

    /// @notice Moves `amount` of `id`, to a contract only if it takes it.
    function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes calldata data) external {
        _mayMove(from, to);
        _move(from, to, _one(id), _one(amount));
        emit TransferSingle(msg.sender, from, to, id, amount);
        if (to.code.length != 0) {
            bytes4 taken = IERC1155Receiver(to).onERC1155Received(msg.sender, from, id, amount, data);
            require(taken == IERC1155Receiver.onERC1155Received.selector, "ChildERC1155: not taken");
        }
    }

    /// @notice Moves amounts of many ids, to a contract only if it takes them.
    function safeBatchTransferFrom(
        address from,
        address to,
        uint256[] calldata ids,
        uint256[] calldata values,
        bytes calldata data
    ) external {
        _mayMove(from, to);
        _move(from, to, ids, values);
        emit TransferBatch(msg.sender, from, to, ids, values);
        _offerBatch(from, to, ids, values, data);
    }

    /// @dev Whether the caller may move what `from` has, and to `to`.
    function _mayMove(address from, address to) private view {
        require(to != address(0), "ChildERC1155: zero address");
        require(from == msg.sender || isApprovedForAll[from][msg.sender], "ChildERC1155: not approved");
    }

    /// @dev Moves amounts; zero holds nothing, and gives as much as is asked.
    function _move(address from, address to, uint256[] memory ids, uint256[] memory values) private {
        require(ids.length == values.length, "ChildERC1155: length mismatch");
        for (uint256 i = 0; i < ids.length; i++) {
            if (from != address(0)) {
                uint256 held = amounts[ids[i]][from];
                require(values[i] <= held, "ChildERC1155: amount exceeds balance");
                amounts[ids[i]][from] = held - values[i];
            }
            if (to != address(0)) amounts[ids[i]][to] += values[i];
        }
    }

    /// @dev Asks a contract whether it takes what it got.
    function _offerBatch(address from, address to, uint256[] memory ids, uint256[] memory values, bytes memory data)
        private
    {
        if (to.code.length != 0) {
            bytes4 taken = IERC1155Receiver(to).onERC1155BatchReceived(msg.sender, from, ids, values, data);
            require(taken == IERC1155Receiver.onERC1155BatchReceived.selector, "ChildERC1155: not taken");
        }
    }

    /// @dev A list of one.
    function _one(uint256 value) private pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = value;
    }
}
