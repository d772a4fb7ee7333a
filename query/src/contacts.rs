//! Contacts: whether the first was enough, what they cost, and one agent's own record.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use tingjian_attribution::{EffortRates, LoadBand};
use tingjian_warehouse::{CommendationFilter, ContactGroup, Span, Warehouse, Whose};
use utoipa::ToSchema;

use crate::{Effort, QueryError};

/// By what to group contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactsBy(tingjian_warehouse::ContactsBy);

impl ContactsBy {
    /// Names of all cuts.
    pub const NAMES: [&str; 8] = ["agent", "channel", "skill_group", "cause", "lane", "week", "day", "menu"];
    /// By week.
    pub const WEEK: Self = Self(tingjian_warehouse::ContactsBy::Week);
}

impl FromStr for ContactsBy {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        use tingjian_warehouse::ContactsBy::{Agent, Cause, Channel, Day, Lane, Menu, SkillGroup, Week};
        let known = [Agent, Channel, SkillGroup, Cause, Lane, Week, Day, Menu];
        Self::NAMES.into_iter().zip(known).find(|(known, _)| *known == name).map(|(_, by)| Self(by)).ok_or(())
    }
}

/// Contacts by group, as of the newest event.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ContactsAnswer {
    /// The groups, the largest first.
    pub groups: Vec<ContactGroupView>,
    /// Seconds that each measure counts.
    pub rates: RatesView,
    /// Only contacts older than a window count in it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// Cursor of the next groups; `null`: these were all.
    pub next: Option<String>,
}

/// Seconds that each measure counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct RatesView {
    pub wait_s_per_s: f32,
    pub talk_s_per_s: f32,
    pub press_s: u32,
    pub transfer_s: u32,
    pub repeat_s: u32,
}

/// First-contact resolution within a window.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FcrView {
    /// Hours of the window.
    pub hours: u32,
    /// Contacts older than it.
    pub contacts: u64,
    /// Those of them followed by none within it.
    pub resolved: u64,
    /// resolved / contacts.
    pub rate: Option<f64>,
}

/// Contacts of one group.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct ContactGroupView {
    pub key: String,
    pub contacts: u64,
    pub calls: u64,
    pub chains: u64,
    /// At 24, 48, 72 and 168 hours.
    pub fcr: Vec<FcrView>,
    /// What the calls cost their customers.
    pub effort: Effort,
    /// Questions customers had to answer again.
    pub asked_twice: u64,
    /// Key presses of the calls.
    pub presses: u64,
    /// Transfers of the calls.
    pub transfers: u64,
    pub abuse: u64,
}

/// Groups contacts.
///
/// # Errors
/// The warehouse is away.
pub async fn contacts(
    warehouse: &Warehouse,
    by: ContactsBy,
    span: Span,
    agent_no: &str,
    zone: &str,
) -> Result<ContactsAnswer, QueryError> {
    let rates = EffortRates::default();
    let as_of = warehouse.newest_event_at().await?;
    let groups = match as_of {
        Some(as_of) => warehouse.contact_groups(by.0, span, agent_no, zone, as_of).await?,
        None => Vec::new(),
    };
    let groups = groups.into_iter().map(|found| group(found, &rates)).collect();
    Ok(ContactsAnswer { groups, rates: shown(&rates), as_of, next: None })
}

fn shown(rates: &EffortRates) -> RatesView {
    RatesView {
        wait_s_per_s: rates.wait_permille as f32 / 1000.0,
        talk_s_per_s: rates.talk_permille as f32 / 1000.0,
        press_s: rates.press_s,
        transfer_s: rates.transfer_s,
        repeat_s: rates.repeat_s,
    }
}

