"""Refusals of the provider keep the provider's status and code, and say that they are not Seawall's."""

from decimal import Decimal

import openai
from case import QUESTION, SdkCase


# What asking again does not lift, and what the SDK calls it.
STOPS = {
    "credit_balance_exhausted": openai.RateLimitError,
    "project_spend_limit_exceeded": openai.RateLimitError,
    "insufficient_quota": openai.RateLimitError,
    "billing_not_active": openai.RateLimitError,
    "access_terminated": openai.RateLimitError,
    "rate_limit_too_large": openai.RateLimitError,
    "billing_hard_limit_reached_image": openai.BadRequestError,
    "service_tier_not_allowed": openai.BadRequestError,
    "invalid_api_key": openai.AuthenticationError,
    "mismatched_project": openai.AuthenticationError,
    "organization_not_verified": openai.PermissionDeniedError,
    "missing_scope_403": openai.PermissionDeniedError,
    "model_not_found": openai.NotFoundError,
}


class ProviderRefuses(SdkCase):
    def test_every_stop_is_the_error_it_is_without_a_gateway_after_one_request_and_says_what_to_do(self):
        client = self.client(self.gateway.tenant())
        for at, (name, expected) in enumerate(STOPS.items()):
            with self.subTest(name), self.assertRaises(expected) as caught:
                client.chat.completions.create(model=f"sim/refuse:{name}", messages=QUESTION)
            self.assert_sent(at + 1)
            error = caught.exception
            self.assertEqual(type(error), expected)
            diagnosis = error.body["details"]["diagnosis"]
            self.assertIn(diagnosis["means"], str(error))
            self.assertIn(diagnosis["remedy"], str(error))
            self.assertIn(diagnosis["retry"], ("elsewhere", "fewer_tokens"))

    def test_what_passes_by_itself_is_asked_for_again(self):
        client = self.client(self.gateway.tenant())
        with self.assertRaises(openai.RateLimitError) as caught:
            client.chat.completions.create(model="sim/refuse:rate_limit_exceeded_short", messages=QUESTION)
        self.assert_sent(3)
        self.assertEqual(caught.exception.body["details"]["diagnosis"]["retry"], "after")

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
