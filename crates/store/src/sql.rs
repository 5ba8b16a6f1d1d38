//! The SQL, by noun: one statement a file, compiled in. A file that is not listed here does not exist.

macro_rules! queries {
    ($($noun:ident { $($name:ident = $verb:literal,)* })*) => {
        $(pub mod $noun {
            $(pub const $name: &str = include_str!(concat!(
                "../queries/", stringify!($noun), "/", $verb, ".sql"
            ));)*
        })*

        /// All statements with the name of their file, for the test that prepares each of them.
        pub const ALL: &[(&str, &str)] = &[
            $($((concat!(stringify!($noun), "/", $verb), $noun::$name),)*)*
        ];
    };
}

queries! {
    act {
        ADD = "add",
        LIST = "list",
    }
    arrival {
        ADD = "add",
        AT = "at",
        BEFORE = "before",
        DROP = "drop",
        EXTEND = "extend",
        LIST = "list",
    }
    attachment {
        ADD = "add",
        COMPLETE = "complete",
        FIND = "find",
        LIST = "list",
        MOVE = "move",
        WANTED = "wanted",
    }
    audit {
        ADD = "add",
        AFTER = "after",
        LAST = "last",
        OF_DIGEST = "of_digest",
        OF_TEXT = "of_text",
    }
    counter {
        LIST = "list",
        RAISE = "raise",
    }
    custody {
        ADD = "add",
        ANY = "any",
        END = "end",
        HELD = "held",
        LIST = "list",
        OVERDUE = "overdue",
        TOTAL = "total",
        TOTAL_MOVE = "total_move",
    }
    delivery {
        ADD = "add",
        COUNTS = "counts",
        LIST = "list",
        MOVE = "move",
        OUTBOX = "outbox",
        OVERDUE = "overdue",
        SENT = "sent",
        SENT_BETWEEN = "sent_between",
        WAITING = "waiting",
    }
    digest {
        ADD = "add",
        FIND = "find",
    }
    dispatch {
        ADD = "add",
        ALL = "all",
        BY_PREFIX = "by_prefix",
        BY_REFERENCE = "by_reference",
        DROP = "drop",
        EMPTY = "empty",
        KEPT = "kept",
        LINE = "line",
        LIST = "list",
        LIST_OF_CASE = "list_of_case",
        SORT = "sort",
    }
    maintenance {
        TOTALS = "totals",
    }
    meta {
        FIND = "find",
        PUT = "put",
    }
    name {
        ADD = "add",
        FIND = "find",
    }
    parent {
        ADD = "add",
        CHILDREN = "children",
        DROP = "drop",
        LIST = "list",
    }
    piece {
        ADD = "add",
        DROP = "drop",
        LIST = "list",
    }
    progress {
        ADD = "add",
        LIST = "list",
    }
    quarantine {
        ADD = "add",
        DROP = "drop",
        FIRST = "first",
        LAST = "last",
        LIST = "list",
    }
    receipt {
        ADD = "add",
        BY = "by",
        LIST = "list",
    }
    secret {
        DROP = "drop",
        FIND = "find",
        LIST = "list",
        PUT = "put",
    }
    submission {
        ADD = "add",
        FIND = "find",
    }
    void {
        ADD = "add",
        LIST = "list",
    }
}
