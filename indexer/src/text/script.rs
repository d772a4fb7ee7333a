//! Which characters are written without spaces between words, and which join into one token.

/// What a character is to the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Han, kana, bopomofo or hangul: written without spaces, indexed as overlapping pairs.
    Ideograph,
    /// A letter of any other script; runs of letters are one token.
    Letter,
    /// A digit or other number; runs of digits are one token.
    Digit,
    /// An emoji or other pictograph: a token of its own.
    Symbol,
    /// Takes no place at all: joiners, variation selectors, skin tones.
    Invisible,
    /// Everything else; any run of it separates.
    Separator,
}

impl Class {
    /// Classifies one character.
    #[inline]
    pub(crate) fn of(c: char) -> Self {
        match c {
            '\u{4e00}'..='\u{9fff}' => Self::Ideograph,
            'a'..='z' | 'A'..='Z' => Self::Letter,
            '0'..='9' => Self::Digit,
            '\0'..='\x7f' => Self::Separator,
            _ => Self::of_other(c),
        }
    }

    fn of_other(c: char) -> Self {
        match u32::from(c) {
            0x3400..=0x4dbf | 0x20000..=0x323af => Self::Ideograph, // Han extensions
            0xf900..=0xfaff | 0x3005..=0x3007 | 0x3021..=0x3029 | 0x303b => Self::Ideograph,
            0x3041..=0x3096 | 0x30a1..=0x30fa | 0x30fc | 0x31f0..=0x31ff => Self::Ideograph, // kana
            0x3105..=0x312f | 0x31a0..=0x31bf | 0xac00..=0xd7a3 => Self::Ideograph,          // bopomofo, hangul
            0x200b..=0x200d | 0x2060 | 0xfeff | 0x20e3 => Self::Invisible,
            0xfe00..=0xfe0f | 0xe0100..=0xe01ef | 0x1f3fb..=0x1f3ff => Self::Invisible,
            0x2600..=0x27bf | 0x2b00..=0x2bff | 0x1f000..=0x1faff => Self::Symbol,
            _ if c.is_numeric() => Self::Digit,
            _ if c.is_alphabetic() => Self::Letter,
            _ => Self::Separator,
        }
    }
}
