//! Rules as data: files of cue patterns, checked against the taxonomy and compiled.

use std::{collections::BTreeMap, ops::Range};

use serde::Deserialize;
use tingjian_schemas::Taxonomy;

use super::{
    RuleError,
    clauses::{Clause, Frame, FrameTerms, Speaker},
    lexicon::{ConceptEntry, Lexicon, LexiconBuilder, Token},
    pattern::{NEAR_CLAUSES, Pattern},
};

/// One rule or lexicon file: its name for errors, its text.
pub type RuleFile<'a> = (&'a str, &'a str);

/// The files that ship, lexicon first.
pub const SHIPPED: &[RuleFile<'static>] = &[
    ("lexicon.toml", include_str!("../../rules/lexicon.toml")),
    ("promise.toml", include_str!("../../rules/promise.toml")),
    ("fulfil.toml", include_str!("../../rules/fulfil.toml")),
    ("product.toml", include_str!("../../rules/product.toml")),
    ("access.toml", include_str!("../../rules/access.toml")),
    ("process.toml", include_str!("../../rules/process.toml")),
    ("system.toml", include_str!("../../rules/system.toml")),
    ("people.toml", include_str!("../../rules/people.toml")),
    ("external.toml", include_str!("../../rules/external.toml")),
    ("kind.toml", include_str!("../../rules/kind.toml")),
];

/// What a rule speaks for: a leaf of the taxonomy, or one of the other judgements.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A cause, by its place in [`Rules::causes`].
    Cause(usize),
    /// A kind, by its place in [`tingjian_schemas::Kind::ALL`].
    Kind(usize),
    /// A person is praised.
    Praised,
    /// A person is insulted.
    Abuse,
}

/// Where in a text a rule may match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// What the customer says, except wishes and conditions.
    #[default]
    Stated,
    /// Anywhere in the text.
    Anywhere,
    /// What staff or a department says.
    Reply,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    concept: Vec<ConceptEntry>,
    #[serde(default)]
    rule: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    /// A leaf code, `kind.complaint`, `praised` or `abuse`.
    label: String,
    weight: f32,
    #[serde(default)]
    scope: Scope,
    /// Patterns, one a line.
    any: String,
    #[allow(dead_code)]
    why: String,
}

/// One compiled rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it speaks for.
    pub target: Target,
    /// Log-odds it adds (or, below zero, takes).
    pub weight: f32,
    /// Where it may match.
    pub scope: Scope,
    /// `file:number`, the name under which explanations cite it.
    pub name: String,
}

/// A rule that matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Place in [`Rules::rules`].
    pub rule: u32,
    /// Which of all patterns it was.
    pub pattern: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The clause it began in.
    pub clause: u32,
}

/// Lexicon and rules, compiled.
pub struct Rules {
    lexicon: Lexicon,
    rules: Vec<Rule>,
    patterns: Vec<(u32, Pattern)>,
    by_anchor: Vec<Range<u32>>,
    anchored: Vec<Candidate>,
    causes: Vec<String>,
    frame_terms: FrameTerms,
    fingerprint: String,
}

impl Rules {
    /// Reads and compiles rule files; every label must be known to the taxonomy.
    ///
    /// # Errors
    /// The file and place of the first mistake.
    pub fn new(taxonomy: &Taxonomy, files: &[RuleFile<'_>]) -> Result<Self, RuleError> {
        let causes: Vec<String> = taxonomy.codes().map(|code| code.to_string()).collect();
        let mut parsed = Vec::new();
        let mut builder = LexiconBuilder::default();
        for (name, text) in files {
            let file: File = toml::from_str(text)
                .map_err(|e| RuleError::File { file: (*name).to_owned(), reason: e.to_string() })?;
            builder.concepts(name, &file.concept)?;
            parsed.push((*name, file.rule));
        }
        let mut rules = Vec::new();
        let mut patterns = Vec::new();
        for (file, entries) in parsed {
            for (number, entry) in entries.into_iter().enumerate() {
                let name = format!("{file}:{}", number + 1);
                let target = target(&entry.label, &causes)
                    .ok_or_else(|| RuleError::UnknownLabel { place: name.clone(), label: entry.label.clone() })?;
                for line in entry.any.lines().map(str::trim).filter(|l| !l.is_empty()) {
                    patterns.push((rules.len() as u32, Pattern::parse(line, &name, &mut builder)?));
                }
                rules.push(Rule { target, weight: entry.weight, scope: entry.scope, name });
            }
        }
        let lexicon = builder.build()?;
        let frame_terms = frame_terms(&lexicon)?;
        let (by_anchor, anchored) = anchors(&patterns, &rules);
        let fingerprint = fingerprint(files);
        Ok(Self { lexicon, rules, patterns, by_anchor, anchored, causes, frame_terms, fingerprint })
    }

    /// The taxonomy's codes in its order: leaves, codes that were moved, then `other`.
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// Every rule.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What every pattern is called and speaks for: `file:number`, the pattern as written, its rule.
    pub fn patterns(&self) -> impl Iterator<Item = (&str, &Rule)> {
        self.patterns.iter().filter_map(|(rule, pattern)| Some((pattern.source(), self.rules.get(*rule as usize)?)))
    }

    /// The words and concepts.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// The label a rule speaks for, as the files write it.
    pub fn target_name(&self, target: &Target) -> String {
        match target {
            Target::Cause(i) => self.causes.get(*i).cloned().unwrap_or_default(),
            Target::Kind(i) => format!("kind.{}", tingjian_schemas::Kind::ALL.get(*i).map_or("", |k| k.name())),
            Target::Praised => "praised".to_owned(),
            Target::Abuse => "abuse".to_owned(),
        }
    }

    /// Names these very files.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Concepts the clause splitter needs.
    pub(crate) fn frame_terms(&self) -> &FrameTerms {
        &self.frame_terms
    }

    /// Every pattern that matches, at most once per clause.
    pub fn hits(&self, tokens: &[Token], clauses: &[Clause], out: &mut Vec<Hit>) {
        out.clear();
        let present: Vec<u128> = clauses.iter().map(|c| bits_of(tokens.get(c.tokens.clone()))).collect();
        for (number, clause) in clauses.iter().enumerate().filter(|(_, c)| !c.frame.formula) {
            let first = out.len();
            let mut near = present.iter().skip(number).take(NEAR_CLAUSES + 1);
            let here = near.next().copied().unwrap_or(0);
            let place = Place { number, clause, here, near: near.fold(here, |all, bits| all | bits), first };
            for at in clause.tokens.clone() {
                let Some(token) = tokens.get(at) else { continue };
                for term in token.terms() {
                    self.try_anchor(term, at, &place, tokens, clauses, out);
                }
            }
        }
    }

    fn try_anchor(
        &self,
        term: u16,
        at: usize,
        place: &Place<'_>,
        tokens: &[Token],
        clauses: &[Clause],
        out: &mut Vec<Hit>,
    ) {
        let Some(range) = self.by_anchor.get(usize::from(term)) else { return };
        let candidates = self.anchored.get(range.start as usize..range.end as usize).unwrap_or_default();
        for candidate in candidates {
            let said = if candidate.near { place.near } else { place.here };
            if candidate.second & said == 0 || !applies(candidate.scope, &place.clause.frame) {
                continue;
            }
            let pattern = candidate.pattern;
            if out.get(place.first..).is_some_and(|hits| hits.iter().any(|h| h.pattern == pattern)) {
                continue;
            }
            let Some((rule, compiled)) = self.patterns.get(pattern as usize) else { continue };
            if let Some((start, end)) = compiled.matches(at, place.number, tokens, clauses) {
                out.push(Hit { rule: *rule, pattern, start, end, clause: place.number as u32 });
            }
        }
    }
}

/// A pattern that may begin with a term.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    pattern: u32,
    scope: Scope,
    /// Bits of the terms of its second part; all where there is none.
    second: u128,
    /// The second part may stand in one of the next clauses.
    near: bool,
}

