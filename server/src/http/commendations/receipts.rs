//! Who gets a commendation, who may see it, and who has read it.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_query::PraisedView;
use tingjian_warehouse::Whose;
use utoipa::ToSchema;

use super::filing::filer;
use crate::{
    accounts::{Account, Role},
    app::App,
    http::{
        access::{Scope, Visitor, scope::not_yours, table::is_bound},
        problem::Problem,
    },
};

const AGENT: &str = "agent";
const SUPERVISOR: &str = "supervisor";
const OPERATIONS_MANAGER: &str = "operations_manager";

/// One of those who get a commendation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecipientView {
    /// `agent`, `supervisor` or `operations_manager`.
    pub recipient: &'static str,
    /// Which agent.
    pub agent_no: Option<String>,
    /// When it was read; `null`: not yet.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
}

impl RecipientView {
    fn key(&self) -> String {
        match &self.agent_no {
            Some(agent_no) => format!("{}:{agent_no}", self.recipient),
            None => self.recipient.to_owned(),
        }
    }
}

fn internal(error: impl std::error::Error) -> Problem {
    Problem::internal(&error)
}

/// Who gets it: each agent praised, the supervisor, the operations manager; with what each has read.
///
/// # Errors
/// Store trouble.
pub fn recipients(app: &App, id: &str, praised: &[PraisedView]) -> Result<Vec<RecipientView>, Problem> {
    let receipts = app.commendations.receipts(id).map_err(internal)?;
    let agents = praised.iter().filter_map(|one| one.agent_no.clone()).map(|agent_no| (AGENT, Some(agent_no)));
    let named = agents.chain([(SUPERVISOR, None), (OPERATIONS_MANAGER, None)]);
    let view = |(recipient, agent_no)| {
        let view = RecipientView { recipient, agent_no, read_at: None };
        let read_at = receipts.iter().find(|receipt| receipt.recipient == view.key()).map(|receipt| receipt.read_at);
        RecipientView { read_at, ..view }
    };
    Ok(named.map(view).collect())
}

/// Whose commendations somebody sees: agents their group's, department accounts their department's; everybody what they filed.
///
/// # Errors
/// Store trouble.
pub fn whose(app: &App, visitor: &Visitor) -> Result<Whose, Problem> {
    let filed_by = filer(&visitor.account);
    let group = match &visitor.scope {
        Scope::All => return Ok(Whose::Everybodys),
        Scope::Department(own) => Some(own),
        Scope::Agent { group, .. } => group.as_ref(),
    };
    let mut agents = match group {
        Some(group) => app.accounts.agents_of(group).map_err(internal)?,
        None => Vec::new(),
    };
    agents.extend(visitor.account.agent_no.clone());
    Ok(Whose::Of { agents, departments: group.into_iter().cloned().collect(), filed_by })
}

/// Notes that a visitor has read a commendation, as every recipient they are.
///
/// # Errors
/// None of that id that they see; they are none of its recipients.
pub async fn read(app: &App, visitor: &Visitor, id: &str, now: Timestamp) -> Result<Vec<RecipientView>, Problem> {
    let missing = || Problem::not_found(format!("没有编号为 {id} 的表扬；刚提交的请稍候再试"));
    let found = tingjian_query::commendation(&app.warehouse, id).await?.ok_or_else(missing)?;
    if !may_see(&whose(app, visitor)?, &found.praised, found.filed_by.as_deref()) {
        return Err(missing());
    }
    let groups = groups(app, &found.praised)?;
    let has_supervisor = app.accounts.has_bound_supervisor(&groups).map_err(internal)?;
    let all = recipients(app, id, &found.praised)?;
    let mine: Vec<_> = all.iter().filter(|one| is(one, &visitor.account, has_supervisor)).collect();
    // Whoever reads it reads the thanks that came with it.
    if let Some(agent_no) = &visitor.account.agent_no {
        app.commendations.note_thanks_read(id, agent_no, now).map_err(internal)?;
    }
    if mine.is_empty() {
        return Err(not_yours("只有被表扬的坐席、其主管和运营经理可以签收"));
    }
    for recipient in mine {
        app.commendations.note_read(id, &recipient.key(), &visitor.account.name, now).map_err(internal)?;
    }
    recipients(app, id, &found.praised)
}

/// Whether a commendation is among what somebody sees.
pub fn may_see(whose: &Whose, praised: &[PraisedView], filed_by: Option<&str>) -> bool {
    let Whose::Of { agents, departments, filed_by: own } = whose else { return true };
    let named = |list: &[String], one: &Option<String>| one.as_ref().is_some_and(|one| list.contains(one));
    praised.iter().any(|one| named(agents, &one.agent_no) || named(departments, &one.department))
        || filed_by == Some(own)
}

/// The departments of those who are praised.
fn groups(app: &App, praised: &[PraisedView]) -> Result<Vec<String>, Problem> {
    let mut groups: Vec<String> = praised.iter().filter_map(|one| one.department.clone()).collect();
    for agent_no in praised.iter().filter_map(|one| one.agent_no.as_deref()) {
        groups.extend(app.accounts.group_of(agent_no).map_err(internal)?);
    }
    Ok(groups)
}

/// Whether an account is that recipient. A supervisor who is bound to no department manages operations, and stands in for the
/// group's supervisor where there is none; administrators stand in for the operations manager.
fn is(recipient: &RecipientView, account: &Account, has_supervisor: bool) -> bool {
    match (recipient.recipient, account.role) {
        (AGENT, Role::Agent) => recipient.agent_no.is_some() && recipient.agent_no == account.agent_no,
        (SUPERVISOR, Role::Supervisor) => is_bound(account) || !has_supervisor,
        (OPERATIONS_MANAGER, Role::Supervisor) => !is_bound(account),
        (OPERATIONS_MANAGER, Role::Admin) => true,
        _ => false,
    }
}

/// Whether an account can still read it as somebody.
pub fn awaits(recipients: &[RecipientView], account: &Account) -> bool {
    recipients.iter().any(|one| one.read_at.is_none() && is(one, account, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(role: Role, agent_no: Option<&str>, department: Option<&str>) -> Account {
        Account {
            agent_no: agent_no.map(str::to_owned),
            department: department.map(str::to_owned),
            ..Account::new("x", role, Timestamp::UNIX_EPOCH)
        }
    }

    #[test]
    fn each_reads_as_who_they_are() {
        let check = |account: Account, has_supervisor: bool, expected: &[&str]| {
            let all =
                [(AGENT, Some("0417")), (SUPERVISOR, None), (OPERATIONS_MANAGER, None)].map(|(recipient, agent)| {
                    RecipientView { recipient, agent_no: agent.map(str::to_owned), read_at: None }
                });
            let mine: Vec<_> =
                all.iter().filter(|one| is(one, &account, has_supervisor)).map(|o| o.recipient).collect();
            assert_eq!(mine, expected, "{account:?}");
        };
        check(account(Role::Agent, Some("0417"), None), true, &[AGENT]);
        check(account(Role::Agent, Some("0418"), None), true, &[]);
        check(account(Role::Agent, None, None), true, &[]);
        check(account(Role::Supervisor, None, Some("客服")), true, &[SUPERVISOR]);
        check(account(Role::Supervisor, None, None), true, &[OPERATIONS_MANAGER]);
        check(account(Role::Supervisor, None, None), false, &[SUPERVISOR, OPERATIONS_MANAGER]);
        check(account(Role::Admin, None, None), true, &[OPERATIONS_MANAGER]);
        check(account(Role::Analyst, None, None), true, &[]);
    }
}
