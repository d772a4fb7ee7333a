//! What each subcommand does.

pub mod accounts;
pub mod analyse;
pub mod backup;
pub mod evaluate;
pub mod offline;
pub mod openapi;
pub mod positions;
pub mod rebuild_attribution;
pub mod rebuild_index;
pub mod replay;
pub mod report;
pub mod restore;
mod running;
pub mod serve;
pub mod topics;
pub mod train;
