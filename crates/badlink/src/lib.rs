//! badlink
