//! Personal data out of texts, before anything is stored.

mod cue;
mod mail;
mod name;
mod number;
mod plate;
mod run;
mod trigger;

use std::borrow::Cow;

use cue::Cue;
use run::Run;

/// What stands in a text for what was taken out. No token holds a digit or a Latin letter, and none is a cue for what
/// follows it, so a masked text is masked already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Token {
    Mobile,
    Landline,
    Identity,
    Document,
    Mail,
    Card,
    Plate,
    Order,
    Account,
    Name,
}

impl Token {
    pub(crate) const ALL: [Self; 10] = [
        Self::Mobile,
        Self::Landline,
        Self::Identity,
        Self::Document,
        Self::Mail,
        Self::Card,
        Self::Plate,
        Self::Order,
        Self::Account,
        Self::Name,
    ];

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Mobile => "【手机号】",
            Self::Landline => "【电话】",
            Self::Identity => "【身份证号】",
            Self::Document => "【证件号】",
            Self::Mail => "【邮箱】",
            Self::Card => "【银行卡号】",
            Self::Plate => "【车牌】",
            Self::Order => "【单号】",
            Self::Account => "【账号】",
            Self::Name => "【姓名】",
        }
    }
}

/// A match: what it is and the byte at which it ends.
type Found = (Token, usize);

/// `normalised` with personal data replaced by tokens such as `【手机号】`.
///
/// | token | taken out |
/// |---|---|
/// | `【手机号】` | mobile numbers: 11 digits from 13 to 19, also with +86, in groups, partly starred, in Chinese numerals |
/// | `【电话】` | landlines with area code; 7 or 8 digits after a word such as 电话; 8 digits that are no date and no amount |
/// | `【身份证号】` | identity cards of 18 characters (checksum, or a possible region and birthday) and of 15 |
/// | `【证件号】` | passports and travel permits: a letter and 8 digits, or anything of that kind after 护照 |
/// | `【邮箱】` | e-mail addresses |
/// | `【银行卡号】` | 13 to 19 digits with a valid Luhn sum, or in groups of four |
/// | `【车牌】` | number plates, also those of 8 characters |
/// | `【单号】` | ≥ 6 letters and digits after 订单号, 运单号, 工单 …; ≥ 10 digits; ≥ 10 letters and digits with ≥ 6 digits |
/// | `【账号】` | ids after 微信, QQ, 账号, 会员号 … |
/// | `【姓名】` | a name after 姓名, 联系人, 收件人 …, where it clearly ends |
///
/// Kept: amounts (`¥199.00`, a number before 元), dates, clock times, durations, quantities, 工号 (staff, not
/// customers), service numbers (110, 10086, 12345, 95xxx, 400-…), and a surname before 先生/女士, which names nobody.
///
/// Idempotent; borrows where nothing is found; linear in the length of the text.
pub fn mask(normalised: &str) -> Cow<'_, str> {
    let mut out = Masked { text: normalised, out: String::new(), done: 0 };
    let mut at = 0;
    while let Some((skipped, c)) = normalised.get(at..).and_then(trigger::next) {
        at += skipped;
        at = match find(&out, at, c) {
            Some(Step::Mask(token, end)) => out.replace(at, end, token),
            Some(Step::Name(start, end)) => out.replace(start, end, Token::Name),
            Some(Step::Skip(end)) => end.max(at + c.len_utf8()),
            None => at + c.len_utf8(),
        };
    }
    out.finish()
}

/// The digit that a Chinese numeral of a spoken number stands for.
pub(crate) fn numeral(c: char) -> Option<char> {
    run::spoken(c).map(char::from)
}

/// What the scan does at one place.
enum Step {
    Mask(Token, usize),
    Name(usize, usize),
    /// Nothing personal starts before this byte.
    Skip(usize),
}

fn find(out: &Masked<'_>, at: usize, c: char) -> Option<Step> {
    if c.is_ascii() {
        if !c.is_ascii_alphanumeric() && c != '+' {
            return None;
        }
        return Some(ascii(out, at));
    }
    if let Some((start, end)) = name::after(out.text, at, c) {
        return Some(Step::Name(start, end));
    }
    let found = plate::find(out.text, at, c);
    found.map(|end| Step::Mask(Token::Plate, end)).or_else(|| spoken(out.text, at, c))
}

/// At a Chinese numeral.
fn spoken(text: &str, at: usize, c: char) -> Option<Step> {
    run::spoken(c)?;
    let run = Run::mixed(text, at);
    // Digits in the run may be a number of their own: only the numerals before them are done with.
    Some(number::spoken(&run).map_or(Step::Skip(run.plain), |(token, end)| Step::Mask(token, end)))
}

/// At a run of ASCII letters and digits that starts here.
fn ascii(out: &Masked<'_>, at: usize) -> Step {
    let rest = out.text.get(at..).unwrap_or_default();
    let word = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).len();
    if let Some(end) = mail::find(out.text, at) {
        return Step::Mask(Token::Mail, end);
    }
    let cue = cue::before(out.before(at));
    if cue == Some(Cue::Staff) {
        return Step::Skip(at + word);
    }
    let found = cue
        .and_then(|cue| number::after_cue(out.text, at, cue))
        .or_else(|| number::find(out.text, at, out.before(at)))
        .or_else(|| mixed(rest).then(|| number::spoken(&Run::mixed(out.text, at))).flatten());
    found.map_or(Step::Skip(at + word), |(token, end)| Step::Mask(token, end))
}

/// Whether digits go on in Chinese numerals.
fn mixed(rest: &str) -> bool {
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    after.len() < rest.len()
        && after.trim_start_matches([' ', '-']).chars().next().is_some_and(|c| run::spoken(c).is_some())
}

/// The text so far, masked.
struct Masked<'t> {
    text: &'t str,
    out: String,
    /// Bytes of `text` that are in `out`.
    done: usize,
}

impl<'t> Masked<'t> {
    /// What stands before `at` and was not taken out.
    fn before(&self, at: usize) -> &'t str {
        self.text.get(self.done..at).unwrap_or_default()
    }

    fn replace(&mut self, start: usize, end: usize, token: Token) -> usize {
        // (0898)66881234: the parenthesis goes with the number.
        let closes = self.text.get(start..end).is_some_and(|taken| taken.contains(')'));
        let start = if closes && self.before(start).ends_with('(') { start - 1 } else { start };
        self.out.push_str(self.before(start));
        self.out.push_str(token.text());
        self.done = end;
        end
    }

    fn finish(mut self) -> Cow<'t, str> {
        if self.done == 0 {
            return Cow::Borrowed(self.text);
        }
        self.out.push_str(self.text.get(self.done..).unwrap_or_default());
        Cow::Owned(self.out)
    }
}
