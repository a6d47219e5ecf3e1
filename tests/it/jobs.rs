//! Jobs that bring each change to a wiki: every file that the manual shows is run, as far as
//! that needs no host but this one.
#![cfg(unix)]

use crate::support::fence::{fences, title};
use crate::support::{confluence, project, rest};
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_casebook");

const MODEL: &str = "---\nid: M-PAY-001\ntitle: Pay\n---\n\n```mermaid dfd\nflowchart LR\n\
    a[Customer] -->|card| b(Shop)\n```\n\n```threats\n- id: PAY-1\n  title: Card leaks\n  on: b\n  \
    status: accepted\n  why: It is small.\n  by: Shop\n  until: 2999-01-01\n```\n";

/// A file that the page shows.
fn shown(name: &str) -> String {
    let page = project("content/how-to/bring-each-change-to-your-wiki.md");
    let page = std::fs::read_to_string(page).unwrap();
    let fences = fences(&page);
    let fence = fences.iter().find(|fence| title(fence) == Some(name));
    fence.unwrap_or_else(|| panic!("{name}")).text.clone()
}

/// A folder with a book in a repository, a home for the job, and what it is told.
struct Job {
    folder: tempfile::TempDir,
    told: Vec<(String, String)>,
}

fn git(place: &Path, words: &[&str]) -> String {
    let name = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    let done = Command::new("git").args(name).args(words).current_dir(place).output().unwrap();
    assert!(done.status.success(), "{words:?} {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim().to_string()
}

impl Job {
    fn new(script: &str) -> Job {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("book");
        let done = Command::new(PROGRAM).args(["init", "--empty"]).arg(&book).output().unwrap();
        assert!(done.status.success());
        for home in ["home", "bin"] {
            std::fs::create_dir(folder.path().join(home)).unwrap();
        }
        std::fs::create_dir_all(book.join("content/models")).unwrap();
        let settings = std::fs::read_to_string(book.join("book.toml")).unwrap();
        let settings = settings + "\n[policies.default]\nreview = false\n";
        std::fs::write(book.join("book.toml"), settings).unwrap();
        std::fs::write(book.join("content/models/pay.md"), MODEL).unwrap();
        std::fs::write(book.join("wiki.sh"), script).unwrap();
        git(&book, &["init", "-q", "-b", "main"]);
        git(&book, &["add", "-A"]);
        git(&book, &["commit", "-qm", "first"]);
        let program = std::fs::read(PROGRAM).unwrap();
        let sum: String = Sha256::digest(&program).iter().map(|b| format!("{b:02x}")).collect();
        let told = [("CASEBOOK_URL", format!("file://{PROGRAM}")), ("CASEBOOK_SHA256", sum)];
        let told = told.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        Job { folder, told }
    }

    fn book(&self) -> PathBuf {
        self.folder.path().join("book")
    }

    fn tell(&mut self, name: &str, value: impl Into<String>) {
        self.told.push((name.to_string(), value.into()));
    }

    /// A program that writes down how it was called.
    fn stub(&self, name: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.folder.path().join("bin").join(name);
        std::fs::write(&path, format!("#!/bin/sh\necho \"$@\" >> \"$HOME/{name}.called\"\n"))
            .unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs commands one after the other in one shell, as a job does: exit code and words.
    fn run(&self, commands: &[String]) -> (i32, String) {
        let home = self.folder.path().join("home");
        let path = home.join("github-path");
        std::fs::write(&path, "").unwrap();
        let lines = commands
            .iter()
            .map(|command| format!("{command}\nPATH=\"$(cat \"$GITHUB_PATH\"):$PATH\"\n"));
        let bin = self.folder.path().join("bin");
        let output = Command::new("bash")
            .args(["-eo", "pipefail", "-c", &lines.collect::<String>()])
            .current_dir(self.book())
            .env("HOME", &home)
            .env("GITHUB_PATH", &path)
            .env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()))
            .envs(self.told.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
    }
}

/// The commands of a part of a file: single lines and blocks after `key`, items below it.
fn commands(part: &str, key: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut block: Option<(usize, String)> = None;
    let mut items: Option<usize> = None;
    for line in part.lines().chain(["end:"]) {
        let indent = line.len() - line.trim_start().len();
        if let Some((depth, text)) = &mut block {
            if indent > *depth || line.is_empty() {
                text.push_str(&format!("{line}\n"));
                continue;
            }
            out.extend(block.take().map(|(_, text)| text));
        }
        let words = line.trim_start();
        if let Some(depth) = items {
            match words.strip_prefix("- ") {
                Some(item) if indent > depth => out.push(item.to_string()),
                _ if indent <= depth => items = None,
                _ => {}
            }
        }
        match words.trim_start_matches("- ").strip_prefix(key) {
            Some("") => items = Some(indent),
            Some(" |") => block = Some((indent, String::new())),
            Some(command) => out.push(command.trim_start().to_string()),
            None => {}
        }
    }
    out
}

/// The part of a file from a line on, up to the next line that is as far out.
fn part<'f>(file: &'f str, name: &str) -> &'f str {
    let at = file.find(&format!("\n{name}\n")).unwrap_or_else(|| panic!("{name}")) + 1;
    let depth = name.len() - name.trim_start().len();
    let rest = &file[at + name.len()..];
    let lines = rest.split_inclusive('\n').scan(0, |seen, line| {
        let from = *seen;
        *seen += line.len();
        Some((from, line))
    });
    let outside =
        |line: &str| !line.trim().is_empty() && line.len() - line.trim_start().len() <= depth;
    let end = lines.skip(1).find(|(_, line)| outside(line)).map_or(rest.len(), |(from, _)| from);
    &rest[..end]
}

