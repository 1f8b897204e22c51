"""The same of Anthropic and its SDK, at `/v1/messages`.

That route is not metered yet. Until it is, the SDK is told so in one request, and this test holds that; from the moment
the gateway takes the route, it compares every error that was seen of Anthropic."""

import anthropic
from case import QUESTION
from comparing import Comparison
from saying import cases


class AnthropicRefuses(Comparison):
    KIND = "anthropic"
    SLEEP = "anthropic._base_client.time.sleep"

    def raised(self, case, host, key):
        with anthropic.Anthropic(api_key=key, base_url=f"http://{host}") as client:
            with self.assertRaises(anthropic.APIError) as caught:
                client.messages.create(model="claude-haiku-4-5", max_tokens=16, messages=QUESTION)
        return caught.exception

    def facts(self, error):
        return {
            "class": type(error),
            "status": error.status_code,
            "type": error.type,
            "error_code": error.error_code,
        }

    def test_an_error_of_anthropic_is_the_same_through_the_gateway_once_the_route_is_metered(self):
        known = [case for case in cases("anthropic.txt", "Anthropic") if case.status != 200]
        self.assertGreater(len(known), 15)
        first, *_ = known
        self.provider.say(first)
        error, requests = self.through_a_gateway(first)
        if "endpoint_not_metered" in str(error):
            self.assertEqual(type(error), anthropic.NotFoundError)
            self.assertEqual((requests, self.provider.calls), (1, 0))
            return
        for case in known:
            with self.subTest(case.name):
                self.compare(case)
