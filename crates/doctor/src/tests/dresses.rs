//! The dresses that one error comes in: languages, loggers, terminals, and what a clipboard leaves of them.

use diagnosis::Provider;

use super::situation::{fine, now};
use crate::{examine, read_pasted, unreachable_by};

fn verdict(text: &str) -> (u16, &'static str) {
    let answer = read_pasted(text, Provider::OpenAi, now());
    let status = answer.status;
    let mut o = fine();
    o.answers = vec![answer];
    let found = examine(&o).findings;
    (status, found.first().map_or("nothing", |one| one.id))
}

/// A name, the status in the text (0: none), the verdict, and the text.
const DRESSES: &[(&str, u16, &str, &str)] = &[
    (
        "python, traced, with a call's own dictionaries",
        429,
        "D01",
        r#"Traceback (most recent call last):
  File "/app/bot.py", line 404, in <module>
    client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": [{"type": "text", "text": "error"}]}])
  File "/app/.venv/lib/python3.12/site-packages/openai/_base_client.py", line 1047, in request
    raise self._make_status_error_from_response(err.response) from None
openai.RateLimitError: Error code: 429 - {'error': {'message': 'You have no credits remaining. Add credits at https://platform.openai.com/settings/organization/billing/.', 'type': 'insufficient_quota', 'param': None, 'code': 'credit_balance_exhausted'}}"#,
    ),
    (
        "python, of an image",
        400,
        "D06",
        "  File \"/x/openai/resources/images.py\", line 264, in generate\nopenai.BadRequestError: Error code: 400 - {'error': {'message': 'Billing hard limit has been reached', 'type': 'image_generation_user_error', 'param': None, 'code': 'billing_hard_limit_reached'}}",
    ),
    (
        "python, repr of the exception",
        429,
        "D03",
        r#"RateLimitError('Error code: 429 - {\'error\': {\'message\': \'It\\\'s over\', \'type\': \'insufficient_quota\', \'param\': None, \'code\': \'organization_spend_limit_exceeded\'}}')"#,
    ),
    (
        "python, double quotes around an apostrophe",
        403,
        "D07",
        r#"openai.PermissionDeniedError: Error code: 403 - {'error': {'message': "Your organization must be verified to use the model `gpt-image-2`. It's free.", 'type': 'invalid_request_error', 'param': None, 'code': None}}"#,
    ),
    (
        "python, before 1.0",
        429,
        "D02",
        "openai.error.RateLimitError: You exceeded your current quota, please check your plan and billing details.",
    ),
    (
        "python, before 1.0, an image",
        400,
        "D06",
        "openai.error.InvalidRequestError: Billing hard limit has been reached",
    ),
    (
        "python, chained",
        429,
        "D02",
        "openai.InternalServerError: Error code: 500 - {'error': {'message': 'oops', 'type': 'server_error', 'param': None, 'code': None}}\n\nDuring handling of the above exception, another exception occurred:\n\nopenai.RateLimitError: Error code: 429 - {'error': {'message': 'You exceeded your current quota', 'type': 'insufficient_quota', 'param': None, 'code': 'insufficient_quota'}}",
    ),
    (
        "httpx's log",
        429,
        "D01",
        "INFO:httpx:HTTP Request: POST https://api.openai.com/v1/chat/completions \"HTTP/1.1 200 OK\"\nINFO:httpx:HTTP Request: POST https://api.openai.com/v1/chat/completions \"HTTP/1.1 429 Too Many Requests\"\ncode=credit_balance_exhausted",
    ),
    (
        "node, printed",
        429,
        "D04",
        "RateLimitError: 429 Your project has reached its limit\n    at APIError.generate (file:///app/node_modules/openai/core/error.mjs:48:20)\n    at async main (file:///app/index.mjs:7:18) {\n  status: 429,\n  headers: Headers {\n    'retry-after': undefined,\n    'openai-organization': 'acme'\n  },\n  requestID: 'req_1',\n  error: {\n    message: 'Your project has reached its limit',\n    type: 'insufficient_quota',\n    param: null,\n    code: 'project_spend_limit_exceeded'\n  },\n  code: 'project_spend_limit_exceeded',\n  param: null,\n  type: 'insufficient_quota'\n}",
    ),
    (
        "node, only the trace's head",
        429,
        "D02",
        "Error: 429 You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.\n    at async main (/app/index.js:404:18)",
    ),
    (
        "vercel's, a body broken over lines",
        429,
        "D01",
        "AI_APICallError: You have no credits remaining.\n  url: 'https://api.openai.com/v1/responses',\n  statusCode: 429,\n  responseBody: '{\\n' +\n    '    \"error\": {\\n' +\n    '        \"message\": \"You have no credits remaining.\",\\n' +\n    '        \"type\": \"insufficient_quota\",\\n' +\n    '        \"code\": \"credit_balance_exhausted\"\\n' +\n    '    }\\n' +\n    '}\\n',\n  isRetryable: true",
    ),
    (
        "axios",
        401,
        "E07",
        "AxiosError: Request failed with status code 401",
    ),
    (
        "fetch's",
        401,
        "D11",
        "Response { status: 401, statusText: 'Unauthorized' } {\"error\":{\"message\":\"Incorrect API key provided: sk-Eyftb****...****99vW. You can find your API key at https://platform.openai.com/account/api-keys.\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"invalid_api_key\"}}",
    ),
    (
        "curl -i through a proxy",
        429,
        "D05",
        "HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 429 \r\ndate: Sun, 22 Nov 2026 11:00:00 GMT\r\nopenai-organization: acme\r\ncontent-length: 404\r\n\r\n{\r\n    \"error\": {\r\n        \"message\": \"m\",\r\n        \"type\": \"insufficient_quota\",\r\n        \"param\": null,\r\n        \"code\": \"organization_usage_limit_exceeded\"\r\n    }\r\n}\r\n",
    ),
    (
        "curl -v",
        401,
        "D10",
        "> POST /v1/chat/completions HTTP/2\n> OpenAI-Organization: org-old\n< HTTP/2 401 \n< content-type: application/json\n{ [212 bytes data]\n{\"error\":{\"message\":\"OpenAI-Organization header should match organization for API key\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"mismatched_organization\"}}",
    ),
    (
        "a log in JSON, the body as a text in it",
        429,
        "D01",
        r#"{"level":"error","ts":"2026-11-22T10:00:00Z","msg":"upstream failed","status":429,"body":"{\"error\":{\"message\":\"You have no credits remaining.\",\"type\":\"insufficient_quota\",\"param\":null,\"code\":\"credit_balance_exhausted\"}}"}"#,
    ),
    (
        "a log in JSON, an exception as its error",
        429,
        "D04",
        r#"{"level":"error","error":"Error code: 429 - {'error': {'message': 'x', 'type': 'insufficient_quota', 'param': None, 'code': 'project_spend_limit_exceeded'}}"}"#,
    ),
    (
        "a log of keys and values",
        429,
        "D17",
        "time=2026-11-22T10:00:00Z level=error msg=\"call failed\" status=429 error.type=billing_not_active error.message=\"Your account is not active\"",
    ),
    (
        "docker's log",
        0,
        "D01",
        r#"app-1  | 2026-11-22 10:00:00 ERROR body={\"error\":{\"message\":\"You have no credits remaining.\",\"code\":\"credit_balance_exhausted\"}}"#,
    ),
    (
        "cut off in the message",
        0,
        "D02",
        r#"{"error":{"message":"You exceeded your current quota, please check your plan and bil"#,
    ),
    (
        "cut off behind the code",
        429,
        "D01",
        r#"429 {"error": {"code": "credit_balance_exhausted", "message": "You have no cre"#,
    ),
    (
        "cut off at both ends",
        0,
        "D03",
        r#"sage": "m", "type": "insufficient_quota", "param": null, "code": "organization_spend_limit_exceeded"}}"#,
    ),
    (
        "python, cut off",
        429,
        "D01",
        "Error code: 429 - {'error': {'code': 'credit_balance_exhausted', 'message': 'You have no cred",
    ),
    ("the code alone", 0, "D01", "credit_balance_exhausted"),
    (
        "the sentence alone",
        0,
        "D02",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    (
        "the thread's sentence alone",
        0,
        "D06",
        "Billing hard limit has been reached",
    ),
    (
        "the old type in a sentence",
        0,
        "D02",
        "I get 429 insufficient_quota all day",
    ),
    (
        "with a clipboard's quotes",
        0,
        "D17",
        "{\u{201c}error\u{201d}: {\u{201c}message\u{201d}: \u{201c}m\u{201d}, \u{201c}type\u{201d}: \u{201c}billing_not_active\u{201d}}}",
    ),
    (
        "go",
        429,
        "D02",
        "error, status code: 429, status: 429 Too Many Requests, message: You exceeded your current quota, please check your plan and billing details.",
    ),
    (
        "rust",
        0,
        "D01",
        r#"ApiError(ApiError { message: "You have no credits remaining.", type: Some("insufficient_quota"), param: None, code: Some("credit_balance_exhausted") })"#,
    ),
    (
        "rust, a body in an error",
        0,
        "D01",
        r#"Error { error: ApiError { message: "m", type: Some("insufficient_quota"), code: Some("credit_balance_exhausted") } }"#,
    ),
    (
        "java",
        429,
        "D02",
        "com.openai.errors.RateLimitException: 429: {error={message=You exceeded your current quota, please check your plan, type=insufficient_quota, param=null, code=insufficient_quota}}",
    ),
    (
        "ruby",
        429,
        "D02",
        r#"the server responded with status 429 {"error"=>{"message"=>"You exceeded your current quota", "type"=>"insufficient_quota", "param"=>nil, "code"=>"insufficient_quota"}}"#,
    ),
    (
        ".net",
        429,
        "D02",
        "System.ClientModel.ClientResultException: HTTP 429 (insufficient_quota: insufficient_quota)\n\nYou exceeded your current quota, please check your plan and billing details.",
    ),
    (
        "litellm",
        429,
        "D02",
        "litellm.RateLimitError: RateLimitError: OpenAIException - You exceeded your current quota, please check your plan and billing details.",
    ),
    (
        "litellm of azure",
        429,
        "D20",
        "litellm.RateLimitError: AzureException RateLimitError - You exceeded your current quota, please check your plan and billing details.",
    ),
    (
        "a folder that is called azure",
        429,
        "D02",
        "  File \"azure.com/bot.py\", line 3, in <module>\nopenai.RateLimitError: Error code: 429 - {'error': {'message': 'You exceeded your current quota', 'type': 'insufficient_quota', 'param': None, 'code': 'insufficient_quota'}}",
    ),
    (
        "a page of a proxy",
        502,
        "E09",
        "<html><head><title>502 Bad Gateway</title></head><body>nginx/1.24.0</body></html>",
    ),
    (
        "a rate, with many numbers",
        429,
        "D19",
        "Error code: 429 - {'error': {'message': 'Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 500, Used 499, Requested 402. Please try again in 403ms.', 'type': 'tokens', 'param': None, 'code': 'rate_limit_exceeded'}}",
    ),
    (
        "a file that was not found is no model",
        0,
        "E10",
        "FileNotFoundError: [Errno 2] No such file or directory: 'prompt.txt'",
    ),
    (
        "an answer that is well",
        200,
        "nothing",
        "HTTP/2 200 \ncontent-type: application/json\n\n{\"id\":\"chatcmpl-1\",\"choices\":[{\"message\":{\"content\":\"{}\"}}],\"error\":null}",
    ),
    (
        "an event among others",
        0,
        "D17",
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"error\":{\"message\":\"Your account is not active\",\"type\":\"billing_not_active\",\"param\":null,\"code\":\"billing_not_active\"}}\n\ndata: [DONE]",
    ),
    (
        "google's list",
        429,
        "D20",
        "[{\n  \"error\": {\n    \"code\": 429,\n    \"message\": \"You exceeded your current quota, please check your plan and billing details.\",\n    \"status\": \"RESOURCE_EXHAUSTED\"\n  }\n}]",
    ),
    (
        "too long a prompt",
        400,
        "E14",
        "openai.BadRequestError: Error code: 400 - {'error': {'message': \"This model's maximum context length is 128000 tokens.\", 'type': 'invalid_request_error', 'param': 'messages', 'code': 'context_length_exceeded'}}",
    ),
];

#[test]
fn an_error_is_the_same_in_every_dress() {
    let mut wrong = String::new();
    for (name, status, id, text) in DRESSES {
        let read = verdict(text);
        if read != (*status, *id) {
            wrong.push_str(&format!("{name}: {read:?} instead of {:?}\n", (status, id)));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Cutting an error off may lose what it says, but makes no other stop of it.
#[test]
fn an_error_that_is_cut_off_anywhere_names_no_other_stop() {
    let whole = DRESSES
        .iter()
        .find(|(name, ..)| *name == "fetch's")
        .unwrap()
        .3;
    for (at, _) in whole.char_indices() {
        let (cut, _lost) = whole.split_at(at);
        let (_, id) = verdict(cut);
        assert!(["D11", "E07", "E10"].contains(&id), "{id}: {cut}");
    }
}

#[test]
fn a_text_of_no_connection_is_told_from_an_answer() {
    for (text, expected) in [
        ("openai.APIConnectionError: Connection error.", true),
        ("Error: getaddrinfo ENOTFOUND api.openai.com", true),
        ("curl: (6) Could not resolve host: api.openai.com", true),
        (
            "httpx.ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
            true,
        ),
        ("openai.APITimeoutError: Request timed out.", true),
        (
            "httpx.UnsupportedProtocol: Request URL is missing an 'http://' or 'https://' protocol.",
            true,
        ),
        (
            "Error code: 429 - {'error': {'message': 'connection refused'}}",
            false,
        ),
        ("You exceeded your current quota", false),
    ] {
        assert_eq!(unreachable_by(text).is_some(), expected, "{text}");
    }
}
