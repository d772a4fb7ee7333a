//! `tingjian-server topics create|check`: the Kafka topics that the configuration wants.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use tingjian_pipeline::{Topics, WantedTopics};

use crate::{
    app,
    cli::{Common, TopicsAction},
    config::{Config, SourceKind},
};

/// Makes missing topics, or tells what differs; differing, the exit status is 1.
///
/// # Errors
/// Wrong configuration; brokers away.
pub fn run(action: &TopicsAction) -> anyhow::Result<ExitCode> {
    let (TopicsAction::Create { common } | TopicsAction::Check { common }) = action;
    let topics = open(common)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("无法启动运行时")?;
    match action {
        TopicsAction::Create { .. } => {
            for (topic, is_new) in runtime.block_on(topics.create())? {
                println!("{topic}：{}", if is_new { "已创建" } else { "已存在" });
            }
            Ok(ExitCode::SUCCESS)
        }
        TopicsAction::Check { .. } => {
            let findings = runtime.block_on(topics.check())?;
            for finding in &findings {
                let problems = finding.problems.join("；");
                println!("{}：{}", finding.topic, if problems.is_empty() { "符合要求" } else { &problems });
            }
            let is_fine = findings.iter().all(|finding| finding.problems.is_empty());
            Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

fn open(common: &Common) -> anyhow::Result<Topics> {
    let config = common.load()?;
    if config.source.kind != SourceKind::Kafka {
        bail!("配置项 source.kind 不是 \"kafka\"：没有主题可管");
    }
    Ok(Topics::new(&app::kafka::options(&config)?, wanted(&config))?)
}

fn wanted(config: &Config) -> WantedTopics {
    let kafka = &config.source.kafka;
    WantedTopics {
        partitions: kafka.topic_partitions,
        replication: (kafka.topic_replication > 0).then_some(kafka.topic_replication),
        retention: Duration::from_secs(kafka.topic_retention_hours * 3_600),
    }
}
