//! Durations in the many forms people give them, each with the minutes a careful reader takes from it.

use super::number::han;
use crate::dice::Dice;

const HOUR: u32 = 60;
const DAY: u32 = 1440;

/// A promised duration: every form says exactly `minutes`.
pub(crate) fn promised(dice: &mut Dice, minutes: u32) -> String {
    let forms = if minutes >= DAY && minutes.is_multiple_of(DAY) {
        promised_days(minutes / DAY)
    } else if minutes >= HOUR && minutes.is_multiple_of(HOUR) {
        promised_hours(minutes / HOUR)
    } else {
        promised_minutes(minutes)
    };
    dice.pick(&forms).cloned().unwrap_or_else(|| format!("{minutes}分钟"))
}

fn promised_days(days: u32) -> Vec<String> {
    let mut forms = vec![format!("{days}天"), format!("{}天", han(days))];
    if days <= 4 {
        forms.push(format!("{}小时", days * 24));
        forms.push(format!("{}个小时", days * 24));
    }
    if days >= 2 {
        forms.push(format!("{days}个工作日"));
        forms.push(format!("{days}日"));
    }
    match days {
        7 => forms.extend(["一周", "一个星期", "1周"].map(str::to_owned)),
        14 => forms.extend(["两周", "两个星期"].map(str::to_owned)),
        15 => forms.push("半个月".to_owned()),
        30 => forms.push("一个月".to_owned()),
        _ => {}
    }
    forms
}

fn promised_hours(hours: u32) -> Vec<String> {
    let mut forms = vec![format!("{hours}小时"), format!("{hours}个小时"), format!("{}个小时", han(hours))];
    if hours <= 3 {
        forms.push(format!("{}分钟", hours * HOUR));
    }
    forms
}

fn promised_minutes(minutes: u32) -> Vec<String> {
    match (minutes, minutes / HOUR, minutes % HOUR) {
        (30, ..) => ["30分钟", "半小时", "半个小时", "三十分钟"].map(str::to_owned).to_vec(),
        (90, ..) => ["90分钟", "一个半小时", "1.5小时", "1个半小时"].map(str::to_owned).to_vec(),
        (0..100, ..) => vec![format!("{minutes}分钟"), format!("{}分钟", han(minutes))],
        (_, hours, rest) => vec![format!("{hours}小时{rest}分钟"), format!("{}个小时{rest}分钟", han(hours))],
    }
}

/// An elapsed duration about as long as `minutes`, and the minutes the form says.
pub(crate) fn elapsed(dice: &mut Dice, minutes: u32) -> (String, u32) {
    let forms = match minutes {
        0..100 => elapsed_minutes(minutes),
        100..2160 => elapsed_hours(minutes),
        _ => elapsed_days(minutes),
    };
    dice.pick(&forms).cloned().unwrap_or_else(|| (format!("{minutes}分钟"), minutes))
}

/// A duration to the minute.
pub(crate) fn exact(minutes: u32) -> String {
    match (minutes / HOUR, minutes % HOUR) {
        (0..3, _) => format!("{minutes}分钟"),
        (hours, 0) => format!("{hours}个小时"),
        (hours, rest) => format!("{hours}小时{rest}分钟"),
    }
}

fn elapsed_minutes(minutes: u32) -> Vec<(String, u32)> {
    let mut forms = vec![(format!("{minutes}分钟"), minutes)];
    if minutes > 20 && (2..=8).contains(&(minutes % 10)) {
        forms.push((format!("{}多分钟", minutes / 10 * 10), minutes / 10 * 10));
    }
    let rounded: &[(&str, u32)] = match minutes {
        28..=33 => &[("半小时", 30), ("半个小时", 30), ("半个钟头", 30)],
        57..=66 => &[("一个小时", 60), ("1小时", 60), ("一小时", 60), ("一个钟头", 60)],
        70..=80 => &[("一个多小时", 60), ("1个多小时", 60)],
        87..=93 => &[("一个半小时", 90), ("1个半小时", 90)],
        _ => &[],
    };
    forms.extend(rounded.iter().map(|(said, says)| ((*said).to_owned(), *says)));
    forms
}

fn elapsed_hours(minutes: u32) -> Vec<(String, u32)> {
    let (hours, rest) = (minutes / HOUR, minutes % HOUR);
    let whole = hours * HOUR;
    if rest <= 8 {
        return vec![(format!("{hours}小时"), whole), (format!("{}个小时", han(hours)), whole)];
    }
    let mut forms = vec![
        (format!("{hours}小时{rest}分钟"), minutes),
        (format!("{}个小时{rest}分", han(hours)), minutes),
        (format!("{}个多小时", han(hours)), whole),
        (format!("{hours}个多小时"), whole),
    ];
    if (25..=35).contains(&rest) {
        forms.push((format!("{}个半小时", han(hours)), whole + 30));
    }
    if minutes < 240 {
        forms.push((format!("{minutes}分钟"), minutes));
    }
    forms
}

fn elapsed_days(minutes: u32) -> Vec<(String, u32)> {
    let (days, hours) = (minutes / DAY, minutes % DAY / HOUR);
    let whole = days * DAY;
    let mut forms = Vec::new();
    if hours <= 8 {
        forms.extend([(format!("{days}天"), whole), (format!("{}天", han(days)), whole)]);
        match days {
            7 => forms.extend([("一个星期".to_owned(), whole), ("一周".to_owned(), whole)]),
            14 => forms.extend([("两个星期".to_owned(), whole), ("两周".to_owned(), whole)]),
            15 => forms.push(("半个月".to_owned(), whole)),
            30 => forms.push(("一个月".to_owned(), whole)),
            _ => {}
        }
    } else {
        forms.extend([(format!("{}天多", han(days)), whole), (format!("{days}天多"), whole)]);
        forms.push((format!("{days}天{hours}个小时"), whole + hours * HOUR));
    }
    if (12..=14).contains(&hours) {
        forms.push((format!("{}天半", han(days)), whole + DAY / 2));
    }
    if minutes < 6000 && minutes % HOUR <= 8 {
        forms.push((format!("{}个小时", minutes / HOUR), minutes / HOUR * HOUR));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_by_hand() {
        assert!(promised_days(1).contains(&"24小时".to_owned()));
        assert!(promised_days(3).contains(&"3个工作日".to_owned()));
        assert!(promised_hours(36).contains(&"三十六个小时".to_owned()));
        assert!(promised_minutes(30).contains(&"半小时".to_owned()));
        assert!(elapsed_minutes(31).contains(&("半个小时".to_owned(), 30)));
        assert!(elapsed_hours(130).contains(&("两个多小时".to_owned(), 120)));
        assert!(elapsed_hours(130).contains(&("130分钟".to_owned(), 130)));
        assert!(elapsed_days(3 * 1440 + 730).contains(&("三天半".to_owned(), 5040)));
        assert!(elapsed_days(7 * 1440 + 60).contains(&("一个星期".to_owned(), 10080)));
    }

    #[test]
    fn what_is_said_is_close_to_what_was() {
        let mut dice = Dice::new(1, 2, 3);
        for minutes in (1..40_000).step_by(7) {
            let (said, says) = elapsed(&mut dice, minutes);
            assert!(says <= minutes + 5 && f64::from(says) >= f64::from(minutes) * 0.5, "{minutes}: {said} = {says}");
        }
    }
}
