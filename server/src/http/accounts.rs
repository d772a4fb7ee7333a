//! `GET /accounts`: who has an account; administrators only.

use std::sync::Arc;

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::{accounts::Account, app::App};

/// All accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountsAnswer {
    total: usize,
    items: Vec<AccountView>,
    /// Always `null`: accounts are few.
    next: Option<String>,
}

/// One account; its token and password are nowhere.
#[derive(Debug, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct AccountView {
    pub name: String,
    pub role: &'static str,
    pub agent_no: Option<String>,
    pub department: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
    /// Whether it opens anything now.
    pub usable: bool,
}

impl AccountView {
    fn new(account: Account, now: Timestamp) -> Self {
        Self {
            usable: account.is_usable(now),
            role: account.role.name(),
            name: account.name,
            agent_no: account.agent_no,
            department: account.department,
            created_at: account.created_at,
            expires_at: account.expires_at,
            revoked_at: account.revoked_at,
        }
    }
}

/// Accounts by name.
#[utoipa::path(
    get, path = "/accounts", tag = "administration",
    responses((status = 200, body = AccountsAnswer)), security(("token" = [])),
)]
pub async fn list(State(app): State<Arc<App>>) -> Result<Json<AccountsAnswer>, Problem> {
    let now = Timestamp::now();
    let all = app.accounts.list().map_err(|error| Problem::internal(&error))?;
    let items: Vec<_> = all.into_iter().map(|account| AccountView::new(account, now)).collect();
    Ok(Json(AccountsAnswer { total: items.len(), items, next: None }))
}
