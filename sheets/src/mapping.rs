//! Which column feeds which field: as a mapping file says, or guessed from the titles.

use serde_json::Value;
use tingjian_schemas::Stream;

use crate::{
    SheetsError, Zone,
    cell::Cell,
    clock::{TimeForm, TimeRule},
    fields::{self, Field, Holds, bare},
    mapping_file::{MappingFile, Origin},
    nearest::nearest,
};

/// Titles of the columns that an error file adds; never data.
pub const ERROR_TITLES: [&str; 3] = ["原行号", "拒绝原因", "拒绝字段"];

/// Which column feeds which field.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Fields that are fed by a column.
    pub assigned: Vec<Assigned>,
    /// Fields that are the same in every row, with their values.
    pub constants: Vec<(&'static Field, Value)>,
    /// Columns that feed no field are sent as unknown fields.
    pub keep_unmapped: bool,
    /// It was guessed, so that keys of JSON rows that come later than the guess and are fields of the contract count.
    pub guessed: bool,
}

/// A field and its column.
#[derive(Clone, Debug)]
pub struct Assigned {
    /// The field.
    pub field: &'static Field,
    /// Number of the column.
    pub column: usize,
    /// How its times are written.
    pub rule: TimeRule,
}

/// What was said about the columns of a file; what was not is guessed from their titles.
#[derive(Debug, Default)]
pub struct Wishes {
    /// A mapping, instead of a guess.
    pub mapping: Option<MappingFile>,
    /// `field=column`, on top.
    pub maps: Vec<String>,
    /// `field=value`, the same in every row.
    pub sets: Vec<String>,
    /// The time of all rows.
    pub occurred_at: Option<String>,
    /// Columns that feed no field are sent too.
    pub keep_unmapped: bool,
}

impl Wishes {
    /// Whether anything was said.
    pub fn are_stated(&self) -> bool {
        self.mapping.is_some() || self.occurred_at.is_some() || !self.maps.is_empty() || !self.sets.is_empty()
    }
}

/// What the columns of a file are.
pub struct Columns<'a> {
    /// Their titles (of JSON objects: the keys).
    pub titles: &'a [String],
    /// Whether a value may be an object or list.
    pub json: bool,
}

impl Mapping {
    /// As the options say: the mapping file, else a guess; then `--map`, `--set`, `--occurred-at` on top.
    ///
    /// # Errors
    /// A mapping that does not fit the file or the stream, or a required field that nothing feeds.
    pub fn new(stream: Stream, options: &Wishes, columns: &Columns<'_>, zone: &Zone) -> Result<Self, SheetsError> {
        let mapping = Self {
            assigned: Vec::new(),
            constants: Vec::new(),
            keep_unmapped: options.keep_unmapped,
            guessed: options.mapping.is_none(),
        };
        let mut maker = Maker { stream, columns, zone, mapping };
        match &options.mapping {
            Some(file) => maker.follow(file)?,
            None => maker.guess(),
        }
        for map in &options.maps {
            let (path, title) = pair("--map", map)?;
            maker.assign(path, &Origin { column: title.to_owned(), format: None, zone: None })?;
        }
        for set in &options.sets {
            let (path, value) = pair("--set", set)?;
            maker.set(path, Cell::Text(value.to_owned()))?;
        }
        if let Some(text) = &options.occurred_at {
            let moment = zone.moment(text).map_err(|e| SheetsError::Unsaid {
                command: format!("--occurred-at {e}"),
                page: format!("所有行的发生时间：{e}"),
            })?;
            maker.mapping.assigned.retain(|a| a.field.path != "occurred_at");
            maker.set("occurred_at", Cell::Text(moment))?;
        }
        maker.complete()?;
        Ok(maker.mapping)
    }

