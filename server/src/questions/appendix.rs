//! Questions that people put into the weekly report: answered within their rights, and asked again as the report says they were.

use jiff::Timestamp;
use tingjian_query::{CausesBy, CausesQuestion, Filters};
use tingjian_report::{Asked, AskedGroup, Week};
use tingjian_warehouse::Warehouse;

use super::{
    AnswerError, Kind,
    answer::{Wanted, wanted},
};
use crate::{app::App, http::Parameters};

/// Questions of one report at most.
const MOST: usize = 30;
/// Groups told of each.
const GROUPS: usize = 10;

/// Answers all questions of the appendix for a week. Whoever lost their account or rights is left out.
///
/// # Errors
/// A store is away.
pub async fn appendix(app: &App, store: &Warehouse, week: Week) -> Result<Vec<Asked>, AnswerError> {
    let kept = app.questions.of(None).map_err(|error| AnswerError::Refused(error.to_string()))?;
    let mut all = Vec::new();
    for question in kept.into_iter().filter(|kept| kept.channel.is_empty() && kept.kind == Kind::Causes).take(MOST) {
        let account = app.accounts.by_name(&question.account)?.filter(|account| account.is_usable(Timestamp::now()));
        let Some(Ok(Wanted { by, mut filters, .. })) =
            account.map(|account| wanted(app, &account, question.kind, &question.query))
        else {
            continue;
        };
        (filters.since, filters.until) = (Some(week.begin(&app.zone)), Some(week.end(&app.zone)));
        all.push(answered(app, store, by, filters, (question.name, question.account)).await?);
    }
    Ok(all)
}

/// Asks again what a report says was asked.
///
/// # Errors
/// A store is away; a query that cannot be read.
pub async fn again(app: &App, store: &Warehouse, told: &[Asked]) -> Result<Vec<Asked>, AnswerError> {
    let mut all = Vec::new();
    for asked in told.iter().take(MOST) {
        let mut parameters = Parameters::new(form_urlencoded::parse(asked.query.as_bytes()).into_owned().collect());
        let filters = parameters.filters(&app.zone)?;
        let by = parameters.take("by").and_then(|by| by.parse().ok()).unwrap_or(CausesBy::CAUSE);
        all.push(answered(app, store, by, filters, (asked.name.clone(), asked.by.clone())).await?);
    }
    Ok(all)
}

async fn answered(
    app: &App,
    store: &Warehouse,
    by: CausesBy,
    filters: Filters,
    (name, owner): (String, String),
) -> Result<Asked, AnswerError> {
    let query = query(by, &filters);
    let zone = app.config.server.zone.clone();
    let told = tingjian_query::causes(store, &CausesQuestion { by, filters, zone }).await?;
    let taxonomy = app.taxonomy();
    let group = |group: tingjian_query::Group| {
        let cause = taxonomy.cause(&group.key).filter(|_| by == CausesBy::CAUSE);
        AskedGroup {
            name: cause.map_or_else(|| group.key.clone(), |cause| cause.zh.clone()),
            key: group.key,
            records: group.records,
        }
    };
    let groups = told.groups.into_iter().filter(|group| group.records > 0).take(GROUPS).map(group).collect();
    Ok(Asked { name, by: owner, query, total: told.total, groups })
}

/// The query string that asks the same.
fn query(by: CausesBy, filters: &Filters) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let name = CausesBy::NAMES.into_iter().find(|name| name.parse() == Ok(by));
    query.append_pair("by", name.unwrap_or_default());
    let list = |values: Vec<&str>| values.join(",");
    for (name, value) in [
        ("since", filters.since.map(|at| at.to_string()).unwrap_or_default()),
        ("until", filters.until.map(|at| at.to_string()).unwrap_or_default()),
        ("kind", list(filters.kinds.iter().map(|kind| kind.name()).collect())),
        ("cause", list(filters.causes.iter().map(String::as_str).collect())),
        ("department", list(filters.departments.iter().map(String::as_str).collect())),
        ("agent_no", filters.agent_no.clone().unwrap_or_default()),
        ("stream", list(filters.streams.iter().map(|stream| stream.name()).collect())),
    ] {
        if !value.is_empty() {
            query.append_pair(name, &value);
        }
    }
    query.finish()
}
