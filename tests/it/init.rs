//! A new book: its jobs for continuous integration are run, line by line.
#![cfg(unix)]

use crate::support::fence::{fences, title};
use crate::support::project;
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

/// A file that the page about publishing shows.
fn shown(name: &str) -> String {
    let page =
        std::fs::read_to_string(project("content/how-to/publish-on-every-merge.md")).unwrap();
    let fences = fences(&page);
    let fence = fences.iter().find(|fence| title(fence) == Some(name));
    fence.unwrap_or_else(|| panic!("{name}")).text.clone()
}

#[test]
fn the_job_for_jenkins_does_what_it_says() {
    let file = shown("Jenkinsfile");
    let step = |line: &str| Some(line.trim().strip_prefix("sh '")?.strip_suffix('\'')?.to_string());
    let commands: Vec<String> = file.lines().filter_map(step).collect();
    assert_eq!(commands.len(), file.matches("sh '").count());
    let book = book();
    let url = format!("file://{PROGRAM}");
    let settings = lines(book.path(), ".gitlab-ci.yml");
    let sum = variable(&settings, "CASEBOOK_SHA256");
    let (well, said) = run(book.path(), &commands, &sum, &url);
    assert!(well && book.path().join("public/index.html").is_file(), "{said}");
    assert!(book.path().join("casebook.sarif").is_file());
}

#[test]
fn the_job_of_a_server_takes_what_was_merged() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("publish.sh");
    std::fs::write(&script, shown("publish.sh")).unwrap();
    let book = book();
    let git = |place: &Path, words: &[&str]| {
        let name = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        let done = Command::new("git").args(name).args(words).current_dir(place).output().unwrap();
        assert!(done.status.success(), "{words:?} {}", String::from_utf8_lossy(&done.stderr));
    };
    let commit = |words: &str| {
        git(book.path(), &["add", "-A"]);
        git(book.path(), &["commit", "-qm", words]);
    };
    git(book.path(), &["init", "-q", "-b", "main"]);
    commit("first");
    let (clone, out) = (folder.path().join("clone"), folder.path().join("www"));
    git(folder.path(), &["clone", "-q", book.path().to_str().unwrap(), "clone"]);
    std::fs::write(book.path().join("content/merged.md"), "# Merged\n").unwrap();
    commit("second");
    let programs = Path::new(PROGRAM).parent().unwrap().display();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let run = || {
        let mut shell = Command::new("sh");
        shell.arg(&script).env("BOOK", &clone).env("SITE", &out).env("PATH", &path);
        shell.output().unwrap().status.success()
    };
    assert!(run() && out.join("merged.html").is_file());
    // A mistake keeps the site of before.
    std::fs::write(book.path().join("content/merged.md"), "---\nid: T-1\nid: [\n---\n").unwrap();
    std::fs::write(book.path().join("book.toml"), "[").unwrap();
    commit("third");
    assert!(!run() && out.join("merged.html").is_file());
}
