//! What verifying finds and what it does not, over real files. A test's name is its claim.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod honest;
#[cfg(test)]
mod lies;
#[cfg(test)]
mod quiet;
#[cfg(test)]
mod store;
