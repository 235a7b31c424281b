// The built contracts beside the code that the public networks run, call by call: same results, same logs, same storage,
// and the same revert text where the specification gives one. The code comes from the genesis of a recorded chain;
// BTTC_CHAIN_DATA names the folder of such recordings.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { concat, hex, keccak, rlp, unhex, word } from "./abi.mjs";
import {
  NATIVE_TOKEN, STATE_RECEIVER, SYSTEM, VALIDATOR_SET, ZERO,
  arraySlot, artifact, createWorld, mappingSlot, validatorSetStorage,
} from "./world.mjs";

const folder = process.env.BTTC_CHAIN_DATA;
const recording = folder && join(folder, "chain-replay", "system-contracts.json.gz");
const spans = folder && join(folder, "span-commit", "spans.json");
const skip = recording && existsSync(recording) ? false : "BTTC_CHAIN_DATA names no folder with chain-replay/system-contracts.json.gz";

// Texts of the specification: here both sides must agree to the letter.
const TEXTS = ["Not System Addess!", "Invalid span id", "End block must be greater than start block",
  "Difference between start and end block must be in multiples of sprint", "Span already exists",
  "Start block must be greater than current span", "StateIds are not sequential", "Insufficient amount", "Disabled feature"];

const sender = (index) => word(0xf00d00 + index).replace(/^0x0{24}/, "0x");
const keys = [1, 2, 3, 4].map((i) => unhex(keccak(`key ${i}`)));
const signerOf = (key) => `0x${keccak(hex(secp256k1.getPublicKey(key, false).slice(1))).slice(26)}`;
keys.sort((a, b) => (signerOf(a) < signerOf(b) ? -1 : 1));

function genesis() {
  const { alloc, config } = JSON.parse(gunzipSync(readFileSync(recording))).cases[0].input.genesis;
  const replacement = Object.values(config.bor.blockAlloc)[0][NATIVE_TOKEN.slice(2)].code;
  return { code: (address) => alloc[address.slice(2)].code, replacement };
}

/** Two worlds, ours and the reference's, and a comparison of what one call does in both. */
async function pair(name, address, referenceCode, { storage, balance } = {}, between) {
  const [ours, theirs] = [await createWorld(199), await createWorld(199)];
  await theirs.put(address, { code: referenceCode, balance });
  const reference = theirs.handle(address, artifact(name).abi);
  const own = await ours.genesis(name, address, { storage: await between?.(reference) ?? storage, balance });
  const both = async (name, args = [], options = {}) => {
    const [mine, other] = [await own.send(name, args, options), await reference.send(name, args, options)];
    const what = `${name}(${args.map(String)})`;
    assert.equal(mine.ok, other.ok, `${what}: ours ${mine.text ?? mine.error}, theirs ${other.text ?? other.error}`);
    assert.deepEqual(mine.logs, other.logs, what);
    if (mine.ok || TEXTS.includes(other.text)) assert.equal(mine.data, other.data, what);
    return other;
  };
  const sameStorage = async (slots) => {
    for (const slot of slots) assert.equal(await ours.storageAt(address, slot), await theirs.storageAt(address, slot), `slot ${slot}`);
  };
  return { ours, theirs, both, sameStorage };
}

test("ValidatorSet does what the public networks' code does", { skip }, async () => {
  const { both, sameStorage } = await pair("ValidatorSet", VALIDATOR_SET, genesis().code(VALIDATOR_SET), {}, async (reference) => {
    const [signers, powers] = await reference.read("getInitialValidators");
    return validatorSetStorage({ members: signers.map((signer, i) => [signer, powers[i]]) });
  });
  const signers = keys.map(signerOf);
  const members = [[3, 10, signers[0]], [4, 20, signers[1]], [5, 30, signers[3]], [9, 7, signers[0]]];
  const [all, some] = [rlp(members), rlp(members.slice(1))];
  const commit = (number, ...span) => both("commitSpan", [...span, all, some], { from: SYSTEM, number });
  const views = async (number) => {
    for (const view of ["getCurrentSpan", "getNextSpan", "currentSpanNumber", "currentSprint", "getValidators"]) await both(view, [], { number });
    for (const view of ["getSpanByBlock", "getBorValidators"]) await both(view, [number], { number: 1 });
    for (const signer of [...signers, ZERO]) {
      for (const view of ["isCurrentValidator", "isCurrentProducer"]) await both(view, [signer], { number });
    }
  };

  for (const name of ["SPRINT", "FIRST_END_BLOCK", "CHAIN", "BOR_ID", "ROUND_TYPE", "VOTE_TYPE", "SYSTEM_ADDRESS", "getInitialValidators"]) await both(name);
  for (const number of [0, 64, 255, 256]) await views(number);
  await both("commitSpan", [1, 256, 6655, all, some], { from: sender(1), number: 64 });
  for (const span of [[0, 256, 6655], [2, 256, 6655], [1, 256, 256], [1, 300, 255], [1, 256, 6654], [1, 256, 6655]]) await commit(64, ...span);
  for (const number of [0, 63, 64, 255, 256, 6655, 6656, 10 ** 6]) await views(number);
  for (const span of [[1, 256, 6655], [2, 6656, 13055]]) await commit(192, ...span);
  for (const span of [[2, 192, 255], [2, 0, 6399], [3, 6656, 13055], [2, 6656, 13055], [2, 6656, 13055]]) await commit(6592, ...span);
  await commit(7000, 3, 6656, 6719);
  for (const number of [6655, 6656, 6719, 6720, 13055, 13056]) await views(number);
  for (let span = 0; span < 5; span++) {
    for (const view of ["getSpan", "spans", "spanNumbers", "getValidatorsTotalStakeBySpan", "getProducersTotalStakeBySpan"]) await both(view, [span]);
    for (const signer of [...signers, ZERO]) {
      for (const view of ["isValidator", "isProducer", "getValidatorBySigner"]) await both(view, [span, signer]);
    }
    for (let i = 0; i < 9; i++) await Promise.all([both("validators", [span, i]), both("producers", [span, i])]);
  }
  const slots = [word(3), ...[0, 1, 2, 3].map((i) => arraySlot(3, i))];
  for (let span = 0; span < 5; span++) {
    for (let i = 0n; i < 3n; i++) slots.push(word(BigInt(mappingSlot(span, 2)) + i));
    for (const list of [mappingSlot(span, 0), mappingSlot(span, 1)]) {
      slots.push(list);
      for (let i = 0; i < 24; i++) slots.push(arraySlot(list, i));
    }
  }
  await sameStorage(slots);
});

