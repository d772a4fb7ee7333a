//! What end-to-end tests share: the real server on a folder of its own, a client that speaks to it, and texts to send.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod broker;
mod certificates;
mod client;
mod disk;
mod engine;
mod events;
mod fleet;
mod mailroom;
mod npm;
mod proxy;
mod python;
mod receiver;
mod sandbox;
mod shared;
mod tls;

pub use broker::{Broker, Message, SASL_PASSWORD, SASL_USER, TOPICS};
pub use client::{Answer, Client, Unreachable};
pub use disk::SmallDisk;
pub use engine::{ENGINE_TOKEN, Engine};
pub use events::{complaint, numeral};
pub use fleet::Fleet;
pub use mailroom::{Mailroom, Wire};
pub use npm::{browser_modules, chromium, npm_modules};
pub use proxy::{Proxy, Weather};
pub use python::python_programs;
pub use receiver::{Got, Receiver};
pub use sandbox::{Sandbox, refused_start, refused_with, run_client, run_program, wait_until};
pub use shared::Shared;
pub use tls::TlsFront;
