//! `tingjian-server replay`: what came since a time goes through the flow again, while servers go on.

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context, bail};
use jiff::Timestamp;
use tingjian_analysis::Sealer;
use tingjian_pipeline::{
    AnalysedTopic, Ends, KafkaProducer, RECORD_IDS, RawRecord, Rereading, Sink, SinkError, Understand, Understanding,
    Written, mark_repeats,
};
use tingjian_schemas::{Batch, Positions, Stream};
use tingjian_warehouse::{IdScope, Warehouse};

use crate::{
    app::{self, intake, understanding},
    cli::ReplayOptions,
    config::{Config, SourceKind},
    logging, secrets,
};

/// Reads the stream again and stores what is not there: letters that were dead and can be read now, rows that were lost. What
/// is there counts once as before.
///
/// # Errors
/// Wrong configuration; ClickHouse or brokers away.
pub fn run(options: &ReplayOptions) -> anyhow::Result<ExitCode> {
    let config = options.common.load()?;
    logging::start(&config.log)?;
    if config.source.kind != SourceKind::Kafka || app::is_embedded(&config) {
        bail!(
            "replay 需要 source.kind = \"kafka\" 和独立的 ClickHouse；嵌入式安装请用 POST /api/v1/dead-letters/{{id}}/replay"
        );
    }
    let stream: Stream = options.stream.parse()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("无法启动运行时")?;
    runtime.block_on(replay(&config, stream, options.from))?;
    Ok(ExitCode::SUCCESS)
}

async fn replay(config: &Config, stream: Stream, from: Timestamp) -> anyhow::Result<()> {
    let path = config.secrets.link_key_file.as_ref().context("请设置 secrets.link_key_file")?;
    let key = secrets::key(path, false)?;
    let analyser = Arc::new(understanding::analyser(&config.analysis)?);
    let understanding = Understanding::new(analyser, Arc::new(Sealer::new(&key)), intake::content_seed(&key));
    let options = app::kafka::options(config)?;
    let ends = Ends::watch(&options, Vec::new())?;
    let warehouse = app::warehouse(config, None)?;
    let mut filter = stored_ids(&warehouse, IdScope::of(stream)).await?;
    let mut sink = AnalysedTopic::before(Again { warehouse }, KafkaProducer::new(&options, &ends)?);
    let mut rereading = tokio::task::spawn_blocking(move || Rereading::open(&options, stream, from)).await??;
    let (total, mut done, mut sum) = (rereading.records(), 0_u64, Written::default());
    loop {
        let (again, raw) = tokio::task::spawn_blocking(move || next(rereading)).await??;
        rereading = again;
        if raw.is_empty() {
            break;
        }
        done += raw.len() as u64;
        let understanding = understanding.clone();
        let mut batch = tokio::task::spawn_blocking(move || understanding.batch(raw)).await?;
        mark_repeats(&mut filter, &mut batch);
        sum += sink.write(&Arc::new(batch)).await?;
        eprintln!("重放 {stream}：{done}/{total} 条");
    }
    let kept = sum.stored + sum.duplicates + sum.replaced;
    println!("重放完成：{done} 条；在库 {kept}（含已有的），仍为死信 {}", sum.dead);
    Ok(())
}

fn next(mut rereading: Rereading) -> anyhow::Result<(Rereading, Vec<RawRecord>)> {
    let raw = rereading.next_batch()?;
    Ok((rereading, raw))
}

async fn stored_ids(warehouse: &Warehouse, scope: IdScope) -> anyhow::Result<tingjian_pipeline::IdFilter> {
    let name = match scope {
        IdScope::Records => RECORD_IDS,
        IdScope::Facts(stream) => stream.name(),
    };
    let mut filter = tingjian_pipeline::IdFilter::new();
    let remember = |id: &str| {
        filter.insert(name, id);
    };
    warehouse.for_each_id(scope, remember).await?;
    Ok(filter)
}

/// The warehouse, whatever its positions say: those of the pipelines are not touched.
struct Again {
    warehouse: Warehouse,
}

impl Sink for Again {
    fn name(&self) -> &'static str {
        "replay"
    }

    fn positions(&self) -> Positions {
        Positions::default()
    }

    async fn write(&mut self, batch: &Arc<Batch>) -> Result<Written, SinkError> {
        match self.warehouse.write_again(batch).await {
            Ok(written) => Ok(Written {
                stored: written.stored,
                duplicates: written.duplicates,
                replaced: written.replaced,
                dead: written.dead,
            }),
            Err(error) => Err(SinkError { recoverable: error.is_recoverable(), message: error.to_string() }),
        }
    }
}
