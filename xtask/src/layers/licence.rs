//! Licence expressions as manifests have them: SPDX, and the older `MIT/Apache-2.0`.

use std::iter::Peekable;
use std::vec::IntoIter;

/// Says whether the expression can be kept with the licences of this list alone; `None` if it cannot be read.
pub(super) fn is_allowed(expression: &str, allowed: &[String]) -> Option<bool> {
    let mut reader = Reader {
        words: words(expression).into_iter().peekable(),
        allowed,
    };
    let answer = reader.any()?;
    reader.words.next().is_none().then_some(answer)
}

fn words(expression: &str) -> Vec<String> {
    expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ")
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

struct Reader<'a> {
    words: Peekable<IntoIter<String>>,
    allowed: &'a [String],
}

impl Reader<'_> {
    /// Terms joined by OR: the weakest tie.
    fn any(&mut self) -> Option<bool> {
        let mut answer = self.all()?;
        while self.words.next_if(|word| word == "OR").is_some() {
            answer |= self.all()?;
        }
        Some(answer)
    }

    fn all(&mut self) -> Option<bool> {
        let mut answer = self.one()?;
        while self.words.next_if(|word| word == "AND").is_some() {
            answer &= self.one()?;
        }
        Some(answer)
    }

    /// One licence, with an exception or without, or an expression in brackets.
    fn one(&mut self) -> Option<bool> {
        let mut licence = self.words.next()?;
        if licence == "(" {
            let answer = self.any()?;
            return (self.words.next()? == ")").then_some(answer);
        }
        if matches!(licence.as_str(), ")" | "AND" | "OR" | "WITH") {
            return None;
        }
        if self.words.next_if(|word| word == "WITH").is_some() {
            licence = format!("{licence} WITH {}", self.words.next()?);
        }
        Some(self.allowed.contains(&licence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str) -> Option<bool> {
        let allowed = ["MIT", "ISC", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];
        is_allowed(expression, &allowed.map(str::to_owned))
    }

    #[test]
    fn one_of_several_licences_is_enough_and_all_of_a_sum_are_needed() {
        for kept in [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 / GPL-2.0",
            "ISC AND (GPL-2.0 OR MIT)",
            "GPL-2.0 AND ISC OR MIT",
            "Apache-2.0 WITH LLVM-exception AND MIT",
        ] {
            assert_eq!(check(kept), Some(true), "{kept}");
        }
        for broken in [
            "GPL-3.0",
            "MIT AND GPL-2.0",
            "(MIT OR ISC) AND GPL-2.0",
            "MIT WITH LLVM-exception",
            "mit",
        ] {
            assert_eq!(check(broken), Some(false), "{broken}");
        }
    }

    #[test]
    fn what_is_no_expression_is_not_allowed_by_accident() {
        for strange in [
            "", "MIT ISC", "OR MIT", "MIT OR", "(MIT", "MIT)", "MIT WITH", "()",
        ] {
            assert_eq!(check(strange), None, "{strange}");
        }
    }
}
