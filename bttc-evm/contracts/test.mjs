// Behaviour of the built contracts, against the tables and vectors of the specification (block-layer §6 and §10.2,
// withdrawal-proofs §2 and §6). Runs the bytes in artifacts/ as genesis would place them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { concat, decode, encode, hex, keccak, rlp, selector, signatureOf, unhex, word } from "./test/abi.mjs";
import {
  NATIVE_TOKEN, STATE_RECEIVER, SYSTEM, VALIDATOR_SET, ZERO,
  arraySlot, artifact, createWorld, mappingSlot, shortString, validatorSetStorage,
} from "./test/world.mjs";

const MANAGER = "0x00000000000000000000000000000000000c4a11";
const CHILD_TOKEN = "0x00000000000000000000000000000000000c0ffe";
const ROOT_TOKEN = "0x1111111111111111111111111111111111111111";
const ROOT_BTT = "0x2222222222222222222222222222222222222222";
const USER = "0x000000000000000000000000000000000000f00d";
const OTHER = "0x00000000000000000000000000000000deadbeef";
const TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const WITHDRAW_TO = "0x67b714876402c93362735688659e2283b4a37fb21bab24bc759ca759ae851fd8";
const BTT = 10n ** 18n;

// ---- Interfaces

// block-layer §6.1.5, §6.2.1, §6.3.2; withdrawal-proofs §2.2, §6.3.
const SELECTORS = {
  ValidatorSet: `commitSpan(uint256,uint256,uint256,bytes,bytes) 23c2a2b4; getBorValidators(uint256) 0c35b1cb;
    getInitialValidators() 65b3a1e2; getValidators() b7ab4db5; getCurrentSpan() af26aa96; getNextSpan() 60c8614d;
    getSpan(uint256) 047a6c5b; getSpanByBlock(uint256) b71d7a69; currentSpanNumber() 4dbc959f; currentSprint() e3b7c924;
    spans(uint256) f59cf565; spanNumbers(uint256) c1b3c919; validators(uint256,uint256) dcf2793a;
    producers(uint256,uint256) 687a9bd6; isValidator(uint256,address) 23f2a73f; isProducer(uint256,address) 1270b574;
    isCurrentValidator(address) 55614fcc; isCurrentProducer(address) 70ba5707;
    getValidatorBySigner(uint256,address) 44d6528f; getStakePowerBySigs(uint256,bytes32,bytes) 44c15cb1;
    getValidatorsTotalStakeBySpan(uint256) 2eddf352; getProducersTotalStakeBySpan(uint256) 9d11b807;
    checkMembership(bytes32,bytes32,bytes) 35ddfeea; leafNode(bytes32) 582a8d08; innerNode(bytes32,bytes32) 2de3a180;
    SPRINT() 2bc06564; SYSTEM_ADDRESS() 3434735f; CHAIN() 43ee8213; BOR_ID() ae756451; FIRST_END_BLOCK() 66332354;
    ROUND_TYPE() 98ab2b62; VOTE_TYPE() d5b844eb`,
  StateReceiver: "lastStateId() 5407ca67; SYSTEM_ADDRESS() 3434735f; commitState(uint256,bytes) 19494a17",
  NativeToken: `name() 06fdde03; symbol() 95d89b41; decimals() 313ce567; totalSupply() 18160ddd;
    balanceOf(address) 70a08231; transfer(address,uint256) a9059cbb; withdraw(uint256) 2e1a7d4d;
    withdrawTo(address,uint256) 205c2878; deposit(address,bytes) cf2c52cb; initialize(address,address) 485cc955;
    setParent(address) 1499c592; transferWithSig(bytes,uint256,bytes32,uint256,address) 19d27d9c;
    currentSupply() 771282f6; token() fc0c546a; owner() 8da5cb5b; isOwner() 8f32d59b; childChain() 42fc47fb;
    changeChildChain(address) ed9ef524; parent() 60f96a8f; CHAINID() cc79f97b; networkId() 9025e64c;
    ecrecovery(bytes32,bytes) 77d32e94; getTokenTransferOrderHash(address,uint256,bytes32,uint256) b789543c;
    transferOwnership(address) f2fde38b; renounceOwnership() 715018a6; disabledHashes(bytes32) acd06cb3`,
  ChildChainManager: "onStateReceive(uint256,bytes) 26c53bea; getRootToChildToken(uint64,address) 0a8099e3",
  ChildERC20: `withdraw(uint256) 2e1a7d4d; withdrawTo(address,uint256) 205c2878; deposit(address,bytes) cf2c52cb;
    name() 06fdde03; symbol() 95d89b41; decimals() 313ce567; totalSupply() 18160ddd; balanceOf(address) 70a08231;
    transfer(address,uint256) a9059cbb`,
  ChildERC721: `withdraw(uint256) 2e1a7d4d; withdrawTo(address,uint256) 205c2878; withdrawBatch(uint256[]) 9c8d4156;
    withdrawBatchTo(address,uint256[]) ff9fd262; withdrawWithMetadata(uint256) a5e584dc;
    withdrawWithMetadataTo(address,uint256) 8ce7cee4; deposit(address,bytes) cf2c52cb; ownerOf(uint256) 6352211e`,
  ChildERC1155: `withdrawSingle(uint256,uint256) 2262f53f; withdrawBatch(uint256[],uint256[]) 5c5fb521;
    deposit(address,bytes) cf2c52cb; safeTransferFrom(address,address,uint256,uint256,bytes) f242432a`,
};

// Topic 0 by contract and event.
const TOPICS = {
  NativeToken: {
    Withdraw: "0xebff2602b3f468259e1e99f613fed6691f3a6526effe6ef3e768ba7ae7a36c4f",
    WithdrawTo: WITHDRAW_TO,
    Transfer: TRANSFER,
    Deposit: "0x4e2ca0515ed1aef1395f66b5303bb5d6f1bf9d61a353fa53f73f8ac9973fa9f6",
    LogTransfer: "0xe6497e3ee548a3372136af2fcb0696db31fc6cf20260707645068bd3fe97f3c4",
  },
  ChildChainManager: { TokenMapped: "0xd7637a5eceae48a2a5726dae780229d3d77f026d4431b191bb895f197e6ad563" },
  ChildERC20: { WithdrawTo: WITHDRAW_TO, Transfer: TRANSFER },
  ChildERC721: {
    WithdrawTo: WITHDRAW_TO,
    Transfer: TRANSFER,
    WithdrawnBatch: "0xf871896b17e9cb7a64941c62c188a4f5c621b86800e3d15452ece01ce56073df",
    TransferWithMetadata: "0xf94915c6d1fd521cee85359239227480c7e8776d7caf1fc3bacad5c269b66a14",
  },
  ChildERC1155: {
    TransferSingle: "0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62",
    TransferBatch: "0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb",
  },
};

