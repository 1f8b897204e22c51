"""What every test starts from: one gateway per file, and per test a client whose requests are counted."""

import unittest

import openai
from counting import CountingProxy
from running import Gateway

QUESTION = [{"role": "user", "content": "Why does the sea not stop at the wall?"}]


class SdkCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway()
        cls.addClassCleanup(cls.gateway.stop)

    def setUp(self):
        self.proxy = CountingProxy(self.gateway.address)
        self.addCleanup(self.proxy.stop)

    def client(self, tenant):
        """The SDK as it comes: its own number of retries, its own time-outs."""
        client = openai.OpenAI(api_key=tenant.secret, base_url=self.proxy.base_url)
        self.addCleanup(client.close)
        return client

    def assert_sent(self, number):
        self.assertEqual(len(self.proxy.requests), number, self.proxy.requests)