test("votes and membership are judged alike", { skip }, async () => {
  const { both, ours } = await pair("ValidatorSet", VALIDATOR_SET, genesis().code(VALIDATOR_SET));
  const set = ours.handle(VALIDATOR_SET, artifact("ValidatorSet").abi);
  const list = rlp(keys.map((key, i) => [i + 1, 10 ** i, signerOf(key)]).filter((_, i) => i !== 2));
  await both("commitSpan", [1, 256, 6655, list, list], { from: SYSTEM, number: 64 });

  const digest = keccak("vote");
  const sign = (key, v = 27) => {
    const signature = secp256k1.sign(unhex(digest), key, { prehash: false, format: "recovered" });
    return concat(hex(signature.slice(1)), `0x${(signature[0] + v).toString(16).padStart(2, "0")}`);
  };
  const [a, b, c, d] = keys.map((key) => sign(key));
  const noKey = concat(`0x${"ff".repeat(64)}`, "0x1b");
  for (const signatures of [[], [a], [a, b, d], [b, a], [a, a], [a, c, b], [c], [sign(keys[0], 0)], [sign(keys[0], 2), b], [noKey], [a, noKey],
    [a, "0x1234"], [a.slice(0, -2)], [a, b.slice(0, -2)]]) {
    await both("getStakePowerBySigs", [1, digest, concat("0x", ...signatures)]);
  }

  const [data, x, y] = ["data", "x", "y"].map((text) => keccak(text));
  const leaf = await set.read("leafNode", [data]);
  const root = await set.read("innerNode", [await set.read("innerNode", [x, leaf]), y]);
  for (const [from, proof] of [[root, concat("0x00", x, "0x01", y)], [root, concat("0x00", x, "0x02", y)], [root, concat("0x00", x, "0x00", y)],
    [root, concat("0x00", x, "0x01", y, "0x00")], [data, "0x"], [leaf, "0x"], [data, "0x00"], [leaf, x]]) {
    await both("checkMembership", [from, data, proof]);
  }
  await both("innerNode", [x, y]);
});

test("recorded span commits give their producers", { skip: skip || !existsSync(spans) }, async () => {
  for (const { name, expect } of JSON.parse(readFileSync(spans, "utf8")).cases) {
    const world = await createWorld(199);
    const set = await world.genesis("ValidatorSet", VALIDATOR_SET);
    const args = [1, 256, 6655, expect.validatorBytes, expect.producerBytes];
    assert.ok((await set.send("commitSpan", args, { from: SYSTEM, number: 64 })).ok, name);
    const [signers, powers] = await set.read("getBorValidators", [256]);
    const byAddress = signers.map((signer, i) => ({ signer, power: powers[i] })).sort((p, q) => (p.signer < q.signer ? -1 : 1));
    assert.deepEqual(byAddress, expect.producers.map(({ signer, power }) => ({ signer, power: BigInt(power) })), name);
  }
});

