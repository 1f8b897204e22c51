//! The transport from outside, on real sockets.

#[cfg(test)]
mod connections;
#[cfg(test)]
mod kinds;
