// Payloads as npm's maticjs makes them.
//
// Standard input: { "side": url, "api": url?, "headers": [{ "id", "start", "end" }], "burns": [{ "transaction", "event", "index" }] }
// Standard output: a list, for each burn { "payload": "0x…" } or { "error": "…" }.
//
// With "api" the payload is asked of a server of proofs there; otherwise it is built from what the node at "side" says.
// Of a client library only the calls that ExitUtil makes are here, each passed on to the node as it is.

import BN from 'bn.js'
import matic from '@maticnetwork/maticjs'
import { text } from 'node:stream/consumers'

matic.utils.BN = BN
const asked = JSON.parse(await text(process.stdin))

async function rpc(method, params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(asked.side, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { result, error } = await response.json()
  if (error) throw new Error(error.message)
  return result
}

const child = {
  logger: { log() {}, error: (type) => ({ throw() { throw new Error(type) } }) },
  async getTransaction(hash) {
    const transaction = await rpc('eth_getTransactionByHash', [hash])
    return { ...transaction, blockNumber: Number(transaction.blockNumber) }
  },
  async getTransactionReceipt(hash) {
    const receipt = await rpc('eth_getTransactionReceipt', [hash])
    return {
      ...receipt,
      type: receipt.type ?? '0x0', // the node does not say it
      status: receipt.status === '0x1',
      blockNumber: Number(receipt.blockNumber),
      transactionIndex: Number(receipt.transactionIndex),
      cumulativeGasUsed: Number(receipt.cumulativeGasUsed),
    }
  },
  async getBlockWithTransaction(number) {
    const block = await rpc('eth_getBlockByNumber', [`0x${Number(number).toString(16)}`, true])
    const transactions = block.transactions.map((transaction) => ({ ...transaction, transactionHash: transaction.hash }))
    return { ...block, number: Number(block.number), timestamp: Number(block.timestamp), transactions }
  },
  getRootHash: (start, end) => rpc('eth_getRootHash', [start, end]),
  // Two words, as bytes or as text.
  encodeParameters: (words) => `0x${words.map((word) => (typeof word === 'string' ? word.slice(2) : Buffer.from(word).toString('hex'))).join('')}`,
}

const holding = (block) => asked.headers.find(({ start, end }) => start <= block && block <= end)
const rootChain = {
  getLastChildBlock: async () => String(Math.max(...asked.headers.map(({ end }) => end))),
  findRootBlockFromChild: async (block) => new BN(holding(Number(block)).id),
  method: async (_name, id) => ({ read: async () => asked.headers.find((header) => header.id === Number(id)) }),
}

if (asked.api) matic.setProofApi(asked.api)
const exits = new matic.ExitUtil({ child, config: { version: 'v1', requestConcurrency: 4 } }, rootChain)
const payloads = []
for (const { transaction, event, index } of asked.burns) {
  try {
    payloads.push({ payload: await exits.buildPayloadForExit(transaction, event, Boolean(asked.api), index) })
  } catch (error) {
    payloads.push({ error: String(error?.message ?? error) })
  }
}
console.log(JSON.stringify(payloads))
