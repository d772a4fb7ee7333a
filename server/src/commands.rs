//! What each subcommand does.

pub mod accounts;
pub mod analyse;
pub mod evaluate;
pub mod openapi;
pub mod serve;
pub mod train;
