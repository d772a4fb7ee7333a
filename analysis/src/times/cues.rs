//! The words around a duration, from `rules/times.toml`, found in one pass.

use std::{collections::HashMap, sync::LazyLock};

use daachorse::{CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder, MatchKind};
use serde::Deserialize;

use super::scan::Kind;

static FILE: &str = include_str!("../../rules/times.toml");

/// The lexicon; `None` only if the shipped file were wrong, which a test rules out.
pub(super) static LEXICON: LazyLock<Option<Lexicon>> = LazyLock::new(|| Lexicon::parse(FILE).ok());

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    least: f32,
    alone: f32,
    priors: HashMap<Kind, Prior>,
    cues: HashMap<String, String>,
    weights: Vec<RawWeight>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWeight {
    side: Side,
    cue: String,
    gap: usize,
    breaks: u8,
    #[serde(default)]
    only: Vec<Kind>,
    #[serde(default)]
    own: bool,
    #[serde(default)]
    promised: f32,
    #[serde(default)]
    actual: f32,
    #[serde(default)]
    late: f32,
}

/// What a kind of duration is worth before any cue.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prior {
    #[serde(default)]
    pub(super) promised: f32,
    #[serde(default)]
    pub(super) actual: f32,
}

/// On which side of a duration a cue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    Before,
    After,
}

/// What one class of cues is worth near a duration.
#[derive(Debug)]
pub(super) struct Weight {
    pub(super) side: Side,
    pub(super) classes: Classes,
    pub(super) gap: usize,
    pub(super) breaks: u8,
    pub(super) only: Vec<Kind>,
    /// A cue that stands right after another duration is that one's.
    pub(super) own: bool,
    pub(super) promised: f32,
    pub(super) actual: f32,
    pub(super) late: f32,
}

/// A set of classes of cues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Classes(u128);

impl Classes {
    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// A cue in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) classes: Classes,
}

/// The classes that rules in code ask for by name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) filler: Classes,
    pub(super) open: Classes,
    pub(super) then: Classes,
    pub(super) start: Classes,
    pub(super) since: Classes,
    pub(super) due: Classes,
    pub(super) reach: Classes,
    pub(super) until: Classes,
    pub(super) waituntil: Classes,
    pub(super) sofar: Classes,
    pub(super) elapsed: Classes,
    pub(super) gone: Classes,
    pub(super) done: Classes,
    pub(super) arrive: Classes,
    pub(super) check: Classes,
    pub(super) promise: Classes,
    pub(super) than: Classes,
    pub(super) again: Classes,
    pub(super) wish: Classes,
    pub(super) closed: Classes,
    pub(super) waited: Classes,
    pub(super) total: Classes,
    pub(super) future: Classes,
    pub(super) waiting: Classes,
}

/// Cues and weights, compiled.
pub(super) struct Lexicon {
    automaton: CharwiseDoubleArrayAhoCorasick<u32>,
    classes: Vec<Classes>,
    pub(super) named: Named,
    pub(super) weights: Vec<Weight>,
    pub(super) priors: HashMap<Kind, Prior>,
    /// Least sum for a role.
    pub(super) least: f32,
    /// What it is worth for having passed to be all of a clause.
    pub(super) alone: f32,
}

impl Lexicon {
    pub(super) fn parse(file: &str) -> Result<Self, String> {
        let file: File = toml::from_str(file).map_err(|e| e.to_string())?;
        let mut names: Vec<&String> = file.cues.keys().collect();
        names.sort();
        if names.len() > 128 {
            return Err("more than 128 classes of cues".to_owned());
        }
        let class = |name: &str| {
            let bit = names.iter().position(|known| *known == name);
            bit.map(|bit| Classes(1 << bit)).ok_or_else(|| format!("no class of cues is named {name:?}"))
        };
        let mut words: HashMap<&str, u128> = HashMap::new();
        for (name, list) in &file.cues {
            for word in list.split_whitespace() {
                *words.entry(word).or_default() |= class(name)?.0;
            }
        }
        let mut words: Vec<(&str, u128)> = words.into_iter().collect();
        words.sort_unstable();
        let automaton = CharwiseDoubleArrayAhoCorasickBuilder::new()
            .match_kind(MatchKind::LeftmostLongest)
            .build(words.iter().map(|(word, _)| word))
            .map_err(|e| e.to_string())?;
        let named = Named {
            filler: class("filler")?,
            open: class("open")?,
            then: class("then")?,
            start: class("start")?,
            since: class("since")?,
            due: class("due")?,
            reach: class("reach")?,
            until: class("until")?,
            waituntil: class("waituntil")?,
            sofar: class("sofar")?,
            elapsed: class("elapsed")?,
            gone: class("gone")?,
            done: class("done")?,
            arrive: class("arrive")?,
            check: class("check")?,
            promise: class("promise")?,
            than: class("than")?,
            again: class("again")?,
            wish: class("wish")?,
            closed: class("closed")?,
            waited: class("waited")?,
            total: class("total")?,
            future: class("future")?,
            waiting: class("waiting")?,
        };
        let weights = file.weights.into_iter().map(|raw| {
            let RawWeight { side, cue, gap, breaks, only, own, promised, actual, late } = raw;
            Ok(Weight { side, classes: class(&cue)?, gap, breaks, only, own, promised, actual, late })
        });
        let weights: Vec<Weight> = weights.collect::<Result<_, String>>()?;
        let classes = words.iter().map(|(_, bits)| Classes(*bits)).collect();
        Ok(Self { automaton, classes, named, weights, priors: file.priors, least: file.least, alone: file.alone })
    }

    /// Every cue in `text`, in order, none inside another.
    pub(super) fn hits(&self, text: &str) -> Vec<Hit> {
        let found = self.automaton.leftmost_find_iter(text);
        let hit = |m: daachorse::Match<u32>| {
            let classes = usize::try_from(m.value()).ok().and_then(|word| self.classes.get(word))?;
            Some(Hit { start: m.start(), end: m.end(), classes: *classes })
        };
        found.filter_map(hit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_is_right() {
        let lexicon = Lexicon::parse(FILE);
        assert!(lexicon.is_ok(), "{:?}", lexicon.err());
    }

    #[test]
    fn a_wrong_file_is_refused() {
        for (file, reason) in [
            ("alone = 0.5\n[priors]\n", "least"),
            ("least = 1.0\n[priors]\n", "alone"),
            (
                "least = 1.0\nalone = 0.5\nweights = []\n[priors]\n[cues]\nfiller = \"了\"\n",
                "no class of cues is named",
            ),
            ("least = 1.0\nalone = 0.5\nmost = 2\nweights = []\n[priors]\n[cues]\n", "most"),
        ] {
            let error = Lexicon::parse(file).err().unwrap_or_default();
            assert!(error.contains(reason), "{error}");
        }
    }
}
