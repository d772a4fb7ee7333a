//! One form for every way to write a text: what is stored, shown, indexed and searched.

use std::{borrow::Cow, sync::LazyLock};

use unicode_normalization::{UnicodeNormalization, char as unicode};

/// What has to happen to a character of the Basic Multilingual Plane.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Stays as it is.
    Plain,
    /// Stays, and joins emoji: kept after an emoji only.
    Joiner,
    /// A space of any kind.
    Space,
    /// A line end of any kind.
    Line,
    /// ASCII punctuation that Chinese text writes in full width.
    Mark,
    /// The full-width colon, which is an ASCII one in clock times.
    Colon,
    /// Invisible or a control character: removed.
    Gone,
    /// Another single character takes its place, see [`Tables::single`].
    Single,
    /// Decomposes, combines or is combined: the whole text goes through Unicode normalisation first.
    Complex,
}

/// Classes and replacements of the 65 536 characters of the Basic Multilingual Plane.
struct Tables {
    class: Box<[Class]>,
    single: Box<[u16]>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::build);

/// Traditional → simplified, one to one; the file says where it comes from and why so.
static TRADITIONAL: &str = include_str!("../dictionary/traditional.txt");

/// `text` in the one form that is stored.
///
/// - Unicode NFKC (full-width letters and digits become ASCII, ligatures and compatibility ideographs are resolved),
///   except for punctuation of Chinese text (`，；：！？（）…` stay in full width) and for characters whose
///   decomposition would run into the digits beside them (`①`, `½`, `²` stay).
/// - ASCII `, ; : ! ? ( )` that touch Chinese text become full width; those inside Latin text and numbers stay, and
///   `：` between digits becomes `:` (`12：30` is `12:30`).
/// - Traditional characters become simplified, each by itself, so that any part of a text is folded as the whole is.
/// - Zero-width, bidirectional and control characters go, so that nothing hides inside a word or a number; emoji stay.
/// - Runs of spaces and tabs become one space, runs with a line end in them one `\n`; both ends are trimmed.
///
/// Idempotent. Borrows where nothing changes; linear in the length of `text`.
pub fn normalise(text: &str) -> Cow<'_, str> {
    let tables = &*TABLES;
    let mut complex = false;
    let mut changed = !is_trimmed(text);
    let mut after_space = false;
    for c in text.chars() {
        let class = tables.class(c);
        if class == Class::Plain {
            after_space = false;
        } else if class == Class::Space && c == ' ' || class == Class::Line && c == '\n' {
            changed |= after_space;
            after_space = true;
        } else {
            changed = true;
            complex |= class == Class::Complex;
        }
    }
    if complex {
        Cow::Owned(rewrite(tables, &compose(tables, text)))
    } else if changed {
        let out = rewrite(tables, text);
        if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
    } else {
        Cow::Borrowed(text)
    }
}

fn is_trimmed(text: &str) -> bool {
    let blank = [' ', '\n'];
    !text.starts_with(blank) && !text.ends_with(blank)
}

/// NFKC of `text` without the exceptions that [`normalise`] names.
fn compose(tables: &Tables, text: &str) -> String {
    let mut parts = Vec::with_capacity(text.len());
    for c in text.chars() {
        match tables.class(c) {
            Class::Gone => {}
            // Gone already here, so that what it kept apart is composed now and not in the next pass.
            Class::Joiner if !parts.last().copied().is_some_and(is_emoji) => {}
            _ if stays_compatible(c) => parts.push(c),
            _ => unicode::decompose_compatible(c, |part| parts.push(part)),
        }
    }
    parts.into_iter().nfc().collect()
}

/// The pass that every changed text goes through: one character in, at most one out.
fn rewrite(tables: &Tables, text: &str) -> String {
    let mut out = Rewriter { text: String::with_capacity(text.len()), last: '\n', blank: None, open: 0 };
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match tables.class(c) {
            Class::Plain | Class::Complex => out.push(c),
            Class::Single => out.push(tables.replacement(c)),
            Class::Gone => {}
            Class::Joiner => {
                if is_emoji(out.last) && out.blank.is_none() {
                    out.push(c);
                }
            }
            Class::Space => out.blank = out.blank.or(Some(' ')),
            Class::Line => out.blank = Some('\n'),
            Class::Colon => {
                let clock = out.after_digit() && next_is_digit(tables, rest.as_str());
                out.push(if clock { ':' } else { c });
            }
            Class::Mark => {
                let wide = out.beside_chinese() || touches_chinese(tables, rest.as_str());
                out.push_mark(c, wide);
            }
        }
    }
    out.text
}

struct Rewriter {
    text: String,
    /// The last character pushed; a line end at the start.
    last: char,
    /// White space waiting for a character to come after it.
    blank: Option<char>,
    /// For each open parenthesis one bit, innermost lowest: is it in full width?
    open: u64,
}

impl Rewriter {
    fn push(&mut self, c: char) {
        if let Some(blank) = self.blank.take()
            && !self.text.is_empty()
        {
            self.text.push(blank);
        }
        match c {
            '（' => self.open = self.open << 1 | 1,
            '(' => self.open <<= 1,
            '）' | ')' => self.open >>= 1,
            _ => {}
        }
        self.text.push(c);
        self.last = c;
    }

    fn beside_chinese(&self) -> bool {
        self.blank.is_none() && (is_han(self.last) || is_wide_mark(self.last))
    }

    fn after_digit(&self) -> bool {
        self.blank.is_none() && self.last.is_ascii_digit()
    }

