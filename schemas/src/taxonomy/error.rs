//! What can be wrong with a taxonomy file, in words for the analyst who edits it.

use std::fmt;

/// One thing wrong with a taxonomy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxonomyError {
    /// Line of the file, from 1; `None` where it is the whole file.
    pub line: Option<usize>,
    /// What is wrong there.
    pub problem: TaxonomyProblem,
}

/// One way for a taxonomy file to be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaxonomyProblem {
    /// The file has no content.
    #[error("the file is empty")]
    EmptyFile,
    /// Larger than 1 MiB.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// Not TOML, a field is missing or of the wrong type, or there is an unknown key.
    #[error("{0}")]
    Toml(String),
    /// There is no cause in it.
    #[error("there is no [[cause]]")]
    NoCauses,
    /// More causes than allowed.
    #[error("there are more than {limit} causes")]
    TooManyCauses {
        /// Causes allowed.
        limit: usize,
    },
    /// A code that is not `group` or `group.leaf` in small letters, digits and `_`.
    #[error("{code:?} is not a code: write {form} in a-z, 0-9 and _, at most 64 characters")]
    BadCode {
        /// What stands there.
        code: String,
        /// The form wanted.
        form: &'static str,
    },
    /// A code that is used already, or is the built-in `other`.
    #[error("the code {0:?} is used twice, or is the built-in one")]
    DuplicateCode(String),
    /// A leaf whose group the file does not have.
    #[error("{code:?} has no [[group]] with the code {group:?}")]
    NoGroup {
        /// The leaf.
        code: String,
        /// The group it wants.
        group: String,
    },
    /// A name or a definition with nothing in it.
    #[error("{field} of {code:?} is empty")]
    EmptyField {
        /// The leaf or group.
        code: String,
        /// Which field.
        field: &'static str,
    },
    /// A leaf without an owner.
    #[error("{0:?} has no owner; write 无 where nobody here is responsible")]
    NoOwner(String),
    /// An owner who is not in the list `owners`.
    #[error("the owner {owner:?} of {code:?} is not in the list owners")]
    UnknownOwner {
        /// The leaf.
        code: String,
        /// Its owner.
        owner: String,
    },
    /// A code that was moved to what is no leaf.
    #[error("{from:?} is moved into {into:?}, which is not a leaf")]
    NoSuchLeaf {
        /// What was moved.
        from: String,
        /// Into what.
        into: String,
    },
    /// An entry of `owners` that is empty or there twice.
    #[error("the list owners has an entry that is empty or there twice: {0:?}")]
    BadOwnerList(String),
}

impl TaxonomyError {
    /// One Chinese sentence: where, what is wrong, what to do.
    pub fn message_zh(&self) -> String {
        let place = self.line.map_or_else(String::new, |line| format!("第 {line} 行"));
        format!("归因分类文件{place}：{}", self.problem.zh())
    }
}

impl fmt::Display for TaxonomyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("taxonomy")?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for TaxonomyError {}

impl TaxonomyProblem {
    /// What is wrong, without the place.
    pub fn zh(&self) -> String {
        match self {
            Self::EmptyFile => "内容为空，请至少写一个 [[group]] 和一个 [[cause]]".into(),
            Self::TooLarge { limit } => format!("超过 {limit} 字节的上限"),
            Self::Toml(why) => format!("写法有误（{why}）"),
            Self::NoCauses => "没有任何根因，请至少写一个 [[cause]]".into(),
            Self::TooManyCauses { limit } => format!("根因超过 {limit} 个"),
            Self::BadCode { code, form } => {
                format!("代码 {code:?} 写法不对，应为 {form}，只用小写字母、数字和下划线，最多 64 个字符")
            }
            Self::DuplicateCode(code) => format!("代码 {code:?} 重复，或与内置代码相同，请改名"),
            Self::NoGroup { code, group } => format!("根因 {code:?} 的分组 {group:?} 不存在，请补上该 [[group]]"),
            Self::EmptyField { code, field } => format!("{code:?} 的 {field} 是空的，请填写"),
            Self::NoOwner(code) => format!("根因 {code:?} 没有责任部门，请填 owner；确实无人负责时填“无”"),
            Self::UnknownOwner { code, owner } => {
                format!("根因 {code:?} 的责任部门 {owner:?} 不在 owners 名单里，请改正或加入名单")
            }
            Self::NoSuchLeaf { from, into } => {
                format!("{from:?} 归入的 {into:?} 不是现有根因，请改为现有根因的代码，或写 other")
            }
            Self::BadOwnerList(owner) => format!("owners 名单里有空项或重复项：{owner:?}"),
        }
    }
}
