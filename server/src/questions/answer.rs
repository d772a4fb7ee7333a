//! What a question is answered with: a workbook, within the rights that its owner has now.

use jiff::Timestamp;
use rust_xlsxwriter::Workbook;
use tingjian_query::{CausesAnswer, CausesBy, CausesQuestion, Filters, QueryError, RecordPages};

use super::{Kind, Question, schedule::Due};
use crate::{
    accounts::{Account, AccountsError},
    app::App,
    http::{
        Parameters, Problem,
        access::{Scope, table},
        workbook,
    },
};

/// Rows of a workbook that is sent at most.
const MOST_ROWS: u64 = 50_000;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// For now: it is tried again.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// For now: the store of accounts.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// For good, in words.
    #[error("{0}")]
    Refused(String),
}

impl From<Problem> for AnswerError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.detail)
    }
}

/// An answer.
pub struct Answer {
    /// Records it counts.
    pub records: u64,
    /// XLSX.
    pub workbook: Vec<u8>,
}

/// What a question asks, within somebody's rights.
pub struct Wanted {
    /// Words.
    pub q: String,
    /// Groups.
    pub by: CausesBy,
    /// Which records.
    pub filters: Filters,
}

/// Whether somebody may ask this at all, and it can be read.
///
/// # Errors
/// In words.
pub fn check(app: &App, account: &Account, kind: Kind, query: &str) -> Result<(), Problem> {
    wanted(app, account, kind, query).map(|_| ())
}

/// The call of the interface that asks the same: who may make it may have it sent.
const fn call(kind: Kind) -> &'static str {
    match kind {
        Kind::Search => "/api/v1/export",
        Kind::Causes => "/api/v1/causes",
    }
}

/// Reads a question, within what its owner may see.
///
/// # Errors
/// In words.
pub fn wanted(app: &App, account: &Account, kind: Kind, query: &str) -> Result<Wanted, Problem> {
    let reach = table::find("GET", call(kind)).map_or(table::Reach::None, |entry| entry.reach(account));
    if reach == table::Reach::None {
        return Err(Problem::bad_request(format!("角色 {} 不能提这样的问题", account.role.name())));
    }
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let mut parameters = Parameters::new(pairs);
    let mut filters = parameters.filters(&app.zone)?;
    Scope::of(account, reach).limit(&mut filters)?;
    let q = parameters.take("q").unwrap_or_default();
    let by = parameters.take("by").map_or(Ok(CausesBy::CAUSE), |name| {
        name.parse().map_err(|()| Problem::bad_request(format!("参数 by 的值 {name:?} 无法识别")))
    })?;
    // How a page sorts and cuts is no part of the question.
    ["sort", "limit", "cursor"].into_iter().for_each(|name| drop(parameters.take(name)));
    parameters.finish(&["q", "by"])?;
    if kind == Kind::Causes && !q.is_empty() {
        return Err(Problem::bad_request("按根因统计的问题不带检索词 q"));
    }
    Ok(Wanted { q, by, filters })
}

/// Answers a question with the rights its owner has now.
///
/// # Errors
/// For now or for good.
pub async fn answer(app: &App, question: &Question, due: Due) -> Result<Answer, AnswerError> {
    let account = app.accounts.by_name(&question.account)?.filter(|account| account.is_usable(Timestamp::now()));
    let account = account.ok_or_else(|| AnswerError::Refused(format!("账号 {} 已停用", question.account)))?;
    let Wanted { q, by, mut filters } = wanted(app, &account, question.kind, &question.query)?;
    if filters.since.is_none() && filters.until.is_none() {
        (filters.since, filters.until) = (Some(due.since), Some(due.at));
    }
    match question.kind {
        Kind::Search => records(app, q, filters).await,
        Kind::Causes => {
            let zone = app.config.server.zone.clone();
            let told = tingjian_query::causes(&app.warehouse, &CausesQuestion { by, filters, zone }).await?;
            let workbook = sheet(&told).map_err(|error| AnswerError::Refused(error.to_string()))?;
            Ok(Answer { records: told.total, workbook })
        }
    }
}

async fn records(app: &App, q: String, filters: Filters) -> Result<Answer, AnswerError> {
    let pages = RecordPages::new(app.warehouse.clone(), app.finder.clone(), q, filters);
    let records = pages.total().await?;
    if records > MOST_ROWS {
        let words = format!("共 {records} 条，超过随信发送的 {MOST_ROWS} 条上限：请缩小范围，或在检索页导出");
        return Err(AnswerError::Refused(words));
    }
    Ok(Answer { records, workbook: workbook(pages, records).await? })
}

/// Counts as a sheet.
fn sheet(told: &CausesAnswer) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, ["key", "records", "share", "low", "high", "change"])?;
    for (place, group) in told.groups.iter().enumerate() {
        let row = u32::try_from(place + 1).unwrap_or(u32::MAX);
        // Strings are written as strings: a spreadsheet does not run them as formulas.
        sheet.write_string(row, 0, &group.key)?;
        sheet.write_number(row, 1, group.records as f64)?;
        for (column, value) in [(2, Some(group.share)), (3, Some(group.low)), (4, Some(group.high)), (5, group.change)]
        {
            if let Some(value) = value {
                sheet.write_number(row, column, value)?;
            }
        }
    }
    workbook.save_to_buffer()
}
