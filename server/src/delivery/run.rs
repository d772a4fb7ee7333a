//! The schedule: at its time the last whole week is published and sent, once, by whichever server is first.

use std::{sync::Arc, time::Duration};

use jiff::{Timestamp, civil::Time, tz::TimeZone};
use tingjian_report::{Report, Week};
use tokio::sync::watch::Receiver;

use super::{
    Channels, Message,
    channels::Takes,
    parcel::{self, Asked},
};
use crate::{app::App, reports};

/// Between two looks at the clock.
const LOOK_INTERVAL: Duration = Duration::from_secs(30);
/// A week whose time passed longer ago is not sent any more.
const CAUGHT_UP_DAYS: i64 = 7;

/// When reports go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Days after the week's end: 0 is the Monday.
    pub day: i8,
    /// Time of that day, in the organisation's zone.
    pub at: Time,
}

impl Schedule {
    /// When the report of `week` is due. A time that clocks leave out is the moment after.
    pub fn due(&self, week: Week, zone: &TimeZone) -> Timestamp {
        let monday = week.next().first_day();
        let day = monday.checked_add(jiff::Span::new().days(i64::from(self.day))).unwrap_or(monday);
        day.to_datetime(self.at).to_zoned(zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    /// The week whose report should be out by now, where that is not too long ago.
    pub fn week_due(&self, now: Timestamp, zone: &TimeZone) -> Option<Week> {
        let newest = Week::of(now, zone).before(1);
        let is_due = |week: &Week| {
            let due = self.due(*week, zone);
            due <= now && now.duration_since(due).as_hours() < CAUGHT_UP_DAYS * 24
        };
        [newest, newest.before(1)].into_iter().find(is_due)
    }
}

/// Follows the schedule until `stop` turns true.
pub async fn watch(app: Arc<App>, channels: Channels, schedule: Schedule, mut stop: Receiver<bool>) {
    loop {
        if let Some(week) = schedule.week_due(Timestamp::now(), &app.zone)
            && let Err(error) = deliver(&app, &channels, week).await
        {
            tracing::warn!(%error, %week, "weekly report not delivered yet");
        }
        tracing::debug!("delivery log looked at");
        tokio::select! {
            () = tokio::time::sleep(LOOK_INTERVAL) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// What the report's signed link is called. A group's robot tells nothing: of all its members none could be named.
const ASKED: Asked = Asked { words: "我已读", of_groups: false };

/// Publishes and sends a week's report to every end that nobody has claimed.
async fn deliver(app: &App, channels: &Channels, week: Week) -> anyhow::Result<()> {
    let open = parcel::unclaimed(app, parcel::taking(channels, Takes::Reports), &format!("weekly/{week}")).await?;
    if open.is_empty() {
        return Ok(());
    }
    // An organisation that begins today has missed no report of last week.
    if app.warehouse.first_record_at().await?.is_none_or(|first| first >= week.end(&app.zone)) {
        return Ok(());
    }
    // Before the claim: a week that is not whole is looked at again later.
    let message = of_week(app, week).await?;
    parcel::send_all(app, open, &message, &ASKED).await;
    Ok(())
}

/// The week's report, published if it is whole.
async fn of_week(app: &App, week: Week) -> anyhow::Result<Message> {
    let kept = reports::publish(app, week, "schedule", false, Timestamp::now()).await?;
    let report: Report = tingjian_report::read(&kept.document)?.edition.report;
    let link = format!("{}/reports/weekly/{week}", app.config.server.address());
    Ok(Message::of_report(&report, link, &kept.html))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_due_on_monday_morning_and_caught_up_within_its_week() {
        let schedule = Schedule { day: 0, at: jiff::civil::time(8, 0, 0, 0) };
        for (zone, now, due) in [
            ("Asia/Shanghai", "2026-11-23T08:00:00+08:00", Some("2026-W47")),
            ("Asia/Shanghai", "2026-11-23T07:59:59+08:00", Some("2026-W46")),
            ("Asia/Shanghai", "2026-11-28T23:00:00+08:00", Some("2026-W47")),
            ("Asia/Shanghai", "2026-11-29T23:00:00+08:00", Some("2026-W47")),
            // A year of 53 weeks.
            ("Asia/Shanghai", "2027-01-04T08:30:00+08:00", Some("2026-W53")),
            // Clocks went back in the night before.
            ("Europe/Berlin", "2026-10-26T07:00:00Z", Some("2026-W43")),
            ("Europe/Berlin", "2026-10-26T06:59:00Z", None),
        ] {
            let zone = TimeZone::get(zone).unwrap();
            let found = schedule.week_due(now.parse().unwrap(), &zone).map(|week| week.to_string());
            assert_eq!(found.as_deref(), due, "{now}");
        }
        let sunday = Schedule { day: 6, at: jiff::civil::time(20, 0, 0, 0) };
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let found = sunday.week_due("2026-11-30T09:00:00+08:00".parse().unwrap(), &zone);
        assert_eq!(
            found.map(|week| week.to_string()).as_deref(),
            Some("2026-W47"),
            "due yesterday, of the week before"
        );
    }
}
