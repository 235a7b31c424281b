// An EVM under the side chain's rules with contracts put into it the way genesis does: code and storage, no constructor.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Hardfork, Mainnet, createCustomCommon } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { Account, createAddressFromString, setLengthLeft, unpadBytes } from "@ethereumjs/util";
import { concat, decode, encode, hex, keccak, revertText, selector, signatureOf, unhex, word } from "./abi.mjs";

export const SYSTEM = "0xfffffffffffffffffffffffffffffffffffffffe";
export const ZERO = "0x0000000000000000000000000000000000000000";
export const VALIDATOR_SET = "0x0000000000000000000000000000000000001000";
export const STATE_RECEIVER = "0x0000000000000000000000000000000000001001";
export const NATIVE_TOKEN = "0x0000000000000000000000000000000000001010";
const SYSTEM_GAS = 2n ** 63n - 1n;

export const artifact = (name) => JSON.parse(readFileSync(join(import.meta.dirname, "..", "artifacts", `${name}.json`), "utf8"));

/** Genesis storage of ValidatorSet: README.md. Members are [signer, power]. */
export function validatorSetStorage({ sprint, firstEndBlock, members }) {
  const list = keccak("bttc.genesis.initialValidators");
  const storage = { [list]: word(members.length) };
  if (sprint !== undefined) storage[keccak("bttc.genesis.sprint")] = word(sprint);
  if (firstEndBlock !== undefined) storage[keccak("bttc.genesis.firstEndBlock")] = word(firstEndBlock);
  members.forEach(([signer, power], i) => {
    storage[word(BigInt(keccak(list)) + BigInt(i))] = word((BigInt(power) << 160n) | BigInt(signer));
  });
  return storage;
}

/** A string of at most 31 bytes in one storage word. */
export function shortString(text) {
  const bytes = Buffer.from(text);
  return hex(Buffer.concat([bytes, Buffer.alloc(31 - bytes.length), Buffer.from([2 * bytes.length])]));
}

/** Slot of `key` in the mapping at `slot`. */
export const mappingSlot = (key, slot) => keccak(concat(word(key), word(slot)));

/** Slot of element `index`, member `member`, of the array of `size`-slot values whose length is at `slot`. */
export const arraySlot = (slot, index, size = 1, member = 0) =>
  word(BigInt(keccak(word(slot))) + BigInt(index * size + member));

/** The block context of a system call: no producer, a fixed time. */
function blockAt(number) {
  const coinbase = createAddressFromString(ZERO);
  return {
    header: {
      number: BigInt(number), coinbase, cliqueSigner: () => coinbase, timestamp: 0n, difficulty: 1n,
      prevRandao: new Uint8Array(32), gasLimit: 10_000_000n, baseFeePerGas: undefined, getBlobGasPrice: () => undefined,
    },
  };
}

export async function createWorld(chainId = 199) {
  const common = createCustomCommon({ chainId }, Mainnet, { hardfork: Hardfork.Berlin });
  const evm = await createEVM({ common });
  const state = evm.stateManager;

  /** Puts an account: { code, storage, balance }. */
  async function put(address, { code = "0x", storage = {}, balance = 0n }) {
    const at = createAddressFromString(address);
    await state.putAccount(at, new Account(0n, balance));
    await state.putCode(at, unhex(code));
    for (const [slot, value] of Object.entries(storage)) {
      await state.putStorage(at, unhex(word(slot)), unpadBytes(unhex(word(value))));
    }
  }

  async function storageAt(address, slot) {
    const value = await state.getStorage(createAddressFromString(address), unhex(word(slot)));
    return hex(setLengthLeft(value, 32));
  }

  const balanceOf = async (address) => (await state.getAccount(createAddressFromString(address)))?.balance ?? 0n;

  /** One call from outside. Gives { ok, data, text, logs }; `text` is the revert text where there is one. */
  async function call({ from = ZERO, to, data, value = 0n, number = 0n, gas = SYSTEM_GAS }) {
    const { execResult } = await evm.runCall({
      caller: createAddressFromString(from),
      origin: createAddressFromString(from),
      to: createAddressFromString(to),
      data: unhex(data),
      value,
      gasLimit: gas,
      block: blockAt(number),
    });
    const bytes = hex(execResult.returnValue);
    const ok = execResult.exceptionError === undefined;
    return {
      ok,
      error: execResult.exceptionError?.error,
      data: bytes,
      text: ok ? undefined : revertText(bytes),
      gasUsed: execResult.executionGasUsed,
      logs: (execResult.logs ?? []).map(([address, topics, body]) => ({
        address: hex(address), topics: topics.map(hex), data: hex(body),
      })),
    };
  }

  /** `put` for a built contract; gives a handle whose `send` and `read` take a signature and arguments. */
  async function genesis(name, address, { storage, balance } = {}) {
    const { runtime, abi } = artifact(name);
    await put(address, { code: runtime, storage, balance });
    return handle(address, abi);
  }

  function handle(address, abi) {
    const entries = new Map(abi.filter(({ type }) => type === "function").map((entry) => [entry.name, entry]));
    const types = (parameters) => parameters.flatMap((p) => (p.type === "tuple" ? types(p.components) : [p.type]));
    const send = (name, args = [], options = {}) => {
      const entry = entries.get(name);
      const data = concat(selector(signatureOf(entry)), encode(types(entry.inputs), args));
      return call({ to: address, data, ...options });
    };
    const read = async (name, args, options) => {
      const result = await send(name, args, options);
      if (!result.ok) throw new Error(`${name}: ${result.text ?? result.error}`);
      const values = decode(types(entries.get(name).outputs), result.data);
      return values.length === 1 ? values[0] : values;
    };
    return { address, send, read };
  }

  return { put, storageAt, balanceOf, call, genesis, handle };
}
