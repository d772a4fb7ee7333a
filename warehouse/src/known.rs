//! A database as things were known at a moment, beside the one that knows more now.

use jiff::Timestamp;

use crate::{Warehouse, WarehouseError};

/// Tables of events: when an event happened, and when it was received.
const EVENTS: [&str; 9] = [
    "records",
    "promises",
    "deliveries",
    "case_events",
    "department_requests",
    "department_replies",
    "judgements",
    "appeals",
    "corrections",
];
/// Further tables: their one time.
const OTHERS: [(&str, &str); 4] = [
    ("dead_letters", "received_at"),
    ("dead_letter_replays", "replayed_at"),
    ("weekly_reports", "published_at"),
    // How far the source was read: offsets beyond what is copied hold nothing.
    ("positions", "toDateTime64(0, 3)"),
];
/// Marks a database that is only there for a while, with the second it was made.
const MARK: &str = "_known_";
/// Older ones were left behind by a process that ended.
const LEFT_BEHIND_S: i64 = 6 * 3_600;

impl Warehouse {
    /// A new database beside this one with what it knew: events that happened until `as_of` and were received until `received_by`,
    /// nothing worked out. Of an event that was sent again or read again since, only what is kept: the newest row. To be given up
    /// by [`Warehouse::give_up`].
    ///
    /// # Errors
    /// What the server says.
    pub async fn known(
        &self,
        as_of: Timestamp,
        received_by: Timestamp,
        now: Timestamp,
    ) -> Result<Self, WarehouseError> {
        self.drop_left_behind(now).await?;
        let name = format!("{}{MARK}{}_{}", self.database(), now.as_second(), now.subsec_nanosecond());
        let known = self.beside(&name);
        if let Err(error) = known.copy(self.database(), as_of, received_by).await {
            known.give_up().await?;
            return Err(error);
        }
        Ok(known)
    }

    async fn copy(&self, from: &str, as_of: Timestamp, received_by: Timestamp) -> Result<(), WarehouseError> {
        self.migrate().await?;
        let events = EVENTS.map(|table| (table, "occurred_at", "received_at"));
        let others = OTHERS.map(|(table, at)| (table, "toDateTime64(0, 3)", at));
        // Where something may lie: what is not copied is not found there.
        let links = [("links", "occurred_at", "toDateTime64(0, 3)")];
        for (table, happened, received) in events.into_iter().chain(others).chain(links) {
            let sql = include_str!("../statements/copy_known.sql")
                .replace("{{table}}", table)
                .replace("{{from}}", &quoted(from))
                .replace("{{happened}}", happened)
                .replace("{{received}}", received)
                .replace("{{as_of}}", &as_of.as_millisecond().to_string())
                .replace("{{received_by}}", &received_by.as_millisecond().to_string());
            self.work_through("copying what was known", &sql).await?;
        }
        Ok(())
    }

    /// Drops a database that [`Warehouse::known`] made.
    ///
    /// # Errors
    /// What the server says.
    pub async fn give_up(self) -> Result<(), WarehouseError> {
        let name = self.database().to_owned();
        if !name.contains(MARK) {
            return Ok(());
        }
        self.execute_without_database("giving a database up", &format!("DROP DATABASE IF EXISTS {}", quoted(&name)))
            .await
    }

    async fn drop_left_behind(&self, now: Timestamp) -> Result<(), WarehouseError> {
        const SQL: &str = include_str!("../statements/databases_known.sql");
        let begin = format!("{}{MARK}", self.database());
        let found: Vec<String> =
            self.fetch_all("looking for databases", SQL, |query| query.param("begin", begin.as_str())).await?;
        for name in found {
            let made = name.get(begin.len()..).and_then(|rest| rest.split('_').next()?.parse::<i64>().ok());
            if made.is_some_and(|made| now.as_second() - made > LEFT_BEHIND_S) {
                self.beside(&name).give_up().await?;
            }
        }
        Ok(())
    }
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
