//! `GET /taxonomy`: the causes and their owners.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// The taxonomy in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxonomyView {
    /// Version of the file.
    version: u32,
    /// Name under which readings cite it.
    citation: String,
    /// Groups with their causes.
    groups: Vec<GroupView>,
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupView {
    code: String,
    zh: String,
    en: String,
    causes: Vec<CauseView>,
}

/// A leaf.
#[derive(Debug, Serialize, ToSchema)]
pub struct CauseView {
    code: String,
    zh: String,
    en: String,
    /// Responsible department by default.
    owner: String,
    definition: String,
}

/// Causes and owners in force.
#[utoipa::path(get, path = "/taxonomy", tag = "taxonomy", responses((status = 200, body = TaxonomyView)), security(("token" = [])))]
pub async fn get(State(app): State<Arc<App>>) -> Json<TaxonomyView> {
    let taxonomy = &app.taxonomy;
    let groups = taxonomy.groups.iter().map(|group| GroupView {
        code: group.code.to_string(),
        zh: group.zh.clone(),
        en: group.en.clone(),
        causes: taxonomy
            .leaves()
            .filter(|cause| cause.group() == &*group.code)
            .map(|cause| CauseView {
                code: cause.code.to_string(),
                zh: cause.zh.clone(),
                en: cause.en.clone(),
                owner: cause.owner.to_string(),
                definition: cause.definition.clone(),
            })
            .collect(),
    });
    Json(TaxonomyView { version: taxonomy.version, citation: taxonomy.citation(), groups: groups.collect() })
}
