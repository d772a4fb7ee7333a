//! From what a provider says of a person to what they are here, by configuration. Pure.

use std::collections::BTreeMap;

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{accounts::Role, config};

/// Claims by name.
pub type Told = BTreeMap<String, Value>;

/// All claims that the library does not know.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Claims(pub Told);

impl AdditionalClaims for Claims {}

/// Somebody the provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id there, which never changes.
    pub subject: String,
    /// The name they get here.
    pub name: String,
    /// What they are here.
    pub role: Role,
    /// Their department.
    pub department: Option<String>,
    /// Their number as an agent.
    pub agent_no: Option<String>,
}

/// Why a person has no account here; each says what the administrator can do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    /// No name.
    #[error("统一登录没有给出账号名（声明 {0}），请联系管理员检查 oidc.name_claim")]
    Name(String),
    /// No role.
    #[error("您在统一登录中的身份（声明 {claim}：{found}）没有对应听见的角色，请联系管理员在 oidc.roles 中配置")]
    Role {
        /// The claim.
        claim: String,
        /// Its values.
        found: String,
    },
    /// No department, where accounts have one.
    #[error("统一登录没有给出您的部门（声明 {0}），请联系管理员；不限部门的人须在 oidc.departments 中明确写出")]
    Department(String),
    /// An agent without a number would see nothing, and be nobody.
    #[error("统一登录没有给出您的工号（声明 {0}），请联系管理员检查 oidc.agent_no_claim")]
    AgentNo(String),
}

/// Whether the claims that are configured are all there: what is not in the token may be asked for.
pub fn has(told: &Told, settings: &config::Oidc) -> bool {
    let wanted = [&settings.name_claim, &settings.role_claim, &settings.department_claim, &settings.agent_no_claim];
    wanted.into_iter().all(|claim| claim.is_empty() || find(told, claim).is_some())
}

/// What a person is here.
///
/// # Errors
/// See [`ClaimsError`]; whoever has nothing configured for them gets nothing.
pub fn person(subject: &str, told: &Told, settings: &config::Oidc) -> Result<Person, ClaimsError> {
    let name = texts(told, &settings.name_claim).into_iter().next();
    let name = name.ok_or_else(|| ClaimsError::Name(settings.name_claim.clone()))?;
    let role = role(told, settings)?;
    let agent_no = texts(told, &settings.agent_no_claim).into_iter().next();
    if role == Role::Agent && agent_no.is_none() {
        return Err(ClaimsError::AgentNo(settings.agent_no_claim.clone()));
    }
    let department = department(role, told, settings)?;
    Ok(Person { subject: subject.to_owned(), name, role, department, agent_no })
}

/// Of several, the last in the order of [`Role::ALL`].
fn role(told: &Told, settings: &config::Oidc) -> Result<Role, ClaimsError> {
    let found = texts(told, &settings.role_claim);
    let meant: Vec<Role> =
        found.iter().filter_map(|value| settings.roles.get(value)).filter_map(|name| name.parse().ok()).collect();
    Role::ALL.into_iter().rev().find(|role| meant.contains(role)).ok_or_else(|| ClaimsError::Role {
        claim: settings.role_claim.clone(),
        found: if found.is_empty() { "无".to_owned() } else { found.join("、") },
    })
}

/// An account without a department sees all of them, so nobody gets to be one by a claim that is missing.
fn department(role: Role, told: &Told, settings: &config::Oidc) -> Result<Option<String>, ClaimsError> {
    if settings.department_claim.is_empty() {
        return Ok(None);
    }
    match texts(told, &settings.department_claim).into_iter().next() {
        Some(value) => Ok(Some(settings.departments.get(&value).cloned().unwrap_or(value)).filter(|d| !d.is_empty())),
        None if matches!(role, Role::Admin | Role::Intake) => Ok(None),
        None => Err(ClaimsError::Department(settings.department_claim.clone())),
    }
}

/// The values of a claim: a text, or several.
fn texts(told: &Told, claim: &str) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match find(told, claim) {
        Some(Value::Array(values)) => values.iter().filter_map(text).collect(),
        Some(value) => text(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A claim by its name, or by the way to it: `realm_access.roles`.
fn find<'t>(told: &'t Told, claim: &str) -> Option<&'t Value> {
    if let Some(value) = told.get(claim) {
        return Some(value);
    }
    let (first, rest) = claim.split_once('.')?;
    rest.split('.').try_fold(told.get(first)?, |value, name| value.get(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings() -> config::Oidc {
        let roles = [("qa", "analyst"), ("lead", "supervisor"), ("seat", "agent"), ("root", "admin")];
        config::Oidc {
            role_claim: "realm_access.roles".into(),
            roles: roles.map(|(value, role)| (value.to_owned(), role.to_owned())).into(),
            department_claim: "dept".into(),
            departments: [("HQ", ""), ("D-07", "物流")].map(|(value, name)| (value.to_owned(), name.to_owned())).into(),
            agent_no_claim: "employee_no".into(),
            ..config::Oidc::default()
        }
    }

    /// Role, department and number; or the name of what is missing.
    fn check(told: Value, expected: Result<(Role, Option<&str>, Option<&str>), &str>) {
        let claims: Told = serde_json::from_value(told.clone()).unwrap();
        match (person("s-1", &claims, &settings()), expected) {
            (Ok(person), Ok((role, department, agent_no))) => {
                assert_eq!((person.role, person.department.as_deref()), (role, department), "{told}");
                assert_eq!(person.agent_no.as_deref(), agent_no, "{told}");
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{told}: {error}"),
            (found, expected) => panic!("{told}: {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn claims_become_roles_and_departments_and_what_is_missing_gives_nothing() {
        let person = |roles: Value, dept: Value| json!({ "preferred_username": "li", "realm_access": { "roles": roles }, "dept": dept });
        check(person(json!(["qa"]), json!("D-07")), Ok((Role::Analyst, Some("物流"), None)));
        check(person(json!("qa"), json!("客服部")), Ok((Role::Analyst, Some("客服部"), None)));
        check(person(json!(["qa"]), json!(["HQ"])), Ok((Role::Analyst, None, None)));
        check(person(json!(["x", "qa", "lead"]), json!("HQ")), Ok((Role::Analyst, None, None)));
        check(person(json!(["root"]), json!(null)), Ok((Role::Admin, None, None)));
        // Whoever would see everything because a claim is missing sees nothing.
        check(person(json!(["qa"]), json!(null)), Err("dept"));
        check(person(json!(["qa"]), json!(" ")), Err("dept"));
        check(person(json!(["admin", "analyst"]), json!("HQ")), Err("admin、analyst"));
        check(person(json!([]), json!("HQ")), Err("无"));
        check(person(json!(["seat"]), json!("D-07")), Err("工号"));
        check(json!({ "realm_access": { "roles": "qa" }, "dept": "HQ" }), Err("preferred_username"));
        let seat =
            json!({ "preferred_username": "li", "realm_access.roles": "seat", "dept": "D-07", "employee_no": 417 });
        check(seat, Ok((Role::Agent, Some("物流"), Some("417"))));
    }
}
