//! The simulated organisation: lanes, what is promised on them and when, agents, phone menu.

use serde::{Deserialize, Serialize};
use tingjian_schemas::PromiseMaker;

use crate::{
    clock::{DAY, Seconds, WEEK},
    dice::Dice,
    options::{Options, OptionsError},
};

const FILE: &str = "data/centre.toml";

/// The parts of a lane's name, as events carry them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LaneName {
    pub origin: String,
    pub destination: String,
    pub carrier: String,
    pub service: String,
}

/// A lane and its truth.
#[derive(Debug)]
pub(crate) struct Lane {
    pub(crate) name: LaneName,
    /// Meals within the hour rather than parcels within days.
    pub(crate) meal: bool,
    pub(crate) department: &'static str,
    pub(crate) weight: u32,
    pub(crate) per_week: u32,
    /// Durations in minutes at shares 0, 0.10, 0.50, 0.90, 0.99 and 1.
    minutes: [u32; 6],
    pub(crate) role: Option<String>,
    /// Standing promises in order of time; at most one is in force at any time.
    pub(crate) standing: Vec<Standing>,
}

/// A standing promise for a lane.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) maker: PromiseMaker,
    pub(crate) owner: &'static str,
    pub(crate) minutes: u32,
    pub(crate) from: Seconds,
    pub(crate) until: Option<Seconds>,
    /// Only of campaigns: when the agents were told.
    pub(crate) notified: Option<Seconds>,
    /// Only of campaigns: its name.
    pub(crate) campaign: Option<&'static str>,
}

/// A path through the phone menu.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Menu {
    pub(crate) path: Vec<String>,
    pub(crate) presses: u32,
    pub(crate) weight: u32,
    pub(crate) role: Option<String>,
}

/// Agents with habits of their own, by number; every other agent is ordinary.
pub(crate) mod agent {
    /// Quotes the standing rule, whatever it is worth.
    pub(crate) const QUOTER: u16 = 0;
    /// Promises half of what the rule says.
    pub(crate) const MISQUOTER: u16 = 1;
    /// Rude.
    pub(crate) const RUDE: u16 = 2;
    /// Praised.
    pub(crate) const STAR: u16 = 3;
    /// Takes twice as many contacts as the others.
    pub(crate) const OVERLOADED: u16 = 4;
    /// Is abused most.
    pub(crate) const ABUSED: u16 = 5;
    /// Fewest agents a centre has.
    pub(crate) const LEAST: u16 = 8;
}

/// Skill groups in the order of agent numbers.
const SKILL_GROUPS: [&str; 6] = ["订单组", "物流组", "售后组", "账务组", "投诉组", "综合热线组"];
/// Contacts an agent should take in a day.
const CONTACTS_PER_AGENT: u64 = 78;
/// Share of events that are contacts, in thousandths.
const CONTACTS_PER_MILLE: u64 = 420;

/// The whole organisation.
#[derive(Debug)]
pub(crate) struct Centre {
    pub(crate) lanes: Vec<Lane>,
    pub(crate) menus: Vec<Menu>,
    pub(crate) agents: u16,
    /// The menu nobody understands.
    pub(crate) bad_menu: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lane: Vec<LaneRow>,
    menu: Vec<Menu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LaneRow {
    origin: String,
    destination: String,
    carrier: String,
    service: String,
    meal: bool,
    department: String,
    #[serde(default)]
    weight: u32,
    #[serde(default)]
    per_week: u32,
    minutes: [u32; 6],
    standing: Option<StandingRow>,
    role: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StandingRow {
    kind: PromiseMaker,
    owner: String,
    minutes: u32,
}

impl Centre {
    /// The organisation in the weeks of `options`.
    pub(crate) fn new(options: &Options) -> Result<Self, OptionsError> {
        let wrong = |reason: String| OptionsError::Data { file: FILE, reason };
        let file: File = toml::from_str(include_str!("../data/centre.toml")).map_err(|e| wrong(e.to_string()))?;
        let lanes =
            file.lane.into_iter().map(|row| Lane::new(row, options).map_err(wrong)).collect::<Result<_, _>>()?;
        let bad_menu = file.menu.iter().position(|menu| menu.role.is_some()).unwrap_or_default() as u8;
        let days = u64::from(options.weeks) * 7;
        let wanted = options.events * CONTACTS_PER_MILLE / 1000 / days / CONTACTS_PER_AGENT;
        let agents = u16::try_from(wanted).unwrap_or(u16::MAX).clamp(agent::LEAST, 9_000);
        Ok(Self { lanes, menus: file.menu, agents, bad_menu })
    }

    /// A lane by its number.
    pub(crate) fn lane(&self, number: u16) -> Option<&Lane> {
        self.lanes.get(usize::from(number))
    }

    /// An agent for one contact: any, the overloaded one twice as often.
    pub(crate) fn any_agent(&self, dice: &mut Dice) -> u16 {
        let drawn = dice.below(u32::from(self.agents) + 1) as u16;
        if drawn == self.agents { agent::OVERLOADED } else { drawn }
    }
}

/// 工号 of an agent.
pub(crate) fn agent_no(agent: u16) -> String {
    (80_101 + u32::from(agent)).to_string()
}

/// The group an agent works in.
pub(crate) fn skill_group(agent: u16) -> &'static str {
    SKILL_GROUPS.get(usize::from(agent) % SKILL_GROUPS.len()).copied().unwrap_or_default()
}

impl Lane {
    fn new(row: LaneRow, options: &Options) -> Result<Self, String> {
        let department = department(&row.department)?;
        let base = row.standing.map(|standing| -> Result<Standing, String> {
            Ok(Standing {
                maker: standing.kind,
                owner: self::department(&standing.owner)?,
                minutes: standing.minutes,
                from: options.start.as_second(),
                until: None,
                notified: None,
                campaign: None,
            })
        });
        let standing = timeline(base.transpose()?, row.role.as_deref(), options);
        let name =
            LaneName { origin: row.origin, destination: row.destination, carrier: row.carrier, service: row.service };
        let per_week = if options.scenario.rare_lanes { row.per_week } else { 0 };
        let (meal, weight, minutes, role) = (row.meal, row.weight, row.minutes, row.role);
        Ok(Self { name, meal, department, weight, per_week, minutes, role, standing })
    }