for (const [name, table] of Object.entries(SELECTORS)) {
  test(`${name} answers every selector of the specification`, () => {
    const { abi, runtime } = artifact(name);
    const known = abi.filter(({ type }) => type === "function").map(signatureOf);
    for (const line of table.split(";")) {
      const [signature, expected] = line.trim().split(" ");
      assert.ok(known.includes(signature), `${signature} is missing`);
      assert.equal(selector(signature), `0x${expected}`, signature);
      assert.ok(runtime.includes(`63${expected}`), `${signature} is not dispatched`);
    }
  });
}

test("the native token answers the 29 selectors of the replacement code and no other", () => {
  const functions = artifact("NativeToken").abi.filter(({ type }) => type === "function");
  assert.equal(functions.length, 29);
  assert.equal(functions.filter(({ name }) => name.startsWith("EIP712_")).length, 3);
});

test("events have the topics of the specification, the system contracts have none", () => {
  for (const [name, topics] of Object.entries(TOPICS)) {
    const events = artifact(name).abi.filter(({ type }) => type === "event");
    for (const [event, topic] of Object.entries(topics)) {
      assert.equal(keccak(signatureOf(events.find((entry) => entry.name === event))), topic, event);
    }
  }
  for (const name of ["ValidatorSet", "StateReceiver"]) {
    assert.equal(artifact(name).abi.filter(({ type }) => type === "event").length, 0);
  }
});

test("the call data of these tests is that of the golden vectors", () => {
  const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, "../../vectors/abi/encodings.json"), "utf8"));
  const abis = Object.keys(SELECTORS).flatMap((name) => artifact(name).abi);
  const ours = new Set(abis.filter(({ type }) => type === "function").map(signatureOf));
  let checked = 0;
  for (const { input, expect } of cases) {
    if (input.kind !== "function" || !ours.has(input.signature)) continue;
    const types = /\((.*)\)/.exec(input.signature)[1].split(",").filter(Boolean);
    assert.equal(concat(expect.selector, encode(types, input.args)), expect.calldata, input.signature);
    checked++;
  }
  assert.ok(checked > 50);
});

test("no code uses an opcode of London or later", () => {
  const later = { 0x48: "BASEFEE", 0x49: "BLOBHASH", 0x4a: "BLOBBASEFEE", 0x5c: "TLOAD", 0x5d: "TSTORE", 0x5e: "MCOPY", 0x5f: "PUSH0" };
  for (const name of Object.keys(SELECTORS)) {
    const code = Buffer.from(artifact(name).runtime.slice(2), "hex");
    for (let at = 0; at < code.length; at++) {
      assert.equal(later[code[at]], undefined, `${name} at ${at}`);
      if (code[at] >= 0x60 && code[at] <= 0x7f) at += code[at] - 0x5f;
    }
  }
});

// ---- ValidatorSet

const MAINNET = ["dcc05b56f58af80dba0f6751c223f231dcab3e1a", "d782c11d7f8be621bd726f9241acc0278ae2a4a2",
  "4c95a52686a9b3ff9cf787b94b8549a988334c57", "f5094a6c2f33d9b218d3dc386323695c51f0df79",
  "fd0a288bad34306fd0295ca48d5f9ccb21da5304", "201eb831f3ac536a0b4dd7e14c61b14c314bc537",
  "6e275592bd4af7192e9016b7c80d0db0a3ba190a"].map((digits) => `0x${digits}`);
const PRODUCERS = [[4, 30, "0x9fb29aac15b9a4b7f17c3385939b007540f4d791"], [5, 20, "0x96c42c56fdb78294f96b0cfa33c92bed7d75f96a"]];
const ENCODED = rlp(PRODUCERS);

async function mainnet() {
  const world = await createWorld(199);
  const storage = validatorSetStorage({ members: MAINNET.map((signer) => [signer, 1]) });
  const set = await world.genesis("ValidatorSet", VALIDATOR_SET, { storage });
  const commit = (number, ...args) => set.send("commitSpan", args, { from: SYSTEM, number });
  return { world, set, commit };
}

test("the constants are those of mainnet when genesis sets the members alone", async () => {
  const { set } = await mainnet();
  assert.equal(await set.read("SPRINT"), 64n);
  assert.equal(await set.read("FIRST_END_BLOCK"), 255n);
  assert.equal(await set.read("VOTE_TYPE"), 2n);
  assert.equal(await set.read("ROUND_TYPE"), "0x0932bdf85fc8aa10ac3c22f02317f8f53d4b4f52235ed1eabb3a4cbbe08b5c41");
  assert.equal(await set.read("CHAIN"), "0x4a501f1858df21bf6cde1b1ec918088627020748ab15da267c29570bf5c75078");
  assert.equal(await set.read("BOR_ID"), "0x07419a2d1ac8ef9d7b4eba9c7295219e418613ee09ce518ad2ceb0b79354e7bb");
  assert.equal(await set.read("SYSTEM_ADDRESS"), SYSTEM);
  assert.deepEqual(await set.read("getInitialValidators"), [MAINNET, MAINNET.map(() => 1n)]);
});

test("the chain hashes follow the chain id", async () => {
  const world = await createWorld(1029);
  const set = await world.genesis("ValidatorSet", VALIDATOR_SET);
  assert.equal(await set.read("CHAIN"), "0x4fc700be0d74e2050168595f410032a22142ea706bce54d662998587cefe7d2d");
  assert.equal(await set.read("BOR_ID"), "0x0c978dce7d1d407b588f07e2560b814521b1c4bd9935c52651a8fcd1eb6e9e5f");
});