/// A bare repository with a first page, which stands for a wiki.
fn repository(job: &Job) -> PathBuf {
    let bare = job.folder.path().join("wiki.git");
    git(job.folder.path(), &["init", "-q", "--bare", "-b", "main", "wiki.git"]);
    git(job.folder.path(), &["clone", "-q", "wiki.git", "first"]);
    let first = job.folder.path().join("first");
    std::fs::write(first.join("Notes.md"), "Ours.\n").unwrap();
    git(&first, &["add", "-A"]);
    git(&first, &["commit", "-qm", "first"]);
    git(&first, &["push", "-q", "origin", "HEAD:main"]);
    bare
}

fn files(bare: &Path) -> String {
    git(bare, &["ls-tree", "-r", "--name-only", "main"])
}

fn with_repository() -> (Job, PathBuf) {
    let mut job = Job::new(&shown("wiki.sh for the wiki of a repository"));
    let bare = repository(&job);
    job.tell("WIKI_GIT", bare.to_str().unwrap());
    job.tell("WIKI", "https://git.example.com/a/b/wiki");
    (job, bare)
}

#[test]
fn the_job_for_github_checks_comments_and_publishes() {
    let file = shown(".github/workflows/wiki.yml");
    let (mut job, bare) = with_repository();
    job.stub("gh");
    job.tell("NUMBER", "7");
    job.tell("BASE", "main~0");
    let check = commands(part(&file, "  check:"), "run:");
    assert_eq!(check.len(), 5, "{check:#?}");
    std::fs::write(
        job.book().join("content/models/pay.md"),
        MODEL.replace("Card leaks", "Card is sold"),
    )
    .unwrap();
    let (code, said) = job.run(&check);
    assert_eq!(code, 0, "{said}");
    let home = job.folder.path().join("home");
    let text = |name: &str| std::fs::read_to_string(home.join(name)).unwrap();
    let sarif = std::fs::read_to_string(job.book().join("casebook.sarif")).unwrap();
    assert!(sarif.contains("\"2.1.0\""));
    assert!(text("diff.md").contains("Card is sold"), "{}", text("diff.md"));
    assert!(text("gh.called").starts_with("pr comment 7 "));
    let publish = commands(part(&file, "  publish:"), "run:");
    let (code, said) = job.run(&publish);
    assert_eq!(code, 0, "{said}");
    assert!(files(&bare).contains("M-PAY-001.md"), "{}", files(&bare));
}

