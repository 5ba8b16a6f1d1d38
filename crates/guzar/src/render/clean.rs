//! Texts from other people, made safe for a terminal: nobody abroad moves our cursor or turns our lines round.

/// One line.
pub(crate) fn line(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' | '\t' => ' ',
            letter if is_unsafe(letter) => char::REPLACEMENT_CHARACTER,
            letter => letter,
        })
        .collect()
}

/// A text that may have several lines.
pub(crate) fn block(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' => '\n',
            '\t' => ' ',
            letter if is_unsafe(letter) => char::REPLACEMENT_CHARACTER,
            letter => letter,
        })
        .collect()
}

/// Control characters (escape sequences begin with one), and those that turn the direction of writing.
fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{061c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_escape_sequence_reaches_the_terminal() {
        assert_eq!(line("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb c");
        assert_eq!(block("a\r\nb\u{202e}c"), "a\u{fffd}\nb\u{fffd}c");
        assert_eq!(
            line("Қурғонтеппа – O‘zbekiston"),
            "Қурғонтеппа – O‘zbekiston"
        );
    }
}