test("D9: span 1 is committed at 64 with span 0, and again at 192 in vain", async () => {
  const { set, commit } = await mainnet();
  const none = await set.read("getCurrentSpan", [], { number: 63 });
  assert.deepEqual(none, [0n, 0n, 0n]);

  const first = await commit(64, 1, 256, 6655, ENCODED, ENCODED);
  assert.ok(first.ok);
  assert.deepEqual(first.logs, []);
  assert.equal(await set.read("spanNumbers", [0]), 0n);
  assert.equal(await set.read("spanNumbers", [1]), 1n);
  assert.equal((await set.send("spanNumbers", [2])).ok, false);
  assert.deepEqual(await set.read("spans", [0]), [0n, 0n, 255n]);
  assert.deepEqual(await set.read("getSpan", [1]), [1n, 256n, 6655n]);

  const again = await commit(192, 1, 256, 6655, ENCODED, ENCODED);
  assert.equal(again.text, "Span already exists");

  const initial = await set.read("getInitialValidators");
  const committed = [PRODUCERS.map(([, , signer]) => signer), PRODUCERS.map(([, power]) => BigInt(power))];
  assert.deepEqual(await set.read("getBorValidators", [255]), initial);
  assert.deepEqual(await set.read("getBorValidators", [256]), committed);
  assert.deepEqual(await set.read("getBorValidators", [10000]), committed);
  assert.deepEqual(await set.read("getValidators", [], { number: 255 }), initial);
  assert.deepEqual(await set.read("getValidators", [], { number: 256 }), committed);
});

test("D8: the call data of the specification on a chain with sprint 4", async () => {
  const world = await createWorld(15001);
  const members = [["0x71562b71999873db5b286df957af199ec94617f7", 10]];
  const storage = validatorSetStorage({ sprint: 4, firstEndBlock: 7, members });
  const set = await world.genesis("ValidatorSet", VALIDATOR_SET, { storage });
  const list = "0xf848d7051e949fb29aac15b9a4b7f17c3385939b007540f4d791d701149496c42c56fdb78294f96b0cfa33c92bed7d75f96a"
    + "d7020a94c787af4624cb3e80ee23ae7faac0f2acea2be34c";
  const tail = concat(word(0x4a), list, `0x${"00".repeat(22)}`);
  const data = concat("0x23c2a2b4", word(1), word(0x100), word(0x19ff), word(0xa0), word(0x120), tail, tail);

  const result = await world.call({ from: SYSTEM, to: VALIDATOR_SET, data, number: 4 });
  assert.ok(result.ok);
  assert.deepEqual(result.logs, []);
  assert.equal(await set.read("SPRINT"), 4n);
  assert.equal(await set.read("currentSprint", [], { number: 11 }), 2n);
  assert.deepEqual(await set.read("spans", [0]), [0n, 0n, 7n]);
  assert.deepEqual(await set.read("getBorValidators", [7]), [["0x71562b71999873db5b286df957af199ec94617f7"], [10n]]);
  assert.deepEqual(await set.read("getBorValidators", [8]), [
    ["0x9fb29aac15b9a4b7f17c3385939b007540f4d791", "0x96c42c56fdb78294f96b0cfa33c92bed7d75f96a",
      "0xc787af4624cb3e80ee23ae7faac0f2acea2be34c"],
    [30n, 20n, 10n],
  ]);
});

test("the rules of commitSpan, in their order", async () => {
  const { set, commit } = await mainnet();
  const refused = async (number, args, text) => assert.equal((await commit(number, ...args, ENCODED, ENCODED)).text, text);
  const stranger = await set.send("commitSpan", [1, 256, 6655, ENCODED, ENCODED], { from: USER, number: 64 });
  assert.equal(stranger.text, "Not System Addess!");

  await refused(64, [2, 256, 6655], "Invalid span id");
  await refused(64, [0, 256, 255], "Invalid span id");
  await refused(64, [1, 256, 256], "End block must be greater than start block");
  await refused(64, [1, 256, 255], "End block must be greater than start block");
  await refused(64, [1, 256, 6656], "Difference between start and end block must be in multiples of sprint");
  assert.equal((await set.send("spanNumbers", [0])).ok, false, "a refused commit leaves nothing behind");

  assert.ok((await commit(64, 1, 256, 6655, ENCODED, ENCODED)).ok);
  await refused(192, [2, 6656, 13055], "Invalid span id");
  await refused(6592, [2, 192, 255], "Start block must be greater than current span");
  await refused(6592, [1, 256, 6655], "Invalid span id");
  assert.ok((await commit(6592, 2, 6656, 13055, ENCODED, ENCODED)).ok);
  await refused(6592, [2, 6656, 13055], "Span already exists");
  assert.ok((await commit(6656, 3, 6656, 6719, ENCODED, ENCODED)).ok, "overlaps are accepted");
  assert.equal(await set.read("getSpanByBlock", [6656]), 3n, "the newest span that holds the block");
  assert.equal(await set.read("getSpanByBlock", [6720]), 2n);
  assert.equal(await set.read("getSpanByBlock", [20000]), 3n, "the newest span where none holds the block");
});

test("malformed lists are refused", async () => {
  const { commit } = await mainnet();
  const good = rlp([[1, 1, MAINNET[0]]]);
  assert.ok((await commit(64, 1, 256, 6655, good, "0xc0")).ok);
  const nineteen = rlp([[1, 1, MAINNET[0].slice(0, -2)]]);
  const broken = ["0x", "0x80", "0x01", "0xc1", "0xc180", "0xc1c0", "0xc3c20102", "0xc0c0", `${good}00`, good.slice(0, -2), nineteen,
    rlp([[1, 1, MAINNET[0], 1]]), rlp([["0x0001", 1, MAINNET[0]]]), rlp([["0x00", 1, MAINNET[0]]]), rlp([[`0x${"11".repeat(33)}`, 1, MAINNET[0]]]),
    rlp([[[], 1, MAINNET[0]]]), `0xd9d8810101${rlp(MAINNET[0]).slice(2)}`, concat("0xf818", `0x${good.slice(4)}`), `0xff${"ff".repeat(8)}`,
    `0xf900${good.slice(2)}`];
  for (const list of broken) {
    assert.equal((await commit(6592, 2, 6656, 13055, list, good)).ok, false, `validators ${list}`);
    assert.equal((await commit(6592, 2, 6656, 13055, good, list)).ok, false, `producers ${list}`);
  }
});

test("a list of hundred members takes the long form", async () => {
  const { set, commit } = await mainnet();
  const many = Array.from({ length: 100 }, (_, i) => [i + 1, BigInt(i) ** 9n, word(i + 1000).replace(/^0x0{24}/, "0x")]);
  assert.ok((await commit(64, 1, 256, 6655, rlp(many), rlp(many.slice(0, 40)))).ok);
  const [signers, powers] = await set.read("getBorValidators", [256]);
  assert.deepEqual(signers, many.slice(0, 40).map(([, , signer]) => signer));
  assert.deepEqual(powers, many.slice(0, 40).map(([, power]) => power));
  assert.deepEqual(await set.read("validators", [1, 99]), [100n, 99n ** 9n, many[99][2]]);
  assert.equal((await set.send("validators", [1, 100])).ok, false);
});