#[test]
fn the_job_for_gitlab_checks_comments_and_publishes() {
    let file = shown(".gitlab-ci.yml");
    let (mut job, bare) = with_repository();
    let (url, asked) = once();
    job.tell("COMMENT_TOKEN", "t0ken");
    job.tell("CI_API_V4_URL", url);
    job.tell("CI_PROJECT_ID", "3");
    job.tell("CI_MERGE_REQUEST_IID", "5");
    job.tell("CI_MERGE_REQUEST_DIFF_BASE_SHA", git(&job.book(), &["rev-parse", "HEAD"]));
    std::fs::write(
        job.book().join("content/models/pay.md"),
        MODEL.replace("Card leaks", "Card is sold"),
    )
    .unwrap();
    let before = commands(&file, "before_script:");
    for name in ["check:", "comment:", "publish:"] {
        let own = commands(part(&file, name), "script:");
        assert!(!own.is_empty());
        let (code, said) = job.run(&[before.clone(), own].concat());
        assert_eq!(code, 0, "{name} {said}");
    }
    let report = std::fs::read_to_string(job.book().join("gl-code-quality.json")).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&report).unwrap().is_array());
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("POST /projects/3/merge_requests/5/notes"), "{asked}");
    assert!(asked.contains("PRIVATE-TOKEN") && asked.contains("sold"), "{asked}");
    assert!(files(&bare).contains("M-PAY-001.md"));
}

/// A server that answers once, and gives what it was asked.
fn once() -> (String, std::thread::JoinHandle<String>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let mut stream = stream;
        stream
            .write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
            .unwrap();
        head + &String::from_utf8_lossy(&body)
    });
    (url, thread)
}

#[test]
fn the_jobs_for_jenkins_and_azure_check_and_publish() {
    let jenkins = shown("Jenkinsfile");
    let step = |line: &str| Some(line.trim().strip_prefix("sh '")?.strip_suffix('\'')?.to_string());
    let mut steps: Vec<String> = jenkins.lines().filter_map(step).collect();
    assert_eq!(steps.len(), jenkins.matches("sh '").count());
    // What the file does with the variable PATH.
    steps.insert(0, "export PATH=\"$PWD/.program:$PATH\"".into());
    let azure = commands(&shown("azure-pipelines.yml"), "script:");
    assert_eq!(azure.len(), 2, "{azure:#?}");
    for steps in [steps, azure] {
        let (job, bare) = with_repository();
        let (code, said) = job.run(&steps);
        assert_eq!(code, 0, "{said}");
        assert!(files(&bare).contains("M-PAY-001.md"));
        // Another program is not run.
        let other = format!("file://{}", job.book().join("book.toml").display());
        let mut job = job;
        job.tell("CASEBOOK_URL", other);
        let (code, said) = job.run(&steps);
        assert!(code != 0 && said.contains("FAILED"), "{said}");
    }
}

const PUBLISH: &str = "sh -eu wiki.sh";

fn program(job: &Job) {
    let program = job.folder.path().join("bin/casebook");
    std::os::unix::fs::symlink(PROGRAM, program).unwrap();
}

#[test]
fn the_wiki_of_a_repository_keeps_what_people_write() {
    let (mut job, bare) = with_repository();
    program(&job);
    job.tell("WIKI_KIND", "gitlab-wiki");
    let run = |job: &Job| job.run(&[PUBLISH.to_string()]);
    let (code, said) = run(&job);
    assert_eq!(code, 0, "{said}");
    assert!(files(&bare).contains("Notes.md") && files(&bare).contains("models/pay.md"));
    let commits = || git(&bare, &["rev-list", "--count", "main"]);
    let first = commits();
    // Nothing changed: no commit.
    assert_eq!(run(&job).0, 0);
    assert_eq!(commits(), first);
    // Somebody and the book change the same line: it is held, and that is the exit code.
    let clone = job.folder.path().join("first");
    git(&clone, &["pull", "-q", "origin", "main"]);
    let page = clone.join("models/pay.md");
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, text.replace("Card leaks", "Cards leak, says Ada")).unwrap();
    git(&clone, &["commit", "-qam", "mine"]);
    git(&clone, &["push", "-q", "origin", "HEAD:main"]);
    std::fs::write(
        job.book().join("content/models/pay.md"),
        MODEL.replace("Card leaks", "Card is sold"),
    )
    .unwrap();
    let (code, said) = run(&job);
    assert_eq!(code, 3, "{said}");
    assert!(git(&bare, &["show", "main:models/pay.md"]).contains("says Ada"));
}

#[test]
fn markdown_in_a_repository() {
    let mut job = Job::new(&shown("wiki.sh for Markdown in a repository"));
    program(&job);
    let bare = repository(&job);
    job.tell("WIKI_GIT", bare.to_str().unwrap());
    let (code, said) = job.run(&[PUBLISH.to_string()]);
    assert_eq!(code, 0, "{said}");
    assert!(files(&bare).contains("mkdocs.yml") && files(&bare).contains("docs/models/pay.md"));
}

