//! The real `seawall` binary from outside, against the contract that users and scripts rely on: a gateway and the
//! simulated provider, two processes per test, and the provider's own ledger to contradict ours.
//!
//! A test's name is its claim. Seeds and sums are printed (`--no-capture`, or when a test fails). Sizes are those of
//! continuous integration; for a longer run set in the environment
//!
//! | name | what | usual |
//! |---|---|---|
//! | `SEAWALL_TEST_SEED` | what is drawn in every test, as printed by an earlier run | the test's own |
//! | `SEAWALL_TEST_CALLS` | calls of the mixed run that is compared with the provider's bill | 2,000 |
//! | `SEAWALL_TEST_CROWD` | calls at once in each run on one limit | 500 |
//! | `SEAWALL_TEST_RUNS` | runs on a hard limit, and as many on the credit balance; half as many with chats | 20 |
//! | `SEAWALL_TEST_KILLS` | times that the gateway is killed under load | 50 |
//! | `SEAWALL_TEST_TOLD` | calls whose record is compared with what their client was told | 450 |
//! | `SEAWALL_TEST_TURNS` | alternations of each change that must bind at once | 200 |
#![expect(
    clippy::print_stdout,
    reason = "seeds and sums are for whoever reads a failed run"
)]

// Each is marked as a test, although all of this binary is one, so that the lints know it.
#[cfg(test)]
mod alerts;
#[cfg(test)]
mod as_it_comes;
#[cfg(test)]
mod at_once;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bad_input_admin;
#[cfg(test)]
mod bad_input_client;
#[cfg(test)]
mod bad_input_provider;
#[cfg(test)]
mod bad_input_store;
#[cfg(test)]
mod bill;
#[cfg(test)]
mod books;
#[cfg(test)]
mod call;
#[cfg(test)]
mod caps;
#[cfg(test)]
mod check;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod crowd;
#[cfg(test)]
mod described;
#[cfg(test)]
mod diagnosed;
#[cfg(test)]
mod dice;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod dry_run;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod file;
#[cfg(test)]
mod fitting;
#[cfg(test)]
mod gauges;
#[cfg(test)]
mod http;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod limits_kinds;
#[cfg(test)]
mod looking;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod patience;
#[cfg(test)]
mod process;
#[cfg(test)]
mod provider_errors;
#[cfg(test)]
mod record;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod rogue;
#[cfg(test)]
mod rolled_back;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod served;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod tenant;
#[cfg(test)]
mod upstreams;
#[cfg(test)]
mod usd;
#[cfg(test)]
mod verify;
#[cfg(test)]
mod waiting;
