//! Taxonomy and analyser as configured.

use anyhow::Context;
use tingjian_analysis::{Analyser, Options};
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

/// The analyser over that taxonomy.
///
/// # Errors
/// Unreadable or invalid taxonomy, dictionary or model.
pub fn analyser(settings: &Analysis) -> anyhow::Result<Analyser> {
    let dictionary = match &settings.dictionary {
        None => None,
        Some(path) => Some(
            std::fs::read_to_string(path)
                .with_context(|| format!("配置项 analysis.dictionary：读不到 {}", path.display()))?,
        ),
    };
    let options = Options { dictionary, ..Options::default() };
    Ok(Analyser::new(&taxonomy(settings)?, &options)?)
}
