//! The simulated provider: an HTTP server in the shape of a well-known API that answers at once, keeps a bill, and fails
//! in every way that a real provider was seen to fail, on demand.
//!
//! It exists to contradict. A gateway that keeps books is tested against somebody else's books: this crate has its own
//! price table (`data/prices.toml`), its own integer arithmetic and its own opinion of what a call used, and shares
//! none of them with the rest of the project. It reads no clock and no environment, draws everything from a seed, and
//! never talks to a network but the listener it is given. It checks no key: every non-empty bearer key is a good one.
//!
//! ```no_run
//! # async fn run(now: fn() -> u64) -> Result<(), Box<dyn std::error::Error>> {
//! let mut options = sim::Options::new(now);
//! options.latency = std::time::Duration::from_millis(50);
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:9001").await?;
//! sim::Sim::new(options)?.serve(listener, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Endpoints
//! | request | answer |
//! |---|---|
//! | `POST /v1/chat/completions` | whole, or with `stream` as server-sent events; `n`, `max_tokens`, `max_completion_tokens`, `stream_options.include_usage`, `service_tier` are honoured |
//! | `POST /v1/images/generations` | one pixel, `n` times; `size` and `quality` decide the tokens, and `auto` is the dearest that is left |
//! | `POST /v1/responses` | whole or as events; `max_output_tokens`, `service_tier`, tools, and `x-sim-web-searches` searches where there is such a tool |
//! | `POST /v1/messages`, `/v1/messages/count_tokens` | as Anthropic has them, with its usage that leaves out what the cache gave; errors come in the other envelope |
//! | `POST /v1/completions`, `/v1/embeddings`, `/v1/moderations` | text or tokens; `n`, `best_of`; vectors of 0.5; nothing is flagged |
//! | `POST /v1/audio/speech` | bytes, or events with `stream_format`; by the character where the model's name begins with `tts-` |
//! | `/openai/v1/…`, `/openai/deployments/{model}/…?api-version=…` | the same in Azure's shape: the key in `api-key`, what is wrong with it or the deployment in Azure's words |
//! | `GET /v1/models`, `GET /v1/models/{id}` | what the price table sells; every name that begins with `sim/` is sold as well |
//! | `GET /sim/billed` | `{"usd": "0.0123", "calls": 7, "by_model": {"gpt-5-mini": {"usd": …, "calls": …}}}`; `calls` are those that were billed |
//! | `GET /sim/ledger` | `{"data": [{id, tag, path, model, usage, usage_said, usd, usage_delivered, status, fault}]}`, the newest 200,000, oldest first |
//! | `POST /sim/reset` | bill, ledger and waiting faults begin again at nothing |
//! | `POST /sim/faults` | `{"fault": NAME, "model"?: …, "path"?: …, "times"?: 1}`: the next calls fail so. Without a path: calls that cost money, and no others |
//! | `GET /sim/faults`, `DELETE /sim/faults` | those that wait; none waits any more |
//! | `GET /sim/faults/names` | every name |
//! | `POST /sim/account` | `{organization?, project?, credit_usd?, spend_limit?: {threshold_amount, enforcing?}, alerts?: [cents], projects?: [{id, name, keys?, spend_limit?, alerts?, model_permissions?, spent_usd?, archived?}], key?, credits?, credit_grants?, lag_seconds?}`: who is billed, and what stops it; replaces all that was said before |
//! | `GET /v1/organization/projects`, `/spend_limit`, `/spend_alerts`, `/projects/{id}/api_keys`, `/spend_limit`, `/spend_alerts`, `/model_permissions` | the administration API, for a key that begins with `sk-admin-`; lists in pages by `limit` and `after`; `POST` and `DELETE` of a `spend_limit` count from the next call |
//! | `GET /v1/organization/costs`, `/usage/completions` | with `start_time`, `end_time`, `limit`, `page` and `group_by`: what was really billed, by the day, project, key (`key_` and its last four letters) and line item or model; calls younger than `lag_seconds` are not shown yet |
//! | `GET /v1/organizations/cost_report` | the same in cents, by the day and model, for an `x-api-key` that begins with `sk-ant-admin` |
//! | `GET /v1/generation?id=` | what one call has cost, by its `x-request-id`; otherwise 404 |
//! | `GET /v1/key`, `/v1/credits`, `/v1/dashboard/billing/credit_grants` | what was said of them (of credits also what follows from `credit_usd`); otherwise 404 |
//!
//! Anything else is 404 or 405 in the provider's envelope. Requests under `/sim/` need no key.
//!
//! # The bill
//! A call is billed when its work is done, which is before its answer waits for the latency and leaves. So whoever goes
//! away early pays for the whole answer, and the bill already holds what a caller has just been told. Each call is
//! rounded up once, to a nano-dollar. In the ledger `usage` is what was billed and `usage_said` what the answer says;
//! `usage_delivered` is true as soon as the operating system has taken all bytes up to the usage. `id` is the answer's
//! `x-request-id`. A refused or wrong request bills nothing; a wrong one (400, 401, 404) has no line either. With
//! [`Options::ledger`] each line is also appended to a file when its call is over.
//!
//! Prompt tokens are counted by the real tokenizer (o200k): three, and for each message three and those of role,
//! content and, with one more, name; tools by their JSON; an image 765. An answer has as many words as tokens.
//!
//! # Request headers
//! A header that begins with `x-sim-` and is not understood is refused with 400.
//!
//! | header | effect |
//! |---|---|
//! | `x-sim-output-tokens: N` | tokens of each answer; otherwise 1 to 200, drawn from the seed and the body |
//! | `x-sim-reasoning-tokens: N` | added to the completion, once per call, within the bound |
//! | `x-sim-cached-tokens: N`, `x-sim-cache-write-tokens: N` | so many tokens of the prompt are cached, or written to the cache |
//! | `x-sim-web-searches: N` | so many searches of the web, within the bound, at $10 for a thousand |
//! | `x-sim-ignore-max: 1` | the answer does not keep to max tokens |
//! | `x-sim-latency-ms: N` | the wait before the answer, instead of [`Options::latency`] |
//! | `x-sim-chunk-delay-ms: N`, `x-sim-chunk-tokens: N` | the wait between chunks, and tokens in each (5) |
//! | `x-sim-fault: NAME` | this call fails so |
//! | `x-sim-tag: TEXT` | recorded in the ledger |
//!
//! # Faults
//! By header, by `POST /sim/faults`, or by the model name `sim/NAME`; the first of these that is there counts.
//!
//! | name | what happens | billed |
//! |---|---|---|
//! | `refuse:CODE` | status, headers and body of a real refusal (`data/refusals.toml`) | nothing |
//! | `slow:MS` | the right answer, so much later | all |
//! | `drop:before` | the connection is closed before any byte | all |
//! | `drop:headers` | … after status line and headers | all |
//! | `drop:mid` | … in the middle of the answer | all; of a stream: half of the text |
//! | `drop:before_usage` | … after everything but the usage | all |
//! | `no_usage` | an orderly answer without usage | all |
//! | `lie:usage` | the usage says half the output | all |
//! | `garbage` | 200 and HTML that is not even whole | all |
//! | `garbage:stream` | 200 and events that are not JSON | all |
//! | `hang` | no answer; closed after ten minutes | nothing |
//! | `endless` | a stream without end, whatever max tokens say; closed after 64 MiB | what was made, when it is over |
//! | `error:mid_stream`, `error:mid_stream_openrouter` | half of a stream, then an error event | half of the text; no image |
//!
//! # The account
//! Credit that is used up and a limit that is reached stop calls by themselves: chats with the code of the stop, images with
//! 400 `billing_hard_limit_reached`, whatever the stop is. Answers name organization and project in their headers.
//!
//! # Bounds
//! Bodies 64 MiB, connections 16,384, waiting faults 10,000, models on the bill 10,000 (the rest share a line), tokens of
//! one answer 4,000,000, waits ten minutes.

mod account;
mod admin;
mod auth;
mod azure;
mod bill;
mod body;
mod call;
mod chat;
mod control;
mod cost;
mod decimal;
mod delivery;
mod draw;
mod error;
mod fault;
mod image;
mod json;
mod knobs;
mod ledger;
mod models;
mod options;
mod order;
mod prices;
mod provider;
mod refusal;
mod rejection;
mod reply;
mod route;
mod server;
mod tokens;
mod usage;
mod words;

pub use error::SimError;
pub use options::Options;
pub use server::Sim;
