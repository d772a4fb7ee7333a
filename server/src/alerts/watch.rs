//! Looks at the measures now and then, raises and resolves alerts, and sends what nobody has sent.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use tingjian_query::QueryError;
use tingjian_warehouse::{AlertNote, Span, WarehouseError};
use tokio::sync::watch::Receiver;

use super::{
    Alert, Condition,
    conditions::{Measures, conditions},
    fold::alerts,
    what,
};
use crate::{
    app::App,
    config::Alerts,
    delivery::{self, Asked, Channels, Message, Takes},
    secrets,
};

/// How far back requests to departments are looked at.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(28 * 24);
/// A subject that was over rests this long before it is raised again: what comes and goes is said once.
const RESTS: SignedDuration = SignedDuration::from_hours(6);
/// Between raising and telling: longer than any note takes to be stored, so that every server sees the same first one.
const SETTLE: SignedDuration = SignedDuration::from_secs(3);
/// What the signed link of an alert is called. Also in groups: any of them may take it on.
const ASKED: Asked = Asked { words: "我来处理", of_groups: true };

/// All alerts, the newest first.
///
/// # Errors
/// The warehouse is away.
pub async fn all(app: &App) -> Result<Vec<Alert>, WarehouseError> {
    Ok(alerts(&app.warehouse.alert_notes().await?))
}

/// Notes that somebody takes an alert on; the first one counts. `None`: no such alert.
///
/// # Errors
/// The warehouse is away.
pub async fn acknowledge(app: &App, id: &str, by: &str) -> Result<Option<Alert>, WarehouseError> {
    let Some(alert) = all(app).await?.into_iter().find(|alert| alert.id == id) else { return Ok(None) };
    if alert.acknowledged.is_none() && alert.is_open() {
        note(app, &alert, what::ACKNOWLEDGED, by).await?;
    }
    Ok(all(app).await?.into_iter().find(|alert| alert.id == id))
}

