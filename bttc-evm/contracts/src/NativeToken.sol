// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Decimal} from "./Decimal.sol";
import {Signature} from "./Signature.sol";

/// @title The native coin BTT as a token, at 0x…1010 (block-layer §6.3, withdrawal-proofs §2)
/// @notice Balances are those of the accounts. The contract's own balance is the reserve: deposits are paid out of it,
/// withdrawals are paid into it. The client adds a log of its own at this address for every movement of value, with
/// this address as second topic (block-layer §5.2).
contract NativeToken {
    /// @notice Former and new owner; the zero address stands for none.
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    /// @notice Former and new value of `childChain`.
    event ChildChainChanged(address indexed previousAddress, address indexed newAddress);

    /// @notice `amount` paid out of the reserve to `user`, with the user's balance before and after.
    event Deposit(address indexed token, address indexed user, uint256 amount, uint256 input1, uint256 output1);

    /// @notice `amount` paid into the reserve by `user`. Both balances are those after the payment.
    event Withdraw(address indexed token, address indexed user, uint256 amount, uint256 input1, uint256 output1);

    /// @notice The withdrawal that a root chain pays out. `from` carries the beneficiary there and `to` is zero
    /// (withdrawal-proofs §2.1).
    event WithdrawTo(address indexed from, address indexed to, uint256 amount);

    /// @notice `value` moved from `from` to `to`; the zero address for a withdrawal.
    event Transfer(address indexed from, address indexed to, uint256 value);

    /// @notice As `Transfer`, with the balances of both before and after. Unlike the client's own log its second topic
    /// is the root token.
    event LogTransfer(
        address indexed token,
        address indexed from,
        address indexed to,
        uint256 amount,
        uint256 input1,
        uint256 input2,
        uint256 output1,
        uint256 output2
    );

    /// @notice Smallest units a whole BTT: 10^18.
    uint8 public constant decimals = 18;

    /// @notice Hash of the signing domain's type.
    bytes32 public constant EIP712_DOMAIN_SCHEMA_HASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    /// @notice Hash of a transfer order's type.
    bytes32 public constant EIP712_TOKEN_TRANSFER_ORDER_SCHEMA_HASH =
        keccak256("TokenTransferOrder(address spender,uint256 tokenIdOrAmount,bytes32 data,uint256 expiration)");

    /// @notice Who may deposit: the child chain manager (slot 0).
    address public owner;

    /// @notice Hash of the signing domain (slot 1); zero unless genesis sets it.
    bytes32 public EIP712_DOMAIN_HASH;

    /// @notice The token's address on the root chain (slot 2).
    address public token;

    /// @notice Address kept by `changeChildChain` (slot 3).
    address public childChain;

    /// @notice Unused (slot 4).
    address public parent;

    /// @notice Unused (slot 5).
    mapping(bytes32 order => bool) public disabledHashes;

    /// @notice Amount deposited and not withdrawn (slot 6): what can be withdrawn.
    uint256 public currentSupply;

    /// @dev Whether `initialize` was called (slot 7).
    bool private isInitialized;

    modifier onlyOwner() {
        require(isOwner());
        _;
    }

    // The token

    /// @notice Name of the token.
    function name() external pure returns (string memory) {
        return "BitTorrent Token";
    }

    /// @notice Symbol of the token.
    function symbol() external pure returns (string memory) {
        return "BTT";
    }

    /// @notice All BTT there are, on all chains: 10^34 smallest units.
    function totalSupply() external pure returns (uint256) {
        return 10_000_000_000_000_000 ether;
    }

    /// @notice Balance of the account `account`.
    function balanceOf(address account) external view returns (uint256) {
        return account.balance;
    }

    /// @notice Forwards the value sent, which must be `amount`, to `to` (block-layer §6.3.5).
    /// @return Whether the value sent was `amount`; else nothing happens and the value stays here.
    function transfer(address to, uint256 amount) external payable returns (bool) {
        if (msg.value != amount) return false;
        require(to != address(this), "NativeToken: the token takes no transfer");
        uint256 senderBefore = msg.sender.balance;
        uint256 receiverBefore = to.balance;
        _pay(to, amount);
        emit Transfer(msg.sender, to, amount);
        emit LogTransfer(
            token, msg.sender, to, amount, senderBefore, receiverBefore, msg.sender.balance, to.balance
        );
        return true;
    }

    // The bridge

    /// @notice Pays a deposit made on a root chain: `depositData` is the ABI form of the amount (block-layer §6.3.4).
    function deposit(address user, bytes calldata depositData) external onlyOwner {
        uint256 amount = abi.decode(depositData, (uint256));
        require(amount != 0 && user != address(0), "NativeToken: no amount or no user");
        uint256 before = user.balance;
        _pay(user, amount);
        currentSupply += amount;
        emit Deposit(token, user, amount, before, user.balance);
    }

    /// @notice Withdraws the value sent, which must be `amount`, to the sender's address on the root chain.
    function withdraw(uint256 amount) external payable {
        withdrawTo(msg.sender, amount);
    }

    /// @notice Withdraws the value sent, which must be `amount`, to `to` on the root chain (block-layer §6.3.3).
    function withdrawTo(address to, uint256 amount) public payable {
        require(amount <= currentSupply);
        currentSupply -= amount;
        require(amount != 0 && msg.value == amount, "Insufficient amount");
        uint256 left = msg.sender.balance;
        emit Withdraw(token, msg.sender, amount, left, left);
        emit WithdrawTo(to, address(0), amount);
        emit Transfer(msg.sender, address(0), amount);
    }

    // Set-up

    /// @notice Sets owner and root token, once, by anyone (block-layer §6.3.1). A genesis that sets them sets slot 7 too.
    function initialize(address newOwner, address rootToken) external {
        require(!isInitialized, "NativeToken: initialized before");
        isInitialized = true;
        token = rootToken;
        _setOwner(newOwner);
    }

    /// @notice Whether the caller is the owner.
    function isOwner() public view returns (bool) {
        return msg.sender == owner;
    }

    /// @notice Hands the ownership on.
    function transferOwnership(address newOwner) external onlyOwner {
        _setOwner(newOwner);
    }

    /// @notice Gives the ownership up: no further deposit can be paid.
    function renounceOwnership() external onlyOwner {
        emit OwnershipTransferred(owner, address(0));
        owner = address(0);
    }

    /// @notice Sets `childChain`.
    function changeChildChain(address newAddress) external onlyOwner {
        require(newAddress != address(0), "NativeToken: zero address");
        emit ChildChainChanged(childChain, newAddress);
        childChain = newAddress;
    }

    // Signed transfers: switched off (block-layer §6.3.6)

    /// @notice Always reverts.
    function setParent(address) external pure {
        revert("Disabled feature");
    }

    /// @notice Always reverts.
    function transferWithSig(bytes calldata, uint256, bytes32, uint256, address) external pure returns (address) {
        revert("Disabled feature");
    }

    /// @notice What a holder signs to let `spender` take `amount` up to block `expiration`.
    function getTokenTransferOrderHash(address spender, uint256 amount, bytes32 data, uint256 expiration)
        external
        view
        returns (bytes32)
    {
        bytes32 order =
            keccak256(abi.encode(EIP712_TOKEN_TRANSFER_ORDER_SCHEMA_HASH, spender, amount, data, expiration));
        return keccak256(bytes.concat(hex"1901", EIP712_DOMAIN_HASH, order));
    }

    /// @notice The signer of `digest`; zero for a signature of the wrong form.
    function ecrecovery(bytes32 digest, bytes calldata signature) external pure returns (address) {
        return Signature.signerOf(digest, signature);
    }

    // The network

    /// @notice The chain id.
    function CHAINID() external view returns (uint256) {
        return block.chainid;
    }

    /// @notice The chain id in decimal ASCII digits.
    function networkId() external view returns (bytes memory) {
        return Decimal.text(block.chainid);
    }

    // Parts

    /// @dev Pays out of the contract's balance. The receiver gets 2,300 gas: enough to log, too little to call back.
    function _pay(address to, uint256 amount) private {
        // The EVM itself adds 2,300 gas to a call that carries value.
        (bool paid,) = to.call{value: amount, gas: amount == 0 ? 2300 : 0}("");
        require(paid);
    }

    /// @dev Hands the ownership to an address that is not zero.
    function _setOwner(address newOwner) private {
        require(newOwner != address(0));
        emit OwnershipTransferred(owner, newOwner);
        owner = newOwner;
    }
}
