//! The name of a ClickHouse type → how its values are laid out.

use super::BlockError;

/// How the values of a column are laid out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind<'t> {
    /// So many bytes each.
    Fixed(usize),
    /// A length and so many bytes each.
    Text,
    /// Places in a dictionary of texts.
    Dictionary,
    /// A value of the inner type or none.
    Nullable(&'t str),
    /// Any number of values of the inner type.
    Array(&'t str),
}

/// # Errors
/// [`BlockError::UnknownType`] for types that no table of ours has.
pub(super) fn parse(name: &str) -> Result<Kind<'_>, BlockError> {
    let (outer, inner) = match name.split_once('(') {
        Some((outer, rest)) => (outer, rest.strip_suffix(')').unwrap_or(rest)),
        None => (name, ""),
    };
    let unknown = || BlockError::UnknownType(name.to_owned());
    Ok(match outer {
        "Bool" | "UInt8" | "Int8" => Kind::Fixed(1),
        "UInt16" | "Int16" => Kind::Fixed(2),
        "UInt32" | "Int32" | "Float32" => Kind::Fixed(4),
        "UInt64" | "Int64" | "Float64" | "DateTime64" => Kind::Fixed(8),
        "UInt128" | "Int128" => Kind::Fixed(16),
        "FixedString" => Kind::Fixed(inner.parse().map_err(|_| unknown())?),
        "String" => Kind::Text,
        "LowCardinality" if inner == "String" => Kind::Dictionary,
        "Nullable" => Kind::Nullable(inner),
        "Array" => Kind::Array(inner),
        _ => return Err(unknown()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read() {
        let check = |name, kind| assert_eq!(parse(name).unwrap(), kind, "{name}");
        check("DateTime64(3, 'UTC')", Kind::Fixed(8));
        check("FixedString(16)", Kind::Fixed(16));
        check("UInt128", Kind::Fixed(16));
        check("LowCardinality(String)", Kind::Dictionary);
        check("Nullable(DateTime64(3, 'UTC'))", Kind::Nullable("DateTime64(3, 'UTC')"));
        check("Array(Array(UInt32))", Kind::Array("Array(UInt32)"));
        for name in ["", "Map(String, String)", "FixedString(x)", "LowCardinality(Nullable(String))"] {
            assert!(parse(name).is_err(), "{name}");
        }
    }
}
