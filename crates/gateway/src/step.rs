//! The eight steps of a call.

pub(crate) mod authenticate;
pub(crate) mod bound;
pub(crate) mod cap;
pub(crate) mod count;
pub(crate) mod hold;
pub(crate) mod marks;
pub(crate) mod meter;
pub(crate) mod read;
pub(crate) mod route;
pub(crate) mod send;
pub(crate) mod settle;
