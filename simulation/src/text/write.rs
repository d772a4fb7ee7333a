//! Texts as people write them: an opening, what led to it, the matter, how they feel, what they want.

use tingjian_schemas::{Kind, Stream};

use super::{
    Catalogue, Domain, TextTruth, noise,
    phrase::{Phrase, Piece},
    slot::{Draft, POOLS},
};
use crate::{
    causes::{Cause, ETA_OVERPROMISE, LOST, REPEAT_CONTACT, TRACKING_STALL, WAREHOUSE_LATE},
    centre::LaneName,
    clock::Seconds,
    dice::Dice,
    story::Clockwork,
};

/// Purpose of the draws of texts.
const TEXTS: u64 = 2;
/// What a note says when its phrases came out empty: an event without a text is refused.
const NOTHING_SAID: &str = "（无内容）";
/// Of 1000 texts, those that tell everything at length.
const LONG: u32 = 28;

/// Every purpose a text needs phrases for (`SETS` of the data files).
#[cfg(test)]
pub(crate) const SETS: [&str; 52] = [
    "claim",
    "claim_next_day",
    "claim_same_day",
    "broken_done",
    "broken_open",
    "agent_done",
    "agent_open",
    "clock",
    "plain_done",
    "plain_open",
    "stage_done",
    "stage_open",
    "kept",
    "stalled",
    "lost",
    "inquiry",
    "suggestion",
    "commendation",
    "other",
    "campaign_inquiry",
    "campaign_complaint",
    "opening_third",
    "opening_first",
    "opening_town",
    "filler_third",
    "filler_first",
    "filler_town",
    "praise_but",
    "joint",
    "again",
    "emotion_third",
    "emotion_first",
    "abuse_third",
    "abuse_first",
    "closing_third",
    "closing_first",
    "closing_town",
    "handled",
    "pii",
    "emoji",
    "promise_page",
    "promise_agent",
    "promise_callback",
    "step",
    "request",
    "reply",
    "reason",
    "opening_plain",
    "filler_plain",
    "detail_third",
    "detail_first",
    "detail_town",
];

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    /// An agent about a customer.
    Third,
    /// The customer.
    First,
    /// The city's hotline about a citizen.
    Town,
}

/// Times the facts give a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    pub(crate) promised_min: Option<u32>,
    pub(crate) actual_min: Option<u32>,
    pub(crate) open: bool,
    /// When the clock began, where people would quote it.
    pub(crate) started: Option<Seconds>,
    /// Whether it took longer than promised.
    pub(crate) late: bool,
    pub(crate) by_agent: bool,
}

/// What a text is about.
#[derive(Clone, Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) seed: u64,
    /// Unique to the text.
    pub(crate) number: u64,
    pub(crate) at: Seconds,
    pub(crate) stream: Stream,
    pub(crate) kind: Kind,
    pub(crate) causes: &'a [Cause],
    pub(crate) domain: Domain,
    pub(crate) clockwork: Clockwork,
    pub(crate) times: Times,
    /// Whether made-up durations are waits of minutes.
    pub(crate) minutes: bool,
    pub(crate) campaign: bool,
    pub(crate) customer: u64,
    pub(crate) agent: u16,
    pub(crate) order_id: Option<&'a str>,
    pub(crate) lane: Option<&'a LaneName>,
    pub(crate) abuse: bool,
    pub(crate) before: u8,
    pub(crate) resolved: Option<bool>,
}

/// Writes texts.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) catalogue: Catalogue,
}

impl Writer {
    /// The text of a scene and what it says.
    pub(crate) fn write(&self, scene: &Scene<'_>) -> (String, TextTruth) {
        let mut dice = Dice::new(scene.seed, TEXTS, scene.number);
        let voice = voice(scene, &mut dice);
        let (me, you) = address(scene.domain, voice, &mut dice);
        let mut draft = Draft {
            long: dice.chance(LONG),
            catalogue: &self.catalogue,
            scene,
            dice,
            voice,
            text: String::with_capacity(400),
            truth: TextTruth::default(),
            me,
            you,
            words: [None; POOLS.len()],
        };
        match scene.kind {
            Kind::Complaint => draft.complaint(),
            Kind::Inquiry if scene.campaign => draft.plain("campaign_inquiry"),
            Kind::Inquiry => draft.plain("inquiry"),
            Kind::Suggestion => draft.plain("suggestion"),
            Kind::Commendation => {
                draft.truth.praised = true;
                draft.plain("commendation");
            }
            Kind::Other => draft.say("other"),
        }
        let Draft { mut dice, text, truth, .. } = draft;
        let text = noise::roughen(&self.catalogue, &mut dice, text);
        (if text.trim().is_empty() { NOTHING_SAID.to_owned() } else { text }, truth)
    }

