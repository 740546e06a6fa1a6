//! Limits and options of a connection, by SQLite's numbers.

use crate::errors;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use taipan_vm::{Result, Vm};

pub fn limit_of(vm: &mut Vm, category: i32) -> Result<Limit> {
    let all = [
        Limit::SQLITE_LIMIT_LENGTH,
        Limit::SQLITE_LIMIT_SQL_LENGTH,
        Limit::SQLITE_LIMIT_COLUMN,
        Limit::SQLITE_LIMIT_EXPR_DEPTH,
        Limit::SQLITE_LIMIT_COMPOUND_SELECT,
        Limit::SQLITE_LIMIT_VDBE_OP,
        Limit::SQLITE_LIMIT_FUNCTION_ARG,
        Limit::SQLITE_LIMIT_ATTACHED,
        Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH,
        Limit::SQLITE_LIMIT_VARIABLE_NUMBER,
        Limit::SQLITE_LIMIT_TRIGGER_DEPTH,
        Limit::SQLITE_LIMIT_WORKER_THREADS,
    ];
    match all.into_iter().find(|limit| *limit as i32 == category) {
        Some(limit) => Ok(limit),
        None => Err(errors::raise(vm, errors::PROGRAMMING, "'category' is out of bounds")),
    }
}

pub fn config_of(vm: &mut Vm, op: i32) -> Result<DbConfig> {
    let all = [
        DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY,
        DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
        DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER,
        DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
        DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG,
        DbConfig::SQLITE_DBCONFIG_TRIGGER_EQP,
        DbConfig::SQLITE_DBCONFIG_RESET_DATABASE,
        DbConfig::SQLITE_DBCONFIG_DEFENSIVE,
        DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA,
        DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE,
        DbConfig::SQLITE_DBCONFIG_DQS_DML,
        DbConfig::SQLITE_DBCONFIG_DQS_DDL,
        DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW,
        DbConfig::SQLITE_DBCONFIG_LEGACY_FILE_FORMAT,
        DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA,
    ];
    match all.into_iter().find(|option| *option as i32 == op) {
        Some(option) => Ok(option),
        None => Err(vm.raise_value_error(&format!("unknown config 'op': {op}"))),
    }
}