test("members are found by signer and summed by span", async () => {
  const { set, commit } = await mainnet();
  await commit(64, 1, 256, 6655, ENCODED, rlp(PRODUCERS.slice(1)));
  const [[, , one], [, , two]] = PRODUCERS;
  assert.deepEqual(await set.read("getValidatorBySigner", [1, one]), [4n, 30n, one]);
  assert.deepEqual(await set.read("getValidatorBySigner", [1, USER]), [0n, 0n, ZERO]);
  assert.deepEqual(await set.read("getValidatorBySigner", [0, MAINNET[2]]), [2n, 1n, MAINNET[2]], "span 0 numbers from 0");
  assert.equal(await set.read("isValidator", [1, one]), true);
  assert.equal(await set.read("isProducer", [1, one]), false);
  assert.equal(await set.read("isProducer", [1, two]), true);
  assert.equal(await set.read("isValidator", [1, ZERO]), false);
  assert.equal(await set.read("isCurrentValidator", [one], { number: 255 }), false);
  assert.equal(await set.read("isCurrentValidator", [one], { number: 256 }), true);
  assert.equal(await set.read("isCurrentProducer", [MAINNET[6]], { number: 255 }), true);
  assert.equal(await set.read("getValidatorsTotalStakeBySpan", [1]), 50n);
  assert.equal(await set.read("getProducersTotalStakeBySpan", [1]), 20n);
  assert.deepEqual(await set.read("getNextSpan", [], { number: 200 }), [1n, 256n, 6655n]);
});

test("spans lie where the specification puts them", async () => {
  const { world, commit } = await mainnet();
  await commit(64, 1, 256, 6655, ENCODED, ENCODED);
  const at = (slot) => world.storageAt(VALIDATOR_SET, slot);
  assert.equal(await at(3), word(2));
  assert.equal(await at(arraySlot(3, 1)), word(1));
  assert.equal(await at(word(BigInt(mappingSlot(1, 2)) + 2n)), word(6655));
  for (const mapping of [0, 1]) {
    const list = mappingSlot(1, mapping);
    assert.equal(await at(list), word(2));
    assert.equal(await at(arraySlot(list, 1, 3, 0)), word(5));
    assert.equal(await at(arraySlot(list, 1, 3, 1)), word(20));
    assert.equal(await at(arraySlot(list, 1, 3, 2)), word(PRODUCERS[1][2]));
  }
});

test("the membership proof climbs a SHA-256 tree", async () => {
  const { set } = await mainnet();
  const data = keccak("data");
  const sibling = keccak("sibling");
  const leaf = await set.read("leafNode", [data]);
  const left = await set.read("innerNode", [sibling, leaf]);
  const root = await set.read("innerNode", [left, sibling]);
  const proof = concat("0x00", sibling, "0x01", sibling);
  assert.equal(await set.read("checkMembership", [root, data, proof]), true);
  assert.equal(await set.read("checkMembership", [root, sibling, proof]), false);
  assert.equal(await set.read("checkMembership", [data, data, "0x"]), true, "an empty proof compares the raw data");
  assert.equal(await set.read("checkMembership", [leaf, data, "0x"]), false);
});

test("votes weigh the power of ascending distinct signers", async () => {
  const { set, commit } = await mainnet();
  const digest = keccak("vote");
  const voters = ["a", "b", "c"].map((seed) => {
    const key = unhex(keccak(seed));
    const signature = secp256k1.sign(unhex(digest), key, { prehash: false, format: "recovered" });
    const vote = (v) => concat(hex(signature.slice(1)), `0x${(signature[0] + v).toString(16).padStart(2, "0")}`);
    return { signer: `0x${keccak(hex(secp256k1.getPublicKey(key, false).slice(1))).slice(26)}`, vote };
  }).sort((p, q) => (p.signer < q.signer ? -1 : 1));
  const list = rlp([[1, 100, voters[0].signer], [2, 10, voters[2].signer]]);
  assert.ok((await commit(64, 1, 256, 6655, list, "0xc0")).ok);
  const power = (...votes) => set.read("getStakePowerBySigs", [1, digest, concat("0x", ...votes)]);
  const [low, none, high] = voters.map(({ vote }) => vote(27));
  assert.equal(await power(), 0n);
  assert.equal(await power(low, none, high), 110n);
  assert.equal(await power(voters[0].vote(0), high), 110n);
  assert.equal(await power(low, low), 100n);
  assert.equal(await power(high, low), 10n);
  assert.equal(await power(voters[0].vote(29), high), 10n, "another v is no signature");
});

test("README.md names the genesis slots", () => {
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  const slots = ["sprint", "firstEndBlock", "initialValidators"].map((name) => keccak(`bttc.genesis.${name}`));
  for (const slot of [...slots, keccak(slots[2])]) assert.ok(readme.includes(slot), slot);
});

// ---- StateReceiver

/** A chain with the bridge in genesis: the manager owns both tokens, the contract at 0x…1010 holds the reserve. */
async function bridge() {
  const world = await createWorld(199);
  const receiver = await world.genesis("StateReceiver", STATE_RECEIVER);
  const manager = await world.genesis("ChildChainManager", MANAGER, { storage: { 0: STATE_RECEIVER } });
  const native = await world.genesis("NativeToken", NATIVE_TOKEN, {
    balance: 1000n * BTT,
    storage: { 0: MANAGER, 2: ROOT_BTT, 6: word(5n * BTT), 7: word(1) },
  });
  const token = await world.genesis("ChildERC20", CHILD_TOKEN, {
    storage: { 0: MANAGER, 1: shortString("Some Token"), 2: shortString("SOME"), 3: word(6) },
  });
  await world.put(USER, { balance: 100n * BTT });
  const deliver = (id, to, data) => {
    const record = rlp([id, to, data, keccak(`tx ${id}`), 3, "0x313939"]);
    return receiver.send("commitState", [1700000000, record], { from: SYSTEM, number: 128 });
  };
  return { world, receiver, manager, native, token, deliver };
}

const succeeded = (result) => result.ok && decode(["bool"], result.data)[0];
const message = (kind, types, values) => encode(["bytes32", "bytes"], [keccak(kind), encode(types, values)]);
const depositMessage = (user, root, chain, amount) =>
  message("DEPOSIT", ["address", "address", "uint64", "bytes"], [user, root, chain, word(amount)]);
const mapMessage = (root, child, chain) =>
  message("MAP_TOKEN", ["address", "address", "uint64", "bytes32"], [root, child, chain, keccak("ERC20")]);

