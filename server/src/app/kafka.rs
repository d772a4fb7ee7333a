//! Kafka as configured.

use std::{fs, time::Duration};

use anyhow::{Context, bail};
use tingjian_pipeline::KafkaOptions;

use crate::config::{Config, GroupProtocol};

/// What the pipeline is told about Kafka, with secrets read from their files.
///
/// # Errors
/// A secret that cannot be read; a property that the program sets itself.
pub fn options(config: &Config) -> anyhow::Result<KafkaOptions> {
    let kafka = &config.source.kafka;
    let mut properties = kafka.properties.clone();
    for (key, path) in &kafka.secret_files {
        let secret = fs::read_to_string(path)
            .with_context(|| format!("配置项 source.kafka.secret_files.{key}：读不到 {}", path.display()))?;
        if properties.insert(key.clone(), secret.trim_end().to_owned()).is_some() {
            bail!("{key} 同时出现在 source.kafka.properties 和 source.kafka.secret_files 里，请删去其一");
        }
    }
    let options = KafkaOptions {
        brokers: kafka.brokers.clone(),
        group: kafka.group.clone(),
        shares_by_brokers: kafka.group_protocol == GroupProtocol::Consumer,
        properties,
        oauth_token_file: kafka.oauth_token_file.clone(),
        batch_rows: config.pipeline.batch_rows,
        batch_bytes: config.pipeline.batch_bytes,
        flush_interval: Duration::from_millis(config.pipeline.flush_interval_ms),
        commit_interval: Duration::from_millis(kafka.commit_interval_ms),
        ends_interval: Duration::from_millis(kafka.ends_interval_ms),
        answer_timeout: Duration::from_millis(kafka.answer_timeout_ms),
        produce_timeout: Duration::from_millis(kafka.produce_timeout_ms),
    };
    options.check()?;
    Ok(options)
}
