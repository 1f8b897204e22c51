"""An error of a provider, raised by its own SDK without a gateway and through one: both have to be the same to a program."""

import unittest
from unittest import mock

from counting import CountingProxy
from running import Gateway
from saying import SayingProvider


class Comparison(unittest.TestCase):
    """`KIND` is that of the upstream; `raised(case, host, key)` makes a call at a host and answers the error; `facts(error)`
    are what programs look at."""

    KIND = None
    SLEEP = None

    def setUp(self):
        self.provider = SayingProvider()
        self.addCleanup(self.provider.stop)
        # The SDK sleeps as long as it is told to; how long is not what is tested.
        patched = mock.patch(self.SLEEP)
        patched.start()
        self.addCleanup(patched.stop)

    def through_a_gateway(self, case):
        """The error, and how many requests were sent for it. A gateway of its own for each error: what one closes must not be
        in the way of the next."""
        gateway = Gateway(self.provider.address, self.KIND)
        try:
            proxy = CountingProxy(gateway.address)
            try:
                error = self.raised(case, proxy.host, gateway.tenant().secret)
                return error, len(proxy.requests)
            finally:
                proxy.stop()
        finally:
            gateway.stop()

    def compare(self, case):
        self.provider.say(case)
        direct = self.raised(case, self.provider.address, "sk-direct")
        naturally = self.provider.calls
        self.provider.say(case)
        error, requests = self.through_a_gateway(case)
        self.assertEqual(self.facts(error), self.facts(direct))
        self.assertEqual(requests, 1 if case.is_final else naturally)
        self.assertGreaterEqual(self.provider.calls, requests)
        if case.is_final:
            self.assertEqual(self.provider.calls, 1, "nobody asked again on the way either")
