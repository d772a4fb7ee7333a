//! `tingjian-server evaluate`: how good the understanding is, against rows that people labelled.

use std::process::ExitCode;

use anyhow::Context;
use rayon::prelude::*;
use tingjian_analysis::{
    Context as Known, ModelChoice,
    evaluate::{Evaluation, GoldRow, Pair, html, text},
    learn::rows::gold_rows,
};

use crate::{
    app::understanding::{analyser, analyser_with},
    cli::EvaluateOptions,
    commands::train::read,
};

/// Reads every row, prints the measures, and writes the page if one is wanted.
///
/// # Errors
/// Labels or model that cannot be used; a page that cannot be written.
pub fn run(options: &EvaluateOptions) -> anyhow::Result<ExitCode> {
    let mut settings = options.common.load()?.analysis;
    if options.model.is_some() {
        settings.model.clone_from(&options.model);
    }
    let analyser = if options.rules { analyser_with(&settings, ModelChoice::Rules)? } else { analyser(&settings)? };
    let gold = gold_rows(&read(&options.gold)?).with_context(|| format!("{} 不能用来衡量", options.gold.display()))?;
    let pair = |gold: GoldRow| Pair { reading: analyser.read(&gold.text, &Known::default()), gold };
    let pairs: Vec<Pair> = gold.into_par_iter().map(pair).collect();
    let evaluation = Evaluation::new(&pairs);
    print!("{}", text(&evaluation));
    if let Some(path) = &options.report {
        let versions = analyser.versions();
        let title = format!("理解质量：{}（规则 {}，模型 {}）", options.gold.display(), versions.rules, versions.model);
        std::fs::write(path, html(&evaluation, &title)).with_context(|| format!("写不了 {}", path.display()))?;
        println!("\n网页报告已写入 {}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}
