//! Repositories that want to be obeyed.
#![cfg(unix)]

use super::*;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

#[test]
fn the_latest_day_counts() {
    let log = "\u{0}2026-05-02\n\ncontent/a.md\n\u{0}2026-05-03\n\ncontent/a.md\ncontent/b c.md\n";
    let mut dates = Dates::default();
    log.lines().for_each(|line| dates.take(line));
    assert_eq!(dates.of["content/a.md"], "2026-05-03");
    assert_eq!(dates.of["content/b c.md"], "2026-05-03");
}

/// A book in a repository, and a file that appears when the repository starts anything.
struct Trap {
    folder: tempfile::TempDir,
}

impl Trap {
    fn new() -> Trap {
        let trap = Trap { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(trap.book().join("content")).unwrap();
        trap.git(&["init", "-q", "-b", "main", "."]);
        trap.commit("content/a.md", "2026-05-02");
        trap
    }

    fn book(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("book")
    }

    fn dot_git(&self, name: &str) -> PathBuf {
        self.book().join(".git").join(name)
    }

    /// Git as an honest author runs it.
    fn git(&self, words: &[&str]) -> String {
        let mut git = repository::git(self.folder.path());
        git.env("HOME", self.folder.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        git.args(["-c", "user.name=a", "-c", "user.email=a@b.example", "-C"]).arg(self.book());
        let output = git.args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_string()
    }

    fn commit(&self, path: &str, day: &str) {
        fs::write(self.book().join(path), format!("{path} of {day}\n")).unwrap();
        self.git(&["add", "-A", "."]);
        let mut git = repository::git(self.folder.path());
        git.env("HOME", self.folder.path()).env("GIT_COMMITTER_DATE", format!("{day}T12:00:00Z"));
        git.args(["-c", "user.name=a", "-c", "user.email=a@b.example", "-C"]).arg(self.book());
        assert!(git.args(["commit", "-q", "-m", "x"]).status().unwrap().success());
    }

    /// A program that leaves a trace, as a command line for a setting.
    fn bait(&self) -> String {
        let program = self.folder.path().join("bait");
        let trace = self.folder.path().join("EXECUTED");
        let text = format!("#!/bin/sh\ntouch '{}'\ncat\n", trace.display());
        fs::write(&program, text).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        program.to_str().unwrap().to_string()
    }

    fn set(&self, key: &str, value: &str) {
        self.git(&["config", key, value]);
    }

    /// Takes all trees away, so that git would have to fetch them.
    fn lose_trees(&self) {
        for line in self.git(&["rev-list", "--all", "--objects"]).lines() {
            let hash = line.split(' ').next().unwrap();
            if self.git(&["cat-file", "-t", hash]) == "tree" {
                let _ = fs::remove_file(self.dot_git(&format!(
                    "objects/{}/{}",
                    &hash[..2],
                    &hash[2..]
                )));
            }
        }
    }

    fn read(&self) -> Result<BTreeMap<String, String>, String> {
        let read = read(&self.book());
        assert!(!self.folder.path().join("EXECUTED").exists(), "a program was started");
        read
    }

    #[track_caller]
    fn tells(&self, day: &str) {
        assert_eq!(self.read().unwrap().get("content/a.md").map(String::as_str), Some(day));
    }

    #[track_caller]
    fn refuses(&self, word: &str) {
        let reason = self.read().unwrap_err();
        assert!(reason.contains(word), "{reason}");
    }
}

/// Settings that name a program, and settings that let others be read.
const SETTINGS: &[&str] = &[
    "core.fsmonitor",
    "core.pager",
    "pager.log",
    "core.editor",
    "core.sshCommand",
    "core.askPass",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "core.hooksPath",
    "core.attributesFile",
    "credential.helper",
    "diff.external",
    "diff.bait.textconv",
    "diff.bait.command",
    "filter.bait.process",
    "filter.bait.smudge",
    "filter.bait.clean",
    "merge.bait.driver",
    "gpg.program",
    "gpg.ssh.program",
    "gpg.ssh.allowedSignersFile",
    "gpg.x509.program",
    "alias.log",
    "alias.rev-parse",
    "uploadpack.packObjectsHook",
    "remote.origin.uploadpack",
    "remote.origin.receivepack",
    "remote.origin.vcs",
    "trace2.eventTarget",
    "trace2.normalTarget",
    "mailmap.file",
    "fsmonitor.socketDir",
    "interactive.diffFilter",
    "sequence.editor",
    "web.browser",
    "browser.bait.cmd",
    "ssh.variant",
    "submodule.content.update",
];

#[test]
fn no_setting_of_a_repository_is_obeyed() {
    let trap = Trap::new();
    let bait = trap.bait();
    for key in SETTINGS {
        trap.set(key, &bait);
    }
    trap.set("log.showSignature", "true");
    trap.set("core.worktree", "/");
    fs::write(trap.book().join(".gitattributes"), "* diff=bait filter=bait\n").unwrap();
    fs::create_dir_all(trap.dot_git("hooks")).unwrap();
    for hook in
        ["post-index-change", "reference-transaction", "fsmonitor-watchman", "post-checkout"]
    {
        symlink(&bait, trap.dot_git("hooks").join(hook)).unwrap();
    }
    trap.tells("2026-05-02");
}

#[test]
fn nothing_is_fetched_for_a_history_with_gaps() {
    let trap = Trap::new();
    trap.lose_trees();
    let bait = trap.bait();
    trap.set("core.repositoryFormatVersion", "1");
    trap.set("extensions.partialClone", "origin");
    trap.set("remote.origin.promisor", "true");
    // A setting of one protocol is stronger than the one for all.
    for protocol in ["file", "ext", "ssh", "git", "http"] {
        trap.set(&format!("protocol.{protocol}.allow"), "always");
    }
    trap.set("core.sshCommand", &bait);
    for url in ["/nowhere".to_string(), format!("ext::{bait}"), "ssh://localhost/x".into()] {
        trap.set("remote.origin.url", &url);
        trap.set("remote.origin.uploadpack", &bait);
        trap.refuses("git cannot read the history");
    }
}

#[test]
fn settings_come_in_by_no_other_way() {
    let trap = Trap::new();
    let bait = trap.bait();
    let evil = trap.folder.path().join("evil");
    fs::write(&evil, format!("[log]\nshowSignature = true\n[gpg]\nprogram = {bait}\n")).unwrap();
    trap.set("include.path", evil.to_str().unwrap());
    trap.set("includeIf.gitdir:/.path", evil.to_str().unwrap());
    trap.set("extensions.worktreeConfig", "true");
    fs::copy(&evil, trap.dot_git("config.worktree")).unwrap();
    trap.tells("2026-05-02");
    // Settings that git would refuse are not read either.
    fs::write(trap.dot_git("config"), "[core\nbroken").unwrap();
    trap.tells("2026-05-02");
}

#[test]
fn a_folder_that_looks_like_a_repository_is_content() {
    let trap = Trap::new();
    let book = trap.book();
    for name in ["HEAD", "objects", "refs", "config"] {
        fs::rename(trap.dot_git(name), book.join(name)).unwrap();
    }
    fs::remove_dir_all(book.join(".git")).unwrap();
    trap.refuses("in no git repository");
}

#[test]
fn what_git_would_wait_for_is_refused() {
    let pipe = |path: PathBuf| {
        let _ = fs::remove_file(&path);
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
    };
    let trap = Trap::new();
    for harmless in ["config", "packed-refs", "info/grafts", "index", "config.worktree"] {
        fs::create_dir_all(trap.dot_git(harmless).parent().unwrap()).unwrap();
        pipe(trap.dot_git(harmless));
        trap.tells("2026-05-02");
    }
    pipe(trap.book().join(".mailmap"));
    trap.tells("2026-05-02");
    for deadly in
        ["objects/info/alternates", "objects/pack/pack-1.idx", "objects/info/commit-graph"]
    {
        pipe(trap.dot_git(deadly));
        trap.refuses("no regular file");
        fs::remove_file(trap.dot_git(deadly)).unwrap();
    }
    symlink("/dev/zero", trap.dot_git("objects/info/alternates")).unwrap();
    trap.refuses("no regular file");
    fs::remove_file(trap.dot_git("objects/info/alternates")).unwrap();
    pipe(trap.dot_git("HEAD"));
    trap.refuses("in no git repository");
}

#[test]
fn a_tree_that_names_itself_over_and_over_ends() {
    let trap = Trap::new();
    let mut hash = trap.git(&["rev-parse", "HEAD:content/a.md"]);
    let mut kind = "100644 blob";
    for _ in 0..12 {
        let list: String = (0..10).map(|n| format!("{kind} {hash}\tx{n}\n")).collect();
        let file = trap.folder.path().join("list");
        fs::write(&file, list).unwrap();
        let mut git = repository::git(trap.folder.path());
        git.arg("-C").arg(trap.book()).arg("mktree").stdin(fs::File::open(&file).unwrap());
        hash = String::from_utf8(git.output().unwrap().stdout).unwrap().trim().to_string();
        kind = "040000 tree";
    }
    let commit = trap.git(&["commit-tree", "-m", "bomb", &hash]);
    trap.git(&["update-ref", "refs/heads/main", &commit]);
    assert!(trap.read().is_err());
}

#[test]
fn references_are_found_where_git_keeps_them() {
    let trap = Trap::new();
    trap.git(&["pack-refs", "--all"]);
    trap.git(&["gc", "-q"]);
    trap.tells("2026-05-02");
    trap.git(&["checkout", "-q", "--detach"]);
    trap.commit("content/a.md", "2026-05-04");
    trap.tells("2026-05-04");
    // A work tree of its own shares the objects.
    let other = trap.folder.path().join("other");
    trap.git(&["worktree", "add", "-q", other.to_str().unwrap(), "main"]);
    let dates = read(&other.canonicalize().unwrap()).unwrap();
    assert_eq!(dates["content/a.md"], "2026-05-02");
    // A book below the root of its repository.
    let dates = read(&trap.book().join("content")).unwrap();
    assert_eq!(dates.keys().collect::<Vec<_>>(), ["a.md"]);
    fs::write(trap.dot_git("HEAD"), "ref: refs/heads/../../../x\n").unwrap();
    trap.refuses("without a commit");
}

#[test]
fn a_repository_of_somebody_else_is_read_when_the_user_trusts_it() {
    let trap = Trap::new();
    let git = trap.dot_git("");
    let owner = std::os::unix::fs::chown(&git, Some(54_321), None);
    if !rustix::process::geteuid().is_root() {
        // Only root can give a folder away.
        owner.unwrap_err();
        return;
    }
    owner.unwrap();
    trap.refuses("detected dubious ownership");
    trap.refuses("safe.directory");
    let book = trap.book();
    let trusted = |line: &str| {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(".gitconfig"), format!("[safe]\n\tdirectory = {line}\n"))
            .unwrap();
        let mut git = repository::git(home.path());
        git.env("HOME", home.path()).env_remove("XDG_CONFIG_HOME");
        is_trusted(&book, &mut git)
    };
    assert!(trusted(book.to_str().unwrap()) && trusted("*"));
    assert!(trusted(&format!("{}/*", book.parent().unwrap().display())));
    assert!(!trusted("/elsewhere") && !trusted(""));
}