test("StateReceiver does what the public networks' code does", { skip }, async () => {
  const { ours, theirs, both, sameStorage } = await pair("StateReceiver", STATE_RECEIVER, genesis().code(STATE_RECEIVER));
  const receivers = { recorder: "0x36600060003733366000a100", gauge: "0x5a60005500", reverts: "0x60006000fd", burns: "0xfe", codeless: "0x" };
  const addresses = Object.keys(receivers).map((_, i) => sender(i));
  for (const world of [ours, theirs]) {
    for (const [i, code] of Object.values(receivers).entries()) await world.put(addresses[i], { code });
  }
  let id = 0;
  for (const size of [0, 1, 31, 32, 33, 55, 56, 300, 5000]) {
    for (const to of addresses) {
      const record = (id) => rlp([id, to, `0x${"a5".repeat(size)}`, keccak("tx"), size, "0x313939"]);
      await both("commitState", [1, record(id + 2)], { from: SYSTEM });
      await both("commitState", [1, record(id)], { from: SYSTEM });
      await both("commitState", [1, record(++id)], { from: SYSTEM });
      await both("commitState", [1, record(id + 1)], { from: to });
      await both("lastStateId");
    }
  }
  await sameStorage([0]);
  assert.equal(await ours.storageAt(addresses[1], 0), await theirs.storageAt(addresses[1], 0), "gas that the receiver saw");
});

test("NativeToken does what the public networks' replacement code does", { skip }, async () => {
  const reserve = 1000n;
  const { ours, theirs, both, sameStorage } = await pair("NativeToken", NATIVE_TOKEN, genesis().replacement, { balance: reserve });
  const [owner, user, other, stranger] = [0, 1, 2, 3].map(sender);
  const contracts = { [sender(10)]: "0x00", [sender(11)]: "0x60006000a0", [sender(12)]: "0x6001600055", [sender(13)]: "0x60006000fd", [sender(14)]: "0x5a60005260206000a0" };
  for (const world of [ours, theirs]) {
    await world.put(user, { balance: 500n });
    for (const [address, code] of Object.entries(contracts)) await world.put(address, { code });
  }
  const root = `0x${"22".repeat(20)}`;
  const withdrawals = async () => {
    for (const [amount, value] of [[0, 0], [1, 0], [0, 1], [5, 5], [5, 4], [4, 5], [400, 400], [10n ** 40n, 1]]) {
      await both("withdraw", [amount], { from: user, value: BigInt(value) });
      await both("withdrawTo", [other, amount], { from: user, value: BigInt(value) });
      await both("withdrawTo", [ZERO, amount], { from: user, value: BigInt(value) });
    }
  };

  for (const view of ["name", "symbol", "decimals", "totalSupply", "currentSupply", "token", "owner", "childChain", "parent", "CHAINID", "networkId",
    "EIP712_DOMAIN_HASH", "EIP712_DOMAIN_SCHEMA_HASH", "EIP712_TOKEN_TRANSFER_ORDER_SCHEMA_HASH"]) await both(view);
  await withdrawals();
  await both("deposit", [user, word(5)], { from: user });
  await both("transferOwnership", [user], { from: user });
  await both("initialize", [ZERO, root], { from: stranger });
  await both("initialize", [owner, root], { from: stranger });
  await both("initialize", [stranger, root], { from: stranger });
  for (const to of [user, other, ZERO, ...Object.keys(contracts)]) {
    for (const data of [word(0), word(7), word(reserve * 2n), "0x", "0x07", concat(word(9), word(1))]) await both("deposit", [to, data], { from: owner });
    await both("deposit", [to, word(7)], { from: stranger });
  }
  await both("deposit", [NATIVE_TOKEN, word(7)], { from: owner });
  await withdrawals();
  for (const to of [user, other, ZERO, NATIVE_TOKEN, owner, ...Object.keys(contracts)]) {
    for (const [amount, value] of [[0, 0], [3, 3], [3, 2], [2, 3]]) await both("transfer", [to, amount], { from: user, value: BigInt(value) });
  }
  for (const account of [owner, user, other, NATIVE_TOKEN]) await both("balanceOf", [account]);

  for (const from of [stranger, owner]) {
    for (const to of [ZERO, other]) await both("changeChildChain", [to], { from });
    await both("isOwner", [], { from });
    await both("setParent", [other], { from });
    await both("transferWithSig", ["0x", 1, word(1), 1, user], { from });
  }
  await sameStorage([0, 1, 2, 3, 4, 5, 6, 7]);
  for (const from of [stranger, owner]) {
    for (const to of [ZERO, user]) await both("transferOwnership", [to], { from });
  }
  for (const from of [owner, user]) await both("renounceOwnership", [], { from });
  await sameStorage([0, 1, 2, 3, 4, 5, 6, 7]);

  await both("getTokenTransferOrderHash", [user, 5, keccak("data"), 7]);
  await both("disabledHashes", [keccak("order")]);
  const digest = keccak("digest");
  const signature = secp256k1.sign(unhex(digest), keys[0], { prehash: false, format: "recovered" });
  for (const v of [0, 1, 2, 26, 27, 28, 29, 255]) await both("ecrecovery", [digest, concat(hex(signature.slice(1)), `0x${v.toString(16).padStart(2, "0")}`)]);
  for (const bytes of ["0x", hex(signature.slice(1)), `0x${"00".repeat(64)}1b`, `0x${"00".repeat(66)}`]) await both("ecrecovery", [digest, bytes]);
});
