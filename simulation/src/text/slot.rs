//! What stands in braces in a phrase, and how it is filled.

use super::{
    Domain, TextTruth, duration,
    number::han,
    write::{Scene, Voice},
};
use crate::{
    centre::agent_no,
    clock::{DAY, HOUR, Wall, two},
    dice::Dice,
    identity,
    text::Catalogue,
};

/// A slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The customer, as the voice calls them.
    Me,
    /// The organisation, as the voice calls it.
    You,
    /// Its front line.
    Staff,
    /// A word from the pool of that number in [`POOLS`].
    Pool(usize),
    Amount,
    /// 2 to 6 in Chinese.
    Count,
    /// 2 to 9 in digits.
    Digits,
    Date,
    Time,
    Agent,
    Name,
    Order,
    Phone,
    Email,
    Card,
    Bank,
    Plate,
    /// How many times the customer has been in touch, this time included.
    Nth,
    /// How many times before.
    Times,
    Promised,
    /// Elapsed and over.
    Actual,
    /// Elapsed and still running.
    Open,
    /// A clause that promises.
    Claim,
    /// Clock times of the order: when it began, was due, was done.
    Placed,
    Due,
    Done,
    Origin,
    Destination,
    Carrier,
}

/// Pools of words, by their names in the data file.
pub(crate) const POOLS: [&str; 14] = [
    "goods", "dish", "shop", "place", "promo", "plan", "unit", "dept", "app", "part", "person", "fault", "device",
    "office",
];

/// Slots with names of their own; every pool is also a slot.
const NAMED: [(&str, Slot); 28] = [
    ("me", Slot::Me),
    ("you", Slot::You),
    ("staff", Slot::Staff),
    ("amount", Slot::Amount),
    ("count", Slot::Count),
    ("n", Slot::Digits),
    ("date", Slot::Date),
    ("time", Slot::Time),
    ("agent", Slot::Agent),
    ("name", Slot::Name),
    ("order", Slot::Order),
    ("phone", Slot::Phone),
    ("email", Slot::Email),
    ("card", Slot::Card),
    ("bank", Slot::Bank),
    ("plate", Slot::Plate),
    ("nth", Slot::Nth),
    ("times", Slot::Times),
    ("promised", Slot::Promised),
    ("actual", Slot::Actual),
    ("open", Slot::Open),
    ("claim", Slot::Claim),
    ("placed", Slot::Placed),
    ("due", Slot::Due),
    ("done", Slot::Done),
    ("origin", Slot::Origin),
    ("destination", Slot::Destination),
    ("carrier", Slot::Carrier),
];

impl Slot {
    pub(crate) fn named(name: &str) -> Option<Self> {
        let pool = || POOLS.iter().position(|pool| *pool == name).map(Self::Pool);
        NAMED.iter().find(|(known, _)| *known == name).map(|(_, slot)| *slot).or_else(pool)
    }

    /// Whether filling it states a duration.
    pub(crate) fn is_timed(self) -> bool {
        matches!(self, Self::Promised | Self::Actual | Self::Open | Self::Claim | Self::Placed | Self::Due | Self::Done)
    }
}

/// A text in the making.
pub(crate) struct Draft<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) scene: &'a Scene<'a>,
    pub(crate) dice: Dice,
    pub(crate) voice: Voice,
    pub(crate) text: String,
    pub(crate) truth: TextTruth,
    pub(crate) me: &'static str,
    pub(crate) you: &'static str,
    /// Tells everything at length.
    pub(crate) long: bool,
    /// Words taken from the pools so far, by their places.
    pub(crate) words: [Option<u16>; POOLS.len()],
}

