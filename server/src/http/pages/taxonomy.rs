//! The taxonomy: looked at, changed with a preview, kept in versions; history read again.

mod form;

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use tingjian_query::CAUSES_OF_FACTS;

use super::{
    format::{local, number},
    names::cause_name,
    refused::said,
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{access::Visitor, problem::Problem, reanalyse::begin, taxonomy::away},
    reanalysis::{Run, RunState},
    taxonomies::{
        SaveError,
        draft::Draft,
        preview::{Preview, Shift},
    },
};

/// Seconds after which a browser looks again while history is read.
const LOOK_AGAIN_S: &str = "2";
/// Lines for causes that are to be added.
const NEW_CAUSES: usize = 2;
/// Names shown in a preview.
const SHIFTS_SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "taxonomy.html")]
struct TaxonomyPage {
    visit: Visit,
    version: String,
    citation: String,
    notice: Option<String>,
    wrong: Vec<String>,
    preview: Option<PreviewView>,
    editable: bool,
    is_file: bool,
    shows: Option<String>,
    base: u32,
    groups: Vec<GroupView>,
    leaves: Vec<(String, String)>,
    owners: Vec<String>,
    moved: Vec<(String, String)>,
    new_causes: usize,
    note: String,
    versions: Vec<VersionRow>,
    run: RunView,
}

struct GroupView {
    code: String,
    zh: String,
    en: String,
    causes: Vec<CauseView>,
}

struct CauseView {
    code: String,
    name: String,
    zh: String,
    en: String,
    owner: String,
    definition: String,
    is_fixed: bool,
}

struct PreviewView {
    summary: String,
    causes: Vec<ShiftRow>,
    departments: Vec<ShiftRow>,
}

struct ShiftRow {
    name: String,
    before: usize,
    after: usize,
    difference: String,
    changed: bool,
}

struct VersionRow {
    version: u32,
    at: String,
    by: String,
    note: String,
}

/// The run under way, the last one, or what there is to do.
#[derive(Default)]
struct RunView {
    may_begin: bool,
    is_under_way: bool,
    percent: u32,
    words: String,
    last: Option<String>,
}

/// What a form led to.
#[derive(Default)]
struct Outcome {
    draft: Option<Draft>,
    note: String,
    notice: Option<String>,
    wrong: Vec<String>,
    preview: Option<Preview>,
}

/// The page.
pub async fn page(visit: Visit, State(app): State<Arc<App>>, Query(pairs): Query<Vec<(String, String)>>) -> Response {
    let of = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let mut outcome = Outcome::default();
    if of("saved").is_some() {
        let version = app.taxonomy().version.to_string();
        outcome.notice = Some(visit.language.fill("taxonomy.saved", &[&version]));
    }
    if let Some(version) = of("version").and_then(|version| version.parse().ok()) {
        match app.taxonomies.version(version).await {
            Ok(Some(found)) => outcome.draft = Some(Draft::of(&found)),
            Ok(None) => return said(visit, Problem::not_found(format!("没有第 {version} 版根因分类"))),
            Err(error) => return said(visit, away(&error)),
        }
    }
    show(&app, visit, StatusCode::OK, outcome).await
}

/// Shows what a change would move; saves nothing.
pub async fn preview(visit: Visit, State(app): State<Arc<App>>, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let (draft, note) = form::draft(&pairs);
    match app.taxonomies.preview(&draft.file()).await {
        Ok(preview) => {
            let outcome = Outcome { draft: Some(draft), note, preview: Some(preview), ..Outcome::default() };
            show(&app, visit, StatusCode::OK, outcome).await
        }
        Err(error) => failed(&app, visit, draft, note, error).await,
    }
}

/// Saves a change as the next version.
pub async fn save(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let (draft, note) = form::draft(&pairs);
    match app.taxonomies.save(&draft.file(), &visitor.account.name, &note, Timestamp::now()).await {
        Ok(_) => Redirect::to("/taxonomy?saved=1").into_response(),
        Err(error) => failed(&app, visit, draft, note, error).await,
    }
}

/// Begins to read history again.
pub async fn reanalyse(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>) -> Response {
    match begin(&app, &visitor) {
        Ok(_) => Redirect::to("/taxonomy#reanalysis").into_response(),
        Err(problem) => said(visit, problem),
    }
}

/// What was typed stays in the form, with what is wrong above it.
async fn failed(app: &App, visit: Visit, draft: Draft, note: String, error: SaveError) -> Response {
    let (status, wrong) = match error {
        SaveError::Wrong(wrong) => (StatusCode::BAD_REQUEST, wrong),
        SaveError::Outdated(_) | SaveError::File => (StatusCode::CONFLICT, vec![error.to_string()]),
        other => return said(visit, Problem::from(other)),
    };
    show(app, visit, status, Outcome { draft: Some(draft), note, wrong, ..Outcome::default() }).await
}