test("D10: a receiver without code uses the id up", async () => {
  const { receiver, deliver } = await bridge();
  const result = await deliver(1, "0xb55969a6d60413a63291a1de572269875df541e3", `0x${"11".repeat(128)}`);
  assert.ok(result.ok);
  assert.equal(succeeded(result), false);
  assert.deepEqual(result.logs, []);
  assert.equal(await receiver.read("lastStateId"), 1n);
});

test("ids follow one another", async () => {
  const { receiver, deliver } = await bridge();
  assert.equal((await deliver(0, USER, "0x")).text, "StateIds are not sequential");
  assert.equal((await deliver(2, USER, "0x")).text, "StateIds are not sequential");
  for (let id = 1; id <= 130; id++) assert.ok((await deliver(id, USER, "0x")).ok);
  assert.equal((await deliver(130, USER, "0x")).text, "StateIds are not sequential");
  assert.equal(await receiver.read("lastStateId"), 130n);
});

test("only the client delivers, and only well-formed records", async () => {
  const { receiver } = await bridge();
  const record = rlp([1, USER, "0x1234", keccak("tx"), 0, "0x313939"]);
  const commit = (data, from) => receiver.send("commitState", [0, data], { from });
  assert.equal((await commit(record, USER)).text, "Not System Addess!");
  for (const bad of ["0x", "0xc0", "0xc101", rlp([1, USER]), rlp([1, "0x11", "0x"]), rlp([1, USER, ["0x"]]), `${record}00`, record.slice(0, -2)]) {
    assert.equal((await commit(bad, SYSTEM)).ok, false, bad);
  }
  assert.equal(await receiver.read("lastStateId"), 0n);
  assert.ok((await commit(record, SYSTEM)).ok);
});

test("a receiver gets the message from 0x…1001 with 5,000,000 gas", async () => {
  const { world, deliver } = await bridge();
  const gauge = "0x00000000000000000000000000000000000000aa";
  await world.put(gauge, { code: "0x5a60005500" }); // GAS, PUSH1 0, SSTORE
  assert.ok(succeeded(await deliver(1, gauge, "0x")));
  assert.equal(await world.storageAt(gauge, 0), word(4999998));

  const recorder = "0x00000000000000000000000000000000000000bb";
  await world.put(recorder, { code: "0x36600060003733366000a100" }); // logs its call data under its caller
  const result = await deliver(2, recorder, "0xc0ffee");
  assert.ok(succeeded(result));
  assert.deepEqual(result.logs, [{
    address: recorder,
    topics: [word(STATE_RECEIVER)],
    data: concat("0x26c53bea", encode(["uint256", "bytes"], [2, "0xc0ffee"])),
  }]);
});

test("a receiver that fails, or runs out of gas, uses the id up", async () => {
  const { world, receiver, deliver } = await bridge();
  const failing = {
    "0x00000000000000000000000000000000000000c1": "0x60006000fd", // reverts
    "0x00000000000000000000000000000000000000c2": "0xfe", // burns all its gas
    "0x00000000000000000000000000000000000000c3": "0x621000006000fd", // reverts with a mebibyte of data
  };
  let id = 0;
  for (const [address, code] of Object.entries(failing)) {
    await world.put(address, { code });
    const result = await deliver(++id, address, "0x");
    assert.ok(result.ok, code);
    assert.equal(succeeded(result), false, code);
  }
  assert.equal(await receiver.read("lastStateId"), BigInt(id));
});

// ---- Child chain manager

test("a deposit message has the nine words of the specification", () => {
  assert.equal(depositMessage(USER, ROOT_TOKEN, 1, 7), concat(
    "0x87a7811f4bfedea3d341ad165680ae306b01aaeacc205d227629cf157dd9f821",
    word(0x40), word(0xc0), word(USER), word(ROOT_TOKEN), word(1), word(0x80), word(0x20), word(7),
  ));
});

test("a mapping and a deposit travel from the state receiver to a child token", async () => {
  const { manager, token, deliver } = await bridge();
  assert.equal(succeeded(await deliver(1, MANAGER, depositMessage(USER, ROOT_TOKEN, 1, 7))), false, "not mapped yet");

  const mapped = await deliver(2, MANAGER, mapMessage(ROOT_TOKEN, CHILD_TOKEN, 1));
  assert.ok(succeeded(mapped));
  assert.deepEqual(mapped.logs, [{
    address: MANAGER,
    topics: [TOPICS.ChildChainManager.TokenMapped, word(1), word(ROOT_TOKEN), word(CHILD_TOKEN)],
    data: "0x",
  }]);
  assert.equal(await manager.read("getRootToChildToken", [1, ROOT_TOKEN]), CHILD_TOKEN);
  assert.equal(await manager.read("getRootToChildToken", [2, ROOT_TOKEN]), ZERO);
  assert.equal(await manager.read("rootToChildToken", [concat("0x01", ROOT_TOKEN)]), CHILD_TOKEN);
  assert.equal(await manager.read("childToRootToken", [CHILD_TOKEN]), ROOT_TOKEN);

  const deposited = await deliver(3, MANAGER, depositMessage(USER, ROOT_TOKEN, 1, 7));
  assert.ok(succeeded(deposited));
  assert.deepEqual(deposited.logs, [{ address: CHILD_TOKEN, topics: [TRANSFER, word(0), word(USER)], data: word(7) }]);
  assert.equal(await token.read("balanceOf", [USER]), 7n);
});

test("a deposit of native BTT is paid out of the reserve", async () => {
  const { world, native, deliver } = await bridge();
  await deliver(1, MANAGER, mapMessage(ROOT_BTT, NATIVE_TOKEN, 1));
  const result = await deliver(2, MANAGER, depositMessage(USER, ROOT_BTT, 1, 3n * BTT));
  assert.ok(succeeded(result));
  assert.deepEqual(result.logs, [{
    address: NATIVE_TOKEN,
    topics: [TOPICS.NativeToken.Deposit, word(ROOT_BTT), word(USER)],
    data: concat(word(3n * BTT), word(100n * BTT), word(103n * BTT)),
  }]);
  assert.equal(await world.balanceOf(USER), 103n * BTT);
  assert.equal(await native.read("balanceOf", [NATIVE_TOKEN]), 997n * BTT);
  assert.equal(await native.read("currentSupply"), 8n * BTT);

  assert.equal(succeeded(await deliver(3, MANAGER, depositMessage(USER, ROOT_BTT, 1, 998n * BTT))), false, "beyond the reserve");
  assert.equal(succeeded(await deliver(4, MANAGER, depositMessage(USER, ROOT_BTT, 1, 0))), false, "nothing");
  assert.equal(await native.read("currentSupply"), 8n * BTT);
});

