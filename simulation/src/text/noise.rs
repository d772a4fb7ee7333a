//! What happens to texts on the way: typing mistakes, traditional characters, full-width digits, missing punctuation.

use super::Catalogue;
use crate::dice::Dice;

/// Per mille of texts.
const TYPO: u32 = 30;
const TRADITIONAL: u32 = 12;
const FULL_WIDTH: u32 = 12;
const UNPUNCTUATED: u32 = 25;

/// Roughens a text now and then; never so that a reader would understand it differently.
pub(crate) fn roughen(catalogue: &Catalogue, dice: &mut Dice, text: String) -> String {
    let drawn = dice.below(1000);
    if drawn < TYPO {
        return misspell(catalogue, dice, text);
    }
    if drawn < TYPO + TRADITIONAL {
        return text.chars().map(|c| catalogue.traditional.get(&c).copied().unwrap_or(c)).collect();
    }
    if drawn < TYPO + TRADITIONAL + FULL_WIDTH {
        return text.chars().map(full_width).collect();
    }
    if drawn < TYPO + TRADITIONAL + FULL_WIDTH + UNPUNCTUATED {
        let bare = text.replace(['，', '。'], " ").trim_end().to_owned();
        return if bare.is_empty() { text } else { bare };
    }
    text
}

fn misspell(catalogue: &Catalogue, dice: &mut Dice, text: String) -> String {
    for _ in 0..6 {
        if let Some([right, wrong]) = dice.pick(&catalogue.typos)
            && text.contains(right.as_str())
        {
            return text.replacen(right.as_str(), wrong, 1);
        }
    }
    text
}

fn full_width(c: char) -> char {
    if c.is_ascii_alphanumeric() { char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c) } else { c }
}
