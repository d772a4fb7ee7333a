//! The phrases of the data files, read and checked once.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Domain, phrase::Phrase};
use crate::{
    causes::{Cause, LEAVES},
    options::OptionsError,
};

/// Phrases by business; `any` fits each of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    #[serde(default)]
    code: String,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    shop: Vec<String>,
    #[serde(default)]
    meal: Vec<String>,
    #[serde(default)]
    line: Vec<String>,
    #[serde(default)]
    town: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeafFile {
    leaf: Vec<Rows>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetFile {
    set: Vec<Rows>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PoolFile {
    pool: HashMap<String, Vec<String>>,
    typos: Vec<[String; 2]>,
    traditional: Vec<[String; 2]>,
}

/// Phrases for one purpose, by business.
#[derive(Debug, Default)]
pub(crate) struct Set {
    by_domain: [Vec<Phrase>; 4],
    /// The untimed ones of each, by place.
    plain: [Vec<u16>; 4],
    /// How many were written, before those for any business were shared out.
    pub(crate) written: usize,
}

impl Set {
    fn read(rows: &Rows) -> Result<Self, String> {
        let own = [&rows.shop, &rows.meal, &rows.line, &rows.town];
        let mut set =
            Self { written: rows.any.len() + own.iter().map(|list| list.len()).sum::<usize>(), ..Self::default() };
        for ((list, phrases), plain) in own.into_iter().zip(&mut set.by_domain).zip(&mut set.plain) {
            // A leaf that has phrases for a business may also use those that fit any.
            for text in list.iter().chain(&rows.any) {
                phrases.push(Phrase::parse(text)?);
            }
            plain.extend((0..).zip(phrases.iter()).filter(|(_, phrase)| !phrase.timed).map(|(place, _)| place));
        }
        if set.written == 0 { Err(format!("no phrases for {:?}", rows.code)) } else { Ok(set) }
    }

    /// Every phrase for a business.
    pub(crate) fn of(&self, domain: Domain) -> &[Phrase] {
        self.by_domain.get(domain as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// A phrase for a business that states no duration.
    pub(crate) fn plain(&self, domain: Domain, dice: &mut crate::dice::Dice) -> Option<&Phrase> {
        let place = dice.pick(self.plain.get(domain as usize)?)?;
        self.of(domain).get(usize::from(*place))
    }
}

/// Everything that can be said.
#[derive(Debug)]
pub(crate) struct Catalogue {
    leaves: Vec<Set>,
    sets: HashMap<String, Set>,
    pools: HashMap<String, Vec<String>>,
    pub(crate) typos: Vec<[String; 2]>,
    pub(crate) traditional: HashMap<char, char>,
}

const LEAF_FILES: [(&str, &str); 8] = [
    ("texts/promise.toml", include_str!("../../texts/promise.toml")),
    ("texts/fulfil.toml", include_str!("../../texts/fulfil.toml")),
    ("texts/product.toml", include_str!("../../texts/product.toml")),
    ("texts/access.toml", include_str!("../../texts/access.toml")),
    ("texts/process.toml", include_str!("../../texts/process.toml")),
    ("texts/system.toml", include_str!("../../texts/system.toml")),
    ("texts/people.toml", include_str!("../../texts/people.toml")),
    ("texts/external.toml", include_str!("../../texts/external.toml")),
];
const SET_FILES: [(&str, &str); 4] = [
    ("texts/delay.toml", include_str!("../../texts/delay.toml")),
    ("texts/kinds.toml", include_str!("../../texts/kinds.toml")),
    ("texts/frame.toml", include_str!("../../texts/frame.toml")),
    ("texts/facts.toml", include_str!("../../texts/facts.toml")),
];
const POOL_FILE: (&str, &str) = ("texts/pools.toml", include_str!("../../texts/pools.toml"));

impl Catalogue {
    /// Reads the bundled files.
    pub(crate) fn new() -> Result<Self, OptionsError> {
        let mut leaves: Vec<Set> = LEAVES.iter().map(|_| Set::default()).collect();
        let mut sets = HashMap::new();
        for (file, text) in LEAF_FILES {
            let rows: LeafFile = read(file, text)?;
            for rows in rows.leaf {
                let place = Cause::named(&rows.code).map(|cause| usize::from(cause.0));
                let slot = place.and_then(|place| leaves.get_mut(place));
                *slot.ok_or_else(|| wrong(file, format!("unknown leaf {:?}", rows.code)))? =
                    Set::read(&rows).map_err(|reason| wrong(file, reason))?;
            }
        }
        for (file, text) in SET_FILES {
            let rows: SetFile = read(file, text)?;
            for rows in rows.set {
                let set = Set::read(&rows).map_err(|reason| wrong(file, reason))?;
                sets.insert(rows.code, set);
            }
        }
        let (file, text) = POOL_FILE;
        let pools: PoolFile = read(file, text)?;
        let single = |pair: &[String; 2]| Some((pair.first()?.chars().next()?, pair.get(1)?.chars().next()?));
        let traditional = pools.traditional.iter().filter_map(single).collect();
        Ok(Self { leaves, sets, pools: pools.pool, typos: pools.typos, traditional })
    }

    /// Businesses in which a cause has phrases.
    pub(crate) fn domains(&self, cause: Cause) -> Vec<Domain> {
        let leaf = self.leaf(cause);
        Domain::ALL.into_iter().filter(|domain| leaf.is_some_and(|set| !set.of(*domain).is_empty())).collect()
    }

    /// The phrases of a cause.
    pub(crate) fn leaf(&self, cause: Cause) -> Option<&Set> {
        self.leaves.get(usize::from(cause.0))
    }

    /// The phrases of a purpose.
    pub(crate) fn set(&self, code: &str) -> Option<&Set> {
        self.sets.get(code)
    }

    /// Words for a slot.
    pub(crate) fn pool(&self, name: &str) -> &[String] {
        self.pools.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

fn read<T: for<'de> Deserialize<'de>>(file: &'static str, text: &str) -> Result<T, OptionsError> {
    toml::from_str(text).map_err(|error| wrong(file, error.to_string()))
}

fn wrong(file: &'static str, reason: String) -> OptionsError {
    OptionsError::Data { file, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        causes::second_weight,
        text::{slot::POOLS, write::SETS},
    };

    #[test]
    fn every_leaf_has_twelve_phrases_and_every_purpose_some() {
        let catalogue = Catalogue::new().unwrap();
        for (place, leaf) in LEAVES.iter().enumerate() {
            let set = &catalogue.leaves[place];
            assert!(set.written >= 12, "{}: {} phrases", leaf.code, set.written);
            for domain in catalogue.domains(Cause(place as u8)).into_iter().filter(|_| second_weight(leaf.code) > 0) {
                let plain = set.plain(domain, &mut crate::dice::Dice::new(0, 0, 0));
                assert!(plain.is_some(), "{} has only timed phrases for {domain:?}", leaf.code);
            }
        }
        for code in SETS {
            assert!(catalogue.set(code).is_some(), "no set {code}");
        }
        for pool in POOLS {
            assert!(catalogue.pool(pool).len() >= 5, "pool {pool}");
        }
    }
}
