// The part of the contract ABI that the tests need: values to words and back, selectors, topics, revert texts.
// Types: uint*, address, bytes32, bool, bytes, string, address[], uint256[].
import { keccak_256 } from "@noble/hashes/sha3.js";

export const hex = (bytes) => `0x${Buffer.from(bytes).toString("hex")}`;
export const unhex = (text) => Uint8Array.from(Buffer.from(text.slice(2), "hex"));
export const keccak = (data) => hex(keccak_256(typeof data === "string" && !data.startsWith("0x") ? Buffer.from(data) : unhex(data)));
export const selector = (signature) => keccak(signature).slice(0, 10);
export const concat = (...parts) => `0x${parts.map((part) => part.slice(2)).join("")}`;

/** A number, address or shorter byte string as one word, right-aligned. */
export function word(value) {
  const digits = typeof value === "string" && value.startsWith("0x") ? value.slice(2) : BigInt(value).toString(16);
  return `0x${digits.padStart(64, "0")}`;
}

const padded = (bytes) => bytes + "0".repeat((64 - ((bytes.length - 2) % 64)) % 64);
const isDynamic = (type) => type === "bytes" || type === "string" || type.endsWith("[]");

/** ABI form of `values`, head and tail. */
export function encode(types, values) {
  let head = "0x";
  let tail = "0x";
  types.forEach((type, i) => {
    if (!isDynamic(type)) {
      head = concat(head, word(values[i]));
      return;
    }
    head = concat(head, word(32 * types.length + (tail.length - 2) / 2));
    const bytes = type === "string" ? hex(Buffer.from(values[i])) : values[i];
    tail = type.endsWith("[]")
      ? concat(tail, word(values[i].length), ...values[i].map(word))
      : concat(tail, word((bytes.length - 2) / 2), padded(bytes));
  });
  return concat(head, tail);
}

/** Values of `types` in `data`: numbers as bigint, addresses and bytes as hex. */
export function decode(types, data) {
  const at = (offset) => `0x${data.slice(2 + 2 * offset, 2 + 2 * offset + 64)}`;
  const plain = (type, value) => {
    if (type === "address") return `0x${value.slice(26)}`;
    if (type === "bool") return BigInt(value) === 1n;
    return type === "bytes32" ? value : BigInt(value);
  };
  return types.map((type, i) => {
    if (!isDynamic(type)) return plain(type, at(32 * i));
    const start = Number(BigInt(at(32 * i)));
    const length = Number(BigInt(at(start)));
    if (type.endsWith("[]")) {
      return Array.from({ length }, (_, k) => plain(type.slice(0, -2), at(start + 32 + 32 * k)));
    }
    const bytes = `0x${data.slice(2 + 2 * (start + 32), 2 + 2 * (start + 32 + length))}`;
    return type === "string" ? Buffer.from(unhex(bytes)).toString() : bytes;
  });
}

/** Canonical signature of an ABI entry: `name(type,type)`. */
export const signatureOf = (entry) => `${entry.name}(${entry.inputs.map(({ type }) => type).join(",")})`;

/** Text of `revert(text)`; undefined for any other revert data. */
export function revertText(data) {
  return data.startsWith("0x08c379a0") ? decode(["string"], concat("0x", `0x${data.slice(10)}`))[0] : undefined;
}

/** RLP of a nested array of byte strings (0x hex) and integers. */
export function rlp(item) {
  if (Array.isArray(item)) return withLength(0xc0, concat("0x", ...item.map(rlp)));
  if (typeof item !== "string") {
    const digits = BigInt(item).toString(16);
    return rlp(BigInt(item) === 0n ? "0x" : `0x${digits.length % 2 ? "0" : ""}${digits}`);
  }
  return item.length === 4 && Number(item) < 0x80 ? item : withLength(0x80, item);
}

function withLength(base, payload) {
  const byte = (value) => `0x${value.toString(16).padStart(2, "0")}`;
  const length = (payload.length - 2) / 2;
  if (length <= 55) return concat(byte(base + length), payload);
  const digits = length.toString(16);
  const bytes = `0x${digits.length % 2 ? "0" : ""}${digits}`;
  return concat(byte(base + 55 + (bytes.length - 2) / 2), bytes, payload);
}