    /// What the titles of the columns tell, whether it is enough or not.
    pub fn guess(stream: Stream, columns: &Columns<'_>, zone: &Zone) -> Self {
        let mapping = Self { assigned: Vec::new(), constants: Vec::new(), keep_unmapped: false, guessed: true };
        let mut maker = Maker { stream, columns, zone, mapping };
        maker.guess();
        maker.mapping
    }

    /// Whether a column or a constant feeds the field at `path`, or a part of it.
    pub fn feeds(&self, path: &str) -> bool {
        let part = |p: &str| p == path || p.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        self.assigned.iter().any(|a| part(&a.field.path)) || self.constants.iter().any(|(f, _)| part(&f.path))
    }

    /// The same for two mappings that make the same events of the same rows.
    pub fn identity(&self) -> String {
        let assigned = self.assigned.iter().map(|a| format!("{} ← {} {:?}", a.field.path, a.column, a.rule));
        let constants = self.constants.iter().map(|(field, value)| format!("{} = {value}", field.path));
        let rest = format!("{} {}", self.keep_unmapped, self.guessed);
        assigned.chain(constants).chain([rest]).collect::<Vec<_>>().join("\n")
    }

    /// Columns that feed no field.
    pub fn unmapped<'t>(&self, titles: &'t [String]) -> Vec<(usize, &'t str)> {
        let used = |index: usize| self.assigned.iter().any(|a| a.column == index);
        let data = |title: &str| !title.is_empty() && !ERROR_TITLES.contains(&title);
        titles.iter().enumerate().filter(|(i, t)| !used(*i) && data(t)).map(|(i, t)| (i, t.as_str())).collect()
    }
}

struct Maker<'a> {
    stream: Stream,
    columns: &'a Columns<'a>,
    zone: &'a Zone,
    mapping: Mapping,
}

