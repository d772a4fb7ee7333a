//! What a number is by its form, and what a cue makes of it.

use super::{
    Found, Token,
    cue::Cue,
    run::{Break, Run},
};

/// A bare number from this many digits on is somebody's: an order, an account.
pub(super) const LONG: usize = 10;

/// 11 digits from 13x to 19x.
pub(super) fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && matches!(digits.as_bytes().get(1), Some(b'3'..=b'9'))
}

/// 18 characters with a valid checksum, or with a possible region and birthday.
pub(super) fn is_identity(number: &str) -> bool {
    number.len() == 18 && is_region(number) && is_day(number.get(6..14).unwrap_or_default())
        || number.len() == 18 && checksum_18(number) && is_region(number)
}

/// The old cards of 15 digits: region, birthday with a year of two digits.
fn is_old_identity(number: &str) -> bool {
    number.len() == 15 && is_region(number) && is_day(&format!("19{}", number.get(6..12).unwrap_or_default()))
}

fn is_region(number: &str) -> bool {
    let region = number.get(..2).and_then(|n| n.parse().ok()).unwrap_or(0);
    matches!(region, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91)
}

/// `yyyymmdd` of this or the last century.
fn is_day(day: &str) -> bool {
    let part = |range: std::ops::Range<usize>| day.get(range).and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
    day.len() == 8 && matches!(part(0..4), 1900..=2099) && matches!(part(4..6), 1..=12) && matches!(part(6..8), 1..=31)
}

/// ISO 7064 MOD 11-2, as GB 11643 uses it.
fn checksum_18(number: &str) -> bool {
    const WEIGHTS: [u32; 18] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
    let sum: u32 = number.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(10).unwrap_or(10) * weight).sum();
    sum % 11 == 1
}

fn is_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let doubled = u32::from(b - b'0') * if i % 2 == 1 { 2 } else { 1 };
            doubled / 10 + doubled % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Ends of service numbers that look long: 400-820-1234, 800-…
fn is_hotline(digits: &str) -> bool {
    digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"))
}

/// Area code and number: 010-12345678, 0898 6581350.
fn is_landline(digits: &str) -> bool {
    let area = if digits.starts_with("01") || digits.starts_with("02") { 3 } else { 4 };
    let second = digits.as_bytes().get(1).is_some_and(|b| *b != b'0');
    let local = digits.len().checked_sub(area);
    digits.starts_with('0') && second && (local == Some(8) || area == 4 && local == Some(7))
}

/// What a number said in Chinese numerals, or in both scripts, is.
pub(super) fn spoken(run: &Run) -> Option<Found> {
    /// Fewer numerals may be any words: 一三 is “one three”.
    const NUMERALS: usize = 4;
    if run.spoken < NUMERALS {
        return None;
    }
    let whole = |token| move |b: Break| (token, b.end);
    run.prefix(0, is_mobile)
        .or_else(|| run.prefix(2, |n| run.first(2) == "86" && is_mobile(n)))
        .map(whole(Token::Mobile))
        .or_else(|| run.prefix(0, is_identity).map(whole(Token::Identity)))
        .or_else(|| run.breaks().find(|b| b.count >= LONG && !run.is_exclamation()).map(whole(Token::Order)))
}

/// What the letters and digits that start at `at` are, by their form alone.
pub(super) fn find(text: &str, at: usize, before: &str) -> Option<Found> {
    let rest = text.get(at..)?;
    let (sign, rest) = rest.strip_prefix('+').map_or((0, rest), |rest| (1, rest));
    let word = word(rest);
    if word.is_empty() {
        return None;
    }
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return if sign == 0 { code(rest, word).map(|(token, end)| (token, at + end)) } else { None };
    }
    let run = Run::plain(text, at + sign);
    if let Some(found) = starred(text, at + sign, word).or_else(|| person(&run)) {
        return Some(extended(text, found));
    }
    if run.prefix(0, is_hotline).is_some() || is_fraction(before) || is_amount(rest, word, before) {
        return None;
    }
    let found = card(&run).or_else(|| long(&run, rest, word, at + sign));
    found.or_else(|| local(&run, word, before))
}

