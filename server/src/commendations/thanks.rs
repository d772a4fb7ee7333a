//! Thanks and badges sent on to the agents who were praised, and who has read them.

use jiff::Timestamp;
use rusqlite::{named_params, params};

use super::{Commendations, CommendationsError};

/// A badge: what somebody is thanked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// None: thanks alone.
    Thanks,
    /// 耐心.
    Patience,
    /// 专业.
    Expertise,
    /// 解难题.
    Solver,
    /// 暖心.
    Kindness,
    /// 快.
    Swiftness,
}

impl Badge {
    /// Every badge, in the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::Thanks, Self::Patience, Self::Expertise, Self::Solver, Self::Kindness, Self::Swiftness];

    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Thanks => "thanks",
            Self::Patience => "patience",
            Self::Expertise => "expertise",
            Self::Solver => "solver",
            Self::Kindness => "kindness",
            Self::Swiftness => "swiftness",
        }
    }

    /// Of a name; no name: thanks alone.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = if name.is_empty() { Self::Thanks.name() } else { name };
        Self::ALL.into_iter().find(|badge| badge.name() == name)
    }
}

/// Thanks on their way.
#[derive(Clone, Copy, Debug)]
pub struct Sending<'s> {
    /// For which commendation.
    pub commendation_id: &'s str,
    /// Name of the account.
    pub sent_by: &'s str,
    /// Its role.
    pub role: &'s str,
    /// For what.
    pub badge: Badge,
    /// In which words, masked.
    pub words: &'s str,
    /// To whom.
    pub agents: &'s [String],
}

/// Thanks that were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thanks {
    /// Name of the account.
    pub sent_by: String,
    /// Its role then.
    pub role: String,
    /// For what.
    pub badge: String,
    /// In which words.
    pub words: String,
    /// When.
    pub sent_at: Timestamp,
    /// Each agent, and when they have read it.
    pub thanked: Vec<(String, Option<Timestamp>)>,
}

/// How often an agent got a badge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadgeCount {
    /// The agent.
    pub agent_no: String,
    /// Which.
    pub badge: String,
    /// How often.
    pub times: u32,
}

fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl Commendations {
    /// Sends thanks on; `false` when this sender has thanked for it before: the first ones stay as they are.
    ///
    /// # Errors
    /// Store trouble.
    pub fn thank(&self, sending: &Sending<'_>, now: Timestamp) -> Result<bool, CommendationsError> {
        let Sending { commendation_id, sent_by, role, badge, words, agents } = *sending;
        self.with(|connection| {
            let all = connection.unchecked_transaction()?;
            let sent = all.execute(
                "INSERT OR IGNORE INTO thanks VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![commendation_id, sent_by, role, badge.name(), words, now.as_millisecond()],
            )?;
            for agent_no in agents.iter().filter(|_| sent == 1) {
                let sql = "INSERT OR IGNORE INTO thanked VALUES (?1, ?2, ?3, NULL)";
                all.execute(sql, params![commendation_id, sent_by, agent_no])?;
            }
            all.commit()?;
            Ok(sent == 1)
        })
    }

    /// Everybody's thanks for a commendation, the first first.
    ///
    /// # Errors
    /// Store trouble.
    pub fn thanks(&self, commendation_id: &str) -> Result<Vec<Thanks>, CommendationsError> {
        self.with(|connection| {
            let mut rows = connection.prepare_cached(
                "SELECT sent_by, role, badge, words, sent_at, agent_no, read_at
                 FROM thanks JOIN thanked USING (commendation_id, sent_by)
                 WHERE commendation_id = ?1 ORDER BY sent_at, sent_by, agent_no",
            )?;
            let mut rows = rows.query([commendation_id])?;
            let mut all: Vec<Thanks> = Vec::new();
            while let Some(row) = rows.next()? {
                let sent_by: String = row.get(0)?;
                let thanked = (row.get(5)?, row.get::<_, Option<i64>>(6)?.map(moment));
                match all.last_mut().filter(|last| last.sent_by == sent_by) {
                    Some(last) => last.thanked.push(thanked),
                    None => all.push(Thanks {
                        sent_by,
                        role: row.get(1)?,
                        badge: row.get(2)?,
                        words: row.get(3)?,
                        sent_at: moment(row.get(4)?),
                        thanked: vec![thanked],
                    }),
                }
            }
            Ok(all)
        })
    }

    /// An agent has read the thanks they got for a commendation; the first reading counts.
    ///
    /// # Errors
    /// Store trouble.
    pub fn note_thanks_read(
        &self,
        commendation_id: &str,
        agent_no: &str,
        now: Timestamp,
    ) -> Result<(), CommendationsError> {
        self.with(|connection| {
            connection.execute(
                "UPDATE thanked SET read_at = ?3 WHERE commendation_id = ?1 AND agent_no = ?2 AND read_at IS NULL",
                params![commendation_id, agent_no, now.as_millisecond()],
            )
        })?;
        Ok(())
    }

    /// Badges sent from `since` until before `until`, to `agents` (none said: to all), those with most first; `limit` rows at most.
    ///
    /// # Errors
    /// Store trouble.
    pub fn badges(
        &self,
        since: Timestamp,
        until: Timestamp,
        agents: Option<&[String]>,
        limit: u32,
    ) -> Result<Vec<BadgeCount>, CommendationsError> {
        let agents = agents.map(|agents| serde_json::Value::from(agents.to_vec()).to_string());
        self.with(|connection| {
            let mut rows = connection.prepare_cached(include_str!("badges.sql"))?;
            let rows = rows.query_map(
                named_params! {
                    ":since": since.as_millisecond(), ":until": until.as_millisecond(), ":agents": agents, ":limit": limit,
                },
                |row| Ok(BadgeCount { agent_no: row.get(0)?, badge: row.get(1)?, times: row.get(2)? }),
            )?;
            rows.collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thanks_are_sent_once_by_each_and_read_by_each() {
        let folder = tempfile::tempdir().unwrap();
        let store = Commendations::open(folder.path(), b"secret").unwrap();
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let agents = ["0417".to_owned(), "0526".to_owned()];
        let send = |sent_by, badge, words| {
            let sending = Sending { commendation_id: "a", sent_by, role: "supervisor", badge, words, agents: &agents };
            store.thank(&sending, now).unwrap()
        };
        assert!(send("王", Badge::Patience, "辛苦了"));
        assert!(!send("王", Badge::Solver, "再来一次"), "the first stays");
        assert!(send("李", Badge::Patience, ""));
        store.note_thanks_read("a", "0417", now).unwrap();
        let all = store.thanks("a").unwrap();
        assert_eq!(all.iter().map(|one| one.sent_by.as_str()).collect::<Vec<_>>(), ["李", "王"]);
        let read = [("0417".to_owned(), Some(now)), ("0526".to_owned(), None)];
        assert_eq!(
            (all[1].words.as_str(), all[1].badge.as_str(), all[1].thanked.as_slice()),
            ("辛苦了", "patience", &read[..])
        );
        let after = now + std::time::Duration::from_secs(1);
        let count = |agents| store.badges(now, after, agents, 10).unwrap();
        let two = |agent_no: &str| BadgeCount { agent_no: agent_no.into(), badge: "patience".into(), times: 2 };
        assert_eq!(count(None), [two("0417"), two("0526")]);
        assert_eq!(count(Some(&agents[1..])), [two("0526")]);
        assert_eq!(store.badges(after, after, None, 10).unwrap(), []);
    }
}
