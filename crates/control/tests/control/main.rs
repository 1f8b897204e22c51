//! The administration API, asked as a client asks it: through its router, over tellers and a store in memory.

#[cfg(test)]
mod alerts;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod budgets;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod check;
#[cfg(test)]
mod credit;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod forecast;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod headroom;
#[cfg(test)]
mod house;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod installation;
#[cfg(test)]
mod journal_entries;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod limits_kinds;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod owners;
#[cfg(test)]
mod parking;
#[cfg(test)]
mod prices;
#[cfg(test)]
mod reconciliations;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod town;
#[cfg(test)]
mod upstreams;
#[cfg(test)]
mod usage;
