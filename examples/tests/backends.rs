//! The command line of the example `backends`.

mod support;

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt as _;
use predicates::str::{contains, is_empty, is_match};
use redb::{ReadableDatabase as _, ReadableTableMetadata as _, TableDefinition};
use rusqlite::Connection;
use tempfile::TempDir;

/// Seven words, of which five are different.
const TEXT: &str = "One fish, two fish\n\n  RED _fish_ don't\n";

const DATABASES: [&str; 2] = ["redb", "sqlite"];

/// A directory to work in, with one for temporary files.
struct Workplace {
    directory: TempDir,
    temporary: TempDir,
}

impl Workplace {
    fn new() -> Self {
        Self {
            directory: TempDir::new().unwrap(),
            temporary: TempDir::new().unwrap(),
        }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A workplace with a file in it.
    fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        let workplace = Self::new();
        fs::write(workplace.path().join(name), content).unwrap();
        workplace
    }

    fn backends(&self, arguments: &[&str]) -> Command {
        let mut command = support::example("backends");
        command
            .args(arguments)
            .current_dir(self.path())
            .env("TMPDIR", self.temporary.path())
            .env_remove("STORE_BACKEND");
        command
    }

    /// Checks that the directory has exactly these entries, and that of temporary files none.
    #[track_caller]
    fn has(&self, expected: &[&str]) {
        assert_eq!(entries(self.path()), expected);
        assert_eq!(entries(self.temporary.path()), Vec::<String>::new());
    }
}

