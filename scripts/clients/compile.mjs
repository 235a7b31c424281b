// Token.sol compiled by npm's solc: { abi, bytecode }.
import { readFileSync } from "node:fs";
import solc from "solc";

export function token() {
  const content = readFileSync(new URL("contracts/Token.sol", import.meta.url), "utf8");
  const settings = {
    evmVersion: "berlin",
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
  };
  const input = { language: "Solidity", sources: { "Token.sol": { content } }, settings };
  const { contracts, errors } = JSON.parse(solc.compile(JSON.stringify(input)));
  if (errors) throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
  const { abi, evm } = contracts["Token.sol"].Token;
  return { abi, bytecode: `0x${evm.bytecode.object}` };
}