impl Draft<'_> {
    /// Fills one slot.
    pub(crate) fn slot(&mut self, slot: Slot) {
        match slot {
            Slot::Me => self.text.push_str(self.me),
            Slot::You => self.text.push_str(self.you),
            Slot::Staff => {
                self.text.push_str(if self.scene.domain == Domain::Town { "工作人员" } else { "客服" })
            }
            Slot::Pool(number) => self.word(number),
            Slot::Promised | Slot::Actual | Slot::Open | Slot::Claim => self.timed(slot),
            Slot::Placed | Slot::Due | Slot::Done => self.clock(slot),
            Slot::Amount | Slot::Count | Slot::Digits | Slot::Nth | Slot::Times => self.number(slot),
            Slot::Date | Slot::Time => self.calendar(slot),
            Slot::Agent => self.text.push_str(&agent_no(self.scene.agent)),
            Slot::Name => {
                let name = identity::name(self.scene.customer);
                self.text.push_str(&name);
            }
            Slot::Origin | Slot::Destination | Slot::Carrier => self.lane(slot),
            Slot::Order | Slot::Phone | Slot::Email | Slot::Card | Slot::Bank | Slot::Plate => self.identity(slot),
        }
    }

    /// A word of a pool: the same throughout a text, where the text is about that one thing.
    fn word(&mut self, number: usize) {
        let name = POOLS.get(number).copied().unwrap_or_default();
        let pool = self.catalogue.pool(name);
        let drawn = self.dice.below(pool.len() as u32) as u16;
        let place = match self.words.get_mut(number) {
            Some(word) if !matches!(name, "dept" | "part" | "fault") => *word.get_or_insert(drawn),
            _ => drawn,
        };
        self.text.push_str(pool.get(usize::from(place)).map(String::as_str).unwrap_or_default());
    }

    fn number(&mut self, slot: Slot) {
        let said = match slot {
            Slot::Amount if self.scene.domain == Domain::Meal => format!("{}", self.dice.between(12, 160)),
            Slot::Amount if self.dice.chance(300) => {
                format!("{}.{}", self.dice.between(9, 400), self.dice.between(1, 9))
            }
            Slot::Amount => format!("{}", self.dice.between(9, 2400)),
            Slot::Count => han(self.dice.between(2, 6) as u32),
            Slot::Times => han(u32::from(self.scene.before.max(1))),
            Slot::Nth => han(u32::from(self.scene.before) + 1).replace('两', "二"),
            _ => format!("{}", self.dice.between(2, 9)),
        };
        self.text.push_str(&said);
    }

    fn calendar(&mut self, slot: Slot) {
        let days = self.dice.between(1, 20);
        let wall = Wall::at(self.scene.at - days * DAY - self.dice.between(0, 20) * HOUR);
        let said = match (slot, self.dice.below(3)) {
            (Slot::Date, 0) => format!("{}月{}号", wall.month, wall.day),
            (Slot::Date, 1) => format!("{}月{}日", wall.month, wall.day),
            (Slot::Date, _) => ["上周", "前几天", "月初", "这个月", "前阵子"]
                .get((wall.day % 5) as usize)
                .copied()
                .unwrap_or("上周")
                .to_owned(),
            (_, 0) => format!("{}点多", wall.hour % 12 + 1),
            (_, 1) => ["早上", "上午", "中午", "下午", "晚上"]
                .get((wall.hour / 5) as usize)
                .copied()
                .unwrap_or("晚上")
                .to_owned(),
            _ => format!("{}:{:02}", wall.hour, wall.minute),
        };
        self.text.push_str(&said);
    }

    /// A duration: the scene's own where it has one, else one that suits the business.
    fn timed(&mut self, slot: Slot) {
        if slot == Slot::Claim {
            return self.claim();
        }
        let (promised, actual) = self.durations();
        if slot == Slot::Promised {
            let said = duration::promised(&mut self.dice, promised);
            self.text.push_str(&said);
            self.truth.promised_min.get_or_insert(promised);
            return;
        }
        let (mut said, mut says) = duration::elapsed(&mut self.dice, actual);
        let limit = self.truth.promised_min.or(self.scene.times.promised_min).filter(|limit| actual > *limit);
        if limit.is_some_and(|limit| says <= limit) {
            // Rounded down, it would no longer be late.
            (said, says) = (duration::exact(actual), actual);
        }
        self.text.push_str(&said);
        self.truth.actual.get_or_insert((says, slot == Slot::Open));
    }

    /// Promised and elapsed minutes this text is about; made up once where the facts give none.
    fn durations(&mut self) -> (u32, u32) {
        let facts = self.scene.times;
        let long: &[u32] =
            if self.scene.domain == Domain::Meal { &[30, 40, 45, 60] } else { &[1440, 2880, 4320, 7200, 10080] };
        let promised = facts.promised_min.or(self.truth.promised_min).unwrap_or_else(|| self.dice.pick_copy(long));
        let actual = facts.actual_min.unwrap_or_else(|| {
            if self.scene.minutes {
                self.truth.promised_min.unwrap_or_default() + self.dice.between(15, 130) as u32
            } else {
                promised + promised * (3 + self.dice.below(30)) / 10
            }
        });
        (promised, actual)
    }

    fn claim(&mut self) {
        let (promised, _) = self.durations();
        let code = match promised {
            1440 if self.scene.domain == Domain::Shop && self.dice.chance(450) => "claim_next_day",
            720 if self.scene.domain == Domain::Shop && self.dice.chance(450) => "claim_same_day",
            _ => "claim",
        };
        self.truth.promised_min.get_or_insert(promised);
        let phrases = self.catalogue.set(code).map(|set| set.of(self.scene.domain)).unwrap_or_default();
        if let Some(phrase) = self.dice.pick(phrases) {
            self.phrase(phrase);
        }
    }

    fn clock(&mut self, slot: Slot) {
        let times = self.scene.times;
        let (Some(started), Some(promised), Some(actual)) = (times.started, times.promised_min, times.actual_min)
        else {
            return;
        };
        let minutes = match slot {
            Slot::Placed => 0,
            Slot::Due => promised,
            _ => actual,
        };
        let wall = Wall::at(started + i64::from(minutes) * 60);
        two(&mut self.text, wall.hour);
        self.text.push(':');
        two(&mut self.text, wall.minute);
        self.truth.promised_min = Some(promised);
        self.truth.actual = Some((actual, false));
    }

    fn lane(&mut self, slot: Slot) {
        let name = self.scene.lane;
        let said = match slot {
            Slot::Origin => name.map_or("上海", |lane| lane.origin.as_str()),
            Slot::Destination => name.map_or("成都", |lane| lane.destination.as_str()),
            _ => name.map_or("快递", |lane| lane.carrier.as_str()),
        };
        self.text.push_str(said);
    }

    fn identity(&mut self, slot: Slot) {
        let (seed, customer) = (self.scene.seed, self.scene.customer);
        let said = match slot {
            Slot::Order => match self.scene.order_id {
                Some(order) => order.to_owned(),
                None => identity::order_id(seed, customer + 7_000_000, self.scene.at),
            },
            Slot::Phone => identity::phone(seed, customer),
            Slot::Email => identity::email(customer),
            Slot::Card => identity::id_card(customer),
            Slot::Bank => identity::bank_card(customer),
            _ => identity::plate(customer),
        };
        self.text.push_str(&said);
        self.truth.pii.push(said);
    }
}
