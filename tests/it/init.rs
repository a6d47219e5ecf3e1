//! A new book: its jobs for continuous integration are run, line by line.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_casebook");

/// A new book in a folder of its own.
fn book() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let status =
        Command::new(PROGRAM).args(["init", "--empty"]).arg(folder.path()).output().unwrap().status;
    assert!(status.success());
    folder
}

fn lines(book: &Path, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(book.join(file)).unwrap();
    assert!(!text.contains("cargo install") && !text.contains("{{version"), "{text}");
    text.lines().map(str::to_string).collect()
}

/// The commands of a GitHub workflow: what stands after `run:`, or indented below it.
fn github(lines: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    let mut block: Option<(usize, String)> = None;
    for line in lines.iter().map(String::as_str).chain([""]) {
        let indent = line.len() - line.trim_start().len();
        if let Some((depth, text)) = &mut block {
            if indent > *depth {
                text.push_str(&format!("{line}\n"));
                continue;
            }
            out.extend(block.take().map(|(_, text)| text));
        }
        match line.trim_start().trim_start_matches("- ").strip_prefix("run: ") {
            Some("|") => block = Some((indent, String::new())),
            Some(command) => out.push(command.to_string()),
            None => {}
        }
    }
    out
}

/// The commands of a GitLab job: the items of `before_script` and `script`.
fn gitlab(lines: &[String]) -> Vec<String> {
    let items = |line: &&String| line.trim_start().starts_with("- ") && !line.contains("if: $");
    lines.iter().filter(items).map(|line| line.trim_start()[2..].to_string()).collect()
}

fn variable(lines: &[String], name: &str) -> String {
    let found = lines.iter().find_map(|line| line.trim_start().strip_prefix(name));
    found.unwrap().trim_start_matches(": ").to_string()
}

/// Runs the commands one after the other in one shell, as a job does.
fn run(book: &Path, commands: &[String], sum: &str, url: &str) -> (bool, String) {
    let path = book.join("github-path");
    std::fs::write(&path, "").unwrap();
    let script: String = commands
        .iter()
        .map(|command| format!("{command}\nPATH=\"$(cat {}):$PATH\"\n", path.display()))
        .collect();
    let output = Command::new("bash")
        .args(["-e", "-c", &script])
        .current_dir(book)
        .env("CASEBOOK_URL", url)
        .env("CASEBOOK_SHA256", sum)
        .env("GITHUB_PATH", &path)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn the_jobs_of_a_new_book_do_what_they_say() {
    type Commands = fn(&[String]) -> Vec<String>;
    let jobs: [(&str, Commands, &str); 2] = [
        (".github/workflows/casebook.yml", github, "site/index.html"),
        (".gitlab-ci.yml", gitlab, "public/index.html"),
    ];
    for (file, commands, page) in jobs {
        let book = book();
        let lines = lines(book.path(), file);
        let (commands, sum) = (commands(&lines), variable(&lines, "CASEBOOK_SHA256"));
        assert!(commands.len() >= 3, "{commands:?}");
        let url = format!("file://{PROGRAM}");
        let (well, said) = run(book.path(), &commands, &sum, &url);
        assert!(well && book.path().join(page).is_file(), "{file}: {said}");
        // Another program is not run, and none named is said.
        let other = format!("file://{}", book.path().join("book.toml").display());
        let (well, said) = run(book.path(), &commands, &sum, &other);
        assert!(!well && said.contains("FAILED"), "{file}: {said}");
        let (well, said) = run(book.path(), &commands, &sum, "");
        assert!(!well && said.contains("CASEBOOK_URL"), "{file}: {said}");
    }
}
