//! Accounts from outside: made, kept, opened again, and what may not be done with them.

#[cfg(test)]
mod booked;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod listed;
#[cfg(test)]
mod office;
#[cfg(test)]
mod parking;
