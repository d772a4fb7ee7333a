//! Taxonomy and analyser as configured.

use anyhow::Context;
use tingjian_analysis::{Analyser, ModelChoice, Options};
use tingjian_schemas::Taxonomy;

use crate::config::Analysis;

/// The organisation's taxonomy, or the shipped one.
///
/// # Errors
/// Unreadable or invalid file.
pub fn taxonomy(settings: &Analysis) -> anyhow::Result<Taxonomy> {
    match &settings.taxonomy {
        None => Ok(Taxonomy::shipped()?),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("配置项 analysis.taxonomy：读不到 {}", path.display()))?;
            Taxonomy::parse(&text).with_context(|| format!("根因分类 {} 有误", path.display()))
        }
    }
}

/// The analyser over that taxonomy, with the configured model.
///
/// # Errors
/// Unreadable or invalid taxonomy, dictionary or model.
pub fn analyser(settings: &Analysis) -> anyhow::Result<Analyser> {
    let analyser = Analyser::new(&taxonomy(settings)?, &options(settings)?);
    Ok(match &settings.model {
        Some(path) => analyser.with_context(|| format!("模型 {} 用不了", path.display()))?,
        None => analyser?,
    })
}

/// What an analyser over any taxonomy is made with.
///
/// # Errors
/// Unreadable dictionary or model.
pub fn options(settings: &Analysis) -> anyhow::Result<Options> {
    let model = match &settings.model {
        None => ModelChoice::Shipped,
        Some(path) => ModelChoice::File(std::fs::read(path).with_context(|| format!("读不到模型 {}", path.display()))?),
    };
    options_with(settings, model)
}

/// The analyser over that taxonomy, with this model.
///
/// # Errors
/// Unreadable or invalid taxonomy, dictionary or model.
pub fn analyser_with(settings: &Analysis, model: ModelChoice) -> anyhow::Result<Analyser> {
    Ok(Analyser::new(&taxonomy(settings)?, &options_with(settings, model)?)?)
}

fn options_with(settings: &Analysis, model: ModelChoice) -> anyhow::Result<Options> {
    let dictionary = match &settings.dictionary {
        None => None,
        Some(path) => Some(
            std::fs::read_to_string(path)
                .with_context(|| format!("配置项 analysis.dictionary：读不到 {}", path.display()))?,
        ),
    };
    Ok(Options { dictionary, model, ..Options::default() })
}
