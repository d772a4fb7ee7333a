//! `/questions`: what people have sent to them regularly. Everybody sees and changes their own.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use jiff::{Timestamp, civil::Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{access::Visitor, problem::Problem};
use crate::{
    app::App,
    delivery::{Channels, Takes},
    questions::{self, Kind, Question, QuestionsError, When},
    searches::{NAME_CHARACTERS, QUERY_BYTES},
};

/// One's own questions.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionsAnswer {
    /// How many.
    total: u64,
    /// By name.
    items: Vec<QuestionView>,
    /// Always `null`: they are few.
    next: Option<String>,
}

/// One question.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionView {
    /// Its id.
    id: String,
    /// What its owner calls it.
    name: String,
    /// `search` (the records) or `causes` (counts).
    kind: &'static str,
    /// The query string, as `/export` or `/causes` takes it.
    query: String,
    /// Over which channel the answer goes; `null`: into the weekly report's appendix.
    channel: Option<String>,
    /// 0: Monday … 6: Sunday; `null`: every day.
    day: Option<u8>,
    /// In the organisation's zone.
    #[schema(value_type = String)]
    time: Time,
}

/// A question to keep; one of the same name is replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    /// What it is called.
    pub name: String,
    /// `search` (the records) or `causes` (counts).
    pub kind: String,
    /// The query string, as `/export` or `/causes` takes it.
    #[serde(default)]
    pub query: String,
    /// Over which channel the answer goes: one that takes questions; absent: into the weekly report's appendix.
    #[serde(default)]
    pub channel: String,
    /// 0: Monday … 6: Sunday; absent: every day.
    pub day: Option<u8>,
    /// In the organisation's zone: `08:00`; an appendix has none.
    #[serde(default)]
    #[schema(value_type = String)]
    pub time: Time,
}

impl From<Question> for QuestionView {
    fn from(question: Question) -> Self {
        Self {
            id: question.id,
            name: question.name,
            kind: question.kind.name(),
            query: question.query,
            channel: Some(question.channel).filter(|channel| !channel.is_empty()),
            day: question.when.day,
            time: question.when.at,
        }
    }
}

impl From<QuestionsError> for Problem {
    fn from(error: QuestionsError) -> Self {
        match error {
            QuestionsError::TooMany => Self::bad_request(error.to_string()),
            QuestionsError::Store { .. } => Self::internal(&error),
        }
    }
}

/// What somebody has sent to them regularly.
#[utoipa::path(
    get, path = "/questions", tag = "reports",
    responses((status = 200, body = QuestionsAnswer)), security(("token" = [])))]
pub async fn list(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Json<QuestionsAnswer>, Problem> {
    let own = app.questions.of(Some(&visitor.account.name))?;
    let total = own.len() as u64;
    Ok(Json(QuestionsAnswer { total, items: own.into_iter().map(QuestionView::from).collect(), next: None }))
}

/// Has a question answered regularly, with the rights its owner has whenever it is answered.
#[utoipa::path(
    post, path = "/questions", tag = "reports", request_body = NewQuestion,
    responses((status = 201, body = QuestionView), (status = 400, body = Problem)), security(("token" = [])))]
pub async fn keep(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Json(new): Json<NewQuestion>,
) -> Result<(StatusCode, Json<QuestionView>), Problem> {
    Ok((StatusCode::CREATED, Json(kept(&app, &visitor, new)?.into())))
}

/// The channels over which answers can go.
///
/// # Errors
/// The channels file cannot be read.
pub fn channels(app: &App) -> Result<Vec<String>, Problem> {
    let Some(file) = app.config.reports.channels_file.as_ref() else { return Ok(Vec::new()) };
    let all = Channels::read(file).map_err(|error| Problem::bad_request(format!("{error:#}")))?;
    let takers = all.channel.into_iter().filter(|channel| channel.takes.contains(&Takes::Questions));
    Ok(takers.map(|channel| channel.name).collect())
}

/// Keeps a question.
///
/// # Errors
/// It cannot be read or asked; no such channel; too many.
pub fn kept(app: &App, visitor: &Visitor, new: NewQuestion) -> Result<Question, Problem> {
    let name: String = new.name.trim().chars().take(NAME_CHARACTERS).collect();
    if name.is_empty() || new.query.len() > QUERY_BYTES || !new.query.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::bad_request("请给订阅起一个名字；条件过长时无法保存"));
    }
    let kind: Kind = new.kind.parse().map_err(|()| Problem::bad_request("kind 须为 search 或 causes"))?;
    if new.day.is_some_and(|day| day > 6) {
        return Err(Problem::bad_request("day 须为 0（周一）到 6（周日），每天则不写"));
    }
    if new.channel.is_empty() && kind != Kind::Causes {
        return Err(Problem::bad_request("周报附录只收统计（kind = causes）：明细请发到通道"));
    }
    if !new.channel.is_empty() && !channels(app)?.contains(&new.channel) {
        return Err(Problem::bad_request(format!("没有名为 {} 且接收订阅（takes 含 questions）的通道", new.channel)));
    }
    questions::check(app, &visitor.account, kind, &new.query)?;
    let question = Question {
        id: Uuid::now_v7().to_string(),
        account: visitor.account.name.clone(),
        name,
        kind,
        query: new.query,
        channel: new.channel,
        when: When { day: new.day, at: new.time },
        kept_at: Timestamp::now(),
    };
    app.questions.keep(&question)?;
    Ok(question)
}

/// Ends it.
#[utoipa::path(
    delete, path = "/questions/{id}", tag = "reports", params(("id" = String, Path)),
    responses((status = 204, description = "gone"), (status = 404, body = Problem)), security(("token" = [])))]
pub async fn forget(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    if app.questions.forget(&visitor.account.name, &id)? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found(format!("您没有编号为 {id} 的订阅")))
}
