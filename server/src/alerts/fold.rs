//! From notes to alerts. Pure: every server that reads the same notes sees the same alerts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tingjian_warehouse::AlertNote;

use super::what::{ACKNOWLEDGED, RAISED, RESOLVED};

/// One alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub subject: String,
    /// One line.
    pub title: String,
    /// More of it.
    pub detail: String,
    /// Path of the page behind it.
    pub link: String,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// Who acknowledged it first, and when.
    pub acknowledged: Option<(String, Timestamp)>,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
}

impl Alert {
    /// Whether what it is about still holds.
    pub fn is_open(&self) -> bool {
        self.resolved_at.is_none()
    }
}

fn time(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The alerts of some notes, the newest first. Of one subject the first that was raised is open until it is resolved: what others
/// raised meanwhile, because they looked at the same moment, never was an alert.
pub fn alerts(notes: &[AlertNote]) -> Vec<Alert> {
    let mut notes: Vec<&AlertNote> = notes.iter().collect();
    notes.sort_by(|a, b| (a.at, &a.alert_id).cmp(&(b.at, &b.alert_id)));
    let mut open: BTreeMap<&str, Alert> = BTreeMap::new();
    let mut over = Vec::new();
    for note in notes {
        if note.what == RAISED {
            open.entry(&note.subject).or_insert_with(|| raised(note));
            continue;
        }
        // Of one that never was, or is over: nothing.
        let Some(alert) = open.get_mut(note.subject.as_str()).filter(|alert| alert.id == note.alert_id) else {
            continue;
        };
        match note.what.as_str() {
            ACKNOWLEDGED if alert.acknowledged.is_none() => {
                alert.acknowledged = Some((note.noted_by.clone(), time(note.at)));
            }
            RESOLVED => {
                alert.resolved_at = Some(time(note.at));
                over.extend(open.remove(note.subject.as_str()));
            }
            _ => {}
        }
    }
    over.extend(open.into_values());
    over.sort_by(|a, b| b.raised_at.cmp(&a.raised_at).then_with(|| a.id.cmp(&b.id)));
    over
}

fn raised(note: &AlertNote) -> Alert {
    Alert {
        id: note.alert_id.clone(),
        subject: note.subject.clone(),
        title: note.title.clone(),
        detail: note.detail.clone(),
        link: note.link.clone(),
        raised_at: time(note.at),
        acknowledged: None,
        resolved_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(at: i64, subject: &str, id: &str, what: &str) -> AlertNote {
        AlertNote {
            subject: subject.into(),
            at,
            alert_id: id.into(),
            what: what.into(),
            noted_by: format!("by {id}"),
            title: String::new(),
            detail: String::new(),
            link: String::new(),
        }
    }

    #[test]
    fn one_alert_per_subject_whatever_the_order_of_the_notes() {
        let notes = [
            note(10, "lag", "b", RAISED),
            // Another server looked at the same moment.
            note(10, "lag", "c", RAISED),
            note(11, "lag", "d", RAISED),
            note(12, "lag", "c", ACKNOWLEDGED),
            note(13, "lag", "b", ACKNOWLEDGED),
            note(14, "lag", "b", ACKNOWLEDGED),
            note(20, "lag", "b", RESOLVED),
            note(21, "lag", "c", RESOLVED),
            note(30, "lag", "e", RAISED),
            note(5, "overdue/物流", "a", RAISED),
        ];
        let check = |notes: &[AlertNote]| {
            let found: Vec<(String, bool, Option<i64>)> = alerts(notes)
                .into_iter()
                .map(|a| (a.id.clone(), a.is_open(), a.acknowledged.map(|(_, at)| at.as_millisecond())))
                .collect();
            let wanted = [("e", true, None), ("b", false, Some(13)), ("a", true, None)];
            assert_eq!(found, wanted.map(|(id, open, at)| (id.to_owned(), open, at)));
        };
        check(&notes);
        let mut turned = notes.clone();
        turned.reverse();
        check(&turned);
    }
}