async fn show(app: &App, visit: Visit, status: StatusCode, outcome: Outcome) -> Response {
    let versions = match app.taxonomies.versions().await {
        Ok(versions) => versions,
        Err(error) => return said(visit, away(&error)),
    };
    let run = match run_view(app, &visit).await {
        Ok(run) => run,
        Err(problem) => return said(visit, problem),
    };
    let taxonomy = app.taxonomy();
    let draft = outcome.draft.unwrap_or_else(|| Draft::of(&taxonomy));
    let now = taxonomy.version.to_string();
    let is_under_way = run.is_under_way;
    let page = TaxonomyPage {
        version: visit.language.fill("taxonomy.version", &[&now]),
        citation: taxonomy.citation(),
        notice: outcome.notice,
        wrong: outcome.wrong,
        preview: outcome.preview.map(|preview| preview_view(app, &visit, preview)),
        editable: visit.edits_taxonomy() && !app.taxonomies.is_file(),
        is_file: app.taxonomies.is_file(),
        shows: (draft.version != taxonomy.version)
            .then(|| visit.language.fill("taxonomy.shows_version", &[&draft.version.to_string(), &now])),
        base: taxonomy.version,
        leaves: taxonomy.leaves().map(|leaf| (leaf.code.to_string(), leaf.zh.clone())).collect(),
        moved: draft.moved.iter().map(|moved| (moved.from.clone(), moved.into.clone())).collect(),
        groups: groups(&visit, &draft),
        owners: draft.owners,
        new_causes: NEW_CAUSES,
        note: outcome.note,
        versions: versions
            .into_iter()
            .map(|one| VersionRow {
                version: one.version,
                at: Timestamp::from_millisecond(one.at).map(|at| local(&app.zone, at)).unwrap_or_default(),
                by: one.saved_by,
                note: one.note,
            })
            .collect(),
        run,
        visit,
    };
    let mut response = render(status, &page);
    // Not over what somebody has just typed.
    if is_under_way && page.preview.is_none() && page.wrong.is_empty() {
        let again = HeaderValue::from_static(LOOK_AGAIN_S);
        response.headers_mut().insert(HeaderName::from_static("refresh"), again);
    }
    response
}

fn groups(visit: &Visit, draft: &Draft) -> Vec<GroupView> {
    let is_chinese = visit.language == super::words::Language::Chinese;
    let cause = |cause: &crate::taxonomies::draft::DraftCause| CauseView {
        code: cause.code.clone(),
        name: if is_chinese { cause.zh.clone() } else { cause.en.clone() },
        zh: cause.zh.clone(),
        en: cause.en.clone(),
        owner: cause.owner.clone(),
        definition: cause.definition.clone(),
        is_fixed: CAUSES_OF_FACTS.contains(&cause.code.as_str()),
    };
    let group = |group: &crate::taxonomies::draft::DraftGroup| GroupView {
        code: group.code.clone(),
        zh: group.zh.clone(),
        en: group.en.clone(),
        causes: group.causes.iter().map(cause).collect(),
    };
    draft.groups.iter().map(group).collect()
}

fn preview_view(app: &App, visit: &Visit, preview: Preview) -> PreviewView {
    let (sampled, moved) = (preview.sampled.to_string(), preview.moved.to_string());
    let summary = match (preview.sampled, preview.moved) {
        (0, _) => visit.t("taxonomy.preview_none").to_owned(),
        (_, 0) => visit.language.fill("taxonomy.preview_same", &[&sampled]),
        _ => visit.language.fill("taxonomy.preview_moved", &[&sampled, &moved]),
    };
    let row = |name: String, shift: &Shift| ShiftRow {
        name,
        before: shift.before,
        after: shift.after,
        difference: match shift.after.cmp(&shift.before) {
            std::cmp::Ordering::Equal => "0".to_owned(),
            std::cmp::Ordering::Greater => format!("+{}", shift.after - shift.before),
            std::cmp::Ordering::Less => format!("−{}", shift.before - shift.after),
        },
        changed: shift.before != shift.after,
    };
    let cause = |shift: &Shift| row(cause_name(app, visit.language, &shift.key), shift);
    PreviewView {
        summary,
        causes: preview.causes.iter().take(SHIFTS_SHOWN).map(cause).collect(),
        departments: preview.departments.iter().take(SHIFTS_SHOWN).map(|shift| row(shift.key.clone(), shift)).collect(),
    }
}

async fn run_view(app: &App, visit: &Visit) -> Result<RunView, Problem> {
    let runs = app.reanalyses.newest().map_err(|error| Problem::internal(&error))?;
    let last = runs.first();
    if let Some(run) = last.filter(|run| matches!(run.state, RunState::Reading | RunState::Attributing)) {
        return Ok(RunView {
            may_begin: false,
            is_under_way: true,
            percent: (run.progress * 100.0) as u32,
            words: under_way(visit, run),
            last: None,
        });
    }
    let versions = app.taxonomies.analyser().get().versions().clone();
    let stale = app.warehouse.stale_count(&versions).await.ok();
    let words = match stale {
        None => visit.t("reanalysis.unknown").to_owned(),
        Some(0) => visit.t("reanalysis.fresh").to_owned(),
        Some(stale) => visit.language.fill("reanalysis.stale", &[&number(visit.language, stale)]),
    };
    Ok(RunView {
        may_begin: visit.edits_taxonomy() && stale != Some(0),
        words: if app.again.is_some() { words } else { visit.t("reanalysis.elsewhere").to_owned() },
        last: last.map(|run| ended(app, visit, run)),
        ..RunView::default()
    })
}

fn under_way(visit: &Visit, run: &Run) -> String {
    if run.state == RunState::Attributing {
        return visit.t("reanalysis.attributing").to_owned();
    }
    let numbers = [run.done, run.total, run.changed].map(|n| number(visit.language, n));
    visit.language.fill("reanalysis.progress", &numbers.each_ref().map(String::as_str))
}

fn ended(app: &App, visit: &Visit, run: &Run) -> String {
    if let Some(problem) = &run.problem {
        return visit.language.fill("reanalysis.failed", &[problem]);
    }
    let at = local(&app.zone, run.ended_at.unwrap_or(run.started_at));
    let [done, changed] = [run.done, run.changed].map(|n| number(visit.language, n));
    visit.language.fill("reanalysis.last", &[&at, &done, &changed])
}
