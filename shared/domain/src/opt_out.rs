//! What a reply to one of our texts asks for: no more of them, or texts again; and which of the two holds in the end.

use jiff::Timestamp;

/// What a person asked for with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptKeyword {
    /// No more texts.
    Stop,
    /// Texts again.
    Start,
}

/// Words that mean stop wherever a line begins with them. AWS, the carriers' rules and the FCC name the English ones.
const STOP: [&str; 8] = ["stop", "stopall", "stopp", "unsubscribe", "optout", "revoke", "arret", "arreter"];
/// Words that mean stop when nothing else is said: `cancel` does, `cancel my order` is for a person to read.
const STOP_ALONE: [&str; 7] = ["cancel", "end", "quit", "remove", "td", "alto", "baja"];
/// Words that mean start when nothing else is said. Not `yes`: no text of ours asks anything, so it would answer somebody else,
/// and consent is not guessed.
const START: [&str; 3] = ["start", "unstop", "optin"];
/// What people add without meaning anything by it.
const FILLER: [&str; 20] = [
    "please", "pls", "kindly", "thanks", "thank", "you", "now", "all", "again", "me", "my", "these", "the", "sms", "text",
    "texts", "texting", "message", "messages", "bitte",
];

/// The keyword in a text, if there is one: in any case, with or without accents and punctuation, with courtesies around it,
/// on any line (phones add signatures). A text that says both means stop.
#[must_use]
pub fn keyword(text: &str) -> Option<OptKeyword> {
    let said: Vec<_> = text.lines().filter_map(line_keyword).collect();
    [OptKeyword::Stop, OptKeyword::Start].into_iter().find(|keyword| said.contains(keyword))
}

/// Whether texts are stopped, from the latest moments at which that was asked for and taken back, in whatever order they
/// became known. At the same moment stop holds.
#[must_use]
pub fn is_stopped(stopped_at: Option<Timestamp>, started_at: Option<Timestamp>) -> bool {
    stopped_at.is_some_and(|stopped| started_at.is_none_or(|started| stopped >= started))
}

fn line_keyword(line: &str) -> Option<OptKeyword> {
    let words = words(line);
    let mut meant = words.iter().map(String::as_str).filter(|word| !FILLER.contains(word));
    let (first, more) = (meant.next()?, meant.next().is_some());
    if STOP.contains(&first) || (STOP_ALONE.contains(&first) && !more) {
        return Some(OptKeyword::Stop);
    }
    (START.contains(&first) && !more).then_some(OptKeyword::Start)
}

/// The words of a line: plain small letters and digits, `opt out` as one word, `s.t.o.p` too.
fn words(line: &str) -> Vec<String> {
    let plain: String = line.chars().flat_map(char::to_lowercase).filter_map(plain).collect();
    let mut words: Vec<String> =
        plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if words.len() > 1 && words.iter().all(|word| word.chars().count() == 1) {
        return vec![words.concat()];
    }
    if let Some(at) = words.windows(2).position(|pair| pair[0] == "opt" && ["out", "in"].contains(&pair[1].as_str())) {
        let rest = words.remove(at + 1);
        words[at].push_str(&rest);
    }
    words
}

