//! Taxonomies as people saved them.

use clickhouse::{Row, query::Query};
use serde::{Deserialize, Serialize};

use crate::{Warehouse, WarehouseError};

/// One version. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct StoredTaxonomy {
    pub version: u32,
    pub at: i64,
    pub saved_by: String,
    /// Why, in the words of who saved it.
    pub note: String,
    /// TOML; empty in lists.
    pub file: String,
}

#[derive(Serialize)]
struct NewTaxonomy<'a> {
    version: u32,
    saved_at: i64,
    saved_by: &'a str,
    note: &'a str,
    file: &'a str,
}

/// Versions listed.
const LISTED: u32 = 200;

impl Warehouse {
    /// Versions, the newest first, without their files.
    ///
    /// # Errors
    /// What the server says.
    pub async fn taxonomies(&self) -> Result<Vec<StoredTaxonomy>, WarehouseError> {
        self.read_taxonomies(|query| query.param("after", 0).param("version", 0).param("limit", LISTED), false).await
    }

    /// One version with its file.
    ///
    /// # Errors
    /// What the server says.
    pub async fn taxonomy(&self, version: u32) -> Result<Option<StoredTaxonomy>, WarehouseError> {
        let bind = |query: Query| query.param("after", 0).param("version", version).param("limit", 1);
        Ok(self.read_taxonomies(bind, true).await?.pop())
    }

    /// The newest version after `version`, with its file; `None`: that one is the newest.
    ///
    /// # Errors
    /// What the server says.
    pub async fn taxonomy_after(&self, version: u32) -> Result<Option<StoredTaxonomy>, WarehouseError> {
        let bind = |query: Query| query.param("after", version).param("version", 0).param("limit", 1);
        Ok(self.read_taxonomies(bind, true).await?.pop())
    }

    async fn read_taxonomies(
        &self,
        bind: impl Fn(Query) -> Query,
        with_file: bool,
    ) -> Result<Vec<StoredTaxonomy>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/taxonomies.sql");
        self.fetch_all("reading taxonomies", SQL, |query| bind(query).param("with_file", with_file)).await
    }

    /// Keeps a version; of two of one number the first counts, so look afterwards which one it was.
    ///
    /// # Errors
    /// What the server says.
    pub async fn keep_taxonomy(&self, taxonomy: &StoredTaxonomy) -> Result<(), WarehouseError> {
        let row = NewTaxonomy {
            version: taxonomy.version,
            saved_at: taxonomy.at,
            saved_by: &taxonomy.saved_by,
            note: &taxonomy.note,
            file: &taxonomy.file,
        };
        self.insert_rows("taxonomies", [row]).await
    }
}