impl Maker<'_> {
    fn follow(&mut self, file: &MappingFile) -> Result<(), SheetsError> {
        for (path, origin) in &file.fields {
            self.assign(path, origin)?;
        }
        for (path, value) in &file.constants {
            self.set(path, value.clone())?;
        }
        self.mapping.keep_unmapped |= file.keep_unmapped;
        Ok(())
    }

    /// Each field takes the first column with one of its titles that no field before it took. The id's column may feed
    /// another field too: a case number can be both.
    fn guess(&mut self) {
        let bares: Vec<String> = self.columns.titles.iter().map(|t| bare(t)).collect();
        let mut taken = Vec::new();
        for field in fields::of(self.stream) {
            if field.holds == Holds::Json && !self.columns.json {
                continue;
            }
            let free = |title: &str| {
                let wanted = bare(title);
                (0..bares.len()).find(|i| !taken.contains(i) && bares.get(*i) == Some(&wanted))
            };
            let Some(column) = field.titles(self.stream).find_map(free) else { continue };
            if field.path != "event_id" {
                taken.push(column);
            }
            self.mapping.assigned.push(Assigned { field, column, rule: self.rule(TimeForm::Any) });
        }
    }

    fn assign(&mut self, path: &str, origin: &Origin) -> Result<(), SheetsError> {
        let field = self.field(path)?;
        let column = self.column(&origin.column)?;
        let mut rule = self.rule(origin.format.as_deref().map_or(TimeForm::Any, TimeForm::named));
        if (origin.format.is_some() || origin.zone.is_some()) && field.holds != Holds::Time {
            return Err(SheetsError::usage(format!("字段 {path} 不是时间，不能有 format 或 zone")));
        }
        if let Some(zone) = &origin.zone {
            rule.zone = zone.parse().map_err(|e| SheetsError::usage(format!("字段 {path}：{e}")))?;
        }
        self.forget(path);
        self.mapping.assigned.push(Assigned { field, column, rule });
        Ok(())
    }

    fn set(&mut self, path: &str, value: Cell) -> Result<(), SheetsError> {
        let field = self.field(path)?;
        if path == "event_id" {
            return Err(SheetsError::usage("event_id 每行不同，不能是常量"));
        }
        let shown = value.shown();
        let value = value.into_value(field, &self.rule(TimeForm::Any));
        let value = value.map_err(|_| SheetsError::usage(format!("常量 {path}：看不懂时间“{shown}”")))?;
        self.forget(path);
        self.mapping.constants.extend(value.map(|v| (field, v)));
        Ok(())
    }

    fn forget(&mut self, path: &str) {
        self.mapping.assigned.retain(|a| a.field.path != path);
        self.mapping.constants.retain(|(f, _)| f.path != path);
    }

    fn rule(&self, form: TimeForm) -> TimeRule {
        TimeRule { form, zone: self.zone.clone() }
    }

    fn field(&self, path: &str) -> Result<&'static Field, SheetsError> {
        fields::find(self.stream, path).ok_or_else(|| {
            let known = || fields::of(self.stream).map(|f| f.path.as_str());
            let hint = nearest(path, known()).map(|n| format!("，是不是 {n}？")).unwrap_or_default();
            let all = known().collect::<Vec<_>>().join("、");
            SheetsError::usage(format!("流 {} 没有字段“{path}”{hint}可用的：{all}", self.stream))
        })
    }

    fn column(&self, title: &str) -> Result<usize, SheetsError> {
        let titles = self.columns.titles;
        let exact = titles.iter().position(|t| t.trim() == title.trim());
        let near = || titles.iter().position(|t| bare(t) == bare(title));
        exact.or_else(near).ok_or_else(|| {
            let hint = nearest(title, titles.iter().map(String::as_str)).map(|n| format!("，是不是“{n}”？"));
            let all = titles.join("、");
            SheetsError::usage(format!(
                "文件没有“{title}”这一列{}现有的列：{all}",
                hint.unwrap_or_else(|| "；".to_owned())
            ))
        })
    }

    /// # Errors
    /// Something required that nothing feeds.
    fn complete(&self) -> Result<(), SheetsError> {
        let columns = self.columns.titles.join("、");
        if !self.mapping.feeds("occurred_at") {
            return Err(SheetsError::unsaid(
                &format!("没有认出发生时间的列（现有的列：{columns}）。"),
                "请用 --map occurred_at=列名 指出，或用 --occurred-at 给出所有行共同的时间；不会默认为“现在”。",
                "请在“列的对应”（接口里是 mapping）里给时间那一列选 occurred_at，或填写所有行共同的发生时间；不会默认为“现在”。",
            ));
        }
        let required = fields::of(self.stream).filter(|f| f.is_required(self.stream));
        let mut missing: Vec<&str> =
            required.map(|f| f.path.as_str()).filter(|path| !self.mapping.feeds(path)).collect();
        if self.stream == Stream::Commendations && !self.mapping.feeds("praised") {
            missing.push("praised.agent_no（或 praised.department）");
        }
        if self.stream == Stream::Deliveries && !self.mapping.feeds("lane") {
            missing.push("lane.origin（或 lane 的其他部分）");
        }
        if missing.is_empty() {
            return Ok(());
        }
        let missing = missing.join("、");
        Err(SheetsError::unsaid(
            &format!("流 {} 必须有 {missing}，但没有认出对应的列（现有的列：{columns}）。", self.stream),
            "请用 --map 字段=列名 指出，或写 --mapping 文件。",
            "请在“列的对应”（接口里是 mapping）里给相应的列选上这些字段；文件里没有的，请先补上这一列再上传。",
        ))
    }
}

fn pair<'a>(option: &str, text: &'a str) -> Result<(&'a str, &'a str), SheetsError> {
    let parts = text.split_once('=').map(|(a, b)| (a.trim(), b.trim()));
    parts
        .filter(|(a, b)| !a.is_empty() && !b.is_empty())
        .ok_or_else(|| SheetsError::usage(format!("{option} 要写成 字段=…，不能是“{text}”")))
}
