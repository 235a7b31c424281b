"""PyPI's web3, unmodified: deploy, transfer, read logs, subscribe, trace, estimate."""

import asyncio
import json
import os
import subprocess
import unittest

from eth_account import Account
from web3 import AsyncWeb3, HTTPProvider, Web3, WebSocketProvider
from web3.exceptions import ContractCustomError, Web3RPCError
from web3.gas_strategies.rpc import rpc_gas_price_strategy
from web3.middleware import ExtraDataToPOAMiddleware, SignAndSendRawMiddlewareBuilder

Account.enable_unaudited_hdwallet_features()
MNEMONIC = os.environ["MNEMONIC"]
ALICE, BOB = (Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{place}") for place in (5, 6))
SUPPLY = 1000 * 10**18


def client():
    """A client that signs for Alice. The extra-data of this chain's blocks is longer than Ethereum's."""
    web3 = Web3(HTTPProvider(os.environ["RPC_URL"]))
    web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
    web3.middleware_onion.inject(SignAndSendRawMiddlewareBuilder.build(ALICE), layer=0)
    web3.eth.set_gas_price_strategy(rpc_gas_price_strategy)
    web3.eth.default_account = ALICE.address
    return web3


class Web3Py(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.web3 = client()
        compiled = json.loads(subprocess.check_output(["node", "token.mjs"], cwd=os.path.dirname(__file__) or "."))
        factory = cls.web3.eth.contract(abi=compiled["abi"], bytecode=compiled["bytecode"])
        receipt = cls.mined(factory.constructor(SUPPLY).transact())
        cls.token = cls.web3.eth.contract(address=receipt.contractAddress, abi=compiled["abi"])

    @classmethod
    def mined(cls, transaction):
        receipt = cls.web3.eth.wait_for_transaction_receipt(transaction, timeout=60, poll_latency=0.1)
        assert receipt.status == 1
        return receipt

    def test_the_deployed_contract_answers(self):
        self.assertEqual(self.token.functions.totalSupply().call(), SUPPLY)
        self.assertTrue(self.web3.is_connected())
        self.assertIn("bttc", self.web3.client_version)

    def test_a_payment_arrives(self):
        before = self.web3.eth.get_balance(BOB.address)
        receipt = self.mined(self.web3.eth.send_transaction({"to": BOB.address, "value": 5}))
        self.assertEqual(receipt.gasUsed, 21_000)
        self.assertEqual(self.web3.eth.get_balance(BOB.address), before + 5)

    def test_a_transfer_is_estimated_logged_filtered_and_traced(self):
        transfer = self.token.functions.transfer(BOB.address, 7)
        self.assertTrue(21_000 < transfer.estimate_gas() < 60_000)
        polled = self.token.events.Transfer.create_filter(from_block="latest")
        blocks = self.web3.eth.filter("latest")
        receipt = self.mined(transfer.transact())
        moved = {"from": ALICE.address, "to": BOB.address, "value": 7}

        [log] = self.token.events.Transfer().get_logs(from_block=receipt.blockNumber)
        self.assertEqual((dict(log.args), log.transactionHash), (moved, receipt.transactionHash))
        self.assertEqual([dict(log.args) for log in polled.get_new_entries()], [moved])
        self.assertIn(receipt.blockHash, blocks.get_new_entries())
        self.assertTrue(self.web3.eth.uninstall_filter(polled.filter_id))

        trace = self.web3.provider.make_request(
            "debug_traceTransaction", [receipt.transactionHash.to_0x_hex(), {"tracer": "callTracer"}]
        )["result"]
        self.assertEqual(trace["to"], self.token.address.lower())
        self.assertEqual(trace["input"], self.token.encode_abi("transfer", [BOB.address, 7]))

    def test_errors_are_told(self):
        with self.assertRaises(ContractCustomError):
            self.token.functions.transfer(ALICE.address, 10**30).call({"from": BOB.address})
        raw = Account.create().sign_transaction(
            {"to": BOB.address, "value": 1, "gas": 21_000, "gasPrice": 10**9, "nonce": 0, "chainId": self.web3.eth.chain_id}
        )
        with self.assertRaisesRegex(Web3RPCError, "insufficient funds for gas"):
            self.web3.eth.send_raw_transaction(raw.raw_transaction)

    def test_subscriptions_are_told(self):
        async def told():
            async with AsyncWeb3(WebSocketProvider(os.environ["WS_URL"])) as web3:
                web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
                heads = await web3.eth.subscribe("newHeads")
                logs = await web3.eth.subscribe("logs", {"address": self.token.address})
                sent = self.token.functions.transfer(BOB.address, 9).transact()
                waiting = {heads, logs}
                async for message in web3.socket.process_subscriptions():
                    if message["subscription"] == logs:
                        self.assertEqual(message["result"]["transactionHash"], sent)
                    waiting.discard(message["subscription"])
                    if not waiting:
                        break
                self.assertTrue(await web3.eth.unsubscribe(heads))

        asyncio.run(asyncio.wait_for(told(), 60))


if __name__ == "__main__":
    unittest.main()
