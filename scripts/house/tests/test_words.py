import unittest

from house import words


class Words(unittest.TestCase):
    def test_the_words_of_the_house_and_providers_phrases_pass(self):
        for text in [
            "The project's hard limit leaves $0.38.",
            'type: "insufficient_quota"',
            "You exceeded your current quota, please check your plan",
            "organization's approved usage limit",
            "organization_usage_limit_exceeded",
        ]:
            self.assertEqual(words.of_text("x.md", text), [], text)

    def test_blurred_synonyms_are_found(self):
        for text in [
            "Your quota is used up",
            "monthly Quotas",
            "Raise the usage limit",
            "a soft limit",
            "the hard cap",
            "an enforced budget",
            "insufficient_quota means the quota is gone",
        ]:
            self.assertEqual(len(words.of_text("x.md", text)), 1, text)