    /// A short sentence for a fact.
    pub(crate) fn note(&self, code: &str, scene: &Scene<'_>) -> String {
        let dice = Dice::new(scene.seed, TEXTS, scene.number);
        let (text, truth) = (String::new(), TextTruth::default());
        let voice = Voice::Third;
        let (me, you, words) = ("客户", "我司", [None; POOLS.len()]);
        let catalogue = &self.catalogue;
        let mut draft = Draft { catalogue, scene, dice, voice, text, truth, me, you, words, long: false };
        draft.say(code);
        draft.text
    }
}

fn voice(scene: &Scene<'_>, dice: &mut Dice) -> Voice {
    let third = match (scene.stream, scene.domain) {
        (Stream::CallNotes, _) => 1000,
        (Stream::Commendations, _) => 550,
        (_, Domain::Shop | Domain::Meal) => 150,
        (_, Domain::Line) => 350,
        (_, Domain::Town) => 700,
    };
    match (dice.chance(third), scene.domain) {
        (true, Domain::Town) => Voice::Town,
        (true, _) => Voice::Third,
        (false, _) => Voice::First,
    }
}

/// How the voice calls the customer and the organisation.
fn address(domain: Domain, voice: Voice, dice: &mut Dice) -> (&'static str, &'static str) {
    let me = match voice {
        Voice::First => dice.pick_copy(&["我", "我", "我", "本人"]),
        Voice::Third => dice.pick_copy(&["客户", "用户", "来电人", "顾客"]),
        Voice::Town => "市民",
    };
    let you = match (domain, voice) {
        (Domain::Shop, Voice::First) => dice.pick_copy(&["你们", "商家", "店家", "你们家"]),
        (Domain::Meal, Voice::First) => dice.pick_copy(&["商家", "店家", "你们"]),
        (Domain::Line, Voice::First) => dice.pick_copy(&["你们", "贵公司", "你们公司"]),
        (Domain::Town, _) => dice.pick_copy(&["该单位", "相关单位", "该公司"]),
        (Domain::Line, _) => dice.pick_copy(&["我方", "我司", "营业厅"]),
        _ => dice.pick_copy(&["商家", "店铺", "平台"]),
    };
    (me, you)
}

