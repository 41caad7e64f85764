//! Many machines at one PostgreSQL.
