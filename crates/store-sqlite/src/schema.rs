//! Numbered migrations, in order, each in its own transaction.

use rusqlite::{Connection, TransactionBehavior};
use store::StoreError;

use crate::open::OpenError;
use crate::row;

/// Brings the database to this program's schema; refuses one that a newer program has written.
pub(crate) fn migrate(conn: &mut Connection) -> Result<(), OpenError> {
    let found = version(conn)?;
    if found > CURRENT {
        return Err(OpenError::NewerSchema {
            found,
            known: CURRENT,
        });
    }
    for (number, sql) in (1..).zip(MIGRATIONS) {
        if number > found {
            step(conn, number, sql).map_err(|error| row::broken(&error))?;
        }
    }
    Ok(())
}

/// The number of the last migration that the database has seen; 0 if it is empty.
pub(crate) fn version(conn: &Connection) -> Result<i64, StoreError> {
    conn.query_row("pragma user_version", (), |row| row.get(0))
        .map_err(|error| row::broken(&error))
}

fn step(conn: &mut Connection, number: i64, sql: &str) -> rusqlite::Result<()> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(sql)?;
    transaction.pragma_update(None, "user_version", number)?;
    transaction.commit()
}

const MIGRATIONS: &[&str] = &[include_str!("../migrations/0001_first.sql")];

/// The number of the last of [`MIGRATIONS`].
pub(crate) const CURRENT: i64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_counted() {
        assert_eq!(i64::try_from(MIGRATIONS.len()).unwrap(), CURRENT);
    }

    #[test]
    fn every_query_prepares_and_numbers_its_parameters_in_order() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        for (file, sql) in store::sql::ALL {
            let statement = conn
                .prepare(sql)
                .unwrap_or_else(|error| panic!("{file}: {error}"));
            for index in 1..=statement.parameter_count() {
                let name = statement.parameter_name(index).unwrap();
                assert_eq!(name, format!("${index}"), "{file}");
            }
        }
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();

        let half = "create table half (a integer) strict; create table audit (a integer) strict;";
        assert!(step(&mut conn, CURRENT + 1, half).is_err());

        assert_eq!(version(&conn).unwrap(), CURRENT);
        assert!(!conn.table_exists(None, "half").unwrap());
        let whole = "create table whole (a integer) strict;";
        step(&mut conn, CURRENT + 1, whole).unwrap();
        assert_eq!(version(&conn).unwrap(), CURRENT + 1);
    }

    #[test]
    fn a_schema_that_is_up_to_date_stays_as_it_is() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        let schema = |conn: &Connection| -> Vec<String> {
            let sql = "select coalesce(sql, '') from sqlite_schema order by name";
            let mut statement = conn.prepare(sql).unwrap();
            let rows = statement.query_map((), |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        };
        let before = schema(&conn);

        migrate(&mut conn).unwrap();

        assert_eq!(schema(&conn), before);
        assert!(before.len() > 20);
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.pragma_update(None, "user_version", CURRENT + 1)
            .unwrap();
        assert!(matches!(
            migrate(&mut conn),
            Err(OpenError::NewerSchema { found: 2, known: 1 })
        ));
    }
}
