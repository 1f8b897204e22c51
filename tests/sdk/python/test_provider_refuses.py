"""Refusals of the provider keep the provider's status and code, and say that they are not Seawall's."""

from decimal import Decimal

import openai
from case import QUESTION, SdkCase


class ProviderRefuses(SdkCase):
    def test_the_billing_hard_limit_of_the_provider_is_named_as_the_providers(self):
        tenant = self.gateway.tenant()
        with self.assertRaises(openai.BadRequestError) as caught:
            self.client(tenant).chat.completions.create(model="sim/refuse:billing_hard_limit_reached", messages=QUESTION)
        error = caught.exception
        self.assertEqual(error.code, "billing_hard_limit_reached")
        self.assertRegex(error.body["message"], r"^Refused by .+, not by Seawall: ")
        self.assertIn("Billing hard limit has been reached", error.body["message"])
        self.assert_sent(1)
        balance = tenant.balance()
        self.assertEqual((Decimal(balance["spent_usd"]), Decimal(balance["held_usd"])), (0, 0))

    def test_an_error_within_a_stream_is_raised_and_not_swallowed(self):
        client = self.client(self.gateway.tenant())
        stream = client.chat.completions.create(model="sim/error:mid_stream", messages=QUESTION, stream=True)
        seen = []
        with self.assertRaises(openai.APIError) as caught:
            for chunk in stream:
                seen.append(chunk)
        self.assertTrue(seen, "the error came before any output")
        self.assertEqual(caught.exception.code, "billing_not_active")
        self.assert_sent(1)