test("the manager takes two kinds of messages from one sender", async () => {
  const { manager } = await bridge();
  const receive = (data, from = STATE_RECEIVER) => manager.send("onStateReceive", [1, data], { from });
  assert.equal((await receive(mapMessage(ROOT_TOKEN, CHILD_TOKEN, 1), SYSTEM)).text, "ChildChainManager: INSUFFICIENT_PERMISSIONS");
  assert.equal((await receive(message("OTHER", [], []))).text, "ChildChainManager: INVALID_SYNC_TYPE");
  assert.equal((await receive(depositMessage(USER, ROOT_TOKEN, 1, 7))).text, "ChildChainManager: TOKEN_NOT_MAPPED");
  assert.equal((await receive("0x")).ok, false);
  const role = "0xb737cb9002cff05f414da9df8b1cdaf43b188015b1b4ac404e2200119cd5b5c8";
  assert.equal(await manager.read("STATE_SYNCER_ROLE"), role);
  assert.equal(await manager.read("hasRole", [role, STATE_RECEIVER]), true);
  assert.equal(await manager.read("hasRole", [role, SYSTEM]), false);
  assert.equal(await manager.read("DEPOSIT"), "0x87a7811f4bfedea3d341ad165680ae306b01aaeacc205d227629cf157dd9f821");
  assert.equal(await manager.read("MAP_TOKEN"), "0x2cef46a936bdc5b7e6e8c71aa04560c41cf7d88bb26901a7e7f4936ff02accad");
});

test("a new mapping clears what either side was mapped to on that chain, and on that chain alone", async () => {
  const { manager } = await bridge();
  const [r1, r2, c1, c2] = [1, 2, 3, 4].map((i) => word(i * 0x1111).replace(/^0x0{24}/, "0x"));
  const map = async (...args) => assert.ok((await manager.send("onStateReceive", [1, mapMessage(...args)], { from: STATE_RECEIVER })).ok);
  const child = (chain, root) => manager.read("getRootToChildToken", [chain, root]);
  await map(r1, c1, 1);
  await map(r1, c2, 1);
  assert.equal(await child(1, r1), c2);
  assert.equal(await manager.read("childToRootToken", [c1]), ZERO);
  await map(r2, c2, 1);
  assert.equal(await child(1, r1), ZERO);
  assert.equal(await child(1, r2), c2);

  await map(r1, c2, 2);
  assert.equal(await child(1, r2), c2, "the entry of the other chain stays: deposits of both mint one child");
  assert.equal(await child(2, r1), c2);
  assert.equal(await manager.read("childToRootToken", [c2]), r1);
});

// ---- Native token

test("the native token describes itself", async () => {
  const { native } = await bridge();
  assert.equal(await native.read("name"), "BitTorrent Token");
  assert.equal(await native.read("symbol"), "BTT");
  assert.equal(await native.read("decimals"), 18n);
  assert.equal(await native.read("totalSupply"), 10n ** 34n);
  assert.equal(await native.read("balanceOf", [USER]), 100n * BTT);
  assert.equal(await native.read("CHAINID"), 199n);
  assert.equal(await native.read("networkId"), "0x313939");
  assert.equal(await native.read("owner"), MANAGER);
  assert.equal(await native.read("token"), ROOT_BTT);
});

test("a withdrawal logs Withdraw, WithdrawTo and Transfer in this order", async () => {
  const { world, native } = await bridge();
  const amount = 2n * BTT;
  const result = await native.send("withdrawTo", [OTHER, amount], { from: USER, value: amount });
  assert.ok(result.ok);
  assert.deepEqual(result.logs.map(({ topics, data }) => ({ topics, data })), [
    { topics: [TOPICS.NativeToken.Withdraw, word(ROOT_BTT), word(USER)], data: concat(word(amount), word(98n * BTT), word(98n * BTT)) },
    { topics: [WITHDRAW_TO, word(OTHER), word(0)], data: word(amount) },
    { topics: [TRANSFER, word(USER), word(0)], data: word(amount) },
  ]);
  assert.ok(result.logs.every(({ address }) => address === NATIVE_TOKEN));
  assert.equal(await native.read("currentSupply"), 3n * BTT);
  assert.equal(await world.balanceOf(NATIVE_TOKEN), 1002n * BTT);

  const own = await native.send("withdraw", [amount], { from: USER, value: amount });
  assert.deepEqual(own.logs[1].topics, [WITHDRAW_TO, word(USER), word(0)], "withdraw is withdrawTo the caller");
});

test("a withdrawal must carry its amount, and be covered by deposits", async () => {
  const { world, native } = await bridge();
  const attempt = (amount, value) => native.send("withdraw", [amount], { from: USER, value });
  assert.equal((await attempt(BTT, 2n * BTT)).text, "Insufficient amount");
  assert.equal((await attempt(2n * BTT, BTT)).text, "Insufficient amount");
  assert.equal((await attempt(0n, 0n)).text, "Insufficient amount");
  const beyond = await attempt(6n * BTT, 6n * BTT);
  assert.equal(beyond.ok, false);
  assert.equal(beyond.data, "0x", "no text");
  assert.equal(await world.balanceOf(USER), 100n * BTT);
  assert.equal(await native.read("currentSupply"), 5n * BTT);
});

test("a transfer forwards the value and logs both balances", async () => {
  const { world, native } = await bridge();
  const result = await native.send("transfer", [OTHER, BTT], { from: USER, value: BTT });
  assert.ok(succeeded(result));
  assert.deepEqual(result.logs.map(({ topics, data }) => ({ topics, data })), [
    { topics: [TRANSFER, word(USER), word(OTHER)], data: word(BTT) },
    { topics: [TOPICS.NativeToken.LogTransfer, word(ROOT_BTT), word(USER), word(OTHER)],
      data: concat(word(BTT), word(99n * BTT), word(0), word(99n * BTT), word(BTT)) },
  ]);
  assert.equal(await world.balanceOf(OTHER), BTT);

  const unequal = await native.send("transfer", [OTHER, BTT], { from: USER, value: 1n });
  assert.ok(unequal.ok);
  assert.equal(succeeded(unequal), false);
  assert.deepEqual(unequal.logs, []);
  assert.equal(await world.balanceOf(OTHER), BTT);
  assert.equal((await native.send("transfer", [NATIVE_TOKEN, BTT], { from: USER, value: BTT })).ok, false);
});

