//! What of what is behind a door somebody sees: the record-level rule.

use axum::http::StatusCode;
use jiff::Timestamp;
use tingjian_query::{CaseAnswer, Filters, QueryError, RecordAnswer, TraceAnswer};
use tingjian_schemas::{Stream, decode};

use super::{Visitor, table::Reach};
use crate::{
    accounts::{Account, Role},
    app::App,
    audit::Deed,
    http::problem::Problem,
};

/// What somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    All,
    /// One department's records: those it answers for, and those that came from it.
    Department(String),
    /// One agent's own record, and the commendations of their group.
    Agent {
        /// 工号; without one nothing is theirs.
        agent_no: Option<String>,
        /// Their department.
        group: Option<String>,
    },
}

impl Scope {
    /// Of an account that reaches as far as `reach`.
    pub fn of(account: &Account, reach: Reach) -> Self {
        match (reach, account.role, &account.department) {
            (Reach::All, ..) => Self::All,
            (_, Role::Agent, group) => Self::Agent { agent_no: account.agent_no.clone(), group: group.clone() },
            (_, _, Some(department)) => Self::Department(department.clone()),
            // `Own` for a role that is bound to nothing is everything: only some calls tell roles apart by what is sent.
            (..) => Self::All,
        }
    }

    /// The department somebody is bound to.
    pub fn department(&self) -> Option<&str> {
        match self {
            Self::Department(department) => Some(department),
            _ => None,
        }
    }

    /// Narrows a question down to what somebody sees.
    ///
    /// # Errors
    /// It asks for another's.
    pub fn limit(&self, filters: &mut Filters) -> Result<(), Problem> {
        match self {
            Self::All => Ok(()),
            Self::Department(own) if filters.departments.iter().all(|asked| asked == own) => {
                filters.departments = vec![own.clone()];
                Ok(())
            }
            Self::Department(own) => Err(not_yours(&format!("此账号只能查看 {own} 的记录"))),
            Self::Agent { .. } => Err(not_yours("坐席只能查看自己的记录")),
        }
    }

    /// A record, if there is one of that id and somebody sees it.
    ///
    /// # Errors
    /// The warehouse is away.
    pub async fn record(&self, app: &App, record_id: &str) -> Result<Option<RecordAnswer>, QueryError> {
        match tingjian_query::record(&app.warehouse, record_id).await? {
            Some(record) if self.sees(app, &record).await? => Ok(Some(record)),
            _ => Ok(None),
        }
    }

    /// Its trace, likewise.
    ///
    /// # Errors
    /// The warehouse is away.
    pub async fn trace(&self, app: &App, record_id: &str) -> Result<Option<TraceAnswer>, QueryError> {
        match tingjian_query::trace(&app.warehouse, &app.taxonomy(), record_id).await? {
            Some(trace) if self.sees(app, &trace.record).await? => Ok(Some(trace)),
            _ => Ok(None),
        }
    }

    /// Whether somebody sees a record.
    ///
    /// # Errors
    /// The warehouse is away.
    pub async fn sees(&self, app: &App, record: &RecordAnswer) -> Result<bool, QueryError> {
        match self {
            Self::All => Ok(true),
            Self::Agent { agent_no, group } => Ok(is_agents(record, agent_no.as_deref(), group.as_deref())),
            Self::Department(own) => {
                let read = record.causes.iter().any(|cause| cause.department == *own)
                    || record.department.as_ref() == Some(own)
                    || record.praised_departments.contains(own);
                Ok(read || answers_for(app, &record.record_id, own).await?)
            }
        }
    }

    /// Whether somebody sees a case: their department held it or was asked.
    pub fn sees_case(&self, case: &CaseAnswer) -> bool {
        match self {
            Self::All => true,
            Self::Agent { .. } => false,
            Self::Department(own) => {
                case.holds.iter().any(|hold| hold.holder == *own)
                    || case.requests.iter().any(|request| request.to_department == *own)
            }
        }
    }

    /// Whether somebody sees an agent's record, whose own department is `group`.
    pub fn sees_agent(&self, agent_no: &str, group: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Agent { agent_no: own, .. } => own.as_deref() == Some(agent_no),
            Self::Department(own) => group == Some(own),
        }
    }
}

