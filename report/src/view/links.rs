//! Where each number comes from, and where it leads.

use crate::{Report, Week};

/// Addresses of one report.
pub struct Links {
    base: String,
    now: String,
    before: String,
    week: String,
    week_before: String,
}

/// A query value, percent-encoded.
fn value(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

impl Links {
    /// Of a report.
    pub fn of(report: &Report) -> Self {
        let zone = jiff::tz::TimeZone::get(&report.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let week = report.week.parse::<Week>().unwrap_or_else(|_| Week::of(report.since, &zone));
        let span = |week: Week| {
            let [since, until] = [week.begin(&zone), week.end(&zone)].map(|at| value(&at.to_string()));
            format!("since={since}&until={until}")
        };
        Self {
            base: report.base_url.clone(),
            now: span(week),
            before: span(week.before(1)),
            week: week.to_string(),
            week_before: week.before(1).to_string(),
        }
    }

    /// An interface asked for the week.
    pub fn api(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        address(&format!("/api/v1/{path}"), &self.now, parameters)
    }

    /// The same, for the week before.
    pub fn api_before(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        address(&format!("/api/v1/{path}"), &self.before, parameters)
    }

    /// An interface that takes the week's name.
    pub fn api_of_week(&self, path: &str) -> String {
        format!("/api/v1/{path}?week={}", self.week)
    }

    /// An interface that is asked for no span of time.
    pub fn api_at_any_time(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        address(&format!("/api/v1/{path}"), "", parameters)
    }

    /// The name of the week before.
    pub fn week_before(&self) -> &str {
        &self.week_before
    }

    /// Last week's published report.
    pub fn report_before(&self) -> String {
        format!("/api/v1/reports/weekly/{}", self.week_before)
    }

    /// The page that lists the records of the week.
    pub fn records(&self, parameters: &[(&str, &str)]) -> String {
        format!("{}{}", self.base, address("/attributed", &self.now, parameters))
    }

    /// The page of one record.
    pub fn record(&self, record_id: &str) -> String {
        format!("{}/records/{}", self.base, value(record_id))
    }
}

fn address(path: &str, span: &str, parameters: &[(&str, &str)]) -> String {
    let own = parameters.iter().map(|(name, text)| format!("{name}={}", value(text)));
    let all: Vec<String> = own.chain((!span.is_empty()).then(|| span.to_owned())).collect();
    format!("{path}?{}", all.join("&"))
}
