//! The list of commendations.

use clickhouse::{Row, query::Query};
use serde::Deserialize;

use super::Span;
use crate::{Warehouse, WarehouseError, questions::with_parts};

/// A commendation. Time in milliseconds since 1970; of each praised one either the agent or the department may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct StoredCommendation {
    pub record_id: String,
    pub at: i64,
    pub text: String,
    pub agents: Vec<String>,
    pub departments: Vec<String>,
    pub filed_by: String,
    pub recording_ref: String,
    pub channel: String,
}

/// Whose commendations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    Everybodys,
    /// Those of any of these agents or departments, and those that somebody filed.
    Of {
        /// 工号.
        agents: Vec<String>,
        /// Departments.
        departments: Vec<String>,
        /// Who filed; empty: nobody.
        filed_by: String,
    },
}

/// Which commendations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommendationFilter {
    /// When.
    pub span: Span,
    /// Whose may be seen.
    pub whose: Whose,
    /// Of one agent only; empty: all.
    pub agent_no: String,
}

#[derive(Row, Deserialize)]
struct Total {
    total: u64,
}

const ACTION: &str = "listing commendations";
/// Before this place stands everything.
const END: (i64, &str) = (i64::MAX, "");

impl CommendationFilter {
    fn bind(&self, query: Query) -> Query {
        let nobody: (&[String], &[String], &str) = (&[], &[], "");
        let (everybody, (agents, departments, filed_by)) = match &self.whose {
            Whose::Everybodys => (true, nobody),
            Whose::Of { agents, departments, filed_by } => (false, (&**agents, &**departments, &**filed_by)),
        };
        self.span
            .bind(query)
            .param("everybody", everybody)
            .param("agents", agents)
            .param("departments", departments)
            .param("filed_by", filed_by)
            .param("agent_no", &self.agent_no)
    }
}

fn sql(sql: &str) -> String {
    with_parts(sql, &[("chosen", include_str!("../../questions/answers/commendations_chosen.sql"))])
}

impl Warehouse {
    /// Commendations before a place in the list (time and id), the newest first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn commendations(
        &self,
        filter: &CommendationFilter,
        before: Option<(i64, &str)>,
        limit: u32,
    ) -> Result<Vec<StoredCommendation>, WarehouseError> {
        self.list_commendations(filter, "", before.unwrap_or(END), limit).await
    }

    /// One commendation.
    ///
    /// # Errors
    /// What the server says.
    pub async fn commendation(&self, record_id: &str) -> Result<Option<StoredCommendation>, WarehouseError> {
        let all = CommendationFilter { span: Span::default(), whose: Whose::Everybodys, agent_no: String::new() };
        Ok(self.list_commendations(&all, record_id, END, 1).await?.into_iter().next())
    }

    async fn list_commendations(
        &self,
        filter: &CommendationFilter,
        only: &str,
        (at, id): (i64, &str),
        limit: u32,
    ) -> Result<Vec<StoredCommendation>, WarehouseError> {
        let sql = sql(include_str!("../../questions/answers/commendations.sql"));
        let bind = |query| {
            let query = filter.bind(query).param("only", only);
            query.param("before_at", at).param("before_id", id).param("limit", limit)
        };
        self.fetch_all(ACTION, &sql, bind).await
    }

    /// How many there are.
    ///
    /// # Errors
    /// What the server says.
    pub async fn commendations_total(&self, filter: &CommendationFilter) -> Result<u64, WarehouseError> {
        let sql = sql(include_str!("../../questions/answers/commendations_total.sql"));
        let rows: Vec<Total> = self.fetch_all(ACTION, &sql, |query| filter.bind(query)).await?;
        Ok(rows.first().map_or(0, |row| row.total))
    }
}
