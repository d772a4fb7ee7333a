//! What the tests share: the real engine, and events to store in it.
#![allow(dead_code)] // Every test program uses a part of it.

pub mod engine;
pub mod events;
pub mod facts;