    fn push_mark(&mut self, mark: char, wide: bool) {
        let wide = if mark == ')' { self.open & 1 == 1 } else { wide };
        self.push(if wide { widen(mark) } else { mark });
    }
}

fn next_is_digit(tables: &Tables, rest: &str) -> bool {
    let next = rest.chars().find(|&c| !matches!(tables.class(c), Class::Gone | Class::Joiner));
    next.is_some_and(|c| tables.folded(c).is_ascii_digit())
}

/// Whether the marks at the start of `rest` are followed by Chinese text.
fn touches_chinese(tables: &Tables, rest: &str) -> bool {
    const LONGEST_RUN: usize = 16; // keeps the pass linear
    let shown = |c: &char| !matches!(tables.class(*c), Class::Gone | Class::Joiner);
    let mut after = rest.chars().filter(shown).take(LONGEST_RUN);
    after.find(|&c| tables.class(c) != Class::Mark || c == ')').is_some_and(|c| is_han(tables.folded(c)))
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// `【】` are not among them: a masked number is written in them, and must not change the marks beside it.
fn is_wide_mark(c: char) -> bool {
    matches!(c, '，' | '；' | '：' | '！' | '？' | '（' | '）' | '。' | '、' | '…' | '“' | '”' | '《' | '》')
}

fn widen(mark: char) -> char {
    match mark {
        ',' => '，',
        ';' => '；',
        ':' => '：',
        '!' => '！',
        '?' => '？',
        '(' => '（',
        ')' => '）',
        other => other,
    }
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{200d}' | '©' | '®' | '〰' | '〽' | '㊗' | '㊙')
}

/// Compatibility characters that NFKC would change and we do not.
fn stays_compatible(c: char) -> bool {
    is_wide_mark(c)
        || matches!(c,
            // ① ⑴ ⒈ ½ ² would run into the digits beside them: “②30分钟” must not become 230 minutes.
            '\u{2460}'..='\u{24ff}' | '\u{3251}'..='\u{325f}' | '\u{32b1}'..='\u{32bf}' | '\u{1f100}'..='\u{1f10c}'
            | '\u{bc}'..='\u{be}' | '\u{2150}'..='\u{215f}' | '\u{2189}'
            | '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{2070}'..='\u{209f}'
            // Emoji that have a compatibility decomposition (㊗ ㊙ ™ 🈶 🅰).
            | '\u{3297}' | '\u{3299}' | '\u{2122}' | '\u{1f110}'..='\u{1f2ff}')
}

/// Invisible: nothing may hide in a word or a number.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

impl Tables {
    fn build() -> Self {
        let mut class = vec![Class::Plain; 0x1_0000].into_boxed_slice();
        let mut single = vec![0u16; 0x1_0000].into_boxed_slice();
        let folds: std::collections::HashMap<char, char> = traditional_pairs().collect();
        for (code, (class, single)) in class.iter_mut().zip(single.iter_mut()).enumerate() {
            let Some(c) = u32::try_from(code).ok().and_then(char::from_u32) else { continue };
            *class = basic_class(c);
            let folded =
                folds.get(&c).copied().or_else(|| single_decomposition(c).map(|d| *folds.get(&d).unwrap_or(&d)));
            if let (Class::Plain | Class::Complex, Some(to)) = (*class, folded)
                && let Ok(to) = u16::try_from(u32::from(to))
            {
                *class = Class::Single;
                *single = to;
            }
        }
        Self { class, single }
    }

    fn class(&self, c: char) -> Class {
        match self.class.get(c as usize) {
            Some(&class) => class,
            None => basic_class(c),
        }
    }

    fn folded(&self, c: char) -> char {
        if self.class(c) == Class::Single { self.replacement(c) } else { c }
    }

    fn replacement(&self, c: char) -> char {
        self.single.get(c as usize).and_then(|&to| char::from_u32(to.into())).unwrap_or(c)
    }
}

fn traditional_pairs() -> impl Iterator<Item = (char, char)> {
    TRADITIONAL.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (from, to) = line.split_once(' ')?;
        Some((from.chars().next()?, to.chars().next()?))
    })
}

fn basic_class(c: char) -> Class {
    match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Class::Line,
        '\u{200d}' | '\u{fe0f}' => Class::Joiner,
        '：' => Class::Colon,
        ',' | ';' | ':' | '!' | '?' | '(' | ')' => Class::Mark,
        '\t' | '\u{2800}' => Class::Space,
        _ if c.is_whitespace() => Class::Space,
        _ if c.is_control() || is_invisible(c) => Class::Gone,
        _ if stays_compatible(c) => Class::Plain,
        _ if unicode::canonical_combining_class(c) != 0 || composes_or_decomposes(c) => Class::Complex,
        _ => Class::Plain,
    }
}

/// Whether NFKC of a text may differ from it because `c` is in it.
fn composes_or_decomposes(c: char) -> bool {
    use unicode_normalization::{IsNormalized, is_nfkc_quick};
    is_nfkc_quick(std::iter::once(c)) != IsNormalized::Yes
}

/// The one character that `c` stands for, where its compatibility decomposition is just that.
fn single_decomposition(c: char) -> Option<char> {
    let (mut first, mut count) = (None, 0);
    unicode::decompose_compatible(c, |part| {
        first = first.or(Some(part));
        count += 1;
    });
    first.filter(|&to| count == 1 && to != c && !stays_compatible(c) && basic_class(to) == Class::Plain)
}
