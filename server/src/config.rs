//! The configuration: raw keys in, checked values out.
//!
//! A file may set any key of [`keys::KEYS`]; every key can also be set as `TINGJIAN_SECTION_KEY` in the environment, which
//! wins over the file; command-line options win over both.

mod alerts;
mod analysis;
mod kafka;
mod keys;
mod layers;
mod log;
mod oidc;
mod pipeline;
mod reports;
mod search;
mod secrets;
mod server;
mod source;
#[cfg(test)]
mod tests;
mod warehouse;

use std::path::Path;

use serde::Deserialize;

pub use alerts::Alerts;
pub use analysis::Analysis;
pub use kafka::{GroupProtocol, Kafka};
pub use layers::ConfigError;
pub use log::{Log, LogFormat};
pub use oidc::Oidc;
pub use pipeline::Pipeline;
pub use reports::Reports;
pub use search::{Search, SearchEngine};
pub use secrets::{Secret, Secrets};
pub use server::{Role, Server};
pub use source::{Source, SourceKind};
pub use warehouse::Warehouse;

/// Everything that can be configured, with its defaults.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Config {
    /// `[server]`.
    pub server: Server,
    /// `[source]`.
    pub source: Source,
    /// `[pipeline]`.
    pub pipeline: Pipeline,
    /// `[warehouse]`.
    pub warehouse: Warehouse,
    /// `[search]`.
    pub search: Search,
    /// `[analysis]`.
    pub analysis: Analysis,
    /// `[secrets]`.
    pub secrets: Secrets,
    /// `[oidc]`.
    pub oidc: Oidc,
    /// `[reports]`.
    pub reports: Reports,
    /// `[alerts]`.
    pub alerts: Alerts,
    /// `[log]`.
    pub log: Log,
}

impl Config {
    /// Reads the file (none: defaults) and the environment.
    ///
    /// # Errors
    /// Unreadable file, unknown key (with the nearest known one), wrong value: each names key and origin.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let text = match file {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path)
                .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?,
        };
        let origin = file.map_or_else(|| "默认配置".to_owned(), |path| path.display().to_string());
        Self::parse(&text, &origin, environment)
    }

    /// Reads a text, with `origin` naming it in errors.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(
        text: &str,
        origin: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table: toml::Table =
            text.parse().map_err(|e| ConfigError::Syntax { origin: origin.to_owned(), source: Box::new(e) })?;
        layers::check_keys(&table, origin)?;
        let mut config = Self::read(&table, origin)?;
        // One by one, so that a wrong value is reported with the variable that holds it.
        for (key, variable, value) in layers::environment(environment) {
            let shown = if keys::SECRET_KEYS.contains(&key) { "***".to_owned() } else { value.to_string() };
            layers::set(&mut table, key, value, &variable)?;
            config = Self::read(&table, &format!("环境变量 {variable}={shown}"))?;
        }
        config.check()?;
        Ok(config)
    }

    fn read(table: &toml::Table, origin: &str) -> Result<Self, ConfigError> {
        let wrong = |e| ConfigError::Value { origin: origin.to_owned(), source: Box::new(e) };
        toml::Value::Table(table.clone()).try_into().map_err(wrong)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let refuse = |key, problem| Err(ConfigError::Bound { key, problem });
        if self.pipeline.batch_rows == 0 {
            return refuse("pipeline.batch_rows", "必须大于 0");
        }
        if self.pipeline.batch_bytes == 0 {
            return refuse("pipeline.batch_bytes", "必须大于 0");
        }
        if !(0..=6).contains(&self.reports.day) {
            return refuse("reports.day", "须在 0（周一）到 6（周日）之间");
        }
        if !(0.0..=1.0).contains(&self.alerts.emerging_q) {
            return refuse("alerts.emerging_q", "须在 0 到 1 之间");
        }
        if self.server.roles.is_empty() {
            return refuse("server.roles", "至少要有一个角色：pipeline、indexer、web");
        }
        if self.search.writer_threads == 0 || self.search.writer_threads > 8 {
            return refuse("search.writer_threads", "须在 1 到 8 之间");
        }
        if self.search.writer_memory_bytes / self.search.writer_threads < 15_000_000 {
            return refuse("search.writer_memory_bytes", "每个线程至少 15000000 字节");
        }
        let kafka = &self.source.kafka;
        for (key, milliseconds) in [
            ("source.kafka.commit_interval_ms", kafka.commit_interval_ms),
            ("source.kafka.ends_interval_ms", kafka.ends_interval_ms),
            ("source.kafka.answer_timeout_ms", kafka.answer_timeout_ms),
            ("source.kafka.produce_timeout_ms", kafka.produce_timeout_ms),
        ] {
            if milliseconds == 0 {
                return refuse(key, "必须大于 0");
            }
        }
        if kafka.topic_partitions < 1 {
            return refuse("source.kafka.topic_partitions", "必须大于 0");
        }
        if !self.warehouse.password.0.is_empty() && self.warehouse.password_file.is_some() {
            return refuse("warehouse.password", "与 warehouse.password_file 只能设置一个");
        }
        if self.warehouse.engine.connections == 0 {
            return refuse("warehouse.engine.connections", "必须大于 0");
        }
        self.check_oidc()
    }

    fn check_oidc(&self) -> Result<(), ConfigError> {
        let refuse = |key, problem| Err(ConfigError::Bound { key, problem });
        let oidc = &self.oidc;
        if oidc.issuer.is_empty() {
            return Ok(());
        }
        if oidc.client_id.is_empty() {
            return refuse("oidc.client_id", "设置了 oidc.issuer 时必须填写");
        }
        if self.server.public_url.is_empty() {
            return refuse("server.public_url", "设置了 oidc.issuer 时必须填写：统一登录要把浏览器送回这个地址");
        }
        if oidc.timeout_ms == 0 {
            return refuse("oidc.timeout_ms", "必须大于 0");
        }
        if oidc.roles.is_empty() {
            return refuse("oidc.roles", "设置了 oidc.issuer 时必须填写，否则谁也登录不了");
        }
        let is_role = |name: &String| crate::accounts::Role::ALL.iter().any(|role| role.name() == name);
        if !oidc.roles.values().all(is_role) {
            return refuse("oidc.roles", "的值须是 intake、agent、supervisor、analyst、executive、admin 之一");
        }
        Ok(())
    }
}
