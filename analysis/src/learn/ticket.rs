//! What a router sees of a ticket: all of its words, the fixed ones too, since these often name who is asked to act.
//!
//! | group | features |
//! |---|---|
//! | words | words of the segmenter |
//! | pairs | neighbouring words |
//! | letters | runs of two and three characters: names of places and firms that no dictionary has |
//! | shape | who is asked to act (请…核实处理), how the ticket begins |
//! | concepts | who is asked, with each word: the same matter goes to another office in another district |

use xxhash_rust::xxh3::xxh3_64;

use super::features::{Feature, Group, WHOLE, Worth, mix};

/// What the groups are worth. Found by cross-validation.
pub const TICKET_WORTH: Worth = [(0.8, 0.5), (0.7, 0.5), (0.7, 0.5), (0.0, 0.5), (1.0, 0.5), (0.0, 0.5), (0.9, 0.5)];

/// Words between which the office stands that is asked to act.
const ASKED: (char, [&str; 3]) = ('请', ["核实", "处理", "跟进"]);
/// No office has a longer name, in bytes.
const LONGEST_NAME: usize = 60;
/// Characters of the ticket's opening words.
const OPENING_CHARS: usize = 6;
/// Longest run of characters.
const RUN: usize = 3;

/// Features of a clean text and its words, which are joined by U+001F.
pub fn features(text: &str, words: &str) -> Vec<Feature> {
    let mut out = Vec::new();
    let mut push = |hash: u32, group: Group| out.push(Feature { hash, group, clause: WHOLE });
    let asked = asked(text).map_or(0, |name| xxh3_64(name.as_bytes()));
    push(mix(21, asked, 0), Group::Shape);
    let opening = text.char_indices().nth(OPENING_CHARS).map_or(text, |(at, _)| text.get(..at).unwrap_or_default());
    push(mix(22, xxh3_64(opening.as_bytes()), 0), Group::Shape);
    let mut previous = 0u64;
    for word in words.split('\u{1f}').filter(|word| word.chars().any(char::is_alphanumeric)) {
        let this = xxh3_64(word.as_bytes());
        push(mix(23, this, 0), Group::Words);
        push(mix(24, previous, this), Group::Pairs);
        if asked != 0 && word.chars().nth(1).is_some() {
            push(mix(25, asked, this), Group::Concepts);
        }
        previous = this;
    }
    let mut run = [0u64; RUN];
    for c in text.chars() {
        run.rotate_left(1);
        let [first, second, third] = &mut run;
        *third = if c.is_alphanumeric() { u64::from(u32::from(c)) } else { 0 };
        if *third != 0 && *second != 0 {
            push(mix(26, *second, *third), Group::Letters);
            if *first != 0 {
                push(mix(27, *first, *second << 32 | *third), Group::Letters);
            }
        }
    }
    out
}

/// The office that is asked to act: the last time a name stands between 请 and what it is asked for.
fn asked(text: &str) -> Option<&str> {
    let (please, deeds) = ASKED;
    text.rmatch_indices(please).find_map(|(at, _)| {
        let rest = text.get(at + please.len_utf8()..)?;
        let end = deeds.iter().filter_map(|deed| rest.find(deed)).min()?;
        rest.get(..end).filter(|name| !name.is_empty() && end <= LONGEST_NAME)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_office_that_is_asked_to_act() {
        for (text, office) in [
            ("路灯不亮，请市政核实处理，谢谢！（请职能局按规定在30分钟内联系市民）", Some("市政")),
            ("请问怎么办理，请交警支队处理", Some("交警支队")),
            ("公交车不停站", None),
            ("请核实", None),
        ] {
            assert_eq!(asked(text), office, "{text}");
        }
    }

    #[test]
    fn a_text_without_letters_has_no_words() {
        assert!(features("！？", "！\u{1f}？").iter().all(|f| f.group == Group::Shape));
        assert!(features("", "").iter().all(|f| f.group == Group::Shape));
    }
}
