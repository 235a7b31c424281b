// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IChildToken} from "./ChildChainManager.sol";

/// @title Child token: a root chain's ERC-20 token on the side chain (withdrawal-proofs §2.1-2.2)
/// @notice Minted by deposits, burned by withdrawals. Every field can be set by genesis storage as well as by the
/// constructor (README.md).
contract ChildERC20 is IChildToken {
    /// @notice `value` moved from `from` to `to`; zero for a deposit's source and a withdrawal's target.
    event Transfer(address indexed from, address indexed to, uint256 value);

    /// @notice `spender` may move `value` of `owner`.
    event Approval(address indexed owner, address indexed spender, uint256 value);

    /// @notice The withdrawal that a root chain pays out. `from` carries the beneficiary there and `to` is zero; who
    /// burned shows in the `Transfer` before it.
    event WithdrawTo(address indexed from, address indexed to, uint256 amount);

    /// @notice Name of the one role.
    bytes32 public constant DEPOSITOR_ROLE = keccak256("DEPOSITOR_ROLE");

    /// @notice Who may deposit: the child chain manager (slot 0).
    address public depositor;

    /// @notice Name of the token (slot 1).
    string public name;

    /// @notice Symbol of the token (slot 2).
    string public symbol;

    /// @notice Decimal digits of the smallest unit (slot 3).
    uint8 public decimals;

    /// @notice Sum of all balances (slot 4).
    uint256 public totalSupply;

    /// @notice Balance by holder (slot 5).
    mapping(address holder => uint256) public balanceOf;

    /// @notice What a spender may still move of a holder (slot 6).
    mapping(address holder => mapping(address spender => uint256)) public allowance;

    /// @notice An empty token. In genesis there is no constructor: storage takes its place.
    constructor(string memory name_, string memory symbol_, uint8 decimals_, address depositor_) {
        name = name_;
        symbol = symbol_;
        decimals = decimals_;
        depositor = depositor_;
    }

    /// @notice Whether `account` has the role `role`.
    function hasRole(bytes32 role, address account) public view returns (bool) {
        return role == DEPOSITOR_ROLE && account == depositor;
    }

    /// @notice Mints a deposit made on a root chain: `depositData` is the ABI form of the amount.
    function deposit(address user, bytes calldata depositData) external {
        require(hasRole(DEPOSITOR_ROLE, msg.sender), "ChildERC20: INSUFFICIENT_PERMISSIONS");
        require(user != address(0), "ChildERC20: zero address");
        uint256 amount = abi.decode(depositData, (uint256));
        totalSupply += amount;
        balanceOf[user] += amount;
        emit Transfer(address(0), user, amount);
    }

    /// @notice Burns `amount` of the caller for the caller's address on the root chain.
    function withdraw(uint256 amount) external {
        withdrawTo(msg.sender, amount);
    }

    /// @notice Burns `amount` of the caller for `to` on the root chain.
    function withdrawTo(address to, uint256 amount) public {
        _take(msg.sender, amount);
        totalSupply -= amount;
        emit Transfer(msg.sender, address(0), amount);
        emit WithdrawTo(to, address(0), amount);
    }

    /// @notice Moves `amount` of the caller to `to`.
    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    /// @notice Lets `spender` move `amount` of the caller, in place of what it may move now.
    function approve(address spender, uint256 amount) external returns (bool) {
        require(spender != address(0), "ChildERC20: zero address");
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    /// @notice Moves `amount` of `from`, who allowed it, to `to`.
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        require(amount <= allowed, "ChildERC20: amount exceeds allowance");
        allowance[from][msg.sender] = allowed - amount;
        _move(from, to, amount);
        emit Approval(from, msg.sender, allowed - amount);
        return true;
    }

    /// @dev Moves `amount` between holders.
    function _move(address from, address to, uint256 amount) private {
        require(to != address(0), "ChildERC20: zero address");
        _take(from, amount);
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }

    /// @dev Takes `amount` off a holder's balance.
    function _take(address from, uint256 amount) private {
        uint256 balance = balanceOf[from];
        require(amount <= balance, "ChildERC20: amount exceeds balance");
        balanceOf[from] = balance - amount;
    }
}
