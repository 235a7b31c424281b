// npm's ethers, unmodified: deploy, transfer, read logs, subscribe, trace, estimate.
import assert from "node:assert/strict";
import { test, after } from "node:test";
import { Contract, ContractFactory, HDNodeWallet, JsonRpcProvider, NonceManager, WebSocketProvider, parseEther } from "ethers";
import { token } from "./compile.mjs";

const { RPC_URL, WS_URL, MNEMONIC } = process.env;
const http = new JsonRpcProvider(RPC_URL, undefined, { polling: true, pollingInterval: 100 });
const socket = new WebSocketProvider(WS_URL);
after(() => Promise.all([http.destroy(), socket.destroy()]));

const wallet = (place) => HDNodeWallet.fromPhrase(MNEMONIC, undefined, `m/44'/60'/0'/0/${place}`);
const alice = new NonceManager(wallet(0).connect(http));
const [from, bob] = [wallet(0).address, wallet(1).address];
const { abi, bytecode } = token();
const SUPPLY = parseEther("1000");

test("ethers", async (t) => {
  let contract, sent;
  await t.test("sends a payment and reads its receipt", async () => {
    const before = await http.getBalance(bob);
    const receipt = await (await alice.sendTransaction({ to: bob, value: 5n })).wait();
    assert.equal(receipt.status, 1);
    assert.equal(receipt.gasUsed, 21_000n);
    assert.equal(await http.getBalance(bob), before + 5n);
    assert.equal((await http.getTransaction(receipt.hash)).from, from);
  });
  await t.test("deploys", async () => {
    contract = await new ContractFactory(abi, bytecode, alice).deploy(SUPPLY);
    await contract.waitForDeployment();
    assert.equal(await contract.balanceOf(from), SUPPLY);
    assert.equal(await contract.symbol(), "TKN");
  });
  await t.test("estimates", async () => {
    assert.equal(await http.estimateGas({ from, to: bob, value: 1n }), 21_000n);
    const gas = await contract.transfer.estimateGas(bob, 7n);
    assert.ok(gas > 21_000n && gas < 60_000n, `${gas}`);
  });
  await t.test("subscribes to blocks and logs", async () => {
    const heard = new Promise((resolve) => {
      new Contract(contract.target, abi, socket).once("Transfer", (a, b, value) => resolve([a, b, value]));
    });
    const block = new Promise((resolve) => socket.once("block", resolve));
    await socket.getNetwork();
    await socket.getBlockNumber(); // the subscriptions were asked for before it
    sent = await contract.transfer(bob, 7n);
    assert.equal((await sent.wait()).status, 1);
    assert.deepEqual(await heard, [from, bob, 7n]);
    assert.ok((await block) > 0);
  });
  await t.test("reads logs and filters", async () => {
    const receipt = await http.getTransactionReceipt(sent.hash);
    const found = await contract.queryFilter(contract.filters.Transfer(from, bob), receipt.blockNumber);
    assert.deepEqual(found.map((log) => [log.transactionHash, log.args.value]), [[sent.hash, 7n]]);
    const byHash = await http.getLogs({ blockHash: receipt.blockHash, address: contract.target });
    assert.deepEqual(byHash.map((log) => log.transactionHash), [sent.hash]);
  });
  await t.test("traces", async () => {
    const calls = await http.send("debug_traceTransaction", [sent.hash, { tracer: "callTracer" }]);
    assert.equal(calls.to, contract.target.toLowerCase());
    assert.equal(calls.input, contract.interface.encodeFunctionData("transfer", [bob, 7n]));
    assert.equal(BigInt(calls.output), 1n);
    const steps = await http.send("debug_traceTransaction", [sent.hash]);
    assert.equal(steps.failed, false);
    assert.ok(steps.structLogs.some((step) => step.op === "SSTORE"));
  });
  await t.test("decodes a custom error", async () => {
    const poor = contract.connect(wallet(2).connect(http));
    const refused = await poor.transfer.staticCall(bob, 1n).then(assert.fail, (error) => error);
    assert.equal(refused.code, "CALL_EXCEPTION");
    assert.deepEqual([refused.revert.name, ...refused.revert.args], ["TooLittle", 0n, 1n]);
  });
  await t.test("is told why a transaction is not taken", async () => {
    const empty = HDNodeWallet.createRandom().connect(http);
    const raw = await empty.signTransaction({
      to: bob, value: 1n, gasLimit: 21_000n, gasPrice: 10n ** 9n, nonce: 0, type: 0, chainId: (await http.getNetwork()).chainId,
    });
    await assert.rejects(http.broadcastTransaction(raw), { code: "INSUFFICIENT_FUNDS" });
  });
});
