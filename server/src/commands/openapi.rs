//! `tingjian-server openapi`: the API's description, as the running server serves it.

use std::process::ExitCode;

/// Prints the OpenAPI document.
///
/// # Errors
/// Standard output closed.
pub fn run() -> anyhow::Result<ExitCode> {
    println!("{}", serde_json::to_string_pretty(&crate::http::openapi())?);
    Ok(ExitCode::SUCCESS)
}
