//! Taxonomy file → taxonomy.

use std::{collections::HashSet, sync::Arc};

use serde::Deserialize;
use toml::Spanned;

use super::{Cause, Group, Moved, NOBODY, OTHER, Taxonomy, TaxonomyError, TaxonomyProblem as Problem};

/// Most bytes of a taxonomy file.
const FILE_BYTES: usize = 1 << 20;
/// Most leaves of a taxonomy.
const CAUSES: usize = 1000;
/// Most characters of a code.
const CODE_BYTES: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    owners: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    group: Vec<GroupEntry>,
    #[serde(default)]
    cause: Vec<CauseEntry>,
    #[serde(default)]
    moved: Vec<MovedEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupEntry {
    code: Spanned<String>,
    zh: Spanned<String>,
    en: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CauseEntry {
    code: Spanned<String>,
    zh: Spanned<String>,
    en: Spanned<String>,
    owner: Spanned<String>,
    definition: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MovedEntry {
    from: Spanned<String>,
    into: Spanned<String>,
}

/// A problem and the byte at which it stands.
type Found = (usize, Problem);

/// Everything that is wrong with a file.
#[derive(Default)]
struct Wrong(Vec<Found>);

impl Wrong {
    /// What is right of it; what is wrong is kept.
    fn or_none<T>(&mut self, read: Result<T, Found>) -> Option<T> {
        read.map_err(|found| self.0.push(found)).ok()
    }
}

pub(super) fn taxonomy(text: &str) -> Result<Taxonomy, Vec<TaxonomyError>> {
    let whole = |problem| vec![TaxonomyError { line: None, problem }];
    if text.len() > FILE_BYTES {
        return Err(whole(Problem::TooLarge { limit: FILE_BYTES }));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.lines().all(|line| line.split('#').next().is_none_or(|l| l.trim().is_empty())) {
        return Err(whole(Problem::EmptyFile));
    }
    let file: File = toml::from_str(text).map_err(|e| {
        vec![TaxonomyError {
            line: e.span().map(|span| line_at(text, span.start)),
            problem: Problem::Toml(e.message().to_owned()),
        }]
    })?;
    if file.cause.is_empty() {
        return Err(whole(Problem::NoCauses));
    }
    if file.cause.len() + file.moved.len() > CAUSES {
        return Err(whole(Problem::TooManyCauses { limit: CAUSES }));
    }
    build(file).map_err(|mut wrong| {
        wrong.sort_by_key(|(at, _)| *at);
        let placed = |(at, problem)| TaxonomyError { line: Some(line_at(text, at)), problem };
        wrong.into_iter().map(placed).collect()
    })
}

fn build(file: File) -> Result<Taxonomy, Vec<Found>> {
    let mut wrong = Wrong::default();
    let listed = file.owners.map(|entries| owners(entries, &mut wrong));
    let mut codes = HashSet::from([OTHER.to_owned()]);
    // A group with a bad name is there all the same: its leaves are not wrong for that.
    let known: HashSet<String> = file.group.iter().map(|entry| entry.code.get_ref().clone()).collect();
    let groups: Vec<Group> = file.group.into_iter().filter_map(|entry| group(entry, &mut codes, &mut wrong)).collect();
    let mut causes: Vec<Cause> = Vec::with_capacity(file.cause.len());
    for entry in file.cause {
        causes.extend(cause(entry, &mut codes, &known, listed.as_deref(), &mut wrong));
    }
    let leaves: HashSet<Arc<str>> = causes.iter().map(|cause| cause.code.clone()).collect();
    let moved: Vec<Moved> =
        file.moved.into_iter().filter_map(|entry| wrong.or_none(self::moved(&entry, &mut codes, &leaves))).collect();
    if !wrong.0.is_empty() {
        return Err(wrong.0);
    }
    let owners = listed.unwrap_or_else(|| owners_in_use(&causes));
    let fingerprint = fingerprint(file.version, &groups, &causes, &moved);
    Ok(Taxonomy { version: file.version, owners, groups, causes, other: other(), moved, fingerprint })
}

fn moved(entry: &MovedEntry, codes: &mut HashSet<String>, leaves: &HashSet<Arc<str>>) -> Result<Moved, Found> {
    let from = code(&entry.from, "group.leaf", codes, is_leaf)?;
    let into = entry.into.get_ref().as_str();
    if into != OTHER && !leaves.contains(into) {
        let problem = Problem::NoSuchLeaf { from: from.to_string(), into: into.to_owned() };
        return Err((entry.into.span().start, problem));
    }
    Ok(Moved { from, into: Arc::from(into) })
}

fn owners(entries: Vec<Spanned<String>>, wrong: &mut Wrong) -> Vec<Arc<str>> {
    let mut owners: Vec<Arc<str>> = Vec::with_capacity(entries.len());
    for entry in entries {
        let owner = entry.get_ref().trim();
        if owner.is_empty() || owners.iter().any(|o| &**o == owner) {
            wrong.0.push((entry.span().start, Problem::BadOwnerList(owner.to_owned())));
            continue;
        }
        owners.push(Arc::from(owner));
    }
    owners.retain(|owner| &**owner != NOBODY);
    owners
}

fn owners_in_use(causes: &[Cause]) -> Vec<Arc<str>> {
    let mut seen = HashSet::from([NOBODY]);
    causes.iter().map(|c| &c.owner).filter(|owner| seen.insert(&***owner)).cloned().collect()
}

fn group(entry: GroupEntry, codes: &mut HashSet<String>, wrong: &mut Wrong) -> Option<Group> {
    let named = entry.code.get_ref();
    let (zh, en) = (filled(&entry.zh, named, "zh"), filled(&entry.en, named, "en"));
    let code = wrong.or_none(code(&entry.code, "group", codes, is_word));
    let (zh, en) = (wrong.or_none(zh), wrong.or_none(en));
    Some(Group { code: code?, zh: zh?, en: en? })
}

fn cause(
    entry: CauseEntry,
    codes: &mut HashSet<String>,
    groups: &HashSet<String>,
    owners: Option<&[Arc<str>]>,
    wrong: &mut Wrong,
) -> Option<Cause> {
    let named = entry.code.get_ref();
    let code = wrong.or_none(code(&entry.code, "group.leaf", codes, is_leaf));
    let group = named.split_once('.').map_or("", |(group, _)| group);
    if code.is_some() && !groups.contains(group) {
        let problem = Problem::NoGroup { code: named.clone(), group: group.to_owned() };
        wrong.0.push((entry.code.span().start, problem));
    }
    let mut text = |entry, field| wrong.or_none(filled(entry, named, field));
    let (zh, en, definition) = (text(&entry.zh, "zh"), text(&entry.en, "en"), text(&entry.definition, "definition"));
    let owner = wrong.or_none(owner(&entry.owner, named, owners));
    Some(Cause { code: code?, zh: zh?, en: en?, owner: owner?, definition: definition? })
}

fn owner(entry: &Spanned<String>, code: &str, owners: Option<&[Arc<str>]>) -> Result<Arc<str>, Found> {
    let owner = entry.get_ref().trim();
    if owner.is_empty() {
        return Err((entry.span().start, Problem::NoOwner(code.to_owned())));
    }
    if owner == NOBODY {
        return Ok(Arc::from(NOBODY));
    }
    match owners {
        None => Ok(Arc::from(owner)),
        Some(known) => known.iter().find(|o| &***o == owner).cloned().ok_or_else(|| {
            let problem = Problem::UnknownOwner { code: code.to_owned(), owner: owner.to_owned() };
            (entry.span().start, problem)
        }),
    }
}

fn code(
    entry: &Spanned<String>,
    form: &'static str,
    codes: &mut HashSet<String>,
    is_code: impl Fn(&str) -> bool,
) -> Result<Arc<str>, Found> {
    let code = entry.get_ref();
    let at = entry.span().start;
    if codes.contains(code) {
        return Err((at, Problem::DuplicateCode(code.clone())));
    }
    if code.len() > CODE_BYTES || !is_code(code) {
        return Err((at, Problem::BadCode { code: code.clone(), form }));
    }
    codes.insert(code.clone());
    Ok(Arc::from(code.as_str()))
}

fn is_leaf(code: &str) -> bool {
    code.split_once('.').is_some_and(|(group, leaf)| is_word(group) && is_word(leaf))
}

fn is_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn filled(entry: &Spanned<String>, code: &str, field: &'static str) -> Result<String, Found> {
    let text = entry.get_ref().trim();
    if text.is_empty() {
        return Err((entry.span().start, Problem::EmptyField { code: code.to_owned(), field }));
    }
    Ok(text.to_owned())
}

fn other() -> Cause {
    Cause {
        code: Arc::from(OTHER),
        zh: "其他".into(),
        en: "Other".into(),
        owner: Arc::from(NOBODY),
        definition: "none of the other causes, or no cause to be read".into(),
    }
}

/// Hashes what the taxonomy means; each part is led by its length, so that no two taxonomies run together.
fn fingerprint(version: u32, groups: &[Group], causes: &[Cause], moved: &[Moved]) -> Arc<str> {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    let mut part = |text: &str| {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    part(&version.to_string());
    for group in groups {
        [&*group.code, &group.zh, &group.en].into_iter().for_each(&mut part);
    }
    part("");
    for cause in causes {
        [&*cause.code, &cause.zh, &cause.en, &*cause.owner, &cause.definition].into_iter().for_each(&mut part);
    }
    if !moved.is_empty() {
        part("");
    }
    for Moved { from, into } in moved {
        [&**from, &**into].into_iter().for_each(&mut part);
    }
    Arc::from(format!("{:032x}", hash.digest128()))
}

fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}