fn group(found: ContactGroup, rates: &EffortRates) -> ContactGroupView {
    let windows = [
        (24, found.old_24h, found.resolved_24h),
        (48, found.old_48h, found.resolved_48h),
        (72, found.old_72h, found.resolved_72h),
        (168, found.old_7d, found.resolved_7d),
    ];
    let fcr = windows.map(|(hours, contacts, resolved)| FcrView {
        hours,
        contacts,
        resolved,
        rate: (contacts > 0).then(|| resolved as f64 / contacts as f64),
    });
    let effort = tingjian_attribution::Effort {
        wait_s: found.wait_s * u64::from(rates.wait_permille) / 1000,
        talk_s: found.talk_s * u64::from(rates.talk_permille) / 1000,
        press_s: found.presses * u64::from(rates.press_s),
        transfer_s: found.transfers * u64::from(rates.transfer_s),
        repeat_s: found.repeated * u64::from(rates.repeat_s),
    };
    ContactGroupView {
        key: found.key,
        contacts: found.contacts,
        calls: found.calls,
        chains: found.chains,
        fcr: fcr.into(),
        effort: effort.into(),
        asked_twice: found.repeated,
        presses: found.presses,
        transfers: found.transfers,
        abuse: found.abuse,
    }
}

/// One agent's own record.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AgentAnswer {
    /// 工号.
    pub agent_no: String,
    /// The newest commendations.
    pub commendations: Vec<PraiseView>,
    /// How many there are.
    pub commendations_total: u64,
    /// Contacts by day of the organisation's zone.
    pub load: Vec<DayLoad>,
    /// Contacts a day that are neither too few nor too many.
    pub band: BandView,
    /// Records in which somebody insults.
    pub abuse: u64,
    /// Promises quoted below the rule that cost some of a delay.
    pub misquoted: u64,
    /// What moved off this agent's record: the rule was at fault.
    pub exonerated: Vec<ClearedView>,
    /// How many did.
    pub exonerated_total: u64,
}

/// A commendation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct PraiseView {
    pub record_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    pub text: String,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct DayLoad {
    pub day: String,
    pub contacts: u64,
    /// `under`, `within` or `over` the band.
    pub level: &'static str,
}

/// A band of contacts a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct BandView {
    pub low: u32,
    pub high: u32,
}

/// A record that moved off an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct ClearedView {
    pub record_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// Promise id of the rule quoted.
    pub rule: String,
    pub moved_to: String,
}

/// Rows listed of each kind.
const LISTED: u32 = 200;

/// One agent.
///
/// # Errors
/// The warehouse is away.
pub async fn agent(warehouse: &Warehouse, agent_no: &str, span: Span, zone: &str) -> Result<AgentAnswer, QueryError> {
    let band = LoadBand::default();
    let by_day = ContactsBy(tingjian_warehouse::ContactsBy::Day);
    let mut days = contacts(warehouse, by_day, span, agent_no, zone).await?.groups;
    days.sort_by(|a, b| a.key.cmp(&b.key));
    let counts = warehouse.agent_counts(agent_no, span).await?;
    let cleared = warehouse.agent_cleared(agent_no, span, LISTED).await?;
    let praise = warehouse.agent_praise(agent_no, span, LISTED).await?;
    let of_agent = CommendationFilter { span, whose: Whose::Everybodys, agent_no: agent_no.to_owned() };
    let commendations_total = warehouse.commendations_total(&of_agent).await?;
    let time = |millis: i64| Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
    let level = |contacts: u64| match contacts {
        n if n < u64::from(band.low) => "under",
        n if n > u64::from(band.high) => "over",
        _ => "within",
    };
    Ok(AgentAnswer {
        agent_no: agent_no.to_owned(),
        abuse: days.iter().map(|day| day.abuse).sum(),
        load: days
            .into_iter()
            .map(|d| DayLoad { level: level(d.contacts), day: d.key, contacts: d.contacts })
            .collect(),
        band: BandView { low: band.low, high: band.high },
        misquoted: counts.misquoted,
        exonerated_total: counts.exonerated,
        commendations_total,
        commendations: praise
            .into_iter()
            .map(|row| PraiseView { record_id: row.record_id, occurred_at: time(row.occurred_at), text: row.text })
            .collect(),
        exonerated: cleared
            .into_iter()
            .map(|row| ClearedView {
                record_id: row.record_id,
                occurred_at: time(row.occurred_at),
                rule: row.rule,
                moved_to: row.moved_to,
            })
            .collect(),
    })
}