fn is_agents(record: &RecordAnswer, agent_no: Option<&str>, group: Option<&str>) -> bool {
    let is_own = |named: &str| Some(named) == agent_no;
    let is_praise = record.stream == Stream::Commendations.name();
    record.agent_no.as_deref().is_some_and(is_own)
        || record.praised_agents.iter().any(|praised| is_own(praised))
        || (is_praise && record.praised_departments.iter().any(|praised| Some(praised.as_str()) == group))
}

/// Whether facts or a judgement name the department, although the text does not.
async fn answers_for(app: &App, record_id: &str, department: &str) -> Result<bool, QueryError> {
    let trace = tingjian_query::trace(&app.warehouse, &app.taxonomy(), record_id).await?;
    Ok(trace.is_some_and(|trace| trace.responsible.iter().any(|share| share.department == department)))
}

/// The refusal of what is another's.
pub fn not_yours(detail: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, detail)
}

/// What a role may send to the streams: intake everything; who judges sends judgements, who reviews corrections; departments
/// only appeal.
fn may_send(account: &Account, is_bound: bool, stream: Stream) -> bool {
    match account.role {
        Role::Admin | Role::Intake => true,
        Role::Supervisor | Role::Analyst if is_bound => stream == Stream::Appeals,
        Role::Supervisor => matches!(stream, Stream::Judgements | Stream::Appeals | Stream::Corrections),
        Role::Analyst => matches!(stream, Stream::Appeals | Stream::Corrections),
        Role::Agent | Role::Executive => false,
    }
}

/// Whether somebody may send to a stream.
///
/// # Errors
/// They may not.
pub fn may_post(visitor: &Visitor, stream: Stream) -> Result<(), Problem> {
    if may_send(&visitor.account, visitor.scope.department().is_some(), stream) {
        return Ok(());
    }
    Err(not_yours(&format!("角色 {} 不能提交 {stream}", visitor.account.role.name())))
}

/// Of somebody who is bound to a department, every event must be that department's.
///
/// # Errors
/// One is another's.
pub fn own_events<'e>(
    visitor: &Visitor,
    stream: Stream,
    mut events: impl Iterator<Item = &'e [u8]>,
) -> Result<(), Problem> {
    let Some(own) = visitor.scope.department() else { return Ok(()) };
    // What cannot be read is refused where it is read.
    let is_own = |bytes: &[u8]| decode(stream, bytes).map_or(true, |e| e.common.department.as_deref() == Some(own));
    if events.all(is_own) { Ok(()) } else { Err(not_yours(&format!("此账号只能以 {own} 的名义提交"))) }
}

/// Writes what people sent by hand into the audit trail: judgements, appeals and corrections change what is told of a record.
///
/// # Errors
/// The trail cannot be written.
pub fn note_sent(app: &App, visitor: &Visitor, stream: Stream, events: usize) -> Result<(), Problem> {
    if !matches!(stream, Stream::Judgements | Stream::Appeals | Stream::Corrections) {
        return Ok(());
    }
    let subject = format!("{stream}: {events}");
    let deed = Deed {
        at: Timestamp::now(),
        account: &visitor.account.name,
        role: visitor.account.role.name(),
        action: "stream.send",
        subject: &subject,
        outcome: "202",
    };
    app.audit.note(&deed).map_err(|error| Problem::internal(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_narrowed_to_ones_own_department() {
        let own = Scope::Department("物流".into());
        let mut all = Filters::default();
        own.limit(&mut all).unwrap();
        assert_eq!(all.departments, ["物流"]);
        let mut others = Filters { departments: vec!["物流".into(), "市场".into()], ..Filters::default() };
        assert_eq!(own.limit(&mut others).unwrap_err().status, 403);
        let agent = Scope::Agent { agent_no: Some("0417".into()), group: None };
        assert_eq!(agent.limit(&mut Filters::default()).unwrap_err().status, 403);
    }

    #[test]
    fn an_agent_without_a_number_owns_nothing() {
        let scope = Scope::Agent { agent_no: None, group: None };
        assert!(!scope.sees_agent("", None));
        assert!(!scope.sees_agent("0417", None));
    }
}