/// Looks until `stop` turns true.
pub async fn watch(app: Arc<App>, channels: Channels, mut stop: Receiver<bool>) {
    let pause = Duration::from_secs(app.config.alerts.interval_s);
    let mut lag_before = None;
    loop {
        match look(&app, &channels, lag_before).await {
            Ok(lag) => lag_before = lag,
            Err(error) => tracing::warn!(%error, "alerts not looked at"),
        }
        tracing::debug!("alerts looked at");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn look(app: &App, channels: &Channels, lag_before: Option<u64>) -> Result<Option<u64>, QueryError> {
    let now = Timestamp::now();
    let measures = measures(app, now, lag_before).await?;
    let holding = conditions(&measures, &app.config.alerts, &app.taxonomy());
    let known = all(app).await?;
    for condition in holding.iter().filter(|condition| is_new(&known, condition, now)) {
        raise(app, condition).await?;
    }
    for alert in known.iter().filter(|alert| alert.is_open() && is_over(alert, &holding, &measures)) {
        note(app, alert, what::RESOLVED, "").await?;
    }
    if !is_quiet(&app.config.alerts, now, &app.zone) {
        tell(app, channels, now).await?;
    }
    Ok(measures.lag_records)
}

async fn measures(app: &App, now: Timestamp, lag_before: Option<u64>) -> Result<Measures, QueryError> {
    let since = app.warehouse.newest_event_at().await?.map(|newest| newest - LOOKED_BACK);
    let departments = tingjian_query::departments(&app.warehouse, Span { since, until: None }).await?.items;
    let emerging = tingjian_query::emerging(&app.warehouse, None, &app.zone).await?;
    let dead_letters = app.warehouse.dead_letters_since(now - SignedDuration::from_hours(24)).await?;
    let sinks = app.sinks().await;
    let lag_records = sinks.iter().map(|sink| app.intake.lag(&sink.positions)).collect::<Option<Vec<_>>>();
    let lag_records = lag_records.and_then(|lags| lags.into_iter().max());
    Ok(Measures { emerging, departments, lag_records, lag_before, dead_letters })
}

/// Neither open nor over since too short a time.
fn is_new(known: &[Alert], condition: &Condition, now: Timestamp) -> bool {
    let mut of_subject = known.iter().filter(|alert| alert.subject == condition.subject);
    of_subject.all(|alert| alert.resolved_at.is_some_and(|over| now.duration_since(over) >= RESTS))
}

/// What it is about holds no more. Lag that only shrinks is not over before it is past its threshold no more; what is unknown
/// changes nothing.
fn is_over(alert: &Alert, holding: &[Condition], measures: &Measures) -> bool {
    let holds = holding.iter().any(|condition| condition.subject == alert.subject);
    let shrinks = alert.subject == "lag" && measures.lag_records.is_none_or(|lag| lag > 0);
    !holds && !shrinks
}

/// Whether nobody is to be woken. Quiet hours may reach over midnight; equal times mean none.
fn is_quiet(config: &Alerts, now: Timestamp, zone: &TimeZone) -> bool {
    within(config.quiet_from, config.quiet_until, now.to_zoned(zone.clone()).time())
}

fn within(from: Time, until: Time, time: Time) -> bool {
    if from <= until { from <= time && time < until } else { time >= from || time < until }
}

async fn raise(app: &App, condition: &Condition) -> Result<(), WarehouseError> {
    let id: String = secrets::random().unwrap_or_default().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    tracing::info!(subject = condition.subject, id, "alert raised");
    let note = AlertNote {
        subject: condition.subject.clone(),
        at: Timestamp::now().as_millisecond(),
        alert_id: id,
        what: what::RAISED.into(),
        noted_by: String::new(),
        title: condition.title.clone(),
        detail: condition.detail.clone(),
        link: condition.link.clone(),
    };
    app.warehouse.note_alert(&note).await
}

async fn note(app: &App, alert: &Alert, what: &str, by: &str) -> Result<(), WarehouseError> {
    let note = AlertNote {
        subject: alert.subject.clone(),
        at: Timestamp::now().as_millisecond(),
        alert_id: alert.id.clone(),
        what: what.to_owned(),
        noted_by: by.to_owned(),
        title: String::new(),
        detail: String::new(),
        link: String::new(),
    };
    app.warehouse.note_alert(&note).await
}

/// Sends what is open and nobody has taken on, to every end that nobody has claimed.
async fn tell(app: &App, channels: &Channels, now: Timestamp) -> Result<(), WarehouseError> {
    let settled = |alert: &Alert| now.duration_since(alert.raised_at) >= SETTLE;
    let untaken = |alert: &Alert| alert.is_open() && alert.acknowledged.is_none();
    for alert in all(app).await?.iter().filter(|alert| untaken(alert) && settled(alert)) {
        let takers = delivery::taking(channels, Takes::Alerts);
        let open = delivery::unclaimed(app, takers, &format!("alert/{}", alert.id)).await?;
        delivery::send_all(app, open, &message(app, alert), &ASKED).await;
    }
    Ok(())
}

fn message(app: &App, alert: &Alert) -> Message {
    let zoned = alert.raised_at.to_zoned(app.zone.clone());
    Message {
        title: format!("听见提醒：{}", alert.title),
        paragraphs: vec![alert.detail.clone(), format!("发现于 {}", zoned.strftime("%Y-%m-%d %H:%M"))],
        link: format!("{}{}", app.config.server.address(), alert.link),
        data: serde_json::json!({"kind": "alert", "id": alert.id, "subject": alert.subject, "title": alert.title}),
        ..Message::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_are_the_organisations() {
        let config = |from: &str, until: &str| Alerts {
            quiet_from: from.parse().unwrap(),
            quiet_until: until.parse().unwrap(),
            ..Alerts::default()
        };
        for (zone, from, until, now, quiet) in [
            ("Asia/Shanghai", "22:00", "07:00", "2026-11-21T23:30:00+08:00", true),
            ("Asia/Shanghai", "22:00", "07:00", "2026-11-21T06:59:59+08:00", true),
            ("Asia/Shanghai", "22:00", "07:00", "2026-11-21T07:00:00+08:00", false),
            ("Europe/Berlin", "22:00", "07:00", "2026-11-21T23:30:00+08:00", false),
            ("Asia/Shanghai", "12:00", "14:00", "2026-11-21T13:00:00+08:00", true),
            ("Asia/Shanghai", "12:00", "14:00", "2026-11-21T14:00:00+08:00", false),
            ("Asia/Shanghai", "00:00", "00:00", "2026-11-21T00:00:00+08:00", false),
        ] {
            let zone = TimeZone::get(zone).unwrap();
            assert_eq!(is_quiet(&config(from, until), now.parse().unwrap(), &zone), quiet, "{now}");
        }
    }

    #[test]
    fn what_comes_and_goes_is_said_once() {
        let at = |hours: i64| Timestamp::from_second(hours * 3_600).unwrap();
        let condition =
            Condition { subject: "lag".into(), title: String::new(), detail: String::new(), link: String::new() };
        let alert = |resolved_at: Option<Timestamp>| Alert {
            id: "a".into(),
            subject: "lag".into(),
            title: String::new(),
            detail: String::new(),
            link: String::new(),
            raised_at: at(0),
            acknowledged: None,
            resolved_at,
        };
        for (known, now, new) in [
            (vec![], 10, true),
            (vec![alert(None)], 1_000, false),
            (vec![alert(Some(at(9)))], 10, false),
            (vec![alert(Some(at(4)))], 10, true),
        ] {
            assert_eq!(is_new(&known, &condition, at(now)), new, "{known:?}");
        }
        let lag = |lag_records| Measures { lag_records, ..Measures::default() };
        assert!(!is_over(&alert(None), &[], &lag(Some(5))), "it shrinks");
        assert!(!is_over(&alert(None), &[], &lag(None)), "unknown");
        assert!(is_over(&alert(None), &[], &lag(Some(0))));
        assert!(!is_over(&alert(None), &[condition], &lag(Some(0))));
    }
}