test("only the owner deposits", async () => {
  const { native } = await bridge();
  const deposit = (from, user, amount) => native.send("deposit", [user, word(amount)], { from });
  assert.equal((await deposit(USER, USER, BTT)).ok, false);
  assert.equal((await deposit(MANAGER, ZERO, BTT)).ok, false);
  assert.ok((await deposit(MANAGER, OTHER, BTT)).ok);
});

test("the fields lie in slots 0 to 7 and are set once", async () => {
  const world = await createWorld(199);
  const native = await world.genesis("NativeToken", NATIVE_TOKEN);
  assert.ok((await native.send("initialize", [MANAGER, ROOT_BTT], { from: USER })).ok, "by anyone");
  assert.equal((await native.send("initialize", [USER, ROOT_BTT], { from: MANAGER })).ok, false);
  assert.equal(await world.storageAt(NATIVE_TOKEN, 0), word(MANAGER));
  assert.equal(await world.storageAt(NATIVE_TOKEN, 2), word(ROOT_BTT));
  assert.equal(await world.storageAt(NATIVE_TOKEN, 7), word(1));
  assert.equal(await native.read("childChain"), ZERO, "initialize sets owner and token alone");
  assert.ok((await native.send("changeChildChain", [OTHER], { from: MANAGER })).ok);
  assert.equal(await world.storageAt(NATIVE_TOKEN, 3), word(OTHER));
  assert.equal((await native.send("transferOwnership", [USER], { from: USER })).ok, false);
  assert.ok((await native.send("transferOwnership", [USER], { from: MANAGER })).ok);
  assert.equal(await native.read("isOwner", [], { from: USER }), true);
  assert.ok((await native.send("renounceOwnership", [], { from: USER })).ok);
  assert.equal(await native.read("owner"), ZERO);
});

test("signed transfers are switched off", async () => {
  const { native } = await bridge();
  const order = ["0x", 1, keccak("data"), 0, USER];
  assert.equal((await native.send("transferWithSig", order, { from: USER })).text, "Disabled feature");
  assert.equal((await native.send("setParent", [USER], { from: MANAGER })).text, "Disabled feature");
});

// ---- Child token

test("a burn logs Transfer, then WithdrawTo with the beneficiary first", async () => {
  const { token } = await bridge();
  await token.send("deposit", [USER, word(10)], { from: MANAGER });
  const result = await token.send("withdrawTo", [OTHER, 4], { from: USER });
  assert.deepEqual(result.logs, [
    { address: CHILD_TOKEN, topics: [TRANSFER, word(USER), word(0)], data: word(4) },
    { address: CHILD_TOKEN, topics: [WITHDRAW_TO, word(OTHER), word(0)], data: word(4) },
  ]);
  const own = await token.send("withdraw", [1], { from: USER });
  assert.deepEqual(own.logs[1].topics, [WITHDRAW_TO, word(USER), word(0)]);
  assert.equal(await token.read("balanceOf", [USER]), 5n);
  assert.equal(await token.read("totalSupply"), 5n);
  assert.equal((await token.send("withdraw", [6], { from: USER })).ok, false);
});

test("a child token set up by genesis and one set up by its constructor are alike", async () => {
  const { world, token } = await bridge();
  const types = ["string", "string", "uint8", "address"];
  const { bytecode, runtime } = artifact("ChildERC20");
  // The creation code runs in place: what it returns is the code, what it stores is the storage.
  const at = "0x00000000000000000000000000000000000000dd";
  await world.put(at, { code: concat(bytecode, encode(types, ["Some Token", "SOME", 6, MANAGER])) });
  assert.equal((await world.call({ to: at, data: "0x" })).data, runtime);
  for (const slot of [0, 1, 2, 3]) {
    assert.equal(await world.storageAt(at, slot), await world.storageAt(CHILD_TOKEN, slot), `slot ${slot}`);
  }
  assert.equal(await token.read("name"), "Some Token");
  assert.equal(await token.read("symbol"), "SOME");
  assert.equal(await token.read("decimals"), 6n);
});

test("a child token moves like any ERC-20 and mints for its depositor alone", async () => {
  const { token } = await bridge();
  const role = "0x8f4f2da22e8ac8f11e15f9fc141cddbb5deea8800186560abb6e68c5496619a9";
  assert.equal(await token.read("DEPOSITOR_ROLE"), role);
  assert.equal(await token.read("hasRole", [role, MANAGER]), true);
  assert.equal((await token.send("deposit", [USER, word(10)], { from: USER })).text, "ChildERC20: INSUFFICIENT_PERMISSIONS");
  assert.equal((await token.send("deposit", [ZERO, word(10)], { from: MANAGER })).ok, false);
  await token.send("deposit", [USER, word(10)], { from: MANAGER });
  assert.equal((await token.send("deposit", [USER, word(2n ** 256n - 1n)], { from: MANAGER })).ok, false);

  assert.ok(succeeded(await token.send("transfer", [OTHER, 3], { from: USER })));
  assert.equal((await token.send("transfer", [ZERO, 1], { from: USER })).ok, false);
  assert.equal((await token.send("transfer", [OTHER, 8], { from: USER })).ok, false);
  assert.equal((await token.send("transferFrom", [USER, OTHER, 1], { from: OTHER })).ok, false);
  assert.ok(succeeded(await token.send("approve", [OTHER, 5], { from: USER })));
  assert.ok(succeeded(await token.send("transferFrom", [USER, OTHER, 4], { from: OTHER })));
  assert.equal(await token.read("allowance", [USER, OTHER]), 1n);
  assert.equal(await token.read("balanceOf", [USER]), 3n);
  assert.equal(await token.read("balanceOf", [OTHER]), 7n);
  assert.ok(succeeded(await token.send("transfer", [USER, 7], { from: OTHER })));
  assert.ok(succeeded(await token.send("transfer", [USER, 10], { from: USER })), "to itself");
  assert.equal(await token.read("balanceOf", [USER]), 10n);
  assert.equal(await token.read("totalSupply"), 10n);
});

// ---- Child tokens with ids

const APPROVAL = "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925";
const idOf = (topic, from, to, id) => ({ topics: [topic, word(from), word(to), word(id)], data: "0x" });
const burnOf = (id) => [idOf(APPROVAL, USER, ZERO, id), idOf(TRANSFER, USER, ZERO, id)];
const without = (logs) => logs.map(({ topics, data }) => ({ topics, data }));

async function pieces() {
  const world = await createWorld(199);
  const token = await world.genesis("ChildERC721", CHILD_TOKEN, {
    storage: { 0: MANAGER, 1: shortString("Some Pieces"), 2: shortString("PIECE") },
  });
  const deposit = (data, from = MANAGER) => token.send("deposit", [USER, data], { from });
  return { token, deposit };
}

