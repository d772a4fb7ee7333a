//! `[alerts]`: what is told between reports.

use serde::Deserialize;

/// `[alerts]`: from where on something is told between reports, over the channels of `reports.channels_file` that take alerts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Alerts {
    /// Between two looks, seconds; 0: nobody looks.
    pub interval_s: u64,
    /// From when on nobody is to be woken, in the organisation's zone; what is raised meanwhile is told afterwards.
    pub quiet_from: jiff::civil::Time,
    /// Until when; equal to `quiet_from`: no quiet hours.
    pub quiet_until: jiff::civil::Time,
    /// Greatest share of false alarms at which an emerging cause is told.
    pub emerging_q: f64,
    /// Fewest records of it.
    pub emerging_records: u64,
    /// Requests past their clock of one department.
    pub overdue_requests: u64,
    /// Records accepted and not stored that do not become fewer.
    pub lag_records: u64,
    /// Dead letters of one day.
    pub dead_letters: u64,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            interval_s: 60,
            quiet_from: jiff::civil::time(22, 0, 0, 0),
            quiet_until: jiff::civil::time(7, 0, 0, 0),
            emerging_q: 0.01,
            emerging_records: 10,
            overdue_requests: 5,
            lag_records: 200_000,
            dead_letters: 100,
        }
    }
}
