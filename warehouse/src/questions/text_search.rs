//! Search answered by ClickHouse itself, over the text index of `records`.

use clickhouse::{Row, query::Query};
use serde::Deserialize;
use tingjian_schemas::{Sought, SoughtTerm};

use super::{FILTERS, Filters, counts::Total, with_parts};
use crate::{Warehouse, WarehouseError};

const FOUND: (&str, &str) = ("found", include_str!("../../questions/search/found.sql"));
const SCORE: &str = include_str!("../../questions/search/score.sql");
const HITS: &str = include_str!("../../questions/search/hits.sql");
const COUNTS: &str = include_str!("../../questions/search/counts.sql");
/// The shortest run that is in the text index; a shorter one is looked for by reading.
const INDEXED_CHARS: usize = 2;

/// What is searched.
#[derive(Clone, Debug)]
pub struct TextSearch {
    /// In the text.
    pub sought: Sought,
    /// What a record must be besides; `agent_no` is left out of it.
    pub filters: Filters,
    /// 工号 of the record's agent, or of one it praises.
    pub agent_no: Option<String>,
}

/// Order of the hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextOrder<'a> {
    /// Latest first.
    Newest,
    /// Earliest first.
    Oldest,
    /// By how these literals stand in the text; of equal ones the latest first.
    Relevance(&'a [String]),
}

/// A hit, and the mark after which the next page begins.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct TextHit {
    /// Its id.
    pub record_id: String,
    /// Milliseconds since 1970.
    pub time: i64,
    /// Bits of its score; 0 unless ordered by it.
    pub score: u32,
}

/// How much was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Row, Deserialize)]
pub struct TextCounts {
    /// Records.
    pub total: u64,
    /// By kind.
    pub kinds: Vec<(String, u64)>,
    /// By cause; a record counts under each of its causes.
    pub causes: Vec<(String, u64)>,
    /// By department, likewise.
    pub departments: Vec<(String, u64)>,
    /// By stream.
    pub streams: Vec<(String, u64)>,
}

impl Warehouse {
    /// Makes the text index if there is none. What is stored already is indexed in the background.
    ///
    /// # Errors
    /// What the server says.
    pub async fn ensure_text_index(&self) -> Result<(), WarehouseError> {
        if self.has_text_index().await? {
            return Ok(());
        }
        self.in_turn(self.make_text_index()).await
    }

    async fn has_text_index(&self) -> Result<bool, WarehouseError> {
        const SQL: &str = include_str!("../../statements/has_text_index.sql");
        let held: Vec<Total> = self.fetch_all("looking for the text index", SQL, |query| query).await?;
        Ok(held.first().is_some_and(|held| held.total > 0))
    }

    async fn make_text_index(&self) -> Result<(), WarehouseError> {
        const ACTION: &str = "making the text index";
        // Another may have made it meanwhile.
        if self.has_text_index().await? {
            return Ok(());
        }
        let sql = include_str!("../../statements/text_index.sql");
        let sql = with_parts(sql, &[("on_cluster", &self.on_cluster())]);
        for statement in sql.split(';').filter(|statement| !statement.trim().is_empty()) {
            self.execute(ACTION, statement).await?;
        }
        Ok(())
    }

    /// One page of what a search finds.
    ///
    /// # Errors
    /// What the server says.
    pub async fn text_hits(
        &self,
        search: &TextSearch,
        order: TextOrder<'_>,
        after: Option<&TextHit>,
        limit: u32,
    ) -> Result<Vec<TextHit>, WarehouseError> {
        let (score, literals) = match order {
            TextOrder::Relevance(literals) => (SCORE.trim_end(), literals),
            TextOrder::Newest | TextOrder::Oldest => ("0", &[][..]),
        };
        let (rank, direction, sign) = match order {
            TextOrder::Relevance(_) => ("score, occurred_at, record_id", "DESC", "<"),
            TextOrder::Newest => ("occurred_at, record_id", "DESC", "<"),
            TextOrder::Oldest => ("occurred_at, record_id", "ASC", ">"),
        };
        let by = rank.split(", ").map(|column| format!("{column} {direction}")).collect::<Vec<_>>().join(", ");
        let mark = format!("({rank}) {sign} ({})", mark_of(order));
        let sql = with_parts(
            HITS,
            &[
                FOUND,
                FILTERS,
                ("sought", &condition(&search.sought)),
                ("score", score),
                ("after", if after.is_some() { &mark } else { "true" }),
                ("order", &by),
            ],
        );
        self.fetch_all("searching", &sql, |query| {
            let query = search.bind(query).param("literals", literals).param("limit", limit);
            match after {
                Some(hit) => query
                    .param("after_score", hit.score)
                    .param("after_time", hit.time)
                    .param("after_id", &hit.record_id),
                None => query,
            }
        })
        .await
    }

