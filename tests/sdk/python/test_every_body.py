"""Every error that was seen of OpenAI is, through the gateway, the very error that the SDK raises without one: its class,
code, type, parameter and status. Only the message says more, and a stop is not asked for again."""

import openai
from case import QUESTION
from comparing import Comparison
from saying import cases


def ask(client, case):
    if case.endpoint == "images":
        return client.images.generate(model="gpt-image-1", prompt="a wall", size="1024x1024", quality="low")
    if case.status == 200:
        return list(client.chat.completions.create(model="gpt-5-mini", messages=QUESTION, stream=True))
    return client.chat.completions.create(model="gpt-5-mini", messages=QUESTION)


class EveryBody(Comparison):
    KIND = "openai"
    SLEEP = "openai._base_client.time.sleep"

    def raised(self, case, host, key):
        with openai.OpenAI(api_key=key, base_url=f"http://{host}/v1") as client:
            with self.assertRaises(openai.APIError) as caught:
                ask(client, case)
        return caught.exception

    def facts(self, error):
        """An error within a stream has no status."""
        return {
            "class": type(error),
            "code": error.code,
            "type": error.type,
            "param": error.param,
            "status": getattr(error, "status_code", None),
        }

    def test_an_error_of_openai_is_the_same_through_the_gateway_and_a_stop_is_asked_for_once(self):
        known = [case for case in cases("openai.txt", "OpenAI") if case.status != 200]
        self.assertGreater(len(known), 40)
        for case in known:
            with self.subTest(case.name):
                self.compare(case)

    def test_an_error_in_the_first_event_of_a_stream_is_the_same_through_the_gateway(self):
        known = [case for case in cases("streams.txt", "OpenAI") if case.status == 200]
        # Events of the newer kind of stream are no events of a chat's: the SDK raises nothing for them in a chat.
        known = [case for case in known if case.body.startswith('{"error"')]
        self.assertGreater(len(known), 1)
        for case in known:
            with self.subTest(case.name):
                self.provider.say(case)
                direct = self.raised(case, self.provider.address, "sk-direct")
                self.provider.say(case)
                error, requests = self.through_a_gateway(case)
                self.assertEqual(self.facts(error), self.facts(direct))
                self.assertEqual(requests, 1)