test("an ERC-721 deposit is one id or a list of them", async () => {
  const { token, deposit } = await pieces();
  assert.deepEqual(without((await deposit(word(7))).logs), [idOf(TRANSFER, ZERO, USER, 7)]);
  assert.ok((await deposit(encode(["uint256[]"], [[8, 9]]))).ok);
  assert.equal(await token.read("balanceOf", [USER]), 3n);
  assert.equal(await token.read("ownerOf", [9]), USER);
  assert.equal((await deposit(word(9))).ok, false, "already there");
  assert.equal((await deposit(word(10), USER)).text, "ChildERC721: INSUFFICIENT_PERMISSIONS");
  assert.equal(await token.read("name"), "Some Pieces");
});

test("every burn of an ERC-721 token logs what the specification tells", async () => {
  const { token, deposit } = await pieces();
  await deposit(encode(["uint256[]"], [[1, 2, 3, 4, 5, 6]]));
  const burn = async (name, args) => without((await token.send(name, args, { from: USER })).logs);
  const paid = (to, id) => ({ topics: [WITHDRAW_TO, word(to), word(0)], data: word(id) });
  assert.deepEqual(await burn("withdrawTo", [OTHER, 1]), [...burnOf(1), paid(OTHER, 1)]);
  assert.deepEqual(await burn("withdraw", [2]), [...burnOf(2), paid(USER, 2)]);
  assert.deepEqual(await burn("withdrawBatchTo", [OTHER, [3, 4]]), [...burnOf(3), ...burnOf(4),
    { topics: [TOPICS.ChildERC721.WithdrawnBatch, word(OTHER)], data: encode(["uint256[]"], [[3, 4]]) }]);
  // The metadata is the ABI form of the token's URI, which is empty.
  const metadata = (to, id) => ({
    topics: [TOPICS.ChildERC721.TransferWithMetadata, word(to), word(0), word(id)],
    data: encode(["bytes"], [encode(["string"], [""])]),
  });
  assert.deepEqual(await burn("withdrawWithMetadataTo", [OTHER, 5]), [metadata(OTHER, 5), ...burnOf(5)]);
  assert.deepEqual(await burn("withdrawWithMetadata", [6]), [metadata(USER, 6), ...burnOf(6)]);
  assert.equal(await token.read("balanceOf", [USER]), 0n);

  await deposit(encode(["uint256[]"], [Array.from({ length: 21 }, (_, i) => i)]));
  const many = Array.from({ length: 21 }, (_, i) => i);
  assert.equal((await token.send("withdrawBatch", [many], { from: USER })).text, "ChildERC721: EXCEEDS_BATCH_LIMIT");
  assert.ok((await token.send("withdrawBatch", [many.slice(1)], { from: USER })).ok);
  assert.equal((await token.send("withdraw", [0], { from: OTHER })).text, "ChildERC721: INVALID_TOKEN_OWNER");
  assert.equal((await token.send("withdraw", [1], { from: USER })).ok, false, "burned already");
});

test("an ERC-721 token moves for its owner, who it approved, and operators", async () => {
  const { token, deposit } = await pieces();
  await deposit(encode(["uint256[]"], [[1, 2]]));
  assert.equal((await token.send("transferFrom", [USER, OTHER, 1], { from: OTHER })).ok, false);
  assert.ok((await token.send("approve", [OTHER, 1], { from: USER })).ok);
  assert.equal(await token.read("getApproved", [1]), OTHER);
  assert.ok((await token.send("transferFrom", [USER, OTHER, 1], { from: OTHER })).ok);
  assert.equal(await token.read("getApproved", [1]), ZERO);
  assert.ok((await token.send("setApprovalForAll", [OTHER, 1], { from: USER })).ok);
  assert.equal((await token.send("transferFrom", [OTHER, USER, 2], { from: OTHER })).ok, false, "not its owner");
  assert.ok((await token.send("transferFrom", [USER, OTHER, 2], { from: OTHER })).ok);
  assert.equal(await token.read("balanceOf", [OTHER]), 2n);
});

test("every burn of an ERC-1155 token logs what the specification tells", async () => {
  const world = await createWorld(199);
  const token = await world.genesis("ChildERC1155", CHILD_TOKEN, { storage: { 0: MANAGER } });
  const data = encode(["uint256[]", "uint256[]", "bytes"], [[1, 2], [10, 20], "0x"]);
  assert.equal((await token.send("deposit", [USER, data], { from: USER })).text, "ChildERC1155: INSUFFICIENT_PERMISSIONS");
  const { TransferSingle, TransferBatch } = TOPICS.ChildERC1155;
  const lists = (ids, amounts) => encode(["uint256[]", "uint256[]"], [ids, amounts]);
  assert.deepEqual(without((await token.send("deposit", [USER, data], { from: MANAGER })).logs),
    [{ topics: [TransferBatch, word(MANAGER), word(0), word(USER)], data: lists([1, 2], [10, 20]) }]);

  const burn = async (name, args) => without((await token.send(name, args, { from: USER })).logs);
  assert.deepEqual(await burn("withdrawSingle", [1, 4]),
    [{ topics: [TransferSingle, word(USER), word(USER), word(0)], data: concat(word(1), word(4)) }]);
  assert.deepEqual(await burn("withdrawBatch", [[1, 2], [6, 7]]),
    [{ topics: [TransferBatch, word(USER), word(USER), word(0)], data: lists([1, 2], [6, 7]) }]);
  assert.equal(await token.read("balanceOf", [USER, 1]), 0n);
  assert.equal(await token.read("balanceOf", [USER, 2]), 13n);
  assert.equal((await token.send("withdrawSingle", [1, 1], { from: USER })).ok, false);
  assert.equal((await token.send("withdrawBatch", [[2], [1, 1]], { from: USER })).ok, false);

  assert.ok((await token.send("safeTransferFrom", [USER, OTHER, 2, 3, "0x"], { from: USER })).ok);
  assert.equal((await token.send("safeTransferFrom", [USER, OTHER, 2, 3, "0x"], { from: OTHER })).ok, false);
  assert.ok((await token.send("setApprovalForAll", [OTHER, 1], { from: USER })).ok);
  assert.ok((await token.send("safeBatchTransferFrom", [USER, OTHER, [2], [10], "0x"], { from: OTHER })).ok);
  assert.equal(await token.read("balanceOf", [OTHER, 2]), 13n);
});
