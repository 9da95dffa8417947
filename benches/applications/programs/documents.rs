//! Cleans an HTML document, as a web application does with what its users send, while the application's own log
//! statements are enabled and those of its libraries are not.

mod serve;

use log::LevelFilter;

static TEXT: &str = include_str!("../../../examples/data/alice29.txt");

const TIMES: u32 = 2;

fn main() {
    env_logger::Builder::new()
        .filter_level(LevelFilter::Off)
        .filter_module(module_path!(), LevelFilter::Trace)
        .init();
    let document = document();
    serve::serve(|| {
        let cleaned = (0..TIMES).map(|_| ammonia::clean(&document));
        cleaned.last()
    });
}

/// The text, a paragraph for each of its paragraphs, with a link in each line.
fn document() -> String {
    let line = |line: &str| match line.split_once(' ') {
        Some((word, rest)) => {
            format!("<a href=\"/words?of={word}&amp;from=alice\">{word}</a> {rest}\n")
        }
        None => format!("{line}\n"),
    };
    let paragraph = |paragraph: &str| {
        let lines: String = paragraph.lines().map(line).collect();
        format!("<p class=\"text\" onclick=\"turn()\">{lines}</p>\n")
    };
    TEXT.split("\n\n").map(paragraph).collect()
}
