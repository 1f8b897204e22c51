//! The table of errors against every body there is, and what is said of the causes.

mod bodies;
mod meaning;