    /// One true duration, in minutes: at least 1.
    pub(crate) fn duration(&self, dice: &mut Dice) -> u32 {
        const SHARES: [u32; 6] = [0, 10_000, 50_000, 90_000, 99_000, 100_000];
        let drawn = dice.below(100_000);
        let ends = SHARES.iter().zip(&self.minutes);
        for ((low, from), (high, to)) in ends.clone().zip(ends.skip(1)) {
            if drawn < *high {
                let along = u64::from(drawn - low) * u64::from(to.saturating_sub(*from)) / u64::from(high - low);
                return (from + along as u32).max(1);
            }
        }
        1
    }

    /// The standing promise in force at `at`, with its number on the lane.
    pub(crate) fn standing_at(&self, at: Seconds) -> Option<(usize, &Standing)> {
        let in_force = |s: &Standing| s.from <= at && s.until.is_none_or(|until| at < until);
        self.standing.iter().enumerate().find(|(_, s)| in_force(s))
    }

    /// Whether this is planted on the lane.
    pub(crate) fn plays(&self, role: &str) -> bool {
        self.role.as_deref() == Some(role)
    }
}

/// What stands on a lane over the weeks: its first promise, cut by a campaign or ended by the over-promise wave.
fn timeline(base: Option<Standing>, role: Option<&str>, options: &Options) -> Vec<Standing> {
    let Some(base) = base else { return Vec::new() };
    let (start, weeks, end) = (options.start.as_second(), i64::from(options.weeks), options.end());
    let campaign = |name, week: i64, days: i64, told: Option<i64>, minutes| {
        let from = start + week * WEEK + 10 * 3600;
        let until = (from + days * DAY).min(end);
        let advert = Standing {
            maker: PromiseMaker::Advert,
            owner: "市场",
            minutes,
            from,
            until: Some(until),
            notified: told.map(|days| from + days * DAY),
            campaign: Some(name),
        };
        vec![Standing { until: Some(from), ..base.clone() }, advert, Standing { from: until, ..base.clone() }]
    };
    match (role, options.scenario.promotions, options.scenario.over_promise_wave) {
        (Some("wave"), _, Some(week)) => {
            let from = start + i64::from(week) * WEEK;
            let shorter =
                Standing {
                    maker: PromiseMaker::Page, owner: "市场", minutes: base.minutes / 3, from, ..base.clone()
                };
            if week == 0 { vec![shorter] } else { vec![Standing { until: Some(from), ..base }, shorter] }
        }
        (Some("promotion_late"), true, _) => campaign("暖冬直达", weeks / 2, 14, Some(5), base.minutes / 2),
        (Some("promotion_silent"), true, _) => campaign("老友狂欢", weeks / 4, 10, None, base.minutes / 2),
        (Some("promotion_told"), true, _) => campaign("鲜到先得", weeks / 3, 10, Some(-2), base.minutes / 2),
        _ => vec![base],
    }
}

/// Every department of the centre.
pub(crate) const DEPARTMENTS: [&str; 24] = [
    "市场",
    "客服培训",
    "仓储",
    "物流",
    "末端配送",
    "即时配送",
    "维修",
    "品控",
    "招商",
    "采销定价",
    "财务",
    "售后",
    "产品",
    "客服运营",
    "客服技术",
    "信息技术",
    "流程管理",
    "客服管理",
    "派单",
    "业务运营",
    "知识管理",
    "客服班组",
    "培训",
    "外包管理",
];

fn department(name: &str) -> Result<&'static str, String> {
    DEPARTMENTS.iter().find(|known| **known == name).copied().ok_or_else(|| format!("unknown department {name}"))
}
