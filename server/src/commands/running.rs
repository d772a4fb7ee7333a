//! The server that runs on this data folder: asked where only it may do something.

use std::{fs, net::SocketAddr, time::Duration};

use anyhow::{Context, bail};

use crate::config::Config;

/// Longest wait for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(120);
/// Largest answer taken.
const MAX_BYTES: u64 = 8 << 20;

/// A client of it, with the administrator's token.
pub struct Running {
    agent: ureq::Agent,
    listen: SocketAddr,
    token: String,
}

impl Running {
    /// The one that is configured.
    ///
    /// # Errors
    /// There is no token of an administrator: no server has run here.
    pub fn on(config: &Config) -> anyhow::Result<Self> {
        let token_file = config.server.data_dir.join("admin.token");
        let token = fs::read_to_string(&token_file).with_context(|| format!("读不到 {}", token_file.display()))?;
        let mut listen = config.server.listen;
        if listen.ip().is_unspecified() {
            listen.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(ANSWER_TIMEOUT))
            .build()
            .new_agent();
        Ok(Self { agent, listen, token: format!("Bearer {}", token.trim()) })
    }

    /// The text of a good answer.
    ///
    /// # Errors
    /// It does not run, or refuses; in its own words.
    pub fn call(&self, method: &str, path: &str, accept: &str) -> anyhow::Result<String> {
        let Self { agent, listen, token } = self;
        let url = format!("http://{listen}{path}");
        let answer = match method {
            "POST" => agent.post(&url).header("authorization", token).header("accept", accept).send_empty(),
            _ => agent.get(&url).header("authorization", token).header("accept", accept).call(),
        };
        let mut answer = answer.with_context(|| format!("连不上 http://{listen}：请先启动 tingjian-server serve"))?;
        let status = answer.status();
        let text = answer.body_mut().with_config().limit(MAX_BYTES).read_to_string()?;
        if !status.is_success() {
            let problem: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            bail!("{}", problem.get("detail").and_then(serde_json::Value::as_str).unwrap_or(&text));
        }
        Ok(text)
    }
}