#[test]
fn wikis_that_are_asked_over_the_network() {
    fn on<W: rest::Wiki>(script: &str, secret: &str, wiki: W) {
        let server = rest::Server::start(wiki);
        let mut job = Job::new(&shown(script));
        program(&job);
        job.tell("WIKI", server.url.clone());
        job.tell("WIKI_USER", "me");
        job.tell(secret, "s3cret");
        let (code, said) = job.run(&[PUBLISH.to_string()]);
        assert_eq!(code, 0, "{said}");
        let pages = server.inner.lock().unwrap().wiki.pages();
        assert!(pages.values().any(|page| page.0 == "M-PAY-001 Pay"), "{pages:?}");
        server.taken();
        let (code, said) = job.run(&[PUBLISH.to_string()]);
        assert_eq!(code, 0, "{said}");
        assert!(server.taken().0.is_empty(), "{said}");
        job.tell(secret, "wr0ng");
        let (code, said) = job.run(&[PUBLISH.to_string()]);
        assert!(code == 2 && said.contains("401") && !said.contains("wr0ng"), "{said}");
    }
    on("wiki.sh for BookStack", "CASEBOOK_BOOKSTACK_SECRET", rest::BookStack::default());
    on("wiki.sh for Outline", "CASEBOOK_OUTLINE_TOKEN", rest::Outline::default());
    on("wiki.sh for XWiki", "CASEBOOK_XWIKI_PASSWORD", rest::XWiki::default());
}

#[test]
fn confluence_over_the_network() {
    let server = confluence::Server::start(false);
    let mut job = Job::new(&shown("wiki.sh for Confluence"));
    program(&job);
    job.tell("WIKI", server.url.clone());
    job.tell("CASEBOOK_CONFLUENCE_TOKEN", "s3cret");
    let (code, said) = job.run(&[PUBLISH.to_string()]);
    assert_eq!(code, 0, "{said}");
    assert!(server.page("M-PAY-001 Pay").1.body.contains("Card leaks"));
    server.writes();
    let (code, said) = job.run(&[PUBLISH.to_string()]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(server.writes(), Vec::<String>::new());
}

#[test]
fn a_wiki_that_does_not_answer_is_the_exit_code_2() {
    for (script, secret) in [
        ("wiki.sh for MediaWiki", "CASEBOOK_MEDIAWIKI_PASSWORD"),
        ("wiki.sh for DokuWiki", "CASEBOOK_DOKUWIKI_PASSWORD"),
    ] {
        let mut job = Job::new(&shown(script));
        program(&job);
        // Others could read the password on the way, so nothing is asked at all.
        job.tell("WIKI", "http://wiki.example.com/api.php");
        job.tell("WIKI_USER", "Bot@casebook");
        job.tell(secret, "s3cret");
        let (code, said) = job.run(&[PUBLISH.to_string()]);
        assert!(code == 2 && said.contains("https://"), "{script}: {said}");
    }
}

#[test]
fn the_hooks_for_pre_commit_do_what_they_say() {
    let hooks = std::fs::read_to_string(project(".pre-commit-hooks.yaml")).unwrap();
    let entries: Vec<&str> =
        hooks.lines().filter_map(|line| line.trim().strip_prefix("entry: ")).collect();
    assert_eq!(entries, ["casebook check", "casebook gate"]);
    let config = shown(".pre-commit-config.yaml");
    let named = config.lines().filter_map(|line| line.trim().strip_prefix("- id: "));
    for id in named {
        assert!(hooks.contains(&format!("- id: {id}\n")), "{id}");
    }
    let job = Job::new("");
    program(&job);
    for entry in &entries {
        let (code, said) = job.run(&[(*entry).to_string()]);
        assert_eq!(code, 0, "{said}");
    }
    // Content that cannot be read, and a model that nobody approved.
    std::fs::write(job.book().join("content/broken.md"), "---\nid: [\n---\n").unwrap();
    let file = job.book().join("book.toml");
    let settings = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, settings.replace("review = false", "review = true")).unwrap();
    for entry in &entries {
        assert_eq!(job.run(&[(*entry).to_string()]).0, 1, "{entry}");
    }
}
