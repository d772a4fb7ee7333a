//! Engine names in a migration: the only thing in which the embedded engine and a cluster differ.

use super::MigrationError;

/// Which engines fill the placeholders.
#[derive(Clone, Copy, Debug)]
pub(super) enum Engines<'a> {
    /// One server or the embedded engine.
    Single,
    /// Replicas of the cluster of that name; `{shard}` and `{replica}` are macros of its servers.
    Cluster(&'a str),
}

impl Engines<'_> {
    /// What stands between an object's name and its definition.
    pub(super) fn on_cluster(self) -> String {
        match self {
            Self::Single => String::new(),
            Self::Cluster(name) => format!("ON CLUSTER '{}'", name.replace('\\', "\\\\").replace('\'', "\\'")),
        }
    }

    /// The SQL for the placeholder `name` with `arguments`; `None` where there is no such placeholder.
    fn fill(self, name: &str, arguments: &str) -> Option<String> {
        let family = match name {
            "on_cluster" => return Some(self.on_cluster()),
            "merge_tree" => "MergeTree",
            "replacing" => "ReplacingMergeTree",
            _ => return None,
        };
        Some(match self {
            Self::Single if arguments.is_empty() => family.to_owned(),
            Self::Single => format!("{family}({arguments})"),
            Self::Cluster(_) => {
                let comma = if arguments.is_empty() { "" } else { ", " };
                format!(
                    "Replicated{family}('/clickhouse/tables/{{shard}}/{{database}}/{{table}}', '{{replica}}'{comma}{arguments})"
                )
            }
        })
    }
}

/// Fills every `{{name}}` and `{{name(arguments)}}`.
///
/// # Errors
/// [`MigrationError::Placeholder`] for a name that means nothing, or braces that do not close.
pub(super) fn render(migration: &str, sql: &str, engines: Engines<'_>) -> Result<String, MigrationError> {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once("{{") {
        let (placeholder, after) = after.split_once("}}").unwrap_or((after.lines().next().unwrap_or_default(), ""));
        let (name, arguments) = placeholder.split_once('(').unwrap_or((placeholder, ""));
        let filled = engines.fill(name.trim(), arguments.trim_end_matches(')'));
        let unknown =
            || MigrationError::Placeholder { placeholder: placeholder.to_owned(), name: migration.to_owned() };
        out.push_str(before);
        out.push_str(&filled.ok_or_else(unknown)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, single: &str, cluster: &str) {
        assert_eq!(render("test", sql, Engines::Single).unwrap(), single);
        assert_eq!(render("test", sql, Engines::Cluster("main")).unwrap(), cluster);
    }

    #[test]
    fn placeholders_are_filled() {
        check("SELECT '{}', {x:UInt8}", "SELECT '{}', {x:UInt8}", "SELECT '{}', {x:UInt8}");
        check("CREATE TABLE a {{on_cluster}} (", "CREATE TABLE a  (", "CREATE TABLE a ON CLUSTER 'main' (");
        check(
            "ENGINE = {{replacing(version, is_deleted)}} ORDER BY x",
            "ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY x",
            "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', \
             version, is_deleted) ORDER BY x",
        );
        check(
            "ENGINE = {{merge_tree}}",
            "ENGINE = MergeTree",
            "ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')",
        );
    }

    #[test]
    fn an_unknown_placeholder_is_an_error_that_names_it() {
        for sql in ["{{replacng(version)}}", "{{}}", "a {{on_cluster b"] {
            let error = render("0007", sql, Engines::Single).unwrap_err();
            assert!(error.to_string().contains("0007"), "{error}");
        }
        let error = render("x", "{{replacng(version)}}", Engines::Single).unwrap_err();
        assert!(error.to_string().contains("{{replacng(version)}}"), "{error}");
    }
}
