// npm's viem, unmodified: deploy, transfer, read logs, subscribe, trace, estimate.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createPublicClient, createWalletClient, defineChain, encodeFunctionData, http, parseAbiItem, parseEther, publicActions,
  webSocket,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { token } from "./compile.mjs";

const { RPC_URL, WS_URL, MNEMONIC } = process.env;
const account = mnemonicToAccount(MNEMONIC, { addressIndex: 3 });
const bob = mnemonicToAccount(MNEMONIC, { addressIndex: 4 }).address;
const id = await createPublicClient({ transport: http(RPC_URL) }).getChainId();
const chain = defineChain({
  id, name: "devnet", nativeCurrency: { name: "BTT", symbol: "BTT", decimals: 18 }, rpcUrls: { default: { http: [RPC_URL] } },
});
const client = createWalletClient({ account, chain, transport: http(RPC_URL, { batch: true }), pollingInterval: 100 })
  .extend(publicActions);
const socket = createPublicClient({ chain, transport: webSocket(WS_URL) });
const { abi, bytecode } = token();
const SUPPLY = parseEther("1000");

test("viem", async (t) => {
  let address, hash, receipt;
  await t.test("deploys", async () => {
    const deployed = await client.waitForTransactionReceipt({
      hash: await client.deployContract({ abi, bytecode, args: [SUPPLY] }),
    });
    address = deployed.contractAddress;
    const read = { address, abi, functionName: "balanceOf" };
    assert.equal(await client.readContract({ ...read, args: [account.address] }), SUPPLY);
  });
  await t.test("estimates", async () => {
    assert.equal(await client.estimateGas({ account, to: bob, value: 1n }), 21_000n);
    const gas = await client.estimateContractGas({ account, address, abi, functionName: "transfer", args: [bob, 7n] });
    assert.ok(gas > 21_000n && gas < 60_000n, `${gas}`);
    assert.ok((await client.getGasPrice()) > 0n);
    const history = await client.getFeeHistory({ blockCount: 2, rewardPercentiles: [50] });
    assert.equal(history.baseFeePerGas.length, 3);
  });
  await t.test("subscribes and polls", async () => {
    const stop = [];
    const once = (watch) => new Promise((resolve, reject) => stop.push(watch(resolve, reject)));
    let blocks = 0;
    const second = once((resolve, onError) =>
      socket.watchBlocks({ onBlock: () => (blocks += 1) === 2 && resolve(), onError }));
    const logs = (client) => once((onLogs, onError) =>
      client.watchContractEvent({ address, abi, eventName: "Transfer", onLogs, onError }));
    const [pushed, polled] = [logs(socket), logs(client)]; // eth_subscribe, and eth_newFilter
    const pending = once((onTransactions, onError) => client.watchPendingTransactions({ onTransactions, onError }));
    await second; // by then the others are there
    hash = await client.writeContract({ address, abi, functionName: "transfer", args: [bob, 7n] });
    receipt = await client.waitForTransactionReceipt({ hash });
    assert.equal(receipt.status, "success");
    for (const [log] of await Promise.all([pushed, polled])) {
      assert.deepEqual([log.transactionHash, log.args], [hash, { from: account.address, to: bob, value: 7n }]);
    }
    assert.ok((await pending).length > 0);
    stop.forEach((unwatch) => unwatch());
  });
  await t.test("reads logs, blocks and balances", async () => {
    const event = parseAbiItem("event Transfer(address indexed from, address indexed to, uint256 value)");
    const found = await client.getLogs({ address, event, args: { to: bob }, fromBlock: receipt.blockNumber });
    assert.deepEqual(found.map((log) => log.transactionHash), [hash]);
    const block = await client.getBlock({ blockHash: receipt.blockHash, includeTransactions: true });
    assert.ok(block.transactions.some((transaction) => transaction.hash === hash));
    assert.equal(await client.getTransactionConfirmations({ hash }) > 0n, true);
  });
  await t.test("traces", async () => {
    const calls = await client.request({ method: "debug_traceTransaction", params: [hash, { tracer: "callTracer" }] });
    assert.equal(calls.to, address);
    assert.equal(calls.input, encodeFunctionData({ abi, functionName: "transfer", args: [bob, 7n] }));
    const steps = await client.request({ method: "debug_traceTransaction", params: [hash] });
    assert.equal(BigInt(steps.gas), receipt.gasUsed);
  });
  await t.test("decodes a custom error", async () => {
    const poor = { account: bob, address, abi, functionName: "transfer", args: [account.address, 8n] };
    const refused = await client.simulateContract(poor).then(assert.fail, (error) => error);
    const { data } = refused.walk((error) => error.data?.errorName);
    assert.deepEqual([data.errorName, data.args], ["TooLittle", [7n, 8n]]);
  });
  const rpc = await socket.transport.getRpcClient();
  rpc.close();
});
