//! What a call cost the customer.

use serde::Serialize;

use crate::facts::CallMeasures;

/// Seconds that each measure counts; configured, and shown beside every bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct EffortRates {
    /// Per second of waiting, in thousandths.
    pub wait_permille: u32,
    /// Per second of talk, in thousandths.
    pub talk_permille: u32,
    pub press_s: u32,
    pub transfer_s: u32,
    pub repeat_s: u32,
}

impl Default for EffortRates {
    fn default() -> Self {
        Self { wait_permille: 1000, talk_permille: 1000, press_s: 3, transfer_s: 60, repeat_s: 30 }
    }
}

/// Effort in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Effort {
    pub wait_s: u64,
    pub talk_s: u64,
    pub press_s: u64,
    pub transfer_s: u64,
    pub repeat_s: u64,
}

impl Effort {
    /// The bill of one call.
    pub fn of(call: &CallMeasures, rates: &EffortRates) -> Self {
        let times = |count: u32, rate: u32| u64::from(count) * u64::from(rate);
        Self {
            wait_s: times(call.queue_wait_s, rates.wait_permille) / 1000,
            talk_s: times(call.talk_s, rates.talk_permille) / 1000,
            press_s: times(call.ivr_presses, rates.press_s),
            transfer_s: times(call.transfers.len() as u32, rates.transfer_s),
            repeat_s: times(call.questions_repeated, rates.repeat_s),
        }
    }

    /// All of it.
    pub fn total_s(&self) -> u64 {
        self.wait_s + self.talk_s + self.press_s + self.transfer_s + self.repeat_s
    }
}

impl std::ops::AddAssign for Effort {
    fn add_assign(&mut self, more: Self) {
        self.wait_s += more.wait_s;
        self.talk_s += more.talk_s;
        self.press_s += more.press_s;
        self.transfer_s += more.transfer_s;
        self.repeat_s += more.repeat_s;
    }
}
