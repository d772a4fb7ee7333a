//! `tingjian-server train cause|unit`: a model from an organisation's own labelled rows.

use std::{
    collections::HashMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use tingjian_analysis::{
    Analyser, ModelChoice,
    learn::{
        CauseRow, TrainOptions, Trained,
        rows::{cause_rows, labels_by_id, texts_by_id, unit_rows},
        train_causes, train_units,
    },
};

use crate::{
    app::understanding::{analyser_with, taxonomy},
    cli::{TrainCommand, TrainFiles},
};

/// Labels shown at most, the most frequent first.
const MOST_SHOWN: usize = 60;

/// Trains, says how good the model is on rows it had not seen, and writes it.
///
/// # Errors
/// Input that cannot be read or learnt from; output that cannot be written.
pub fn run(command: &TrainCommand) -> anyhow::Result<ExitCode> {
    let files = match command {
        TrainCommand::Cause { files, .. } | TrainCommand::Unit { files } => files,
    };
    let settings = files.common.load()?.analysis;
    let taxonomy = taxonomy(&settings)?;
    let analyser = analyser_with(&settings, ModelChoice::Rules)?;
    let trained = match command {
        TrainCommand::Cause { labels, texts, .. } => {
            train_causes(&analyser, &taxonomy, &all_rows(files, labels, texts)?, &options())?
        }
        TrainCommand::Unit { .. } => units(&analyser, files)?,
    };
    report(&trained);
    std::fs::write(&files.output, trained.model.to_bytes())
        .with_context(|| format!("写不了 {}", files.output.display()))?;
    println!("模型 {} 已写入 {}", trained.model.fingerprint(), files.output.display());
    Ok(ExitCode::SUCCESS)
}

/// Rows of all inputs, in the order of the command line.
fn all_rows(files: &TrainFiles, labels: &[PathBuf], texts: &[PathBuf]) -> anyhow::Result<Vec<CauseRow>> {
    let mut rows = Vec::new();
    for (number, file) in files.input.iter().enumerate() {
        rows.extend(cause_rows(&read(file)?, number).with_context(|| refused(file))?);
    }
    let texts = all_texts(texts)?;
    for (number, file) in labels.iter().enumerate() {
        let input = files.input.len() + number;
        rows.extend(labels_by_id(&read(file)?, &texts, input).with_context(|| refused(file))?);
    }
    Ok(rows)
}

fn units(analyser: &Analyser, files: &TrainFiles) -> anyhow::Result<Trained> {
    let mut rows = Vec::new();
    for file in &files.input {
        rows.extend(unit_rows(&read(file)?).with_context(|| refused(file))?);
    }
    Ok(train_units(analyser, &rows, &options())?)
}

/// As many threads as there are processors; the result does not depend on it.
fn options() -> TrainOptions {
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    TrainOptions { threads, ..TrainOptions::default() }
}

fn refused(file: &Path) -> String {
    format!("{} 不能用来训练", file.display())
}

fn all_texts(files: &[PathBuf]) -> anyhow::Result<HashMap<String, String>> {
    let mut texts = HashMap::new();
    for file in files {
        texts_by_id(&read(file)?, &mut texts).with_context(|| format!("{} 不能用作原文", file.display()))?;
    }
    Ok(texts)
}

/// A file's text, unpacked where its name ends with `.gz`.
pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(|| format!("读不到 {}", path.display()))?;
    let read = if path.extension().is_some_and(|e| e == "gz") {
        flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes)
    } else {
        std::io::BufReader::new(file).read_to_end(&mut bytes)
    };
    read.with_context(|| format!("读不完 {}", path.display()))?;
    let Ok(text) = String::from_utf8(bytes) else { bail!("{} 不是 UTF-8 文本", path.display()) };
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

fn report(trained: &Trained) {
    let header = &trained.model.header;
    println!(
        "{} 行，{} 个类别，{} 个特征；交叉验证（每一行都由未见过它的模型判断）：",
        header.rows,
        header.labels.len(),
        header.features
    );
    for (name, share) in &trained.overall {
        println!("  {name:<28} {share:.3}");
    }
    println!("  {:<30} {:>6} {:>8} {:>8} {:>8}", "类别", "行数", "精确率", "召回率", "F1");
    let mut quality = trained.quality.clone();
    quality.sort_by_key(|of| std::cmp::Reverse(of.rows));
    for class in quality.iter().take(MOST_SHOWN) {
        let (p, r, f) = (class.precision, class.recall, class.f1());
        println!("  {:<30} {:>6} {p:>8.3} {r:>8.3} {f:>8.3}", class.label, class.rows);
    }
    if quality.len() > MOST_SHOWN {
        println!("  …另有 {} 个类别", quality.len() - MOST_SHOWN);
    }
    if !trained.left_out.is_empty() {
        println!("行数太少、没有学习的类别：{}", trained.left_out.join("、"));
    }
}