/// A letter without its accent; nothing for what is not seen: marks that combine, joiners, directions.
fn plain(c: char) -> Option<char> {
    Some(match c {
        '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' => {
            return None;
        }
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        // The wide letters of East Asian keyboards.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    })
}

#[cfg(test)]
mod tests {
    use super::{OptKeyword::*, *};
    use proptest::prelude::*;

    #[test]
    fn replies_mean_what_people_mean_by_them() {
        let table: [(Option<OptKeyword>, &[&str]); 3] = [
            (
                Some(Stop),
                &[
                    // The ten that AWS and the carriers require, the FCC's, and those of other languages.
                    "ARRET",
                    "CANCEL",
                    "END",
                    "OPT-OUT",
                    "OPTOUT",
                    "QUIT",
                    "REMOVE",
                    "STOP",
                    "TD",
                    "UNSUBSCRIBE",
                    "REVOKE",
                    "OPT OUT",
                    "STOPALL",
                    "STOP ALL",
                    "STOPP",
                    "ARRÊT",
                    "Arre\u{302}t",
                    "ALTO",
                    "BAJA",
                    "Arrêter",
                    // Forms.
                    "stop",
                    "Stop",
                    " stop ",
                    "STOP.",
                    "Stop!!!",
                    "\"STOP\"",
                    "“Stop”",
                    "'stop'",
                    "*STOP*",
                    "s t o p",
                    "S.T.O.P.",
                    "ＳＴＯＰ",
                    "\u{200b}STOP\u{feff}",
                    "\tSTOP\r\n",
                    "stop\u{a0}",
                    // Sentences.
                    "stop please",
                    "Please stop",
                    "STOP, thank you",
                    "stop texting me!",
                    "Stop sending me these",
                    "Bitte stopp",
                    "cancel please",
                    "End texts",
                    "quit texting me",
                    "remove me",
                    "opt out of these texts",
                    "please opt-out",
                    "revoke my consent",
                    // Signatures, and more than one line.
                    "STOP\n\nSent from my phone",
                    "Hello\nstop",
                    "START\nSTOP",
                ],
            ),
            (
                Some(Start),
                &[
                    "START",
                    "start",
                    "Start.",
                    "UNSTOP",
                    "unstop, thanks",
                    "please start",
                    "start again",
                    "Start texts again, please",
                    "opt in",
                    "OPT-IN",
                    "ｓｔａｒｔ",
                    "Start\n\nSent from my phone",
                ],
            ),
            (
                None,
                &[
                    "",
                    " ",
                    "?",
                    "\n",
                    "yes",
                    "no",
                    "ok",
                    "help",
                    "1",
                    "👍",
                    "When does it come?",
                    "Thanks!",
                    "don't stop",
                    "Please don’t stop",
                    "non-stop",
                    "unstoppable",
                    "stopwatch",
                    "Stopped by, nobody there",
                    "bus stop",
                    "Where does it end?",
                    "Cancel my order",
                    "remove the mug from my order",
                    "End of the road, green door",
                    "Quite late",
                    "Alto Street 5",
                    "tdx",
                    "opt",
                    "out",
                    "I will start on Monday",
                    "start of delivery?",
                    "restart",
                    "Liked “Reply STOP to end texts”",
                    "Reply STOP to end texts",
                    "un stop",
                ],
            ),
        ];
        for (wanted, texts) in table {
            for text in texts {
                assert_eq!(keyword(text), wanted, "{text:?}");
            }
        }
    }

    #[test]
    fn the_latest_word_holds_and_a_tie_is_a_stop() {
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        for (stopped_at, started_at, wanted) in [
            (None, None, false),
            (None, at(1), false),
            (at(1), None, true),
            (at(1), at(2), false),
            (at(2), at(1), true),
            (at(1), at(1), true),
        ] {
            assert_eq!(is_stopped(stopped_at, started_at), wanted, "{stopped_at:?} {started_at:?}");
        }
    }

    proptest! {
        #[test]
        fn no_decoration_hides_a_stop(
            word in prop::sample::select(STOP.iter().chain(&STOP_ALONE).copied().collect::<Vec<_>>()),
            capitals in any::<u32>(),
            before in "[ \t\"'*.!¡(-]{0,4}",
            after in "([ \t\"'*.!?,;)-]{0,4})|( please)|(, thanks!)|(\n\nSent from my phone)",
        ) {
            let word: String = word
                .chars()
                .enumerate()
                .map(|(at, c)| if capitals >> at & 1 == 1 { c.to_ascii_uppercase() } else { c })
                .collect();
            prop_assert_eq!(keyword(&format!("{before}{word}{after}")), Some(Stop));
        }

        #[test]
        fn any_text_is_read_without_harm(text in ".{0,200}") {
            let _read = keyword(&text);
        }
    }
}
