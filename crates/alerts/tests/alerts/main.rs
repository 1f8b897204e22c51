//! Alerts on a store in memory, with tellers that decide and a courier that says how it goes. Time is the runtime's, which
//! passes as fast as nothing else is to be done.

#[cfg(test)]
mod courier;
#[cfg(test)]
mod delivering;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod warnings;
#[cfg(test)]
mod world;