fn entries(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_backend_gives_back_the_words() {
    for backend in ["memory", "redb", "sqlite"] {
        let workplace = Workplace::with("text", TEXT);
        workplace
            .backends(&["--backend", backend, "--input", "text"])
            .assert()
            .success()
            .stderr(is_empty())
            .stdout(contains(format!(
                "7 words, 5 of them different, go to the {backend} store"
            )))
            .stdout(is_match(r"(?m)^fish +3 +1:5$").unwrap())
            .stdout(is_match(r"(?m)^don't +1 +3:14$").unwrap())
            .stdout(is_match(r"(?m)^red +1 +3:3$").unwrap())
            .stdout(contains("IMPLEMENTATION"))
            .stdout(
                is_match(r"(?m)^get +[1-9][0-9,]* +[1-9][0-9,]* +[0-9.]+ +[0-9.]+[nµm]s$").unwrap(),
            );
        workplace.has(&["text"]);
    }
}

#[test]
fn a_text_ships_with_the_example() {
    let workplace = Workplace::new();
    workplace
        .backends(&[])
        .assert()
        .success()
        .stdout(contains(
            "26,685 words, 2,638 of them different, go to the memory store",
        ))
        .stdout(is_match(r"(?m)^the +1,642 +9:16$").unwrap())
        .stdout(is_match(r"(?m)^alice +386 +19:3$").unwrap());
    workplace.has(&[]);
}

#[test]
fn apostrophes_are_alike_and_underscores_are_none() {
    let workplace = Workplace::with("text", "_Don’t_ DON'T 'don't'\r\n'\n");
    workplace
        .backends(&["--input", "text"])
        .assert()
        .success()
        .stdout(contains("3 words, 1 of them different"))
        .stdout(is_match(r"(?m)^don't +3 +1:2$").unwrap());
}

#[test]
fn the_environment_names_the_backend_and_the_command_line_overrides_it() {
    let workplace = Workplace::with("text", TEXT);
    workplace
        .backends(&["--input", "text"])
        .env("STORE_BACKEND", "sqlite")
        .assert()
        .success()
        .stdout(contains("go to the sqlite store"));
    workplace
        .backends(&["--input", "text", "--backend", "redb"])
        .env("STORE_BACKEND", "sqlite")
        .assert()
        .success()
        .stdout(contains("go to the redb store"));
}

#[test]
fn a_database_stays_where_it_was_asked_for() {
    for backend in DATABASES {
        let workplace = Workplace::with("text", TEXT);
        workplace
            .backends(&["--backend", backend, "--input", "text", "--db", "words"])
            .assert()
            .success()
            .stdout(contains("The database is in words."));
        workplace.has(&["text", "words"]);
        let path = workplace.path().join("words");
        let stored = match backend {
            "redb" => redb_len(&path),
            _ => sqlite_len(&path),
        };
        assert_eq!(stored, 5, "{backend}");
    }
}

fn redb_len(path: &Path) -> u64 {
    let table = TableDefinition::<&str, &[u8]>::new("store");
    let database = redb::Database::open(path).unwrap();
    let transaction = database.begin_read().unwrap();
    transaction.open_table(table).unwrap().len().unwrap()
}

fn sqlite_len(path: &Path) -> u64 {
    let connection = Connection::open(path).unwrap();
    connection
        .query_row("SELECT count(*) FROM store", [], |row| row.get(0))
        .unwrap()
}

#[test]
fn a_file_in_the_way_is_kept() {
    for backend in DATABASES {
        let workplace = Workplace::with("words", "precious");
        workplace
            .backends(&["--backend", backend, "--db", "words"])
            .assert()
            .code(1)
            .stdout(is_empty())
            .stderr(contains("error: words exists already"));
        workplace.has(&["words"]);
        let content = fs::read_to_string(workplace.path().join("words")).unwrap();
        assert_eq!(content, "precious");
    }
}

#[test]
fn a_missing_file_is_named() {
    let workplace = Workplace::new();
    workplace
        .backends(&["--backend", "redb", "--input", "nowhere", "--db", "words"])
        .assert()
        .code(1)
        .stdout(is_empty())
        .stderr(contains("cannot read nowhere: No such file"));
    workplace.has(&[]);
}

#[test]
fn bad_utf_8_is_located() {
    let workplace = Workplace::with("text", b"one\ntwo\nth\xffree\n");
    workplace
        .backends(&["--backend", "sqlite", "--input", "text", "--db", "words"])
        .assert()
        .code(1)
        .stdout(is_empty())
        .stderr(contains("text is not UTF-8: line 3, byte offset 10"));
    workplace.has(&["text"]);
}

#[test]
fn a_text_without_words_is_refused() {
    let workplace = Workplace::with("text", "...\n");
    workplace
        .backends(&["--backend", "sqlite", "--input", "text", "--db", "words"])
        .assert()
        .code(1)
        .stdout(is_empty())
        .stderr(contains("the text has no words"));
    workplace.has(&["text"]);
}

#[test]
fn an_unwritable_database_is_named() {
    for backend in DATABASES {
        let workplace = Workplace::with("file", "");
        for (path, cause) in [
            ("nowhere/words", "No such file or directory"),
            ("file/words", "Not a directory"),
        ] {
            workplace
                .backends(&["--backend", backend, "--db", path])
                .assert()
                .code(1)
                .stdout(is_empty())
                .stderr(
                    contains(format!("cannot create the database {path}")).and(contains(cause)),
                );
            workplace.has(&["file"]);
        }
    }
}

/// The shell limits how long a file may grow, so that storing fails midway.
#[cfg(unix)]
#[test]
fn a_failure_midway_leaves_nothing() {
    for (backend, cause) in [("redb", "File too large"), ("sqlite", "disk I/O error")] {
        let workplace = Workplace::new();
        let program = support::example("backends").get_program().to_owned();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "trap '' XFSZ; ulimit -f 160; exec \"$@\"", "sh"])
            .arg(program)
            .args(["--backend", backend, "--db", "words"])
            .current_dir(workplace.path())
            .env("TMPDIR", workplace.temporary.path())
            .assert()
            .code(1)
            .stderr(contains("error: cannot store the words").and(contains(cause)));
        workplace.has(&[]);
    }
}

#[test]
fn an_unknown_backend_is_refused() {
    let workplace = Workplace::new();
    let cause = || contains("invalid value 'papyrus'").and(contains("memory, redb, sqlite"));
    workplace
        .backends(&["--backend", "papyrus", "--db", "words"])
        .assert()
        .code(2)
        .stderr(cause());
    workplace
        .backends(&["--db", "words"])
        .env("STORE_BACKEND", "papyrus")
        .assert()
        .code(2)
        .stderr(cause());
    workplace.has(&[]);
}

#[test]
fn the_memory_store_takes_no_path() {
    let workplace = Workplace::new();
    workplace
        .backends(&["--db", "words"])
        .assert()
        .code(2)
        .stderr(contains("the memory store has no database file"));
    workplace.has(&[]);
}
