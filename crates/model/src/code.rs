//! A coded value: one entry of a list in `data/codes`.

use crate::ids::code_id;

code_id!(
    /// A coded value such as `heroin` or `wheel-arch`. Its list says what it means, in six languages.
    Code,
    "1 to 40 of a-z, 0-9 and '-'",
    |text| (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
);