impl Draft<'_> {
    fn complaint(&mut self) {
        self.opening();
        self.fillers();
        if self.dice.chance(55) {
            self.truth.praised = true;
            self.say("praise_but");
        }
        self.core();
        self.second();
        let scene = self.scene;
        if scene.before > 0 && scene.causes.contains(&REPEAT_CONTACT) && scene.causes.first() != Some(&REPEAT_CONTACT) {
            self.text.push('，');
            self.say("again");
            self.truth.causes.push(REPEAT_CONTACT);
        }
        self.details();
        self.stop();
        let feels = if self.voice == Voice::First { ("emotion_first", 420) } else { ("emotion_third", 260) };
        if self.dice.chance(feels.1) {
            self.sentence(feels.0);
        }
        if scene.abuse {
            self.sentence(if self.voice == Voice::First { "abuse_first" } else { "abuse_third" });
        }
        self.closing(if self.voice == Voice::First { 380 } else { 720 });
    }

    /// An opening, the matter, a closing: texts that name no failure.
    fn plain(&mut self, code: &str) {
        if self.voice != Voice::First {
            self.say("opening_plain");
        }
        let count = self.dice.below(3) * u32::from(self.dice.chance(500));
        self.several(["filler_plain"; 3], count, "", "，");
        let twice = self.scene.kind == Kind::Commendation && self.dice.chance(350);
        self.several([code; 3], 1 + u32::from(twice), "", if twice { "。" } else { "" });
        self.stop();
        self.tail();
    }

    fn opening(&mut self) {
        match self.voice {
            Voice::Third => self.say("opening_third"),
            Voice::Town => self.say("opening_town"),
            Voice::First if self.dice.chance(300) => self.say("opening_first"),
            Voice::First => {}
        }
    }

    /// What led to it: mostly a sentence or two, now and then a whole story.
    fn fillers(&mut self) {
        let count = match self.dice.below(1000) {
            _ if self.long => 14 + self.dice.below(16),
            0..270 => 0,
            270..640 => 1,
            640..850 => 2,
            _ => 3 + self.dice.below(5),
        };
        self.several(["filler_third", "filler_first", "filler_town"], count, "", "，");
    }

    /// What people add: mostly nothing or a sentence, now and then everything.
    fn details(&mut self) {
        let count = match self.dice.below(1000) {
            _ if self.long => 8 + self.dice.below(10),
            0..380 => 0,
            380..820 => 1,
            820..965 => 2,
            _ => 3 + self.dice.below(4),
        };
        self.several(["detail_third", "detail_first", "detail_town"], count, "。", "");
    }

    /// So many different phrases of a purpose, in any order; purposes are given for a third person, the customer, the town.
    fn several(&mut self, codes: [&str; 3], count: u32, before: &str, after: &str) {
        let [third, first, town] = codes;
        let code = match self.voice {
            Voice::Third => third,
            Voice::First => first,
            Voice::Town => town,
        };
        let phrases = self.catalogue.set(code).map(|set| set.of(self.scene.domain)).unwrap_or_default();
        let length = phrases.len().max(1) as u32;
        let mut stride = 1 + self.dice.below(length);
        while common(stride, length) > 1 {
            stride += 1;
        }
        let start = self.dice.below(length);
        // A stride without a common divisor visits every phrase once before it comes back.
        for place in (0..count.min(phrases.len() as u32)).map(|n| (start + n * stride) % length) {
            let Some(phrase) = phrases.get(place as usize) else { continue };
            self.text.push_str(before);
            self.phrase(phrase);
            self.text.push_str(after);
        }
    }

    /// The matter itself.
    fn core(&mut self) {
        let scene = self.scene;
        let Some(primary) = scene.causes.first().copied() else { return };
        self.truth.causes.push(primary);
        if scene.campaign {
            return self.say("campaign_complaint");
        }
        if scene.clockwork == Clockwork::Order {
            return self.delay(primary);
        }
        let phrases = self.catalogue.leaf(primary).map(|set| set.of(scene.domain)).unwrap_or_default();
        if let Some(phrase) = self.dice.pick(phrases) {
            self.phrase(phrase);
        }
    }

    /// A delay whose times the facts give.
    fn delay(&mut self, primary: Cause) {
        let (scene, times) = (self.scene, self.scene.times);
        let clock = scene.domain == Domain::Meal && !times.open && primary == ETA_OVERPROMISE;
        let code = match (primary, times.open) {
            (TRACKING_STALL, _) => "stalled",
            (LOST, _) => "lost",
            (ETA_OVERPROMISE, _) if clock && self.dice.chance(250) => "clock",
            (ETA_OVERPROMISE, true) if times.by_agent => "agent_open",
            (ETA_OVERPROMISE, false) if times.by_agent => "agent_done",
            (ETA_OVERPROMISE, true) => "broken_open",
            (ETA_OVERPROMISE, false) => "broken_done",
            _ if !times.late => "kept",
            (WAREHOUSE_LATE, true) => "stage_open",
            (WAREHOUSE_LATE, false) => "stage_done",
            (_, true) => "plain_open",
            (_, false) => "plain_done",
        };
        // A broken promise names the stage too: it is in the phrase.
        self.truth.causes.extend(scene.causes.iter().skip(1).filter(|cause| cause.is_delay()));
        self.say(code);
    }

    /// Other causes mentioned in the same breath, where there are words for them.
    fn second(&mut self) {
        let scene = self.scene;
        let causes = scene.causes.iter().skip(1).filter(|cause| **cause != REPEAT_CONTACT);
        for cause in causes {
            if self.truth.causes.contains(cause) {
                continue;
            }
            let Some(set) = self.catalogue.leaf(*cause) else { continue };
            let Some(phrase) = set.plain(scene.domain, &mut self.dice) else { continue };
            self.say("joint");
            self.phrase(phrase);
            self.truth.causes.push(*cause);
        }
    }

    fn closing(&mut self, share: u32) {
        if self.dice.chance(share) {
            self.sentence(match self.voice {
                Voice::Third => "closing_third",
                Voice::First => "closing_first",
                Voice::Town => "closing_town",
            });
        }
        self.tail();
    }

    /// What forms and habits add at the end.
    fn tail(&mut self) {
        if self.scene.resolved == Some(true) && self.dice.chance(500) {
            self.sentence("handled");
        }
        if self.dice.chance(150) {
            self.sentence("pii");
        }
        if self.voice == Voice::First && self.dice.chance(60) {
            self.say("emoji");
        }
    }

    fn sentence(&mut self, code: &str) {
        self.say(code);
        self.stop();
    }

    fn stop(&mut self) {
        let mark =
            if self.voice == Voice::First { self.dice.pick_copy(&['。', '。', '，', '！', ' ']) } else { '。' };
        if !self.text.ends_with(['。', '！', '？', '，', ' ']) {
            self.text.push(mark);
        }
    }

    /// One phrase of a purpose.
    pub(crate) fn say(&mut self, code: &str) {
        let phrases = self.catalogue.set(code).map(|set| set.of(self.scene.domain)).unwrap_or_default();
        if let Some(phrase) = self.dice.pick(phrases) {
            self.phrase(phrase);
        }
    }

    /// Fills a phrase.
    pub(crate) fn phrase(&mut self, phrase: &Phrase) {
        for piece in &phrase.pieces {
            match piece {
                Piece::Words(words) => self.text.push_str(words),
                Piece::Slot(slot) => self.slot(*slot),
            }
        }
    }
}

/// Greatest common divisor.
fn common(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common(b, a % b) }
}
