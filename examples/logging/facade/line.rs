//! A record as a line of text.

use std::fmt::Write as _;
use std::time::SystemTime;
use std::{fmt, io};

use super::Record;

/// The line of a record: the time, the level, the target, the message and the fields.
///
/// Whatever the message and the values are, it is one line, and it is clear where a value ends.
///
/// # Errors
///
/// If a `Display` of the message or of a value fails.
pub(super) fn of(record: &Record<'_>) -> io::Result<String> {
    let mut line = String::with_capacity(128);
    write(&mut line, record).map_err(io::Error::other)?;
    Ok(line)
}

fn write(line: &mut String, record: &Record<'_>) -> fmt::Result {
    let time = humantime::format_rfc3339_micros(SystemTime::now());
    write!(line, "{time} {:5} {} ", record.level, record.target)?;
    write!(Escaped(line), "{}", record.message)?;
    for field in record.fields {
        write!(line, " {}=", field.name)?;
        let value = field.value.to_string();
        if value.is_empty() || value.contains(needs_quotes) {
            write!(line, "{value:?}")?;
        } else {
            line.push_str(&value);
        }
    }
    line.push('\n');
    Ok(())
}

fn needs_quotes(character: char) -> bool {
    character.is_whitespace() || character.is_control() || matches!(character, '"' | '=' | '\\')
}

/// Writes control characters, such as the end of a line, as Rust does in a literal.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if character.is_control() {
                self.0.extend(character.escape_default());
            } else {
                self.0.push(character);
            }
        }
        Ok(())
    }
}
