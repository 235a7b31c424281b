// Hardhat with npm's own compiler: nothing is fetched when it runs.
import { defineConfig } from "hardhat/config";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import { createRequire } from "node:module";

const { RPC_URL, MNEMONIC } = process.env;

export default defineConfig({
  plugins: [hardhatEthers],
  solidity: {
    version: "0.8.30",
    path: createRequire(import.meta.url).resolve("solc/soljson.js"),
    settings: { evmVersion: "berlin", optimizer: { enabled: true, runs: 200 } },
  },
  networks: {
    devnet: {
      type: "http",
      chainType: "l1",
      url: RPC_URL,
      accounts: { mnemonic: MNEMONIC, initialIndex: 7, count: 2 },
    },
  },
});