/// Numbers whose form is certain, in any grouping.
fn person(run: &Run) -> Option<Found> {
    let mobile = |skip: usize| run.prefix(skip, is_mobile).filter(|b| run.first_group() >= 3 || b.count > 11);
    if let Some(found) = mobile(0) {
        return Some((Token::Mobile, found.end));
    }
    if let Some(skip) = ["0086", "86", "0"].iter().find(|p| run.first(p.len()) == **p).map(|p| p.len())
        && let Some(found) = run.prefix(skip, is_mobile)
    {
        return Some((Token::Mobile, found.end));
    }
    if let Some(found) = run.prefix(0, is_identity) {
        return Some((Token::Identity, found.end));
    }
    if run.first_group() == 15 && is_old_identity(run.first(15)) {
        return run.prefix(0, |n| n.len() == 15).map(|b| (Token::Identity, b.end));
    }
    let grouped = matches!(run.first_group(), 3 | 4 | 10..=12);
    run.prefix(0, |n| grouped && is_landline(n)).map(|b| (Token::Landline, b.end))
}

/// Bank cards: a valid sum, or groups of four.
fn card(run: &Run) -> Option<Found> {
    let whole = run.first_group();
    if matches!(whole, 13..=19) && is_luhn(run.first(whole)) {
        return run.prefix(0, |n| n.len() == whole).map(|b| (Token::Card, b.end));
    }
    let mut fours = run.breaks().enumerate().take_while(|(i, b)| b.count == 4 * (i + 1)).map(|(_, b)| b);
    let four = fours.nth(3)?;
    let tail = run.breaks().nth(4).filter(|b| matches!(b.count, 17..=19));
    Some((Token::Card, tail.unwrap_or(four).end))
}

/// Ten digits and more in one go, or letters after digits.
fn long(run: &Run, rest: &str, word: &str, at: usize) -> Option<Found> {
    if word.len() > run.first_group() {
        return code(rest, word).map(|(token, end)| (token, at + end));
    }
    (word.len() >= LONG).then_some((Token::Order, at + word.len()))
}

/// Eight digits that are no date: a landline without its area code.
fn local(run: &Run, word: &str, before: &str) -> Option<Found> {
    let service = ["95", "96", "10", "11", "12"].iter().any(|p| word.starts_with(p));
    let part_of_code = before.ends_with(['-', '_', '/', '.', '#']);
    let bare = word.len() == 8 && matches!(word.as_bytes().first(), Some(b'2'..=b'8'));
    let kept = service || part_of_code || is_day(word);
    run.breaks().next().filter(|_| bare && !kept).map(|b| (Token::Landline, b.end))
}

/// 138****5678 and the like: what is left is still half of somebody. What follows the stars never decides whether it is.
fn starred(text: &str, at: usize, start: &str) -> Option<Found> {
    let end = at + start.len();
    let stars = text.get(end..)?.bytes().take(16).take_while(|b| *b == b'*').count();
    if start.len() < 2 || stars < 2 || start.len() + stars < 6 {
        return None;
    }
    let tail = word(text.get(end + stars..)?).len();
    let tail = if tail <= 8 { tail } else { 0 };
    let token = match start.len() + stars + tail {
        7..=12 if start.starts_with('1') => Token::Mobile,
        15 | 18 => Token::Identity,
        _ => Token::Card,
    };
    Some((token, end + stars + tail))
}

/// Codes of letters and digits: way bills, work orders, passports.
fn code(rest: &str, word: &str) -> Option<Found> {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let number = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = word.len() - number.len();
    if is_mobile(number) {
        return Some((Token::Mobile, word.len()));
    }
    let prefix = word.get(..letters).unwrap_or_default();
    if number.len() >= 5 && ["qq", "wx", "vx", "wxid", "weixin"].iter().any(|p| p.eq_ignore_ascii_case(prefix)) {
        return Some((Token::Account, word.len()));
    }
    if letters == 1 && digits + 1 == word.len() && matches!(digits, 8 | 10) {
        return Some((Token::Document, word.len()));
    }
    let longest = word.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    // 5 digits in a row: product names such as 8GB256GB512GB are no codes.
    let is_code = word.len() >= LONG && digits >= 6 && longest >= 5;
    is_code.then(|| (Token::Order, word.len() + tail(rest.get(word.len()..).unwrap_or_default())))
}

