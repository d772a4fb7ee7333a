//! The migrations this program ships. A shipped file is never edited: a change is a new file.

/// One migration.
pub(super) struct File {
    /// Its place in the order.
    pub number: u32,
    /// File name without number and ending.
    pub name: &'static str,
    /// Statements ended by `;`, each of which can be run again.
    pub sql: &'static str,
}

/// Makes the table in which the others are recorded.
pub(super) const JOURNAL: File =
    File { number: 0, name: "migrations", sql: include_str!("../../migrations/0000_migrations.sql") };

/// In the order of their numbers.
pub(super) const MIGRATIONS: &[File] = &[
    File { number: 1, name: "records", sql: include_str!("../../migrations/0001_records.sql") },
    File { number: 2, name: "facts", sql: include_str!("../../migrations/0002_facts.sql") },
    File { number: 3, name: "bookkeeping", sql: include_str!("../../migrations/0003_bookkeeping.sql") },
    File { number: 4, name: "attributions", sql: include_str!("../../migrations/0004_attributions.sql") },
    File { number: 5, name: "analyst_views", sql: include_str!("../../migrations/0005_analyst_views.sql") },
    File { number: 6, name: "reports", sql: include_str!("../../migrations/0006_reports.sql") },
    File {
        number: 7,
        name: "deliveries_of_reports",
        sql: include_str!("../../migrations/0007_deliveries_of_reports.sql"),
    },
    File { number: 8, name: "facts_told_anew", sql: include_str!("../../migrations/0008_facts_told_anew.sql") },
    File { number: 9, name: "taxonomies", sql: include_str!("../../migrations/0009_taxonomies.sql") },
    File { number: 10, name: "alerts", sql: include_str!("../../migrations/0010_alerts.sql") },
    File { number: 11, name: "lane_trips", sql: include_str!("../../migrations/0011_lane_trips.sql") },
    File { number: 12, name: "read_less", sql: include_str!("../../migrations/0012_read_less.sql") },
    File { number: 13, name: "links", sql: include_str!("../../migrations/0013_links.sql") },
    File { number: 14, name: "lanes_measured", sql: include_str!("../../migrations/0014_lanes_measured.sql") },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow() {
        let numbers: Vec<u32> = MIGRATIONS.iter().map(|file| file.number).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    }

    #[test]
    fn every_file_of_the_folder_is_shipped() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let on_disk = std::fs::read_dir(folder).unwrap().count();
        assert_eq!(on_disk, MIGRATIONS.len() + 1, "a file in migrations/ is not listed here");
    }
}
