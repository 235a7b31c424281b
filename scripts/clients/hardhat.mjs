// npm's hardhat with its ethers plugin, unmodified: compile, deploy, transfer, read logs, subscribe, trace, estimate.
import assert from "node:assert/strict";
import { test } from "node:test";
import hre from "hardhat";
import { WebSocketProvider, Contract } from "ethers";

const SUPPLY = 1_000n * 10n ** 18n;

test("hardhat", async (t) => {
  await hre.tasks.getTask("build").run({ quiet: true });
  const { ethers, provider } = await hre.network.create("devnet");
  const [alice, bob] = await ethers.getSigners();
  const token = await ethers.deployContract("Token", [SUPPLY], alice);
  let receipt;
  await t.test("deploys", async () => {
    await token.waitForDeployment();
    assert.equal(await token.balanceOf(alice.address), SUPPLY);
    const { deployedBytecode } = await hre.artifacts.readArtifact("Token");
    assert.equal(await ethers.provider.getCode(token.target), deployedBytecode);
  });
  await t.test("estimates", async () => {
    const gas = await token.transfer.estimateGas(bob.address, 7n);
    assert.ok(gas > 21_000n && gas < 60_000n, `${gas}`);
  });
  await t.test("is told of a transfer", async () => {
    const socket = new WebSocketProvider(process.env.WS_URL);
    const heard = new Promise((resolve) =>
      new Contract(token.target, token.interface, socket).once("Transfer", (from, to, value) => resolve([from, to, value])));
    await socket.getBlockNumber();
    receipt = await (await token.transfer(bob.address, 7n)).wait();
    assert.deepEqual(await heard, [alice.address, bob.address, 7n]);
    await socket.destroy();
  });
  await t.test("reads logs", async () => {
    const filter = token.filters.Transfer(alice.address, bob.address);
    const found = await token.queryFilter(filter, receipt.blockNumber, "latest");
    assert.deepEqual(found.map((log) => [log.transactionHash, log.args.value]), [[receipt.hash, 7n]]);
  });
  await t.test("traces", async () => {
    const calls = await provider.request({
      method: "debug_traceTransaction", params: [receipt.hash, { tracer: "callTracer" }],
    });
    assert.equal(calls.from, alice.address.toLowerCase());
    assert.equal(calls.input, token.interface.encodeFunctionData("transfer", [bob.address, 7n]));
  });
  await t.test("decodes a custom error", async () => {
    const refused = await token.connect(bob).transfer.staticCall(alice.address, 8n).then(assert.fail, (error) => error);
    const { name, args } = token.interface.parseError(refused.data);
    assert.deepEqual([name, ...args], ["TooLittle", 7n, 8n]);
  });
});
