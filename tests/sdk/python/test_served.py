"""Calls that fit are served, cost what the provider bills, and look to the SDK as if the provider had answered."""

import base64
from decimal import Decimal

from case import QUESTION, SdkCase


class Served(SdkCase):
    def test_a_chat_is_answered_and_says_what_it_cost(self):
        raw = self.client(self.gateway.tenant()).chat.completions.with_raw_response.create(
            model="gpt-5-mini", messages=QUESTION, extra_headers={"x-sim-output-tokens": "12"}
        )
        answer = raw.parse()
        self.assertTrue(answer.choices[0].message.content)
        self.assertEqual(answer.usage.completion_tokens, 12)
        self.assertEqual(raw.headers["x-seawall-decision"], "served")
        self.assertEqual(raw.headers["x-seawall-upstream"], "sim")
        self.assertGreater(Decimal(raw.headers["x-seawall-cost-usd"]), 0)
        self.assertLess(Decimal(raw.headers["x-seawall-headroom-usd"]), Decimal("5.00"))
        self.assert_sent(1)

    def test_a_stream_arrives_in_pieces_and_without_a_usage_nobody_asked_for(self):
        stream = self.client(self.gateway.tenant()).chat.completions.create(
            model="gpt-5-mini", messages=QUESTION, stream=True, extra_headers={"x-sim-output-tokens": "40"}
        )
        chunks = list(stream)
        pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
        self.assertGreater(len(pieces), 2)
        self.assertEqual([chunk.usage for chunk in chunks if chunk.usage], [])
        self.assertEqual([chunk for chunk in chunks if not chunk.choices], [])
        self.assertEqual(chunks[-1].choices[0].finish_reason, "stop")

    def test_a_stream_brings_the_usage_to_who_asks_for_it(self):
        stream = self.client(self.gateway.tenant()).chat.completions.create(
            model="gpt-5-mini",
            messages=QUESTION,
            stream=True,
            stream_options={"include_usage": True},
            extra_headers={"x-sim-output-tokens": "40"},
        )
        *_, last = stream
        self.assertEqual(last.choices, [])
        self.assertEqual(last.usage.completion_tokens, 40)

    def test_an_image_is_made(self):
        raw = self.client(self.gateway.tenant()).images.with_raw_response.generate(
            model="gpt-image-1", prompt="a wall against the sea", size="1024x1024", quality="low"
        )
        image = base64.b64decode(raw.parse().data[0].b64_json)
        self.assertTrue(image.startswith(b"\x89PNG"), image[:8])
        self.assertGreater(Decimal(raw.headers["x-seawall-cost-usd"]), 0)


class Bill(SdkCase):
    """On its own gateway: the provider's bill is for everything that was sent."""

    def test_the_ledger_equals_the_providers_bill_to_the_nano_dollar(self):
        tenant = self.gateway.tenant()
        client = self.client(tenant)
        for number in (1, 17, 200):
            headers = {"x-sim-output-tokens": str(number)}
            client.chat.completions.create(model="gpt-5-mini", messages=QUESTION, extra_headers=headers)
            for _ in client.chat.completions.create(
                model="gpt-4o-mini", messages=QUESTION, stream=True, extra_headers=headers
            ):
                pass
        client.images.generate(model="gpt-image-1", prompt="a wall", size="1024x1536", quality="medium")
        balance = tenant.settled_balance()
        billed = self.gateway.billed()
        self.assertEqual(billed["calls"], 7)
        self.assertGreater(Decimal(billed["usd"]), 0)
        self.assertEqual(Decimal(balance["spent_usd"]), Decimal(billed["usd"]))
        self.assertEqual(Decimal(balance["left_usd"]) + Decimal(balance["spent_usd"]), Decimal("5.00"))