    /// How much a search finds.
    ///
    /// # Errors
    /// What the server says.
    pub async fn text_counts(&self, search: &TextSearch) -> Result<TextCounts, WarehouseError> {
        let sql = with_parts(COUNTS, &[FOUND, FILTERS, ("sought", &condition(&search.sought))]);
        let rows: Vec<TextCounts> = self.fetch_all("counting what was found", &sql, |query| search.bind(query)).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }
}

fn mark_of(order: TextOrder<'_>) -> &'static str {
    const TIME_AND_ID: &str = "fromUnixTimestamp64Milli({after_time:Int64}, 'UTC'), {after_id:String}";
    const ALL: &str = "{after_score:UInt32}, fromUnixTimestamp64Milli({after_time:Int64}, 'UTC'), {after_id:String}";
    match order {
        TextOrder::Relevance(_) => ALL,
        TextOrder::Newest | TextOrder::Oldest => TIME_AND_ID,
    }
}

impl TextSearch {
    fn bind(&self, query: Query) -> Query {
        let query = self.filters.bind(query).param("by_agent", self.agent_no.as_deref().unwrap_or_default());
        let mut bound = query;
        for (number, value) in parameters(&self.sought).into_iter().enumerate() {
            bound = bound.param(&format!("t{number}"), value);
        }
        bound
    }
}

/// The condition in SQL; its parameters are `t0`, `t1`, … in the order of [`parameters`].
fn condition(sought: &Sought) -> String {
    let mut next = 0;
    write_condition(sought, &mut next)
}

fn write_condition(sought: &Sought, next: &mut usize) -> String {
    let mut joined = |parts: &[Sought], word: &str, none: &str| {
        let parts: Vec<String> = parts.iter().map(|part| write_condition(part, next)).collect();
        if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(word)) }
    };
    match sought {
        Sought::Anything => "true".to_owned(),
        Sought::All(parts) => joined(parts, " AND ", "true"),
        Sought::Any(parts) => joined(parts, " OR ", "false"),
        Sought::Not(part) => format!("NOT {}", joined(std::slice::from_ref(part), " AND ", "true")),
        Sought::Term(term) => write_term(term, next),
    }
}

fn write_term(term: &SoughtTerm, next: &mut usize) -> String {
    let mut name = || {
        let name = format!("{{t{next}:String}}");
        *next += 1;
        name
    };
    let mut parts = Vec::new();
    for literal in &term.literals {
        let name = name();
        if literal.chars().count() >= INDEXED_CHARS {
            parts.push(format!("hasAllTokens(lowerUTF8(text), {name})"));
        }
        parts.push(format!("position(lowerUTF8(text), {name}) > 0"));
    }
    if term.expression.is_some() {
        parts.push(format!("match(lowerUTF8(text), {})", name()));
    }
    format!("({})", parts.join(" AND "))
}

fn parameters(sought: &Sought) -> Vec<&str> {
    match sought {
        Sought::Anything => Vec::new(),
        Sought::All(parts) | Sought::Any(parts) => parts.iter().flat_map(parameters).collect(),
        Sought::Not(part) => parameters(part),
        Sought::Term(term) => term.literals.iter().chain(&term.expression).map(String::as_str).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(literals: &[&str], expression: Option<&str>) -> Sought {
        let literals = literals.iter().map(|literal| (*literal).to_owned()).collect();
        Sought::Term(SoughtTerm { literals, expression: expression.map(str::to_owned) })
    }

    #[test]
    fn every_parameter_of_a_condition_is_bound_in_its_order() {
        let sought = Sought::All(vec![
            term(&["太慢"], None),
            Sought::Not(Box::new(Sought::Any(vec![term(&["快", "好"], Some("x")), Sought::Anything]))),
        ]);
        let sql = condition(&sought);
        assert_eq!(parameters(&sought), ["太慢", "快", "好", "x"]);
        assert_eq!(
            sql,
            "((hasAllTokens(lowerUTF8(text), {t0:String}) AND position(lowerUTF8(text), {t0:String}) > 0) AND \
             NOT (((position(lowerUTF8(text), {t1:String}) > 0 AND position(lowerUTF8(text), {t2:String}) > 0 AND \
             match(lowerUTF8(text), {t3:String})) OR true)))"
        );
    }
}
