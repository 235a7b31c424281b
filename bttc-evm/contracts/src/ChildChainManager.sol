// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IStateReceiver} from "./StateReceiver.sol";

/// @title What a token offers that is minted by deposits (withdrawal-proofs §6.2)
interface IChildToken {
    /// @notice Credits a deposit to `user`; for a fungible token `depositData` is the ABI form of the amount.
    function deposit(address user, bytes calldata depositData) external;
}

/// @title Child chain manager: the side chain's end of the bridge (withdrawal-proofs §6.2-6.3)
/// @notice Takes the two kinds of messages that the root chain managers send: a deposit, which it passes to the child
/// token, and the mapping of a root token to its child token. A root token is named by its address and the number of
/// its root chain (1 TRON, 2 Ethereum, 3 BSC).
contract ChildChainManager is IStateReceiver {
    /// @notice A child token was mapped to a root token.
    event TokenMapped(uint64 indexed chainId, address indexed rootToken, address indexed childToken);

    /// @notice Kind of a deposit message.
    bytes32 public constant DEPOSIT = keccak256("DEPOSIT");

    /// @notice Kind of a mapping message.
    bytes32 public constant MAP_TOKEN = keccak256("MAP_TOKEN");

    /// @notice Name of the one role.
    bytes32 public constant STATE_SYNCER_ROLE = keccak256("STATE_SYNCER_ROLE");

    /// @notice Who may deliver messages (slot 0): genesis sets the state receiver at 0x…1001.
    address public stateSyncer;

    /// @notice Child token by `rootToken | chainId << 160` (slot 1).
    mapping(uint256 key => address) public rootToChildToken;

    /// @notice Root token by child token (slot 2). Its chain is not kept.
    mapping(address childToken => address) public childToRootToken;

    /// @notice Names the deliverer of messages. In genesis there is no constructor: storage takes its place.
    constructor(address stateSyncer_) {
        stateSyncer = stateSyncer_;
    }

    /// @notice Whether `account` has the role `role`.
    function hasRole(bytes32 role, address account) public view returns (bool) {
        return role == STATE_SYNCER_ROLE && account == stateSyncer;
    }

    /// @notice The child token of `rootToken` on root chain `chainId`; zero when it is not mapped.
    function getRootToChildToken(uint64 chainId, address rootToken) external view returns (address) {
        return rootToChildToken[_key(rootToken, chainId)];
    }

    /// @notice Takes one message: `data` is abi(bytes32 kind, bytes body) (withdrawal-proofs §6.1).
    function onStateReceive(uint256, bytes calldata data) external {
        require(hasRole(STATE_SYNCER_ROLE, msg.sender), "ChildChainManager: INSUFFICIENT_PERMISSIONS");
        (bytes32 kind, bytes memory body) = abi.decode(data, (bytes32, bytes));
        if (kind == DEPOSIT) {
            (address user, address rootToken, uint64 chainId, bytes memory depositData) =
                abi.decode(body, (address, address, uint64, bytes));
            _deposit(user, rootToken, chainId, depositData);
        } else if (kind == MAP_TOKEN) {
            (address rootToken, address childToken, uint64 chainId,) =
                abi.decode(body, (address, address, uint64, bytes32));
            _map(rootToken, childToken, chainId);
        } else {
            revert("ChildChainManager: INVALID_SYNC_TYPE");
        }
    }

    /// @dev Passes a deposit to the child token.
    function _deposit(address user, address rootToken, uint64 chainId, bytes memory depositData) private {
        address childToken = rootToChildToken[_key(rootToken, chainId)];
        require(childToken != address(0), "ChildChainManager: TOKEN_NOT_MAPPED");
        IChildToken(childToken).deposit(user, depositData);
    }

    /// @dev Maps both ways and clears what either was mapped to before. The former root token of the child is looked up
    /// under the new chain: mapped on another chain, its entry stays (withdrawal-proofs §6.3).
    function _map(address rootToken, address childToken, uint64 chainId) private {
        uint256 key = _key(rootToken, chainId);
        childToRootToken[rootToChildToken[key]] = address(0);
        rootToChildToken[_key(childToRootToken[childToken], chainId)] = address(0);
        rootToChildToken[key] = childToken;
        childToRootToken[childToken] = rootToken;
        emit TokenMapped(chainId, rootToken, childToken);
    }

    /// @dev Key of a root token: its address, with the number of its chain above.
    function _key(address rootToken, uint64 chainId) private pure returns (uint256) {
        return uint160(rootToken) | uint256(chainId) << 160;
    }
}