/// The clause that patterns are tried in, with the bits of the terms in it and, besides, in the next ones.
struct Place<'c> {
    number: usize,
    clause: &'c Clause,
    here: u128,
    near: u128,
    /// The first hit of this clause.
    first: usize,
}

/// One of 128 bits for a term: most patterns are ruled out by them without being tried.
const fn bit(term: u16) -> u128 {
    1 << (term.wrapping_mul(0x9e37) >> 9)
}

fn bits_of(tokens: Option<&[Token]>) -> u128 {
    tokens.unwrap_or_default().iter().flat_map(Token::terms).fold(0, |bits, term| bits | bit(term))
}

fn applies(scope: Scope, frame: &Frame) -> bool {
    match scope {
        _ if frame.formula => false,
        Scope::Anywhere => true,
        Scope::Stated => frame.speaker == Speaker::Customer && !frame.wish && !frame.condition,
        Scope::Reply => frame.speaker != Speaker::Customer,
    }
}

fn target(label: &str, causes: &[String]) -> Option<Target> {
    match label {
        "praised" => Some(Target::Praised),
        "abuse" => Some(Target::Abuse),
        _ => match label.strip_prefix("kind.") {
            Some(kind) => tingjian_schemas::Kind::ALL.iter().position(|k| k.name() == kind).map(Target::Kind),
            None => causes.iter().position(|c| c == label).map(Target::Cause),
        },
    }
}

fn frame_terms(lexicon: &Lexicon) -> Result<FrameTerms, RuleError> {
    let need = |name: &str| lexicon.concept(name).ok_or_else(|| RuleError::MissingConcept(name.to_owned()));
    Ok(FrameTerms {
        contrast: need("contrast")?,
        wish: need("wish")?,
        condition: need("condition")?,
        question: need("question")?,
        reported: need("reported")?,
        formula: need("formula")?,
    })
}

/// For every term, the patterns that may begin with it.
fn anchors(patterns: &[(u32, Pattern)], rules: &[Rule]) -> (Vec<Range<u32>>, Vec<Candidate>) {
    let mut map: BTreeMap<u16, Vec<Candidate>> = BTreeMap::new();
    for (index, (rule, pattern)) in patterns.iter().enumerate() {
        let scope = rules.get(*rule as usize).map_or(Scope::default(), |r| r.scope);
        let (second, near) = match pattern.second() {
            Some((terms, near)) => (terms.iter().fold(0, |bits, term| bits | bit(*term)), near),
            None => (u128::MAX, false),
        };
        for term in pattern.anchors() {
            map.entry(*term).or_default().push(Candidate { pattern: index as u32, scope, second, near });
        }
    }
    let terms = map.keys().next_back().map_or(0, |t| usize::from(*t) + 1);
    let mut anchored = Vec::new();
    let mut ranges = Vec::with_capacity(terms);
    for term in 0..terms {
        let start = anchored.len() as u32;
        anchored.extend(map.remove(&(term as u16)).unwrap_or_default());
        ranges.push(start..anchored.len() as u32);
    }
    (ranges, anchored)
}

fn fingerprint(files: &[RuleFile<'_>]) -> String {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for (name, text) in files {
        hash.update(name.as_bytes());
        hash.update(&[0]);
        hash.update(text.as_bytes());
        hash.update(&[0]);
    }
    format!("{:016x}", hash.digest())
}
