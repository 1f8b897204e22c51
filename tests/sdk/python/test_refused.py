"""Refusals of Seawall reach the program as the SDK's own typed errors, after one request."""

from decimal import Decimal

import openai
from case import QUESTION, SdkCase


class Refused(SdkCase):
    def refused(self, tenant, call):
        before = self.gateway.billed()["calls"]
        with self.assertRaises(openai.RateLimitError) as caught:
            call(self.client(tenant))
        self.assert_sent(1)
        self.assertEqual(self.gateway.billed()["calls"], before, "a refused call reached the provider")
        self.assertEqual(Decimal(tenant.balance()["spent_usd"]), 0)
        return caught.exception

    def test_a_chat_past_the_projects_hard_limit_is_refused_once_and_by_name(self):
        tenant = self.gateway.tenant(hard_limit_usd="0.000001")
        error = self.refused(tenant, lambda client: client.chat.completions.create(model="gpt-5-mini", messages=QUESTION))
        self.assertEqual(error.code, "project_spend_limit_exceeded")
        self.assertEqual(error.type, "insufficient_quota")
        self.assertIn("insufficient_quota", str(error))
        self.assertEqual(error.response.headers["x-should-retry"], "false")
        self.assertNotIn("retry-after", error.response.headers)
        details = error.body["details"]
        self.assertEqual(details["refused_by"], "seawall")
        self.assertEqual(details["scope"], {"kind": "project", "id": tenant.project, "name": "image-bot"})
        self.assertEqual(Decimal(details["limit_usd"]), Decimal("0.000001"))
        self.assertEqual(
            Decimal(details["needed_usd"]) - Decimal(details["left_usd"]), Decimal(details["short_usd"])
        )
        self.assertEqual(details["request_id"], error.request_id)

    def test_a_stream_past_the_hard_limit_is_refused_before_it_begins(self):
        tenant = self.gateway.tenant(hard_limit_usd="0.000001")
        error = self.refused(
            tenant, lambda client: client.chat.completions.create(model="gpt-5-mini", messages=QUESTION, stream=True)
        )
        self.assertEqual(error.code, "project_spend_limit_exceeded")

    def test_an_image_past_the_hard_limit_is_refused(self):
        tenant = self.gateway.tenant(hard_limit_usd="0.01")
        error = self.refused(
            tenant,
            lambda client: client.images.generate(
                model="gpt-image-1", prompt="a wall", size="1024x1536", quality="high"
            ),
        )
        self.assertEqual(error.code, "project_spend_limit_exceeded")
        # 6,240 tokens of picture at $40 and two of prompt at $5 a million.
        self.assertEqual(Decimal(error.body["details"]["needed_usd"]), Decimal("0.24961"))

    def test_an_organization_without_credit_is_told_so(self):
        tenant = self.gateway.tenant(credit_usd=None)
        error = self.refused(tenant, lambda client: client.chat.completions.create(model="gpt-5-mini", messages=QUESTION))
        self.assertEqual(error.code, "credit_balance_exhausted")
        self.assertEqual(error.type, "insufficient_quota")

    def test_a_raised_hard_limit_binds_at_once(self):
        tenant = self.gateway.tenant(hard_limit_usd="0.000001")
        client = self.client(tenant)
        with self.assertRaises(openai.RateLimitError):
            client.chat.completions.create(model="gpt-5-mini", messages=QUESTION)
        limit = self.gateway.call("GET", f"limits?project={tenant.project}")["data"][0]["id"]
        self.gateway.call("PATCH", f"limits/{limit}", {"amount_usd": "1.00", "used": "keep"})
        answer = client.chat.completions.create(model="gpt-5-mini", messages=QUESTION)
        self.assertTrue(answer.choices)

    def test_a_revoked_key_is_no_key(self):
        tenant = self.gateway.tenant()
        client = self.client(tenant)
        client.chat.completions.create(model="gpt-5-mini", messages=QUESTION)
        self.gateway.call("DELETE", f"keys/{tenant.key}")
        with self.assertRaises(openai.AuthenticationError) as caught:
            client.chat.completions.create(model="gpt-5-mini", messages=QUESTION)
        self.assertEqual(caught.exception.code, "invalid_api_key")
        self.assert_sent(2)

    def test_a_model_nobody_priced_is_not_found(self):
        with self.assertRaises(openai.NotFoundError) as caught:
            self.client(self.gateway.tenant()).chat.completions.create(model="gpt-nobody-priced", messages=QUESTION)
        self.assertEqual(caught.exception.code, "model_not_found")
        self.assert_sent(1)

    def test_a_limit_on_requests_is_a_rate_limit_and_no_matter_of_money(self):
        tenant = self.gateway.tenant()
        body = {
            "scope": {"kind": "end_user", "project_id": tenant.project},
            "measure": "requests",
            "amount": 1,
            "window": {"kind": "rolling", "seconds": 3600},
        }
        self.gateway.call("POST", "limits", body)
        # As it comes, the SDK would wait as long as it is told to, and ask again.
        client = self.client(tenant).with_options(max_retries=0)

        def ask(user):
            return client.chat.completions.create(model="gpt-5-mini", messages=QUESTION, user=user)

        ask("alice")
        with self.assertRaises(openai.RateLimitError) as caught:
            ask("alice")
        self.assertTrue(ask("bob").choices)
        self.assert_sent(3)
        error = caught.exception
        self.assertEqual((error.code, error.type), ("rate_limit_exceeded", "requests"))
        self.assertNotIn("insufficient_quota", str(error))
        headers = error.response.headers
        self.assertEqual((headers["x-ratelimit-limit-requests"], headers["x-ratelimit-remaining-requests"]), ("1", "0"))
        self.assertGreater(int(headers["retry-after"]), 3500)