/// The parts of a code after its first: `-497d2743`.
fn tail(rest: &str) -> usize {
    let mut length = 0;
    while let Some(part) = rest.get(length..).and_then(|r| r.strip_prefix(['-', '_'])).map(word)
        && !part.is_empty()
    {
        length += 1 + part.len();
    }
    length
}

/// What a cue makes of the letters and digits after it.
pub(super) fn after_cue(text: &str, at: usize, cue: Cue) -> Option<Found> {
    let rest = text.get(at..)?;
    let first = word(rest);
    let joined = first.len() + tail(rest.get(first.len()..)?);
    let code = rest.get(..joined)?;
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    let run = Run::plain(text, at);
    if first.is_empty() || person(&run).is_some() || run.prefix(0, is_hotline).is_some() || is_amount(rest, first, "") {
        return None;
    }
    let letters = code.len() - digits;
    let (token, enough) = match cue {
        Cue::Staff => return None,
        Cue::Phone => return phone(&run),
        Cue::Order => (Token::Order, code.len() >= 6 && digits >= 3),
        Cue::Account => (Token::Account, code.len() >= 5 && digits >= 1 || letters >= 6),
        Cue::Document => (Token::Document, code.len() >= 6 && digits >= 5),
        Cue::Card => return run.prefix(0, |n| n.len() >= 8).map(|b| (Token::Card, b.end)),
    };
    let service = code.len() == digits && digits == 5 && ["95", "12", "10"].iter().any(|p| code.starts_with(p));
    (enough && !service).then_some((token, at + joined))
}

/// Seven or eight digits after 电话; 95588, 12345 and 96xxxx are services.
fn phone(run: &Run) -> Option<Found> {
    let local = |n: &str| matches!(n.len(), 7 | 8) && matches!(n.as_bytes().first(), Some(b'2'..=b'8'));
    run.prefix(0, local).map(|b| (Token::Landline, b.end))
}

/// With the extension that follows a telephone number.
fn extended(text: &str, (token, end): Found) -> Found {
    let rest = text.get(end..).unwrap_or_default();
    let named = rest.trim_start_matches(' ').strip_prefix('转').map(|r| r.trim_start_matches(' '));
    let digits = |r: &str| word(r).bytes().take_while(u8::is_ascii_digit).count();
    match (token, named, rest.strip_prefix('-')) {
        (Token::Mobile | Token::Landline, Some(r), _) if matches!(digits(r), 1..=6) => {
            (token, text.len() - r.len() + digits(r))
        }
        (Token::Mobile, None, Some(r)) if digits(r) == 4 && word(r).len() == 4 => (token, end + 5),
        _ => (token, end),
    }
}

/// The digits after a decimal point.
fn is_fraction(before: &str) -> bool {
    before.strip_suffix('.').is_some_and(|b| b.ends_with(|c: char| c.is_ascii_digit()))
}

/// Money and quantities: a currency before the number, or a unit after it.
fn is_amount(rest: &str, word: &str, before: &str) -> bool {
    const UNITS: &str = "元块万亿角美欧円个件箱份台部张条人次字米公千克毫升斤吨步倍分秒小天年月日户平瓶包盒位页只%";
    if before.trim_end_matches(' ').ends_with(['¥', '￥', '$', '€', '£']) {
        return true;
    }
    let after = rest.get(word.len()..).unwrap_or_default();
    let after = after.strip_prefix('.').map_or(after, |r| r.trim_start_matches(|c: char| c.is_ascii_digit()));
    after.trim_start_matches(' ').chars().next().is_some_and(|c| UNITS.contains(c))
}

/// The ASCII letters and digits that `rest` starts with.
fn word(rest: &str) -> &str {
    let end = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    rest.get(..end).unwrap_or_default()
}
