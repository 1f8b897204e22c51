//! The table of errors against every body there is, and what is said of the causes.

#[cfg(test)]
mod bodies;
#[cfg(test)]
mod meaning;
