// Compiles src/ and writes one JSON file a contract: `node build.mjs [folder]`, by default artifacts/.
// The same sources give the same bytes everywhere: the compiler is pinned by package-lock.json and its output carries
// no metadata (which would hash comments and paths into the code).
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import solc from "solc";

const CONTRACTS = ["ValidatorSet", "StateReceiver", "NativeToken", "ChildChainManager", "ChildERC20",
  "ChildERC721", "ChildERC1155"];
const SETTINGS = {
  evmVersion: "berlin", // the side chain's rules: no opcode of London or later
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: "none", appendCBOR: false },
};

const here = import.meta.dirname;
const folder = process.argv[2] ?? join(here, "artifacts");

const sources = {};
for (const file of readdirSync(join(here, "src")).sort()) {
  sources[file] = { content: readFileSync(join(here, "src", file), "utf8") };
}
const input = {
  language: "Solidity",
  sources,
  settings: {
    ...SETTINGS,
    outputSelection: {
      "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object",
        "evm.deployedBytecode.immutableReferences", "storageLayout"] },
    },
  },
};
const imported = (path) => ({ contents: sources[path.replace(/^\.\//, "")].content });
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: imported }));
for (const message of output.errors ?? []) console.error(message.formattedMessage);
if (output.errors?.length) process.exit(1);

mkdirSync(folder, { recursive: true });
for (const name of CONTRACTS) {
  const { abi, evm, storageLayout } = output.contracts[`${name}.sol`][name];
  if (Object.keys(evm.deployedBytecode.immutableReferences).length) {
    throw new Error(`${name} has immutables: its code would not work in genesis`);
  }
  const artifact = {
    contractName: name,
    source: `src/${name}.sol`,
    solc: solc.version(),
    settings: SETTINGS,
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    runtime: `0x${evm.deployedBytecode.object}`,
    storageLayout: storageLayout.storage.map(({ label, slot, offset, type }) => ({
      label, slot: Number(slot), offset, type: storageLayout.types[type].label,
    })),
  };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(artifact, null, 2)}\n`);
  console.log(`${name}: ${evm.deployedBytecode.object.length / 2} bytes`);
}
