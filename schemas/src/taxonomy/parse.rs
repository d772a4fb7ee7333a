//! Taxonomy file → taxonomy.

use std::{collections::HashSet, sync::Arc};

use serde::Deserialize;
use toml::Spanned;

use super::{Cause, Group, NOBODY, OTHER, Taxonomy, TaxonomyError, TaxonomyProblem as Problem};

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

/// A problem and the byte at which it stands.
type Found = (usize, Problem);

pub(super) fn taxonomy(text: &str) -> Result<Taxonomy, TaxonomyError> {
    let whole = |problem| TaxonomyError { line: None, problem };
    if text.len() > FILE_BYTES {
        return Err(whole(Problem::TooLarge { limit: FILE_BYTES }));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.lines().all(|line| line.split('#').next().is_none_or(|l| l.trim().is_empty())) {
        return Err(whole(Problem::EmptyFile));
    }
    let file: File = toml::from_str(text).map_err(|e| TaxonomyError {
        line: e.span().map(|span| line_at(text, span.start)),
        problem: Problem::Toml(e.message().to_owned()),
    })?;
    if file.cause.is_empty() {
        return Err(whole(Problem::NoCauses));
    }
    if file.cause.len() > CAUSES {
        return Err(whole(Problem::TooManyCauses { limit: CAUSES }));
    }
    build(file).map_err(|(at, problem)| TaxonomyError { line: Some(line_at(text, at)), problem })
}

fn build(file: File) -> Result<Taxonomy, Found> {
    let listed = file.owners.map(owners).transpose()?;
    let mut codes = HashSet::from([OTHER.to_owned()]);
    let mut groups = Vec::with_capacity(file.group.len());
    for entry in file.group {
        groups.push(group(entry, &mut codes)?);
    }
    let mut causes = Vec::with_capacity(file.cause.len());
    for entry in file.cause {
        causes.push(cause(entry, &mut codes, &groups, listed.as_deref())?);
    }
    let owners = listed.unwrap_or_else(|| owners_in_use(&causes));
    let fingerprint = fingerprint(file.version, &groups, &causes);
    Ok(Taxonomy { version: file.version, owners, groups, causes, other: other(), fingerprint })
}

fn owners(entries: Vec<Spanned<String>>) -> Result<Vec<Arc<str>>, Found> {
    let mut owners: Vec<Arc<str>> = Vec::with_capacity(entries.len());
    for entry in entries {
        let owner = entry.get_ref().trim();
        if owner.is_empty() || owners.iter().any(|o| &**o == owner) {
            return Err((entry.span().start, Problem::BadOwnerList(owner.to_owned())));
        }
        owners.push(Arc::from(owner));
    }
    owners.retain(|owner| &**owner != NOBODY);
    Ok(owners)
}

fn owners_in_use(causes: &[Cause]) -> Vec<Arc<str>> {
    let mut seen = HashSet::from([NOBODY]);
    causes.iter().map(|c| &c.owner).filter(|owner| seen.insert(&***owner)).cloned().collect()
}

fn group(entry: GroupEntry, codes: &mut HashSet<String>) -> Result<Group, Found> {
    let code = code(&entry.code, "group", codes, is_word)?;
    Ok(Group { zh: filled(&entry.zh, &code, "zh")?, en: filled(&entry.en, &code, "en")?, code })
}

fn cause(
    entry: CauseEntry,
    codes: &mut HashSet<String>,
    groups: &[Group],
    owners: Option<&[Arc<str>]>,
) -> Result<Cause, Found> {
    let code = code(&entry.code, "group.leaf", codes, |c| {
        c.split_once('.').is_some_and(|(group, leaf)| is_word(group) && is_word(leaf))
    })?;
    let group = code.split_once('.').map_or("", |(group, _)| group);
    if !groups.iter().any(|g| &*g.code == group) {
        let problem = Problem::NoGroup { code: code.to_string(), group: group.to_owned() };
        return Err((entry.code.span().start, problem));
    }
    let owner = owner(&entry.owner, &code, owners)?;
    Ok(Cause {
        zh: filled(&entry.zh, &code, "zh")?,
        en: filled(&entry.en, &code, "en")?,
        definition: filled(&entry.definition, &code, "definition")?,
        owner,
        code,
    })
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
fn fingerprint(version: u32, groups: &[Group], causes: &[Cause]) -> Arc<str> {
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
    Arc::from(format!("{:032x}", hash.digest128()))
}

fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}
